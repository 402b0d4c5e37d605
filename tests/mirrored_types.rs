//! Swift and Kotlin have public types of their own beside the ones that are generated from the core, and convert by hand. Each conversion of
//! a record has to read every field that the core has: a field that is new in the core and forgotten there would be lost without a word.
//! Enums need no test, since the `switch` and the `when` of both languages do not compile without every case.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The conversions of one language.
struct Conversions {
    language: &'static str,
    /// The text of each conversion, by the core's record.
    own: BTreeMap<String, String>,
    /// Everything in the folder. A record that has no conversion of its own is converted inside another one's, or where the app opens.
    whole: String,
}

fn read(folder: &str, extension: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    assert!(!files.is_empty(), "{} was not read", folder.display());
    files.iter().map(|file| fs::read_to_string(file).unwrap() + "\n").collect()
}

/// The records of the core with their fields, as they are in the code that is generated for Swift. Kotlin's has the same names.
fn records(generated: &str) -> BTreeMap<String, Vec<String>> {
    let mut records = BTreeMap::new();
    let mut lines = generated.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("public struct ").and_then(word).filter(|name| !name.starts_with("FfiConverter")) else {
            continue;
        };
        let body = lines.by_ref().take_while(|line| *line != "}");
        let fields = body.filter_map(|line| line.strip_prefix("    public let ").or_else(|| line.strip_prefix("    public var ")));
        records.insert(name.to_owned(), fields.filter_map(|rest| word(rest.trim_start_matches('`'))).map(str::to_owned).collect());
    }
    records
}

/// The word that a text begins with.
fn word(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect()
}

/// Swift: `init(_ core: ConsentKitFFI.Record)`, and the other way `extension ConsentKitFFI.Record`, each up to its closing brace.
fn swift() -> Conversions {
    let whole = read("bindings/swift/Sources/ConsentKit", "swift");
    let named = |line: &str| {
        let after = |start: &str| line.split_once(start).and_then(|(_, rest)| word(rest)).map(str::to_owned);
        after("init(_ core: ConsentKitFFI.").or_else(|| line.starts_with("extension ").then(|| after("extension ConsentKitFFI.")).flatten())
    };
    let ends = |line: &str, indent: usize| line.trim() == "}" && line.len() == indent + 1;
    Conversions { language: "Swift", own: conversions(&whole, named, ends), whole }
}

/// Kotlin: `fun Record.toApp()` and `fun Record.toCore()`, each up to an empty line.
fn kotlin() -> Conversions {
    let whole = read("bindings/kotlin/core/src/main/kotlin/dev/consentkit/internal", "kt");
    let named = |line: &str| {
        let (receiver, _) = line.split_once(".toApp(").or_else(|| line.split_once(".toCore("))?;
        let (_, receiver) = receiver.split_once("fun ")?;
        receiver.rsplit('.').next().map(str::to_owned)
    };
    Conversions { language: "Kotlin", own: conversions(&whole, named, |line, _| line.is_empty()), whole }
}

fn conversions(whole: &str, named: impl Fn(&str) -> Option<String>, ends: impl Fn(&str, usize) -> bool) -> BTreeMap<String, String> {
    let mut found = BTreeMap::<String, String>::new();
    let lines: Vec<&str> = whole.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = named(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let body: Vec<&str> = lines[at..].iter().copied().take_while(|line| !ends(line, indent)).collect();
        let text = found.entry(name).or_default();
        text.push('\n');
        text.push_str(&body.join("\n"));
    }
    found
}

/// The fields that a language's conversions do not read, each as record and field.
fn not_read(records: &BTreeMap<String, Vec<String>>, language: &Conversions) -> BTreeSet<(String, String)> {
    let mut missing = BTreeSet::new();
    for (record, fields) in records {
        let read = words(language.own.get(record).unwrap_or(&language.whole));
        missing.extend(fields.iter().filter(|field| !read.contains(field.as_str())).map(|field| (record.clone(), field.clone())));
    }
    missing
}

#[test]
fn every_field_of_the_core_is_read_where_swift_and_kotlin_convert_it() {
    let records = records(&read("bindings/swift/Sources/ConsentKitFFI", "swift"));
    assert!(records.len() > 30 && records["Receipt"] == ["items", "at", "pending"], "{:?}", records.keys());
    for language in [swift(), kotlin()] {
        assert!(language.own.len() > 30, "{}: {:?}", language.language, language.own.keys());
        let missing = not_read(&records, &language);
        assert!(missing.is_empty(), "{} does not read {missing:?}", language.language);
    }
}

#[test]
fn a_field_that_a_conversion_forgets_is_found() {
    let generated =
        "public struct Receipt: Equatable {\n    /** Its place. */\n    public let at: Int64\n    public let `pending`: Int64\n}\n";
    let records = records(generated);
    assert_eq!(records["Receipt"], ["at", "pending"]);
    let of = |whole: &str| {
        let named = |line: &str| line.split_once("init(_ core: ConsentKitFFI.").and_then(|(_, rest)| word(rest)).map(str::to_owned);
        let own = conversions(whole, named, |line, indent| line.trim() == "}" && line.len() == indent + 1);
        not_read(&records, &Conversions { language: "Swift", own, whole: whole.to_owned() })
    };
    let forgets = "    init(_ core: ConsentKitFFI.Receipt) {\n        self.init(at: core.at)\n    }\n    let pending = 1\n";
    assert_eq!(of(forgets), BTreeSet::from([("Receipt".to_owned(), "pending".to_owned())]));
    assert_eq!(of(&forgets.replace("core.at", "core.at, pending: core.pending")), BTreeSet::new());
}
