//! The forms that the short texts of a document must have: ids, languages, addresses, cookies.

use chrono::Datelike;

use super::{TimeOfDay, guide::is_version, regime::regime, zone::is_zone};
use crate::text;

/// Most characters of an id. Every record, table row and message holds ids as keys.
pub const MAX_ID_CHARS: usize = 64;

/// Most characters of a text. Nobody reads a longer one on a phone.
pub(super) const MAX_TEXT_CHARS: usize = 4_000;

/// Most characters of an address. An e-mail address has at most 254 (RFC 5321), and the web addresses of a policy are shorter.
const MAX_ADDRESS_CHARS: usize = 254;

/// How many digits a telephone number may have: short numbers have 3, and E.164 allows 15.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=15;

/// How many digits the extension behind a telephone number may have.
const EXTENSION_DIGITS: std::ops::RangeInclusive<usize> = 1..=7;

/// The years that a date may lie in. No policy, and no law that one names, is older; a later year is a slip of the pen, or stands for never.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

/// Lower-case words joined by dots, hyphens or underscores: `marketing.email`, `ad_id.personalised_ads`, `newsletter.new-books`.
pub(super) fn is_id(id: &str) -> bool {
    let letters = |part: &str| part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    let word = |part: &str| part.starts_with(|first: char| first.is_ascii_lowercase()) && !part.ends_with('-') && letters(part);
    id.len() <= MAX_ID_CHARS && id.split('.').all(word)
}

/// A BCP 47 tag of letters and digits: `ko`, `zh-Hant`.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let rest = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase()) && parts.all(rest)
}

/// The name of a cookie, or its beginning with a `*` behind it.
pub(super) fn is_cookie(pattern: &str) -> bool {
    let name = pattern.strip_suffix('*').unwrap_or(pattern);
    // RFC 6265: a cookie's name is a token.
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= MAX_ADDRESS_CHARS && name.bytes().all(token)
}

/// What is wrong with a text of a named format; `None` where it fits, or where the format is not ours.
pub(super) fn misfit(format: &str, text: &str) -> Option<&'static str> {
    let (fits, wanted) = match format {
        "dotted-id" => (is_id(text), "an id: lower-case words joined by dots, hyphens or underscores, such as marketing.email"),
        "date" => (is_date(text), "a date such as 2020-05-27, in a year from 1900 to 2999"),
        "hh:mm" => (TimeOfDay::parse(text).is_some(), "a time of day such as 21:00"),
        "os-version" => (is_version(text), "a version number such as 14.5"),
        "email" => (is_email(text), "an e-mail address such as privacy@example.com"),
        "phone" => (is_phone(text), "a telephone number, such as 02-123-4567, +44 20 7946 0958 or (02) 123 4567 ext. 8"),
        "zone" => (is_zone(text), "the name of a time zone, such as Europe/Berlin"),
        "regime" => (regime(text).is_some(), "a law that is known"),
        "uri" => (is_url(text), "a web address such as https://example.com"),
        _ => (true, ""),
    };
    (!fits).then_some(wanted)
}

// The reader of `chrono` also takes blanks and months of one digit, so the date is written back and compared.
fn is_date(text: &str) -> bool {
    text.parse::<chrono::NaiveDate>().is_ok_and(|day| YEARS.contains(&day.year()) && day.to_string() == text)
}

fn is_email(text: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && part.split('.').all(|word| !word.is_empty());
    is_plain(text)
        && text.split_once('@').is_some_and(|(local, host)| fits(local) && fits(host) && host.contains('.') && !host.contains('@'))
}

/// A telephone number as people write it: digits in groups, parted by blanks, hyphens, dots or slashes, some of them in parentheses, a `+` in
/// front and an extension behind where there are any.
fn is_phone(text: &str) -> bool {
    let (number, extension) = phone_parts(text);
    let number = number.strip_prefix('+').unwrap_or(number).trim_start();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let mut open = false;
    let mut joined = true;
    for letter in number.chars() {
        let fits = match letter {
            '0'..='9' => {
                joined = false;
                true
            }
            '(' => !std::mem::replace(&mut open, true),
            ')' => !joined && std::mem::replace(&mut open, false),
            ' ' | '\u{A0}' | '\u{202F}' => true,
            '-' | '.' | '/' | '\u{2010}' | '\u{2011}' | '\u{2013}' => !std::mem::replace(&mut joined, true),
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    let extension_fits =
        extension.is_none_or(|digits| EXTENSION_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
    !open && !joined && text.len() <= MAX_ADDRESS_CHARS && PHONE_DIGITS.contains(&digits) && extension_fits
}

/// The number, and the extension behind it where there is one.
fn phone_parts(text: &str) -> (&str, Option<&str>) {
    let parts = ["ext.", "ext", "x", "#"].into_iter().find_map(|word| text.split_once(word));
    parts.map_or((text, None), |(number, extension)| (number.trim_end().trim_end_matches([',', ';']), Some(extension.trim())))
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    is_plain(text) && rest.is_some_and(|rest| host(rest).contains('.') && !host(rest).contains('@') && !host(rest).starts_with('.'))
}

fn is_plain(text: &str) -> bool {
    text::fault(text, MAX_ADDRESS_CHARS).is_none() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(format: &str, texts: &[&str]) -> Vec<bool> {
        texts.iter().map(|text| misfit(format, text).is_none()).collect()
    }

    #[test]
    fn each_format_takes_what_is_meant_and_nothing_near_it() {
        let long = "a".repeat(MAX_ID_CHARS + 1);
        for (format, good, bad) in [
            ("dotted-id", ["marketing.email", "ad_id.x2", "a"], ["Marketing", "a..b", "a.", "2a", "", "가", "a b", long.as_str()]),
            ("date", ["2020-05-27", "2024-02-29", "1999-12-31"], ["2023-02-29", "2020-5-27", "20200527", "", "x", " 2020-05-2", "-1", "0"]),
            ("hh:mm", ["00:00", "21:00", "23:59"], ["24:00", "9:00", "21", "", "21:60", "21:00:00", "noon", "٢١:٠٠"]),
            (
                "email",
                ["a@b.co", "welaaa@welaaa.com", "a.b@c.d.e"],
                ["a", "@b.co", "a@b", "a@b@c.d", "a b@c.d", "a@.co", "a@b.", "가@b.co"],
            ),
            (
                "phone",
                ["118", "02-6206-3257", "+82-2-123-4567"],
                ["12", "0262O6", "02--6", "-118", "118-", "1234567890123456", "", "일일팔"],
            ),
            (
                "uri",
                ["http://a.kr", "https://a.kr/b?c", "https://a.kr:8/x"],
                ["a.kr", "ftp://a.kr", "https://", "https://a", "https://u@a.kr", "https://a b.kr", "javascript:a.b", "https://.kr"],
            ),
        ] {
            assert_eq!(fits(format, &good), [true; 3], "{format} {good:?}");
            assert_eq!(fits(format, &bad), [false; 8], "{format} {bad:?}");
        }
    }

    #[test]
    fn f_40_a_telephone_number_is_read_as_people_write_it() {
        for number in [
            "02 6206 3257",
            "02-6206-3257",
            "(02) 6206-3257",
            "+82 2 6206 3257",
            "+82 (0)2-6206-3257",
            "+44 (0) 20 7946 0958",
            "+1 (555) 010-0199 ext. 12",
            "+1-555-010-0199 x12",
            "555 010 0199, ext 8",
            "01 23 45 67 89",
            "01.23.45.67.89",
            "030/1234567",
            "03\u{2011}1234\u{2011}5678",
            "0120\u{A0}123\u{A0}456",
            "+ 49 30 123",
            "112",
        ] {
            assert_eq!(misfit("phone", number), None, "{number}");
        }
        for other in [
            "+",
            "+12",
            "++82 2 123",
            "82+2 123",
            "(02 123",
            "02) 123",
            "((02)) 123",
            "() 123 45",
            "02 - - 123",
            "call us",
            "1-800-BOOKS",
            "02-123 ext.",
            "02-123 ext. 12345678",
            "02-123 x1x2",
            "02\t123",
            "02\n123",
            "02–123–",
            "０２１２３",
            "-02-123",
            "02-123-",
            "123 4567 8901 2345 6789",
        ] {
            assert!(misfit("phone", other).is_some(), "{other}");
        }
    }

    #[test]
    fn f_40_an_id_is_made_of_words_with_dots_hyphens_and_underscores() {
        for id in ["newsletter-weekly", "a-b.c-d", "ads.third-party_2", "a", "a-1"] {
            assert!(is_id(id), "{id}");
        }
        for other in ["-a", "a-", "a.-b", "a-.b", ".a", "a.", "a--B", "A-b", "a b", "a/b", "a:b", "1-a", ""] {
            assert!(!is_id(other), "{other:?}");
        }
    }

    #[test]
    fn languages_and_cookies_are_told_from_other_texts() {
        assert!(["ko", "en", "zh-Hant", "fil"].into_iter().all(is_language));
        assert!(!["", "k", "KO", "english", "en_US", "en-", "en-123456789"].into_iter().any(is_language));
        assert!(["_ga", "_ga_*", "a", "x!*"].into_iter().all(is_cookie));
        assert!(
            !["", "*", "a*b", "a b", "a;b", "a=b", "가", "**"].into_iter().any(|pattern| is_cookie(pattern) && !pattern.contains("**"))
        );
    }
}
