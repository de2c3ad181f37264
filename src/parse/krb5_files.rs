//! The files and folders of a Kerberos configuration as one text: of each a line with a word and
//! two numbers of bytes, then the path, then what it holds, each closed by a line feed.

use crate::krb5::Unreadable;

/// What was found at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The value of `KRB5_CONFIG`.
    Setting(Vec<u8>),
    File {
        path: Vec<u8>,
        bytes: Vec<u8>,
    },
    /// All names in a folder, also those of files that Kerberos passes over.
    Folder {
        path: Vec<u8>,
        names: Vec<Vec<u8>>,
    },
    Unread {
        path: Vec<u8>,
        why: Unreadable,
    },
}

/// The records up to the first that makes no sense, such as one that was cut off.
pub fn parse(text: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut rest = text;
    while let Some((record, after)) = record(rest) {
        records.push(record);
        rest = after;
    }
    records
}

fn record(text: &[u8]) -> Option<(Record, &[u8])> {
    let (head, rest) = text.split_at_checked(memchr::memchr(b'\n', text)?)?;
    let mut words = std::str::from_utf8(head).ok()?.split(' ');
    let word = words.next()?;
    let mut length = || words.next()?.parse().ok();
    let (path_length, content_length) = (length()?, length()?);
    let (path, rest) = line(&rest[1..], path_length)?;
    let (content, rest) = line(rest, content_length)?;
    let path = path.to_vec();
    let unread = |path, why| Record::Unread { path, why };
    let record = match word {
        "set" => Record::Setting(content.to_vec()),
        "file" => Record::File {
            path,
            bytes: content.to_vec(),
        },
        "folder" => Record::Folder {
            path,
            names: names(content),
        },
        "missing" => unread(path, Unreadable::Missing),
        "denied" => unread(path, Unreadable::Denied),
        "large" => unread(path, Unreadable::TooLarge),
        // Root could read it, and other users could not.
        "kept" => unread(path, Unreadable::NotAsked),
        // Neither file nor folder: nobody looks into a pipe or a device.
        "odd" => unread(path, Unreadable::Other),
        _ => return None,
    };
    Some((record, rest))
}

fn line(text: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    let (line, rest) = text.split_at_checked(length)?;
    Some((line, rest.strip_prefix(b"\n")?))
}

/// No name has a slash, so one ends each.
fn names(content: &[u8]) -> Vec<Vec<u8>> {
    let names = content.split(|byte| *byte == b'/');
    names
        .filter(|name| !name.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// The text that [`parse`] reads.
pub fn write(records: &[Record]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut tell = |word: &str, path: &[u8], content: &[u8]| {
        let head = format!("{word} {} {}\n", path.len(), content.len());
        for part in [head.as_bytes(), path, b"\n", content, b"\n"] {
            text.extend_from_slice(part);
        }
    };
    for record in records {
        match record {
            Record::Setting(value) => tell("set", b"", value),
            Record::File { path, bytes } => tell("file", path, bytes),
            Record::Folder { path, names } => {
                let names: Vec<u8> = names
                    .iter()
                    .flat_map(|name| [name, &b"/"[..]].concat())
                    .collect();
                tell("folder", path, &names);
            }
            Record::Unread { path, why } => match why {
                Unreadable::Missing => tell("missing", path, b""),
                Unreadable::Denied => tell("denied", path, b""),
                Unreadable::TooLarge => tell("large", path, b""),
                Unreadable::NoFolder | Unreadable::Other => tell("odd", path, b""),
                Unreadable::NotAsked => tell("kept", path, b""),
            },
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_record() -> impl Strategy<Value = Record> {
        let bytes = || proptest::collection::vec(any::<u8>(), 0..40);
        let name = "[^/\0]{1,9}".prop_map(String::into_bytes);
        let why = prop_oneof![
            Just(Unreadable::Missing),
            Just(Unreadable::Denied),
            Just(Unreadable::TooLarge),
            Just(Unreadable::Other),
        ];
        prop_oneof![
            bytes().prop_map(Record::Setting),
            (bytes(), bytes()).prop_map(|(path, bytes)| Record::File { path, bytes }),
            (bytes(), proptest::collection::vec(name, 0..5))
                .prop_map(|(path, names)| Record::Folder { path, names }),
            (bytes(), why).prop_map(|(path, why)| Record::Unread { path, why }),
        ]
    }

    #[test]
    fn a_shell_can_write_it() {
        let text = b"set 0 6\n\n/a:/b/\nfile 2 7\n/a\n[x]\n\0\n\n\nfolder 3 4\n/b/\nx/y/\nmissing 0 0\n\n\n";
        let read = [
            Record::Setting(b"/a:/b/".to_vec()),
            Record::File {
                path: b"/a".to_vec(),
                bytes: b"[x]\n\0\n\n".to_vec(),
            },
            Record::Folder {
                path: b"/b/".to_vec(),
                names: vec![b"x".to_vec(), b"y".to_vec()],
            },
            Record::Unread {
                path: Vec::new(),
                why: Unreadable::Missing,
            },
        ];
        assert_eq!(parse(text), read);
    }

    #[test]
    fn what_was_cut_off_is_not_read() {
        let whole = b"file 2 3\n/a\nabc\nfile 2 3\n/b\nabc\n";
        assert_eq!(parse(whole).len(), 2);
        for end in 0..whole.len() {
            let count = usize::from(end >= 16);
            assert_eq!(parse(&whole[..end]).len(), count, "{end}");
        }
        for wrong in [
            &b"file 2 18446744073709551615\n/a\nabc\n"[..],
            b"file 2 99999999999999999999\n/a\nabc\n",
            b"file 2 -1\n/a\nabc\n",
            b"file 2\n/a\nabc\n",
            b"other 2 3\n/a\nabc\n",
            b"\n",
        ] {
            assert_eq!(parse(wrong), [], "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn every_record_comes_back(records in proptest::collection::vec(any_record(), 0..6)) {
            prop_assert_eq!(parse(&write(&records)), records);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, head in "(file|folder|set|odd) [0-9]{1,20} [0-9]{1,20}\n") {
            let _ = parse(&bytes);
            let _ = parse(&[head.as_bytes(), &bytes].concat());
        }
    }
}
