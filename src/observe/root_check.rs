//! Asks a guest whether root can be had there.

use zeroize::Zeroizing;

use super::guest;
use super::root::Sudo;
use super::way::Way;
use crate::escape;
use crate::transport::ssh::SshError;
use crate::transport::{Deadline, Limits};

const SCRIPT: &str = include_str!("root_check.sh");

const LIMITS: Limits = Limits {
    stdout: 4096,
    stderr: 16 * 1024,
};

/// What the guest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    Had,
    /// sudo wants a password, or has refused the one that it was given.
    Password {
        /// Whose, as far as is known.
        user: String,
    },
    NoSudo,
    /// sudo wants a terminal, and the guest has no `script` to give it one.
    NoTerminal,
    /// In sudo's words.
    Refused(String),
}

/// Whether root can be had, or, by this condition of the user's shell, is needless.
///
/// # Errors
/// Where the guest cannot be asked.
pub fn ask(way: &Way, needless: &str, deadline: Deadline) -> Result<Root, SshError> {
    let nonce = match guest::nonce() {
        Ok(nonce) => nonce,
        Err(error) => {
            let why =
                format!("this computer has no source of random numbers ({error}); restart it");
            return Ok(Root::Refused(why));
        }
    };
    let script = script(&nonce, needless, &way.sudo);
    let output = way.run(script.as_bytes(), LIMITS, deadline)?.output;
    Ok(answer(&nonce, &output.stdout, &output.stderr))
}

/// The script that asks.
pub fn script(nonce: &str, needless: &str, sudo: &Sudo) -> Zeroizing<String> {
    sudo.before(&format!(
        "nonce={nonce}\nneedless() {{ {needless}; }}\n{SCRIPT}"
    ))
}

/// What came back.
pub fn answer(nonce: &str, stdout: &[u8], stderr: &[u8]) -> Root {
    let (stdout, stderr) = (
        String::from_utf8_lossy(stdout),
        String::from_utf8_lossy(stderr),
    );
    let word = stdout
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(nonce)?.strip_prefix(' '));
    match word {
        Some("had") => return Root::Had,
        Some("no-sudo") => return Root::NoSudo,
        Some("no-terminal") => return Root::NoTerminal,
        _ => {}
    }
    let login = word.and_then(|word| word.strip_prefix("refused "));
    let mut user = escape::line(login.unwrap_or_default(), 64);
    // The prompt has no line of its own: what sudo says next stands behind it.
    let mut said = String::new();
    for line in stderr.lines() {
        let mut rest = line;
        while let Some((before, prompt)) = rest.split_once(nonce) {
            let (name, after) = prompt.split_once(':').unwrap_or((prompt, ""));
            user = escape::line(name.trim(), 64);
            rest = if before.trim().is_empty() {
                after
            } else {
                before
            };
        }
        if !rest.trim().is_empty() {
            said = escape::line(rest.trim(), 200);
        }
    }
    // "a password is required", "interactive authentication is required", "1 incorrect password
    // attempt", "no password was provided".
    if ["password", "authentication is required"]
        .iter()
        .any(|word| said.contains(word))
    {
        return Root::Password { user };
    }
    Root::Refused(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(stderr: &str) -> Root {
        answer("n1", b"motd\nn1 refused me\n", stderr.as_bytes())
    }

    #[test]
    fn the_words_of_every_sudo_are_understood() {
        let wanted = Root::Password {
            user: "me".to_owned(),
        };
        for said in [
            "sudo: sorry, a password is required to run sudo\n",
            "sudo: a password is required\n",
            "sudo: interactive authentication is required\n",
            "sudo: sorry, you must have a tty to run sudo\nsudo: a password is required\n",
        ] {
            assert_eq!(refused(said), wanted, "{said}");
        }
        let user = "root".to_owned();
        for said in [
            "n1 root:Sorry, try again.\nn1 root:\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n",
            "n1 root:Sorry, try again.\nn1 root:sudo: 1 incorrect password attempt\n",
        ] {
            assert_eq!(
                refused(said),
                Root::Password { user: user.clone() },
                "{said}"
            );
        }
        let said = "n1 me:me is not in the sudoers file.  This incident will be reported.\n";
        let why = "me is not in the sudoers file. This incident will be reported.";
        assert!(
            matches!(refused(said), Root::Refused(said) if said.replace("  ", " ") == why),
            "{:?}",
            refused(said)
        );
        assert_eq!(answer("n1", b"n1 had\n", b"password"), Root::Had);
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(stdout in "(n1|[ -~\n:])*", stderr in "(n1|[ -~\n:])*") {
            let _ = answer("n1", stdout.as_bytes(), stderr.as_bytes());
        }
    }
}
