//! The committed cases below `fixtures/`: one folder each, with a bundle and what is said of it.

use std::path::{Path, PathBuf};

use boxdoctor::diagnosis::{Finding, diagnose};
use boxdoctor::facts::Facts;
use boxdoctor::files;
use boxdoctor::observe::{Examination, bundle};

/// One folder below `fixtures/`.
pub struct Case {
    pub name: String,
    pub examination: Examination,
}

/// What the names of those cases begin with that are no bundles, but logs.
pub const LOG: &str = "log-";

/// Where the cases lie.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every case, by name. A folder without a readable bundle is an error, not a case less.
pub fn cases() -> Vec<Case> {
    let cases: Vec<Case> = files::names(&root())
        .into_iter()
        .filter(|name| !name.starts_with(LOG))
        .map(|name| {
            let bytes = committed(&root().join(&name), "bundle.toml");
            let examination =
                bundle::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            Case { name, examination }
        })
        .collect();
    assert!(cases.len() >= 18, "only {} cases", cases.len());
    cases
}

/// The bytes of a file of a case.
pub fn committed(folder: &Path, name: &str) -> Vec<u8> {
    let path = folder.join(name);
    files::read(&path, bundle::LARGEST)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All that every check comes to.
pub fn findings(examination: &Examination) -> Vec<Finding> {
    diagnose(&Facts::read(examination), |_| true)
}
