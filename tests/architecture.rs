//! Keeps the rules of ARCHITECTURE.md by reading the code. Each rule is checked on the tree here, and beside it on small texts that break
//! it, so that a rule that has gone blind is noticed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/circles_found.rs"]
mod circles_found;
#[path = "architecture/exports.rs"]
mod exports;
#[path = "architecture/exports_found.rs"]
mod exports_found;
#[path = "architecture/paths.rs"]
mod paths;
#[path = "architecture/places.rs"]
mod places;
#[path = "architecture/places_found.rs"]
mod places_found;
#[path = "architecture/source.rs"]
mod source;

use source::Source;
use std::{fs, path::Path};

/// Past this a file holds more than one idea.
const LONGEST_FILE: usize = 500;

/// Crates of this project, by the folder of their sources.
const CRATES: &[&str] = &["src", "model/src", "proof/src", "survival/src", "examples/server/src", "xtask/src"];

/// Types that carry what a person said or who they are: they must not be printed by accident.
const SILENT: &[&str] = &[
    "HttpHeader",
    "HttpRequest",
    "HttpResponse",
    "AdIdAnswer",
    "AdvertisingId",
    "Record",
    "Choice",
    "Import",
    "Link",
    "Merge",
    "Seen",
    "Change",
    "SyncRequest",
    "SyncResponse",
    "WireState",
    "InstallResponse",
];

/// Fields that no derived `Debug` may reach.
const SECRET_FIELDS: &[&str] = &["token", "bearer", "secret", "authorization"];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What ships, as the rules see it. A tree that was not found would keep every rule.
fn tree() -> Vec<Source> {
    let sources = source::shipped(&project().join("src"));
    for file in ["lib.rs", "clock.rs", "policy/mod.rs", "ledger/mod.rs", "sync/device_rule.rs", "transport/mod.rs"] {
        assert!(sources.iter().any(|source| source.path == file && !source.tokens.is_empty()), "src/{file} was not read");
    }
    sources
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} fault(s):\n  {}\n", faults.len(), faults.join("\n  "));
}

#[test]
fn rule_1_arrows_never_turn_back() {
    none(arrows::wrong_arrows(&tree()));
}

#[test]
fn rule_1_pure_rooms_reach_nothing_outside() {
    none(arrows::impure(&tree()));
}

#[test]
fn rule_2_sqlite_and_http_stay_in_their_places() {
    none(places::crates_abroad(&tree()));
}

#[test]
fn rule_2_only_the_clock_reads_a_clock() {
    none(places::clocks(&tree()));
}

#[test]
fn rule_2_only_ffi_exports() {
    none(places::exports_abroad(&tree()));
}

#[test]
fn rule_2_nothing_exported_depends_on_the_build() {
    let sources = tree();
    none(places::conditional_attributes(&sources));
    none(exports::conditional_exports(&sources));
}

#[test]
fn rule_2_bindings_come_from_the_code_alone() {
    assert!(!project().join("build.rs").exists(), "a build script: the exported surface must not depend on one");
    let manifest = fs::read_to_string(project().join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("build-dependencies"), "a build dependency: the exported surface must not depend on one");
    let root = fs::read_to_string(project().join("src/lib.rs")).unwrap();
    assert!(root.contains("uniffi::setup_scaffolding!(\"consentkit\")"), "the namespace is part of every package: it must not change");
}

#[test]
fn rule_3_nothing_ends_the_hosts_process() {
    none(places::panics(&tree()));
}

#[test]
fn rule_4_there_is_no_global_state() {
    none(places::global_state(&tree(), places::KNOWN_STATE));
}

#[test]
fn rule_7_no_exported_name_collides() {
    none(exports::taken_names(&tree()));
}

#[test]
fn rule_8_no_files_need_each_other_in_a_loop() {
    let mut faults = Vec::new();
    for folder in CRATES {
        let sources = source::shipped(&project().join(folder));
        assert!(sources.len() > 2, "{folder} was not read");
        faults.extend(circles::ties(&sources).into_iter().map(|fault| format!("{folder}/{fault}")));
    }
    none(faults);
}

#[test]
fn exports_use_types_and_forms_that_every_language_shows_well() {
    let sources = tree();
    none(exports::unsigned_types(&sources));
    none(exports::unwanted_forms(&sources));
}

#[test]
fn personal_data_has_no_derived_debug() {
    let sources = tree();
    none(exports::talkative(&sources, SILENT, SECRET_FIELDS));
    for name in SILENT {
        let declared = |source: &Source| source.tokens.windows(2).any(|two| (two[0].is("struct") || two[0].is("enum")) && two[1].is(name));
        assert!(sources.iter().any(declared), "{name} is no more: take it out of SILENT");
    }
}

#[test]
fn names_say_what_a_thing_is_for() {
    none(exports::empty_names(&tree()));
}

#[test]
fn no_file_is_longer_than_one_idea() {
    let long = |lines: usize| lines > LONGEST_FILE;
    assert!(
        long(Source::new("json.rs", &"//\n".repeat(LONGEST_FILE + 1)).lines)
            && !long(Source::new("json.rs", &"//\n".repeat(LONGEST_FILE)).lines)
    );
    let files = ["src", "derive", "tests", "examples", "benches", "model", "proof", "survival", "xtask"]
        .iter()
        .flat_map(|folder| source::rust_files(&project().join(folder)));
    let counted = files.map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file));
    none(counted.filter(|(lines, _)| long(*lines)).map(|(lines, file)| format!("{}: {lines} lines", file.display())).collect());
}
