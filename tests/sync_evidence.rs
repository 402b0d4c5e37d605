//! A pulled grant counts only with the record of the very choice that the state speaks of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{
    ledger::{Body, Evidence, FORMAT, Install, Link, Merge, Record, State, Status, rfc3339},
    policy::Scope,
    sync::{answer, protocol::WireState, pulled_subject::PulledSubject},
};
use serde_json::{Value, json};

/// A phone "here" with its device "d", on which the anonymous person "n" became the account "s"; before that "t" was signed in.
fn phone() -> State {
    let mut state = State::default();
    let bodies = [
        Body::Install(Install { device: "d".into(), person: "m".into(), lost: None }),
        Body::Merge(Merge { from: "m".into(), subject: "t".into(), answers: vec![] }),
        Body::Link(Link { subject: "n".into(), account: false }),
        Body::Link(Link { subject: "s".into(), account: true }),
        Body::Merge(Merge { from: "n".into(), subject: "s".into(), answers: vec![] }),
    ];
    for (seq, body) in (1..).zip(bodies) {
        let (op, at) = (format!("o{seq}"), rfc3339(0));
        let (app, sdk) = ("1".into(), "1".into());
        state.apply(&Record { format: FORMAT, install: "here".into(), seq, op, at, offset: 0, app, sdk, body });
    }
    state
}

fn evidence(state: &WireState) -> Option<Evidence> {
    let phone = phone();
    answer::evidence(state, &PulledSubject { reference: "s", scope: Scope::Person, account: true, state: &phone })
}

fn choice() -> Value {
    json!({
        "format": 1, "install": "i1", "seq": 7, "op": "o1", "at": "2026-11-01T09:00:00.000Z", "offset": 540, "app": "1", "sdk": "0.1.0",
        "kind": "choice", "subject": "s", "scope": "person", "purpose": "marketing.email", "choice": "granted",
        "policy": {"id": "influential", "version": "v", "edition": 3, "material": 2}, "language": "ko", "surface": "settings",
        "method": "toggle", "actor": "self"
    })
}

fn import() -> Value {
    json!({
        "format": 1, "install": "i1", "seq": 8, "op": "o1", "at": "2026-11-01T09:00:00.000Z", "offset": 540, "app": "1", "sdk": "0.1.0",
        "kind": "import", "subject": "s", "scope": "person", "purpose": "marketing.email", "choice": "granted", "source": "old",
        "said_at": "2020-06-01T00:00:00Z", "policy": {"id": "influential", "version": "v", "edition": 3, "material": 2}
    })
}

fn merge() -> Value {
    json!({
        "format": 1, "install": "i1", "seq": 9, "op": "m1", "at": "2026-11-01T09:00:00.000Z", "offset": 540, "app": "1", "sdk": "0.1.0",
        "kind": "merge", "from": "n", "subject": "s",
        "answers": [{"purpose": "marketing.email", "choice": "granted", "op": "o1", "material": 2}]
    })
}

fn state(record: &Value) -> WireState {
    WireState {
        purpose: "marketing.email".into(),
        status: Status::Granted,
        numbering: "h".into(),
        epoch: 0,
        revision: 1,
        op: Some("o1".into()),
        record: Some(record.to_string()),
        withdrawals: Vec::new(),
        base: None,
    }
}

fn changed(mut record: Value, pointer: &str, value: Value) -> Value {
    match record.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => record[pointer.trim_start_matches('/')] = value,
    }
    record
}

#[test]
fn the_record_of_the_choice_is_evidence() {
    let found = evidence(&state(&choice())).unwrap();
    assert_eq!((found.install.as_str(), found.seq, found.at.as_str()), ("i1", 7, "2026-11-01T09:00:00.000Z"));
    assert_eq!((found.material, found.undated), (2, false));
}

#[test]
fn an_import_counts_from_when_it_was_said_and_is_undated_without() {
    let found = evidence(&state(&import())).unwrap();
    assert_eq!((found.at.as_str(), found.undated), ("2020-06-01T00:00:00Z", false));
    for undated in [json!(null), json!("long ago")] {
        let found = evidence(&state(&changed(import(), "/said_at", undated))).unwrap();
        assert_eq!((found.at.as_str(), found.undated), ("2026-11-01T09:00:00.000Z", true));
    }
}

#[test]
fn a_merge_is_evidence_for_the_answers_it_carries() {
    let found = evidence(&state(&merge())).unwrap();
    assert_eq!((found.seq, found.material), (9, 2));
    for (pointer, value) in [
        ("/answers/0/op", json!("o2")),
        ("/answers/0/purpose", json!("marketing.sms")),
        ("/answers/0/choice", json!("withdrawn")),
        ("/answers", json!([])),
    ] {
        assert_eq!(evidence(&state(&changed(merge(), pointer, value))), None, "{pointer}");
    }
}

#[test]
fn a_withdrawal_has_evidence_too() {
    let mut withdrawn = state(&changed(choice(), "/choice", json!("withdrawn")));
    assert_eq!(evidence(&withdrawn), None, "the state says granted");
    withdrawn.status = Status::Withdrawn;
    assert!(evidence(&withdrawn).is_some());
}

#[test]
fn a_grant_whose_record_is_not_that_choice_has_no_evidence() {
    for (pointer, value) in [
        ("/op", json!("o2")),
        ("/purpose", json!("marketing.sms")),
        ("/choice", json!("refused")),
        ("/choice", json!("withdrawn")),
        ("/choice", json!("yes")),
        ("/format", json!(2)),
        ("/at", json!("some day")),
        ("/kind", json!("signal")),
        ("/kind", json!("remote")),
        ("/kind", json!("consent")),
        ("/policy/material", json!(-1)),
        ("/seq", json!("7")),
    ] {
        assert_eq!(evidence(&state(&changed(choice(), pointer, value.clone()))), None, "{pointer} {value}");
    }
    for record in ["", "null", "{}", "granted", "[1", "{\"kind\":\"choice\"}"] {
        assert_eq!(evidence(&WireState { record: Some(record.into()), ..state(&choice()) }), None, "{record}");
    }
    let twice = choice().to_string().replacen("\"op\":\"o1\"", "\"op\":\"o1\",\"op\":\"o1\"", 1);
    assert_eq!(evidence(&WireState { record: Some(twice), ..state(&choice()) }), None);
    assert_eq!(evidence(&WireState { record: None, ..state(&choice()) }), None);
    assert_eq!(evidence(&WireState { op: None, ..state(&choice()) }), None);
    assert_eq!(evidence(&WireState { status: Status::NotAnswered, ..state(&choice()) }), None);
}

#[test]
fn f_19_a_record_of_another_subject_is_no_evidence() {
    let of = |install: &str, subject: &str| changed(changed(choice(), "/install", json!(install)), "/subject", json!(subject));
    for (install, subject, counts) in [
        ("here", "s", true),
        ("here", "n", true),
        ("elsewhere", "s", true),
        ("elsewhere", "a_reference_of_another_phone", true),
        // A copy of this phone that nobody noticed writes under its name.
        ("here", "a_reference_of_another_phone", true),
        ("here", "t", false),
        ("elsewhere", "t", false),
        ("elsewhere", "m", false),
        ("here", "m", false),
        ("elsewhere", "d", false),
    ] {
        assert_eq!(evidence(&state(&of(install, subject))).is_some(), counts, "{install} {subject}");
        let brought = changed(changed(merge(), "/install", json!(install)), "/subject", json!(subject));
        assert_eq!(evidence(&state(&brought)).is_some(), counts, "merge: {install} {subject}");
        let older = changed(changed(import(), "/install", json!(install)), "/subject", json!(subject));
        assert_eq!(evidence(&state(&older)).is_some(), counts, "import: {install} {subject}");
    }
}

#[test]
fn f_19_a_record_of_another_scope_is_no_evidence_and_a_device_hears_only_of_itself() {
    let phone = phone();
    for reference in ["d", "s", "n", "another"] {
        for scope in ["device", "person"] {
            for install in ["here", "elsewhere"] {
                let record = changed(changed(choice(), "/subject", json!(reference)), "/scope", json!(scope));
                let told = state(&changed(record, "/install", json!(install)));
                let of = |subject: PulledSubject<'_>| answer::evidence(&told, &subject).is_some();
                let device = PulledSubject { reference: "d", scope: Scope::Device, account: false, state: &phone };
                assert_eq!(of(device), reference == "d" && scope == "device", "device: {reference} {scope} {install}");
                let anonymous = PulledSubject { reference: "n", scope: Scope::Person, account: false, state: &phone };
                assert_eq!(of(anonymous), reference == "n" && scope == "person", "anonymous: {reference} {scope} {install}");
                let account = PulledSubject { reference: "s", scope: Scope::Person, account: true, state: &phone };
                let own = ["s", "n", "another"].contains(&reference);
                assert_eq!(of(account), own && scope == "person", "account: {reference} {scope} {install}");
            }
        }
    }
}
