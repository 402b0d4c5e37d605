//! A file that is another program's is refused as it was, and a path that no file can have is named as such.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use consentkit::{
    client::{Consent, Options},
    error::Error,
    signal::Platform,
};
use rusqlite::Connection;
use support::Device;

#[test]
fn f_33_another_programs_database_is_refused_without_a_byte_changed() {
    for other in
        ["CREATE TABLE note (text TEXT)", "PRAGMA application_id = 7; CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('kept')"]
    {
        let device = Device::new(Platform::Desktop);
        let path = device.options().path;
        Connection::open(&path).unwrap().execute_batch(other).unwrap();
        let before = fs::read(&path).unwrap();
        assert_eq!(Consent::open(device.options()).err(), Some(Error::NotADatabase), "{other}");
        assert_eq!(fs::read(&path).unwrap(), before, "{other}");
        let left: Vec<_> = fs::read_dir(device.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["consent.db"], "{other}: nothing is left beside it");
    }
}

#[test]
fn f_33_a_zero_byte_in_a_path_is_the_arguments_fault() {
    let device = Device::new(Platform::Desktop);
    let folder = device.folder.path();
    let refused = |options| match Consent::open(options) {
        Err(Error::Invalid { field, .. }) => field,
        other => panic!("{:?}", other.err()),
    };
    assert_eq!(refused(Options { path: folder.join("consent\0.db"), ..device.options() }), "path");
    assert_eq!(refused(Options { marker: Some(folder.join("mark\0er")), ..device.options() }), "marker");
}
