//! Arguments in, exit status out.

use std::process::ExitCode;

use boxdoctor::cli::Cli;
use boxdoctor::command::{self, crash, hidden, terminal};
use boxdoctor::transport::local;
use boxdoctor::transport::ssh::private_copies;
use clap::Parser;

fn main() -> ExitCode {
    crash::guarded(run)
}

fn run() -> ExitCode {
    let stop = || {
        hidden::show_again();
        local::end_all();
        private_copies::remove_all();
        std::process::exit(command::INTERRUPTED.into());
    };
    if let Err(error) = ctrlc::set_handler(stop) {
        terminal::say(&format!(
            "Ctrl-C cannot be caught: {error}; after one, `boxdoctor fix` or `boxdoctor undo` clears away"
        ));
    }
    match command::run(Cli::parse()) {
        Ok(status) => status,
        Err(error) => {
            let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
            terminal::say(&chain.join(": "));
            ExitCode::from(command::UNUSABLE)
        }
    }
}
