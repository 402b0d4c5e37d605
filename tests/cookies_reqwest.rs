//! A reqwest client behind a gate, against a server on loopback: what it keeps and what it sends.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::Arc,
    thread,
};

use consentkit::{client::CookieOptions, signal::Platform, transport::GatedCookieStore};
use reqwest::{Client, cookie::Jar};
use support::{Device, answer};

/// Answers each request with three cookies, and tells which `Cookie` header it bore.
fn server(requests: usize) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serve = move || {
        let mut sent = vec![];
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let header: Vec<String> =
                lines.take_while(|line| !line.is_empty()).filter(|line| line.to_lowercase().starts_with("cookie:")).collect();
            sent.push(header.concat().split_once(": ").map_or_else(String::new, |(_, cookies)| cookies.to_owned()));
            let cookies = "Set-Cookie: session_id=1\r\nSet-Cookie: _ga=2\r\nSet-Cookie: _fbp=3\r\n";
            write!(stream, "HTTP/1.1 200 OK\r\n{cookies}Content-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        }
        sent
    };
    (url, thread::spawn(serve))
}

fn sorted(header: &str) -> Vec<&str> {
    let mut cookies: Vec<&str> = header.split("; ").collect();
    cookies.sort_unstable();
    cookies
}

#[test]
fn ck_8_a_reqwest_client_keeps_and_sends_only_what_is_allowed() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let gate = Arc::new(consent.cookies(&CookieOptions::default()).unwrap());
    let store = Arc::new(GatedCookieStore::new(gate, Arc::new(Jar::default())));
    // Only the first test of a process installs it; that another one did so already is no fault.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().cookie_provider(store).no_proxy().build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (url, served) = server(4);
    let visit = || runtime.block_on(async { client.get(&url).send().await.unwrap().status() });
    visit();
    answer(&consent, &["cookies.analytics"], &["cookies.marketing"]).unwrap();
    visit();
    visit();
    consent.withdraw(&["cookies.analytics"]).unwrap();
    visit();
    let sent = served.join().unwrap();
    assert_eq!(
        sent.iter().map(|header| sorted(header)).collect::<Vec<_>>(),
        [vec![""], vec!["session_id=1"], vec!["_ga=2", "session_id=1"], vec!["session_id=1"]]
    );
}
