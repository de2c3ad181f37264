//! The script that takes a file in, in the shells that guests have for `sh`, with the programs of the
//! GNU system and with those of busybox. Needs root.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use boxdoctor::remedy::upload::script::{Answer, BLOCK, Task, answer, script};
use sha2::{Digest, Sha256};

const SHELLS: [&[&str]; 4] = [
    &["dash"],
    &["bash", "--posix"],
    &["mksh"],
    &["busybox", "sh"],
];

/// What the guest is asked, one after the other. Before the third question the user has sent the
/// beginning, and before the fourth one everything.
const TASKS: [Task; 7] = [
    Task::Accept,
    Task::Prepare,
    Task::Prepare,
    Task::Accept,
    Task::Prepare,
    Task::Clear,
    Task::Clear,
];

/// Asks in a /var/lib of its own. `$1`: the folder with the scripts and the file; `$2`: the user's
/// folder; `$3`: the digest; then the shell.
const DRIVER: &str = r#"set -e
mount -t tmpfs none /var/lib
work=$1 name=$3 part=/var/lib/boxdoctor/$2/$3.part; shift 3
[ ! -e /var/lib/boxdoctor ]
for number in 0 1 2 3 4 5 6; do
  case $number in
    2) head -c 4200000 "$work/file" >"$part" ;;
    3) cat "$work/file" >"$part" ;;
  esac
  case $number in 2|3) chown "${SUDO_UID:-0}" "$part" ;; esac
  "$@" -c 'eval "$(cat)"' <"$work/$number" || [ $? = 3 ]
  [ "$number" != 3 ] || cmp "$work/file" "/var/lib/boxdoctor/received/$name"
done
[ ! -e /var/lib/boxdoctor ]
"#;

fn nonce(number: usize) -> String {
    format!("nonce-{number}")
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the shell answers to each of the questions, for this user.
fn answers(shell: &[&str], user: Option<u32>, search_path: &str, file: &[u8]) -> Vec<Answer> {
    let work = tempfile::tempdir().expect("a folder");
    fs::write(work.path().join("file"), file).expect("a file");
    let sha256 = digest(file);
    for (number, &task) in TASKS.iter().enumerate() {
        let body = script(task, &sha256, file.len() as u64, &nonce(number));
        let text = format!("LC_ALL=C; export LC_ALL; PATH={search_path}\n{body}");
        fs::write(work.path().join(number.to_string()), text).expect("a file");
    }
    let mut driver = Command::new("unshare");
    driver
        .args(["--mount", "sh", "-c", DRIVER, "sh"])
        .arg(work.path())
        .arg(format!("upload-{}", user.unwrap_or(0)))
        .arg(&sha256)
        .args(shell)
        .env_remove("SUDO_UID")
        .env_remove("SUDO_GID");
    if let Some(user) = user {
        driver.env("SUDO_UID", user.to_string());
        driver.env("SUDO_GID", user.to_string());
    }
    let output = driver.output().expect("unshare starts");
    assert!(output.status.success(), "{shell:?}: {output:?}");
    (0..TASKS.len())
        .map(|number| {
            answer(&nonce(number), &output.stdout)
                .unwrap_or_else(|| panic!("{shell:?}: {number}: {output:?}"))
        })
        .collect()
}

#[test]
fn every_shell_takes_a_file_in() {
    let mut file = vec![0; 9_000_000];
    getrandom::fill(&mut file).expect("random numbers");
    let applets = tempfile::tempdir().expect("a folder");
    let installed = Command::new("busybox")
        .args(["--install", "-s"])
        .arg(applets.path())
        .status();
    assert!(installed.expect("busybox starts").success());
    let gnu = "/usr/bin:/bin:/usr/sbin:/sbin";
    let small = applets.path().to_str().expect("it is text");
    assert!(Path::new(small).join("sha256sum").exists());
    let ways = SHELLS.map(|shell| (shell, gnu));
    for (shell, search_path) in ways.into_iter().chain([(SHELLS[3], small)]) {
        for user in [None, Some(12345)] {
            let said = answers(shell, user, search_path, &file);
            let [gone, Answer::Ready(empty), Answer::Ready(begun), rest @ ..] = &said[..] else {
                panic!("{shell:?}: {said:?}");
            };
            assert_eq!(gone, &Answer::Wrong, "{shell:?}");
            assert_eq!(empty.user, user.unwrap_or(0), "{shell:?}");
            assert_eq!((empty.size, empty.blocks.len()), (0, 0), "{shell:?}");
            assert!(empty.free > 10_000_000, "{shell:?}: {}", empty.free);
            let block = BLOCK as usize;
            let expected = [digest(&file[..block]), digest(&file[block..4_200_000])];
            assert_eq!(begun.size, 4_200_000, "{shell:?}");
            assert_eq!(begun.blocks, expected, "{shell:?}");
            let expected = [
                Answer::Arrived,
                Answer::Arrived,
                Answer::Cleared,
                Answer::Cleared,
            ];
            assert_eq!(rest, expected, "{shell:?}");
        }
    }
}
