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

use std::process::Output;

use kdc::{Kdc, PASSWORD, USER};
use program::{Desk, Ran, finding};
use serde_json::{Value, json};
use sshd::Sshd;

/// A copy of /etc that only the server and those who log in there see.
const OWN_ETC: [&str; 6] = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    "set -e
mount -t tmpfs -o mode=755 none /mnt
cp -a /etc/. /mnt
rm -f /mnt/krb5.keytab
mount --move /mnt /etc
exec \"$@\"",
    "sh",
];
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
        let tickets = desk.path().join("tickets").display().to_string();
        let mut all = vec![("LC_ALL", "C"), ("KRB5CCNAME", tickets.as_str())];
        all.extend(variables);
        let sshd = Sshd::start_in(&OWN_ETC, &all);
        Guest { sshd, desk }
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.sshd.file(path), content).expect("the file is written");
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

/// The checks that fail.
fn failing(target: &Value) -> Vec<&str> {
    let findings = target["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|finding| finding["status"] == "fail")
        .filter_map(|finding| finding["check"].as_str())
        .collect()
}

#[test]
fn a_guest_in_order_is_not_accused() {
    let kdc = Kdc::start();
    let guest = Guest::with(&kdc.configuration());
    guest.kinit("").expect("a ticket");
    assert!(guest.has_ticket());
    let target = guest.check(&[]);
    assert_eq!(failing(&target), Vec::<&str>::new(), "{target:#}");
}

#[test]
fn a_hidden_byte_in_a_guest_is_found_where_its_variable_points() {
    let (kdc, desk) = (Kdc::start(), Desk::new());
    let broken = kdc.configuration().replace("[realms]", "\u{feff}[realms]");
    let path = desk.file("my krb5.conf", &broken);
    let path = path.to_str().expect("a path");
    let guest = Guest::start(&[("KRB5_CONFIG", path)]);
    let said = guest.kinit("").expect_err("it is broken");
    assert!(said.contains("Improper format"), "{said}");
    let target = guest.check(&[]);
    assert_eq!(
        finding(&target, "krb5-stray-bytes")["location"],
        json!({"path": path, "line": 6, "column": 1, "byte": broken.find('\u{feff}')})
    );
}
