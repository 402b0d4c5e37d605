//! A file that somebody wrote to: what does not follow from the records is found at open.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{client::Consent, error::Error, signal::Platform};
use rusqlite::Connection;
use support::{Device, answer};

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
