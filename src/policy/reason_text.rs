//! A policy's own words for why something is not allowed.

use serde::Serialize;

use super::Text;
use crate::json::FromJson;

/// The reasons that a policy can have words for. A reason with more to it has its family too: `ask_again` stands for every
/// `ask_again:<cause>` that has no words of its own.
pub const REASONS: [&str; 18] = [
    "unknown_purpose",
    "store_unavailable",
    "guardian_required",
    "child",
    "os_denied",
    "os_restricted",
    "os_not_determined",
    "ad_id_limited",
    "ad_id_unavailable",
    "gpc",
    "requires",
    "not_pulled",
    "not_answered",
    "refused",
    "withdrawn",
    "ask_again",
    "night",
    "zone_unknown",
];

/// The company's own words for one reason. Korean, Japanese and English are built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReasonText {
    /// The reason's code: `night`, `ask_again:expired`; `ask_again` for all of them.
    pub code: String,
    /// One sentence. In the words for `requires`, `{purpose}` stands for the title of the purpose that is required.
    pub text: Text,
}

/// True for the code of a reason, or of a family of them.
pub(super) fn is_reason(code: &str) -> bool {
    let (family, more) = code.split_once(':').map_or((code, None), |(family, more)| (family, Some(more)));
    let known = REASONS.contains(&family);
    let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
    known && more.is_none_or(|more| matches!(family, "ask_again" | "ad_id_unavailable") && word(more))
}
