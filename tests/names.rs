//! One word for one thing: every public name of the Kotlin and of the Swift package, side by side, in `docs/names.md`.
//! After a wanted change: `CONSENTKIT_REFRESH=1 cargo test --test names`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

/// The names of each public type.
type Api = BTreeMap<String, BTreeSet<String>>;

const PAGE: &str = "docs/names.md";

/// Below this line the page is written by this test.
const WRITTEN: &str = "<!-- Written by `tests/names.rs`. -->\n";

/// What every Kotlin class has beside its own names: how it is compared and printed, and what only the compiler calls.
const OF_THE_LANGUAGE: &[&str] =
    &["equals", "hashCode", "toString", "copy", "values", "valueOf", "getEntries", "Companion", "INSTANCE", "init"];

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// A name as it would be written in Swift: `getPolicyVersion` is `policyVersion`, `NOT_ANSWERED` is `notAnswered`, `NotAnswered` is
/// `notAnswered`.
fn plain(name: &str) -> String {
    let name = name.split('-').next().unwrap_or(name);
    if name.len() > 1 && name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_') {
        let mut words = name.split('_').map(str::to_lowercase);
        let first = words.next().unwrap_or_default();
        return words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..]);
    }
    let bare = name.strip_prefix("get").filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase())).unwrap_or(name);
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `Reason.Night` is a name of `Reason`, as a case of Swift's enum is.
fn add(api: &mut Api, path: &str, member: Option<&str>) {
    let mut names = path.split('.');
    let outer = names.next().unwrap_or_default().to_owned();
    let inner = names.next();
    if inner.is_some_and(|inner| OF_THE_LANGUAGE.contains(&inner)) && member.is_none() {
        return;
    }
    let known = api.entry(outer).or_default();
    match (inner, member) {
        (Some(inner), _) if !OF_THE_LANGUAGE.contains(&inner) => {
            known.insert(plain(inner));
        }
        (_, Some(member)) if !OF_THE_LANGUAGE.contains(&member) && !member.starts_with("component") => {
            // Twins for Java say what they do by their names.
            known.insert(plain(member.strip_suffix("Blocking").unwrap_or(member)));
        }
        _ => {}
    }
}

fn kotlin() -> Api {
    let mut api = Api::new();
    for entry in fs::read_dir(root().join("bindings/kotlin/api")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "api") {
            read_kotlin(&fs::read_to_string(path).unwrap(), &mut api);
        }
    }
    api
}

/// Reads what Kotlin's own validator shows: classes, and below each its members. A field stands before its type, a function before its
/// parameters.
fn read_kotlin(dump: &str, api: &mut Api) {
    let mut inside = None;
    for line in dump.lines() {
        if line.starts_with("public ") {
            let words: Vec<&str> = line.split(' ').collect();
            let at = words.iter().position(|word| *word == "class").unwrap_or(0);
            let name = words.get(at + 1).unwrap_or(&"").replace('/', ".");
            let name =
                name.trim_start_matches("dev.consentkit.").trim_start_matches("android.").trim_start_matches("testing.").replace('$', ".");
            // A file's own functions stand in a class that only Java sees.
            inside = Some(if name.ends_with("Kt") || name == "ConsentKit" { "functions of the package".to_owned() } else { name });
            add(api, inside.as_deref().unwrap_or_default(), None);
        } else if let (Some(owner), true) = (&inside, line.starts_with('\t')) {
            let mut words = line.split_whitespace().skip_while(|word| !["field", "fun"].contains(word)).skip(1);
            let name = words.next().unwrap_or_default();
            if !name.is_empty() && name != "<init>" && !name.contains('$') {
                add(api, owner, Some(name));
            }
        }
    }
}

fn swift() -> Api {
    let mut api = Api::new();
    for line in fs::read_to_string(root().join("bindings/swift/api.txt")).unwrap().lines() {
        read_swift(line, &mut api);
    }
    api
}

/// Reads `module | owner | declaration`. What is nested in `Consent` stands there for its name's sake alone.
fn read_swift(line: &str, api: &mut Api) {
    let mut parts = line.splitn(3, " | ");
    let (Some(_), Some(owner), Some(shown)) = (parts.next(), parts.next(), parts.next()) else { return };
    let owner = owner.trim().trim_start_matches("ConsentKitBase.").trim_start_matches("Consent.");
    let words: Vec<&str> = shown.split([' ', '(', ':', '<', '?', ',', '`']).filter(|word| !word.is_empty()).collect();
    let kinds = ["enum", "struct", "class", "protocol", "actor", "typealias", "func", "var", "let", "case", "init"];
    let Some(at) = words.iter().position(|word| kinds.contains(word)) else { return };
    let Some(name) = words.get(at + 1) else { return };
    match words[at] {
        "enum" | "struct" | "class" | "protocol" | "actor" if owner.is_empty() || owner == "Consent" => add(api, name, None),
        "enum" | "struct" | "class" | "protocol" | "actor" => add(api, &format!("{owner}.{name}"), None),
        "init" | "typealias" => {}
        _ if owner.is_empty() => add(api, "functions of the package", Some(name)),
        _ => add(api, owner, Some(name)),
    }
}

/// The rows of the page that say where two words stand for one thing, or one side alone has it, and why.
fn reasons(page: &str) -> Vec<(String, String)> {
    let rows = page.lines().filter(|line| line.starts_with("| `") || line.starts_with("| – |"));
    let cell = |cell: Option<&str>| cell.unwrap_or_default().trim().trim_matches(['`', '–']).to_owned();
    rows.map(|row| {
        let mut cells = row.split('|').skip(1);
        (cell(cells.next()), cell(cells.next()))
    })
    .collect()
}

fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The part of the page that this test writes.
fn written(kotlin: &Api, swift: &Api, reasons: &[(String, String)]) -> String {
    let mut page = String::from("\n| Kotlin | Swift | on both sides | Kotlin alone | Swift alone |\n| --- | --- | --- | --- | --- |\n");
    let mut seen = BTreeSet::new();
    for (name, ours) in kotlin {
        let named = reasons.iter().find(|(kotlin, swift)| kotlin == name && !swift.is_empty()).map(|(_, swift)| swift.clone());
        let twin = named.or_else(|| swift.keys().find(|other| other.eq_ignore_ascii_case(name)).cloned());
        let none = BTreeSet::new();
        let theirs = twin.as_ref().and_then(|twin| swift.get(twin)).unwrap_or(&none);
        let has = |names: &BTreeSet<String>, name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
        let both = list(ours.iter().filter(|name| has(theirs, name)));
        let alone = list(ours.iter().filter(|name| !has(theirs, name)));
        let there = list(theirs.iter().filter(|name| !has(ours, name)));
        let shown = twin.as_ref().map_or("–".to_owned(), |twin| format!("`{twin}`"));
        page.push_str(&format!("| `{name}` | {shown} | {both} | {alone} | {there} |\n"));
        seen.extend(twin);
    }
    for (name, names) in swift.iter().filter(|(name, _)| !seen.contains(*name)) {
        page.push_str(&format!("| – | `{name}` | | | {} |\n", list(names)));
    }
    page
}

#[test]
fn f_52_every_public_name_of_both_packages_is_on_the_page_and_types_of_one_side_have_a_reason() {
    let (kotlin, swift) = (kotlin(), swift());
    assert!(kotlin.len() > 60 && swift.len() > 60, "{} types in Kotlin and {} in Swift", kotlin.len(), swift.len());
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let (by_hand, agreed) = page.split_once(WRITTEN).expect("the page has no place for what this test writes");
    let reasons = reasons(by_hand);
    for (name, is_in) in [(&kotlin, &swift), (&swift, &kotlin)].iter().flat_map(|(one, other)| one.keys().map(move |name| (name, *other))) {
        let has_twin = is_in.keys().any(|other| other.eq_ignore_ascii_case(name));
        let has_reason = reasons.iter().any(|(kotlin, swift)| kotlin == name || swift == name);
        assert!(has_twin || has_reason, "{name} stands on one side alone, and {PAGE} does not say why");
    }
    for (name, side) in reasons.iter().flat_map(|(ours, theirs)| [(ours, &kotlin), (theirs, &swift)]).filter(|(name, _)| !name.is_empty()) {
        let mut path = name.splitn(2, '.');
        let known = side.get(path.next().unwrap_or_default());
        let is_there = known.is_some_and(|names| path.next().is_none_or(|member| names.contains(member)));
        assert!(is_there, "{PAGE} gives a reason for {name}, which is no public name there");
    }
    let actual = written(&kotlin, &swift, &reasons);
    if env::var("CONSENTKIT_REFRESH").is_ok_and(|refresh| refresh == "1") {
        fs::write(&path, format!("{by_hand}{WRITTEN}{actual}")).unwrap();
    } else {
        let first = actual.lines().find(|line| !agreed.contains(line)).unwrap_or("something that is gone");
        assert!(agreed == actual, "{PAGE} is not what the packages show; CONSENTKIT_REFRESH=1 writes it anew. First difference: {first}");
    }
}

#[test]
fn the_dumps_of_both_sides_are_read() {
    let mut api = Api::new();
    read_kotlin("public final class dev/consentkit/Why$Answered : dev/consentkit/Why {\n}\n", &mut api);
    read_kotlin("public abstract interface class dev/consentkit/Asker {\n\tpublic abstract fun ask (I)V\n}\n", &mut api);
    read_kotlin(
        "public final class dev/consentkit/Status : java/lang/Enum {\n\tpublic static final field NOT_ANSWERED Ldev/consentkit/Status;\n\tpublic final fun getCode ()Ljava/lang/String;\n\tpublic fun hashCode ()I\n}\n",
        &mut api,
    );
    read_swift("ConsentKitBase | Consent.Status | case notAnswered = \"not_answered\"", &mut api);
    read_swift("ConsentKitBase | Consent | public struct Answer: Sendable, Hashable", &mut api);
    let names = |name: &str| api[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(names("Why"), ["answered"]);
    assert_eq!(names("Asker"), ["ask"]);
    assert_eq!(names("Status"), ["code", "notAnswered"]);
    assert!(api.contains_key("Answer") && Path::new(PAGE).extension().is_some());
}
