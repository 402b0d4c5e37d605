//! What changes from one edition to another, and which changes ask people again by themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;

use consentkit::policy::{
    FaultCode::{self, *},
    Policy, PolicyDiff, diff, revision,
};
use edit::{
    Edit::{self, Push, Remove, Set},
    edited,
};
use serde_json::{Value, json};

fn policy(edits: &[Edit]) -> Policy {
    serde_json::from_value(edited(edits)).unwrap()
}

fn text(word: &str) -> Value {
    json!({ "ko": word, "en": word })
}

/// A recipient and a transfer abroad for e-mail messages, which is the purpose at 13.
fn shared() -> Vec<Edit> {
    let party = json!({
        "id": "partner", "origin": "added", "recipient": text("a"), "purpose": text("a"), "items": ["email"], "retention": text("a"),
        "refusal": text("a")
    });
    let transfer = json!({
        "id": "abroad", "origin": "added", "items": ["email"], "country": text("a"), "when": text("a"), "method": text("a"),
        "recipient": text("a"), "contact": { "email": "privacy@example.com" }, "purpose": text("a"), "retention": text("a"),
        "refusal": text("a")
    });
    vec![
        Push("/third_parties", party),
        Set("/purposes/13/third_parties", json!(["partner"])),
        Push("/transfers", transfer),
        Set("/purposes/13/transfers", json!(["abroad"])),
    ]
}

/// What the next edition's changes amount to.
fn found(edits: &[Edit], shipped: bool) -> Vec<(String, FaultCode, String)> {
    let before = policy(&shared());
    let next = [&shared()[..], &[Set("/edition", json!(4))], edits].concat();
    let faults = revision::check(&before, &[], &policy(&next), shipped).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.pointer, fault.code, fault.what)).collect()
}

const NUMBER: &str = "/purposes/13/material";

/// Every text that somebody agrees to who allows e-mail messages.
const TEXTS: [&str; 14] = [
    "/purposes/13/notice/purpose",
    "/purposes/13/notice/retention",
    "/purposes/13/notice/refusal",
    "/third_parties/0/recipient",
    "/third_parties/0/purpose",
    "/third_parties/0/retention",
    "/third_parties/0/refusal",
    "/transfers/0/country",
    "/transfers/0/recipient",
    "/transfers/0/when",
    "/transfers/0/method",
    "/transfers/0/purpose",
    "/transfers/0/retention",
    "/transfers/0/refusal",
];

/// Those of them that name somebody or some country.
const NAMES: [&str; 3] = ["/third_parties/0/recipient", "/transfers/0/country", "/transfers/0/recipient"];

#[test]
fn f_36_each_text_that_was_agreed_to_is_material_by_itself() {
    for place in TEXTS {
        let changed = [Set(place, text("b"))];
        for shipped in [true, false] {
            let faults = found(&changed, shipped);
            assert_eq!(faults.len(), 1, "{place}: {faults:?}");
            assert_eq!((faults[0].0.as_str(), faults[0].1), (NUMBER, MaterialNotRaised), "{place}");
            assert!(faults[0].2.contains(place), "it names the field: {}", faults[0].2);
        }
        assert_eq!(found(&[changed[0].clone(), Set(NUMBER, json!(2))], false), [], "{place}");
    }
}

#[test]
fn f_36_so_are_the_items_their_names_and_where_a_recipient_is_reached() {
    let changes = [
        ("/third_parties/0/items", Push("/third_parties/0/items", json!("name"))),
        ("/transfers/0/items", Set("/transfers/0/items", json!(["name"]))),
        ("/transfers/0/contact", Set("/transfers/0/contact", json!({ "email": "other@example.com" }))),
        ("/purposes/13/third_parties", Set("/purposes/13/third_parties", json!([]))),
        ("/purposes/13/notice/items", Push("/purposes/13/notice/items", json!("name"))),
    ];
    for (place, change) in changes {
        let faults = found(&[change], true);
        assert!(
            faults.iter().any(|(at, code, what)| at == NUMBER && *code == MaterialNotRaised && what.contains(place)),
            "{place}: {faults:?}"
        );
    }
    let document = edited(&[]);
    let at = document["items"].as_array().unwrap().iter().position(|item| item["id"] == "email").unwrap();
    let label = format!("/items/{at}/label");
    let faults = found(&[Set(label.clone().leak(), text("e-mail, and everything in it"))], true);
    assert!(faults.iter().any(|(pointer, _, what)| pointer == NUMBER && what.contains(&label)), "{faults:?}");
}

#[test]
fn f_36_wording_alone_can_be_declared_editorial_and_a_name_only_by_the_app() {
    let editorial = Set("/purposes/13/editorial", json!(4));
    for place in TEXTS {
        let changed = [Set(place, text("b")), editorial.clone()];
        assert_eq!(found(&changed, true), [], "{place}");
        let delivered = found(&changed, false);
        assert_eq!(!delivered.is_empty(), NAMES.contains(&place), "{place}: {delivered:?}");
    }
    for fact in [Push("/third_parties/0/items", json!("name")), Set("/purposes/13/channel", json!("sms"))] {
        assert!(!found(&[fact.clone(), editorial.clone()], true).is_empty(), "no wording: {fact:?}");
    }
}

#[test]
fn f_36_a_declaration_is_about_the_edition_that_it_names_and_not_about_later_ones() {
    let before = [&shared()[..], &[Set("/edition", json!(4)), Set("/purposes/13/editorial", json!(4))]].concat();
    let after = [&before[..], &[Set("/edition", json!(5)), Set("/purposes/13/notice/purpose", text("b"))]].concat();
    let faults = revision::check(&policy(&before), &[], &policy(&after), true).unwrap_err();
    assert_eq!((faults.len(), faults[0].code), (1, MaterialNotRaised), "{faults:?}");
    // A phone that has not seen edition 4 is told by edition 5 what changed in between.
    let skipped = [
        &shared()[..],
        &[Set("/edition", json!(5)), Set("/purposes/13/editorial", json!(4)), Set("/purposes/13/notice/purpose", text("b"))],
    ]
    .concat();
    assert_eq!(revision::check(&policy(&shared()), &[], &policy(&skipped), true), Ok(()));
    let ahead = Policy::parse(&edited(&[Set("/purposes/13/editorial", json!(9))]).to_string()).unwrap_err();
    assert_eq!((ahead[0].pointer.as_str(), ahead[0].code), ("/purposes/13/editorial", OutOfRange), "{ahead:?}");
    let zero = Policy::parse(&edited(&[Set("/purposes/13/editorial", json!(0))]).to_string()).unwrap_err();
    assert_eq!((zero[0].pointer.as_str(), zero[0].code), ("/purposes/13/editorial", OutOfRange), "{zero:?}");
}

#[test]
fn f_36_a_further_translation_changes_nothing_for_who_reads_another_one() {
    let more = json!({ "ko": "a", "en": "a", "ja": "b" });
    assert_eq!(found(&[Set("/third_parties/0/recipient", more)], false), []);
}

#[test]
fn f_36_pipa_1_a_corrected_translation_is_wording_and_a_name_in_it_is_not() {
    for place in TEXTS {
        let language = |language: &str| Set(format!("{place}/{language}").leak(), json!("b"));
        assert_eq!(
            !found(&[language("en")], false).is_empty(),
            NAMES.contains(&place),
            "{place}: the first language is the one that counts"
        );
        assert!(!found(&[language("ko")], true).is_empty(), "{place}");
    }
}

fn changed(edits: &[Edit]) -> PolicyDiff {
    let next = [&shared()[..], &[Set("/edition", json!(4)), Set("/effective_on", json!("2026-12-20"))], edits].concat();
    diff(&policy(&shared()), &policy(&next))
}

#[test]
fn f_36_a_diff_says_field_by_field_what_changed_whether_it_is_material_and_who_is_asked_again() {
    let found = changed(&[
        Set("/third_parties/0/recipient", text("b")),
        Set(NUMBER, json!(2)),
        Set("/officer/role/en", json!("Head of service")),
        Remove("/remedies/0"),
        Remove("/surfaces/0"),
    ]);
    let change =
        |pointer: &str| found.changes.iter().find(|change| change.pointer == pointer).unwrap_or_else(|| panic!("{pointer}: {found:?}"));
    for language in ["ko", "en"] {
        let recipient = change(&format!("/third_parties/0/recipient/{language}"));
        assert_eq!((recipient.old.as_deref(), recipient.new.as_deref()), (Some("a"), Some("b")));
        assert_eq!((recipient.material, recipient.purposes.as_slice()), (true, &["marketing.email".to_owned()][..]));
    }
    let role = change("/officer/role/en");
    assert_eq!((role.new.as_deref(), role.material, role.purposes.len()), (Some("Head of service"), false, 0));
    let remedy = change("/remedies/0");
    assert!(remedy.old.is_some() && remedy.new.is_none(), "what is gone is named by its place in the earlier document");
    let surfaces = change("/surfaces");
    assert_eq!((surfaces.old.as_deref(), surfaces.new.as_deref()), (Some(r#"["first_run","settings"]"#), Some(r#"["settings"]"#)));
    assert_eq!(change("/effective_on").new.as_deref(), Some("2026-12-20"));
    assert_eq!((found.asks_again.as_slice(), found.asks_first.len(), found.notice_days), (&["marketing.email".to_owned()][..], 0, 30));
    assert_eq!(diff(&policy(&[]), &policy(&[])).changes, []);
}

#[test]
fn f_36_a_diff_names_a_new_purpose_and_the_days_that_its_change_needs() {
    let document = edited(&[]);
    let mut more = document["purposes"][7].clone();
    more["id"] = json!("cookies.more");
    more["cookies"] = json!(["more"]);
    let last = document["purposes"].as_array().unwrap().len();
    let found = changed(&[Push("/purposes", more)]);
    assert_eq!((found.asks_first.as_slice(), found.asks_again.len()), (&["cookies.more".to_owned()][..], 0));
    let change = found.changes.iter().find(|change| change.pointer == format!("/purposes/{last}")).unwrap();
    assert!(change.old.is_none() && change.material);
    let typo = changed(&[Set("/officer/role/en", json!("Head of service"))]);
    assert_eq!((typo.notice_days, typo.faults.len(), typo.delivery_faults.len()), (7, 0, 0), "{:?}", typo.faults);
}

#[test]
fn f_36_pipa_1_a_diff_names_a_text_of_any_language_as_material_where_the_edition_raises_its_number() {
    for place in TEXTS {
        for language in ["ko", "en"] {
            let pointer = format!("{place}/{language}");
            let reworded = Set(pointer.clone().leak(), json!("b"));
            let said = |edits: &[Edit]| changed(edits).changes.into_iter().find(|change| change.pointer == pointer).unwrap().purposes;
            let raised = said(&[reworded.clone(), Set(NUMBER, json!(2))]);
            assert_eq!(raised, ["marketing.email"], "{pointer}");
            let kept = said(std::slice::from_ref(&reworded));
            assert_eq!(kept.is_empty(), language == "en" && !NAMES.contains(&place), "{pointer}: a corrected translation asks nobody");
        }
    }
}

#[test]
fn f_36_a_diff_tells_what_nobody_may_publish_and_what_only_the_app_may() {
    let codes = |faults: &[consentkit::policy::Fault]| faults.iter().map(|fault| (fault.pointer.clone(), fault.code)).collect::<Vec<_>>();
    let unraised = changed(&[Set("/third_parties/0/recipient", text("b"))]);
    assert_eq!(codes(&unraised.faults), [(NUMBER.to_owned(), MaterialNotRaised)]);
    let loosened = changed(&[Set("/purposes/7/basis", json!("contract")), Set("/purposes/7/material", json!(2))]);
    assert_eq!(loosened.faults, []);
    assert!(codes(&loosened.delivery_faults).contains(&("/purposes/7/basis".into(), ConsentTakenAway)));
    for (day, code) in [("2020-05-26", DatesBackwards), ("2020-05-27", DayTaken)] {
        assert_eq!(codes(&changed(&[Set("/effective_on", json!(day))]).faults), [("/effective_on".to_owned(), code)], "{day}");
    }
    let late = changed(&[Set("/announced_on", json!("2026-12-15"))]);
    assert_eq!(codes(&late.faults), [("/announced_on".to_owned(), NoticeTooShort)]);
}

#[test]
fn f_36_every_change_of_one_leaf_is_found_and_nothing_else() {
    fn leaves(value: &Value, place: String, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| leaves(value, format!("{place}/{key}"), found)),
            Value::Array(list) => list.iter().enumerate().for_each(|(at, value)| leaves(value, format!("{place}/{at}"), found)),
            Value::String(_) => found.push(place),
            _ => {}
        }
    }
    let document = edited(&shared());
    let mut places = vec![];
    leaves(&document, String::new(), &mut places);
    let mut compared = 0;
    // Every seventh of them, so that each kind of place is among them and the test takes seconds.
    for place in places.into_iter().step_by(7) {
        let mut other = document.clone();
        *other.pointer_mut(&place).unwrap() = json!("something else");
        let Ok(other) = serde_json::from_value::<Policy>(other) else { continue };
        let changes = diff(&policy(&shared()), &other).changes;
        let is_list = changes.len() == 1 && place.starts_with(&changes[0].pointer);
        // Another id is another entry: one is gone and one is new.
        let renamed = place.ends_with("/id") || place.ends_with("/edition");
        assert!(is_list || renamed, "{place}: {changes:?}");
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn f_36_a_delivered_edition_puts_no_other_language_first_since_texts_are_compared_in_that_one() {
    let turned = [Set("/languages", json!(["en", "ko"]))];
    assert_eq!(found(&turned, true), vec![]);
    let places: Vec<(String, FaultCode)> = found(&turned, false).into_iter().map(|(pointer, code, _)| (pointer, code)).collect();
    assert_eq!(places, [("/languages/0".to_owned(), GuardWeakened)]);
}

#[test]
fn f_36_where_the_title_is_all_that_a_person_reads_it_is_what_was_agreed_to() {
    let of = |edition: u32, title: &str| -> Policy {
        let purpose = json!({ "id": "crash-reports", "title": { "en": title } });
        serde_json::from_value(json!({ "id": "notes", "version": "1", "edition": edition, "languages": ["en"], "purposes": [purpose] }))
            .unwrap()
    };
    let before = of(1, "Send crash reports");
    for shipped in [true, false] {
        let faults = revision::check(&before, &[], &of(2, "Sell my data to advertisers"), shipped).unwrap_err();
        assert!(faults.iter().any(|fault| fault.pointer == "/purposes/0/material" && fault.code == MaterialNotRaised), "{faults:?}");
        assert!(revision::check(&before, &[], &of(2, "Send crash reports"), shipped).is_ok());
    }
    // Where a notice says what the purpose is for, the title is its label.
    assert_eq!(found(&[Set("/purposes/13/title", text("another label"))], true), vec![]);
}
