//! `boxdoctor krb5 parse`: what MIT Kerberos makes of a file, for people who debug.

use std::io::{self, BufRead, BufWriter, ErrorKind, Read, Write};

use anyhow::Result;

use super::FINE;
use crate::cli::{Krb5, Krb5Command, Krb5Parse};
use crate::krb5::{self, json};
use crate::observe::local_krb5::{Disk, Named, path_bytes};

/// The longest path that standard input may name, in bytes.
const LONGEST_PATH: u64 = 64 * 1024;

pub fn run(arguments: &Krb5) -> Result<u8> {
    match &arguments.command {
        Krb5Command::Parse(arguments) => parse(arguments),
    }
}

fn parse(arguments: &Krb5Parse) -> Result<u8> {
    let mut out = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    let mut write = |path: &[u8]| -> io::Result<()> {
        let disk = Disk {
            longest: krb5::parse::MOST_BYTES as u64,
        };
        let reading = krb5::read(path, &Named { path, disk }, arguments.krb5_version);
        json::write_line(&mut out, &String::from_utf8_lossy(path), &reading)
    };
    let written = if arguments.files.is_empty() {
        each_path(io::stdin().lock(), &mut write)
    } else {
        let mut paths = arguments.files.iter().map(|path| path_bytes(path));
        paths.try_for_each(|path| write(&path))
    };
    match written.and_then(|()| out.flush()) {
        // A reader that has seen enough is not an error.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(FINE),
        result => result.map(|()| FINE).map_err(Into::into),
    }
}

/// The paths on `input`, each ended by a NUL; the last one may do without.
fn each_path(
    mut input: impl BufRead,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut path = Vec::new();
    loop {
        path.clear();
        let mut bounded = (&mut input).take(LONGEST_PATH);
        bounded.read_until(0, &mut path)?;
        let ended = path.pop_if(|last| *last == 0).is_some();
        if !ended && path.len() as u64 == LONGEST_PATH {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!(
                    "a path on standard input is longer than {LONGEST_PATH} bytes; separate paths with NUL"
                ),
            ));
        }
        match (path.is_empty(), ended) {
            (true, false) => return Ok(()),
            (true, true) => {}
            (false, _) => each(&path)?,
        }
    }
}
