//! The plan for a krb5.conf of this computer.

use std::path::Path;

use crate::diagnosis::Finding;
use crate::facts::Facts;
use crate::files;
use crate::observe::local_krb5::{Disk, LONGEST, Shown, host_path, path_bytes};
use crate::remedy::plan::{self, Circumstances, Plan, Refused};

/// What a repaired include brings to light has not been looked at yet: the disk knows. And the
/// journal must name the files wherever the user stands.
pub fn plan(facts: &Facts, findings: &[Finding], path: &Path) -> Plan {
    let disk = Disk { longest: LONGEST };
    let files = Shown { path, disk };
    let mut plan = plan::plan(facts, findings, &files, &Circumstances::default());
    let changes = plan.steps.iter_mut().flat_map(plan::Step::changes_mut);
    for change in changes {
        let named = if change.path == Shown::name(path) {
            Ok(path.to_owned())
        } else {
            host_path(&change.path)
        };
        if let Ok(Ok(absolute)) = named.map(std::path::absolute) {
            change.path = path_bytes(&absolute);
        }
    }
    leave_what_is_refused(&mut plan);
    plan
}

/// What stands in the way of a step is said before anybody is asked.
fn leave_what_is_refused(plan: &mut Plan) {
    let refused = &mut plan.refused;
    plan.steps.retain(|step| {
        let obstacle = step.changes().iter().find_map(|change| {
            let path = host_path(&change.path).ok()?;
            let obstacle = files::replace::obstacle(&path)?;
            Some((path, obstacle))
        });
        refused.extend(obstacle.as_ref().map(|(path, why)| Refused {
            remedy: step.remedy,
            what: path.display().to_string(),
            why: why.to_string(),
        }));
        obstacle.is_none()
    });
}
