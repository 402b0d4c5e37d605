//! What is not understood is refused with its place, and nothing of it is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use consentkit::{
    ledger::{Body, ChoiceKind, Restore, chain},
    sync::protocol::{Change, ChangeKind},
};
use serde_json::{Value, json};
use support::{OPERATOR, Phone, seal, start};

const EMAIL: &str = "marketing.email";
const MIB: usize = 1024 * 1024;

#[test]
fn an_envelope_that_is_not_strict_json_is_refused_whole() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let token = home.account_token("acct_1");
    let good = phone.link();
    let text = phone.request("acct_1", None, &[good]).to_string();
    let with = |field: &str, value: Value| {
        let mut request = phone.request("acct_1", None, &[]);
        request[field] = value;
        request.to_string().into_bytes()
    };
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", vec![], "bad_json"),
        ("cut off", text.as_bytes()[..text.len() - 1].to_vec(), "bad_json"),
        ("more behind it", format!("{text}{text}").into_bytes(), "bad_json"),
        ("not UTF-8", b"{\"install\":\"\xff\"}".to_vec(), "bad_json"),
        ("a NUL outside of text", b"{\"install\":\0}".to_vec(), "bad_json"),
        ("a raw NUL inside of text", text.replace("acct_1", "acct\0_1").into_bytes(), "bad_json"),
        ("twice the same key", text.replacen('{', "{\"install\":\"p2\",", 1).into_bytes(), "bad_json"),
        ("twice the same key, deep", text.replacen("\"kind\":", "\"kind\":\"merge\",\"kind\":", 1).into_bytes(), "bad_json"),
        ("too deep", text.replacen("\"p1\"", &format!("{}{}", "[".repeat(40), "]".repeat(40)), 1).into_bytes(), "bad_json"),
        ("an endless list", format!("{{\"changes\":[{}1]}}", "1,".repeat(20_000)).into_bytes(), "bad_json"),
        ("no changes", with("changes", Value::Null), "bad_json"),
        ("a number for a name", with("install", json!(7)), "bad_json"),
        ("more than 100 changes", with("changes", json!(vec![json!({}); 101])), "too_many_changes"),
        ("no install", with("install", json!("")), "bad_install"),
        ("the server's install", with("install", json!("server")), "bad_install"),
        ("a long install", with("install", json!("x".repeat(65))), "bad_install"),
        ("an install with a NUL", with("install", json!("p\u{0}1")), "bad_install"),
        ("no subject", with("subject", json!("")), "bad_subject"),
        ("an e-mail address", with("subject", json!("kim@example.com")), "bad_subject"),
        ("a telephone number", with("subject", json!("010-1234-5678")), "bad_subject"),
        ("a device without a name", with("subject", json!("device:")), "bad_subject"),
        ("a device of another kind", with("subject", json!("anonymous:a b")), "bad_subject"),
        ("a long subject", with("subject", json!("x".repeat(129))), "bad_subject"),
        ("a NUL in the subject", with("subject", json!("acct\u{0}_1")), "bad_subject"),
    ];
    for (name, body, code) in table {
        let answer = home.send("POST", "/v1/sync", Some(&token), &body);
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!(code)), "{name}: {}", answer.body);
        let said = answer.body["error"].to_string();
        for private in ["kim", "example.com", "1234", "acct", token.as_str()] {
            assert!(!said.contains(private), "{name}: {said}");
        }
        assert!(!answer.body["error"]["what"].as_str().unwrap().is_empty(), "{name}");
    }
    assert_eq!(home.get("/v1/subjects/acct_1").status, 404, "nothing was kept");
}

#[test]
fn a_body_of_more_than_a_mebibyte_is_not_read() {
    let home = start();
    let phone = Phone::new(&home, "p1");
    let token = home.account_token("acct_1");
    let mut request = phone.request("acct_1", None, &[]);
    let room = MIB - request.to_string().len();
    request["cursor"] = json!("x".repeat(room - 8));
    assert!(request.to_string().len() <= MIB);
    assert_eq!(home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).status, 200);
    request["cursor"] = json!("x".repeat(room + 8));
    let answer = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes());
    assert_eq!((answer.status, &answer.body["error"]["code"]), (413, &json!("too_large")));
}

fn change(phone: &mut Phone) -> (Change, Value) {
    let change = phone.choice(EMAIL, ChoiceKind::Withdrawn, None);
    let value = serde_json::to_value(&change).unwrap();
    (change, value)
}

#[test]
fn a_bad_change_is_rejected_and_the_others_are_taken_up() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let link = phone.link();
    phone.push(&home, "acct_1", &[link]);
    let (whole, value) = change(&mut phone);
    let with = |field: &str, new: Value| {
        let mut value = value.clone();
        value[field] = new;
        value
    };
    // Bytes that fit their hash, and say something that may not be.
    let sealed = |edit: fn(&mut Value)| {
        let mut record: Value = serde_json::from_str(&whole.record).unwrap();
        edit(&mut record);
        let install = record["install"].as_str().unwrap_or("p1").to_owned();
        let seq = record["seq"].as_i64().unwrap_or(2);
        serde_json::to_value(seal(&install, seq, &whole.op, ChangeKind::Choice, record.to_string(), &chain::GENESIS).0).unwrap()
    };
    let without = |field: &str| {
        let mut value = value.clone();
        value.as_object_mut().unwrap().remove(field);
        value
    };
    let table = [
        ("no object", json!(7), "bad_change"),
        ("no salt", without("salt"), "bad_change"),
        ("an unknown kind", with("kind", json!("right")), "unknown_kind"),
        ("the wrong kind", with("kind", json!("merge")), "other_kind"),
        ("another op", with("op", json!("other")), "other_op"),
        ("no op", with("op", json!("")), "bad_op"),
        ("an op with a NUL", with("op", json!("a\u{0}b")), "bad_op"),
        ("a salt that is not hex", with("salt", json!("xyz")), "bad_hash"),
        ("another salt", with("salt", json!("08".repeat(32))), "bad_hash"),
        ("a short salt", with("salt", json!("07")), "bad_hash"),
        ("another record before it", with("prev", json!("00".repeat(32))), "bad_hash"),
        ("a short hash", with("hash", json!("00")), "bad_hash"),
        ("an upper-case hash", with("hash", json!(whole.hash.to_uppercase())), "bad_hash"),
        ("one byte changed", with("record", json!(whole.record.replace("withdrawn", "withdrawN"))), "bad_record"),
        ("a space more", with("record", json!(format!("{} ", whole.record))), "bad_hash"),
        ("no JSON", with("record", json!("{")), "bad_record"),
        ("twice the same key", with("record", json!(whole.record.replacen('{', "{\"seq\":9,", 1))), "bad_record"),
        ("a long record", with("record", json!(format!("{}{}", whole.record, " ".repeat(40_000)))), "too_large"),
        ("a newer format", sealed(|record| record["format"] = json!(2)), "newer_format"),
        ("format 0", sealed(|record| record["format"] = json!(0)), "bad_record"),
        ("the server's install", sealed(|record| record["install"] = json!("server")), "bad_install"),
        ("seq 0", sealed(|record| record["seq"] = json!(0)), "bad_seq"),
        ("seq -1", sealed(|record| record["seq"] = json!(-1)), "bad_seq"),
        ("a seq past all numbers", sealed(|record| record["seq"] = json!(u64::MAX)), "bad_record"),
        ("a purpose with a NUL", sealed(|record| record["purpose"] = json!("a\u{0}")), "bad_record"),
        ("a long purpose", sealed(|record| record["purpose"] = json!("x".repeat(129))), "bad_record"),
        ("no purpose", sealed(|record| record["purpose"] = json!("")), "bad_record"),
        ("an unknown choice", sealed(|record| record["choice"] = json!("maybe")), "bad_record"),
        ("a long surface", sealed(|record| record["surface"] = json!("x".repeat(65))), "bad_record"),
        ("a long list of own withdrawals", sealed(|record| record["after"] = json!(vec!["x"; 257])), "bad_record"),
        (
            "a yes for another subject",
            sealed(|record| {
                record["subject"] = json!("person-p2");
                record["choice"] = json!("granted");
            }),
            "wrong_subject",
        ),
    ];
    let token = home.account_token("acct_1");
    for (name, bad, reason) in table {
        let mut request = phone.request("acct_1", None, &[]);
        request["changes"] = json!([bad]);
        let answer = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes());
        let result = &answer.body["results"][0];
        assert_eq!((answer.status, &result["outcome"], &result["reason"]), (200, &json!("rejected"), &json!(reason)), "{name}");
    }
    let restore = phone.write(ChangeKind::Choice, Body::Restore(Restore { former: "p0".into(), device: "d".into(), lost: None }));
    let mut request = phone.request("acct_1", None, &[]);
    request["changes"] = json!([restore, {}, value]);
    let answer = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).body;
    let outcomes: Vec<&str> = (0..3).map(|index| answer["results"][index]["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["rejected", "rejected", "applied"]);
    assert_eq!(answer["anchor"]["seq"], 2, "what is refused leaves no trace");
}

#[test]
fn a_bad_web_change_is_rejected_and_the_others_are_taken_up() {
    let home = start();
    let table = [
        (json!(null), "bad_change"),
        (json!({ "purpose": EMAIL }), "bad_change"),
        (json!({ "purpose": EMAIL, "choice": "maybe" }), "bad_change"),
        (json!({ "purpose": EMAIL, "choice": "granted", "method": "toggle" }), "bad_change"),
        (json!({ "purpose": EMAIL, "choice": "granted", "colour": "red" }), "bad_change"),
        (json!({ "purpose": "", "choice": "withdrawn" }), "bad_purpose"),
        (json!({ "purpose": "a\u{0}", "choice": "withdrawn" }), "bad_purpose"),
        (json!({ "purpose": "no.such", "choice": "granted" }), "unknown_purpose"),
        (json!({ "purpose": "cookies.necessary", "choice": "withdrawn" }), "no_consent_needed"),
        (json!({ "purpose": "cookies.analytics", "choice": "granted" }), "wrong_scope"),
        (json!({ "purpose": EMAIL, "choice": "withdrawn", "at": "yesterday" }), "bad_time"),
        (json!({ "purpose": EMAIL, "choice": "withdrawn", "op": "a b" }), "bad_op"),
        (json!({ "purpose": EMAIL, "choice": "withdrawn", "surface": "x".repeat(65) }), "bad_label"),
        (json!({ "purpose": EMAIL, "choice": "granted", "text": "abc" }), "bad_text"),
        (json!({ "purpose": EMAIL, "choice": "granted", "after": ["a b"] }), "bad_after"),
    ];
    let mut changes: Vec<Value> = table.iter().map(|(change, _)| change.clone()).collect();
    changes.push(json!({ "purpose": EMAIL, "choice": "withdrawn" }));
    let answer = home.post("/v1/subjects/acct_1/changes", &json!({ "changes": changes }));
    for (index, (change, reason)) in table.iter().enumerate() {
        let result = &answer.body["results"][index];
        assert_eq!((&result["outcome"], &result["reason"]), (&json!("rejected"), &json!(reason)), "{change}");
    }
    assert_eq!(answer.body["results"][table.len()]["outcome"], "applied");
    assert_eq!(answer.body["states"].as_array().unwrap().len(), 1);
    for body in
        [json!({}), json!({ "changes": [] }), json!({ "changes": vec![json!({}); 101] }), json!({ "changes": [], "x": 1 }), json!([])]
    {
        assert_eq!(home.post("/v1/subjects/acct_1/changes", &body).status, 400, "{body}");
    }
    assert_eq!(home.post("/v1/subjects/device:d1/changes", &json!({ "changes": [{}] })).status, 404);
}

#[test]
fn f_48_an_unknown_field_of_the_web_is_refused_by_its_name() {
    let home = start();
    let seen = json!({ "subject": "acct_1", "history": "h", "epoch": 0 });
    let with = |field: &str, value: Value| {
        let mut change = json!({ "purpose": EMAIL, "choice": "granted", "seen": seen });
        change[field] = value;
        change
    };
    let mut deep = with("at", json!("2026-11-22T03:00:00Z"));
    deep["seen"]["epochs"] = json!(9);
    for (change, field) in [
        (with("colour", json!("red")), "/colour"),
        (with("Choice", json!("withdrawn")), "/Choice"),
        (with("subject", json!("acct_2")), "/subject"),
        (deep, "/seen/epochs"),
    ] {
        let result = home.web("acct_1", change);
        assert_eq!((&result["outcome"], &result["reason"], &result["field"]), (&json!("rejected"), &json!("bad_change"), &json!(field)));
    }
    for (body, field) in
        [(json!({ "changes": [{}], "change": [] }), "/change"), (json!({ "changes": [{}], "a/b\u{202e}": 1 }), "/a~1b\u{fffd}")]
    {
        let answer = home.post("/v1/subjects/acct_1/changes", &body);
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!("unknown_field")), "{body}");
        assert_eq!(answer.body["error"]["field"], field);
    }
    let answer = home.post("/v1/subjects/acct_1/token", &json!({ "ttl": 60 }));
    assert_eq!((answer.status, &answer.body["error"]["field"]), (400, &json!("/ttl")), "{}", answer.body);
    for body in ["{", "[]", "7", "null"] {
        assert_eq!(home.send("POST", "/v1/subjects/acct_1/token", Some(OPERATOR), body.as_bytes()).status, 400, "{body}");
    }
    for body in ["", "{}"] {
        assert_eq!(home.send("POST", "/v1/subjects/acct_1/token", Some(OPERATOR), body.as_bytes()).status, 200, "{body}");
    }
}

#[test]
fn f_48_a_page_past_its_bounds_is_refused_by_its_name() {
    let home = start();
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "withdrawn" }))["outcome"], "applied");
    for (query, field) in
        [("limit=201", "limit"), ("limit=0", "limit"), ("limit=-1", "limit"), ("before=0", "before"), ("before=-9", "before")]
    {
        let answer = home.get(&format!("/v1/subjects/acct_1?{query}"));
        assert_eq!((answer.status, &answer.body["error"]["field"]), (400, &json!(field)), "{query}");
    }
    assert_eq!(home.get("/v1/subjects/acct_1?limit=200&before=9007199254740991").status, 200);
    assert_eq!(home.get("/v1/subjects/acct_1?limit=1&limit=2").status, 400);
    assert_eq!(home.get("/v1/subjects/acct_1?limits=1").status, 400);
}

#[test]
fn an_equal_key_in_a_web_body_or_a_record_is_refused() {
    let home = start();
    for body in [
        r#"{"changes":[],"changes":[]}"#,
        r#"{"changes":[{"purpose":"marketing.email","choice":"granted","choice":"withdrawn"}]}"#,
        r#"{"changes":[{"purpose":"marketing.email","choice":"granted","seen":{"subject":"a","history":"h","epoch":1,"\u0065poch":2}}]}"#,
    ] {
        let answer = home.send("POST", "/v1/subjects/acct_1/changes", Some(OPERATOR), body.as_bytes());
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!("bad_json")), "{body}");
    }
}

#[test]
fn the_same_web_operation_takes_effect_once() {
    let home = start();
    let change = json!({ "op": "mail-1", "purpose": EMAIL, "choice": "withdrawn" });
    assert_eq!(home.web("acct_1", change.clone())["epoch"], 1);
    let again = home.web("acct_1", change.clone());
    assert_eq!((&again["outcome"], &again["first"], &again["epoch"]), (&json!("duplicate"), &json!("applied"), &json!(1)));
    let other = json!({ "op": "mail-1", "purpose": EMAIL, "choice": "refused" });
    assert_eq!(home.web("acct_1", other)["reason"], "other_bytes");
    assert_eq!(home.web("acct_2", change)["epoch"], 1, "a name is a subject's own: nobody can take it for somebody else");
    assert_eq!(home.state("acct_1", EMAIL)["epoch"], 1);
}

#[test]
fn a_withdrawal_of_a_purpose_that_no_policy_has_any_more_still_lands() {
    let home = start();
    assert_eq!(home.web("acct_1", json!({ "purpose": "marketing.fax", "choice": "withdrawn" }))["outcome"], "applied");
}

#[test]
fn contact_addresses_are_no_subjects() {
    let home = start();
    let personal = ["kim@example.com", "kim%40example.com", "010-1234-5678", "01012345678", "+82%2010-1234-5678", "%2B821012345678"];
    for subject in personal {
        let answer = home.post(&format!("/v1/subjects/{subject}/token"), &json!({}));
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!("bad_subject")), "{subject}");
        assert!(answer.body["error"]["what"].as_str().unwrap().contains("random id"), "{subject}");
    }
    for subject in ["device:d1", "anonymous:a1", "%00", "a%0Ab", "%ff", "%20acct", &"x".repeat(129)] {
        assert_eq!(home.post(&format!("/v1/subjects/{subject}/token"), &json!({})).status, 400, "{subject}");
    }
    for subject in ["acct_81", "81", "018f3a52-7c1e-7000-8000-000000000001", "%ED%9A%8C%EC%9B%9081"] {
        assert_eq!(home.post(&format!("/v1/subjects/{subject}/token"), &json!({})).status, 200, "{subject}");
    }
}

#[test]
fn an_address_or_method_that_is_not_there_is_told_in_the_same_form() {
    let home = start();
    for (method, path, status) in
        [("GET", "/", 404), ("GET", "/v1/duties", 404), ("GET", "/v1/sync", 405), ("DELETE", "/v1/subjects/a", 405)]
    {
        let answer = home.send(method, path, Some(support::OPERATOR), b"");
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.body["error"]["what"].as_str().unwrap().contains("/openapi.json"));
    }
    assert_eq!(home.get("/v1/subjects/acct_1?limit=many").status, 400);
    assert_eq!(home.send("GET", "/healthz", None, b"").body, json!({ "ok": true }));
    assert_eq!(home.send("GET", "/readyz", None, b"").body, json!({ "ok": true }));
}

#[test]
fn every_documented_address_is_there_and_asks_for_what_it_says() {
    let home = start();
    let document = home.send("GET", "/openapi.json", None, b"").body;
    let mut addresses = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let real = path.replace("{id}", if path.contains("policies") { "influential" } else { "acct_1" });
            let answer = home.send(&method.to_uppercase(), &real, None, b"");
            let keyed = operation["security"].as_array().is_some_and(|keys| !keys.is_empty());
            assert_eq!(answer.status == 401, keyed, "{method} {path}: {}", answer.status);
            assert!(operation["responses"].get(answer.status.to_string()).is_some(), "{method} {path}: {} is not told", answer.status);
            addresses += 1;
        }
    }
    assert_eq!(addresses, 10);
}

#[test]
fn history_comes_in_pages() {
    let home = start();
    for index in 0..5 {
        home.web("acct_1", json!({ "op": format!("w{index}"), "purpose": EMAIL, "choice": "withdrawn" }));
    }
    let first = home.get("/v1/subjects/acct_1?limit=3").body;
    let ops = |page: &Value| {
        page["changes"].as_array().unwrap().iter().map(|change| change["op"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ops(&first), ["w4", "w3", "w2"]);
    let second = home.get(&format!("/v1/subjects/acct_1?limit=3&before={}", first["next"])).body;
    assert_eq!((ops(&second), &second["next"]), (vec!["w1".to_owned(), "w0".to_owned()], &Value::Null));
}
