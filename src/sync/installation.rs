//! How an installation proves that it is the one it says. Its name is a hash of a key that only it has, so by showing the key it proves
//! that the name is its own.
//!
//! The server needs to store nothing for that. So nobody can register another's name first, and the server can lose nothing that matters
//! for it. The token of an account proves only for which account a request speaks, and not from which phone, since each phone of the person
//! has it.

use sha2::{Digest, Sha256};

use crate::ledger::chain::{hex, unhex};

/// Bytes of an installation's key.
pub const KEY_BYTES: usize = 32;

/// What the name of an installation with a key begins with. Older versions gave names without keys; these are UUIDs and never begin so.
pub const KEYED: &str = "k1-";

/// Bytes of the hash that are in the name. They are so many that nobody can find a second key with the same name.
const NAME_BYTES: usize = 16;

/// Bytes that are hashed before the key, so that no other hash of this library can be taken for a name.
const DOMAIN: &[u8] = b"consentkit/install/1\0";

/// The name of the installation that has this key.
pub fn name(key: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(DOMAIN);
    digest.update(key);
    let whole: [u8; 32] = digest.finalize().into();
    format!("{KEYED}{}", hex(&whole[..NAME_BYTES]))
}

/// True for a name that a key proves.
pub fn is_keyed(install: &str) -> bool {
    install.starts_with(KEYED)
}

/// True where this key, in hex, is the one from which the installation's name was made.
pub fn proves(proof: &str, install: &str) -> bool {
    unhex(proof).is_some_and(|key| key.len() == KEY_BYTES && name(&key) == install)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Vec<u8> {
        (0..32).collect()
    }

    #[test]
    fn f_42_the_name_is_that_of_the_written_rule() {
        assert_eq!(name(&key()), "k1-59e292c3d577735cadb2fbec0a8b5b49");
    }

    #[test]
    fn f_42_only_the_key_itself_proves_the_name() {
        let (proof, install) = (hex(&key()), name(&key()));
        assert!(is_keyed(&install) && proves(&proof, &install));
        let shorter = &proof[..62];
        for other in ["", "k1-", install.as_str(), &proof.to_uppercase(), shorter, &format!("{proof}00"), &format!(" {proof}")] {
            assert!(!proves(other, &install), "{other}");
        }
        assert!(!proves(&proof, "k1-59e292c3d577735cadb2fbec0a8b5b48"));
        assert!(!proves(&proof, "0190b6a2-6c1e-7000-8000-000000000000"));
        let short = name(&key()[..16]);
        assert!(!proves(&hex(&key()[..16]), &short), "a key of another length");
    }
}
