//! What a text from outside may hold. Ids and names that a host passes are judged by [`fault`], and the texts of a policy, which are shown
//! to people, by [`fault_of_paragraphs`] and [`fault_of_line`].

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    /// It has no character that can be seen.
    Empty,
    /// It has more characters than the caller allows.
    TooLong,
    /// It holds NUL, a line break where none belongs, or another control character.
    Control,
    /// It holds a character that turns the reading direction, by which a text can be made to look like another one.
    Bidi,
    /// It opens a part with a direction of its own and does not close it in the same line, or closes one that it did not open.
    Unclosed,
}

impl TextFault {
    /// What was wrong, as the end of a sentence that names the field.
    pub fn what(self) -> &'static str {
        match self {
            Self::Empty => "is empty: it has no character that can be seen",
            Self::TooLong => "is too long",
            Self::Control => "holds a control character",
            Self::Bidi => "holds a character that turns the reading direction",
            Self::Unclosed => "opens an isolate that it does not close in the same line, or closes one that it did not open",
        }
    }
}

/// The first fault of a text of at most `max_chars` characters; `None` where it is fit to be kept and shown.
///
/// Reads no further than `max_chars` characters, so that a huge text costs no more than a long one.
pub fn fault(text: &str, max_chars: usize) -> Option<TextFault> {
    judge(text, max_chars, |letter| match letter {
        _ if is_control(letter) => Some(TextFault::Control),
        _ if is_bidi(letter) => Some(TextFault::Bidi),
        _ => None,
    })
}

/// The same for a text that is shown as one line. It may hold marks of direction, and isolates that it closes: without them a text in a
/// script that runs from right to left cannot name a web address properly.
pub fn fault_of_line(text: &str, max_chars: usize) -> Option<TextFault> {
    let mut direction = Isolates::default();
    let found = judge(text, max_chars, |letter| if is_control(letter) { Some(TextFault::Control) } else { direction.fault(letter) });
    found.or_else(|| direction.end())
}

/// The same for a text that may have several paragraphs, parted by line breaks.
pub fn fault_of_paragraphs(text: &str, max_chars: usize) -> Option<TextFault> {
    let mut direction = Isolates::default();
    let found = judge(text, max_chars, |letter| match letter {
        // An isolate ends with its paragraph (UAX #9), so what would close it later closes something else.
        '\n' | '\r' => direction.end(),
        _ if is_control(letter) => Some(TextFault::Control),
        _ => direction.fault(letter),
    });
    found.or_else(|| direction.end())
}

fn judge(text: &str, max_chars: usize, mut fault: impl FnMut(char) -> Option<TextFault>) -> Option<TextFault> {
    let mut seen = false;
    for (count, letter) in text.chars().enumerate() {
        if count == max_chars {
            return Some(TextFault::TooLong);
        }
        if let Some(found) = fault(letter) {
            return Some(found);
        }
        seen = seen || is_visible(letter);
    }
    (!seen).then_some(TextFault::Empty)
}

/// The isolates that are open in a line.
#[derive(Default)]
struct Isolates {
    open: usize,
}

impl Isolates {
    /// The fault of a letter that concerns the direction.
    fn fault(&mut self, letter: char) -> Option<TextFault> {
        match letter {
            // The three marks of direction: of a letter's width nothing, and no effect beyond their neighbours.
            '\u{061C}' | '\u{200E}' | '\u{200F}' => None,
            '\u{2066}'..='\u{2068}' => {
                self.open += 1;
                None
            }
            '\u{2069}' => match self.open.checked_sub(1) {
                Some(open) => {
                    self.open = open;
                    None
                }
                None => Some(TextFault::Unclosed),
            },
            _ => is_bidi(letter).then_some(TextFault::Bidi),
        }
    }

    /// The fault of a line that ends here.
    fn end(&self) -> Option<TextFault> {
        (self.open > 0).then_some(TextFault::Unclosed)
    }
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

/// False for a character that leaves nothing on the screen. A text of these alone looks like an empty one.
fn is_visible(letter: char) -> bool {
    let blank = letter.is_whitespace() || letter.is_control();
    let ignorable = matches!(
        letter,
        // Unicode's Default_Ignorable_Code_Point property: joiners, fillers, variation selectors, tags and what is reserved for more.
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    );
    let without_ink = matches!(
        letter,
        // The Braille pattern without dots, the empty note head, the anchors of annotations and the place of an object, the joiners of
        // hieroglyphs.
        '\u{2800}' | '\u{1D159}' | '\u{FFF9}'..='\u{FFFC}' | '\u{13430}'..='\u{13440}' | '\u{16FE4}'
    );
    // What Unicode will never assign, and what it leaves to private agreement, has no picture that a person could read.
    let nothing = matches!(letter, '\u{FDD0}'..='\u{FDEF}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
        || u32::from(letter) & 0xFFFE == 0xFFFE;
    !(blank || ignorable || without_ink || nothing) && is_assigned(letter)
}

/// False for a code point to which the Unicode of this library's compiler assigns no character: no system has a picture of it. The standard
/// library knows which they are, since it writes a text for programmers with the number of each.
fn is_assigned(letter: char) -> bool {
    // Behind another letter, a mark that goes over it is written as it is.
    let mut pair = [b'a'; 5];
    let length = letter.encode_utf8(&mut pair[1..]).len();
    let written = std::str::from_utf8(&pair[..=length]).unwrap_or_default();
    letter.is_ascii() || written.escape_debug().nth(1) == Some(letter)
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
    fn f_40_marks_and_closed_isolates_belong_to_a_text_that_is_shown() {
        for text in ["\u{200E}a", "א\u{200F}!", "\u{061C}ب", "א \u{2066}a.kr\u{2069} א", "\u{2068}a\u{2067}ב\u{2069}\u{2069}"] {
            assert_eq!((fault_of_line(text, 40), fault_of_paragraphs(text, 40)), (None, None), "{text:?}");
            assert_eq!(fault(text, 40), Some(TextFault::Bidi), "{text:?}: no id and no name has one");
        }
        for text in ["\u{2066}a", "a\u{2069}", "\u{2066}a\u{2069}\u{2069}", "\u{2068}\u{2067}a\u{2069}"] {
            assert_eq!(fault_of_line(text, 40), Some(TextFault::Unclosed), "{text:?}");
            assert_eq!(fault_of_paragraphs(text, 40), Some(TextFault::Unclosed), "{text:?}");
        }
        for text in ["\u{202A}a\u{202C}", "\u{202B}a", "\u{202D}a\u{202C}", "a\u{202E}b"] {
            assert_eq!(fault_of_paragraphs(text, 40), Some(TextFault::Bidi), "{text:?}: it reaches beyond its text");
        }
    }

    #[test]
    fn f_40_paragraphs_are_parted_by_line_breaks_and_end_every_isolate() {
        for text in ["a\nb", "a\r\n\r\nb", "\u{2066}a\u{2069}\nb"] {
            assert_eq!(fault_of_paragraphs(text, 40), None, "{text:?}");
            assert_eq!(fault_of_line(text, 40), Some(TextFault::Control), "{text:?}");
        }
        assert_eq!(fault_of_paragraphs("\u{2066}a\nb\u{2069}", 40), Some(TextFault::Unclosed));
        for text in ["a\tb", "a\0", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\u{1b}[31m"] {
            assert_eq!(fault_of_paragraphs(text, 40), Some(TextFault::Control), "{text:?}");
        }
    }

    #[test]
    fn f_40_a_text_that_shows_nothing_is_empty() {
        let invisible = "\u{200B} \u{3164} \u{2800} \u{E0041} \u{FE0F} \u{E0100} \u{200D} \u{2060} \u{FEFF} \u{00AD} \u{115F} \u{FFA0} \u{180E} \
                         \u{034F} \u{17B4} \u{A0} \u{3000} \u{1D159} \u{FFFE} \u{E000} \u{10FFFD} \u{1BCA0} \u{206A} \u{13430} \u{FFFC} \u{378} \u{1FFFD} \u{5FF} \u{AFFFF}";
        for letter in invisible.split_ascii_whitespace() {
            for text in [letter.to_owned(), letter.repeat(3), format!(" {letter} ")] {
                assert_eq!(fault(&text, 40), Some(TextFault::Empty), "{:?}", text.escape_unicode().to_string());
                assert_eq!(fault_of_paragraphs(&format!("{text}\n{text}"), 40), Some(TextFault::Empty), "{}", text.escape_unicode());
            }
            assert_eq!(fault(&format!("{letter}a"), 40), None, "{}", letter.escape_unicode());
        }
        assert_eq!(fault(&invisible.replace(' ', ""), 40), Some(TextFault::Empty));
        for visible in
            ["a", "가", "。", "🙂", "١", "\u{0301}", "…", "-", "☃\u{FE0F}", "\u{FFFD}", "\\", "\"", "'", "\u{9FA5}", "\u{20000}", "ﷺ"]
        {
            assert_eq!(fault(visible, 40), None, "{visible:?}");
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
