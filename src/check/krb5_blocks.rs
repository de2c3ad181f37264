//! The blocks of realms, and those that Kerberos does not take for one.

use super::krb5_problem::{Spot, quoted, shown};
use crate::krb5::{Configuration, NodeId, Part, ROOT};

/// A block that was meant for this realm, and why Kerberos does not take it for one.
pub fn overlooked<'a>(
    configuration: &'a Configuration,
    realm: &[u8],
) -> Option<(Spot<'a>, String)> {
    realm_blocks(configuration)
        .into_iter()
        .find_map(|block| {
            let Block { part, node, kind } = block;
            let name = part.name(node);
            let why = match kind {
                Kind::Text if name == realm => format!("is a text, {ON_ONE_LINE}"),
                Kind::Within { outer } if name == realm => {
                    format!("lies within the block of {}", quoted(part.name(outer)))
                }
                Kind::Repeated if name == realm => {
                    let release = configuration.release;
                    format!("begins a second block, which Kerberos {release} does not read")
                }
                Kind::Plain if name != realm && name.eq_ignore_ascii_case(realm) => {
                    format!("is for {}, and capitals count", quoted(name))
                }
                _ => return None,
            };
            let spot = Spot::of_name(part, node);
            let why = format!("{spot} {why}");
            Some((spot, why))
        })
        .or_else(|| misplaced(configuration, realm))
}

/// Servers of this realm in a section that Kerberos does not ask for them, or by a name such as `KDC`.
fn misplaced<'a>(configuration: &'a Configuration, realm: &[u8]) -> Option<(Spot<'a>, String)> {
    configuration.parts.iter().find_map(|part| {
        let profile = &part.reading.profile;
        let mut sections = profile.children(ROOT).iter();
        sections.find_map(|section| {
            let is_realms = profile.name(*section) == b"realms";
            let path = [profile.name(*section), realm];
            let block = profile.section(&path)?;
            let mut lines = profile.children(block).iter();
            let line = lines.find(|line| {
                let name = profile.name(**line);
                name.eq_ignore_ascii_case(b"kdc") && (name != b"kdc" || !is_realms)
            })?;
            let section = shown(profile.name(*section));
            if is_realms {
                let spot = Spot::of_name(part, *line);
                let why = format!("{spot} is no line kdc, since capitals count");
                return Some((spot, why));
            }
            let spot = Spot::of_name(part, block);
            let why = format!("{spot} stands in [{section}], not in [realms]");
            Some((spot, why))
        })
    })
}

/// Whether a block has no `}` of its own, so that another one lies in it.
pub fn is_one_within(part: &Part, configuration: &Configuration) -> bool {
    realm_blocks(configuration)
        .iter()
        .any(|block| matches!(block.kind, Kind::Within { .. }) && std::ptr::eq(block.part, part))
}

pub const ON_ONE_LINE: &str = "since a block may not stand on one line";

/// What looks like the block of a realm.
pub struct Block<'a> {
    pub part: &'a Part,
    pub node: NodeId,
    pub kind: Kind,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Plain,
    /// `R = { kdc = x }` on one line.
    Text,
    /// In the block of another realm, which has no `}` of its own.
    Within {
        outer: NodeId,
    },
    /// The second of its name, to a release that reads the first only.
    Repeated,
}

pub fn realm_blocks(configuration: &Configuration) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    for part in &configuration.parts {
        let profile = &part.reading.profile;
        let Some(realms) = profile.section(&[b"realms"]) else {
            continue;
        };
        let mut before: Option<&[u8]> = None;
        for node in profile.children(realms) {
            let mut add = |node, kind| blocks.push(Block { part, node, kind });
            if !profile.is_section(*node) {
                if profile
                    .value(*node)
                    .is_some_and(|value| value.starts_with(b"{"))
                {
                    add(*node, Kind::Text);
                }
                continue;
            }
            let name = profile.name(*node);
            let is_repeated = before == Some(name);
            add(
                *node,
                if is_repeated {
                    Kind::Repeated
                } else {
                    Kind::Plain
                },
            );
            before = Some(name);
            for inner in profile.children(*node) {
                // Blocks within a realm have other things in them than servers.
                let has_server =
                    |child: &NodeId| matches!(profile.name(*child), b"kdc" | b"admin_server");
                if profile.children(*inner).iter().any(has_server) {
                    add(*inner, Kind::Within { outer: *node });
                }
            }
        }
    }
    blocks
}
