//! What an earlier version wrote and sent: its server's file opens with every answer, and its phones' noes land.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicI64},
};

use consentkit::{
    ledger::{Actor, ChoiceKind, Listed, Merged, Withdrawal, chain},
    sync::protocol::Change,
};
use consentkit_server::{Options, Server};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use support::{Home, POLICY, Phone, outcome, start};

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
                } else if by_account && outcome.0 == "stale_grant" {
                    assert_eq!(outcome.1, "unproven", "{file:?}: {result}");
                } else if by_account {
                    assert!(matches!(outcome.0, "applied" | "duplicate"), "nothing waits in an older phone's queue: {file:?}: {result}");
                    assert!(["merge", "link"].map(Value::from).contains(&record["kind"]), "no yes is taken: {file:?}");
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

/// The token of an account that was named before the rule for names held: the server makes none any more.
fn token_from_before(database: &Path, account: &str) -> String {
    let secret: Vec<u8> = rusqlite::Connection::open(database)
        .unwrap()
        .query_row("SELECT value FROM setting WHERE name = 'account_token_secret'", [], |row| row.get(0))
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(b"account:");
    mac.update(account.as_bytes());
    chain::hex(&mac.finalize().into_bytes())
}

/// People share such a name: nothing may be granted by it or read from it. A no is somebody's all the same, and lands.
#[test]
fn f_21_a_no_lands_for_an_account_whose_name_is_a_placeholder_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("server.db");
    let home = support::start_on(Some(&database));
    for (key, account) in (1..).zip(["null", "0", "guest", "unknown_user", "(null)"]) {
        let token = token_from_before(&database, account);
        let mut phone = Phone::keyed(&home, key);
        let merged = |purpose: &str, choice, op: &str| Merged {
            purpose: purpose.into(),
            choice,
            op: op.into(),
            material: 1,
            at: None,
            undated: false,
            actor: Actor::Person,
        };
        let changes = [
            phone.link(),
            phone.choice("marketing.email", ChoiceKind::Granted, None),
            phone.choice("marketing.sms", ChoiceKind::Refused, None),
            phone.choice("marketing.kakao", ChoiceKind::Withdrawn, None),
            phone.import("marketing.data_use", ChoiceKind::Granted, Some("2020-01-01T00:00:00Z")),
            phone.merge(vec![
                merged("marketing.push", ChoiceKind::Refused, "of-nobody-1"),
                merged("marketing.phone", ChoiceKind::Granted, "of-nobody-2"),
            ]),
        ];
        for (first, round) in [("applied", 1), ("duplicate", 2)] {
            let answer = phone.sync(&home, account, &token, None, &changes);
            assert_eq!(answer.status, 200, "{account}: {}", answer.body);
            let outcomes: Vec<&str> = (0..6).map(|at| answer.body["results"][at]["outcome"].as_str().unwrap()).collect();
            assert_eq!(outcomes, [first, "rejected", first, first, "rejected", "rejected"], "{account}, {round}: {}", answer.body);
            for at in [1, 4, 5] {
                assert_eq!(answer.body["results"][at]["reason"], "placeholder_account", "{account}");
            }
            assert_eq!(answer.body["states"], json!([]), "{account}: nothing is read");
        }
        // The other phone of that name hears nothing, and its grants pass no more.
        let mut other = Phone::keyed(&home, 100 + key);
        let pulled = other.sync(&home, account, &token, None, &[]);
        assert_eq!((pulled.status, &pulled.body["states"]), (200, &json!([])), "{account}");
        let granted = [other.link(), other.choice("marketing.sms", ChoiceKind::Granted, None)];
        assert_eq!(other.sync(&home, account, &token, None, &granted).body["results"][1]["outcome"], "rejected", "{account}");
        // After the sign-out the phone's own token is enough for a no, as for any account.
        let no = [phone.choice("marketing.phone", ChoiceKind::Withdrawn, None)];
        let answer = phone.sync(&home, account, &phone.token, None, &no);
        assert_eq!((answer.status, &answer.body["results"][0]["outcome"]), (200, &json!("applied")), "{account}: {}", answer.body);
        assert_eq!(phone.sync(&home, account, "another token", None, &no).status, 401, "{account}");
        let held: i64 = rusqlite::Connection::open(&database)
            .unwrap()
            .query_row(
                "SELECT count(*) FROM state JOIN subject ON subject.id = state.subject
                 WHERE subject.subject = ?1 AND state.status IN ('refused', 'withdrawn')",
                [account],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(held, 4, "{account}: a refusal, two withdrawals and the merge's own");
        let granted: i64 = rusqlite::Connection::open(&database)
            .unwrap()
            .query_row("SELECT count(*) FROM state WHERE status = 'granted'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(granted, 0, "{account}");
        let path = account.replace('(', "%28").replace(')', "%29");
        assert_eq!(home.get(&format!("/v1/subjects/{path}")).status, 400, "{account}: nobody reads or sends by such a name");
        assert_eq!(home.post(&format!("/v1/subjects/{path}/token"), &json!({})).status, 400, "{account}");
    }
}

const ACCOUNT: &str = "acct_1";
const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";

/// Sends for the account what a phone of before there were keys sends: no proof, and how far it believes the server to hold its ledger.
fn sent_by_an_older_phone(home: &Home, phone: &Phone, acknowledged: &Value, changes: &[Change]) -> Value {
    phone.push_unproved(home, ACCOUNT, &json!({ "acknowledged": acknowledged }), changes)
}

/// An older phone keeps a no back behind a change of the same key that was rejected, for a day. So nothing that it sends is.
#[test]
fn f_42_nothing_that_an_older_phone_sends_for_an_account_stays_in_the_way_of_a_no() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let merged = |purpose: &str, choice| Merged {
        purpose: purpose.into(),
        choice,
        op: format!("op-{purpose}"),
        material: 1,
        at: None,
        undated: false,
        actor: Actor::Person,
    };
    let changes = [
        phone.link(),
        phone.choice(EMAIL, ChoiceKind::Granted, None),
        phone.import(SMS, ChoiceKind::Granted, None),
        phone.merge(vec![merged(EMAIL, ChoiceKind::Granted)]),
        phone.merge(vec![merged(EMAIL, ChoiceKind::Granted), merged("marketing.push", ChoiceKind::Refused)]),
    ];
    for _again in 0..2 {
        let answer = sent_by_an_older_phone(&home, &phone, &Value::Null, &changes);
        let outcomes = [0, 1, 2, 3, 4].map(|index| outcome(&answer, index));
        let (stale, applied) = (("stale_grant", "unproven"), ("applied", "unproven"));
        assert_eq!(outcomes, [applied, stale, stale, stale, applied]);
        assert_eq!((home.state(ACCOUNT, EMAIL), home.state(ACCOUNT, SMS)), (Value::Null, Value::Null), "no yes counts");
        assert_eq!(home.state(ACCOUNT, "marketing.push")["status"], "refused", "the no that was brought along does");
    }
    home.web(ACCOUNT, json!({ "purpose": SMS, "choice": "granted" }));
    let withdrawal = phone.choice(SMS, ChoiceKind::Withdrawn, None);
    let answer = sent_by_an_older_phone(&home, &phone, &Value::Null, &[withdrawal]);
    assert_eq!((outcome(&answer, 0), &home.state(ACCOUNT, SMS)["status"]), (("applied", "unproven"), &json!("withdrawn")));
    // The reference that its link named is known, so after a sign-out its own token withdraws; whoever asks counts it in once it proves itself.
    let withdrawal = phone.choice(EMAIL, ChoiceKind::Withdrawn, None);
    let answer = phone.sync(&home, ACCOUNT, &phone.token, None, &[withdrawal]);
    assert_eq!((answer.status, outcome(&answer.body, 0).0), (200, "applied"));
    // What had no effect was not remembered: with the proof the same records are taken.
    let answer = phone.push(&home, ACCOUNT, &changes[..1]);
    assert_eq!(outcome(&answer, 0), ("applied", ""));
}

/// A name that was made of a key is a phone of today's, which always shows it: what it sends without is not its own.
#[test]
fn f_42_a_keyed_phones_yes_without_its_key_is_rejected_and_may_come_again() {
    let home = start();
    let mut phone = Phone::keyed(&home, 1);
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None)];
    let answer = sent_by_an_older_phone(&home, &phone, &Value::Null, &changes);
    assert_eq!([outcome(&answer, 0), outcome(&answer, 1)], [("rejected", "unproven"); 2]);
    let answer = phone.push(&home, ACCOUNT, &changes);
    assert_eq!([outcome(&answer, 0), outcome(&answer, 1)], [("applied", ""); 2]);
}

/// An older phone takes silence about its ledger for a loss, and sends all that it withdrew again, at each sync and for ever.
#[test]
fn f_42_an_older_phone_is_told_again_what_it_says_was_acknowledged_where_that_is_held() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let link = phone.link();
    let held = phone.push(&home, ACCOUNT, &[link])["anchor"].clone();
    let grant = phone.choice(EMAIL, ChoiceKind::Granted, None);
    phone.push(&home, ACCOUNT, &[grant]);
    assert_eq!(sent_by_an_older_phone(&home, &phone, &held, &[])["anchor"], held, "and no word of what is held beyond it");
    let hash = held["hash"].clone();
    let untrue = [
        Value::Null,
        json!({ "seq": 2, "hash": hash }),
        json!({ "seq": 1, "hash": "00".repeat(32) }),
        json!({ "seq": 1, "hash": "" }),
        json!({ "seq": 1 }),
        json!({ "seq": i64::MAX, "hash": hash }),
        json!("1"),
    ];
    for acknowledged in untrue {
        assert_eq!(sent_by_an_older_phone(&home, &phone, &acknowledged, &[])["anchor"], Value::Null, "{acknowledged}");
    }
    // Another installation's place is told to nobody else.
    let other = Phone::new(&home, "p2");
    assert_eq!(sent_by_an_older_phone(&home, &other, &held, &[])["anchor"], Value::Null);
}
