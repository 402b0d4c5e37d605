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

fn is_copy(device: &Device) -> bool {
    let reasons = open(device, Some(marker(device))).explain(ANALYTICS).reasons;
    assert!(reasons.is_empty() || reasons == [Reason::AskAgain { cause: AskAgain::Restored }], "{reasons:?}");
    !reasons.is_empty()
}

/// Another device with every file of this one, as a tool that clones an app makes it.
fn cloned(device: &Device) -> Device {
    let other = Device::new(Platform::Desktop);
    for entry in fs::read_dir(device.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, other.folder.path().join(path.file_name().unwrap())).unwrap();
    }
    other
}

#[cfg(unix)]
#[test]
fn f_24_a_copy_that_brought_its_marker_along_is_noticed_at_open() {
    let device = granted(true);
    let clone = cloned(&device);
    assert!(is_copy(&clone) && !is_copy(&device), "the clone is a copy, and the file itself is none");
    assert!(is_copy(&clone), "its grant was not given on it");
    let consent = open(&clone, Some(marker(&clone)));
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    consent.shutdown().unwrap();
    assert!(!is_copy(&clone), "the marker is the clone's own now");
}

#[cfg(unix)]
#[test]
fn a_marker_of_an_earlier_version_and_a_disk_that_has_another_number_show_no_copy() {
    let device = granted(true);
    let text = fs::read_to_string(marker(&device)).unwrap();
    let (name, file) = text.split_once('\n').unwrap();
    fs::write(marker(&device), name).unwrap();
    assert!(!is_copy(&device), "an earlier version named no file");
    assert_eq!(fs::read_to_string(marker(&device)).unwrap(), text, "from here on the marker names it");
    assert!(is_copy(&cloned(&device)));
    let number = file.split(' ').next().unwrap();
    fs::write(marker(&device), format!("{name}\n{number} 4711")).unwrap();
    assert!(!is_copy(&device), "a phone may number its disks anew");
    fs::write(marker(&device), format!("{name}\n{number}1 4711")).unwrap();
    assert!(is_copy(&device));
}
