//! The web as the tests have it: several hosts on one port of loopback, and a carrier between the browser and them, as an app's own HTTP
//! client is that carries the requests of its web view.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::Result;

/// A request of the browser as it reaches a host.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The host.
    pub host: String,
    /// The path, with its query.
    pub path: String,
    /// The names of its cookies.
    pub cookies: Option<String>,
    /// What it says of Global Privacy Control.
    pub sec_gpc: Option<String>,
}

/// What a host answers.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// Its `Set-Cookie` headers.
    pub set_cookies: Vec<String>,
    /// The kind of its body.
    pub kind: &'static str,
    /// Its body.
    pub body: String,
}

/// What the app does with what it carries.
pub trait Carrier: Send + Sync {
    /// A request on its way to a host.
    fn request(&self, request: Request) -> Request;
    /// An answer on its way to the browser.
    fn response(&self, request: &Request, response: Response) -> Response;
}

/// The running hosts.
pub struct Site {
    /// Their port.
    pub port: u16,
    heard: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// Starts them behind a carrier. They end with the process.
    pub fn start(carrier: Arc<dyn Carrier>, shop: impl Fn() -> String + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let site = Self { port: listener.local_addr()?.port(), heard: Arc::default() };
        let (heard, shop) = (site.heard.clone(), Arc::new(shop));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (carrier, heard, shop) = (carrier.clone(), heard.clone(), shop.clone());
                thread::spawn(move || {
                    // A connection that the browser gives up is no fault.
                    let _ = serve(stream, &*carrier, &heard, &*shop);
                });
            }
        });
        Ok(site)
    }

    /// The requests that reached a host since the last call.
    pub fn heard(&self) -> Vec<Request> {
        std::mem::take(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn serve(mut stream: TcpStream, carrier: &dyn Carrier, heard: &Mutex<Vec<Request>>, shop: &dyn Fn() -> String) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?.take(64 * 1024));
    let mut request = Request::default();
    let mut line = String::new();
    reader.read_line(&mut line)?;
    request.path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        let Some((name, value)) = line.trim().split_once(": ") else { continue };
        match name.to_ascii_lowercase().as_str() {
            "host" => request.host = value.to_owned(),
            "cookie" => request.cookies = Some(value.to_owned()),
            "sec-gpc" => request.sec_gpc = Some(value.to_owned()),
            _ => {}
        }
    }
    let request = carrier.request(request);
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    let response = carrier.response(&request, answer(&request, shop));
    let mut head =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Type: {}; charset=utf-8\r\n", response.kind);
    for cookie in &response.set_cookies {
        head += &format!("Set-Cookie: {cookie}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", response.body.len());
    stream.write_all(head.as_bytes())?;
    Ok(stream.write_all(response.body.as_bytes())?)
}

/// What each host answers. None of them asks anybody before it sets its cookies.
fn answer(request: &Request, shop: &dyn Fn() -> String) -> Response {
    let cookies = |cookies: &[&str]| cookies.iter().map(|&cookie| cookie.to_owned()).collect();
    let response = |set_cookies, kind, body: &str| Response { set_cookies, kind, body: body.to_owned() };
    let path = request.path.split('?').next().unwrap_or_default();
    match (request.host.as_str(), path) {
        ("shop.localhost", "/") => response(
            cookies(&[
                "session_id=s1; Path=/; HttpOnly; SameSite=Lax",
                "_gid=1; Path=/; Max-Age=86400",
                "_gcl_au=1; Path=/; Domain=shop.localhost",
                "promo=1; Path=/",
            ]),
            "text/html",
            &shop(),
        ),
        ("shop.localhost", "/bare") => response(vec![], "text/html", "<!doctype html><title>Bare</title>"),
        ("tags.localhost", "/tag.js") => response(vec![], "text/javascript", include_str!("../site/tag.js")),
        ("ads.localhost", "/frame") => {
            response(cookies(&["_fbp=frame; Path=/; SameSite=None; Secure"]), "text/html", include_str!("../site/frame.html"))
        }
        ("ads.localhost", "/page") => response(vec![], "text/html", "<!doctype html><title>Of others</title>"),
        ("ads.localhost", _) => response(cookies(&["_fbc=picture; Path=/; SameSite=None; Secure"]), "image/svg+xml", PIXEL),
        _ => response(vec![], "text/plain", ""),
    }
}

const PIXEL: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>";
