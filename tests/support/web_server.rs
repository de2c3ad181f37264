//! A web server inside the test, that answers as it is told.
#![allow(dead_code)] // each test binary uses its own part of this

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    /// The first byte that is wanted.
    pub from: u64,
}

/// Writes an answer; the connection is closed behind it.
type Answer = dyn Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync;

pub struct WebServer {
    pub address: SocketAddr,
    pub base: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl WebServer {
    pub fn start(
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        WebServer::begin(None, Arc::new(answer))
    }

    /// Over TLS, as the host 127.0.0.1.
    pub fn encrypted(
        config: Arc<ServerConfig>,
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        WebServer::begin(Some(config), Arc::new(answer))
    }

    fn begin(config: Option<Arc<ServerConfig>>, answer: Arc<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        let scheme = if config.is_some() { "https" } else { "http" };
        let server = WebServer {
            address,
            base: format!("{scheme}://{address}/virtualbox"),
            requests: Arc::default(),
        };
        let requests = Arc::clone(&server.requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, answer, requests) =
                    (config.clone(), Arc::clone(&answer), Arc::clone(&requests));
                // Whoever breaks off a connection is part of the tests.
                std::thread::spawn(move || serve(stream, config, &*answer, &requests));
            }
        });
        server
    }

    /// What was asked for so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no test panicked").clone()
    }
}

fn serve(
    stream: TcpStream,
    config: Option<Arc<ServerConfig>>,
    answer: &Answer,
    requests: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_write_timeout(Some(Duration::from_secs(20)))?;
    match config {
        None => converse(stream, answer, requests),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            converse(StreamOwned::new(connection, stream), answer, requests)
        }
    }
}

fn converse(
    stream: impl Read + Write,
    answer: &Answer,
    requests: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut request = Request { path, from: 0 };
    loop {
        line.clear();
        if stream.read_line(&mut line)? <= 2 {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(range) = lower.strip_prefix("range: bytes=") {
            let first = range.split('-').next().unwrap_or_default();
            request.from = first.parse().expect("a number");
        }
    }
    requests
        .lock()
        .expect("no test panicked")
        .push(request.clone());
    let stream = stream.get_mut();
    answer(&request, stream)?;
    stream.flush()
}

/// The head of an answer.
pub fn head(stream: &mut dyn Write, status: &str, headers: &[String]) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\n")?;
    for header in headers {
        write!(stream, "{header}\r\n")?;
    }
    write!(stream, "\r\n")
}

/// A file, or what is left of it from the byte that is wanted.
pub fn file(request: &Request, stream: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    begin(request, stream, bytes).and_then(|rest| stream.write_all(rest))
}

/// The head for a file; gives back what is to follow.
pub fn begin<'a>(
    request: &Request,
    stream: &mut dyn Write,
    bytes: &'a [u8],
) -> io::Result<&'a [u8]> {
    let from = usize::try_from(request.from).expect("a small file");
    if from == 0 {
        let length = format!("Content-Length: {}", bytes.len());
        head(stream, "200 OK", &[length])?;
        return Ok(bytes);
    }
    if from >= bytes.len() {
        head(
            stream,
            "416 Range Not Satisfiable",
            &["Content-Length: 0".to_owned()],
        )?;
        return Ok(b"");
    }
    let headers = [
        format!("Content-Length: {}", bytes.len() - from),
        format!(
            "Content-Range: bytes {from}-{}/{}",
            bytes.len() - 1,
            bytes.len()
        ),
    ];
    head(stream, "206 Partial Content", &headers)?;
    Ok(&bytes[from..])
}

pub fn not_found(stream: &mut dyn Write) -> io::Result<()> {
    head(stream, "404 Not Found", &["Content-Length: 0".to_owned()])
}
