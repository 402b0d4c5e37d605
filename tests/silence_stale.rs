//! What a yes that the server found stale says of a purpose which silence allows: until the server has told everything, an objection may be
//! unknown here, and no longer.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use consentkit::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use serde_json::{Value, json};
use support::{
    loopback::PlainTransport,
    silent_policy::{FRAUD, OF_THE_PERSON, PARTNERS, denied, silent_phone_and_server, silent_policy, under},
};

/// A carrier that loses the connection once the server said that a yes is stale, before the page that tells the objection. Until then,
/// and once it is mended, it carries everything.
#[derive(Default)]
struct LosesThePageAfter {
    mended: AtomicBool,
    lost: AtomicBool,
}

impl Transport for LosesThePageAfter {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.mended.load(Ordering::SeqCst) {
            return PlainTransport.send(request);
        }
        if self.lost.load(Ordering::SeqCst) {
            return Err(TransportError::TimedOut);
        }
        let mut response = PlainTransport.send(request)?;
        if let Ok(mut body) = serde_json::from_slice::<Value>(&response.body)
            && body["results"].as_array().into_iter().flatten().any(|result| result["outcome"] == "stale_grant")
        {
            self.lost.store(true, Ordering::SeqCst);
            (body["states"], body["more"], body["cursor"]) = (json!([]), json!(true), json!("half"));
            response.body = body.to_string().into_bytes();
        }
        Ok(response)
    }
}

#[test]
fn a_yes_found_stale_half_way_through_a_pull_leaves_the_objection_unknown() {
    let way = Arc::new(LosesThePageAfter::default());
    let (mut phone, server) = under(silent_policy(), way.clone());
    phone.signs_in();
    phone.sends_everything();
    let form = phone.draws_the_form();
    server.hears_on_the_web(FRAUD, "withdrawn");
    phone.says_yes_on(&form, FRAUD);
    assert!(phone.allows(FRAUD), "nobody here knows better yet");
    phone.syncs();
    assert!(way.lost.load(Ordering::SeqCst), "the connection was lost half way");
    for _start in 0..2 {
        denied(&phone, &OF_THE_PERSON, "not_pulled");
        phone.is_killed_and_starts_again();
    }
    way.mended.store(true, Ordering::SeqCst);
    phone.is_online_again();
    phone.sends_everything();
    denied(&phone, &[FRAUD], "ask_again:stale_grant");
    denied(&phone, &[PARTNERS], "requires:fraud.prevention");
    phone.ledger_is_whole();
}

#[test]
fn a_stale_yes_of_a_copied_phone_denies_no_longer_than_an_objection_may_be_unknown() {
    let (phone, _server) = silent_phone_and_server();
    phone.signs_in();
    phone.sends_everything();
    let copy = phone.is_copied(&["consent.db", "consent.db-wal", "marker"]);
    phone.says_yes(&["marketing.email"]);
    phone.sends_everything();
    copy.says_yes(&[FRAUD]);
    copy.syncs();
    copy.sends_every_no();
    assert!(copy.allows(FRAUD), "nobody ever objected: {:?}", copy.codes(FRAUD));
}
