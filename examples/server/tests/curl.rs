//! The bodies that the README sends with curl: fresh, and doing what it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::{env, fs};

use consentkit::{
    ledger::{Actor, Body, Choice, ChoiceKind, Link, Method, TextRef, chain},
    policy::{Policy, Scope, notice},
    sync::{
        installation,
        protocol::{ChangeKind, PolicyRef, SyncRequest},
    },
};
use serde_json::{Value, json};
use support::{NOON, POLICY, chained, start};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/curl/sync.json");

/// The phone's key: a real one is random.
const KEY: [u8; installation::KEY_BYTES] = [7; installation::KEY_BYTES];

/// What a phone sends whose person signed in and said yes to e-mail.
fn body() -> String {
    let policy = Policy::parse(POLICY).unwrap();
    let (install, person) = (installation::name(&KEY), "curl-person");
    let (mut head, mut changes) = (chain::GENESIS, vec![]);
    let mut write = |kind, body| {
        let seq = i64::try_from(changes.len()).unwrap() + 1;
        let (change, hash) = chained(&install, seq, &format!("curl-op-{seq}"), kind, body, NOON, &head);
        head = hash;
        changes.push(change);
    };
    write(ChangeKind::Link, Body::Link(Link { subject: person.into(), account: true }));
    for purpose in ["marketing.data_use", "marketing.email"] {
        let purpose = policy.purpose(purpose).unwrap();
        let choice = Choice {
            subject: person.into(),
            scope: Scope::Person,
            purpose: purpose.id.clone(),
            choice: ChoiceKind::Granted,
            policy: TextRef {
                id: policy.id.clone(),
                version: policy.version.clone(),
                edition: policy.edition,
                material: purpose.material,
                text: Some(notice(&policy, purpose, "ko").text_hash()),
            },
            language: "ko".into(),
            surface: "settings".into(),
            method: Method::Toggle,
            actor: Actor::Person,
            seen: None,
            after: vec![],
        };
        write(ChangeKind::Choice, Body::Choice(choice));
    }
    let request = SyncRequest {
        install: install.clone(),
        subject: "acct_81".into(),
        proof: Some(chain::hex(&KEY)),
        cursor: None,
        policy: PolicyRef { id: policy.id.clone(), version: policy.version.clone(), edition: policy.edition },
        acknowledged: None,
        limit: None,
        changes,
    };
    serde_json::to_string_pretty(&request).unwrap() + "\n"
}

#[test]
fn the_body_for_curl_is_fresh() {
    let fresh = body();
    if env::var_os("CONSENTKIT_REFRESH").is_some() {
        fs::write(FILE, &fresh).unwrap();
        return;
    }
    assert!(
        fresh == fs::read_to_string(FILE).unwrap(),
        "curl/sync.json is stale; refresh it with\n    CONSENTKIT_REFRESH=1 cargo test -p consentkit-server --test curl"
    );
}

#[test]
fn the_story_of_the_readme_holds() {
    let home = start();
    let token = home.account_token("acct_81");
    let outcomes = |answer: &Value| -> Vec<String> {
        answer["results"].as_array().unwrap().iter().map(|result| result["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let sync = || home.send("POST", "/v1/sync", Some(&token), body().as_bytes()).body;
    assert_eq!(outcomes(&sync()), ["applied", "applied", "applied"]);
    let noon = "2026-11-23T12:00:00+09:00";
    assert_eq!(home.may_send("acct_81", "email", noon)["allowed"], true);
    let withdrawn = home.web("acct_81", json!({ "purpose": "marketing.email", "choice": "withdrawn", "surface": "unsubscribe" }));
    assert_eq!(withdrawn["outcome"], "applied");
    assert_eq!(home.may_send("acct_81", "email", noon)["reasons"], json!(["withdrawn"]));
    assert_eq!(outcomes(&sync()), ["duplicate", "duplicate", "duplicate"]);
    assert_eq!(home.may_send("acct_81", "email", noon)["allowed"], false);
}
