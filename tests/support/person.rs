//! A person at a terminal: the program runs on a pseudo terminal, and its questions are answered. Needs
//! script(1), of util-linux.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub struct Person {
    child: Child,
    keyboard: ChildStdin,
    shown: Arc<Mutex<Vec<u8>>>,
    /// How much of what was shown has been read.
    read: usize,
}

impl Person {
    /// Types the command that runs boxdoctor with these arguments, at home in this folder.
    pub fn runs(home: &Path, arguments: &[&str]) -> Self {
        let mut words = vec![env!("CARGO_BIN_EXE_boxdoctor")];
        words.extend(arguments);
        Self::types_in_a_shell(home, &shlex::try_join(words).expect("words"))
    }

    pub fn types_in_a_shell(home: &Path, command: &str) -> Self {
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--command", command, "/dev/null"])
            .current_dir(home)
            .env("HOME", home)
            .env("TERM", "dumb")
            // Dash goes with the program that Ctrl-C ends, and so would what the tests type after it.
            .env("SHELL", "/bin/bash")
            .env_remove("BOXDOCTOR_STATE_DIR")
            .env_remove("XDG_STATE_HOME")
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script is installed");
        let keyboard = child.stdin.take().expect("a keyboard");
        let mut screen = child.stdout.take().expect("a screen");
        let shown = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut buffer) {
                let mut seen = seen.lock().expect("nobody panics");
                seen.extend_from_slice(&buffer[..count]);
            }
        });
        Person {
            child,
            keyboard,
            shown,
            read: 0,
        }
    }

    /// All that the terminal has shown.
    pub fn screen(&self) -> String {
        let shown = self.shown.lock().expect("nobody panics");
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Waits until the terminal shows this, after what was waited for before.
    pub fn sees(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if let Some(at) = screen[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            let patience = Duration::from_secs(60);
            assert!(start.elapsed() < patience, "no '{text}' in:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn types(&mut self, line: &str) {
        // A terminal that is about to hide what is typed forgets what was typed before.
        std::thread::sleep(Duration::from_millis(300));
        writeln!(self.keyboard, "{line}").expect("it is typed");
    }

    /// Presses Ctrl and this letter.
    pub fn presses_control(&mut self, letter: u8) {
        std::thread::sleep(Duration::from_millis(300));
        self.keyboard
            .write_all(&[letter & 0x1f])
            .expect("it is typed");
    }

    /// The status with which the program ended.
    pub fn ended(&mut self) -> Option<i32> {
        let status = self.child.wait().expect("it ends");
        status.code()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
