//! As much of HTTP as one browser on this machine needs: one request a connection, with bounds on all that is read.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Longest line of a request's head, in bytes: what browsers send is far shorter.
const MAX_LINE: u64 = 8 * 1024;

/// Most lines of a request's head.
const MAX_LINES: usize = 100;

/// Longest body that is read, in bytes: more than the longest message of a page, which is refused by the form itself.
const MAX_BODY: usize = 64 * 1024;

/// How long a browser may be silent.
const SILENCE: Duration = Duration::from_secs(10);

/// What a browser asks for.
#[derive(Clone, Default)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// The path, without what follows a question mark.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// The header `Host`.
    pub host: String,
    /// The header `Origin`; empty where the browser sends none.
    pub origin: String,
    /// The header `Cookie`.
    pub cookie: String,
    /// The body.
    pub body: String,
}

/// What it is answered.
pub struct Response {
    /// The status, `200` for example.
    pub status: u16,
    /// Headers beside those that every answer has.
    pub headers: Vec<(&'static str, String)>,
    /// The page.
    pub body: String,
}

impl Response {
    /// A page.
    pub fn page(body: String) -> Self {
        Self { status: 200, headers: vec![], body }
    }

    /// A refusal in a few words.
    pub fn refused(status: u16, words: &str) -> Self {
        Self { status, headers: vec![("Content-Type", "text/plain; charset=utf-8".into())], body: words.into() }
    }

    /// Sends the browser to another page, which it asks for by GET.
    pub fn see(path: &str) -> Self {
        Self { status: 303, headers: vec![("Location", path.into())], body: String::new() }
    }
}

/// A server that only this machine reaches.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on 127.0.0.1; port 0 takes a free one.
    pub fn on_loopback(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the process ends.
    pub fn serve(&self, answer_one: impl FnMut(&Request) -> Response + Send + 'static) -> io::Result<()> {
        let site = Arc::new(Mutex::new(answer_one));
        let host = self.address.to_string();
        for stream in self.listener.incoming() {
            let (stream, site, host) = (stream?, site.clone(), host.clone());
            // A browser opens connections that it does not use yet, so each has a thread of its own.
            thread::spawn(move || {
                if let Err(error) = answer(&stream, &site, &host)
                    && error.kind() != io::ErrorKind::WouldBlock
                {
                    eprintln!("a connection was cut: {error}");
                }
            });
        }
        Ok(())
    }
}

fn answer(stream: &TcpStream, site: &Mutex<impl FnMut(&Request) -> Response>, host: &str) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    let Some(request) = read(&mut BufReader::new(stream))? else { return Ok(()) };
    // Another site whose name was made to lead here, and another site's form, both name themselves.
    let own = request.host == host && (request.origin.is_empty() || request.origin == format!("http://{host}"));
    let response = match site.lock() {
        _ if !own => Response::refused(403, "This page belongs to this machine alone."),
        Ok(mut answer_one) => answer_one(&request),
        Err(_) => Response::refused(500, "The form has ended; start it again."),
    };
    write(stream, &response)
}

/// Reads one request; `None` where the browser closed the connection without one.
fn read(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "no request that a browser sends");
    let mut line = || {
        let mut text = String::new();
        stream.by_ref().take(MAX_LINE).read_line(&mut text)?;
        Ok::<_, io::Error>(text)
    };
    let first = line()?;
    if first.is_empty() {
        return Ok(None);
    }
    let mut words = first.split_whitespace();
    let (method, target) = words.next().zip(words.next()).ok_or_else(bad)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request { method: method.into(), path: path.into(), query: query.into(), ..Request::default() };
    let mut length = 0;
    for _ in 0..MAX_LINES {
        let text = line()?;
        let Some((name, value)) = text.trim_end().split_once(':') else { break };
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "host" => request.host = value,
            "origin" => request.origin = value,
            "cookie" => request.cookie = value,
            "content-length" => length = value.parse().map_err(|_| bad())?,
            _ => {}
        }
    }
    let mut body = vec![0; Some(length).filter(|length| *length <= MAX_BODY).ok_or_else(bad)?];
    stream.read_exact(&mut body)?;
    request.body = String::from_utf8(body).map_err(|_| bad())?;
    Ok(Some(request))
}

fn write(mut stream: &TcpStream, response: &Response) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} .\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\nReferrer-Policy: same-origin\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Security-Policy: frame-ancestors 'none'\r\n",
        response.status,
        response.body.len()
    );
    if !response.headers.iter().any(|(name, _)| *name == "Content-Type") {
        head.push_str("Content-Type: text/html; charset=utf-8\r\n");
    }
    response.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}\r\n{}", response.body).as_bytes())?;
    stream.flush()
}
