//! What an earlier version wrote and sent: its server's file opens with every answer, and its phones' noes land.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicI64},
};

use consentkit::ledger::{ChoiceKind, Listed, Withdrawal};
use consentkit_server::{Options, Server};
use serde_json::{Value, json};
use support::{Home, POLICY, Phone, start};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The server of today on a copy of the older one's file, at the time that its answers were written down, and those answers.
fn older(folder: &Path) -> (Home, Value) {
    let database = folder.join("server.db");
    fs::copy(fixture("server.db"), &database).unwrap();
    let then: Value = serde_json::from_slice(&fs::read(fixture("server.json")).unwrap()).unwrap();
    let now = Arc::new(AtomicI64::new(then["asked_at"].as_i64().unwrap()));
    let policies = vec![POLICY.to_owned(), fs::read_to_string(fixture("edition-4.json")).unwrap()];
    let options = Options { policies, ..support::options(Some(&database), &now) };
    (Home { running: Some(Server::start(options).unwrap()), now }, then)
}

/// An answer without what is new in it and what is random.
fn plain(mut answer: Value) -> Value {
    for field in ["decision_id", "texts"] {
        answer.as_object_mut().unwrap().remove(field);
    }
    for state in answer["states"].as_array_mut().into_iter().flatten() {
        state["seen"].as_object_mut().unwrap().remove("mark");
    }
    answer
}

#[test]
fn an_older_servers_file_opens_with_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (home, then) = older(folder.path());
    for asked in then["answers"].as_array().unwrap() {
        let path = asked["path"].as_str().unwrap();
        let answer = home.get(path);
        assert_eq!((json!(answer.status), plain(answer.body)), (asked["status"].clone(), plain(asked["answer"].clone())), "{path}");
    }
}

#[test]
fn f_43_the_numbers_of_an_older_servers_file_have_their_marks() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = older(folder.path());
    for subject in ["acct_81", "acct_91"] {
        for state in home.get(&format!("/v1/subjects/{subject}")).body["states"].as_array().unwrap() {
            let withdrawals: Vec<Withdrawal> = serde_json::from_value(state["withdrawals"].clone()).unwrap();
            let mark = Listed::all(&withdrawals).mark_at(state["epoch"].as_i64().unwrap());
            assert_eq!(state["seen"]["mark"], json!(mark.unwrap()), "{state}");
            // A page that is drawn now counts; one that was drawn by the older server does not, where there was anything to see.
            let purpose = state["purpose"].as_str().unwrap();
            let mut old = state["seen"].clone();
            old.as_object_mut().unwrap().remove("mark");
            for (seen, outcome) in
                [(old, if withdrawals.is_empty() { "applied" } else { "stale_grant" }), (state["seen"].clone(), "applied")]
            {
                let change = json!({ "purpose": purpose, "choice": "granted", "seen": seen });
                assert_eq!(home.web(subject, change)["outcome"], outcome, "{state}");
            }
        }
    }
}

#[test]
fn f_43_a_cursor_of_an_older_server_begins_anew_and_renews_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (home, _) = older(folder.path());
    let phone = Phone::keyed(&home, 1);
    let before = phone.push(&home, "acct_81", &[]);
    let history = before["history"].as_str().unwrap();
    for cursor in
        [format!("{history}:1"), format!("{history}:11"), format!("{history}:99"), format!("{history}:"), ":".into(), String::new()]
    {
        let answer = phone.sync(&home, "acct_81", &home.account_token("acct_81"), Some(&cursor), &[]).body;
        assert_eq!((&answer["history"], &answer["states"]), (&before["history"], &before["states"]), "{cursor}");
    }
    let cursor = before["cursor"].as_str();
    assert_eq!(
        phone.sync(&home, "acct_81", &home.account_token("acct_81"), cursor, &[]).body["states"],
        json!([]),
        "and goes on from there"
    );
}

/// Every request that an older client was recorded with goes to a fresh server of today, twice.
#[test]
fn f_42_an_older_clients_noes_land_and_its_yeses_pass_no_no() {
    let home = start();
    let mut tokens: HashMap<String, String> = HashMap::new();
    let mut noes: Vec<(String, String)> = vec![];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/wire");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for round in 0..2 {
        for file in &files {
            let sent: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            let (request, path) = (&sent["request"], sent["path"].as_str().unwrap());
            let install = request["install"].as_str().unwrap().to_owned();
            let subject = request["subject"].as_str().unwrap_or_default();
            let token = match sent["authorization"].as_str() {
                Some("account") => Some(home.account_token(subject)),
                Some(_) => tokens.get(&install).cloned(),
                None => tokens.get(&install).cloned().filter(|_| round > 0),
            };
            let answer = home.send("POST", path, token.as_deref(), request.to_string().as_bytes());
            assert_eq!(answer.status, 200, "{file:?}: {}", answer.body);
            if let Some(token) = answer.body["token"].as_str() {
                tokens.insert(install, token.to_owned());
                continue;
            }
            for (index, change) in request["changes"].as_array().unwrap().iter().enumerate() {
                let record: Value = serde_json::from_str(change["record"].as_str().unwrap()).unwrap();
                let result = &answer.body["results"][index];
                let outcome = (result["outcome"].as_str().unwrap(), result["reason"].as_str().unwrap_or(""));
                let by_account = sent["authorization"] == "account";
                if record["choice"] == "refused" || record["choice"] == "withdrawn" {
                    assert!(matches!(outcome.0, "applied" | "duplicate"), "{file:?}: {result}");
                    noes.push((subject.to_owned(), change["op"].as_str().unwrap().to_owned()));
                } else if by_account && !matches!(outcome.0, "applied" | "duplicate") {
                    assert_eq!(outcome, ("rejected", "unproven"), "{file:?}: {result}");
                } else if by_account {
                    assert_eq!(record["kind"], "merge", "of what an account's token brings, only noes are taken: {file:?}");
                }
            }
        }
    }
    for (subject, op) in &noes {
        let states = home.get(&format!("/v1/subjects/{subject}")).body["states"].clone();
        let holds = |state: &Value| state["withdrawals"].as_array().unwrap().iter().any(|known| known["op"] == json!(op));
        assert!(states.as_array().unwrap().iter().any(holds), "{op} is held");
    }
    for subject in ["acct_81", "acct_91"] {
        for state in home.get(&format!("/v1/subjects/{subject}")).body["states"].as_array().into_iter().flatten() {
            assert_ne!(state["status"], "granted", "nothing that an account's token alone brought counts as a yes");
        }
    }
    assert!(noes.len() >= 8, "{noes:?}");
    // A phone of today goes on beside it.
    let mut phone = Phone::keyed(&home, 1);
    let changes = [phone.link(), phone.choice("marketing.kakao", ChoiceKind::Granted, None)];
    assert_eq!(phone.push(&home, "acct_81", &changes)["results"][1]["outcome"], "applied");
}
