//! The default transport against a peer that misbehaves in every way a socket allows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_methods, reason = "what ends in time is measured in real time")]
#![cfg(feature = "http-reqwest")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use consentkit::transport::{HttpHeader, HttpRequest, HttpResponse, ReqwestOptions, ReqwestTransport, Transport, TransportError};

/// A peer that does `act` with each connection, after it read a request.
fn peer(act: impl Fn(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_request(&mut stream);
            act(&mut stream);
        }
    });
    address
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        text.push(byte[0]);
    }
    let head = String::from_utf8(text).unwrap();
    let length = head.to_lowercase().split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    format!("{head}{}", String::from_utf8(body).unwrap())
}

fn request(address: SocketAddr) -> HttpRequest {
    HttpRequest {
        method: "POST".into(),
        url: format!("http://{address}/v1/sync"),
        headers: vec![HttpHeader { name: "authorization".into(), value: "Bearer canary-token".into() }],
        body: b"{}".to_vec(),
        timeout_ms: 10_000,
        max_response_bytes: 1024,
    }
}

fn send(address: SocketAddr) -> Result<HttpResponse, TransportError> {
    ReqwestTransport::new().unwrap().send(request(address))
}

fn say(text: &'static str) -> impl Fn(&mut TcpStream) + Send + 'static {
    move |stream| {
        let _ = stream.write_all(text.as_bytes());
    }
}

/// The variant, after a check that the text names nobody and no place.
fn fault(result: Result<HttpResponse, TransportError>) -> &'static str {
    let error = match result {
        Ok(answer) => panic!("answered {}", answer.status),
        Err(error) => error,
    };
    for text in [error.to_string(), format!("{error:?}")] {
        for private in ["127.0.0.1", "http:", "v1/sync", "canary", "localhost", "example"] {
            assert!(!text.contains(private), "{text}");
        }
    }
    match error {
        TransportError::Unreachable { .. } => "unreachable",
        TransportError::TimedOut => "timed_out",
        TransportError::TooLarge => "too_large",
        TransportError::Refused { .. } => "refused",
        TransportError::GivenUp => "given_up",
    }
}

#[test]
fn carries_a_request_and_brings_back_the_answer() {
    let (told, heard) = mpsc::channel();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        told.send(read_request(&mut stream)).unwrap();
        stream.write_all(b"HTTP/1.1 503 Later\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy").unwrap();
    });
    let answer = send(address).unwrap();
    let text = heard.recv().unwrap();
    assert!(text.starts_with("POST /v1/sync HTTP/1.1\r\n") && text.ends_with("\r\n\r\n{}"), "{text}");
    assert!(text.contains("authorization: Bearer canary-token"), "{text}");
    assert!(!text.to_lowercase().contains("accept-encoding"), "{text}");
    assert_eq!((answer.status, answer.body.as_slice()), (503, &b"busy"[..]));
    assert!(answer.headers.iter().any(|header| header.name == "retry-after" && header.value == "7"));
}

#[test]
fn redirects_are_answers_and_are_not_followed() {
    let elsewhere = peer(|_| panic!("the redirect was followed"));
    let location = format!("HTTP/1.1 307 Go\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n");
    let answer = send(peer(move |stream| stream.write_all(location.as_bytes()).unwrap())).unwrap();
    assert_eq!(answer.status, 307);
}

#[test]
fn interim_answers_are_passed_over() {
    let text = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let answer = send(peer(say(text))).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"ok"[..]));
}

#[test]
fn a_body_is_counted_while_it_is_read() {
    let exact = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(1024));
    let answer = send(peer(move |stream| stream.write_all(exact.as_bytes()).unwrap())).unwrap();
    assert_eq!(answer.body.len(), 1024);

    assert_eq!(fault(send(peer(say("HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n")))), "too_large");

    // A body without an end: reading stops at the bound, not at the sender's pleasure.
    let endless = peer(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"100\r\n").and_then(|()| stream.write_all(&[b'x'; 256])).and_then(|()| stream.write_all(b"\r\n")).is_ok() {}
    });
    assert_eq!(fault(send(endless)), "too_large");
}

#[test]
fn headers_are_bounded() {
    let fits = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: {}\r\n\r\n", "x".repeat(15 * 1024));
    assert_eq!(send(peer(move |stream| stream.write_all(fits.as_bytes()).unwrap())).unwrap().status, 200);
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: {}\r\n\r\n", "x".repeat(16 * 1024));
    assert_eq!(fault(send(peer(move |stream| stream.write_all(large.as_bytes()).unwrap()))), "too_large");
    let flood = peer(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X: y\r\n").is_ok() {}
    });
    assert_eq!(fault(send(flood)), "unreachable");
}

#[test]
fn what_breaks_off_is_unreachable() {
    for text in
        ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "\0\0garbage\r\n\r\n"]
    {
        assert_eq!(fault(send(peer(say(text)))), "unreachable", "{text:?}");
    }
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n";
    assert_eq!(fault(send(peer(say(chunked)))), "unreachable");
}

#[test]
fn a_connection_reset_in_the_middle_is_unreachable() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 16]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha");
        // Closing with unread input makes the kernel send a reset.
    });
    let long = HttpRequest { body: vec![b'x'; 512 * 1024], ..request(address) };
    assert_eq!(fault(ReqwestTransport::new().unwrap().send(long)), "unreachable");
}

#[test]
fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(fault(send(address)), "unreachable");
}

#[test]
fn the_whole_exchange_ends_in_time_however_slowly_it_drips() {
    let drip = peer(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        let (_keep, never) = mpsc::channel::<()>();
        while stream.write_all(b"x").is_ok() {
            let _ = never.recv_timeout(Duration::from_millis(20));
        }
    });
    let begun = Instant::now();
    let result = ReqwestTransport::new().unwrap().send(HttpRequest { timeout_ms: 300, ..request(drip) });
    assert_eq!(fault(result), "timed_out");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn silence_ends_at_the_read_time_out() {
    for text in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha"] {
        let silent = peer(move |stream| {
            let _ = stream.write_all(text.as_bytes());
            // Waits until the other side gives up.
            let _ = stream.read(&mut [0]);
        });
        let options = ReqwestOptions { read_timeout_ms: Some(200), ..ReqwestOptions::default() };
        let begun = Instant::now();
        assert_eq!(fault(ReqwestTransport::with(options).unwrap().send(request(silent))), "timed_out", "{text:?}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn no_time_left_is_no_request() {
    let untouched = peer(|_| panic!("the request was sent"));
    for timeout_ms in [0, -1, i64::MIN] {
        assert_eq!(fault(ReqwestTransport::new().unwrap().send(HttpRequest { timeout_ms, ..request(untouched) })), "timed_out");
    }
}

#[test]
fn only_encrypted_connections_leave_the_machine() {
    let transport = ReqwestTransport::new().unwrap();
    let bad = [
        "http://example.com/",
        "http://128.0.0.1/",
        "http://127.0.0.1.example.com/",
        "http://[2001:db8::1]/",
        "http://0.0.0.0/",
        "http://localhost.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://user:secret@example.com/",
        "http:",
        "",
        "\0",
        "/v1/sync",
        "https://",
        "data:text/plain,x",
    ];
    for url in bad {
        let request = HttpRequest { url: url.into(), ..request(SocketAddr::from(([127, 0, 0, 1], 1))) };
        assert_eq!(fault(transport.send(request)), "refused", "{url:?}");
    }
}

#[test]
fn a_peer_without_tls_is_refused() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let plain = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    let request = HttpRequest { url: format!("https://{plain}/"), ..request(plain) };
    assert_eq!(fault(ReqwestTransport::new().unwrap().send(request)), "refused");
}

#[test]
fn a_request_that_cannot_be_written_is_refused() {
    let address = peer(|_| panic!("the request was sent"));
    let header = |name: &str, value: &str| vec![HttpHeader { name: name.into(), value: value.into() }];
    let bad = [
        HttpRequest { method: "DELETE".into(), ..request(address) },
        HttpRequest { headers: header("a b", "c"), ..request(address) },
        HttpRequest { headers: header("", "c"), ..request(address) },
        HttpRequest { headers: header("authorization", "Bearer canary\r\nX: y"), ..request(address) },
        HttpRequest { headers: header("authorization", "canary\0"), ..request(address) },
    ];
    for request in bad {
        assert_eq!(fault(ReqwestTransport::new().unwrap().send(request)), "refused");
    }
}

#[test]
fn options_that_cannot_be_used_are_refused() {
    let bad = [
        ReqwestOptions { proxy: Some("::".into()), ..ReqwestOptions::default() },
        ReqwestOptions { extra_roots_pem: Some(String::new()), ..ReqwestOptions::default() },
        ReqwestOptions {
            extra_roots_pem: Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into()),
            ..ReqwestOptions::default()
        },
        ReqwestOptions { connect_timeout_ms: Some(0), ..ReqwestOptions::default() },
        ReqwestOptions { read_timeout_ms: Some(-1), ..ReqwestOptions::default() },
    ];
    for options in bad {
        let made = ReqwestTransport::with(options);
        assert!(matches!(made, Err(TransportError::Refused { .. })), "{made:?}");
    }
}

#[test]
fn a_proxy_is_used_only_when_the_host_asks() {
    let proxy = peer(say("HTTP/1.1 418 Proxy\r\nContent-Length: 0\r\n\r\n"));
    let server = peer(say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    let options = ReqwestOptions { proxy: Some(format!("http://{proxy}")), ..ReqwestOptions::default() };
    assert_eq!(ReqwestTransport::with(options).unwrap().send(request(server)).unwrap().status, 418);
    assert_eq!(send(server).unwrap().status, 200);
}

#[test]
fn works_from_inside_an_async_runtime() {
    let address = peer(say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let status = runtime.block_on(async move { send(address).map(|answer| answer.status) });
    assert_eq!(status, Ok(200));
}
