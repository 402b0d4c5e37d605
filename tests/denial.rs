//! What denies never waits for the disk: it counts from the call on, and is recorded by the next call that can write.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{AdIdProvider, Answer, Consent, DenialKind, ImportChoice, Options, Why},
    decision::{Prompt, Reason},
    error::Error,
    ledger::{AskAgain, ChoiceKind, Status},
    signal::{AdIdAnswer, AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, Signals, Tracking},
};
use support::{
    Device, INFLUENTIAL, NOON, answer,
    refusing::{Refusing, counts_in_memory},
};

const ADS: &str = "ad_id.personalised_ads";
const EMAIL: &str = "marketing.email";
const DATA_USE: &str = "marketing.data_use";
const ANALYTICS: &str = "cookies.analytics";
const MINUTE: i64 = 60_000;

/// A provider whose id the test changes.
struct Ids(std::sync::Mutex<AdIdAnswer>);

impl AdIdProvider for Ids {
    fn advertising_id(&self) -> AdIdAnswer {
        self.0.lock().unwrap().clone()
    }
}

fn an_id(first: char) -> AdIdAnswer {
    AdIdAnswer::Id { value: format!("{first}8400e29-b41d-4a16-8446-655440000000"), limited: false }
}

/// A phone on which everything is granted, allowed and recorded.
fn granted(device: &Device) -> Consent {
    let consent = device.open();
    all_granted(&consent);
    consent
}

fn all_granted(consent: &Consent) {
    let favourable = Signals {
        tracking: Some(Tracking::Authorized),
        ad_id: Some(AdIdSignal::Available),
        gpc: Some(false),
        age: Some(AgeBand::Above),
        guardian: Some(Guardian::Verified),
        ..Signals::default()
    };
    consent.report_signals(favourable).unwrap();
    answer(consent, &[ADS, "cookies.marketing", ANALYTICS, DATA_USE, EMAIL, "marketing.sms"], &[]).unwrap();
    for purpose in [ADS, "cookies.marketing", ANALYTICS, DATA_USE, EMAIL] {
        assert!(consent.allows(purpose), "{purpose}: {:?}", consent.explain(purpose));
    }
    assert_eq!(consent.unrecorded(), []);
}

fn kinds(consent: &Consent) -> Vec<DenialKind> {
    consent.unrecorded().into_iter().map(|held| held.kind).collect()
}

/// One signal, what it denies, and how it is named while it is held.
fn signals_that_deny() -> Vec<(Signals, &'static str, Reason, DenialKind)> {
    let none = Signals::default();
    let tracking = |tracking, reason| (Signals { tracking: Some(tracking), ..none }, ADS, reason, DenialKind::Tracking);
    let ad_id = |ad_id, reason| (Signals { ad_id: Some(ad_id), ..none }, ADS, reason, DenialKind::AdvertisingId);
    let mut all = vec![
        tracking(Tracking::Denied, Reason::OsDenied),
        tracking(Tracking::Restricted, Reason::OsRestricted),
        tracking(Tracking::NotDetermined, Reason::OsNotDetermined),
        ad_id(AdIdSignal::Limited, Reason::AdIdLimited),
        (Signals { gpc: Some(true), ..none }, ADS, Reason::Gpc, DenialKind::Gpc),
        (Signals { gpc: Some(true), ..none }, "cookies.marketing", Reason::Gpc, DenialKind::Gpc),
        (Signals { age: Some(AgeBand::Below), ..none }, ADS, Reason::Child, DenialKind::Age),
    ];
    all.extend(AdIdUnavailable::ALL.map(|kind| ad_id(AdIdSignal::Unavailable { kind }, Reason::AdIdUnavailable { kind })));
    all
}

#[test]
fn f_1_every_signal_that_denies_counts_while_the_disk_refuses_and_is_recorded_by_the_next_write() {
    for (signal, purpose, reason, kind) in signals_that_deny() {
        let device = Device::new(Platform::Ios);
        let consent = granted(&device);
        let refusing = Refusing::every_write(device.folder.path());
        device.clock.advance(MINUTE);
        counts_in_memory(consent.report_signals(signal));
        assert!(!consent.allows(purpose), "{signal:?}");
        assert!(consent.explain(purpose).reasons.contains(&reason), "{signal:?}: {:?}", consent.explain(purpose));
        assert!(!consent.snapshot().decide(purpose, NOON).allowed);
        let held = consent.unrecorded();
        assert_eq!((held.len(), held[0].kind, held[0].since), (1, kind, NOON + MINUTE), "{signal:?}");

        // It stays whatever is tried meanwhile.
        device.clock.advance(MINUTE);
        consent.refresh().unwrap();
        counts_in_memory(consent.withdraw(&["marketing.sms"]));
        consent
            .report_signals(Signals { tracking: Some(Tracking::Authorized), ad_id: Some(AdIdSignal::Available), ..Signals::default() })
            .unwrap_err();
        consent.report_signals(Signals { gpc: Some(false), age: Some(AgeBand::Above), ..Signals::default() }).unwrap_err();
        assert!(consent.report_signals(signal).is_err());
        consent.refresh().unwrap();
        assert!(!consent.allows(purpose), "{signal:?}");
        assert_eq!(kinds(&consent), [kind, DenialKind::No], "one a key, in the order of the taps");

        refusing.lift();
        device.clock.advance(MINUTE);
        let before = consent.history(0, 1000).unwrap().len() as i64;
        consent.withdraw(&[ANALYTICS]).unwrap();
        let entries = consent.history(before, 1000).unwrap();
        let told: Vec<_> = entries.iter().map(|entry| (entry.kind.as_str(), entry.at, entry.purpose.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("signal", NOON + MINUTE, None),
                ("choice", NOON + 2 * MINUTE, Some("marketing.sms")),
                ("choice", NOON + 3 * MINUTE, Some(ANALYTICS)),
            ],
            "{signal:?}"
        );
        assert_eq!(consent.unrecorded(), []);
        assert!(!consent.allows(purpose));
        drop(consent);
        let consent = device.open();
        assert!(consent.explain(purpose).reasons.contains(&reason), "{signal:?} is on disk");
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_1_a_guardian_who_is_gone_counts_while_the_disk_refuses() {
    let device = Device::new(Platform::Desktop);
    let policy = INFLUENTIAL.replace("\"audience\": \"adult\"", "\"audience\": \"child\"");
    let open = || Consent::open(Options { policy: policy.clone(), ..device.options() }).unwrap();
    let consent = open();
    assert_ne!(policy, INFLUENTIAL);
    consent.report_signals(Signals { age: Some(AgeBand::Below), guardian: Some(Guardian::Verified), ..Signals::default() }).unwrap();
    let shown = consent.questions("settings").unwrap().shown;
    let grant = Answer { actor: consentkit::ledger::Actor::Guardian, ..Answer::grant(ANALYTICS) };
    consent.record(&shown, &[grant]).unwrap();
    assert!(consent.allows(ANALYTICS));
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.report_signals(Signals { guardian: Some(Guardian::NotVerified), ..Signals::default() }));
    assert!(!consent.allows(ANALYTICS));
    assert_eq!(kinds(&consent), [DenialKind::Guardian]);
    refusing.lift();
    consent.shutdown().unwrap();
    assert_eq!(open().explain(ANALYTICS).reasons, [Reason::GuardianRequired]);
}

#[test]
fn f_1_a_milder_signal_counts_once_it_is_recorded_after_the_one_that_was_held() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    let gpc = |on| Signals { gpc: Some(on), ..Signals::default() };
    counts_in_memory(consent.report_signals(gpc(true)));
    let before = consent.history(0, 1000).unwrap().len() as i64;
    refusing.lift();
    consent.report_signals(gpc(false)).unwrap();
    assert!(consent.allows(ADS) && consent.unrecorded().is_empty());
    assert_eq!(consent.history(before, 1000).unwrap().len(), 2, "that it was on, and that it is off again");
}

#[test]
fn f_1_a_signal_of_another_kind_replaces_the_held_one_of_its_field() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    let tracking = |tracking| Signals { tracking: Some(tracking), ..Signals::default() };
    counts_in_memory(consent.report_signals(tracking(Tracking::Denied)));
    counts_in_memory(consent.report_signals(tracking(Tracking::Restricted)));
    assert_eq!(consent.explain(ADS).reasons, [Reason::OsRestricted]);
    assert_eq!(kinds(&consent), [DenialKind::Tracking]);
    refusing.lift();
    consent.shutdown().unwrap();
    assert_eq!(device.open().explain(ADS).reasons, [Reason::OsRestricted]);
}

#[test]
fn f_1_an_age_that_is_not_known_does_not_stand_in_for_a_held_one_below() {
    let device = Device::new(Platform::Ios);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    let age = |age| Signals { age: Some(age), ..Signals::default() };
    counts_in_memory(consent.report_signals(age(AgeBand::Below)));
    counts_in_memory(consent.report_signals(age(AgeBand::Unknown)));
    assert!(!consent.allows(ADS) && kinds(&consent) == [DenialKind::Age]);
    refusing.lift();
    consent.report_signals(age(AgeBand::Unknown)).unwrap();
    assert!(consent.allows(ADS), "recorded, it is: this policy expects adults");
}

#[test]
fn f_1_the_gate_before_the_advertising_id_hears_of_what_is_held() {
    let device = Device::new(Platform::Android);
    let ids = Arc::new(Ids(an_id('a').into()));
    let options = || Options { ad_id: Some(ids.clone()), ..device.options() };
    let consent = Consent::open(options()).unwrap();
    all_granted(&consent);
    let ask = |consent: &Consent| consent.advertising_id(ADS).map(|id| matches!(id, consentkit::client::AdvertisingId::Available { .. }));
    assert!(ask(&consent).unwrap());

    // A limit that the provider tells, and an id that replaced the other, are denials like any.
    let refusing = Refusing::every_write(device.folder.path());
    *ids.0.lock().unwrap() = an_id('b');
    counts_in_memory(ask(&consent));
    assert_eq!(consent.explain(ADS).reasons, [Reason::AskAgain { cause: AskAgain::AdIdChanged }]);
    assert!(!ask(&consent).unwrap(), "the provider is not asked any more");
    assert_eq!(kinds(&consent), [DenialKind::AnotherAdvertisingId]);
    counts_in_memory(consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }));
    refusing.lift();
    consent.shutdown().unwrap();
    let consent = Consent::open(options()).unwrap();
    assert_eq!(consent.explain(ADS).reasons, [Reason::Gpc, Reason::AskAgain { cause: AskAgain::AdIdChanged }]);

    consent.report_signals(Signals { gpc: Some(false), ..Signals::default() }).unwrap();
    answer(&consent, &[ADS], &[]).unwrap();
    let refusing = Refusing::every_write(device.folder.path());
    *ids.0.lock().unwrap() = AdIdAnswer::Id { value: "00000000-0000-0000-0000-000000000000".into(), limited: false };
    counts_in_memory(ask(&consent));
    assert_eq!(consent.explain(ADS).reasons, [Reason::AdIdLimited]);
    refusing.lift();
    consent.refresh().unwrap();
    assert!(!consent.allows(ADS));
}

#[test]
fn f_1_no_prompt_is_due_for_what_a_held_signal_denies() {
    let device = Device::new(Platform::Ios);
    let consent = device.open();
    consent.report_signals(Signals { tracking: Some(Tracking::NotDetermined), ..Signals::default() }).unwrap();
    answer(&consent, &[ADS], &[]).unwrap();
    assert_eq!(consent.next_prompt(), Some(Prompt::Tracking));
    let _refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }));
    assert_eq!(consent.next_prompt(), None);
    assert!(!consent.snapshot().google_consent(NOON).ad_personalization);
}

#[test]
fn f_2_a_withdrawal_counts_while_the_disk_refuses_and_is_recorded_by_the_next_write() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    device.clock.advance(MINUTE);
    counts_in_memory(consent.withdraw(&[EMAIL, DATA_USE]));
    assert_eq!(consent.explain(DATA_USE).reasons, [Reason::Withdrawn]);
    assert_eq!(consent.explain(EMAIL).reasons, [Reason::Requires { purpose: DATA_USE.into() }, Reason::Withdrawn]);
    assert_eq!(consent.explain("marketing.sms").reasons, [Reason::Requires { purpose: DATA_USE.into() }]);
    let questions = consent.questions("settings").unwrap().questions;
    let status =
        |purpose: &str| questions.iter().find(|question| question.purpose == purpose).map(|found| (found.status, found.why)).unwrap();
    assert_eq!(status(EMAIL), (Status::Withdrawn, Why::Answered));
    device.clock.advance(MINUTE);
    counts_in_memory(consent.withdraw(&[EMAIL]));
    let held: Vec<_> = consent.unrecorded().into_iter().map(|held| (held.purpose.unwrap(), held.since)).collect();
    assert_eq!(held, [(EMAIL.to_owned(), NOON + MINUTE), (DATA_USE.to_owned(), NOON + MINUTE)]);
    refusing.lift();
    consent.connectivity_restored().unwrap();
    assert_eq!(consent.unrecorded(), []);
    let choices: Vec<_> = consent.history(0, 1000).unwrap().into_iter().filter(|entry| entry.at > NOON).collect();
    assert_eq!(choices.iter().map(|entry| entry.at).collect::<Vec<_>>(), [NOON + MINUTE; 2]);
    let pending = consent.pending().unwrap();
    assert_eq!(pending.iter().filter(|change| change.lowers).count(), 2, "they will be sent");
    drop(consent);
    assert_eq!(device.open().explain(DATA_USE).reasons, [Reason::Withdrawn]);
}

#[test]
fn f_2_a_refusal_in_a_form_counts_and_a_grant_beside_it_does_not() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let shown = consent.questions("settings").unwrap().shown;
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.record(&shown, &[Answer::grant("marketing.kakao"), Answer::refuse(EMAIL), Answer::refuse("marketing.push")]));
    assert_eq!(consent.explain("marketing.kakao").reasons, [Reason::NotAnswered], "a yes that is not on disk is none");
    assert!(!consent.allows(EMAIL));
    assert_eq!(consent.explain("marketing.push").reasons, [Reason::Refused]);
    refusing.lift();
    let receipt = consent.record(&shown, &[Answer::grant("marketing.kakao")]).unwrap();
    assert!(consent.allows("marketing.kakao") && receipt.items.len() == 1);
    let entries: Vec<_> = consent.history(0, 1000).unwrap().into_iter().filter(|entry| entry.kind == "choice").collect();
    let last: Vec<_> =
        entries[entries.len() - 3..].iter().map(|entry| (entry.purpose.as_deref().unwrap(), entry.status.unwrap())).collect();
    assert_eq!(
        last,
        [(EMAIL, Status::Withdrawn), ("marketing.push", Status::Refused), ("marketing.kakao", Status::Granted)],
        "what was held first, and a no after a yes is a withdrawal"
    );
    assert_eq!(entries[entries.len() - 3].text, entries[entries.len() - 3].text.clone().filter(|text| text.len() == 64), "with its notice");
}

#[test]
fn f_2_a_no_of_an_older_store_counts_while_the_disk_refuses() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE], &[]).unwrap();
    let older = |purpose: &str, choice| ImportChoice {
        purpose: purpose.into(),
        choice,
        said_at: Some(NOON - MINUTE),
        source: "old app".into(),
        text_version: None,
        actor: None,
    };
    let rows = [older(EMAIL, ChoiceKind::Withdrawn), older("marketing.sms", ChoiceKind::Granted)];
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.import(&rows));
    assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
    assert_eq!(consent.explain("marketing.sms").reasons, [Reason::NotAnswered]);
    assert_eq!(kinds(&consent), [DenialKind::Import]);
    refusing.lift();
    consent.import(&rows).unwrap();
    assert!(consent.unrecorded().is_empty() && !consent.allows(EMAIL) && consent.allows("marketing.sms"));
    let imports = consent.history(0, 1000).unwrap().into_iter().filter(|entry| entry.kind == "import");
    assert_eq!(imports.count(), 2, "what was held is the same import");
}

#[test]
fn f_2_a_form_that_showed_the_held_no_may_be_answered_with_a_yes_and_an_older_form_may_not() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let before = consent.questions("settings").unwrap().shown;
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL, ANALYTICS]));
    let between = consent.questions("settings").unwrap().shown;
    counts_in_memory(consent.withdraw(&[ANALYTICS]));
    let after = consent.questions("settings").unwrap().shown;
    refusing.lift();
    consent.record(&before, &[Answer::grant(EMAIL)]).unwrap();
    assert!(!consent.allows(EMAIL), "the form had not seen the no");
    consent.record(&between, &[Answer::grant(ANALYTICS)]).unwrap();
    assert!(!consent.allows(ANALYTICS), "the form had not seen the second no");
    consent.record(&after, &[Answer::grant(EMAIL), Answer::grant(ANALYTICS)]).unwrap();
    assert!(consent.allows(EMAIL) && consent.allows(ANALYTICS), "{:?}", consent.explain(EMAIL));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_2_a_call_that_is_refused_for_what_it_says_denies_nothing() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let shown = consent.questions("settings").unwrap().shown;
    let stale = consent.questions("first_run").unwrap().shown;
    let refusing = Refusing::every_write(device.folder.path());
    for (token, answers) in [("forged", vec![Answer::refuse(EMAIL)]), (&shown, vec![Answer::refuse("no.such")]), (&shown, vec![])] {
        assert!(consent.record(token, &answers).is_err());
    }
    assert!(consent.withdraw(&[EMAIL, "no.such"]).is_err() && consent.withdraw(&[EMAIL, EMAIL]).is_err());
    assert!(consent.allows(EMAIL) && consent.unrecorded().is_empty());
    refusing.lift();
    let not_shown = [Answer::refuse(EMAIL), Answer::grant("ad_id.link_account")];
    assert!(matches!(consent.record(&stale, &not_shown), Err(Error::NoticeNotShown { .. })));
    assert!(consent.allows(EMAIL), "all are written, or none");
}

#[test]
fn f_3_a_sign_out_that_cannot_be_written_stops_the_persons_grants() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.sign_in("user_a").unwrap();
    all_granted(&consent);
    let refusing = Refusing::every_write(device.folder.path());
    device.clock.advance(MINUTE);
    counts_in_memory(consent.sign_out());
    assert_eq!(consent.explain(DATA_USE).reasons, [Reason::NotAnswered]);
    assert!(consent.allows(ANALYTICS), "the device's own stay");
    assert!(!consent.snapshot().signed_in);
    assert_eq!(kinds(&consent), [DenialKind::SignOut]);

    // What is said from now on is said by somebody else.
    device.clock.advance(MINUTE);
    counts_in_memory(consent.withdraw(&["marketing.sms"]));
    assert_eq!(consent.explain("marketing.sms").reasons.last(), Some(&Reason::Withdrawn));
    counts_in_memory(consent.sign_out());
    assert_eq!(kinds(&consent), [DenialKind::SignOut, DenialKind::No]);
    let shown = consent.questions("settings").unwrap().shown;
    refusing.lift();
    consent.record(&shown, &[Answer::grant(DATA_USE)]).unwrap();
    assert!(consent.allows(DATA_USE) && !consent.allows("marketing.sms"));
    let kinds: Vec<_> = consent.history(0, 1000).unwrap().into_iter().filter(|entry| entry.at > NOON).map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["link", "choice", "choice"]);

    // A's answers are as A left them.
    consent.sign_in("user_c").unwrap();
    consent.sign_in("user_a").unwrap();
    assert!(consent.allows("marketing.sms") && consent.allows(EMAIL), "{:?}", consent.explain("marketing.sms"));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_3_a_sign_in_that_cannot_be_written_has_not_happened_and_stops_the_grants_of_whoever_was_there() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.sign_in("user_a").unwrap();
    all_granted(&consent);
    let refusing = Refusing::every_write(device.folder.path());
    assert!(consent.sign_in("user_a").is_ok() || consent.allows(EMAIL), "the same person again is no news");
    counts_in_memory(consent.sign_in("user_b"));
    assert_eq!(consent.explain(EMAIL).reasons, [Reason::Requires { purpose: DATA_USE.into() }, Reason::NotAnswered]);
    counts_in_memory(consent.withdraw(&["marketing.kakao"]));
    refusing.lift();
    consent.report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
    assert!(!consent.snapshot().signed_in, "A left, and nobody came");
    assert!(!consent.allows(EMAIL) && consent.unrecorded().is_empty());
    consent.sign_in("user_b").unwrap();
    assert_eq!(consent.explain("marketing.kakao").reasons.last(), Some(&Reason::Withdrawn), "the no came with whoever is here now");
    consent.sign_in("user_a").unwrap();
    assert!(consent.allows(EMAIL));
    let merged = |entry: &consentkit::client::HistoryEntry| entry.kind == "merge";
    assert_eq!(consent.history(0, 1000).unwrap().iter().filter(|entry| merged(entry)).count(), 1);
}

#[test]
fn f_3_an_anonymous_persons_grants_do_not_answer_for_an_account_that_could_not_sign_in() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.sign_in("user_b"));
    assert!(!consent.allows(EMAIL) && consent.allows(ANALYTICS));
    assert_eq!(kinds(&consent), [DenialKind::SignIn]);
    refusing.lift();
    consent.sign_in("user_b").unwrap();
    assert!(consent.allows(EMAIL) && consent.unrecorded().is_empty(), "brought into the account as ever");
}

#[test]
fn a_no_before_and_a_no_after_a_held_sign_out_belong_to_two_people() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.sign_in("user_a").unwrap();
    all_granted(&consent);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    counts_in_memory(consent.sign_out());
    assert_eq!(consent.explain(EMAIL).reasons.last(), Some(&Reason::NotAnswered), "A's no is A's");
    counts_in_memory(consent.withdraw(&["marketing.sms"]));
    refusing.lift();
    consent.sign_in("user_a").unwrap();
    // A comes back: with what was said in between, which was said here by nobody in particular.
    assert_eq!(consent.explain(EMAIL).reasons, [Reason::Withdrawn]);
    assert_eq!(consent.explain("marketing.sms").reasons, [Reason::Withdrawn]);
    consent.sign_in("user_b").unwrap();
    assert_eq!(consent.explain(EMAIL).reasons.last(), Some(&Reason::NotAnswered));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn shutdown_records_what_is_held_or_says_that_it_is_lost() {
    let device = Device::new(Platform::Desktop);
    let consent = granted(&device);
    let refusing = Refusing::every_write(device.folder.path());
    counts_in_memory(consent.withdraw(&[EMAIL]));
    refusing.lift();
    consent.shutdown().unwrap();
    assert_eq!(device.open().explain(EMAIL).reasons, [Reason::Withdrawn]);

    let consent = device.open();
    let refusing = Refusing::every_write(device.folder.path());
    // Nor can the mailbox be written, in whose place a folder lies.
    std::fs::create_dir(device.folder.path().join("consent.db-mailbox")).unwrap();
    counts_in_memory(consent.withdraw(&[ANALYTICS]));
    let Err(Error::StoreUnavailable { reason, .. }) = consent.shutdown() else { panic!("the loss is told") };
    assert!(reason.contains("lost with this process"), "{reason}");
    assert!(!consent.allows(ANALYTICS) && !consent.snapshot().available);
    assert_eq!(consent.unrecorded().len(), 1);
    assert!(matches!(consent.withdraw(&[EMAIL]), Err(Error::ShutDown)));
    consent.shutdown().unwrap();
    refusing.lift();
}
