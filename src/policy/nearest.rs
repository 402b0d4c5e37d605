//! The word that was probably meant, for whoever made a slip of the pen.

/// Most edits between a word and the one that was probably meant.
const MAX_EDITS: usize = 2;

/// The known word that was probably meant: the nearest one, at most two edits away. An edit is one letter more, less or other, or two that
/// changed places. `None` where no word is so near, or more of the word would be other than the same.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let letters: Vec<char> = word.chars().collect();
    let near = known.into_iter().filter_map(|known| {
        let other: Vec<char> = known.chars().collect();
        // What differs more in length takes more edits than that, and need not be compared.
        let edits = if letters.len().abs_diff(other.len()) <= MAX_EDITS { edits(&letters, &other) } else { usize::MAX };
        (edits <= MAX_EDITS && edits * 2 < letters.len().max(1)).then_some((edits, known))
    });
    near.min_by_key(|(edits, _)| *edits).map(|(_, known)| known)
}

/// How many edits make one word of the other (Damerau's distance of aligned texts).
fn edits(left: &[char], right: &[char]) -> usize {
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let kept = rows[i][j] + usize::from(a != b);
            let mut least = kept.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_was_meant_is_at_most_two_edits_away() {
        let known = ["marketing.email", "marketing.sms", "cookies.analytics"];
        for (word, meant) in [
            ("marketing.emial", "marketing.email"),
            ("marketing.emal", "marketing.email"),
            ("marketing.mail", "marketing.email"),
            ("Marketing.sms", "marketing.sms"),
            ("cookies.analitycs", "cookies.analytics"),
        ] {
            assert_eq!(nearest(word, known), Some(meant), "{word}");
        }
        for word in ["", "a", "marketing", "marketing.kakao", "cookies"] {
            assert_eq!(nearest(word, known), None, "{word}");
        }
        assert_eq!(nearest("ab", ["xy", "a", "b"]), None, "of two letters one edit is half of the word");
    }
}
