//! What a rule is, and which of them a line meets.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::rules::RULES;

/// What a line says.
pub struct Rule {
    /// Tells it from all others.
    pub id: &'static str,
    /// One of these stands in the line, in any case. They see bytes: `\d`, `\w` and `\s` are those of
    /// ASCII, and `.` is any byte.
    pub(super) patterns: &'static [&'static str],
    pub effect: Effect,
}

#[derive(Clone, Copy)]
pub enum Effect {
    Fails(Fails),
    /// Vagrant mounts: whatever was wrong before, it has not kept it from that unless this fails.
    Mounts,
    /// The modules are built anew: what an earlier build has said is history.
    BuildsAnew,
    /// What these checks were said to fail with up to here has come to a good end.
    Ends(&'static [&'static str]),
    /// Whatever else is said, these checks are not why.
    Excludes(&'static [&'static str]),
    Shows(Shown),
    /// Never the cause of anything, whatever else the line says.
    Noise,
}

/// What a line shows, besides what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    RunningKernel,
    InstalledHeaders,
    /// The name under which a box is added.
    BoxName,
    /// Where a box comes from.
    BoxAddress,
}

/// A check fails.
#[derive(Clone, Copy)]
pub struct Fails {
    pub check: &'static str,
    pub summary: &'static str,
    /// What cures it, by the names of the list of remedies.
    pub cures: &'static [&'static str],
    /// It counts only where one of these checks fails, too; always where none is named.
    pub with: &'static [&'static str],
    /// It does not count where one of these checks fails, which says more.
    pub unless: &'static [&'static str],
    /// Without those it needs, it is a warning still.
    pub warns_alone: bool,
    /// What it tells of is the build of modules, and history once there is another.
    pub of_build: bool,
    /// What the line must fulfil besides.
    pub when: Option<fn(&str) -> bool>,
}

pub(super) const fn fails(
    id: &'static str,
    check: &'static str,
    summary: &'static str,
    cures: &'static [&'static str],
    patterns: &'static [&'static str],
) -> Rule {
    let effect = Effect::Fails(Fails {
        check,
        summary,
        cures,
        with: &[],
        unless: &[],
        warns_alone: false,
        of_build: false,
        when: None,
    });
    Rule {
        id,
        patterns,
        effect,
    }
}

impl Rule {
    /// It counts only beside a failure of one of these.
    pub(super) const fn only_with(mut self, with: &'static [&'static str]) -> Self {
        if let Effect::Fails(fails) = &mut self.effect {
            fails.with = with;
        }
        self
    }

    /// It does not count beside a failure of one of these.
    pub(super) const fn unless(mut self, unless: &'static [&'static str]) -> Self {
        if let Effect::Fails(fails) = &mut self.effect {
            fails.unless = unless;
        }
        self
    }

    /// Where nothing is said of what it needs, it is a warning.
    pub(super) const fn warns_alone(mut self) -> Self {
        if let Effect::Fails(fails) = &mut self.effect {
            fails.warns_alone = true;
        }
        self
    }

    pub(super) const fn of_build(mut self) -> Self {
        if let Effect::Fails(fails) = &mut self.effect {
            fails.of_build = true;
        }
        self
    }

    pub(super) const fn when(mut self, when: fn(&str) -> bool) -> Self {
        if let Effect::Fails(fails) = &mut self.effect {
            fails.when = Some(when);
        }
        self
    }

    pub fn fails(&self) -> Option<&Fails> {
        match &self.effect {
            Effect::Fails(fails) => Some(fails),
            _ => None,
        }
    }
}

/// Rules whose patterns are tried all at once.
pub struct Table {
    set: RegexSet,
    rules: Vec<&'static Rule>,
}

/// Every rule.
pub static ALL: LazyLock<Table> = LazyLock::new(|| Table::of(|_| true));

impl Table {
    /// Of the rules that are wanted: to build a table of all takes longer than a whole look at a bundle.
    pub fn of(is_wanted: impl Fn(&Rule) -> bool) -> Self {
        let rules: Vec<&Rule> = rules().filter(|rule| is_wanted(rule)).collect();
        let all = || {
            rules
                .iter()
                .flat_map(|rule| rule.patterns.iter().map(move |pattern| (pattern, *rule)))
        };
        let set = RegexSetBuilder::new(all().map(|(pattern, _)| pattern))
            .case_insensitive(true)
            .unicode(false)
            .dfa_size_limit(8 << 20)
            .build()
            .expect("constant expressions");
        let rules = all().map(|(_, rule)| rule).collect();
        Table { set, rules }
    }

    /// Whether a line means anything.
    pub fn means_something(&self, line: &str) -> bool {
        self.set.is_match(line.as_bytes())
    }

    /// The meanings of a line.
    pub fn means(&self, line: &str) -> Vec<&'static Rule> {
        let mut found: Vec<&'static Rule> = Vec::new();
        if !self.means_something(line) {
            return found;
        }
        for index in self.set.matches(line.as_bytes()) {
            let rule = self.rules[index];
            if matches!(rule.effect, Effect::Noise) {
                return vec![rule];
            }
            let is_met = |fails: &Fails| fails.when.is_none_or(|when| when(line));
            if rule.fails().is_none_or(is_met) && !found.iter().any(|known| known.id == rule.id) {
                found.push(rule);
            }
        }
        found
    }
}

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.into_iter().flatten()
}

/// The rule of this name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// Where in a line that is longer than can be shown it means something.
pub fn place(line: &str) -> usize {
    let first = ALL.set.matches(line.as_bytes()).into_iter().next();
    let pattern = first.map(|index| ALL.set.patterns()[index].as_str());
    let expression = pattern.and_then(|pattern| of_bytes(pattern).ok());
    let found = expression.and_then(|expression| Some(expression.find(line.as_bytes())?.start()));
    found.unwrap_or(0)
}

fn of_bytes(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .unicode(false)
        .build()
}
