//! Writing HTML: everything that is not this library's own is escaped on its way.

/// A text as HTML, for an element's content and for an attribute in double quotes. A carriage return is written as a reference, since a
/// browser would make another character of it and the text would not be the one that was hashed.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out
}

/// True for an address that a link may have: the web, e-mail, telephone, or a page of the same host. Never a script.
pub fn is_safe(address: &str) -> bool {
    let schemes = ["https://", "http://", "mailto:", "tel:"];
    let begins = |scheme: &&str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let own = address.starts_with('/') && !address.starts_with("//");
    (own || schemes.iter().any(begins)) && !address.contains(|letter: char| letter.is_control() || letter == '\\')
}

/// True where a language is written from right to left.
pub fn is_right_to_left(language: &str) -> bool {
    let mut parts = language.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    match parts.find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        Some(script) => ["arab", "hebr", "thaa", "nkoo", "syrc", "adlm"].iter().any(|known| script.eq_ignore_ascii_case(known)),
        None => ["ar", "he", "iw", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"].contains(&primary.as_str()),
    }
}

/// Bytes in base 64, as a content security policy writes a hash.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let part = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let joined = part(0) << 16 | part(1) << 8 | part(2);
        for digit in 0..4 {
            let place = usize::try_from(joined >> (18 - 6 * digit) & 63).unwrap_or(0);
            out.push(if digit <= group.len() { DIGITS.get(place).map_or('=', |byte| char::from(*byte)) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{base64, escaped, is_right_to_left, is_safe};

    #[test]
    fn nothing_that_html_reads_is_left_in_a_text() {
        assert_eq!(escaped("<a b=\"c\" d='e'>&\r\n가"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;&#13;\n가");
    }

    #[test]
    fn a_link_leads_to_the_web_to_a_person_or_to_a_page_of_the_host() {
        for good in ["https://a.example/b?c", "HTTP://a.example", "mailto:a@b.example", "tel:118", "/policy"] {
            assert!(is_safe(good), "{good}");
        }
        for bad in
            ["", "javascript:alert(1)", "JavaScript:x", "data:text/html,x", "//a.example", "a.html", "/\\a.example", "https://a\n", "가"]
        {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn base_64_has_the_digits_and_the_filling_of_the_standard() {
        for (bytes, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
        assert_eq!(base64(&[255, 254, 253]), "//79");
    }

    #[test]
    fn a_language_runs_as_its_script_does() {
        for (language, expected) in
            [("ar", true), ("he-IL", true), ("ko", false), ("az-Arab", true), ("ur-Latn", false), ("pa-Arab-PK", true)]
        {
            assert_eq!(is_right_to_left(language), expected, "{language}");
        }
    }
}
