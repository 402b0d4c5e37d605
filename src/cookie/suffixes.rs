//! Public suffixes: the domains under which anybody may have a site, as publicsuffix.org lists them (CK-3).

use super::punycode::to_ascii;

/// Most bytes of a list. The published one has about 0.3 MB.
pub const MAX_SUFFIX_BYTES: usize = 4 << 20;

/// A list of public suffixes, which the app brings as a file: the library has none inside, since the list alone would outweigh the rest of
/// this room and be as old as the library.
#[derive(Debug, Clone, Default)]
pub struct PublicSuffixes {
    names: Vec<Box<str>>,
    /// Domains whose every child is a public suffix.
    parents: Vec<Box<str>>,
    /// Such children that are none.
    exceptions: Vec<Box<str>>,
}

/// What is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuffixFault {
    /// It has more than [`MAX_SUFFIX_BYTES`].
    #[error("has more than {MAX_SUFFIX_BYTES} bytes; give the list of publicsuffix.org")]
    TooLarge,
    /// A line is no domain.
    #[error("has a line {line} that is no domain; give the list of publicsuffix.org as it is")]
    BadLine {
        /// Its number, from 1.
        line: usize,
    },
    /// It has no entry, so that every domain of two labels would be somebody's own.
    #[error("is empty; give the list of publicsuffix.org, or none")]
    Empty,
}

impl PublicSuffixes {
    /// Reads a list in the format of publicsuffix.org.
    ///
    /// # Errors
    ///
    /// Where the text is no such list.
    pub fn parse(list: &str) -> Result<Self, SuffixFault> {
        if list.len() > MAX_SUFFIX_BYTES {
            return Err(SuffixFault::TooLarge);
        }
        let mut found = Self::default();
        for (at, line) in list.lines().enumerate() {
            // A rule ends with the first blank of its line.
            let rule = line.split_whitespace().next().unwrap_or_default();
            if rule.is_empty() || rule.starts_with("//") {
                continue;
            }
            let (rules, domain) = if let Some(domain) = rule.strip_prefix('!') {
                (&mut found.exceptions, domain)
            } else if let Some(domain) = rule.strip_prefix("*.") {
                (&mut found.parents, domain)
            } else {
                (&mut found.names, rule)
            };
            let fault = SuffixFault::BadLine { line: at + 1 };
            rules.push(to_ascii(domain).filter(|domain| is_domain(domain)).ok_or(fault)?.into());
        }
        for rules in [&mut found.names, &mut found.parents, &mut found.exceptions] {
            rules.sort_unstable();
        }
        if found.names.is_empty() { Err(SuffixFault::Empty) } else { Ok(found) }
    }

    /// True where a domain, in lower-case ASCII, is a public suffix. A domain of one label is one, whether or not the list has it.
    pub fn contains(&self, domain: &str) -> bool {
        let has = |rules: &[Box<str>], domain: &str| rules.binary_search_by(|known| (**known).cmp(domain)).is_ok();
        let Some((_, parent)) = domain.split_once('.') else { return true };
        !has(&self.exceptions, domain) && (has(&self.names, domain) || has(&self.parents, parent))
    }
}

fn is_domain(text: &str) -> bool {
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*'));
    text.split('.').all(label)
}
