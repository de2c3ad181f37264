//! What the operating system of this computer does in a way of its own, so that those who read and
//! write files, ask a terminal or start programs need not know which one it is.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as own;
#[cfg(windows)]
use windows as own;

pub use own::{
    Input, TO_BE_ALLOWED, code_page, lend_all_but_bytes, never_waits, nobody_reads,
    number_of_names, only_for_its_owner, put_in_place, same_file, shows_color, shows_unicode,
};

/// What a program of this computer has said, in UTF-8. On Windows programs speak in the code page of
/// the computer, unless they are of a newer kind.
pub fn said(bytes: Vec<u8>) -> Vec<u8> {
    match code_page() {
        Some(page) => super::code_page::to_utf8(bytes, page),
        None => bytes,
    }
}
