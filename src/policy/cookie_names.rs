//! What belongs to the name of a cookie: the exact name before the longest beginning of it (CK-8).

/// Names of cookies and beginnings of such names, each with what belongs to it.
///
/// It is two sorted lists and hashes nothing, because the patterns may come from the document of a hostile server, which could choose a
/// hundred thousand of them that fall together in a table.
#[derive(Debug, Clone)]
pub struct CookieNames<K, T> {
    names: Vec<(K, T)>,
    beginnings: Vec<Beginning<K, T>>,
}

#[derive(Debug, Clone)]
struct Beginning<K, T> {
    text: K,
    owner: T,
    /// The longest of the other beginnings with which this one begins, by its place in the list.
    shorter: Option<usize>,
}

/// One entry before it is sorted in.
#[derive(Debug, Clone)]
pub struct CookiePattern<K, T> {
    /// The name, or its beginning without the `*`.
    pub text: K,
    /// True where `text` is the beginning of the names that are meant.
    pub is_beginning: bool,
    /// What belongs to these names.
    pub owner: T,
}

impl<'a, T> CookiePattern<&'a str, T> {
    /// Reads a pattern as a policy writes it: a name, or a beginning with a `*` behind it.
    pub fn read(pattern: &'a str, owner: T) -> Self {
        match pattern.strip_suffix('*') {
            Some(text) => Self { text, is_beginning: true, owner },
            None => Self { text: pattern, is_beginning: false, owner },
        }
    }
}

impl<K: AsRef<str>, T> CookieNames<K, T> {
    /// Sorts the patterns in. Where two are the same, the first counts.
    pub fn new(patterns: impl IntoIterator<Item = CookiePattern<K, T>>) -> Self {
        let (mut names, mut beginnings) = (vec![], vec![]);
        for CookiePattern { text, is_beginning, owner } in patterns {
            if is_beginning {
                beginnings.push(Beginning { text, owner, shorter: None });
            } else {
                names.push((text, owner));
            }
        }
        names.sort_by(|(one, _), (other, _)| one.as_ref().cmp(other.as_ref()));
        names.dedup_by(|(later, _), (first, _)| later.as_ref() == first.as_ref());
        beginnings.sort_by(|one, other| one.text.as_ref().cmp(other.text.as_ref()));
        beginnings.dedup_by(|later, first| later.text.as_ref() == first.text.as_ref());
        let mut found = Self { names, beginnings };
        for at in 1..found.beginnings.len() {
            found.beginnings[at].shorter = found.longest(Some(at - 1), found.beginnings[at].text.as_ref());
        }
        found
    }

    /// What belongs to a name: what the exact name has, or else the longest beginning of it.
    pub fn of_name(&self, name: &str) -> Option<&T> {
        let exact = self.names.binary_search_by(|(known, _)| known.as_ref().cmp(name)).ok();
        exact.map(|at| &self.names[at].1).or_else(|| self.of_beginning(name))
    }

    /// What belongs to the names that begin so and have nothing more exact.
    pub fn of_beginning(&self, beginning: &str) -> Option<&T> {
        let after = self.beginnings.partition_point(|known| known.text.as_ref() <= beginning);
        self.longest(after.checked_sub(1), beginning).map(|at| &self.beginnings[at].owner)
    }

    /// The exact names.
    pub fn names(&self) -> impl Iterator<Item = &K> {
        self.names.iter().map(|(name, _)| name)
    }

    /// The beginnings of names.
    pub fn beginnings(&self) -> impl Iterator<Item = &K> {
        self.beginnings.iter().map(|known| &known.text)
    }

    /// Every pattern with what belongs to it: the text, and whether it is the beginning of the names that are meant.
    pub fn patterns(&self) -> impl Iterator<Item = (&K, bool, &T)> {
        let names = self.names.iter().map(|(name, owner)| (name, false, owner));
        names.chain(self.beginnings.iter().map(|known| (&known.text, true, &known.owner)))
    }

    /// The longest beginning of a name, sought from the entry that stands before the name in the order. Whatever begins the name begins
    /// that entry too, or is it, so that only the entry and the shorter ones that it leads to have to be compared.
    fn longest(&self, mut at: Option<usize>, name: &str) -> Option<usize> {
        while let Some(place) = at {
            let known = &self.beginnings[place];
            if name.starts_with(known.text.as_ref()) {
                break;
            }
            at = known.shorter;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names<'a>(patterns: &[&'a str]) -> CookieNames<&'a str, &'a str> {
        CookieNames::new(patterns.iter().map(|pattern| CookiePattern::read(pattern, *pattern)))
    }

    #[test]
    fn ck_8_an_exact_name_is_found_before_the_longest_beginning() {
        let names = names(&["_ga", "_ga_*", "_ga_AB*", "_*", "a", "ab*"]);
        for (name, owner) in [
            ("_ga", Some("_ga")),
            ("_ga_ABC123", Some("_ga_AB*")),
            ("_ga_ZZ", Some("_ga_*")),
            ("_gat", Some("_*")),
            ("_", Some("_*")),
            ("a", Some("a")),
            ("abc", Some("ab*")),
            ("b", None),
            ("", None),
            ("_GA", Some("_*")),
        ] {
            assert_eq!(names.of_name(name).copied(), owner, "{name}");
        }
        assert_eq!(names.of_beginning("_ga").copied(), Some("_*"), "an exact name is none of the names that begin with it");
    }

    #[test]
    fn the_first_of_two_equal_patterns_counts() {
        let names = CookieNames::new([CookiePattern::read("a*", 1), CookiePattern::read("a", 2), CookiePattern::read("a*", 3)]);
        assert_eq!((names.of_name("a"), names.of_name("ab")), (Some(&2), Some(&1)));
    }

    proptest! {
        #[test]
        fn a_look_up_answers_as_trying_every_pattern_does(patterns in prop::collection::vec("[ab가]{0,4}[*]?", 0..40), name in "[ab가]{0,6}") {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            let exact = patterns.iter().find(|pattern| **pattern == name);
            let begins = |pattern: &&&str| pattern.strip_suffix('*').is_some_and(|start| name.starts_with(start));
            let longest = patterns.iter().filter(begins).max_by_key(|pattern| pattern.len());
            prop_assert_eq!(names(&patterns).of_name(&name).copied(), exact.or(longest).copied());
        }
    }
}
