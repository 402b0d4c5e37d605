//! Several openers of one file, at the same moment: an app's processes, or its threads.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{path::Path, sync::Barrier, thread};

use consentkit::{
    client::{Consent, Options},
    signal::Platform,
};
use support::Device;

/// Enough to show each fault that was once here nearly every time.
const ROUNDS: usize = 30;

const OPENERS: usize = 8;

/// Opens a fresh file from several threads at once.
fn open_at_once(device: &Device, marker: Option<&Path>) -> Vec<Consent> {
    let gate = Barrier::new(OPENERS);
    thread::scope(|scope| {
        let open = || {
            let options = Options { marker: marker.map(Path::to_path_buf), ..device.options() };
            gate.wait();
            Consent::open(options).unwrap()
        };
        let openers: Vec<_> = (0..OPENERS).map(|_| scope.spawn(open)).collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect()
    })
}

/// The kinds of the ledger's records, oldest first.
fn kinds(device: &Device) -> Vec<String> {
    let file = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
    let mut rows = file.prepare("SELECT body FROM ledger ORDER BY seq").unwrap();
    let bodies = rows.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let kind = |body: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&body).unwrap()["kind"].as_str().unwrap().to_owned();
    bodies.map(|body| kind(body.unwrap())).collect()
}

#[test]
fn all_that_open_a_fresh_file_at_once_succeed() {
    for _ in 0..ROUNDS {
        let device = Device::new(Platform::Desktop);
        let opened = open_at_once(&device, None);
        assert!(opened.iter().all(|consent| consent.verify().unwrap().ok));
        assert_eq!(kinds(&device), ["install", "policy"]);
    }
}

#[test]
fn a_phone_whose_first_openers_meet_is_not_taken_for_a_restored_one() {
    for _ in 0..ROUNDS {
        let device = Device::new(Platform::Desktop);
        let marker = device.folder.path().join("marker");
        drop(open_at_once(&device, Some(&marker)));
        assert_eq!(kinds(&device), ["install", "policy"]);
        // The next launch: the marker must name the installation that began.
        drop(Consent::open(Options { marker: Some(marker), ..device.options() }).unwrap());
        assert_eq!(kinds(&device), ["install", "policy"]);
    }
}
