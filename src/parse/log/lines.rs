//! The lines of a log, without what terminals, clocks and Vagrant have put around them.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line that is looked at; what is behind it is left out.
const LONGEST: usize = 16 * 1024;

/// One line, or one of several that Vagrant has written as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From one on.
    pub number: u64,
    /// The machine that it is about, as far as Vagrant says.
    pub machine: Option<String>,
    pub text: String,
}

/// Reads a log of any length and keeps one line of it.
pub struct Lines<R> {
    reader: R,
    encoding: Encoding,
    number: u64,
    /// Those of which Vagrant has spoken.
    machines: Vec<String>,
    /// The one of which it has spoken last.
    current: Option<String>,
    /// The rest of what was one line in Vagrant's machine-readable form.
    waiting: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Bytes,
    Utf16 { is_big: bool },
}

/// No project has more machines than this.
const MOST_MACHINES: usize = 100;

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
            _ => (Encoding::Bytes, 0),
        };
        reader.consume(mark);
        Ok(Lines {
            reader,
            encoding,
            number: 0,
            machines: Vec::new(),
            current: None,
            waiting: Vec::new(),
        })
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        if let Some(text) = self.waiting.pop() {
            return Ok(Some(self.line(text)));
        }
        let Some(bytes) = self.raw()? else {
            return Ok(None);
        };
        self.number += 1;
        let text = match self.encoding {
            Encoding::Bytes => String::from_utf8_lossy(&bytes).into_owned(),
            Encoding::Utf16 { is_big } => decode_utf16(&bytes, is_big),
        };
        let text = plain(&text);
        if let Some((machine, said)) = machine_readable(&text) {
            if !machine.is_empty() {
                self.about(&machine);
            }
            self.waiting = said.rsplit("\\n").map(str::to_owned).collect();
            let first = self.waiting.pop().unwrap_or_default();
            return Ok(Some(self.line(first)));
        }
        Ok(Some(self.line(text)))
    }

    fn line(&mut self, text: String) -> Line {
        let text = without_time(&text);
        let (machine, text) = self.without_machine(text);
        if let Some(machine) = machine {
            self.about(&machine);
        }
        Line {
            number: self.number,
            machine: self.current.clone(),
            text,
        }
    }

    fn about(&mut self, machine: &str) {
        if !self.machines.iter().any(|known| known == machine) {
            if self.machines.len() == MOST_MACHINES {
                return;
            }
            self.machines.push(machine.to_owned());
        }
        self.current = Some(machine.to_owned());
    }

    /// The bytes up to the next line feed, as many as are wanted.
    fn raw(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut has_begun = false;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(has_begun.then_some(line));
            }
            has_begun = true;
            let end = memchr::memchr(b'\n', bytes);
            let used = end.map_or(bytes.len(), |end| end + 1);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let room = LONGEST.saturating_sub(line.len());
            line.extend_from_slice(&part[..part.len().min(room)]);
            self.reader.consume(used);
            if end.is_some() {
                // In UTF-16 the line feed is one half of a character.
                if self.encoding == (Encoding::Utf16 { is_big: false }) {
                    self.reader.fill_buf()?;
                    self.reader.consume(1.min(self.reader.buffer().len()));
                }
                return Ok(Some(line));
            }
        }
    }

    /// `==> NAME: ` and, once the name is known, `    NAME: `.
    fn without_machine(&self, text: &str) -> (Option<String>, String) {
        let is_name = |name: &str| {
            let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            !name.is_empty() && name.len() <= 64 && name.chars().all(plain)
        };
        let (head, is_sure) = match text.strip_prefix("==> ") {
            Some(rest) => (rest, true),
            None if text.starts_with([' ', '\t']) => (text.trim_start(), false),
            None => {
                let brought = text.strip_prefix("Bringing machine '");
                let name = brought.and_then(|rest| rest.split('\'').next());
                let name = name.filter(|name| is_name(name)).map(str::to_owned);
                return (name, text.to_owned());
            }
        };
        // `default:` alone stands before an empty line.
        let (name, rest) = match head.split_once(':') {
            Some((name, rest)) if rest.is_empty() || rest.starts_with(' ') => (name, rest),
            _ => return (None, text.to_owned()),
        };
        // What Vagrant says of itself is about the machine that it was busy with.
        if name == "vagrant" {
            return (None, rest.trim_start().to_owned());
        }
        let is_known = self.machines.iter().any(|known| known == name);
        if is_name(name) && (is_sure || is_known) {
            return (Some(name.to_owned()), rest.trim_start().to_owned());
        }
        (None, text.to_owned())
    }
}

/// An error is that it cannot be read any further.
impl<R: Read> Iterator for Lines<BufReader<R>> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        self.read().transpose()
    }
}

fn decode_utf16(bytes: &[u8], is_big: bool) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match is_big {
        true => u16::from_be_bytes([pair[0], pair[1]]),
        false => u16::from_le_bytes([pair[0], pair[1]]),
    });
    let characters = char::decode_utf16(units);
    characters
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// What a terminal would show in the end: no colours, and of a line that was written several times the
/// last one.
fn plain(text: &str) -> String {
    let text = without_escapes(text);
    let text = text.trim_end_matches(['\r', '\n', '\0']);
    let last = text.rsplit('\r').find(|part| !part.trim().is_empty());
    let shown = |character: char| match character {
        '\t' => Some(' '),
        hidden if hidden.is_control() => None,
        other => Some(other),
    };
    last.unwrap_or("").chars().filter_map(shown).collect()
}

fn without_escapes(text: &str) -> String {
    if !text.contains('\u{1b}') {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\u{1b}' {
            kept.push(character);
            continue;
        }
        match characters.next() {
            // Up to its final letter.
            Some('[') => while characters.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
            // Up to a bell, or the beginning of the next one, which ends it.
            Some(']') => {
                while characters
                    .next_if(|&c| c != '\u{7}' && c != '\u{1b}')
                    .is_some()
                {}
            }
            _ => {}
        }
    }
    kept
}

/// The target and the data of `TIME,TARGET,TYPE,DATA…`, where Vagrant was to speak to a program.
fn machine_readable(text: &str) -> Option<(String, String)> {
    let mut fields = text.splitn(4, ',');
    let time = fields.next()?;
    let is_time = (9..=11).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    let (target, kind, data) = (fields.next()?, fields.next()?, fields.next()?);
    let is_kind = |c: char| c.is_ascii_lowercase() || c == '-';
    if !is_time || kind.is_empty() || !kind.chars().all(is_kind) {
        return None;
    }
    // `ui,error,TEXT` and `error-exit,NAME,TEXT`: whichever it is, both words may tell.
    let data = match data.split_once(',') {
        Some((_, said)) if kind == "ui" => said,
        _ => data,
    };
    let said = data.replace("%!(VAGRANT_COMMA)", ",").replace("\\r", "");
    Some((target.to_owned(), said))
}

/// Without the time that a build server, a journal or the kernel has written before it.
fn without_time(text: &str) -> &str {
    let mut rest = text;
    // A build server's own, and behind it that of the log.
    for _ in 0..3 {
        match time(rest) {
            Some(length) => rest = &rest[length..],
            None => break,
        }
    }
    rest
}

/// How much of the beginning is a time.
fn time(text: &str) -> Option<usize> {
    use std::sync::LazyLock;

    use regex::Regex;

    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)^(
                \[?\d{4}-\d\d-\d\d[T\ _]\d\d:\d\d:\d\d([.,]\d+)?\ ?(Z|[+-]\d\d:?\d\d)?\]?:?\ 
              | \[?\d\d:\d\d:\d\d([.,]\d+)?\]?\ 
              | \d\d:\d\d:\d\d\.\d{6}\ main\s+
              | \[\s*\d+\.\d{6}\]\ 
              | (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ [\ \d]\d\ \d\d:\d\d:\d\d\ [\w.-]+\ [\w./-]+(\[\d+\])?:\ 
            )",
        )
        .expect("a constant expression")
    });
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '[' || c.is_ascii_uppercase()) {
        return None;
    }
    Some(TIME.find(text)?.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<(u64, Option<String>, String)> {
        let lines = Lines::new(bytes).unwrap().map(Result::unwrap);
        lines
            .map(|line| (line.number, line.machine, line.text))
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
            of("db", "    other: d"),
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
