//! A light guest of the lab (tests/lab/README.md), which is ended when it is dropped.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub struct Guest {
    folder: PathBuf,
    pub port: u16,
}

/// The folder of what the lab has built.
pub fn cache() -> PathBuf {
    match std::env::var_os("LAB_CACHE") {
        Some(cache) => PathBuf::from(cache),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lab"),
    }
}

/// `light/guest` of the lab, for this process.
fn lab(words: &[&str]) -> Result<String, String> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/light/guest");
    let output = Command::new(program)
        .args(words)
        .env("LAB_CACHE", cache())
        .env("LAB_RUN", std::process::id().to_string())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!(
            "tests/lab/light/guest {words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Guest {
    pub fn start(name: &str, state: &str) -> Result<Self, String> {
        let folder = PathBuf::from(lab(&["start", name, state])?);
        let port = fs::read_to_string(folder.join("port"))
            .ok()
            .and_then(|port| port.trim().parse().ok())
            .ok_or("the guest has no port")?;
        Ok(Guest { folder, port })
    }

    /// The first process of the guest, by its number here.
    fn init(&self) -> Option<String> {
        let outside = fs::read_to_string(self.folder.join("init")).ok()?;
        let outside = outside.trim();
        let children = format!("/proc/{outside}/task/{outside}/children");
        let init = fs::read_to_string(children).ok()?.trim().to_owned();
        (!init.is_empty()).then_some(init)
    }

    /// Runs a command of root's in the guest, past its sshd, and gives back what it says.
    pub fn run(&self, command: &str) -> Result<String, String> {
        let init = self.init().ok_or("the guest does not run")?;
        let output = Command::new("nsenter")
            .args(["--target", &init, "--mount", "--pid", "--uts", "--ipc"])
            .args(["--root", "--wd=/", "sh", "-c", command])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!(
                "{command}: {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Lets the guest start again: at once, as after a crash, or as somebody who types `reboot`.
    pub fn restart(&self, at_once: bool) -> Result<(), String> {
        let before = self.init();
        let command = if at_once {
            "/bin/busybox reboot -f -n"
        } else {
            "reboot"
        };
        // What ends the guest ends this command, too.
        let _ = self.run(command);
        let begin = Instant::now();
        while self.init().is_none_or(|now| Some(now) == before) || !self.listens() {
            if begin.elapsed() > Duration::from_secs(30) {
                return Err("the guest did not start again".to_owned());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn listens(&self) -> bool {
        std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// Every file that was written or removed since the guest was first started.
    pub fn written(&self) -> Result<BTreeSet<String>, String> {
        let machine = fs::read_to_string(self.folder.join("pid")).map_err(|e| e.to_string())?;
        let disk = format!(
            "/proc/{}/root{}/disk/written",
            machine.trim(),
            self.folder.display()
        );
        let output = Command::new("find")
            .args([&disk, "-mindepth", "1", "-printf", "/%P\n"])
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(str::to_owned).collect())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if let Err(error) = lab(&["end", &self.folder.display().to_string()]) {
            eprintln!("{error}");
        }
    }
}
