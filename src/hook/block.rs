//! The block itself: Ruby, of which all that is worth a test is left to boxdoctor.

const TEMPLATE: &str = include_str!("block.rb");

/// Begins the line that says what the block was written with.
const OPTIONS: &str = "# options: ";

/// What a block does, as it was chosen when it was written.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What `boxdoctor hook install` was given, so that it need not be said again.
    pub options: Vec<String>,
    /// What `boxdoctor hook run` is given.
    pub arguments: Vec<String>,
    /// A machine whose folders cannot be mounted ends the `vagrant up`.
    pub strict: bool,
    /// After so many seconds Vagrant goes on without boxdoctor.
    pub seconds: u32,
}

impl Block {
    /// Whether more is done than to say what is wrong.
    pub fn repairs(&self) -> bool {
        self.arguments.iter().any(|word| word == "--fix")
    }

    /// The lines of it, each with a line feed at its end. All of it is ASCII, and may stand in a file
    /// of any encoding.
    pub fn text(&self) -> String {
        let list = |words: &[String], written: fn(&str) -> String| {
            let words: Vec<String> = words.iter().map(|word| written(word)).collect();
            words.join(", ")
        };
        let words = ["hook".to_owned(), "run".to_owned()];
        let words = [&words, self.arguments.as_slice()].concat();
        TEMPLATE
            .replace("@SECONDS@", &self.seconds.to_string())
            .replace("@STRICT@", if self.strict { STRICT } else { "" })
            // What the user has chosen comes last: nothing is looked for in it.
            .replacen("@OPTIONS@", &format!("[{}]", list(&self.options, json)), 1)
            .replacen("@ARGUMENTS@", &list(&words, literal), 1)
    }
}

/// What the block was written with of which these are the lines. `None` where nobody can tell.
pub fn options(block: &str) -> Option<Vec<String>> {
    let said = block
        .lines()
        .find_map(|line| line.trim().strip_prefix(OPTIONS))?;
    serde_json::from_str(said).ok()
}

/// An error of Vagrant's own, which lets a new machine stand.
const STRICT: &str =
    "        raise Vagrant::Errors::TriggersBadExitCodes, code: status if status == 1\n";

/// A string of Ruby that holds no more than its characters.
fn literal(word: &str) -> String {
    quoted(word, |character| {
        format!("\\u{{{:x}}}", u32::from(character))
    })
}

/// The same of JSON.
fn json(word: &str) -> String {
    quoted(word, |character| {
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units).iter();
        units.map(|unit| format!("\\u{unit:04x}")).collect()
    })
}

fn quoted(word: &str, escaped: impl Fn(char) -> String) -> String {
    let one = |character: char| {
        // Ruby looks for code behind a number sign, and the template for names behind the other one.
        let is_plain = matches!(character, ' '..='~') && !"\"\\#@".contains(character);
        if is_plain {
            character.to_string()
        } else {
            escaped(character)
        }
    };
    format!("\"{}\"", word.chars().map(one).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_ruby_ends_where_it_should() {
        assert_eq!(literal("--fix"), r#""--fix""#);
        assert_eq!(literal(r#"C:\"#), r#""C:\u{5c}""#);
        assert_eq!(
            literal("\"#{`x`}@ü😀"),
            r#""\u{22}\u{23}{`x`}\u{40}\u{fc}\u{1f600}""#
        );
    }

    #[test]
    fn nothing_of_the_template_is_left_and_the_options_come_back() {
        let odd = "@ARGUMENTS@ \"#{x}\" ü😀 C:\\".to_owned();
        let block = Block {
            options: vec!["--fix".to_owned(), odd.clone()],
            arguments: vec![odd.clone()],
            strict: true,
            seconds: 9,
        };
        let text = block.text();
        assert!(text.is_ascii() && !text.contains('@'), "{text}");
        assert!(text.contains("TriggersBadExitCodes"), "{text}");
        assert_eq!(options(&text), Some(vec!["--fix".to_owned(), odd]));
        let plain = Block::default().text();
        assert!(!plain.contains("TriggersBadExitCodes"));
        assert_eq!(options(&plain), Some(Vec::new()));
        assert_eq!(options("# nothing\n"), None);
    }
}
