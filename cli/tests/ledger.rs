//! `ledger`: what a privacy officer reads of a copy of a phone's database.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options},
    clock::Clock,
    ledger::ChoiceKind,
};
use serde_json::Value;
use support::{policy, run};

/// 2026-11-22 12:00 in Seoul.
const NOON: i64 = 1_795_316_400_000;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> i64 {
        NOON
    }

    fn monotonic(&self) -> i64 {
        0
    }

    fn utc_offset(&self) -> i32 {
        540
    }
}

/// A phone with a yes, a withdrawal, an import, a sign-in and a sign-out.
fn phone(folder: &Path) -> PathBuf {
    let path = folder.join("consent.db");
    let options =
        Options { clock: Arc::new(Noon), app_version: "1.0".into(), ..Options::new(&path, fs::read_to_string(policy()).unwrap()) };
    let consent = Consent::open(options).unwrap();
    let form = consent.questions("settings").unwrap();
    consent.record(&form.shown, &[Answer::grant("marketing.data_use"), Answer::grant("cookies.analytics")]).unwrap();
    consent.withdraw(&["cookies.analytics"]).unwrap();
    let no = ImportChoice {
        purpose: "marketing.sms".into(),
        choice: ChoiceKind::Refused,
        said_at: Some(NOON - 1),
        source: "older".into(),
        text_version: None,
        actor: None,
    };
    consent.import(&[no]).unwrap();
    consent.sign_in("acct_81").unwrap();
    consent.sign_out().unwrap();
    consent.shutdown().unwrap();
    path
}

#[test]
fn a_ledger_that_holds_is_told_from_one_that_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = phone(folder.path());
    let before = fs::read(&path).unwrap();
    let beside = || fs::read_dir(folder.path()).unwrap().count();
    let files = beside();
    let ran = run(&["ledger", "verify", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("The ledger holds: "), "{}", ran.out);
    assert_eq!(fs::read(&path).unwrap(), before, "the file is as it was");
    assert_eq!(beside(), files, "and nothing new lies beside it");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute("UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), 'analytics', 'analytixs') AS BLOB) WHERE seq = 4", [])
        .unwrap();
    drop(database);
    let ran = run(&["ledger", "verify", path.to_str().unwrap(), "--json"]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &told["ok"], &told["fault"]["seq"]), (1, &Value::Bool(false), &Value::from(4)), "{}", ran.out);
}

#[test]
fn what_happened_is_listed_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let path = phone(folder.path()).display().to_string();
    let ran = run(&["ledger", "show", &path]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in [
        "2026-11-22 12:00:00 +09:00  marketing.data_use granted by the person, on the form settings, policy 2020-05-27",
        "cookies.analytics withdrawn by the person, outside any form",
        "marketing.sms refused by the person in older at 2026-11-22T02:59:59.999Z, brought from there",
        "an account signed in",
        "the account signed out",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    assert!(!ran.out.contains("acct_81"), "no account is named");
    let never_answered = run(&["ledger", "show", &path, "--purpose", "marketing.email"]);
    assert_eq!((never_answered.code, never_answered.out.as_str()), (0, "No record of that kind.\n"), "{}", never_answered.err);
    for (purpose, meant) in [("marketing.emial", "perhaps `marketing.email` is meant"), ("nosuch", "there are ad_id.")] {
        let unknown = run(&["ledger", "show", &path, "--purpose", purpose]);
        assert_eq!((unknown.code, unknown.out.as_str()), (2, ""), "{purpose}");
        assert!(unknown.err.contains(meant), "{}", unknown.err);
    }
    let of_one = run(&["ledger", "show", &path, "--purpose", "cookies.analytics"]);
    assert_eq!(of_one.out.lines().count(), 2, "{}", of_one.out);
    let export = run(&["ledger", "export", &path]);
    let lines: Vec<Value> = export.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.first().unwrap()["record"]["kind"], "install");
    assert!(lines.iter().zip(1..).all(|(line, seq)| line["seq"] == seq && line["hash"].as_str().is_some_and(|hash| hash.len() == 64)));
    let shown = run(&["ledger", "show", &path, "--json", "--after", "2", "--limit", "1"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((shown["records"].as_array().unwrap().len(), &shown["records"][0]["seq"]), (1, &Value::from(3)));
}

#[test]
fn a_decision_is_explained_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = phone(folder.path()).display().to_string();
    let at = "2026-11-22T12:00:00+09:00";
    let ran = run(&["ledger", "explain", &path, "cookies.analytics", "--at", at, "--platform", "android"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in [
        "At 2026-11-22 12:00:00 +09:00 by policy",
        "Times are those of the phone's clock",
        "cookies.analytics: not allowed",
        "withdrawn: The person has withdrawn the consent.",
        "it stands withdrawn by the person since 2026-11-22 12:00:00 +09:00",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    let all = run(&["ledger", "explain", &path, "--at", at, "--platform", "ios", "--language", "ko", "--json"]);
    let all: Value = serde_json::from_str(&all.out).unwrap();
    assert_eq!(all["purposes"].as_array().unwrap().len(), 20);
    for (arguments, code, word) in [
        (vec!["cookies.analitics", "--at", at], 2, "is no purpose of the policy of that time"),
        (vec!["--at", "1795316400"], 2, "too small"),
        (vec!["--at", "2026-01-01T00:00:00Z"], 2, "give a later time"),
    ] {
        let ran = run(&[vec!["ledger", "explain", &path, "--platform", "ios"], arguments].concat());
        assert_eq!(ran.code, code, "{}", ran.err);
        assert!(ran.err.contains(word), "{}", ran.err);
    }
}

#[test]
fn what_is_no_ledger_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "somebody's notes, which are longer than the header of a database would be, by far and more").unwrap();
    for command in ["verify", "show", "export"] {
        let ran = run(&["ledger", command, text.to_str().unwrap()]);
        assert_eq!(ran.code, 3, "{command}: {}", ran.err);
        assert!(ran.err.contains("no ConsentKit database"), "{command}: {}", ran.err);
        assert_eq!(run(&["ledger", command, folder.path().to_str().unwrap()]).code, 3);
    }
}
