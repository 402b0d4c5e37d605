//! What a text from outside may hold. Policy texts, and ids and names that a host passes, are all judged by the one function [`fault`].

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    /// It is empty, or holds nothing but blanks.
    Empty,
    /// It has more characters than the caller allows.
    TooLong,
    /// It holds NUL, a line break or another control character.
    Control,
    /// It holds a character that turns the reading direction, by which a text can be made to look like another one.
    Bidi,
}

impl TextFault {
    /// What was wrong, as the end of a sentence that names the field.
    pub fn what(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::TooLong => "is too long",
            Self::Control => "holds a control character",
            Self::Bidi => "holds a character that turns the reading direction",
        }
    }
}

/// The first fault of a text of at most `max_chars` characters; `None` where it is fit to be kept and shown.
///
/// Reads no further than `max_chars` characters, so that a huge text costs no more than a long one.
pub fn fault(text: &str, max_chars: usize) -> Option<TextFault> {
    let mut blank = true;
    for (count, letter) in text.chars().enumerate() {
        if count == max_chars {
            return Some(TextFault::TooLong);
        }
        if is_control(letter) {
            return Some(TextFault::Control);
        }
        if is_bidi(letter) {
            return Some(TextFault::Bidi);
        }
        blank &= letter.is_whitespace();
    }
    blank.then_some(TextFault::Empty)
}

/// Makes a text fit for an error or a log: it is cut after `max_chars` characters, and characters that must not be shown are replaced.
pub fn shown(text: &str, max_chars: usize) -> String {
    let mut out: String = text
        .chars()
        .take(max_chars)
        .map(|letter| if is_control(letter) || is_bidi(letter) { char::REPLACEMENT_CHARACTER } else { letter })
        .collect();
    if text.chars().nth(max_chars).is_some() {
        out.push('…');
    }
    out
}

// Unicode does not count the line and the paragraph separator as control characters, but they break a line as those do.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

// The characters of Unicode's Bidi_Control property.
fn is_bidi(letter: char) -> bool {
    matches!(letter, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_has_no_fault() {
        assert_eq!(fault("이메일 주소", 6), None);
        assert_eq!(fault("ok\u{200D}", 3), None, "a joiner belongs to emoji and some scripts");
    }

    #[test]
    fn each_fault_is_told_apart() {
        for (text, expected) in [
            ("", TextFault::Empty),
            (" \u{3000}", TextFault::Empty),
            ("abcdefg", TextFault::TooLong),
            ("a\0b", TextFault::Control),
            ("a\nb", TextFault::Control),
            ("a\u{85}", TextFault::Control),
            ("a\u{2028}", TextFault::Control),
            ("a\u{202E}b", TextFault::Bidi),
            ("a\u{2066}b", TextFault::Bidi),
        ] {
            assert_eq!(fault(text, 6), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert_eq!(fault("가나다", 3), None);
        assert_eq!(fault("가나다라", 3), Some(TextFault::TooLong));
    }

    #[test]
    fn what_is_shown_is_short_and_plain() {
        assert_eq!(shown("a\0\u{202E}b", 10), "a\u{FFFD}\u{FFFD}b");
        assert_eq!(shown("가나다라", 3), "가나다…");
        assert_eq!(shown("가나다", 3), "가나다");
    }
}
