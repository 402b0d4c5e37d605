//! The company's policy with purposes that are allowed until the person objects.

use std::sync::Arc;

use consentkit::{client::Options, transport::Transport};
use serde_json::{Value, json};

use super::{
    INFLUENTIAL,
    loopback::{Host, PlainTransport},
    story::{Phone, phone_and_server_set_up},
};

/// Of the person: the company's own interest.
pub const FRAUD: &str = "fraud.prevention";
/// Of the person, shares for advertising, and needs the one above.
pub const PARTNERS: &str = "partners.offers";
/// Of the device: a law leaves the no to the person.
pub const USAGE: &str = "usage.statistics";
/// Of the person, with consent, and needs the first one.
pub const PROFILE: &str = "profile.reuse";

/// The purposes of that kind that belong to the person.
pub const OF_THE_PERSON: [&str; 2] = [FRAUD, PARTNERS];

/// One more purpose: like the consent to use data for marketing, but for what is given here.
pub fn purpose(id: &str, fields: Value) -> Value {
    let policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let mut purpose = policy["purposes"][12].clone();
    purpose["id"] = json!(id);
    for (name, value) in fields.as_object().unwrap() {
        purpose[name] = value.clone();
    }
    purpose
}

/// The four purposes.
pub fn purposes() -> Vec<Value> {
    vec![
        purpose(FRAUD, json!({ "basis": "legitimate_interest" })),
        purpose(PARTNERS, json!({ "basis": "opt_out", "sharing": true, "requires": [FRAUD] })),
        purpose(USAGE, json!({ "basis": "opt_out", "scope": "device" })),
        purpose(PROFILE, json!({ "requires": [FRAUD] })),
    ]
}

/// The company's policy with these purposes beside its own, as a later edition.
pub fn edition(number: u32, purposes: Vec<Value>) -> Value {
    let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let dates =
        json!({ "edition": number, "version": format!("edition {number}"), "announced_on": "2020-11-01", "effective_on": "2021-01-01" });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        policy[name] = dates[name].clone();
    }
    // Korean law takes no basis but consent for what one of these purposes shares of a person.
    policy["regimes"] = json!([]);
    policy["amendments"]["versions"].as_array_mut().unwrap().push(dates);
    policy["purposes"].as_array_mut().unwrap().extend(purposes);
    policy
}

/// The policy of most tests.
pub fn silent_policy() -> String {
    edition(4, purposes()).to_string()
}

/// A phone with a marker and a server, both under a policy.
pub fn under(policy: String, way: Arc<dyn Transport>) -> (Phone, Arc<Host>) {
    let shipped = policy.clone();
    let (phone, server) = phone_and_server_set_up(move |device, options| {
        let marker = Some(device.folder.path().join("marker"));
        Options { policy: shipped.clone(), transport: Some(way.clone()), marker, ..options }
    });
    server.publish(policy);
    (phone, server)
}

/// The same under the policy of most tests.
pub fn silent_phone_and_server() -> (Phone, Arc<Host>) {
    under(silent_policy(), Arc::new(PlainTransport))
}

/// None of these purposes is allowed, and this is among the reasons against each.
#[track_caller]
pub fn denied(phone: &Phone, purposes: &[&str], code: &str) {
    for purpose in purposes {
        let codes = phone.codes(purpose);
        assert!(!phone.allows(purpose) && codes.iter().any(|found| found == code), "{purpose}: {codes:?}, and not {code}");
    }
}
