//! What pages in a web view are handed, and what becomes of what they say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::Arc;

use consentkit::{
    client::{Consent, Options, WebAnswer, WebOutcome, WebPages},
    error::Error,
    ledger::{Method, Status},
    signal::{AgeBand, Platform, Signals},
    web::{MAX_MESSAGE_BYTES, MAX_SCRIPT_BYTES, Sender, WebRefusal},
};
use serde_json::{Value, json};
use support::{Device, FakeClock, INFLUENTIAL, NOON, answer};

const SHOP: &str = "https://shop.example";
const ANALYTICS: &str = "cookies.analytics";

/// A phone with an app that shows the pages of a shop.
struct Phone {
    device: Device,
    consent: Consent,
    view: WebPages,
    sent: std::cell::Cell<u32>,
}

impl Phone {
    fn new() -> Self {
        let device = Device::new(Platform::Desktop);
        let consent = device.open();
        let view = consent.web_pages(&[SHOP]).unwrap();
        Self { device, consent, view, sent: Default::default() }
    }

    /// What the page knows, read from the script.
    fn state(&self) -> Value {
        let script = self.consent.web_hand_off(&self.view).script;
        let arguments = script.rsplit_once("}(").unwrap().1;
        serde_json::Deserializer::from_str(arguments).into_iter::<Value>().next().unwrap().unwrap()
    }

    fn nonce(&self) -> String {
        let script = self.consent.web_hand_off(&self.view).script;
        script.rsplit_once("},\"").unwrap().1.split('"').next().unwrap().to_owned()
    }

    /// A message as the script writes it.
    fn message(&self, content: Value) -> String {
        self.sent.set(self.sent.get() + 1);
        let mut message = json!({ "nonce": self.nonce(), "id": format!("1-2-3-{}", self.sent.get()) });
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        message.to_string()
    }

    fn hears(&self, message: &str) -> WebAnswer {
        self.consent.web_message(&self.view, message, Sender { origin: SHOP, main_frame: true })
    }

    fn says(&self, content: Value) -> (WebOutcome, Value) {
        let answer = self.hears(&self.message(content));
        (answer.outcome, serde_json::from_str(&answer.reply.expect("the page is answered")).unwrap())
    }

    /// What the page is given to show, and the name by which it answers.
    fn asks(&self) -> (Value, String) {
        let (outcome, reply) = self.says(json!({ "kind": "ask", "surface": "settings" }));
        assert_eq!(outcome, WebOutcome::Asked);
        (reply["form"].clone(), reply["form"]["shown"].as_str().unwrap().to_owned())
    }

    fn records(&self, shown: &str, answers: Value) -> (WebOutcome, Value) {
        self.says(json!({ "kind": "record", "shown": shown, "answers": answers }))
    }

    fn seq(&self) -> i64 {
        self.consent.snapshot().seq
    }
}

fn refusal(answer: &WebAnswer) -> Option<WebRefusal> {
    match answer.outcome {
        WebOutcome::Refused { refusal } => Some(refusal),
        _ => None,
    }
}

#[test]
fn a_page_is_handed_what_is_allowed_before_and_after_an_answer_and_after_a_withdrawal() {
    let phone = Phone::new();
    let state = phone.state();
    assert_eq!((&state["allowed"][ANALYTICS], &state["google"], &state["gpc"]), (&Value::Null, &json!([]), &json!(true)));
    assert_eq!(state["cookies"], json!(["consent_choices", "csrf_token", "session_id"]), "the necessary ones alone");

    answer(&phone.consent, &[ANALYTICS], &[]).unwrap();
    let state = phone.state();
    assert!(state["allowed"][ANALYTICS].is_i64());
    assert_eq!(state["google"], json!(["analytics_storage"]));
    assert!(state["cookies"].as_array().unwrap().contains(&json!("_ga_*")));

    phone.consent.withdraw(&[ANALYTICS]).unwrap();
    let later = phone.state();
    assert_eq!((&later["allowed"][ANALYTICS], &later["google"]), (&Value::Null, &json!([])));
    assert!(later["generation"].as_i64() > state["generation"].as_i64(), "so that a page never takes the earlier state for the later one");
    phone.consent.shutdown().unwrap();
    assert_eq!(phone.state()["allowed"][ANALYTICS], Value::Null);
}

#[test]
fn the_script_has_at_most_4_kib_and_tells_what_it_leaves_out() {
    for policy in [INFLUENTIAL, include_str!("../examples/policies/game.json"), include_str!("../examples/policies/japanese-shop.json")] {
        let folder = tempfile::tempdir().unwrap();
        let consent = Consent::open(Options::new(folder.path().join("consent.db"), policy)).unwrap();
        let view = consent.web_pages(&[SHOP, "https://www.shop.example"]).unwrap();
        let hand_off = consent.web_hand_off(&view);
        assert!(hand_off.script.len() <= MAX_SCRIPT_BYTES, "{}", hand_off.script.len());
        assert_eq!(hand_off.left_out, Vec::<String>::new());
    }
}

#[test]
fn ck_8_a_page_is_told_which_cookies_go_before_others_and_what_becomes_of_those_that_nobody_names() {
    let folder = tempfile::tempdir().unwrap();
    let policy = json!({ "id": "shop", "version": "1", "languages": ["en"], "purposes": [
        { "id": "login", "title": { "en": "Log-in" }, "basis": "contract", "cookies": ["s_*", "ad_free"] },
        { "id": "analytics", "title": { "en": "Counting" }, "cookies": ["s_count*", "c_*"] },
        { "id": "ads", "title": { "en": "Adverts" }, "sharing": true, "cookies": ["ad_*", "s_count_ad"] },
    ] });
    let consent = Consent::open(Options::new(folder.path().join("consent.db"), policy.to_string())).unwrap();
    let view = consent.web_pages(&[SHOP]).unwrap();
    let told = |yes: &[&str]| {
        if !yes.is_empty() {
            answer(&consent, yes, &[]).unwrap();
        }
        let script = consent.web_hand_off(&view).script;
        let arguments = script.rsplit_once("}(").unwrap().1;
        let state: Value = serde_json::Deserializer::from_str(arguments).into_iter().next().unwrap().unwrap();
        json!([state["cookies"], state["denied"], state["unknown"]])
    };
    assert_eq!(told(&[]), json!([["ad_free", "s_*"], ["s_count_ad", "s_count*"], false]), "and nothing of what no shorter one would allow");
    assert_eq!(told(&["analytics"]), json!([["ad_free", "c_*", "s_*", "s_count*"], ["s_count_ad"], false]));
    consent.withdraw(&["analytics"]).unwrap();
    assert_eq!(told(&["ads"])[2], true, "an unknown cookie counts as marketing");
    assert_eq!(told(&[])[1], json!(["c_*", "s_count*"]), "and then every name has to be told that may not be set");
}

/// A policy as long and as hostile as one may be: everything in it is allowed.
fn hostile_policy(purposes: usize, cookies: usize) -> String {
    let hostile = "</script><script>alert(1)</script><!-- '\"` ${x} \\u2028 --> ]]>";
    let purposes: Vec<Value> = (0..purposes)
        .map(|at| {
            let cookies: Vec<String> = (0..cookies).map(|cookie| format!("'`$&{at}_{cookie}*")).collect();
            json!({ "id": format!("purpose_{at:03}.{}", "x".repeat(40)), "title": { "en": hostile }, "basis": "contract", "cookies": cookies })
        })
        .chain([json!({ "id": "optional", "title": { "en": hostile } , "sharing": true })])
        .collect();
    json!({ "id": "hostile", "version": "</script>", "languages": ["en"], "purposes": purposes }).to_string()
}

#[test]
fn a_policy_that_is_too_long_for_a_page_is_cut_and_what_is_cut_is_denied() {
    let folder = tempfile::tempdir().unwrap();
    let consent = Consent::open(Options::new(folder.path().join("consent.db"), hostile_policy(199, 5))).unwrap();
    let origins = [format!("https://{}.example", "a".repeat(240)), format!("https://{}.example", "b".repeat(240))];
    let view = consent.web_pages(&[&origins[0], &origins[1]]).unwrap();
    let hand_off = consent.web_hand_off(&view);
    assert!(hand_off.script.len() <= MAX_SCRIPT_BYTES, "{}", hand_off.script.len());
    let allowed = hand_off.script.matches(":0").count();
    assert!(allowed > 3 && allowed < 199, "{allowed} of 199 fit");
    assert_eq!(hand_off.left_out.len(), 20);
    assert!(!hand_off.script.contains(&hand_off.left_out[0]), "what is left out is not among what is allowed");
    assert!(hand_off.update.len() <= MAX_SCRIPT_BYTES, "{}", hand_off.update.len());
}

#[test]
fn no_text_and_no_name_of_a_policy_ends_the_script_or_the_reply() {
    let folder = tempfile::tempdir().unwrap();
    let consent = Consent::open(Options::new(folder.path().join("consent.db"), hostile_policy(3, 3))).unwrap();
    let view = consent.web_pages(&[SHOP]).unwrap();
    let hand_off = consent.web_hand_off(&view);
    let given = |script: &str| script.split_once("use strict").map_or(script, |_| script.rsplit_once("}(").unwrap().1).to_owned();
    let nonce = hand_off.script.rsplit_once("},\"").unwrap().1.split('"').next().unwrap().to_owned();
    let ask = json!({ "nonce": nonce, "id": "1", "kind": "ask", "surface": "any" }).to_string();
    let reply = consent.web_message(&view, &ask, Sender { origin: SHOP, main_frame: true }).reply.unwrap();
    for (what, text) in [("script", given(&hand_off.script)), ("update", hand_off.update), ("reply", reply.clone())] {
        for ending in ["<", ">", "'", "\u{2028}", "\u{2029}", "\n"] {
            assert!(!text.contains(ending), "{ending:?} in the {what}: {text}");
        }
    }
    let reply: Value = serde_json::from_str(&reply).unwrap();
    assert!(
        reply["form"]["questions"][0]["notice"]["title"].as_str().unwrap().starts_with("</script>"),
        "and the page reads the text itself"
    );
    assert!(hand_off.script.contains("\\u0027`$\\u00260_0*"), "cookies whose names hold quotes are told: {}", given(&hand_off.script));
}

#[test]
fn gcm_6_privacy_control_is_asserted_while_something_is_not_shared_or_the_host_says_so() {
    let device = Device::new(Platform::Ios);
    let gpc = |policy: Value, signal: Option<bool>, yes: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { clock: device.clock.clone(), ..Options::new(folder.path().join("consent.db"), policy.to_string()) };
        let consent = Consent::open(options).unwrap();
        consent.report_signals(Signals { gpc: signal, ..Signals::default() }).unwrap();
        if !yes.is_empty() {
            answer(&consent, yes, &[]).unwrap();
        }
        let hand_off = consent.web_hand_off(&consent.web_pages(&[SHOP]).unwrap());
        assert!(hand_off.script.contains(&format!("\"gpc\":{}", hand_off.gpc)));
        hand_off.gpc
    };
    let policy = |purposes: Value| json!({ "id": "shop", "version": "1", "languages": ["en"], "purposes": purposes });
    let sharing = policy(json!([
        { "id": "ads", "title": { "en": "Adverts" }, "sharing": true },
        { "id": "partners", "title": { "en": "Partners" }, "sharing": true },
    ]));
    let plain = policy(json!([{ "id": "analytics", "title": { "en": "Counting" } }]));
    assert!(gpc(sharing.clone(), None, &[]), "nobody said yes");
    assert!(gpc(sharing.clone(), None, &["ads"]), "one of two is held back");
    assert!(!gpc(sharing.clone(), Some(false), &["ads", "partners"]));
    assert!(gpc(sharing, Some(true), &["ads", "partners"]), "the host knows better");
    assert!(!gpc(plain.clone(), None, &[]), "a policy that shares nothing asserts nothing");
    let ad_id = policy(json!([{ "id": "ads", "title": { "en": "Adverts" }, "uses": "advertising_id" }]));
    assert!(!gpc(ad_id, None, &[]), "no page is given the advertising id");
    assert!(gpc(plain, Some(true), &["analytics"]));
}

#[test]
fn what_time_takes_away_is_told_with_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(NOON);
    let policy = json!({ "id": "shop", "version": "1", "languages": ["en"], "purposes": [
        { "id": "analytics", "title": { "en": "Counting" }, "cookies": ["_c"], "expires_after_days": 10 },
        { "id": "login", "title": { "en": "Log-in" }, "basis": "contract" },
    ] });
    let options = Options { clock: clock.clone(), ..Options::new(folder.path().join("consent.db"), policy.to_string()) };
    let consent = Consent::open(options).unwrap();
    let view = consent.web_pages(&[SHOP]).unwrap();
    assert_eq!(consent.web_hand_off(&view).valid_until, None, "nothing that is allowed ends by itself");
    answer(&consent, &["analytics"], &[]).unwrap();
    let ends = NOON + 10 * 86_400_000;
    let hand_off = consent.web_hand_off(&view);
    assert_eq!(hand_off.valid_until, Some(ends));
    assert!(hand_off.script.contains(&format!("\"analytics\":{ends}")) && hand_off.script.contains("\"login\":0"));
    clock.set(ends);
    assert!(!consent.web_hand_off(&view).script.contains("\"analytics\""));
}

#[test]
fn a_page_asks_and_records_and_each_answer_is_a_record_of_its_own() {
    let phone = Phone::new();
    let (form, shown) = phone.asks();
    let question = &form["questions"].as_array().unwrap().iter().find(|question| question["purpose"] == ANALYTICS).unwrap();
    assert_eq!(
        (&question["why"], &question["starts_on"], &question["status"]),
        (&json!("first_time"), &json!(false), &json!("not_answered"))
    );
    assert!(question["notice"]["used_for"].as_str().is_some_and(|text| !text.is_empty()), "the whole notice is there to be shown");

    let (outcome, reply) = phone.records(&shown, json!({ ANALYTICS: true, "cookies.marketing": false }));
    let WebOutcome::Recorded { receipt } = outcome else { panic!("{outcome:?}") };
    assert_eq!(receipt.items.len(), 2);
    assert_eq!(reply["state"], phone.state(), "the page knows the new state with the answer");
    assert!(phone.consent.allows(ANALYTICS) && !phone.consent.allows("cookies.marketing"));
    let history = phone.consent.history(0, 100).unwrap();
    assert!(history.iter().any(|entry| entry.method == Some(Method::Web) && entry.purpose.as_deref() == Some(ANALYTICS)));

    let (outcome, reply) = phone.says(json!({ "kind": "withdraw", "purposes": [ANALYTICS] }));
    assert!(matches!(outcome, WebOutcome::Withdrawn { .. }), "{outcome:?}");
    assert!(!phone.consent.allows(ANALYTICS) && reply["state"]["google"] == json!([]));
}

#[test]
fn a_page_that_dies_before_it_records_has_answered_nothing() {
    let phone = Phone::new();
    let before = phone.seq();
    let (_, shown) = phone.asks();
    assert_eq!(phone.seq(), before, "to ask writes nothing");
    let Phone { device, consent, view, sent } = phone;
    drop((consent, view));
    let consent = device.open();
    assert!(consent.snapshot().answers.values().all(|answer| answer.status == Status::NotAnswered));
    assert!(consent.questions("settings").unwrap().due, "it is asked again as if nothing had been shown");

    let view = consent.web_pages(&[SHOP]).unwrap();
    let phone = Phone { device, consent, view, sent };
    let (outcome, reply) = phone.records(&shown, json!({ ANALYTICS: true }));
    assert_eq!(outcome, WebOutcome::Refused { refusal: WebRefusal::UnknownForm }, "the form of a process that ended answers nothing");
    assert_eq!(reply["error"], "unknown_form");
    assert_eq!(phone.seq(), before);
}

#[test]
fn a_form_that_is_closed_answers_nothing_and_cannot_be_answered_any_more() {
    let phone = Phone::new();
    let (_, shown) = phone.asks();
    assert_eq!(phone.says(json!({ "kind": "closed", "shown": shown })).0, WebOutcome::Closed);
    assert!(!phone.consent.questions("settings").unwrap().due, "it was shown, and is kept away for a while (PIPA-16)");
    assert_eq!(phone.records(&shown, json!({ ANALYTICS: true })).0, WebOutcome::Refused { refusal: WebRefusal::UnknownForm });
    assert!(!phone.consent.allows(ANALYTICS));
}

#[test]
fn a_page_of_another_origin_and_a_frame_are_not_heard_and_not_answered() {
    let phone = Phone::new();
    let before = phone.seq();
    let (_, shown) = phone.asks();
    let said = json!({ "kind": "record", "shown": shown, "answers": { ANALYTICS: true } });
    for origin in [
        "https://evil.example",
        "https://shop.example.evil.example",
        "https://evil-shop.example",
        "https://shop.example:8443",
        "http://shop.example",
        "https://sub.shop.example",
        "null",
        "",
        "*",
        "file://",
        "https://shop.example@evil.example",
        "https://shop.example/",
    ] {
        let answer = phone.consent.web_message(&phone.view, &phone.message(said.clone()), Sender { origin, main_frame: true });
        assert_eq!((refusal(&answer), answer.reply), (Some(WebRefusal::Origin), None), "{origin}");
    }
    let answer = phone.consent.web_message(&phone.view, &phone.message(said.clone()), Sender { origin: SHOP, main_frame: false });
    assert_eq!((refusal(&answer), answer.reply), (Some(WebRefusal::Frame), None));
    assert_eq!(phone.seq(), before);
    assert!(matches!(phone.says(said).0, WebOutcome::Recorded { .. }), "the page itself is still heard");
}

#[test]
fn a_message_without_the_nonce_or_with_that_of_another_web_view_is_not_heard() {
    let phone = Phone::new();
    let other = phone.consent.web_pages(&[SHOP]).unwrap();
    let of_other = phone.consent.web_hand_off(&other).script.rsplit_once("},\"").unwrap().1.split('"').next().unwrap().to_owned();
    let (_, shown) = phone.asks();
    let good = phone.message(json!({ "kind": "record", "shown": shown, "answers": { ANALYTICS: true } }));
    for nonce in [String::new(), "0".repeat(32), of_other, phone.nonce().to_uppercase(), phone.nonce()[..31].to_owned()] {
        let answer = phone.hears(&good.replace(&phone.nonce(), &nonce));
        assert_eq!((refusal(&answer), answer.reply), (Some(WebRefusal::Nonce), None), "{nonce}");
    }
    assert!(!phone.consent.allows(ANALYTICS));
}

#[test]
fn a_message_that_comes_again_is_not_heard_again() {
    let phone = Phone::new();
    let (_, shown) = phone.asks();
    let yes = phone.message(json!({ "kind": "record", "shown": shown, "answers": { ANALYTICS: true } }));
    assert!(matches!(phone.hears(&yes).outcome, WebOutcome::Recorded { .. }));
    phone.consent.withdraw(&[ANALYTICS]).unwrap();
    let again = phone.hears(&yes);
    assert_eq!((refusal(&again), again.reply), (Some(WebRefusal::Repeated), None));
    assert!(!phone.consent.allows(ANALYTICS), "the withdrawal stands");
}

#[test]
fn what_is_no_message_of_the_script_is_refused() {
    let phone = Phone::new();
    let before = phone.seq();
    for text in ["", "{}", "allow everything", "[[[[", "\u{0}", "{\"kind\":\"record\"}"] {
        assert_eq!(refusal(&phone.hears(text)), Some(WebRefusal::Malformed), "{text:?}");
    }
    let unknown_field = phone.message(json!({ "kind": "ask", "surface": "settings", "actor": "guardian" }));
    assert_eq!(refusal(&phone.hears(&unknown_field)), Some(WebRefusal::Malformed));
    let huge = "x".repeat(MAX_MESSAGE_BYTES + 1);
    assert_eq!(refusal(&phone.hears(&huge)), Some(WebRefusal::TooLarge));
    assert_eq!(phone.seq(), before);
}

#[test]
fn a_page_that_floods_the_channel_is_heard_again_after_a_while() {
    let phone = Phone::new();
    let heard = (0..5_000).filter(|_| refusal(&phone.hears("{}")) == Some(WebRefusal::Malformed)).count();
    assert_eq!(heard, 20, "the rest is not even read");
    assert_eq!(refusal(&phone.hears(&phone.message(json!({ "kind": "ask", "surface": "settings" })))), Some(WebRefusal::TooMany));
    phone.device.clock.advance(1_000);
    phone.asks();
}

#[test]
fn a_foreign_page_that_floods_the_channel_takes_nothing_from_the_apps_own() {
    let phone = Phone::new();
    for _ in 0..5_000 {
        phone.consent.web_message(&phone.view, "{}", Sender { origin: "https://evil.example", main_frame: true });
    }
    phone.asks();
}

#[test]
fn a_page_that_taps_without_end_adds_a_record_every_five_seconds_at_most() {
    let phone = Phone::new();
    let (_, shown) = phone.asks();
    let tap = |yes: bool| phone.hears(&phone.message(json!({ "kind": "record", "shown": shown, "answers": { ANALYTICS: yes } })));
    let before = phone.seq();
    let mut too_many = None;
    for second in 0..1_000 {
        let answer = tap(second % 2 == 0);
        if refusal(&answer) == Some(WebRefusal::TooMany) {
            too_many = answer.reply.or(too_many);
        }
        phone.device.clock.advance(1_000);
    }
    assert!((phone.seq() - before) <= 210, "{}", phone.seq() - before);
    assert!(too_many.is_some_and(|reply| reply.contains("too_many")), "a page that said the nonce is told why");
}

#[test]
fn a_yes_needs_a_question_that_was_shown_a_person_who_may_and_the_same_person() {
    let phone = Phone::new();
    let (_, shown) = phone.asks();
    assert!(matches!(phone.records(&shown, json!({ "no.such_purpose": true })).0, WebOutcome::Failed { .. }));
    let (outcome, reply) = phone.records(&shown, json!({ "cookies.necessary": false }));
    assert!(matches!(outcome, WebOutcome::Failed { .. }) && reply["error"] == "invalid", "necessary has no switch: {outcome:?}");

    phone.device.clock.advance(60_000);
    phone.consent.sign_in("a1b2c3d4").unwrap();
    let (outcome, reply) = phone.records(&shown, json!({ ANALYTICS: true }));
    assert!(matches!(outcome, WebOutcome::Failed { .. }) && reply["error"] == "shown_refused", "{outcome:?}");
    assert!(!phone.consent.allows(ANALYTICS));

    phone.device.clock.advance(60_000);
    phone.consent.report_signals(Signals { age: Some(AgeBand::Below), ..Signals::default() }).unwrap();
    let (_, shown) = phone.asks();
    let (outcome, _) = phone.records(&shown, json!({ ANALYTICS: true }));
    assert!(matches!(outcome, WebOutcome::Failed { .. }), "no page can say that the guardian consents: {outcome:?}");
    assert!(!phone.consent.allows(ANALYTICS));
}

#[test]
fn a_page_is_never_given_the_token_of_a_form_nor_the_name_of_a_person() {
    let phone = Phone::new();
    phone.consent.sign_in("a1b2c3d4").unwrap();
    let answer = phone.hears(&phone.message(json!({ "kind": "ask", "surface": "settings" })));
    let reply = answer.reply.clone().unwrap();
    let token = phone.consent.questions("settings").unwrap().shown;
    assert!(!reply.contains(&token[..64]) && !reply.contains("a1b2c3d4"));
    assert!(!format!("{answer:?} {:?}", phone.view).contains(&phone.nonce()));
}

#[test]
fn an_origin_that_cannot_be_one_is_named_with_its_place() {
    let phone = Phone::new();
    let field = |origins: &[&str]| match phone.consent.web_pages(origins) {
        Err(Error::Invalid { field, .. }) => Some(field),
        _ => None,
    };
    assert_eq!(field(&[]).as_deref(), Some("origins"));
    assert_eq!(field(&[SHOP; 9]).as_deref(), Some("origins"));
    assert_eq!(field(&[SHOP, "http://shop.example"]).as_deref(), Some("origins[1]"));
    assert_eq!(field(&[SHOP, "https://*.example"]).as_deref(), Some("origins[1]"));
    assert_eq!(field(&["http://localhost:8080"]), None);
}

#[test]
fn many_threads_may_speak_at_once() {
    let phone = Arc::new(Phone::new().consent);
    let view = Arc::new(phone.web_pages(&[SHOP]).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    phone.web_message(&view, "{}", Sender { origin: SHOP, main_frame: true });
                    assert!(phone.web_hand_off(&view).script.len() <= MAX_SCRIPT_BYTES);
                }
            });
        }
    });
}
