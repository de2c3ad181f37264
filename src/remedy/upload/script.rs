//! The script that takes a file in, and what it says.

const SCRIPT: &str = include_str!("upload.sh");

/// Where root keeps what has arrived and was looked at.
pub const RECEIVED: &str = "/var/lib/boxdoctor/received";

/// The size of the blocks by which the guest tells what it has already.
pub const BLOCK: u64 = 4 * 1024 * 1024;

/// Nothing is sent that has more blocks than these.
pub const MOST_BLOCKS: u64 = 1024;

/// What the guest is to do about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Makes room for it, and says what is there of it.
    Prepare,
    /// Takes it over from the user, and compares it.
    Accept,
    /// Removes everything that was sent.
    Clear,
}

/// What the guest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Ready(Ready),
    /// It is there, and it is the right one.
    Arrived,
    /// What is there is something else, and has been removed.
    Wrong,
    Cleared,
    NoRoot,
    NoDigest,
    /// Nothing can be made below `/var/lib`.
    NoFolder,
    /// So many bytes are free, and they are too few.
    NoRoom(u64),
    /// This path is taken.
    InTheWay(String),
}

/// What is there before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// How many bytes are free.
    pub free: u64,
    /// How many bytes there are already.
    pub size: u64,
    /// The digests of their blocks; the last one may be short.
    pub blocks: Vec<String>,
    /// Who logs in.
    pub user: u32,
}

/// The script for a file of this digest and length. Root runs it.
pub fn script(task: Task, sha256: &str, length: u64, nonce: &str) -> String {
    debug_assert!(sha256.chars().all(|c| c.is_ascii_hexdigit()), "{sha256}");
    let task = match task {
        Task::Prepare => "prepare",
        Task::Accept => "accept",
        Task::Clear => "clear",
    };
    let blocks = length.div_ceil(BLOCK);
    format!(
        "nonce={nonce}\ntask={task}\nname={sha256}\nlength={length}\n\
         blocks={blocks}\nblock_size={BLOCK}\n{SCRIPT}"
    )
}

/// Where the user puts the file.
pub fn part(user: u32, sha256: &str) -> String {
    format!("/var/lib/boxdoctor/upload-{user}/{sha256}.part")
}

/// What the script says. `None` where nothing of it can be understood.
pub fn answer(nonce: &str, said: &[u8]) -> Option<Answer> {
    let said = String::from_utf8_lossy(said);
    let mut ready = None;
    for line in said.lines() {
        let Some(words) = line.strip_prefix(nonce) else {
            continue;
        };
        let words: Vec<&str> = words.split_whitespace().collect();
        return Some(match words.as_slice() {
            ["room", free, size, user] => {
                ready = Some(Ready {
                    free: kibibytes(free)?,
                    size: size.parse().ok()?,
                    blocks: Vec::new(),
                    user: user.parse().ok()?,
                });
                continue;
            }
            ["block", digest] => {
                ready.as_mut()?.blocks.push((*digest).to_owned());
                continue;
            }
            ["end"] => Answer::Ready(ready?),
            ["arrived"] => Answer::Arrived,
            ["wrong"] => Answer::Wrong,
            ["cleared"] => Answer::Cleared,
            ["no-root"] => Answer::NoRoot,
            ["no-digest"] => Answer::NoDigest,
            ["no-folder"] => Answer::NoFolder,
            ["no-room", free] => Answer::NoRoom(kibibytes(free)?),
            ["in-the-way", path] => Answer::InTheWay(crate::escape::line(path, 200)),
            _ => return None,
        });
    }
    None
}

fn kibibytes(number: &str) -> Option<u64> {
    let number: u64 = number.parse().ok()?;
    Some(number.saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_answer_is_understood() {
        let ready = Answer::Ready(Ready {
            free: 2048,
            size: 5,
            blocks: vec!["aa".to_owned(), "bb".to_owned()],
            user: 1000,
        });
        let of_blocks = "hello\nN room 2 5 1000\r\nN block aa\nN block bb\nN end\n";
        for (said, expected) in [
            (of_blocks, ready),
            ("N arrived\n", Answer::Arrived),
            ("N no-room 3\n", Answer::NoRoom(3072)),
            (
                "N in-the-way /tmp/\u{1b}[2J\n",
                Answer::InTheWay("/tmp/\\x1B[2J".to_owned()),
            ),
        ] {
            assert_eq!(answer("N", said.as_bytes()), Some(expected), "{said}");
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        for said in [
            "",
            "arrived",
            "N room 2 5 1000\nN block aa\n",
            "N block aa\nN end\n",
            "N room -1 5 1\nN end\n",
        ] {
            assert_eq!(answer("N", said.as_bytes()), None, "{said}");
        }
    }

    proptest! {
        #[test]
        fn no_guest_makes_it_panic(said: Vec<u8>, words in "(N (room|block|end|no-room)( [0-9]{0,25}){0,3}\n){0,5}") {
            let _ = answer("N", &said);
            let _ = answer("N", words.as_bytes());
        }
    }
}
