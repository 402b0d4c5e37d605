//! What the text of an error says to somebody who reads nothing else: what was wrong with which field, and what to do.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options, verify_file},
    error::Error,
    ledger::{Actor, ChoiceKind},
    signal::Platform,
};
use support::{Device, NOON, answer};

fn import(purpose: &str, choice: ChoiceKind, said_at: Option<i64>) -> ImportChoice {
    ImportChoice { purpose: purpose.into(), choice, said_at, source: "older".into(), text_version: None, actor: None }
}

/// Every call with an argument that it cannot use, and the field that its error has to name.
fn refusals(device: &Device) -> Vec<(Error, &'static str)> {
    let consent = device.open();
    let form = consent.questions("settings").unwrap();
    let blank = String::new();
    let long = "a".repeat(5_000);
    let mut refused = vec![
        (consent.questions("nowhere").map(drop), "surface"),
        (consent.withdraw(&[]).map(drop), "purposes"),
        (consent.withdraw(&["marketing.emial"]).map(drop), "purposes[0]"),
        (consent.withdraw(&[blank.as_str()]).map(drop), "purposes[0]"),
        (consent.withdraw(&[long.as_str()]).map(drop), "purposes[0]"),
        (consent.withdraw(&["a\u{0}b"]).map(drop), "purposes[0]"),
        (consent.withdraw(&["marketing.email", "marketing.email"]).map(drop), "purposes[1]"),
        (consent.withdraw(&["membership"]).map(drop), "purposes[0]"),
        (consent.record(&form.shown, &[]).map(drop), "answers"),
        (consent.record(&form.shown, &vec![Answer::grant("marketing.email"); 300]).map(drop), "answers"),
        (consent.record(&form.shown, &[Answer::grant("marketing.emial")]).map(drop), "answers[0].purpose"),
        (consent.record(&form.shown, &[Answer::grant("membership")]).map(drop), "answers[0].purpose"),
        (consent.record("no token", &[Answer::grant("marketing.email")]).map(drop), "shown"),
        (consent.import(&[import("marketing.emial", ChoiceKind::Granted, None)]).map(drop), "choices[0].purpose"),
        (consent.import(&[import("marketing.email", ChoiceKind::Granted, Some(5))]).map(drop), "choices[0].said_at"),
        (consent.history(0, 0).map(drop), "limit"),
        (consent.sync(0).map(drop), "server"),
        (consent.advertising_id("marketing.email").map(drop), "purpose"),
        (consent.adopt_policy("{}").map(drop), "policy"),
        (consent.adopt_policy("no policy").map(drop), "policy"),
        (verify_file(device.folder.path()).map(drop), "path"),
    ];
    for subject in ["", " acct_81", "somebody@example.com", "01012345678", "null", "device:1"] {
        refused.push((consent.sign_in(subject), "subject"));
    }
    refused.into_iter().map(|(refused, field)| (refused.expect_err(field), field)).collect()
}

#[test]
fn every_error_is_a_sentence_that_names_the_field_and_says_what_to_do() {
    let device = Device::new(Platform::Desktop);
    for (error, field) in refusals(&device) {
        let text = error.to_string();
        let begins = text.starts_with(|first: char| first.is_uppercase()) || text.starts_with('`');
        assert!(begins && text.ends_with('.') && !text.ends_with(".."), "no sentence: {text}");
        assert!(text.contains(&format!("`{field}`")) || text.contains(&format!(" {field} ")), "{field} is not named: {text}");
        let says_what_to_do = [";", ":", " give ", " ask ", "sign in", " did not"].iter().any(|part| text.contains(part));
        assert!(says_what_to_do, "nothing to do: {text}");
        assert!(!text.contains("could not accept"), "{text}");
    }
}

#[test]
fn a_slip_of_the_pen_in_a_purpose_is_told_with_the_name_that_was_meant() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    for (written, meant) in [
        ("marketing.emial", "marketing.email"),
        ("marketing.emal", "marketing.email"),
        ("marketing.eemail", "marketing.email"),
        ("markting.emai", "marketing.email"),
        ("Marketing.sms", "marketing.sms"),
        ("cookies_analytics", "cookies.analytics"),
        ("ad_id.personalized_ads", "ad_id.personalised_ads"),
    ] {
        let form = consent.questions("settings").unwrap();
        for error in [
            consent.withdraw(&[written]).map(drop).unwrap_err(),
            consent.record(&form.shown, &[Answer::grant(written)]).map(drop).unwrap_err(),
            consent.import(&[import(written, ChoiceKind::Refused, None)]).map(drop).unwrap_err(),
        ] {
            assert!(error.to_string().contains(&format!("`{meant}`")), "{written}: {error}");
        }
    }
    for far in ["newsletter", "x", "marketing"] {
        let error = consent.withdraw(&[far]).map(drop).unwrap_err().to_string();
        assert!(!error.contains("perhaps"), "{far}: {error}");
    }
}

#[test]
fn a_path_at_which_no_file_can_be_made_is_told_with_what_to_do() {
    let device = Device::new(Platform::Desktop);
    let folder = device.folder.path();
    std::fs::write(folder.join("a_file"), "text").unwrap();
    for (path, word) in [
        (folder.to_owned(), "give a file in it"),
        (folder.join("missing").join("consent.db"), "make the folder first"),
        (folder.join("missing").join("deeper").join("consent.db"), "make the folder first"),
        (folder.join("a_file").join("consent.db"), "give a file in a folder"),
    ] {
        let error = Consent::open(Options { path: path.clone(), ..device.options() }).map(drop).unwrap_err();
        assert!(matches!(&error, Error::Invalid { field, .. } if field == "path"), "{path:?}: {error}");
        assert!(error.to_string().contains(word) && !error.to_string().contains("again"), "{path:?}: {error}");
    }
    assert!(verify_file("no such file.db").is_err() && verify_file(folder.join("a_file")).is_err(), "any kind of path");
}

#[test]
fn history_tells_a_sign_in_from_a_sign_out_and_where_an_import_came_from() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let by_guardian = ImportChoice { actor: Some(Actor::Guardian), ..import("cookies.analytics", ChoiceKind::Granted, Some(NOON - 1)) };
    consent.import(&[by_guardian, import("marketing.email", ChoiceKind::Refused, None)]).unwrap();
    consent.import(&[import("marketing.sms", ChoiceKind::Refused, Some(i64::MIN))]).unwrap();
    consent.sign_in("acct_81").unwrap();
    consent.sign_out().unwrap();
    answer(&consent, &["marketing.email"], &[]).unwrap();
    let history = consent.history(0, 1000).unwrap();
    let links: Vec<Option<bool>> = history.iter().filter(|entry| entry.kind == "link").map(|entry| entry.signed_in).collect();
    assert_eq!(links, [Some(true), Some(false)]);
    let imports: Vec<_> = history.iter().filter(|entry| entry.kind == "import").collect();
    let told = |index: usize| (imports[index].source.as_deref(), imports[index].said_at, imports[index].actor);
    assert_eq!(told(0), (Some("older"), Some(NOON - 1), Some(Actor::Guardian)));
    assert_eq!(told(1), (Some("older"), None, Some(Actor::Person)));
    assert_eq!(told(2), (Some("older"), Some(i64::MIN), Some(Actor::Person)));
    let others = history.iter().filter(|entry| entry.kind != "link" && entry.kind != "import");
    assert!(others.into_iter().all(|entry| (entry.signed_in, entry.source.as_ref(), entry.said_at) == (None, None, None)));
}

#[test]
fn a_time_in_seconds_or_in_the_future_has_the_answer_that_is_documented() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &["cookies.analytics"], &[]).unwrap();
    for early in [NOON / 1000, 0, -1, i64::MIN, NOON - 1] {
        let past = consent.state_at(early).unwrap();
        assert_eq!((past.policy_version, past.decisions.len()), (None, 0), "{early}");
    }
    for late in [NOON, NOON + 1, NOON * 1000, i64::MAX] {
        let state = consent.state_at(late).unwrap();
        assert_eq!(state.policy_version.as_deref(), Some("2020-05-27"), "{late}");
        let analytics = state.decisions.iter().find(|decision| decision.purpose == "cookies.analytics").unwrap();
        assert!(analytics.allowed, "{late}");
    }
}
