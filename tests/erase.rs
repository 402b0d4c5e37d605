//! Erasing: nothing of what was said or of whom can be found in the files, the chain can be followed, and a no stays a no.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, path::Path};

use consentkit::{
    client::{Consent, ImportChoice, verify_file},
    decision::Reason,
    error::Error,
    ledger::ChoiceKind,
    signal::{AgeBand, Platform, Signals},
};
use rusqlite::Connection;
use support::{
    Device, NOON, answer,
    story::{ANALYTICS, DATA_USE, EMAIL, MEMBER, SMS, phone_and_server},
};

/// Names that are nowhere else, so that they are found wherever they are left.
const ACCOUNT: &str = "acct_canary_7d1f3b";
const OTHER_ACCOUNT: &str = "acct_canary_55aa01";
const OLDER_APP: &str = "older-app-canary-9c2e";
const KAKAO: &str = "marketing.kakao";
const PUSH: &str = "marketing.push";

/// Two people of one phone, one of them signed in still, with answers of every kind.
fn full(device: &Device) -> Consent {
    let consent = device.open();
    consent.sign_in(OTHER_ACCOUNT).unwrap();
    answer(&consent, &[ANALYTICS, DATA_USE, EMAIL, SMS], &[KAKAO]).unwrap();
    consent.sign_out().unwrap();
    answer(&consent, &[DATA_USE], &[PUSH]).unwrap();
    consent.sign_in(ACCOUNT).unwrap();
    let older = ImportChoice {
        purpose: SMS.into(),
        choice: ChoiceKind::Granted,
        said_at: Some(NOON - 1),
        source: OLDER_APP.into(),
        text_version: Some(OLDER_APP.into()),
        actor: None,
    };
    consent.import(&[older]).unwrap();
    answer(&consent, &[EMAIL, ANALYTICS], &["cookies.marketing"]).unwrap();
    consent.withdraw(&[EMAIL]).unwrap();
    consent.report_signals(Signals { gpc: Some(true), age: Some(AgeBand::Above), ..Signals::default() }).unwrap();
    consent
}

/// Where any of these bytes are found in the files of a folder.
fn found(folder: &Path, canaries: &[Vec<u8>]) -> Vec<String> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for canary in canaries {
            if bytes.windows(canary.len()).any(|part| part == &canary[..]) {
                found.push(format!("{} in {}", String::from_utf8_lossy(canary), path.display()));
            }
        }
    }
    found
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The salts of the records of these kinds, and the references and operations that they name.
fn salts(device: &Device, kinds: &[&str]) -> Vec<Vec<u8>> {
    let database = Connection::open(device.options().path).unwrap();
    let mut rows = database.prepare("SELECT salt, body FROM ledger WHERE body IS NOT NULL").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let mut secrets = vec![];
    for (salt, body) in rows.map(Result::unwrap) {
        let record: serde_json::Value = serde_json::from_slice(&body).unwrap();
        if kinds.contains(&record["kind"].as_str().unwrap()) {
            secrets.push(salt);
            secrets.push(record["op"].as_str().unwrap().as_bytes().to_vec());
        }
    }
    assert!(secrets.len() >= 2);
    secrets
}

#[test]
fn what_was_brought_from_an_older_app_is_found_in_no_file_although_noes_wait_to_be_sent() {
    let device = Device::new(Platform::Desktop);
    let consent = full(&device);
    let secrets: Vec<Vec<u8>> = salts(&device, &["import"]).into_iter().chain(texts(&[OLDER_APP])).collect();
    assert!(!found(device.folder.path(), &texts(&[ACCOUNT, OTHER_ACCOUNT])).is_empty(), "the names are there before");
    let report = consent.erase().unwrap();
    assert!(report.records > 5 && report.waiting.iter().all(|change| change.lowers), "{report:?}");
    let left = found(device.folder.path(), &secrets);
    assert!(left.is_empty(), "while it is open: {left:?}");
    let verified = consent.verify().unwrap();
    assert!(verified.ok, "{verified:?}");
    consent.shutdown().unwrap();
    assert!(verify_file(device.options().path).unwrap().ok);
    assert!(device.open().verify().unwrap().ok);
}

#[test]
fn a_person_who_said_no_to_nothing_leaves_nothing_at_all() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.sign_in(ACCOUNT).unwrap();
    answer(&consent, &[ANALYTICS, DATA_USE, EMAIL], &[]).unwrap();
    let older = ImportChoice {
        purpose: SMS.into(),
        choice: ChoiceKind::Granted,
        said_at: Some(NOON - 1),
        source: OLDER_APP.into(),
        text_version: None,
        actor: None,
    };
    consent.import(&[older]).unwrap();
    let secrets: Vec<Vec<u8>> = salts(&device, &["choice", "import", "link"]).into_iter().chain(texts(&[ACCOUNT, OLDER_APP])).collect();
    assert_eq!(consent.erase().unwrap().waiting, vec![]);
    let left = found(device.folder.path(), &secrets);
    assert!(left.is_empty(), "while it is open: {left:?}");
    assert_eq!(consent.pending().unwrap(), vec![]);
    for purpose in [ANALYTICS, DATA_USE, SMS] {
        assert_eq!(consent.explain(purpose).reasons.last(), Some(&Reason::NotAnswered), "{purpose}");
    }
    assert!(!consent.snapshot().signed_in && consent.verify().unwrap().ok);
    let kinds: Vec<String> = consent.history(0, 1000).unwrap().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["install", "policy", "erased", "link"]);
    consent.shutdown().unwrap();
    let left = found(device.folder.path(), &secrets);
    assert!(left.is_empty(), "once it is closed: {left:?}");
    // The file goes on.
    let consent = device.open();
    consent.sign_in(ACCOUNT).unwrap();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    assert!(consent.allows(ANALYTICS) && consent.verify().unwrap().ok);
    consent.erase().unwrap();
    assert!(!consent.allows(ANALYTICS) && consent.verify().unwrap().ok);
}

#[test]
fn refusals_and_withdrawals_stand_after_it_and_nobody_is_asked_again_for_them() {
    let device = Device::new(Platform::Desktop);
    let consent = full(&device);
    let before = |purpose: &str| consent.explain(purpose).reasons.last().cloned();
    let noes = [(EMAIL, before(EMAIL)), ("cookies.marketing", before("cookies.marketing")), (PUSH, before(PUSH))];
    consent.erase().unwrap();
    for (purpose, reason) in &noes {
        assert_eq!(consent.explain(purpose).reasons.last(), reason.as_ref(), "{purpose}");
    }
    assert_eq!(consent.explain(ANALYTICS).reasons, [Reason::NotAnswered]);
    assert_eq!(consent.snapshot().signals.gpc, Some(true), "the device's own");
    // A no goes into the account that signs in next, as ever.
    consent.sign_in(ACCOUNT).unwrap();
    assert_eq!(consent.explain(EMAIL).reasons.last(), Some(&Reason::Withdrawn));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn a_withdrawal_that_was_not_sent_is_told_sent_and_only_then_erased() {
    let (phone, _server) = phone_and_server();
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.syncs();
    phone.app().withdraw(&[EMAIL]).unwrap();
    phone.says_yes(&[SMS]);
    let report = phone.app().erase().unwrap();
    let told: Vec<&str> = report.waiting.iter().map(|change| change.purpose.as_str()).collect();
    assert_eq!(told, [EMAIL]);
    assert_eq!(phone.app().pending().unwrap(), report.waiting, "just that is kept");
    let account = texts(&[MEMBER]);
    let database = Connection::open(phone.folder().join("consent.db")).unwrap();
    let salt: Vec<u8> = database.query_row("SELECT salt FROM ledger WHERE seq = ?1", [report.waiting[0].seq], |row| row.get(0)).unwrap();
    drop(database);
    assert!(!found(phone.folder(), &account).is_empty(), "it is sent for that account");
    phone.syncs();
    assert_eq!(phone.app().pending().unwrap(), vec![]);
    let left = found(phone.folder(), &[account, vec![salt]].concat());
    assert!(left.is_empty(), "{left:?}");
    assert!(phone.app().verify().unwrap().ok);
    // The server has it, and nothing else was sent again or lost.
    phone.syncs();
    phone.signs_in();
    phone.syncs();
    assert!(!phone.app().allows(EMAIL) && phone.app().allows(DATA_USE), "{:?}", phone.app().explain(DATA_USE));
    assert_eq!(phone.app().explain(EMAIL).reasons, [Reason::Withdrawn]);
    assert!(phone.app().rolled_back().is_none() && phone.app().verify().unwrap().ok);
}

#[test]
fn bytes_that_are_gone_without_an_erasure_are_still_tampering() {
    for seq in [3, 9] {
        let device = Device::new(Platform::Desktop);
        let consent = full(&device);
        if seq == 9 {
            consent.erase().unwrap();
            answer(&consent, &[ANALYTICS, DATA_USE], &[]).unwrap();
        }
        consent.shutdown().unwrap();
        let database = Connection::open(device.options().path).unwrap();
        let last = if seq == 3 { "3" } else { "(SELECT max(seq) FROM ledger)" };
        database.execute_batch(&format!("UPDATE ledger SET salt = NULL, body = NULL WHERE seq = {last}")).unwrap();
        drop(database);
        let verified = verify_file(device.options().path).unwrap();
        assert!(!verified.ok && verified.fault.unwrap().what.contains("gone without an erasure"), "{seq}");
    }
}

#[test]
fn a_damaged_file_that_was_erased_is_recovered_and_nothing_of_an_earlier_recovery_outlives_an_erasure() {
    let device = Device::new(Platform::Desktop);
    let consent = full(&device);
    consent.erase().unwrap();
    consent.shutdown().unwrap();
    let database = Connection::open(device.options().path).unwrap();
    database.execute_batch("UPDATE state SET value = 'x' WHERE key = 0").unwrap();
    drop(database);
    assert!(matches!(Consent::open(device.options()), Err(Error::Damaged { .. })));
    let recovered = Consent::recover(&device.options()).unwrap();
    assert!(recovered.records > 10 && recovered.aside.exists());
    let consent = device.open();
    assert_eq!(consent.explain(EMAIL).reasons.last(), Some(&Reason::Withdrawn));
    assert!(consent.verify().unwrap().ok);
    consent.erase().unwrap();
    assert!(!recovered.aside.exists() && consent.verify().unwrap().ok);
}
