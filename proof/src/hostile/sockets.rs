//! What only a socket can do, through the built-in transport and the whole client: a drip, a bomb, a flood.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use consentkit::{
    client::TokenProvider,
    transport::{ReqwestOptions, ReqwestTransport},
};

use super::scene::{Scene, Scenes};
use crate::stage::{Clock, Device, Done, PASS_MS, Tally, granted, verify, waiting};

/// How long the built-in transport waits for the next byte here; as shipped it is 15 s, which would only make this slower.
const READ_TIMEOUT_MS: i64 = 300;
/// A gzip stream of about 1 KiB that unpacks to 1 MiB of spaces, written as the answer's body.
const BOMB: &[u8] = include_bytes!("bomb.gz");

type Peer = fn(&mut TcpStream);

/// Runs them.
pub fn run(scenes: &Scenes, tally: &mut Tally) -> Done {
    let peers: [(&str, Peer); 6] = [
        ("a drip", |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            while stream.write_all(b" ").is_ok() {
                // Slower than the time-out, for as long as the other side stays.
                thread::sleep(Duration::from_millis(2 * READ_TIMEOUT_MS.unsigned_abs()));
            }
        }),
        ("a drip of headers", |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
            while stream.write_all(b"X").is_ok() {
                thread::sleep(Duration::from_millis(2 * READ_TIMEOUT_MS.unsigned_abs()));
            }
        }),
        ("a gzip bomb", |stream| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", BOMB.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(BOMB));
        }),
        ("a chunked gzip bomb, again and again", |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
            let chunk = [format!("{:x}\r\n", BOMB.len()).as_bytes(), BOMB, b"\r\n"].concat();
            while stream.write_all(&chunk).is_ok() {}
        }),
        ("a body without an end", |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[b' '; 4096]).is_ok() {}
        }),
        ("interim answers without an end", |stream| while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {}),
    ];
    for scene in [&scenes.grants, &scenes.withdrawals] {
        for (name, peer) in peers {
            tally.case(&format!("{name} to {}", scene.name), one(scenes, scene, peer));
        }
    }
    Ok(())
}

fn one(scenes: &Scenes, scene: &Scene, peer: Peer) -> Done {
    let address = listen(peer)?;
    let options = ReqwestOptions { read_timeout_ms: Some(READ_TIMEOUT_MS), ..ReqwestOptions::default() };
    let device = Device {
        path: scenes.copy(scene)?,
        marker: None,
        clock: Clock::noon(),
        server: format!("http://{address}"),
        transport: Arc::new(ReqwestTransport::with(options)?),
        tokens: Arc::new(NoToken),
    };
    let consent = device.open()?;
    let (queue, counted) = (waiting(&consent)?, granted(&consent));
    consent.sync(PASS_MS)?;
    if waiting(&consent)?.len() != queue.len() {
        return Err("something left the queue".into());
    }
    if granted(&consent) != counted {
        return Err("what counts changed".into());
    }
    verify(&consent)
}

struct NoToken;

impl TokenProvider for NoToken {
    fn token(&self, _: &str, _: bool) -> Option<String> {
        None
    }
}

/// A peer that gives the installation its token and does its worst with everything else. It ends with the process.
fn listen(peer: Peer) -> Done<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Some(head) = read_head(&mut stream) else { continue };
            if head.contains("/v1/installs") {
                let body = r#"{"token":"install-token"}"#;
                let text = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                let _ = stream.write_all(text.as_bytes());
            } else {
                thread::spawn(move || peer(&mut stream));
            }
        }
    });
    Ok(address)
}

/// Reads one request whole: closing over unread bytes would reset the connection.
fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = vec![];
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).ok()?;
    let length = head.to_lowercase().split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head)
}
