//! The hash chain over the records: each record's hash covers the hash of the record before it, so that none can be changed or left out
//! unnoticed.

use sha2::{Digest, Sha256};

pub use crate::digest::{Hash, hash, hex, unhex};

/// Stands in the first record's hash for that of a record before it.
pub const GENESIS: Hash = [0; 32];

/// Hash of a record's salt and exact bytes. Without the salt, what an erased record said could be found by guessing.
pub fn leaf(salt: &[u8], bytes: &[u8]) -> Hash {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(bytes);
    digest.finalize().into()
}

/// Hash of a record at its place in the chain: over the installation, the position, the hash of the record before, and the leaf.
pub fn link(install: &str, seq: i64, prev: &Hash, leaf: &Hash) -> Hash {
    let mut digest = Sha256::new();
    digest.update(install.as_bytes());
    digest.update(seq.to_be_bytes());
    digest.update(prev);
    digest.update(leaf);
    digest.finalize().into()
}
