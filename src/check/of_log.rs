//! What logs prove of a check, where the machine itself cannot be looked at.

use super::{Check, Evidence, Failure, Group, Severity, failure, find};
use crate::facts::{Log, Said};
use crate::parse::log::{Effect, Fails, Shown, installed_headers, running_kernel};

/// How many lines are shown as evidence of one thing.
const SHOWN: usize = 3;

/// How many harmless lines are shown.
const MOST_NOISE: usize = 10;

/// The failure of this check that logs tell of.
pub fn of_log(check: &Check, log: &Log) -> Option<Failure> {
    let all = what_counts(log);
    let mut said = all.iter().filter(|said| slug(said) == Some(check.slug));
    let Some(first) = said.next() else {
        return other_headers(check, log, &all);
    };
    let fails = first.rule.fails()?;
    let level = match is_beside(fails, &all) {
        true => check.level,
        false => Severity::Warning,
    };
    let mut found = failure(level, fails.summary)
        .observed(&first.text)
        .evidence(place(first), &first.text)
        .location(&first.file, first.line)
        .cured_by(fails.cures);
    // Two rules may have met the same line.
    let mut shown = vec![place(first)];
    for more in said {
        let place = place(more);
        if shown.len() == SHOWN {
            break;
        }
        if !shown.contains(&place) {
            found = found.evidence(&place, &more.text);
            shown.push(place);
        }
    }
    Some(found)
}

/// The lines that look like trouble and never are, each once.
pub fn noise(log: &Log) -> Vec<Evidence> {
    let mut noise: Vec<Evidence> = Vec::new();
    for said in log {
        let is_noise = matches!(said.rule.effect, Effect::Noise);
        if is_noise && noise.iter().all(|known| known.text != said.text) {
            noise.push(Evidence::new(place(said), &said.text));
        }
    }
    noise.truncate(MOST_NOISE);
    noise
}

/// What would tell of a check what logs do not, in the guest or on the host.
pub fn decide_with(check: &Check) -> &'static str {
    match check.slug {
        "kernel-versionlock" => {
            "yum versionlock list, dnf versionlock list, apt-mark showhold or zypper locks, in the guest"
        }
        "kernel-excluded" => {
            "grep -rE 'exclude|IgnorePkg' /etc/yum.conf /etc/yum.repos.d /etc/dnf /etc/pacman.conf, in the guest"
        }
        "kernel-headers-missing" | "kernel-headers-mismatch" => {
            "ls -d /lib/modules/$(uname -r)/build, in the guest"
        }
        "kernel-reboot-pending" => "uname -r; ls /lib/modules, in the guest",
        "build-tools-missing" => "command -v gcc make perl, in the guest",
        "disk-full" => "df -h, in the guest",
        "repositories-end-of-life" => "cat /etc/os-release, in the guest",
        "repositories-unreachable" => {
            "sudo yum makecache, sudo dnf makecache or sudo apt-get update, in the guest"
        }
        "package-manager-locked" => "ps -e | grep -E 'apt|dpkg|yum|dnf|zypper', in the guest",
        "additions-build-failed" => {
            "tail -n 50 /var/log/vboxadd-setup.log /var/log/vboxadd-install.log, in the guest"
        }
        "additions-missing" => "modinfo -n vboxsf; ls -d /opt/VBoxGuestAdditions-*, in the guest",
        "additions-not-running" => "sudo modprobe vboxsf; dmesg | tail, in the guest",
        "additions-stale-module" => {
            "cat /sys/module/vboxguest/version; modinfo -F version vboxguest, in the guest"
        }
        "additions-version-mismatch" => {
            "VBoxManage --version on the host, and modinfo -F version vboxguest in the guest"
        }
        "additions-mixed-providers" => {
            "modinfo -n vboxguest vboxsf; ls -l /sbin/mount.vboxsf, in the guest"
        }
        "module-signature-rejected" => "mokutil --sb-state; dmesg | grep -i key, in the guest",
        "mount-helper-broken" => "ls -lL /sbin/mount.vboxsf, in the guest",
        "share-not-defined" => "VBoxManage showvminfo NAME --machinereadable, on the host",
        "share-owner-missing" => "getent passwd; getent group, in the guest",
        "virtualbox-not-found" | "virtualbox-driver-not-loaded" => {
            "VBoxManage --version, on the host"
        }
        "hyperv-conflict" => "bcdedit /enum, on the host: what hypervisorlaunchtype is",
        "krb5-stray-bytes" | "krb5-syntax" => "boxdoctor check --krb5-conf /etc/krb5.conf",
        _ if check.group == Group::Krb5 => "KRB5_TRACE=/dev/stderr kinit, in the guest",
        _ => "boxdoctor check, on the host of the machine",
    }
}

fn place(said: &Said) -> String {
    format!("{}:{}", said.file, said.line)
}

fn slug(said: &Said) -> Option<&'static str> {
    Some(said.rule.fails()?.check)
}

/// Without what came to nothing, and without what means something only beside a failure that is not
/// there.
fn what_counts(log: &Log) -> Vec<&Said> {
    let mounted = mounted(log);
    let turns = turns(log);
    let stands = |(at, said): &(usize, &Said)| match said.rule.fails() {
        Some(fails) => {
            !is_overcome(said, *at, fails, &turns) && !is_worked_around(fails, *at, mounted)
        }
        None => false,
    };
    let counts = log.iter().enumerate().filter(stands);
    let all: Vec<&Said> = counts.map(|(_, said)| said).collect();
    let mut counts = all.clone();
    counts.retain(|said| {
        let Some(fails) = said.rule.fails() else {
            return false;
        };
        let alone = fails.warns_alone && mounted.is_none();
        (is_beside(fails, &all) || alone) && !is_said_better(fails, &all)
    });
    counts
}

/// The last place where Vagrant has mounted, and nothing says that it could not.
fn mounted(log: &Log) -> Option<usize> {
    let mounts = |said: &Said| matches!(said.rule.effect, Effect::Mounts);
    let at = log.iter().rposition(mounts)?;
    let keeps_from_mounting = |said: &Said| {
        let check = slug(said).and_then(find);
        check.is_some_and(|check| matches!(check.group, Group::Additions | Group::Shares))
    };
    (!log[at..].iter().any(keeps_from_mounting)).then_some(at)
}

/// Where something takes a turn for the better, or is excluded.
fn turns(log: &Log) -> Vec<(usize, &Said)> {
    let is_turn = |said: &Said| {
        matches!(
            said.rule.effect,
            Effect::Ends(_) | Effect::Excludes(_) | Effect::BuildsAnew
        )
    };
    let all = log.iter().enumerate();
    all.filter(|(_, said)| is_turn(said)).collect()
}

/// Whether something good came later, or something rules it out.
fn is_overcome(said: &Said, at: usize, fails: &Fails, turns: &[(usize, &Said)]) -> bool {
    turns.iter().any(|(turned, turn)| match turn.rule.effect {
        Effect::Excludes(checks) => checks.contains(&fails.check),
        _ if *turned <= at => false,
        Effect::Ends(what) => what.contains(&fails.check) || what.contains(&said.rule.id),
        // Two logs need not be in the order in which they were written.
        Effect::BuildsAnew => fails.of_build && turn.file == said.file,
        _ => false,
    })
}

/// Whether it is of no matter, because the shared folders were mounted all the same.
fn is_worked_around(fails: &Fails, at: usize, mounted: Option<usize>) -> bool {
    let about_mounts =
        find(fails.check).is_some_and(|check| !matches!(check.group, Group::Krb5 | Group::Guest));
    about_mounts && mounted.is_some_and(|mounted| at < mounted)
}

fn is_beside(fails: &Fails, all: &[&Said]) -> bool {
    let mut others = all.iter().filter_map(|other| slug(other));
    fails.with.is_empty() || others.any(|other| fails.with.contains(&other))
}

fn is_said_better(fails: &Fails, all: &[&Said]) -> bool {
    let mut others = all.iter().filter_map(|other| slug(other));
    others.any(|other| fails.unless.contains(&other))
}

/// The running kernel is shown, and headers of others only.
fn other_headers(check: &Check, log: &Log, all: &[&Said]) -> Option<Failure> {
    let says_missing = all
        .iter()
        .any(|said| slug(said) == Some("kernel-headers-missing"));
    if check.slug != "kernel-headers-mismatch" || says_missing || mounted(log).is_some() {
        return None;
    }
    let shown = |what: Shown| {
        log.iter()
            .filter(move |said| matches!(said.rule.effect, Effect::Shows(shown) if shown == what))
    };
    let running = shown(Shown::RunningKernel).next_back()?;
    let release = running_kernel(&running.text)?;
    let installed: Vec<(&Said, &str)> = shown(Shown::InstalledHeaders)
        .filter_map(|said| Some((said, installed_headers(&said.text)?)))
        .collect();
    let (first, other) = installed.first()?;
    if installed.iter().any(|(_, headers)| *headers == release) {
        return None;
    }
    let found = failure(
        check.level,
        "the installed headers are those of another kernel than the running one",
    )
    .expected(release)
    .observed(*other)
    .evidence(place(running), &running.text)
    .evidence(place(first), &first.text)
    .location(&first.file, first.line)
    .cured_by(&["install-headers", "kernel-pair"]);
    Some(found)
}
