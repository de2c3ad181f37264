//! Makes the deadline total: libssh2's own time-out starts anew with every packet of the server.

use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::super::Deadline;

/// Shuts a connection down at the deadline, unless it is dropped before.
pub(super) struct Watchdog {
    deadline: Arc<Mutex<Deadline>>,
    /// Never used to send: that it is dropped is the message.
    _alive: Sender<()>,
}

impl Watchdog {
    pub(super) fn watch(socket: TcpStream, deadline: Deadline) -> Self {
        let (alive, dropped) = channel();
        let deadline = Arc::new(Mutex::new(deadline));
        let watched = Arc::clone(&deadline);
        thread::spawn(move || bark(&dropped, &socket, &watched));
        Self {
            deadline,
            _alive: alive,
        }
    }

    pub(super) fn deadline(&self) -> Deadline {
        now(&self.deadline)
    }

    /// Grants more time. One that has passed stays passed.
    pub(super) fn postpone(&self, deadline: Deadline) {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = deadline;
    }
}

fn now(deadline: &Mutex<Deadline>) -> Deadline {
    *deadline.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bark(dropped: &Receiver<()>, socket: &TcpStream, deadline: &Mutex<Deadline>) {
    while !now(deadline).passed() {
        let patience = now(deadline).remaining();
        if dropped.recv_timeout(patience) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
    // Whoever waits for the socket, also deep inside libssh2, sees its end at once.
    let _ = socket.shutdown(Shutdown::Both);
}
