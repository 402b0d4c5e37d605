//! A copy of a phone's database from which the newest records are missing is not called whole.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use consentkit::client::{Answer, Consent, Options, verify_file};
use serde_json::Value;
use support::{Ran, policy, run};

/// A phone whose app is running: a yes is in the file, and its withdrawal only in the log beside it.
struct Phone {
    consent: Consent,
    database: PathBuf,
    folder: tempfile::TempDir,
}

fn phone() -> Phone {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("consent.db");
    let options = || Options { app_version: "1.0".into(), ..Options::new(&database, fs::read_to_string(policy()).unwrap()) };
    let consent = Consent::open(options()).unwrap();
    let form = consent.questions("settings").unwrap();
    consent.record(&form.shown, &[Answer::grant("cookies.analytics")]).unwrap();
    consent.shutdown().unwrap();
    let consent = Consent::open(options()).unwrap();
    consent.withdraw(&["cookies.analytics"]).unwrap();
    Phone { consent, database, folder }
}

impl Phone {
    /// Copies the database and these of the files beside it.
    fn copy(&self, beside: &[&str]) -> String {
        let folder = self.folder.path().join(format!("copy{}", beside.join("")));
        fs::create_dir(&folder).unwrap();
        for ending in [""].iter().chain(beside) {
            let name = format!("consent.db{ending}");
            fs::copy(self.folder.path().join(&name), folder.join(&name)).unwrap();
        }
        folder.join("consent.db").display().to_string()
    }
}

fn verified(path: &str) -> (Ran, Value) {
    let told = run(&["ledger", "verify", path, "--json"]).out;
    (run(&["ledger", "verify", path]), serde_json::from_str(&told).unwrap())
}

#[test]
fn x_8_a_copy_without_its_log_is_told_by_the_watermark_to_lack_the_newest_records() {
    let phone = phone();
    let path = phone.copy(&["-watermark"]);
    let (ran, told) = verified(&path);
    assert_eq!((ran.code, &told["ok"]), (1, &Value::Bool(false)), "{}", ran.out);
    let held = told["records"].as_i64().unwrap();
    let missing = phone.consent.verify().unwrap().records - held;
    assert_eq!(told["fault"]["seq"], held + 1);
    assert!(
        missing > 0
            && ran.out.contains(&format!("{missing} {} missing from here on", if missing == 1 { "record is" } else { "records are" })),
        "{}",
        ran.out
    );
    for command in [&["show", path.as_str()][..], &["export", &path], &["explain", &path, "--platform", "android"]] {
        let ran = run(&[&["ledger"], command].concat());
        assert_eq!(ran.code, 1, "{command:?}");
        assert!(
            !ran.out.is_empty() && ran.err.contains(&format!("{missing} record")) && ran.err.contains("at the end"),
            "{command:?}: {}",
            ran.err
        );
    }
    assert!(!verify_file(&path).unwrap().ok, "the library tells it too");
}

#[test]
fn x_8_a_copy_with_neither_log_nor_watermark_is_told_to_be_in_doubt() {
    let phone = phone();
    let (ran, told) = verified(&phone.copy(&[]));
    assert_eq!((ran.code, &told["ok"]), (0, &Value::Bool(true)), "{}", ran.out);
    assert!(ran.out.contains("Neither a file that ends in -wal nor one that ends in -watermark"), "{}", ran.out);
    assert!(told["doubt"].as_str().is_some_and(|doubt| doubt.contains("may be missing")));
    let (ran, told) = verified(&phone.copy(&["-wal"]));
    assert_eq!((ran.code, &told["ok"]), (0, &Value::Bool(true)), "{}", ran.out);
    assert!(ran.out.contains("No file that ends in -watermark"), "a log may be cut: {}", ran.out);
}

#[test]
fn x_8_a_whole_copy_and_a_closed_one_are_not_doubted() {
    let phone = phone();
    let (ran, told) = verified(&phone.copy(&["-wal", "-watermark"]));
    assert_eq!((ran.code, &told["doubt"], ran.out.lines().count()), (0, &Value::Null, 1), "{}", ran.out);
    let before = phone.copy(&["-watermark"]);
    phone.consent.shutdown().unwrap();
    let (ran, _) = verified(&phone.database.display().to_string());
    assert_eq!((ran.code, ran.out.lines().count()), (0, 1), "{}{}", ran.out, ran.err);
    // The newest watermark beside an older file.
    fs::copy(phone.folder.path().join("consent.db-watermark"), format!("{before}-watermark")).unwrap();
    assert_eq!(verified(&before).0.code, 1);
}

#[test]
fn x_8_the_watermark_of_another_ledger_is_told_and_one_that_cannot_be_read_is_none() {
    let (one, other) = (phone(), phone());
    let path = one.copy(&["-wal", "-watermark"]);
    let watermark = Path::new(&path).with_file_name("consent.db-watermark");
    fs::copy(other.folder.path().join("consent.db-watermark"), &watermark).unwrap();
    let (ran, told) = verified(&path);
    assert_eq!((ran.code, &told["fault"]["seq"]), (1, &Value::from(0)), "{}", ran.out);
    assert!(ran.out.contains("of another ledger"), "{}", ran.out);
    fs::write(&watermark, "no watermark").unwrap();
    let (ran, told) = verified(&path);
    assert!(ran.code == 0 && told["doubt"].is_string(), "{}", ran.out);
}
