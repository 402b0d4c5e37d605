//! One round trip between a phone and the server, and what goes with it: cursor, anchor, numbering, who may do what, restarts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::{fs, net::TcpListener, path::Path};

use consentkit::{
    ledger::{Body, ChoiceKind, Link, SignalRecord, chain},
    policy::Scope,
    signal::{Signals, Tracking},
    sync::protocol::{Change, ChangeKind},
};
use consentkit_server::Server;
use serde_json::{Value, json};
use support::{Home, OPERATOR, Phone, Say, seen, start, start_on};

const EMAIL: &str = "marketing.email";

fn device_choice(phone: &mut Phone, purpose: &str, choice: ChoiceKind) -> Change {
    let subject = phone.device.clone();
    phone.say(Say { subject: &subject, scope: Scope::Device, purpose, choice, seen: None, after: vec![] })
}

#[test]
fn an_installation_uses_its_own_token_for_its_own_choices() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let choice = device_choice(&mut phone, "cookies.analytics", ChoiceKind::Granted);
    let answer = phone.sync(&home, &phone.device_subject(), &phone.token, None, std::slice::from_ref(&choice));
    assert_eq!(answer.body["results"], json!([{ "op": choice.op, "outcome": "applied" }]));
    assert_eq!(answer.body["anchor"], json!({ "seq": 1, "hash": choice.hash }));
    assert_eq!(answer.body["policy"]["id"], "influential");
    assert_eq!(answer.body["server_time"], "2026-11-22T03:00:00.000Z");
    assert_eq!(answer.body["states"][0]["record"], json!(choice.record));
}

#[test]
fn a_cursor_brings_only_what_is_new_and_a_limit_makes_pages() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let mut changes = vec![phone.link()];
    for index in 0..5 {
        changes.push(phone.choice(&format!("p.{index}"), ChoiceKind::Refused, None));
    }
    let token = home.account_token("acct_1");
    phone.push(&home, "acct_1", &changes);
    let (mut cursor, mut pages, mut purposes) = (None::<String>, 0, vec![]);
    loop {
        let mut request = phone.request("acct_1", cursor.as_deref(), &[]);
        request["limit"] = json!(2);
        let answer = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).body;
        let states = answer["states"].as_array().unwrap();
        assert!(states.len() <= 2);
        purposes.extend(states.iter().map(|state| state["purpose"].as_str().unwrap().to_owned()));
        cursor = answer["cursor"].as_str().map(str::to_owned);
        pages += 1;
        if answer["more"] != true {
            break;
        }
    }
    assert_eq!((pages, purposes), (3, (0..5).map(|index| format!("p.{index}")).collect()));

    let quiet = phone.sync(&home, "acct_1", &token, cursor.as_deref(), &[]).body;
    assert_eq!(quiet["states"], json!([]));
    home.web("acct_1", json!({ "purpose": "p.2", "choice": "withdrawn" }));
    let news = phone.sync(&home, "acct_1", &token, cursor.as_deref(), &[]).body;
    assert_eq!(news["states"].as_array().unwrap().len(), 1);
    for strange in ["", "x", "other:3", &format!("{}:999", news["history"].as_str().unwrap()), &"y".repeat(500)] {
        let all = phone.sync(&home, "acct_1", &token, Some(strange), &[]).body;
        assert_eq!(all["states"].as_array().unwrap().len(), 5, "{strange}");
    }
}

#[test]
fn a_long_list_of_withdrawals_is_cut_to_the_newest() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let mut changes = vec![phone.link()];
    for _ in 0..70 {
        changes.push(phone.choice(EMAIL, ChoiceKind::Withdrawn, None));
    }
    let answer = phone.push(&home, "acct_1", &changes);
    let listed = answer["states"][0]["withdrawals"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["epoch"], &listed[63]["epoch"]), (64, &json!(7), &json!(70)));
}

#[test]
fn after_sign_out_the_installation_may_still_withdraw_and_nothing_else() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None)];
    phone.push(&home, "acct_1", &changes);
    let withdrawal = phone.choice(EMAIL, ChoiceKind::Withdrawn, None);
    let answer = phone.sync(&home, "acct_1", &phone.token, None, &[withdrawal]);
    assert_eq!((answer.status, &answer.body["results"][0]["epoch"]), (200, &json!(1)));
    assert_eq!(answer.body["states"], json!([]), "whoever holds the phone now does not read the account");
    assert_eq!(home.state("acct_1", EMAIL)["status"], "withdrawn");

    let grant = phone.choice("marketing.sms", ChoiceKind::Granted, None);
    assert_eq!(phone.sync(&home, "acct_1", &phone.token, None, &[grant]).status, 403);
    assert_eq!(phone.sync(&home, "acct_1", &phone.token, None, &[]).status, 403);
    let mut stranger = Phone::new(&home, "p2");
    let withdrawal = stranger.choice(EMAIL, ChoiceKind::Withdrawn, None);
    let refused = stranger.sync(&home, "acct_1", &stranger.token, None, &[withdrawal]);
    assert_eq!((refused.status, &refused.body["error"]["code"]), (403, &json!("not_linked")));
}

#[test]
fn only_who_is_known_and_may_is_let_in() {
    let home = start();
    let (phone, other) = (Phone::new(&home, "p1"), Phone::new(&home, "p2"));
    assert_eq!(phone.sync(&home, &phone.device_subject(), &phone.token, None, &[]).status, 200);
    let foreign = other.sync(&home, &phone.device_subject(), &other.token, None, &[]);
    assert_eq!((foreign.status, &foreign.body["error"]["code"]), (403, &json!("only_withdrawals")));
    let posing = phone.sync(&home, &phone.device_subject(), &other.token, None, &[]);
    assert_eq!((posing.status, &posing.body["error"]["code"]), (403, &json!("other_install")));
    for token in ["nobody", OPERATOR, &home.account_token("acct_2")] {
        assert_eq!(phone.sync(&home, "acct_1", token, None, &[]).status, 401);
        assert_eq!(phone.sync(&home, &phone.device_subject(), token, None, &[]).status, 401);
    }
    let body = phone.request("acct_1", None, &[]).to_string();
    for header in
        ["", "authorization: Basic abc\r\n", "authorization: Bearer \r\n", "authorization: Bearer a\r\nauthorization: Bearer b\r\n"]
    {
        let answer = home.send_with("POST", "/v1/sync", header, body.as_bytes());
        assert_eq!((answer.status, answer.headers.contains("www-authenticate: bearer")), (401, true), "{header}");
    }
    let operator_only = [
        ("GET", "/v1/subjects/acct_1"),
        ("POST", "/v1/subjects/acct_1/changes"),
        ("GET", "/v1/subjects/acct_1/may-send?channel=email&kind=ad"),
        ("POST", "/v1/subjects/acct_1/token"),
    ];
    for (method, path) in operator_only {
        for token in [None, Some(phone.token.as_str()), Some("the-operato"), Some("the-operator2")] {
            assert_eq!(home.send(method, path, token, b"{}").status, 401, "{method} {path}");
        }
    }
}

#[test]
fn a_token_is_given_once_the_installation_is_in_use() {
    let home = start();
    let first = home.register("p1");
    let mut phone = Phone::new(&home, "p1");
    assert_ne!(phone.token, first, "the first answer may have been lost");
    assert_eq!(phone.sync(&home, &phone.device_subject(), &first, None, &[]).status, 401);
    let choice = device_choice(&mut phone, "cookies.analytics", ChoiceKind::Refused);
    assert_eq!(phone.sync(&home, &phone.device_subject(), &phone.token, None, &[choice]).status, 200);
    let body = br#"{"install":"p1"}"#;
    for token in [None, Some("guess"), Some(first.as_str())] {
        assert_eq!(home.send("POST", "/v1/installs", token, body).status, 409);
    }
    let again = home.send("POST", "/v1/installs", Some(&phone.token), body);
    assert_eq!((again.status, &again.body["token"]), (200, &json!(phone.token)));
}

#[test]
fn a_record_speaks_only_for_the_subject_it_names() {
    let home = start();
    let (mut one, mut two) = (Phone::new(&home, "p1"), Phone::new(&home, "p2"));
    let reason = |answer: Value, index: usize| answer["results"][index]["reason"].clone();
    let choice = one.choice(EMAIL, ChoiceKind::Granted, None);
    assert_eq!(reason(one.push(&home, "acct_1", &[choice]), 0), "wrong_subject", "not linked yet");
    let link = one.link();
    one.push(&home, "acct_1", std::slice::from_ref(&link));
    assert_eq!(reason(one.push(&home, "acct_2", &[link]), 0), "reference_taken");
    let theirs = two.write(ChangeKind::Link, Body::Link(Link { subject: one.person.clone(), account: true }));
    assert_eq!(reason(two.push(&home, "acct_2", &[theirs]), 0), "reference_taken");
    let device = device_choice(&mut one, "cookies.analytics", ChoiceKind::Withdrawn);
    assert_eq!(reason(one.push(&home, "acct_1", &[device]), 0), "wrong_scope");
    let person = one.person.clone();
    let wrong =
        one.say(Say { subject: &person, scope: Scope::Device, purpose: EMAIL, choice: ChoiceKind::Withdrawn, seen: None, after: vec![] });
    assert_eq!(reason(one.push(&home, "acct_1", &[wrong]), 0), "wrong_scope");
    let taken = format!("anonymous:{}", one.person);
    assert_eq!(one.sync(&home, &taken, &one.token, None, &[]).status, 403);
}

#[test]
fn a_refused_change_is_taken_up_once_its_cause_is_gone() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let (link, choice) = (phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None));
    assert_eq!(phone.push(&home, "acct_1", std::slice::from_ref(&choice))["results"][0]["outcome"], "rejected");
    assert_eq!(phone.push(&home, "acct_1", &[link, choice])["results"][1]["outcome"], "applied");
}

#[test]
fn an_opt_out_of_the_system_drops_what_is_linked() {
    let home = start();
    let mut phone = Phone::new(&home, "p1");
    let link = phone.link();
    phone.push(&home, "acct_1", &[link]);
    let mut say = |tracking| {
        let signals = Signals { tracking: Some(tracking), ..Signals::default() };
        let body = Body::Signal(SignalRecord {
            subject: phone.device.clone(),
            signals,
            age_of_consent: None,
            platform: None,
            ad_id_changed: false,
        });
        let change = phone.write(ChangeKind::Signal, body);
        assert_eq!(phone.sync(&home, &phone.device_subject(), &phone.token, None, &[change]).status, 200);
    };
    say(Tracking::Authorized);
    assert_eq!(home.get("/v1/subjects/acct_1").body["linked_dropped"], json!([]));
    say(Tracking::Denied);
    for subject in ["acct_1", "device:dev-p1"] {
        let dropped = &home.get(&format!("/v1/subjects/{subject}")).body["linked_dropped"];
        assert_eq!((&dropped[0]["install"], &dropped[0]["cause"]), (&json!("p1"), &json!("os_denied")), "{subject}");
    }
}

fn copy(from: &Path, to: &Path) {
    for ending in ["", "-wal"] {
        let name = |path: &Path| format!("{}{ending}", path.display());
        let _ = fs::remove_file(name(to));
        if Path::new(&name(from)).exists() {
            fs::copy(name(from), name(to)).unwrap();
        }
    }
    let _ = fs::remove_file(format!("{}-shm", to.display()));
}

#[test]
fn a_server_restored_from_a_backup_renews_its_numbering() {
    let folder = tempfile::tempdir().unwrap();
    let (live, backup) = (folder.path().join("live.db"), folder.path().join("backup.db"));
    let mut home = start_on(Some(&live));
    let mut phone = Phone::new(&home, "p1");
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Granted, None)];
    let before = phone.push(&home, "acct_1", &changes);
    home.stop();
    copy(&live, &backup);

    let mut home = start_on(Some(&live));
    let lost = phone.choice(EMAIL, ChoiceKind::Withdrawn, None);
    let acknowledged = phone.push(&home, "acct_1", std::slice::from_ref(&lost));
    assert_eq!(acknowledged["history"], before["history"]);
    let shown = seen(&phone.person, &acknowledged, EMAIL);
    home.stop();
    copy(&backup, &live);

    let home = start_on(Some(&live));
    // Meanwhile another withdrawal takes the number that the lost one had.
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "withdrawn" }))["epoch"], 1);
    let token = home.account_token("acct_1");
    let request = phone.request("acct_1", acknowledged["cursor"].as_str(), &[]);
    let answer = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).body;
    assert_ne!(answer["history"], before["history"]);
    assert_eq!(answer["anchor"]["seq"], 2, "the phone sees that its third record is gone");
    assert_eq!(answer["states"].as_array().unwrap().len(), 1, "all states are sent again");
    let informed_by_the_lost_one = phone.choice(EMAIL, ChoiceKind::Granted, shown);
    let request = phone.request("acct_1", None, &[lost, informed_by_the_lost_one]);
    let answer = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).body;
    let renamed = answer["history"].clone();
    assert_eq!(answer["results"][0]["epoch"], 2);
    assert_eq!(answer["results"][1]["outcome"], "stale_grant");
    let request = phone.request("acct_1", acknowledged["cursor"].as_str(), &[]);
    let later = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).body;
    assert_eq!(later["history"], renamed, "the same loss renews once");
}

#[test]
fn a_loss_that_unlinked_an_account_renews_its_numbering_too() {
    let folder = tempfile::tempdir().unwrap();
    let (live, backup) = (folder.path().join("live.db"), folder.path().join("backup.db"));
    let mut home = start_on(Some(&live));
    home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted" }));
    home.stop();
    copy(&live, &backup);

    let mut home = start_on(Some(&live));
    let mut phone = Phone::new(&home, "p1");
    let lost = [phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None)];
    let before = phone.push(&home, "acct_1", &lost);
    home.stop();
    copy(&backup, &live);

    let home = start_on(Some(&live));
    // Another withdrawal takes the lost one's number, and the count of changes is what the phone knows.
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "withdrawn" }))["epoch"], 1);
    let token = home.register("p1");
    phone.proof = token.clone();
    let newer = device_choice(&mut phone, "cookies.analytics", ChoiceKind::Refused);
    let request = phone.request(&phone.device_subject(), None, &[newer]);
    let hides = home.send("POST", "/v1/sync", Some(&token), request.to_string().as_bytes()).body;
    assert_eq!(hides["anchor"]["seq"], 3, "what is newer than the loss hides it");
    let account = home.account_token("acct_1");
    let request = phone.request("acct_1", before["cursor"].as_str(), &[]);
    let answer = home.send("POST", "/v1/sync", Some(&account), request.to_string().as_bytes()).body;
    assert_ne!(answer["history"], before["history"]);
    assert_eq!(answer["states"].as_array().unwrap().len(), 1, "all states are sent again");
    let later = home.send("POST", "/v1/sync", Some(&account), request.to_string().as_bytes()).body;
    assert_eq!(later["history"], answer["history"], "the same loss renews once");
}

#[test]
fn a_tab_from_before_a_restore_overrides_no_withdrawal_that_took_a_lost_number() {
    let folder = tempfile::tempdir().unwrap();
    let (live, backup) = (folder.path().join("live.db"), folder.path().join("backup.db"));
    let withdrawn = || json!({ "purpose": EMAIL, "choice": "withdrawn" });
    let mut home = start_on(Some(&live));
    home.web("acct_1", withdrawn());
    home.stop();
    copy(&live, &backup);

    let mut home = start_on(Some(&live));
    home.web("acct_1", withdrawn());
    let tab = home.get("/v1/subjects/acct_1").body["states"][0]["seen"].clone();
    assert_eq!(tab["epoch"], 2);
    home.stop();
    copy(&backup, &live);

    assert_eq!(Server::renew_numberings(&live).unwrap(), 1);
    let home = start_on(Some(&live));
    assert_eq!(home.web("acct_1", withdrawn())["epoch"], 2, "the number that the tab saw, for another withdrawal");
    assert_eq!(home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted", "seen": tab }))["outcome"], "stale_grant");
}

#[test]
fn a_phone_that_only_pulled_makes_a_restored_server_renew_its_numbering() {
    let folder = tempfile::tempdir().unwrap();
    let (live, backup) = (folder.path().join("live.db"), folder.path().join("backup.db"));
    let mut home = start_on(Some(&live));
    home.web("acct_1", json!({ "purpose": EMAIL, "choice": "granted" }));
    let phone = Phone::new(&home, "p1");
    home.stop();
    copy(&live, &backup);

    let mut home = start_on(Some(&live));
    home.web("acct_1", json!({ "purpose": EMAIL, "choice": "withdrawn" }));
    let token = home.account_token("acct_1");
    let heard = phone.sync(&home, "acct_1", &token, None, &[]).body;
    assert_eq!(heard["states"][0]["epoch"], 1);
    home.stop();
    copy(&backup, &live);

    let home = start_on(Some(&live));
    let pull = || phone.sync(&home, "acct_1", &token, heard["cursor"].as_str(), &[]).body;
    let first = pull();
    assert_ne!(first["history"], heard["history"], "number 1 may be given to another withdrawal now");
    assert_eq!(first["states"][0]["history"], first["history"], "the state comes under the new name");
    assert_eq!(pull()["history"], first["history"], "the same cursor renews once");
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart_on_the_same_port() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("server.db");
    let mut home = start_on(Some(&database));
    let mut phone = Phone::new(&home, "p1");
    let changes = [phone.link(), phone.choice(EMAIL, ChoiceKind::Withdrawn, None)];
    let token = home.account_token("acct_1");
    let first = phone.sync(&home, "acct_1", &token, None, &changes).body;
    let address = home.address();
    home.stop();
    assert!(TcpListener::bind(address).is_ok(), "the port is free again");
    let options = consentkit_server::Options { listen: address, ..support::options(Some(&database), &home.now) };
    let home = Home { running: Some(Server::start(options).unwrap()), now: home.now.clone() };
    let again = phone.sync(&home, "acct_1", &token, None, &changes).body;
    assert_eq!(again["results"][1]["outcome"], "duplicate");
    assert_eq!((&again["history"], &again["cursor"]), (&first["history"], &first["cursor"]));
    assert_eq!(again["anchor"]["hash"], json!(chain::hex(&phone.head)));
}

#[test]
fn a_policy_is_fetched_once() {
    let home = start();
    let answer = home.send("GET", "/v1/policies/influential", None, b"");
    assert_eq!((answer.status, answer.body.to_string()), (200, serde_json::from_str::<Value>(support::POLICY).unwrap().to_string()));
    let etag = answer.headers.split("etag: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".into()] {
        let again = home.send_with("GET", "/v1/policies/influential", &format!("if-none-match: {known}\r\n"), b"");
        assert_eq!(again.status, 304, "{known}");
    }
    assert_eq!(home.send_with("GET", "/v1/policies/influential", "if-none-match: \"other\"\r\n", b"").status, 200);
    assert_eq!(home.send("GET", "/v1/policies/unknown", None, b"").status, 404);
}

#[test]
fn a_restored_phone_goes_on_as_the_same_anonymous_person_and_renews_nothing() {
    let home = start();
    let mut old = Phone::new(&home, "p1");
    let anonymous = old.anonymous.clone();
    let say = |phone: &mut Phone, choice| {
        phone.say(Say { subject: &anonymous, scope: Scope::Person, purpose: EMAIL, choice, seen: None, after: vec![] })
    };
    let grant = say(&mut old, ChoiceKind::Granted);
    let before = old.sync(&home, &old.anonymous_subject(), &old.token, None, &[grant]).body;
    let copied = say(&mut old, ChoiceKind::Withdrawn);

    let new = Phone::new(&home, "p2");
    let request = new.request(&old.anonymous_subject(), None, &[]);
    let pulled = home.send("POST", "/v1/sync", Some(&new.token), request.to_string().as_bytes());
    assert_eq!((pulled.status, &pulled.body["states"][0]["status"]), (200, &json!("granted")));
    assert_eq!(pulled.body["history"], before["history"], "the server holds all that it ever acknowledged");
    let answer = new.sync(&home, &old.anonymous_subject(), &new.token, None, &[copied]);
    assert_eq!(answer.body["results"][0]["outcome"], "applied");

    // What belongs to the old phone itself stays with it, except that its withdrawals land.
    let cookies = device_choice(&mut old, "cookies.analytics", ChoiceKind::Withdrawn);
    assert_eq!(old.sync(&home, &old.device_subject(), &old.token, None, &[]).status, 200);
    assert_eq!(new.sync(&home, &old.device_subject(), &new.token, None, &[]).status, 403);
    let landed = new.sync(&home, &old.device_subject(), &new.token, None, &[cookies]);
    assert_eq!((landed.status, &landed.body["results"][0]["outcome"]), (200, &json!("applied")));
}

#[test]
fn f_17_any_installation_may_withdraw_for_a_device_that_it_names_and_do_nothing_else() {
    let home = start();
    let (mut old, new) = (Phone::new(&home, "p1"), Phone::new(&home, "p2"));
    let name = old.device_subject();
    let yes = device_choice(&mut old, "cookies.analytics", ChoiceKind::Granted);
    let no = device_choice(&mut old, "cookies.marketing", ChoiceKind::Refused);
    // Not known yet: what a copy brings makes it known, and takes it from nobody.
    assert_eq!(new.sync(&home, &name, &new.token, None, std::slice::from_ref(&no)).body["results"][0]["outcome"], "applied");
    assert_eq!(new.sync(&home, &name, &new.token, None, std::slice::from_ref(&yes)).status, 403, "a yes");
    let own = old.sync(&home, &name, &old.token, None, &[yes, no]);
    assert_eq!(
        (own.status, &own.body["results"][0]["outcome"], &own.body["results"][1]["outcome"]),
        (200, &json!("applied"), &json!("duplicate"))
    );
    // Known, and another's: still a no alone, and nothing is read.
    let later = device_choice(&mut old, "cookies.analytics", ChoiceKind::Withdrawn);
    let answer = new.sync(&home, &name, &new.token, None, &[later]);
    assert_eq!((&answer.body["results"][0]["outcome"], &answer.body["states"]), (&json!("applied"), &json!([])));
    assert_eq!(new.sync(&home, &name, &new.token, None, &[]).status, 403, "a pull");
    assert_eq!(old.sync(&home, &name, &old.token, None, &[]).body["states"].as_array().unwrap().len(), 2);
}
