//! What the host brings: foreign traits, and the adapters to the client's own.

use std::sync::Arc;

use super::snapshot::ConsentSnapshot;
use crate::{
    client::{AdIdProvider, Observer, Snapshot, TimeZones, TokenProvider},
    clock::{Clock, SystemClock},
    policy::ZoneOffsets,
    signal::{AdIdAnswer, AdIdUnavailable},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};

/// A provider's own failure, thrown by host code. What it says is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// The provider could not answer.
    #[error("get an answer from the app's provider")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Carries HTTP requests: URLSession, HttpURLConnection, or a scripted one in tests.
///
/// It is called on the thread that called sync, and for one database never twice at a time.
#[uniffi::export(foreign)]
pub trait HttpTransport: Send + Sync {
    /// Sends the request and waits for the answer, for at most the request's time-out. A redirect is an answer; do not follow it.
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

/// Gives the bearer token of the signed-in account, from the app's own log-in.
#[uniffi::export(foreign)]
pub trait AccountTokens: Send + Sync {
    /// The token for the subject. refresh is true after the server refused the last one. Without a token that account's sync pauses.
    fn token(&self, subject: String, refresh: bool) -> Result<Option<String>, HostError>;
}

/// Asks the platform for the advertising id.
///
/// It is called on the thread that asked for the id, and only after the decision allowed it.
#[uniffi::export(foreign)]
pub trait AdvertisingIdSource: Send + Sync {
    /// The platform's answer. Give it within three seconds. A failure counts as a refusal.
    fn advertising_id(&self) -> Result<AdIdAnswer, HostError>;
}

/// Tells what the system knows of time zones. It is asked only where the policy's quiet hours name a zone that changes its clocks.
#[uniffi::export(foreign)]
pub trait SystemZones: Send + Sync {
    /// The offset of a zone such as Europe/Berlin at the first time, each change of it up to the last time, and up to when that is known.
    /// Times are Unix milliseconds. Nothing where the system does not know the zone: then it counts as quiet all day.
    fn offsets(&self, zone: String, from: i64, until: i64) -> Result<Option<ZoneOffsets>, HostError>;
}

/// Hears of every change, in order, once it is on disk. It is called on the thread that made the change, and may call back into the core.
#[uniffi::export(foreign)]
pub trait ConsentObserver: Send + Sync {
    /// The new state.
    fn changed(&self, snapshot: ConsentSnapshot) -> Result<(), HostError>;
}

/// A clock for tests. Apps leave it out.
#[uniffi::export(foreign)]
pub trait TestClock: Send + Sync {
    /// Wall-clock time, Unix milliseconds.
    fn now(&self) -> Result<i64, HostError>;
}

pub(super) struct HostTransport(pub Arc<dyn HttpTransport>);

impl Transport for HostTransport {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.send(request)
    }
}

pub(super) struct HostTokens(pub Arc<dyn AccountTokens>);

impl TokenProvider for HostTokens {
    fn token(&self, subject: &str, refresh: bool) -> Option<String> {
        self.0.token(subject.to_owned(), refresh).ok().flatten()
    }
}

pub(super) struct HostAdId(pub Arc<dyn AdvertisingIdSource>);

impl AdIdProvider for HostAdId {
    fn advertising_id(&self) -> AdIdAnswer {
        self.0.advertising_id().unwrap_or(AdIdAnswer::Unavailable { kind: AdIdUnavailable::Failed })
    }
}

pub(super) struct HostZones(pub Arc<dyn SystemZones>);

impl TimeZones for HostZones {
    fn offsets(&self, zone: &str, from: i64, until: i64) -> Option<ZoneOffsets> {
        self.0.offsets(zone.to_owned(), from, until).ok().flatten()
    }
}

pub(super) struct HostObserver(pub Arc<dyn ConsentObserver>);

impl Observer for HostObserver {
    fn changed(&self, snapshot: Arc<Snapshot>, now: i64) {
        // Nobody is there to hear what an observer throws. The change itself is on disk.
        let _ = self.0.changed(ConsentSnapshot::of(&snapshot, now));
    }
}

pub(super) struct HostClock(pub Arc<dyn TestClock>);

impl Clock for HostClock {
    fn now(&self) -> i64 {
        self.0.now().unwrap_or_else(|_| SystemClock.now())
    }

    fn monotonic(&self) -> i64 {
        SystemClock.monotonic()
    }

    fn utc_offset(&self) -> i32 {
        SystemClock.utc_offset()
    }
}
