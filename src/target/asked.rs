//! What only Vagrant itself can tell, which takes it seconds.

use std::ffi::OsString;

use crate::parse::ssh_config::{self, SshConfig};
use crate::transport::{Deadline, Ended, Limits, local};

/// Asks Vagrant itself how it would log in: seconds slower, but the Vagrantfile's own `config.ssh`
/// settings are in the answer.
///
/// # Errors
/// One line that says what Vagrant said.
pub fn ask_ssh_config(machine: &str, deadline: Deadline) -> Result<SshConfig, String> {
    const LIMITS: Limits = Limits {
        stdout: 256 * 1024,
        stderr: 64 * 1024,
    };
    let Some(vagrant) = local::find("vagrant") else {
        return Err("the vagrant program was not found on PATH; install it, or use --ssh with the guest's address".to_owned());
    };
    // A name that looks like an option would be taken for one.
    if machine.starts_with('-') {
        return Err("the machine's name begins with a dash; use --ssh with its address".to_owned());
    }
    let arguments = [OsString::from("ssh-config"), OsString::from(machine)];
    let output = local::ask(&vagrant, &arguments, LIMITS, deadline);
    let said = |bytes: &[u8]| crate::escape::line(&String::from_utf8_lossy(bytes), 200);
    match (output.ended, output.status) {
        (Ended::Timeout, _) => Err("vagrant ssh-config did not answer in time; allow more with --timeout".to_owned()),
        (_, Some(0)) => ssh_config::parse(&String::from_utf8_lossy(&output.stdout))
            .into_iter()
            .next()
            .ok_or_else(|| "the answer of vagrant ssh-config was not understood; see what it prints, or use --ssh".to_owned()),
        _ => Err(format!(
            "vagrant ssh-config failed: {}; see what it says when you run it, or use --ssh",
            said(&output.stderr)
        )),
    }
}
