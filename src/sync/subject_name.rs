//! What an account may be called: one rule, on the phone and on the server.
//!
//! The name of an account goes through files, requests and logs. It must therefore be a pseudonym, and it must stand for one person: a
//! program that passes `null` for everybody who is signed out would have all of them share one account, consents included.

use super::{
    look_alike::plain,
    protocol::{ANONYMOUS_PREFIX, DEVICE_PREFIX},
};
use crate::text::{self, TextFault};

/// Longest name of an account, in characters: the longest pseudonym in use is a UUID with a prefix.
pub const MAX_SUBJECT_CHARS: usize = 128;

/// Most digits of a telephone number with its country code (E.164).
const MAX_PHONE_DIGITS: usize = 15;

/// Fewest digits after a plus sign: the shortest numbers with a country code.
const MIN_INTERNATIONAL_DIGITS: usize = 7;

/// Fewest digits of a national number that is written in groups: the shortest Korean ones with their area code.
const MIN_GROUPED_DIGITS: usize = 9;

/// Most digits of a national number that is written in groups: the Korean 050x numbers.
const MAX_GROUPED_DIGITS: usize = 12;

/// Digits of a subscriber's number in a mobile network of Korea.
const MOBILE_DIGITS: usize = 8;

/// Words that programs write where there is no value. Alone, or repeated, or beside each other, they name nobody.
const NOTHING: [&str; 14] =
    ["null", "undefined", "nil", "none", "nan", "nul", "undef", "void", "empty", "blank", "infinity", "inf", "dbnull", "optional"];

/// Of these, the words that name nobody in whatever they stand: `user_undefined` is a template that was filled with nothing.
const NEVER_PART: [&str; 2] = ["null", "undefined"];

/// Whole names that stand for nobody in particular, or for a field that was not filled. Signs between words read as one blank.
const NOBODY: [&str; 53] = [
    "unknown",
    "anonymous",
    "anon",
    "guest",
    "nobody",
    "noname",
    "no name",
    "user",
    "users",
    "test",
    "tester",
    "testuser",
    "test user",
    "dummy",
    "default",
    "placeholder",
    "sample",
    "example",
    "n a",
    "not set",
    "notset",
    "not available",
    "not found",
    "notfound",
    "unset",
    "missing",
    "invalid",
    "error",
    "false",
    "true",
    "object object",
    "kotlin unit",
    "unit",
    "string",
    "id",
    "uid",
    "userid",
    "user id",
    "accountid",
    "account id",
    "memberid",
    "member id",
    "subject",
    "todo",
    "tbd",
    "없음",
    "익명",
    "비회원",
    "게스트",
    "손님",
    "미정",
    "알수없음",
    "알 수 없음",
];

/// The highest and lowest numbers of a machine word, which programs use for "no id", and 0 written as an address.
const ENDS: [&str; 5] = ["2147483647", "4294967295", "9223372036854775807", "18446744073709551615", "0x0"];

/// The hashes (MD5, SHA-1, SHA-256) of an empty text: somebody hashed an id that was not there.
const HASHES_OF_NOTHING: [&str; 3] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Hexadecimal digits of a UUID.
const UUID_DIGITS: usize = 32;

/// Why a text is no name of an account. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectNameFault {
    /// Empty, longer than [`MAX_SUBJECT_CHARS`], or with characters that no name may hold.
    #[error("{}", .0.what())]
    Text(TextFault),
    /// Blanks around it: two writings of one name would be two accounts.
    #[error("has spaces around it: take them away")]
    Spaces,
    /// It begins as the wire names of devices and anonymous people do.
    #[error("begins with a reserved word: device: and anonymous: are the library's own")]
    Reserved,
    /// An e-mail address.
    #[error("looks like an e-mail address: give the account's pseudonym, a random id that says nothing outside your systems")]
    Email,
    /// A telephone number.
    #[error("looks like a telephone number: give the account's pseudonym, a random id that says nothing outside your systems")]
    Telephone,
    /// A text that programs put where no value is.
    #[error("stands for no account (null, 0, guest, …): people would share it; give each account's own random id, or sign out")]
    Placeholder,
}

/// Refuses what is no pseudonym of one account. Look-alike digits, letters and signs are read as the plain ones they imitate.
///
/// A number is an ordinary id, zero-padded or not, unless it has one of these shapes to the digit: `01x` and eight digits (a Korean mobile
/// number, `01x` being 010, 011 or 016 to 019), and `8210` or `008210` and eight digits (the same with the country code). The ten-digit
/// numbers of the closed networks 011 and 016 to 019 are not among them: they look like any zero-padded id.
pub fn check(name: &str) -> Result<(), SubjectNameFault> {
    if let Some(fault) = text::fault(name, MAX_SUBJECT_CHARS) {
        return Err(SubjectNameFault::Text(fault));
    }
    if name.trim() != name {
        return Err(SubjectNameFault::Spaces);
    }
    let plain = plain(name);
    if plain.starts_with(DEVICE_PREFIX) || plain.starts_with(ANONYMOUS_PREFIX) {
        return Err(SubjectNameFault::Reserved);
    }
    // First, since what is all zeros has the form of a telephone number, and `%@` holds the sign of an e-mail address.
    if is_placeholder(&plain) {
        return Err(SubjectNameFault::Placeholder);
    }
    if plain.contains('@') || plain.contains("%40") {
        return Err(SubjectNameFault::Email);
    }
    if is_telephone(&plain) {
        return Err(SubjectNameFault::Telephone);
    }
    Ok(())
}

fn is_placeholder(plain: &str) -> bool {
    let words: Vec<&str> = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_zero = |word: &str| word.bytes().all(|byte| byte == b'0');
    let negative = plain.strip_prefix('-').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    // Nothing but signs is a placeholder too: then every one of no words is a word for nothing.
    words.iter().all(|word| is_zero(word) || NOTHING.contains(word))
        || words.iter().any(|word| NEVER_PART.contains(word))
        || NOBODY.contains(&words.join(" ").as_str())
        || negative
        || ENDS.contains(&plain)
        || HASHES_OF_NOTHING.contains(&plain)
        || plain.contains("<nil>")
        || plain.starts_with("[object ")
        || is_unfilled_template(plain)
        || is_uuid_of_one_digit(plain)
}

/// A template that nobody filled: `${userId}`, `{{id}}`, `%s`.
fn is_unfilled_template(plain: &str) -> bool {
    plain.contains("${") || plain.contains("{{") || ["%s", "%d", "%@", "{}", "{0}", "%1$s"].contains(&plain)
}

/// `00000000-0000-0000-0000-000000000000`, `ffffffff-…`: no random UUID has one digit only.
fn is_uuid_of_one_digit(plain: &str) -> bool {
    let digits: Vec<char> = plain.trim_start_matches("urn:uuid:").chars().filter(|sign| !"{}-".contains(*sign)).collect();
    digits.len() == UUID_DIGITS && digits.iter().all(|digit| *digit == digits[0] && digit.is_ascii_hexdigit())
}

fn is_telephone(plain: &str) -> bool {
    let number = ["tel:", "sms:", "phone:"].into_iter().find_map(|scheme| plain.strip_prefix(scheme)).unwrap_or(plain).trim();
    let (plus, number) = number.strip_prefix('+').map_or((false, number), |number| (true, number));
    if !number.chars().all(|sign| sign.is_ascii_digit() || " -.()/_~".contains(sign)) {
        return false;
    }
    let groups: Vec<&str> = number.split(|sign: char| !sign.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let digits = groups.concat();
    let brackets = number.starts_with('(') && (MIN_GROUPED_DIGITS..=MAX_PHONE_DIGITS).contains(&digits.len());
    (plus && (MIN_INTERNATIONAL_DIGITS..=MAX_PHONE_DIGITS).contains(&digits.len()))
        || is_korean_mobile(&digits)
        || (groups.len() > 1 && (brackets || is_national(&groups) || is_international(&groups) || is_american(&groups)))
}

/// The shapes that are refused also without any sign between the digits.
fn is_korean_mobile(digits: &str) -> bool {
    let subscriber = digits.len().saturating_sub(MOBILE_DIGITS);
    let before = digits.get(..subscriber).unwrap_or_default();
    ["010", "011", "016", "017", "018", "019", "8210", "008210"].contains(&before)
}

/// `02-123-4567`, `010-1234-5678`, `0505 1234 5678`, `02 62060000`, `01 23 45 67 89`: an area code with its zero, and what follows it.
fn is_national(groups: &[&str]) -> bool {
    let area = groups[0];
    let counted = (MIN_GROUPED_DIGITS..=MAX_GROUPED_DIGITS).contains(&groups.iter().map(|group| group.len()).sum::<usize>());
    let lengths: Vec<usize> = groups[1..].iter().map(|group| group.len()).collect();
    let area_code = (2..=4).contains(&area.len()) && area.starts_with('0') && !area.starts_with("00");
    let grouped = match lengths.as_slice() {
        [6..=8] | [3 | 4, 3 | 4] => true,
        [2, 2, 2, 2] => area.len() == 2,
        _ => false,
    };
    area_code && counted && grouped
}

/// `82-10-1234-5678`, `1 202 555 0100`, `001-82-2-6206-0000`: a country code without its plus sign, at least one area code, the number.
fn is_international(groups: &[&str]) -> bool {
    let country = groups[0].trim_start_matches('0');
    let prefixed = groups[0].starts_with("00");
    let first = (1..=3).contains(&country.len()) && (prefixed || country.len() == groups[0].len());
    let few = (4..=6).contains(&groups.len()) && groups.iter().map(|group| group.len()).sum::<usize>() <= MAX_PHONE_DIGITS + 3;
    let number = matches!(groups, [.., before, last] if (3..=4).contains(&before.len()) && last.len() == 4);
    let area = groups.get(1..groups.len().saturating_sub(2)).unwrap_or_default().iter().all(|group| group.len() <= 4);
    (first || (prefixed && country.is_empty())) && few && number && area
}

/// `202-555-0100`: area codes of North America begin with 2 to 9.
fn is_american(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [3, 3, 4] && !groups[0].starts_with(['0', '1'])
}
