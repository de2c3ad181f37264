//! Text without what terminals, clocks, mails and programs have put around it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

pub(super) fn decode_utf16(bytes: &[u8], is_big: bool) -> String {
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
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let text = without_escapes(text);
    let is_plain = |text: &str| !text.contains(|character: char| character.is_control());
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches(['\r', '\n', '\0'])),
        Cow::Owned(text) => Cow::Owned(text.trim_end_matches(['\r', '\n', '\0']).to_owned()),
    };
    if is_plain(&text) {
        return text;
    }
    let last = text.rsplit('\r').find(|part| !part.trim().is_empty());
    let shown = |character: char| match character {
        '\t' => Some(' '),
        hidden if hidden.is_control() => None,
        other => Some(other),
    };
    Cow::Owned(last.unwrap_or("").chars().filter_map(shown).collect())
}

fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
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
    Cow::Owned(kept)
}

/// The target and the data of `TIME,TARGET,TYPE,DATA…`, where Vagrant was to speak to a program.
pub(super) fn machine_readable(text: &str) -> Option<(&str, String)> {
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
    Some((target, said))
}

/// Without the time that a build server, a journal or the kernel has written before it.
pub(super) fn without_time(text: &str) -> &str {
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
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)^(
                \[?\d{4}-\d\d-\d\d[T\ _]\d\d:\d\d:\d\d([.,]\d+)?\ ?(Z|[+-]\d\d:?\d\d)?\]?:?\ 
              | \[?\d\d:\d\d:\d\d([.,]\d+)?\]?\ 
              | \d\d:\d\d:\d\d\.\d{6}\ main\s+
              | \[\s*\d+\.\d{6}\]\ 
              | \d\d[OE][+\ ]
              | (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ [\ \d]\d\ \d\d:\d\d:\d\d\ ([\w.-]+\ [\w./-]+(\[\d+\])?:\ )?
            )",
        )
        .expect("a constant expression")
    });
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '[' || c.is_ascii_uppercase()) {
        return None;
    }
    Some(TIME.find(text)?.end())
}

/// Without the marks of a mail, of a list or of a citation.
pub(super) fn without_quote(text: &str) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        let quoted = trimmed
            .strip_prefix("> ")
            .or_else(|| trimmed.strip_prefix(">>"));
        match quoted.or_else(|| trimmed.strip_prefix("* ")) {
            Some(inner) => rest = inner,
            None => return rest,
        }
    }
}

/// Without the level and the part of Vagrant that speaks, where its own log was asked for.
pub(super) fn without_level(text: &str) -> &str {
    let trimmed = text.trim_start();
    let level = ["INFO ", "DEBUG ", "WARN ", "ERROR "];
    let Some(rest) = level.iter().find_map(|level| trimmed.strip_prefix(level)) else {
        return text;
    };
    let Some((part, rest)) = rest.split_once(": ") else {
        return text;
    };
    if part.is_empty()
        || !part
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        return text;
    }
    let kind = [
        "info: ",
        "output: ",
        "detail: ",
        "warn: ",
        "error: ",
        "success: ",
        "stdout: ",
        "stderr: ",
    ];
    let said = kind.iter().find_map(|kind| rest.strip_prefix(kind));
    said.unwrap_or(rest)
}
