//! krb5.conf as MIT Kerberos reads it: bytes, not characters.
//!
//! [`parse`] reads a file and all that it includes, and gives MIT's own tree or code;
//! [`configuration`] answers from several of them. [`stray`] names the bytes that nobody sees and
//! everybody suffers from, and [`repair`] takes them out. The rest reads single values as MIT does:
//! lifetimes, encryption types, servers, yes and no.

pub mod braces;
pub mod configuration;
pub mod enctypes;
pub mod excerpt;
pub mod fault;
pub mod host;
pub mod invisible;
pub mod json;
pub mod lifetime;
mod line;
mod lines;
pub mod parse;
pub mod profile;
pub mod release;
pub mod repair;
pub mod stray;
mod utf16;
pub mod words;
mod zones;

pub use configuration::{Configuration, Part, Value};
pub use fault::{Code, Fault, Included, Place, Unreadable};
pub use parse::{Files, Reading, read, read_alone};
pub use profile::{File, NodeId, Profile, ROOT};
pub use release::Release;
