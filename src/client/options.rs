//! What a `Consent` is opened with.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{arguments::check_text, mailbox::Mailbox, reserve::Reserve, writing::marker::Marker};
use crate::{
    clock::{Clock, SystemClock},
    disk::{Disk, SystemDisk, identity},
    error::{Error, Result},
    policy::ZoneOffsets,
    signal::{AdIdAnswer, Platform},
    store::Watermark,
    transport::Transport,
};

/// Longest language tag, version or name that is taken, in characters.
const MAX_NAME_CHARS: usize = 128;

/// Gives the bearer token of the signed-in account, from the app's own log-in.
pub trait TokenProvider: Send + Sync {
    /// The token for `subject`; `refresh` is true after the server refused the last one. `None` pauses that account's sync.
    fn token(&self, subject: &str, refresh: bool) -> Option<String>;
}

/// Asks the platform for the advertising id. Called on the thread that called `advertising_id`, only after the decision allowed it.
pub trait AdIdProvider: Send + Sync {
    /// The platform's answer, within three seconds.
    fn advertising_id(&self) -> AdIdAnswer;
}

/// Tells what the system knows of time zones. It is asked only where the policy's night names a zone that changes its clocks, and never while
/// a lock is held.
pub trait TimeZones: Send + Sync {
    /// The offsets of a zone such as `Europe/Berlin`, at least from one time to another (Unix milliseconds); `None` where the system does not
    /// know the zone.
    fn offsets(&self, zone: &str, from: i64, until: i64) -> Option<ZoneOffsets>;
}

/// What a `Consent` is opened with.
#[derive(Clone)]
pub struct Options {
    /// The database file, in a private folder that no backup copies. Its folder must exist.
    pub path: PathBuf,
    /// A second file that no backup copies; where it does not name the database's installation, the database is a copy
    /// from another phone. `None` leaves that check out.
    pub marker: Option<PathBuf>,
    /// The policy document the app ships, JSON.
    pub policy: String,
    /// The platform.
    pub platform: Platform,
    /// The operating system's version: `17.5`. Empty where unknown.
    pub os_version: String,
    /// The person's language, BCP 47. The policy's first language stands in for one it lacks.
    pub language: String,
    /// The app's version, for the records.
    pub app_version: String,
    /// The server's address, `https` (loopback excepted). `None` keeps everything on the device.
    pub server: Option<String>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where the small files beside the database lie.
    pub disk: Arc<dyn Disk>,
    /// Carries the requests. `None` takes the built-in one, where the library has it (feature `http-reqwest`).
    pub transport: Option<Arc<dyn Transport>>,
    /// The account's tokens; needed to sync after `sign_in`.
    pub tokens: Option<Arc<dyn TokenProvider>>,
    /// The advertising id; `None` refuses every request for it.
    pub ad_id: Option<Arc<dyn AdIdProvider>>,
    /// What the system knows of time zones. `None` knows none but those that never change their clocks, such as `Asia/Seoul`.
    pub zones: Option<Arc<dyn TimeZones>>,
}

impl Options {
    /// A desktop app in Korean without a server; set the other fields to taste.
    pub fn new(path: impl Into<PathBuf>, policy: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            marker: None,
            policy: policy.into(),
            platform: Platform::Desktop,
            os_version: String::new(),
            language: "ko".into(),
            app_version: String::new(),
            server: None,
            clock: Arc::new(SystemClock),
            disk: Arc::new(SystemDisk),
            transport: None,
            tokens: None,
            ad_id: None,
            zones: None,
        }
    }

    /// The marker, where the app gives one.
    pub(super) fn marker(&self) -> Option<Marker<'_>> {
        self.marker_of(&self.path)
    }

    /// The marker for a file that is about to take the database's place.
    pub(super) fn marker_of(&self, file: &Path) -> Option<Marker<'_>> {
        self.marker.as_deref().map(|path| Marker { path, disk: &*self.disk, of: identity(file).ok().flatten() })
    }

    /// The watermark of the database.
    pub(super) fn watermark(&self) -> Watermark {
        Watermark::of(&self.path, self.disk.clone())
    }

    /// The mailbox of the database.
    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox::of(&self.path, self.disk.clone(), self.watermark())
    }

    /// The reserve of the database.
    pub(super) fn reserve(&self) -> Reserve {
        Reserve::of(&self.path, self.disk.clone())
    }

    pub(super) fn check(&self) -> Result<()> {
        for (field, value) in [("os_version", &self.os_version), ("app_version", &self.app_version)] {
            if !value.is_empty() {
                check_text(field, value, MAX_NAME_CHARS)?;
            }
        }
        check_text("language", &self.language, MAX_NAME_CHARS)?;
        if self.path.as_os_str().is_empty() {
            return Err(Error::invalid("path", "is empty; give the database file"));
        }
        check_path(&self.path)?;
        for (field, path) in [("path", Some(&self.path)), ("marker", self.marker.as_ref())] {
            if path.is_some_and(|path| path.as_os_str().as_encoded_bytes().contains(&0)) {
                return Err(Error::invalid(field, "holds a zero byte, which no file's name has"));
            }
        }
        if let Some(server) = &self.server {
            check_server(server)?;
        }
        Ok(())
    }
}

/// Refuses a path at which no file can be made, and says why. SQLite would say only that it cannot open it.
fn check_path(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::invalid("path", "is a folder; give a file in it, such as consent.db"));
    }
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    match folder.try_exists() {
        Ok(false) => Err(Error::invalid("path", "lies in a folder that does not exist; make the folder first")),
        Ok(true) if !folder.is_dir() => Err(Error::invalid("path", "lies in something that is no folder; give a file in a folder")),
        // Where it cannot be told, as on a locked device, opening the file finds out.
        _ => Ok(()),
    }
}

/// Accepts `https://host[:port][/path]`, and `http` for loopback.
fn check_server(server: &str) -> Result<()> {
    check_text("server", server, 2048)?;
    let refuse = |reason: &str| Err(Error::invalid("server", reason));
    let (scheme, rest) = server.split_once("://").ok_or_else(|| Error::invalid("server", "is no URL; begin with https://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if rest.contains(['?', '#']) {
        return refuse("must have no query and no fragment");
    }
    if authority.is_empty() || authority.contains(['@', ' ', '\\']) {
        return refuse("must name a host, without a user");
    }
    let host = authority
        .strip_prefix('[')
        .and_then(|six| six.split(']').next())
        .unwrap_or_else(|| authority.split(':').next().unwrap_or_default());
    let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match scheme {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        _ => refuse("must be https; only loopback may be http"),
    }
}
