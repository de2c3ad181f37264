//! Configurations with accidents, always the same ones for the same seed.
#![allow(dead_code)] // each test binary uses its own part of this

/// Bytes that nobody sees or that mean something: what an editor, a copy or a slip leaves behind.
pub const STRAY: [&[u8]; 20] = [
    b"\xEF\xBB\xBF",
    b"\xE2\x80\x8B",
    b"\xC2\xA0",
    b"\xE3\x80\x80",
    b"\xE2\x80\xA8",
    b"\xE2\x81\xA0",
    b"\xC2\xAD",
    b"\x01",
    b"\x08",
    b"\x1A",
    b"\x1B",
    b"\x1B[0m",
    b"\x7F",
    b"\x85",
    b"\xA0",
    b"\xC2\x85",
    b"\xFF\xFE",
    b"\xFE\xFF",
    b"^[",
    b"\xE2\x80\x9C",
];

/// The white space of the profile library.
pub const SPACE: [&[u8]; 5] = [b"\t", b"\x0B", b"\x0C", b"\r", b" "];

/// What the profile language is made of.
const SYNTAX: [&[u8]; 35] = [
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b"*",
    b"\"",
    b"\\",
    b"#",
    b";",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b" ",
    b"\t",
    b"\x0B",
    b"]*\n",
    b"}*\n",
    b"* = ",
    b" = {\n",
    b" =\n{\n",
    b" = \"",
    b"\\n\\t\\b",
    b"\\\"",
    b"\n[s]\n",
    b"\n[",
    b"\n}\n",
    b"\na = b\n",
    b"\na b = c\n",
    b"\n= c\n",
    b"\n* = c\n",
    b"\nmodule a:b\n",
    b"include ",
    b"includedir ",
];

/// Numbers that look random and are not: `SplitMix64`.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("it is smaller than a usize")
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// The file after one to six accidents.
pub fn mutated(file: &[u8], random: &mut Random) -> Vec<u8> {
    let mut file = file.to_vec();
    let most = random.below(6);
    for _ in 0..=random.below(most + 1) {
        accident(&mut file, random);
    }
    file
}

fn accident(file: &mut Vec<u8>, random: &mut Random) {
    match random.below(100) {
        0..30 => {
            let at = place(file, random);
            insert(file, at, random.one_of(&STRAY));
        }
        30..52 => {
            let at = place(file, random);
            insert(file, at, random.one_of(&SYNTAX));
        }
        52..60 => {
            let from = place(file, random);
            let to = file.len().min(from + 1 + random.below(4));
            file.drain(from..to);
        }
        60..64 => {
            let from = place(file, random);
            let to = file.len().min(from + 1 + random.below(40));
            let copy = file[from..to].to_vec();
            insert(file, from, &copy);
        }
        64..68 => {
            let at = place(file, random);
            insert(file, at, b"\n");
        }
        68..74 => {
            let ends: Vec<usize> = memchr::memchr_iter(b'\n', file).collect();
            if !ends.is_empty() {
                file.remove(ends[random.below(ends.len())]);
            }
        }
        74..80 => swap_lines(file, random),
        80..83 => {
            let at = place(file, random);
            if let Some(byte) = file.get_mut(at) {
                *byte = random.next().to_le_bytes()[0];
            }
        }
        83..89 => lengthen(file, random),
        89..92 => {
            let count = 1 + random.below(3);
            let at = place(file, random);
            insert(file, at, &vec![0; count]);
        }
        92..96 => file.truncate(place(file, random)),
        _ => *file = whole(file, random),
    }
}

/// Where accidents happen: at the begin and end of lines and words more than elsewhere.
fn place(file: &[u8], random: &mut Random) -> usize {
    let at = random.below(file.len() + 1);
    let after_line = |at: usize| memchr::memrchr(b'\n', &file[..at]).map_or(0, |end| end + 1);
    let line_end =
        |at: usize| memchr::memchr(b'\n', &file[at..]).map_or(file.len(), |end| at + end);
    match random.below(24) {
        0 => 0,
        1..5 => after_line(at),
        5..9 => {
            let start = after_line(at);
            let indent = file[start..].iter().take_while(|byte| **byte == b' ');
            start + indent.count()
        }
        9..13 => line_end(at),
        _ => at,
    }
}

fn insert(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    file.splice(at..at, bytes.iter().copied());
}

fn swap_lines(file: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.is_empty() {
        return;
    }
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    lines.swap(one, other);
    *file = lines.concat();
}

/// Makes a line about as long as the library's buffer, once or twice.
fn lengthen(file: &mut Vec<u8>, random: &mut Random) {
    let at = place(file, random);
    let start = memchr::memrchr(b'\n', &file[..at]).map_or(0, |end| end + 1);
    let buffers = 1 + random.below(2);
    let aim = 2047 * buffers + random.below(8) - 4;
    let filler = random.one_of(&[b"x", b" ", b"#", b"=", b"{", b"\xA0", b"\\", b"\""]);
    insert(file, at, &filler.repeat(aim.saturating_sub(at - start)));
}

/// What is done to a file as a whole.
fn whole(file: &[u8], random: &mut Random) -> Vec<u8> {
    let wide = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let bytes = file.iter();
        bytes.flat_map(|byte| to_bytes(u16::from(*byte))).collect()
    };
    let lines = || file.split(|byte| *byte == b'\n').collect::<Vec<_>>();
    match random.below(9) {
        0 => [b"\xFF\xFE".to_vec(), wide(u16::to_le_bytes)].concat(),
        1 => [b"\xFE\xFF".to_vec(), wide(u16::to_be_bytes)].concat(),
        2 => wide(u16::to_le_bytes),
        3 => wide(u16::to_be_bytes),
        4 => lines().join(&b'\r'),
        5 => [b"\xEF\xBB\xBF", file].concat(),
        6 => [file, b"\x1A"].concat(),
        7 => [file, &[0; 5]].concat(),
        _ => lines().join(&b"\r\n"[..]),
    }
}

/// A file of a section and of pieces of the language, in an order that nobody would write.
pub fn scribbled(random: &mut Random) -> Vec<u8> {
    const WORDS: [&[u8]; 8] = [
        b"a",
        b"b",
        b"A",
        b"kdc",
        b"v 1",
        b"1",
        b"\xC3\xA9",
        b"x.y/z",
    ];
    const LINES: [&[u8]; 12] = [
        b"a = b",
        b"a = {",
        b"b = {",
        b"c* = {",
        b"}",
        b"}",
        b"}*",
        b"d =\n{",
        b"[t]",
        b"[s]*",
        b"e = \"f\\n\"",
        b"# g",
    ];
    let mut file = b"[s]\n".to_vec();
    for _ in 0..1 + random.below(30) {
        match random.below(12) {
            0 => file.extend(random.one_of(&SYNTAX)),
            1 => file.extend([random.one_of(&WORDS), b" = "].concat()),
            2 => file.extend([random.one_of(&WORDS), b"\n"].concat()),
            3 => {
                file.extend([random.one_of(&WORDS), b" = ", random.one_of(&WORDS), b"\n"].concat())
            }
            4 => file.extend([random.one_of(&WORDS), b" = {\n"].concat()),
            _ => file.extend([random.one_of(&LINES), b"\n"].concat()),
        }
    }
    file
}

/// Files as people have them, and files with everything that the language knows.
pub const WHOLE: [&str; 7] = [
    TYPICAL,
    "; with everything\n[one]*\n a = 1\n a = 2\n b* = 3\n c = {\n  d = \"q \\n\\t\\b\\\" \\\\ x\" rest\n  d =   spaced out   \n  e =\n  {\n   f = g\n  }*\n }\n c = {\n  h = \"not closed\n }* junk\n[two]  \n a.b/c = d=e\n[one]\n z = \"\"\n",
    "[a]\n x = {\n  y = {\n   z = {\n    deep = yes\n   }\n   z = 1\n  }\n }\n x = plain\n x = {\n  y = 2\n }\n[]\n * = 1\n",
    "[realms]\n\tB.EXAMPLE = {\n\t\tkdc = b1.example:88\n\t\tkdc = b2.example\n\t\tadmin_server = b1.example\n\t}\n\tA.EXAMPLE = {\n\t\tkdc = a.example\n\t}\n\tB.EXAMPLE = {\n\t\tkdc = b3.example\n\t}\n[domain_realm]\n\t.example = A.EXAMPLE\n\texample = A.EXAMPLE\n",
    "[q]\n a = \"\n b = \"\\\n c = \"\\\"\n d = \"x\" \"y\"\n e = {x\n f = { }\n g = }\n h = [i]\n j=k\n l ={\n m={\n }\n}\n * = star\n n*m = 1\n o* = {\n }\n *p = {\n }*\n",
    "[libdefaults]\r\n  default_realm = EXAMPLE.COM\r\n\r\n[realms]\r\n  EXAMPLE.COM = {\r\n    kdc = kdc.example.com\r\n  }\r\n",
    "[x]\n a =\n{\n b =\n   {   rest\n c = 1\n }\n }\n d = e # kept\n",
];

/// What a distribution installs, with a realm filled in.
pub const TYPICAL: &str = "# Configuration snippets may be placed in this directory as well\n\n[logging]\n default = FILE:/var/log/krb5libs.log\n kdc = FILE:/var/log/krb5kdc.log\n admin_server = FILE:/var/log/kadmind.log\n\n[libdefaults]\n dns_lookup_realm = false\n ticket_lifetime = 24h\n renew_lifetime = 7d\n forwardable = true\n rdns = false\n pkinit_anchors = FILE:/etc/pki/tls/certs/ca-bundle.crt\n default_realm = EXAMPLE.COM\n default_ccache_name = KEYRING:persistent:%{uid}\n\n[realms]\n EXAMPLE.COM = {\n  kdc = kerberos.example.com:88\n  admin_server = kerberos.example.com\n }\n\n[domain_realm]\n .example.com = EXAMPLE.COM\n example.com = EXAMPLE.COM\n";
