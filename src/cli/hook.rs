//! What a user can type behind `boxdoctor hook`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Color, Repair};

#[derive(Debug, Args)]
pub struct Hook {
    #[command(subcommand)]
    pub command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Write the block that calls boxdoctor into the Vagrantfile
    Install(HookInstall),
    /// Take the block out of the Vagrantfile again
    Uninstall(HookFile),
    /// Show the block, for whoever wants to paste it
    Print(HookBlock),
    /// What the block calls: look whether the shared folders can be mounted
    #[command(after_help = HOOK_EXIT_STATUS)]
    Run(HookRun),
}

const HOOK_EXIT_STATUS: &str = "\
Exit status:
  0    whatever was found, so that no vagrant up fails that would have worked
  1    with --strict: the shared folders cannot be mounted
  2    wrong usage, or an internal error
  130  interrupted";

#[derive(Debug, Args)]
pub struct HookInstall {
    #[command(flatten)]
    pub file: HookFile,

    #[command(flatten)]
    pub block: HookBlock,
}

#[derive(Debug, Args)]
pub struct HookFile {
    /// The file that holds the block: the Vagrantfile, or one that it loads [default: the project's]
    #[arg(long, value_name = "FILE")]
    pub vagrantfile: Option<PathBuf>,
}

/// What the block is to do.
#[derive(Debug, Args)]
pub struct HookBlock {
    /// Only say what is wrong [default, unless the block that is there does more]
    #[arg(long, conflicts_with = "fix")]
    pub check: bool,

    #[command(flatten)]
    pub manner: HookManner,

    /// After how many seconds Vagrant goes on without boxdoctor [default: 360; with --fix 3600]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub limit: Option<u32>,
}

#[derive(Debug, Args)]
pub struct HookManner {
    /// Repair without asking what is wrong, as far as the options below allow
    #[arg(long)]
    pub fix: bool,

    #[command(flatten)]
    pub repair: Repair,

    /// Let a vagrant up fail whose shared folders cannot be mounted; the machine stays
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
pub struct HookRun {
    /// Machines of the Vagrant project around the current folder [default: the one of which the
    /// block tells, or all of them]
    #[arg(value_name = "MACHINE")]
    pub machines: Vec<String>,

    #[command(flatten)]
    pub manner: HookManner,

    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}
