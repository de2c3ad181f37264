//! The download of the ISO from servers that do what servers do: whole and verified, or nothing.
#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out and look at files themselves"
)]

#[path = "support/iso_image.rs"]
mod iso_image;
#[path = "support/published.rs"]
mod published;
#[path = "support/web_server.rs"]
mod web_server;

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use boxdoctor::medium::download::{NotDownloaded, download};
use boxdoctor::medium::{LARGEST, Unusable, Why as Image};
use boxdoctor::transport::http::{Address, Client, Failed, Why};
use iso_image::{Names, image};
use published::{ISO, NAME, PATIENCE, SUMS, Shop, iso, publish, sha256, sums, version};
use web_server::{Request, WebServer, begin, file, head};

/// Why a server could not be used.
fn failed(error: NotDownloaded) -> Why {
    match error {
        NotDownloaded::Failed(Failed { why, .. }) | NotDownloaded::Interrupted { why, .. } => why,
        other => panic!("{other}"),
    }
}

fn asked(path: &str, from: u64) -> Request {
    Request {
        path: path.to_owned(),
        from,
    }
}

#[test]
fn what_is_published_is_downloaded_once_and_used_again() {
    let (shop, iso) = (Shop::new(), iso());
    let whole = iso.clone();
    let server = WebServer::start(move |request, stream| publish(request, stream, &whole));
    let base = Address::parse(&server.base).expect("an address");
    let mut news = Vec::new();
    let medium = download(
        &version(),
        &base,
        &Client::default(),
        &shop.cache,
        &mut |done, all| {
            news.push((done, all));
        },
    )
    .expect("it is downloaded");

    assert_eq!(std::fs::read(&medium.path).expect("it is there"), iso);
    assert_eq!(medium.sha256, sha256(&iso));
    assert_eq!(medium.version.to_string(), "7.0.10");
    assert_eq!(server.requests(), [asked(SUMS, 0), asked(ISO, 0)]);
    let all = Some(iso.len() as u64);
    assert_eq!(news.first(), Some(&(0, all)));
    assert_eq!(news.last(), Some(&(iso.len() as u64, all)));
    assert!(news.is_sorted());
    assert_eq!(shop.cache.find(&version()), Some(medium));
    assert_eq!(shop.kept(), [NAME.to_owned(), format!("{NAME}.sha256")]);
}

#[test]
fn a_download_that_is_damaged_later_is_not_used() {
    let (shop, iso) = (Shop::new(), iso());
    let server = WebServer::start(move |request, stream| publish(request, stream, &iso));
    let medium = shop.download(&server).expect("it is downloaded");
    let mut bytes = std::fs::read(&medium.path).expect("it is there");
    *bytes.last_mut().expect("a byte") ^= 1;
    std::fs::write(&medium.path, &bytes).expect("it is written");
    assert_eq!(shop.cache.find(&version()), None);
    assert_eq!(shop.download(&server).expect("once more"), medium);
    std::fs::remove_file(shop.file(&format!("{NAME}.sha256"))).expect("it is removed");
    assert_eq!(shop.cache.find(&version()), None);
}

#[test]
fn a_wrong_checksum_is_refused_and_nothing_kept() {
    let (shop, iso) = (Shop::new(), iso());
    let server = WebServer::start(move |request, stream| {
        let mut sent = iso.clone();
        match request.path.as_str() {
            SUMS => file(request, stream, sums(&iso).as_bytes()),
            _ => {
                sent[200_000] ^= 1;
                file(request, stream, &sent)
            }
        }
    });
    let error = shop.download(&server).expect_err("it is refused");
    assert!(
        matches!(error, NotDownloaded::WrongChecksum { .. }),
        "{error}"
    );
    assert_eq!(shop.kept(), [""; 0]);
}

#[test]
fn without_a_checksum_nothing_is_downloaded() {
    for text in [
        "",
        "<html>not here</html>\n",
        &sums(b"x").replace(NAME, "other.iso"),
    ] {
        let (shop, text) = (Shop::new(), text.to_owned());
        let server =
            WebServer::start(move |request, stream| file(request, stream, text.as_bytes()));
        let error = shop.download(&server).expect_err("it is refused");
        assert!(matches!(error, NotDownloaded::NoChecksum { .. }), "{error}");
        assert_eq!(server.requests(), [asked(SUMS, 0)]);
        assert_eq!(shop.kept(), [""; 0]);
    }
}

#[test]
fn what_is_not_published_is_said_to_be_missing() {
    let shop = Shop::new();
    let server = WebServer::start(|_, stream| web_server::not_found(stream));
    assert!(matches!(
        failed(shop.download(&server).expect_err("it is not there")),
        Why::NotThere(404)
    ));
    // With a checksum, and yet without the file.
    let server = WebServer::start(|request, stream| match request.path.as_str() {
        SUMS => file(request, stream, sums(&iso()).as_bytes()),
        _ => web_server::not_found(stream),
    });
    assert!(matches!(
        failed(shop.download(&server).expect_err("it is not there")),
        Why::NotThere(404)
    ));
    assert_eq!(shop.kept(), [""; 0]);
}

#[test]
fn a_connection_that_breaks_is_gone_on_with_in_the_same_run() {
    let (shop, iso) = (Shop::new(), iso());
    let whole = iso.clone();
    let broken = AtomicUsize::new(0);
    let server = WebServer::start(move |request, stream| {
        if request.path == ISO && broken.fetch_add(1, Ordering::SeqCst) < 2 {
            let rest = begin(request, stream, &whole)?;
            return stream.write_all(&rest[..100_000]);
        }
        publish(request, stream, &whole)
    });
    let medium = shop.download(&server).expect("it is downloaded");
    assert_eq!(medium.sha256, sha256(&iso));
    assert_eq!(
        server.requests(),
        [
            asked(SUMS, 0),
            asked(ISO, 0),
            asked(ISO, 100_000),
            asked(ISO, 200_000)
        ]
    );
}

#[test]
fn a_server_that_goes_away_leaves_a_part_and_the_next_run_fetches_the_rest() {
    let (shop, iso) = (Shop::new(), iso());
    let whole = iso.clone();
    let server = WebServer::start(move |request, stream| {
        if request.path == SUMS {
            return publish(request, stream, &whole);
        }
        let rest = begin(request, stream, &whole)?;
        let some = if request.from == 0 { 123_456 } else { 0 };
        stream.write_all(&rest[..some])
    });
    let error = shop.download(&server).expect_err("it is interrupted");
    assert!(
        matches!(error, NotDownloaded::Interrupted { kept: 123_456, .. }),
        "{error}"
    );
    assert_eq!(shop.kept().len(), 1, "{:?}", shop.kept());

    let whole = iso.clone();
    let server = WebServer::start(move |request, stream| publish(request, stream, &whole));
    let medium = shop.download(&server).expect("it is downloaded");
    assert_eq!(medium.sha256, sha256(&iso));
    assert_eq!(server.requests(), [asked(SUMS, 0), asked(ISO, 123_456)]);
    assert_eq!(shop.kept(), [NAME.to_owned(), format!("{NAME}.sha256")]);
}

#[test]
fn a_server_that_knows_no_parts_begins_again() {
    let (shop, iso) = (Shop::new(), iso());
    shop.interrupted_after(&iso, &iso[..50_000]);
    let whole = iso.clone();
    let server = WebServer::start(move |request, stream| {
        publish(
            &Request {
                from: 0,
                ..request.clone()
            },
            stream,
            &whole,
        )
    });
    let medium = shop.download(&server).expect("it is downloaded");
    assert_eq!(medium.sha256, sha256(&iso));
}

#[test]
fn a_part_that_is_of_no_use_is_thrown_away() {
    let iso = iso();
    let (short, exact, long) = (vec![7; 50_000], vec![7; iso.len()], vec![7; iso.len() + 1]);
    for left in [short, exact, long, iso.clone()] {
        let shop = Shop::new();
        shop.interrupted_after(&iso, &left);
        let whole = iso.clone();
        let server = WebServer::start(move |request, stream| publish(request, stream, &whole));
        let medium = shop.download(&server).expect("it is downloaded");
        assert_eq!(medium.sha256, sha256(&iso));
        // Where all of it was there already, nothing is sent again.
        let requests = if left == iso { 2 } else { 3 };
        assert_eq!(server.requests().len(), requests, "{}", left.len());
    }
}

#[test]
fn a_server_that_sends_another_part_than_it_says_is_refused() {
    for range in ["bytes 0-9/10", "bytes 50001-99999/100000", "x", ""] {
        let (shop, iso) = (Shop::new(), iso());
        shop.interrupted_after(&iso, &iso[..50_000]);
        let server = WebServer::start(move |request, stream| match request.path.as_str() {
            SUMS => file(request, stream, sums(&iso).as_bytes()),
            _ => {
                let headers = [
                    format!("Content-Range: {range}"),
                    "Content-Length: 1".to_owned(),
                ];
                head(stream, "206 Partial Content", &headers)?;
                stream.write_all(b"x")
            }
        });
        let error = shop.download(&server).expect_err("it is refused");
        assert!(matches!(failed(error), Why::Odd(_)), "{range}");
        assert_eq!(
            shop.kept().len(),
            1,
            "what was there before may still be good"
        );
    }
}

#[test]
fn what_has_no_end_is_ended() {
    let shop = Shop::new();
    let server = WebServer::start(|_, stream| {
        head(stream, "200 OK", &[])?;
        loop {
            stream.write_all(&[b'0'; 65536])?;
        }
    });
    let error = shop.download(&server).expect_err("it is refused");
    assert!(matches!(failed(error), Why::TooLong));

    for length in [Some(LARGEST + 1), Some(u64::MAX), None] {
        let server = WebServer::start(move |request, stream| {
            if request.path == SUMS {
                return file(request, stream, sums(b"").as_bytes());
            }
            let length = length.map(|length| format!("Content-Length: {length}"));
            head(stream, "200 OK", &Vec::from_iter(length))?;
            let block = vec![0; 1 << 20];
            loop {
                stream.write_all(&block)?;
            }
        });
        let error = shop.download(&server).expect_err("it is refused");
        assert!(matches!(error, NotDownloaded::TooLarge { .. }), "{error}");
        assert_eq!(shop.kept(), [""; 0]);
    }
}

#[test]
fn a_server_that_keeps_silent_is_not_waited_for() {
    let silent: [fn(&mut dyn Write) -> std::io::Result<()>; 4] = [
        |_| Ok(()),
        |stream| stream.write_all(b"HTTP/1.1 200 OK\r\nX-"),
        |stream| head(stream, "200 OK", &["Content-Length: 100".to_owned()]),
        // A drop now and then is no stream.
        |stream| {
            head(stream, "200 OK", &["Content-Length: 100".to_owned()])?;
            for _ in 0..100 {
                stream.write_all(b"x")?;
                stream.flush()?;
                std::thread::sleep(PATIENCE / 4);
            }
            Ok(())
        },
    ];
    for say in silent {
        let server = WebServer::start(move |_, stream| {
            say(stream)?;
            stream.flush()?;
            std::thread::sleep(Duration::from_secs(20));
            Ok(())
        });
        let begun = Instant::now();
        let error = Shop::new().download(&server).expect_err("it is given up");
        assert!(matches!(failed(error), Why::Silent(_)));
        assert!(begun.elapsed() < PATIENCE * 4, "{:?}", begun.elapsed());
    }
}

#[test]
fn nobody_leads_elsewhere_in_the_clear() {
    let other = WebServer::start(|request, stream| publish(request, stream, &iso()));
    let to = format!("Location: {}/7.0.10/SHA256SUMS", other.base);
    let server = WebServer::start(move |_, stream| {
        head(
            stream,
            "302 Found",
            &[to.clone(), "Content-Length: 0".to_owned()],
        )
    });
    let error = Shop::new().download(&server).expect_err("it is refused");
    assert!(matches!(failed(error), Why::Redirected));
    assert_eq!(other.requests(), []);
}

#[test]
fn answers_that_are_no_http_are_refused_and_harmless() {
    let answers: [&[u8]; 5] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 \x1b[2J\x1b]0;owned\x07\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\nContent-Length: 7\r\n\r\n",
    ];
    for answer in answers {
        let server = WebServer::start(move |_, stream| stream.write_all(answer));
        let error = Shop::new().download(&server).expect_err("it is refused");
        let said = error.to_string();
        assert!(!said.contains(char::is_control), "{said:?}");
    }
    let server = WebServer::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"X-Endless: 0000000000000000000000000000000000000000\r\n")?;
        }
    });
    let error = Shop::new().download(&server).expect_err("it is refused");
    assert!(matches!(failed(error), Why::Odd(_)));
}

#[test]
fn a_server_that_refuses_is_named_and_keeps_the_part() {
    let (shop, iso) = (Shop::new(), iso());
    shop.interrupted_after(&iso, &iso[..50_000]);
    let server = WebServer::start(move |request, stream| match request.path.as_str() {
        SUMS => file(request, stream, sums(&iso).as_bytes()),
        _ => head(
            stream,
            "503 Service Unavailable",
            &["Content-Length: 0".to_owned()],
        ),
    });
    let error = shop.download(&server).expect_err("it is refused");
    assert!(error.to_string().contains(&server.base), "{error}");
    assert!(matches!(failed(error), Why::Refused(503)));
    assert_eq!(shop.kept().len(), 1);
}

#[test]
fn a_port_without_a_server_cannot_be_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let error = Shop::new().download_from(&format!("http://{address}"));
    assert!(matches!(
        failed(error.expect_err("nobody is there")),
        Why::Unreachable(_)
    ));
}

#[test]
fn what_is_published_under_a_wrong_name_is_refused() {
    let files = [("VBoxLinuxAdditions.run", b"x".as_slice())];
    let other = image("VBox_GAs_7.0.8", &files, Names::Joliet);
    let shop = Shop::new();
    let server = WebServer::start(move |request, stream| publish(request, stream, &other));
    let error = shop.download(&server).expect_err("it is refused");
    assert!(
        matches!(error, NotDownloaded::OtherVersion { .. }),
        "{error}"
    );
    assert_eq!(shop.kept(), [""; 0]);

    let server = WebServer::start(|request, stream| publish(request, stream, b"no ISO at all"));
    let error = shop.download(&server).expect_err("it is refused");
    assert!(
        matches!(
            error,
            NotDownloaded::Unusable {
                why: Unusable {
                    why: Image::Image(_),
                    ..
                },
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(shop.kept(), [""; 0]);
}

#[test]
fn two_do_not_download_the_same_at_once() {
    let (shop, iso) = (Arc::new(Shop::new()), iso());
    let (second, outcomes) = (Arc::clone(&shop), Arc::new(Mutex::new(Vec::new())));
    let outcome = Arc::clone(&outcomes);
    // Whoever comes while the first one is being served comes in the middle of its download.
    let server = WebServer::start(move |request, stream| {
        let answer = second.download_from("http://127.0.0.1:1");
        outcome.lock().expect("no panic").push(answer);
        publish(request, stream, &iso)
    });
    shop.download(&server).expect("it is downloaded");
    let outcomes = outcomes.lock().expect("no panic");
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes.iter() {
        assert!(matches!(outcome, Err(NotDownloaded::Busy)), "{outcome:?}");
    }
}
