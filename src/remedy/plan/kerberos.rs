//! The repair of a Kerberos configuration: its files without their stray bytes.

use super::{Action, Plan, Refused, Step};
use crate::diagnosis::Finding;
use crate::facts::Facts;
use crate::krb5::repair::{self, Refusal, Repair};
use crate::krb5::{Configuration, File, Files};
use crate::observe::Side;
use crate::remedy::Need;
use crate::remedy::change::{Change, Content};
use crate::target::Kind;

const STRAY_BYTES: &str = "krb5-stray-bytes";
const REMOVE: &str = "remove-stray-bytes";
const TRANSCODE: &str = "transcode-krb5-conf";

pub(super) fn plan(plan: &mut Plan, facts: &Facts, findings: &[Finding], files: &dyn Files) {
    let mut failing = findings
        .iter()
        .filter(|finding| finding.failure().is_some());
    let is_stray = failing.any(|finding| finding.check.slug == STRAY_BYTES);
    if let (true, Some(configuration)) = (is_stray, facts.krb5.configuration.known()) {
        mend_configuration(plan, facts, configuration, files);
    }
}

/// Every file of the configuration that holds stray bytes. They stand or fall together: Kerberos
/// reads them as one.
fn mend_configuration(
    plan: &mut Plan,
    facts: &Facts,
    configuration: &Configuration,
    files: &dyn Files,
) {
    let refused = |path: &[u8], why: &Refusal| Refused {
        remedy: REMOVE,
        what: String::from_utf8_lossy(path).into_owned(),
        why: why.describe(),
    };
    let before = plan.refused.len();
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
                Err(why) => plan.refused.push(refused(&file.path, &why)),
            }
        }
    }
    if plan.refused.len() > before {
        return;
    }
    if let Err(why) = repair::accept(configuration, &mended, files) {
        let first = mended.first().map_or(&b""[..], |(path, _)| path);
        plan.refused.push(refused(first, &why));
        return;
    }
    let is_local = facts.target.kind == Kind::File;
    if mended.is_empty() {
        return;
    }
    let is_transcoded = mended.iter().any(|(_, repair)| repair.transcoded.is_some());
    plan.steps.push(Step {
        check: STRAY_BYTES,
        remedy: if is_transcoded { TRANSCODE } else { REMOVE },
        side: if is_local { Side::Host } else { Side::Guest },
        needs: if is_local {
            Vec::new()
        } else {
            vec![Need::Sudo]
        },
        reason: None,
        again: false,
        way_back: "boxdoctor undo".to_owned(),
        action: Action::Replace(
            mended
                .into_iter()
                .map(|(path, repair)| Change {
                    path,
                    content: Content::Mended(repair),
                })
                .collect(),
        ),
    });
}
