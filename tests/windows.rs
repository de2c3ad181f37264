//! boxdoctor.exe on a Windows that Wine provides: what a user at a Windows computer does, with real
//! files, a real sshd and a real agent. Needs what tests/windows/build makes.
#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "tests make their own surroundings, and share them with other tests"
)]
#![cfg(target_os = "linux")]

#[path = "windows/agent.rs"]
mod agent;
#[path = "support/program.rs"]
mod program;
#[path = "support/sshd.rs"]
mod sshd;
#[path = "support/wine.rs"]
mod wine;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use program::{finding, roots, target};
use serde_json::json;
use sshd::Sshd;
use wine::{Answer, Windows, answers};

/// The registry is the same for all tests: whoever finds no VirtualBox must not look while it names one.
static REGISTRY: Mutex<()> = Mutex::new(());

const ID: &str = "0f8fad5b-d9cb-469f-a165-708677289501";
/// "虚拟机" as a Chinese Windows writes it.
const MACHINE_IN_GBK: &[u8] = b"\xD0\xE9\xC4\xE2\xBB\xFA";

/// A file of this computer, as Wine's Windows names it.
fn drive_z(path: &Path) -> String {
    format!("Z:{}", path.display().to_string().replace('/', "\\"))
}

/// A Vagrant project whose machine runs, with a Vagrant and a PowerShell, and the sshd that is its guest.
fn project(mut windows: Windows) -> (Windows, Sshd) {
    let server = Sshd::start("");
    windows.file("my project/Vagrantfile", "Vagrant.configure(\"2\") { }\r\n");
    let machine = "my project/.vagrant/machines/default/virtualbox";
    windows.file(&format!("{machine}/id"), ID);
    let key = std::fs::read(server.key()).expect("a key");
    windows.file(&format!("{machine}/private_key"), key);
    windows.goes_to("my project");
    let (port, user, key) = (server.port, server.user.clone(), drive_z(&server.key()));
    let port = answers(move |words| match (words[0].as_str(), words.get(1)) {
        (program, Some(word))
            if program.ends_with("VBoxManage") || program.ends_with("VBoxManage.exe") =>
        {
            virtualbox(word, port)
        }
        (_, Some(word)) if word == "ssh-config" => Answer::says(format!(
            "Host default\r\n  HostName 127.0.0.1\r\n  User {user}\r\n  Port {port}\r\n  \
             UserKnownHostsFile /dev/null\r\n  StrictHostKeyChecking no\r\n  IdentityFile {key}\r\n"
        )),
        _ => Answer::says("PowerShell 5.1.19041.4412\r\nHypervisor True\r\n"),
    });
    windows.set("STAND_IN_PORT", &port.to_string());
    windows.program("stand_in.exe", "programs/powershell.exe");
    windows.program("stand_in.exe", "programs/vagrant.exe");
    (windows, server)
}

fn virtualbox(asked: &str, port: u16) -> Answer {
    match asked {
        "--version" => Answer::says("7.0.14r161095\r\n"),
        "showvminfo" => {
            let mut told = b"name=\"".to_vec();
            told.extend(MACHINE_IN_GBK);
            told.extend(format!("\"\r\nUUID=\"{ID}\"\r\nVMState=\"running\"\r\n").bytes());
            told.extend(b"SharedFolderNameMachineMapping1=\"vagrant\"\r\n");
            told.extend(b"SharedFolderPathMachineMapping1=\"D:\\project\\vagrant\\");
            told.extend(MACHINE_IN_GBK);
            told.extend(
                format!("\"\r\nForwarding(0)=\"ssh,tcp,127.0.0.1,{port},,22\"\r\n").bytes(),
            );
            Answer::says(told)
        }
        "list" => {
            let name = [&b"\""[..], MACHINE_IN_GBK, b"\" {"].concat();
            Answer::says([&name[..], ID.as_bytes(), b"}\r\n"].concat())
        }
        _ => Answer::fails("VBoxManage.exe: error: Invalid parameter\r\n"),
    }
}

#[test]
fn every_bundle_gives_the_report_that_it_gives_elsewhere() {
    let mut windows = Windows::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut seen = 0;
    for case in fixtures.read_dir().expect("a folder") {
        let case = case.expect("an entry").path();
        let Ok(bundle) = std::fs::read(case.join("bundle.toml")) else {
            continue; // a log
        };
        windows.file("boxes/the bundle.toml", bundle);
        windows.goes_to("boxes");
        let bundle = ["--bundle", ".\\the bundle.toml"];
        let ran = windows.run(&[
            "check",
            "--format",
            "json",
            "--fail-on",
            "never",
            bundle[0],
            bundle[1],
        ]);
        let report = std::fs::read_to_string(case.join("report.json")).expect("a report");
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert_eq!(ran.stdout, report, "{}", case.display());
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn a_pipe_is_written_to_in_ascii_and_a_console_in_unicode_and_colour() {
    const BUNDLE: &str = "fixtures\\centos6-versionlock\\bundle.toml";
    let mut windows = Windows::new();
    windows.goes_to(env!("CARGO_MANIFEST_DIR"));
    windows.set("LC_ALL", "C");
    let arguments = ["check", "--fail-on", "never", "--bundle", BUNDLE];
    let ran = windows.run(&arguments);
    let report = include_str!("../fixtures/centos6-versionlock/report.txt");
    assert_eq!(ran.stdout, report);
    let always = windows.run(&[&arguments[..], &["--color", "always"]].concat());
    assert!(always.stdout.contains("\x1b[31m"), "{always:?}");

    // Wine shows a console on the terminal that it was started on.
    windows.set("LC_ALL", "C.UTF-8").set("TERM", "xterm");
    let screen = windows.on_a_terminal(&arguments);
    assert!(screen.contains("└─ so"), "{screen}");
    assert!(screen.contains("\x1b[1m"), "{screen}");
    let plain = windows.set("NO_COLOR", "1").on_a_terminal(&arguments);
    assert!(!plain.contains("\x1b[1m"), "{plain}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let windows = Windows::new();
    let mut program = windows
        .starts("boxdoctor.exe", &["explain", "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("Wine is installed");
    drop(program.stdout.take());
    let ended = program.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}

#[test]
fn a_file_with_line_ends_of_windows_is_mended_and_undone() {
    const BROKEN: &[u8] = b"\xEF\xBB\xBF[libdefaults]\r\n  default_realm = A.EXAMPLE\xC2\xA0\r\n";
    let windows = Windows::new();
    let folder = windows
        .folder()
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let names = [
        windows.path("Kerberos\\krb5.ini"),
        format!("\\\\?\\{}", windows.path("Kerberos\\krb5.ini")),
        format!("c:/{folder}/Kerberos/krb5.ini"),
        "Kerberos\\..\\Kerberos\\krb5.ini".to_owned(),
    ];
    for name in names {
        windows.file("Kerberos/krb5.ini", BROKEN);
        let ran = windows.run(&["check", "--format", "json", "--krb5-conf", &name]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        let report = ran.json();
        let only = &report["targets"][0];
        assert_eq!(roots(only), ["krb5-stray-bytes"], "{name}");
        assert_eq!(finding(only, "krb5-stray-bytes")["location"]["byte"], 0);

        let ran = windows.run(&["fix", "--yes", "--krb5-conf", &name]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let mended: &[u8] = b"[libdefaults]\r\n  default_realm = A.EXAMPLE\r\n";
        assert_eq!(
            windows.content("Kerberos/krb5.ini"),
            mended,
            "{name}: {ran:?}"
        );

        let ran = windows.run(&["undo"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert_eq!(windows.content("Kerberos/krb5.ini"), BROKEN, "{name}");
    }
}

#[test]
fn a_read_only_file_and_one_with_two_names_are_left_alone() {
    const BROKEN: &[u8] = b"\xEF\xBB\xBF[libdefaults]\r\n  default_realm = A.EXAMPLE\r\n";
    let windows = Windows::new();
    let file = windows.file("krb5.ini", BROKEN);
    let name = windows.path("krb5.ini");
    std::fs::hard_link(&file, windows.folder().join("other.ini")).expect("a second name");
    let ran = windows.run(&["fix", "--yes", "--krb5-conf", &name]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stdout.contains("hard links"), "{ran:?}");
    std::fs::remove_file(windows.folder().join("other.ini")).expect("it is there");

    let mut mode = file.metadata().expect("a file").permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&file, mode).expect("it is ours");
    let ran = windows.run(&["fix", "--yes", "--krb5-conf", &name]);
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stdout.contains("read-only"), "{ran:?}");
    assert_eq!(windows.content("krb5.ini"), BROKEN);
}

#[test]
fn a_machine_of_a_project_is_looked_at_and_captured() {
    let (windows, _server) = project(Windows::new());
    windows.program("stand_in.exe", "programs/VBoxManage.exe");
    let ran = windows.run(&["check", "--format", "json"]);
    assert_eq!(ran.stderr, "");
    let report = ran.json();
    let machine = target(&report, "default");
    assert_eq!(machine["state"], "running", "{machine:#}");
    for (check, status) in [
        ("guest-unreachable", "pass"),
        ("virtualbox-not-found", "pass"),
        ("powershell-too-old", "pass"),
    ] {
        assert_eq!(
            finding(machine, check)["status"],
            status,
            "{check}: {machine:#}"
        );
    }

    let bundle = windows.path("bundle 一.toml");
    let ran = windows.run(&["capture", "-o", &bundle]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let told = String::from_utf8(windows.content("bundle 一.toml")).expect("it is UTF-8");
    assert!(told.contains("showvminfo"), "{told}");
    assert!(!told.contains("\\xD0"), "its text was read: {told}");
    let again = windows.run(&["check", "--format", "json", "--bundle", &bundle]);
    let again = again.json();
    assert_eq!(roots(&again["targets"][0]), roots(machine));
}

#[test]
fn names_in_the_code_page_of_windows_are_read() {
    let (mut windows, _server) = project(Windows::plain());
    windows.program("stand_in.exe", "programs/VBoxManage.exe");
    windows.set("LC_ALL", "zh_CN.UTF-8");
    let report = windows.run(&["check", "--format", "json", "--all"]).json();
    let names: Vec<_> = report["targets"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["虚拟机"], "{report:#}");
}

#[test]
fn virtualbox_is_found_where_its_installer_says() {
    let (mut windows, _server) = project(Windows::new());
    windows.program("stand_in.exe", "Program Files/Oracle/VBoxManage.exe");
    let folders = format!("C:\\nowhere\\;{}", windows.path("Program Files\\Oracle\\"));
    windows.set("VBOX_MSI_INSTALL_PATH", &folders);
    let report = windows.run(&["check", "--format", "json"]).json();
    let machine = target(&report, "default");
    assert_eq!(
        finding(machine, "virtualbox-not-found")["status"],
        "pass",
        "{machine:#}"
    );
    assert_eq!(machine["state"], "running");
}

#[test]
fn virtualbox_is_found_where_the_registry_says() {
    const KEY: &str = "HKLM\\SOFTWARE\\Oracle\\VirtualBox";
    let (windows, _server) = project(Windows::new());
    windows.program("stand_in.exe", "VirtualBox elsewhere/VBoxManage.exe");
    let folder = windows.path("VirtualBox elsewhere\\");
    let _alone = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    windows.registry(&["add", KEY, "/v", "InstallDir", "/d", &folder, "/f"]);
    let report = windows.run(&["check", "--format", "json"]).json();
    windows.registry(&["delete", KEY, "/f"]);
    let machine = target(&report, "default");
    assert_eq!(machine["state"], "running", "{machine:#}");
}

/// Windows itself looks into the current folder first, and a project may come from anybody.
#[test]
fn a_program_in_the_project_is_not_taken_for_virtualbox() {
    let (windows, _server) = project(Windows::new());
    windows.program("stand_in.exe", "my project/VBoxManage.exe");
    let _alone = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    let report = windows.run(&["check", "--format", "json"]).json();
    let machine = target(&report, "default");
    let found = &finding(machine, "virtualbox-not-found")["status"];
    assert_eq!(found, "fail", "{machine:#}");
}

#[test]
fn a_guest_is_reached_by_its_address() {
    let server = Sshd::start("");
    let windows = Windows::new();
    windows.file("the key", std::fs::read(server.key()).expect("a key"));
    let key = windows.path("the key");
    let address = server.address();
    let asked = [
        "check",
        "--format",
        "json",
        "--ssh",
        &address,
        "--identity",
        &key,
    ];
    let ran = windows.run(&asked);
    let report = ran.json();
    let status = &finding(&report["targets"][0], "guest-unreachable")["status"];
    assert_eq!(status, "pass", "{ran:?}");
}

#[test]
fn the_ssh_program_gets_a_copy_of_a_key_that_it_refuses() {
    // No algorithm that libssh2 knows.
    let server = Sshd::start("KexAlgorithms diffie-hellman-group14-sha1\n");
    let mut windows = Windows::new();
    windows.program("stand_in.exe", "programs/ssh.exe");
    let key = std::fs::read(server.key()).expect("a key");
    windows.file("the key", &key);
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let port = answers(move |words| {
        let named = words
            .iter()
            .find_map(|word| word.strip_prefix("IdentityFile="));
        let path = named.expect("a key is named").trim_matches('"').to_owned();
        let mut calls = seen.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push((path.clone(), wine::read(&path)));
        match calls.len() {
            1 => Answer {
                status: 255,
                ..Answer::fails(
                    "@ WARNING: UNPROTECTED PRIVATE KEY FILE! @\r\nPermission denied (publickey).\r\n",
                )
            },
            _ => Answer::says("Linux"),
        }
    });
    windows.set("STAND_IN_PORT", &port.to_string());
    let named = windows.path("the key");
    windows.run(&["check", "--ssh", &server.address(), "--identity", &named]);
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    let [(first, _), (second, copied), ..] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert_eq!(first, &named.replace('\\', "/"));
    assert!(second.contains("/boxdoctor-key-"), "{second}");
    assert_eq!(copied.as_deref(), Some(&key[..]));
    assert_eq!(wine::read(second), None, "it stays behind");
}

#[test]
fn the_agent_of_windows_is_asked_on_its_pipe() {
    let server = Sshd::start("");
    let mut windows = Windows::new();
    let agent = agent::Agent::with_key(&server.key());
    windows.set("AGENT_PORT", &agent.port().to_string());
    let _pipe = agent::Pipe::opens(&windows);
    // The last is an agent of the shell that comes with Git, which no program of Windows can ask.
    for named in [
        "",
        "\\\\.\\pipe\\openssh-ssh-agent",
        "/tmp/ssh-XXXXXX/agent.1",
    ] {
        windows.set("SSH_AUTH_SOCK", named);
        let ran = windows.run(&["check", "--format", "json", "--ssh", &server.address()]);
        let report = ran.json();
        let status = &finding(&report["targets"][0], "guest-unreachable")["status"];
        assert_eq!(status, "pass", "{named}: {ran:?}");
    }
}

#[test]
fn the_hook_comes_and_goes_and_leaves_every_byte() {
    const VAGRANTFILE: &[u8] = b"# -*- \xE8\x99\x9A -*-\r\nVagrant.configure(\"2\") do |config|\r\n\tconfig.vm.box = \"centos/7\"\r\nend\r\n";
    let mut windows = Windows::new();
    windows.file("D/Vagrantfile", VAGRANTFILE);
    windows.goes_to("D");
    let ran = windows.run(&["hook", "install"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let with = windows.content("D/Vagrantfile");
    let lines = with.split(|&byte| byte == b'\n');
    let lines: Vec<&[u8]> = lines.filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 10 && lines.iter().all(|line| line.ends_with(b"\r")));
    assert!(with.starts_with(VAGRANTFILE.split_at(20).0));
    windows.run(&["hook", "install"]);
    assert_eq!(windows.content("D/Vagrantfile"), with);
    let ran = windows.run(&["hook", "uninstall"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(windows.content("D/Vagrantfile"), VAGRANTFILE);
}

#[test]
fn errors_name_files_as_windows_does() {
    let windows = Windows::new();
    let missing = windows.path("no such\\bundle.toml");
    let ran = windows.run(&["check", "--bundle", &missing]);
    assert!(ran.refused().contains("no such\\bundle.toml"), "{ran:?}");
    let ran = windows.run(&["check"]);
    assert!(ran.refused().contains("no Vagrantfile here"), "{ran:?}");
    assert!(!ran.stderr.contains("\\\\?\\"), "{ran:?}");
}

#[test]
fn the_hook_takes_what_vagrant_tells_on_windows() {
    let (mut windows, server) = project(Windows::new());
    windows.program("stand_in.exe", "programs/VBoxManage.exe");
    // Ruby writes paths with slashes.
    let root = windows.path("my project").replace('\\', "/");
    let told = json!({
        "name": "default", "id": ID, "root": root,
        "data": format!("{root}/.vagrant/machines/default/virtualbox"),
        "host": "127.0.0.1", "port": server.port, "user": server.user,
        "keys": [format!("Z:{}", server.key().display())], "verify": "never", "proxy": null,
        "folders": { "virtualbox": { "/vagrant": { "guestpath": "/vagrant", "hostpath": root } } },
    });
    windows.set("BOXDOCTOR_MACHINE", &told.to_string());
    let ran = windows.run(&["hook", "run", "--strict"]);
    // This computer is a guest without Guest Additions.
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("additions-missing"), "{ran:?}");
    assert!(ran.stdout.contains("cannot be mounted"), "{ran:?}");
}

#[test]
fn a_program_that_hangs_is_ended_in_time() {
    let (mut windows, _server) = project(Windows::new());
    windows.program("stand_in.exe", "programs/VBoxManage.exe");
    let nobody = answers(|_| {
        std::thread::sleep(Duration::from_secs(60));
        Answer::says("")
    });
    windows.set("STAND_IN_PORT", &nobody.to_string());
    let ran = windows.run(&["check", "--timeout", "3"]);
    assert!(ran.took < Duration::from_secs(15), "{ran:?}");
    assert!(ran.stdout.contains("did not answer in time"), "{ran:?}");
}
