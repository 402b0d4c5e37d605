//! Which edition of a policy may follow which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/edit.rs"]
mod edit;

use consentkit::policy::{
    FaultCode::{self, *},
    Policy, revision,
};
use edit::{
    Edit::{self, Push, Remove, Set},
    edited,
};
use serde_json::json;

fn policy(edits: &[Edit]) -> Policy {
    serde_json::from_value(edited(edits)).unwrap()
}

/// The Influential policy's next edition with some changes, against the one in force.
fn found(edits: &[Edit], shipped: bool) -> Vec<(String, FaultCode)> {
    let next = [&[Set("/edition", json!(4))], edits].concat();
    let result = revision::check(&policy(&[]), &[], &policy(&next), shipped);
    result.err().unwrap_or_default().into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

fn one(pointer: &str, code: FaultCode) -> Vec<(String, FaultCode)> {
    vec![(pointer.to_owned(), code)]
}

#[test]
fn the_same_policy_and_a_later_edition_may_follow() {
    assert_eq!(revision::check(&policy(&[]), &[], &policy(&[]), false), Ok(()));
    assert_eq!(found(&[], false), []);
}

#[test]
fn another_policy_may_not_follow() {
    assert_eq!(found(&[Set("/id", json!("other"))], true), one("/id", OtherPolicy));
}

#[test]
fn an_older_edition_may_not_follow() {
    assert_eq!(found(&[Set("/edition", json!(2))], true), one("/edition", OlderEdition));
}

#[test]
fn one_edition_is_one_text() {
    let changed = [Set("/edition", json!(3)), Set("/officer/role/en", json!("Head of service"))];
    assert_eq!(found(&changed, true), one("/edition", SameEditionChanged));
}

#[test]
fn a_delivered_policy_takes_no_purpose_away_from_consent() {
    let changed = [Set("/purposes/7/basis", json!("contract")), Set("/purposes/7/material", json!(2))];
    let places = found(&changed, false);
    assert!(places.contains(&("/purposes/7/basis".into(), ConsentTakenAway)), "{places:?}");
    assert_eq!(found(&changed, true), [], "the app itself may ship it");
}

#[test]
fn a_delivered_policy_takes_no_cookie_away_from_consent() {
    for taken in [
        vec![Remove("/purposes/7/cookies/0"), Push("/purposes/6/cookies", json!("_ga"))],
        vec![Push("/purposes/6/cookies", json!("_ga_session"))],
        vec![Push("/purposes/6/cookies", json!("_ga_s*"))],
        vec![Set("/purposes/7/cookies", json!(["wcs_bt"])), Push("/purposes/6/cookies", json!("_*"))],
    ] {
        let places = found(&taken, false);
        assert!(places.contains(&("/purposes/6/cookies/3".into(), ConsentTakenAway)), "{taken:?}: {places:?}");
        assert_eq!(found(&taken, true), [], "{taken:?}");
    }
    let wider = [Push("/purposes/6/cookies", json!("_g*"))];
    assert_eq!(found(&wider, false), [], "the longer names keep their purpose");
}

#[test]
fn pipa_1_what_was_agreed_to_changes_only_with_its_number() {
    let text = json!({"ko": "가", "en": "a"});
    let party = json!({
        "id": "partner", "origin": "added", "recipient": text, "purpose": text, "items": ["email"], "retention": text, "refusal": text
    });
    let transfer = json!({
        "id": "abroad", "origin": "added", "items": ["email"], "country": text, "when": text, "method": text, "recipient": text,
        "contact": {"email": "privacy@example.com"}, "purpose": text, "retention": text, "refusal": text
    });
    let changes = [
        ("/purposes/13", vec![Push("/purposes/13/notice/items", json!("name"))]),
        ("/purposes/13", vec![Set("/purposes/13/notice/items", json!(["mobile_phone"]))]),
        ("/purposes/13", vec![Set("/purposes/13/channel", json!("post"))]),
        ("/purposes/13", vec![Set("/purposes/13/requires", json!(["marketing.data_use", "marketing.sms"]))]),
        ("/purposes/13", vec![Push("/third_parties", party), Set("/purposes/13/third_parties", json!(["partner"]))]),
        ("/purposes/13", vec![Push("/transfers", transfer), Set("/purposes/13/transfers", json!(["abroad"]))]),
        ("/purposes/7", vec![Set("/purposes/7/scope", json!("person"))]),
        ("/purposes/7", vec![Set("/purposes/7/basis", json!("law"))]),
        ("/purposes/7", vec![Set("/purposes/7/uses", json!("advertising_id"))]),
        ("/purposes/7", vec![Set("/purposes/7/sharing", json!(true))]),
        ("/purposes/8", vec![Push("/purposes/8/google", json!("analytics_storage"))]),
        ("/purposes/7", vec![Push("/purposes/7/cookies", json!("_hj*"))]),
        ("/purposes/17", vec![Remove("/purposes/17/night")]),
    ];
    for (purpose, edits) in changes {
        let number = format!("{purpose}/material");
        assert_eq!(found(&edits, true), one(&number, MaterialNotRaised), "{edits:?}");
        let raised = [edits.clone(), vec![Set(number.clone().leak(), json!(2))]].concat();
        assert_eq!(found(&raised, true), [], "{edits:?}");
    }
}

#[test]
fn pipa_1_what_a_recipient_gets_is_part_of_what_was_agreed_to() {
    let text = json!({"ko": "가", "en": "a"});
    let with = |items: &[&str]| {
        let party = json!({
            "id": "partner", "origin": "added", "recipient": text, "purpose": text, "items": items, "retention": text, "refusal": text
        });
        [Push("/third_parties", party), Set("/purposes/13/third_parties", json!(["partner"]))]
    };
    let before = policy(&with(&["email"]));
    let after = policy(&[&with(&["email", "name"])[..], &[Set("/edition", json!(4))]].concat());
    let faults = revision::check(&before, &[], &after, true).unwrap_err();
    assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/purposes/13/material", MaterialNotRaised));
    assert!(faults[0].what.contains("third_parties"), "{}", faults[0].what);
}

#[test]
fn pipa_1_a_corrected_letter_asks_nobody_again() {
    let typo = [
        Set("/purposes/13/notice/purpose/en", json!("To send offers and news by email.")),
        Set("/purposes/13/title/ko", json!("이메일 광고 받기")),
        Set("/purposes/13/surfaces", json!(["settings"])),
        Remove("/purposes/7/cookies/3"),
        Set("/purposes/12/notice/items", json!(["usage_history", "name"])),
    ];
    assert_eq!(found(&typo, false), []);
}

#[test]
fn the_number_of_a_notice_never_goes_down() {
    let before = policy(&[Set("/purposes/13/material", json!(2))]);
    let after = policy(&[Set("/edition", json!(4))]);
    let faults = revision::check(&before, &[], &after, true).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/purposes/13/material", MaterialLowered));
}

#[test]
fn every_fault_of_a_revision_is_reported() {
    let changed = [
        Set("/purposes/7/basis", json!("contract")),
        Push("/purposes/13/notice/items", json!("name")),
        Push("/purposes/14/notice/items", json!("name")),
    ];
    let places = found(&changed, false);
    for expected in [
        ("/purposes/7/basis", ConsentTakenAway),
        ("/purposes/7/material", MaterialNotRaised),
        ("/purposes/13/material", MaterialNotRaised),
        ("/purposes/14/material", MaterialNotRaised),
    ] {
        assert!(places.contains(&(expected.0.into(), expected.1)), "{expected:?} in {places:?}");
    }
}

#[test]
fn a_purpose_may_come_and_go() {
    assert_eq!(found(&[Remove("/purposes/19")], false), []);
}

#[test]
fn a_purpose_that_comes_back_is_compared_with_what_people_were_last_asked() {
    let (first, without) = (policy(&[]), policy(&[Set("/edition", json!(4)), Remove("/purposes/19")]));
    let back = |edits: &[Edit]| {
        let offered = policy(&[&[Set("/edition", json!(5))], edits].concat());
        revision::check(&without, std::slice::from_ref(&first), &offered, true).err().unwrap_or_default()
    };
    let places =
        |faults: Vec<consentkit::policy::Fault>| -> Vec<_> { faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect() };
    assert_eq!(places(back(&[])), []);
    let changed = Push("/purposes/19/notice/items", json!("email"));
    assert_eq!(places(back(std::slice::from_ref(&changed))), one("/purposes/19/material", MaterialNotRaised));
    assert_eq!(places(back(&[changed, Set("/purposes/19/material", json!(2))])), []);
}

#[test]
fn kr_4_a_delivered_policy_does_not_shorten_the_night() {
    for shorter in [
        Set("/night/from", json!("22:00")),
        Set("/night/until", json!("07:59")),
        Set("/night/utc_offset_minutes", json!(0)),
        Set("/night/exempt", json!(["email", "push"])),
    ] {
        let places = found(std::slice::from_ref(&shorter), false);
        assert!(places.contains(&("/night".into(), ConsentTakenAway)), "{shorter:?}: {places:?}");
        assert_eq!(found(std::slice::from_ref(&shorter), true), [], "the app itself may ship it");
    }
    let longer = [Set("/night/from", json!("20:00")), Set("/night/guard_minutes", json!(1)), Set("/night/exempt", json!([]))];
    assert_eq!(found(&longer, false), []);
}

#[test]
fn f_10_a_delivered_policy_does_not_loosen_the_audience() {
    for (before, after, loosens) in [
        ("child", "mixed", true),
        ("child", "adult", true),
        ("mixed", "adult", true),
        ("adult", "mixed", false),
        ("adult", "child", false),
        ("mixed", "child", false),
        ("child", "child", false),
    ] {
        let in_force = policy(&[Set("/audience", json!(before))]);
        let offered = policy(&[Set("/edition", json!(4)), Set("/audience", json!(after))]);
        let places = |shipped| {
            let faults = revision::check(&in_force, &[], &offered, shipped).err().unwrap_or_default();
            faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect::<Vec<_>>()
        };
        let expected = if loosens { one("/audience", GuardWeakened) } else { vec![] };
        assert_eq!(places(false), expected, "{before} to {after}");
        assert_eq!(places(true), [], "the app itself may ship it: {before} to {after}");
    }
}

/// The place of a purpose in the Influential policy.
fn place(id: &str) -> String {
    let policy = policy(&[]);
    format!("/purposes/{}", policy.purposes.iter().position(|purpose| purpose.id == id).unwrap())
}

#[test]
fn f_10_a_delivered_policy_loosens_no_guard_of_a_purpose_even_with_a_new_material_number() {
    let (ad, email, night) = (place("ad_id.personalised_ads"), place("marketing.email"), place("marketing.push.night"));
    let at = |place: &str, field: &str| -> &'static str { format!("{place}/{field}").leak() };
    let raise = |place: &str| Set(at(place, "material"), json!(9));
    for (in_force, loosened, field) in [
        (vec![], vec![Remove(at(&ad, "uses")), raise(&ad)], at(&ad, "uses")),
        (vec![Set(at(&email, "sharing"), json!(true))], vec![raise(&email)], at(&email, "sharing")),
        (vec![], vec![Set(at(&email, "scope"), json!("device")), raise(&email)], at(&email, "scope")),
        (vec![], vec![Remove(at(&email, "requires")), raise(&email)], at(&email, "requires")),
        (vec![], vec![Set(at(&email, "requires"), json!(["marketing.sms"])), raise(&email)], at(&email, "requires")),
        (vec![], vec![Remove(at(&night, "night")), raise(&night)], at(&night, "night")),
        (vec![], vec![Set(at(&night, "channel"), json!("email")), raise(&night)], at(&night, "channel")),
        (
            vec![Set(at(&email, "expires_after_days"), json!(30))],
            vec![Set(at(&email, "expires_after_days"), json!(31)), raise(&email)],
            at(&email, "expires_after_days"),
        ),
        (vec![Set(at(&email, "expires_after_days"), json!(30))], vec![raise(&email)], at(&email, "expires_after_days")),
    ] {
        let before = policy(&in_force);
        let after = policy(&[&[Set("/edition", json!(4))], &loosened[..]].concat());
        let faults = revision::check(&before, &[], &after, false).err().unwrap_or_default();
        assert!(faults.iter().any(|fault| fault.pointer == field && fault.code == GuardWeakened), "{field}: {faults:?}");
        assert_eq!(revision::check(&before, &[], &after, true), Ok(()), "{field}: the app itself may ship it");
        let tighter = policy(&[&[Set("/edition", json!(4)), raise(&ad), raise(&email), raise(&night)], &in_force[..]].concat());
        assert_eq!(revision::check(&policy(&[]), &[], &tighter, false), Ok(()), "{field}: a delivered policy may tighten");
    }
}

#[test]
fn f_10_a_guard_that_an_edition_left_out_with_its_purpose_is_remembered() {
    let ad = place("ad_id.personalised_ads");
    let first = policy(&[]);
    let without = policy(&[Set("/edition", json!(4)), Remove(ad.clone().leak())]);
    let uses: &'static str = format!("{ad}/uses").leak();
    let raised: &'static str = format!("{ad}/material").leak();
    let back = policy(&[Set("/edition", json!(5)), Remove(uses), Set(raised, json!(9))]);
    let faults = revision::check(&without, &[first], &back, false).unwrap_err();
    assert!(faults.iter().any(|fault| fault.pointer == uses && fault.code == GuardWeakened), "{faults:?}");
}

#[test]
fn f_10_a_delivered_policy_takes_no_cookie_and_no_consent_type_away_from_a_cap() {
    let (analytics, ads) = (place("cookies.analytics"), place("cookies.marketing"));
    let sharing = policy(&[]).purpose("cookies.marketing").unwrap().clone();
    assert!(sharing.shares_for_advertising() && !sharing.cookies.is_empty(), "the policy's own example");
    let material = |place: &str| Set(format!("{place}/material").leak(), json!(9));
    let moved = [
        Set("/edition", json!(4)),
        Remove(format!("{ads}/cookies/0").leak()),
        Push(format!("{analytics}/cookies").leak(), json!(sharing.cookies[0])),
        material(&analytics),
        material(&ads),
    ];
    let faults = revision::check(&policy(&[]), &[], &policy(&moved), false).err().unwrap_or_default();
    assert!(faults.iter().any(|fault| fault.code == GuardWeakened && fault.pointer.starts_with(&analytics)), "{faults:?}");
    let both = policy(&[
        Set(format!("{analytics}/google").leak(), json!(["ad_storage"])),
        Set(format!("{ads}/google").leak(), json!(["ad_storage"])),
    ]);
    let one_left = policy(&[
        Set("/edition", json!(4)),
        Set(format!("{analytics}/google").leak(), json!(["ad_storage"])),
        Remove(format!("{ads}/google").leak()),
        material(&analytics),
    ]);
    let faults = revision::check(&both, &[], &one_left, false).err().unwrap_or_default();
    assert!(faults.iter().any(|fault| fault.code == GuardWeakened), "{faults:?}");
}

/// What a delivered edition does wrong that follows the given ones, newest first.
fn delivered_after(former: &[Policy], offered: &[Edit]) -> Vec<(String, FaultCode)> {
    let faults = revision::check(&former[0], &former[1..], &policy(offered), false).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

#[test]
fn f_10_a_cookie_that_one_edition_left_out_comes_back_under_no_weaker_guard() {
    let (necessary, analytics, ads) = (place("cookies.necessary"), place("cookies.analytics"), place("cookies.marketing"));
    let cookies = |place: &str| -> &'static str { format!("{place}/cookies").leak() };
    let material = |place: &str| Set(format!("{place}/material").leak(), json!(9));
    let left_out = |edition: u32| [Set("/edition", json!(edition)), Set(cookies(&ads), json!([]))];
    for (before, after) in [("_fbp", "_fbp"), ("_fbp", "_f*"), ("_fbp*", "_fbp_more"), ("_fbp*", "_fbp*")] {
        let first = policy(&[Set(cookies(&ads), json!([before]))]);
        assert_eq!(revision::check(&first, &[], &policy(&left_out(4)), false), Ok(()));
        for former in [vec![policy(&left_out(4)), first.clone()], vec![policy(&left_out(5)), policy(&left_out(4)), first.clone()]] {
            let case = format!("{before}, then {after}, after {} editions", former.len());
            let taken = [&left_out(9)[..], &[Push(cookies(&necessary), json!(after))]].concat();
            assert_eq!(delivered_after(&former, &taken), one(&format!("{necessary}/cookies/3"), ConsentTakenAway), "{case}");
            assert_eq!(revision::check(&former[0], &former[1..], &policy(&taken), true), Ok(()), "{case}: the app itself may ship it");
            let uncapped = [&left_out(9)[..], &[Push(cookies(&analytics), json!(after)), material(&analytics)]].concat();
            assert_eq!(delivered_after(&former, &uncapped), one(&format!("{analytics}/cookies/4"), GuardWeakened), "{case}");
            let back = [Set("/edition", json!(9)), Set(cookies(&ads), json!([after])), material(&ads)];
            assert_eq!(delivered_after(&former, &back), [], "{case}: under the guard that it had");
        }
    }
}

#[test]
fn f_10_a_consent_type_that_one_edition_did_not_name_comes_back_depending_on_as_many_purposes() {
    let (analytics, ads) = (place("cookies.analytics"), place("cookies.marketing"));
    let google = |place: &str, kinds: &[&str]| Set(format!("{place}/google").leak(), json!(kinds));
    let material = |place: &str| Set(format!("{place}/material").leak(), json!(9));
    for kind in ["ad_storage", "ad_user_data"] {
        let first = policy(&[google(&analytics, &["analytics_storage"]), google(&ads, &[kind])]);
        let silent = policy(&[Set("/edition", json!(4)), google(&analytics, &["analytics_storage"]), google(&ads, &[])]);
        assert_eq!(revision::check(&first, &[], &silent, false), Ok(()), "{kind}");
        let fewer = [Set("/edition", json!(5)), google(&analytics, &["analytics_storage", kind]), google(&ads, &[]), material(&analytics)];
        let former = [silent, first];
        assert_eq!(delivered_after(&former, &fewer), one("/purposes", GuardWeakened), "{kind}");
        assert_eq!(revision::check(&former[0], &former[1..], &policy(&fewer), true), Ok(()), "{kind}: the app itself may ship it");
        let back = [Set("/edition", json!(5)), google(&analytics, &["analytics_storage"]), google(&ads, &[kind]), material(&ads)];
        assert_eq!(delivered_after(&former, &back), [], "{kind}");
    }
}
