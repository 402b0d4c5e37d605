//! Random bytes from the operating system, and the names that are made of them.

use crate::{
    error::{Error, Result},
    ledger::{chain, operation_name},
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

/// A new operation's name.
pub fn new_op(now: i64) -> Result<String> {
    Ok(operation_name(now, &random()?))
}
