//! A file that an earlier version wrote opens with every answer in it, and answers as it did then.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, path::PathBuf};

use consentkit::{
    client::{Consent, ImportChoice, Options, PendingChange},
    ledger::ChoiceKind,
    signal::{AgeBand, Guardian, Platform, Signals},
    sync::protocol::ChangeKind,
};
use serde_json::{Value, json};
use support::{
    Device, NOON,
    edition::next_edition,
    refusing::{Holding, Refusing, counts_in_memory},
};

/// The files, each with the platform of its phone.
const FILES: [(&str, Platform); 5] = [
    ("schema-2", Platform::Android),
    ("schema-2-restored", Platform::Android),
    ("schema-2-second-phone", Platform::Ios),
    ("schema-2-child", Platform::Android),
    ("schema-3", Platform::Android),
];

/// Where a fault that was mended since gives another answer: file, purpose, and the reasons now.
const MENDED: &[(&str, &str, &[&str])] = &[
    // The server could not read it: no withdrawal was unseen.
    ("schema-2", "marketing.kakao.night", &["requires:marketing.kakao", "ask_again:rejected"]),
    // The form showed a number and named no withdrawal: the server asks again, and the phone says so now.
    ("schema-2", "cookies.analytics", &["ask_again:stale_grant"]),
    // The withdrawal on the web is newer than the grant that was stale.
    ("schema-2", "marketing.push.night", &["requires:marketing.push", "withdrawn"]),
    ("schema-2-restored", "marketing.push.night", &["requires:marketing.push", "withdrawn"]),
    // The guardian was verified for an anonymous child, not for the account that signed in since: that has to be said of the account.
    ("schema-2-child", "marketing.data_use", &["guardian_required"]),
    ("schema-2-child", "marketing.email", &["guardian_required", "requires:marketing.data_use"]),
    ("schema-2-child", "marketing.sms", &["guardian_required", "requires:marketing.data_use", "refused"]),
    ("schema-2-child", "marketing.push", &["guardian_required", "requires:marketing.data_use", "not_answered"]),
    ("schema-2-child", "marketing.kakao", &["guardian_required", "requires:marketing.data_use", "not_answered"]),
    ("schema-2-child", "marketing.sms.night", &["guardian_required", "requires:marketing.sms", "not_answered"]),
    ("schema-2-child", "marketing.push.night", &["guardian_required", "requires:marketing.push", "not_answered"]),
    ("schema-2-child", "marketing.kakao.night", &["guardian_required", "requires:marketing.kakao", "not_answered"]),
    ("schema-2-child", "cookies.analytics", &["guardian_required"]),
    ("schema-2-child", "cookies.marketing", &["guardian_required", "child", "not_answered"]),
    ("schema-2-child", "ad_id.measurement", &["guardian_required", "child"]),
    ("schema-2-child", "ad_id.personalised_ads", &["guardian_required", "child", "not_answered"]),
    ("schema-2-child", "ad_id.link_account", &["guardian_required", "child", "requires:ad_id.measurement", "not_answered"]),
];

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store").join(name)
}

/// A phone with a copy of the file, at the time that its answers were written down, and those answers.
fn phone(file: &str, platform: Platform) -> (Device, Value) {
    let device = Device::new(platform);
    fs::copy(fixture(&format!("{file}.db")), device.options().path).unwrap();
    let then: Value = serde_json::from_slice(&fs::read(fixture(&format!("{file}.json"))).unwrap()).unwrap();
    device.clock.set(then["asked_at"].as_i64().unwrap());
    (device, then)
}

fn row(change: &PendingChange) -> Value {
    let kind = serde_json::to_value(change.kind).unwrap();
    let PendingChange { purpose, op, seq, lowers, stuck, .. } = change;
    json!({ "kind": kind, "purpose": purpose, "op": op, "seq": seq, "lowers": lowers, "stuck": stuck })
}

/// True for what is said anew: age and guardian were told with the device's signals, if at all.
fn is_word_on_a_person(change: &PendingChange, then: &Value) -> bool {
    let known = then["pending"].as_array().unwrap().iter().any(|row| row["op"] == change.op);
    change.kind == ChangeKind::Signal && !known
}

fn answers(file: &str, consent: &Consent, then: &Value) {
    for (purpose, before) in then["decisions"].as_object().unwrap() {
        let decision = consent.explain(purpose);
        let codes: Vec<String> = decision.reasons.iter().map(|reason| reason.code()).collect();
        let mended = MENDED.iter().find(|(of, changed, _)| *of == file && changed == purpose);
        let expected = mended.map_or_else(|| before["reasons"].clone(), |(.., reasons)| json!(reasons));
        assert_eq!(json!(codes), expected, "{file}: {purpose}");
        assert_eq!(consent.allows(purpose), decision.allowed, "{file}: {purpose}");
    }
}

#[test]
fn a_file_of_an_earlier_version_opens_with_every_answer_and_all_that_waits() {
    for (file, platform) in FILES {
        let (device, then) = phone(file, platform);
        for opening in ["first", "second"] {
            let consent = device.open();
            answers(file, &consent, &then);
            let waiting = consent.pending().unwrap();
            let of_then: Vec<Value> = waiting.iter().filter(|change| !is_word_on_a_person(change, &then)).map(row).collect();
            assert_eq!(json!(of_then), then["pending"], "{file}, {opening}");
            let words = waiting.len() - of_then.len();
            assert!(words <= 1, "{file}, {opening}: what the file knows of the person is told once, as the person's own");
            let checked = consent.verify().unwrap();
            assert!(checked.ok, "{file}, {opening}: {:?}", checked.fault);
            consent.shutdown().unwrap();
        }
    }
}

#[test]
fn a_file_of_an_earlier_version_that_is_damaged_is_refused_and_left_as_it_was() {
    // The last record cut short, a record in the middle changed, and a row of the state changed: each is found before anything is.
    let faults = [
        "UPDATE ledger SET body = substr(body, 1, length(body) - 1) WHERE seq = (SELECT max(seq) FROM ledger)",
        "UPDATE ledger SET body = CAST(x'5b' || substr(body, 2) AS BLOB) WHERE seq = 8",
        "UPDATE state SET value = replace(value, 'withdrawn', 'granted') WHERE value LIKE '%withdrawn%'",
    ];
    for fault in faults {
        let (device, then) = phone("schema-2", Platform::Android);
        let path = device.options().path;
        let database = rusqlite::Connection::open(&path).unwrap();
        assert!(database.execute(fault, []).unwrap() > 0, "{fault}");
        let content = |database: &rusqlite::Connection| {
            let sql = "SELECT group_concat(hex(value), ' ') FROM (SELECT value FROM state WHERE value IS NOT NULL ORDER BY key, place)";
            let rows: String = database.query_row(sql, [], |row| row.get(0)).unwrap();
            let version: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
            (version, rows)
        };
        let before = content(&database);
        assert_eq!(before.0, then["schema"].as_i64().unwrap());
        drop(database);
        assert!(matches!(Consent::open(device.options()), Err(consentkit::error::Error::Damaged { .. })), "{fault}");
        assert!(content(&rusqlite::Connection::open(&path).unwrap()) == before, "{fault}: the old file is left as it was");
    }
}

#[test]
fn what_is_said_on_a_file_of_an_earlier_version_follows_what_it_holds() {
    for (file, platform) in FILES {
        let (device, then) = phone(file, platform);
        let consent = Consent::open(Options { app_version: "2.0".into(), ..device.options() }).unwrap();
        let receipt = consent.withdraw(&["cookies.analytics", "marketing.data_use"]).unwrap();
        assert!(receipt.items[0].seq > then["records"].as_i64().unwrap(), "{file}");
        assert!(!consent.allows("cookies.analytics") && !consent.allows("marketing.data_use"), "{file}");
        assert!(consent.verify().unwrap().ok, "{file}");
    }
}

#[test]
fn f_13_an_older_files_age_and_guardian_stay_with_whom_they_were_said_of() {
    let (device, _) = phone("schema-2-child", Platform::Android);
    let consent = device.open();
    let known = consent.snapshot().signals;
    assert_eq!((known.age, known.guardian), (Some(AgeBand::Below), None), "a child stays one; its guardian has to be named again");
    consent.report_signals(Signals { guardian: Some(Guardian::Verified), ..Signals::default() }).unwrap();
    assert!(consent.allows("marketing.email") && consent.allows("cookies.analytics"), "what the guardian granted counts again");
    consent.sign_out().unwrap();
    let (device, _) = phone("schema-2", Platform::Android);
    let consent = device.open();
    assert_eq!(consent.snapshot().signals.age, None, "the grown-up was the one before this account");
}

fn schema(device: &Device) -> i64 {
    let database = rusqlite::Connection::open(device.options().path).unwrap();
    database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// Opens a file that takes no writes, and withdraws and opts out on it.
fn denies_in_memory(file: &str, device: &Device, then: &Value) -> Consent {
    let before = fs::read(device.options().path).unwrap();
    let consent = device.open();
    answers(file, &consent, then);
    assert_eq!(consent.pending().unwrap().len(), then["pending"].as_array().unwrap().len(), "{file}");
    assert!(consent.verify().unwrap().ok && consent.questions("settings").is_ok(), "{file}");
    counts_in_memory(consent.withdraw(&["marketing.data_use"]));
    counts_in_memory(consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }));
    consent.refresh().unwrap();
    assert!(!consent.allows("marketing.data_use") && consent.snapshot().signals.gpc == Some(true), "{file}");
    assert_eq!(consent.unrecorded().len(), 2, "{file}");
    assert!(fs::read(device.options().path).unwrap() == before, "{file}: nothing was written");
    assert_eq!(schema(device), then["schema"].as_i64().unwrap(), "{file}");
    consent
}

fn is_recorded(file: &str, device: &Device, consent: &Consent, then: &Value) {
    consent.withdraw(&["cookies.analytics"]).unwrap();
    assert!(consent.unrecorded().is_empty() && consent.verify().unwrap().ok, "{file}");
    assert!(schema(device) > then["schema"].as_i64().unwrap(), "{file}: the first write brings the file to the newest schema");
    consent.shutdown().unwrap();
    let consent = device.open();
    for purpose in ["marketing.data_use", "cookies.analytics"] {
        assert!(!consent.allows(purpose) && consent.snapshot().signals.gpc == Some(true), "{file}: {purpose}");
    }
    assert!(consent.verify().unwrap().ok, "{file}");
}

#[test]
fn f_1_a_file_of_an_earlier_version_on_a_disk_that_takes_no_writes_opens_and_holds_what_denies() {
    for (file, platform) in FILES {
        let (device, then) = phone(file, platform);
        let refusing = Refusing::every_write(device.folder.path());
        let consent = denies_in_memory(file, &device, &then);
        refusing.lift();
        is_recorded(file, &device, &consent, &then);
    }
}

#[test]
fn f_1_a_file_of_an_earlier_version_that_another_process_holds_opens_and_holds_what_denies() {
    let (device, then) = phone("schema-2", Platform::Android);
    let holding = Holding::the_file(device.folder.path());
    let consent = device.open();
    answers("schema-2", &consent, &then);
    counts_in_memory(consent.withdraw(&["marketing.data_use"]));
    assert!(!consent.allows("marketing.data_use"));
    holding.let_go();
    // Another process brings the file on. Reads follow it, and the next write records what is held.
    device.open().report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
    consent.refresh().unwrap();
    assert_eq!(consent.snapshot().signals.gpc, Some(true));
    is_recorded("schema-2", &device, &consent, &then);
}

#[test]
fn f_1_an_update_of_the_app_on_a_disk_that_takes_no_writes_opens_under_the_policy_in_force() {
    let device = Device::new(Platform::Android);
    device.open().withdraw(&["marketing.sms"]).unwrap();
    let refusing = Refusing::every_write(device.folder.path());
    let edition = device.open().snapshot().policy.edition;
    let newer = || Options { app_version: "9.9".into(), policy: next_edition(), ..device.options() };
    let consent = Consent::open(newer()).unwrap();
    assert_eq!(consent.snapshot().policy.edition, edition);
    counts_in_memory(consent.withdraw(&["marketing.email"]));
    refusing.lift();
    consent.withdraw(&["cookies.analytics"]).unwrap();
    assert!(consent.unrecorded().is_empty() && consent.snapshot().policy.edition > edition);
    consent.shutdown().unwrap();
    let consent = Consent::open(newer()).unwrap();
    assert_eq!(consent.explain("marketing.email").reasons.last(), Some(&consentkit::decision::Reason::Withdrawn));
    assert!(consent.verify().unwrap().ok);
    // A file that has to become another installation first does not open.
    let refusing = Refusing::every_write(device.folder.path());
    drop(consent);
    let database = rusqlite::Connection::open(device.options().path).unwrap();
    database.execute_batch("DROP TRIGGER refuse_setting_UPDATE; UPDATE setting SET value = x'00' WHERE name = 'install_key'").unwrap();
    database.execute_batch("CREATE TRIGGER refuse_setting_UPDATE BEFORE UPDATE ON setting BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    assert!(matches!(Consent::open(newer()), Err(consentkit::error::Error::StoreUnavailable { .. })));
    refusing.lift();
    assert!(Consent::open(newer()).is_ok());
}

/// For whom no file is read-only, as for root, there is nothing to see.
#[cfg(unix)]
#[test]
fn f_1_a_read_only_file_of_an_earlier_version_opens_and_holds_what_denies() {
    use std::os::unix::fs::PermissionsExt;
    let (device, then) = phone("schema-2", Platform::Android);
    let (file, folder) = (device.options().path, device.folder.path());
    let allow = |file_mode, folder_mode| {
        fs::set_permissions(&file, fs::Permissions::from_mode(file_mode)).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(folder_mode)).unwrap();
    };
    // A reader keeps the log's index alive, without which nobody can read a file that keeps one.
    let reader = rusqlite::Connection::open(&file).unwrap();
    reader.query_row("SELECT count(*) FROM ledger", [], |_| Ok(())).unwrap();
    allow(0o444, 0o555);
    if fs::OpenOptions::new().append(true).open(&file).is_err() {
        let consent = denies_in_memory("schema-2", &device, &then);
        drop(consent);
    }
    allow(0o644, 0o755);
    let consent = device.open();
    answers("schema-2", &consent, &then);
}

#[test]
fn f_43_a_pending_yes_of_an_older_file_whose_form_showed_a_number_without_a_mark_is_asked_again() {
    let (device, then) = phone("schema-2", Platform::Android);
    let consent = device.open();
    assert_eq!(then["decisions"]["cookies.analytics"]["reasons"], json!([]), "it counted, and the server would have taken it for stale");
    let waits = |change: &PendingChange| change.purpose == "cookies.analytics" && !change.lowers;
    assert!(consent.pending().unwrap().iter().any(waits), "it is still sent, as evidence");
    assert!(!consent.allows("cookies.analytics"));
    support::answer(&consent, &["cookies.analytics"], &[]).unwrap();
    assert!(consent.allows("cookies.analytics"), "and a yes on a form of today counts");
}

/// The document that the file keeps: it names no law, because none could be named then.
fn kept_document(file: &str) -> String {
    let database = rusqlite::Connection::open(fixture(&format!("{file}.db"))).unwrap();
    database.query_row("SELECT document FROM policy ORDER BY edition DESC LIMIT 1", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_policy_of_an_earlier_version_stays_held_to_korean_law() {
    for (file, platform) in FILES {
        let (device, _) = phone(file, platform);
        let kept = kept_document(file);
        assert!(!kept.contains("regimes"), "{file}");
        let plain: Value = serde_json::from_str(&kept).unwrap();
        // The same bytes, the same content in other bytes, and the same content that names the law: one edition each time.
        let named = {
            let mut named = plain.clone();
            named["regimes"] = json!(["kr"]);
            named.to_string()
        };
        for shipped in [kept.clone(), plain.to_string(), named] {
            let consent = Consent::open(Options { policy: shipped, ..device.options() }).unwrap();
            assert_eq!(consent.snapshot().policy.regimes, ["kr"], "{file}");
            consent.shutdown().unwrap();
        }
        let consent = Consent::open(Options { policy: kept, ..device.options() }).unwrap();
        let mut next = plain.clone();
        let dates = json!({
            "edition": plain["edition"].as_i64().unwrap() + 1, "version": "later", "announced_on": "2027-01-01", "effective_on": "2027-03-01"
        });
        for name in ["edition", "version", "announced_on", "effective_on"] {
            next[name] = dates[name].clone();
        }
        next["amendments"]["versions"].as_array_mut().unwrap().push(dates);
        let refused = consent.adopt_policy(&next.to_string()).unwrap_err();
        assert!(matches!(refused, consentkit::error::Error::PolicyRefused { .. }), "{file}: a server cannot take the law away: {refused}");
        assert_eq!(consent.snapshot().policy.regimes, ["kr"], "{file}");
        next["regimes"] = json!(["kr"]);
        consent.adopt_policy(&next.to_string()).unwrap();
        assert!(consent.verify().unwrap().ok, "{file}");
    }
}

#[test]
fn f_4_what_an_earlier_version_brought_from_an_older_store_is_not_brought_again() {
    let (device, _) = phone("schema-3", Platform::Android);
    let consent = device.open();
    let march_2024 = 1_709_251_200_000;
    let rows = [
        ("marketing.data_use", ChoiceKind::Granted, Some(march_2024)),
        ("marketing.email", ChoiceKind::Withdrawn, Some(NOON + 24 * 60 * 60 * 1000)),
        ("marketing.sms", ChoiceKind::Granted, None),
        ("cookies.analytics", ChoiceKind::Granted, Some(march_2024)),
        ("cookies.marketing", ChoiceKind::Refused, Some(march_2024)),
        ("marketing.push", ChoiceKind::Refused, Some(NOON + 24 * 60 * 60 * 1000)),
    ];
    let of = |(purpose, choice, said_at): (&str, ChoiceKind, Option<i64>)| ImportChoice {
        purpose: purpose.into(),
        choice,
        said_at,
        source: "older".into(),
        text_version: None,
        actor: None,
    };
    for person in [None, Some("acct_81"), Some("acct_82")] {
        if let Some(account) = person {
            consent.sign_in(account).unwrap();
        }
        let records = consent.verify().unwrap().records;
        let receipt = consent.import(&rows.map(of)).unwrap();
        assert_eq!((receipt.imported.len(), receipt.kept.len()), (0, 6), "{person:?}");
        assert_eq!(consent.verify().unwrap().records, records, "{person:?}");
    }
    assert!(
        consent.explain("marketing.data_use").reasons.iter().all(|reason| reason.code() == "not_answered"),
        "nothing of it for acct_82"
    );
}
