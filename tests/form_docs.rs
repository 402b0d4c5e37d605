//! The Rust of `docs/form.md` runs.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Consent, FormRequest},
    form::{FormKind, PageLinks, PageMessage, PageTarget, Theme, render},
};

fn show(consent: &Consent, nonce: &str, body_of_the_post: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut draft = consent.form(&FormRequest::new("first_run", FormKind::FirstRun))?;
    let target = PageTarget::Post { action: "/answer".into(), nonce: nonce.into() };
    let _page = render(draft.view(), &Theme::default(), &PageLinks::new(), &target)?; // one self-contained document
    let shown = draft.view().shown.clone();
    if let Some(end) = draft.take(&PageMessage::read(body_of_the_post, nonce)?)? {
        consent.finish(&shown, &end)?; // one record a purpose, or that the form was closed
    }
    Ok(())
}

#[test]
fn the_form_of_the_guide_is_shown_answered_and_closed() {
    let device = support::Device::new(consentkit::signal::Platform::Desktop);
    let consent = device.open();
    show(&consent, "n", "nonce=n&do=draft&on=cookies.analytics").unwrap();
    assert!(!consent.allows("cookies.analytics"), "a draft answers nothing");
    show(&consent, "n", "nonce=n&do=save&on=cookies.analytics").unwrap();
    assert!(consent.allows("cookies.analytics") && !consent.allows("cookies.marketing"));
    assert!(show(&consent, "n", "nonce=other&do=save").is_err());
    show(&consent, "n", "nonce=n&do=close").unwrap();
}
