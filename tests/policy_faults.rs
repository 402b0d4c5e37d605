//! A policy document with a fault is refused, and every fault is named with its place and what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;

use consentkit::policy::{
    Fault,
    FaultCode::{self, *},
    MAX_FAULTS, MAX_POLICY_BYTES, Policy,
};
use edit::{
    DOCUMENT,
    Edit::{self, Push, Remove, Set},
    edited, influential, set,
};
use serde_json::{Value, json};

fn faults(document: &Value) -> Vec<Fault> {
    Policy::parse(&document.to_string()).err().unwrap_or_default()
}

fn places(faults: &[Fault]) -> Vec<(String, FaultCode)> {
    faults.iter().map(|fault| (fault.pointer.clone(), fault.code)).collect()
}

fn third_party() -> Value {
    let text = json!({"ko": "가", "en": "a"});
    json!({
        "id": "partner", "origin": "added", "recipient": text, "purpose": text, "items": ["email"], "retention": text, "refusal": text
    })
}

fn transfer() -> Value {
    let text = json!({"ko": "가", "en": "a"});
    json!({
        "id": "abroad", "origin": "added", "items": ["email"], "country": text, "when": text, "method": text, "recipient": text,
        "contact": {"email": "privacy@example.com"}, "purpose": text, "retention": text, "refusal": text
    })
}

type Row = (&'static str, Vec<Edit>, Vec<(&'static str, FaultCode)>);

/// Each row: the rule, the change, and exactly the faults it makes.
fn rows() -> Vec<Row> {
    let without = |mut value: Value, field: &str| {
        value.as_object_mut().unwrap().remove(field).unwrap();
        value
    };
    let with = |mut value: Value, field: &str, new: Value| {
        value[field] = new;
        value
    };
    vec![
        ("PIPA-1: a consent has a notice", vec![Remove("/purposes/13/notice")], vec![("/purposes/13/notice", NoticeItemMissing)]),
        ("PIPA-1: what for", vec![Remove("/purposes/13/notice/purpose")], vec![("/purposes/13/notice/purpose", NoticeItemMissing)]),
        ("PIPA-1: items", vec![Remove("/purposes/13/notice/items")], vec![("/purposes/13/notice/items", NoticeItemMissing)]),
        ("PIPA-1: some item", vec![Set("/purposes/13/notice/items", json!([]))], vec![("/purposes/13/notice/items", NoticeItemMissing)]),
        ("PIPA-1: retention", vec![Remove("/purposes/13/notice/retention")], vec![("/purposes/13/notice/retention", NoticeItemMissing)]),
        ("PIPA-1: refusal", vec![Remove("/purposes/13/notice/refusal")], vec![("/purposes/13/notice/refusal", NoticeItemMissing)]),
        (
            "PIPA-2: all five",
            vec![Push("/third_parties", json!({"id": "partner", "origin": "added"}))],
            vec![
                ("/third_parties/0/items", ThirdPartyItemMissing),
                ("/third_parties/0/purpose", ThirdPartyItemMissing),
                ("/third_parties/0/recipient", ThirdPartyItemMissing),
                ("/third_parties/0/refusal", ThirdPartyItemMissing),
                ("/third_parties/0/retention", ThirdPartyItemMissing),
            ],
        ),
        (
            "PIPA-2: items",
            vec![Push("/third_parties", with(third_party(), "items", json!([])))],
            vec![("/third_parties/0/items", ThirdPartyItemMissing)],
        ),
        (
            "PIPA-3: items",
            vec![Push("/transfers", with(transfer(), "items", json!([])))],
            vec![("/transfers/0/items", TransferItemMissing)],
        ),
        ("PIPA-3: country", vec![Push("/transfers", without(transfer(), "country"))], vec![("/transfers/0/country", TransferItemMissing)]),
        ("PIPA-3: time", vec![Push("/transfers", without(transfer(), "when"))], vec![("/transfers/0/when", TransferItemMissing)]),
        ("PIPA-3: method", vec![Push("/transfers", without(transfer(), "method"))], vec![("/transfers/0/method", TransferItemMissing)]),
        (
            "PIPA-3: recipient",
            vec![Push("/transfers", without(transfer(), "recipient"))],
            vec![("/transfers/0/recipient", TransferItemMissing)],
        ),
        ("PIPA-3: contact", vec![Push("/transfers", without(transfer(), "contact"))], vec![("/transfers/0/contact", TransferItemMissing)]),
        ("PIPA-3: contact", vec![Push("/transfers", with(transfer(), "contact", json!({})))], vec![("/transfers/0/contact", BadContact)]),
        ("PIPA-3: purpose", vec![Push("/transfers", without(transfer(), "purpose"))], vec![("/transfers/0/purpose", TransferItemMissing)]),
        (
            "PIPA-3: retention",
            vec![Push("/transfers", without(transfer(), "retention"))],
            vec![("/transfers/0/retention", TransferItemMissing)],
        ),
        ("PIPA-3: refusal", vec![Push("/transfers", without(transfer(), "refusal"))], vec![("/transfers/0/refusal", TransferItemMissing)]),
        (
            "KR-1: consent",
            vec![Set("/purposes/13/basis", json!("contract"))],
            vec![("/purposes/13/basis", MarketingNeedsConsent), ("/purposes/13/requires/0", RequiresConsent)],
        ),
        ("KR-1: data use too", vec![Set("/purposes/12/basis", json!("law"))], vec![("/purposes/12/basis", MarketingNeedsConsent)]),
        ("BA-1: consent", vec![Set("/purposes/9/basis", json!("contract"))], vec![("/purposes/9/basis", AdvertisingIdNeedsConsent)]),
        ("GCM-6: sharing", vec![Set("/purposes/6/sharing", json!(true))], vec![("/purposes/6/basis", SharingNeedsConsent)]),
        ("KR-5: data use", vec![Remove("/purposes/13/requires")], vec![("/purposes/13/requires", DataUseNotRequired)]),
        (
            "KR-4: night needs day",
            vec![Set("/purposes/17/requires", json!(["marketing.data_use"]))],
            vec![("/purposes/17/requires", NightWithoutDay)],
        ),
        (
            "KR-4: the day of the same channel",
            vec![Set("/purposes/17/requires", json!(["marketing.push"]))],
            vec![("/purposes/17/requires", NightWithoutDay)],
        ),
        (
            "KR-4: a night is no day",
            vec![Set("/purposes/17/requires", json!(["marketing.push.night"]))],
            vec![("/purposes/17/requires", NightWithoutDay)],
        ),
        (
            "KR-4: another night is no day",
            vec![Set("/purposes/18/channel", json!("sms")), Set("/purposes/18/requires", json!(["marketing.sms.night"]))],
            vec![("/purposes/18/requires", NightWithoutDay)],
        ),
        ("no fault of a fault", vec![Set("/purposes/17/channel", json!("telegram"))], vec![("/purposes/17/channel", UnknownValue)]),
        ("KR-4: channel", vec![Remove("/purposes/17/channel")], vec![("/purposes/17/night", NightWithoutChannel)]),
        ("KR-4: e-mail is exempt", vec![Set("/purposes/13/night", json!(true))], vec![("/purposes/13/night", NightExempt)]),
        ("KR-4: only e-mail is", vec![Push("/night/exempt", json!("sms"))], vec![("/night/exempt/1", BadNight)]),
        ("KR-4: the night ends", vec![Set("/night/until", json!("21:00"))], vec![("/night/until", BadNight)]),
        ("KR-4: offset", vec![Set("/night/utc_offset_minutes", json!(-841))], vec![("/night/utc_offset_minutes", BadNight)]),
        ("KR-4: guard", vec![Set("/night/guard_minutes", json!(61))], vec![("/night/guard_minutes", BadNight)]),
        ("KR-8: sender", vec![Remove("/controller/sender_name")], vec![("/controller/sender_name", MissingField)]),
        ("KR-8: sender", vec![Set("/controller/sender_name/ko", json!(""))], vec![("/controller/sender_name/ko", EmptyText)]),
        ("PIPA-12: cookies", vec![Remove("/cookies")], vec![("/cookies", GuideMissing)]),
        ("PIPA-12: cookies", vec![Set("/cookies/refusal", json!([]))], vec![("/cookies/refusal", EmptyList)]),
        ("PIPA-12: advertising id", vec![Remove("/advertising_id")], vec![("/advertising_id", GuideMissing)]),
        ("scope of a channel", vec![Set("/purposes/13/scope", json!("device"))], vec![("/purposes/13/scope", WrongScope)]),
        ("scope of cookies", vec![Set("/purposes/7/scope", json!("person"))], vec![("/purposes/7/scope", WrongScope)]),
        ("scope of the advertising id", vec![Set("/purposes/9/scope", json!("person"))], vec![("/purposes/9/scope", WrongScope)]),
        ("requires: somewhere", vec![Set("/purposes/9/requires", json!(["nowhere"]))], vec![("/purposes/9/requires/0", UnknownReference)]),
        (
            "requires: no circle",
            vec![Set("/purposes/9/requires", json!(["ad_id.link_account"]))],
            vec![("/purposes/9/requires", RequiresCircle), ("/purposes/11/requires", RequiresCircle)],
        ),
        (
            "requires: not itself",
            vec![Set("/purposes/9/requires", json!(["ad_id.measurement"]))],
            vec![("/purposes/9/requires", RequiresCircle)],
        ),
        (
            "requires: no consent behind none",
            vec![Set("/purposes/0/requires", json!(["cookies.analytics"]))],
            vec![("/purposes/0/requires/0", RequiresConsent)],
        ),
        ("cookies: one owner", vec![Push("/purposes/8/cookies", json!("_ga_*"))], vec![("/purposes/8/cookies/3", CookieClaimedTwice)]),
        (
            "GCM-1: Google consent is consent",
            vec![Set("/purposes/6/google", json!(["analytics_storage"]))],
            vec![("/purposes/6/google", GoogleNeedsConsent)],
        ),
        (
            "GCM-4: what Google receives is shared",
            vec![Push("/purposes/7/google", json!("ad_user_data"))],
            vec![("/purposes/7/google/1", GoogleNeedsSharing)],
        ),
        ("GCM-4: each type once", vec![Push("/purposes/7/google", json!("analytics_storage"))], vec![("/purposes/7/google/1", Duplicate)]),
        ("GCM-1: known types only", vec![Push("/purposes/7/google", json!("ad_anything"))], vec![("/purposes/7/google/1", UnknownValue)]),
        ("cookies: named once", vec![Push("/purposes/7/cookies", json!("_ga"))], vec![("/purposes/7/cookies/4", CookieClaimedTwice)]),
        ("cookies: a longer name", vec![Push("/purposes/8/cookies", json!("_ga_x"))], vec![]),
        ("cookies: not all", vec![Push("/purposes/8/cookies", json!("*"))], vec![("/purposes/8/cookies/3", BadCookie)]),
        ("cookies: a token", vec![Push("/purposes/8/cookies", json!("a b"))], vec![("/purposes/8/cookies/3", BadCookie)]),
        ("material from 1", vec![Set("/purposes/0/material", json!(0))], vec![("/purposes/0/material", OutOfRange)]),
        ("expiry from 1", vec![Set("/purposes/7/expires_after_days", json!(0))], vec![("/purposes/7/expires_after_days", OutOfRange)]),
        ("surface", vec![Push("/purposes/13/surfaces", json!("splash"))], vec![("/purposes/13/surfaces/2", UnknownReference)]),
        ("surface twice", vec![Push("/purposes/13/surfaces", json!("settings"))], vec![("/purposes/13/surfaces/2", Duplicate)]),
        ("item", vec![Push("/purposes/13/notice/items", json!("shoe_size"))], vec![("/purposes/13/notice/items/1", UnknownReference)]),
        ("third party", vec![Set("/purposes/13/third_parties", json!(["x"]))], vec![("/purposes/13/third_parties/0", UnknownReference)]),
        ("transfer", vec![Set("/purposes/13/transfers", json!(["x"]))], vec![("/purposes/13/transfers/0", UnknownReference)]),
        ("collection", vec![Set("/collection/0/purpose", json!("x"))], vec![("/collection/0/purpose", UnknownReference)]),
        ("collection", vec![Push("/collection/0/optional", json!("email"))], vec![("/collection/0/optional/0", Duplicate)]),
        ("collection", vec![Set("/collection/0/ways", json!([]))], vec![("/collection/0/ways", EmptyList)]),
        ("retention", vec![Set("/retention/0/purpose", json!("x"))], vec![("/retention/0/purpose", UnknownReference)]),
        ("retention", vec![Set("/retention/2/period", json!({"years": 0}))], vec![("/retention/2/period", OutOfRange)]),
        (
            "duplicate id",
            vec![Set("/purposes/1/id", json!("membership"))],
            vec![
                ("/purposes/1/id", Duplicate),
                ("/collection/1/purpose", UnknownReference),
                ("/collection/2/purpose", UnknownReference),
                ("/retention/1/purpose", UnknownReference),
            ],
        ),
        (
            "duplicate id",
            vec![Set("/items/1/id", json!("name")), Remove("/items/1")],
            vec![
                ("/collection/0/required/1", UnknownReference),
                ("/purposes/0/notice/items/1", UnknownReference),
                ("/purposes/13/notice/items/0", UnknownReference),
            ],
        ),
        ("duplicate id", vec![Set("/remedies/1/id", json!("kisa"))], vec![("/remedies/1/id", Duplicate)]),
        ("duplicate id", vec![Set("/rights/kinds/1/kind", json!("access"))], vec![("/rights/kinds/1/kind", Duplicate)]),
        ("id syntax", vec![Set("/remedies/0/id", json!("Kisa"))], vec![("/remedies/0/id", BadId)]),
        ("id syntax", vec![Set("/remedies/0/id", json!("kisa..x"))], vec![("/remedies/0/id", BadId)]),
        ("id syntax", vec![Set("/remedies/0/id", json!("ki\u{0}sa"))], vec![("/remedies/0/id", BadId)]),
        ("id syntax", vec![Set("/surfaces/1", json!("Settings!"))], {
            let mut found = vec![("/surfaces/1", BadId)];
            found.extend(SETTINGS.map(|place| (place, UnknownReference)));
            found
        }),
        ("text in a language", vec![Remove("/officer/role/en")], vec![("/officer/role", MissingLanguage)]),
        ("text in a language", vec![Set("/officer/role/fr", json!("chef"))], vec![("/officer/role/fr", UndeclaredLanguage)]),
        ("empty text", vec![Set("/officer/role/en", json!(" \u{3000} "))], vec![("/officer/role/en", EmptyText)]),
        ("text", vec![Set("/officer/role/en", json!("x".repeat(4_001)))], vec![("/officer/role/en", TextTooLong)]),
        ("text", vec![Set("/officer/role/en", json!("a\nb"))], vec![("/officer/role/en", ControlCharacter)]),
        ("text", vec![Set("/officer/role/en", json!("a\u{202E}b"))], vec![("/officer/role/en", BidiControl)]),
        ("text", vec![Set("/officer/role/en", json!(7))], vec![("/officer/role/en", WrongType)]),
        (
            "dates",
            vec![Set("/announced_on", json!("2020-05-28"))],
            vec![("/announced_on", DatesBackwards), ("/amendments/versions/2/announced_on", VersionMismatch)],
        ),
        (
            "dates: seven days",
            vec![Set("/announced_on", json!("2020-05-21")), Set("/amendments/versions/2/announced_on", json!("2020-05-21"))],
            vec![("/announced_on", NoticeTooShort)],
        ),
        ("dates", vec![Set("/effective_on", json!("2020-05-32"))], vec![("/effective_on", BadDate)]),
        ("dates", vec![Set("/effective_on", json!("27.05.2020"))], vec![("/effective_on", BadDate)]),
        ("years", vec![Set("/effective_on", json!("-0001-01-01"))], vec![("/effective_on", BadDate)]),
        ("years", vec![Set("/effective_on", json!("0020-05-27"))], vec![("/effective_on", BadDate)]),
        ("years", vec![Set("/effective_on", json!("0000-01-01"))], vec![("/effective_on", BadDate)]),
        ("years", vec![Set("/effective_on", json!("9999-12-31"))], vec![("/effective_on", BadDate)]),
        ("years", vec![Set("/effective_on", json!("+12026-05-27"))], vec![("/effective_on", BadDate)]),
        ("years", vec![Set("/announced_on", json!("1899-12-31"))], vec![("/announced_on", BadDate)]),
        ("time of day", vec![Set("/night/from", json!("9 pm"))], vec![("/night/from", BadDate)]),
        (
            "versions",
            vec![Set("/amendments/versions/1/effective_on", json!("2018-04-08"))],
            vec![("/amendments/versions/1/effective_on", DatesBackwards)],
        ),
        ("versions", vec![Set("/amendments/versions/1/edition", json!(1))], vec![("/amendments/versions/1/edition", DatesBackwards)]),
        (
            "versions",
            vec![Set("/amendments/versions/2/announced_on", json!("2020-06-01"))],
            vec![("/amendments/versions/2/announced_on", DatesBackwards), ("/amendments/versions/2/announced_on", VersionMismatch)],
        ),
        (
            "versions",
            vec![Remove("/amendments/versions/2")],
            vec![
                ("/amendments/versions/1/edition", VersionMismatch),
                ("/amendments/versions/1/version", VersionMismatch),
                ("/amendments/versions/1/effective_on", VersionMismatch),
            ],
        ),
        ("versions", vec![Set("/amendments/versions", json!([]))], vec![("/amendments/versions", EmptyList)]),
        (
            "edition from 1",
            vec![Set("/edition", json!(0))],
            vec![("/edition", OutOfRange), ("/amendments/versions/2/edition", VersionMismatch)],
        ),
        ("notice days", vec![Set("/amendments/material_notice_days", json!(6))], vec![("/amendments/material_notice_days", OutOfRange)]),
        (
            "guides in order",
            vec![Set("/advertising_id/refusal/1/from", json!("14.4"))],
            vec![("/advertising_id/refusal/1/from", VersionsUnordered)],
        ),
        ("guides in order", vec![Remove("/advertising_id/refusal/0/before")], vec![("/advertising_id/refusal/1/from", VersionsUnordered)]),
        (
            "guides in order",
            vec![Set("/advertising_id/refusal/0/from", json!("14.10"))],
            vec![("/advertising_id/refusal/0/before", VersionsUnordered)],
        ),
        ("guides", vec![Set("/advertising_id/refusal/0/before", json!("iOS 14"))], vec![("/advertising_id/refusal/0/before", BadVersion)]),
        ("contact", vec![Set("/officer/contact/email", json!("welaaa"))], vec![("/officer/contact/email", BadContact)]),
        ("contact", vec![Set("/officer/contact/phone", json!("02 6206 call"))], vec![("/officer/contact/phone", BadContact)]),
        ("contact", vec![Set("/remedies/0/contact/url", json!("privacy.kisa.or.kr"))], vec![("/remedies/0/contact/url", BadContact)]),
        ("contact", vec![Set("/officer/contact", json!({}))], vec![("/officer/contact", BadContact)]),
        ("unknown field", vec![Set("/officer/name", json!("…"))], vec![("/officer/name", UnknownField)]),
        ("unknown word", vec![Set("/purposes/13/channel", json!("telegram"))], vec![("/purposes/13/channel", UnknownValue)]),
        ("unknown word", vec![Set("/purposes/13/origin", json!({"chapter": 1}))], vec![("/purposes/13/origin", UnknownValue)]),
        ("whole numbers", vec![Set("/edition", json!(3.5))], vec![("/edition", WrongType)]),
        ("numbers in range", vec![Set("/edition", json!(-1))], vec![("/edition", OutOfRange)]),
        ("numbers in range", vec![Set("/edition", json!(4_294_967_295u32))], vec![("/edition", OutOfRange)]),
        ("types", vec![Set("/items", json!({}))], vec![("/items", WrongType)]),
        ("types", vec![Set("/purposes/17/night", json!("yes"))], vec![("/purposes/17/night", WrongType)]),
        ("missing", vec![Remove("/officer")], vec![("/officer", MissingField)]),
        ("missing", vec![Remove("/purposes/13/id")], vec![("/purposes/13/id", MissingField)]),
    ]
}

/// Every place that names the surface `settings`.
const SETTINGS: [&str; 16] = [
    "/purposes/0/surfaces/0",
    "/purposes/1/surfaces/0",
    "/purposes/6/surfaces/0",
    "/purposes/7/surfaces/1",
    "/purposes/8/surfaces/1",
    "/purposes/9/surfaces/1",
    "/purposes/10/surfaces/1",
    "/purposes/11/surfaces/0",
    "/purposes/12/surfaces/1",
    "/purposes/13/surfaces/1",
    "/purposes/14/surfaces/1",
    "/purposes/15/surfaces/1",
    "/purposes/16/surfaces/1",
    "/purposes/17/surfaces/1",
    "/purposes/18/surfaces/1",
    "/purposes/19/surfaces/1",
];

#[test]
fn each_fault_is_named_with_its_place() {
    let mut wrong = String::new();
    for (rule, edits, expected) in rows() {
        let found = faults(&edited(&edits));
        let mut expected: Vec<_> = expected.into_iter().map(|(place, code)| (place.to_owned(), code)).collect();
        let mut seen = places(&found);
        expected.sort();
        seen.sort();
        if seen != expected {
            wrong.push_str(&format!("{rule} {edits:?}\n  expected {expected:?}\n  found    {seen:?}\n"));
        }
        assert!(found.iter().all(|fault| !fault.what.is_empty() && !fault.fix.is_empty()), "{rule}: {found:?}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn codes(json: &str) -> Vec<(String, FaultCode)> {
    places(&Policy::parse(json).err().unwrap_or_default())
}

#[test]
fn faults_of_shape_of_text_and_of_meaning_are_all_reported_at_once() {
    let document = edited(&[
        Remove("/officer/contact"),
        Set("/night/from", json!("late")),
        Set("/purposes/13/scope", json!("device")),
        Set("/purposes/9/basis", json!("law")),
        Remove("/purposes/14/notice/refusal"),
        Set("/amendments/promise/ko", json!("")),
        Set("/colour", json!("blue")),
        Push("/purposes/7/cookies", json!("_fbp")),
    ]);
    let mut found = places(&faults(&document));
    found.sort();
    let expected = [
        ("/amendments/promise/ko", EmptyText),
        ("/colour", UnknownField),
        ("/night/from", BadDate),
        ("/officer/contact", MissingField),
        ("/purposes/13/scope", WrongScope),
        ("/purposes/14/notice/refusal", NoticeItemMissing),
        ("/purposes/8/cookies/0", CookieClaimedTwice),
        ("/purposes/9/basis", AdvertisingIdNeedsConsent),
    ];
    assert_eq!(found, expected.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn an_empty_object_lists_every_missing_part() {
    let found = codes("{}");
    let expected = ["/id", "/languages", "/purposes", "/version"].map(|place| (place.to_owned(), MissingField));
    assert_eq!(found, expected, "what makes a policy, whatever the law");
    let found = codes("{\"regimes\": [\"kr\"]}");
    let fields: Vec<_> = found.iter().filter(|(_, code)| *code == MissingField).map(|(place, _)| place.as_str()).collect();
    for field in ["/id", "/edition", "/controller", "/purposes", "/officer", "/remedies", "/amendments"] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    assert_eq!(found.len(), fields.len(), "{found:?}");
}

#[test]
fn what_is_no_json_is_told_by_its_place() {
    for (json, pointer, code) in [
        ("", "", Syntax),
        ("nonsense", "", Syntax),
        ("{\"id\": 1", "", Syntax),
        ("{} {}", "", Syntax),
        ("\u{FEFF}", "", Syntax),
        ("\u{FEFF}\u{FEFF}{}", "", Syntax),
        ("{}\u{FEFF}", "", Syntax),
        ("{\"id\": \"\u{0}\"}", "", Syntax),
        ("{\"night\": {\"from\": 1, \"from\": 2}}", "/night/from", DuplicateKey),
        ("[1, {\"a/b~c\": {\"x\": 1, \"x\": 1}}]", "/1/a~1b~0c/x", DuplicateKey),
        ("[]", "", WrongType),
        ("null", "", WrongType),
    ] {
        assert_eq!(codes(json), [(pointer.to_owned(), code)], "{json}");
    }
    let first = Policy::parse("{\n  \"id\": ]").unwrap_err();
    assert!(first[0].what.contains("line 2"), "{}", first[0].what);
}

#[test]
fn what_is_too_large_too_deep_or_too_wide_is_refused() {
    let padded = format!("{DOCUMENT}{}", " ".repeat(MAX_POLICY_BYTES - DOCUMENT.len()));
    assert!(Policy::parse(&padded).is_ok());
    assert_eq!(codes(&format!("{padded} ")), [(String::new(), TooLarge)]);
    assert_eq!(codes(&format!("{}{}", "[".repeat(33), "]".repeat(33)))[0].1, TooDeep);
    assert_eq!(codes(&format!("{}1{}", "[".repeat(32), "]".repeat(32)))[0].1, WrongType);
    let list = |entries: usize| format!("{{\"items\": [{}]}}", vec!["1"; entries].join(","));
    assert_eq!(codes(&list(10_001)), [("/items".to_owned(), TooWide)]);
    assert_eq!(codes(&list(10_000)).len(), MAX_FAULTS);
    let mut many = influential();
    let purpose = many["purposes"][0].clone();
    let purposes: Vec<Value> = (0..201).map(|number| Value::clone(&purpose).tap(number)).collect();
    set(&mut many, "/purposes", json!(purposes));
    assert!(codes(&many.to_string()).contains(&("/purposes".into(), TooWide)));
}

trait Tap {
    fn tap(self, number: usize) -> Self;
}

impl Tap for Value {
    fn tap(mut self, number: usize) -> Self {
        self["id"] = json!(format!("purpose_{number}"));
        self
    }
}

#[test]
fn a_fault_never_repeats_a_hostile_text_as_it_is() {
    let document = edited(&[
        Set("/id", json!(format!("\u{202E}{}", "x".repeat(100_000)))),
        Set("/a\u{0}\u{202E}b", json!(1)),
        Set("/purposes/13/channel", json!("\u{1b}[31m")),
        Set("/purposes/13/requires", json!(["\u{202E}".repeat(5_000)])),
    ]);
    let found = faults(&document);
    assert!(found.len() >= 4, "{found:?}");
    for fault in found {
        let shown = fault.to_string();
        assert!(shown.len() < 1_000, "{} bytes", shown.len());
        assert!(!shown.contains(['\0', '\u{1b}', '\u{202E}']), "{shown:?}");
    }
}

#[test]
fn a_field_written_almost_right_is_told_its_name() {
    let document = edited(&[Set("/purposes/13/chanel", json!("email")), Set("/effectiveOn", json!("2020-05-27"))]);
    let fixes: Vec<String> = faults(&document).into_iter().map(|fault| fault.fix).collect();
    assert_eq!(fixes, ["remove it, or write effective_on", "remove it, or write channel"]);
}

#[test]
fn a_language_that_is_declared_is_owed_every_text() {
    let found = places(&faults(&edited(&[Push("/languages", json!("fr"))])));
    assert!(found.len() > 200 && found.iter().all(|(_, code)| *code == MissingLanguage), "{}", found.len());
    let twice = places(&faults(&edited(&[Push("/languages", json!("ko"))])));
    assert_eq!(twice, [("/languages/2".to_owned(), Duplicate)]);
    let none = places(&faults(&edited(&[Set("/languages", json!([]))])));
    assert_eq!(none, [("/languages".to_owned(), EmptyList)]);
    assert!(places(&faults(&edited(&[Push("/languages", json!("English"))]))).contains(&("/languages/2".into(), BadLanguage)));
}

#[test]
fn the_code_of_a_fault_is_stable() {
    for (code, text) in [
        (NoticeItemMissing, "notice_item_missing"),
        (ThirdPartyItemMissing, "third_party_item_missing"),
        (Syntax, "syntax"),
        (AdvertisingIdNeedsConsent, "advertising_id_needs_consent"),
        (MaterialNotRaised, "material_not_raised"),
    ] {
        assert_eq!(code.code(), text);
    }
}
