//! The numbers of rules in a text: `PIPA-1`, `KR-4`.

/// The first rule that a text names.
pub fn first(text: &str) -> Option<String> {
    let is_letter = |byte: &u8| byte.is_ascii_uppercase();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(begin) = bytes.get(at..).and_then(|rest| rest.iter().position(is_letter)).map(|skip| at + skip) {
        let letters = bytes[begin..].iter().take_while(|byte| is_letter(byte)).count();
        let dash = begin + letters;
        let digits = bytes.get(dash + 1..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
        let alone = begin == 0 || !bytes[begin - 1].is_ascii_alphanumeric();
        if alone && letters >= 2 && bytes.get(dash) == Some(&b'-') && digits > 0 {
            return text.get(begin..dash + 1 + digits).map(str::to_owned);
        }
        at = dash.max(begin + 1);
    }
    None
}

/// What rules are sorted by: their name, and their number as a number. What names no rule comes last.
pub fn order(rule: Option<&str>) -> (bool, String, u32) {
    let parts = rule.and_then(|rule| rule.rsplit_once('-'));
    parts.map_or((true, String::new(), 0), |(name, number)| (false, name.to_owned(), number.parse().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_of_a_text_is_found() {
        for (text, rule) in [
            ("an item is missing (PIPA-1)", Some("PIPA-1")),
            ("KR-19, BA-1", Some("KR-19")),
            ("UTF-8 in ISO 8601", Some("UTF-8")),
            ("no rule", None),
            ("A-1 and xKR-4", None),
            ("동의가 없습니다 (KR-4)", Some("KR-4")),
            ("", None),
        ] {
            assert_eq!(first(text).as_deref(), rule, "{text}");
        }
        let mut rules = ["PIPA-12", "KR-4", "PIPA-2"];
        rules.sort_by_key(|rule| order(Some(rule)));
        assert_eq!(rules, ["KR-4", "PIPA-2", "PIPA-12"]);
    }
}
