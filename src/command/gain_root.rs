//! Before anything is repaired by root, root must be had; where that takes a password, a person is
//! asked for it.

use std::io;

use super::{ask, hidden, terminal};
use crate::observe::root::{Password, Sudo};
use crate::observe::root_check::{self, Root};
use crate::observe::way::Way;
use crate::remedy::plan::{Plan, Refused, Step};
use crate::report;
use crate::transport::Deadline;

/// How often a password is asked for.
const TRIES: usize = 3;

/// How root was come by.
#[derive(Debug)]
pub enum Gained {
    /// Without a question.
    Freely,
    /// By a password, which the way now knows.
    ByPassword,
    /// Not at all: why, and what to do.
    Not(String),
}

/// Makes sure of root for all that is planned, and leaves out of the plan what cannot be done
/// without. Gives back whether there is more to see in the guest now than before.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn for_plan(
    plan: &mut Plan,
    way: &mut Way,
    name: &str,
    deadline: &dyn Fn() -> Deadline,
) -> io::Result<bool> {
    let conditions: Vec<String> = plan.steps.iter().filter_map(Step::needs_no_root).collect();
    if conditions.is_empty() {
        return Ok(false);
    }
    let why = match gain(way, name, &conditions.join(" && "), deadline)? {
        Gained::Freely => return Ok(false),
        Gained::ByPassword => return Ok(true),
        Gained::Not(why) => why,
    };
    let takes_root = |step: &Step| {
        step.needs_no_root()
            .is_some_and(|needless| !matches!(ask_guest(way, &needless, deadline()), Asked::Had))
    };
    let (left, kept): (Vec<Step>, Vec<Step>) = plan.steps.drain(..).partition(takes_root);
    plan.steps = kept;
    plan.refused.extend(left.iter().map(|step| Refused {
        remedy: step.remedy,
        what: report::plan::title(step),
        why: why.clone(),
    }));
    Ok(false)
}

/// Makes sure of root in this guest, where this condition of its shell does not make it needless.
/// `name` is what the user calls the guest.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn gain(
    way: &mut Way,
    name: &str,
    needless: &str,
    deadline: &dyn Fn() -> Deadline,
) -> io::Result<Gained> {
    let mut user = match ask_guest(way, needless, deadline()) {
        Asked::Password(user) => user,
        Asked::Had => return Ok(Gained::Freely),
        Asked::Not(why) => return Ok(Gained::Not(why)),
    };
    if !ask::can_ask() {
        return Ok(Gained::Not(
            "sudo in the guest wants a password, and there is no terminal to ask for it; run boxdoctor in a terminal, or let sudo ask for none (NOPASSWD in the guest's sudoers)".to_owned(),
        ));
    }
    terminal::say(&format!(
        "{name}: this takes root in the guest, and sudo there wants a password; it is kept in memory until boxdoctor ends"
    ));
    for _ in 0..TRIES {
        let typed = hidden::ask(&format!("Password of {user} for sudo in the guest:"))?;
        let Some(password) = Password::new(typed) else {
            break;
        };
        way.sudo = Sudo::with(password);
        match ask_guest(way, "false", deadline()) {
            Asked::Had => return Ok(Gained::ByPassword),
            Asked::Password(whose) => user = whose,
            Asked::Not(why) => {
                way.sudo = Sudo::default();
                return Ok(Gained::Not(why));
            }
        }
        terminal::say("sudo in the guest does not accept this password");
        way.sudo = Sudo::default();
    }
    Ok(Gained::Not(
        "sudo in the guest wants a password, and was given none that it accepts; try again with the one of that user".to_owned(),
    ))
}

/// What the guest says about root.
enum Asked {
    Had,
    /// The password of this user is wanted.
    Password(String),
    /// Why not, and what to do.
    Not(String),
}

fn ask_guest(way: &Way, needless: &str, deadline: Deadline) -> Asked {
    let progress = terminal::Progress::show("Asking the guest for root...");
    let answer = root_check::ask(way, needless, deadline);
    drop(progress);
    Asked::Not(match answer {
        Ok(Root::Had) => return Asked::Had,
        Ok(Root::Password { user }) => return Asked::Password(user),
        Ok(Root::NoSudo) => {
            "it takes root, and the guest has no sudo; install it there, or log in as root".to_owned()
        }
        Ok(Root::NoTerminal) => {
            "sudo in the guest wants a terminal (requiretty), and there is no script(1) to give it one; take requiretty out of the guest's sudoers, or log in as root".to_owned()
        }
        Ok(Root::Refused(said)) if said.is_empty() => {
            "sudo in the guest refuses, and does not say why; see what `sudo -n true` does there".to_owned()
        }
        Ok(Root::Refused(said)) => format!("sudo in the guest refuses; it says: {said}; allow it in the guest's sudoers, or log in as root"),
        Err(error) => format!("the guest could not be asked for root: {error}"),
    })
}
