//! Puts the block into the bytes of a Vagrantfile and takes it out again. All other bytes stay what
//! they are: their encoding, their line ends, and a last line without one.

use memchr::memmem;
use thiserror::Error;

use super::block::{self, Block};

/// What the first and the last line of a block begin with, whatever their version.
const FIRST: &str = "# >>> boxdoctor hook";
const LAST: &str = "# <<< boxdoctor hook <<<";

/// Stands at the end of the first line where the block had to end the line before it.
const JOINED: &str = " (the line above had no end)";

/// Why a Vagrantfile is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    #[error("it is no text: byte {0} is a zero byte, as in UTF-16; save it as UTF-8")]
    Zero(usize),
    #[error(
        "it is no text: byte {0} is not UTF-8, and no comment says which encoding it is; save it as UTF-8"
    )]
    Encoding(usize),
    #[error("line {0} begins a block of boxdoctor that does not end; take it out by hand")]
    Unended(usize),
    #[error(
        "line {0} is __END__, and may belong to a text inside of it; paste what `boxdoctor hook print` shows"
    )]
    Ambiguous(usize),
}

/// The file with this block in it: in the place of the one that is there, or at its end.
///
/// # Errors
/// Where the bytes are no text, or hold half a block.
pub fn install(bytes: &[u8], block: &Block) -> Result<Vec<u8>, Unreadable> {
    check(bytes)?;
    let lines = lines(bytes);
    let (before, joined, after) = match find(&lines)? {
        Some(found) => (found.start, found.joined.is_some(), found.end),
        None => {
            let end = end_of_code(&lines)?;
            let joined = end > 0 && !lines[end - 1].ends_with(b"\n");
            (end, joined, end)
        }
    };
    let line_end: &[u8] = if lines.iter().any(|line| line.ends_with(b"\r\n")) {
        b"\r\n"
    } else {
        b"\n"
    };
    let mut written = lines[..before].concat();
    if joined && !written.ends_with(b"\n") {
        written.extend_from_slice(line_end);
    }
    for (number, line) in block.text().lines().enumerate() {
        written.extend_from_slice(line.as_bytes());
        if joined && number == 0 {
            written.extend_from_slice(JOINED.as_bytes());
        }
        written.extend_from_slice(line_end);
    }
    written.extend(without_blocks(&lines[after..])?);
    Ok(written)
}

/// The file without any block, as it was before.
///
/// # Errors
/// Where the bytes are no text, or hold half a block.
pub fn uninstall(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    check(bytes)?;
    without_blocks(&lines(bytes))
}

/// What the block that is there was written with. `None` where there is none, `Some(None)` where nobody
/// can tell.
///
/// # Errors
/// Where the bytes are no text, or hold half a block.
pub fn options(bytes: &[u8]) -> Result<Option<Option<Vec<String>>>, Unreadable> {
    check(bytes)?;
    let lines = lines(bytes);
    let found = find(&lines)?;
    Ok(found.map(|found| {
        let block = lines[found.start..found.end].concat();
        block::options(&String::from_utf8_lossy(&block))
    }))
}

/// A block that is there.
struct Found {
    /// Its first line, and the one after its last.
    start: usize,
    end: usize,
    /// What ends the line before it, where that had no end.
    joined: Option<&'static [u8]>,
}

fn without_blocks(lines: &[&[u8]]) -> Result<Vec<u8>, Unreadable> {
    let Some(found) = find(lines)? else {
        return Ok(lines.concat());
    };
    let mut kept = lines[..found.start].concat();
    let rest = without_blocks(&lines[found.end..])?;
    // Whoever has written below it needs the line to end.
    if let (Some(end), true) = (found.joined, rest.is_empty()) {
        let line = kept.strip_suffix(end).unwrap_or(&kept);
        kept.truncate(line.len());
    }
    kept.extend(rest);
    Ok(kept)
}

fn find(lines: &[&[u8]]) -> Result<Option<Found>, Unreadable> {
    let begins = |line: &[u8], with: &str| line.trim_ascii_start().starts_with(with.as_bytes());
    let Some(start) = lines.iter().position(|line| begins(line, FIRST)) else {
        return Ok(None);
    };
    let mut below = lines[start + 1..].iter();
    let end = below.position(|line| begins(line, LAST) || begins(line, FIRST));
    let end = end.map(|below| start + 1 + below);
    let Some(end) = end.filter(|end| begins(lines[*end], LAST)) else {
        return Err(Unreadable::Unended(start + 1));
    };
    let first = lines[start];
    let is_joined = first.trim_ascii_end().ends_with(JOINED.as_bytes());
    let line_end: &[u8] = if first.ends_with(b"\r\n") {
        b"\r\n"
    } else {
        b"\n"
    };
    Ok(Some(Found {
        start,
        end: end + 1,
        joined: is_joined.then_some(line_end),
    }))
}

/// Ruby reads no code behind `__END__`, unless that is a line of a text or of a comment.
fn end_of_code(lines: &[&[u8]]) -> Result<usize, Unreadable> {
    let is_end = |line: &&[u8]| matches!(*line, b"__END__" | b"__END__\n" | b"__END__\r\n");
    let Some(end) = lines.iter().position(is_end) else {
        return Ok(lines.len());
    };
    let mut above = lines[..end].iter();
    if above.any(|line| line.starts_with(b"=begin") || memmem::find(line, b"<<").is_some()) {
        return Err(Unreadable::Ambiguous(end + 1));
    }
    Ok(end)
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// Whether the file is one to which ASCII can be added.
fn check(bytes: &[u8]) -> Result<(), Unreadable> {
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(Unreadable::Zero(at));
    }
    match std::str::from_utf8(bytes) {
        Err(error) if !names_its_encoding(bytes) => Err(Unreadable::Encoding(error.valid_up_to())),
        _ => Ok(()),
    }
}

/// Ruby looks for `coding:` in a comment of the first two lines.
fn names_its_encoding(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|&byte| byte == b'\n').take(2);
    lines.any(|line| {
        let line = String::from_utf8_lossy(line);
        let comment = line.trim_start_matches(['\u{feff}', ' ', '\t']);
        let coding = comment.strip_prefix('#').and_then(|comment| {
            let at = comment.find("coding")?;
            comment.get(at + "coding".len()..)
        });
        coding.is_some_and(|rest| rest.trim_start().starts_with([':', '=']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(word: &str) -> Block {
        Block {
            options: vec![word.to_owned()],
            arguments: vec![word.to_owned()],
            strict: false,
            seconds: 300,
        }
    }

    #[test]
    fn the_block_ends_lines_as_the_file_does() {
        let written = install(b"a\r\nb", &block("--fix")).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert!(text.starts_with("a\r\nb\r\n# >>> boxdoctor hook >>> (the line above"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.ends_with("# <<< boxdoctor hook <<<\r\n"));
    }

    #[test]
    fn an_older_block_gives_way_where_it_stands() {
        let old = "above\n  # >>> boxdoctor hook 0 >>>\nold\n# <<< boxdoctor hook <<<\nbelow\n";
        let written = install(old.as_bytes(), &block("--fix")).unwrap();
        let expected = format!("above\n{}below\n", block("--fix").text());
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    #[test]
    fn what_ruby_does_not_read_stays_below() {
        let written = install(b"code\n__END__\ndata", &block("--fix")).unwrap();
        let text = String::from_utf8(written.clone()).unwrap();
        assert!(text.ends_with("# <<< boxdoctor hook <<<\n__END__\ndata"));
        assert_eq!(uninstall(&written).unwrap(), b"code\n__END__\ndata");
        let script = b"inline: <<-PERL\n__END__\nPERL\n";
        let error = install(script, &block("--fix")).unwrap_err();
        assert_eq!(error, Unreadable::Ambiguous(2));
    }

    #[test]
    fn what_a_block_was_written_with_is_known() {
        let of = |bytes: &[u8]| options(bytes).unwrap();
        assert_eq!(of(b"x\n"), None);
        let written = install(b"x", &block("--fix")).unwrap();
        assert_eq!(of(&written), Some(Some(vec!["--fix".to_owned()])));
        let old = b"# >>> boxdoctor hook 0 >>>\n# <<< boxdoctor hook <<<\n";
        assert_eq!(of(old), Some(None));
    }

    #[test]
    fn a_line_that_was_written_below_stays_a_line() {
        let mut written = install(b"above", &block("--fix")).unwrap();
        written.extend(b"below\n");
        assert_eq!(uninstall(&written).unwrap(), b"above\nbelow\n");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let error = |bytes: &[u8]| install(bytes, &block("--fix")).unwrap_err();
        assert_eq!(error(b"\xff\xfeV\0"), Unreadable::Zero(3));
        assert_eq!(error(b"abc\xe9"), Unreadable::Encoding(3));
        assert!(install(b"#!ruby\n# -*- coding: latin-1 -*-\n\xe9", &block("")).is_ok());
        let half = b"x\n# >>> boxdoctor hook 1 >>>\n";
        assert_eq!(error(half), Unreadable::Unended(2));
        let nested = [half.as_slice(), block("").text().as_bytes()].concat();
        assert_eq!(error(&nested), Unreadable::Unended(2));
        assert_eq!(uninstall(half), Err(Unreadable::Unended(2)));
    }

    proptest! {
        #[test]
        fn the_way_there_and_back_ends_where_it_began(
            text in "((Vagrant|\t#é|__END__|\u{feff}| )?(\r?\n)?){0,8}",
        ) {
            let once = install(text.as_bytes(), &block("--check")).unwrap();
            prop_assert_eq!(uninstall(&once).unwrap(), text.as_bytes());
            let twice = install(&once, &block("--check")).unwrap();
            prop_assert_eq!(&twice, &once);
            let other = install(&once, &block("--fix")).unwrap();
            prop_assert_ne!(&other, &once);
            prop_assert_eq!(uninstall(&other).unwrap(), text.as_bytes());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(written) = install(&bytes, &block("")) {
                prop_assert_eq!(&uninstall(&written).unwrap(), &bytes);
            }
            let _ = uninstall(&bytes);
        }
    }
}
