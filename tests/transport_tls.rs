//! The default transport over TLS: whom it trusts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![cfg(feature = "http-reqwest")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

use consentkit::transport::{HttpRequest, ReqwestOptions, ReqwestTransport, Transport, TransportError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// A server for `names` and the authority that vouches for it.
fn server(names: &[&str]) -> (SocketAddr, String) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())))
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for tcp in listener.incoming() {
            let mut tcp = tcp.unwrap();
            let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = Stream::new(&mut tls, &mut tcp);
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    (address, root.pem())
}

fn get(url: String) -> HttpRequest {
    HttpRequest { method: "GET".into(), url, headers: vec![], body: vec![], timeout_ms: 10_000, max_response_bytes: 64 }
}

fn trusting(root: &str) -> ReqwestTransport {
    ReqwestTransport::with(ReqwestOptions { extra_roots_pem: Some(root.into()), ..ReqwestOptions::default() }).unwrap()
}

#[test]
fn a_server_whose_authority_is_trusted_is_used() {
    let (address, root) = server(&["127.0.0.1"]);
    let answer = trusting(&root).send(get(format!("https://{address}/"))).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"ok"[..]));
}

#[test]
fn a_server_that_nobody_known_vouches_for_is_refused() {
    let (address, _) = server(&["127.0.0.1"]);
    let (_, other_root) = server(&["127.0.0.1"]);
    for transport in [ReqwestTransport::new().unwrap(), trusting(&other_root)] {
        let error = transport.send(get(format!("https://{address}/"))).err().unwrap();
        assert_eq!(error, TransportError::Refused { reason: "the server's certificate is not trusted".into() });
    }
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let (address, root) = server(&["other.example"]);
    let error = trusting(&root).send(get(format!("https://{address}/"))).err().unwrap();
    assert_eq!(error, TransportError::Refused { reason: "the server's certificate is not trusted".into() });
}
