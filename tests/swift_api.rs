//! The public Swift API as one sorted list, so that a change of surface is a visible diff: `bindings/swift/api.txt`.
//! After a wanted change: `CONSENTKIT_REFRESH=1 cargo test --test swift_api`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

const MODULES: &[&str] = &["ConsentKit", "ConsentKitAdSupport", "ConsentKitBase", "ConsentKitTesting"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "swift") {
            found.push(path);
        }
    }
    found
}

/// What a line opens: the name of a type or of what is extended, and whether its members are public without saying so.
fn opened(line: &str) -> Option<(String, bool)> {
    let words: Vec<&str> = line.split([' ', ':', '<', '{']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| ["extension", "struct", "enum", "class", "protocol", "actor"].contains(word))?;
    let modifiers = ["public", "package", "private", "fileprivate", "final", "open", "internal", "indirect"];
    if !words[..at].iter().all(|word| modifiers.contains(word)) {
        return None;
    }
    let inherits = words[..at].contains(&"public") && ["enum", "protocol"].contains(&words[at]);
    Some(((*words.get(at + 1)?).to_owned(), inherits))
}

/// The declarations of one file, each behind the type it belongs to.
fn declarations(source: &str) -> Vec<String> {
    let (mut all, mut inside) = (vec![], Vec::<(usize, String, bool)>::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if text.is_empty() || text.starts_with("//") || text.starts_with('#') {
            continue;
        }
        if text.starts_with('}') {
            inside.retain(|(opened_at, ..)| *opened_at < indent);
            continue;
        }
        let mut whole = text.to_owned();
        while whole.matches('(').count() > whole.matches(')').count() {
            let Some(next) = lines.next() else { break };
            whole = format!("{whole} {}", next.trim());
        }
        let direct = inside.last().is_none_or(|(opened_at, ..)| indent == opened_at + 4);
        let inherits = direct && inside.last().is_some_and(|(.., inherits)| *inherits);
        let member = ["case ", "func ", "var "].iter().any(|start| whole.starts_with(start));
        if whole.starts_with("public ") || (inherits && member) {
            let owner: Vec<&str> = inside.iter().map(|(_, name, _)| name.as_str()).collect();
            let shown = whole.split(" {").next().unwrap_or_default().replace("( ", "(").replace(" )", ")");
            all.push(format!("{} | {shown}", owner.join(".")));
        }
        if let Some((name, inherits)) = opened(text).filter(|_| text.ends_with('{')) {
            inside.push((indent, name, inherits));
        }
    }
    all
}

#[test]
fn the_public_swift_api_is_the_one_that_is_written_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/swift");
    let mut all = BTreeSet::new();
    for module in MODULES {
        for file in files(&root.join("Sources").join(module)) {
            all.extend(declarations(&fs::read_to_string(file).unwrap()).into_iter().map(|line| format!("{module} | {line}\n")));
        }
    }
    let now: String = all.into_iter().collect();
    assert!(now.contains("ConsentKitBase | Consent | public func allows(_ purpose: String) -> Bool\n"), "the sources were not read");
    let golden = root.join("api.txt");
    if env::var_os("CONSENTKIT_REFRESH").is_some() {
        fs::write(&golden, &now).unwrap();
    }
    let known = fs::read_to_string(&golden).unwrap_or_default();
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (known.lines().collect(), now.lines().collect());
    let gone: Vec<_> = old.difference(&new).collect();
    let added: Vec<_> = new.difference(&old).collect();
    assert!(gone.is_empty() && added.is_empty(), "the public Swift API changed: gone {gone:#?}, new {added:#?}");
}

/// What a public type outside of `Consent` may be called: with a word that an app's own types and other libraries do not have. Everything
/// else is `Consent.Status`, `Consent.Actor` and so on, since an app that imports the package would find two of the name.
const OWN_WORDS: &[&str] = &["Consent", "AdvertisingID", "Tracking", "CSK", "BackgroundSync", "OlderConsents", "Fake", "TestClock"];

/// The types that are public and in no other, of the lines of the list.
fn outermost(api: &str) -> Vec<&str> {
    let kinds = ["struct", "enum", "class", "protocol", "actor", "typealias"];
    let words = |line| str::split(line, [' ', ':', '<']).filter(|word| !word.is_empty()).collect::<Vec<&str>>();
    let outer = api.lines().filter_map(|line| line.split_once(" |  | ").map(|(_, shown)| words(shown)));
    outer.filter_map(|words| words.iter().position(|word| kinds.contains(word)).and_then(|at| words.get(at + 1).copied())).collect()
}

#[test]
fn f_59_no_type_of_the_package_bears_a_name_that_an_app_has_too() {
    let api = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/swift/api.txt")).unwrap();
    let all = outermost(&api);
    assert!(all.contains(&"Consent") && all.contains(&"ConsentError"), "{all:?}");
    let plain: Vec<_> = all.into_iter().filter(|name| !OWN_WORDS.iter().any(|word| name.contains(word))).collect();
    assert!(plain.is_empty(), "nest in Consent: {plain:?}");
    assert_eq!(outermost("A |  | public final class Actor: Sendable\nA | Consent | public struct Status\n"), ["Actor"]);
    // CloudKit's own prefix.
    assert!(!api.contains("class CK"));
}

/// SwiftPM keeps what it read from the manifest, so a file that is built later would not be noticed: a Mac that resolved the package before the
/// XCFramework was there kept the address of a release that does not exist.
#[test]
fn f_63_the_manifest_looks_at_no_file() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Package.swift")).unwrap();
    for word in ["import Foundation", "FileManager", "fileExists", "contentsOf", "fopen", "access(", "stat("] {
        assert!(!manifest.contains(word), "{word}");
    }
    let no_release = manifest.contains("let release: String? = nil\n");
    let no_checksum = manifest.contains(&format!("let checksum = \"{}\"\n", "0".repeat(64)));
    assert_eq!(no_release, no_checksum, "an address with a checksum of zeros, or a checksum without an address");
}

/// What reads the advertising id is in a product that an app may leave out.
#[test]
fn f_64_only_a_product_of_its_own_links_ad_support() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = |module: &str| {
        let sources = files(&root.join("bindings/swift/Sources").join(module));
        assert!(!sources.is_empty(), "{module}");
        sources.iter().any(|file| fs::read_to_string(file).unwrap().contains("import AdSupport"))
    };
    assert!(links("ConsentKitAdSupport"));
    for module in ["ConsentKit", "ConsentKitBase", "ConsentKitTesting"] {
        assert!(!links(module), "{module}");
    }
}

#[test]
fn a_declaration_is_found_where_it_stands() {
    let source = "/// A\npublic enum A: Sendable {\n    case one(x: Int)\n    func hidden() {}\n}\nextension B {\n    public func f(\n        a: Int,\n        b: Int\n    ) -> Int {\n        let case_ = 1\n    }\n    func inner() {}\n}\nstruct C {\n    case no\n}\n";
    let found = declarations(source);
    assert!(found.contains(&" | public enum A: Sendable".to_owned()), "{found:?}");
    assert!(found.contains(&"A | case one(x: Int)".to_owned()), "{found:?}");
    assert!(found.contains(&"B | public func f(a: Int, b: Int) -> Int".to_owned()), "{found:?}");
    assert!(!found.iter().any(|line| line.contains("inner") || line.contains("case no") || line.contains("case_")), "{found:?}");
}
