//! How much a delivered edition of the policy may do: less than one that the app ships, in however many steps.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{error::Error, policy::FaultCode, signal::Platform};
use serde_json::{Value, json};
use support::{Device, INFLUENTIAL};

/// The policy under a later edition.
fn next(mut policy: Value, edition: u32) -> String {
    let dates = json!({ "edition": edition, "version": "later", "announced_on": "2020-11-01", "effective_on": "2021-01-01" });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        policy[name] = dates[name].clone();
    }
    policy["amendments"]["versions"].as_array_mut().unwrap().push(dates);
    policy.to_string()
}

#[test]
fn f_10_two_delivered_editions_loosen_no_more_than_one_may() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let cookies = |edition: u32, at: usize, change: fn(&mut Vec<Value>)| {
        let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
        policy["purposes"][8]["cookies"] = json!(["_fbc", "_gcl_*"]);
        change(policy["purposes"][at]["cookies"].as_array_mut().unwrap());
        next(policy, edition)
    };
    consent.adopt_policy(&cookies(4, 8, |_| ())).unwrap();
    let Err(Error::PolicyRefused { faults }) = consent.adopt_policy(&cookies(5, 6, |names| names.push(json!("_fbp")))) else {
        panic!("a cookie left consent in two steps")
    };
    assert_eq!(faults[0].code, FaultCode::ConsentTakenAway, "{faults:?}");
}
