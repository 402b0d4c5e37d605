//! The README shows what is so: its Rust runs here, its Kotlin and Swift in the tests of their packages, its story is the quickstart's, its links lead somewhere.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{error::Error, path::Path};

use consentkit::{
    client::{Answer, Consent, Options},
    signal::Platform,
};

const README: &str = include_str!("../README.md");

#[test]
#[rustfmt::skip]
fn its_rust_runs() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (path, policy) = (folder.path().join("consent.db"), include_str!("../examples/influential/policy.json"));

    let consent = Consent::open(Options { platform: Platform::Ios, ..Options::new(path, policy) })?;
    assert!(!consent.allows("marketing.email")); // from memory, in nanoseconds; in doubt it is a no

    let form = consent.questions("first_run")?; // the notices to show, and a token that says what was shown
    let answers = [Answer::grant("marketing.data_use"), Answer::grant("marketing.email"), Answer::refuse("marketing.sms")];
    let receipt = consent.record(&form.shown, &answers)?; // one record a purpose, on disk when this returns
    assert!(consent.allows("marketing.email") && receipt.pending == 3);

    consent.withdraw(&["marketing.email"])?; // needs no form, no network, no sign-in
    let reasons = consent.explain("marketing.email").reasons;
    assert_eq!(reasons[0].text("ko"), "이용자가 동의를 철회했습니다.");
    Ok(())
}

#[test]
fn its_links_lead_to_files() {
    let links: Vec<&str> = README.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 5, "the README's links were not found");
    for link in links.into_iter().filter(|link| !link.starts_with("https://")) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}
