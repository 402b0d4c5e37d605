//! View.
use super::Policy;
use crate::signal::Platform;
/// View.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PolicyView {
    /// Version.
    pub version: String,
}
/// View.
pub fn view(policy: &Policy, language: &str, platform: Platform, os_version: &str) -> PolicyView {
    let _ = (language, platform, os_version);
    PolicyView { version: policy.version.clone() }
}
