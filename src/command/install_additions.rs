//! The Guest Additions on their way into a guest: fetched, sent, verified there, installed.

use anyhow::Result;

use super::carry_out::{Done, Work, outcome_of};
use super::terminal;
use crate::medium::cache::Cache;
use crate::medium::choose::Chosen;
use crate::medium::download::download;
use crate::medium::{Medium, Processor};
use crate::observe::way::Way;
use crate::remedy::installer;
use crate::remedy::journal::State;
use crate::remedy::plan::Step;
use crate::remedy::upload::{self, Content};
use crate::report;
use crate::transport::http::{Address, Client};

/// Installs them, and believes only what is seen after it.
pub fn install(work: &mut Work<'_>, step: &Step, chosen: &Chosen, way: &Way) -> Result<Done> {
    let title = report::plan::title(step);
    let refuse = |why: String| {
        terminal::say(&format!("{title}: {why}"));
        Ok(Done::Nothing)
    };
    let medium = match at_hand(chosen, &work.wish.from) {
        Ok(medium) => medium,
        Err(why) => return refuse(why),
    };
    let facts = work.look()?;
    let Some(processor) = facts
        .guest
        .processor
        .known()
        .and_then(|name| Processor::of(name))
    else {
        return refuse("there is no installer for the guest's processor; the Guest Additions need a box for x86-64, or from 7.1 for arm64".to_owned());
    };
    let archive = match medium.installer(processor) {
        Ok(archive) => archive,
        Err(unusable) => return refuse(unusable.to_string()),
    };
    let can_mount = match upload::can_mount_iso(way) {
        Ok(can) => can,
        Err(failed) => return refuse(failed.to_string()),
    };
    let content = if can_mount {
        Content::whole(&medium)
    } else {
        Content::archive(&medium, &archive)
    };
    work.note_begin(step, &format!("sh {} --nox11", archive.name))?;
    let mut bar = terminal::Bar::show("Sending the Guest Additions");
    let sent = upload::send(way, &content, &mut |done| {
        bar.at(done, Some(content.length));
    });
    drop(bar);
    let arrived = match sent {
        Ok(arrived) => arrived,
        Err(failed) => {
            work.note(State::Refused)?;
            return refuse(failed.to_string());
        }
    };
    let command = installer::command(&arrived.path, can_mount.then_some(archive.name));
    let ended = work.run_job(&command, way);
    work.note(match &ended {
        Ok(_) => State::Done,
        Err(broken) if broken.changed_nothing() => State::Refused,
        Err(_) => State::Begun,
    })?;
    match ended {
        Ok(outcome) => work.judge(step, &outcome),
        Err(broken) => {
            terminal::say(&format!("{title}: {broken}"));
            Ok(outcome_of(&broken))
        }
    }
}

/// The ISO on this computer, fetched where it has to be.
fn at_hand(chosen: &Chosen, base: &Address) -> Result<Medium, String> {
    match chosen {
        Chosen::Local(medium) => Ok(medium.clone()),
        Chosen::Recorded { path, .. } => Err(format!(
            "nobody knows whether {path} is still there; look at the machine itself"
        )),
        Chosen::ToDownload { version, .. } => {
            let cache = Cache::here().ok_or(
                "this computer has no folder for what is downloaded; set BOXDOCTOR_CACHE_DIR",
            )?;
            let client = Client::default();
            let mut bar = terminal::Bar::show("Fetching the Guest Additions");
            let mut news = |done, all| bar.at(done, all);
            download(version, base, &client, &cache, &mut news).map_err(|error| error.to_string())
        }
    }
}
