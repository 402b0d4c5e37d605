//! Keys and tokens: random ones, derived ones, and comparing them without telling how much was right.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use consentkit::ledger::chain::hex;

/// Bytes of a random key or token.
const KEY_BYTES: usize = 32;

/// The random source of the operating system gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random source failed")]
pub struct NoRandom;

/// Random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(bytes)
}

/// A random key or token, as hex.
pub fn random_key() -> Result<String, NoRandom> {
    Ok(hex(&random::<KEY_BYTES>()?))
}

/// A random name for a numbering or a decision.
pub fn random_name() -> Result<String, NoRandom> {
    Ok(uuid::Builder::from_random_bytes(random()?).into_uuid().to_string())
}

/// A new operation's name.
pub fn operation_name(now: i64) -> Result<String, NoRandom> {
    Ok(consentkit::ledger::operation_name(now, &random()?))
}

/// What is kept of a token, so that a stolen database opens no door.
pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Compares in a time that does not depend on where the two differ.
pub fn same(left: &str, right: &str) -> bool {
    digest(left).ct_eq(&digest(right)).into()
}

/// The account token: stands in for the company's own log-in.
pub fn account_token(secret: &[u8], subject: &str) -> String {
    derived(secret, b"account:", subject)
}

/// The token of an installation that showed its key.
pub fn install_token(secret: &[u8], install: &str) -> String {
    derived(secret, b"install:", install)
}

fn derived(secret: &[u8], kind: &[u8], name: &str) -> String {
    // HMAC takes a key of any length, so the error cannot happen; no token is the safe answer if it did.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(kind);
    mac.update(name.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// True where this is the account's token.
pub fn is_account_token(secret: &[u8], subject: &str, token: &str) -> bool {
    let expected = account_token(secret, subject);
    !expected.is_empty() && same(&expected, token)
}
