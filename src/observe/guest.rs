//! Asks a guest everything over one connection, in one round trip.

use zeroize::Zeroizing;

use super::questions::{Question, STDERR_BYTES};
use super::root::{SETTING, Sudo, quoted};
use super::sections::{self, Section};
use super::{Observation, Side};
use crate::transport::ssh::{Remote, SshError};
use crate::transport::{Ended, Limits};

const PROBE: &str = include_str!("probe.sh");

/// The observation that says how the connection itself went.
pub const CONNECTION: &str = "connection";
/// The observation that says whether root could be had.
pub const SUDO: &str = "sudo";

/// How long all that root is asked may take at least, in seconds, sudo's own thinking included.
const SUDO_SECONDS: u32 = 20;

/// How much longer than the question that may take longest, in seconds.
const SUDO_THINKS: u32 = 5;

/// The status with which the script ends. libssh2 cannot tell 0 from a status that never came, and
/// with another one a process that keeps the channel open is not waited for.
pub const DONE: i32 = 3;

/// What a guest may send at most. The questions' own limits together stay below it, so only a guest
/// that does not keep to them is cut here.
pub const LIMITS: Limits = Limits {
    stdout: 6 * 1024 * 1024,
    stderr: 1024 * 1024,
};

/// A number that the guest cannot know beforehand, to mark the sections of its answer.
pub fn nonce() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The script that asks these questions, its sections marked with `nonce`.
pub fn script(nonce: &str, sudo: &Sudo, questions: &[Question<'_>]) -> Zeroizing<String> {
    let asked = |root: bool| -> String {
        questions
            .iter()
            .filter(|question| question.root == root)
            .map(ask)
            .collect()
    };
    let by_root = questions.iter().filter(|question| question.root);
    let longest = by_root.map(|question| question.seconds + SUDO_THINKS).max();
    let setting = format!(
        "krb5_conf=${{KRB5_CONFIG+/}}; krb5_conf=${{krb5_conf:-/etc/krb5.conf}}\nexec 3>&1 6>&2\nnonce={nonce}\n"
    );
    let Some(longest) = longest else {
        return Zeroizing::new(format!("{setting}{PROBE}\n{}exit {DONE}\n", asked(false)));
    };
    // Whoever ends an attempt to log in too soon makes a second one.
    let sudo_seconds = SUDO_SECONDS.max(longest);
    // What root is asked is a text, because it runs in another shell.
    let as_root = quoted(&format!(
        "{SETTING}{setting}{PROBE}\nmarks end {SUDO} 0\n{}",
        asked(true)
    ));
    sudo.before(&format!(
        "{setting}{PROBE}\n{user}\nas_root={as_root}\n\
         marks begin {SUDO}\n\
         if [ \"$(id -u)\" = 0 ]; then eval \"$as_root\"\n\
         elif ! bounded {sudo_seconds} become_root\n\
         then marks end {SUDO} 1\n{unprivileged}fi\nexit {DONE}\n",
        user = asked(false),
        unprivileged = asked(true),
    ))
}

fn ask(question: &Question<'_>) -> String {
    format!(
        "ask {} {} {} {STDERR_BYTES} {} {}\n",
        question.id,
        question.seconds,
        question.bytes,
        quoted(question.script()),
        question.needs.unwrap_or("''"),
    )
}

/// Turns what came back over the connection into observations, one for every question.
pub fn observations(
    nonce: &str,
    questions: &[Question<'_>],
    connection: &str,
    answer: Result<Remote, SshError>,
) -> Vec<Observation> {
    let connection = connection.to_owned();
    let remote = match answer {
        Ok(remote) => remote,
        Err(error) => {
            return vec![Observation::unanswered(
                CONNECTION,
                Side::Guest,
                connection,
                error.ended(),
                &error.to_string(),
            )];
        }
    };
    let output = remote.output;
    // That an answer is not whole is worth a note, even where the rest of it can be used.
    let notes = [remote.notes, Vec::from_iter(remote.cut_off.clone())].concat();
    let sections = sections::split(nonce, &output.stdout, &output.stderr);
    // Without a single section the guest has no shell that could answer; its words say why, or,
    // where the connection broke, that.
    let said = match &remote.cut_off {
        _ if !sections.is_empty() => b"",
        Some(why) if output.stderr.is_empty() => why.as_bytes(),
        _ => &output.stderr,
    };
    let connected = Observation {
        stdout: notes.join("\n").into_bytes(),
        stderr: said[..said.len().min(STDERR_BYTES)].to_vec(),
        ended: if sections.is_empty() && output.ended == Ended::Exit {
            Ended::NotFound
        } else {
            output.ended
        },
        status: output.status,
        truncated: output.truncated,
        ms: output.elapsed.as_millis().try_into().unwrap_or(u64::MAX),
        ..Observation::answered(CONNECTION, Side::Guest, connection, Vec::new())
    };
    let mut seen = vec![connected];
    if sections.is_empty() {
        return seen;
    }
    let root = sections.get(SUDO).and_then(|sudo| sudo.status) == Some(0);
    for question in questions {
        seen.push(match sections.get(question.id) {
            Some(section) => answered(question, section, root),
            None => Observation::unanswered(
                question.id,
                Side::Guest,
                question.command.to_owned(),
                Ended::Timeout,
                "the guest was cut off before it came to this question",
            ),
        });
    }
    seen
}

fn answered(question: &Question<'_>, section: &Section, root: bool) -> Observation {
    let ended = match section.status {
        // The watchdog ends a question with SIGKILL, and a question that never closed was cut off.
        None | Some(137) => Ended::Timeout,
        Some(127) => Ended::NotFound,
        Some(126) => Ended::Denied,
        Some(status) if status != 0 && question.root && !root => Ended::Denied,
        Some(_) => Ended::Exit,
    };
    // An honest guest has cut its answers already.
    let cut = |bytes: &[u8], limit: usize| bytes[..bytes.len().min(limit)].to_vec();
    let limit = question.bytes as usize;
    Observation {
        ended,
        status: section.status,
        stderr: cut(&section.stderr, STDERR_BYTES),
        truncated: section.stdout.len() >= limit,
        ms: section.ms,
        ..Observation::answered(
            question.id,
            Side::Guest,
            question.command.to_owned(),
            cut(&section.stdout, limit),
        )
    }
}
