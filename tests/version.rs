//! `--version` says of which commit the program was built, as far as that is known.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make their own surroundings"
)]

#[path = "support/program.rs"]
mod program;

use std::path::Path;
use std::process::Command;

use program::Desk;
use regex::Regex;

#[test]
fn the_long_form_names_the_libraries_too() {
    let desk = Desk::new();
    let short = desk.run(&["-V"]);
    short.ended(0);
    assert_eq!(
        short.stdout,
        concat!("boxdoctor ", env!("CARGO_PKG_VERSION"), "\n")
    );

    let long = desk.run(&["--version"]);
    long.ended(0);
    let form = r"^boxdoctor (\S+) \((?:([0-9a-z]+), )?libssh2 (\d+)\.(\d+)\.\S+\)\n$";
    let said = Regex::new(form)
        .expect("an expression")
        .captures(&long.stdout);
    let said = said.unwrap_or_else(|| panic!("{long:?}"));
    assert_eq!(&said[1], env!("CARGO_PKG_VERSION"));
    // Older ones can be overrun by a hostile server.
    let number = |index: usize| said[index].parse::<u32>().expect("a number");
    assert!((number(3), number(4)) >= (1, 11), "{long:?}");
}

/// A package with the build script of this one, whose only program prints what it is told.
struct Package {
    desk: Desk,
    below: &'static str,
}

impl Package {
    fn new(below: &'static str) -> Self {
        let desk = Desk::new();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let script = std::fs::read(here.join("src/build.rs")).expect("the build script");
        let manifest = "[package]\nname = \"told\"\nversion = \"1.0.0\"\nedition = \"2024\"\nbuild = \"src/build.rs\"\n[workspace]\n";
        let main = "fn main() { print!(\"{}\", env!(\"BOXDOCTOR_BUILT_OF\")) }\n";
        desk.file(&format!("{below}Cargo.toml"), manifest);
        desk.file(&format!("{below}src/build.rs"), script);
        desk.file(&format!("{below}src/main.rs"), main);
        desk.file(".gitignore", "target\nCargo.lock\n");
        Package { desk, below }
    }

    /// What the program was told, where cargo is given this commit.
    fn told(&self, given: Option<&str>) -> String {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        let mut command = Command::new(cargo);
        command
            .args(["run", "--quiet", "--offline"])
            .current_dir(self.desk.path().join(self.below))
            .env("CARGO_TARGET_DIR", self.desk.path().join("target"))
            .env_remove("BOXDOCTOR_COMMIT")
            // As in a hook of some other repository.
            .env("GIT_DIR", "/nowhere");
        if let Some(given) = given {
            command.env("BOXDOCTOR_COMMIT", given);
        }
        let output = command.output().expect("cargo starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn git(&self, arguments: &[&str]) -> String {
        let who = [
            "-c",
            "user.name=Some One",
            "-c",
            "user.email=some@example.org",
        ];
        let output = Command::new("git")
            .args(who)
            .args(arguments)
            .current_dir(self.desk.path())
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .output()
            .expect("git starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout)
            .expect("text")
            .trim()
            .to_owned()
    }

    fn commit(&self) -> String {
        self.git(&["add", "."]);
        self.git(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "A change",
        ]);
        self.git(&["rev-parse", "--short=7", "HEAD"])
    }
}

#[test]
fn the_commit_is_that_of_the_build() {
    let package = Package::new("");
    assert_eq!(package.told(None), "", "without a repository");
    assert_eq!(package.told(Some("1234abc")), "1234abc", "from a packager");

    package.git(&["init", "--quiet"]);
    assert_eq!(package.told(Some("")), "", "before the first commit");
    let first = package.commit();
    assert_eq!(package.told(None), first);
    let second = package.commit();
    assert_ne!(first, second);
    assert_eq!(package.told(None), second, "built anew after a commit");
    assert_eq!(
        package.told(Some("1234abc")),
        "1234abc",
        "a packager knows better"
    );
}

#[test]
fn the_commit_of_a_repository_around_the_sources_is_not_ours() {
    let package = Package::new("vendor/told/");
    package.git(&["init", "--quiet"]);
    package.commit();
    assert_eq!(package.told(None), "");
}
