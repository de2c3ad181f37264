//! Asks a person for consent. Without a person at the terminal there is none.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::escape;

/// What a person said to one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// Yes, and to all that follow.
    All,
    /// No, and to all that follow.
    Quit,
}

/// Whether there is somebody who can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks until there is an answer. The end of the input is a no.
///
/// # Errors
/// Where the terminal cannot be read or written.
pub fn ask(question: &str) -> io::Result<Answer> {
    ask_through(question, &mut io::stdin().lock(), &mut io::stderr())
}

fn ask_through(
    question: &str,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<Answer> {
    loop {
        write!(
            output,
            "{} [y]es, [n]o, [a]ll, [q]uit: ",
            escape::line(question, 400)
        )?;
        output.flush()?;
        let mut said = String::new();
        if input.read_line(&mut said)? == 0 {
            writeln!(output)?;
            return Ok(Answer::Quit);
        }
        match said.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(Answer::Yes),
            "n" | "no" => return Ok(Answer::No),
            "a" | "all" => return Ok(Answer::All),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str) -> (Answer, String) {
        let mut shown = Vec::new();
        let answer = ask_through("Do it?", &mut typed.as_bytes(), &mut shown);
        let shown = String::from_utf8(shown).expect("it is text");
        (answer.expect("it is memory"), shown)
    }

    #[test]
    fn only_a_clear_word_counts() {
        assert_eq!(answer("y\n").0, Answer::Yes);
        assert_eq!(answer("No\n").0, Answer::No);
        assert_eq!(answer(" ALL \n").0, Answer::All);
        assert_eq!(answer("q\n").0, Answer::Quit);
        let (said, shown) = answer("\nperhaps\ny\n");
        assert_eq!(said, Answer::Yes);
        assert_eq!(shown.matches("Do it?").count(), 3);
    }

    #[test]
    fn nobody_there_is_a_no() {
        assert_eq!(answer("").0, Answer::Quit);
    }
}
