//! The lines of a log, without what terminals, clocks and Vagrant have put around them.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::plain::{
    decode_utf16, machine_readable, plain, without_level, without_quote, without_time,
};

/// The longest line that is looked at; what is behind it is left out.
const LONGEST: usize = 16 * 1024;

/// One line, or one of several that Vagrant has written as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From one on.
    pub number: u64,
    /// The machine that it is about, as far as Vagrant says.
    pub machine: Option<Rc<str>>,
    pub text: String,
}

/// Reads a log of any length and keeps one line of it.
pub struct Lines<R> {
    reader: R,
    encoding: Encoding,
    number: u64,
    bytes: Vec<u8>,
    /// Those of which Vagrant has spoken.
    machines: Vec<Rc<str>>,
    /// The one of which it has spoken last.
    current: Option<Rc<str>>,
    /// The rest of what was one line in Vagrant's machine-readable form.
    waiting: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Bytes,
    Utf16 { is_big: bool },
}

/// No project has more machines than this; what is said of further ones counts for the last of these.
const MOST_MACHINES: usize = 50;

impl<R: Read> Lines<BufReader<R>> {
    /// # Errors
    /// Where it cannot be read.
    pub fn new(reader: R) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(64 * 1024, reader);
        let start = reader.fill_buf()?;
        let (encoding, mark) = match start {
            [0xff, 0xfe, ..] => (Encoding::Utf16 { is_big: false }, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16 { is_big: true }, 2),
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Bytes, 3),
            // Without its mark, as an editor may have left it.
            [1..=0x7f, 0, 1..=0x7f, 0, ..] => (Encoding::Utf16 { is_big: false }, 0),
            _ => (Encoding::Bytes, 0),
        };
        reader.consume(mark);
        Ok(Lines {
            reader,
            encoding,
            number: 0,
            bytes: Vec::new(),
            machines: Vec::new(),
            current: None,
            waiting: Vec::new(),
        })
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        if let Some(text) = self.waiting.pop() {
            return Ok(Some(self.line(&text)));
        }
        if !self.raw()? {
            return Ok(None);
        }
        self.number += 1;
        // Lent while the line is made, because making it takes note of machines.
        let bytes = std::mem::take(&mut self.bytes);
        let text = match self.encoding {
            Encoding::Bytes => String::from_utf8_lossy(&bytes),
            Encoding::Utf16 { is_big } => Cow::Owned(decode_utf16(&bytes, is_big)),
        };
        let text = plain(&text);
        let line = match machine_readable(&text) {
            Some((machine, said)) => {
                if !machine.is_empty() {
                    self.about(machine);
                }
                self.waiting = said.rsplit("\\n").map(str::to_owned).collect();
                let first = self.waiting.pop().unwrap_or_default();
                self.line(&first)
            }
            None => self.line(&text),
        };
        self.bytes = bytes;
        Ok(Some(line))
    }

    fn line(&mut self, text: &str) -> Line {
        let text = without_time(without_quote(text));
        let (machine, text) = self.without_machine(without_level(text));
        if let Some(machine) = machine {
            self.about(machine);
        }
        Line {
            number: self.number,
            machine: self.current.clone(),
            text: text.to_owned(),
        }
    }

    fn about(&mut self, machine: &str) {
        if self.current.as_deref() == Some(machine) {
            return;
        }
        let known = self.machines.iter().find(|known| &***known == machine);
        let machine = match known {
            Some(known) => known.clone(),
            None if self.machines.len() == MOST_MACHINES => return,
            None => {
                self.machines.push(machine.into());
                machine.into()
            }
        };
        self.current = Some(machine);
    }

    /// Reads up to the next line feed, and keeps as much as is wanted. False at the end.
    fn raw(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        let mut has_begun = false;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(has_begun);
            }
            has_begun = true;
            let end = memchr::memchr(b'\n', bytes);
            let used = end.map_or(bytes.len(), |end| end + 1);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let room = LONGEST.saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&part[..part.len().min(room)]);
            self.reader.consume(used);
            if end.is_some() {
                // In UTF-16 the line feed is one half of a character.
                if self.encoding == (Encoding::Utf16 { is_big: false }) {
                    self.reader.fill_buf()?;
                    self.reader.consume(1.min(self.reader.buffer().len()));
                }
                return Ok(true);
            }
        }
    }

    /// `==> NAME: `, and, once the name is known, `    NAME: ` and `[NAME] `.
    fn without_machine<'a>(&self, text: &'a str) -> (Option<&'a str>, &'a str) {
        let trimmed = text.trim_start();
        if let Some((name, rest)) = bracketed(trimmed) {
            return match self.knows(name) {
                true => (Some(name), rest),
                false => (None, text),
            };
        }
        let (head, is_sure) = match trimmed.strip_prefix("==> ") {
            Some(rest) => (rest, true),
            None if trimmed.len() < text.len() => (trimmed, false),
            None => {
                let brought = text.strip_prefix("Bringing machine '");
                let name = brought.and_then(|rest| rest.split('\'').next());
                return (name.filter(|name| is_name(name)), text);
            }
        };
        // `default:` alone stands before an empty line.
        let (name, rest) = match head.split_once(':') {
            Some((name, rest)) if rest.is_empty() || rest.starts_with(' ') => (name, rest),
            _ => return (None, trimmed),
        };
        // What Vagrant says of itself is about the machine that it was busy with; so is what pacman's
        // hooks say with arrows of their own.
        if ["vagrant", "ERROR", "WARNING"].contains(&name) {
            return (None, rest.trim_start());
        }
        if is_name(name) && (is_sure || self.knows(name)) {
            return (Some(name), rest.trim_start());
        }
        (None, trimmed)
    }

    /// Whether Vagrant has spoken of a machine of this name, or it is the name that most have.
    fn knows(&self, name: &str) -> bool {
        name == "default" || self.machines.iter().any(|known| &**known == name)
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= 64 && name.chars().all(plain)
}

/// `[NAME] TEXT`: old releases of Vagrant, and vagrant-vbguest.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix('[')?.split_once("] ")?;
    is_name(name).then_some((name, rest))
}

/// An error is that it cannot be read any further.
impl<R: Read> Iterator for Lines<BufReader<R>> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<(u64, Option<String>, String)> {
        let lines = Lines::new(bytes).unwrap().map(Result::unwrap);
        lines
            .map(|line| {
                (
                    line.number,
                    line.machine.map(|name| name.to_string()),
                    line.text,
                )
            })
            .collect()
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        read(bytes).into_iter().map(|(_, _, text)| text).collect()
    }

    #[test]
    fn what_terminals_and_clocks_add_is_gone() {
        let log = b"\x1b[1;31m==> web: Booting\x1b[0m VM...\r\n\
            2024-05-01T10:11:12.345Z     web: 10%\r    web: 100%\r\n\
            [   12.345678] vboxsf: loaded\n\
            May  1 10:11:12 box kernel: [1.000000] again\n\
            \x1b]0;title\x07plain\n";
        let expected = ["Booting VM...", "100%", "vboxsf: loaded", "again", "plain"];
        assert_eq!(texts(log), expected);
    }

    #[test]
    fn machines_are_told_apart() {
        let log = b"Bringing machine 'db' up\n==> web: a\n    web: b\n    db: c\n    other: d\nE\n";
        let read = read(log).into_iter();
        let machines: Vec<_> = read.map(|(_, machine, text)| (machine, text)).collect();
        let of = |machine: &str, text: &str| (Some(machine.to_owned()), text.to_owned());
        let expected = [
            of("db", "Bringing machine 'db' up"),
            of("web", "a"),
            of("web", "b"),
            of("db", "c"),
            of("db", "other: d"),
            of("db", "E"),
        ];
        assert_eq!(machines, expected);
    }

    #[test]
    fn what_was_written_for_programs_is_read() {
        let log = b"1700000000,web,ui,error,one%!(VAGRANT_COMMA) two\\nthree\n1700000001,,error-exit,X,why\n";
        let of = |number, text: &str| (number, Some("web".to_owned()), text.to_owned());
        assert_eq!(
            read(log),
            [of(1, "one, two"), of(1, "three"), of(2, "X,why")]
        );
    }

    #[test]
    fn other_encodings_are_read() {
        let text = "==> default: x\r\né\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(texts(&[b"\xff\xfe", &little[..]].concat()), ["x", "é"]);
        assert_eq!(texts(&[b"\xfe\xff", &big[..]].concat()), ["x", "é"]);
        assert_eq!(texts(b"\xef\xbb\xbf==> a: \xff"), ["\u{fffd}"]);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let read = texts(&vec![b'x'; 1_000_000]);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].len(), LONGEST);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(==> |\\x1b\\[|\\x1b\\]|[a-z]{1,3}: |[0-9]{10},|\r|\n|é|.){0,40}") {
            let _ = read(text.as_bytes());
        }
    }
}
