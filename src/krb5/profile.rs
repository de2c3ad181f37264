//! The tree that MIT builds of a configuration, with the place of every node.
//!
//! Nodes are kept in one list, with offsets into the files instead of copies: a file of 100 MB and
//! a hundred thousand levels of braces cost memory in proportion to the file, and no stack.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashTable;

use super::fault::Place;
use super::release::Release;

/// A file that the configuration is made of.
#[derive(Clone, Debug)]
pub struct File {
    pub path: Vec<u8>,
    pub bytes: Arc<[u8]>,
}

/// A node of the tree: a relation (`name = value`), or a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId(u32);

/// Where everything is found from.
pub const ROOT: NodeId = NodeId(0);

#[derive(Clone, Debug)]
struct Node {
    parent: NodeId,
    file: u32,
    name_start: u32,
    name_length: u16,
    kind: Kind,
    is_final: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Section {
        number: u32,
    },
    Plain {
        start: u32,
        length: u16,
    },
    /// In quotes: what lies between them, with its escapes.
    Quoted {
        start: u32,
        length: u16,
    },
}

/// The tree of one configuration file and of all that it includes.
pub struct Profile {
    pub files: Vec<File>,
    nodes: Vec<Node>,
    sections: Sections,
}

/// The children of every section, in the library's order.
#[derive(Default)]
struct Sections {
    children: Vec<NodeId>,
    /// Where the children of a section begin, by its number; one more than there are sections.
    begin: Vec<u32>,
}

/// A tree that still grows.
pub(super) struct Growing {
    pub files: Vec<File>,
    nodes: Vec<Node>,
    sections: u32,
    known: HashTable<NodeId>,
    hasher: RandomState,
    merges: bool,
    honours_final: bool,
}

impl Growing {
    pub fn new(release: Release) -> Self {
        let root = Node {
            parent: ROOT,
            file: 0,
            name_start: 0,
            name_length: 0,
            kind: Kind::Section { number: 0 },
            is_final: false,
        };
        Growing {
            files: Vec::new(),
            nodes: vec![root],
            sections: 1,
            known: HashTable::new(),
            hasher: RandomState::new(),
            merges: release.merges_subsections(),
            honours_final: release.honours_final_relations(),
        }
    }

    fn add(&mut self, parent: NodeId, file: usize, name: Range<usize>, kind: Kind) -> NodeId {
        let id = NodeId(offset(self.nodes.len()));
        self.nodes.push(Node {
            parent,
            file: offset(file),
            name_start: offset(name.start),
            name_length: length(&name),
            kind,
            is_final: false,
        });
        id
    }

    /// The section of this name in `parent`: the one that is there, where sections of the same
    /// name are one, otherwise a new one.
    pub fn section(&mut self, parent: NodeId, file: usize, name: Range<usize>) -> NodeId {
        let text = &self.files[file].bytes[name.clone()];
        let hash = self.hasher.hash_one((parent.0, text));
        // Sections in brackets have been one in every release.
        if self.merges || parent == ROOT {
            let same = |id: &NodeId| {
                let node = &self.nodes[id.0 as usize];
                node.parent == parent && name_of(&self.files, node) == text
            };
            if let Some(there) = self.known.find(hash, same) {
                return *there;
            }
        }
        let number = self.sections;
        self.sections += 1;
        let id = self.add(parent, file, name, Kind::Section { number });
        let Growing {
            files,
            nodes,
            known,
            hasher,
            ..
        } = self;
        known.insert_unique(hash, id, |id| {
            let node = &nodes[id.0 as usize];
            hasher.hash_one((node.parent.0, name_of(files, node)))
        });
        id
    }

    pub fn relation(
        &mut self,
        parent: NodeId,
        file: usize,
        name: Range<usize>,
        value: Range<usize>,
        quoted: bool,
    ) -> NodeId {
        let (start, length) = (offset(value.start), length(&value));
        let kind = if quoted {
            Kind::Quoted { start, length }
        } else {
            Kind::Plain { start, length }
        };
        self.add(parent, file, name, kind)
    }

    pub fn make_final(&mut self, node: NodeId) {
        self.nodes[node.0 as usize].is_final = true;
    }

    pub fn parent(&self, node: NodeId) -> NodeId {
        self.nodes[node.0 as usize].parent
    }

    pub fn finish(self) -> Profile {
        let sections = self.ordered();
        Profile {
            files: self.files,
            nodes: self.nodes,
            sections,
        }
    }

    /// Children sorted by name, those of one name as they stand in the files.
    fn ordered(&self) -> Sections {
        let number_of = |node: &Node| match self.nodes[node.parent.0 as usize].kind {
            Kind::Section { number } => number as usize,
            Kind::Plain { .. } | Kind::Quoted { .. } => unreachable!("a relation has no children"),
        };
        let mut begin = vec![0_u32; self.sections as usize + 1];
        for node in &self.nodes[1..] {
            begin[number_of(node) + 1] += 1;
        }
        for at in 1..begin.len() {
            begin[at] += begin[at - 1];
        }
        let mut children = vec![ROOT; self.nodes.len() - 1];
        let mut next = begin.clone();
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            let place = &mut next[number_of(node)];
            children[*place as usize] = NodeId(offset(at));
            *place += 1;
        }
        let name = |id: &NodeId| name_of(&self.files, &self.nodes[id.0 as usize]);
        for range in begin.windows(2) {
            children[range[0] as usize..range[1] as usize].sort_by(|a, b| name(a).cmp(name(b)));
        }
        let mut sections = Sections { children, begin };
        if self.honours_final {
            self.drop_after_final(&mut sections);
        }
        sections
    }

    /// A relation that is marked final is the last of its name.
    fn drop_after_final(&self, sections: &mut Sections) {
        let mut kept = Vec::with_capacity(sections.children.len());
        let mut begin = Vec::with_capacity(sections.begin.len());
        for range in sections.begin.windows(2) {
            begin.push(offset(kept.len()));
            let mut decided: Option<&[u8]> = None;
            for id in &sections.children[range[0] as usize..range[1] as usize] {
                let node = &self.nodes[id.0 as usize];
                let name = name_of(&self.files, node);
                let is_relation = !matches!(node.kind, Kind::Section { .. });
                if is_relation && decided == Some(name) {
                    continue;
                }
                if is_relation && node.is_final {
                    decided = Some(name);
                }
                kept.push(*id);
            }
        }
        begin.push(offset(kept.len()));
        *sections = Sections {
            children: kept,
            begin,
        };
    }
}

/// Files are limited so that every offset in them fits.
fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("files are smaller than 4 GiB")
}

/// No name or value is longer than the piece of a line in which it stands.
fn length(range: &Range<usize>) -> u16 {
    u16::try_from(range.len()).expect("a piece has at most 2047 bytes")
}

fn name_of<'a>(files: &'a [File], node: &Node) -> &'a [u8] {
    let start = node.name_start as usize;
    match files.get(node.file as usize) {
        Some(file) => &file.bytes[start..start + usize::from(node.name_length)],
        None => &[],
    }
}

impl Profile {
    /// The relations and subsections of a section, in the library's order. None of a relation.
    pub fn children(&self, node: NodeId) -> &[NodeId] {
        match self.nodes[node.0 as usize].kind {
            Kind::Section { number } => {
                let number = number as usize;
                let begin = &self.sections.begin;
                &self.sections.children[begin[number] as usize..begin[number + 1] as usize]
            }
            Kind::Plain { .. } | Kind::Quoted { .. } => &[],
        }
    }

    pub fn name(&self, node: NodeId) -> &[u8] {
        name_of(&self.files, &self.nodes[node.0 as usize])
    }

    /// The value of a relation, as a C program sees it; `None` for a section.
    pub fn value(&self, node: NodeId) -> Option<Cow<'_, [u8]>> {
        let raw = self.raw_value(node)?;
        let text = &self.file(node).bytes[raw];
        Some(match self.nodes[node.0 as usize].kind {
            Kind::Quoted { .. } if text.contains(&b'\\') => Cow::Owned(unescaped(text)),
            _ => Cow::Borrowed(text),
        })
    }

    pub fn is_section(&self, node: NodeId) -> bool {
        matches!(self.nodes[node.0 as usize].kind, Kind::Section { .. })
    }

    /// Marked with `*`: what files read later say of the same is not looked at.
    pub fn is_final(&self, node: NodeId) -> bool {
        self.nodes[node.0 as usize].is_final
    }

    fn file(&self, node: NodeId) -> &File {
        &self.files[self.nodes[node.0 as usize].file as usize]
    }

    /// Where the name stands.
    pub fn place(&self, node: NodeId) -> Place {
        let node_data = &self.nodes[node.0 as usize];
        let start = node_data.name_start as usize;
        self.located(node, start..start + usize::from(node_data.name_length))
    }

    /// Where the value stands, without quotes.
    pub fn value_place(&self, node: NodeId) -> Option<Place> {
        Some(self.located(node, self.raw_value(node)?))
    }

    fn located(&self, node: NodeId, bytes: Range<usize>) -> Place {
        let number = self.nodes[node.0 as usize].file as usize;
        Place::of(number, &self.files[number].bytes, bytes)
    }

    fn raw_value(&self, node: NodeId) -> Option<Range<usize>> {
        match self.nodes[node.0 as usize].kind {
            Kind::Section { .. } => None,
            Kind::Plain { start, length } | Kind::Quoted { start, length } => {
                Some(start as usize..start as usize + usize::from(length))
            }
        }
    }

    /// The section at the end of these names, as MIT finds it: the first of its name at each step.
    pub fn section(&self, names: &[&[u8]]) -> Option<NodeId> {
        names.iter().try_fold(ROOT, |section, name| {
            let mut named = self.named(section, name).iter();
            named.find(|node| self.is_section(**node)).copied()
        })
    }

    /// The relations of this name in the section at the end of `names`, in their order.
    pub fn relations(&self, names: &[&[u8]], name: &[u8]) -> impl Iterator<Item = NodeId> {
        let section = self.section(names);
        let named = section.map_or(&[][..], |section| self.named(section, name));
        named.iter().copied().filter(|node| !self.is_section(*node))
    }

    /// The children of this name; they stand side by side.
    fn named(&self, section: NodeId, name: &[u8]) -> &[NodeId] {
        let children = self.children(section);
        let begin = children.partition_point(|child| self.name(*child) < name);
        let count = children[begin..].partition_point(|child| self.name(*child) == name);
        &children[begin..begin + count]
    }
}

/// Inside quotes `\n`, `\t` and `\b` are what they are in C, and `\` before another byte is that
/// byte. One at the very end stands for itself.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        let meant = match (byte, rest.clone().next()) {
            (b'\\', Some(escaped)) => {
                rest.next();
                match escaped {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'b' => 8,
                    other => other,
                }
            }
            _ => byte,
        };
        value.push(meant);
    }
    value
}
