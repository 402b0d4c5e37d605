//! The default transport: reqwest over rustls with ring and the compiled-in Mozilla roots, so that nothing needs a JVM or the system's
//! certificate store.

use std::{
    error::Error as StdError,
    fmt, io,
    net::IpAddr,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread,
    time::Duration,
};

use reqwest::{
    Client, Method, Proxy, Response, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect, retry,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::runtime::{Builder, Handle, Runtime};

use super::exchange::{HttpHeader, HttpRequest, HttpResponse, Transport, TransportError};

/// Longest wait until a connection stands, the look-up of the name and TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// Longest pause while an answer is read.
const READ: Duration = Duration::from_secs(15);

/// How long an idle connection is kept for the next batch. It is shorter than what servers commonly keep, so that few requests find the
/// connection closed.
const IDLE: Duration = Duration::from_secs(4);

/// Most headers of an answer. This is the parser's own bound; it is above what [`MAX_HEADER_BYTES`] of real headers can hold.
const MAX_HEADERS: usize = 512;

/// Most bytes of an answer's headers, names and values together. Real servers and the proxies before them stay well below.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// What may differ from the plain connection.
#[derive(Clone, Default)]
pub struct ReqwestOptions {
    /// Send everything through this HTTP proxy. Otherwise none is used, whatever the environment says.
    pub proxy: Option<String>,
    /// Certificates (PEM, one after the other) that are trusted besides the compiled-in roots: a company's own authority.
    pub extra_roots_pem: Option<String>,
    /// Milliseconds until a connection must stand. Where nothing is said, it is 10 s.
    pub connect_timeout_ms: Option<i64>,
    /// Milliseconds for which an answer may pause. Where nothing is said, it is 15 s.
    pub read_timeout_ms: Option<i64>,
}

/// Carries requests with reqwest.
///
/// Only `https`, and `http` to this machine itself. No redirect is followed, nothing is sent twice, nothing is decompressed. `send` may be
/// called from any thread, an async runtime's included, where a thread of its own carries the request; it blocks its caller.
pub struct ReqwestTransport {
    client: Client,
    // The asynchronous client runs on a runtime of one thread, because reqwest's blocking client cannot time a pause in the answer. The
    // runtime is an option only so that it can be taken out when it is dropped.
    runtime: Option<Runtime>,
}

impl Drop for ReqwestTransport {
    fn drop(&mut self) {
        // Dropping a runtime waits for its threads, and tokio panics where that happens inside another runtime. This way nobody waits.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

impl ReqwestTransport {
    /// A plain connection: the compiled-in roots, no proxy.
    pub fn new() -> Result<Self, TransportError> {
        Self::with(ReqwestOptions::default())
    }

    /// A connection that differs in something. `Refused` names the option that cannot be used.
    pub fn with(options: ReqwestOptions) -> Result<Self, TransportError> {
        let client = client(&options)?;
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|_| refused("the HTTP client cannot be set up"))?;
        Ok(Self { client, runtime: Some(runtime) })
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let Some(runtime) = &self.runtime else { return Err(refused("the HTTP client is gone")) };
        let carry = || send(&self.client, runtime, request);
        if Handle::try_current().is_err() {
            let carried = panic::catch_unwind(AssertUnwindSafe(carry));
            return carried.unwrap_or_else(|_| Err(unreachable("the HTTP client failed")));
        }
        // A thread of a runtime may not wait for another runtime, so the work gets a thread that belongs to none.
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("consentkit-http".into()).spawn_scoped(scope, carry);
            let thread = thread.map_err(|_| unreachable("the system gives no thread"))?;
            thread.join().unwrap_or_else(|_| Err(unreachable("the HTTP client failed")))
        })
    }
}

fn refused(reason: &str) -> TransportError {
    TransportError::Refused { reason: reason.into() }
}

fn unreachable(reason: &str) -> TransportError {
    TransportError::Unreachable { reason: reason.into() }
}

fn client(options: &ReqwestOptions) -> Result<Client, TransportError> {
    let limit = |given: Option<i64>, default| match given {
        None => Ok(default),
        Some(millis) => u64::try_from(millis)
            .ok()
            .filter(|millis| *millis > 0)
            .map(Duration::from_millis)
            .ok_or_else(|| refused("a time-out is not above zero")),
    };
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(options.extra_roots_pem.as_deref())?)
        .redirect(redirect::Policy::none())
        // A request that was sent may have taken effect: only the sync engine decides to send it again.
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .http1_max_headers(MAX_HEADERS)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(1)
        .connect_timeout(limit(options.connect_timeout_ms, CONNECT)?)
        .read_timeout(limit(options.read_timeout_ms, READ)?);
    if let Some(proxy) = &options.proxy {
        builder = builder.proxy(Proxy::all(proxy.as_str()).map_err(|_| refused("the proxy is not an address"))?);
    }
    builder.build().map_err(|_| refused("the HTTP client cannot be set up"))
}

fn tls(extra_roots: Option<&str>) -> Result<ClientConfig, TransportError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = extra_roots {
        let mut found = false;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|_| refused("an extra root certificate is not PEM"))?;
            roots.add(certificate).map_err(|_| refused("an extra root certificate cannot be used"))?;
            found = true;
        }
        if !found {
            return Err(refused("the extra root certificates hold none"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| refused("TLS cannot be set up"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn send(client: &Client, runtime: &Runtime, request: HttpRequest) -> Result<HttpResponse, TransportError> {
    let url = address(&request.url)?;
    let method = match request.method.as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        _ => return Err(refused("the method is neither GET nor POST")),
    };
    let time = u64::try_from(request.timeout_ms).ok().filter(|millis| *millis > 0).ok_or(TransportError::TimedOut)?;
    let mut carried = client.request(method, url).headers(headers(&request.headers)?).timeout(Duration::from_millis(time));
    if !request.body.is_empty() {
        carried = carried.body(request.body);
    }
    // The client sets its timers as soon as a request is made, and takes them from the runtime that is entered.
    let _present = runtime.enter();
    let response = runtime.block_on(carried.send()).map_err(|error| fault(&error))?;
    read(runtime, response, u64::try_from(request.max_response_bytes).unwrap_or(0))
}

/// `https` anywhere; `http` only where the packets do not leave this machine.
fn address(url: &str) -> Result<Url, TransportError> {
    let url = Url::parse(url).map_err(|_| refused("the address is no URL"))?;
    let host = url.host_str().ok_or_else(|| refused("the address names no host"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("the address holds a user name"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(host) => Ok(url),
        "http" => Err(refused("the connection would not be encrypted: use https")),
        _ => Err(refused("the address is neither https nor http")),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn headers(given: &[HttpHeader]) -> Result<HeaderMap, TransportError> {
    let mut headers = HeaderMap::new();
    for header in given {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| refused("a header's name cannot be sent"))?;
        let mut value = HeaderValue::from_str(&header.value).map_err(|_| refused("a header's value cannot be sent"))?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

fn read(runtime: &Runtime, mut response: Response, most: u64) -> Result<HttpResponse, TransportError> {
    let size: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MAX_HEADER_BYTES || response.content_length().is_some_and(|length| length > most) {
        return Err(TransportError::TooLarge);
    }
    let headers = response.headers().iter().filter_map(|(name, value)| {
        // The headers that the engine reads hold only ASCII, so one that does not is left out.
        value.to_str().ok().map(|value| HttpHeader { name: name.as_str().to_owned(), value: value.to_owned() })
    });
    let (status, headers) = (i32::from(response.status().as_u16()), headers.collect());
    let mut body = Vec::new();
    while let Some(chunk) = runtime.block_on(response.chunk()).map_err(|error| broken(&error))? {
        if u64::try_from(body.len() + chunk.len()).unwrap_or(u64::MAX) > most {
            return Err(TransportError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status, headers, body })
}

fn broken(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() { TransportError::TimedOut } else { unreachable("the answer broke off") }
}

/// What went wrong, in words of our own. The client's own words hold the address.
fn fault(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        return TransportError::TimedOut;
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return match tls {
            rustls::Error::InvalidCertificate(_) => refused("the server's certificate is not trusted"),
            _ => refused("the other side speaks no TLS that can be used"),
        };
    }
    if error.is_connect() {
        return unreachable("no connection");
    }
    if error.is_builder() {
        return refused("the request cannot be sent");
    }
    unreachable("the connection broke before an answer")
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An I/O error gives what it wraps by `get_ref`; its `source` is already what is wrapped one layer further in.
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        at = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    None
}
