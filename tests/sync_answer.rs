//! Answers from a server that is broken, or lies: refused whole, or taken exactly as they are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{
    ledger::OutcomeKind,
    sync::{
        answer::{AnswerFaultKind, MAX_NAME_BYTES, MAX_OP_BYTES, MAX_TOKEN_BYTES, outcome, read, read_install},
        protocol::{MAX_LISTED_WITHDRAWALS, MAX_RESPONSE_BYTES},
        reply::{Sent, SentOp, Trouble},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn sent() -> Sent {
    let change = |op: &str, lowers| SentOp { op: op.into(), lowers };
    Sent { lane: 0, ops: vec![change("grant", false), change("withdrawal", true)], waiting: false, cursor: None }
}

fn valid() -> Value {
    json!({
        "results": [{"op": "grant", "outcome": "applied"}, {"op": "withdrawal", "outcome": "applied", "epoch": 4}],
        "states": [
            {"purpose": "marketing.email", "status": "withdrawn", "history": "h7", "epoch": 4, "revision": 19, "op": "withdrawal",
             "withdrawals": [{"op": "earlier", "epoch": 2}, {"op": "withdrawal", "epoch": 4}]},
            {"purpose": "marketing.sms", "status": "granted", "history": "h7", "epoch": 0, "revision": 18, "op": "g1"}
        ],
        "history": "h7", "cursor": "c19", "more": false, "anchor": {"seq": 41, "hash": "ab"},
        "policy": {"id": "influential", "version": "2020-05-27", "edition": 3}, "server_time": "2026-11-22T20:00:00.000Z"
    })
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

/// The valid answer with one place replaced; a missing last step is added.
fn with(pointer: &str, value: Value) -> Value {
    let mut answer = valid();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match answer.pointer_mut(parent).unwrap() {
        Value::Array(list) if last == "-" => list.push(value),
        Value::Array(list) => list[last.parse::<usize>().unwrap()] = value,
        Value::Object(object) => drop(object.insert(last.into(), value)),
        _ => panic!("{pointer}"),
    }
    answer
}

fn without(pointer: &str) -> Value {
    let mut answer = valid();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    answer.pointer_mut(parent).and_then(Value::as_object_mut).unwrap().remove(last).unwrap();
    answer
}

#[test]
fn a_valid_answer_is_read() {
    let response = read(&bytes(&valid()), &sent()).unwrap();
    assert_eq!((response.results.len(), response.states.len(), response.cursor.as_str()), (2, 2, "c19"));
}

#[test]
fn what_is_absent_or_unknown_but_harmless_is_tolerated() {
    for answer in [
        without("/more"),
        without("/anchor"),
        without("/policy"),
        with("/results", json!([])),
        with("/states", json!([])),
        with("/announcement", json!({"text": "new in this server"})),
        with("/results/0/detail", json!([1, 2, 3])),
        with("/states/0/decided_by", json!(null)),
        with("/states/0/withdrawals", json!([])),
        with("/states/0/epoch", json!(4)),
        with("/results/0/epoch", json!(0)),
        with("/results/1", json!({"op": "withdrawal", "outcome": "rejected", "reason": "bad_hash"})),
        with("/results/1", json!({"op": "withdrawal", "outcome": "stale_grant"})),
        with("/results/1", json!({"op": "withdrawal", "outcome": "duplicate", "first": "applied", "epoch": 1})),
        with("/results/1", json!({"op": "withdrawal", "outcome": "duplicate", "first": "rejected"})),
        with("/server_time", json!("2026-11-23T05:00:00+09:00")),
    ] {
        read(&bytes(&answer), &sent()).unwrap();
    }
}

/// A later server may say more at every level; what this version does not know is ignored.
#[test]
fn unknown_fields_of_a_later_server_are_ignored_at_every_level() {
    fn extend(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.values_mut().for_each(extend);
                object.insert("later".into(), json!({ "nested": [1, { "deep": null }], "text": "x" }));
                object.insert("Epoch".into(), json!(-1));
            }
            Value::Array(list) => list.iter_mut().for_each(extend),
            _ => {}
        }
    }
    let mut later = valid();
    extend(&mut later);
    assert_eq!(later.to_string().matches("\"later\"").count(), 9, "the answer, its parts, and each of their entries");
    let (plain, later) = (read(&bytes(&valid()), &sent()).unwrap(), read(&bytes(&later), &sent()).unwrap());
    assert!(plain == later);
    assert_eq!(read_install(br#"{"token":"t","later":{"a":1}}"#).unwrap().token, "t");
}

/// What this version does not know is skipped whatever it is: also a number that no type of ours holds.
#[test]
fn f_18_a_number_past_every_type_in_a_field_of_a_later_server_is_ignored() {
    let plain = String::from_utf8(bytes(&valid())).unwrap();
    let numbers = ["99999999999999999999999", "-9223372036854775809", "18446744073709551616", "1e400", "-1E+999999", "0.5e-99999"];
    for number in numbers.into_iter().map(str::to_owned).chain([format!("1{}", "0".repeat(5_000)), format!("0.{}1", "9".repeat(5_000))]) {
        let shown = number.get(..20).unwrap_or(&number);
        let fields = format!(r#"{{"new":{number},"list":[ {number} ,{{"deep":{number}}}],"text":"\\ {number}, \" {number}","#);
        let later = read(plain.replace('{', &fields).as_bytes(), &sent()).unwrap_or_else(|fault| panic!("{shown}: {fault}"));
        assert!(later == read(&bytes(&valid()), &sent()).unwrap(), "{shown}");
        // A field of ours holds none of them.
        let ours = plain.replace("\"epoch\":4", &format!("\"epoch\":{number}"));
        assert!(read(ours.as_bytes(), &sent()).is_err(), "{shown}");
    }
    for no_number in ["1e", "1e+", "01e400", "1.e400", "--1", "1e4.5", "+1e400", "1e400e400", "- 1", "1e400x"] {
        let broken = plain.replacen('{', &format!(r#"{{"new":{no_number},"#), 1);
        assert!(read(broken.as_bytes(), &sent()).is_err(), "{no_number}");
    }
}

#[test]
fn an_equal_key_is_refused_at_every_level_however_it_is_written() {
    let text = String::from_utf8(bytes(&valid())).unwrap();
    for key in [
        "results",
        "states",
        "history",
        "cursor",
        "server_time",
        "anchor",
        "policy",
        "op",
        "outcome",
        "epoch",
        "purpose",
        "status",
        "seq",
        "hash",
        "edition",
    ] {
        for written in [key.to_owned(), format!("\\u{:04x}{}", u32::from(key.as_bytes()[0]), &key[1..])] {
            let twice = text.replacen(&format!("\"{key}\":"), &format!("\"{written}\":null,\"{key}\":"), 1);
            assert_ne!(twice, text);
            let fault = read(twice.as_bytes(), &sent()).err().unwrap_or_else(|| panic!("{key}"));
            assert!(fault.place.ends_with("the key is there twice"), "{key}: {fault}");
        }
    }
}

/// Well-formed JSON with one thing wrong, and the place where it is told.
fn faulty() -> Vec<(Value, &'static str, AnswerFaultKind)> {
    use AnswerFaultKind::{Empty, Negative, NoFirst, NotNumbered, NotRising, NotSent, NotTime, TooLong, TooMany, Twice};
    let long = "n".repeat(MAX_NAME_BYTES + 1);
    let long_op = "n".repeat(MAX_OP_BYTES + 1);
    let many: Vec<Value> = (1..=MAX_LISTED_WITHDRAWALS + 1).map(|epoch| json!({"op": format!("w{epoch}"), "epoch": epoch})).collect();
    let listed = |list: Value| with("/states/0/withdrawals", list);
    vec![
        (with("/results/0/op", json!("somebody-else's")), "/results/0/op", NotSent),
        (with("/results/0/op", json!("")), "/results/0/op", NotSent),
        (with("/results/0/op", json!("Grant")), "/results/0/op", NotSent),
        (with("/results/-", json!({"op": "extra", "outcome": "applied"})), "/results/2/op", NotSent),
        (with("/results/-", json!({"op": "grant", "outcome": "applied"})), "/results/2/op", Twice),
        (with("/results/0", json!({"op": "withdrawal", "outcome": "rejected"})), "/results/1/op", Twice),
        (with("/results/0/outcome", json!("duplicate")), "/results/0/first", NoFirst),
        (with("/results/0", json!({"op": "grant", "outcome": "duplicate", "first": "duplicate"})), "/results/0/first", NoFirst),
        (with("/results/0", json!({"op": "grant", "outcome": "duplicate", "first": null})), "/results/0/first", NoFirst),
        (with("/results/1/epoch", json!(0)), "/results/1/epoch", NotNumbered),
        (with("/results/1/epoch", json!(null)), "/results/1/epoch", NotNumbered),
        (with("/results/1", json!({"op": "withdrawal", "outcome": "applied"})), "/results/1/epoch", NotNumbered),
        (with("/results/1", json!({"op": "withdrawal", "outcome": "duplicate", "first": "applied"})), "/results/1/epoch", NotNumbered),
        (with("/results/1/epoch", json!(-4)), "/results/1/epoch", Negative),
        (with("/results/0/epoch", json!(-1)), "/results/0/epoch", Negative),
        (with("/results/0/epoch", json!(i64::MIN)), "/results/0/epoch", Negative),
        (with("/results/0/reason", json!(long)), "/results/0/reason", TooLong),
        (with("/states/1/purpose", json!("marketing.email")), "/states/1/purpose", Twice),
        (with("/states/1/purpose", json!("")), "/states/1/purpose", Empty),
        (with("/states/1/purpose", json!(long)), "/states/1/purpose", TooLong),
        (with("/states/1/history", json!("")), "/states/1/history", Empty),
        (with("/states/1/op", json!(long_op)), "/states/1/op", TooLong),
        (with("/states/1/history", json!(long_op)), "/states/1/history", TooLong),
        (with("/history", json!(long_op)), "/history", TooLong),
        (listed(json!([{"op": long_op, "epoch": 4}])), "/states/0/withdrawals", TooLong),
        (with("/states/1/epoch", json!(-1)), "/states/1/epoch", Negative),
        (with("/states/1/revision", json!(-1)), "/states/1/revision", Negative),
        (with("/states/0/epoch", json!(5)), "/states/0/withdrawals", NotRising),
        (with("/states/0/epoch", json!(3)), "/states/0/withdrawals", NotRising),
        (with("/states/0/epoch", json!(0)), "/states/0/withdrawals", NotRising),
        (listed(json!([{"op": "a", "epoch": 4}, {"op": "b", "epoch": 4}])), "/states/0/withdrawals", NotRising),
        (listed(json!([{"op": "a", "epoch": 5}, {"op": "b", "epoch": 4}])), "/states/0/withdrawals", NotRising),
        (listed(json!([{"op": "a", "epoch": 0}, {"op": "b", "epoch": 4}])), "/states/0/withdrawals", NotRising),
        (listed(json!([{"op": "a", "epoch": -1}, {"op": "b", "epoch": 4}])), "/states/0/withdrawals", NotRising),
        (listed(json!([{"op": "", "epoch": 4}])), "/states/0/withdrawals", Empty),
        (listed(json!(many)), "/states/0/withdrawals", TooMany),
        (with("/history", json!("")), "/history", Empty),
        (with("/history", json!(long)), "/history", TooLong),
        (with("/cursor", json!("")), "/cursor", Empty),
        (with("/cursor", json!(long)), "/cursor", TooLong),
        (with("/anchor/seq", json!(-1)), "/anchor/seq", Negative),
        (with("/anchor/hash", json!(long)), "/anchor/hash", TooLong),
        (with("/policy/id", json!("")), "/policy/id", Empty),
        (with("/policy/version", json!(long)), "/policy/version", TooLong),
        (with("/server_time", json!("")), "/server_time", NotTime),
        (with("/server_time", json!("yesterday")), "/server_time", NotTime),
        (with("/server_time", json!("2026-02-30T00:00:00Z")), "/server_time", NotTime),
    ]
}

#[test]
fn an_answer_with_one_fault_is_refused_whole_and_names_the_place() {
    for (answer, place, kind) in faulty() {
        let fault = read(&bytes(&answer), &sent()).unwrap_err();
        assert_eq!((fault.place.as_str(), fault.kind), (place, kind));
    }
}

/// Not JSON, cut off, past a bound, of another shape, or with values that this version does not know.
fn unreadable() -> Vec<Vec<u8>> {
    let mut cases: Vec<Vec<u8>> = [
        "",
        " ",
        "\0",
        "null",
        "true",
        "[]",
        "{}",
        "\"ok\"",
        "OK",
        "<html></html>",
        "NaN",
        "{",
        "{\"results\":",
        "\u{feff}{}",
        "{\"results\":[],\"results\":[]}",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    let text = String::from_utf8(bytes(&valid())).unwrap();
    cases.extend((0..text.len()).step_by(7).map(|end| text.as_bytes()[..end].to_vec()));
    cases.push(format!("{text}{text}").into_bytes());
    cases.push(format!("{text}x").into_bytes());
    cases.push(text.replace("c19", "c\u{0}19").into_bytes());
    cases.push([text.as_bytes(), b"\xff"].concat());
    cases.push(text.replacen("\"epoch\":4", "\"epoch\":4,\"epoch\":5", 1).into_bytes());
    cases.push(text.replacen('{', "{\"extra\":{\"a\":1,\"a\":2},", 1).into_bytes());
    cases.push(text.replacen('{', &format!("{{\"extra\":{}{},", "[".repeat(40), "]".repeat(40)), 1).into_bytes());
    cases.push(text.replacen('{', &format!("{{\"extra\":{}{},", "[".repeat(50_000), "]".repeat(50_000)), 1).into_bytes());
    cases.push(text.replacen('{', &format!("{{\"extra\":[{}0],", "0,".repeat(10_001)), 1).into_bytes());
    cases.push(text.replacen('{', &format!("{{\"extra\":\"{}\",", "x".repeat(MAX_RESPONSE_BYTES)), 1).into_bytes());
    for pointer in ["/results", "/states", "/history", "/cursor", "/server_time", "/results/0/op", "/results/0/outcome"] {
        cases.push(bytes(&without(pointer)));
        for wrong in [json!(null), json!(1), json!({"a": 1}), json!([[]])] {
            cases.push(bytes(&with(pointer, wrong)));
        }
    }
    for pointer in ["/states/0/purpose", "/states/0/status", "/states/0/history", "/states/0/epoch", "/states/0/revision", "/anchor/seq"] {
        cases.push(bytes(&without(pointer)));
    }
    for (pointer, wrong) in [
        // Readers that serde derives take these: a list of the members for an object, and an object for a word.
        ("/results/0", json!(["grant", "applied", null, null, null])),
        ("/states/0/withdrawals/0", json!(["earlier", 2])),
        ("/anchor", json!([41, "ab"])),
        ("/policy", json!(["influential", "2020-05-27", 3])),
        ("/results/0/outcome", json!({"applied": null})),
        ("/states/0/status", json!({"withdrawn": null})),
        ("/results/0/outcome", json!("accepted")),
        ("/results/0/outcome", json!("APPLIED")),
        ("/results/0/first", json!("partly")),
        ("/states/0/status", json!("allowed")),
        ("/states/0/status", json!("Granted")),
        ("/states/0/status", json!(true)),
        ("/states/0/epoch", json!(4.5)),
        ("/states/0/epoch", json!("4")),
        ("/states/0/epoch", json!(u64::MAX)),
        ("/states/0/revision", json!(1e300)),
        ("/policy/edition", json!(-1)),
        ("/policy/edition", json!(4_294_967_296_u64)),
        ("/more", json!("no")),
        ("/more", json!(null)),
    ] {
        cases.push(bytes(&with(pointer, wrong)));
    }
    cases
}

#[test]
fn what_cannot_be_read_is_refused() {
    let cases = unreadable();
    assert!(cases.len() + faulty().len() >= 100, "{}", cases.len());
    for case in cases {
        let shown = String::from_utf8_lossy(&case[..case.len().min(80)]).into_owned();
        let fault = read(&case, &sent()).expect_err(&shown);
        assert_eq!(fault.kind, AnswerFaultKind::Unreadable, "{shown}");
    }
}

#[test]
fn a_fault_tells_the_place_and_no_value() {
    for (answer, ..) in faulty() {
        let secret = serde_json::to_string(&answer).unwrap().replace("c19", "secret-cursor").replace("h7", "secret-history");
        let Err(fault) = read(secret.as_bytes(), &sent()) else { panic!("read") };
        let told = format!("{fault} {fault:?} {:?}", Trouble::from(fault.clone()));
        for value in ["secret", "somebody", "marketing", "withdrawal\""] {
            assert!(!told.contains(value), "{told}");
        }
    }
}

#[test]
fn an_installation_token_must_fit_into_a_header() {
    assert_eq!(read_install(br#"{"token":"abc.DEF-123_~=","kind":"install"}"#).unwrap().token, "abc.DEF-123_~=");
    let long = format!(r#"{{"token":"{}"}}"#, "t".repeat(MAX_TOKEN_BYTES + 1));
    for (body, kind) in [
        (r#"{"token":""}"#, AnswerFaultKind::Empty),
        (long.as_str(), AnswerFaultKind::TooLong),
        (r#"{"token":"a b"}"#, AnswerFaultKind::NotHeader),
        (r#"{"token":"a\r\nX: y"}"#, AnswerFaultKind::NotHeader),
        (r#"{"token":"a\u0000"}"#, AnswerFaultKind::NotHeader),
        (r#"{"token":"토큰"}"#, AnswerFaultKind::NotHeader),
        (r#"{"token":1}"#, AnswerFaultKind::Unreadable),
        (r#"{"token":"a","token":"b"}"#, AnswerFaultKind::Unreadable),
        ("{}", AnswerFaultKind::Unreadable),
        ("", AnswerFaultKind::Unreadable),
    ] {
        assert_eq!(read_install(body.as_bytes()).map(|_| ()).unwrap_err().kind, kind, "{body:.40}");
    }
}

#[test]
fn a_duplicate_counts_as_what_became_of_it_the_first_time() {
    for (result, expected) in [
        (json!({"op": "grant", "outcome": "applied"}), OutcomeKind::Applied),
        (json!({"op": "grant", "outcome": "stale_grant"}), OutcomeKind::StaleGrant),
        (json!({"op": "grant", "outcome": "rejected", "reason": "fork"}), OutcomeKind::Rejected),
        (json!({"op": "grant", "outcome": "duplicate", "first": "applied"}), OutcomeKind::Applied),
        (json!({"op": "grant", "outcome": "duplicate", "first": "stale_grant"}), OutcomeKind::StaleGrant),
        (json!({"op": "grant", "outcome": "duplicate", "first": "rejected"}), OutcomeKind::Rejected),
    ] {
        let response = read(&bytes(&with("/results/0", result.clone())), &sent()).unwrap();
        let outcome = outcome(&response.results[0]);
        assert_eq!((outcome.outcome, outcome.op.as_str()), (expected, "grant"));
        assert_eq!(outcome.reason.as_deref(), result["reason"].as_str());
    }
    let response = read(&bytes(&valid()), &sent()).unwrap();
    assert_eq!(outcome(&response.results[1]).epoch, Some(4));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&body, &sent()).is_err());
    }

    /// Whatever one byte becomes: if the answer is still believed, it names nothing that was not sent.
    #[test]
    fn one_changed_byte_never_names_another_change(place: proptest::sample::Index, byte: u8) {
        let mut body = bytes(&valid());
        let place = place.index(body.len());
        body[place] = byte;
        if let Ok(response) = read(&body, &sent()) {
            prop_assert!(response.results.iter().all(|result| ["grant", "withdrawal"].contains(&result.op.as_str())));
        }
    }
}
