//! Makes the deadline total: libssh2's own time-out starts anew with every packet of the server.

use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;

use super::super::Deadline;

/// Shuts a connection down at the deadline, unless it is dropped before.
pub(super) struct Watchdog {
    /// Never used to send: that it is dropped is the message.
    _alive: Sender<()>,
}

impl Watchdog {
    pub(super) fn watch(socket: TcpStream, deadline: Deadline) -> Self {
        let (alive, dropped) = channel();
        thread::spawn(move || bark(&dropped, &socket, deadline));
        Self { _alive: alive }
    }
}

fn bark(dropped: &Receiver<()>, socket: &TcpStream, deadline: Deadline) {
    // Whoever waits for the socket, also deep inside libssh2, sees its end at once.
    if dropped.recv_timeout(deadline.remaining()) == Err(RecvTimeoutError::Timeout) {
        let _ = socket.shutdown(Shutdown::Both);
    }
}
