//! Just enough of Rust's surface to judge a file by: words, marks and literals, without comments and without test code.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A name, a keyword or a number.
    Word(String),
    /// The content of a string literal of any sort.
    Literal(String),
    /// Any other character that means something.
    Mark(char),
}

/// A piece with the line it stands on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

impl Token {
    pub fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if own == word)
    }

    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn literal(&self) -> Option<&str> {
        match &self.kind {
            Kind::Literal(text) => Some(text),
            _ => None,
        }
    }
}

/// One file of `src/`, as the rules see it.
pub struct Source {
    /// Path below `src/`, with `/` between the parts.
    pub path: String,
    /// What remains without comments and test items.
    pub tokens: Vec<Token>,
    /// Modules that exist only in tests: their files hold no shipped code.
    pub test_modules: Vec<String>,
    /// Lines of the file as it is, comments and tests included.
    pub lines: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (tokens, test_modules) = without_tests(tokens(text));
        Self { path: path.to_owned(), tokens, test_modules, lines: text.lines().count() }
    }

    /// The first part of the path: `policy` for `policy/document.rs`, `client` for `client.rs`, `lib` for the root.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The module this file is: `["policy", "document"]`, and nothing for `lib.rs`.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
            parts.pop();
        }
        parts
    }
}

/// Reads every shipped file below `root`. Files that only tests compile are left out.
pub fn shipped(root: &Path) -> Vec<Source> {
    let mut files = rust_files(root);
    files.sort();
    let sources: Vec<Source> = files
        .iter()
        .map(|file| Source::new(&file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"), &fs::read_to_string(file).unwrap()))
        .collect();
    let test_only: Vec<String> = sources.iter().flat_map(test_paths).collect();
    sources.into_iter().filter(|source| !test_only.iter().any(|path| is_or_is_below(&source.path, path))).collect()
}

/// Every `.rs` file below a folder, build folders excepted.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != ".build") {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Where the test-only modules that a file declares live, without the `.rs`.
fn test_paths(source: &Source) -> Vec<String> {
    let module = source.module().join("/");
    source.test_modules.iter().map(|name| if module.is_empty() { name.clone() } else { format!("{module}/{name}") }).collect()
}

fn is_or_is_below(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Cuts a text into tokens. Comments, lifetimes and character literals leave nothing behind.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let (kind, next) = piece(&chars, at);
        if let Some(kind) = kind {
            found.push(Token { kind, line });
        }
        line += chars[at..next].iter().filter(|letter| **letter == '\n').count();
        at = next;
    }
    found
}

/// The piece that begins at `at`, if it means anything, and where the next one begins.
fn piece(chars: &[char], at: usize) -> (Option<Kind>, usize) {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => (None, until(chars, at, |letter| letter == '\n')),
        '/' if next == Some('*') => (None, block_comment_end(chars, at)),
        '"' => text_literal(chars, at + 1),
        '\'' => (None, quote_end(chars, at)),
        letter if letter.is_whitespace() => (None, at + 1),
        letter if is_word(letter) => match raw_start(chars, at) {
            Some((content, hashes)) => raw_literal(chars, content, hashes),
            None if "bc".contains(letter) && next == Some('"') => text_literal(chars, at + 2),
            None if letter == 'b' && next == Some('\'') => (None, quote_end(chars, at + 1)),
            None => {
                let end = until(chars, at, |letter| !is_word(letter));
                (Some(Kind::Word(chars[at..end].iter().collect())), end)
            }
        },
        mark => (Some(Kind::Mark(mark)), at + 1),
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn until(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|letter| stop(*letter)).map_or(chars.len(), |length| from + length)
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn text_literal(chars: &[char], from: usize) -> (Option<Kind>, usize) {
    let mut at = from;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    let end = at.min(chars.len());
    (Some(Kind::Literal(chars[from..end].iter().collect())), (end + 1).min(chars.len()))
}

/// Where the content of `r"…"`, `br#"…"#` or `cr"…"` begins, and how many hashes close it.
fn raw_start(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let prefix = if "bc".contains(chars[at]) { at + 1 } else { at };
    if chars.get(prefix) != Some(&'r') {
        return None;
    }
    let quote = until(chars, prefix + 1, |letter| letter != '#');
    (chars.get(quote) == Some(&'"')).then_some((quote + 1, quote - prefix - 1))
}

fn raw_literal(chars: &[char], from: usize, hashes: usize) -> (Option<Kind>, usize) {
    let closes = |at: usize| chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|letter| **letter == '#').count() == hashes;
    let end = (from..chars.len()).find(|at| closes(*at)).unwrap_or(chars.len());
    (Some(Kind::Literal(chars[from..end].iter().collect())), (end + 1 + hashes).min(chars.len()))
}

/// Past a character literal, or past a lifetime.
fn quote_end(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => until(chars, at + 3, |letter| letter == '\'') + 1,
        (Some(_), Some('\'')) => at + 3,
        _ => until(chars, at + 1, |letter| !is_word(letter)),
    }
    .min(chars.len())
}

/// Drops every item under `#[cfg(test)]`, and names the modules among them whose code is in another file.
fn without_tests(all: Vec<Token>) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        if !is_test_attribute(&all[at..]) {
            kept.push(all[at].clone());
            at += 1;
            continue;
        }
        let end = item_end(&all, at);
        let declared = all[at..end].windows(3).find(|three| three[0].is("mod") && three[2].is_mark(';'));
        modules.extend(declared.and_then(|three| three[1].word()).map(str::to_owned));
        at = end;
    }
    (kept, modules)
}

fn is_test_attribute(rest: &[Token]) -> bool {
    let marks = [(0, '#'), (1, '['), (3, '('), (5, ')'), (6, ']')];
    rest.len() > 6 && marks.iter().all(|(at, mark)| rest[*at].is_mark(*mark)) && rest[2].is("cfg") && rest[4].is("test")
}

/// Past the item that the attribute at `from` stands on: its closing brace, or its semicolon. Further attributes belong to it.
pub fn item_end(all: &[Token], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < all.len() {
        match all[at].kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']') => depth -= 1,
            Kind::Mark('}') if depth == 0 => return at,
            Kind::Mark('}') if depth == 1 => return at + 1,
            Kind::Mark('}') => depth -= 1,
            Kind::Mark(';') if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    all.len()
}
