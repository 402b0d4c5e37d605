//! The conflict rule of `docs/sync.md`, sentence by sentence, over the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use consentkit::{
    ledger::{Actor, ChoiceKind, Merged, Seen},
    policy::Scope,
};
use serde_json::json;
use support::{Phone, Say, chained, choice_body, seen, start};

const EMAIL: &str = "marketing.email";

#[test]
fn a_withdrawal_always_lands_whatever_its_clock_says() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let (link, grant) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None));
    let body = choice_body(Say {
        subject: &phone.person.clone(),
        scope: Scope::Person,
        purpose: EMAIL,
        choice: ChoiceKind::Withdrawn,
        seen: None,
        after: vec![],
    });
    let withdrawal = phone.write_at(consentkit::sync::protocol::ChangeKind::Choice, body, -4_000_000_000_000);
    let answer = phone.push(&home, "acct_1", &[link, grant, withdrawal]);
    assert_eq!(answer["results"][1]["outcome"], "applied");
    assert_eq!(answer["results"][2]["outcome"], "applied");
    assert_eq!(answer["results"][2]["epoch"], 1);
    assert_eq!(home.state("acct_1", EMAIL)["status"], "withdrawn");
}

#[test]
fn a_grant_never_overrides_a_withdrawal_it_has_not_seen() {
    let home = start();
    let (mut one, mut two) = (Phone::new(&home, "p1"), Phone::new(&home, "p2"));
    let changes = [one.link(), one.choice(EMAIL, ChoiceKind::Granted, None), one.choice(EMAIL, ChoiceKind::Withdrawn, None)];
    one.push(&home, "acct_1", &changes);
    let changes = [two.link(), two.choice(EMAIL, ChoiceKind::Granted, None)];
    let answer = two.push(&home, "acct_1", &changes);
    assert_eq!(answer["results"][1]["outcome"], "stale_grant");
    assert_eq!(answer["results"][1]["reason"], "unseen_withdrawal");
    assert_eq!(home.state("acct_1", EMAIL)["status"], "withdrawn");

    let informed = two.choice(EMAIL, ChoiceKind::Granted, seen(&two.person, &answer, EMAIL));
    let answer = two.push(&home, "acct_1", &[informed]);
    assert_eq!(answer["results"][0]["outcome"], "applied");
    assert_eq!(home.state("acct_1", EMAIL)["status"], "granted");
}

#[test]
fn a_grant_may_name_the_own_withdrawals_that_it_follows() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let (link, withdrawal) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None));
    let person = phone.person.clone();
    let grant = phone.say(Say {
        subject: &person,
        scope: Scope::Person,
        purpose: EMAIL,
        choice: ChoiceKind::Granted,
        seen: None,
        after: vec![withdrawal.op.clone()],
    });
    let answer = phone.push(&home, "acct_1", &[link, withdrawal, grant]);
    assert_eq!(answer["results"][2]["outcome"], "applied");
    assert_eq!(home.state("acct_1", EMAIL)["status"], "granted");
}

#[test]
fn a_grant_that_saw_another_subject_is_stale() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let (link, withdrawal) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None));
    let answer = phone.push(&home, "acct_1", &[link, withdrawal]);
    let theirs = Seen { subject: "person-p9".into(), ..seen(&phone.person, &answer, EMAIL).unwrap() };
    let grant = phone.choice(EMAIL, ChoiceKind::Granted, Some(theirs));
    assert_eq!(phone.push(&home, "acct_1", &[grant])["results"][0]["outcome"], "stale_grant");
}

#[test]
fn a_web_tab_left_open_carries_the_seen_of_its_rendering() {
    let home = start();
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted" }))["outcome"], "applied");
    let rendered = home.state("acct_1", EMAIL)["seen"].clone();
    let withdrawn = home.web("acct_1", json!({ "purpose": EMAIL, "choice": "withdrawn", "method": "call", "actor": "operator" }));
    assert_eq!((&withdrawn["outcome"], &withdrawn["epoch"]), (&json!("applied"), &json!(1)));

    let late = home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted", "seen": rendered }));
    assert_eq!(late["outcome"], "stale_grant");
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted" }))["outcome"], "stale_grant");
    assert_eq!(home.state("acct_1", EMAIL)["status"], "withdrawn");

    let rendered = home.state("acct_1", EMAIL)["seen"].clone();
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted", "seen": rendered }))["outcome"], "applied");
}

#[test]
fn a_web_withdrawal_reaches_the_phone_with_its_record() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None)];
    let first = phone.push(&home, "acct_1", &changes);
    home.web("acct_1", json!({ "op": "web-1", "purpose": EMAIL, "choice": "withdrawn", "surface": "unsubscribe" }));
    let cursor = first["cursor"].as_str().unwrap();
    let pulled = phone.sync(&home, "acct_1", &home.account_token("acct_1"), Some(cursor), &[]).body;
    let state = &pulled["states"][0];
    assert_eq!((&state["purpose"], &state["status"], &state["op"]), (&json!(EMAIL), &json!("withdrawn"), &json!("web-1")));
    assert_eq!(state["withdrawals"], json!([{ "op": "web-1", "epoch": 1 }]));
    let record: serde_json::Value = serde_json::from_str(state["record"].as_str().unwrap()).unwrap();
    assert_eq!((&record["install"], &record["method"], &record["op"]), (&json!("server"), &json!("web"), &json!("web-1")));
}

#[test]
fn the_same_operation_is_a_duplicate_with_its_first_outcome() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None), phone.choice(EMAIL, ChoiceKind::Granted, None)];
    let first = phone.push(&home, "acct_1", &changes);
    let again = phone.push(&home, "acct_1", &changes);
    for (index, outcome) in ["applied", "applied", "stale_grant"].into_iter().enumerate() {
        assert_eq!(first["results"][index]["outcome"], outcome);
        assert_eq!(again["results"][index]["outcome"], "duplicate");
        assert_eq!(again["results"][index]["first"], outcome);
        assert_eq!(again["results"][index]["epoch"], first["results"][index]["epoch"]);
    }
    assert_eq!(again["cursor"], first["cursor"]);
    assert_eq!(home.get("/v1/subjects/acct_1").body["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn the_same_operation_with_other_bytes_is_rejected() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let (link, choice) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None));
    phone.push(&home, "acct_1", &[link, choice.clone()]);
    let person = phone.person.clone();
    let body = choice_body(Say {
        subject: &person,
        scope: Scope::Person,
        purpose: EMAIL,
        choice: ChoiceKind::Granted,
        seen: None,
        after: vec![choice.op.clone()],
    });
    let (other, _) = chained(&phone.install, 3, &choice.op, choice.kind, body, support::NOON, &phone.head);
    let answer = phone.push(&home, "acct_1", &[other]);
    assert_eq!((&answer["results"][0]["outcome"], &answer["results"][0]["reason"]), (&json!("rejected"), &json!("other_bytes")));
    assert_eq!(home.state("acct_1", EMAIL)["status"], "withdrawn");
}

#[test]
fn on_a_fork_withdrawals_apply_and_grants_are_stale() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let (link, choice) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None));
    phone.push(&home, "acct_1", &[link, choice.clone()]);
    let person = phone.person.clone();
    let forked = |op: &str, purpose: &str, choice| {
        let say = Say { subject: &person, scope: Scope::Person, purpose, choice, seen: None, after: vec![] };
        chained("p1", 2, op, consentkit::sync::protocol::ChangeKind::Choice, choice_body(say), support::NOON, &[9; 32]).0
    };
    let changes = [forked("f1", "marketing.sms", ChoiceKind::Granted), forked("f2", EMAIL, ChoiceKind::Withdrawn)];
    let answer = phone.push(&home, "acct_1", &changes);
    assert_eq!((&answer["results"][0]["outcome"], &answer["results"][0]["reason"]), (&json!("stale_grant"), &json!("fork")));
    assert_eq!((&answer["results"][1]["outcome"], &answer["results"][1]["reason"]), (&json!("applied"), &json!("fork")));
    assert_eq!(home.state("acct_1", "marketing.sms"), serde_json::Value::Null);
    assert_eq!(home.state("acct_1", EMAIL)["status"], "withdrawn");
}

#[test]
fn a_copied_phone_may_withdraw_but_its_copied_grants_are_stale() {
    let home = start();
    let mut old = Phone::new(&home, "p1");
    let link = old.link();
    old.push(&home, "acct_1", &[link]);
    let (grant, withdrawal) = (old.choice(EMAIL, ChoiceKind::Granted, None), old.choice("marketing.sms", ChoiceKind::Withdrawn, None));
    let new = Phone::new(&home, "p2");
    let answer = new.push(&home, "acct_1", &[grant, withdrawal]);
    assert_eq!((&answer["results"][0]["outcome"], &answer["results"][0]["reason"]), (&json!("stale_grant"), &json!("copied")));
    assert_eq!(answer["results"][1]["outcome"], "applied");
}

#[test]
fn a_merge_brings_withdrawals_and_only_grants_that_are_known_and_unanswered() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let anonymous = phone.anonymous.clone();
    let mut say =
        |purpose: &str, choice| phone.say(Say { subject: &anonymous, scope: Scope::Person, purpose, choice, seen: None, after: vec![] });
    let email = say(EMAIL, ChoiceKind::Granted);
    let sms = say("marketing.sms", ChoiceKind::Refused);
    let push = say("marketing.push", ChoiceKind::Granted);
    let kakao = say("marketing.kakao", ChoiceKind::Granted);
    let known = [email.clone(), sms.clone(), push.clone()];
    assert_eq!(phone.sync(&home, &phone.anonymous_subject(), &phone.token, None, &known).status, 200);
    home.web("acct_1", json!({ "purpose": "marketing.push", "choice": "refused" }));
    home.web("acct_1", json!({ "purpose": "marketing.sms", "choice": "granted" }));

    let merged = |purpose: &str, choice, op: &str| Merged {
        purpose: purpose.into(),
        choice,
        op: op.into(),
        material: 1,
        at: None,
        undated: false,
        actor: Actor::Person,
    };
    let answers = vec![
        merged(EMAIL, ChoiceKind::Granted, &email.op),
        merged("marketing.sms", ChoiceKind::Refused, &sms.op),
        merged("marketing.push", ChoiceKind::Granted, &push.op),
        merged("marketing.kakao", ChoiceKind::Granted, &kakao.op),
    ];
    let changes = [phone.link(), phone.merge(answers)];
    let answer = phone.push(&home, "acct_1", &changes);
    assert_eq!(answer["results"][1]["outcome"], "applied");
    let state = |purpose: &str| answer["states"].as_array().unwrap().iter().find(|state| state["purpose"] == purpose).cloned();
    let carried = state(EMAIL).unwrap();
    assert_eq!((&carried["status"], &carried["op"]), (&json!("granted"), &json!(email.op)));
    assert_eq!(carried["record"], json!(email.record));
    assert_eq!(state("marketing.sms").unwrap()["status"], "refused");
    assert_eq!(state("marketing.push").unwrap()["status"], "refused");
    assert_eq!(state("marketing.kakao"), None);
}

#[test]
fn an_import_never_beats_an_answer() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted" }));
    let changes = [
        phone.link(),
        phone.import("marketing.sms", ChoiceKind::Granted, Some("2024-05-01T00:00:00Z")),
        phone.import(EMAIL, ChoiceKind::Granted, Some("2024-05-01T00:00:00Z")),
    ];
    let answer = phone.push(&home, "acct_1", &changes);
    assert_eq!(answer["results"][1]["outcome"], "applied");
    assert_eq!((&answer["results"][2]["outcome"], &answer["results"][2]["reason"]), (&json!("stale_grant"), &json!("answered")));
}

#[test]
fn the_same_change_sent_by_many_at_once_takes_effect_once() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None)];
    let token = home.account_token("acct_1");
    let outcomes: Vec<String> = std::thread::scope(|scope| {
        let send = || phone.sync(&home, "acct_1", &token, None, &changes).body["results"][1].clone();
        let senders: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        let results = senders.into_iter().map(|sender| sender.join().unwrap());
        results.map(|result| format!("{} {}", result["outcome"], result["epoch"])).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "\"applied\" 1").count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "\"duplicate\" 1").count(), 7, "{outcomes:?}");
}
