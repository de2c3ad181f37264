//! A guest with Kerberos, a real sshd in a mount namespace of its own, and a real KDC: what breaks
//! there is named, and a file that hides a byte is mended over SSH.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]
#![cfg(target_os = "linux")]

#[path = "support/kdc.rs"]
mod kdc;
#[path = "support/program.rs"]
mod program;
#[path = "support/sshd.rs"]
mod sshd;

use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use kdc::{Kdc, PASSWORD, REALM, USER};
use program::{Desk, Ran, finding};
use serde_json::{Value, json};
use sshd::Sshd;

/// A copy of /etc that only the server and those who log in there see, with a user who is root for
/// whoever asks `sudo`, as in every Vagrant box.
const OWN_ETC: [&str; 6] = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    "set -e
mount -t tmpfs -o mode=755 none /mnt
cp -a /etc/. /mnt
rm -f /mnt/krb5.keytab
echo 'vagrant:x:12345:12345::/:/bin/sh' >>/mnt/passwd
echo 'vagrant:*:19000:0:99999:7:::' >>/mnt/shadow
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >/mnt/sudoers.d/vagrant
chmod 440 /mnt/sudoers.d/vagrant
mount --move /mnt /etc
exec \"$@\"",
    "sh",
];
const LOGIN: &str = "vagrant";
const LOGIN_ID: u32 = 12345;
const CONFIGURATION: &str = "/etc/krb5.conf";

struct Guest {
    sshd: Sshd,
    desk: Desk,
}

impl Guest {
    /// A guest whose configuration holds this.
    fn with(configuration: &str) -> Self {
        let guest = Self::start(&[]);
        guest.write(CONFIGURATION, configuration);
        guest
    }

    fn start(variables: &[(&str, &str)]) -> Self {
        let desk = Desk::new();
        open(desk.path());
        let folder = desk.path().join("tickets");
        std::fs::create_dir(&folder).expect("a folder");
        chown(&folder, Some(LOGIN_ID), None).expect("root may");
        let tickets = folder.join("of the user").display().to_string();
        let mut all = vec![("LC_ALL", "C"), ("KRB5CCNAME", tickets.as_str())];
        all.extend(variables);
        let sshd = Sshd::start_in(&OWN_ETC, LOGIN, &all);
        Guest { sshd, desk }
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.sshd.file(path), content).expect("the file is written");
    }

    fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.sshd.file(path)).expect("the file is there")
    }

    fn ssh(&self, remote: &str, input: &str) -> Output {
        kdc::feed(&mut self.sshd.ssh(remote), input)
    }

    /// What `kinit` says where it gets no ticket.
    fn kinit(&self, options: &str) -> Result<(), String> {
        let output = self.ssh(&format!("kinit {options} {USER}"), &format!("{PASSWORD}\n"));
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }

    fn has_ticket(&self) -> bool {
        self.ssh("klist -s", "").status.success()
    }

    fn run(&self, command: &[&str], options: &[&str]) -> Ran {
        let (address, key) = (self.sshd.address(), self.sshd.key());
        let key = key.to_str().expect("a path");
        let target = ["--ssh", &address, "--identity", key];
        let arguments: Vec<&str> = command
            .iter()
            .chain(&target)
            .chain(options)
            .copied()
            .collect();
        self.desk.run(&arguments)
    }

    /// What a look at the guest says of its Kerberos.
    fn check(&self, options: &[&str]) -> Value {
        let ran = self.run(&["check", "--format", "json"], options);
        let mut target = ran.json()["targets"][0].take();
        let findings = target["findings"].as_array_mut().expect("findings");
        findings.retain(|finding| {
            finding["check"]
                .as_str()
                .expect("a name")
                .starts_with("krb5-")
        });
        target
    }
}

/// Lets everybody look into a folder.
fn open(folder: &Path) {
    let all = Permissions::from_mode(0o755);
    std::fs::set_permissions(folder, all).expect("the folder is ours");
}

/// The checks that fail, but for what is only a note.
fn failing(target: &Value) -> Vec<&str> {
    let findings = target["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|finding| finding["status"] == "fail" && finding["severity"] != "info")
        .filter_map(|finding| finding["check"].as_str())
        .collect()
}

/// The status of a check.
fn status<'a>(target: &'a Value, check: &str) -> &'a str {
    finding(target, check)["status"].as_str().expect("a status")
}

#[test]
fn a_guest_in_order_is_not_accused() {
    let kdc = Kdc::start();
    let guest = Guest::with(&kdc.configuration());
    guest.kinit("").expect("a ticket");
    assert!(guest.has_ticket());
    let target = guest.check(&["--deep", "--try-keytab"]);
    assert_eq!(failing(&target), Vec::<&str>::new(), "{target:#}");
    for check in ["krb5-clock-skew", "krb5-ticket", "krb5-kdc-unreachable"] {
        assert_eq!(status(&target, check), "pass", "{target:#}");
    }
}

#[test]
fn a_hidden_byte_is_mended_where_the_variable_of_the_guest_points() {
    let (kdc, desk) = (Kdc::start(), Desk::new());
    open(desk.path());
    // One of the files of a guest is outside of what only the server sees.
    let path = desk.file("my krb5.conf", "");
    let path = path.to_str().expect("a path");
    let guest = Guest::start(&[("KRB5_CONFIG", path)]);
    before_a_section(&kdc, &guest, path);
}

#[test]
fn a_hidden_byte_is_mended_in_the_configuration_of_a_guest() {
    let kdc = Kdc::start();
    let guest = Guest::start(&[]);
    before_a_section(&kdc, &guest, CONFIGURATION);
}

fn before_a_section(kdc: &Kdc, guest: &Guest, path: &str) {
    let sound = kdc.configuration();
    let broken = sound.replace("[realms]", "\u{feff}[realms]");
    let byte = broken.find('\u{feff}');
    let place = json!({"path": path, "line": 6, "column": 1, "byte": byte});
    hidden_and_mended(
        guest,
        &place,
        &sound,
        &broken,
        "Improper format of Kerberos configuration",
    );
}

#[test]
fn a_hidden_byte_is_mended_in_a_file_that_is_included() {
    let kdc = Kdc::start();
    let whole = kdc.configuration();
    let (settings, realms) = whole.split_at(whole.find("[realms]").expect("it is there"));
    let guest = Guest::with(&format!("includedir /etc/kitchen.d\n{settings}"));
    std::fs::create_dir(guest.sshd.file("/etc/kitchen.d")).expect("a folder");
    let place = json!({"path": "/etc/kitchen.d/realms.conf", "line": 1, "column": 1, "byte": 0});
    hidden_and_mended(
        &guest,
        &place,
        realms,
        &format!("\u{feff}{realms}"),
        "Cannot find KDC",
    );
}

#[test]
fn a_user_who_may_not_write_the_file_is_told_so_and_nothing_is_changed() {
    let kdc = Kdc::start();
    let broken = kdc.configuration().replace("[realms]", "\u{feff}[realms]");
    let guest = Guest::with(&broken);
    std::fs::remove_file(guest.sshd.file("/etc/sudoers.d/vagrant")).expect("it is there");
    let names = beside(&guest.sshd.file(CONFIGURATION));
    let ran = guest.run(&["fix", "--yes"], &[]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "sudo in the guest wants a password, and there is no terminal";
    assert!(said.contains(told), "{ran:?}");
    assert_eq!(guest.read(CONFIGURATION), broken.as_bytes());
    assert_eq!(beside(&guest.sshd.file(CONFIGURATION)), names);
    guest.desk.run(&["undo"]).refused();
}

/// From a file in order that somebody breaks, to the same bytes that were in order and back.
fn hidden_and_mended(guest: &Guest, place: &Value, sound: &str, broken: &str, says: &str) {
    let path = place["path"].as_str().expect("a path");
    guest.write(path, broken);
    let file = guest.sshd.file(path);
    chown(&file, None, Some(LOGIN_ID)).expect("root may");
    std::fs::set_permissions(&file, Permissions::from_mode(0o664)).expect("root may");
    let state = || {
        let seen = file.metadata().expect("it is there");
        (seen.mode() & 0o7777, seen.uid(), seen.gid())
    };
    let (as_it_was, names) = (state(), beside(&file));
    let fails = || {
        let said = guest.kinit("").expect_err("it is broken");
        assert!(said.contains(says), "{said}");
    };
    fails();
    let target = guest.check(&[]);
    assert_eq!(&finding(&target, "krb5-stray-bytes")["location"], place);

    let ran = guest.run(
        &["fix", "--yes", "--fail-on", "never", "--format", "json"],
        &[],
    );
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let report = ran.json();
    let mended = finding(&report["targets"][0], "krb5-stray-bytes");
    assert_eq!(mended["outcome"], "cured", "{mended:#}");
    assert_eq!(guest.read(path), sound.as_bytes());
    assert_eq!(state(), as_it_was);
    guest.kinit("").expect("a ticket");
    assert!(guest.has_ticket());

    let ran = guest.desk.run(&["undo"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(guest.read(path), broken.as_bytes());
    assert_eq!((state(), beside(&file)), (as_it_was, names));
    fails();
}

/// The names in the folder of a file, in order.
fn beside(file: &Path) -> Vec<OsString> {
    let folder = file.parent().expect("a folder");
    let entries = std::fs::read_dir(folder).expect("it is there");
    let mut names: Vec<OsString> = entries
        .map(|entry| entry.expect("a name").file_name())
        .collect();
    names.sort();
    names
}

#[test]
fn a_ticket_that_has_expired_is_named() {
    let kdc = Kdc::start();
    let guest = Guest::with(&kdc.configuration());
    guest.kinit("-l 2s").expect("a ticket");
    let start = Instant::now();
    while guest.has_ticket() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never ends");
        std::thread::sleep(Duration::from_millis(500));
    }
    let target = guest.check(&[]);
    assert_eq!(failing(&target), ["krb5-ticket"], "{target:#}");
    guest.kinit("").expect("a ticket");
    assert_eq!(status(&guest.check(&[]), "krb5-ticket"), "pass");
}

#[test]
fn a_keytab_whose_key_was_changed_is_named_when_it_may_be_tried() {
    let kdc = Kdc::start();
    let guest = Guest::with(&kdc.configuration());
    guest.kinit("").expect("a ticket");
    let keytab = guest.sshd.file("/etc/krb5.keytab");
    let keytab = keytab.to_str().expect("a path");
    kdc.admin(&["addprinc", "-randkey", "host/kitchen.test"]);
    kdc.admin(&["ktadd", "-k", keytab, "host/kitchen.test"]);
    let tried = ["--try-keytab"];
    assert_eq!(status(&guest.check(&tried), "krb5-keytab"), "pass");

    kdc.admin(&["cpw", "-randkey", "host/kitchen.test"]);
    let said = guest.ssh(
        "sudo -n env KRB5CCNAME=MEMORY: kinit -k host/kitchen.test",
        "",
    );
    assert_eq!(
        String::from_utf8_lossy(&said.stderr).trim(),
        "kinit: Password incorrect while getting initial credentials"
    );
    let attempts = kdc.attempts();
    let target = guest.check(&tried);
    assert_eq!(failing(&target), ["krb5-keytab"], "{target:#}");
    assert!(kdc.attempts() > attempts);

    // Without consent no account comes nearer to being locked.
    let attempts = kdc.attempts();
    assert_eq!(status(&guest.check(&[]), "krb5-keytab"), "pass");
    assert_eq!(kdc.attempts(), attempts);
    // The user's own ticket is none of this.
    let tickets = guest.ssh("klist", "").stdout;
    assert!(String::from_utf8_lossy(&tickets).contains("Default principal: alice@"));
}

#[test]
fn a_clock_that_is_wrong_is_named() {
    let kdc = Kdc::start();
    for offset in ["+2h", "-2h"] {
        let preload = Command::new("faketime")
            .args(["-f", offset, "printenv", "LD_PRELOAD"])
            .output()
            .expect("faketime is installed");
        let preload = String::from_utf8(preload.stdout).expect("a path");
        let guest = Guest::start(&[("LD_PRELOAD", preload.trim()), ("FAKETIME", offset)]);
        // By default the client corrects its clock by the server's where it can.
        let strict = kdc
            .configuration()
            .replace("[libdefaults]", "[libdefaults]\n    kdc_timesync = 0");
        guest.write(CONFIGURATION, strict);
        assert_eq!(
            guest.kinit("").expect_err(offset).lines().last(),
            Some("kinit: Clock skew too great while getting initial credentials")
        );
        let target = guest.check(&[]);
        assert_eq!(failing(&target), ["krb5-clock-skew"], "{target:#}");
    }
}

#[test]
fn a_kdc_that_does_not_answer_is_named_when_it_may_be_asked() {
    let mut kdc = Kdc::start();
    // One of two is enough.
    let first = "kdc = 127.0.0.1:1\n        kdc = 127";
    let guest = Guest::with(&kdc.configuration().replace("kdc = 127", first));
    guest.kinit("").expect("a ticket");
    assert_eq!(
        status(&guest.check(&["--deep"]), "krb5-kdc-unreachable"),
        "pass"
    );
    kdc.stop();
    let said = guest.kinit("").expect_err("nobody answers");
    assert_eq!(
        said,
        format!(
            "kinit: Cannot contact any KDC for realm '{REALM}' while getting initial credentials"
        )
    );
    let target = guest.check(&["--deep"]);
    assert_eq!(failing(&target), ["krb5-kdc-unreachable"], "{target:#}");
    let captured = guest.run(&["capture"], &["--deep", "-o", "bundle.toml"]);
    assert_eq!(captured.status, Some(0), "{captured:?}");
    let replayed = ["check", "--bundle", "bundle.toml", "--format", "json"];
    let replayed = guest.desk.run(&replayed).json();
    assert_eq!(
        status(&replayed["targets"][0], "krb5-kdc-unreachable"),
        "fail"
    );
    assert_eq!(status(&guest.check(&[]), "krb5-kdc-unreachable"), "skipped");
}
