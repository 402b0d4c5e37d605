//! Numbers in an answer that are greater than any floating-point number.
//!
//! A newer server may send fields that this version does not know, and such fields are skipped whatever they hold. But the reader of JSON
//! refuses the whole answer if it meets a number like `1e400`, before anybody can look at the field's name. So such numbers are replaced
//! first.

use std::borrow::Cow;

/// The greatest number that is left as it is. Whether the reader of JSON takes a greater one depends on how the number is written.
const GREATEST: f64 = 1e308;

/// The JSON with a zero of the same length in the place of each number that is too great. The zero is written with a point (`0.000`), so
/// that a known field, which would need a whole number, still refuses it. JSON that is broken stays broken.
pub(super) fn without_great_numbers(json: &[u8]) -> Cow<'_, [u8]> {
    let mut fitted = Cow::Borrowed(json);
    let (mut at, mut in_text) = (0, false);
    while let Some(byte) = json.get(at) {
        match byte {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'-' | b'0'..=b'9' if !in_text => {
                let length = json[at..].iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')).count();
                if is_too_great(&json[at..at + length]) {
                    let place = &mut fitted.to_mut()[at..at + length];
                    place.fill(b'0');
                    place[1] = b'.';
                }
                at += length - 1;
            }
            _ => {}
        }
        at += 1;
    }
    fitted
}

/// True for a number as JSON writes it whose value is too great. The shortest has five signs: `9e308`.
fn is_too_great(written: &[u8]) -> bool {
    let text = std::str::from_utf8(written).unwrap_or_default();
    is_written_as_json(text) && text.parse::<f64>().is_ok_and(|value| value.abs() > GREATEST)
}

/// True where every part of a number has its digits, and no zero stands before its whole ones.
fn is_written_as_json(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(number, exponent)| (number, Some(exponent)));
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(json: &str) -> String {
        String::from_utf8_lossy(&without_great_numbers(json.as_bytes())).into_owned()
    }

    #[test]
    fn a_number_that_is_too_great_becomes_a_zero_of_its_length_and_nothing_else_changes() {
        for (json, expected) in [
            (r#"{"a":1e400}"#, r#"{"a":0.000}"#),
            ("[-1E+999,2]", "[0.00000,2]"),
            ("9e308", "0.000"),
            (r#"["1e400\\",1e400,"\"1e400"]"#, r#"["1e400\\",0.000,"\"1e400"]"#),
        ] {
            assert_eq!(fitted(json), expected);
        }
        for same in ["", "1", "-0", "1e308", "1e-400", "0e999", "01e400", "1.e400", "1e400e400", "-", r#""1e400"#, r#"["\"#, "\u{FEFF}1"] {
            assert_eq!(fitted(same), same);
            assert!(matches!(without_great_numbers(same.as_bytes()), Cow::Borrowed(_)), "{same}");
        }
    }
}
