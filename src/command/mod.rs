//! One file a subcommand.

mod ask;
mod capture;
mod carry_out;
mod check;
mod choice;
mod circumstances;
mod completions;
mod consent;
pub mod crash;
mod examine;
mod explain;
mod fix;
mod further;
mod gain_root;
pub mod hidden;
mod hold;
mod hook;
mod install_additions;
mod krb5;
mod local_plan;
mod repin;
mod repository;
mod side_by_side;
mod subjects;
mod suppressions;
pub mod terminal;
mod tried;
mod undo;
mod visit;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Where a person cannot be asked.
const TERMINAL: &str = "the terminal cannot be read; run it in another one";

/// No failure at or above `--fail-on`.
pub const FINE: u8 = 0;
/// A failure at or above `--fail-on`.
pub const FAILURE: u8 = 1;
/// Wrong usage, unusable input, or an internal error.
pub const UNUSABLE: u8 = 2;
/// Nothing failed at that level, but a check of that level is unknown.
pub const UNDECIDED: u8 = 3;
/// The user stopped it.
pub const INTERRUPTED: u8 = 130;

/// Carries out what the user typed.
///
/// # Errors
/// One line that says what happened, to what, and what to do next; the exit status is then
/// [`UNUSABLE`].
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let status = match cli.command {
        Command::Check(arguments) => check::run(&arguments)?,
        Command::Fix(arguments) => fix::run(&arguments)?,
        Command::Undo(arguments) => undo::run(&arguments)?,
        Command::Hook(arguments) => hook::run(&arguments)?,
        Command::Capture(arguments) => capture::run(&arguments)?,
        Command::Explain(arguments) => explain::run(&arguments)?,
        Command::Completions(arguments) => completions::completions(&arguments)?,
        Command::Man(arguments) => completions::man(&arguments)?,
        Command::Krb5(arguments) => krb5::run(&arguments)?,
    };
    Ok(ExitCode::from(status))
}
