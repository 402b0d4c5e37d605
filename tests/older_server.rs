//! A phone of today before a server of before there were marks, heads and proofs: it ends in a clear state, and no withdrawal is lost.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use consentkit::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use serde_json::{Value, json};
use support::{
    loopback::{Host, PlainTransport},
    story::{ANALYTICS, DATA_USE, EMAIL, MEMBER, Phone, SMS, member_and_server, phone_and_server, phone_and_server_by},
};

/// Makes of the server of today one of before: its answers hold no head and no `base`, and a relay is a kind that it does not know. It takes
/// everybody for who they say they are, so the phone's own proof may go through.
#[derive(Default)]
struct Older {
    /// The cursors of today, by the ones that were told.
    cursors: Mutex<HashMap<String, String>>,
    /// How many relays it refused.
    refused: Mutex<usize>,
}

impl Transport for Older {
    fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut refused = vec![];
        if let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) {
            if let Some(told) = body["cursor"].as_str().map(str::to_owned) {
                assert_eq!(told.matches(':').count(), 1, "what it wrote comes back as it was");
                body["cursor"] = self.cursors.lock().unwrap().get(&told).cloned().unwrap_or(told).into();
            }
            if let Some(changes) = body["changes"].as_array_mut() {
                refused = changes.iter().filter(|change| change["kind"] == "relay").map(|change| change["op"].clone()).collect();
                changes.retain(|change| change["kind"] != "relay");
            }
            request.body = serde_json::to_vec(&body).unwrap();
        }
        *self.refused.lock().unwrap() += refused.len();
        let mut response = PlainTransport.send(request)?;
        if let Ok(mut answer) = serde_json::from_slice::<Value>(&response.body)
            && let Some(cursor) = answer["cursor"].as_str().map(str::to_owned)
        {
            let told = cursor.rsplit_once(':').unwrap().0.to_owned();
            answer["cursor"] = json!(told);
            self.cursors.lock().unwrap().insert(told, cursor);
            for state in answer["states"].as_array_mut().unwrap() {
                state.as_object_mut().unwrap().remove("base");
            }
            let rejected = |op: Value| json!({ "op": op, "outcome": "rejected", "reason": "unknown_kind" });
            answer["results"].as_array_mut().unwrap().extend(refused.into_iter().map(rejected));
            response.body = serde_json::to_vec(&answer).unwrap();
        }
        Ok(response)
    }
}

#[test]
fn f_43_before_an_older_server_choices_travel_as_before() {
    let (phone, server) = phone_and_server_by(Arc::<Older>::default());
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL, ANALYTICS]);
    for email in ["granted", "withdrawn", "granted", "withdrawn"] {
        assert!(!phone.sends_everything().server_lost_data);
        server.holds(EMAIL, email);
        assert_eq!(phone.allows(EMAIL), email == "granted");
        match email {
            "granted" => phone.withdraws(EMAIL),
            _ => phone.says_yes(&[EMAIL]),
        }
    }
    phone.ledger_is_whole();
}

#[test]
fn f_43_an_older_server_that_lost_data_and_says_so_is_sent_the_noes_again() {
    let wire = Arc::<Older>::default();
    let (phone, server) = phone_and_server_by(wire.clone());
    phone.signs_in();
    phone.says_yes(&[DATA_USE, EMAIL]);
    phone.syncs();
    let backup = server.backs_up();
    phone.withdraws(EMAIL);
    server.hears_on_the_web(DATA_USE, "withdrawn");
    phone.syncs();
    server.restores_and_says_so(backup);
    for _round in 0..2 {
        phone.syncs();
    }
    phone.sends_everything();
    // The own no is sent again.
    server.holds(EMAIL, "withdrawn");
    assert!(!phone.allows(EMAIL));
    assert_eq!(*wire.refused.lock().unwrap(), 1, "what it does not know is offered once, and not kept for ever");
    phone.ledger_is_whole();
}

/// A member whose account has more withdrawals than an older server lists, and a phone that has heard of them.
fn member_with_a_list_that_was_cut() -> (Phone, Arc<Host>) {
    let (phone, server) = member_and_server(Arc::<Older>::default());
    for _ in 0..70 {
        server.hears_on_the_web(DATA_USE, "withdrawn");
    }
    phone.sends_everything();
    assert!(!phone.allows(DATA_USE));
    phone.withdraws(DATA_USE);
    phone.sends_everything();
    (phone, server)
}

#[test]
fn f_43_a_list_that_an_older_server_cut_covers_nothing_and_every_no_lands() {
    let (_phone, server) = member_with_a_list_that_was_cut();
    let (_, view) = server.operate("GET", &format!("/v1/subjects/{MEMBER}"), None);
    let state = view["states"].as_array().unwrap().iter().find(|state| state["purpose"] == DATA_USE).unwrap().clone();
    assert_eq!((&state["status"], &state["epoch"]), (&json!("withdrawn"), &json!(71)));
}

#[test]
fn f_43_a_yes_without_a_mark_is_asked_again_and_says_so() {
    let (phone, _server) = member_with_a_list_that_was_cut();
    phone.says_yes(&[DATA_USE]);
    phone.syncs();
    assert!(!phone.allows(DATA_USE));
    assert_eq!(phone.app().pending().unwrap(), vec![]);
}

/// What a merge brought is answered under the merge's own name, without a number, each time that it is sent.
#[test]
fn f_43_the_noes_that_a_merge_brought_are_sent_again_once_under_another_name_and_not_for_ever() {
    for (older, signed_out) in [(true, true), (true, false), (false, true), (false, false)] {
        let (phone, server) = if older { phone_and_server_by(Arc::<Older>::default()) } else { phone_and_server() };
        phone.answers(&[DATA_USE], &[EMAIL, SMS]);
        phone.syncs();
        phone.signs_in();
        phone.syncs();
        server.holds(EMAIL, "refused");
        let backup = server.backs_up();
        if signed_out {
            phone.signs_out();
        }
        phone.says_no(&[DATA_USE, ANALYTICS]);
        phone.syncs();
        server.restores_and_says_so(backup);
        for _round in 0..2 {
            phone.syncs();
        }
        let records = || phone.app().history(0, 1000).unwrap().len();
        let before = records();
        for _round in 0..3 {
            let report = phone.sends_everything();
            assert_eq!((report.acknowledged, report.server_lost_data), (0, false), "older: {older}, signed out: {signed_out}: {report:?}");
        }
        assert_eq!(records(), before, "older server: {older}, signed out: {signed_out}");
        server.holds(EMAIL, "refused");
        phone.ledger_is_whole();
    }
}
