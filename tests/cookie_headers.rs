//! `Set-Cookie` headers and dates, read and judged as the draft says, by vectors of our own (CK-1 to CK-6).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use consentkit::cookie::{Cookie, CookieFault, Place, PlaceFault, PublicSuffixes, SameSite, SetCookie, SuffixFault, cookie_date, judge};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-11-27T03:00:00Z.
const NOW: i64 = 1_795_748_400_000;

fn cases(file: &str) -> (Value, Vec<Value>) {
    let whole: Value = serde_json::from_str(file).unwrap();
    let cases = whole["cases"].as_array().unwrap().clone();
    (whole, cases)
}

fn told(cookie: &Cookie) -> Value {
    let same_site = match cookie.same_site {
        SameSite::Unset => "unset",
        SameSite::NoRestriction => "no_restriction",
        SameSite::Lax => "lax",
        SameSite::Strict => "strict",
    };
    let expires_in = match cookie.expires_at {
        None => Value::Null,
        Some(at) if at <= NOW => json!("past"),
        Some(at) => json!((at - NOW) / 1_000),
    };
    json!({
        "name": cookie.name, "value": cookie.value, "domain": cookie.domain, "host_only": cookie.host_only, "path": cookie.path,
        "secure": cookie.secure, "http_only": cookie.http_only, "same_site": same_site, "partitioned": cookie.partitioned,
        "expires_in": expires_in,
    })
}

#[test]
fn ck_6_seventy_dates_are_read_as_the_draft_says() {
    let (_, cases) = cases(include_str!("cookies/dates.json"));
    assert_eq!(cases.len(), 70);
    for case in cases {
        assert_eq!(json!(cookie_date(case["text"].as_str().unwrap())), case["seconds"], "{case}");
    }
}

#[test]
fn ck_1_to_ck_5_headers_are_judged_as_the_draft_says() {
    let (whole, cases) = cases(include_str!("cookies/set_cookie.json"));
    let suffixes = PublicSuffixes::parse(whole["suffixes"].as_str().unwrap()).unwrap();
    for case in &cases {
        let place = Place::of(case["url"].as_str().unwrap()).unwrap();
        match judge(case["header"].as_str().unwrap(), &place, Some(&suffixes), NOW) {
            Ok(cookie) => assert_eq!(told(&cookie), case["cookie"], "{case}"),
            Err(fault) => assert_eq!(json!(format!("{fault:?}")), case["fault"], "{case}"),
        }
    }
    for rule in ["CK-1", "CK-2", "CK-3", "CK-4", "CK-5"] {
        assert!(cases.iter().filter(|case| case["rule"] == rule).count() >= 10, "{rule}");
    }
}

#[test]
fn ck_2_a_lifetime_at_the_end_of_time_overflows_nothing() {
    let place = Place::of("https://shop.example/").unwrap();
    for now in [i64::MIN, 0, i64::MAX] {
        for header in ["a=b; Max-Age=99999999999999999999", "a=b; Expires=31 Dec 9999 23:59:59", "a=b; Max-Age=1"] {
            assert!(judge(header, &place, None, now).unwrap().expires_at.is_some(), "{now} {header}");
        }
    }
}

#[test]
fn ck_3_without_a_list_only_a_domain_of_one_label_is_a_public_suffix() {
    let place = Place::of("https://www.shop.co.kr/").unwrap();
    assert_eq!(judge("a=b; Domain=kr", &place, None, NOW), Err(CookieFault::PublicSuffix));
    assert!(judge("a=b; Domain=co.kr", &place, None, NOW).is_ok(), "which is why an app brings a list");
}

#[test]
fn ck_3_an_address_that_is_none_is_told() {
    for (url, fault) in [
        ("", PlaceFault::NoWebAddress),
        ("shop.example", PlaceFault::NoWebAddress),
        ("ftp://shop.example/", PlaceFault::NoWebAddress),
        ("javascript://shop.example/", PlaceFault::NoWebAddress),
        ("https://", PlaceFault::BadHost),
        ("https:///path", PlaceFault::BadHost),
        ("https://a..b/", PlaceFault::BadHost),
        ("https://a b/", PlaceFault::BadHost),
        ("https://shop.example:port/", PlaceFault::BadHost),
        ("https://[::1/", PlaceFault::BadHost),
        ("https://[shop]/", PlaceFault::BadHost),
        ("https://[::1]x/", PlaceFault::BadHost),
        ("https://sh%6fp.example/", PlaceFault::BadHost),
        ("https://상점.한국/", PlaceFault::HostNotAscii),
    ] {
        assert_eq!(Place::of(url), Err(fault), "{url}");
    }
    let long = format!("https://{}/", ["a"; 200].join("."));
    assert_eq!(Place::of(&long), Err(PlaceFault::BadHost));
}

#[test]
fn ck_3_a_list_of_suffixes_that_is_none_is_told() {
    for (list, fault) in [
        ("", SuffixFault::Empty),
        ("// a comment\n\n", SuffixFault::Empty),
        ("com\nkr..co\n", SuffixFault::BadLine { line: 2 }),
        ("com\n!\n", SuffixFault::BadLine { line: 2 }),
        ("<html>", SuffixFault::BadLine { line: 1 }),
    ] {
        assert_eq!(PublicSuffixes::parse(list).map(|_| ()), Err(fault), "{list}");
    }
    let huge = "a".repeat(consentkit::cookie::MAX_SUFFIX_BYTES + 1);
    assert_eq!(PublicSuffixes::parse(&huge).map(|_| ()), Err(SuffixFault::TooLarge));
}

#[test]
fn debug_and_faults_tell_no_value() {
    let place = Place::of("https://shop.example/").unwrap();
    let cookie = judge("session=secret-of-a-person", &place, None, NOW).unwrap();
    let read = SetCookie::read("session=secret-of-a-person").unwrap();
    assert!(!format!("{cookie:?} {read:?}").contains("secret"));
    let fault = judge("session=secret-of-a-person; Domain=other.example", &place, None, NOW).unwrap_err();
    assert!(!fault.to_string().contains("secret") && fault.to_string().contains("`Domain`"));
}

fn header() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("Expires=".to_owned()),
        Just("Max-Age=".to_owned()),
        Just("Domain=".to_owned()),
        Just("Path=".to_owned()),
        Just("SameSite=None".to_owned()),
        Just("__Host-".to_owned()),
        Just("Secure".to_owned()),
        Just("; ".to_owned()),
        Just("=".to_owned()),
        "[0-9:a-z ]{0,12}",
        ".{0,12}",
    ];
    prop::collection::vec(part, 0..20).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn whatever_comes_has_an_answer(header in header(), url in "(https?://)?[a-z.:@\\[\\]/?#0-9]{0,30}", now in any::<i64>()) {
        cookie_date(&header);
        if let Ok(place) = Place::of(&url)
            && let Ok(cookie) = judge(&header, &place, None, now)
        {
            prop_assert!(!header.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'));
            prop_assert!(cookie.name.len() + cookie.value.len() <= 4_096);
            prop_assert!(cookie.path.starts_with('/'));
            prop_assert!(cookie.expires_at.is_none_or(|at| at <= now.saturating_add(34_560_000_000)));
        }
    }

    #[test]
    fn a_date_that_is_written_is_read_back(seconds in -11_644_473_600_i64..253_402_300_799) {
        let date = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        for form in ["%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y", "%d-%b-%Y-%H:%M:%S"] {
            prop_assert_eq!(cookie_date(&date.format(form).to_string()), Some(seconds));
        }
    }
}
