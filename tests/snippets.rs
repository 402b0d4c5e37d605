//! Every block of code in the README and the docs stands, line for line, in a source that is compiled: Rust here, Kotlin and Java by the
//! packages' own tests under Maven, Swift by theirs.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A language as a fence names it, the ending of its sources, and where those are that some test compiles.
const LANGUAGES: [(&str, &str, &[&str]); 4] = [
    ("rust", "rs", &["tests"]),
    ("kotlin", "kt", &["bindings/kotlin"]),
    ("java", "java", &["bindings/kotlin"]),
    ("swift", "swift", &["bindings/swift/Tests"]),
];

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// Every file below a folder with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// What stands in the fenced blocks of a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<Vec<&'a str>> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| lines(rest.split("\n```").next().unwrap())).collect()
}

/// Every line of a block stands in the source, in the same order, one after the other.
fn stands_in(block: &[&str], source: &[&str]) -> bool {
    source.windows(block.len()).any(|window| window == block)
}

#[test]
fn no_page_shows_code_that_is_compiled_nowhere() {
    let mut pages = files(&root().join("docs"), "md");
    pages.push(root().join("README.md"));
    for (language, ending, folders) in LANGUAGES {
        let sources: Vec<String> =
            folders.iter().flat_map(|folder| files(&root().join(folder), ending)).map(|file| fs::read_to_string(file).unwrap()).collect();
        let sources: Vec<Vec<&str>> = sources.iter().map(|source| lines(source)).collect();
        let mut seen = 0;
        for page in &pages {
            for block in blocks(&fs::read_to_string(page).unwrap(), language) {
                seen += 1;
                assert!(sources.iter().any(|source| stands_in(&block, source)), "{}: {block:#?}", page.display());
            }
        }
        assert!(seen > 0, "no {language} was found");
    }
}

#[test]
fn the_comparison_is_not_blind() {
    let page = "a\n```swift\nlet a = 1\n\n  let b = 2\n```\n```kotlin\nval c = 3\n```\n";
    assert_eq!(blocks(page, "swift"), [["let a = 1", "let b = 2"]]);
    assert!(stands_in(&["let a = 1", "let b = 2"], &lines("func f() {\n    let a = 1\n    let b = 2\n}")));
    assert!(!stands_in(&["let a = 1", "let b = 2"], &lines("let a = 1\nlet c = 3\nlet b = 2")));
}
