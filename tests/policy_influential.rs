//! The Influential policy holds every fact of the company's published one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::policy::Policy;

const DOCUMENT: &str = include_str!("../examples/influential/policy.json");

#[test]
fn the_document_has_no_fault() {
    if let Err(faults) = Policy::parse(DOCUMENT) {
        panic!("{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>());
    }
}
