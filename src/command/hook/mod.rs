//! `boxdoctor hook`: a block in the Vagrantfile that calls boxdoctor before Vagrant mounts.

mod manner;
mod run;
mod wait;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use super::{FINE, terminal};
use crate::cli::{Hook, HookCommand, HookFile, HookInstall};
use crate::escape;
use crate::files::{self, replace};
use crate::hook;
use crate::next_step::unreadable;
use crate::target::vagrant::Surroundings;

/// No Vagrantfile that anybody has written is as long.
const LONGEST: u64 = 4 * 1024 * 1024;

pub fn run(arguments: &Hook) -> Result<u8> {
    match &arguments.command {
        HookCommand::Install(arguments) => install(arguments),
        HookCommand::Uninstall(arguments) => uninstall(arguments),
        HookCommand::Print(arguments) => {
            terminal::print(&manner::block(arguments)?.text())?;
            Ok(FINE)
        }
        HookCommand::Run(arguments) => run::run(arguments),
    }
}

fn install(arguments: &HookInstall) -> Result<u8> {
    let file = Vagrantfile::open(&arguments.file)?;
    let left = || format!("{} is left as it is", file.shown());
    let before = hook::options(&file.bytes).with_context(left)?;
    let block = manner::renewed(&arguments.block, before).with_context(left)?;
    let written = hook::install(&file.bytes, &block).with_context(left)?;
    if !file.exchange(&written)? {
        return say(&format!(
            "{} has this block already; nothing was changed",
            file.shown()
        ));
    }
    let does = if block.repairs() {
        "repairs what keeps the shared folders from being mounted"
    } else {
        "says what keeps the shared folders from being mounted"
    };
    say(&format!(
        "{} is changed.\n\
         With the next vagrant up or reload, before Vagrant mounts, boxdoctor\n\
         {does}.\n\
         `boxdoctor hook uninstall` takes the block away again.",
        file.shown()
    ))
}

fn uninstall(arguments: &HookFile) -> Result<u8> {
    let file = Vagrantfile::open(arguments)?;
    let written = hook::uninstall(&file.bytes)
        .with_context(|| format!("{} is left as it is", file.shown()))?;
    if file.exchange(&written)? {
        say(&format!(
            "{} has no block of boxdoctor any more",
            file.shown()
        ))
    } else {
        say(&format!(
            "{} has no block of boxdoctor; nothing was changed",
            file.shown()
        ))
    }
}

fn say(text: &str) -> Result<u8> {
    terminal::print(&format!("{text}\n"))?;
    Ok(FINE)
}

struct Vagrantfile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Vagrantfile {
    fn open(arguments: &HookFile) -> Result<Self> {
        let path = match &arguments.vagrantfile {
            Some(path) => path.clone(),
            None => {
                let here = Surroundings::here();
                here.vagrantfile().map_err(|_| {
                    let folder = shown(&here.folder);
                    anyhow!("no Vagrantfile here or in a folder above ({folder}); go to your project, or name the file with --vagrantfile")
                })?
            }
        };
        let bytes = files::read_ordinary(&path, LONGEST).map_err(unreadable(shown(&path)))?;
        Ok(Vagrantfile { path, bytes })
    }

    fn shown(&self) -> String {
        shown(&self.path)
    }

    /// Writes other bytes in its place. Whether they are others.
    fn exchange(&self, bytes: &[u8]) -> Result<bool> {
        if bytes == self.bytes {
            return Ok(false);
        }
        replace::exchange(&self.path, &self.bytes, bytes)
            .with_context(|| format!("{} is left as it is", self.shown()))?;
        Ok(true)
    }
}

fn shown(path: &Path) -> String {
    escape::line(&path.to_string_lossy(), 300)
}
