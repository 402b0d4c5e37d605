//! What a core is opened with.

use std::sync::Arc;

use super::host::{
    AccountTokens, AdvertisingIdSource, HostAdId, HostClock, HostTokens, HostTransport, HostZones, HttpTransport, SystemZones, TestClock,
};
use crate::{client::Options, signal::Platform, transport::Transport};

/// What a core is opened with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentOptions {
    /// The database file, in a private folder that no backup copies. Its folder must exist.
    pub path: String,
    /// A second file that no backup copies. It names the database's installation; where it names another one or none, the database is a
    /// copy from another phone. Without it that is not checked.
    #[uniffi(default = None)]
    pub marker: Option<String>,
    /// The policy document the app ships, JSON.
    pub policy: String,
    /// The platform.
    pub platform: Platform,
    /// The operating system's version, such as 17.5. It is empty where it is not known.
    #[uniffi(default = "")]
    pub os_version: String,
    /// The person's language, BCP 47, such as ko.
    pub language: String,
    /// The app's version, which is kept in the records. It may be empty.
    #[uniffi(default = "")]
    pub app_version: String,
    /// The server's address. It needs https, except on this machine itself. Without an address everything stays on the device.
    #[uniffi(default = None)]
    pub server: Option<String>,
}

/// What the host brings along. Everything may be left out.
#[derive(Clone, Default, uniffi::Record)]
pub struct HostServices {
    /// Carries the requests. Where it is left out, the library's own is used, if this build has one.
    #[uniffi(default = None)]
    pub transport: Option<Arc<dyn HttpTransport>>,
    /// Gives the account's tokens, which are needed to sync after a sign-in.
    #[uniffi(default = None)]
    pub tokens: Option<Arc<dyn AccountTokens>>,
    /// Asks the platform for the advertising id. Where it is left out, every request for the id is refused.
    #[uniffi(default = None)]
    pub advertising_id: Option<Arc<dyn AdvertisingIdSource>>,
    /// Tells what the system knows of time zones. Where it is left out, quiet hours in a zone that changes its clocks last all day.
    #[uniffi(default = None)]
    pub zones: Option<Arc<dyn SystemZones>>,
    /// A clock for tests.
    #[uniffi(default = None)]
    pub clock: Option<Arc<dyn TestClock>>,
}

impl ConsentOptions {
    /// The options of the library's own face, with what the host brings along.
    pub(super) fn with(self, host: HostServices) -> Options {
        let defaults = Options::new(self.path, self.policy);
        Options {
            marker: self.marker.map(Into::into),
            platform: self.platform,
            os_version: self.os_version,
            language: self.language,
            app_version: self.app_version,
            server: self.server,
            clock: host.clock.map_or(defaults.clock.clone(), |clock| Arc::new(HostClock(clock))),
            transport: host.transport.map(|transport| Arc::new(HostTransport(transport)) as Arc<dyn Transport>),
            tokens: host.tokens.map(|tokens| Arc::new(HostTokens(tokens)) as _),
            ad_id: host.advertising_id.map(|source| Arc::new(HostAdId(source)) as _),
            zones: host.zones.map(|zones| Arc::new(HostZones(zones)) as _),
            ..defaults
        }
    }
}
