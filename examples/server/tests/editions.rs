//! Which edition of a policy the server goes by, by its own clock and the function that the phones ask.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use consentkit::{
    ledger::{ChoiceKind, millis},
    policy::Scope,
};
use consentkit_server::{Options, Server};
use serde_json::{Value, json};
use support::{Home, Phone, Say, start_with};

const POLICY: &str = include_str!("../../influential/policy.json");

/// Edition 3 with another number and day, and some changes.
fn edition(number: u32, effective_on: &str, changes: &[(&str, Value)]) -> String {
    let mut document: Value = serde_json::from_str(POLICY).unwrap();
    let dates =
        json!({ "edition": number, "version": format!("edition-{number}"), "announced_on": "2020-06-01", "effective_on": effective_on });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        document[name] = dates[name].clone();
    }
    document["amendments"]["versions"] = json!([dates]);
    for (pointer, value) in changes {
        *document.pointer_mut(pointer).unwrap() = value.clone();
    }
    document.to_string()
}

fn editions(home: &Home) -> (Value, Value) {
    let of = |path: &str| home.send("GET", path, None, b"").body["edition"].clone();
    (of("/v1/policies/influential"), of("/v1/policies/influential?edition=announced"))
}

#[test]
fn f_35_the_server_delivers_the_edition_in_force_and_the_one_that_comes_next() {
    let documents = [POLICY.to_owned(), edition(5, "2027-02-01", &[]), edition(4, "2026-12-20", &[])];
    let home = start_with(documents.to_vec());
    let phone = Phone::new(&home, "i_1");
    for (now, in_force, next) in [
        ("2026-12-19T23:59:59+09:00", json!(3), json!(4)),
        ("2026-12-20T00:00:00+09:00", json!(4), json!(5)),
        ("2027-02-01T00:00:00+09:00", json!(5), Value::Null),
        ("1970-01-01T00:00:00Z", json!(3), json!(4)),
        ("2100-01-01T00:00:00Z", json!(5), Value::Null),
    ] {
        home.now.store(millis(now).unwrap(), Ordering::SeqCst);
        assert_eq!(editions(&home), (in_force.clone(), next.clone()), "{now}");
        let answer = phone.sync(&home, &phone.device_subject(), &phone.token, None, &[]).body;
        assert_eq!((&answer["policy"]["edition"], &answer["announced"]["edition"]), (&in_force, &next), "{now}");
    }
    for (query, status) in [("edition=announced", 404), ("edition=in_force", 404), ("edition=4", 400), ("other=1", 400)] {
        assert_eq!(home.send("GET", &format!("/v1/policies/unknown?{query}"), None, b"").status, status, "{query}");
    }
}

#[test]
fn f_35_a_message_is_judged_by_the_edition_that_is_in_force_when_it_is_to_be_sent() {
    let document: Value = serde_json::from_str(POLICY).unwrap();
    let at = document["purposes"].as_array().unwrap().iter().position(|entry| entry["id"] == "marketing.email").unwrap();
    let raised = format!("/purposes/{at}/material");
    let home = start_with(vec![POLICY.to_owned(), edition(4, "2026-12-20", &[(&raised, json!(2))])]);
    for purpose in ["marketing.data_use", "marketing.email"] {
        home.web("acct_1", json!({ "purpose": purpose, "choice": "granted" }));
    }
    let before = home.may_send("acct_1", "email", "2026-12-19T23:59:59+09:00");
    assert_eq!((&before["allowed"], &before["policy"]["edition"]), (&json!(true), &json!(3)), "{before}");
    let after = home.may_send("acct_1", "email", "2026-12-20T00:00:00+09:00");
    assert_eq!((&after["reasons"], &after["policy"]["edition"]), (&json!(["ask_again:policy_changed"]), &json!(4)), "{after}");
}

#[test]
fn f_35_the_server_does_not_start_with_editions_of_which_nobody_could_say_which_one_counts() {
    for (fourth, fifth) in [("2026-12-20", "2026-12-20"), ("2026-12-20", "2026-12-19"), ("2100-01-01", "2099-12-31")] {
        let policies = vec![edition(4, fourth, &[]), edition(5, fifth, &[])];
        let options = Options { policies, ..support::options(None, &Arc::new(AtomicI64::new(0))) };
        let refused = Server::start(options).err().unwrap().to_string();
        assert!(refused.contains("edition 5") && refused.contains("edition 4") && refused.contains("effective_on"), "{refused}");
    }
}

#[test]
fn an_objection_counts_on_the_server_whatever_scope_a_later_edition_gives_its_purpose() {
    for (before, after) in [(Scope::Device, Scope::Person), (Scope::Person, Scope::Device)] {
        let edition_with = |number: u32, day: &str, scope: Scope| {
            let mut policy: Value = serde_json::from_str(&edition(number, day, &[])).unwrap();
            let mut silent = policy["purposes"][12].clone();
            for (name, value) in [("id", json!("usage")), ("basis", json!("opt_out")), ("scope", json!(scope)), ("material", json!(number))]
            {
                silent[name] = value;
            }
            for purpose in policy["purposes"].as_array_mut().unwrap().iter_mut().filter(|purpose| purpose["id"] == "marketing.email") {
                purpose["requires"].as_array_mut().unwrap().push(json!("usage"));
            }
            policy["purposes"].as_array_mut().unwrap().push(silent);
            policy.to_string()
        };
        let home = start_with(vec![edition_with(4, "2021-01-01", before), edition_with(5, "2026-12-20", after)]);
        let mut phone = Phone::new(&home, "p1");
        let link = phone.link();
        phone.push(&home, "acct_1", &[link]);
        for purpose in ["marketing.data_use", "marketing.email"] {
            home.web("acct_1", json!({ "purpose": purpose, "choice": "granted" }));
        }
        let says = |phone: &mut Phone, scope: Scope, choice: ChoiceKind| {
            let (device, person) = (phone.device.clone(), phone.person.clone());
            let subject = if scope == Scope::Device { &device } else { &person };
            let change = phone.say(Say { subject, scope, purpose: "usage", choice, seen: None, after: vec![] });
            let answer = match scope {
                Scope::Device => phone.sync(&home, &phone.device_subject(), &phone.token, None, &[change]).body,
                Scope::Person => phone.push(&home, "acct_1", &[change]),
            };
            assert_eq!(support::outcome(&answer, 0).0, "applied", "{answer}");
        };
        let reasons = |at: &str| home.may_send("acct_1", "email", at)["reasons"].clone();
        let (earlier, later) = ("2026-12-19T12:00:00+09:00", "2026-12-20T12:00:00+09:00");
        assert_eq!((reasons(earlier), reasons(later)), (json!([]), json!([])), "{before:?}: nobody objected");
        says(&mut phone, before, ChoiceKind::Refused);
        let requires = json!(["requires:usage"]);
        assert_eq!((reasons(earlier), reasons(later)), (requires.clone(), requires.clone()), "{before:?} to {after:?}");
        home.now.store(millis(later).unwrap(), Ordering::SeqCst);
        says(&mut phone, after, ChoiceKind::Granted);
        assert_eq!((reasons(earlier), reasons(later)), (requires, json!([])), "{before:?} to {after:?}: taken back under the new scope");
    }
}
