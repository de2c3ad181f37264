//! The download over HTTPS, as far as trust goes. On Linux an environment variable says whom a
//! program trusts; elsewhere the system would have to be told.
#![cfg(target_os = "linux")]
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

use std::sync::Arc;

use boxdoctor::medium::download::NotDownloaded;
use boxdoctor::transport::http::{Failed, Why};
use published::{Shop, iso, publish, sha256};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use web_server::{WebServer, head};

/// Somebody who vouches for servers.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(Vec::new()).expect("no names");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).expect("a certificate").pem();
        Authority(Issuer::new(parameters, key), certificate)
    }

    /// What a server of this name shows.
    fn vouches_for(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new([name.to_owned()]).expect("a name");
        let certificate = parameters.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("the key fits");
        Arc::new(config)
    }
}

/// A server that leads everybody to another address.
fn leading_to(config: Arc<ServerConfig>, base: &str) -> WebServer {
    let base = base.to_owned();
    WebServer::encrypted(config, move |request, stream| {
        let rest = request.path.trim_start_matches("/virtualbox");
        let to = format!("Location: {base}{rest}");
        head(stream, "302 Found", &[to, "Content-Length: 0".to_owned()])
    })
}

fn refused(server: &WebServer) -> Why {
    match Shop::new().download(server) {
        Err(NotDownloaded::Failed(Failed { why, .. })) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_a_server_that_this_computer_trusts_is_believed() {
    let (trusted, stranger) = (Authority::new(), Authority::new());
    let shop = Shop::new();
    let roots = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(roots.path(), &trusted.1).expect("it is written");
    // SAFETY: this binary has this one test, and nothing else in it reads the environment now.
    unsafe {
        std::env::set_var("SSL_CERT_FILE", roots.path());
        std::env::remove_var("SSL_CERT_DIR");
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"] {
            std::env::remove_var(name);
            std::env::remove_var(name.to_ascii_lowercase());
        }
    }
    let good = || trusted.vouches_for("127.0.0.1");

    let server = WebServer::encrypted(good(), |request, stream| publish(request, stream, &iso()));
    let medium = shop.download(&server).expect("it is trusted");
    assert_eq!(medium.sha256, sha256(&iso()));

    // Mirrors lead on to other servers, which have to be trusted as well.
    let mirror = leading_to(good(), &server.base);
    let medium = Shop::new().download(&mirror).expect("it is led there");
    assert_eq!(medium.sha256, sha256(&iso()));

    for config in [
        stranger.vouches_for("127.0.0.1"),
        trusted.vouches_for("download.virtualbox.org"),
    ] {
        let bad = WebServer::encrypted(config, |request, stream| publish(request, stream, &iso()));
        assert!(matches!(refused(&bad), Why::Untrusted(_)));
        let mirror = leading_to(good(), &bad.base);
        assert!(matches!(refused(&mirror), Why::Untrusted(_)));
        assert_eq!(bad.requests(), [], "not a word was said to it");
    }

    let plain = WebServer::start(|request, stream| publish(request, stream, &iso()));
    let mirror = leading_to(good(), &plain.base);
    assert!(matches!(refused(&mirror), Why::Redirected));
    assert_eq!(plain.requests(), [], "nothing goes in the clear");

    let circle = leading_to(good(), "");
    assert!(matches!(refused(&circle), Why::TooManyRedirects));
    assert!(circle.requests().len() < 10);

    // A server without TLS behind an address with it.
    let address = plain.base.replace("http://", "https://");
    let error = shop
        .download_from(&address)
        .expect_err("it cannot be trusted");
    assert!(error.to_string().contains(&address), "{error}");
    assert_eq!(plain.requests(), []);

    // A proxy is asked for the way to a server, and never for a file in the clear.
    let proxy = WebServer::start(|_, stream| {
        head(stream, "403 Forbidden", &["Content-Length: 0".to_owned()])
    });
    // SAFETY: as above; the servers' threads read no variables.
    unsafe { std::env::set_var("ALL_PROXY", format!("http://{}", proxy.address)) };
    assert!(matches!(refused(&server), Why::Unreachable(_)));
    let asked: Vec<String> = proxy
        .requests()
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(asked, [server.address.to_string()]);
    Shop::new().download(&plain).expect("it is here");
    assert_eq!(proxy.requests().len(), 1);
}
