//! A TCP proxy that cuts one connection at one byte, or plays a request twice.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// What happens to the next exchange that carries changes; everything else passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mischief {
    /// Nothing.
    Pass,
    /// The server gets only so many bytes of the request, then both ends are closed.
    Request(usize),
    /// The client gets only so many bytes of the answer.
    Answer(usize),
    /// As `Request`, but the client sees a reset instead of an end.
    ResetRequest(usize),
    /// As `Answer`, but the client sees a reset instead of an end.
    ResetAnswer(usize),
    /// The request reaches the server twice, on two connections at once; the client gets the second answer.
    Twice,
    /// The request is kept, the client is cut off; the bytes reach the server with the next exchange, before it.
    Late,
    /// As `Late`, but after the next exchange.
    Later,
}

/// What the proxy knows.
struct Plan {
    next: Mischief,
    kept: Option<(Vec<u8>, bool)>,
    request: usize,
    answer: usize,
}

/// A proxy before a server.
#[derive(Clone)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    server: SocketAddr,
    plan: Arc<Mutex<Plan>>,
}

impl Proxy {
    /// Starts; its threads end with the process.
    pub fn before(server: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let plan = Plan { next: Mischief::Pass, kept: None, request: 0, answer: 0 };
        let proxy = Self { address: listener.local_addr()?, server, plan: Arc::new(Mutex::new(plan)) };
        let own = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // One at a time, in order: the client sends one request at a time, too.
                let _ = own.serve(client);
            }
        });
        Ok(proxy)
    }

    /// Arms it.
    pub fn arm(&self, mischief: Mischief) {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).next = mischief;
    }

    /// True where the mischief was done.
    pub fn done(&self) -> bool {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).next == Mischief::Pass
    }

    /// Sizes of the last whole sync exchange.
    pub fn sizes(&self) -> (usize, usize) {
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        (plan.request, plan.answer)
    }

    fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let reset =
            matches!(self.plan.lock().unwrap_or_else(PoisonError::into_inner).next, Mischief::ResetRequest(_) | Mischief::ResetAnswer(_));
        let request = if reset { peek_request(&client)? } else { read_request(&mut client)? };
        let carries = |request: &[u8]| request.windows(CHANGES.len()).any(|window| window == CHANGES);
        let sync = request.starts_with(b"POST /v1/sync") && carries(&request);
        if reset && !sync {
            client.read_exact(&mut vec![0; request.len()])?;
        }
        let (mischief, kept) = {
            let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = if sync { plan.kept.take() } else { None };
            (if sync { std::mem::replace(&mut plan.next, Mischief::Pass) } else { Mischief::Pass }, kept)
        };
        if let Some((bytes, false)) = &kept {
            self.ask(bytes, bytes.len())?;
        }
        match mischief {
            // For a reset the request was only looked at: closed over unread input, the kernel sends one.
            Mischief::Request(count) | Mischief::ResetRequest(count) => {
                self.ask(&request, count)?;
            }
            Mischief::Late | Mischief::Later => {
                let kept = Some((request.clone(), mischief == Mischief::Later));
                self.plan.lock().unwrap_or_else(PoisonError::into_inner).kept = kept;
            }
            Mischief::Twice => {
                let own = self.clone();
                let twin = request.clone();
                let other = thread::spawn(move || own.ask(&twin, twin.len()));
                let answer = self.ask(&request, request.len())?;
                let twin = other.join().unwrap_or(Ok(vec![]))?;
                client.write_all(if twin.is_empty() { &answer } else { &twin })?;
            }
            Mischief::Answer(count) | Mischief::ResetAnswer(count) => {
                let answer = self.ask(&request, request.len())?;
                client.write_all(&answer[..count.min(answer.len())])?;
            }
            Mischief::Pass => {
                let answer = self.ask(&request, request.len())?;
                client.write_all(&answer)?;
                if sync {
                    let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
                    (plan.request, plan.answer) = (request.len(), answer.len());
                }
            }
        }
        if let Some((bytes, true)) = &kept {
            self.ask(bytes, bytes.len())?;
        }
        Ok(())
    }

    /// Sends the first bytes of a request to the server and reads what comes until it closes.
    fn ask(&self, request: &[u8], count: usize) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(self.server)?;
        server.set_nodelay(true)?;
        server.write_all(&request[..count])?;
        if count < request.len() {
            // The server may already have all it needs to act: it is given the time to.
            server.shutdown(Shutdown::Write)?;
        }
        let mut answer = vec![];
        let _ = server.read_to_end(&mut answer);
        Ok(answer)
    }
}

/// How a list of changes that is not empty begins in a request.
const CHANGES: &[u8] = b"\"changes\":[{";

/// Larger than any request of these cases.
const MOST_BYTES: usize = 64 * 1024;

/// Looks at one request and leaves it unread.
fn peek_request(client: &TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; MOST_BYTES];
    let mut last = 0;
    loop {
        let count = client.peek(&mut bytes)?;
        if is_whole(&bytes[..count]) || count == 0 {
            bytes.truncate(count);
            return Ok(bytes);
        }
        if count == last {
            thread::sleep(Duration::from_millis(1));
        }
        last = count;
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.trim().parse().ok()).unwrap_or(0);
    bytes.len() >= head + 4 + length
}

/// One request, by its length. `Connection: close` is the client's doing: the server's end of stream ends the answer.
fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![];
    let mut chunk = [0; 16 * 1024];
    loop {
        let count = client.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..count]);
        if count == 0 || is_whole(&bytes) {
            return Ok(bytes);
        }
    }
}
