//! What boxdoctor would change, and what it leaves to a person: from findings to ordered steps.

use super::Need;
use super::change::Change;
use crate::diagnosis::Finding;
use crate::facts::Facts;
use crate::krb5::repair::{self, Refusal, Repair};
use crate::krb5::{Configuration, File, Files};
use crate::observe::Side;
use crate::target::Kind;

/// All that is to be done to one target, in order.
#[derive(Debug, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// What could be repaired by its kind, and is left as it is; with the reason.
    pub refused: Vec<Refused>,
}

/// One repair: done as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Step {
    /// The check that it cures.
    pub check: &'static str,
    pub remedy: &'static str,
    pub side: Side,
    pub needs: &'static [Need],
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug)]
pub struct Refused {
    pub check: &'static str,
    pub path: Vec<u8>,
    pub why: Refusal,
}

const STRAY_BYTES: &str = "krb5-stray-bytes";

/// The plan for these findings. What the configuration includes comes from `files`.
pub fn plan(facts: &Facts, findings: &[Finding], files: &dyn Files) -> Plan {
    let mut plan = Plan::default();
    let fails = |slug: &str| {
        let mut failing = findings
            .iter()
            .filter(|finding| finding.failure().is_some());
        failing.any(|finding| finding.check.slug == slug)
    };
    if let (true, Some(configuration)) = (fails(STRAY_BYTES), facts.krb5.configuration.known()) {
        mend_configuration(&mut plan, facts, configuration, files);
    }
    plan
}

/// Every file of the configuration that holds stray bytes. They stand or fall together: Kerberos
/// reads them as one.
fn mend_configuration(
    plan: &mut Plan,
    facts: &Facts,
    configuration: &Configuration,
    files: &dyn Files,
) {
    let refused = |path: &[u8], why| Refused {
        check: STRAY_BYTES,
        path: path.to_vec(),
        why,
    };
    let mut mended: Vec<(Vec<u8>, Repair)> = Vec::new();
    let mut known: Vec<Vec<u8>> = Vec::new();
    // A mended include can bring another file to light.
    loop {
        let found = repair::files_read(configuration, &mended, files);
        let is_new = |file: &&File| !known.contains(&repair::plain(&file.path));
        let new: Vec<&File> = found.iter().filter(is_new).collect();
        if new.is_empty() {
            break;
        }
        for file in new {
            let name = repair::plain(&file.path);
            if known.contains(&name) {
                continue;
            }
            known.push(name);
            match repair::propose(&file.bytes) {
                Ok(repair) => mended.push((file.path.clone(), repair)),
                Err(Refusal::NothingToMend) => {}
                Err(why) => plan.refused.push(refused(&file.path, why)),
            }
        }
    }
    if !plan.refused.is_empty() {
        return;
    }
    if let Err(why) = repair::accept(configuration, &mended, files) {
        let first = mended.first().map_or(&b""[..], |(path, _)| path);
        plan.refused.push(refused(first, why));
        return;
    }
    let is_local = facts.target.kind == Kind::File;
    plan.steps.push(Step {
        check: STRAY_BYTES,
        remedy: "remove-stray-bytes",
        side: if is_local { Side::Host } else { Side::Guest },
        needs: if is_local { &[] } else { &[Need::Sudo] },
        changes: mended
            .into_iter()
            .map(|(path, repair)| Change { path, repair })
            .collect(),
    });
}
