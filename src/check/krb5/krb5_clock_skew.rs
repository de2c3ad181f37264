//! Kerberos refuses whoever is more than a few minutes off. A guest drifts when its host sleeps.

use crate::check::{Outcome, Severity, Undecided, Verdict, failure, kerberos};
use crate::facts::Facts;

pub const LEVEL: Severity = Severity::Error;

/// What MIT allows where nobody says otherwise, in seconds.
const ALLOWED: u64 = 300;

pub fn examine(facts: &Facts) -> Verdict {
    let clock = &facts.krb5.client.clock;
    let Some(seen) = kerberos::said(facts, clock)? else {
        return Err(Undecided::skipped("the guest cannot tell the time"));
    };
    let allowed = allowed(facts);
    let skew = seen.skew();
    if skew.unsigned_abs() <= allowed {
        return Ok(Outcome::Pass);
    }
    let side = if skew > 0 { "ahead of" } else { "behind" };
    let off = format!("{} seconds {side} the host's", skew.unsigned_abs());
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

/// A smaller limit of the guest's own counts; a larger one is no use where the KDC refuses. What is
/// no whole number, such as `1m`, Kerberos ignores.
fn allowed(facts: &Facts) -> u64 {
    let set = kerberos::setting(facts, "clockskew");
    let set = set.and_then(|value| value.shown().trim_ascii_start().parse::<i32>().ok());
    let set = set.and_then(|seconds| u64::try_from(seconds).ok());
    set.filter(|seconds| *seconds > 0)
        .map_or(ALLOWED, |seconds| seconds.min(ALLOWED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Examination, Observation, Side};
    use crate::target::{Kind, Target};

    fn verdict(guest: &str, clockskew: &str) -> Verdict {
        let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
        let conf = format!("[libdefaults]\n default_realm = R\n clockskew = {clockskew}\n");
        let answers = [
            ("krb5-conf", Side::Guest, conf.as_str()),
            ("clock", Side::Guest, guest),
            ("host-clock", Side::Host, "1000 1001"),
        ];
        let answer = |(id, side, said): (&str, Side, &str)| {
            Observation::answered(id, side, id.to_owned(), said.as_bytes().to_vec())
        };
        examination.observations = answers.map(answer).to_vec();
        examine(&Facts::read(&examination))
    }

    #[test]
    fn no_time_that_a_guest_tells_is_too_far_off() {
        for guest in [i64::MIN, i64::MAX] {
            let verdict = verdict(&guest.to_string(), "300");
            assert!(matches!(verdict, Ok(Outcome::Fail(_))), "{verdict:?}");
        }
    }

    #[test]
    fn only_a_whole_number_is_a_limit_of_the_guests_own() {
        for (clockskew, passes) in [
            ("60", false),
            ("+60", false),
            ("1m", true),
            ("60s", true),
            ("60 # one minute", true),
            ("-60", true),
            ("99999999999", true),
        ] {
            let verdict = verdict("1102", clockskew);
            let is_pass = matches!(verdict, Ok(Outcome::Pass));
            assert_eq!(is_pass, passes, "{clockskew}: {verdict:?}");
        }
    }
}
