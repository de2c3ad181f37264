//! The script with which a file of a guest is replaced, or put back.

use crate::files::obstacle::Obstacle;

const SCRIPT: &str = include_str!("replace_file.sh");

/// What is to be done to a file, by the digests of its bytes.
pub struct Task<'a> {
    pub path: &'a [u8],
    pub backup: &'a [u8],
    pub before: &'a str,
    pub after: &'a str,
    /// The new bytes; `None` to put the backup back.
    pub content: Option<&'a [u8]>,
}

/// The script, for root. No byte of a name or of the content can be anything but that: all are
/// written as numbers.
pub fn script(task: &Task<'_>, nonce: &str) -> String {
    let name = if task.content.is_some() {
        "replace"
    } else {
        "restore"
    };
    format!(
        "nonce={nonce}\ntask={name}\nbefore={before}\nafter={after}\n\
         path=$({path}; echo x); path=${{path%x}}\n\
         backup=$({backup}; echo x); backup=${{backup%x}}\n\
         content() {{\n{content}\n}}\n{SCRIPT}",
        before = task.before,
        after = task.after,
        path = print(task.path),
        backup = print(task.backup),
        content = print(task.content.unwrap_or_default()),
    )
}

/// The condition of the user's shell under which a file is replaced without root. Root is not asked
/// for what the user may do: in a folder of the user root could be led astray.
pub fn needs_no_root(path: &[u8]) -> String {
    let path = print(path);
    format!("path=$({path}; echo x); path=${{path%x}}; [ -w \"${{path%/*}}/\" ]")
}

/// Commands that print these bytes, in lines of bearable length.
fn print(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return ":".to_owned();
    }
    let lines: Vec<String> = bytes
        .chunks(200)
        .map(|chunk| {
            let text: String = chunk
                .iter()
                .map(|byte| match byte {
                    b' ' | b'/' | b'.' | b'_' | b'=' | b'-' => char::from(*byte).to_string(),
                    plain if plain.is_ascii_alphanumeric() => char::from(*plain).to_string(),
                    other => format!("\\{other:03o}"),
                })
                .collect();
            // The first character must not be taken for an option.
            format!("printf -- '{text}'")
        })
        .collect();
    lines.join(" &&\n")
}

/// What the script's last word says.
///
/// # Errors
/// `None` where it said nothing that can be understood.
pub fn outcome(nonce: &str, said: &[u8]) -> Result<(), Option<Obstacle>> {
    let said = String::from_utf8_lossy(said);
    let word = said
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(nonce)?.strip_prefix(' '));
    Err(Some(match word {
        Some("done") => return Ok(()),
        Some("missing") => Obstacle::Missing,
        Some("link") => Obstacle::Link,
        Some("no-file") => Obstacle::NoFile,
        Some("other-names") => Obstacle::OtherNames,
        Some("read-only") => Obstacle::ReadOnly,
        Some("changed") => Obstacle::Changed,
        Some("overwritten") => Obstacle::Overwritten,
        Some("backup-exists") => Obstacle::BackupExists,
        Some("no-backup") => Obstacle::NoBackup,
        Some("backup-changed") => Obstacle::BackupChanged,
        Some("folder") => Obstacle::Folder,
        Some("no-root") => Obstacle::NoRoot,
        Some("unsafe-folder") => Obstacle::UnsafeFolder,
        Some("attributes") => Obstacle::Attributes,
        Some("not-written") => Obstacle::NotWritten,
        Some("no-digest") => Obstacle::NoDigest,
        Some("no-temporary") => Obstacle::NoTemporary,
        _ => return Err(None),
    }))
}
