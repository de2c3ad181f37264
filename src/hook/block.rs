//! The block itself: Ruby, of which all that is worth a test is left to boxdoctor.

use std::path::PathBuf;

use thiserror::Error;

const TEMPLATE: &str = include_str!("block.rb");

/// Goes up with every change of the template, so that an older block can be told from this one.
const VERSION: &str = "1";

/// What a block does, as it was chosen when it was written.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What `boxdoctor hook run` is given beside its own name.
    pub arguments: Vec<String>,
    /// A machine whose folders cannot be mounted ends the `vagrant up`.
    pub strict: bool,
    /// After so many seconds Vagrant goes on without boxdoctor.
    pub seconds: u32,
}

/// A Vagrantfile cannot hold this.
#[derive(Debug, Error)]
#[error("{} cannot be written into a Vagrantfile: it has control characters, or is no text", .0.display())]
pub struct Unwritable(pub PathBuf);

impl Block {
    /// The lines of it, each with a line feed at its end.
    pub fn text(&self) -> String {
        let words = ["hook".to_owned(), "run".to_owned()].into_iter();
        let words: Vec<String> = words
            .chain(self.arguments.iter().cloned())
            .map(|word| literal(&word))
            .collect();
        TEMPLATE
            .replace("@VERSION@", VERSION)
            .replace("@SECONDS@", &self.seconds.to_string())
            .replace("@STRICT@", if self.strict { STRICT } else { "" })
            // What the user has chosen comes last: nothing is looked for in it.
            .replace("@ARGUMENTS@", &words.join(", "))
    }
}

/// An error of Vagrant's own, which lets a new machine stand.
const STRICT: &str =
    "      raise Vagrant::Errors::TriggersBadExitCodes, code: status if status == 1\n";

/// A string of Ruby that holds no more than its characters.
fn literal(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_ruby_ends_where_it_should() {
        assert_eq!(literal("--fix"), "'--fix'");
        assert_eq!(literal(r"C:\it's\"), r"'C:\\it\'s\\'");
        assert_eq!(literal("#{`x`}@SECONDS@"), "'#{`x`}@SECONDS@'");
    }

    #[test]
    fn nothing_of_the_template_is_left() {
        let block = Block {
            arguments: vec!["--fix".to_owned()],
            strict: true,
            seconds: 9,
        };
        let text = block.text();
        assert!(text.is_ascii() && !text.contains('@'), "{text}");
        assert!(text.contains("'hook', 'run', '--fix', streams"), "{text}");
        assert!(text.contains("TriggersBadExitCodes"), "{text}");
        assert!(!Block::default().text().contains("TriggersBadExitCodes"));
    }
}
