//! What boxdoctor asks package managers, and what it makes of their answers. The answers lie in
//! `package_managers/`, which says where they are from.
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
use proptest::prelude::*;

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

fn rpm_guest(uname_r: &str, managers: &str, kernels: &str) -> Facts {
    guest(&[
        ("uname", &format!("Linux {uname_r} x86_64\n")),
        ("package-managers", managers),
        ("rpm-kernels", kernels),
    ])
}

fn centos7() -> Facts {
    rpm_guest(
        "3.10.0-957.12.2.el7.x86_64",
        "rpm /usr/bin/rpm\nyum /usr/bin/yum\n",
        "kernel (none) 3.10.0 957.12.2.el7 x86_64\n",
    )
}

fn fedora41() -> Facts {
    rpm_guest(
        "6.11.4-301.fc41.x86_64",
        "rpm /usr/bin/rpm\nyum /usr/bin/dnf5\ndnf /usr/bin/dnf5\ndnf5 /usr/bin/dnf5\n",
        "kernel-core (none) 6.11.4 301.fc41 x86_64\n",
    )
}

fn leap15() -> Facts {
    guest(&[
        ("uname", "Linux 5.14.21-150500.55.39-default x86_64\n"),
        (
            "os-release",
            "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
        ),
        (
            "package-managers",
            "rpm /usr/bin/rpm\nzypper /usr/bin/zypper\n",
        ),
        (
            "rpm-kernels",
            "kernel-default (none) 5.14.21 150500.55.39.1 x86_64\n",
        ),
    ])
}

fn arch(release: &str) -> Facts {
    guest(&[
        ("uname", &format!("Linux {release} x86_64\n")),
        ("os-release", "ID=arch\n"),
        ("package-managers", "pacman /usr/bin/pacman\n"),
        ("pacman-kernels", "linux 6.6.7.arch1-1\n"),
    ])
}

fn alpine() -> Facts {
    guest(&[
        ("uname", "Linux 6.6.7-0-virt x86_64\n"),
        ("os-release", "ID=alpine\n"),
        ("package-managers", "apk /sbin/apk\n"),
        ("apk-kernels", "linux-virt-6.6.7-r0\n"),
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
            "( dnf -y --setopt='*.skip_if_unavailable=1' --disableplugin=versionlock install kernel-6.12.117-1.el9.x86_64 "
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

/// Two series in one archive, and the modules that few need in a package of their own.
#[test]
fn ubuntu_stays_in_its_series_and_keeps_its_extra_modules() {
    let offered = |release: &str, version: &str| {
        ["image", "headers", "modules-extra"]
            .map(|part| format!("offer linux-{part}-{release}-generic {version}\n"))
            .concat()
    };
    let offers = offered("5.15.0-91", "5.15.0-91.101")
        + &offered("5.15.0-126", "5.15.0-126.136")
        + &offered("6.8.0-49", "6.8.0-49.49~22.04.1");
    let ubuntu = |extra: &str| {
        let kernels = format!(
            "linux-image-5.15.0-25-generic 5.15.0-25.25 amd64 install ok installed\n{extra}"
        );
        guest(&[
            ("uname", "Linux 5.15.0-25-generic x86_64\n"),
            ("package-managers", "dpkg-query /usr/bin/dpkg-query\n"),
            ("deb-kernels", &kernels),
        ])
    };
    let extra = "linux-modules-extra-5.15.0-25-generic 5.15.0-25.25 amd64 install ok installed\n";
    let pair = packages::pair(&ubuntu(extra), offers.as_bytes()).expect("a pair");
    assert_eq!(
        shown(&pair),
        [
            "linux-image-5.15.0-126-generic 5.15.0-126.136",
            "linux-modules-extra-5.15.0-126-generic 5.15.0-126.136",
            "linux-headers-5.15.0-126-generic 5.15.0-126.136",
        ]
    );
    let pair = packages::pair(&ubuntu(""), offers.as_bytes()).expect("a pair");
    assert_eq!(pair.packages.len(), 2);
}

/// What each family is told by its own commands, past a lock and without.
#[test]
fn a_person_types_what_boxdoctor_would_run() {
    let headers = Wanted::Headers;
    for (facts, plain, past_lock) in [
        (
            rocky9(),
            "sudo dnf install kernel-devel-6.1.0-56.el9.x86_64",
            "sudo dnf --disableplugin=versionlock install kernel-devel-6.1.0-56.el9.x86_64",
        ),
        (
            fedora41(),
            "sudo dnf install kernel-devel-6.11.4-301.fc41.x86_64",
            "sudo dnf --setopt='disable_excludes=*' install kernel-devel-6.11.4-301.fc41.x86_64",
        ),
        (
            debian12("6.1.0-18-amd64"),
            "sudo apt-get install linux-headers-6.1.0-18-amd64",
            "sudo apt-get --allow-change-held-packages install linux-headers-6.1.0-18-amd64",
        ),
        (
            arch("6.6.7-arch1-1"),
            "sudo pacman -Sy 'linux-headers=6.6.7.arch1-1'",
            "sudo pacman -Sy 'linux-headers=6.6.7.arch1-1'",
        ),
        (
            alpine(),
            "sudo apk add --upgrade linux-virt-dev",
            "sudo apk add --upgrade linux-virt-dev",
        ),
    ] {
        assert_eq!(packages::by_hand(&facts, PLAIN, headers)[0], plain);
        assert_eq!(packages::by_hand(&facts, PAST_LOCK, headers)[0], past_lock);
    }
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

#[test]
fn yum3_says_what_it_would_do() {
    let facts = centos7();
    assert_eq!(
        works(rehearsed(&facts, PLAIN, Wanted::Headers, "yum3-headers")),
        [
            "Install kernel-devel 3.10.0-957.12.2.el7.x86_64",
            "Install perl 5.16.3-294.el7_6.x86_64",
            "Install perl-Carp 1.26-244.el7.noarch",
            "Upgrade elfutils-libelf-and-a-long-name 0.176-2.el7.x86_64",
        ]
    );
    assert_eq!(
        refused(rehearsed(&facts, PLAIN, Wanted::Headers, "yum3-no-headers")),
        "No package kernel-devel-3.10.0-957.12.2.el7.x86_64 available.; Error: Nothing to do"
    );
    let pair = packages::pair(&facts, &recorded("yum3-offers")).expect("a pair");
    assert_eq!(pair.release, "3.10.0-1062.12.1.el7.x86_64");
    // Only one of the two came: yum says so with the status 0.
    let half = rehearsed(&facts, PLAIN, Wanted::Pair(&pair), "yum3-headers");
    assert!(matches!(half, Rehearsal::Refused(_)), "{half:?}");
    let command = packages::install(&facts, PLAIN, Wanted::Headers).expect("a command");
    let spec = "kernel-devel-3.10.0-957.12.2.el7.x86_64";
    assert_eq!(command, format!("yum -y install {spec} && rpm -q {spec}"));
}

#[test]
fn dnf5_says_what_it_would_do() {
    let facts = fedora41();
    let one = |name: &str, version: &str| Pair {
        release: version.to_owned(),
        version: version.to_owned(),
        packages: vec![Spec {
            name: name.to_owned(),
            version: Some(version.to_owned()),
        }],
    };
    let acpi = one("acpi", "1.7-23.fc40.x86_64");
    let changes = works(rehearsed(
        &facts,
        PLAIN,
        Wanted::Pair(&acpi),
        "dnf5-over-the-limit",
    ));
    assert_eq!(changes.len(), 5, "{changes:?}");
    assert_eq!(changes[1], "Remove kernel-core 6.8.5-301.fc40.x86_64");
    assert_eq!(changes[4], "Install acpi 1.7-23.fc40.x86_64");
    // What an upgrade takes the place of is the same package.
    let audit = one("audit-libs", "4.2.1-1.fc44.x86_64");
    assert_eq!(
        works(rehearsed(
            &facts,
            PLAIN,
            Wanted::Pair(&audit),
            "dnf5-upgrade"
        )),
        ["Upgrade audit-libs 4.2.1-1.fc44.x86_64"]
    );
    let locked = refused(rehearsed(&facts, PLAIN, Wanted::Headers, "dnf5-locked"));
    assert!(locked.contains("excluded by versionlock"), "{locked}");
}

#[test]
fn zypper_says_what_it_would_do() {
    let facts = leap15();
    assert_eq!(
        works(rehearsed(&facts, PLAIN, Wanted::Headers, "zypper-headers")),
        ["Install kernel-default-devel 5.14.21-150500.55.39.1.x86_64"]
    );
    let locked = refused(rehearsed(&facts, PLAIN, Wanted::Headers, "zypper-locked"));
    assert!(locked.contains("remove lock"), "{locked}");
    let other = "kernel-default-devel-5.14.21-150500.55.49.1.x86_64";
    assert_eq!(
        refused(rehearsed(
            &facts,
            PLAIN,
            Wanted::Headers,
            "zypper-no-headers"
        )),
        format!("Package '{other}' not found.")
    );
    let pair = packages::pair(&facts, &recorded("zypper-offers")).expect("a pair");
    // The newest kernel of all has no headers.
    assert_eq!(pair.release, "5.14.21-150500.55.44-default");
    let changes = works(rehearsed(&facts, PLAIN, Wanted::Pair(&pair), "zypper-pair"));
    assert_eq!(changes.len(), 3, "{changes:?}");
}

#[test]
fn pacman_has_the_headers_of_the_running_kernel_or_none() {
    let facts = arch("6.6.7-arch1-1");
    assert_eq!(
        works(rehearsed(&facts, PLAIN, Wanted::Headers, "pacman-headers")),
        [
            "Install pahole 1.25-1",
            "Install linux-headers 6.6.7.arch1-1"
        ]
    );
    let facts = arch("6.6.3-arch1-1");
    let moved_on = rehearsed(&facts, PLAIN, Wanted::Headers, "pacman-headers");
    assert!(matches!(moved_on, Rehearsal::Refused(_)), "{moved_on:?}");
    assert_eq!(
        refused(rehearsed(
            &facts,
            PLAIN,
            Wanted::Headers,
            "pacman-no-headers"
        )),
        "error: target not found: linux-headers=6.6.3.arch1-1"
    );
    assert_eq!(packages::ask_pair(&facts, PLAIN), None);
    assert_eq!(
        packages::pair_by_hand(&facts, PLAIN),
        ["sudo pacman -Syu linux linux-headers"]
    );
}

#[test]
fn apk_says_what_it_would_do() {
    let facts = alpine();
    assert_eq!(
        works(rehearsed(&facts, PLAIN, Wanted::Headers, "apk-headers")),
        [
            "Upgrade libcrypto3 3.1.4-r3",
            "Remove linux-old-headers 6.6.6-r0",
            "Install linux-virt-dev 6.6.7-r0",
        ]
    );
    let pinned = refused(rehearsed(&facts, PLAIN, Wanted::Headers, "apk-no-headers"));
    assert!(pinned.contains("unable to select packages"), "{pinned}");
    let pair = packages::pair(&facts, &recorded("apk-offers")).expect("a pair");
    assert_eq!(pair.release, "6.6.8-0-virt");
    assert_eq!(
        shown(&pair),
        ["linux-virt 6.6.8-r0", "linux-virt-dev 6.6.8-r0"]
    );
    // A pin would be lost with what is installed past it.
    assert_eq!(packages::install(&facts, PAST_LOCK, Wanted::Headers), None);
}

#[test]
fn a_guest_of_no_known_family_is_told_no_command_of_a_package_manager() {
    let facts = guest(&[
        ("uname", "Linux 6.6.7_1 x86_64\n"),
        ("os-release", "ID=void\n"),
        ("package-managers", "\n"),
    ]);
    assert_eq!(packages::rehearse(&facts, PLAIN, Wanted::Headers), None);
    assert_eq!(packages::install(&facts, PLAIN, Wanted::Headers), None);
    assert_eq!(packages::ask_pair(&facts, PLAIN), None);
    for line in packages::by_hand(&facts, PLAIN, Wanted::Headers) {
        assert!(!line.starts_with("sudo"), "{line}");
    }
}

/// One guest of each package manager, and words of its language.
fn guests() -> Vec<Facts> {
    vec![
        rocky9(),
        debian12("6.1.0-18-amd64"),
        centos7(),
        fedora41(),
        leap15(),
        arch("6.6.7-arch1-1"),
        alpine(),
    ]
}

proptest! {
    /// Whatever an answer holds: no word of it gets into a command but as one plain word.
    #[test]
    fn no_answer_is_too_hostile(
        bytes: Vec<u8>,
        name in "[-a-z]{1,20}",
        version in "[ -~é]{1,30}",
        lines in prop::collection::vec("(offer |Inst |\\(1/2\\) Installing |<solvable name=\")?[ -~]{0,60}", 0..20),
    ) {
        let offers = format!(
            "offer {name} {version}\noffer kernel-devel {version}.x86_64\noffer kernel {version}.x86_64\n\
             kernel-devel.x86_64 {version} base\nkernel.x86_64 {version} base\n\
             offer linux-headers-{version}-amd64 {version}\noffer linux-image-{version}-amd64 {version}\n\
             <solvable name=\"kernel-default\" edition=\"{version}\" arch=\"x86_64\"/>\n\
             <solvable name=\"kernel-default-devel\" edition=\"{version}\" arch=\"x86_64\"/>\n\
             linux-virt policy:\n  {version}:\n    http://x\nlinux-virt-dev policy:\n  {version}:\n    http://x\n"
        );
        for facts in guests() {
            for said in [&bytes, &offers.clone().into_bytes(), &lines.join("\n").into_bytes()] {
                let _ = packages::rehearsal(&facts, PLAIN, Wanted::Headers, said);
                let Some(pair) = packages::pair(&facts, said) else { continue };
                let _ = packages::rehearsal(&facts, PAST_LOCK, Wanted::Pair(&pair), said);
                for word in pair.packages.iter().filter_map(|spec| spec.version.as_ref()).chain([&pair.release]) {
                    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-+~^:".contains(letter);
                    prop_assert!(word.chars().all(plain) && word.len() <= 200, "{word}");
                }
            }
        }
    }
}
