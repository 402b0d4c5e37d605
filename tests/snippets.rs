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

/// The samples of the Swift package: one page each, so that they are read, and run by its tests.
const SWIFT_SAMPLES: [&str; 6] = ["FirstRun", "Settings", "LogIn", "LogOut", "AdvertisingId", "BackgroundWork"];

/// Lines of a sample that fit on a page.
const PAGE: usize = 60;

#[test]
fn each_swift_sample_fits_on_a_page_and_the_guide_leads_to_it() {
    let guide = fs::read_to_string(root().join("docs/swift.md")).unwrap();
    let run = fs::read_to_string(root().join("bindings/swift/Sample/main.swift")).unwrap();
    for name in SWIFT_SAMPLES {
        let path = format!("bindings/swift/Sample/{name}.swift");
        let long = fs::read_to_string(root().join(&path)).unwrap().lines().count();
        assert!(long <= PAGE, "{path} has {long} lines");
        assert!(guide.contains(&format!("(../{path})")), "the guide does not lead to {path}");
        let type_of_it = name.trim_end_matches("Id");
        assert!(run.contains(&format!("{type_of_it}(")), "{path} is not run");
    }
}

/// Where the pages' Swift may stand: what an app that puts everything on the main actor compiles (`SNIPPETS` of xtask's `swift.rs`), and what
/// only builds beside stand-ins for Apple's libraries or is a line of a test.
fn places_of_swift() -> Vec<(String, bool)> {
    let xtask = fs::read_to_string(root().join("xtask/src/swift.rs")).unwrap();
    let listed = xtask.split("const SNIPPETS").nth(1).unwrap().split(';').next().unwrap();
    let compiled = listed.split('"').filter(|word| word.ends_with(".swift")).map(|file| (file.to_owned(), true));
    let elsewhere = [
        "bindings/swift/Tests/PlatformTests/DocsSnippets.swift",
        "bindings/swift/Tests/PlatformTests/RecipeTests.swift",
        "bindings/swift/Tests/ConsentKitTests/ReadmeTests.swift",
        "bindings/swift/Tests/ConsentKitTestingTests/DocsTests.swift",
    ];
    compiled.chain(elsewhere.map(|file| (file.to_owned(), false))).collect()
}

#[test]
fn f_58_what_a_page_shows_in_swift_is_compiled_from_the_main_actor() {
    let places = places_of_swift();
    let sources: Vec<(String, bool)> =
        places.into_iter().map(|(file, from_main)| (fs::read_to_string(root().join(file)).unwrap(), from_main)).collect();
    let mut seen = 0;
    for (source, from_main) in &sources {
        assert!(!from_main || source.contains("@MainActor"), "what the app on the main actor compiles has no model of the main actor");
    }
    for page in files(&root().join("docs"), "md").into_iter().chain([root().join("README.md")]) {
        for block in blocks(&fs::read_to_string(&page).unwrap(), "swift") {
            seen += 1;
            let places: Vec<bool> = sources.iter().filter(|(source, _)| stands_in(&block, &lines(source))).map(|(_, main)| *main).collect();
            assert!(!places.is_empty(), "{}: an app on the main actor does not compile {block:#?}", page.display());
            // What records from a closure is what a model of the main actor could not call.
            let records = block.iter().any(|line| line.contains(".record(")) && page.ends_with("swift.md");
            assert!(!records || places.contains(&true), "{}: {block:#?}", page.display());
        }
    }
    assert!(seen >= 20, "the pages were not read");
}

#[test]
fn the_comparison_is_not_blind() {
    let page = "a\n```swift\nlet a = 1\n\n  let b = 2\n```\n```kotlin\nval c = 3\n```\n";
    assert_eq!(blocks(page, "swift"), [["let a = 1", "let b = 2"]]);
    assert!(stands_in(&["let a = 1", "let b = 2"], &lines("func f() {\n    let a = 1\n    let b = 2\n}")));
    assert!(!stands_in(&["let a = 1", "let b = 2"], &lines("let a = 1\nlet c = 3\nlet b = 2")));
}
