//! Random bytes from the operating system, and the names that are made of them.

use crate::{
    error::{Error, Result},
    ledger::chain,
};

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::StoreUnavailable { reason: "the system gives no random numbers".into(), code: 0 })?;
    Ok(bytes)
}

/// A random name: 128 bits in hex.
pub fn random_name() -> Result<String> {
    Ok(chain::hex(&random::<16>()?))
}

/// A new operation's name, UUIDv7.
pub fn new_op(now: i64) -> Result<String> {
    let millis = u64::try_from(now).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid().to_string())
}
