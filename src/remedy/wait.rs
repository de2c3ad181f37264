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
            let program = escape::line(&holder.program, 40);
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
