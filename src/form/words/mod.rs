//! The form's own words in Korean, English and Japanese. What a policy says of its purposes comes from the policy, and is hashed; these are
//! the names of the buttons and headings around it.

mod english;
mod japanese;
mod korean;
mod set;

pub use set::{Opening, PolicyWords, Words};

use super::view::FormKind;

/// Where a sentence names a number.
const NUMBER: &str = "{n}";

/// Where a sentence names a date, a list of titles or a reason.
const NAMED: &str = "{what}";

impl Words {
    /// The words for a language tag: Korean for `ko`, Japanese for `ja`, and English for any other.
    pub fn of(language: &str) -> &'static Self {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        let known = [&korean::WORDS, &japanese::WORDS];
        known.into_iter().find(|words| primary.eq_ignore_ascii_case(words.language)).unwrap_or(&english::WORDS)
    }

    /// How a kind of form begins.
    pub fn opening(&self, kind: FormKind) -> &Opening {
        match kind {
            FormKind::FirstRun => &self.first_run,
            FormKind::OnePurpose => &self.one_purpose,
            FormKind::Settings => &self.settings,
            FormKind::Guardian => &self.guardian,
        }
    }
}

/// A sentence with its number.
pub fn counted(sentence: &str, number: usize) -> String {
    sentence.replace(NUMBER, &number.to_string())
}

/// A sentence with the date, the titles or the reason that it names.
pub fn naming(sentence: &str, what: &str) -> String {
    sentence.replace(NAMED, what)
}

#[cfg(test)]
mod tests {
    use super::{NAMED, NUMBER, Words};

    #[test]
    fn each_language_is_found_by_its_tag_and_any_other_reads_english() {
        for (tag, expected) in [("ko", "ko"), ("ko-KR", "ko"), ("KO_kr", "ko"), ("ja-JP", "ja"), ("en-GB", "en"), ("ar", "en"), ("", "en")]
        {
            assert_eq!(Words::of(tag).language, expected, "{tag}");
        }
    }

    #[test]
    fn a_sentence_with_a_number_or_a_name_has_a_place_for_it_in_every_language() {
        for words in ["ko", "en", "ja"].map(Words::of) {
            for sentence in [words.together, words.save_some, words.policy.days, words.policy.months, words.policy.years] {
                assert!(sentence.contains(NUMBER), "{}: {sentence}", words.language);
            }
            for sentence in [words.agreed_on, words.refused_on, words.withdrawn_on, words.appeared, words.gone] {
                assert!(sentence.contains(NAMED), "{}: {sentence}", words.language);
            }
        }
    }

    #[test]
    fn a_date_is_written_as_each_language_writes_it() {
        let written = ["ko", "en", "ja"].map(|tag| (Words::of(tag).date)(2026, 3, 2));
        assert_eq!(written, ["2026년 3월 2일", "2 March 2026", "2026年3月2日"]);
    }
}
