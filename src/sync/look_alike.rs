//! Reads look-alike characters as the plain ones they stand for, before a name is judged.
//!
//! Unicode's own normalisation (NFKC) does this for every script, with tables of some hundred kilobytes. Only digits, letters of full
//! width and a few signs matter here, and they fit in a few hundred bytes that a phone can carry.

/// The zero of every set of ten decimal digits in Unicode 16 (general category Nd); the other nine follow it.
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090,
    0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA,
    0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
    0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The digit one of every set of decorated digits from one to nine: circled, in brackets, with a full stop, on a dark disc.
const ONES: [u32; 7] = [0x2460, 0x2474, 0x2488, 0x24F5, 0x2776, 0x2780, 0x278A];

/// The characters of full width that have a twin in ASCII, from the exclamation mark to the tilde.
const FULL_WIDTH: std::ops::RangeInclusive<u32> = 0xFF01..=0xFF5E;

/// How much greater the code of such a character is than that of its twin.
const FULL_WIDTH_OFFSET: u32 = 0xFF01 - 0x21;

/// The first letter of each alphabet of 26 letters in frames: in brackets, circled, squared, on dark ground.
const ALPHABETS: [u32; 8] = [0x249C, 0x24B6, 0x24D0, 0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6];

/// The letters for mathematics: thirteen alphabets of 26 capitals and 26 small letters, each in a hand of its own.
const MATHEMATICAL: std::ops::RangeInclusive<u32> = 0x1D400..=0x1D6A3;

/// Letters of those alphabets that stand elsewhere in Unicode, because they were in use before. Each is followed by its plain letter.
const LETTER_LIKE: &str = "ℂcℊgℋhℌhℍhℎhℐiℑiℒlℓlℕnℙpℚqℛrℜrℝrℤzℨzℬbℭcℯeℰeℱfℳmℴoℹiⅆdⅇeⅈiⅉjⅅdₙnₗlᵤuⁿnˡlᵘu";

/// The text as a person reads it: look-alikes are replaced by plain characters, invisible characters and blanks around it are left out, and
/// letters are in lower case.
pub(super) fn plain(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !is_invisible(*letter)).map(plain_letter).collect();
    plain.trim().to_lowercase()
}

fn plain_letter(letter: char) -> char {
    let code = u32::from(letter);
    if let Some(digit) = digit(code) {
        return digit;
    }
    if FULL_WIDTH.contains(&code) {
        return char::from_u32(code - FULL_WIDTH_OFFSET).unwrap_or(letter);
    }
    if let Some(plain) = latin(letter) {
        return plain;
    }
    match letter {
        '\u{FE6B}' => '@',
        '\u{FE62}' | '\u{207A}' | '\u{208A}' | '\u{2795}' => '+',
        '\u{207D}' | '\u{208D}' | '\u{FE59}' | '\u{2768}' | '\u{3014}' => '(',
        '\u{207E}' | '\u{208E}' | '\u{FE5A}' | '\u{2769}' | '\u{3015}' => ')',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{B7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{22C5}' | '\u{3002}' | '\u{30FB}' | '\u{FE52}' | '\u{FF61}' | '\u{FF65}' => {
            '.'
        }
        _ if is_dash(letter) => '-',
        _ if letter.is_whitespace() => ' ',
        _ => letter,
    }
}

fn digit(code: u32) -> Option<char> {
    let raised = match code {
        0x2070 | 0x2080 | 0x24EA | 0x24FF | 0x3007 => Some(0),
        0xB9 => Some(1),
        0xB2 | 0xB3 => Some(code - 0xB0),
        0x2074..=0x2079 => Some(code - 0x2070),
        0x2081..=0x2089 => Some(code - 0x2080),
        _ => None,
    };
    let decimal = || ZEROS.iter().map(|zero| code.wrapping_sub(*zero)).find(|value| *value <= 9);
    let decorated = || ONES.iter().map(|one| code.wrapping_sub(*one)).find(|value| *value <= 8).map(|value| value + 1);
    char::from_digit(raised.or_else(decimal).or_else(decorated)?, 10)
}

// Always the small letter, since upper and lower case are not told apart.
fn latin(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let framed = ALPHABETS.iter().map(|first| code.wrapping_sub(*first)).find(|place| *place < 26);
    let place = framed.or_else(|| MATHEMATICAL.contains(&code).then(|| (code - MATHEMATICAL.start()) % 26));
    if let Some(place) = place {
        return char::from_digit(place + 10, 36);
    }
    let own = LETTER_LIKE.chars().zip(LETTER_LIKE.chars().skip(1)).step_by(2).find(|(like, _)| *like == letter);
    own.map(|(_, plain)| plain)
}

// Unicode's dashes (category Pd), the minus sign, and the long-vowel mark that Japanese keyboards give for a hyphen.
fn is_dash(letter: char) -> bool {
    matches!(
        letter,
        '\u{58A}' | '\u{5BE}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{2796}'
                | '\u{2E17}'
                | '\u{2E1A}'
                | '\u{2E3A}'
                | '\u{2E3B}'
                | '\u{2E40}'
                | '\u{2E5D}'
                | '\u{301C}'
                | '\u{3030}'
                | '\u{30A0}'
                | '\u{30FC}'
                | '\u{FE31}'
                | '\u{FE32}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF70}'
                | '\u{10EAD}'
                | '\u{2D7}'
    )
}

// Characters that cannot be seen: format characters, joiners, variation selectors, fillers, and the frame that makes a digit a key.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{20E3}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_decimal_digits_reads_as_ascii() {
        for zero in ZEROS {
            let written: String = (0..10).filter_map(|value| char::from_u32(zero + value)).collect();
            assert_eq!(plain(&written), "0123456789", "{zero:x}");
        }
        for written in ["⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣", "0⒈⒉⒊⒋⒌⒍⒎⒏⒐", "0⑴⑵⑶⑷⑸⑹⑺⑻⑼"]
        {
            assert_eq!(plain(written), "0123456789", "{written}");
        }
    }

    #[test]
    fn signs_and_letters_of_other_widths_read_as_ascii_and_the_unseen_is_left_out() {
        assert_eq!(plain("Ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ"), "kim@example.com");
        assert_eq!(plain("\u{200B}n\u{AD}u\u{2060}l\u{FE0F}l\u{FEFF}"), "null");
        assert_eq!(plain("（０２）\u{3000}６２０６‐００００"), "(02) 6206-0000");
        assert_eq!(plain("010–1234—5678"), "010-1234-5678");
        assert_eq!(plain("회원-81"), "회원-81");
    }

    #[test]
    fn letters_of_mathematics_and_in_frames_read_as_ascii() {
        let alphabet = "abcdefghijklmnopqrstuvwxyz";
        for first in ALPHABETS.into_iter().chain((0..26).map(|hand| MATHEMATICAL.start() + hand * 26)) {
            let written: String = (0..26).filter_map(|place| char::from_u32(first + place)).collect();
            assert_eq!(plain(&written), alphabet, "{first:x}");
        }
        assert_eq!(plain("𝑔𝓊ℯ𝓈𝓉 ℕ"), "guest n");
    }
}
