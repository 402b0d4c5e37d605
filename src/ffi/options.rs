//! What a core is opened with.

use std::sync::Arc;

use super::host::{AccountTokens, AdvertisingIdSource, HttpTransport, TestClock};
use crate::signal::Platform;

/// What a core is opened with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentOptions {
    /// The database file, in a private folder that no backup copies. Its folder must exist.
    pub path: String,
    /// A second file that no backup copies; where it does not name the database's installation, the database is a copy from
    /// another phone. Left out, that is not checked.
    #[uniffi(default = None)]
    pub marker: Option<String>,
    /// The policy document the app ships, JSON.
    pub policy: String,
    /// The platform.
    pub platform: Platform,
    /// The operating system's version, such as 17.5; empty where unknown.
    #[uniffi(default = "")]
    pub os_version: String,
    /// The person's language, BCP 47, such as ko.
    pub language: String,
    /// The app's version, for the records; may be empty.
    #[uniffi(default = "")]
    pub app_version: String,
    /// The server's address, https (loopback excepted). Left out, everything stays on the device.
    #[uniffi(default = None)]
    pub server: Option<String>,
}

/// What the host brings along. Everything may be left out.
#[derive(Clone, Default, uniffi::Record)]
pub struct HostServices {
    /// Carries the requests; left out, the built-in one is used where the library has it.
    #[uniffi(default = None)]
    pub transport: Option<Arc<dyn HttpTransport>>,
    /// The account's tokens; needed to sync after a sign-in.
    #[uniffi(default = None)]
    pub tokens: Option<Arc<dyn AccountTokens>>,
    /// The advertising id; left out, every request for it is refused.
    #[uniffi(default = None)]
    pub advertising_id: Option<Arc<dyn AdvertisingIdSource>>,
    /// A clock for tests.
    #[uniffi(default = None)]
    pub clock: Option<Arc<dyn TestClock>>,
}
