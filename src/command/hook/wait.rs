//! A guest that has just booted may still be starting or building its Guest Additions.

use std::thread;
use std::time::Duration;

use crate::command::examine::Subject;
use crate::command::terminal;
use crate::observe::activity;
use crate::transport::Deadline;

/// A build of all modules takes minutes on a slow computer.
const LONGEST: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_secs(2);
/// How long one question may take.
const ANSWER: Duration = Duration::from_secs(15);

/// Waits until the guest is not busy with its Guest Additions any more, but not for ever.
pub fn until_quiet(subject: &Subject) {
    let Subject::Guest(way) = subject else {
        return;
    };
    let end = Deadline::after(LONGEST);
    let mut has_waited = false;
    while let Some(activity) = activity::ask(way, Deadline::after(ANSWER)) {
        if !has_waited {
            terminal::say(&format!(
                "the guest is still busy with its Guest Additions ({activity}); waiting for up to {} s",
                LONGEST.as_secs()
            ));
            has_waited = true;
        }
        if end.remaining().is_zero() {
            terminal::say("the guest is busy for too long; it is looked at as it is");
            break;
        }
        thread::sleep(PAUSE);
    }
}
