//! Asks a person for what must not be seen on the terminal.

use std::io;
use std::sync::Mutex;

use zeroize::Zeroizing;

use crate::escape;
use crate::transport::platform::Input;

/// How the terminal was before it was told not to show what is typed.
static BEFORE: Mutex<Option<Input>> = Mutex::new(None);

/// The line that is typed; empty at the end of the input.
///
/// # Errors
/// Where the terminal cannot be read or written.
pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    let terminal = console::Term::stderr();
    terminal.write_str(&format!("{} ", escape::line(question, 400)))?;
    *lock() = Input::now();
    let typed = terminal.read_secure_line().map(Zeroizing::new);
    *lock() = None;
    typed
}

/// Shows again what is typed, where the program is ended in the middle of the question.
pub fn show_again() {
    if let Some(before) = lock().take() {
        before.restore();
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<Input>> {
    BEFORE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
