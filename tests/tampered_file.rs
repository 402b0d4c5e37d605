//! A file that somebody wrote to: what does not follow from the records is found at open.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, Options},
    error::Error,
    signal::Platform,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use rusqlite::Connection;
use support::{Device, answer, edition::next_edition};

const REFUSED: &str = "marketing.sms";

fn device() -> Device {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use", "marketing.email"], &[REFUSED]).unwrap();
    consent.withdraw(&["marketing.email"]).unwrap();
    consent.shutdown().unwrap();
    device
}

fn file(device: &Device) -> Connection {
    Connection::open(device.folder.path().join("consent.db")).unwrap()
}

#[test]
fn f_56_a_state_that_does_not_follow_from_the_records_is_found_at_open() {
    for (what, edit) in [
        (
            "a no that became a yes",
            "UPDATE state SET value = replace(value, '\"refused\"', '\"granted\"') WHERE value LIKE '%\"refused\"%'",
        ),
        (
            "a withdrawal that became a yes",
            "UPDATE state SET value = replace(value, '\"withdrawn\"', '\"granted\"') WHERE value LIKE '%withdrawn%'",
        ),
        ("a date moved by a digit", "UPDATE state SET value = replace(value, '\"at\":17', '\"at\":18') WHERE value LIKE '%\"at\":17%'"),
        ("another purpose's row", "UPDATE key SET purpose = 'marketing.kakao' WHERE purpose = 'marketing.sms'"),
        ("one change fewer", "UPDATE ledger SET pending = pending - 1 WHERE pending IS NOT NULL AND seq = (SELECT max(seq) FROM ledger)"),
        ("an end of another hash", "UPDATE ledger SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM ledger)"),
        ("another root", "UPDATE ledger SET root = zeroblob(32) WHERE seq = (SELECT max(seq) FROM ledger)"),
    ] {
        let device = device();
        let edited = file(&device).execute(edit, []).unwrap();
        assert!(edited >= 1, "{what}: nothing to edit");
        assert!(matches!(Consent::open(device.options()), Err(Error::Damaged { .. })), "{what}");
    }
    assert!(Consent::open(device().options()).is_ok(), "untouched it opens");
}

/// The same device, on which an account is signed in and a later edition of the policy was delivered.
fn member() -> Device {
    let device = device();
    let consent = device.open();
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &["marketing.email"], &[REFUSED]).unwrap();
    consent.withdraw(&["marketing.email"]).unwrap();
    consent.adopt_policy(&next_edition()).unwrap();
    consent.shutdown().unwrap();
    device
}

#[test]
fn f_26_what_is_sent_and_whose_it_is_is_found_altered_at_open() {
    for (what, edit) in [
        ("another account's name", "UPDATE subject SET account = 'acct_91' WHERE account = 'acct_81'"),
        ("no account's name", "UPDATE subject SET account = NULL WHERE account IS NOT NULL"),
        ("another reference", "UPDATE subject SET reference = reference || '0' WHERE account IS NOT NULL"),
        ("a subject fewer", "DELETE FROM subject WHERE account IS NULL"),
        ("a pull that ended elsewhere", "UPDATE subject SET cursor = '9'"),
        ("another numbering", "UPDATE subject SET history = 'another'"),
        ("a withdrawal that is none any more", "UPDATE state SET lowered = lowered + 1 WHERE lowered = place"),
        ("a grant that is a withdrawal", "UPDATE state SET lowered = place WHERE kind = 'choice'"),
        ("another kind", "UPDATE state SET kind = 'signal' WHERE kind = 'choice'"),
        ("another operation", "UPDATE state SET op = zeroblob(16) WHERE kind = 'choice'"),
        ("another place", "UPDATE state SET place = place + 100 WHERE kind = 'choice'"),
        ("another edition that an app shipped", "UPDATE setting SET value = x'00000000' WHERE name = 'shipped_edition'"),
        ("no edition that an app shipped", "DELETE FROM setting WHERE name = 'shipped_edition'"),
        ("another law", "UPDATE policy SET regimes = 'eu'"),
        ("another sum", "UPDATE ledger SET waiting = zeroblob(32) WHERE seq = (SELECT max(seq) FROM ledger)"),
    ] {
        let device = member();
        let edited = file(&device).execute(edit, []).unwrap();
        assert!(edited >= 1, "{what}: nothing to edit");
        let opened = Consent::open(device.options());
        assert!(matches!(opened, Err(Error::Damaged { .. })), "{what}: {:?}", opened.err());
    }
    assert!(Consent::open(member().options()).is_ok(), "untouched it opens");
}

#[test]
fn f_25_a_stored_policy_that_was_altered_decides_nothing() {
    for (what, edit) in [
        ("a night that begins later", "UPDATE policy SET document = replace(document, '21:00', '23:00')"),
        ("another label", "UPDATE policy SET document = replace(document, '\"next\"', '\"mext\"')"),
        ("one byte more", "UPDATE policy SET document = document || ' '"),
        ("another hash", "UPDATE policy SET hash = zeroblob(32)"),
        ("no hash", "UPDATE policy SET hash = NULL"),
    ] {
        let device = member();
        let edited = file(&device).execute(edit, []).unwrap();
        assert!(edited >= 1, "{what}: nothing to edit");
        let opened = Consent::open(device.options());
        assert!(matches!(opened, Err(Error::Damaged { .. })), "{what}: {:?}", opened.err());
    }
}

#[test]
fn f_26_where_much_waits_an_altered_change_is_found_before_anything_is_sent() {
    let device = device();
    let consent = device.open();
    for _ in 0..150 {
        answer(&consent, &["marketing.email"], &[REFUSED]).unwrap();
    }
    consent.shutdown().unwrap();
    let edited = file(&device).execute("UPDATE state SET lowered = lowered + 1 WHERE lowered = place", []).unwrap();
    assert!(edited > 100, "{edited}");
    let consent = device.open();
    assert!(!consent.allows(REFUSED));
    let fault = consent.verify().unwrap().fault.unwrap();
    assert_eq!(fault.what, "what waits to be sent is not what was written");
    assert!(matches!(sent(&device, consent), Err(Error::Damaged { .. })));
}

/// What a sync answers over a way on which nothing may be sent.
fn sent(device: &Device, consent: Consent) -> consentkit::error::Result<()> {
    struct Nothing;
    impl Transport for Nothing {
        fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
            panic!("something is sent");
        }
    }
    drop(consent);
    let (server, transport) = (Some("https://consent.example".into()), Some(Arc::new(Nothing) as _));
    Consent::open(Options { server, transport, ..device.options() })?.sync(1_000).map(drop)
}
