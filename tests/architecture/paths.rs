//! The paths a file names, with `use` trees spread out: `crate::{a::B, c}` is `crate::a::B` and `crate::c`.

use super::source::{Source, Token};

/// Words that a path beginning with `::` may follow, and that are no part of it.
const KEYWORDS: &[&str] = &["use", "dyn", "impl", "in", "as", "mut", "return", "else", "match", "if", "while", "for", "where"];

/// One path as it is named somewhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
    /// Another name was given with `as`.
    pub renamed: bool,
    /// Stands behind a `.`: a method or a field.
    pub member: bool,
    /// Goes on behind `::` from something that is no plain path: `<T as Trait>::name`, `Vec::<u8>::name`.
    pub continued: bool,
}

impl Named {
    pub fn starts_with(&self, parts: &[&str]) -> bool {
        !self.member && self.segments.len() >= parts.len() && self.segments.iter().zip(parts).all(|(own, part)| own == part)
    }

    pub fn last(&self) -> &str {
        self.segments.last().map_or("", String::as_str)
    }

    pub fn text(&self) -> String {
        self.segments.join("::")
    }
}

/// Every path of a piece of code, in order.
pub fn paths(tokens: &[Token]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = if tokens[at].word().is_some() { path(tokens, at, &[], &mut found) } else { at + 1 };
    }
    found
}

fn path(tokens: &[Token], from: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut segments = prefix.to_vec();
    let mut at = from;
    loop {
        match tokens.get(at) {
            Some(token) if token.is_mark('{') && !segments.is_empty() => return group(tokens, at + 1, &segments, found),
            Some(token) if token.is_mark('*') => segments.push("*".to_owned()),
            Some(token) => match token.word() {
                Some(word) => segments.push(word.to_owned()),
                None => break,
            },
            None => break,
        }
        at += 1;
        if !is_double_colon(tokens, at) || segments.last().is_some_and(|last| KEYWORDS.contains(&last.as_str())) {
            break;
        }
        at += 2;
    }
    let before = |back: usize| from.checked_sub(back).and_then(|at| tokens.get(at));
    found.push(Named {
        renamed: tokens.get(at).is_some_and(|token| token.is("as")),
        member: before(1).is_some_and(|token| token.is_mark('.')) && !before(2).is_some_and(|token| token.is_mark('.')),
        continued: prefix.is_empty() && from >= 2 && is_double_colon(tokens, from - 2),
        line: tokens[from].line,
        segments,
    });
    at.max(from + 1)
}

fn group(tokens: &[Token], from: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if token.is_mark('}') {
            return at + 1;
        }
        let renames = token.is("as") || (at > 0 && tokens[at - 1].is("as"));
        at = if token.is_mark(',') || renames { at + 1 } else { path(tokens, at, prefix, found) };
    }
    at
}

fn is_double_colon(tokens: &[Token], at: usize) -> bool {
    tokens.len() > at + 1 && tokens[at].is_mark(':') && tokens[at + 1].is_mark(':')
}

/// The paths of a file that stay within the crate, from its root: `super::x` in `policy/document.rs` is `policy::x`.
/// An empty path names the root itself.
pub fn crate_paths(source: &Source) -> Vec<Named> {
    let module = source.module();
    paths(&source.tokens).into_iter().filter_map(|named| from_root(&module, named)).collect()
}

fn from_root(module: &[String], mut named: Named) -> Option<Named> {
    let lead = named.segments.iter().take_while(|part| *part == "super").count();
    let base = match named.segments.first().map(String::as_str) {
        Some("crate") => Vec::new(),
        Some("self") if named.segments.len() > 1 => module.to_vec(),
        Some("super") => module[..module.len().saturating_sub(lead)].to_vec(),
        _ => return None,
    };
    let skip = lead.max(1);
    named.segments = base.into_iter().chain(named.segments.into_iter().skip(skip).filter(|part| part != "self")).collect();
    Some(named)
}

#[test]
fn use_trees_are_spread_out() {
    let source = Source::new(
        "policy/document.rs",
        "use crate::{json, ledger::{chain as c, Record}}; use super::Purpose; fn f() { super::super::sync::go() }",
    );
    let named: Vec<String> = crate_paths(&source).iter().map(Named::text).collect();
    assert_eq!(named, ["json", "ledger::chain", "ledger::Record", "policy::Purpose", "sync::go"]);
}

#[test]
fn comments_strings_lifetimes_and_tests_leave_no_path() {
    let text = r##"
        // crate::a /* */
        /* crate::b /* crate::c */ crate::d */
        const X: &str = "crate::e \" crate::f"; const Y: &str = r#"crate::g " crate::h"#; const Z: char = '"'; const W: u8 = b'\'';
        fn f<'a>(x: &'a str) { crate::kept(x) }
        #[cfg(test)] #[allow(dead_code)] mod tests { use crate::i; fn g() { crate::j() } }
        #[cfg(test)] mod elsewhere;
        fn h() { crate::kept_too() }
    "##;
    let source = Source::new("lib.rs", text);
    let named: Vec<String> = crate_paths(&source).iter().map(Named::text).collect();
    assert_eq!(named, ["kept", "kept_too"]);
    assert_eq!(source.test_modules, ["elsewhere"]);
}
