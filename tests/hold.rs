//! A guest is held by one repair at a time: the script, run by root in the shells of this computer.
//! Needs root; what it makes in /var/lib/boxdoctor is removed again.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use boxdoctor::observe::root::Sudo;
use boxdoctor::remedy::hold::{answer, script};

const NONCE: &str = "0123456789abcdef0123456789abcdef";
const BASE: &str = "/var/lib/boxdoctor";

fn ask(shell: &str, task: &str, owner: &str) -> String {
    let mut child = Command::new(shell)
        .args(["-c", "eval \"$(cat)\""])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the shell starts");
    let script = Sudo::default().script(&script(NONCE, task, owner));
    let mut input = child.stdin.take().expect("it reads");
    input.write_all(script.as_bytes()).expect("it is sent");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    answer(NONCE, &output.stdout).unwrap_or_else(|| panic!("{shell}: {output:?}"))
}

fn make_old(path: &str) {
    make_older(path, "-1 hour");
}

fn make_older(path: &str, age: &str) {
    let status = Command::new("touch").args(["-d", age, path]).status();
    assert!(status.expect("touch is there").success());
}

// One test, because there is one such folder on a computer.
#[test]
fn one_repair_at_a_time_holds_a_guest_and_leaves_nothing_behind() {
    assert!(
        !Path::new(BASE).exists(),
        "something of boxdoctor's is on this computer: look at {BASE}"
    );
    for shell in ["dash", "bash", "mksh"] {
        assert_eq!(ask(shell, "hold", "one"), "held", "{shell}");
        assert!(ask(shell, "hold", "two").starts_with("busy "), "{shell}");
        // Whoever was cut off takes up what is his, and hears of what is there.
        fs::create_dir(format!("{BASE}/run-1")).expect("a folder");
        fs::write(format!("{BASE}/run-1/command"), "true").expect("a job");
        assert_eq!(ask(shell, "hold", "one"), "held run-1", "{shell}");

        // What is not one's own is not cleared away.
        assert_eq!(ask(shell, "release", "two"), "released", "{shell}");
        assert!(Path::new(BASE).join("run-1").exists(), "{shell}");

        // Without a sign of life nobody holds a guest for ever, but an upload is one.
        make_old(&format!("{BASE}/lock/owner"));
        fs::create_dir_all(format!("{BASE}/upload-1000")).expect("a folder");
        fs::write(format!("{BASE}/upload-1000/a.part"), "a").expect("an upload");
        assert!(ask(shell, "hold", "two").starts_with("busy "), "{shell}");
        make_old(&format!("{BASE}/upload-1000/a.part"));
        assert_eq!(ask(shell, "hold", "two"), "held run-1", "{shell}");
        assert!(ask(shell, "hold", "one").starts_with("busy "), "{shell}");

        assert_eq!(ask(shell, "release", "two"), "released", "{shell}");
        assert!(!Path::new(BASE).exists(), "{shell}");
        assert_eq!(ask(shell, "release", "two"), "released", "{shell}");

        // A guest that lost its power has forgotten who holds it: after a while anybody may.
        assert_eq!(ask(shell, "hold", "one"), "held", "{shell}");
        fs::write(format!("{BASE}/lock/owner"), "").expect("an owner");
        assert!(ask(shell, "hold", "two").starts_with("busy "), "{shell}");
        make_older(&format!("{BASE}/lock/owner"), "-2 minutes");
        assert_eq!(ask(shell, "hold", "two"), "held", "{shell}");
        fs::write(format!("{BASE}/lock/owner"), "").expect("an owner");
        assert_eq!(ask(shell, "release", "two"), "released", "{shell}");
        assert!(!Path::new(BASE).exists(), "{shell}");

        // Where the user may make a link of a folder, root removes nothing but names.
        assert_eq!(ask(shell, "hold", "one"), "held", "{shell}");
        fs::create_dir_all(format!("{BASE}/upload-1000/deep")).expect("a folder");
        fs::write(format!("{BASE}/upload-1000/deep/file"), "a").expect("a file");
        fs::write(format!("{BASE}/upload-1000/.part"), "a").expect("a file");
        assert_eq!(ask(shell, "release", "one"), "released", "{shell}");
        assert_eq!(boxdoctor::files::names(Path::new(BASE)), ["upload-1000"]);
        let left = boxdoctor::files::names(&Path::new(BASE).join("upload-1000"));
        assert_eq!(left, ["deep"], "{shell}");
        fs::remove_dir_all(BASE).expect("it is removed");
    }
}
