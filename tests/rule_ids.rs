//! Every rule that is cited anywhere by its id is explained in `docs/rules.md`, and every test that this page names exists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The families of rules. Another word with a number behind it, such as UTF-8, is no rule.
const FAMILIES: &[&str] = &["KR", "PIPA", "RET", "BA", "APL", "AND", "OPT", "TCF", "GPP", "GCM", "CK", "REC"];

/// What may cite a rule.
const ENDINGS: &[&str] = &["rs", "kt", "swift", "md", "json", "sql", "toml"];

/// Folders that hold what tools made, and what is kept of another version.
const LEFT_OUT: &[&str] = &["target", ".git", ".build", "node_modules", "fixtures"];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The ids that a text cites.
fn cited(text: &str) -> BTreeSet<String> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric();
    text.split(|letter: char| !is_word(letter) && letter != '-')
        .filter_map(|word| {
            let (family, rest) = word.split_once('-')?;
            // "KR-4-style" cites the rule as well.
            let number = rest.split('-').next()?;
            let is_id = FAMILIES.contains(&family) && !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
            is_id.then(|| format!("{family}-{number}"))
        })
        .collect()
}

/// The rules that a page explains, each with the content of its last column.
fn explained(page: &str) -> BTreeMap<String, String> {
    let rows = page.lines().filter_map(|line| {
        let columns: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [id, meaning, source, certainty, test] = columns[..] else { return None };
        let filled = [meaning, source, certainty, test].iter().all(|column| !column.is_empty());
        (filled && cited(id) == BTreeSet::from([id.to_owned()])).then(|| (id.to_owned(), test.to_owned()))
    });
    rows.collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !LEFT_OUT.contains(&name.as_str()) {
                files(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(project(), &mut found);
    assert!(found.len() > 300, "the tree was not found");
    found.into_iter().filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))).collect()
}

fn page() -> BTreeMap<String, String> {
    explained(&fs::read_to_string(project().join("docs/rules.md")).unwrap())
}

/// What a test column names: quoted names of tests or files, and scenarios.
fn named_tests(column: &str) -> Vec<String> {
    column.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn exists(name: &str, column: &str) -> bool {
    if name.starts_with("cargo ") || ["duty", "policy", "cookie"].contains(&name) {
        return true;
    }
    if column.starts_with("scenario ") || column.contains(&format!("scenario `{name}`")) {
        return project().join(format!("tests/scenarios/{name}.json")).is_file();
    }
    if name.contains('/') {
        return project().join(name).is_file();
    }
    let (file, test) = name.split_once("::").unwrap_or((name, ""));
    fs::read_to_string(project().join(format!("tests/{file}.rs"))).is_ok_and(|text| text.contains(&format!("fn {test}")))
}

#[test]
fn every_rule_that_is_cited_is_explained() {
    let page = page();
    let missing: Vec<String> = sources()
        .iter()
        .flat_map(|(path, text)| cited(text).into_iter().map(|id| (path.display().to_string(), id)))
        .filter(|(_, id)| !page.contains_key(id))
        .map(|(path, id)| format!("{id} in {path}"))
        .collect();
    assert!(missing.is_empty(), "cited, and no line of docs/rules.md says what it is:\n  {}", missing.join("\n  "));
}

#[test]
fn every_test_that_the_page_names_exists() {
    let page = page();
    assert!(page.len() > 70, "the page was not read: {} rules", page.len());
    let missing: Vec<String> = page
        .iter()
        .flat_map(|(id, column)| named_tests(column).into_iter().map(move |name| (id, column, name)))
        .filter(|(_, column, name)| !exists(name, column))
        .map(|(id, _, name)| format!("{id}: {name}"))
        .collect();
    assert!(missing.is_empty(), "docs/rules.md names tests that are not there:\n  {}", missing.join("\n  "));
}

/// Papers that the project was planned from and that are no part of it: a reader of a file that cites one cannot look it up.
/// The second half stands apart, so that this file does not cite them.
const ABSENT_PAPERS: &[(&str, &str)] = &[("PROTO", "COL"), ("RELIABI", "LITY")];

fn cites_an_absent_paper(text: &str) -> bool {
    ABSENT_PAPERS
        .iter()
        .any(|(begin, end)| text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == format!("{begin}{end}")))
}

#[test]
fn no_text_cites_a_paper_that_is_not_in_the_project() {
    let citing: Vec<String> =
        sources().iter().filter(|(_, text)| cites_an_absent_paper(text)).map(|(path, _)| path.display().to_string()).collect();
    assert!(citing.is_empty(), "say the fact itself, or point to docs/sync.md or docs/rules.md:\n  {}", citing.join("\n  "));
    assert!(cites_an_absent_paper(&format!("bounds ({}{}, bounds)", "PROTO", "COL")), "the search finds nothing");
}

#[test]
fn a_text_that_cites_what_no_page_explains_is_noticed() {
    let page = explained(
        "| id | what | source | certainty | test |\n| --- | --- | --- | --- | --- |\n| KR-4 | night | NA | read | `x` |\n| KR-5 | | NA | read | `x` |\n",
    );
    assert_eq!(page.keys().collect::<Vec<_>>(), ["KR-4"], "a line with an empty column explains nothing");
    // Put together here, so that this file does not cite it.
    let unknown = format!("KR-{}", 99);
    let text = format!("Quiet hours (KR-4, {unknown}) in UTF-8; SHA-256; PIPA-1's items, KR-x, KR-");
    assert_eq!(cited(&text), ["KR-4", unknown.as_str(), "PIPA-1"].map(str::to_owned).into());
    assert!(!exists("no_such_file::kr_4_", "`no_such_file::kr_4_`") && !exists("no_such_story", "scenario `no_such_story`"));
}
