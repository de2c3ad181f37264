//! What is to be done in a guest so that its shared folders work again, in order: the least change
//! that does.

use super::{Action, Circumstances, Note, Plan, Refused, Step};
use crate::check::{Group, Severity};
use crate::diagnosis::Finding;
use crate::facts::{Facts, Wanted};
use crate::observe::Side;
use crate::remedy::packages::{self, PLAIN, Pair, Past, Wanted as Package};
use crate::remedy::{self, Need, archive, mount, unattended, wait};
use crate::target::Kind;

pub(super) fn plan(
    plan: &mut Plan,
    facts: &Facts,
    findings: &[Finding],
    circumstances: &Circumstances,
) {
    if matches!(facts.target.kind, Kind::File | Kind::Log) {
        return;
    }
    let mut named = named(findings);
    for remedy in &circumstances.unfinished {
        if let Some(check) = unattended::cured_check(remedy) {
            named.push((check, remedy));
        }
    }
    let mut chosen = Selection {
        facts,
        past: past(findings),
        circumstances,
        steps: Vec::new(),
        refused: Vec::new(),
    };
    let wants_mounts = named.iter().any(|(_, remedy)| *remedy == "mount-again");
    for (check, remedy) in named {
        chosen.take(check, remedy);
    }
    chosen.add_what_follows();
    let Selection {
        mut steps,
        mut refused,
        ..
    } = chosen;
    steps.sort_by_key(|step| remedy::position(step.remedy));
    drop_what_is_blocked(&mut steps, &mut refused, findings);
    if wants_mounts {
        let left_alone = mount::left_alone(facts).into_iter();
        refused.extend(left_alone.map(|share| left_alone_because(facts, share)));
    }
    if circumstances.asks_later {
        plan.notes.extend(keep_what_opens_the_way(&mut steps));
    }
    plan.steps.extend(steps);
    plan.refused.extend(refused);
}

/// Takes out what cannot be rehearsed yet. Nothing is taken out where nothing is in the way.
fn keep_what_opens_the_way(steps: &mut Vec<Step>) -> Option<Note> {
    let before = steps.len();
    let last = steps.iter().rfind(|step| step.opens_the_way())?.remedy;
    steps.retain(Step::opens_the_way);
    (steps.len() < before).then(|| Note {
        remedy: last,
        text: "what is to be installed is asked of the package manager after that, and shown before it is done"
            .to_owned(),
    })
}

fn left_alone_because(facts: &Facts, share: &Wanted) -> Refused {
    let why = if share.defined == Some(false) {
        "the virtual machine does not have it; add it with VBoxManage sharedfolder add"
    } else {
        "nobody says where in the guest it belongs; mount it by hand"
    };
    Refused {
        remedy: "mount-again",
        what: format!("the shared folder {}", remedy::quoted(&share.name)),
        why: match facts.target.kind {
            Kind::Vagrant => format!("{why}, or let vagrant reload do it"),
            _ => why.to_owned(),
        },
    }
}

/// The remedies that failing findings name, each once, but for those that another one covers. What
/// is but a note is left alone.
fn named(findings: &[Finding]) -> Vec<(&'static str, &'static str)> {
    let mut named: Vec<(&'static str, &'static str)> = Vec::new();
    for finding in findings {
        let Some(failure) = finding.failure() else {
            continue;
        };
        if failure.severity <= Severity::Info {
            continue;
        }
        for id in &failure.remedies {
            if !named.iter().any(|(_, known)| known == id) {
                named.push((finding.check.slug, id));
            }
        }
    }
    let covered = |id: &str| {
        let mut others = named.iter().filter_map(|(_, other)| remedy::find(other));
        others.any(|other| other.covers.contains(&id))
    };
    let is_covered: Vec<bool> = named.iter().map(|(_, id)| covered(id)).collect();
    let mut is_covered = is_covered.into_iter();
    named.retain(|_| !is_covered.next().unwrap_or(false));
    named
}

/// What keeps headers or a kernel from being installed, all of it: a lock and an exclude line may
/// stand in the way of one transaction.
pub fn past(findings: &[Finding]) -> Past {
    let mut past = PLAIN;
    for (_, remedy) in named(findings) {
        if let Some(one) = unattended::past(remedy) {
            past.lock |= one.lock;
            past.excludes |= one.excludes;
        }
    }
    past
}

/// The steps as they are chosen, one remedy after the other.
struct Selection<'a> {
    facts: &'a Facts,
    /// What a transaction has to get past.
    past: Past,
    circumstances: &'a Circumstances,
    steps: Vec<Step>,
    refused: Vec<Refused>,
}

impl Selection<'_> {
    fn take(&mut self, check: &'static str, remedy: &'static str) {
        let is_planned = self.steps.iter().any(|step| step.remedy == remedy);
        if is_planned || self.circumstances.tried.contains(&remedy) {
            return;
        }
        match remedy {
            _ if unattended::wants_headers(remedy) => self.headers(check, remedy),
            _ if unattended::wants_pair(remedy) => self.pair(check, remedy),
            "rebuild-additions" if self.wants_other_additions() => self.additions(check),
            "install-additions" => self.additions(check),
            archive::REMEDY => self.use_archive(check),
            "wait-for-package-manager" => {
                if let Some((command, shown)) = wait::command(self.facts) {
                    self.push(check, remedy, Action::Wait { command, shown });
                }
            }
            "mount-again" => {
                if let Some(mounts) = mount::missing(self.facts) {
                    self.push(check, remedy, Action::Mount(mounts));
                }
            }
            "reload-modules" => {
                if can_reload(self.facts) {
                    self.run(check, remedy);
                }
            }
            "restart-guest" => {
                let reloads = self.plans("reload-modules");
                // A restart that brings another kernel brings new modules, too.
                if !reloads && !self.plans("restart-into-kernel") {
                    self.push(check, remedy, Action::Restart { kernel: None });
                }
            }
            _ => self.run(check, remedy),
        }
    }

    fn plans(&self, remedy: &str) -> bool {
        self.steps.iter().any(|step| step.remedy == remedy)
    }

    fn push(&mut self, check: &'static str, remedy: &'static str, action: Action) {
        let needs = remedy::find(remedy).map_or(&[][..], |remedy| remedy.needs);
        let side = match action {
            Action::Snapshot(_) => Side::Host,
            _ => Side::Guest,
        };
        // What a person would do through Vagrant is done in the guest.
        let mut needs: Vec<Need> = needs.to_vec();
        if remedy == "mount-again" {
            needs = vec![Need::Sudo];
        } else if remedy == "restart-guest" {
            needs = vec![Need::Sudo, Need::Reboot];
        }
        self.steps.push(Step {
            check,
            remedy,
            side,
            needs,
            way_back: unattended::way_back(remedy, self.facts),
            again: self.circumstances.unfinished.contains(&remedy),
            reason: None,
            action,
        });
    }

    /// Says of the step that was chosen last why no smaller one does.
    fn explain(&mut self, why: &str) {
        if let Some(step) = self.steps.last_mut() {
            step.reason = Some(why.to_owned());
        }
    }

    fn is_done(&self, remedy: &str) -> bool {
        !self.circumstances.unfinished.contains(&remedy) && unattended::is_done(remedy, self.facts)
    }

    /// Nothing of a repair is done by halves: all files that can be rewritten are one step.
    fn use_archive(&mut self, check: &'static str) {
        let circumstances = self.circumstances;
        let as_seen = || {
            let files = archive::files(self.facts).into_iter();
            files
                .map(|file| (file.path.clone(), file.text.clone().into_bytes()))
                .collect()
        };
        let files = circumstances.repository_files.clone();
        let files: Vec<(String, Vec<u8>)> = files.unwrap_or_else(as_seen);
        let (changes, refused) =
            archive::changes(self.facts, &files, circumstances.archive.as_deref());
        self.refused.extend(refused);
        if !changes.is_empty() {
            self.push(check, archive::REMEDY, Action::Replace(changes));
        }
    }

    /// A remedy that is one command.
    fn run(&mut self, check: &'static str, remedy: &'static str) {
        if self.is_done(remedy) {
            return;
        }
        if let Some(command) = unattended::command(remedy, self.facts) {
            self.push(check, remedy, Action::Run(command));
        }
    }

    /// One transaction, past all that is in its way.
    fn headers(&mut self, check: &'static str, remedy: &'static str) {
        let is_planned = self
            .steps
            .iter()
            .any(|step| unattended::wants_headers(step.remedy));
        if is_planned || matches!(self.circumstances.headers, Some(Err(_))) || self.is_done(remedy)
        {
            return;
        }
        if let Some(command) = packages::install(self.facts, self.past, Package::Headers) {
            self.push(check, remedy, Action::Run(command));
        }
    }

    /// Only where the headers of the running kernel cannot be had.
    fn pair(&mut self, check: &'static str, remedy: &'static str) {
        let circumstances = self.circumstances;
        let Some(Err(why)) = &circumstances.headers else {
            return;
        };
        match &circumstances.pair {
            Some(Ok(pair)) => self.change_kernel(check, remedy, pair, why),
            Some(Err(nor)) => {
                let why = format!("{why}; {nor}");
                self.refused.push(Refused::remedy(remedy, why));
            }
            None => self.refused.push(Refused::remedy(remedy, why.clone())),
        }
    }

    fn change_kernel(&mut self, check: &'static str, remedy: &'static str, pair: &Pair, why: &str) {
        if self.plans("restart-into-kernel") {
            return;
        }
        let wanted = Package::Pair(pair);
        let Some(command) = packages::install(self.facts, self.past, wanted) else {
            return;
        };
        if let Some(machine) = &self.circumstances.snapshot {
            self.push(check, "take-snapshot", Action::Snapshot(machine.clone()));
        }
        let action = Action::InstallPair {
            pair: pair.clone(),
            command,
            typed: packages::by_hand(self.facts, self.past, wanted),
        };
        self.push(check, remedy, action);
        self.explain(why);
        let kernel = Some(pair.release.clone());
        self.push(check, "restart-into-kernel", Action::Restart { kernel });
        if let Some(change) = &self.circumstances.repinned {
            let action = Action::Replace(vec![change.clone()]);
            self.push(check, "repin-lock", action);
        }
    }

    /// Whether the Additions that are installed are not those of the ISO that the user wants.
    fn wants_other_additions(&self) -> bool {
        let Some(Ok(chosen)) = &self.circumstances.additions else {
            return false;
        };
        let installed = self.facts.guest.record.known();
        let installed = installed.and_then(|record| record.version.as_ref());
        installed.is_some_and(|installed| installed.number != chosen.version().number)
    }

    fn additions(&mut self, check: &'static str) {
        const REMEDY: &str = "install-additions";
        if self.plans(REMEDY) || self.circumstances.tried.contains(&REMEDY) {
            return;
        }
        match &self.circumstances.additions {
            None => self.push(check, REMEDY, Action::InstallAdditions(None)),
            Some(Ok(chosen)) => {
                let action = Action::InstallAdditions(Some(chosen.clone()));
                self.push(check, REMEDY, action);
                let installed = self.facts.guest.record.known();
                if let Some(installed) = installed.and_then(|record| record.version.as_ref()) {
                    self.explain(&format!("the guest has the Guest Additions {installed}"));
                }
            }
            Some(Err(why)) => self.refused.push(Refused::remedy(REMEDY, why.clone())),
        }
    }

    /// What new modules call for: those in memory give way, and a restart unmounts everything.
    fn add_what_follows(&mut self) {
        let changes_kernel = self.plans("restart-into-kernel");
        if self.plans("install-additions") {
            self.steps.retain(|step| {
                !matches!(
                    step.remedy,
                    "rebuild-additions" | "load-modules" | "reload-modules" | "restart-guest"
                )
            });
            let is_loaded = self.facts.guest.module_is_loaded("vboxguest") == Some(true);
            let check = self
                .steps
                .iter()
                .find(|step| step.remedy == "install-additions");
            if let (true, false, Some(check)) =
                (is_loaded, changes_kernel, check.map(|step| step.check))
            {
                if can_reload(self.facts) {
                    self.run(check, "reload-modules");
                } else {
                    self.push(check, "restart-guest", Action::Restart { kernel: None });
                }
            }
        }
        let restarts = self
            .steps
            .iter()
            .any(|step| matches!(step.action, Action::Restart { .. }));
        if restarts {
            self.mount_all();
        }
    }

    fn mount_all(&mut self) {
        let check = self.steps.iter().find(|step| step.remedy == "mount-again");
        let check = check.map_or("share-not-mounted", |step| step.check);
        self.steps.retain(|step| step.remedy != "mount-again");
        if let Some(mounts) = mount::all(self.facts) {
            self.push(check, "mount-again", Action::Mount(mounts));
        }
    }
}

/// Modules in use cannot be taken out of memory, and a mounted share is in use.
fn can_reload(facts: &Facts) -> bool {
    facts.guest.mounted.known().is_some_and(Vec::is_empty)
}

/// A step is tried only when all that stands in its way is on the plan, too: nothing is built on a
/// full disk, and nothing mounts with a module of another version. Each that is left out can be what
/// another one waits for.
pub(super) fn drop_what_is_blocked(
    steps: &mut Vec<Step>,
    refused: &mut Vec<Refused>,
    findings: &[Finding],
) {
    loop {
        let planned: Vec<&'static str> = steps.iter().map(|step| step.remedy).collect();
        let changes_kernel = planned.iter().any(|id| unattended::wants_pair(id));
        let before = steps.len();
        steps.retain(|step| {
            if step.is_part_of_kernel_change() && !changes_kernel {
                return false;
            }
            let Some(cause) = blocker(step.check, findings, &planned) else {
                return true;
            };
            let why = format!("waits for what cures {}", cause.check.slug);
            let why = match cause.failure() {
                // A person has to know what is in the way; what is refused says it itself.
                Some(failure) if refused.is_empty() => format!("{why}: {}", failure.summary),
                _ => why,
            };
            refused.push(Refused::remedy(step.remedy, why));
            false
        });
        if steps.len() == before {
            return;
        }
    }
}

/// The cause of a check that nothing on the plan cures.
fn blocker<'a>(check: &str, findings: &'a [Finding], planned: &[&str]) -> Option<&'a Finding> {
    let finding = |slug: &str| findings.iter().find(|finding| finding.check.slug == slug);
    let is_addressed = |cause: &Finding| {
        cause.failure().is_none_or(|failure| {
            failure.remedies.iter().any(|id| {
                planned.contains(id)
                    // What is installed anew is not built before.
                    || (*id == "rebuild-additions" && planned.contains(&"install-additions"))
            })
        })
    };
    let causes = finding(check).map_or(&[][..], |finding| &finding.caused_by);
    causes
        .iter()
        // The others can be mounted all the same.
        .filter(|slug| **slug != "share-not-defined")
        .filter_map(|slug| finding(slug))
        // What is wrong on the host keeps nobody from mending the guest.
        .filter(|cause| cause.check.group != Group::Host)
        .filter(|cause| !is_addressed(cause))
        .find_map(|cause| {
            if cause.caused_by.is_empty() {
                return Some(cause);
            }
            // What stands behind it is cured, and with it the cause.
            blocker(cause.check.slug, findings, planned)
        })
}
