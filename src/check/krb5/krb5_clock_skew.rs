//! Kerberos refuses whoever is more than a few minutes off. A guest drifts when its host sleeps.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure, kerberos};
use crate::facts::Facts;
use crate::krb5::lifetime;

pub const LEVEL: Severity = Severity::Error;

/// What MIT allows where nobody says otherwise, in seconds.
const ALLOWED: i64 = 300;

pub fn examine(facts: &Facts) -> Verdict {
    let clock = &facts.krb5.client.clock;
    let Some(seen) = kerberos::said(facts, clock)? else {
        return Err(Undecided::skipped("the guest cannot tell the time"));
    };
    let allowed = allowed(facts);
    let skew = seen.skew();
    if skew.abs() <= allowed {
        return Ok(Outcome::Pass);
    }
    let side = if skew > 0 { "ahead of" } else { "behind" };
    let off = format!("{} seconds {side} the host's", skew.abs());
    failure(
        LEVEL,
        format!("the guest's clock is {off}: Clock skew too great"),
    )
    .expected(format!("at most {allowed} seconds between the two"))
    .observed(off)
    .evidence(&clock.source, seen.guest.to_string())
    .evidence(
        "host: date +%s",
        format!("{} before, {} after", seen.asked, seen.answered),
    )
    .cured_by(&["set-clock"])
    .verdict()
}

/// A smaller limit of the guest's own counts; a larger one is no use where the KDC refuses.
fn allowed(facts: &Facts) -> i64 {
    let set = kerberos::setting(facts, "clockskew");
    let set = set.and_then(|value| lifetime::read(&value.text));
    let set = set.map(|set| i64::from(set.seconds));
    set.filter(|seconds| *seconds > 0)
        .map_or(ALLOWED, |seconds| seconds.min(ALLOWED))
}
