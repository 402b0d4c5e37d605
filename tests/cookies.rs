//! Cookies by what the person allowed on this device, from the tap to the jar, and the record of what went (CK-8, CK-9, CK-11).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use consentkit::{
    client::{Consent, CookieGate, CookieJudgement, CookieOptions},
    cookie::{CategoryPurpose, CookieFault, CookieSource, SeenCookie},
    decision::Reason,
    error::Error,
    signal::Platform,
};
use serde_json::{Value, json};
use support::{Device, NOON, answer, edition::next_edition};

const ANALYTICS: &str = "cookies.analytics";
const MARKETING: &str = "cookies.marketing";
const URL: &str = "https://www.shop.example/cart";
const CSV: &str = "ID,Platform,Category,Cookie / Data Key name,Wildcard match\n1,Hotjar,Analytics,_hj,1\n2,Shop,Functional,cart,0\n";

fn with_catalogue() -> CookieOptions {
    let given = [("Functional", "cookies.necessary"), ("Analytics", ANALYTICS)];
    let categories = given.map(|(category, purpose)| CategoryPurpose { category: category.into(), purpose: purpose.into() });
    CookieOptions { catalogue: Some(CSV.into()), categories: categories.into(), public_suffixes: Some("kr\nco.kr\nexample\n".into()) }
}

fn gate(consent: &Consent) -> CookieGate {
    consent.cookies(&with_catalogue()).unwrap()
}

fn seen(names: &[&str]) -> Vec<SeenCookie> {
    let cookie = |name: &&str| SeenCookie { name: (*name).into(), store: "web_view".into(), domain: None, path: None };
    names.iter().map(cookie).collect()
}

/// Which of four cookies may be sent.
fn sent(gate: &CookieGate) -> Option<String> {
    gate.request("session_id=1; _ga=2; _hjSession_7=3; _fbp=4; whatever=5")
}

#[test]
fn a_gate_follows_every_tap() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let gate = gate(&consent);
    assert_eq!(sent(&gate).as_deref(), Some("session_id=1"), "before any answer only what is necessary");
    answer(&consent, &[ANALYTICS], &[MARKETING]).unwrap();
    assert_eq!(sent(&gate).as_deref(), Some("session_id=1; _ga=2; _hjSession_7=3"));
    answer(&consent, &[MARKETING], &[]).unwrap();
    assert_eq!(sent(&gate).as_deref(), Some("session_id=1; _ga=2; _hjSession_7=3; _fbp=4; whatever=5"));
    consent.withdraw(&[MARKETING, ANALYTICS]).unwrap();
    assert_eq!(sent(&gate).as_deref(), Some("session_id=1"));
    assert_eq!(gate.request("_ga=1"), None, "a header with nothing in it is left out");
}

#[test]
fn the_lines_of_the_guide_hold() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();

    let gate = consent.cookies(&with_catalogue()).unwrap();
    assert_eq!(gate.request("session_id=1; _ga=2"), Some("session_id=1".to_owned()));
}

#[test]
fn a_gate_denies_what_needs_consent_once_its_consent_is_shut_down_or_gone() {
    for shut_down in [true, false] {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        answer(&consent, &[ANALYTICS, MARKETING], &[]).unwrap();
        let gate = gate(&consent);
        assert!(gate.allows("_fbp"));
        if shut_down {
            consent.shutdown().unwrap();
        }
        drop(consent);
        assert_eq!(sent(&gate).as_deref(), Some("session_id=1"), "{shut_down}");
        assert_eq!(gate.verdict("_fbp").reasons, [Reason::StoreUnavailable]);
    }
}

#[test]
fn a_gate_knows_the_cookies_of_the_edition_in_force() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[MARKETING], &[]).unwrap();
    let gate = gate(&consent);
    let before = gate.verdict("more");
    assert_eq!((before.source, before.purposes.as_slice(), before.allowed), (CookieSource::Unknown, &[MARKETING.to_owned()][..], true));
    consent.adopt_policy(&next_edition()).unwrap();
    let after = gate.verdict("more");
    assert_eq!((after.source, after.purposes.as_slice(), after.allowed), (CookieSource::Policy, &["cookies.more".to_owned()][..], false));
    assert_eq!(gate.verdict("_hjSession_7").source, CookieSource::Catalogue, "the catalogue is kept");
}

#[test]
fn a_header_is_judged_by_its_form_and_by_what_was_said() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let gate = gate(&consent);
    let judge = |header: &str| gate.judge(URL, header).unwrap();
    assert!(matches!(judge("session_id=1; Path=/; Secure"), CookieJudgement::Passes { cookie } if cookie.name == "session_id"));
    assert!(matches!(judge("_ga=1"), CookieJudgement::Withheld { verdict }
        if verdict.reasons == [Reason::NotAnswered] && verdict.purposes == [ANALYTICS] && verdict.source == CookieSource::Policy));
    assert!(matches!(judge("_ga=1; Max-Age=0"), CookieJudgement::Passes { cookie } if cookie.is_past(NOON)));
    assert_eq!(judge("__Host-session_id=1"), CookieJudgement::Faulty { fault: CookieFault::HostPrefix });
    assert_eq!(judge("session_id=1; Domain=example"), CookieJudgement::Faulty { fault: CookieFault::PublicSuffix });
    let headers = ["session_id=1", "_ga=1", "_fbp=; Max-Age=0", "a\0=b", "cart=1; Domain=other.example"].map(str::to_owned);
    assert_eq!(gate.response(URL, headers.into()).unwrap(), ["session_id=1", "_fbp=; Max-Age=0"]);
}

#[test]
fn what_cannot_be_used_is_told_by_its_field() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let gate = gate(&consent);
    let with = |change: &dyn Fn(&mut CookieOptions)| {
        let mut options = with_catalogue();
        change(&mut options);
        consent.cookies(&options).map(drop)
    };
    let many = || seen(&["a"]).into_iter().cycle().take(10_001).collect::<Vec<_>>();
    let refused = [
        (with(&|options| options.catalogue = Some("no table".into())), "catalogue"),
        (with(&|options| options.categories[0].purpose = "cookies.adverts".into()), "categories"),
        (with(&|options| options.public_suffixes = Some(String::new())), "public_suffixes"),
        (gate.judge("shop.example", "a=b").map(drop), "url"),
        (gate.response("https://상점.한국/", vec![]).map(drop), "url"),
        (gate.purge("", vec![]).map(drop), "url"),
        (gate.purge(URL, many()).map(drop), "seen"),
        (gate.scan(many()).map(drop), "seen"),
        (consent.cookies_removed(&[], &many()), "left"),
    ];
    for (result, wanted) in refused {
        match result {
            Err(Error::Invalid { field, reason }) => {
                assert_eq!(field, wanted, "{reason}");
                assert!(reason.contains("; give ") || reason.contains("does not have"), "{reason}");
            }
            other => panic!("{wanted}: {other:?}"),
        }
    }
}

#[test]
fn a_scan_tells_what_is_set_without_consent() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS], &[]).unwrap();
    let report = gate(&consent).scan(seen(&["session_id", "_ga", "_hjSession_7", "_fbp", "whatever"])).unwrap();
    assert_eq!((report.named_by_policy, report.named_by_catalogue, report.unknown, report.without_consent), (3, 1, 1, 2));
}

/// What the last record says, as it is written.
fn last_record(device: &Device) -> Value {
    let file = rusqlite::Connection::open(device.folder.path().join("consent.db")).unwrap();
    let body: Vec<u8> = file.query_row("SELECT body FROM ledger ORDER BY seq DESC LIMIT 1", [], |row| row.get(0)).unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn ck_11_what_went_after_a_withdrawal_is_recorded_by_jar_and_purpose_and_without_names() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    answer(&consent, &[ANALYTICS, MARKETING], &[]).unwrap();
    let gate = gate(&consent);
    let jar = seen(&["session_id", "_ga", "_fbp", "_fbc", "_gcl_au"]);
    assert_eq!(gate.purge(URL, jar.clone()).unwrap(), []);
    let before = consent.snapshot().seq;
    consent.cookies_removed(&[], &[]).unwrap();
    assert_eq!(consent.snapshot().seq, before, "an empty plan writes nothing");

    consent.withdraw(&[MARKETING]).unwrap();
    let (before, waiting) = (consent.snapshot().seq, consent.snapshot().pending);
    let steps = gate.purge(URL, jar).unwrap();
    assert_eq!(steps.iter().map(|step| step.cookie.name.as_str()).collect::<Vec<_>>(), ["_fbp", "_fbc", "_gcl_au"]);
    consent.cookies_removed(&steps, &seen(&["session_id", "_ga", "_fbc"])).unwrap();
    assert_eq!((consent.snapshot().seq, consent.snapshot().pending), (before + 1, waiting), "one record, and nothing to send");
    let entries = consent.history(before, 10).unwrap();
    assert_eq!(
        entries.iter().map(|entry| (entry.kind.as_str(), entry.purpose.as_deref())).collect::<Vec<_>>(),
        [("cookies_removed", Some(MARKETING))]
    );
    assert!(consent.verify().unwrap().ok);
    drop(consent);
    let told = last_record(&device);
    let purposes = json!([{ "purpose": MARKETING, "removed": 2, "left": 1 }]);
    assert_eq!((&told["kind"], &told["store"], &told["purposes"]), (&json!("cookies_removed"), &json!("web_view"), &purposes));
    assert!(!told.to_string().contains("_fb"), "some names of cookies hold an id");
}
