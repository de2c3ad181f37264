//! Tells the program of which commit it is built; `boxdoctor --version` says it.
//!
//! Whoever builds without git names the commit in `BOXDOCTOR_COMMIT`. Where nobody knows it, nothing is
//! said of one.

use std::process::Command;

/// What packagers set.
const GIVEN: &str = "BOXDOCTOR_COMMIT";

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-env-changed={GIVEN}");
    let given = std::env::var(GIVEN).unwrap_or_default();
    let commit = match given.trim() {
        "" => of_the_repository().unwrap_or_default(),
        given if is_plain(given) => given.to_owned(),
        _ => panic!("{GIVEN} must be letters and digits, as `git rev-parse --short HEAD` prints"),
    };
    println!("cargo::rustc-env=BOXDOCTOR_BUILT_OF={commit}");
}

fn is_plain(commit: &str) -> bool {
    commit.len() <= 40 && commit.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The commit of the repository whose top is this package: one around it, as where sources were
/// unpacked inside another project, has commits of something else.
fn of_the_repository() -> Option<String> {
    // Cargo runs this in the folder of the package.
    let said = git(&[
        "rev-parse",
        "--show-prefix",
        "--git-path",
        "logs/HEAD",
        "--short=7",
        "HEAD",
    ])?;
    let [below, log, commit] = said.lines().collect::<Vec<_>>().try_into().ok()?;
    if !below.is_empty() || !is_plain(commit) {
        return None;
    }
    // It grows with each commit and at each change of branch. Where git keeps none, cargo does not find
    // it either, and asks again at every build.
    println!("cargo::rerun-if-changed={log}");
    Some(commit.to_owned())
}

#[allow(
    clippy::disallowed_methods,
    reason = "no machine is examined while the program is built"
)]
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(arguments)
        // A hook of git that starts this build says with these of another repository.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).ok())?
}
