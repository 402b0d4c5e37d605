//! Which of the things that are known of a purpose stands: the edges where one number or one flag decides.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use consentkit::ledger::{AskAgain, CurrentAnswer, Key, Record, State, Status};
use serde_json::{Value, json};

const ME: &str = "me";
const SUBJECT: &str = "s";
const PURPOSE: &str = "marketing.email";
const DAY: &str = "2026-11-01T09:00:00.000Z";

fn key(fields: Value) -> Key {
    serde_json::from_value(fields).unwrap()
}

fn stands(key: &Key) -> (Status, Option<AskAgain>) {
    let CurrentAnswer { status, ask_again, .. } = key.current_answer(ME, true);
    (status, ask_again)
}

fn told(status: &str, op: &str, numbering: &str, epoch: i64, install: &str, seq: i64) -> Value {
    json!({
        "purpose": PURPOSE, "status": status, "history": numbering, "epoch": epoch, "withdrawals": [], "op": op,
        "evidence": { "install": install, "seq": seq, "at": DAY, "material": 1 }
    })
}

fn own_withdrawal(numbered: Value) -> Value {
    json!({ "op": "w", "seq": 7, "at": 1_000, "choice": "withdrawn", "numbered": numbered })
}

fn record(seq: i64, body: Value) -> Record {
    let mut record =
        json!({ "format": 1, "install": ME, "seq": seq, "op": format!("r{seq}"), "at": DAY, "offset": 0, "app": "1", "sdk": "1" });
    record.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

/// The fold of some records over one key.
fn folded(before: Key, records: Vec<Value>) -> Key {
    let mut state = State { install: ME.into(), device: "d".into(), person: SUBJECT.into(), ..State::default() };
    state.subjects.entry(SUBJECT.into()).or_default().keys.insert(PURPOSE.into(), before);
    for (index, body) in records.into_iter().enumerate() {
        state.apply(&record(i64::try_from(index).unwrap() + 20, body));
    }
    state.key(SUBJECT, PURPOSE).unwrap().clone()
}

#[test]
fn f_56_a_grant_of_the_server_counts_only_where_its_numbers_reach_the_own_withdrawal() {
    for (numbering, epoch, counts) in
        [("h", 3, false), ("h", 0, false), ("h", 4, true), ("h", 5, true), ("other", 4, false), ("other", 9, false)]
    {
        let key = key(
            json!({ "own_withdrawal": own_withdrawal(json!(["h", 4])), "remote": told("granted", "g", numbering, epoch, "another", 3) }),
        );
        assert_eq!(stands(&key).0 == Status::Granted, counts, "{numbering} {epoch}");
    }
    let unnumbered = key(json!({ "own_withdrawal": own_withdrawal(Value::Null), "remote": told("granted", "g", "h", 9, "another", 3) }));
    assert_eq!(stands(&unnumbered).0, Status::Withdrawn, "the server may not have heard of it");
}

#[test]
fn a_grant_of_this_installation_counts_only_where_it_is_newer_than_the_own_withdrawal() {
    for (seq, counts) in [(1, false), (6, false), (7, false), (8, true)] {
        let key = key(json!({ "own_withdrawal": own_withdrawal(json!(["h", 4])), "remote": told("granted", "g", "h", 9, ME, seq) }));
        assert_eq!(stands(&key).0 == Status::Granted, counts, "{seq}");
    }
}

#[test]
fn a_grant_that_the_server_does_not_take_does_not_count_whatever_its_giver_saw() {
    let pending = |stuck: bool| json!({ "pending": { "op": "g", "seq": 9, "choice": "granted", "at": 1, "material": 1, "stuck": stuck } });
    assert_eq!(stands(&key(pending(false))), (Status::Granted, None));
    assert_eq!(stands(&key(pending(true))), (Status::Granted, Some(AskAgain::Rejected)));
}

#[test]
fn f_56_the_same_grant_under_a_new_numbering_overrides_what_it_overrode_before() {
    let before = key(json!({ "own_withdrawal": own_withdrawal(json!(["h1", 1])), "remote": told("granted", "g", "h1", 1, "another", 3) }));
    assert_eq!(stands(&before).0, Status::Granted);
    let renamed =
        |state: Value| folded(before.clone(), vec![json!({ "kind": "remote", "subject": SUBJECT, "states": [state], "renamed": true })]);
    assert_eq!(stands(&renamed(told("granted", "g", "h2", 0, "another", 3))).0, Status::Granted, "the same grant");
    assert_eq!(
        stands(&renamed(told("granted", "other", "h2", 0, "another", 3))).0,
        Status::Withdrawn,
        "another grant may not have seen it"
    );
}

#[test]
fn f_56_a_merge_brings_no_grant_over_an_answer_of_the_account() {
    let merge = |choice: &str| json!({ "kind": "merge", "from": "n", "subject": SUBJECT, "answers": [{ "purpose": PURPOSE, "choice": choice, "op": "o", "material": 1 }] });
    for answered in ["refused", "withdrawn"] {
        let before = key(json!({ "remote": told(answered, "x", "h", 1, "another", 3) }));
        assert_ne!(stands(&folded(before, vec![merge("granted")])).0, Status::Granted, "{answered}");
    }
    let waiting = key(json!({
        "pending": { "op": "w", "seq": 7, "choice": "refused", "at": 1, "material": 1 }, "own_withdrawal": own_withdrawal(Value::Null)
    }));
    assert_eq!(stands(&folded(waiting, vec![merge("granted")])).0, Status::Refused);
    assert_eq!(stands(&folded(Key::default(), vec![merge("granted")])), (Status::Granted, None), "nothing was said before");
    let granted = key(json!({ "remote": told("granted", "g", "h", 0, "another", 3) }));
    assert_eq!(stands(&folded(granted, vec![merge("withdrawn")])).0, Status::Withdrawn, "a no lands");
}

#[test]
fn what_was_carried_from_another_phone_ends_with_the_servers_first_word() {
    let carried = key(json!({ "carried": "granted" }));
    assert_eq!(stands(&carried), (Status::Granted, Some(AskAgain::Restored)));
    let told =
        folded(carried, vec![json!({ "kind": "remote", "subject": SUBJECT, "states": [told("not_answered", "g", "h", 0, "another", 3)] })]);
    assert_eq!(stands(&told), (Status::NotAnswered, None), "the account was never asked");
}
