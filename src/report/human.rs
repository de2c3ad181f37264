//! The report for people: what is wrong first, what follows from it below, then what to do.

use crate::check::{Evidence, Severity};
use crate::observe::Side;
use crate::remedy;
use crate::target::Kind;

use super::alike::{self, Group, with_status};
use super::{
    FindingReport, RemedyReport, Report, StatusName, Style, SuppressionProblem, TargetReport,
};

/// Columns in front of the text of a finding.
const INDENT: usize = 2;
/// Each consequence stands this much further in; a deep chain must still leave room for text.
const STEP: usize = 2;
const DEEPEST: usize = 12;
/// Columns of a label such as `expected`, with the space behind it.
const LABEL: usize = 10;

/// The whole report.
pub fn write(report: &Report, style: Style, verbose: bool) -> String {
    let all: Vec<&TargetReport> = report.targets.iter().collect();
    targets(&all, style, verbose) + &summary(report, style)
}

/// What was found of these; machines with the same trouble are told of together.
pub fn targets(targets: &[&TargetReport], style: Style, verbose: bool) -> String {
    let mut page = Page::new(style);
    if verbose {
        for target in targets {
            page.target(target, &[], true);
        }
    } else {
        for group in alike::groups(targets) {
            page.target(group[0], &group[1..], false);
        }
    }
    page.text
}

/// What comes below all of them.
pub fn summary(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    page.roots(&report.groups);
    let findings = report.targets.iter().flat_map(|target| &target.findings);
    // A note on a machine that works is the root of nothing.
    let roots = findings.filter(|finding| {
        finding.root && finding.severity > Severity::Info && finding.suppressed.is_none()
    });
    page.problems(&report.suppression_problems);
    page.summary(report, roots.count());
    page.text
}

struct Page {
    text: String,
    style: Style,
}

impl Page {
    fn new(style: Style) -> Self {
        Page {
            text: String::new(),
            style,
        }
    }

    /// One target, and those whose trouble is the same.
    fn target(&mut self, target: &TargetReport, others: &[&TargetReport], verbose: bool) {
        let what = match (&target.provider, target.kind.as_str()) {
            (Some(provider), _) => format!("provider {provider}"),
            (None, "file") => "file".to_owned(),
            (None, kind) => format!("{kind}, {}", target.state.replace('_', " ")),
        };
        self.heading(target, others, &what);
        if let Some(reason) = &target.reason {
            self.wrapped(INDENT, reason);
        }
        self.line("");
        let failing: Vec<&FindingReport> = with_status(target, StatusName::Fail).collect();
        let is_quiet = failing.iter().all(|finding| finding.suppressed.is_some());
        if is_quiet && target.was_examined() {
            let word = self.style.good("Nothing is wrong");
            let rest = match with_status(target, StatusName::Unknown).count() {
                // A log need not tell of all that is wrong.
                0 if target.kind == Kind::Log.name() => " in it that boxdoctor knows of.",
                0 if failing.is_empty() => " that boxdoctor knows of.",
                0 => " but what the project lives with.",
                _ => " with what could be read.",
            };
            self.line(&format!("{}{word}{rest}", " ".repeat(INDENT)));
            self.line("");
        }
        // What the project lives with is no news, unless it explains something that is.
        let is_accepted =
            |family: &&[&FindingReport]| family.iter().all(|finding| finding.suppressed.is_some());
        let (accepted, news): (Vec<_>, Vec<_>) = split_at_roots(&failing).partition(is_accepted);
        for root in news {
            self.root(root, verbose);
        }
        self.accepted(&accepted.concat());
        let failing: Vec<_> = failing
            .into_iter()
            .filter(|finding| finding.suppressed.is_none())
            .collect();
        self.differences(target, others);
        self.remedies(&failing);
        self.unknowns(target);
        if verbose {
            self.rest(target);
        }
    }

    fn heading(&mut self, target: &TargetReport, others: &[&TargetReport], what: &str) {
        let what = self.style.shown(what);
        if others.is_empty() {
            let name = self.style.strong(&self.style.shown(&target.name));
            return self.line(&format!("{name} ({what})"));
        }
        let all = [target].into_iter().chain(others.iter().copied());
        let names: Vec<String> = all.map(|one| self.style.shown(&one.name)).collect();
        let heading = format!("{} ({what})", names.join(", "));
        for line in textwrap::wrap(&heading, self.style.width) {
            self.line(&self.style.strong(&line));
        }
        if alike::roots(target).next().is_some() {
            let first = &target.name;
            self.wrapped(
                INDENT,
                &format!("The same on each; the evidence is that of {first}."),
            );
        }
    }

    fn accepted(&mut self, accepted: &[&FindingReport]) {
        for finding in accepted {
            let reason = finding.suppressed.as_deref().unwrap_or_default();
            let text = format!("suppressed {}: {reason}", finding.check);
            self.wrapped_after(INDENT, INDENT + 2, &text);
        }
        if !accepted.is_empty() {
            self.line("");
        }
    }

    /// Suppressions that do nothing.
    fn problems(&mut self, problems: &[SuppressionProblem]) {
        for problem in problems {
            let place = &problem.location;
            let line = place.line.unwrap_or(1);
            let severity = self.style.severity(Severity::Warning, "WARNING");
            self.line(&format!("{severity} {}", self.style.strong("suppression")));
            self.wrapped(INDENT, &problem.summary());
            self.labelled(INDENT, "seen in", &format!("{}:{line}", place.path));
            self.line("");
        }
    }

    /// What is not quite the same where the rest is.
    fn differences(&mut self, target: &TargetReport, others: &[&TargetReport]) {
        let mut any = false;
        for other in others {
            for (shown, root) in alike::roots(target).zip(alike::roots(other)) {
                if root.summary != shown.summary {
                    let summary = root.summary.as_deref().unwrap_or_default();
                    let text = format!("{}: {}: {summary}", other.name, root.check);
                    self.wrapped_after(INDENT, INDENT + 2, &text);
                    any = true;
                }
            }
        }
        if any {
            self.line("");
        }
    }

    /// Of several machines: which have what.
    fn roots(&mut self, groups: &[Group]) {
        if groups.is_empty() {
            return;
        }
        self.line(&self.style.strong("Root causes"));
        let longest = groups.iter().map(|group| group.root.len()).max();
        let column = longest.unwrap_or(0) + 2;
        for group in groups {
            let text = format!("{:<column$}{}", group.root, group.targets.join(", "));
            self.wrapped_after(INDENT, INDENT + column, &text);
        }
        self.line("");
    }

    /// A root with all that follows from it.
    fn root(&mut self, family: &[&FindingReport], verbose: bool) {
        let Some((root, consequences)) = family.split_first() else {
            return;
        };
        let severity = self
            .style
            .severity(root.severity, &root.severity.name().to_uppercase());
        let slug = self.style.strong(&root.check);
        let mut label = match consequences.is_empty() {
            true => String::new(),
            false => "  root cause".to_owned(),
        };
        if let Some(reason) = &root.suppressed {
            label.push_str(&format!("  (suppressed: {})", self.style.shown(reason)));
        }
        self.line(&format!("{severity} {slug}{}", self.style.faint(&label)));
        self.wrapped(INDENT, root.summary.as_deref().unwrap_or_default());
        self.details(INDENT, root, true);
        for finding in consequences {
            let indent = (INDENT + (finding.depth - 1) * STEP).min(DEEPEST);
            let slug = self.style.strong(&finding.check);
            self.line(&format!(
                "{}{}{slug}",
                " ".repeat(indent),
                self.style.arrow()
            ));
            let indent = indent + 6;
            self.wrapped(indent, finding.summary.as_deref().unwrap_or_default());
            self.details(indent, finding, verbose);
        }
        self.line("");
    }

    fn details(&mut self, indent: usize, finding: &FindingReport, all: bool) {
        if all {
            for (word, text) in [
                ("expected", &finding.expected),
                ("observed", &finding.observed),
            ] {
                if let Some(text) = text {
                    self.labelled(indent, word, text);
                }
            }
        }
        // A consequence shows one piece; its cause has shown what matters.
        let shown = if all { finding.evidence.len() } else { 1 };
        for evidence in finding.evidence.iter().rev().take(shown).rev() {
            if all && finding.observed.as_ref() == Some(&evidence.text) {
                // It stands right above.
                self.labelled(indent, "seen in", &evidence.source);
            } else {
                self.evidence(indent, evidence);
            }
        }
    }

    /// What was seen, behind its source where both fit on the line, otherwise below it.
    fn evidence(&mut self, indent: usize, evidence: &Evidence) {
        let one_line = format!("{}: {}", evidence.source, evidence.text);
        if indent + LABEL + one_line.chars().count() <= self.style.width {
            self.labelled(indent, "seen in", &one_line);
        } else {
            self.labelled(indent, "seen in", &evidence.source);
            self.wrapped(indent + LABEL, &evidence.text);
        }
    }

    /// One plan for the whole target. What stands in the way of a cure comes before it: the list of
    /// remedies is in that order.
    fn remedies(&mut self, failing: &[&FindingReport]) {
        let all = || failing.iter().flat_map(|finding| &finding.remedies);
        let is_covered = |id: &str| {
            all()
                .filter_map(|other| remedy::find(&other.id))
                .any(|other| other.covers.contains(&id))
        };
        let mut steps: Vec<&RemedyReport> = Vec::new();
        for remedy in all().filter(|remedy| !is_covered(&remedy.id)) {
            // What two findings call for is done once.
            if !steps.iter().any(|step| step.how == remedy.how) {
                steps.push(remedy);
            }
        }
        steps.sort_by_key(|step| remedy::position(&step.id));
        if steps.is_empty() {
            return;
        }
        let is_duty = failing
            .iter()
            .any(|finding| finding.severity > Severity::Info);
        let heading = if is_duty {
            "What to do next"
        } else {
            "If you want to change that"
        };
        let heading = self.style.strong(heading);
        self.line(&heading);
        for (number, step) in (1..).zip(steps) {
            let place = match step.side {
                Side::Guest => "[guest]",
                Side::Host => "[host]",
            };
            let title = format!("{number}. {place} {}", step.title);
            self.wrapped_after(INDENT, INDENT + 3, &title);
            for how in &step.how {
                // A command must be copied whole: it is never broken.
                let how = self.style.shown(how);
                self.line(&format!("{}{how}", " ".repeat(INDENT + 6)));
            }
        }
        self.line("");
    }

    fn unknowns(&mut self, target: &TargetReport) {
        let mut any = false;
        for finding in with_status(target, StatusName::Unknown) {
            any = true;
            let slug = self.style.strong(&finding.check);
            self.line(&format!("UNKNOWN {slug}"));
            self.wrapped(INDENT, finding.reason.as_deref().unwrap_or_default());
            if let Some(with) = &finding.decide_with {
                self.labelled(INDENT, "decide by", with);
            }
        }
        if any {
            self.line("");
        }
    }

    fn rest(&mut self, target: &TargetReport) {
        for finding in with_status(target, StatusName::Pass) {
            let word = self.style.good("pass");
            self.line(&format!("{word}     {}", finding.check));
        }
        for finding in with_status(target, StatusName::Skipped) {
            let reason = finding.reason.as_deref().unwrap_or_default();
            self.wrapped_after(0, 9, &format!("skipped  {}: {reason}", finding.check));
        }
        for noise in &target.noise {
            let text = format!("harmless {}: {}", noise.source, noise.text);
            self.wrapped_after(0, 9, &text);
        }
        self.line("");
    }

    fn summary(&mut self, report: &Report, roots: usize) {
        let summary = &report.summary;
        if report.targets.is_empty() {
            self.line("No machine runs here: there is nothing to look at.");
            return;
        }
        let counts = [
            (summary.error, "error", "errors"),
            (summary.warning, "warning", "warnings"),
            (summary.info, "note", "notes"),
            (summary.unknown, "unknown", "unknown"),
            (summary.pass, "passed", "passed"),
            (summary.skipped, "skipped", "skipped"),
            (summary.suppressed, "suppressed", "suppressed"),
        ];
        let said: Vec<String> = counts
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
            .collect();
        let roots = match roots {
            0 => String::new(),
            1 => "1 root cause: ".to_owned(),
            several => format!("{several} root causes: "),
        };
        self.line(&format!("{roots}{}", said.join(", ")));
    }

    fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        let label = format!("{label:<LABEL$}");
        let first = format!("{}{}", " ".repeat(indent), self.style.faint(&label));
        let hanging = " ".repeat(indent + LABEL);
        self.fill(&first, indent + label.len(), &hanging, text);
    }

    fn wrapped(&mut self, indent: usize, text: &str) {
        self.wrapped_after(indent, indent, text);
    }

    fn wrapped_after(&mut self, first: usize, hanging: usize, text: &str) {
        self.fill(&" ".repeat(first), first, &" ".repeat(hanging), text);
    }

    /// `first` may hold colours, so its width is told apart from its text.
    fn fill(&mut self, first: &str, first_width: usize, hanging: &str, text: &str) {
        let text = self.style.shown(text);
        let placeholder = " ".repeat(first_width);
        let options = textwrap::Options::new(self.style.width)
            .initial_indent(&placeholder)
            .subsequent_indent(hanging)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        for (number, line) in textwrap::wrap(&text, options).iter().enumerate() {
            match (number, line.get(first_width..)) {
                (0, Some(rest)) => self.line(&format!("{first}{rest}")),
                (0, None) => self.line(first.trim_end()),
                _ => self.line(line),
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// The failing findings in groups, each led by its root.
fn split_at_roots<'a, 'b>(
    failing: &'a [&'b FindingReport],
) -> impl Iterator<Item = &'a [&'b FindingReport]> {
    failing.chunk_by(|_, next| next.depth > 0)
}
