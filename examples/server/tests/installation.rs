//! Who speaks for an installation: the one that has its key. An account's token says for whom somebody speaks, and not on which phone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use consentkit::{
    ledger::{Body, ChoiceKind, Link, Merged, chain},
    policy::Scope,
    sync::{
        installation,
        protocol::{Change, ChangeKind},
    },
};
use serde_json::{Value, json};
use support::{Answer, Home, Phone, Say, chained, choice_body, outcome, start};

const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";
const ACCOUNT: &str = "acct_1";

/// Sends what somebody sends who has the account's token and knows the installation's name, and not its key.
fn forged(home: &Home, phone: &Phone, changes: &[Change]) -> Value {
    phone.push_unproved(home, ACCOUNT, &json!({}), changes)
}

/// A record that says it is of that installation's ledger, at a place that lies ahead.
fn record_of(phone: &Phone, seq: i64, op: &str, purpose: &str, choice: ChoiceKind) -> Change {
    let say = Say { subject: &phone.person, scope: Scope::Person, purpose, choice, seen: None, after: vec![] };
    chained(&phone.install, seq, op, ChangeKind::Choice, choice_body(say), support::NOON, &chain::GENESIS).0
}

#[test]
fn f_42_an_accounts_token_alone_takes_no_place_of_a_ledger() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let link = phone.link();
    phone.push(&home, ACCOUNT, &[link]);
    for (op, choice) in [("m-1", ChoiceKind::Withdrawn), ("m-2", ChoiceKind::Granted)] {
        forged(&home, &phone, &[record_of(&phone, 2, op, SMS, choice)]);
    }
    let own = phone.choice(EMAIL, ChoiceKind::Granted, None);
    let answer = phone.push(&home, ACCOUNT, &[own]);
    assert_eq!(outcome(&answer, 0), ("applied", ""), "its own next record is no fork");
    assert_eq!(answer["anchor"]["hash"], json!(chain::hex(&phone.head)));
}

#[test]
fn f_42_a_no_by_an_accounts_token_lands_at_once_and_anything_else_waits_for_the_proof() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let (link, grant, withdrawal) =
        (phone.link(), phone.choice(SMS, ChoiceKind::Granted, None), phone.choice(EMAIL, ChoiceKind::Withdrawn, None));
    let answer = forged(&home, &phone, &[link.clone(), grant.clone(), withdrawal.clone()]);
    assert_eq!(outcome(&answer, 0), ("rejected", "unproven"));
    assert_eq!(outcome(&answer, 1), ("rejected", "unproven"));
    assert_eq!((outcome(&answer, 2), &answer["results"][2]["epoch"]), (("applied", "unproven"), &json!(1)));
    assert_eq!(home.state(ACCOUNT, EMAIL)["status"], "withdrawn");
    assert_eq!(home.state(ACCOUNT, SMS), Value::Null);
    // What was refused was not remembered, and what landed keeps its number and takes its place now.
    let answer = phone.push(&home, ACCOUNT, &[link, grant, withdrawal]);
    assert_eq!((outcome(&answer, 0), outcome(&answer, 1)), (("applied", ""), ("applied", "")));
    assert_eq!((outcome(&answer, 2).0, &answer["results"][2]["epoch"]), ("duplicate", &json!(1)));
    assert_eq!(answer["anchor"]["seq"], 3);
}

#[test]
fn f_42_the_noes_of_a_mixed_merge_land_and_the_merge_itself_waits_for_the_proof() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let anonymous = phone.anonymous.clone();
    let say = |phone: &mut Phone, purpose, choice| {
        phone.say(Say { subject: &anonymous, scope: Scope::Person, purpose, choice, seen: None, after: vec![] })
    };
    let (yes, no) = (say(&mut phone, SMS, ChoiceKind::Granted), say(&mut phone, EMAIL, ChoiceKind::Refused));
    let subject = phone.anonymous_subject();
    assert_eq!(phone.sync(&home, &subject, &phone.token, None, &[yes.clone(), no.clone()]).status, 200);
    let merged = |purpose: &str, choice, op: &str| Merged {
        purpose: purpose.into(),
        choice,
        op: op.into(),
        material: 1,
        at: None,
        undated: false,
        actor: consentkit::ledger::Actor::Person,
    };
    let link = phone.link();
    let merge = phone.merge(vec![merged(SMS, ChoiceKind::Granted, &yes.op), merged(EMAIL, ChoiceKind::Refused, &no.op)]);
    let answer = forged(&home, &phone, &[link.clone(), merge.clone()]);
    assert_eq!(outcome(&answer, 1), ("rejected", "unproven"));
    assert_eq!((home.state(ACCOUNT, EMAIL)["status"].clone(), home.state(ACCOUNT, SMS)), (json!("refused"), Value::Null));
    let answer = phone.push(&home, ACCOUNT, &[link, merge]);
    assert_eq!(outcome(&answer, 1), ("applied", ""));
    assert_eq!(home.state(ACCOUNT, SMS)["status"], "granted");
    assert_eq!(home.state(ACCOUNT, EMAIL)["epoch"], 1, "the same no once");
}

#[test]
fn f_42_the_anchor_is_told_to_its_own_installation_alone() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let link = phone.link();
    assert_eq!(phone.push(&home, ACCOUNT, &[link])["anchor"]["seq"], 1);
    assert_eq!(forged(&home, &phone, &[])["anchor"], Value::Null);
    let other = Phone::keyed(&home, 2);
    let mut request = phone.request(ACCOUNT, None, &[]);
    request["proof"] = json!(other.proof);
    let answer = home.send("POST", "/v1/sync", Some(&home.account_token(ACCOUNT)), request.to_string().as_bytes());
    assert_eq!(answer.body["anchor"], Value::Null, "another's key proves nothing");
}

#[test]
fn f_42_what_anybody_says_was_acknowledged_renews_no_numbering() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None)];
    let before = phone.push(&home, ACCOUNT, &changes);
    let history = before["history"].as_str().unwrap();
    let lies = [
        json!({ "acknowledged": { "seq": 99, "hash": "00".repeat(32) } }),
        json!({ "acknowledged": { "seq": i64::MAX, "hash": "" } }),
        json!({ "cursor": format!("{history}:99:0011223344556677") }),
        json!({ "cursor": format!("{history}:1:0011223344556677") }),
        json!({ "cursor": format!("{history}:99") }),
        json!({ "cursor": format!("{history}:-1:0011223344556677") }),
        json!({ "cursor": format!("{history}:{}:0011223344556677", i64::MAX) }),
        json!({ "proof": "00".repeat(32), "cursor": format!("{history}:99:0011223344556677") }),
    ];
    for lie in lies {
        let answer = phone.push_unproved(&home, ACCOUNT, &lie, &[]);
        assert_eq!(answer["history"], before["history"], "{lie}");
        assert_eq!(answer["states"].as_array().unwrap().len(), 1, "from the start: {lie}");
    }
}

fn register(home: &Home, install: &str, proof: Option<&str>, bearer: Option<&str>) -> Answer {
    home.send("POST", "/v1/installs", bearer, json!({ "install": install, "proof": proof }).to_string().as_bytes())
}

#[test]
fn f_42_only_its_key_registers_a_name_and_gets_its_token_each_time() {
    let home = start();
    let (phone, other) = (Phone::keyed(&home, 1), Phone::keyed(&home, 2));
    let unused = installation::name(&[3; installation::KEY_BYTES]);
    for install in [&phone.install, &unused] {
        for (proof, bearer) in [(None, None), (Some(other.proof.as_str()), None), (Some(""), Some(other.token.as_str()))] {
            let answer = register(&home, install, proof, bearer);
            assert_eq!((answer.status, &answer.body["error"]["code"]), (403, &json!("unproven")));
        }
    }
    for _again in 0..2 {
        let answer = register(&home, &phone.install, Some(&phone.proof), None);
        assert_eq!((answer.status, &answer.body["token"]), (200, &json!(phone.token)), "an answer that was lost costs nothing");
    }
    assert_eq!(phone.sync(&home, &phone.device_subject(), &phone.token, None, &[]).status, 200, "and the token is good");
    assert_eq!(phone.sync(&home, &phone.device_subject(), &other.token, None, &[]).status, 403);
}

#[test]
fn f_42_for_a_name_of_before_there_were_keys_its_token_is_the_proof() {
    let home = start();
    let (mut phone, other) = (Phone::new(&home, "p1"), Phone::new(&home, "p2"));
    let (link, grant) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None));
    let proof = phone.proof.clone();
    for wrong in ["", "guess", other.token.as_str(), "p1"] {
        phone.proof = wrong.into();
        let answer = phone.push(&home, ACCOUNT, &[link.clone(), grant.clone()]);
        assert_eq!((outcome(&answer, 0), outcome(&answer, 1)), (("rejected", "unproven"), ("rejected", "unproven")), "{wrong}");
    }
    phone.proof = proof;
    let answer = phone.push(&home, ACCOUNT, &[link, grant]);
    assert_eq!((outcome(&answer, 0), outcome(&answer, 1)), (("applied", ""), ("applied", "")));
}

#[test]
fn f_42_a_name_of_an_operation_is_a_subjects_own() {
    let home = start();
    let (mut phone, mut mallory) = (Phone::keyed(&home, 1), Phone::keyed(&home, 2));
    let (link, grant) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None));
    // Under another account, somebody uses the very name that the phone is about to use.
    let theirs = mallory.link();
    mallory.push(&home, "acct_m", &[theirs]);
    let say =
        Say { subject: &mallory.person, scope: Scope::Person, purpose: SMS, choice: ChoiceKind::Withdrawn, seen: None, after: vec![] };
    let taken = chained(&mallory.install, 2, &grant.op, ChangeKind::Choice, choice_body(say), support::NOON, &mallory.head).0;
    assert_eq!(outcome(&mallory.push(&home, "acct_m", &[taken]), 0), ("applied", ""));
    let answer = phone.push(&home, ACCOUNT, &[link, grant]);
    assert_eq!(outcome(&answer, 1), ("applied", ""));
}

#[test]
fn f_42_a_copied_record_takes_no_place_and_its_own_installation_takes_it_later() {
    let home = start();
    let (mut phone, mut copy) = (Phone::keyed(&home, 1), Phone::keyed(&home, 2));
    let theirs = copy.link();
    copy.push(&home, ACCOUNT, &[theirs]);
    let (link, withdrawal) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None));
    // Another installation brings the record, with a salt of its own choice around it.
    let mut brought = withdrawal.clone();
    let salt = [9_u8; 32];
    let prev: chain::Hash = chain::unhex(&withdrawal.prev).unwrap().try_into().unwrap();
    brought.salt = chain::hex(&salt);
    brought.hash = chain::hex(&chain::link(&phone.install, 2, &prev, &chain::leaf(&salt, withdrawal.record.as_bytes())));
    let answer = copy.push(&home, ACCOUNT, &[brought]);
    assert_eq!((outcome(&answer, 0), &answer["anchor"]["seq"]), (("applied", "copied"), &json!(1)));
    let answer = phone.push(&home, ACCOUNT, &[link, withdrawal]);
    assert_eq!((outcome(&answer, 1).0, &answer["results"][1]["epoch"]), ("duplicate", &json!(1)));
    assert_eq!(answer["anchor"], json!({ "seq": 2, "hash": chain::hex(&phone.head) }), "the place and the hash are its own");
}

/// What an installation hears must not depend on what somebody without its key sends, whatever that is and wherever it comes between.
#[test]
fn f_42_nothing_that_is_sent_without_the_key_changes_what_an_installation_hears() {
    type Attack = fn(&Home, &Phone);
    let attacks: [Attack; 6] = [
        |home, phone| drop(forged(home, phone, &[record_of(phone, 3, "m-1", EMAIL, ChoiceKind::Granted)])),
        |home, phone| {
            let link = Body::Link(Link { subject: phone.person.clone(), account: true });
            drop(forged(home, phone, &[chained(&phone.install, 2, "m-2", ChangeKind::Link, link, support::NOON, &chain::GENESIS).0]));
        },
        |home, phone| {
            let mut request = phone.request(ACCOUNT, None, &[]);
            request["proof"] = json!("ff".repeat(32));
            request["acknowledged"] = json!({ "seq": 1_000, "hash": "11".repeat(32) });
            home.send("POST", "/v1/sync", Some(&home.account_token(ACCOUNT)), request.to_string().as_bytes());
        },
        |home, phone| drop(register(home, &phone.install, None, None)),
        |home, phone| drop(register(home, &phone.install, Some(&"00".repeat(32)), Some("guess"))),
        |home, _| {
            let mut own = Phone::keyed(home, 9);
            let link = own.link();
            own.push(home, "acct_m", &[link]);
        },
    ];
    let story = |between: &dyn Fn(&Home, &Phone, usize)| -> Vec<Value> {
        let home = start();
        let mut phone = Phone::keyed(&home, 1);
        let mut heard = vec![];
        for step in 0..4 {
            between(&home, &phone, step);
            let change = match step {
                0 => phone.link(),
                1 | 3 => phone.choice(EMAIL, ChoiceKind::Withdrawn, None),
                _ => {
                    let seen = support::seen(&phone.person, heard.last().unwrap(), EMAIL);
                    phone.choice(EMAIL, ChoiceKind::Granted, seen)
                }
            };
            heard.push(phone.push(&home, ACCOUNT, &[change]));
        }
        heard
    };
    // What each answer says, but for the random name of the numbering and what holds it: only whether it is still the first one.
    let plain = |heard: Vec<Value>| -> Vec<Value> {
        let first = heard[0]["history"].clone();
        let told = |answer: &Value| {
            let states = answer["states"].as_array().unwrap().iter();
            let states: Vec<Value> =
                states.map(|state| json!([state["status"], state["epoch"], state["op"], state["withdrawals"]])).collect();
            json!([answer["results"], answer["anchor"]["seq"], answer["history"] == first, states])
        };
        heard.iter().map(told).collect()
    };
    let undisturbed = plain(story(&|_, _, _| {}));
    for (index, attack) in attacks.iter().enumerate() {
        for at in 0..4 {
            let disturbed = plain(story(&|home, phone, step| {
                if step == at {
                    attack(home, phone)
                }
            }));
            assert_eq!(disturbed, undisturbed, "attack {index} before step {at}");
        }
    }
}

/// What the server answers to a phone that says what was acknowledged.
fn acknowledging(home: &Home, phone: &Phone, proof: bool, named: &Value, changes: &[Change]) -> Value {
    let members = json!({ "acknowledged": named });
    if proof { phone.push_with(home, ACCOUNT, &members, changes) } else { phone.push_unproved(home, ACCOUNT, &members, changes) }
}

#[test]
fn f_43_a_phone_is_told_that_what_was_acknowledged_is_not_held_whatever_it_brings_along() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let link = phone.link();
    let first = phone.push(&home, ACCOUNT, &[link]);
    assert_eq!((&first["last_arrived"], &first["lost"]), (&first["anchor"], &Value::Null));
    // Another record at a place that is held, and places that are not: each was acknowledged by a server that has lost it.
    let lost = [
        json!({ "seq": 1, "hash": "00".repeat(32) }),
        json!({ "seq": 2, "hash": first["anchor"]["hash"] }),
        json!({ "seq": i64::MAX, "hash": first["anchor"]["hash"] }),
    ];
    for named in lost {
        let newer = phone.choice(EMAIL, ChoiceKind::Withdrawn, None);
        let answer = acknowledging(&home, &phone, true, &named, &[newer]);
        assert_eq!(answer["lost"], true, "{named}");
        let answer = acknowledging(&home, &phone, true, &answer["last_arrived"], &[]);
        assert_eq!(answer["lost"], Value::Null, "it shows what is held now");
        let answer = acknowledging(&home, &phone, false, &named, &[]);
        assert_eq!((&answer["lost"], &answer["last_arrived"]), (&Value::Null, &Value::Null), "told to itself alone: {named}");
    }
    for other in [json!(null), json!(1), json!("x"), json!({ "seq": 1 })] {
        assert_eq!(acknowledging(&home, &phone, true, &other, &[])["lost"], Value::Null, "{other}");
    }
}

#[test]
fn f_43_the_record_that_came_last_is_told_whatever_its_place() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let link = phone.link();
    let (earlier, later) = (phone.choice(EMAIL, ChoiceKind::Withdrawn, None), phone.choice(SMS, ChoiceKind::Withdrawn, None));
    phone.push(&home, ACCOUNT, &[link, later]);
    let answer = phone.push(&home, ACCOUNT, std::slice::from_ref(&earlier));
    assert_eq!((&answer["anchor"]["seq"], &answer["last_arrived"]["seq"]), (&json!(3), &json!(2)));
    assert_eq!(answer["last_arrived"]["hash"], json!(earlier.hash));
}
