//! Runs the files in `tests/scenarios` against the face that Swift and Kotlin see. Their format: `tests/scenarios/README.md`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/scenario/mod.rs"]
mod scenario;
mod support;

use std::{collections::BTreeSet, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn check(name: &str) {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    if let Err(fault) = scenario::run(name, &text) {
        panic!("{fault}");
    }
}

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        const LISTED: &[&str] = &[$(stringify!($name)),*];
    };
}

scenarios! {
}

#[test]
fn every_file_of_the_folder_is_run() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json").map(str::to_owned))
        .collect();
    assert_eq!(files, LISTED.iter().map(|name| (*name).to_owned()).collect());
}
