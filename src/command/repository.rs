//! Where files stand in the repository around them.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What the path of a URI keeps as it is.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// The path of a file from the root of its repository, or from the current folder where that is no
/// repository, as the path of a URI. Nothing of a file that is elsewhere, or is none.
pub fn place(path: &str) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    if !path.is_file() {
        return None;
    }
    let here = std::env::current_dir().ok()?;
    let root = root(&here).unwrap_or(here);
    relative(&path, &root)
}

fn root(folder: &Path) -> Option<PathBuf> {
    let mut folders = folder.ancestors();
    let root = folders.find(|folder| folder.join(".git").exists())?;
    Some(root.to_owned())
}

fn relative(path: &Path, root: &Path) -> Option<String> {
    let steps = path.strip_prefix(root).ok()?.components();
    let words: Option<Vec<String>> = steps
        .map(|step| match step {
            Component::Normal(name) => {
                Some(utf8_percent_encode(name.to_str()?, ESCAPED).to_string())
            }
            _ => None,
        })
        .collect();
    words
        .map(|words| words.join("/"))
        .filter(|uri| !uri.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_a_uri() {
        let root = Path::new("/work");
        let at = |path: &str| relative(Path::new(path), root);
        assert_eq!(
            at("/work/a b/ü#:.toml").as_deref(),
            Some("a%20b/%C3%BC%23%3A.toml")
        );
        assert_eq!(at("/other/x"), None);
        assert_eq!(at("/work/../x"), None);
        assert_eq!(at("/work"), None);
    }
}
