//! Waiting in the guest for a package manager that is at work. Its lock is never taken away.

use crate::escape;
use crate::facts::Facts;
use crate::observe::questions::HOLDERS;

/// How long, in seconds. The updates of a first boot take minutes.
const LONGEST: u32 = 600;

/// What waits, and what a person is told of it. `None` where there is nobody to wait for.
pub fn command(facts: &Facts) -> Option<(String, String)> {
    let holders = facts.guest.policy.holders.known()?;
    let named: Vec<String> = holders
        .iter()
        .filter_map(|holder| {
            // Whoever runs a program gives it its name.
            let program = escape::word(&escape::line(&holder.program, 40));
            Some(format!("{program} (process {})", holder.process?))
        })
        .take(5)
        .collect();
    if named.is_empty() {
        return None;
    }
    let minutes = LONGEST / 60;
    let shown = format!(
        "waits for {}, for {minutes} minutes at most; its lock stays as it is",
        named.join(", ")
    );
    Some((script(), shown))
}

/// One that is done is often followed by the next, so it is looked twice.
fn script() -> String {
    format!(
        "{HOLDERS}\
         waited=0; free=0\n\
         while [ \"$free\" -lt 2 ]; do\n\
         who=$(held)\n\
         if [ -z \"$who\" ]; then free=$((free + 1))\n\
         else\n\
         free=0; echo \"waiting for $who\"\n\
         [ \"$waited\" -lt {LONGEST} ] || {{ echo \"it is not done after {LONGEST} seconds\"; exit 1; }}\n\
         fi\n\
         sleep 3; waited=$((waited + 3))\n\
         done"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Examination, Observation, Side};
    use crate::target::{Kind, Target};

    fn shown(held: &str) -> Option<String> {
        let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
        let held = held.as_bytes().to_vec();
        let seen = Observation::answered("package-locks", Side::Guest, String::new(), held);
        examination.observations = vec![seen];
        command(&Facts::read(&examination)).map(|(_, shown)| shown)
    }

    #[test]
    fn only_a_process_is_waited_for_and_its_name_is_no_command() {
        assert_eq!(shown(""), None);
        assert_eq!(shown("0 /var/lib/pacman/db.lck -\n"), None);
        let plain = shown("7 /var/lib/dpkg/lock apt-get\n").expect("a process");
        assert!(
            plain.starts_with("waits for apt-get (process 7), for 10 minutes"),
            "{plain}"
        );
        let odd = shown("7 /var/lib/dpkg/lock apt$(canary)\n").expect("a process");
        assert!(
            odd.starts_with("waits for 'apt$(canary)' (process 7)"),
            "{odd}"
        );
    }
}
