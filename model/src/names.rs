//! The one purpose, the one account and the one policy of the small world.

/// The one purpose.
pub const PURPOSE: &str = "mail";

/// The one account, by its reference.
pub const ACCOUNT: &str = "account";

/// A policy whose one purpose is allowed until the person objects.
pub const SILENT_POLICY: &str = r#"{
    "id": "p", "version": "1", "languages": ["en"],
    "purposes": [{ "id": "mail", "title": { "en": "Mail" }, "basis": "legitimate_interest", "scope": "person" }]
}"#;
