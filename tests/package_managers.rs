//! What boxdoctor asks package managers, and what it makes of their answers. The answers lie in
//! `package_managers/`; each was recorded from the real program.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read their recordings themselves"
)]

use boxdoctor::facts::Facts;
use boxdoctor::observe::{Examination, Observation, Side};
use boxdoctor::remedy::packages::{
    self, Does, PAST_LOCK, PLAIN, Pair, Past, Rehearsal, Spec, Wanted,
};
use boxdoctor::target::{Kind, Target};

/// What is known of a guest that gave these answers.
fn guest(answers: &[(&str, &str)]) -> Facts {
    let mut examination = Examination::begin(Target::running("default", Kind::Ssh));
    examination.observations = answers
        .iter()
        .map(|(id, said)| {
            Observation::answered(id, Side::Guest, (*id).to_owned(), said.as_bytes().to_vec())
        })
        .collect();
    Facts::read(&examination)
}

fn rocky9() -> Facts {
    guest(&[
        ("uname", "Linux 6.1.0-56.el9.x86_64 x86_64\n"),
        (
            "package-managers",
            "rpm /usr/bin/rpm\nyum /usr/bin/dnf-3\ndnf /usr/bin/dnf-3\n",
        ),
        (
            "rpm-kernels",
            "kernel (none) 6.1.0 56.el9 x86_64\nkernel-core (none) 6.1.0 56.el9 x86_64\n",
        ),
        ("build-tools", "perl /usr/bin/perl\n"),
    ])
}

fn debian12(release: &str) -> Facts {
    let image = format!("linux-image-{release} 6.1-1 amd64 install ok installed\n");
    guest(&[
        ("uname", &format!("Linux {release} x86_64\n")),
        (
            "package-managers",
            "dpkg-query /usr/bin/dpkg-query\napt-get /usr/bin/apt-get\n",
        ),
        ("deb-kernels", &image),
        ("build-tools", "gcc /usr/bin/gcc\nmake /usr/bin/make\n"),
    ])
}

fn recorded(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/tests/package_managers/{name}.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn rehearsed(facts: &Facts, past: Past, wanted: Wanted<'_>, name: &str) -> Rehearsal {
    packages::rehearsal(facts, past, wanted, &recorded(name)).expect("the package manager is known")
}

/// What would be done, a line for a package.
fn works(rehearsal: Rehearsal) -> Vec<String> {
    match rehearsal {
        Rehearsal::Works(changes) => changes
            .iter()
            .map(|change| format!("{:?} {} {}", change.does, change.name, change.version))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn refused(rehearsal: Rehearsal) -> String {
    match rehearsal {
        Rehearsal::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

/// The packages of a pair, as their package manager names them.
fn shown(pair: &Pair) -> Vec<String> {
    let shown = |spec: &Spec| format!("{} {}", spec.name, spec.version.as_deref().unwrap_or("any"));
    pair.packages.iter().map(shown).collect()
}

#[test]
fn dnf4_says_what_it_would_do() {
    let facts = rocky9();
    assert_eq!(
        works(rehearsed(&facts, PLAIN, Wanted::Headers, "dnf4-headers")),
        ["Install kernel-devel 6.1.0-56.el9.x86_64"]
    );
    assert_eq!(
        refused(rehearsed(&facts, PLAIN, Wanted::Headers, "dnf4-no-headers")),
        "No match for argument: kernel-devel-6.1.0-56.el9.x86_64; \
         Error: Unable to find a match: kernel-devel-6.1.0-56.el9.x86_64"
    );
    let dead = refused(rehearsed(&facts, PLAIN, Wanted::Headers, "dnf4-dead"));
    assert!(dead.contains("repo 'dead'"), "{dead}");
}

#[test]
fn dnf4_moves_kernel_and_headers_as_one_pair() {
    let facts = rocky9();
    let pair = packages::pair(&facts, &recorded("dnf4-offers")).expect("a pair");
    assert_eq!(pair.release, "6.12.117-1.el9.x86_64");
    assert_eq!(
        shown(&pair),
        [
            "kernel 6.12.117-1.el9.x86_64",
            "kernel-core 6.12.117-1.el9.x86_64",
            "kernel-devel 6.12.117-1.el9.x86_64",
        ]
    );
    let wanted = Wanted::Pair(&pair);
    let changes = works(rehearsed(&facts, PAST_LOCK, wanted, "dnf4-pair"));
    assert_eq!(changes.len(), 3, "{changes:?}");
    let locked = refused(rehearsed(&facts, PLAIN, wanted, "dnf4-locked"));
    assert!(locked.contains("filtered out by exclude"), "{locked}");
    let command = packages::install(&facts, PAST_LOCK, wanted).expect("a command");
    assert!(
        command.starts_with(
            "{ dnf -y --disableplugin=versionlock install kernel-6.12.117-1.el9.x86_64 "
        ),
        "{command}"
    );
    assert!(command.contains("release=6.12.117-1.el9.x86_64\n"));
}

#[test]
fn apt_says_what_it_would_do() {
    let facts = debian12("6.1.0-56-amd64");
    assert_eq!(
        works(rehearsed(&facts, PLAIN, Wanted::Headers, "apt-headers")),
        [
            "Install linux-compiler-gcc-12-x86 6.1.192-2",
            "Install linux-headers-6.1.0-56-common 6.1.192-2",
            "Install linux-kbuild-6.1 6.1.192-2",
            "Install linux-headers-6.1.0-56-amd64 6.1.192-2",
        ]
    );
    // apt rehearses past a hold what it then refuses to do.
    let held = refused(rehearsed(&facts, PLAIN, Wanted::Headers, "apt-held"));
    assert!(held.contains("held packages"), "{held}");
    let past_hold = rehearsed(&facts, PAST_LOCK, Wanted::Headers, "apt-held");
    assert_eq!(works(past_hold).len(), 4);
    let facts = debian12("6.1.0-55-amd64");
    assert_eq!(
        refused(rehearsed(&facts, PLAIN, Wanted::Headers, "apt-no-headers")),
        "E: Unable to locate package linux-headers-6.1.0-55-amd64; \
         E: Couldn't find any package by glob 'linux-headers-6.1.0-55-amd64'; \
         E: Couldn't find any package by regex 'linux-headers-6.1.0-55-amd64'"
    );
}

#[test]
fn apt_stays_in_the_series_of_the_running_kernel_while_it_can() {
    for (release, expected) in [
        ("6.1.0-18-amd64", Some("6.1.0-56-amd64")),
        ("6.1.0-18-cloud-amd64", Some("6.1.0-56-cloud-amd64")),
        ("6.12.100+deb12-amd64", Some("6.12.117+deb12-amd64")),
        ("5.10.0-8-rt-amd64", Some("6.12.117+deb12-rt-amd64")),
        // Newer than all that can be had, and of somebody's own making.
        ("6.18.1-amd64", None),
        ("6.1.0-18-mine", None),
    ] {
        let pair = packages::pair(&debian12(release), &recorded("apt-offers"));
        assert_eq!(pair.map(|pair| pair.release).as_deref(), expected);
    }
}

#[test]
fn apt_takes_image_and_headers_of_one_version() {
    let facts = debian12("6.1.0-18-amd64");
    let pair = packages::pair(&facts, &recorded("apt-offers")).expect("a pair");
    assert_eq!(
        shown(&pair),
        [
            "linux-image-6.1.0-56-amd64 6.1.192-2",
            "linux-headers-6.1.0-56-amd64 6.1.192-2",
        ]
    );
    let older = Pair {
        release: "6.1.0-50-amd64".to_owned(),
        version: "6.1.176-1".to_owned(),
        packages: ["linux-image-6.1.0-50-amd64", "linux-headers-6.1.0-50-amd64"]
            .map(|name| Spec {
                name: name.to_owned(),
                version: Some("6.1.176-1".to_owned()),
            })
            .to_vec(),
    };
    let changes = match rehearsed(&facts, PLAIN, Wanted::Pair(&older), "apt-pair") {
        Rehearsal::Works(changes) => changes,
        other => panic!("{other:?}"),
    };
    let upgrades = changes
        .iter()
        .filter(|change| change.does == Does::Upgrade)
        .count();
    assert_eq!((changes.len(), upgrades), (23, 10));
}

#[test]
fn what_is_installed_already_is_no_change() {
    let facts = rocky9();
    let pair = Pair {
        release: "6.1.0-56.el9.x86_64".to_owned(),
        version: "6.1.0-56.el9.x86_64".to_owned(),
        packages: vec![Spec {
            name: "kernel".to_owned(),
            version: Some("6.1.0-56.el9.x86_64".to_owned()),
        }],
    };
    let rehearsal = rehearsed(&facts, PLAIN, Wanted::Pair(&pair), "dnf4-needless");
    assert_eq!(rehearsal, Rehearsal::Needless);
}
