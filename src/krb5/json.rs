//! A reading as one line of JSON, in the form in which MIT's own library can be asked for the same.
//!
//! Names and values are hexadecimal, because they are bytes. Nothing here recurses: a tree may be
//! deeper than any stack.

use std::io::{self, Write};

use super::parse::Reading;
use super::profile::{NodeId, Profile, ROOT};

/// Writes `{"file","ok","error","line","tree"}`, and a line feed. Where the fault lies in an
/// included file, `"in"` names it, and the line is one of that file.
///
/// # Errors
/// What the writer says.
pub fn write_line(out: &mut impl Write, file: &str, reading: &Reading) -> io::Result<()> {
    out.write_all(b"{\"file\":")?;
    serde_json::to_writer(&mut *out, file)?;
    match &reading.fault {
        None => {
            out.write_all(b",\"ok\":true,\"error\":null,\"line\":null,\"tree\":")?;
            write_tree(out, &reading.profile)?;
        }
        Some(fault) => {
            write!(
                out,
                ",\"ok\":false,\"error\":\"{}\",\"line\":",
                fault.code.name()
            )?;
            match &fault.place {
                None => out.write_all(b"null")?,
                Some(place) => {
                    write!(out, "{}", place.line)?;
                    if place.file > 0 {
                        let path = &reading.profile.files[place.file].path;
                        out.write_all(b",\"in\":")?;
                        serde_json::to_writer(&mut *out, &String::from_utf8_lossy(path))?;
                    }
                }
            }
            out.write_all(b",\"tree\":null")?;
        }
    }
    out.write_all(b"}\n")
}

fn write_tree(out: &mut impl Write, profile: &Profile) -> io::Result<()> {
    let mut open: Vec<std::slice::Iter<'_, NodeId>> = vec![profile.children(ROOT).iter()];
    let mut first = true;
    out.write_all(b"[")?;
    while let Some(children) = open.last_mut() {
        let Some(node) = children.next() else {
            open.pop();
            out.write_all(if open.is_empty() { b"]" } else { b"]]" })?;
            first = false;
            continue;
        };
        out.write_all(if first { b"[\"" } else { b",[\"" })?;
        write_hex(out, profile.name(*node))?;
        match profile.value(*node) {
            Some(value) => {
                out.write_all(b"\",\"")?;
                write_hex(out, &value)?;
                out.write_all(b"\",null]")?;
                first = false;
            }
            None => {
                out.write_all(b"\",null,[")?;
                open.push(profile.children(*node).iter());
                first = true;
            }
        }
    }
    Ok(())
}

fn write_hex(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    // In pieces, so that no value costs a call for every byte.
    let mut written = [0; 128];
    for piece in bytes.chunks(written.len() / 2) {
        for (pair, byte) in written.chunks_exact_mut(2).zip(piece) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        out.write_all(&written[..piece.len() * 2])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::krb5::{Release, read_alone};

    fn line(file: &[u8]) -> String {
        let mut out = Vec::new();
        write_line(&mut out, "a\"b", &read_alone(file, Release::default())).expect("it is memory");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn a_tree_is_one_line() {
        assert_eq!(
            line(b"[b]\nx = { \ny = \"1\\n\"\n}\na=2\n[a]\n"),
            concat!(
                r#"{"file":"a\"b","ok":true,"error":null,"line":null,"tree":"#,
                r#"[["61",null,[]],["62",null,[["61","32",null],["78",null,[["79","310a",null]]]]]]}"#,
                "\n"
            )
        );
        assert_eq!(
            line(b""),
            "{\"file\":\"a\\\"b\",\"ok\":true,\"error\":null,\"line\":null,\"tree\":[]}\n"
        );
    }

    #[test]
    fn a_fault_has_its_code_and_line() {
        assert_eq!(
            line(b"[a]\n\nx = 1\ny\n"),
            "{\"file\":\"a\\\"b\",\"ok\":false,\"error\":\"PROF_RELATION_SYNTAX\",\"line\":4,\"tree\":null}\n"
        );
    }
}
