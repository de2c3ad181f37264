//! boxdoctor.exe under Wine: a Windows computer of a test's own. Needs what tests/windows/build makes.
#![allow(dead_code)] // each test binary uses its own part of this

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::program::Ran;

/// Debian's Wine for programs of 64 bits, without the script around it that has advice on others.
const WINE: &str = "/usr/lib/wine/wine64";

fn built() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let folder = target.expect("the folder of all builds").join("windows");
    assert!(
        folder.join("programs/boxdoctor.exe").is_file() && folder.join("wine/system.reg").is_file(),
        "tests/windows/build makes what this test needs"
    );
    folder
}

/// What a file holds that a program of Wine's Windows names by `C:/…`.
pub fn read(path: &str) -> Option<Vec<u8>> {
    let below = path.strip_prefix("C:/").expect("a file on drive C");
    std::fs::read(built().join("wine/drive_c").join(below)).ok()
}

/// A folder on the drive C of Wine's Windows, whose name is not easy: it has blanks and is no ASCII.
pub struct Windows {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    current: PathBuf,
}

impl Windows {
    pub fn new() -> Self {
        Self::named("Büro 项目 ")
    }

    /// With an easy name, for a Windows whose locale this computer does not have.
    pub fn plain() -> Self {
        Self::named("plain")
    }

    fn named(prefix: &str) -> Self {
        let drive = built().join("wine/drive_c");
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(drive)
            .expect("a folder on drive C");
        let current = folder.path().to_owned();
        let mut windows = Windows {
            folder,
            variables: Vec::new(),
            current,
        };
        let state = windows.path("state");
        windows.set("BOXDOCTOR_STATE_DIR", &state);
        let cache = windows.path("cache");
        windows.set("BOXDOCTOR_CACHE_DIR", &cache);
        let programs = windows.path("programs");
        windows.set("WINEPATH", &programs);
        windows
    }

    /// The folder as this computer sees it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `C:\…` of a file in it.
    pub fn path(&self, name: &str) -> String {
        let folder = self.folder.path().file_name().expect("a name");
        let folder = folder.to_str().expect("it is text");
        format!("C:\\{folder}\\{name}")
    }

    /// A variable of the environment.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Stays in this folder from here on.
    pub fn goes_to(&mut self, name: &str) -> &mut Self {
        self.current = self.folder.path().join(name);
        self
    }

    /// Writes a file, and the folders above it.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, content).expect("the file is written");
        path
    }

    pub fn content(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).expect("it is there")
    }

    /// Puts a copy of one of the built programs here, under this name.
    pub fn program(&self, built_as: &str, name: &str) -> &Self {
        let bytes = std::fs::read(built().join("programs").join(built_as)).expect("it is built");
        self.file(name, bytes);
        self
    }

    /// A command that runs one of the built programs.
    pub fn starts(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.wine();
        command
            .arg(built().join("programs").join(program))
            .args(arguments);
        command
    }

    fn wine(&self) -> Command {
        let mut command = Command::new(WINE);
        command
            .current_dir(&self.current)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env("USER", "Jürgen")
            .env("LC_ALL", "C.UTF-8")
            .env("WINEPREFIX", built().join("wine"))
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
            .stdin(Stdio::null());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Changes the registry, which all tests share.
    pub fn registry(&self, arguments: &[&str]) {
        let output = self.wine().arg("reg").args(arguments).output();
        let output = output.expect("Wine is installed");
        assert!(output.status.success(), "{output:?}");
    }

    /// Runs boxdoctor.exe to its end. Whatever was wrong, it may not panic, and its words are text.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let start = Instant::now();
        let output = self.starts("boxdoctor.exe", arguments).output();
        Ran::of(output.expect("Wine is installed"), start.elapsed())
    }
}

impl Windows {
    /// All that a terminal of this computer shows while boxdoctor.exe runs on it. Needs script(1).
    pub fn on_a_terminal(&self, arguments: &[&str]) -> String {
        let command = self.starts("boxdoctor.exe", arguments);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<&str> = words.map(|word| word.to_str().expect("text")).collect();
        let typed = shlex::try_join(words).expect("words");
        let mut script = Command::new("script");
        script
            .args(["--quiet", "--return", "--command", &typed, "/dev/null"])
            .current_dir(&self.current)
            .env_clear()
            .stdin(Stdio::null());
        for (name, value) in command.get_envs() {
            script.env(name, value.unwrap_or_default());
        }
        let shown = script.output().expect("script is installed").stdout;
        String::from_utf8_lossy(&shown).into_owned()
    }
}

/// What a stand-in for a program is to do.
pub struct Answer {
    pub status: u32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Answer {
    pub fn says(stdout: impl Into<Vec<u8>>) -> Self {
        Answer {
            status: 0,
            stdout: stdout.into(),
            stderr: Vec::new(),
        }
    }

    pub fn fails(stderr: impl Into<Vec<u8>>) -> Self {
        Answer {
            status: 1,
            stdout: Vec::new(),
            stderr: stderr.into(),
        }
    }
}

/// Answers for all stand-ins, who ask at this port with the words of their command lines.
pub fn answers(answer: impl Fn(&[String]) -> Answer + Send + 'static) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("a port").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // One that hangs up in the middle was ended with its program.
            let _ = tell(stream, &answer);
        }
    });
    port
}

fn tell(mut stream: TcpStream, answer: impl Fn(&[String]) -> Answer) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let words = (0..number(&mut stream)?)
        .map(|_| {
            let mut word = vec![0; number(&mut stream)? as usize];
            stream.read_exact(&mut word)?;
            Ok(String::from_utf8_lossy(&word).into_owned())
        })
        .collect::<std::io::Result<Vec<_>>>()?;
    let Answer {
        status,
        stdout,
        stderr,
    } = answer(&words);
    let mut bytes = status.to_le_bytes().to_vec();
    for text in [stdout, stderr] {
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text);
    }
    stream.write_all(&bytes)
}

fn number(stream: &mut TcpStream) -> std::io::Result<u32> {
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
