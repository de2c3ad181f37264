//! A person is asked for the password that sudo in the guest wants: on a real terminal, for a repair
//! over a real sshd with a real sudo. Needs root.
#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "tests make their own surroundings, and share them with other tests"
)]
#![cfg(target_os = "linux")]

#[path = "support/person.rs"]
mod person;
#[path = "support/program.rs"]
mod program;
#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/sudo_guest.rs"]
mod sudo_guest;

use person::Person;
use program::Desk;
use sudo_guest::{Guest, PASSWORD, USER, USER_ID};

const WANTED: &str = "vagrant ALL=(ALL) ALL";
const BROKEN: &[u8] = b"\xEF\xBB\xBF[libdefaults]\n  default_realm = A.EXAMPLE\n";
const FILE: &str = "/etc/krb5.conf";

struct Scene {
    guest: Guest,
    desk: Desk,
    address: String,
    key: String,
}

impl Scene {
    /// A guest with a file that only root can mend.
    fn new(sudoers: &str) -> Self {
        let guest = Guest::new(sudoers);
        std::fs::write(guest.sshd.file(FILE), BROKEN).expect("it is written");
        Scene {
            address: guest.sshd.address(),
            key: guest.sshd.key().display().to_string(),
            guest,
            desk: Desk::new(),
        }
    }

    fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let mut words = vec!["fix", "--ssh", &self.address, "--identity", &self.key];
        words.extend(more);
        words
    }

    fn person(&self, more: &[&str]) -> Person {
        Person::runs(self.desk.path(), &self.arguments(more))
    }

    fn holds(&self) -> Vec<u8> {
        std::fs::read(self.guest.sshd.file(FILE)).expect("it is there")
    }

    /// Nothing that was written on this computer holds the password.
    fn assert_nowhere_written(&self) {
        let found = std::process::Command::new("grep")
            .args(["-r", "-l", "-a", PASSWORD])
            .arg(self.desk.path())
            .output()
            .expect("grep runs");
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }
}

#[test]
fn a_repair_and_its_undo_ask_once_and_keep_nothing() {
    for terminal in ["", "Defaults requiretty\n"] {
        let scene = Scene::new(&format!("{terminal}{WANTED}"));
        let question = format!("Password of {USER} for sudo in the guest:");
        let mut person = scene.person(&["--yes"]);
        person.sees(&question);
        person.types("wrong");
        person.sees("does not accept this password");
        person.sees(&question);
        person.types(PASSWORD);
        person.sees("done: ");
        person.ended();
        let screen = person.screen();
        assert!(screen.contains("cured"), "{screen}");
        assert_eq!(screen.matches(&question).count(), 2, "{screen}");
        assert!(!screen.contains("wrong"), "{screen}");
        assert!(!screen.contains(PASSWORD), "{screen}");
        assert_eq!(scene.holds(), &BROKEN[3..]);
        scene.assert_nowhere_written();

        let mut person = Person::runs(scene.desk.path(), &["undo"]);
        // The journal knows the key, and nothing else that opens the guest.
        person.sees(&question);
        person.types(PASSWORD);
        person.sees("holds again what it held before");
        assert_eq!(person.ended(), Some(0));
        assert!(!person.screen().contains(PASSWORD));
        assert_eq!(scene.holds(), BROKEN);
        scene.assert_nowhere_written();
    }
}

#[test]
fn three_wrong_passwords_are_a_refusal() {
    let scene = Scene::new(WANTED);
    let mut person = scene.person(&["--yes"]);
    for _ in 0..3 {
        person.sees("for sudo in the guest:");
        person.types("wrong");
        person.sees("does not accept this password");
    }
    assert_eq!(person.ended(), Some(2));
    assert_eq!(scene.holds(), BROKEN);
    let log = scene.guest.log();
    assert_eq!(
        log.matches("1 incorrect password attempt").count(),
        3,
        "{log}"
    );
}

#[test]
fn no_password_is_a_refusal() {
    let scene = Scene::new(WANTED);
    let mut person = scene.person(&["--yes"]);
    person.sees("for sudo in the guest:");
    person.types("");
    assert_eq!(person.ended(), Some(2));
    assert!(!scene.guest.log().contains("incorrect password"));
    assert_eq!(scene.holds(), BROKEN);
}

#[test]
fn without_a_terminal_it_is_said_what_to_do() {
    let scene = Scene::new(WANTED);
    let ran = scene.desk.run(&scene.arguments(&["--yes"]));
    assert_eq!(ran.status, Some(2), "{ran:?}");
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "sudo in the guest wants a password, and there is no terminal to ask for it; run boxdoctor in a terminal, or let sudo ask for none (NOPASSWD";
    assert!(said.contains(told), "{said}");
    assert_eq!(scene.holds(), BROKEN);
}

#[test]
fn what_needs_no_root_is_done_without_a_question() {
    let scene = Scene::new(WANTED);
    // The user may write there.
    for path in [scene.guest.sshd.file("/etc"), scene.guest.sshd.file(FILE)] {
        std::os::unix::fs::chown(path, Some(USER_ID), Some(USER_ID)).expect("root may");
    }
    let ran = scene.desk.run(&scene.arguments(&["--yes"]));
    assert!(ran.stdout.contains("cured"), "{ran:?}");
    assert_eq!(scene.holds(), &BROKEN[3..]);
}

#[test]
fn a_terminal_shows_what_is_typed_again_after_an_interruption() {
    let scene = Scene::new(WANTED);
    let program = env!("CARGO_BIN_EXE_boxdoctor");
    let arguments = shlex::try_join(scene.arguments(&["--yes"])).expect("words");
    let mut person = Person::types_in_a_shell(
        scene.desk.path(),
        &format!("{program} {arguments}; echo \"status $?\"; stty -a"),
    );
    person.sees("for sudo in the guest:");
    person.presses_control(b'c');
    person.sees("status 130");
    person.sees(" echo ");
}
