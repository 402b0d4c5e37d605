//! Marks. The mark of a number is a short hash over the withdrawals that were counted up to it.

use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    digest::{hex, unhex},
    json::FromJson,
};

/// Bytes of a mark. With 16 nobody can make two lists of withdrawals that have the same mark, and a grant grows by no more than 42 bytes.
pub const MARK_BYTES: usize = 16;

/// Bytes at the beginning of what is hashed, so that no other hash of this library can be taken for a mark.
const DOMAIN: &[u8] = b"consentkit/no/1\0";

/// The mark of a number: the first half of a SHA-256 over the operations of all withdrawals of one purpose of one subject up to that
/// number, in the order of their numbers.
///
/// A number alone says only how many withdrawals there were. After a server's backup was put back, the same number may be given to another
/// withdrawal. It then has another mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark([u8; MARK_BYTES]);

impl Mark {
    /// The mark of number 0, before anything was withdrawn.
    pub const START: Self = Self([0; MARK_BYTES]);

    /// The mark of the next number, which is given to the withdrawal with this operation.
    #[must_use]
    pub fn then(self, op: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(DOMAIN);
        digest.update(self.0);
        digest.update(op.as_bytes());
        let whole: [u8; 32] = digest.finalize().into();
        let mut mark = [0; MARK_BYTES];
        mark.copy_from_slice(&whole[..MARK_BYTES]);
        Self(mark)
    }

    /// Its bytes, as a store keeps them.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads what a store keeps; `None` where the length is another one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_str(&hex(&self.0))
    }
}

impl FromJson for Mark {
    fn from_json(value: &Value) -> Option<Self> {
        Self::from_bytes(&unhex(value.as_str()?)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn f_43_the_marks_are_those_of_the_written_rule() {
        let first = Mark::START.then("op-1");
        let second = first.then("op-2");
        for (mark, text) in [
            (Mark::START, "00000000000000000000000000000000"),
            (first, "bd7500c5a5946d12c1a2b9a0c73b34fc"),
            (second, "9aa5a81954afc472efd29ae4b96ec155"),
        ] {
            assert_eq!(json!(mark), json!(text));
            assert_eq!(Mark::from_json(&json!(text)), Some(mark));
            assert_eq!(Mark::from_bytes(mark.bytes()), Some(mark));
        }
        assert_ne!(Mark::START.then("op-2").then("op-1"), second, "the order counts");
    }

    #[test]
    fn only_its_own_form_is_read() {
        for other in [json!(""), json!("00"), json!("g".repeat(32)), json!("A".repeat(32)), json!("0".repeat(34)), json!(0), json!(null)] {
            assert_eq!(Mark::from_json(&other), None, "{other}");
        }
    }
}
