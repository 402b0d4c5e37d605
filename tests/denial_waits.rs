//! What denies counts while another process holds the file, while threads meet, and on a disk that is really full.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    process::Command,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use consentkit::{
    client::{Answer, Consent, ImportChoice, Observer, Options, Snapshot},
    error::Error,
    ledger::ChoiceKind,
    policy::Basis,
    signal::{Platform, PushPermission, Signals},
};
use support::{
    Device, NOON, answer,
    edition::next_edition,
    refusing::{Holding, Refusing, counts_in_memory},
};

const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";

/// Tells a thread of the test what it was told: whether the person still takes e-mail, and who reads cookies.
struct Telling(Mutex<Sender<(bool, bool)>>);

impl Observer for Telling {
    fn changed(&self, snapshot: Arc<Snapshot>, now: i64) {
        let told = (snapshot.decide(EMAIL, now).allowed, snapshot.decide(ANALYTICS, now).allowed);
        self.0.lock().unwrap().send(told).unwrap();
    }
}

fn telling(consent: &Consent) -> (consentkit::client::Subscription, Receiver<(bool, bool)>) {
    let (sender, receiver) = channel();
    (consent.subscribe(Arc::new(Telling(sender.into()))), receiver)
}

/// What is told next, within the time that a write waits for another process.
fn heard(told: &Receiver<(bool, bool)>) -> (bool, bool) {
    told.recv_timeout(Duration::from_secs(4)).expect("told while the write waits")
}

fn granted(device: &Device) -> Consent {
    let consent = device.open();
    answer(&consent, &[DATA_USE, EMAIL, ANALYTICS, "cookies.marketing"], &[]).unwrap();
    consent
}

#[test]
fn f_2_while_another_process_holds_the_file_a_no_counts_and_the_observers_hear_of_it() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let (_subscription, told) = telling(&consent);
    let holding = Holding::the_file(device.folder.path());
    std::thread::scope(|scope| {
        let withdrawing = scope.spawn(|| consent.withdraw(&[EMAIL]));
        // Heard before the file is had: whoever keeps the last snapshot answers no as well.
        assert_eq!(heard(&told), (false, true));
        assert!(!consent.allows(EMAIL) && !withdrawing.is_finished());
        assert_eq!(consent.unrecorded().len(), 1, "listed while it waits");
        // A second call finds the first one waiting, and does not wait to deny.
        let second = scope.spawn(|| consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }));
        assert_eq!(heard(&told), (false, true));
        assert!(!consent.allows("cookies.marketing"));
        holding.let_go();
        withdrawing.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
    });
    assert!(consent.unrecorded().is_empty() && !consent.allows(EMAIL) && !consent.allows("cookies.marketing"));
    assert_eq!(consent.snapshot().seq, consent.history(0, 1000).unwrap().last().unwrap().seq);
}

#[test]
fn f_2_a_write_that_need_not_wait_is_told_once() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let (_subscription, told) = telling(&consent);
    consent.withdraw(&[EMAIL]).unwrap();
    answer(&consent, &[], &[ANALYTICS]).unwrap();
    consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
    consent.sign_in("acct_81").unwrap();
    consent.sign_out().unwrap();
    assert_eq!(told.try_iter().count(), 5);
}

#[test]
fn f_2_observers_hear_of_a_no_that_could_not_be_written() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let (_subscription, told) = telling(&consent);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [(false, true)]);
    refusing.lift();
    answer(&consent, &[], &[ANALYTICS]).unwrap();
    assert_eq!(told.try_iter().last(), Some((false, false)));
}

/// Withdraws from within the telling, once.
struct Answering {
    consent: std::sync::Weak<Consent>,
    left: Mutex<u32>,
}

impl Observer for Answering {
    fn changed(&self, _: Arc<Snapshot>, _: i64) {
        let Some(consent) = self.consent.upgrade() else { return };
        let first = std::mem::take(&mut *self.left.lock().unwrap()) > 0;
        if first {
            let _ = consent.withdraw(&[ANALYTICS]);
            assert!(!consent.allows(ANALYTICS));
        }
    }
}

#[test]
fn an_observer_that_withdraws_while_the_disk_refuses_is_heard() {
    let device = Device::new(Platform::Desktop);
    let consent = Arc::new(granted(&device));
    let _subscription = consent.subscribe(Arc::new(Answering { consent: Arc::downgrade(&consent), left: 1.into() }));
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    assert!(!consent.allows(EMAIL) && !consent.allows(ANALYTICS));
    assert_eq!(consent.unrecorded().len(), 2);
    refusing.lift();
    consent.shutdown().unwrap();
    let consent = device.open();
    assert!(!consent.allows(EMAIL) && !consent.allows(ANALYTICS));
}

#[test]
fn threads_that_withdraw_at_once_each_get_their_receipt_and_leave_one_denial_where_they_fail() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let eight = |consent: &Consent| {
        std::thread::scope(|scope| {
            let calls: Vec<_> = (0..8).map(|_| scope.spawn(|| consent.withdraw(&[EMAIL]))).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect::<Vec<_>>()
        })
    };
    let mut ops: Vec<String> = eight(&consent).into_iter().map(|receipt| receipt.unwrap().items.remove(0).op).collect();
    ops.sort();
    ops.dedup();
    assert_eq!(ops.len(), 8);
    let refusing = Refusing::every_write(device.folder.path());
    eight(&consent).into_iter().for_each(counts_in_memory);
    assert_eq!(consent.unrecorded().len(), 1);
    let shown = consent.questions("settings").unwrap().shown;
    refusing.lift();
    consent.record(&shown, &[Answer::grant(EMAIL)]).unwrap();
    assert!(consent.allows(EMAIL), "the form showed the one that was held: {:?}", consent.explain(EMAIL));
}

#[test]
fn f_2_what_is_held_when_the_ledger_is_let_go_is_recorded_where_the_disk_is_back() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    device.clock.advance(60_000);
    counts_in_memory(consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }));
    refusing.lift();
    drop(consent);
    let consent = device.open();
    assert!(!consent.allows(EMAIL) && !consent.allows("cookies.marketing") && consent.allows(ANALYTICS));
    let told: Vec<_> = consent.history(0, 1000).unwrap().into_iter().map(|entry| (entry.kind, entry.at)).collect();
    assert_eq!(told[told.len() - 2..], [("choice".to_owned(), NOON), ("signal".to_owned(), NOON + 60_000)], "each with its own time");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_28_what_is_held_when_the_ledger_is_let_go_on_a_disk_that_still_refuses_is_recorded_by_the_next_start() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    drop(consent);
    refusing.lift();
    let consent = device.open();
    assert!(!consent.allows(EMAIL) && consent.unrecorded().is_empty(), "it lay in the mailbox");
    assert!(consent.verify().unwrap().ok);
}

/// Every public call that writes, or may.
fn every_call(consent: &Consent, shown: &str) -> Vec<(&'static str, bool)> {
    let import = ImportChoice {
        purpose: "marketing.kakao".into(),
        choice: ChoiceKind::Refused,
        said_at: Some(NOON - 1),
        source: "old app".into(),
        text_version: None,
        actor: None,
    };
    vec![
        ("withdraw", consent.withdraw(&[EMAIL]).is_err()),
        ("report_signals", consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).is_err()),
        ("record", consent.record(shown, &[Answer::refuse(ANALYTICS)]).is_err()),
        ("record a grant", consent.record(shown, &[Answer::grant("marketing.sms")]).is_err()),
        ("import", consent.import(&[import]).is_err()),
        ("adopt_policy", consent.adopt_policy(&next_edition()).is_err()),
        ("connectivity_restored", consent.connectivity_restored().is_err()),
        ("sync", consent.sync(1000).is_err()),
        ("advertising_id", consent.advertising_id("ad_id.measurement").is_err()),
        ("sign_in", consent.sign_in("acct_82").is_err()),
        ("sign_out", consent.sign_out().is_err()),
    ]
}

#[test]
fn every_call_fails_or_answers_while_the_disk_refuses_and_what_denies_stays_denied() {
    let device = Device::new(Platform::Desktop);
    let server = Some("http://127.0.0.1:9".into());
    let consent = Consent::open(Options { server, ..device.options() }).unwrap();
    consent.sign_in("acct_81").unwrap();
    answer(&consent, &[DATA_USE, EMAIL, ANALYTICS, "cookies.marketing"], &[]).unwrap();
    let shown = consent.questions("settings").unwrap().shown;
    let refusing = Refusing::every_write(device.folder.path());
    for round in 0..3 {
        let failed = every_call(&consent, &shown);
        for (call, failed) in failed {
            // The gate refuses before it writes, and who is signed out already has nothing to write.
            assert!(failed || call == "advertising_id", "{call} in round {round}");
        }
        let denied = [EMAIL, ANALYTICS, "cookies.marketing", DATA_USE, "marketing.sms", "marketing.kakao"];
        for purpose in denied {
            assert!(!consent.allows(purpose) && !consent.explain(purpose).allowed, "{purpose} in round {round}");
        }
        assert!(consent.questions("settings").is_ok() && consent.pending().is_ok() && consent.stuck().is_ok());
        assert!(consent.history(0, 10).is_ok() && consent.state_at(NOON).is_ok() && consent.verify().unwrap().ok);
        consent.refresh().unwrap();
        for purpose in denied {
            assert!(!consent.allows(purpose), "{purpose} after a refresh in round {round}");
        }
    }
    let basis = |basis| consent.snapshot().policy.purposes.iter().find(|purpose| purpose.basis == basis).unwrap().id.clone();
    assert!(consent.allows(&basis(Basis::Contract)) && consent.allows(&basis(Basis::Law)), "what needs no consent goes on");
    refusing.lift();
    consent.connectivity_restored().unwrap();
    assert_eq!(consent.unrecorded(), []);
    for purpose in [EMAIL, ANALYTICS, "cookies.marketing", DATA_USE, "marketing.sms", "marketing.kakao"] {
        assert!(!consent.allows(purpose), "{purpose}");
    }
    assert!(consent.verify().unwrap().ok);
}

/// Set in the process whose files may not grow.
const LIMITED: &str = "CONSENTKIT_TEST_FULL_DISK";

/// Fills what a grant left, which does not fit where a shorter record still does. The permission to show notifications takes nothing from the
/// person, so it is neither held in memory nor sent, and no record is shorter than the one of a signal.
#[cfg(unix)]
fn fill_the_rest(consent: &Consent) {
    let report = |push| consent.report_signals(Signals { push: Some(push), ..Signals::default() });
    let full = (0..10_000).find_map(|_| report(PushPermission::Denied).and_then(|_| report(PushPermission::Granted)).err());
    assert!(matches!(full.expect("the file stopped growing"), Error::StoreUnavailable { .. }));
}

/// The system refuses to let the file grow, as it does on a full disk. The limit is a process's own, so the test starts itself anew.
#[cfg(unix)]
#[test]
fn f_28_where_the_log_can_grow_no_more_a_withdrawal_and_an_opt_out_are_recorded_all_the_same() {
    if std::env::var_os(LIMITED).is_none() {
        let own = std::env::current_exe().unwrap();
        let limits = format!("trap '' XFSZ; ulimit -f 1024; exec '{}' --exact {NAME} --nocapture", own.display());
        let ended = Command::new("sh").arg("-c").arg(limits).env(LIMITED, "1").output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        return;
    }
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let shown = consent.questions("settings").unwrap().shown;
    let full = (0..10_000).find_map(|_| consent.record(&shown, &[Answer::grant(EMAIL)]).err()).expect("the file stopped growing");
    assert!(matches!(full, Error::StoreUnavailable { .. }), "{full:?}");
    fill_the_rest(&consent);
    assert!(consent.allows(EMAIL));
    consent.withdraw(&[EMAIL]).unwrap();
    consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
    assert!(!consent.allows(EMAIL) && !consent.allows("cookies.marketing") && consent.allows(ANALYTICS));
    assert_eq!(consent.unrecorded(), []);
}

#[cfg(unix)]
const NAME: &str = "f_28_where_the_log_can_grow_no_more_a_withdrawal_and_an_opt_out_are_recorded_all_the_same";
