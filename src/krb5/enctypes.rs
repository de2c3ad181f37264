//! Lists of encryption types as MIT reads them: `aes256-cts rc4-hmac`, `DEFAULT -rc4`, `aes`.
//!
//! A name that a release does not know is passed over without a word.

use super::release::Release;

/// What a type is worth today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    Strong,
    /// What servers of today refuse: RC4 and triple DES.
    Outdated,
    /// What MIT leaves out unless `allow_weak_crypto` is set.
    Weak,
}

/// One encryption type, with all its names; the first is its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Enctype {
    names: &'static [&'static str],
    pub strength: Strength,
    /// The word that stands for it and its kin.
    family: &'static str,
    since: Release,
    /// The first release that does not know it any more.
    until: Release,
    by_default: bool,
}

/// A list as one release reads it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chosen<'a> {
    pub types: Vec<&'static Enctype>,
    /// Words that no release knows.
    pub unknown: Vec<&'a [u8]>,
}

const ALWAYS: Release = Release::of(0, 0);
const NEVER: Release = Release::of(u16::MAX, 0);
/// Brought AES with SHA-2.
const SHA2: Release = Release::of(1, 15);
/// Took single DES away.
const WITHOUT_DES: Release = Release::of(1, 18);

const fn strong(names: &'static [&'static str], family: &'static str, since: Release) -> Enctype {
    Enctype {
        names,
        strength: Strength::Strong,
        family,
        since,
        until: NEVER,
        by_default: true,
    }
}

const fn outdated(names: &'static [&'static str], family: &'static str) -> Enctype {
    Enctype {
        strength: Strength::Outdated,
        ..strong(names, family, ALWAYS)
    }
}

const fn weak(names: &'static [&'static str], family: &'static str, until: Release) -> Enctype {
    Enctype {
        strength: Strength::Weak,
        until,
        by_default: false,
        ..strong(names, family, ALWAYS)
    }
}

const KNOWN: [Enctype; 15] = [
    strong(
        &["aes256-cts-hmac-sha1-96", "aes256-cts", "aes256-sha1"],
        "aes",
        ALWAYS,
    ),
    strong(
        &["aes128-cts-hmac-sha1-96", "aes128-cts", "aes128-sha1"],
        "aes",
        ALWAYS,
    ),
    strong(&["aes256-cts-hmac-sha384-192", "aes256-sha2"], "aes", SHA2),
    strong(&["aes128-cts-hmac-sha256-128", "aes128-sha2"], "aes", SHA2),
    strong(
        &["camellia256-cts-cmac", "camellia256-cts"],
        "camellia",
        ALWAYS,
    ),
    strong(
        &["camellia128-cts-cmac", "camellia128-cts"],
        "camellia",
        ALWAYS,
    ),
    outdated(
        &["des3-cbc-sha1", "des3-hmac-sha1", "des3-cbc-sha1-kd"],
        "des3",
    ),
    outdated(&["arcfour-hmac", "rc4-hmac", "arcfour-hmac-md5"], "rc4"),
    weak(
        &["arcfour-hmac-exp", "rc4-hmac-exp", "arcfour-hmac-md5-exp"],
        "",
        NEVER,
    ),
    weak(&["des3-cbc-raw"], "", NEVER),
    weak(&["des-cbc-crc"], "des", WITHOUT_DES),
    weak(&["des-cbc-md5", "des"], "des", WITHOUT_DES),
    weak(&["des-cbc-md4"], "des", WITHOUT_DES),
    weak(&["des-cbc-raw"], "", WITHOUT_DES),
    weak(&["des-hmac-sha1"], "", WITHOUT_DES),
];

impl Enctype {
    /// Its own name.
    pub fn name(&self) -> &'static str {
        self.names[0]
    }

    /// Whether a word of a list means this one.
    fn is_meant_by(&self, word: &[u8]) -> bool {
        let is = |name: &str| !name.is_empty() && word.eq_ignore_ascii_case(name.as_bytes());
        (is("DEFAULT") && self.by_default)
            || is(self.family)
            || self.names.iter().any(|name| is(name))
    }
}

/// The types of a list, as this release takes them.
pub fn read(list: &[u8], release: Release, allow_weak: bool) -> Chosen<'_> {
    let mut chosen = Chosen::default();
    let words = list.split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','));
    for word in words.filter(|word| !word.is_empty()) {
        let (adds, name) = match word {
            [b'+', name @ ..] => (true, name),
            [b'-', name @ ..] => (false, name),
            name => (true, name),
        };
        let mut is_known = false;
        for known in KNOWN.iter().filter(|known| known.is_meant_by(name)) {
            is_known = true;
            let exists = known.since <= release && release < known.until;
            let is_allowed = allow_weak || known.strength != Strength::Weak;
            if !exists || !is_allowed {
                continue;
            }
            let at = chosen.types.iter().position(|there| *there == known);
            match (adds, at) {
                (true, None) => chosen.types.push(known),
                (false, Some(at)) => drop(chosen.types.remove(at)),
                _ => {}
            }
        }
        if !is_known {
            chosen.unknown.push(word);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(list: &str, minor: u16, allow_weak: bool) -> Vec<&'static str> {
        let chosen = read(list.as_bytes(), Release::of(1, minor), allow_weak);
        chosen.types.iter().map(|known| known.name()).collect()
    }

    #[test]
    fn lists_are_what_the_release_makes_of_them() {
        let (aes256, aes128) = ("aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96");
        for (list, minor, allow_weak, expected) in [
            ("aes256-cts,AES128-CTS", 20, false, vec![aes256, aes128]),
            ("aes256-cts\taes256-sha1", 20, false, vec![aes256]),
            ("aes", 10, false, vec![aes256, aes128]),
            (
                "rc4 -arcfour-hmac-md5 +des3",
                20,
                false,
                vec!["des3-cbc-sha1"],
            ),
            ("des-cbc-crc des", 20, true, vec![]),
            ("des-cbc-crc", 17, false, vec![]),
            ("des-cbc-crc", 17, true, vec!["des-cbc-crc"]),
            ("aes128-sha2", 10, false, vec![]),
            ("-aes256-cts", 20, false, vec![]),
            ("", 20, false, vec![]),
        ] {
            assert_eq!(names(list, minor, allow_weak), expected, "{list}");
        }
        assert_eq!(names("DEFAULT", 20, false).len(), 8);
        assert_eq!(
            names("default -aes -camellia", 20, true),
            ["des3-cbc-sha1", "arcfour-hmac"]
        );
    }

    #[test]
    fn words_that_no_release_knows_are_kept() {
        let chosen = read(b"aes-256 # ours", Release::of(1, 20), false);
        assert_eq!(chosen.unknown, [&b"aes-256"[..], b"#", b"ours"]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(list: Vec<u8>, minor in 0_u16..30) {
            let _ = read(&list, Release::of(1, minor), true);
        }
    }
}
