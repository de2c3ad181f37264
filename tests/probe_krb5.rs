//! What the probe script asks of Kerberos, under the shells that guests have. Needs root and the
//! packages dash, bash, mksh, busybox-static and krb5-user.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]
#![cfg(target_os = "linux")]

#[path = "support/probe_run.rs"]
mod probe_run;

use std::fs;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::time::Duration;

use boxdoctor::krb5::Unreadable;
use boxdoctor::observe::further::{self, Named};
use boxdoctor::parse::klist::{self, Cache, Keytab};
use boxdoctor::parse::krb5_files::{self, Record};
use boxdoctor::transport::Ended;
use probe_run::{Answer, NOBODY, Probe, SHELLS, programs_without, stand_in};

/// No krb5.conf, whatever this computer has.
const WITHOUT: &str = "mount -t tmpfs none /mnt\ncp -a /etc/passwd /etc/group /mnt/\n\
    mount --move /mnt /etc";

fn in_every_shell(probe: impl Fn(Probe) -> Probe + Sync) -> Vec<Answer> {
    SHELLS
        .iter()
        .map(|shell| probe(Probe::in_shell(shell)).run())
        .collect()
}

fn records(answer: &Answer) -> Vec<Record> {
    let seen = answer.to("krb5-files");
    assert_eq!(
        (seen.ended, seen.status, seen.truncated),
        (Ended::Exit, Some(0), false),
        "{}: {seen:?}",
        answer.shell
    );
    assert_eq!(seen.stderr, b"", "{}", answer.shell);
    let records = krb5_files::parse(&seen.stdout);
    assert_eq!(krb5_files::write(&records), seen.stdout, "{}", answer.shell);
    records
}

fn file(path: &[u8], bytes: &[u8]) -> Record {
    Record::File {
        path: path.to_vec(),
        bytes: bytes.to_vec(),
    }
}

fn unread(path: &[u8], why: Unreadable) -> Record {
    Record::Unread {
        path: path.to_vec(),
        why,
    }
}

/// The names in a folder come in the order of the guest's disk.
fn sorted(mut records: Vec<Record>) -> Vec<Record> {
    for record in &mut records {
        if let Record::Folder { names, .. } = record {
            names.sort();
        }
    }
    records.sort_by_key(|record| format!("{record:?}"));
    records
}

#[test]
fn every_file_that_the_setting_names_or_another_includes_is_brought() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| [folder.path().as_os_str().as_bytes(), b"/", name.as_bytes()].concat();
    let text = |name: &str| String::from_utf8(path(name)).expect("text");
    let write =
        |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file");
    fs::create_dir_all(folder.path().join("d/sub")).expect("folders");
    let first = format!(
        "include {}\r\n[libdefaults]\nincludedir\t{}\ninclude {}\n#include /no\n\u{200b}include {}\nincludedir {} \n",
        text("it's"),
        text("d"),
        text("first"),
        text("missing"),
        text("d"),
    );
    write("first", first.as_bytes());
    let odd = b"a\0b\r\n\n\xff'\"$(touch /tmp/x)`\n\n";
    write("it's", odd);
    write("d/site.conf", b"no line feed");
    write("d/.hidden.conf", b"");
    write("d/rpm.rpmsave", b"not read");
    write("d/a b\n*", b"not read");
    symlink("nowhere", folder.path().join("d/dangling")).expect("a link");
    let setting = format!("{}::/dev/null", text("first"));
    let expected = sorted(vec![
        Record::Setting(setting.clone().into_bytes()),
        file(&path("first"), first.as_bytes()),
        file(&path("it's"), odd),
        Record::Folder {
            path: path("d"),
            names: [
                ".hidden.conf",
                "a b\n*",
                "dangling",
                "rpm.rpmsave",
                "site.conf",
                "sub",
            ]
            .map(|name| name.as_bytes().to_vec())
            .to_vec(),
        },
        file(&path("d/.hidden.conf"), b""),
        file(&path("d/site.conf"), b"no line feed"),
        unread(&path("d/dangling"), Unreadable::Missing),
        Record::Folder {
            path: path("d/sub"),
            names: Vec::new(),
        },
        unread(&path("missing"), Unreadable::Missing),
        unread(&path("d "), Unreadable::Missing),
        unread(b"", Unreadable::Missing),
        file(b"/dev/null", b""),
    ]);
    for answer in in_every_shell(|probe| probe.with_variable("KRB5_CONFIG", &setting)) {
        assert_eq!(sorted(records(&answer)), expected, "{}", answer.shell);
    }
}

#[test]
fn what_the_user_may_not_read_is_told_from_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).expect("a folder");
    fs::write(locked.join("file"), "x").expect("a file");
    fs::write(folder.path().join("secret"), "x").expect("a file");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode")
    };
    mode(&folder.path().join("secret"), 0o600);
    mode(&locked, 0o700);
    mode(folder.path(), 0o755);
    let path = |name: &str| [folder.path().as_os_str().as_bytes(), b"/", name.as_bytes()].concat();
    let paths = ["secret", "locked/file", "locked", "no/file"].map(path);
    let setting = String::from_utf8(paths.join(&b':')).expect("text");
    for answer in
        in_every_shell(|probe| probe.with_variable("KRB5_CONFIG", &setting).run_by_nobody())
    {
        let why = [
            Unreadable::Denied,
            Unreadable::Denied,
            Unreadable::Denied,
            Unreadable::Missing,
        ];
        let mut expected = vec![Record::Setting(setting.clone().into_bytes())];
        expected.extend(paths.iter().zip(why).map(|(path, why)| unread(path, why)));
        assert_eq!(records(&answer), expected, "{}", answer.shell);
    }
}

#[test]
fn a_link_leads_root_to_nothing_that_others_may_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode")
    };
    fs::create_dir(at("d")).expect("a folder");
    for (name, bits) in [("secret", 0o640), ("public", 0o644)] {
        fs::write(at(name), format!("# {name}\n")).expect("a file");
        mode(&at(name), bits);
        symlink(at(name), at("d").join(name)).expect("a link");
    }
    let path = |name: &str| at(name).display().to_string();
    let first = format!("includedir {}\n", path("d"));
    fs::write(at("first"), &first).expect("a file");
    mode(&at("first"), 0o644);
    let setting = path("first");
    let expected = sorted(vec![
        Record::Setting(setting.clone().into_bytes()),
        file(setting.as_bytes(), first.as_bytes()),
        Record::Folder {
            path: path("d").into_bytes(),
            names: vec![b"public".to_vec(), b"secret".to_vec()],
        },
        file(path("d/public").as_bytes(), b"# public\n"),
        unread(path("d/secret").as_bytes(), Unreadable::NotAsked),
    ]);
    for answer in in_every_shell(|probe| probe.with_variable("KRB5_CONFIG", &setting)) {
        assert_eq!(sorted(records(&answer)), expected, "{}", answer.shell);
    }
    // The file itself may be such a link.
    for (name, bytes) in [("secret", None), ("public", Some("# public\n"))] {
        let surroundings = format!("{WITHOUT}\nln -s '{}' /etc/krb5.conf", path(name));
        for answer in in_every_shell(|probe| probe.in_surroundings(&surroundings)) {
            let seen = answer.to("krb5-conf");
            let (ended, said) = match bytes {
                Some(said) => (Ended::Exit, said),
                None => (Ended::Denied, ""),
            };
            assert_eq!(seen.ended, ended, "{}: {seen:?}", answer.shell);
            assert_eq!(seen.stdout, said.as_bytes(), "{}", answer.shell);
        }
    }
}

#[test]
fn a_file_larger_than_a_shell_can_count_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    // Holes take no room on the disk.
    for (name, size) in [("4g", (4_u64 << 30) + 10), ("3g", 3 << 30), ("1t", 1 << 40)] {
        let file = fs::File::create(path(name)).expect("a file");
        file.set_len(size).expect("holes");
    }
    let paths = ["4g", "3g", "1t"].map(path);
    for answer in in_every_shell(|probe| probe.with_variable("KRB5_CONFIG", &paths.join(":"))) {
        let mut expected = vec![Record::Setting(paths.join(":").into_bytes())];
        expected.extend(
            paths
                .iter()
                .map(|path| unread(path.as_bytes(), Unreadable::TooLarge)),
        );
        assert_eq!(records(&answer), expected, "{}", answer.shell);
    }
    let surroundings = format!("{WITHOUT}\nln -s '{}' /etc/krb5.conf", path("1t"));
    for answer in in_every_shell(|probe| probe.in_surroundings(&surroundings)) {
        assert_eq!(records(&answer), [], "{}", answer.shell);
        assert!(answer.to("krb5-conf").truncated, "{}", answer.shell);
    }
}

#[test]
fn no_configuration_costs_more_than_its_bounds() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let fifo = std::process::Command::new("mkfifo")
        .arg(at("fifo"))
        .status();
    assert!(fifo.expect("mkfifo runs").success());
    fs::write(at("large"), vec![b'x'; 1_000_000]).expect("a file");
    // Each includes the next one: more than anybody has.
    for number in 0..300 {
        let next = format!("include {}\n", at(&(number + 1).to_string()).display());
        fs::write(at(&number.to_string()), next).expect("a file");
    }
    fs::create_dir(at("crowd")).expect("a folder");
    for number in 0..3000 {
        fs::write(at(&format!("crowd/{}-{number}", "n".repeat(200))), "").expect("a file");
    }
    let paths = ["fifo", "large", "crowd", "0"].map(|name| at(name).display().to_string());
    for answer in in_every_shell(|probe| probe.with_variable("KRB5_CONFIG", &paths.join(":"))) {
        let (shell, records) = (&answer.shell, records(&answer));
        let unread = |path: &str, why| records.contains(&unread(path.as_bytes(), why));
        assert!(unread(&paths[0], Unreadable::Other), "{shell}: {records:?}");
        assert!(unread(&paths[1], Unreadable::TooLarge), "{shell}");
        assert!(unread(&paths[2], Unreadable::TooLarge), "{shell}");
        let files = records
            .iter()
            .filter(|record| matches!(record, Record::File { .. }));
        assert_eq!(files.count(), 97, "{shell}");
    }
}

#[test]
fn a_guest_without_krb5_conf_is_asked_nothing_of_it() {
    for answer in in_every_shell(|probe| probe.in_surroundings(WITHOUT)) {
        for id in [
            "krb5-files",
            "krb5-conf",
            "krb5-keytab",
            "clock",
            "sasl-plugins",
        ] {
            let seen = answer.to(id);
            assert_eq!(seen.ended, Ended::NotFound, "{}: {seen:?}", answer.shell);
        }
    }
}

#[test]
fn klist_is_asked_for_its_status_and_its_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let everybody = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path(), everybody).expect("a mode");
    let at = |name: &str| folder.path().join(name).display().to_string();
    // Where a cache cannot be made, and why it can elsewhere.
    for (setting, closed) in [
        (format!("FILE:{}", at("cache")), None),
        (format!("FILE:{}", at("no/cache")), Some(at("no"))),
        (format!("DIR:{}", at("caches")), None),
        ("FILE:/cache".to_owned(), Some("/".to_owned())),
    ] {
        let probe = |probe: Probe| probe.with_variable("KRB5CCNAME", &setting).run_by_nobody();
        for answer in in_every_shell(probe) {
            let seen = answer.to("krb5-tickets");
            let said = String::from_utf8_lossy(&seen.stdout);
            let read = klist::tickets(&said).unwrap_or_else(|| panic!("{}: {said}", answer.shell));
            assert!(
                !read.is_valid && matches!(read.cache, Cache::None(_)),
                "{read:?}"
            );
            assert_eq!(read.setting.as_deref(), Some(&*setting), "{}", answer.shell);
            assert_eq!(read.closed_folder, closed, "{}: {setting}", answer.shell);
        }
    }
}

#[test]
fn a_name_without_a_folder_lies_where_the_user_is() {
    for name in ["krb5cc", "FILE:krb5cc"] {
        let probe = |probe: Probe| probe.with_variable("KRB5CCNAME", name);
        for answer in in_every_shell(probe) {
            let read = tickets(&answer);
            assert_eq!(read.closed_folder, None, "{}: {name}", answer.shell);
        }
    }
}

#[test]
fn a_setting_is_brought_as_it_is() {
    let setting = r"FILE:/no\nstatus 0\tx\c";
    for answer in in_every_shell(|probe| probe.with_variable("KRB5CCNAME", setting)) {
        let read = tickets(&answer);
        assert_eq!(read.setting.as_deref(), Some(setting), "{}", answer.shell);
        assert!(!read.is_valid, "{}", answer.shell);
    }
}

#[test]
fn a_file_that_kinit_replaces_is_told_from_one_that_it_cannot() {
    let folder = tempfile::tempdir().expect("a folder");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode")
    };
    mode(folder.path(), 0o755);
    // What lies there, whose it is, and in what folder.
    for (name, content, owner, folder_mode, is_foreign) in [
        ("empty", &b""[..], NOBODY, 0o777, false),
        ("junk", b"junk", NOBODY, 0o1777, false),
        ("old", b"\x05\x09\0\0", NOBODY, 0o1777, false),
        ("roots", b"\x05\x04\0\0", 0, 0o777, false),
        ("roots-sticky", b"\x05\x04\0\0", 0, 0o1777, true),
    ] {
        let inside = folder.path().join(name);
        fs::create_dir(&inside).expect("a folder");
        mode(&inside, folder_mode);
        let cache = inside.join("cache");
        fs::write(&cache, content).expect("a file");
        mode(&cache, 0o600);
        chown(&cache, Some(owner), None).expect("root may");
        let cache = cache.display().to_string();
        let probe = |probe: Probe| probe.with_variable("KRB5CCNAME", &cache).run_by_nobody();
        for answer in in_every_shell(probe) {
            let read = tickets(&answer);
            assert!(matches!(read.cache, Cache::None(_)), "{name}: {read:?}");
            assert_eq!(read.closed_folder, None, "{}: {name}", answer.shell);
            let foreign = is_foreign.then(|| cache.clone());
            assert_eq!(read.foreign_file, foreign, "{}: {name}", answer.shell);
        }
    }
}

fn tickets(answer: &Answer) -> klist::Tickets {
    let said = String::from_utf8_lossy(&answer.to("krb5-tickets").stdout);
    klist::tickets(&said).unwrap_or_else(|| panic!("{}: {said}", answer.shell))
}

#[test]
fn the_keytab_is_listed_by_root_and_known_to_be_there_by_others() {
    let surroundings =
        format!("{WITHOUT}\necho nonsense >/etc/krb5.keytab\nchmod 600 /etc/krb5.keytab");
    for answer in in_every_shell(|probe| probe.in_surroundings(&surroundings)) {
        let seen = answer.to("krb5-keytab");
        let read = klist::keytab("", &String::from_utf8_lossy(&seen.stderr));
        assert!(
            matches!(read, Some(Keytab::Unreadable(_))),
            "{}: {seen:?}",
            answer.shell
        );
    }
    let programs = programs_without(&["sudo"]);
    let unprivileged = |probe: Probe| {
        let probe = probe.with_path(programs.path()).run_by_nobody();
        probe.in_surroundings(&surroundings)
    };
    for answer in in_every_shell(unprivileged) {
        assert_eq!(
            answer.to("krb5-keytab").ended,
            Ended::Denied,
            "{}",
            answer.shell
        );
    }
}

/// A KDC that answers whatever it is asked, on one port over TCP and UDP; and a port where nobody is.
fn ports() -> (UdpSocket, TcpListener, u16) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = tcp.local_addr().expect("an address").port();
        let Ok(udp) = UdpSocket::bind(("127.0.0.1", port)) else {
            continue;
        };
        let closed = TcpListener::bind("127.0.0.1:0").and_then(|closed| closed.local_addr());
        return (udp, tcp, closed.expect("an address").port());
    }
}

#[test]
fn a_kdc_is_asked_over_tcp_and_in_one_datagram() {
    let (udp, tcp, closed) = ports();
    let open = tcp.local_addr().expect("an address").port();
    // 10 and 11 letters: a line feed or a tab among the lengths.
    let realms = ["KERB.LOCAL", "EXAMPLE.COM"];
    let requests = std::thread::spawn(move || {
        let mut requests = Vec::new();
        let patience = std::time::Duration::from_secs(20);
        udp.set_read_timeout(Some(patience)).expect("a limit");
        for _ in 0..realms.len() * (SHELLS.len() + 1) {
            let mut request = [0; 4096];
            let (length, from) = udp.recv_from(&mut request).expect("a request");
            udp.send_to(b"~", from).expect("an answer");
            requests.push(request[..length].to_vec());
        }
        requests
    });
    let without_bash = programs_without(&["bash"]);
    for realm in realms {
        let kdcs = ["127.0.0.1".to_owned(), "127.0.0.1".to_owned()];
        let kdcs = kdcs.into_iter().zip([open, closed]);
        let kdcs: Vec<Named> = kdcs.map(|(host, port)| Named::At(host, port)).collect();
        let further = further::kdcs(realm, &kdcs);
        let mut answers = in_every_shell(|probe| probe.asking_further(&further));
        // Then Python asks.
        let probe = Probe::in_shell(SHELLS[0]).with_path(without_bash.path());
        answers.push(probe.asking_further(&further).run());
        for answer in answers {
            let said = String::from_utf8_lossy(&answer.stdout);
            for expected in [
                format!("tcp 127.0.0.1 {open} ok\n"),
                format!("udp 127.0.0.1 {open} ok\n"),
                format!("tcp 127.0.0.1 {closed} refused\n"),
                format!("udp 127.0.0.1 {closed} refused\n"),
            ] {
                assert!(said.contains(&expected), "{}: {said}", answer.shell);
            }
        }
    }
    for request in requests.join().expect("all requests") {
        assert_eq!(usize::from(request[2]) + 3, request.len(), "{request:02x?}");
    }
}

/// The ways in which a guest can ask, the second without the tool of the first.
fn ways_to_ask() -> [tempfile::TempDir; 2] {
    [programs_without(&[]), programs_without(&["bash"])]
}

#[test]
fn who_does_not_answer_is_told_from_who_refuses() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    // Nobody takes these connections, and at some point no more of them fit.
    let full = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = full.local_addr().expect("an address");
    let patience = Duration::from_millis(300);
    let waiting: Vec<TcpStream> =
        std::iter::from_fn(|| TcpStream::connect_timeout(&address, patience).ok()).collect();
    assert!(!waiting.is_empty());
    let full = address.port();
    let (_udp, _tcp, closed) = ports();
    let kdcs = [full, closed].map(|port| Named::At("127.0.0.1".to_owned(), port));
    let further = further::kdcs("R", &kdcs);
    for (way, programs) in ways_to_ask().iter().enumerate() {
        let probe = Probe::in_shell(SHELLS[0]).with_path(programs.path());
        let answer = probe.asking_further(&further).run();
        let said = String::from_utf8_lossy(&answer.stdout);
        let expected = [
            format!("tcp 127.0.0.1 {full} timeout\n"),
            format!("tcp 127.0.0.1 {closed} refused\n"),
        ];
        for expected in expected {
            assert!(said.contains(&expected), "{way}: {said}");
        }
    }
    drop(waiting);
    let port = silent.local_addr().expect("an address").port();
    let further = further::kdcs("R", &[Named::At("127.0.0.1".to_owned(), port)]);
    for programs in &ways_to_ask() {
        let probe = Probe::in_shell(SHELLS[0]).with_path(programs.path());
        let answer = probe.asking_further(&further).run();
        let said = String::from_utf8_lossy(&answer.stdout);
        let expected = format!("udp 127.0.0.1 {port} timeout\n");
        assert!(said.contains(&expected), "{said}");
    }
    drop(silent);
}

#[test]
fn nc_is_given_the_options_that_it_knows() {
    let programs = programs_without(&["bash", "python", "python2", "python3", "nc"]);
    let further = further::kdcs("R", &[Named::At("127.0.0.1".to_owned(), 9)]);
    for (help, options) in [
        // Debian's two, Red Hat's, and that of busybox.
        ("\t-v\t\t\tverbose\n\t-z\t\t\tzero-I/O mode", "-w 2 -v -z"),
        ("  -v, --verbose\n      --version", "-w 2 -v"),
        ("      --version\n\t-w SEC", "-w 2"),
    ] {
        let _ = fs::remove_file(programs.path().join("nc"));
        let nc = format!(
            "if [ \"$1\" = -h ]; then cat <<'EOF'\n{help}\nEOF\n\
             elif [ \"$*\" = '{options} 127.0.0.1 9' ]; then exit 0; else exit 1; fi"
        );
        stand_in(programs.path(), "nc", &nc);
        // The others have a way of their own.
        for shell in ["dash", "mksh"] {
            let probe = Probe::in_shell(&[shell]).with_path(programs.path());
            let answer = probe.asking_further(&further).run();
            let said = String::from_utf8_lossy(&answer.stdout);
            assert!(
                said.contains("tcp 127.0.0.1 9 ok\n"),
                "{}: {options}: {said}",
                answer.shell
            );
        }
    }
}

#[test]
fn a_guest_without_tools_says_that_it_could_not_ask() {
    let programs = programs_without(&[
        "bash", "python", "python2", "python3", "nc", "dig", "host", "nslookup",
    ]);
    let kdc = [Named::At("127.0.0.1".to_owned(), 88)];
    for (further, expected) in [
        (further::kdcs("R", &kdc), "tcp 127.0.0.1 88 unasked\n"),
        (further::kdcs_of_dns("R"), "dns R 0 unasked\n"),
    ] {
        let probe = Probe::in_shell(SHELLS[0]).with_path(programs.path());
        let answer = probe.asking_further(&further).run();
        let said = String::from_utf8_lossy(&answer.stdout);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn what_dns_names_is_asked() {
    let (_udp, tcp, _) = ports();
    let open = tcp.local_addr().expect("an address").port();
    let programs = programs_without(&["dig"]);
    let further = further::kdcs_of_dns("EXAMPLE.COM");
    for (said, expected) in [
        (
            format!(
                "_kerberos._tcp.EXAMPLE.COM has SRV record 0 100 {open} localhost.\nx 0 100 88 -e\nx 0 100 88 $(id)."
            ),
            format!("\ntcp localhost {open} ok\n"),
        ),
        (
            "Host _kerberos._tcp.EXAMPLE.COM not found: 3(NXDOMAIN)".to_owned(),
            "\ndns EXAMPLE.COM 0 unknown\n".to_owned(),
        ),
        (
            ";; connection timed out; no servers could be reached".to_owned(),
            "\ndns EXAMPLE.COM 0 timeout\n".to_owned(),
        ),
    ] {
        // Nobody outside is asked in a test.
        let _ = fs::remove_file(programs.path().join("host"));
        stand_in(
            programs.path(),
            "host",
            &format!("cat <<'EOF'\n{said}\nEOF"),
        );
        let probe = |probe: Probe| probe.with_path(programs.path()).asking_further(&further);
        for answer in in_every_shell(probe) {
            let said = String::from_utf8_lossy(&answer.stdout);
            assert!(said.contains(&expected), "{}: {said}", answer.shell);
            assert!(
                !said.contains("-e ") && !said.contains("id"),
                "{}: {said}",
                answer.shell
            );
        }
    }
}
