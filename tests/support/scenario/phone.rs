//! One device: its folder, its clock, and what its app brings to the core.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use consentkit::{
    client::TokenProvider,
    clock::Clock,
    ffi::{
        AccountTokens, AdvertisingIdSource, ConsentCore, ConsentError, ConsentOptions, HostError, HostServices, HttpTransport, TestClock,
    },
    signal::{AdIdAnswer, Platform},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};

use super::format::Provider;
use crate::support::{
    FakeClock,
    loopback::{Host, LogIn, PlainTransport},
};

const FILE: &str = "consent.db";
const JOURNAL: &str = "consent.db-wal";
const MARKER: &str = "marker";

struct Watch(Arc<FakeClock>);

impl TestClock for Watch {
    fn now(&self) -> Result<i64, HostError> {
        Ok(self.0.now())
    }
}

/// Counts what goes out.
#[derive(Default)]
struct Wire {
    requests: AtomicI64,
}

impl HttpTransport for Wire {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        PlainTransport.send(request)
    }
}

struct Tokens(LogIn);

impl AccountTokens for Tokens {
    fn token(&self, subject: String, refresh: bool) -> Result<Option<String>, HostError> {
        Ok(self.0.token(&subject, refresh))
    }
}

/// The platform's provider, which answers as the step says.
#[derive(Default)]
pub struct Source {
    answer: Mutex<Option<Provider>>,
    asked: AtomicBool,
}

impl Source {
    /// Sets the next answer.
    pub fn answers(&self, answer: Option<Provider>) {
        *self.answer.lock().unwrap() = answer;
        self.asked.store(false, Ordering::SeqCst);
    }

    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

impl AdvertisingIdSource for Source {
    fn advertising_id(&self) -> Result<AdIdAnswer, HostError> {
        self.asked.store(true, Ordering::SeqCst);
        match self.answer.lock().unwrap().clone() {
            Some(Provider::Id { value, limited }) => Ok(AdIdAnswer::Id { value, limited }),
            Some(Provider::Unavailable(kind)) => Ok(AdIdAnswer::Unavailable { kind }),
            Some(Provider::Throws) | None => Err(HostError::Failed),
        }
    }
}

/// What a device was first opened with.
#[derive(Clone)]
pub struct Settings {
    pub platform: Platform,
    pub os_version: String,
    pub language: String,
    pub policy: String,
}

pub struct Phone {
    folder: tempfile::TempDir,
    pub clock: Arc<FakeClock>,
    pub settings: Settings,
    core: Option<Arc<ConsentCore>>,
    wire: Arc<Wire>,
    pub source: Arc<Source>,
    host: Option<Arc<Host>>,
    /// The token of the form on the screen.
    pub form: Option<String>,
}

impl Phone {
    pub fn new(settings: Settings, now: i64, host: Option<Arc<Host>>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: FakeClock::at(now),
            settings,
            core: None,
            wire: Arc::default(),
            source: Arc::default(),
            host,
            form: None,
        }
    }

    /// Starts the app's process anew.
    pub fn open(&mut self) -> Result<(), ConsentError> {
        self.end();
        let settings = self.settings.clone();
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let options = ConsentOptions {
            path: path(FILE),
            marker: Some(path(MARKER)),
            policy: settings.policy,
            platform: settings.platform,
            os_version: settings.os_version,
            language: settings.language,
            app_version: "1.0".into(),
            server: self.host.as_ref().map(|host| host.url()),
        };
        let services = HostServices {
            transport: Some(self.wire.clone()),
            tokens: self.host.clone().map(|host| Arc::new(Tokens(LogIn(host))) as _),
            advertising_id: Some(self.source.clone()),
            zones: None,
            clock: Some(Arc::new(Watch(self.clock.clone()))),
        };
        self.core = Some(ConsentCore::open(options, services)?);
        Ok(())
    }

    /// Ends the app's process; a form on the screen dies with it.
    pub fn end(&mut self) {
        self.core = None;
        self.form = None;
    }

    /// Begins with another phone's file; its marker, which no backup carries, comes along only where it is said. Then the phone is a clone of
    /// the whole disk, on which the database has the number that it had: of the marker the line that names it is left out.
    pub fn copy_from(&self, other: &Self, with_marker: bool) {
        for name in [FILE, JOURNAL, MARKER].iter().filter(|name| with_marker || **name != MARKER) {
            let from = other.folder.path().join(name);
            let to = self.folder.path().join(name);
            if *name == MARKER {
                fs::write(to, fs::read_to_string(from).unwrap().lines().next().unwrap()).unwrap();
            } else if from.exists() {
                fs::copy(from, to).unwrap();
            }
        }
    }

    pub fn core(&self) -> Result<&ConsentCore, String> {
        self.core.as_deref().ok_or_else(|| "the device is not open".into())
    }

    pub fn requests(&self) -> i64 {
        self.wire.requests.load(Ordering::SeqCst)
    }
}
