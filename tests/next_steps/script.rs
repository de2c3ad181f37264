//! What the program says, one failure after the other.

use assert_cmd::Command;
use regex::Regex;

use super::program::{Desk, run};

/// What another run would say otherwise.
const NEVER_THE_SAME: [(&str, &str); 7] = [
    (r"\[?127\.0\.0\.1\]?:\d+", "127.0.0.1:PORT"),
    (r"SHA256:[A-Za-z0-9+/]+", "SHA256:KEY"),
    (r"\d{8}-\d{9}-[0-9a-f]{4}", "RUN"),
    (r"[0-9a-f]{16}\.lock", "MACHINE.lock"),
    (r"/[^ ]*/\.tmp[A-Za-z0-9]{6}", "FOLDER"),
    (r"\d+ ms\b", "SOME ms"),
    (r"\(os error \d+\)", "(os error)"),
];

/// With these words a next step begins.
const VERBS: [&str; 54] = [
    "add", "allow", "ask", "check", "choose", "compare", "fetch", "fix", "free", "give", "go",
    "install", "keep", "leave", "let", "load", "log", "look", "make", "mend", "mount", "move",
    "name", "paste", "put", "remove", "rename", "replace", "restart", "run", "save", "say", "see",
    "set", "start", "take", "try", "undo", "update", "use", "wait", "work", "write", "read",
    "report", "do", "stop", "end", "open", "close", "type", "unset", "copy", "call",
];

/// Whether a clause of it begins with what to do, or an option or a command is named that helps.
pub fn has_next_step(said: &str) -> bool {
    let mut clauses = said.split([';', ':', '.', ',', '(']).map(str::trim);
    let helps = |clause: &str| {
        let clause = clause.strip_prefix("or ").unwrap_or(clause);
        let first = clause.split([' ', '?']).next().unwrap_or_default();
        VERBS.contains(&first.to_lowercase().as_str())
    };
    said.contains("`boxdoctor ") || said.contains("--") || clauses.any(helps)
}

/// What a report says of what could not be done or asked.
fn told(report: &str) -> String {
    let (mut told, mut is_about_it) = (String::new(), true);
    for line in report.lines() {
        let begins = ["  observed", "What it leaves", "WARNING suppression"];
        is_about_it |= begins.iter().any(|begin| line.starts_with(begin));
        is_about_it &= !line.is_empty() && !line.starts_with("  seen in");
        if is_about_it {
            // The width of the page parts names, of which some are longer another time.
            let begins_anew = told.is_empty() || !line.starts_with("    ");
            told.push(if begins_anew { '\n' } else { ' ' });
            told.push_str(if begins_anew { line } else { line.trim_start() });
        }
    }
    told.trim_start_matches('\n').to_owned()
}

#[derive(Default)]
pub struct Script {
    pub said: String,
    /// What was said without a next step.
    pub leads_nowhere: Vec<String>,
}

impl Script {
    pub fn title(&mut self, title: &str) {
        self.said.push_str(&format!("# {title}\n\n"));
    }

    /// Runs the program on this desk, and keeps what it says.
    pub fn note(&mut self, desk: &Desk, arguments: &[&str]) {
        self.ran(desk, arguments, desk.command(arguments));
    }

    /// Runs this command, which has these arguments.
    pub fn ran(&mut self, desk: &Desk, arguments: &[&str], mut command: Command) {
        command.env("BOXDOCTOR_STATE_DIR", desk.path().join("state"));
        let ran = run(&mut command);
        assert_ne!(ran.status, Some(0), "{arguments:?}: {ran:?}");
        // What is no error of the program's own stands in the report.
        let said = match ran.stderr.is_empty() {
            true => told(&ran.stdout),
            false => ran.stderr,
        };
        self.judge(&said);
        let said = format!(
            "$ boxdoctor {}\n{}\n\n",
            arguments.join(" "),
            said.trim_end()
        );
        self.keep(desk, &said);
    }

    /// Keeps what a part of the program says that no command leads to without a guest.
    pub fn says(&mut self, desk: &Desk, title: &str, said: &str) {
        self.judge(said);
        self.keep(desk, &format!("{title}\n{said}\n\n"));
    }

    fn judge(&mut self, said: &str) {
        if !has_next_step(said) {
            self.leads_nowhere.push(said.to_owned());
        }
    }

    fn keep(&mut self, desk: &Desk, said: &str) {
        let mut said = said.replace(&desk.path().display().to_string(), "DESK");
        for (pattern, instead) in NEVER_THE_SAME {
            let expression = Regex::new(pattern).expect("an expression");
            said = expression.replace_all(&said, instead).into_owned();
        }
        self.said.push_str(&said);
    }
}
