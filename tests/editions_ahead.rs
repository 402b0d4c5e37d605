//! Editions that take effect on a later day: until then the older one counts, and from its first moment on the new one does.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent, Options},
    clock::Clock,
    error::Error,
    policy::FaultCode,
    signal::Platform,
};
use serde_json::json;
use support::{
    Device, NOON,
    announced::{edition, edition_announced, new_purpose, place},
    answer,
    refusing::Refusing,
};

const DAY: i64 = 86_400_000;
/// 2026-12-20 00:00 in Seoul.
const DAY_OF_4: i64 = 1_797_692_400_000;
const EMAIL: &str = "marketing.email";
const ANALYTICS: &str = "cookies.analytics";
const NEW: &str = "cookies.more";

/// Edition 4 takes effect on 2026-12-20: analytics cookies changed in meaning, and a purpose is new.
fn fourth() -> String {
    edition(4, "2026-12-20", &[(&place(ANALYTICS, "material"), json!(2)), ("/purposes/-", new_purpose(NEW))])
}

fn ships(device: &Device, policy: String) -> Options {
    Options { policy, ..device.options() }
}

fn in_force(consent: &Consent) -> u32 {
    consent.snapshot().policy.edition
}

fn refused(consent: &Consent, document: &str) -> (String, FaultCode) {
    match consent.adopt_policy(document) {
        Err(Error::PolicyRefused { faults }) => (faults[0].pointer.clone(), faults[0].code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn f_35_an_edition_of_a_later_day_is_announced_and_the_older_one_counts_until_then() {
    for delivered in [true, false] {
        let device = Device::new(Platform::Desktop);
        let mut consent = device.open();
        answer(&consent, &[ANALYTICS, "marketing.data_use", EMAIL], &[]).unwrap();
        if delivered {
            consent.adopt_policy(&fourth()).unwrap();
        } else {
            drop(consent);
            consent = Consent::open(ships(&device, fourth())).unwrap();
        }
        assert!(consent.allows(ANALYTICS) && consent.explain(ANALYTICS).allowed, "its day has not come");
        assert_eq!((in_force(&consent), consent.policy().edition), (3, 3));
        assert!(!consent.allows(NEW));
        let announced = consent.announced();
        assert_eq!((announced.len(), announced[0].edition, announced[0].from, announced[0].days_left), (1, 4, DAY_OF_4, 28));
        assert_eq!((announced[0].asks_again.as_slice(), announced[0].asks_first.as_slice()), (&[ANALYTICS.into()][..], &[NEW.into()][..]));
        let raised = announced[0].changes.iter().find(|change| change.pointer == place(ANALYTICS, "material")).unwrap();
        assert_eq!((raised.old.as_deref(), raised.new.as_deref()), (Some("1"), Some("2")));
        assert_eq!(announced[0].policy.effective_on, "2026-12-20");
        assert!(!consent.questions("settings").unwrap().questions.iter().any(|question| question.purpose == NEW));
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_35_its_first_moment_reaches_every_reader_without_a_call() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS, "marketing.data_use", EMAIL], &[]).unwrap();
    let (handle, email) = (consent.purpose(ANALYTICS), consent.purpose(EMAIL));
    consent.adopt_policy(&fourth()).unwrap();
    assert_eq!(consent.snapshot().valid_until(ANALYTICS, device.clock.now()), Some(DAY_OF_4));
    device.clock.set(DAY_OF_4 - 1);
    assert!(consent.allows(ANALYTICS) && handle.allows() && email.allows());
    device.clock.set(DAY_OF_4);
    assert!(!consent.allows(ANALYTICS) && !handle.allows(), "the grant is for the text of before");
    assert!(consent.allows(EMAIL) && email.allows(), "what did not change goes on");
    assert_eq!(consent.explain(ANALYTICS).reasons[0].code(), "ask_again:policy_changed");
    assert_eq!(consent.explain(NEW).reasons[0].code(), "not_answered", "the purpose is known from now on");
    assert_eq!((in_force(&consent), consent.policy().edition, consent.announced().len()), (4, 4, 0));
    assert!(consent.questions("settings").unwrap().questions.iter().any(|question| question.purpose == NEW));
}

#[test]
fn f_35_the_next_write_records_it_and_it_survives_a_kill_and_a_clock_that_jumps_back() {
    for by_write in [true, false] {
        let device = Device::new(Platform::Desktop);
        let mut consent = device.open();
        answer(&consent, &[ANALYTICS], &[]).unwrap();
        consent.adopt_policy(&fourth()).unwrap();
        let records = consent.snapshot().seq;
        device.clock.set(DAY_OF_4 + DAY);
        if by_write {
            let form = consent.questions("settings").unwrap();
            consent.record(&form.shown, &[Answer::grant(NEW), Answer::grant(ANALYTICS)]).unwrap();
            assert_eq!(consent.snapshot().seq, records + 3, "the edition, and the two answers");
        } else {
            drop(consent);
            consent = device.open();
            assert_eq!(consent.snapshot().seq, records + 1);
        }
        device.clock.set(NOON - 3_650 * DAY);
        assert_eq!(in_force(&consent), 4, "once in force it stays");
        assert_eq!(consent.allows(NEW), by_write);
        drop(consent);
        let consent = device.open();
        assert_eq!(in_force(&consent), 4);
        let kinds: Vec<String> = consent.history(0, 100).unwrap().into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "policy").count(), 2, "{kinds:?}");
        assert!(consent.verify().unwrap().ok);
    }
}

#[test]
fn f_35_a_form_answers_the_edition_that_was_in_force_when_it_was_drawn() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&fourth()).unwrap();
    let before = consent.questions("settings").unwrap();
    device.clock.set(DAY_OF_4);
    let after = consent.questions("settings").unwrap();
    assert!(matches!(consent.record(&before.shown, &[Answer::grant(ANALYTICS)]), Err(Error::Shown { .. })), "its texts are the old ones");
    assert!(!consent.allows(ANALYTICS));
    consent.record(&after.shown, &[Answer::grant(ANALYTICS)]).unwrap();
    assert!(consent.allows(ANALYTICS));
    let said = consent.history(0, 100).unwrap().into_iter().find(|entry| entry.kind == "choice").unwrap();
    assert_eq!(said.edition, Some(4));
}

#[test]
fn f_35_each_grant_can_be_read_with_the_text_of_its_time() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    let title = json!({ "ko": "이용 분석", "en": "Measuring" });
    let next = edition(4, "2026-12-20", &[(&place(ANALYTICS, "title"), title), (&place(ANALYTICS, "material"), json!(2))]);
    consent.adopt_policy(&next).unwrap();
    device.clock.set(DAY_OF_4);
    let title = |edition: i64| {
        let view = consent.edition(edition).unwrap();
        view.purposes.into_iter().find(|notice| notice.purpose == ANALYTICS).unwrap().title
    };
    let agreed = consent.history(0, 100).unwrap().into_iter().find_map(|entry| entry.edition.filter(|_| entry.kind == "choice")).unwrap();
    assert_eq!(agreed, 3);
    assert_ne!(title(agreed), "이용 분석");
    assert_eq!(title(4), "이용 분석");
    for unknown in [0, -1, 5, i64::MAX, i64::MIN] {
        assert!(matches!(consent.edition(unknown), Err(Error::Invalid { field, .. }) if field == "edition"), "{unknown}");
    }
}

#[test]
fn f_35_the_day_begins_in_seoul_wherever_the_phone_is() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&fourth()).unwrap();
    let seoul = consentkit::ledger::millis("2026-12-20T00:00:00+09:00").unwrap();
    assert_eq!(consent.announced()[0].from, seoul);
    for (before, days) in [(DAY + 1, 2), (DAY, 1), (1, 1)] {
        device.clock.set(seoul - before);
        assert_eq!(consent.announced()[0].days_left, days);
    }
}

#[test]
fn f_35_an_app_that_has_nothing_older_asks_by_what_it_has() {
    let device = Device::new(Platform::Desktop);
    let consent = Consent::open(ships(&device, fourth())).unwrap();
    assert_eq!((in_force(&consent), consent.announced().len()), (4, 0));
    answer(&consent, &[NEW], &[]).unwrap();
    assert!(consent.allows(NEW));
    drop(consent);
    assert_eq!(in_force(&Consent::open(ships(&device, fourth())).unwrap()), 4);
}

#[test]
fn f_35_a_clock_that_is_wrong_by_years_neither_keeps_an_app_from_opening_nor_loses_an_edition() {
    for (clock, comes) in [(0, false), (NOON - 3_650 * DAY, false), (NOON + 30_000 * DAY, true), (i64::MAX, true), (i64::MIN, false)] {
        let device = Device::new(Platform::Desktop);
        drop(device.open());
        device.clock.set(clock);
        let consent = Consent::open(ships(&device, fourth())).unwrap();
        assert_eq!((in_force(&consent) == 4, consent.announced().len()), (comes, usize::from(!comes)), "{clock}");
        device.clock.set(DAY_OF_4 + DAY);
        assert_eq!(in_force(&consent), 4, "{clock}");
        device.clock.set(NOON);
        assert_eq!(in_force(&consent) == 4, comes, "{clock}: nobody has written that it was in force");
    }
}

#[test]
fn f_35_days_of_1970_and_of_2100_are_days_like_others() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let of_1970 = edition_announced(4, ("1969-12-01", "1970-01-01"), &[]);
    assert_eq!(refused(&consent, &of_1970), ("/effective_on".into(), FaultCode::DatesBackwards));
    assert_eq!(in_force(&consent), 3);
    consent.adopt_policy(&edition(4, "2100-01-01", &[])).unwrap();
    assert_eq!((in_force(&consent), consent.announced()[0].edition), (3, 4));
    drop(consent);
    // What was delivered with a far day keeps neither the app's own next edition nor the app itself.
    let consent = Consent::open(ships(&device, edition(5, "2026-11-20", &[]))).unwrap();
    assert_eq!((in_force(&consent), consent.announced().len()), (5, 0));
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_35_an_edition_that_goes_back_is_refused() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&edition(4, "2026-11-01", &[])).unwrap();
    assert_eq!(in_force(&consent), 4);
    assert_eq!(refused(&consent, &edition(5, "2026-10-31", &[])), ("/effective_on".into(), FaultCode::DatesBackwards));
    assert_eq!(refused(&consent, &edition(3, "2026-12-31", &[])), ("/edition".into(), FaultCode::OlderEdition));
    consent.adopt_policy(&edition(6, "2026-12-20", &[])).unwrap();
    let after = refused(&consent, &edition(5, "2026-12-21", &[]));
    assert_eq!(after, ("/effective_on".into(), FaultCode::DatesBackwards), "a lower number on a later day would never count");
    assert_eq!((in_force(&consent), consent.announced().len()), (4, 1));
}

#[test]
fn f_35_two_editions_announced_for_one_day_are_refused() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&fourth()).unwrap();
    assert_eq!(refused(&consent, &edition(5, "2026-12-20", &[])), ("/effective_on".into(), FaultCode::DayTaken));
    let other = edition(4, "2026-12-20", &[("/officer/role/en", json!("Head of service"))]);
    assert_eq!(refused(&consent, &other), ("/edition".into(), FaultCode::SameEditionChanged));
    consent.adopt_policy(&fourth()).unwrap();
    assert_eq!(consent.announced().len(), 1, "the same once more changes nothing");
}

#[test]
fn f_35_a_higher_edition_of_an_earlier_day_takes_an_announcement_back() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&fourth()).unwrap();
    let again = edition(5, "2026-12-10", &[(&place(ANALYTICS, "material"), json!(2)), ("/purposes/-", new_purpose(NEW))]);
    consent.adopt_policy(&again).unwrap();
    let numbers = || consent.announced().iter().map(|ahead| ahead.edition).collect::<Vec<_>>();
    assert_eq!(numbers(), [5]);
    assert!(matches!(consent.edition(4), Err(Error::Invalid { .. })), "it never asked anybody");
    device.clock.set(DAY_OF_4 + DAY);
    assert_eq!(in_force(&consent), 5);
    assert_eq!(refused(&consent, &fourth()).1, FaultCode::OlderEdition);
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_35_several_editions_come_into_force_one_after_the_other() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS, "marketing.data_use", EMAIL], &[]).unwrap();
    let fifth = edition(
        5,
        "2027-01-20",
        &[(&place(ANALYTICS, "material"), json!(2)), (&place(EMAIL, "material"), json!(2)), ("/purposes/-", new_purpose(NEW))],
    );
    consent.adopt_policy(&fourth()).unwrap();
    consent.adopt_policy(&fifth).unwrap();
    let announced = consent.announced();
    let asks = announced.iter().map(|ahead| (ahead.edition, ahead.asks_again.clone())).collect::<Vec<_>>();
    assert_eq!(asks, [(4, vec![ANALYTICS.into()]), (5, vec![EMAIL.into()])], "each compared with the one before it");
    for (days, allowed) in [(0, [true, true]), (28, [false, true]), (58, [false, true]), (59, [false, false])] {
        device.clock.set(NOON + days * DAY);
        assert_eq!([ANALYTICS, EMAIL].map(|purpose| consent.allows(purpose)), allowed, "{days}");
    }
    consent.withdraw(&[EMAIL]).unwrap();
    assert_eq!((in_force(&consent), consent.state_at(NOON + 30 * DAY).unwrap().policy_version.as_deref()), (5, Some("edition-4")));
    assert!(consent.verify().unwrap().ok);
    for number in 6..=9 {
        consent
            .adopt_policy(&edition(
                number,
                &format!("2027-02-{number:02}"),
                &[(&place(ANALYTICS, "material"), json!(2)), (&place(EMAIL, "material"), json!(2))],
            ))
            .unwrap();
    }
    assert_eq!(
        refused(&consent, &edition(10, "2027-02-10", &[(&place(ANALYTICS, "material"), json!(2)), (&place(EMAIL, "material"), json!(2))]))
            .1,
        FaultCode::OutOfRange
    );
}

#[test]
fn f_35_what_is_announced_may_loosen_no_more_than_what_is_delivered_for_today() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let loose = edition(
        4,
        "2026-12-20",
        &[
            (&place(ANALYTICS, "basis"), json!("contract")),
            (&place(ANALYTICS, "google"), json!([])),
            (&place(ANALYTICS, "material"), json!(2)),
        ],
    );
    assert_eq!(refused(&consent, &loose).1, FaultCode::ConsentTakenAway);
    assert!(consent.announced().is_empty());
    let shorter = edition_announced(4, ("2026-12-19", "2026-12-20"), &[]);
    match consent.adopt_policy(&shorter) {
        Err(Error::PolicyInvalid { faults }) => assert_eq!(faults[0].code, FaultCode::NoticeTooShort),
        other => panic!("{other:?}"),
    }
    let eight_days =
        |material: u32| edition_announced(4, ("2026-12-12", "2026-12-20"), &[(&place(ANALYTICS, "material"), json!(material))]);
    assert_eq!(
        refused(&consent, &eight_days(2)),
        ("/announced_on".into(), FaultCode::NoticeTooShort),
        "30 days where people are asked again"
    );
    consent.adopt_policy(&eight_days(1)).unwrap();
}

#[test]
fn f_35_a_no_that_waits_for_the_disk_counts_under_every_edition() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.data_use", EMAIL], &[]).unwrap();
    consent.adopt_policy(&fourth()).unwrap();
    let disk = Refusing::every_write(device.folder.path());
    assert!(consent.withdraw(&[EMAIL]).is_err());
    device.clock.set(DAY_OF_4);
    assert!(!consent.allows(EMAIL));
    disk.lift();
    consent.refresh().unwrap();
    assert!(!consent.allows(EMAIL));
    consent.withdraw(&["marketing.data_use"]).unwrap();
    assert_eq!(consent.explain(EMAIL).reasons.last().unwrap().code(), "withdrawn");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_35_silence_is_worth_as_much_at_the_first_moment_as_once_it_is_recorded() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut silent = new_purpose(NEW);
    silent["basis"] = json!("opt_out");
    let moved = edition(
        4,
        "2026-12-20",
        &[
            (&place(ANALYTICS, "basis"), json!("opt_out")),
            (&place(ANALYTICS, "google"), json!([])),
            (&place(ANALYTICS, "material"), json!(2)),
            ("/purposes/-", silent),
        ],
    );
    assert!(consent.adopt_policy(&moved).is_err(), "only the app may let silence mean yes");
    drop(consent);
    let consent = Consent::open(ships(&device, moved)).unwrap();
    assert_eq!(consent.announced().len(), 1);
    assert!(!consent.allows(ANALYTICS) && !consent.allows(NEW));
    device.clock.set(DAY_OF_4);
    let decided = || [ANALYTICS, NEW].map(|purpose| (consent.allows(purpose), consent.explain(purpose).reasons));
    let first = decided();
    assert!(!first[0].0, "whoever was asked for consent and said nothing has not agreed: {first:?}");
    let told = consent.state_at(DAY_OF_4).unwrap();
    let told_of = |purpose: &str| told.decisions.iter().find(|decision| decision.purpose == purpose).map(|decision| decision.allowed);
    assert_eq!([ANALYTICS, NEW].map(told_of), [first[0].0, first[1].0].map(Some), "the past is told as the phone had it");
    consent.withdraw(&[EMAIL]).unwrap();
    assert_eq!((in_force(&consent), decided()), (4, first));
}

#[test]
fn f_35_what_is_delivered_on_its_day_is_compared_with_it_before_any_record_says_that_it_counts() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    consent.adopt_policy(&fourth()).unwrap();
    device.clock.set(DAY_OF_4 + DAY);
    assert_eq!(refused(&consent, &edition(4, "2026-12-20", &[])), ("/edition".into(), FaultCode::SameEditionChanged));
    // It repeats the day of the edition in force, and so does not tell anew when it was announced. Beside edition 3 it would come too late.
    let changes = [(place(ANALYTICS, "material"), json!(2)), ("/purposes/-".into(), new_purpose(NEW))];
    let changes: Vec<(&str, serde_json::Value)> = changes.iter().map(|(at, value)| (at.as_str(), value.clone())).collect();
    consent.adopt_policy(&edition_announced(5, ("2026-12-10", "2026-12-20"), &changes)).unwrap();
    assert_eq!(in_force(&consent), 5);
    let editions: Vec<_> = consent.history(0, 100).unwrap().into_iter().filter(|entry| entry.kind == "policy").collect();
    assert_eq!(editions.iter().filter_map(|entry| entry.edition).collect::<Vec<_>>(), [3, 4, 5]);
}
