//! A guest that is far away: a port that leads to another one, and everything takes its time.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

/// Opens a port that leads to `to`, there and back in `round_trip`.
pub fn away(to: u16, round_trip: Duration) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    spawn(move || {
        for client in listener.incoming().flatten() {
            spawn(move || {
                // What it takes to connect.
                sleep(round_trip);
                let server = TcpStream::connect(("127.0.0.1", to)).expect("the guest listens");
                let ends = [client, server].map(|end| (end.try_clone().expect("a socket"), end));
                let [(client, client_again), (server, server_again)] = ends;
                spawn(move || carry(client, server, round_trip / 2));
                carry(server_again, client_again, round_trip / 2);
            });
        }
    });
    port
}

fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (sender, receiver) = channel::<(Instant, Vec<u8>)>();
    spawn(move || {
        for (due, bytes) in receiver {
            sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if sender
            .send((Instant::now() + delay, buffer[..count].to_vec()))
            .is_err()
        {
            break;
        }
    }
}
