//! Reads a configuration as MIT's profile library does: the same tree, or the same code.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::fault::{Code, Fault, Included, Place, Unreadable};
use super::line::{self, Line, State};
use super::lines::{self, Piece, without_line_end};
use super::profile::{File, Growing, NodeId, Profile, ROOT};
use super::release::Release;

/// Where the files of a configuration come from: a disk, or what was seen of one.
pub trait Files {
    /// What the file holds. A folder that is read as a file is empty, as it is in C.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable>;

    /// The names in a folder, in any order.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable>;
}

/// How deep files can include one another. MIT has no limit of its own: it runs out of open files,
/// of which a process has 1024 where nobody changed it.
const DEEPEST: usize = 1000;

/// How many bytes are read at most, a file that is included twice counted twice. MIT has no limit,
/// and needs many times the memory.
pub const MOST_BYTES: usize = 256 * 1024 * 1024;

/// How often a file is opened or a folder listed at most. Thirty files that include the next one
/// twice are a thousand million for MIT.
const MOST_OPENED: usize = 10_000;

/// A configuration as far as it could be read.
pub struct Reading {
    /// What stands in the tree when the reading ended; MIT throws it away after a fault.
    pub profile: Profile,
    pub fault: Option<Fault>,
}

/// Reads the file at `path` and all that it includes.
pub fn read(path: &[u8], files: &dyn Files, release: Release) -> Reading {
    let mut parser = Parser {
        files,
        release,
        tree: Growing::new(release),
        opened: HashMap::new(),
        stack: Vec::new(),
        bytes: 0,
        openings: 0,
    };
    let fault = parser.configuration(path).err();
    Reading {
        profile: parser.tree.finish(),
        fault,
    }
}

/// Reads bytes that include nothing, or whose includes do not matter.
pub fn read_alone(bytes: &[u8], release: Release) -> Reading {
    struct Alone(Arc<[u8]>);
    impl Files for Alone {
        fn file(&self, path: &[u8]) -> Result<Arc<[u8]>, Unreadable> {
            Ok(if path.is_empty() {
                Arc::clone(&self.0)
            } else {
                Arc::default()
            })
        }
        fn folder(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Unreadable> {
            // The file itself is none.
            if path.is_empty() {
                return Err(Unreadable::Other);
            }
            Ok(Vec::new())
        }
    }
    read(b"", &Alone(bytes.into()), release)
}

struct Parser<'a> {
    files: &'a dyn Files,
    release: Release,
    tree: Growing,
    /// The number of each file that was read.
    opened: HashMap<Vec<u8>, usize>,
    /// The file that is read, and those that include it.
    stack: Vec<Frame>,
    bytes: usize,
    openings: usize,
}

/// One file in the course of being read.
struct Frame {
    file: usize,
    at: usize,
    state: State,
    section: NodeId,
    /// The rest of a folder that this line includes, last name first.
    waiting: Vec<Vec<u8>>,
    /// The line that is being read.
    line: Range<usize>,
}

impl Frame {
    fn new(file: usize) -> Self {
        Frame {
            file,
            at: 0,
            state: State::BeforeFirstSection,
            section: ROOT,
            waiting: Vec::new(),
            line: 0..0,
        }
    }
}

impl Parser<'_> {
    /// The first file; or the files of a folder, as if it were included.
    fn configuration(&mut self, path: &[u8]) -> Result<(), Fault> {
        let file = self.open(path);
        let is_empty = |file: &usize| self.tree.files[*file].bytes.is_empty();
        // A folder is looked for last, because hardly anybody has one there.
        if file.as_ref().map_or(true, is_empty)
            && let Ok(names) = self.files.folder(path)
        {
            for path in self.within(path, names) {
                self.include(&path, Code::FailIncludeDir)?;
                self.run()?;
            }
            return Ok(());
        }
        let file = file.map_err(|reason| Fault {
            code: Code::Unreadable(reason),
            place: None,
            included: None,
        })?;
        self.stack.push(Frame::new(file));
        self.run()
    }

    /// The number of the file at `path`, which is read once.
    fn open(&mut self, path: &[u8]) -> Result<usize, Unreadable> {
        self.count_opening()?;
        let number = match self.opened.get(path) {
            Some(number) => *number,
            None => {
                let bytes = self.files.file(path)?;
                let number = self.tree.files.len();
                self.opened.insert(path.to_vec(), number);
                self.tree.files.push(File {
                    path: path.to_vec(),
                    bytes,
                });
                number
            }
        };
        self.bytes = self
            .bytes
            .saturating_add(self.tree.files[number].bytes.len());
        if self.bytes > MOST_BYTES {
            return Err(Unreadable::TooLarge);
        }
        Ok(number)
    }

    fn count_opening(&mut self) -> Result<(), Unreadable> {
        self.openings += 1;
        if self.openings > MOST_OPENED {
            return Err(Unreadable::TooLarge);
        }
        Ok(())
    }

    fn run(&mut self) -> Result<(), Fault> {
        while let Some(frame) = self.stack.last_mut() {
            if let Some(path) = frame.waiting.pop() {
                self.include(&path, Code::FailIncludeDir)?;
                continue;
            }
            let bytes = Arc::clone(&self.tree.files[frame.file].bytes);
            if !self.lines(&bytes)? {
                self.stack.pop();
            }
        }
        Ok(())
    }

    /// Reads lines up to one that includes something. Whether there are more of this file.
    fn lines(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        let depth = self.stack.len();
        while self.stack.len() == depth
            && let Some(frame) = self.stack.last_mut()
        {
            if !frame.waiting.is_empty() {
                return Ok(true);
            }
            let Some(piece) = lines::piece(bytes, frame.at) else {
                return Ok(false);
            };
            frame.at = piece.end;
            frame.line = piece.start..piece.text_end;
            self.line(bytes, piece)?;
        }
        Ok(true)
    }

    fn line(&mut self, bytes: &[u8], piece: Piece) -> Result<(), Fault> {
        let text = &bytes[piece.start..piece.text_end];
        let Some(frame) = self.stack.last_mut() else {
            return Ok(());
        };
        match line::interpret(text, frame.state) {
            Ok(Line::Include(path)) => self.include(&text[path], Code::FailIncludeFile),
            Ok(Line::IncludeFolder(path)) => self.include_folder(&text[path]),
            Ok(line) => {
                frame.state = frame.state.after(&line);
                frame.grow(&mut self.tree, line, piece.start);
                Ok(())
            }
            Err(code) => Err(self.fault(code, None)),
        }
    }

    /// Goes on with the file at `path`. MIT lets files include one another until it may open no
    /// more of them, and ends with `out_of_files`: it opens a folder before what lies in it.
    fn include(&mut self, path: &[u8], out_of_files: Code) -> Result<(), Fault> {
        let goes_round = self
            .stack
            .iter()
            .any(|frame| self.tree.files[frame.file].path == path);
        if goes_round || self.stack.len() >= DEEPEST {
            return Err(self.fault(out_of_files, included(path, Unreadable::Other)));
        }
        match self.open(path) {
            Ok(file) => {
                self.stack.push(Frame::new(file));
                Ok(())
            }
            Err(reason) => Err(self.fault(Code::FailIncludeFile, included(path, reason))),
        }
    }

    fn include_folder(&mut self, path: &[u8]) -> Result<(), Fault> {
        let names = self
            .count_opening()
            .and_then(|()| self.files.folder(path))
            .map_err(|reason| self.fault(Code::FailIncludeDir, included(path, reason)))?;
        let mut paths = self.within(path, names);
        if let Some(frame) = self.stack.last_mut() {
            paths.reverse();
            frame.waiting = paths;
        }
        Ok(())
    }

    /// The paths of those files in a folder that are read, in the order in which they are. Before
    /// 1.17 it was that of the disk, which nobody knows.
    fn within(&self, folder: &[u8], mut names: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        names.retain(|name| self.release.includes(name));
        names.sort_unstable();
        let path = |name: Vec<u8>| [folder, b"/", &name].concat();
        names.into_iter().map(path).collect()
    }

    fn fault(&self, code: Code, included: Option<Included>) -> Fault {
        let place = self.stack.last().map(|frame| {
            let content = &self.tree.files[frame.file].bytes;
            let text = without_line_end(&content[frame.line.clone()]);
            let start = frame.line.start;
            Place::of(frame.file, content, start..start + text.len())
        });
        Fault {
            code,
            place,
            included,
        }
    }
}

fn included(path: &[u8], reason: Unreadable) -> Option<Included> {
    let path = path.to_vec();
    Some(Included { path, reason })
}

impl Frame {
    /// Adds what a line says to the tree. `start` is where it stands in the file.
    fn grow(&mut self, tree: &mut Growing, line: Line, start: usize) {
        let at = |range: Range<usize>| range.start + start..range.end + start;
        let (node, is_final) = match line {
            Line::Nothing | Line::Brace | Line::Include(_) | Line::IncludeFolder(_) => return,
            Line::Section { name, is_final } => {
                self.section = tree.section(ROOT, self.file, at(name));
                (self.section, is_final)
            }
            Line::Open { name, is_final, .. } => {
                self.section = tree.section(self.section, self.file, at(name));
                (self.section, is_final)
            }
            Line::Close { is_final } => {
                let closed = self.section;
                self.section = tree.parent(closed);
                (closed, is_final)
            }
            Line::Relation {
                name,
                value,
                quoted,
                is_final,
            } => {
                let relation = tree.relation(self.section, self.file, at(name), at(value), quoted);
                (relation, is_final)
            }
        };
        if is_final {
            tree.make_final(node);
        }
    }
}
