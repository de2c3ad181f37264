//! Whether the guest is still busy with its Guest Additions: they start, or are built, while it boots.

use super::look;
use super::questions::{Question, question};
use super::way::Way;
use crate::escape;
use crate::parse::text;
use crate::transport::Deadline;

/// What init systems and processes have to say; each line is something that goes on.
const QUESTION: Question<'static> = question(
    "additions-activity",
    "ps -e -o args | grep vboxadd; systemctl list-jobs",
)
.run(
    r#"with grep
{
  for file in /proc/[0-9]*/cmdline; do
    { tr '\0' ' ' <"$file"; echo; } 2>/dev/null
  done
  ! command -v systemctl >/dev/null || systemctl list-jobs --no-legend 2>/dev/null
} | grep -E -e '[v]boxadd(-service)? (start|restart|reload|setup|quicksetup)' -e '[V]BoxLinuxAdditions' \
  -e '[m]ake .*vbox' -e '[d]kms .*(auto)?install' -e '([v]boxadd|virtualbox-guest)[^ ]*\.service .*(waiting|running)' |
  head -n 1"#,
);

/// What the guest is busy with; `None` where that is nothing, or could not be learned.
pub fn ask(way: &Way, deadline: Deadline) -> Option<String> {
    let answers = look::ask_further(way, &[QUESTION], deadline);
    let said = text(&answers.first()?.stdout).trim().to_owned();
    (!said.is_empty()).then(|| escape::line(&said, 100))
}
