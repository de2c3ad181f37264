//! Mounted file systems, and those that should be.

/// A shared folder in /proc/mounts or /etc/fstab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The name of the share.
    pub share: String,
    pub path: String,
}

/// The lines of type `vboxsf`; both files have the same form.
pub fn shared_folders(text: &str) -> Vec<Mount> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (share, path, kind) = (words.next()?, words.next()?, words.next()?);
            // /etc/fstab may say `noauto`: then nobody wants it mounted now.
            let automatic = !words
                .next()
                .is_some_and(|options| options.split(',').any(|option| option == "noauto"));
            (kind == "vboxsf" && automatic).then(|| Mount {
                share: unescape(share),
                path: unescape(path),
            })
        })
        .collect()
}

/// Where file systems are mounted that nobody can write to: images, which are always full.
pub fn read_only(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (path, _, options) = (words.next()?, words.next()?, words.next()?);
            let is_read_only = options.split(',').next() == Some("ro");
            is_read_only.then(|| unescape(path))
        })
        .collect()
}

/// Spaces and their like are written as three octal digits.
fn unescape(word: &str) -> String {
    let bytes = word.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 4).filter(|digits| {
            bytes[at] == b'\\' && digits.iter().all(|digit| (b'0'..=b'7').contains(digit))
        });
        match digits.and_then(|digits| {
            digits.iter().try_fold(0_u8, |value, digit| {
                value.checked_mul(8)?.checked_add(digit - b'0')
            })
        }) {
            Some(byte) => {
                plain.push(byte);
                at += 4;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_shared_folders_count() {
        let text = "/dev/sda1 / ext4 rw 0 0\nvagrant /vagrant vboxsf rw,nodev,relatime 0 0\nmy\\040share /mnt/my\\040share vboxsf rw 0 0\n#x /x vboxsf rw 0 0\nlater /later vboxsf rw,noauto 0 0\n10.0.0.1:/x /nfs nfs rw 0 0\n";
        let read = shared_folders(text);
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].share.as_str(), read[0].path.as_str()),
            ("vagrant", "/vagrant")
        );
        assert_eq!(
            (read[1].share.as_str(), read[1].path.as_str()),
            ("my share", "/mnt/my share")
        );
    }

    #[test]
    fn images_are_read_only() {
        let text = "/dev/sda1 / ext4 rw,relatime,errors=remount-ro 0 0\n/dev/loop0 /usr squashfs ro,nodev 0 0\n";
        assert_eq!(read_only(text), ["/usr"]);
    }

    #[test]
    fn what_is_no_octal_byte_stays() {
        assert_eq!(unescape(r"a\777\04\"), r"a\777\04\");
        assert_eq!(unescape(r"a\134b"), r"a\b");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, word in "[\\\\0-9é]{0,12}") {
            let _ = (shared_folders(&text), read_only(&text));
            let _ = unescape(&word);
        }
    }
}
