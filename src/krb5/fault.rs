//! What MIT makes of a configuration that it cannot use.

/// Why a configuration was not read, by MIT's own names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// `[section]` inside braces.
    SectionNotop,
    /// `[` without `]`, or something after it.
    SectionSyntax,
    /// A line without `=`, without a name before it, or with two words there.
    RelationSyntax,
    /// `}` without an open `{`.
    ExtraCbrace,
    /// `name =` and no `{` on the next line.
    MissingObrace,
    FailIncludeFile,
    FailIncludeDir,
    /// The file asks for a module that reads the configuration in its place.
    Module,
    /// The file itself could not be read.
    Unreadable(Unreadable),
}

/// Why a file or folder could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    Missing,
    Denied,
    /// More than boxdoctor reads; MIT has no limit.
    TooLarge,
    /// Not looked at, so it could be anything.
    NotAsked,
    /// A part of its path is no folder.
    NoFolder,
    Other,
}

impl Code {
    /// The name of the code in MIT's sources, or that of the system's error.
    pub fn name(self) -> &'static str {
        match self {
            Code::SectionNotop => "PROF_SECTION_NOTOP",
            Code::SectionSyntax => "PROF_SECTION_SYNTAX",
            Code::RelationSyntax => "PROF_RELATION_SYNTAX",
            Code::ExtraCbrace => "PROF_EXTRA_CBRACE",
            Code::MissingObrace => "PROF_MISSING_OBRACE",
            Code::FailIncludeFile => "PROF_FAIL_INCLUDE_FILE",
            Code::FailIncludeDir => "PROF_FAIL_INCLUDE_DIR",
            Code::Module => "PROF_MODULE",
            Code::Unreadable(Unreadable::Missing) => "ENOENT",
            Code::Unreadable(Unreadable::Denied) => "EACCES",
            Code::Unreadable(Unreadable::TooLarge) => "EFBIG",
            Code::Unreadable(Unreadable::NoFolder) => "ENOTDIR",
            Code::Unreadable(Unreadable::NotAsked | Unreadable::Other) => "EIO",
        }
    }

    /// Whether `kinit` says "Improper format of Kerberos configuration file".
    pub fn is_improper_format(self) -> bool {
        matches!(
            self,
            Code::SectionNotop
                | Code::SectionSyntax
                | Code::RelationSyntax
                | Code::ExtraCbrace
                | Code::MissingObrace
        )
    }

    /// What `kinit` says before "while initializing Kerberos 5 library".
    pub fn said_by_kinit(self) -> &'static str {
        match self {
            Code::FailIncludeFile => "Included profile file could not be read",
            Code::FailIncludeDir => "Included profile directory could not be read",
            Code::Module => "Profile module declared",
            Code::Unreadable(Unreadable::Denied) => "Permission denied",
            Code::Unreadable(Unreadable::Missing) => "No such file or directory",
            Code::Unreadable(Unreadable::NoFolder) => "Not a directory",
            Code::Unreadable(_) => "Input/output error",
            _ => "Improper format of Kerberos configuration file",
        }
    }

    /// What is wrong with the line, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Code::SectionNotop => "a [section] begins while a { is still open",
            Code::SectionSyntax => "a [section] line has no ], or something after it",
            Code::RelationSyntax => "the line is no `name = value`",
            Code::ExtraCbrace => "a } closes nothing",
            Code::MissingObrace => "`name =` has neither a value nor a { on the next line",
            Code::FailIncludeFile => "the included file cannot be read",
            Code::FailIncludeDir => "the included folder cannot be read",
            Code::Module => "a module is to read the configuration",
            Code::Unreadable(Unreadable::Missing) => "there is no such file",
            Code::Unreadable(Unreadable::Denied) => "permission denied",
            Code::Unreadable(Unreadable::TooLarge) => "it is larger than what is read",
            Code::Unreadable(Unreadable::NotAsked) => "it was not looked at",
            Code::Unreadable(Unreadable::NoFolder) => "a part of its path is no folder",
            Code::Unreadable(Unreadable::Other) => "it cannot be read",
        }
    }
}

/// The end of a reading that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    /// The line at which MIT gave up. `None` when the first file could not be opened.
    pub place: Option<Place>,
    /// Where what an include names could not be read.
    pub included: Option<Included>,
}

/// A file or folder that an include names, and why it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    pub path: Vec<u8>,
    pub reason: Unreadable,
}

/// A place in one of the files of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the file, in the order in which the files were first opened.
    pub file: usize,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in bytes.
    pub column: u32,
    /// Offsets in the file, counted from 0.
    pub bytes: std::ops::Range<usize>,
}

impl Place {
    /// The place of some bytes of a file, its line and column counted here.
    pub fn of(file: usize, content: &[u8], bytes: std::ops::Range<usize>) -> Self {
        let before = &content[..bytes.start.min(content.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let lines = memchr::memchr_iter(b'\n', before).count() + 1;
        let counted = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place {
            file,
            line: counted(lines),
            column: counted(bytes.start - line_start + 1),
            bytes,
        }
    }
}
