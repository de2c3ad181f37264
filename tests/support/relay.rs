//! Stands between a client and a server on the loopback, counts what the client sends, and ends or
//! holds the connections when it is told to.
#![allow(dead_code)] // each test binary uses its own part of this

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What happens to one connection once the client has sent so many bytes over it.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Good,
    CutAfter(u64),
    /// It stays open, and nothing moves any more.
    SilentAfter(u64),
}

/// A port that leads to another one.
pub struct Relay {
    pub port: u16,
    sent: Arc<AtomicU64>,
}

impl Relay {
    /// The connections meet these fates one after the other, and all later ones are good.
    pub fn start(to: u16, fates: Vec<Fate>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sent = Arc::new(AtomicU64::new(0));
        let fates = Arc::new(Mutex::new(fates.into_iter()));
        let counted = Arc::clone(&sent);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let fate = fates.lock().expect("no panic").next();
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || {
                    relay(client, to, fate.unwrap_or(Fate::Good), &counted);
                });
            }
        });
        Relay { port, sent }
    }

    /// What the clients have sent so far, what SSH puts around it included.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

fn relay(mut client: TcpStream, to: u16, fate: Fate, counted: &AtomicU64) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", to)) else {
        return;
    };
    let mut answers = server.try_clone().expect("a socket");
    let mut back = client.try_clone().expect("a socket");
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    let mut left = match fate {
        Fate::Good => u64::MAX,
        Fate::CutAfter(bytes) | Fate::SilentAfter(bytes) => bytes,
    };
    let mut buffer = vec![0; 64 * 1024];
    while left > 0 {
        let most = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let Ok(count @ 1..) = client.read(&mut buffer[..most]) else {
            break;
        };
        left -= count as u64;
        counted.fetch_add(count as u64, Ordering::SeqCst);
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    if left == 0 && matches!(fate, Fate::SilentAfter(_)) {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
    let _ = server.shutdown(Shutdown::Both);
    let _ = client.shutdown(Shutdown::Both);
}
