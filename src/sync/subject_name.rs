//! What an account may be called. The phone and the server use the same rule.
//!
//! The name of an account goes through files, requests and logs. It must therefore be a pseudonym, and it must stand for one person: a
//! program that passes `null` for everybody who is signed out would have all of them share one account, consents included.

use super::{
    look_alike::plain,
    placeholder::is_placeholder,
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

/// First two digits of the country codes with three (E.164).
const LONG_COUNTRY_CODES: [&str; 23] = [
    "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "69", "80", "85", "87", "88", "96", "97",
    "99",
];

/// The country codes with two digits.
const COUNTRY_CODES: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54",
    "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// Why a text is no name of an account. It holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectNameFault {
    /// Empty, longer than [`MAX_SUBJECT_CHARS`], or with characters that no name may hold.
    #[error("{}", .0.what())]
    Text(TextFault),
    /// There are blanks around it. The same name with and without them would be two accounts.
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
    // Placeholders are looked for first, because a row of zeros has the form of a telephone number, and `%@` holds the sign of an e-mail
    // address.
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

/// True for the shapes of telephone numbers that are refused also without any sign between the digits.
fn is_korean_mobile(digits: &str) -> bool {
    let subscriber = digits.len().saturating_sub(MOBILE_DIGITS);
    let before = digits.get(..subscriber).unwrap_or_default();
    ["010", "011", "016", "017", "018", "019", "8210", "008210"].contains(&before)
}

/// True for an area code with its zero and what follows it: `02-123-4567`, `010-1234-5678`, `0505 1234 5678`, `02 62060000`, `01 23 45 67
/// 89`.
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

/// True for a country code without its plus sign, at least one area code, and the number: `82-10-1234-5678`, `1 202 555 0100`,
/// `001-82-2-6206-0000`. Where no zeros for dialling abroad come first, the first group has to be the code of a real country:
/// `10-20-300-4000` is an id that is written in groups.
fn is_international(groups: &[&str]) -> bool {
    let country = groups[0].trim_start_matches('0');
    let prefixed = groups[0].starts_with("00");
    let first = if prefixed { country.len() <= 3 } else { is_country(groups[0], groups[1]) };
    let few = (4..=6).contains(&groups.len()) && groups.iter().map(|group| group.len()).sum::<usize>() <= MAX_PHONE_DIGITS + 3;
    let number = matches!(groups, [.., before, last] if (3..=4).contains(&before.len()) && last.len() == 4);
    let area = groups.get(1..groups.len().saturating_sub(2)).unwrap_or_default().iter().all(|group| group.len() <= 4);
    first && few && number && area
}

/// True where a group is a country code, and the next one may be an area code there. North America's and Russia's have three digits.
fn is_country(code: &str, area: &str) -> bool {
    match code.len() {
        1 => matches!(code, "1" | "7") && area.len() == 3 && !area.starts_with(['0', '1']),
        2 => COUNTRY_CODES.contains(&code),
        3 => code.get(..2).is_some_and(|first| LONG_COUNTRY_CODES.contains(&first)),
        _ => false,
    }
}

/// True for a number of North America, as `202-555-0100`. Area codes there begin with 2 to 9.
fn is_american(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [3, 3, 4] && !groups[0].starts_with(['0', '1'])
}
