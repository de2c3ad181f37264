//! Who holds the lock of a package manager.

/// A process that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `None` where the lock was left behind by one that has ended.
    pub process: Option<u32>,
    /// What is locked.
    pub file: String,
    pub program: String,
}

/// `PROCESS FILE PROGRAM`, one a line. One process that holds several locks is told once.
pub fn read(said: &str) -> Vec<Holder> {
    let mut holders: Vec<Holder> = Vec::new();
    for line in said.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(process), Some(file), Some(program)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(process) = process.parse::<u32>() else {
            continue;
        };
        let process = (process != 0).then_some(process);
        if holders.iter().all(|known| known.process != process) {
            holders.push(Holder {
                process,
                file: file.to_owned(),
                program: program.to_owned(),
            });
        }
    }
    holders
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_process_is_told_once() {
        let said = "812 /var/lib/dpkg/lock-frontend unattended-upgr\n\
                    812 /var/lib/dpkg/lock unattended-upgr\n\
                    0 /var/lib/pacman/db.lck -\nx y z\n";
        let read = read(said);
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].process, Some(812));
        assert_eq!(read[0].file, "/var/lib/dpkg/lock-frontend");
        assert_eq!(read[1].process, None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(said: String) {
            let _ = read(&said);
        }
    }
}
