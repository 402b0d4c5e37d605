//! The form by the rules of the law: what is on the screen before an answer, and what an answer covers.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "form/read_back.rs"]
mod read_back;
mod support;

use consentkit::{
    client::{Answer, Consent, FormRequest},
    form::{FormDraft, FormElement, FormEnd, FormKind, FormSwitch, FormView},
    ledger::{Actor, ChoiceKind, Method, Status},
    signal::Platform,
};
use read_back::notice_of;
use support::{Device, NOON, answer};

const DAY: i64 = 86_400_000;
const DATA_USE: &str = "marketing.data_use";

fn first_run(consent: &Consent) -> FormDraft {
    consent.form(&FormRequest::new("first_run", FormKind::FirstRun)).unwrap()
}

fn settings(consent: &Consent) -> FormDraft {
    consent.form(&FormRequest::new("settings", FormKind::Settings)).unwrap()
}

fn shown(view: &FormView) -> Vec<&str> {
    view.switches().filter(|switch| switch.visible).map(|switch| switch.purpose.as_str()).collect()
}

fn switch<'a>(view: &'a FormView, purpose: &str) -> &'a FormSwitch {
    view.switches().find(|switch| switch.purpose == purpose).unwrap()
}

fn answers(end: &FormEnd) -> Vec<(String, ChoiceKind)> {
    match end {
        FormEnd::Save { answers } => answers.iter().map(|answer| (answer.purpose.clone(), answer.choice)).collect(),
        FormEnd::Close => panic!("the form was closed"),
    }
}

fn status(consent: &Consent, purpose: &str) -> Status {
    consent.snapshot().answers.get(purpose).map(|answer| answer.status).unwrap_or_default()
}

#[test]
fn pipa_6_nothing_is_on_before_a_person_touches_it_and_each_says_that_it_is_optional() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for draft in [first_run(&consent), settings(&consent)] {
        assert!(draft.view().switches().count() >= 12);
        for switch in draft.view().switches() {
            assert!(!switch.on && !switch.started_on, "{}", switch.purpose);
            assert_eq!((switch.optional.as_str(), &switch.folded), ("선택", &None), "{}", switch.purpose);
        }
    }
}

#[test]
fn pipa_1_the_four_items_stand_open_before_every_switch_and_hash_to_what_is_recorded() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let draft = first_run(&consent);
    for switch in draft.view().switches() {
        let parts: Vec<&str> = switch.rows.iter().map(|row| row.part.as_str()).take(4).collect();
        assert_eq!(parts, ["used_for", "items", "retention", "refusal"], "{}", switch.purpose);
        assert!(switch.rows.iter().all(|row| !row.values.is_empty()), "{}", switch.purpose);
    }
    let (view, mut draft) = (draft.view().clone(), draft);
    let end = draft.accept_all().unwrap();
    consent.finish(&view.shown, &end).unwrap();
    let recorded: Vec<_> = consent.history(0, 1000).unwrap().into_iter().filter(|entry| entry.kind == "choice").collect();
    assert_eq!(recorded.len(), shown(&view).len());
    for entry in recorded {
        let read = notice_of(switch(&view, entry.purpose.as_deref().unwrap()), &view.sheet.language);
        assert_eq!(entry.text, Some(read.text_hash()), "{:?}", entry.purpose);
    }
}

#[test]
fn pipa_6_how_long_and_that_one_is_written_to_are_larger_and_the_rest_is_not() {
    let device = Device::new(Platform::Desktop);
    let draft = settings(&device.open());
    for switch in draft.view().switches() {
        let strong: Vec<&str> = switch.rows.iter().filter(|row| row.strong).map(|row| row.part.as_str()).collect();
        let expected = if switch.purpose.starts_with("marketing.") { vec!["used_for", "retention"] } else { vec!["retention"] };
        assert_eq!(strong, expected, "{}", switch.purpose);
    }
}

#[test]
fn pipa_4_agreeing_to_all_is_one_record_for_each_on_the_screen_and_none_for_what_is_not() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = first_run(&consent);
    let view = draft.view().clone();
    let on_screen = shown(&view);
    assert_eq!(on_screen, ["cookies.analytics", "cookies.marketing", "ad_id.measurement", "ad_id.personalised_ads", DATA_USE]);
    let pair = view
        .sheet
        .elements
        .iter()
        .position(|element| matches!(element, FormElement::Together { title, .. } if title == "위의 5가지를 한 번에 정하기"));
    let last = view.sheet.elements.iter().rposition(|element| matches!(element, FormElement::Switch { .. }));
    assert!(pair.unwrap() > last.unwrap(), "the pair comes after the last notice");
    let end = draft.accept_all().unwrap();
    assert_eq!(answers(&end), on_screen.iter().map(|purpose| ((*purpose).to_owned(), ChoiceKind::Granted)).collect::<Vec<_>>());
    let receipt = consent.finish(&view.shown, &end).unwrap().unwrap();
    let mut records: Vec<i64> = receipt.items.iter().map(|item| item.seq).collect();
    records.dedup();
    assert_eq!(records.len(), 5);
    assert_eq!(status(&consent, "marketing.email"), Status::NotAnswered, "it was not on the screen");
    consent.withdraw(&["cookies.marketing"]).unwrap();
    assert!(consent.allows("cookies.analytics") && !consent.allows("cookies.marketing"));
}

#[test]
fn refusing_all_is_one_tap_as_well_and_covers_the_same() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = first_run(&consent);
    let view = draft.view().clone();
    let end = draft.refuse_all().unwrap();
    let expected: Vec<_> = shown(&view).iter().map(|purpose| ((*purpose).to_owned(), ChoiceKind::Refused)).collect();
    assert_eq!(answers(&end), expected);
    consent.finish(&view.shown, &end).unwrap();
    assert!(
        consent.form(&FormRequest::new("first_run", FormKind::FirstRun)).is_ok_and(|draft| !draft.view().due),
        "no second question after a no"
    );
    assert!(consent.questions("first_run").unwrap().due, "the questions behind the refused one are still open, and are not on the screen");
}

#[test]
fn pipa_6_and_16_closing_answers_nothing_and_keeps_the_form_away_for_seven_days() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = first_run(&consent);
    assert!(draft.view().due);
    draft.toggle("cookies.analytics").unwrap();
    let shown = draft.view().shown.clone();
    let end = draft.close().unwrap();
    assert_eq!((consent.finish(&shown, &end).unwrap(), end), (None, FormEnd::Close));
    assert_eq!(status(&consent, "cookies.analytics"), Status::NotAnswered);
    for (days, due) in [(0, false), (6, false), (7, true)] {
        device.clock.set(NOON + days * DAY);
        assert_eq!(first_run(&consent).view().due, due, "{days}");
    }
}

#[test]
fn what_depends_on_a_switch_comes_with_it_and_goes_off_with_it_and_both_are_said() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = first_run(&consent);
    assert!(draft.set("marketing.push", true).is_err(), "it is not on the screen");
    draft.toggle(DATA_USE).unwrap();
    assert!(shown(draft.view()).contains(&"marketing.push") && !shown(draft.view()).contains(&"marketing.push.night"));
    assert!(draft.view().said.contains("앱 푸시"), "{}", draft.view().said);
    assert!(!switch(draft.view(), "marketing.push").on, "it never turns anything on by itself");
    draft.toggle("marketing.push").unwrap();
    draft.toggle("marketing.push.night").unwrap();
    assert_eq!(draft.view().save.as_deref(), Some("3가지에 동의하고 저장"));
    draft.toggle(DATA_USE).unwrap();
    assert_eq!(draft.view().save.as_deref(), Some("동의 없이 계속"));
    assert!(draft.view().said.contains("밤에도"), "{}", draft.view().said);
    for gone in ["marketing.push", "marketing.push.night"] {
        assert!(!switch(draft.view(), gone).on && !switch(draft.view(), gone).visible, "{gone}");
    }
    draft.toggle(DATA_USE).unwrap();
    assert!(!switch(draft.view(), "marketing.push").on, "what went off comes back off");
    let end = draft.save().unwrap();
    let said = answers(&end);
    assert!(said.contains(&("marketing.push".into(), ChoiceKind::Refused)) && said.contains(&(DATA_USE.into(), ChoiceKind::Granted)));
    assert!(!said.iter().any(|(purpose, _)| purpose.ends_with(".night")), "what was not on the screen is not answered");
}

#[test]
fn kr_17_a_yes_is_never_hidden_and_takes_no_more_taps_back_than_it_took() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["marketing.email", "cookies.analytics"], &[DATA_USE]).unwrap();
    let mut draft = settings(&consent);
    let email = switch(draft.view(), "marketing.email");
    assert!(email.visible && email.on, "it stands on the screen although what it requires is off");
    assert!(email.folded.is_some() && email.standing.as_deref() == Some("2026년 11월 22일에 동의"), "{:?}", email.standing);
    draft.toggle("marketing.email").unwrap();
    let end = draft.save().unwrap();
    assert_eq!(answers(&end).iter().filter(|(purpose, _)| purpose == "marketing.email").count(), 1);
    consent.finish(&draft.view().shown.clone(), &end).unwrap();
    assert_eq!(status(&consent, "marketing.email"), Status::Withdrawn);
    assert_eq!(status(&consent, "cookies.analytics"), Status::Granted, "what nobody touched stays");
    assert_eq!(status(&consent, "cookies.marketing"), Status::NotAnswered, "and so does a question that nobody answered");
}

#[test]
fn what_was_granted_goes_off_with_what_it_requires_and_is_recorded_so() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[DATA_USE, "marketing.email"], &[]).unwrap();
    let mut draft = settings(&consent);
    draft.toggle(DATA_USE).unwrap();
    assert!(!switch(draft.view(), "marketing.email").visible);
    let end = draft.save().unwrap();
    let said: Vec<_> = answers(&end).into_iter().filter(|(purpose, _)| purpose.starts_with("marketing.")).collect();
    assert_eq!(said, [(DATA_USE.to_owned(), ChoiceKind::Refused), ("marketing.email".to_owned(), ChoiceKind::Refused)]);
}

#[test]
fn pipa_8_the_guardians_turn_is_answered_by_the_guardian_in_words_for_the_child_too() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = consent.form(&FormRequest::new("first_run", FormKind::Guardian)).unwrap();
    assert!(draft.view().sheet.text.contains("어린 친구"), "{}", draft.view().sheet.text);
    let FormEnd::Save { answers } = draft.accept_all().unwrap() else { panic!("it was closed") };
    assert!(answers.iter().all(|answer: &Answer| answer.actor == Actor::Guardian && answer.method == Method::Guardian));
}

#[test]
fn one_question_has_two_equal_buttons_and_no_switch_and_its_token_names_it_alone() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = consent.form(&FormRequest::one("first_run", "ad_id.measurement")).unwrap();
    let view = draft.view().clone();
    assert_eq!((shown(&view), &view.save), (vec!["ad_id.measurement"], &None));
    assert!(view.sheet.elements.contains(&FormElement::Together {
        title: String::new(),
        refuse: "동의하지 않음".into(),
        accept: "동의함".into()
    }));
    let end = draft.accept_all().unwrap();
    let others = consent.record(&view.shown, &[Answer::grant("cookies.analytics")]);
    assert!(others.is_err(), "the notice of another purpose was not shown");
    consent.finish(&view.shown, &end).unwrap();
    let entry = consent.history(0, 1000).unwrap().into_iter().find(|entry| entry.kind == "choice").unwrap();
    assert_eq!((entry.purpose.as_deref(), entry.method), (Some("ad_id.measurement"), Some(Method::Dialog)));
}

#[test]
fn a_draft_comes_back_after_the_app_was_ended_and_is_drawn_anew_where_its_token_is_stale() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = first_run(&consent);
    draft.toggle(DATA_USE).unwrap();
    draft.toggle("marketing.kakao").unwrap();
    let kept = draft.text();
    assert!(kept.len() <= 4096 && !kept.contains("marketing"), "{kept}");
    let view = draft.view().clone();
    consent.shutdown().unwrap();
    let consent = device.open();
    let again = FormRequest { draft: Some(kept.clone()), ..FormRequest::new("first_run", FormKind::FirstRun) };
    let restored = consent.form(&again).unwrap();
    assert_eq!(restored.view().sheet, view.sheet);
    assert_eq!(restored.text(), kept);
    consent.sign_in("acct_1").unwrap();
    let anew = consent.form(&again).unwrap();
    assert!(anew.view().switches().all(|switch| !switch.on), "somebody else is in front of the screen");
    for broken in ["", "1", "1..", "2.0.0", "1.zz.ff", &kept[..kept.len() - 1], &format!("{kept}00"), &"f".repeat(5000)] {
        let request = FormRequest { draft: Some(broken.to_owned()), ..FormRequest::new("first_run", FormKind::FirstRun) };
        assert!(consent.form(&request).unwrap().view().switches().all(|switch| !switch.on), "{broken}");
    }
}

#[test]
fn a_form_that_was_answered_takes_nothing_more() {
    let device = Device::new(Platform::Desktop);
    let mut draft = first_run(&device.open());
    draft.save().unwrap();
    assert!(draft.toggle(DATA_USE).is_err() && draft.save().is_err() && draft.accept_all().is_err() && draft.close().is_err());
}

#[test]
fn pipa_7_what_was_agreed_to_is_read_with_its_date_and_the_text_of_then() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    assert!(consent.agreed().unwrap().elements.iter().any(|element| matches!(element, FormElement::Text { .. })), "nothing was said yet");
    answer(&consent, &["cookies.analytics"], &[]).unwrap();
    consent.withdraw(&["cookies.analytics"]).unwrap();
    let page = consent.agreed().unwrap();
    let headings: Vec<&str> = page
        .elements
        .iter()
        .filter_map(|element| match element {
            FormElement::Heading { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(headings, ["2026년 11월 22일에 철회", "2026년 11월 22일에 동의"]);
    let told = page
        .elements
        .iter()
        .any(|element| matches!(element, FormElement::Rows { title, rows } if title == "이용 분석 쿠키" && rows.len() >= 5));
    assert!(told, "{:?}", page.elements);
}

#[test]
fn the_policys_page_has_every_part_with_contacts_that_can_be_tapped() {
    let device = Device::new(Platform::Android);
    let page = device.open().policy_sheet();
    let links: Vec<String> = page
        .elements
        .iter()
        .filter_map(|element| match element {
            FormElement::Rows { rows, .. } => Some(rows),
            _ => None,
        })
        .flat_map(|rows| rows.iter().flat_map(|row| row.values.iter().filter_map(|value| value.link.clone())))
        .collect();
    assert!(links.iter().any(|link| link.starts_with("tel:")) && links.iter().any(|link| link.starts_with("mailto:")), "{links:?}");
    let headings = page.elements.iter().filter(|element| matches!(element, FormElement::Heading { .. })).count();
    assert!(headings >= 14, "{headings}");
    assert!(
        page.elements.iter().any(|element| matches!(element, FormElement::Text { text } if text == "없음")),
        "nobody receives data, which is said"
    );
}

#[test]
fn a_page_that_dies_at_any_step_and_a_form_of_an_earlier_edition_leave_no_answer() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let before = consent.snapshot().seq;
    let mut draft = first_run(&consent);
    draft.toggle(DATA_USE).unwrap();
    let end = draft.accept_all().unwrap();
    assert_eq!(consent.snapshot().seq, before, "nothing is written before the end is handed over");
    consent.adopt_policy(&support::edition::next_edition()).unwrap();
    let late = consent.finish(&draft.view().shown.clone(), &end);
    assert!(matches!(late, Err(consentkit::error::Error::Shown { .. })), "{late:?}");
    assert_eq!(status(&consent, DATA_USE), Status::NotAnswered);
    let anew = first_run(&consent);
    assert!(anew.view().switches().all(|switch| !switch.on), "the form is drawn anew");
}

#[test]
fn two_forms_at_once_are_both_answered_and_the_last_one_counts() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let (mut first, mut second) = (first_run(&consent), first_run(&consent));
    let shown = first.view().shown.clone();
    consent.finish(&shown, &first.accept_all().unwrap()).unwrap();
    consent.finish(&shown, &second.refuse_all().unwrap()).unwrap();
    assert_eq!(status(&consent, DATA_USE), Status::Withdrawn);
}
