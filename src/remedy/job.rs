//! A command of root's in a guest that outlives the connection: started, asked how far it is, and
//! cleared away, each over a connection of its own.

const SCRIPT: &str = include_str!("job.sh");

/// How much of its output comes with one answer, in bytes.
pub const PIECE: usize = 64 * 1024;

/// What is to be done with a job.
pub enum Task<'a> {
    /// Begins it, unless it was begun before.
    Start { command: &'a str },
    /// Waits up to so many seconds for news beyond the first `offset` bytes of its output.
    Poll { offset: u64, seconds: u32 },
    /// Forgets it, with its output.
    Remove,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Started,
    /// What it has put out beyond the offset, in part.
    Running {
        output: Vec<u8>,
    },
    /// It has ended with this status. There may be more of its output than is here.
    Ended {
        status: i32,
        output: Vec<u8>,
        size: u64,
    },
    /// The guest was restarted, or somebody has ended it.
    Lost,
    /// There is no such job.
    None,
    Removed,
    /// Root is needed, and could not be had.
    NoRoot,
    /// Nothing can be written where jobs are kept.
    NoRoom,
}

/// The script, for root, for a job of this name, which is one word of letters, digits and dashes.
pub fn script(name: &str, task: &Task<'_>, nonce: &str) -> String {
    debug_assert!(
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
        "{name}"
    );
    let setting = match task {
        Task::Start { command } => {
            let quoted = quoted(command);
            format!("task=start\ncommand_text() {{ printf '%s\\n' {quoted}; }}\n")
        }
        Task::Poll { offset, seconds } => {
            format!("task=poll\noffset={offset}\nlongest={seconds}\nmost={PIECE}\n")
        }
        Task::Remove => "task=remove\n".to_owned(),
    };
    format!("nonce={nonce}\nname={name}\n{setting}{SCRIPT}")
}

fn quoted(text: &str) -> std::borrow::Cow<'_, str> {
    shlex::try_quote(text).expect("only a NUL cannot be quoted, and our own scripts have none")
}

/// What the script says. `None` where nothing of it can be understood.
pub fn progress(nonce: &str, said: &[u8]) -> Option<Progress> {
    let begin = memchr::memmem::find(said, nonce.as_bytes())?;
    let rest = &said[begin + nonce.len()..];
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    let output = rest.get(end + 1..).unwrap_or_default();
    let output = output[..output.len().min(PIECE)].to_vec();
    let words: Vec<&str> = line.split_whitespace().collect();
    Some(match words.as_slice() {
        ["started"] => Progress::Started,
        ["none"] => Progress::None,
        ["removed"] => Progress::Removed,
        ["no-root"] => Progress::NoRoot,
        ["folder"] => Progress::NoRoom,
        ["progress", "running", _] => Progress::Running { output },
        ["progress", "rebooted" | "killed", _] => Progress::Lost,
        ["progress", status, size] => Progress::Ended {
            status: status.parse().ok()?,
            output,
            size: size.parse().ok()?,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_answer_is_understood() {
        let said = |text: &str| progress("n1", text.as_bytes());
        assert_eq!(said("motd\nn1 started\n"), Some(Progress::Started));
        assert_eq!(said("n1 progress killed 12\n"), Some(Progress::Lost));
        assert_eq!(
            said("n1 progress running 12\nab\nn1 progress 0 2\n"),
            Some(Progress::Running {
                output: b"ab\nn1 progress 0 2\n".to_vec()
            })
        );
        assert_eq!(
            said("n1 progress 2 3\nab\n"),
            Some(Progress::Ended {
                status: 2,
                output: b"ab\n".to_vec(),
                size: 3
            })
        );
        for odd in [
            "",
            "n1",
            "n1 progress x y\n",
            "n2 started\n",
            "n1 progress 0\n",
        ] {
            assert_eq!(said(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(said: Vec<u8>) {
            let _ = progress("n", &said);
        }
    }
}
