//! Files from the web: over HTTPS, trusted as this computer trusts; in the clear from this computer
//! alone, since a checksum comes the same way as what it vouches for.

use std::io::Read;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use thiserror::Error;
use ureq::http::{Response, StatusCode, Uri, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::escape;

/// How long a server may keep silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes a second, over that time: whoever sends less might never come to an end.
const SLOWEST: u64 = 1024;
const MOST_REDIRECTS: u32 = 5;
const LONGEST_HEAD: usize = 32 * 1024;

/// A place that files may be fetched from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Without a slash at its end.
    text: String,
    encrypted: bool,
}

impl Address {
    /// # Errors
    /// Says what such an address has to look like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text
            .parse()
            .map_err(|_| "it is no address; write it as https://HOST/PATH".to_owned())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("it is not whole; write it as https://HOST/PATH".to_owned());
        };
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(
                "it may have neither a password nor a question mark; write it as https://HOST/PATH"
                    .to_owned(),
            );
        }
        let encrypted = match scheme {
            "https" => true,
            "http" if is_this_computer(authority.host()) => false,
            _ => {
                return Err(
                    "only https:// is safe: on the way of anything else a file and its checksum can be replaced; write it as https://HOST/PATH"
                        .to_owned(),
                );
            }
        };
        let path = uri.path().trim_end_matches('/');
        Ok(Address {
            text: format!("{scheme}://{authority}{path}"),
            encrypted,
        })
    }

    /// What is called `name` in this place. The name has only characters that mean themselves.
    pub fn join(&self, name: &str) -> Self {
        Address {
            text: format!("{}/{name}", self.text),
            encrypted: self.encrypted,
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn is_this_computer(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// Why nothing came.
#[derive(Debug, Error)]
#[error("{address}: {why}")]
pub struct Failed {
    address: String,
    pub why: Why,
}

#[derive(Debug, Error)]
pub enum Why {
    #[error("it is not there (status {0})")]
    NotThere(u16),
    #[error("the server refuses it (status {0}); try again later, or another address")]
    Refused(u16),
    #[error("there is nothing behind the bytes that are here already")]
    NoRest,
    #[error("the server leads elsewhere, and not over HTTPS; that is not followed")]
    Redirected,
    #[error("the server leads from one address to the next without end")]
    TooManyRedirects,
    #[error("the server has not said enough for {0} seconds; try again later, or another address")]
    Silent(u64),
    #[error("the connection ended too early")]
    CutOff,
    #[error("there is more of it than there can be")]
    TooLong,
    #[error(
        "this computer does not trust the server ({0}); a proxy that reads along has to be trusted by the system first"
    )]
    Untrusted(String),
    #[error("it cannot be reached ({0}); where the way goes through a proxy, HTTPS_PROXY names it")]
    Unreachable(String),
    #[error("the server does not speak HTTP as it should ({0})")]
    Odd(String),
}

/// Asks servers.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    patience: Duration,
}

impl Default for Client {
    fn default() -> Self {
        Client::patient(PATIENCE)
    }
}

impl Client {
    /// One that waits no longer than this for the next bytes.
    pub fn patient(patience: Duration) -> Self {
        Client { patience }
    }

    /// The file at an address, from this byte on, where the server can do that: the answer says so.
    pub fn get(&self, address: &Address, from: u64) -> Result<Answer, Failed> {
        let failed = |why| Failed {
            address: escape::line(&address.text, 300),
            why,
        };
        let mut request = self.agent(address).get(&address.text);
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let response = request
            .call()
            .map_err(|error| failed(self.why(address, error)))?;
        let (from, all) = extent(&response, from).map_err(failed)?;
        Ok(Answer {
            from,
            all,
            client: *self,
            address: address.clone(),
            body: response.into_body(),
            since: Instant::now(),
            lately: 0,
            there: from,
        })
    }

    /// A short text.
    pub fn text(&self, address: &Address, longest: usize) -> Result<String, Failed> {
        let mut answer = self.get(address, 0)?;
        let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let length = answer.read(&mut buffer)?;
            if length == 0 {
                return Ok(String::from_utf8_lossy(&text).into_owned());
            }
            text.extend_from_slice(&buffer[..length]);
            if text.len() > longest {
                return Err(answer.failed(Why::TooLong));
            }
        }
    }

    fn agent(&self, address: &Address) -> Agent {
        let patience = Some(self.patience);
        let mut config = Agent::config_builder()
            .https_only(address.encrypted)
            .max_redirects(if address.encrypted { MOST_REDIRECTS } else { 0 })
            .max_redirects_will_error(address.encrypted)
            .http_status_as_error(false)
            .max_response_header_size(LONGEST_HEAD)
            .user_agent(concat!("boxdoctor/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(patience)
            .timeout_connect(patience)
            .timeout_send_request(patience)
            .timeout_recv_response(patience)
            .timeout_per_read(patience)
            .tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::PlatformVerifier)
                    .build(),
            );
        // A proxy is another computer.
        if !address.encrypted {
            config = config.proxy(None);
        }
        config.build().new_agent()
    }

    fn why(&self, address: &Address, error: ureq::Error) -> Why {
        use std::io::ErrorKind;
        match error {
            ureq::Error::Timeout(_) => Why::Silent(self.patience.as_secs()),
            ureq::Error::RequireHttpsOnly(_) => Why::Redirected,
            ureq::Error::TooManyRedirects => Why::TooManyRedirects,
            ureq::Error::Rustls(error) => Why::Untrusted(escape::line(&error.to_string(), 200)),
            ureq::Error::HostNotFound => Why::Unreachable("nobody knows that name".to_owned()),
            ureq::Error::Io(error) => match error.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock => Why::Silent(self.patience.as_secs()),
                ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe => Why::CutOff,
                // What TLS has to say comes as such.
                ErrorKind::InvalidData if address.encrypted => {
                    Why::Untrusted(escape::line(&error.to_string(), 200))
                }
                _ => Why::Unreachable(escape::line(&error.to_string(), 200)),
            },
            ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => {
                Why::Unreachable(escape::line(&error.to_string(), 200))
            }
            error => Why::Odd(escape::line(&error.to_string(), 200)),
        }
    }
}

/// Which byte the answer begins with, and how long the whole file is, where that is known.
fn extent(response: &Response<Body>, asked: u64) -> Result<(u64, Option<u64>), Why> {
    let text = |name| response.headers().get(name)?.to_str().ok();
    match response.status() {
        StatusCode::OK => Ok((
            0,
            text(header::CONTENT_LENGTH).and_then(|length| length.trim().parse().ok()),
        )),
        StatusCode::PARTIAL_CONTENT => {
            let range = text(header::CONTENT_RANGE).and_then(content_range);
            match range {
                Some((from, all)) if from == asked => Ok((from, all)),
                _ => Err(Why::Odd(
                    "it sends another part than it was asked for".to_owned(),
                )),
            }
        }
        StatusCode::RANGE_NOT_SATISFIABLE => Err(Why::NoRest),
        status if status == StatusCode::NOT_FOUND || status == StatusCode::GONE => {
            Err(Why::NotThere(status.as_u16()))
        }
        status if status.is_redirection() => Err(Why::Redirected),
        status => Err(Why::Refused(status.as_u16())),
    }
}

/// `bytes 100-199/200`: the first byte, and how many there are in all.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, all) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.trim().parse().ok()?, all.trim().parse().ok()))
}

/// A file on its way.
pub struct Answer {
    /// The first byte that comes.
    pub from: u64,
    /// How long the whole file is, where the server says so.
    pub all: Option<u64>,
    client: Client,
    address: Address,
    body: Body,
    /// When it was last looked whether enough comes, and how much has come since.
    since: Instant,
    lately: u64,
    there: u64,
}

impl Answer {
    /// The next bytes; none at its end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failed> {
        let read = self.body.as_reader().read(buffer);
        let length = read.map_err(|error| {
            let error = ureq::Error::from(error);
            self.failed(self.client.why(&self.address, error))
        })?;
        self.there += length as u64;
        if length == 0 && self.all.is_some_and(|all| self.there < all) {
            return Err(self.failed(Why::CutOff));
        }
        self.lately += length as u64;
        let elapsed = self.since.elapsed();
        if elapsed >= self.client.patience {
            if self.lately < SLOWEST * elapsed.as_secs() {
                return Err(self.failed(Why::Silent(elapsed.as_secs())));
            }
            (self.since, self.lately) = (Instant::now(), 0);
        }
        Ok(length)
    }

    fn failed(&self, why: Why) -> Failed {
        Failed {
            address: escape::line(&self.address.text, 300),
            why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_encrypted_or_of_this_computer() {
        for text in [
            "https://download.virtualbox.org/virtualbox",
            "https://mirror.example:8443/virtualbox/",
            "http://127.0.0.1:8080",
            "http://[::1]:8080/x/",
            "http://localhost/x",
        ] {
            let address = Address::parse(text).expect(text);
            assert_eq!(address.to_string(), text.trim_end_matches('/'));
        }
        for text in [
            "http://download.virtualbox.org/virtualbox",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "http://0.0.0.0/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://user:secret@mirror.example/",
            "http://127.0.0.1@mirror.example/",
            "https://mirror.example/?a=b",
            "mirror.example/virtualbox",
            "https://",
            "https://a b/",
            "",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        let base = Address::parse("https://mirror.example/").expect("an address");
        let file = base.join("7.0.10").join("SHA256SUMS");
        assert_eq!(file.to_string(), "https://mirror.example/7.0.10/SHA256SUMS");
    }

    #[test]
    fn a_range_says_where_it_begins() {
        assert_eq!(content_range("bytes 100-199/200"), Some((100, Some(200))));
        assert_eq!(content_range("bytes 0-9/*"), Some((0, None)));
        assert_eq!(content_range("bytes */200"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (Address::parse(&text), content_range(&text));
        }
    }
}
