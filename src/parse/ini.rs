//! The configuration files of yum and dnf, and the form in which several files come at once.

/// One setting, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    pub section: String,
    pub key: String,
    /// With the lines that continue it, joined by spaces.
    pub value: String,
}

/// `file:line:content`, as `grep -n '' /dev/null FILE…` prints it.
pub fn grepped(text: &str) -> impl Iterator<Item = (&str, u32, &str)> {
    text.lines().filter_map(|line| {
        let (file, rest) = line.split_once(':')?;
        let (number, content) = rest.split_once(':')?;
        Some((file, number.parse().ok()?, content))
    })
}

/// The settings of one file.
pub fn settings(file: &str, text: &str) -> Vec<Setting> {
    read(super::numbered(text).map(|(number, line)| (file, number, line)))
}

/// The settings of the files that `grep -n '' /dev/null FILE…` printed.
pub fn grepped_settings(text: &str) -> Vec<Setting> {
    read(grepped(text))
}

fn read<'a>(lines: impl Iterator<Item = (&'a str, u32, &'a str)>) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut place = ("", String::new());
    // Only a line right below a setting can continue it.
    let mut continues = false;
    for (file, line, content) in lines {
        if place.0 != file {
            place = (file, String::new());
            continues = false;
        }
        let trimmed = content.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if trimmed.is_empty() {
            continues = false;
        } else if content.starts_with([' ', '\t']) && continues {
            if let Some(last) = settings.last_mut() {
                last.value.push(' ');
                last.value.push_str(trimmed);
            }
        } else if let Some(name) = trimmed.strip_prefix('[') {
            place.1 = name.split(']').next().unwrap_or(name).trim().to_owned();
            continues = false;
        } else if let Some((key, value)) = trimmed.split_once('=') {
            settings.push(Setting {
                file: file.to_owned(),
                line,
                section: place.1.clone(),
                key: key.trim().to_owned(),
                value: value.trim().to_owned(),
            });
            continues = true;
        }
    }
    settings
}

/// Whether a value means yes. Neither package manager minds upper case.
pub fn is_yes(value: &str) -> bool {
    matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "1" | "yes" | "true" | "on"
    )
}

/// The last value of `key` in `section` counts, as in both package managers.
pub fn find<'a>(settings: &'a [Setting], section: &str, key: &str) -> Option<&'a Setting> {
    settings
        .iter()
        .rev()
        .find(|setting| setting.section == section && setting.key == key)
}

/// The words of a list value: separated by spaces, commas, or both.
pub fn words(value: &str) -> impl Iterator<Item = &str> {
    value
        .split([',', ' ', '\t'])
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sections_comments_and_continued_values() {
        let text = "[main]\n# plugins=0\nplugins = 1\nexclude=kernel*,\n  php*\n\n  stray\n[base]\nenabled=0\n";
        let read = settings("/etc/yum.conf", text);
        let plugins = find(&read, "main", "plugins").unwrap();
        assert_eq!((plugins.line, is_yes(&plugins.value)), (3, true));
        let exclude = find(&read, "main", "exclude").unwrap();
        assert_eq!(
            words(&exclude.value).collect::<Vec<_>>(),
            ["kernel*", "php*"]
        );
        assert_eq!(exclude.line, 4);
        assert!(!is_yes(&find(&read, "base", "enabled").unwrap().value));
        assert_eq!(find(&read, "base", "exclude"), None);
    }

    #[test]
    fn files_do_not_run_into_each_other() {
        let text = "/a.repo:1:[a]\n/a.repo:2:exclude=x\n/b.repo:1: y\n/b.repo:2:name=b\n";
        let read = grepped_settings(text);
        assert_eq!(read[0].value, "x");
        assert_eq!(
            (read[1].file.as_str(), read[1].section.as_str()),
            ("/b.repo", "")
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, lines in "(\\[?[a= ,:1]{0,6}\\]?\n){0,8}") {
            for text in [&text, &lines] {
                for setting in settings("f", text).iter().chain(&grepped_settings(text)) {
                    let _ = (words(&setting.value).count(), is_yes(&setting.value));
                }
            }
        }
    }
}
