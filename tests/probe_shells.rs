//! The probe script under the shells that guests have, and in surroundings that try to stop it.
//! Needs root and the packages dash, bash, mksh, busybox-static and sudo.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]
#![cfg(target_os = "linux")]

#[path = "support/probe_run.rs"]
mod probe_run;

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use boxdoctor::observe::questions::{QUESTIONS, SECONDS};
use boxdoctor::transport::Ended;
use probe_run::{Answer, Probe, SHELLS, programs_without, stand_in};

/// Questions whose answers do not change between two runs, nor with the tools that a shell brings.
const STABLE: [&str; 20] = [
    "uname",
    "hostname",
    "user",
    "product",
    "os-release",
    "redhat-release",
    "debian-version",
    "filesystems",
    "mounts",
    "fstab",
    "mount-helper",
    "headers",
    "build-tools",
    "deb-kernels",
    "yum-lock-list",
    "apt-holds",
    "apt-sources",
    "krb5-conf",
    "guest-shares",
    "build-log",
];

/// Runs the same in every shell, side by side.
fn in_every_shell(probe: impl Fn(Probe) -> Probe + Sync) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let runs: Vec<_> = SHELLS
            .iter()
            .map(|shell| scope.spawn(|| probe(Probe::in_shell(shell)).run()))
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("a run"))
            .collect()
    })
}

/// Every question but the named one has been answered, and the script has come to its end.
fn assert_the_rest_is_answered(answer: &Answer, but: &str) {
    let shell = &answer.shell;
    assert!(answer.finished, "{shell}: killed after {:?}", answer.took);
    for question in QUESTIONS.iter().filter(|question| question.id != but) {
        let seen = answer.to(question.id);
        assert!(
            seen.status.is_some() && seen.ended != Ended::Timeout,
            "{shell}: {seen:?}"
        );
    }
    let left = answer.left_behind();
    assert!(left.is_empty(), "{shell}: still running: {left:?}");
}

#[test]
fn every_shell_answers_every_question_alike() {
    let answers = in_every_shell(|probe| probe);
    for answer in &answers {
        let shell = &answer.shell;
        assert_the_rest_is_answered(answer, "");
        assert!(
            answer.took < Duration::from_secs(10),
            "{shell}: {:?}",
            answer.took
        );
        assert_eq!(
            answer.closing_status("sudo"),
            Some(0),
            "{shell}: we are root"
        );
        for id in STABLE {
            let (seen, first) = (answer.to(id), answers[0].to(id));
            assert_eq!(
                (seen.ended, seen.status, &seen.stdout),
                (first.ended, first.status, &first.stdout),
                "{shell}: {id}"
            );
        }
    }
    let said = |id: &str| String::from_utf8_lossy(&answers[0].to(id).stdout).into_owned();
    assert!(said("uname").starts_with("Linux "), "{}", said("uname"));
    assert!(said("os-release").contains("ID="), "{}", said("os-release"));
    assert!(said("mounts").contains("/proc proc "), "{}", said("mounts"));
}

/// A hanging question costs its limit and no more, whatever it is that hangs.
fn assert_bounded(probe: impl Fn(Probe) -> Probe + Sync, hanging: &str) {
    let limit = Duration::from_secs(SECONDS.into());
    for answer in in_every_shell(probe) {
        let shell = &answer.shell;
        assert_the_rest_is_answered(&answer, hanging);
        let seen = answer.to(hanging);
        assert_eq!(
            (seen.ended, seen.status),
            (Ended::Timeout, Some(137)),
            "{shell}: {seen:?}"
        );
        let took = Duration::from_millis(seen.ms);
        // The guest's clock is read in hundredths of a second.
        let early = limit - Duration::from_millis(20);
        assert!(took >= early && took < limit * 2, "{shell}: {took:?}");
        assert!(
            answer.took < limit + Duration::from_secs(10),
            "{shell}: {:?}",
            answer.took
        );
    }
}

#[test]
fn a_question_that_hangs_ends_at_its_limit_with_its_grandchildren() {
    assert_bounded(
        |probe| probe.asking("uname", "sh -c \"sleep 300; :\"; :"),
        "uname",
    );
}

#[test]
fn a_question_that_ignores_signals_ends_at_its_limit() {
    let stubborn = "trap : TERM INT HUP ALRM; while :; do sleep 300; done";
    assert_bounded(|probe| probe.asking("uname", stubborn), "uname");
}

#[test]
fn a_question_that_reads_the_terminal_or_its_input_finds_it_empty() {
    for answer in in_every_shell(|probe| probe.asking("uname", "cat; echo done")) {
        assert_the_rest_is_answered(&answer, "");
        assert_eq!(answer.to("uname").stdout, b"done\n", "{}", answer.shell);
        assert!(answer.took < Duration::from_secs(10), "{:?}", answer.took);
    }
}

#[test]
fn a_flood_is_cut_at_the_limit_of_its_stream() {
    let limit = QUESTIONS
        .iter()
        .find(|question| question.id == "uname")
        .expect("a question")
        .bytes;
    for answer in in_every_shell(|probe| probe.asking("uname", "yes")) {
        let (shell, seen) = (&answer.shell, answer.to("uname"));
        assert_the_rest_is_answered(&answer, "uname");
        assert_eq!(seen.stdout.len(), limit as usize, "{shell}");
        assert!(seen.truncated, "{shell}");
        assert!(
            answer.took < Duration::from_secs(10),
            "{shell}: {:?}",
            answer.took
        );
    }
    for answer in in_every_shell(|probe| probe.asking("uname", "yes >&2")) {
        let (shell, seen) = (&answer.shell, answer.to("uname"));
        assert_the_rest_is_answered(&answer, "uname");
        assert!(
            seen.stderr.starts_with(b"y\ny\n"),
            "{shell}: {:?}",
            seen.status
        );
        assert_eq!((seen.stderr.len(), seen.stdout.len()), (4096, 0), "{shell}");
        assert!(
            answer.took < Duration::from_secs(10),
            "{shell}: {:?}",
            answer.took
        );
    }
}

#[test]
fn a_fifo_at_a_place_that_is_read_does_not_block() {
    let fifo = "folder=$(mktemp -d)\nmkfifo \"$folder/fifo\"\n\
                mount --bind \"$folder/fifo\" /etc/debian_version\nrm -r \"$folder\"";
    assert_bounded(|probe| probe.in_surroundings(fifo), "debian-version");
}

#[test]
fn a_head_that_cannot_count_bytes_is_done_without() {
    let programs = programs_without(&["head"]);
    stand_in(
        programs.path(),
        "head",
        "[ \"$1\" != -c ] || { echo \"head: unknown option -c\" >&2; exit 1; }\nexec /usr/bin/head \"$@\"",
    );
    let limit = 64 * 1024;
    for shell in SHELLS {
        let answer = Probe::in_shell(shell).with_path(programs.path()).run();
        assert_the_rest_is_answered(&answer, "");
        assert!(
            answer.to("uname").stdout.starts_with(b"Linux "),
            "{}",
            answer.shell
        );
        let flooded = Probe::in_shell(shell)
            .with_path(programs.path())
            .asking("uname", "yes")
            .run();
        assert_the_rest_is_answered(&flooded, "uname");
        assert_eq!(flooded.to("uname").stdout.len(), limit, "{}", flooded.shell);
    }
}

#[test]
fn a_guest_without_awk_grep_and_stat_answers_the_rest() {
    let programs = programs_without(&["awk", "gawk", "mawk", "grep", "stat"]);
    // The standalone busybox brings its own tools, so it is no such guest.
    for shell in &SHELLS[..3] {
        let answer = Probe::in_shell(shell).with_path(programs.path()).run();
        assert_the_rest_is_answered(&answer, "");
        let said = |id: &str| String::from_utf8_lossy(&answer.to(id).stdout).into_owned();
        assert!(said("os-release").contains("ID="), "{}", answer.shell);
        assert!(said("disks").starts_with("Filesystem"), "{}", answer.shell);
        // What could not be looked for is not absent: that would be a wrong answer.
        for id in ["loaded-versions", "apt-holds", "module-files", "fstab"] {
            let seen = answer.to(id);
            assert_eq!(seen.ended, Ended::Denied, "{}: {id}", answer.shell);
            assert!(seen.stderr.starts_with(b"the guest has no "), "{id}");
        }
    }
}

/// A log that only root may read.
const SECRET_LOG: &str = "mount -t tmpfs -o mode=755 none /var/log\n\
    echo 'the build went wrong' >/var/log/vboxadd-setup.log\nchmod 600 /var/log/vboxadd-setup.log";

/// What only root may read is denied, everything else is answered, and sudo has said no.
fn assert_unprivileged(answer: &Answer) {
    let shell = &answer.shell;
    assert_the_rest_is_answered(answer, "build-log");
    assert_eq!(answer.closing_status("sudo"), Some(1), "{shell}");
    let log = answer.to("build-log");
    assert_eq!(
        (log.ended, log.status),
        (Ended::Denied, Some(126)),
        "{shell}: {log:?}"
    );
    assert_eq!(answer.to("user").stdout, b"nobody\n", "{shell}");
}

#[test]
fn a_user_without_sudo_is_answered_what_everybody_may_read() {
    let programs = programs_without(&["sudo"]);
    let unprivileged = |probe: Probe| {
        probe
            .with_path(programs.path())
            .run_by_nobody()
            .in_surroundings(SECRET_LOG)
    };
    for answer in in_every_shell(unprivileged) {
        assert_unprivileged(&answer);
        assert!(
            answer.took < Duration::from_secs(10),
            "{}: {:?}",
            answer.shell,
            answer.took
        );
    }
}

#[test]
fn a_sudo_that_refuses_is_a_guest_without_root() {
    let programs = programs_without(&["sudo"]);
    stand_in(
        programs.path(),
        "sudo",
        "echo 'sudo: a password is required' >&2\nexit 1",
    );
    let refused = |probe: Probe| {
        probe
            .with_path(programs.path())
            .run_by_nobody()
            .in_surroundings(SECRET_LOG)
    };
    for answer in in_every_shell(refused) {
        assert_unprivileged(&answer);
        assert!(
            answer.took < Duration::from_secs(10),
            "{}: {:?}",
            answer.shell,
            answer.took
        );
    }
}

#[test]
fn a_sudo_that_hangs_is_given_up() {
    let programs = programs_without(&["sudo"]);
    stand_in(programs.path(), "sudo", "exec sleep 300");
    let hanging = |probe: Probe| {
        probe
            .with_path(programs.path())
            .run_by_nobody()
            .in_surroundings(SECRET_LOG)
    };
    for answer in in_every_shell(hanging) {
        assert!(
            answer.finished,
            "{}: killed after {:?}",
            answer.shell, answer.took
        );
        assert!(
            answer.took < Duration::from_secs(40),
            "{}: {:?}",
            answer.shell,
            answer.took
        );
        assert_unprivileged(&answer);
    }
}

#[test]
fn the_script_for_root_is_never_on_a_command_line() {
    let programs = programs_without(&["sudo"]);
    let log = programs.path().join("called");
    std::fs::write(&log, "").expect("a file");
    std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o666)).expect("for nobody too");
    let record = format!(
        "printf '%s\\n' \"$*\" >>{}\nshift\nexec \"$@\"",
        log.display()
    );
    stand_in(programs.path(), "sudo", &record);
    for shell in SHELLS {
        std::fs::write(&log, "").expect("a file");
        let answer = Probe::in_shell(shell)
            .with_path(programs.path())
            .run_by_nobody()
            .run();
        assert_the_rest_is_answered(&answer, "");
        assert_eq!(answer.closing_status("sudo"), Some(0), "{}", answer.shell);
        let called = std::fs::read_to_string(&log).expect("a log");
        let asked: Vec<&str> = called.lines().filter(|line| *line != "-n true").collect();
        // It is the same few words for whatever root is asked.
        assert_eq!(asked.len(), 1, "{}: {asked:?}", answer.shell);
        assert!(asked[0].starts_with("-n sh -c "), "{asked:?}");
        assert!(asked[0].len() < 200, "{asked:?}");
    }
}

#[test]
fn the_real_sudo_answers_what_only_root_may_read() {
    let allowed = format!(
        "{SECRET_LOG}\nmount -t tmpfs -o mode=755 none /etc/sudoers.d\n\
         echo 'nobody ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/nobody\nchmod 440 /etc/sudoers.d/nobody"
    );
    for answer in in_every_shell(|probe| probe.run_by_nobody().in_surroundings(&allowed)) {
        let (shell, log) = (&answer.shell, answer.to("build-log"));
        assert_the_rest_is_answered(&answer, "");
        assert_eq!(answer.closing_status("sudo"), Some(0), "{shell}");
        assert_eq!(
            (log.ended, log.status),
            (Ended::Exit, Some(0)),
            "{shell}: {log:?}"
        );
        let said = String::from_utf8_lossy(&log.stdout);
        assert!(said.contains("the build went wrong"), "{shell}: {said}");
        assert!(
            answer.took < Duration::from_secs(10),
            "{shell}: {:?}",
            answer.took
        );
    }
}
