//! SHA-256 and hex, in which records, notices and policies are hashed and their hashes written.

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// SHA-256 of some bytes.
pub fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Writes bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// Reads lower-case hex. Anything else is `None`, upper-case letters too: a text that names one thing may not be written in two ways.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    base16ct::lower::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{hex, unhex};

    #[test]
    fn hex_has_two_lower_case_digits_for_each_byte() {
        let every: Vec<u8> = (0..=255).collect();
        let text = hex(&every);
        assert!(text.starts_with("000102") && text.ends_with("fdfeff") && text.len() == 512);
        assert_eq!(unhex(&text), Some(every));
        assert_eq!((hex(b""), unhex("")), (String::new(), Some(vec![])));
    }

    #[test]
    fn what_is_no_lower_case_hex_is_not_read() {
        for text in ["0", "abc", "AB", "aB", "0g", "g0", "0x", " 00", "00 ", "+1", "-1", "０0", "é"] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
