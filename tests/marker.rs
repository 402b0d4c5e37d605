//! The marker: what it says, and what follows where it is missing or cannot be understood.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, path::PathBuf};

use consentkit::{
    client::{Consent, Options},
    decision::Reason,
    ledger::AskAgain,
    signal::Platform,
};
use support::{Device, answer};

const ANALYTICS: &str = "cookies.analytics";

fn marker(device: &Device) -> PathBuf {
    device.folder.path().join("marker")
}

fn open(device: &Device, marker: Option<PathBuf>) -> Consent {
    Consent::open(Options { marker, ..device.options() }).unwrap()
}

/// A device on which analytics was granted, by an app that passes a marker or by one that passes none.
fn granted(marked: bool) -> Device {
    let device = Device::new(Platform::Desktop);
    let consent = open(&device, marked.then(|| marker(&device)));
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    consent.shutdown().unwrap();
    device
}

#[test]
fn f_30_an_app_that_passes_a_marker_for_the_first_time_asks_nothing_again() {
    let device = granted(false);
    let consent = open(&device, Some(marker(&device)));
    assert!(consent.allows(ANALYTICS), "{:?}", consent.explain(ANALYTICS).reasons);
    assert!(marker(&device).exists());
    consent.shutdown().unwrap();
    assert!(open(&device, Some(marker(&device))).allows(ANALYTICS));
}

#[test]
fn f_30_a_marker_that_is_gone_shows_a_copy_once_there_was_one() {
    for from in [true, false] {
        let device = granted(from);
        open(&device, Some(marker(&device))).shutdown().unwrap();
        fs::remove_file(marker(&device)).unwrap();
        let consent = open(&device, Some(marker(&device)));
        assert_eq!(consent.explain(ANALYTICS).reasons, [Reason::AskAgain { cause: AskAgain::Restored }]);
    }
}

#[test]
fn f_30_a_marker_that_cannot_be_understood_locks_nobody_out() {
    for text in [vec![0xff, 0xfe, 0x00], vec![], vec![b'a'; 100_000], b"another installation".to_vec()] {
        let device = granted(true);
        fs::write(marker(&device), &text).unwrap();
        let consent = open(&device, Some(marker(&device)));
        assert_eq!(consent.explain(ANALYTICS).reasons, [Reason::AskAgain { cause: AskAgain::Restored }]);
        answer(&consent, &[ANALYTICS], &[]).unwrap();
        consent.shutdown().unwrap();
        assert!(open(&device, Some(marker(&device))).allows(ANALYTICS), "the marker names the new installation");
    }
}
