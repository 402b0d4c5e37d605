//! A form that was closed does not come back at once, and closing it answers nothing (PIPA-16, PIPA-6).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent, Options, Why},
    clock::Clock,
    error::Error,
    ledger::{AskAgain, Status},
    signal::Platform,
};
use serde_json::json;
use support::{
    Device, INFLUENTIAL, NOON,
    announced::{edition, new_purpose, place},
    answer,
};

const DAY: i64 = 86_400_000;
const FIRST: &str = "first_run";
/// The first and the last moment that a record can name: the years 0 and 9999.
const FIRST_OF_ALL: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;
const ANALYTICS: &str = "cookies.analytics";

fn due(consent: &Consent) -> bool {
    consent.questions(FIRST).unwrap().due
}

fn close(consent: &Consent) {
    let form = consent.questions(FIRST).unwrap();
    consent.closed(&form.shown).unwrap();
}

/// Answers every question of the form but some.
fn answer_all_but(consent: &Consent, open: &[&str]) {
    let form = consent.questions(FIRST).unwrap();
    let asked = form.questions.iter().filter(|question| !open.contains(&question.purpose.as_str()));
    let answers: Vec<Answer> = asked.map(|question| Answer::grant(&question.purpose)).collect();
    consent.record(&form.shown, &answers).unwrap();
}

#[test]
fn f_38_pipa_16_a_closed_form_is_not_due_through_day_6_and_due_from_day_7() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    assert!(due(&consent));
    close(&consent);
    for (after_ms, back) in [(0, false), (DAY, false), (7 * DAY - 1, false), (7 * DAY, true), (400 * DAY, true)] {
        device.clock.set(NOON + after_ms);
        assert_eq!(due(&consent), back, "{after_ms}");
    }
}

#[test]
fn f_38_pipa_6_closing_answers_nothing_and_is_sent_to_nobody() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let before = consent.snapshot().seq;
    close(&consent);
    let snapshot = consent.snapshot();
    assert_eq!((snapshot.seq, snapshot.pending), (before + 1, 0), "one record, and nothing to send");
    assert!(snapshot.answers.values().all(|answer| answer.status == Status::NotAnswered));
    assert_eq!(consent.explain(ANALYTICS).reasons[0].code(), "not_answered");
    let closed: Vec<_> = consent.history(0, 100).unwrap().into_iter().filter(|entry| entry.kind == "closed").collect();
    assert_eq!(closed.len(), consent.questions(FIRST).unwrap().questions.len(), "one entry for each question that was open");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_38_a_settings_screen_always_has_its_questions() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    close(&consent);
    let settings = consent.questions("settings").unwrap();
    assert!(!settings.questions.is_empty());
    let analytics = settings.questions.iter().find(|question| question.purpose == ANALYTICS).unwrap();
    assert_eq!(analytics.why, Why::FirstTime, "it is asked as if nobody had closed anything");
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    assert!(consent.allows(ANALYTICS));
}

#[test]
fn f_38_it_survives_a_restart_and_a_kill() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    close(&consent);
    std::mem::forget(consent);
    let consent = device.open();
    device.clock.set(NOON + 7 * DAY - 1);
    assert!(!due(&consent));
    device.clock.set(NOON + 7 * DAY);
    assert!(due(&consent));
}

#[test]
fn f_38_a_notice_that_changed_in_meaning_is_due_at_once_and_a_corrected_letter_is_not() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    close(&consent);
    let title = json!({ "ko": "가", "en": "a" });
    consent.adopt_policy(&edition(4, "2026-11-01", &[(&place(ANALYTICS, "title"), title.clone())])).unwrap();
    assert!(!due(&consent), "the same question in other words");
    consent
        .adopt_policy(&edition(5, "2026-11-02", &[(&place(ANALYTICS, "title"), title), (&place(ANALYTICS, "material"), json!(2))]))
        .unwrap();
    assert!(due(&consent));
    close(&consent);
    assert!(!due(&consent));
}

#[test]
fn f_38_a_purpose_that_nobody_was_asked_about_is_due_at_once() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    close(&consent);
    let mut more = new_purpose("cookies.more");
    more["surfaces"] = json!([FIRST]);
    consent.adopt_policy(&edition(4, "2026-11-01", &[("/purposes/-", more)])).unwrap();
    assert!(due(&consent));
}

#[test]
fn f_38_an_answer_that_runs_out_after_the_closing_is_due_at_once() {
    let device = Device::new(Platform::Desktop);
    let mut policy: serde_json::Value = serde_json::from_str(INFLUENTIAL).unwrap();
    policy["purposes"].as_array_mut().unwrap().iter_mut().find(|entry| entry["id"] == ANALYTICS).unwrap()["expires_after_days"] = json!(3);
    let consent = Consent::open(Options { policy: policy.to_string(), ..device.options() }).unwrap();
    answer_all_but(&consent, &["marketing.push"]);
    assert!(due(&consent));
    close(&consent);
    assert!(!due(&consent), "closed with one question open");
    device.clock.set(NOON + 3 * DAY);
    let form = consent.questions(FIRST).unwrap();
    let analytics = form.questions.iter().find(|question| question.purpose == ANALYTICS).unwrap();
    assert_eq!((form.due, analytics.why), (true, Why::AskAgain { cause: AskAgain::Expired }));
    consent.closed(&form.shown).unwrap();
    assert!(!due(&consent), "whoever closes this too was asked");
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    device.clock.set(NOON + 6 * DAY);
    assert!(due(&consent), "the answer of day 3 ran out, whatever was closed before it");
}

#[test]
fn f_38_a_refusal_is_an_answer_and_is_not_due_again() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let form = consent.questions(FIRST).unwrap();
    let noes: Vec<Answer> = form.questions.iter().map(|question| Answer::refuse(&question.purpose)).collect();
    consent.record(&form.shown, &noes).unwrap();
    for days in [0, 7, 4_000] {
        device.clock.set(NOON + days * DAY);
        assert!(!due(&consent), "{days}");
    }
    let before = consent.snapshot().seq;
    close(&consent);
    assert_eq!(consent.snapshot().seq, before, "nothing of the form is open, so there is nothing to note");
}

#[test]
fn f_38_closing_again_and_again_neither_puts_the_form_off_nor_fills_the_file() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    close(&consent);
    let after_the_first = consent.snapshot().seq;
    for hour in 1..100 {
        device.clock.set(NOON + hour * 3_600_000);
        close(&consent);
    }
    assert_eq!(consent.snapshot().seq, after_the_first);
    device.clock.set(NOON + 7 * DAY);
    assert!(due(&consent));
}

#[test]
fn f_38_a_clock_that_goes_back_makes_it_due_once_and_not_for_ever() {
    for (closed_at, jump) in [(NOON, NOON - 3_650 * DAY), (NOON, 0), (NOON + 30_000 * DAY, NOON), (LAST, NOON), (0, FIRST_OF_ALL)] {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        device.clock.set(closed_at);
        close(&consent);
        assert!(!due(&consent), "{closed_at}");
        device.clock.set(jump);
        close(&consent);
        for _ in 0..3 {
            for now in [jump, closed_at, jump.saturating_add(DAY), closed_at.saturating_sub(1)] {
                device.clock.set(now);
                assert!(!due(&consent), "closed at {closed_at} and {jump}, now {now}");
            }
        }
        device.clock.set(jump.saturating_add(8 * DAY));
        assert!(due(&consent), "closed at {closed_at}, {jump}");
    }
}

#[test]
fn f_38_who_signs_in_is_not_asked_again_for_it_and_somebody_else_is() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    close(&consent);
    consent.sign_in("account-1").unwrap();
    assert!(!due(&consent), "the same person, an hour later");
    consent.sign_out().unwrap();
    assert!(due(&consent), "somebody else is in front of the screen");
    close(&consent);
    consent.sign_in("account-2").unwrap();
    assert!(!due(&consent));
    consent.sign_in("account-3").unwrap();
    assert!(due(&consent), "another account is another person");
    assert!(consent.verify().unwrap().ok);
}

#[test]
fn f_38_a_form_that_does_not_fit_any_more_closes_nothing() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let form = consent.questions(FIRST).unwrap();
    for forged in ["", "x", &form.shown.replace(FIRST, "settings")] {
        assert!(matches!(consent.closed(forged), Err(Error::Shown { .. })), "{forged}");
    }
    consent.sign_in("account-1").unwrap();
    assert!(matches!(consent.closed(&form.shown), Err(Error::Shown { .. })));
    assert!(due(&consent));
    let form = consent.questions(FIRST).unwrap();
    consent.shutdown().unwrap();
    assert_eq!(consent.closed(&form.shown), Err(Error::ShutDown));
    assert!(device.clock.now() == NOON);
}
