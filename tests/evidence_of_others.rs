//! A record is evidence only for its own subject, purpose and scope: a server that mixes people up grants nobody anything.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use serde_json::{Value, json};
use support::{
    loopback::PlainTransport,
    story::{DATA_USE, EMAIL, Phone, phone_and_server_by},
};

/// Tells one subject what it was told of another: the last state of a purpose that was heard under the first name.
#[derive(Default)]
struct MixedUp {
    heard: Mutex<Option<Value>>,
    from: &'static str,
    to: &'static str,
    purpose: &'static str,
}

impl Transport for MixedUp {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let subject = asked["subject"].as_str().unwrap_or_default().to_owned();
        let mut response = PlainTransport.send(request)?;
        let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else { return Ok(response) };
        let Some(states) = body["states"].as_array().cloned() else { return Ok(response) };
        let mut heard = self.heard.lock().unwrap();
        if subject.starts_with(self.from) {
            *heard = states.into_iter().find(|state| state["purpose"] == self.purpose).or(heard.take());
        } else if let Some(state) = heard.as_ref().filter(|_| subject.starts_with(self.to)) {
            let mut told = state.clone();
            for field in ["history", "epoch", "withdrawals"] {
                told[field] = json!(null);
            }
            told["history"] = body["history"].clone();
            (told["epoch"], told["withdrawals"], told["base"]) = (json!(0), json!([]), json!(null));
            told.as_object_mut().unwrap().remove("base");
            body["states"] = json!([told]);
        }
        response.body = body.to_string().into_bytes();
        Ok(response)
    }
}

/// A phone whose server tells one subject what it told another.
fn phone_that_is_told_of(from: &'static str, to: &'static str) -> Phone {
    let (phone, _server) = phone_and_server_by(Arc::new(MixedUp { from, to, purpose: DATA_USE, ..MixedUp::default() }));
    phone
}

#[test]
fn f_19_a_yes_of_one_account_raises_nothing_for_another_on_the_same_phone() {
    let phone = phone_that_is_told_of("acct_81", "acct_91");
    phone.signs_in_as("acct_81");
    phone.says_yes(&[DATA_USE]);
    phone.syncs();
    assert!(phone.allows(DATA_USE));
    phone.signs_in_as("acct_91");
    phone.syncs();
    assert_eq!(phone.codes(DATA_USE), ["ask_again:unproven"], "told of, but the record names somebody else");
    phone.signs_in_as("acct_81");
    assert!(phone.allows(DATA_USE));
}

#[test]
fn f_19_an_anonymous_yes_raises_only_the_account_that_it_was_brought_into() {
    let phone = phone_that_is_told_of("acct_81", "acct_91");
    phone.says_yes(&[DATA_USE]);
    phone.syncs();
    phone.signs_in_as("acct_81");
    phone.syncs();
    assert!(phone.allows(DATA_USE), "the record of the tap names the anonymous person, who became this account");
    phone.signs_in_as("acct_91");
    phone.syncs();
    assert_eq!(phone.codes(DATA_USE), ["ask_again:unproven"]);
}

#[test]
fn f_19_an_accounts_yes_raises_nothing_for_whoever_is_anonymous_after_it() {
    let phone = phone_that_is_told_of("acct_81", "anonymous:");
    phone.signs_in_as("acct_81");
    phone.says_yes(&[DATA_USE]);
    phone.syncs();
    phone.signs_out();
    phone.says_no(&[EMAIL]);
    phone.syncs();
    assert_eq!(phone.codes(DATA_USE), ["ask_again:unproven"]);
}
