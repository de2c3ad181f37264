//! What a user can type.

mod hook;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::check::Severity;
use crate::krb5::Release;
use crate::medium::choose::Wish;
use crate::medium::download::PUBLISHED_AT;
use crate::remedy::archive;
use crate::remedy::plan::Permission;
use crate::transport::Deadline;
use crate::transport::http::Address;
use crate::version;

pub use hook::{Hook, HookBlock, HookCommand, HookFile, HookInstall, HookManner, HookRun};

/// A doctor for Vagrant/VirtualBox boxes: says why the shared folders do not mount.
#[derive(Debug, Parser)]
#[command(name = "boxdoctor", version, long_version = version::long(), max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at machines and name the root cause of what is broken
    #[command(after_help = EXIT_STATUS)]
    Check(Check),
    /// Repair what boxdoctor can, after showing it and asking
    #[command(after_help = FIX_EXIT_STATUS)]
    Fix(Fix),
    /// Take back what a fix has changed
    Undo(Undo),
    /// Let `vagrant up` call boxdoctor before it mounts the shared folders
    Hook(Hook),
    /// Write what was observed to one file that can be attached to a bug report
    Capture(Capture),
    /// Show the page of a check: what it means, how it is known, what to do
    Explain(Explain),
    /// Write what a shell wants to know to complete commands and options
    Completions(Completions),
    /// Write the manual page
    Man(Man),
    /// Tools for Kerberos configurations
    Krb5(Krb5),
}

const EXIT_STATUS: &str = "\
Exit status:
  0    no failure at or above --fail-on
  1    such a failure
  2    wrong usage, unusable input, or an internal error
  3    nothing failed at that level, but a check of that level is unknown
  130  interrupted";

const FIX_EXIT_STATUS: &str = "\
Exit status: that of a check after the repair; with --dry-run, or when the plan was declined, that
of the check before it.
  2    something was to be repaired and was left as it is, with the reason; or wrong usage";

/// How long one machine may take, in seconds, where nobody says otherwise.
const TIMEOUT: u32 = 60;

/// What to look at. Without any of these: the Vagrant project around the current folder.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// Machines of the Vagrant project around the current folder [default: all of them]
    #[arg(value_name = "MACHINE", conflicts_with_all = ["vm", "ssh", "bundle", "log", "krb5_conf", "all"])]
    pub machines: Vec<String>,

    /// Every virtual machine that runs on this host
    #[arg(long, group = "one_target")]
    pub all: bool,

    /// A virtual machine of VirtualBox, with or without Vagrant
    #[arg(long, value_name = "NAME|UUID", group = "one_target")]
    pub vm: Option<String>,

    /// A guest by its SSH address (user vagrant, port 22 where left out); may be given several times
    #[arg(long, value_name = "[USER@]HOST[:PORT]", group = "one_target")]
    pub ssh: Vec<String>,

    /// The hosts of such a file as `vagrant ssh-config` or ~/.ssh/config; MACHINE then names some of them
    #[arg(long, value_name = "FILE", group = "one_target")]
    pub ssh_config: Option<PathBuf>,

    /// The private key for --ssh or --vm [default: the SSH agent, then the keys in ~/.ssh]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["machines", "bundle", "log", "krb5_conf", "ssh_config"])]
    pub identity: Option<PathBuf>,

    /// What `boxdoctor capture` wrote, here or elsewhere
    #[arg(long, value_name = "FILE", group = "one_target")]
    pub bundle: Option<PathBuf>,

    /// What some program said: vagrant up, an installer, a package manager; - is standard input
    #[arg(long, value_name = "FILE", group = "one_target")]
    pub log: Vec<PathBuf>,

    /// A krb5.conf on this computer
    #[arg(long, value_name = "FILE", group = "one_target")]
    pub krb5_conf: Option<PathBuf>,

    /// How long one machine may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
}

impl TargetArgs {
    /// These machines of the project, or all of them.
    pub fn of(machines: Vec<String>) -> Self {
        TargetArgs {
            machines,
            all: false,
            vm: None,
            ssh: Vec::new(),
            ssh_config: None,
            identity: None,
            bundle: None,
            log: Vec::new(),
            krb5_conf: None,
            timeout: TIMEOUT,
        }
    }

    /// How long one machine may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout.into())
    }

    /// When a look that begins now has to be over.
    pub fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout())
    }
}

/// What to report, and how.
#[derive(Debug, Args)]
pub struct View {
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,

    /// Only these checks
    #[arg(long, value_name = "SLUG", value_delimiter = ',')]
    pub only: Vec<String>,

    /// All checks but these
    #[arg(long, value_name = "SLUG", value_delimiter = ',')]
    pub skip: Vec<String>,

    /// From which severity on a failure counts for the exit status
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error)]
    pub fail_on: FailOn,

    /// Also show what passed, what was skipped, and all evidence
    #[arg(short, long)]
    pub verbose: bool,

    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub target: TargetArgs,

    #[command(flatten)]
    pub view: View,

    #[command(flatten)]
    pub further: Further,
}

/// What is asked of a guest only where the user wants it.
#[derive(Debug, Default, Args)]
pub struct Further {
    /// Also ask what is slow or leaves the guest: whether the KDCs of Kerberos answer it
    #[arg(long)]
    pub deep: bool,

    /// Also try a key of /etc/krb5.keytab, which is an attempt to log in
    #[arg(long)]
    pub try_keytab: bool,
}

#[derive(Debug, Args)]
pub struct Fix {
    #[command(flatten)]
    pub target: TargetArgs,

    #[command(flatten)]
    pub view: View,

    /// Show what would be done, and do nothing
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,

    /// Do it without asking, as far as the options below allow
    #[arg(long)]
    pub yes: bool,

    #[command(flatten)]
    pub repair: Repair,
}

/// What a repair may do, and with what.
#[derive(Clone, Debug, Args)]
pub struct Repair {
    /// The ISO of the Guest Additions [default: the one that VirtualBox has brought]
    #[arg(long, value_name = "FILE")]
    pub iso: Option<PathBuf>,

    /// Download the ISO of the Guest Additions where it is missing
    #[arg(long, conflicts_with = "iso")]
    pub download: bool,

    /// Where VirtualBox is published, or a mirror of that
    #[arg(long, value_name = "URL", default_value = PUBLISHED_AT, value_parser = Address::parse)]
    pub download_from: Address,

    /// Where packages are that have left the mirrors [default: the archive of the guest's release]
    #[arg(long, value_name = "URL", value_parser = archive::parse_address)]
    pub archive_from: Option<String>,

    /// Let it restart the guest without asking
    #[arg(long)]
    pub allow_reboot: bool,

    /// Let it install another kernel without asking, where the headers of the running one cannot be had
    #[arg(long)]
    pub allow_kernel_change: bool,

    /// Take a snapshot of the virtual machine before its kernel changes
    #[arg(long)]
    pub snapshot: bool,

    /// Let the version lock hold the new kernel after a change
    #[arg(long)]
    pub repin: bool,
}

impl Repair {
    /// Where the Guest Additions may come from.
    pub fn wish(&self) -> Wish {
        Wish {
            iso: self.iso.clone(),
            download: self.download,
            from: self.download_from.clone(),
        }
    }

    pub fn permission(&self) -> Permission {
        Permission {
            kernel_change: self.allow_kernel_change,
            reboot: self.allow_reboot,
        }
    }
}

#[derive(Debug, Args)]
pub struct Undo {
    /// The run to undo, as fix has named it [default: the last one]
    pub run: Option<String>,

    /// How long one machine may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
}

#[derive(Debug, Args)]
pub struct Capture {
    #[command(flatten)]
    pub target: TargetArgs,

    #[command(flatten)]
    pub further: Further,

    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The check [default: a list of all]
    pub slug: Option<String>,

    /// How to write it
    #[arg(long, value_enum, default_value_t = PageFormat::Human)]
    pub format: PageFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    Human,
    Json,
}

#[derive(Debug, Args)]
pub struct Completions {
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// A folder for the pages of all commands [default: the main page, to standard output]
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Krb5 {
    #[command(subcommand)]
    pub command: Krb5Command,
}

#[derive(Debug, Subcommand)]
pub enum Krb5Command {
    /// Show what MIT Kerberos makes of a file: its verdict, and the tree it sees
    #[command(after_help = KRB5_PARSE)]
    Parse(Krb5Parse),
}

const KRB5_PARSE: &str = "\
One JSON line a file: {\"file\",\"ok\",\"error\",\"line\",\"tree\"}
  error  MIT's own code (PROF_RELATION_SYNTAX), or the system's (ENOENT), or null
  line   where MIT gave up; with \"in\" where that is an included file
  tree   [[name, value or null, children or null], ...] in the library's order,
         names and values in hexadecimal; null after an error
The exit status is 0 when every line could be written.";

#[derive(Debug, Args)]
pub struct Krb5Parse {
    /// The release of MIT Kerberos to be like
    #[arg(long, value_name = "X.Y", default_value_t, value_parser = release)]
    pub krb5_version: Release,

    /// The files [default: paths on standard input, separated by NUL]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

fn release(text: &str) -> Result<Release, String> {
    Release::parse(text).ok_or_else(|| "write it as 1.20".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
    Sarif,
    #[value(name = "junit")]
    JUnit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// `None` where no failure counts.
    pub fn level(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}
