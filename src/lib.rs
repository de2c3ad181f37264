//! boxdoctor: a doctor for Vagrant/VirtualBox development boxes.
//!
//! Data flows one way through the house:
//!
//! ```text
//! arguments → target → observe → facts → check → diagnosis → report
//!                         ↑                          │
//!             bundle, log, krb5.conf               remedy → ask the package manager → plan → execute (journal) → observe again
//! ```
//!
//! | room | what happens there |
//! |---|---|
//! | [`cli`] | what a user can type |
//! | [`command`] | one file a subcommand |
//! | [`target`] | what is examined, and how it is found |
//! | [`transport`] | local programs and SSH, with deadlines and limits; the only way to a machine; and what this computer's system does in its own way |
//! | [`observe`] | what is asked of host and guest, the way to it, and bundles of the answers |
//! | [`parse`] | text to values, pure |
//! | [`facts`] | what is known, absent or unknown, and from where |
//! | [`check`] | one file a check, with its page; the list of all and of what causes what |
//! | [`krb5`] | krb5.conf as MIT Kerberos reads it, its stray bytes, and their repair |
//! | [`diagnosis`] | findings folded under their causes, in order |
//! | [`remedy`] | what cures a finding: the list, the plan and what it may do, commands that outlive a connection, restarts, uploads, the journal |
//! | [`medium`] | the ISO of the Guest Additions on this computer: read, chosen, downloaded |
//! | [`report`] | the report, and one file a format |
//! | [`hook`] | the block in a Vagrantfile that calls boxdoctor before Vagrant mounts |
//! | [`next_step`] | what to do when the operating system refuses a file |
//! | [`files`] | files of this computer: read, written and replaced whole |
//! | [`escape`] | foreign bytes as text that hides and commands nothing |
//! | [`version`] | what this program is |
//!
//! Everything from [`parse`] to [`diagnosis`], the plan and the [`report`] are pure: a live box, a
//! bundle and a test are the same to them.

pub mod check;
pub mod cli;
pub mod command;
pub mod diagnosis;
pub mod escape;
pub mod facts;
pub mod files;
pub mod hook;
pub mod krb5;
pub mod medium;
pub mod next_step;
pub mod observe;
pub mod parse;
pub mod remedy;
pub mod report;
pub mod target;
pub mod transport;
pub mod version;
