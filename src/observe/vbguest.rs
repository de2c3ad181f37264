//! What Vagrant's plug-ins would do to the Guest Additions: vagrant-vbguest installs them.

use std::path::PathBuf;

use super::{Observation, Side};
use crate::files;
use crate::target::vagrant::Surroundings;
use crate::transport::Ended;

pub const PLUGINS: &str = "vagrant-plugins";
pub const SETTINGS: &str = "vbguest-settings";

const LONGEST_FILE: u64 = 1024 * 1024;
const MOST_LINES: usize = 50;
const LONGEST_LINE: usize = 300;

/// The lists of plug-ins, and where the plug-in is in one of them, its settings.
pub fn ask(surroundings: &Surroundings) -> Vec<Observation> {
    let lists = read(PLUGINS, "cat", surroundings.plugin_lists(), |file| file);
    if memchr::memmem::find(&lists.stdout, b"vagrant-vbguest").is_none() {
        return vec![lists];
    }
    let files = surroundings.vagrantfiles();
    let settings = read(SETTINGS, "grep -hi vbguest", files, lines_about_it);
    vec![lists, settings]
}

/// What is wanted of these files, one after the other.
fn read(
    id: &str,
    command: &str,
    paths: Vec<PathBuf>,
    wanted: fn(Vec<u8>) -> Vec<u8>,
) -> Observation {
    let command = paths.iter().fold(command.to_owned(), |command, path| {
        format!("{command} {}", path.display())
    });
    let (mut said, mut why) = (Vec::new(), Ended::NotFound);
    for path in &paths {
        match files::read_ordinary(path, LONGEST_FILE) {
            Ok(bytes) => {
                said.extend(wanted(bytes));
                said.push(b'\n');
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => why = Ended::Denied,
        }
    }
    if said.is_empty() {
        let reason = match why {
            Ended::Denied => "it cannot be read",
            _ => "there is none",
        };
        return Observation::unanswered(id, Side::Host, command, why, reason);
    }
    Observation::answered(id, Side::Host, command, said)
}

/// A Vagrantfile is a program, and most of it is nobody's business.
fn lines_about_it(file: Vec<u8>) -> Vec<u8> {
    let lines = file.split(|byte| *byte == b'\n');
    let about_it = lines.filter(|line| {
        let line = line.to_ascii_lowercase();
        memchr::memmem::find(&line, b"vbguest").is_some()
    });
    let kept = about_it.take(MOST_LINES);
    let kept: Vec<&[u8]> = kept
        .map(|line| &line[..line.len().min(LONGEST_LINE)])
        .collect();
    kept.join(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask_about(plugins: &str, vagrantfile: &str) -> Vec<Observation> {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().join("home");
        files::make_folder(&home).expect("a folder");
        for (path, text) in [
            (home.join("plugins.json"), plugins),
            (folder.path().join("Vagrantfile"), vagrantfile),
        ] {
            if !text.is_empty() {
                files::write(&path, text.as_bytes()).expect("it is written");
            }
        }
        ask(&Surroundings {
            folder: folder.path().to_owned(),
            home: Some(home),
            ..Surroundings::default()
        })
    }

    #[test]
    fn of_a_vagrantfile_only_the_lines_about_the_plug_in_are_kept() {
        let long = format!("# VBGuest {}", "x".repeat(1000));
        let file = format!("password = 'a'\n  config.vbguest.auto_update = false\n{long}\nend\n");
        let seen = ask_about(r#"{"installed":{"vagrant-vbguest":{}}}"#, &file);
        assert_eq!(seen.len(), 2);
        let settings = String::from_utf8_lossy(&seen[1].stdout).into_owned();
        let lines: Vec<&str> = settings.lines().collect();
        assert_eq!(lines[0], "  config.vbguest.auto_update = false");
        assert_eq!((lines.len(), lines[1].len()), (2, LONGEST_LINE));
    }

    #[test]
    fn without_the_plug_in_no_vagrantfile_is_read() {
        let seen = ask_about(r#"{"installed":{}}"#, "config.vbguest.no_install = true\n");
        assert_eq!(seen.len(), 1);
        let seen = ask_about("", "config.vbguest.no_install = true\n");
        assert_eq!((seen.len(), seen[0].ended), (1, Ended::NotFound));
    }
}
