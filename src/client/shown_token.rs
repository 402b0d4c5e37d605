//! The `Shown` token: what a form put before the person, signed so that a grant can answer only what was shown.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use crate::{
    error::{Error, Result},
    json::{self, FromJson},
    ledger::{Seen, chain},
};

/// Largest token that is read: 200 purposes with full `after` lists stay below.
const MAX_TOKEN_BYTES: usize = 4 * 1024 * 1024;

/// One purpose as it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct ShownItem {
    pub purpose: String,
    /// SHA-256 of the notice, hex.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// What a form showed, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Shown {
    pub install: String,
    pub policy: String,
    pub edition: u32,
    pub language: String,
    pub surface: String,
    pub person: String,
    pub items: Vec<ShownItem>,
}

/// A token that was read, and what it says.
pub struct Form {
    token: String,
    pub shown: Shown,
}

impl Form {
    pub fn read(token: &str, key: &[u8]) -> Result<Self> {
        Ok(Self { token: token.to_owned(), shown: Shown::read(token, key)? })
    }

    /// True where this is that token and was read under the present key. The key is renewed with the installation, so the installation tells.
    pub fn is(&self, token: &str, install: &str) -> bool {
        self.token == token && self.shown.install == install
    }
}

fn signer(key: &[u8]) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(key).map_err(|_| Error::Damaged { reason: "the key for shown tokens is unusable".into() })
}

impl Shown {
    pub fn sign(&self, key: &[u8]) -> Result<String> {
        let body = serde_json::to_string(self).map_err(|_| Error::Damaged { reason: "a shown token cannot be written".into() })?;
        let mut mac = signer(key)?;
        mac.update(body.as_bytes());
        Ok(format!("{}.{body}", chain::hex(&mac.finalize().into_bytes())))
    }

    fn read(token: &str, key: &[u8]) -> Result<Self> {
        let refuse = |reason: &str| Error::Shown { reason: reason.into() };
        let foreign = || refuse("it was not made by this ledger; use the one that questions() returned");
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refuse("it is larger than any token this ledger makes; use the one that questions() returned"));
        }
        let (signature, body) = token.split_once('.').ok_or_else(foreign)?;
        let signature = chain::unhex(signature).ok_or_else(foreign)?;
        let mut mac = signer(key)?;
        mac.update(body.as_bytes());
        mac.verify_slice(&signature).map_err(|_| foreign())?;
        // Signed by this ledger, so it is read as what it wrote and not as JSON from outside.
        json::own(body.as_bytes()).ok_or_else(foreign)
    }
}
