//! What is made of a configuration: the verdict, and the tree in two forms that a person can read.
#![allow(dead_code)] // each test binary uses its own part of this

use std::fmt::Write;

use boxdoctor::escape::escape;
use boxdoctor::krb5::{NodeId, Profile, ROOT, Reading};

/// Trees are looked at this deep. The library finds a section by the names of all above it, so
/// that every level costs it more than the one before.
pub const DEEPEST: usize = 100;

/// An answer, the library's or ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `OK`, MIT's name of the code, or that of the system's error.
    pub verdict: String,
    /// The relations and sections in the library's order.
    pub tree: String,
    /// The configuration as the library would write it, where only this shows what is final.
    pub dump: Vec<u8>,
}

impl Answer {
    pub fn refusal(code: &str) -> Self {
        Answer {
            verdict: code.to_owned(),
            ..Answer::default()
        }
    }

    /// `dump` is all that the library would write.
    pub fn accepted(tree: Tree, dump: Vec<u8>) -> Self {
        let shows_final = |mark: &[u8]| dump.windows(mark.len()).any(|bytes| bytes == mark);
        let dump = if shows_final(b"]*\n") || shows_final(b"}*\n") {
            dump
        } else {
            Vec::new()
        };
        Answer {
            verdict: "OK".to_owned(),
            tree: tree.text,
            dump,
        }
    }

    pub fn of(reading: &Reading) -> Self {
        match tree(reading) {
            Err(code) => Answer::refusal(&code),
            Ok(tree) => Answer::accepted(tree, dump(&reading.profile)),
        }
    }
}

/// The tree; or the name of the code, where there is none.
pub fn tree(reading: &Reading) -> Result<Tree, String> {
    if let Some(fault) = &reading.fault {
        return Err(fault.code.name().to_owned());
    }
    let mut tree = Tree::default();
    walk(&reading.profile, ROOT, 0, &mut tree);
    Ok(tree)
}

/// A tree as text, written while it is walked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tree {
    text: String,
}

impl Tree {
    pub fn section(&mut self, depth: usize, name: &[u8]) {
        self.indent(depth);
        let _ = writeln!(self.text, "[{}]", in_one_line(name));
    }

    pub fn relation(&mut self, depth: usize, name: &[u8], value: &[u8]) {
        self.indent(depth);
        let (name, value) = (in_one_line(name), in_one_line(value));
        let _ = writeln!(self.text, "{name} = \"{value}\"");
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.text.push_str("  ");
        }
    }
}

fn in_one_line(bytes: &[u8]) -> String {
    escape(bytes).replace('\n', "\\x0A").replace('\t', "\\x09")
}

fn walk(profile: &Profile, section: NodeId, depth: usize, tree: &mut Tree) {
    for child in profile.children(section) {
        let name = profile.name(*child);
        match profile.value(*child) {
            Some(value) => tree.relation(depth, name, &value),
            None => {
                tree.section(depth, name);
                if depth < DEEPEST {
                    walk(profile, *child, depth + 1, tree);
                }
            }
        }
    }
}

/// The configuration as the library would write it.
fn dump(profile: &Profile) -> Vec<u8> {
    let mut text = Vec::new();
    dump_section(profile, ROOT, 0, &mut text);
    text
}

fn dump_section(profile: &Profile, section: NodeId, level: usize, text: &mut Vec<u8>) {
    let indent = b"\t".repeat(level);
    let mut add = |parts: &[&[u8]]| text.extend(parts.concat());
    for child in profile.children(section) {
        if let Some(value) = profile.value(*child) {
            let value = written_value(&value);
            add(&[&indent, profile.name(*child), b" = ", &value, b"\n"]);
        }
    }
    for child in profile.children(section) {
        if !profile.is_section(*child) {
            continue;
        }
        let (name, star) = (profile.name(*child), profile.is_final(*child));
        let star: &[u8] = if star { b"*" } else { b"" };
        let (begin, end): ([&[u8]; 4], [&[u8]; 4]) = if level == 0 {
            ([b"[", name, b"]", star], [b"", b"", b"", b""])
        } else {
            ([&indent, name, b" = {", b""], [&indent, b"}", star, b""])
        };
        text.extend(begin.concat());
        text.push(b'\n');
        dump_section(profile, *child, level + 1, text);
        text.extend(end.concat());
        text.push(b'\n');
    }
}

/// In quotes where reading it again would change it.
fn written_value(value: &[u8]) -> Vec<u8> {
    let is_space = |byte: Option<&u8>| byte.is_some_and(|byte| b"\t\n\x0B\x0C\r ".contains(byte));
    let needs_quotes = value.is_empty()
        || is_space(value.first())
        || is_space(value.last())
        || value.iter().any(|byte| b"\n\t\x08".contains(byte));
    if !needs_quotes {
        return value.to_vec();
    }
    let mut quoted = vec![b'"'];
    for byte in value {
        match byte {
            b'\\' => quoted.extend(b"\\\\"),
            b'\n' => quoted.extend(b"\\n"),
            b'\t' => quoted.extend(b"\\t"),
            8 => quoted.extend(b"\\b"),
            other => quoted.push(*other),
        }
    }
    quoted.push(b'"');
    quoted
}
