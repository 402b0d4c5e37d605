//! The mailbox: a no that could not be recorded lies beside the file and is taken in once, by the next start or the next write.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{fs, path::PathBuf};

use consentkit::{
    client::{Consent, ImportChoice},
    decision::Reason,
    error::Error,
    ledger::ChoiceKind,
    signal::{AgeBand, Platform, Signals},
};
use support::{
    Device, NOON, answer,
    refusing::{Holding, Refusing, counts_in_memory},
};

const ANALYTICS: &str = "cookies.analytics";
const DATA_USE: &str = "marketing.data_use";
const EMAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";

fn mailbox(device: &Device) -> PathBuf {
    device.folder.path().join("consent.db-mailbox")
}

fn granted(device: &Device) -> Consent {
    let consent = device.open();
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &[ANALYTICS, DATA_USE, EMAIL, SMS], &[]).unwrap();
    consent
}

/// The process ends without a word, as when the system kills it.
fn is_killed(consent: Consent) {
    std::mem::forget(consent);
}

fn withdrawals(consent: &Consent) -> usize {
    let said = consent.history(0, 1000).unwrap();
    said.iter().filter(|entry| entry.kind == "choice" && entry.status == Some(consentkit::ledger::Status::Withdrawn)).count()
}

#[test]
fn f_28_every_kind_of_no_survives_the_end_of_a_process_that_could_not_write() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    let older = ImportChoice {
        purpose: "marketing.kakao".into(),
        choice: ChoiceKind::Withdrawn,
        said_at: Some(NOON - 1),
        source: "old app".into(),
        text_version: None,
        actor: None,
    };
    counts_in_memory(consent.withdraw(&[EMAIL]));
    counts_in_memory(answer(&consent, &[], &[ANALYTICS]));
    counts_in_memory(consent.import(&[older]));
    counts_in_memory(consent.report_signals(Signals { gpc: Some(true), age: Some(AgeBand::Below), ..Signals::default() }));
    counts_in_memory(consent.sign_out());
    let text = fs::read_to_string(mailbox(&device)).unwrap();
    assert!(!text.contains("acct_81"), "nobody is named by an account");
    is_killed(consent);
    refusing.lift();

    let consent = device.open();
    assert!(!mailbox(&device).exists() && consent.unrecorded().is_empty());
    assert!(consent.snapshot().signals.gpc == Some(true) && !consent.snapshot().signed_in);
    assert!(!consent.allows(ANALYTICS));
    assert_eq!(consent.pending().unwrap().iter().filter(|change| change.lowers).count(), 4, "they are sent");
    consent.sign_in("acct_81").unwrap();
    assert_eq!(consent.explain(EMAIL).reasons.last(), Some(&Reason::Withdrawn));
    assert_eq!(consent.snapshot().signals.age, Some(AgeBand::Below), "it was said of the person who left");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_28_a_file_that_another_process_holds_leaves_the_no_in_the_mailbox() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let holding = Holding::the_file(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    is_killed(consent);
    // While the file is still held the next start denies by the mailbox alone.
    let consent = device.open();
    assert!(!consent.allows(EMAIL) && consent.allows(ANALYTICS) && consent.unrecorded().len() == 1);
    holding.let_go();
    consent.connectivity_restored().unwrap();
    assert_eq!((consent.unrecorded(), withdrawals(&consent), mailbox(&device).exists()), (vec![], 1, false));
}

#[test]
fn f_28_a_letter_is_taken_in_once_also_where_the_mailbox_cannot_be_emptied() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    let kept = fs::read(mailbox(&device)).unwrap();
    refusing.lift();
    consent.connectivity_restored().unwrap();
    assert_eq!(withdrawals(&consent), 1);
    // The process ended before it emptied the mailbox. Meanwhile the person said yes again.
    answer(&consent, &[EMAIL], &[]).unwrap();
    drop(consent);
    for _ in 0..3 {
        fs::write(mailbox(&device), &kept).unwrap();
        let consent = device.open();
        assert!(consent.allows(EMAIL), "{:?}", consent.explain(EMAIL));
        assert_eq!((withdrawals(&consent), mailbox(&device).exists()), (1, false));
    }
}

#[test]
fn f_28_an_opt_out_of_a_mailbox_that_cannot_be_emptied_does_not_come_back_after_it_was_lifted() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let gpc = |on| consent.report_signals(Signals { gpc: Some(on), ..Signals::default() });
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(gpc(true));
    let kept = fs::read(mailbox(&device)).unwrap();
    refusing.lift();
    consent.connectivity_restored().unwrap();
    assert_eq!(consent.snapshot().signals.gpc, Some(true));
    gpc(false).unwrap();
    drop(consent);
    for _ in 0..2 {
        fs::write(mailbox(&device), &kept).unwrap();
        let consent = device.open();
        assert_eq!((consent.snapshot().signals.gpc, mailbox(&device).exists()), (Some(false), false));
    }
}

#[test]
fn f_28_a_handle_that_works_takes_in_what_another_process_could_not_write() {
    let device = Device::new(Platform::Desktop);
    let (consent, other) = (granted(&device), device.open());
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(other.withdraw(&[EMAIL]));
    is_killed(other);
    refusing.lift();
    consent.withdraw(&[SMS]).unwrap();
    assert!(!consent.allows(EMAIL) && !mailbox(&device).exists());
    assert_eq!(withdrawals(&consent), 2);
}

#[test]
fn f_28_a_mailbox_that_was_altered_is_told_as_lost_and_nothing_granted_counts() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    counts_in_memory(consent.withdraw(&[SMS]));
    is_killed(consent);
    refusing.lift();
    let whole = fs::read(mailbox(&device)).unwrap();
    for at in (0..whole.len()).step_by(61) {
        let device = Device { folder: tempfile::tempdir().unwrap(), ..Device::new(Platform::Desktop) };
        drop(granted(&device));
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(mailbox(&device), &flipped).unwrap();
        let consent = device.open();
        assert!(!consent.allows(ANALYTICS) && !consent.allows(EMAIL), "byte {at}");
        assert!(consent.rolled_back().is_some_and(|lost| lost.records >= 1), "byte {at}");
        assert!(!mailbox(&device).exists(), "byte {at}");
        answer(&consent, &[ANALYTICS], &[]).unwrap();
        drop(consent);
        assert!(device.open().allows(ANALYTICS), "byte {at}: it is told once");
    }
    for cut in [0, 3, whole.len() / 2, whole.len() - 1] {
        let device = Device::new(Platform::Desktop);
        drop(granted(&device));
        fs::write(mailbox(&device), &whole[..cut]).unwrap();
        assert!(device.open().rolled_back().is_some(), "cut at {cut}");
    }
}

#[test]
fn f_28_a_person_who_says_no_to_everything_fits_and_the_mailbox_stays_small() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    let form = consent.questions("settings").unwrap();
    let every: Vec<&str> = form.questions.iter().map(|question| question.purpose.as_str()).collect();
    for _ in 0..50 {
        counts_in_memory(answer(&consent, &[], &every));
    }
    assert!(fs::metadata(mailbox(&device)).unwrap().len() < 64 * 1024);
    is_killed(consent);
    refusing.lift();
    let consent = device.open();
    assert!(every.iter().all(|purpose| !consent.allows(purpose)) && consent.verify().unwrap().ok);
}

#[test]
fn f_28_a_no_for_a_file_of_a_newer_schema_survives_the_downgrade() {
    let device = Device::new(Platform::Desktop);
    drop(granted(&device));
    let schema = |number: i64| {
        let database = rusqlite::Connection::open(device.options().path).unwrap();
        let before: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        database.execute_batch(&format!("PRAGMA user_version = {number}")).unwrap();
        before
    };
    let known = schema(99);
    let before = fs::read(device.options().path).unwrap();
    assert!(matches!(Consent::open(device.options()), Err(Error::NewerStore { .. })));
    Consent::leave_withdrawal(&device.options(), &[EMAIL, ANALYTICS]).unwrap();
    Consent::leave_withdrawal(&device.options(), &[SMS]).unwrap();
    assert_eq!(fs::read(device.options().path).unwrap(), before, "the file is not touched");
    schema(known);
    let consent = device.open();
    for purpose in [EMAIL, ANALYTICS, SMS] {
        assert_eq!(consent.explain(purpose).reasons, [Reason::Withdrawn], "{purpose}");
    }
    assert_eq!((withdrawals(&consent), mailbox(&device).exists()), (3, false));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_28_an_extension_leaves_a_no_to_the_app_and_a_wrong_name_is_told() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    Consent::leave_withdrawal(&device.options(), &[EMAIL]).unwrap();
    Consent::leave_withdrawal(&device.options(), &[EMAIL]).unwrap();
    let wrong = Consent::leave_withdrawal(&device.options(), &["no.such"]);
    assert!(matches!(&wrong, Err(Error::Invalid { field, .. }) if field == "purposes[0]"), "{wrong:?}");
    consent.connectivity_restored().unwrap();
    assert!(!consent.allows(EMAIL) && consent.allows(SMS));
    assert_eq!((withdrawals(&consent), consent.unrecorded().len()), (1, 0));
}
