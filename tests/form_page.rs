//! The page: it asks for nothing, runs nothing but its own, shows every text as a text, and takes no message that is not its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;

use consentkit::{
    client::{Consent, FormRequest, Options},
    form::{
        FormDraft, FormElement, FormEnd, FormFault, FormKind, LinkTarget, MAX_MESSAGE_BYTES, PageAction, PageLinks, PageMessage,
        PageTarget, Theme, render, render_sheet,
    },
    signal::Platform,
};
use serde_json::{Value, json};
use support::{Device, answer};

const NONCE: &str = "8f2c1a";

fn target() -> PageTarget {
    PageTarget::Post { action: "/answer".into(), nonce: NONCE.into() }
}

fn links() -> PageLinks {
    let all = [LinkTarget::Policy, LinkTarget::History, LinkTarget::HistoryFile, LinkTarget::Settings];
    all.into_iter().map(|target| (target, format!("/{target:?}").to_lowercase())).collect()
}

fn page(draft: &FormDraft) -> String {
    render(draft.view(), &Theme::default(), &links(), &target()).unwrap()
}

fn first_run(consent: &Consent) -> FormDraft {
    consent.form(&FormRequest::new("first_run", FormKind::FirstRun)).unwrap()
}

/// A device whose policy is this document.
fn device_of(folder: &tempfile::TempDir, policy: &Value, language: &str) -> Consent {
    let options = Options::new(folder.path().join("consent.db"), policy.to_string());
    Consent::open(Options { language: language.into(), ..options }).unwrap()
}

fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let rest = html.split_once(from).unwrap_or_else(|| panic!("no {from}")).1;
    rest.split_once(to).unwrap().0
}

fn every_page(consent: &Consent) -> Vec<String> {
    let kinds = [FormKind::FirstRun, FormKind::Settings, FormKind::Guardian];
    let mut pages: Vec<String> = kinds.map(|kind| page(&consent.form(&FormRequest::new("settings", kind)).unwrap())).into();
    pages.push(page(&consent.form(&FormRequest::one("settings", "ad_id.measurement")).unwrap()));
    pages.push(render_sheet(&consent.policy_sheet(), &Theme::default(), &links()).unwrap());
    pages.push(render_sheet(&consent.agreed().unwrap(), &Theme::default(), &links()).unwrap());
    pages
}

#[test]
fn a_page_asks_for_nothing_and_lets_run_its_own_script_and_style_alone() {
    let device = Device::new(Platform::Ios);
    let consent = device.open();
    answer(&consent, &["cookies.analytics", "marketing.data_use"], &["marketing.sms"]).unwrap();
    for html in every_page(&consent) {
        assert_eq!((html.matches("<style").count(), html.matches("<script").count()), (1, 1));
        let head = between(&html, "<head>", "</head>");
        for (part, text) in [("style-src", between(&html, "<style>", "</style>")), ("script-src", between(&html, "<script>", "</script>"))]
        {
            let named = between(head, &format!("{part} 'sha256-"), "'");
            assert_eq!(named, sha256_base64(text), "{part}");
        }
        assert!(head.contains("default-src 'none'") && head.contains("base-uri 'none'") && head.contains("form-action '"), "{head}");
        let body = html.replace(between(&html, "<style>", "</style>"), "").replace(between(&html, "<script>", "</script>"), "");
        for attribute in [" style=", " src=\"http", " onclick", " onchange", " onsubmit", " onload", "javascript:", "url("] {
            assert!(!body.contains(attribute), "{attribute}");
        }
    }
}

/// A second way to the hash of a policy: written here by the standard's own words and not by the library's code.
fn sha256_base64(text: &str) -> String {
    let digest = sha2_of(text.as_bytes());
    let digits: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let mut bits: Vec<u8> = digest.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    bits.resize(bits.len().div_ceil(6) * 6, 0);
    let coded: String = bits.chunks(6).map(|six| digits[six.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit))]).collect();
    format!("{coded}=")
}

fn sha2_of(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).to_vec()
}

#[test]
fn every_text_is_shown_as_a_text_whatever_it_holds() {
    let hostile =
        "</dd><script>alert(1)</script><img src=x onerror=alert(2)>\" onfocus=\"alert(3) &amp; '\u{2067}אב\u{2069} 👩‍👩‍👧 {n} {what} $& $1";
    let long = "긴".repeat(2_000);
    let policy = json!({
        "id": "hostile", "version": "1", "languages": ["ko"], "regimes": [],
        "controller": { "name": { "ko": hostile }, "contact": { "email": "a@b.example" } },
        "items": [{ "id": "i", "label": { "ko": hostile } }],
        "purposes": [
            { "id": "a", "title": { "ko": hostile }, "notice": { "purpose": { "ko": hostile }, "items": ["i"], "retention": { "ko": long }, "refusal": { "ko": hostile } } },
            { "id": "b", "title": { "ko": "없는 설명" }, "requires": ["a"] }
        ]
    });
    let folder = tempfile::tempdir().unwrap();
    let consent = device_of(&folder, &policy, "ko");
    for html in [page(&first_run_of(&consent)), render_sheet(&consent.policy_sheet(), &Theme::default(), &links()).unwrap()] {
        assert_eq!(html.matches("<script").count(), 1);
        assert!(!html.contains("<img") && !html.contains("\" onfocus") && html.contains("&lt;script&gt;alert(1)"));
        assert!(html.contains(&long));
    }
}

fn first_run_of(consent: &Consent) -> FormDraft {
    consent.form(&FormRequest::new("any", FormKind::FirstRun)).unwrap()
}

#[test]
fn a_page_in_a_language_of_the_policys_own_runs_its_way_and_marks_the_words_that_are_english() {
    let policy = json!({ "id": "p", "version": "1", "languages": ["ar"], "purposes": [{ "id": "a", "title": { "ar": "عنوان" } }, { "id": "b", "title": { "ar": "آخر" } }] });
    let folder = tempfile::tempdir().unwrap();
    let html = page(&first_run_of(&device_of(&folder, &policy, "ar")));
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{html}");
    assert!(html.contains("<span lang=\"en\" dir=\"ltr\">I agree</span>") && html.contains("<bdi>عنوان</bdi>"));
}

#[test]
fn accepting_and_refusing_are_one_element_twice_after_the_last_notice() {
    let device = Device::new(Platform::Desktop);
    let html = page(&first_run(&device.open()));
    let pair = between(&html, "<div class=\"pair\">", "</div>");
    let buttons: Vec<&str> = pair.split("</button>").filter(|button| !button.is_empty()).collect();
    let bare = |button: &str, action: &str| button.split('>').next().unwrap().replace(action, "");
    assert_eq!(buttons.len(), 2);
    assert_eq!(bare(buttons[0], "refuse_all"), bare(buttons[1], "accept_all"), "{pair}");
    assert!(html.find("class=\"pair\"").unwrap() > html.rfind("data-part=").unwrap());
    assert!(html.find("<style>").is_some() && !between(&html, "<style>", "</style>").contains("accept"));
    assert!(!html.contains(" checked"), "nothing is ticked");
}

#[test]
fn a_page_without_its_texts_is_small() {
    let device = Device::new(Platform::Desktop);
    let mut view = first_run(&device.open()).view().clone();
    view.sheet.elements.retain(|element| !matches!(element, FormElement::Switch { .. }));
    let html = render(&view, &Theme::default(), &links(), &target()).unwrap();
    assert!(html.len() <= 24 * 1024, "{}", html.len());
    let whole = page(&first_run(&device.open()));
    assert!(whole.len() <= 32 * 1024, "first run: {}", whole.len());
}

#[test]
fn two_hundred_purposes_without_a_notice_make_a_page_and_a_draft() {
    let purposes: Vec<Value> = (0..200).map(|at| json!({ "id": format!("p{at}"), "title": { "en": format!("Purpose {at}") } })).collect();
    let policy = json!({ "id": "many", "version": "1", "languages": ["en"], "purposes": purposes });
    let folder = tempfile::tempdir().unwrap();
    let consent = device_of(&folder, &policy, "en");
    let mut draft = first_run_of(&consent);
    assert!(draft.text().len() <= 4096);
    assert!(page(&draft).contains("class=\"many\""));
    let shown = draft.view().shown.clone();
    let end = draft.accept_all().unwrap();
    assert_eq!(consent.finish(&shown, &end).unwrap().unwrap().items.len(), 200);
}

#[test]
fn a_message_of_the_page_does_what_the_person_did_once() {
    let device = Device::new(Platform::Desktop);
    let consent = device.open();
    let mut draft = first_run(&consent);
    let read = |message: &str| PageMessage::read(message, NONCE).unwrap();
    let kept = draft.take(&read(&format!("nonce={NONCE}&on=marketing.data_use&do=draft"))).unwrap();
    assert!(kept.is_none() && draft.view().switches().any(|switch| switch.on));
    // A box that is not on the screen is posted by hand: what it requires does not carry it.
    let posted = read(&format!("nonce={NONCE}&on=marketing.push&on=cookies%2Eanalytics&do=save"));
    assert_eq!(posted.action(), PageAction::Save);
    let Some(FormEnd::Save { answers }) = draft.take(&posted).unwrap() else { panic!("it goes on") };
    assert!(answers.iter().any(|answer| answer.purpose == "cookies.analytics" && !answer.choice.lowers()));
    assert!(!answers.iter().any(|answer| answer.purpose == "marketing.push"));
    assert_eq!(draft.take(&posted), Err(FormFault::Ended), "a message that comes twice answers once");
    let mut closed = first_run(&consent);
    assert_eq!(closed.take(&read(&format!("nonce={NONCE}&do=close"))), Ok(Some(FormEnd::Close)));
}

#[test]
fn a_message_that_is_not_the_pages_own_is_refused_and_changes_nothing() {
    let device = Device::new(Platform::Desktop);
    let huge = format!("nonce={NONCE}&do=save&on={}", "a".repeat(1 << 20));
    let cases = [
        ("", "field without a value"),
        ("do=save", "no nonce"),
        ("nonce=8f2c1a", "no action"),
        ("nonce=&do=save", "not that of this page"),
        ("nonce=8f2c1b&do=save", "not that of this page"),
        ("nonce=8f2c1a&do=erase", "action that is not known"),
        ("nonce=8f2c1a&nonce=8f2c1a&do=save", "field twice"),
        ("nonce=8f2c1a&do=save&do=close", "field twice"),
        ("nonce=8f2c1a&do=save&on=a&on=a", "field twice"),
        ("nonce=8f2c1a&do=save&actor=guardian", "field that is not known"),
        ("nonce=8f2c1a&do=save&on=%ff", "percent-encoded"),
        ("nonce=8f2c1a&do=save&on=%+1", "percent-encoded"),
        ("{\"nonce\":\"8f2c1a\",\"do\":\"save\"}", "field without a value"),
        (huge.as_str(), "longer than"),
    ];
    for (message, told) in cases {
        let fault = PageMessage::read(message, NONCE).map(|_| ()).unwrap_err().to_string();
        assert!(fault.contains(told), "{message:.60}: {fault}");
    }
    assert!(matches!(PageMessage::read("nonce=&do=save", ""), Err(FormFault::Foreign)), "a page without a nonce takes nothing");
    let mut draft = first_run(&device.open());
    let unknown = PageMessage::read("nonce=8f2c1a&do=save&on=no.such", NONCE).unwrap();
    assert_eq!(draft.take(&unknown), Err(FormFault::NotOnScreen));
    assert!(draft.save().is_ok(), "the form goes on");
    let ids: BTreeMap<String, String> = (0..200).map(|at| (format!("{at}"), "a".repeat(64))).collect();
    let longest: String = ids.iter().map(|(at, id)| format!("&on={}{at}", &id[at.len()..])).collect();
    assert!(longest.len() + 64 <= MAX_MESSAGE_BYTES, "the longest message of a page fits");
}

#[test]
fn a_page_is_posted_to_its_own_server_and_nowhere_else() {
    let device = Device::new(Platform::Desktop);
    let draft = first_run(&device.open());
    for action in ["https://other.example/answer", "//other.example", "javascript:x", "answer", "/a\\b"] {
        let target = PageTarget::Post { action: action.into(), nonce: NONCE.into() };
        assert!(render(draft.view(), &Theme::default(), &links(), &target).is_err(), "{action}");
    }
    let host = render(draft.view(), &Theme::default(), &PageLinks::new(), &PageTarget::Host { nonce: NONCE.into() }).unwrap();
    assert!(host.contains("form-action 'none'") && host.contains(" data-host"));
    assert!(!host.contains("<a href"), "a link without an address is left out");
}
