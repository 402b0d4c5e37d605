//! How a person refuses cookies and the advertising id: the paths through the menus of browsers and systems. They change with each version
//! of those, so they stand in the document and not in the code.

use std::cmp::Ordering;

use serde::Serialize;

use super::{Origin, Text};
use crate::{json::FromJson, signal::Platform};

/// How to refuse cookies in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BrowserGuide {
    /// Stable name, dotted lower case: `safari.ios`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The browser.
    pub browser: Text,
    /// The way through its menus.
    pub path: Text,
}

/// What cookies are, what they are for and how to refuse them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CookieGuide {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What a cookie is.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub what: Text,
    /// What they are for.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub used_for: Text,
    /// How to refuse them, browser by browser.
    #[serde(default)]
    pub refusal: Vec<BrowserGuide>,
}

/// The name an advertising id goes by on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AdvertisingIdName {
    /// The platform.
    pub platform: Platform,
    /// The name: `ADID`, `IDFA`.
    pub name: String,
}

/// How to refuse the advertising id in one range of versions of one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlatformGuide {
    /// Stable name, dotted lower case: `ios.before_14_5`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "dotted-id")))]
    pub id: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// The platform.
    pub platform: Platform,
    /// The first version that the guide holds for. Absent where it holds from the first version on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "os-version")))]
    pub from: Option<String>,
    /// The first version that the guide no longer holds for. Absent where it still holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("format" = "os-version")))]
    pub before: Option<String>,
    /// The way through the system's menus.
    pub path: Text,
}

/// What the advertising id is, what it is for and how to refuse it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AdvertisingIdGuide {
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What it is.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub what: Text,
    /// The names it goes by.
    #[serde(default)]
    pub names: Vec<AdvertisingIdName>,
    /// What it is used for.
    #[serde(default)]
    pub used_for: Vec<Text>,
    /// How to refuse it on each system. Guides of one system stand in the order of its versions.
    #[serde(default)]
    pub refusal: Vec<PlatformGuide>,
}

impl AdvertisingIdGuide {
    /// The guide for a platform's version; the newest of the platform where the version is not known.
    pub fn for_version(&self, platform: Platform, version: &str) -> Option<&PlatformGuide> {
        let mut guides = self.refusal.iter().filter(|guide| guide.platform == platform);
        let fits = |guide: &PlatformGuide| {
            let starts = guide.from.as_deref().is_none_or(|from| compare_versions(version, from).is_ge());
            let ends = guide.before.as_deref().is_some_and(|before| compare_versions(version, before).is_ge());
            starts && !ends
        };
        let newest = guides.clone().next_back();
        if is_version(version) { guides.find(|guide| fits(guide)).or(newest) } else { newest }
    }
}

/// Most parts of a version number. The platforms use up to four; the bound keeps a comparison short whatever a document says.
const MAX_PARTS: usize = 8;

/// True for numbers separated by dots: `17`, `14.5.1`.
pub fn is_version(text: &str) -> bool {
    text.split('.').count() <= MAX_PARTS && text.split('.').all(|part| !part.is_empty() && part.len() <= 9 && is_digits(part))
}

/// Orders two dotted versions part by part, as numbers. A missing part counts as 0: `14.10` is after `14.5`, and `14` is equal to `14.0`.
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    let part = |text: &str, at: usize| text.split('.').nth(at).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    (0..MAX_PARTS).map(|at| part(left, at).cmp(&part(right, at))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number() {
        for (left, right, order) in [
            ("14.5", "14.10", Ordering::Less),
            ("9", "10", Ordering::Less),
            ("14", "14.0.0", Ordering::Equal),
            ("14.5.1", "14.5", Ordering::Greater),
            ("014", "14", Ordering::Equal),
        ] {
            assert_eq!(compare_versions(left, right), order, "{left} {right}");
            assert_eq!(compare_versions(right, left), order.reverse(), "{right} {left}");
        }
    }

    #[test]
    fn only_numbers_and_dots_make_a_version() {
        assert!(["1", "14.5", "1.2.3.4"].into_iter().all(is_version));
        assert!(!["", ".", "1.", "v1", "14.5-beta", "1..2", "9999999999", "1.1.1.1.1.1.1.1.1", "１"].into_iter().any(is_version));
    }
}
