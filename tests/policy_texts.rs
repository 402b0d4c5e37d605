//! What a text, an id and a telephone number of a policy may hold (F-40), and which of its languages a person reads (F-39).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;

use consentkit::{
    error::Error,
    policy::{
        Fault,
        FaultCode::{self, *},
        MAX_POLICY_BYTES, Policy,
    },
};
use edit::{
    DOCUMENT,
    Edit::{self, Push, Set},
    edited, influential,
};
use serde_json::{Value, json};

fn faults(edits: &[Edit]) -> Vec<Fault> {
    Policy::parse(&edited(edits).to_string()).err().unwrap_or_default()
}

fn codes(edits: &[Edit]) -> Vec<FaultCode> {
    faults(edits).iter().map(|fault| fault.code).collect()
}

#[test]
fn f_40_a_notice_may_have_paragraphs_and_a_label_may_not() {
    for place in ["/purposes/13/notice/purpose/en", "/statements/0/text/en", "/amendments/promise/en", "/rights/answer/en"] {
        assert_eq!(codes(&[Set(place, json!("First.\n\nSecond.\r\nThird."))]), [], "{place}");
        assert_eq!(codes(&[Set(place, json!("First.\u{2029}Second."))]), [ControlCharacter], "{place}");
    }
    for place in ["/purposes/13/title/en", "/items/0/label/en", "/officer/role/en", "/controller/name/en", "/remedies/0/name/en"] {
        assert_eq!(codes(&[Set(place, json!("First.\nSecond."))]), [ControlCharacter], "{place}");
    }
}

#[test]
fn f_40_marks_of_direction_are_a_part_of_hebrew_and_arabic_and_what_is_unclosed_is_not() {
    for text in ["הצהרת \u{2066}Influential\u{2069}", "\u{200F}א!", "\u{061C}(ب)", "a \u{2068}ב\u{2069} \u{200E}c"] {
        assert_eq!(codes(&[Set("/purposes/13/title/en", json!(text))]), [], "{text:?}");
        assert_eq!(codes(&[Set("/purposes/13/notice/purpose/en", json!(text))]), [], "{text:?}");
    }
    for text in ["\u{2067}א", "א\u{2069}", "\u{202B}א\u{202C}", "a\u{202E}b", "\u{2066}a\n\u{2069}"] {
        assert_eq!(codes(&[Set("/purposes/13/notice/purpose/en", json!(text))]), [BidiControl], "{text:?}");
    }
}

#[test]
fn f_40_a_text_that_shows_nothing_is_an_empty_text() {
    for text in [
        "\u{200B}",
        "\u{3164}",
        "\u{2800}\u{2800}",
        "\u{E0041}\u{E007F}",
        "\u{FE0F}",
        " \u{200D} ",
        "\u{2066}\u{2069}",
        "\u{AD}",
        "\u{FFFC}",
        "\u{378}\u{FFFC}",
    ] {
        let escaped = text.escape_unicode().to_string();
        assert_eq!(codes(&[Set("/purposes/13/title/en", json!(text))]), [EmptyText], "{escaped}");
        assert_eq!(codes(&[Set("/purposes/13/notice/refusal/en", json!(text))]), [EmptyText], "{escaped}");
        assert_eq!(
            codes(&[Set("/version", json!(text))]).first(),
            Some(if text.contains('\u{2066}') { &BidiControl } else { &EmptyText }),
            "{escaped}"
        );
    }
}

#[test]
fn f_40_a_byte_order_mark_in_front_is_read() {
    let marked = format!("\u{FEFF}{DOCUMENT}");
    assert_eq!(Policy::parse(&marked).unwrap(), Policy::parse(DOCUMENT).unwrap());
    assert_eq!(Policy::read_kept(&marked), Policy::read_kept(DOCUMENT), "also where it is kept with the mark");
}

#[test]
fn f_40_ids_may_have_hyphens_and_telephone_numbers_are_taken_as_written() {
    let renamed = |id: &'static str| {
        let mut document = influential();
        document["remedies"][0]["id"] = json!(id);
        document["surfaces"][0] = json!(id);
        for purpose in document["purposes"].as_array_mut().unwrap() {
            for surface in purpose.get_mut("surfaces").and_then(Value::as_array_mut).into_iter().flatten() {
                if surface == "first_run" {
                    *surface = json!(id);
                }
            }
        }
        Policy::parse(&document.to_string()).err().unwrap_or_default()
    };
    assert_eq!(renamed("first-run.new"), []);
    assert!(renamed("first-").iter().all(|fault| fault.code == BadId || fault.code == UnknownReference) && !renamed("first-").is_empty());
    for phone in ["+82 (0)2 6206 3257", "(02) 6206-3257 ext. 12", "01.23.45.67.89"] {
        assert_eq!(codes(&[Set("/officer/contact/phone", json!(phone))]), [], "{phone}");
    }
}

#[test]
fn f_39_a_person_in_taipei_reads_traditional_characters() {
    let mut document = influential();
    document["languages"] = json!(["ko", "zh-Hans", "zh-Hant"]);
    fn translate(value: &mut Value) {
        match value {
            Value::Object(object) if object.contains_key("ko") => {
                let korean = object["ko"].clone();
                object.remove("en");
                object.insert("zh-Hans".into(), json!("简体"));
                object.insert("zh-Hant".into(), json!("繁體"));
                assert!(!korean.is_null());
            }
            Value::Object(object) => object.values_mut().for_each(translate),
            Value::Array(list) => list.iter_mut().for_each(translate),
            _ => {}
        }
    }
    translate(&mut document);
    let policy = Policy::parse(&document.to_string()).unwrap();
    for (asked, title) in
        [("zh-TW", "繁體"), ("zh-HK", "繁體"), ("zh_Hant_MO", "繁體"), ("zh-CN", "简体"), ("zh", "简体"), ("zh-Hans-HK", "简体")]
    {
        let language = policy.language(asked).to_owned();
        assert_eq!(policy.text(&policy.purposes[0].title, &language), title, "{asked}");
    }
}

#[test]
fn a_language_that_is_declared_twice_in_other_letters_is_declared_twice() {
    let found = faults(&[Push("/languages", json!("en-us")), Push("/languages", json!("en-US"))]);
    assert!(found.iter().any(|fault| fault.pointer == "/languages/3" && fault.code == Duplicate), "{found:?}");
}

#[test]
fn an_error_tells_the_first_three_faults_with_place_and_remedy_and_how_many_more_there_are() {
    let broken = |count: usize| {
        let fields = ["/officer", "/rights", "/destruction", "/amendments", "/controller"];
        let edits: Vec<Edit> = fields.into_iter().take(count).map(Edit::Remove).collect();
        let faults = Policy::parse(&edited(&edits).to_string()).unwrap_err();
        assert_eq!(faults.len(), count);
        (Error::PolicyInvalid { faults: faults.clone() }.to_string(), Error::PolicyRefused { faults: faults.clone() }.to_string(), faults)
    };
    for count in 1..=5 {
        let (invalid, refused, faults) = broken(count);
        for text in [invalid, refused] {
            for (at, fault) in faults.iter().enumerate() {
                let told = text.contains(&fault.pointer) && text.contains(&fault.what) && text.contains(&fault.fix);
                assert_eq!(told, at < 3, "{count}: {text}");
            }
            assert_eq!(text.ends_with(&format!("{} more.", count.saturating_sub(3))), count > 3, "{text}");
        }
    }
}

#[test]
fn a_document_of_five_megabytes_is_refused_at_once_with_its_limit() {
    let begun = std::time::Instant::now();
    let found = Policy::parse(&format!("{{\"id\": \"{}\"}}", "x".repeat(5_000_000))).unwrap_err();
    assert!(begun.elapsed().as_millis() < 500, "{:?}", begun.elapsed());
    let [fault] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((fault.pointer.as_str(), fault.code), ("", TooLarge));
    assert!(fault.to_string().contains(&MAX_POLICY_BYTES.to_string()) && !fault.fix.is_empty(), "{fault}");
}
