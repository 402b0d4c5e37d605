//! Text that stands in a script.

/// JSON that may stand anywhere in a script, also in one that is part of an HTML page: no character in it can end the script, begin a
/// comment or a tag, or end a line.
///
/// Outside of strings JSON has none of these characters, and within a string each may be written by its number.
pub fn in_script(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\'' => escaped.push_str("\\u0027"),
            // Both end a line in scripts of before 2019, although JSON may hold them.
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text as a string of a script, quotes included.
pub fn string(text: &str) -> String {
    // Writing a text as JSON cannot fail; an empty string would be the harmless way if it did.
    in_script(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".into()))
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn a_text_can_end_neither_the_string_nor_the_script_nor_the_line() {
        let hostile = "\"');alert(1)//\\</script><!-- --> & \u{2028}\u{2029}\n\r\0`${x}`";
        let written = string(hostile);
        let inner = &written[1..written.len() - 1];
        for ending in ["<", ">", "&", "'", "\u{2028}", "\u{2029}", "\n", "\r", "\0"] {
            assert!(!inner.contains(ending), "{ending:?} in {written}");
        }
        assert!(!inner.replace("\\\\", "").replace("\\\"", "").contains('"'), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).ok().as_deref(), Some(hostile), "and it is still the same text");
    }
}
