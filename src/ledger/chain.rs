//! The hash chain over the records.

use sha2::{Digest, Sha256};

pub use crate::digest::{Hash, hash, hex, unhex};

/// What the first record's hash follows.
pub const GENESIS: Hash = [0; 32];

/// Hash of a record's salt and exact bytes. The salt keeps an erased record's leaf from being guessed.
pub fn leaf(salt: &[u8], bytes: &[u8]) -> Hash {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(bytes);
    digest.finalize().into()
}

/// Hash of a record in its place: the installation, the position, what came before, and the leaf.
pub fn link(install: &str, seq: i64, prev: &Hash, leaf: &Hash) -> Hash {
    let mut digest = Sha256::new();
    digest.update(install.as_bytes());
    digest.update(seq.to_be_bytes());
    digest.update(prev);
    digest.update(leaf);
    digest.finalize().into()
}
