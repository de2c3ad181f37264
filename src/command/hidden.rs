//! Asks a person for what must not be seen on the terminal.

use std::io;
use std::sync::Mutex;

use zeroize::Zeroizing;

use crate::escape;

/// How the terminal was before it was told not to show what is typed.
static BEFORE: Mutex<Option<Settings>> = Mutex::new(None);

#[cfg(unix)]
type Settings = rustix::termios::Termios;
#[cfg(windows)]
type Settings = ();

/// The line that is typed; empty at the end of the input.
///
/// # Errors
/// Where the terminal cannot be read or written.
pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    let terminal = console::Term::stderr();
    terminal.write_str(&format!("{} ", escape::line(question, 400)))?;
    remember();
    let typed = terminal.read_secure_line().map(Zeroizing::new);
    *lock() = None;
    typed
}

/// Shows again what is typed, where the program is ended in the middle of the question.
pub fn show_again() {
    #[cfg(unix)]
    if let Some(before) = lock().take() {
        let when = rustix::termios::OptionalActions::Flush;
        let _ = rustix::termios::tcsetattr(io::stdin(), when, &before);
    }
}

fn remember() {
    #[cfg(unix)]
    {
        *lock() = rustix::termios::tcgetattr(io::stdin()).ok();
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<Settings>> {
    BEFORE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
