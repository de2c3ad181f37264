//! A connection that can be cut: a port of this computer that leads to a guest, until it does not.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    guest: u16,
    /// How many bytes have passed, both ways together.
    passed: AtomicU64,
    /// After so many bytes everything is cut, for so long.
    limit: Mutex<Option<(u64, Duration)>>,
    /// Until then nobody gets through.
    down: Mutex<Option<Instant>>,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    pub fn before(guest: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            guest,
            passed: AtomicU64::new(0),
            limit: Mutex::new(None),
            down: Mutex::new(None),
            open: Mutex::new(Vec::new()),
        });
        let of_thread = Arc::clone(&shared);
        // Ends with the process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !of_thread.is_down() {
                    let _ = of_thread.join(client);
                }
            }
        });
        Ok(Proxy { port, shared })
    }

    /// Cuts every connection, and lets nobody through for a while.
    pub fn cut(&self, pause: Duration) {
        self.shared.cut(pause);
    }

    pub fn cut_after(&self, bytes: u64, pause: Duration) {
        *self.shared.limit.lock().expect("no panic") = Some((bytes, pause));
    }

    /// Lets everybody through again, and for good.
    pub fn mend(&self) {
        *self.shared.limit.lock().expect("no panic") = None;
        *self.shared.down.lock().expect("no panic") = None;
    }

    pub fn passed(&self) -> u64 {
        self.shared.passed.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn is_down(&self) -> bool {
        let down = *self.down.lock().expect("no panic");
        down.is_some_and(|until| Instant::now() < until)
    }

    fn cut(&self, pause: Duration) {
        *self.down.lock().expect("no panic") = Some(Instant::now() + pause);
        for stream in self.open.lock().expect("no panic").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn join(self: &Arc<Self>, client: TcpStream) -> std::io::Result<()> {
        let guest = TcpStream::connect(("127.0.0.1", self.guest))?;
        for stream in [&client, &guest] {
            stream.set_nodelay(true)?;
            self.open
                .lock()
                .expect("no panic")
                .push(stream.try_clone()?);
        }
        for (from, to) in [(client.try_clone()?, guest.try_clone()?), (guest, client)] {
            let shared = Arc::clone(self);
            thread::spawn(move || shared.copy(from, to));
        }
        Ok(())
    }

    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut room = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut room) {
            let allowed = self.allowed(count);
            if to.write_all(&room[..allowed]).is_err() || allowed < count {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }

    /// How many of so many bytes may pass. Cuts all where the limit is among them.
    fn allowed(&self, count: usize) -> usize {
        let before = self.passed.fetch_add(count as u64, Ordering::SeqCst);
        let mut limit = self.limit.lock().expect("no panic");
        let Some((bytes, pause)) = *limit else {
            return count;
        };
        if before + (count as u64) < bytes {
            return count;
        }
        *limit = None;
        drop(limit);
        self.cut(pause);
        usize::try_from(bytes.saturating_sub(before)).map_or(0, |rest| rest.min(count - 1))
    }
}
