//! The one purpose and the one account of the small world.

/// The one purpose.
pub const PURPOSE: &str = "mail";

/// The one account, by its reference.
pub const ACCOUNT: &str = "account";
