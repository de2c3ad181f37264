//! Takes the answer of the probe script apart again, section by section.

use std::collections::HashMap;

/// One question's part of the answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// `None` while its closing mark has not been seen: the answer is not complete.
    pub status: Option<i32>,
    pub ms: u64,
}

/// Splits both streams at the marks of `nonce`. Of a section that stands twice, the first counts.
pub fn split(nonce: &str, stdout: &[u8], stderr: &[u8]) -> HashMap<String, Section> {
    let mut sections: HashMap<String, Section> = HashMap::new();
    for part in parts(nonce, stdout) {
        sections.entry(part.id).or_insert(Section {
            stdout: part.bytes,
            stderr: Vec::new(),
            status: part.status,
            ms: part.ms,
        });
    }
    for part in parts(nonce, stderr) {
        if let Some(section) = sections.get_mut(&part.id)
            && section.stderr.is_empty()
        {
            section.stderr = part.bytes;
        }
    }
    sections
}

struct Part {
    id: String,
    bytes: Vec<u8>,
    status: Option<i32>,
    ms: u64,
}

fn parts(nonce: &str, stream: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<(String, f64, usize)> = None;
    for mark in marks(nonce, stream) {
        match (mark.words.as_slice(), open.take()) {
            (["begin", id, up], _) => open = Some(((*id).to_owned(), seconds(up), mark.end)),
            (["end", id, status, up], Some((begun, since, from))) if *id == begun => {
                let ms = ((seconds(up) - since).max(0.0) * 1000.0) as u64;
                parts.push(Part {
                    id: begun,
                    bytes: stream[from..mark.start].to_vec(),
                    status: status.parse().ok(),
                    ms,
                });
            }
            (_, still_open) => open = still_open,
        }
    }
    if let Some((id, _, from)) = open {
        parts.push(Part {
            id,
            bytes: stream[from..].to_vec(),
            status: None,
            ms: 0,
        });
    }
    parts
}

fn seconds(uptime: &str) -> f64 {
    uptime.parse().unwrap_or(0.0)
}

/// A line `NONCE words…`, with the line feed before it that the probe adds.
struct Mark<'a> {
    words: Vec<&'a str>,
    start: usize,
    end: usize,
}

fn marks<'a>(nonce: &str, stream: &'a [u8]) -> Vec<Mark<'a>> {
    let needle = format!("\n{nonce} ").into_bytes();
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&stream[at..], &needle) {
        let start = at + found;
        let words_at = start + needle.len();
        let Some(length) = stream[words_at..].iter().position(|byte| *byte == b'\n') else {
            break;
        };
        let end = words_at + length + 1;
        if let Ok(words) = std::str::from_utf8(&stream[words_at..end]) {
            marks.push(Mark {
                words: words.split_whitespace().collect(),
                start,
                end,
            });
        }
        at = end;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(stdout: &str, stderr: &str, status: Option<i32>, ms: u64) -> Section {
        Section {
            stdout: stdout.into(),
            stderr: stderr.into(),
            status,
            ms,
        }
    }

    #[test]
    fn both_streams_are_joined_and_the_added_line_feed_is_gone() {
        let stdout = b"motd\n\nN begin a 1.00\none\n\nN end a 0 1.25\n\nN begin b 1.25\n\nN end b 127 1.25\n";
        let stderr = b"\nN begin a 1.00\noops\n\nN end a 0 1.25\n";
        let sections = split("N", stdout, stderr);
        assert_eq!(sections["a"], section("one\n", "oops\n", Some(0), 250));
        assert_eq!(sections["b"], section("", "", Some(127), 0));
    }

    #[test]
    fn an_answer_that_was_cut_off_has_no_status() {
        let sections = split("N", b"\nN begin a 1.00\nhal", b"");
        assert_eq!(sections["a"], section("hal", "", None, 0));
    }

    #[test]
    fn marks_of_another_number_are_text() {
        let sections = split(
            "N",
            b"\nN begin a 1.00\n\nM end a 0 1.0\n\nN end a 3 1.00\n",
            b"",
        );
        assert_eq!(sections["a"], section("\nM end a 0 1.0\n", "", Some(3), 0));
    }

    #[test]
    fn the_first_of_two_sections_counts() {
        let twice =
            b"\nN begin a 1.00\nfirst\nN end a 0 1.00\n\nN begin a 1.00\nsecond\nN end a 1 1.00\n";
        assert_eq!(split("N", twice, b"")["a"].stdout, b"first");
    }
}
