//! Whatever goes wrong, the user is told what happened, to what, and what to do next. The real program
//! is led into every kind of failure; what it says is in `next_steps.txt`, for people to judge.
//!
//! `UPDATE_NEXT_STEPS=1 cargo test --test next_steps` writes that file anew.
#![cfg(target_os = "linux")] // whose words are those of the errors of the system
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/iso_image.rs"]
mod iso_image;
#[path = "support/program.rs"]
mod program;
#[path = "support/sources.rs"]
mod program_sources;
#[path = "support/project.rs"]
mod project;
#[path = "support/published.rs"]
mod published;
#[path = "next_steps/repairs.rs"]
mod repairs;
#[path = "next_steps/script.rs"]
mod script;
#[path = "next_steps/sources.rs"]
mod sources;
#[path = "support/ssh_server.rs"]
mod ssh_server;
#[path = "support/web_server.rs"]
mod web_server;

use std::fs::{Permissions, set_permissions};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};

use program::Desk;
use project::{Project, id, info};
use script::Script;
use ssh_server::{Behaviour, SshServer, new_key, openssh};

const BUNDLE: &str = r#"schema = "boxdoctor.bundle/1"
captured_at = "2026-01-31T12:00:00Z"

[target]
name = "box"
kind = "ssh"
state = "running"

[[observation]]
id = "uname"
side = "guest"
command = "uname -srm"
ended = "exit"
status = 0
ms = 3
stdout = 'Linux'
"#;

/// An ed25519 key behind a passphrase that nobody needs.
const ENCRYPTED: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDvKmXKCj
CjCW5fNuVH6jFeAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIM9wpeVazUKxrZE8
ATi2Iro66Y5yG28dDTTeJfm1PcYyAAAAkPveYCnjU1Sy4KWpOZr/rBmOoLaufUKdjJeFaA
diw57i7qjqhfNJa/P1+3EJKQLcP9yb5QpTnf3AKHSYoL0KhrU8XBCfOk7p1HFKT272V1iK
6q5uUZ62TAu8/1LH8+rOkSRgxcEqkT4B4RJk4+PVm6xTZxMOaGCaj7lQrnkbHoo8++Klpp
XS/9WQrSaoGMQzRA==
-----END OPENSSH PRIVATE KEY-----
";

#[test]
fn whatever_goes_wrong_there_is_a_next_step() {
    let mut script = Script::default();
    files_that_are_none(&mut script);
    names_that_nothing_has(&mut script);
    the_project(&mut script);
    the_way_to_a_guest(&mut script);
    repairs::kerberos(&mut script);
    repairs::undoing(&mut script);
    the_hook(&mut script);
    repairs::the_medium(&mut script);
    if std::env::var_os("UPDATE_NEXT_STEPS").is_some() {
        std::fs::write("tests/next_steps.txt", &script.said).expect("it is written");
    } else {
        assert_eq!(script.said, include_str!("next_steps.txt"));
    }
    assert_eq!(script.leads_nowhere, [""; 0]);
}

fn files_that_are_none(script: &mut Script) {
    script.title("Bundles, logs and keys");
    let desk = Desk::new();
    desk.file("folder/file", "");
    for name in ["missing.toml", "folder", "folder/file/x"] {
        script.note(&desk, &["check", "--bundle", name]);
    }
    let changed = |from: &str, to: &str| BUNDLE.replace(from, to);
    let twice = format!("{BUNDLE}{}", &BUNDLE[BUNDLE.find("[[").expect("one")..]);
    for (name, content) in [
        ("empty.toml", String::new()),
        ("text.toml", "hello".to_owned()),
        ("newer.toml", changed("bundle/1", "bundle/2")),
        ("time.toml", changed("2026-01-31T12:00:00Z", "today")),
        ("bytes.toml", changed("'Linux'", r"'\q'")),
        ("twice.toml", twice),
    ] {
        desk.file(name, content);
        script.note(&desk, &["check", "--bundle", name]);
    }
    desk.file("binary.toml", b"\x1f\x8b\x08\0\xff");
    script.note(&desk, &["check", "--bundle", "binary.toml"]);
    desk.file("box.toml", BUNDLE);
    let written = ["capture", "--bundle", "box.toml", "-o"];
    script.note(&desk, &[&written[..], &["none/out.toml"]].concat());
    script.note(&desk, &[&written[..], &["folder"]].concat());
    for name in ["missing.log", "folder", "/dev/null"] {
        script.note(&desk, &["check", "--log", name]);
    }
    script.note(&desk, &["man", "-o", "none"]);
    let full = std::fs::File::options().write(true).open("/dev/full");
    if let Ok(full) = full {
        let mut explain = std::process::Command::new(env!("CARGO_BIN_EXE_boxdoctor"));
        let explain = explain.arg("explain").stdout(full).output();
        let said = explain.expect("it starts").stderr;
        let said = String::from_utf8_lossy(&said);
        script.says(&desk, "$ boxdoctor explain >/dev/full", said.trim_end());
    }
    desk.file("locked", ENCRYPTED);
    desk.file("no-key", "hello\n");
    for key in ["missing", "folder", "no-key", "locked"] {
        let arguments = ["check", "--ssh", "127.0.0.1:1", "--identity", key];
        script.note(&desk, &arguments);
    }
    script.note(&desk, &["check", "--identity", "no-key"]);
}

fn names_that_nothing_has(script: &mut Script) {
    script.title("Names of checks and addresses, and what a project suppresses");
    let desk = Desk::new();
    desk.file("box.toml", BUNDLE);
    script.note(&desk, &["explain", "no-such-check"]);
    script.note(&desk, &["check", "--bundle", "box.toml", "--only", "nope"]);
    for address in ["ssh://box", "box:0", "@box"] {
        script.note(&desk, &["check", "--ssh", address]);
    }
    script.note(&desk, &["check", "--vm=-x"]);
    for content in [
        "[[suppress]]\ncheck = 1\n",
        "[[suppress]]\ncheck = \"disk-full\"\nreason = \" \"\n",
        "[other]\n",
    ] {
        desk.file(".boxdoctor.toml", content);
        script.note(&desk, &["check", "--bundle", "box.toml"]);
    }
    desk.file(".boxdoctor.toml", b"\xff");
    script.note(&desk, &["check", "--bundle", "box.toml"]);
    desk.file(
        ".boxdoctor.toml",
        "[[suppress]]\ncheck = \"nope\"\nreason = \"x\"\n",
    );
    let only = [
        "check",
        "--bundle",
        "box.toml",
        "--only",
        "guest-unreachable",
    ];
    script.note(&desk, &only);
}

fn the_project(script: &mut Script) {
    script.title("The Vagrant project and VirtualBox");
    let desk = Desk::new();
    for command in ["check", "fix", "hook install"] {
        let words: Vec<&str> = command.split(' ').collect();
        script.note(&desk, &words);
    }
    let in_project = |script: &mut Script, project: &Project, arguments: &[&str]| {
        script.ran(&project.desk, arguments, project.command(arguments));
    };
    let project = Project::new();
    project.machine("web", 1, &info("running", None));
    project.machine("db", 2, &info("running", None));
    in_project(script, &project, &["check", "mail"]);
    in_project(script, &project, &["capture", "-o", "out.toml"]);
    // Nothing is forwarded, and there is no Vagrant to ask.
    let only = ["--only", "guest-unreachable"];
    in_project(script, &project, &[&["check", "web"], &only[..]].concat());
    project.program(
        "vagrant",
        "#!/bin/sh\necho 'The plugins failed' >&2\nexit 1\n",
    );
    in_project(script, &project, &[&["check", "web"], &only[..]].concat());
    project.program("vagrant", "#!/bin/sh\necho hello\n");
    in_project(script, &project, &[&["check", "web"], &only[..]].concat());
    in_project(
        script,
        &project,
        &[&["check", "--vm", &id(1)], &only[..]].concat(),
    );
    in_project(
        script,
        &project,
        &[&["check", "--vm", "none"], &only[..]].concat(),
    );
    project.desk.file("project/config", "");
    in_project(script, &project, &["check", "--ssh-config", "missing"]);
    in_project(script, &project, &["check", "--ssh-config", "config"]);
    project
        .desk
        .file("project/config", "Host a\n  HostName 127.0.0.1\n");
    in_project(script, &project, &["check", "--ssh-config", "config", "b"]);
    let mut told = project.command(&["hook", "run"]);
    told.env("BOXDOCTOR_MACHINE", "{");
    script.ran(&project.desk, &["hook", "run"], told);
    project.program(
        "VBoxManage",
        "#!/bin/sh\necho 'VBoxManage: error: no' >&2\nexit 1\n",
    );
    in_project(script, &project, &["check", "--all"]);
}

/// What a check says of a guest that is not reached.
fn unreached(script: &mut Script, desk: &Desk, server: &SshServer, title: &str) {
    let address = format!("127.0.0.1:{}", server.port);
    let arguments = [
        "check",
        "--ssh",
        &address,
        "--identity",
        "key",
        "--timeout",
        "2",
        "--only",
        "guest-unreachable",
    ];
    script.said.push_str(&format!("({title})\n"));
    script.note(desk, &arguments);
}

fn the_way_to_a_guest(script: &mut Script) {
    script.title("The way to a guest");
    for (title, behaviour) in [
        (
            "it is another program",
            Behaviour::Says(b"HTTP/1.1 400 Bad Request\r\n"),
        ),
        ("it closes at once", Behaviour::Says(b"")),
        ("it is silent", Behaviour::SilentAfterAccept),
        ("it accepts no key", Behaviour::RejectAuth),
        ("it runs nothing", Behaviour::RejectExec),
    ] {
        let (desk, server) = (Desk::new(), SshServer::start(behaviour));
        desk.file("key", openssh(&server.key));
        unreached(script, &desk, &server, title);
    }
    let (desk, mut server) = (Desk::new(), SshServer::start(Behaviour::RejectExec));
    desk.file("key", openssh(&server.key));
    let key = new_key().public_key().to_openssh().expect("a public key");
    let key: Vec<&str> = key.split(' ').take(2).collect();
    let entry = format!("[127.0.0.1]:{} {}\n", server.port, key.join(" "));
    desk.file(".ssh/known_hosts", &entry);
    unreached(script, &desk, &server, "its host key is another one");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    server.port = free.local_addr().expect("its address").port();
    drop(free);
    unreached(script, &desk, &server, "nobody listens");
}

fn the_hook(script: &mut Script) {
    script.title("The hook");
    let half = "# >>> boxdoctor hook 1 >>>\nVagrant.configure('2') do\n";
    for content in [
        b"\x7fELF\x02\0\0".as_slice(),
        b"# f\xfcr alle\n",
        half.as_bytes(),
        b"x = <<TEXT\n__END__\nTEXT\n",
    ] {
        let desk = Desk::new();
        desk.file("Vagrantfile", content);
        script.note(&desk, &["hook", "install"]);
    }
    let desk = Desk::new();
    let path = desk.file("Vagrantfile", "# mine\n");
    script.note(&desk, &["hook", "install", "--allow-reboot"]);
    script.note(&desk, &["hook", "install", "--vagrantfile", "missing"]);
    script.note(&desk, &["hook", "uninstall", "--vagrantfile", "."]);
    set_permissions(&path, Permissions::from_mode(0o444)).expect("a mode");
    script.note(&desk, &["hook", "install"]);
    let desk = Desk::new();
    let real = desk.file("real", "# mine\n");
    symlink(real, desk.path().join("Vagrantfile")).expect("a link");
    script.note(&desk, &["hook", "install"]);
    let installed = Desk::new();
    installed.file("Vagrantfile", "# mine\n");
    installed.run(&["hook", "install", "--fix"]).ended(0);
    let path = installed.path().join("Vagrantfile");
    let text = std::fs::read_to_string(&path).expect("the file");
    std::fs::write(&path, text.replace("--fix", "--mend")).expect("it is written");
    script.note(&installed, &["hook", "install"]);
}
