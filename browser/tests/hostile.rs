//! Pages that mean harm, and pages that do things in another way than most: what they can get at, and what becomes of what they say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use consentkit::{
    client::{Answer, WebOutcome},
    ledger::Status,
    web::WebRefusal,
};
use consentkit_browser::app::{App, SHOP};
use serde_json::{Value, json};

const POLICY: &str = include_str!("../../examples/influential/policy.json");
const BARE: &str = "http://shop.localhost/bare";
const ANALYTICS: &str = "cookies.analytics";

fn app() -> App {
    App::start(POLICY).unwrap()
}

fn refusals(app: &App) -> Vec<WebRefusal> {
    let refusal = |outcome: &WebOutcome| match outcome {
        WebOutcome::Refused { refusal } => Some(*refusal),
        _ => None,
    };
    app.outcomes.iter().filter_map(refusal).collect()
}

/// Lets everything arrive that frames sent.
fn settle(app: &mut App) {
    for _ in 0..5 {
        app.hear(Duration::from_millis(50)).unwrap();
    }
}

/// The nonce, as only the app knows it.
fn nonce(app: &App) -> String {
    app.script().rsplit_once("},\"").unwrap().1.split('"').next().unwrap().to_owned()
}

#[test]
fn a_frame_and_a_page_of_another_origin_have_no_object_and_are_not_heard() {
    let mut app = app();
    app.visit(SHOP).unwrap();
    let forged = json!({ "nonce": nonce(&app), "id": "1", "kind": "withdraw", "purposes": [ANALYTICS] }).to_string();
    let send = format!("consentkitChannel.postMessage({})", json!(forged));
    assert_eq!(app.page.run_in_frame("http://ads.localhost", "'consentkit' in window").unwrap(), false);
    assert_eq!(
        app.page.run_in_frame("http://ads.localhost", "navigator.globalPrivacyControl").unwrap(),
        true,
        "but it is told not to share"
    );
    app.page.run_in_frame("http://ads.localhost", &send).unwrap();
    app.page.run_in_frame("http://ads.localhost", "parent.postMessage('consentkit', '*')").unwrap();
    settle(&mut app);
    assert_eq!(refusals(&app), [WebRefusal::Origin]);

    app.visit("http://ads.localhost/page").unwrap();
    assert_eq!(app.page.value("'consentkit' in window || 'dataLayer' in window").unwrap(), false);
    app.page.value(&send).unwrap();
    settle(&mut app);
    assert_eq!(refusals(&app), [WebRefusal::Origin; 2]);

    app.page
        .value("void document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://shop.localhost/bare' }))")
        .unwrap();
    app.page.until("frames.length == 1").unwrap();
    settle(&mut app);
    app.page.run_in_frame(SHOP, &send).unwrap();
    settle(&mut app);
    assert_eq!(refusals(&app), [WebRefusal::Origin, WebRefusal::Origin, WebRefusal::Frame], "a page of ours within one of others");
    assert_eq!(app.page.run_in_frame(SHOP, "'consentkit' in window").unwrap(), false);
    assert!(app.consent.history(0, 10).unwrap().iter().all(|entry| entry.purpose.is_none()), "nothing was recorded");
}

#[test]
fn a_page_that_floods_the_channel_writes_little_and_is_heard_again_later() {
    let mut app = app();
    app.visit(SHOP).unwrap();
    let before = app.consent.snapshot().seq;
    app.page.value("for (let at = 0; at < 3000; at++) consentkit.withdraw(['cookies.analytics']).catch(() => {});").unwrap();
    app.page.value("for (let at = 0; at < 2000; at++) consentkitChannel.postMessage('x'.repeat(20000));").unwrap();
    while app.outcomes.len() < 5_000 {
        app.hear(Duration::from_millis(50)).unwrap();
    }
    let heard = app.outcomes.iter().filter(|outcome| !matches!(outcome, WebOutcome::Refused { .. })).count();
    assert!((1..=5).contains(&heard), "{heard} of 5,000");
    assert!(app.consent.snapshot().seq - before <= 5);
    assert_eq!(refusals(&app).iter().filter(|refusal| **refusal == WebRefusal::TooLarge).count(), 2_000);
    std::thread::sleep(Duration::from_millis(2_500));
    app.page.value("void banner.open()").unwrap();
    app.until("!document.getElementById('banner').hidden").unwrap();
}

#[test]
fn a_page_that_ends_with_its_form_half_filled_in_has_answered_nothing() {
    let mut app = app();
    app.visit(SHOP).unwrap();
    let before = app.consent.snapshot().seq;
    app.page.value("void banner.open()").unwrap();
    app.until("!document.getElementById('banner').hidden").unwrap();
    app.page.value("document.querySelector('#questions input').click()").unwrap();
    app.page.value("window.held = banner.form.shown").unwrap();
    let shown = app.page.value("held").unwrap();
    app.page.crash();
    app.restart().unwrap();
    assert_eq!(app.consent.snapshot().seq, before);
    assert!(app.consent.snapshot().answers.values().all(|answer| answer.status == Status::NotAnswered));
    assert!(app.consent.questions("settings").unwrap().due);
    assert!(shown.as_str().is_some_and(|shown| shown.len() == 32), "and what the page held is the name of a form that nobody knows now");
}

#[test]
fn scripts_of_the_page_get_at_neither_the_nonce_nor_the_object() {
    let mut app = app();
    app.visit(BARE).unwrap();
    let nonce = nonce(&app);
    let spied = r"(() => {
        window.seen = [];
        const spy = (value) => { try { seen.push(String(value), JSON.stringify(value)); } catch {} };
        Object.prototype.toJSON = function () { seen.push(Object.entries(this).join()); return this; };
        for (const [object, name] of [[JSON, 'parse'], [JSON, 'stringify'], [Object, 'freeze'], [Map.prototype, 'set'], [Map.prototype, 'get']]) {
            const real = object[name];
            object[name] = function (...all) { if (object != JSON) seen.push(all.join()); else if (name == 'parse') seen.push(all[0]); return real.apply(this, all); };
        }
        const channel = consentkitChannel;
        channel.postMessage = (text) => seen.push(text);
        for (const name of ['nonce', 'id', 'kind', 'state']) Object.defineProperty(Object.prototype, name, { configurable: true, set(value) { seen.push(value); } });
        try { consentkit.ask = null; } catch (error) { seen.push(error); }
        try { window.consentkit = { allows: () => true }; } catch (error) { seen.push(error); }
        try { Object.defineProperty(window, 'consentkit', { value: 1 }); } catch (error) { seen.push(error); }
        try { consentkit.state.allowed['cookies.analytics'] = 0; } catch (error) { seen.push(error); }
        try { consentkit.receive.caller; consentkit.receive.arguments; } catch (error) { seen.push(error); }
        try { consentkit.receive('{'); } catch (error) { seen.push(error.stack); }
        try { consentkit.receive(JSON.stringify({ nonce: '', state: { allowed: { 'cookies.analytics': 0 }, generation: 1e9, google: [] } })); } catch (error) { seen.push(error.stack); }
        for (const key of Object.getOwnPropertyNames(consentkit)) seen.push(String(consentkit[key]));
        consentkit.ask('settings').then(spy, spy);
    })()";
    app.page.value(spied).unwrap();
    settle(&mut app);
    assert_eq!(app.outcomes, [WebOutcome::Asked], "the message came by the way that the script took at the beginning");
    app.until("seen.length > 8").unwrap();
    let seen = app.page.value("seen.join()").unwrap();
    assert!(!seen.as_str().unwrap().contains(&nonce), "{seen}");
    assert_eq!(app.page.value("typeof consentkit.ask + consentkit.allows('cookies.analytics')").unwrap(), "functionfalse");
}

#[test]
fn a_page_that_begins_its_data_layer_anew_finds_the_consent_at_its_beginning() {
    let mut app = app();
    let form = app.consent.questions("settings").unwrap();
    app.consent.record(&form.shown, &[Answer::grant(ANALYTICS)]).unwrap();
    app.hand_over().unwrap();
    app.visit(BARE).unwrap();
    let entries = "dataLayer.map((entry) => entry.length ? [...entry].slice(0, 2).join(' ') : Object.keys(entry).join())";
    let anew = app.page.value(&format!("dataLayer = [{{ category: 'books' }}]; {entries}")).unwrap();
    assert_eq!(anew, json!(["consent default", "consent update", "category"]));
    assert_eq!(app.page.value("var dataLayer = window.dataLayer || []; dataLayer.length").unwrap(), 3);
}

#[test]
fn a_script_of_the_page_can_remove_a_cookie_and_set_none_that_may_not_be() {
    let mut app = app();
    app.visit(BARE).unwrap();
    for text in [
        "_ga=1",
        " _ga =1",
        "_ga=1; Max-Age=0; Max-Age=99999",
        "_ga=1; Expires=Fri, 31 Dec 2027 23:59:59 GMT; path=/",
        "_ga_X=1; Path=/; Max-Age=99999; Max-Age=x",
        "_ga=1; Max-Age=99999\0",
        "_ga=1; Max-Age=99999\n",
        "_ga=1; Max-Age=99999\r\nx",
        "_ga=1\u{1};",
        "nobody_knows=1",
        "=session_id",
        "session_id",
        "_ga",
        "session_idx=1",
        "Session_id=1",
        "",
    ] {
        app.page.value(&format!("document.cookie = {}", json!(text))).unwrap();
        assert_eq!(app.page.value("document.cookie").unwrap(), "", "{text:?}");
    }
    assert_eq!(
        app.page.value("document.cookie = { toString() { return this.n = this.n ? '_ga=1' : 'csrf_token=1'; } }; document.cookie").unwrap(),
        "csrf_token=1"
    );
    app.page.value("document.cookie = 'csrf_token=1; Max-Age=0'").unwrap();
    assert_eq!(app.page.value("document.cookie").unwrap(), "", "what may be set may be removed, too");

    app.page.value("window.CookieStore && void cookieStore.set('_ga', '1').then(() => cookieStore.set({ name: '_gid', value: '1' })).then(() => cookieStore.set('csrf_token', '2')).then(() => (window.stored = true))").unwrap();
    if app.page.value("'CookieStore' in window").unwrap() == true {
        app.until("window.stored").unwrap();
        assert_eq!(app.page.value("document.cookie").unwrap(), "csrf_token=2");
    }
}

#[test]
fn a_hostile_policy_runs_nothing_of_its_own_in_a_page_not_even_where_the_script_is_a_part_of_the_page() {
    let hostile = "</script><img src=x onerror=window.hurt=1><!--<script>'\"` ${window.hurt=1} \\";
    let policy = json!({
        "id": "hostile", "version": hostile, "languages": ["en"],
        "purposes": [
            { "id": "login", "title": { "en": hostile }, "basis": "contract", "cookies": ["'`$$&", "a&#39*"] },
            { "id": "ads", "title": { "en": hostile }, "sharing": true, "cookies": ["`'"] },
        ],
    });
    let mut app = App::start(&policy.to_string()).unwrap();
    app.visit(BARE).unwrap();
    let page = format!("<!doctype html><script>{}</script><p id='end'>", app.script());
    let alone =
        format!("void (frames[0] || document.body.append(Object.assign(document.createElement('iframe'), {{ srcdoc: {} }})))", json!(page));
    app.page.value(&alone).unwrap();
    app.page.until("frames[0] && frames[0].document.getElementById('end') != null").unwrap();
    assert_eq!(
        app.page.value("frames[0].document.querySelectorAll('img, script').length").unwrap(),
        1,
        "the script did not end before its end"
    );
    app.page.value("void consentkit.ask('any').then((form) => (window.form = form))").unwrap();
    app.until("!!window.form").unwrap();
    assert_eq!(app.page.value("form.questions[0].notice.title").unwrap(), hostile, "a text arrives as it is, to be shown as text");
    assert_eq!(
        app.page.value("[window.hurt, frames[0].hurt, consentkit.allows('login'), consentkit.allows('ads')]").unwrap(),
        json!([null, null, true, false])
    );
    assert_eq!(app.page.value("document.cookie = `'\\`$$&=1`; document.cookie").unwrap(), Value::from("'`$$&=1"));
}
