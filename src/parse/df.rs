//! `df -P`: how full the file systems are.

/// One file system. The unit is that of the question: KiB for `-k`, inodes for `-i`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub mount_point: String,
    pub total: u64,
    pub available: u64,
}

/// Each file system once, in the order of the output.
pub fn parse(text: &str) -> Vec<Usage> {
    let mut seen: Vec<Usage> = Vec::new();
    for line in text.lines().skip(1) {
        // The device's name may have spaces, and so may the mount point: the four numbers between
        // them are looked for.
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(at) = words.windows(4).position(|window| {
            window[..3].iter().all(|word| word.parse::<u64>().is_ok())
                && (window[3].ends_with('%') || window[3] == "-")
        }) else {
            continue;
        };
        let number = |offset: usize| words[at + offset].parse().unwrap_or(0);
        let usage = Usage {
            mount_point: words[at + 4..].join(" "),
            total: number(0),
            available: number(2),
        };
        if !usage.mount_point.is_empty() && !seen.contains(&usage) {
            seen.push(usage);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_system_counts_once() {
        let text = "Filesystem     1024-blocks    Used Available Capacity Mounted on\n/dev/mapper/a b  8780808 8780808         0     100% /\n/dev/sda1           487652  127029    335023      28% /boot\n/dev/mapper/a b  8780808 8780808         0     100% /\n";
        let read = parse(text);
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].mount_point.as_str(), read[0].available), ("/", 0));
        assert_eq!(
            (read[1].mount_point.as_str(), read[1].total),
            ("/boot", 487_652)
        );
    }

    #[test]
    fn a_file_system_without_inodes_is_read() {
        let read = parse("Filesystem Inodes IUsed IFree IUse% Mounted on\nbtrfs 0 0 0 - /\n");
        assert_eq!((read[0].total, read[0].available), (0, 0));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, line in "([a0-9%/-]{1,4} ){0,9}") {
            let _ = parse(&text);
            let _ = parse(&format!("h\n{line}"));
        }
    }
}
