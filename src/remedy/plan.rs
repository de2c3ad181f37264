//! What boxdoctor would change, and what it leaves to a person: from findings to ordered steps.

use super::change::Change;
use super::{Need, Remedy, replace_file, unattended};
use crate::check::Severity;
use crate::diagnosis::Finding;
use crate::facts::Facts;
use crate::krb5::repair::{self, Refusal, Repair};
use crate::krb5::{Configuration, File, Files};
use crate::observe::Side;
use crate::remedy;
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
    pub action: Action,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Replaces these files, all or none.
    Replace(Vec<Change>),
    /// Runs this command as root in the guest.
    Run(String),
}

impl Step {
    /// The condition of the guest's shell under which it takes no root after all; `None` where
    /// nothing is done that takes root.
    pub fn needs_no_root(&self) -> Option<String> {
        if self.side == Side::Host || !self.needs.contains(&Need::Sudo) {
            return None;
        }
        Some(match &self.action {
            Action::Replace(changes) => {
                let writable = |change: &Change| {
                    format!("{{ {}; }}", replace_file::needs_no_root(&change.path))
                };
                let all: Vec<String> = changes.iter().map(writable).collect();
                all.join(" && ")
            }
            Action::Run(_) => "false".to_owned(),
        })
    }

    /// The files that it replaces.
    pub fn changes(&self) -> &[Change] {
        match &self.action {
            Action::Replace(changes) => changes,
            Action::Run(_) => &[],
        }
    }
}

/// Something that is left as it is.
#[derive(Clone, Debug)]
pub struct Refused {
    pub remedy: &'static str,
    /// The file, or what was to be done.
    pub what: String,
    pub why: String,
}

const STRAY_BYTES: &str = "krb5-stray-bytes";
const REMOVE: &str = "remove-stray-bytes";
const TRANSCODE: &str = "transcode-krb5-conf";

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
    // Nothing builds on a file that is mended, and what is run in the guest can fail.
    plan.steps.extend(commands(facts, findings));
    plan
}

/// The remedies that are a command, in the order in which they are applied. What is but a note is
/// left alone.
fn commands(facts: &Facts, findings: &[Finding]) -> Vec<Step> {
    if facts.target.kind == Kind::File {
        return Vec::new();
    }
    let failing = findings.iter().filter_map(|finding| {
        let failure = finding.failure()?;
        (failure.severity > Severity::Info).then_some((finding.check.slug, failure))
    });
    let named: Vec<(&'static str, &'static Remedy)> = failing
        .flat_map(|(check, failure)| failure.remedies.iter().map(move |id| (check, *id)))
        .filter_map(|(check, id)| Some((check, remedy::find(id)?)))
        .collect();
    let is_covered = |id: &str| named.iter().any(|(_, other)| other.covers.contains(&id));
    let mut steps: Vec<Step> = Vec::new();
    for (check, remedy) in &named {
        let Some(command) = unattended::command(remedy.id, facts) else {
            continue;
        };
        let is_known = steps.iter().any(|step| step.remedy == remedy.id);
        if is_known || is_covered(remedy.id) || unattended::is_done(remedy.id, facts) {
            continue;
        }
        steps.push(Step {
            check,
            remedy: remedy.id,
            side: Side::Guest,
            needs: &[Need::Sudo],
            action: Action::Run(command),
        });
    }
    steps.sort_by_key(|step| remedy::position(step.remedy));
    // Each that is left out can be what another one waits for.
    loop {
        let planned: Vec<&str> = steps.iter().map(|step| step.remedy).collect();
        steps.retain(|step| way_is_clear(step.check, findings, &planned));
        if steps.len() == planned.len() {
            return steps;
        }
    }
}

/// A step is tried only when all that stands in its way is on the plan, too: nothing is built on a
/// full disk, and nothing mounts with a module of another version.
fn way_is_clear(check: &str, findings: &[Finding], planned: &[&str]) -> bool {
    let finding = |slug: &str| findings.iter().find(|finding| finding.check.slug == slug);
    let is_addressed = |slug: &str| {
        let failure = finding(slug).and_then(Finding::failure);
        failure.is_none_or(|failure| failure.remedies.iter().any(|id| planned.contains(id)))
    };
    let causes = finding(check).map_or(&[][..], |finding| &finding.caused_by);
    causes.iter().all(|cause| {
        is_addressed(cause) || {
            let behind = finding(cause).map_or(&[][..], |finding| &finding.caused_by);
            !behind.is_empty() && way_is_clear(cause, findings, planned)
        }
    })
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
        needs: if is_local { &[] } else { &[Need::Sudo] },
        action: Action::Replace(
            mended
                .into_iter()
                .map(|(path, repair)| Change { path, repair })
                .collect(),
        ),
    });
}
