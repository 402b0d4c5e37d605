//! Each rule of `places` bites: small offending texts, and texts that only look like it.

use super::{
    places::{clocks, conditional_attributes, crates_abroad, exports_abroad, global_state, panics},
    source::Source,
};

/// Checks that a rule finds exactly one fault in each of the first texts and none in the others.
fn bites(rule: impl Fn(&[Source]) -> Vec<String>, offending: &[(&str, &str)], innocent: &[(&str, &str)]) {
    for (path, text) in offending {
        let found = rule(&[Source::new(path, text)]);
        assert_eq!(found.len(), 1, "{path}: {text}: {found:?}");
        assert!(found[0].starts_with(path), "{found:?}");
    }
    for (path, text) in innocent {
        assert_eq!(rule(&[Source::new(path, text)]), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn sqlite_and_http_outside_their_homes_are_found() {
    bites(
        crates_abroad,
        &[
            ("client.rs", "use rusqlite::Connection;"),
            ("error.rs", "impl From<rusqlite::Error> for Error {}"),
            ("sync/plan.rs", "use ::reqwest::blocking::Client;"),
            ("transport/mod.rs", "fn f() { reqwest::blocking::get(x) }"),
            ("store/outbox.rs", "use reqwest as http;"),
            ("client.rs", "use rustls::ClientConfig;"),
        ],
        &[
            ("store/connection.rs", "use rusqlite::Connection;"),
            ("transport/reqwest.rs", "use reqwest::blocking::Client; use rustls::ClientConfig;"),
            ("transport/mod.rs", "mod reqwest;\npub use self::reqwest::ReqwestTransport;"),
            ("client.rs", "// rusqlite::Connection\nconst X: &str = \"rusqlite::Connection\";"),
        ],
    );
}

#[test]
fn a_clock_read_outside_its_file_is_found() {
    bites(
        clocks,
        &[
            ("sync/plan.rs", "fn f() { let now = Utc::now(); }"),
            ("sync/plan.rs", "fn f() { chrono::Utc::now().timestamp_millis() }"),
            ("store/state.rs", "fn f() { std::time::SystemTime::now() }"),
            ("client.rs", "fn f() { Instant::now() }"),
            ("client.rs", "fn f() { once.get_or_init(Instant::now) }"),
            ("client.rs", "fn f() { chrono::Local::now() }"),
            ("client.rs", "fn f() { <chrono::Utc>::now() }"),
            ("client.rs", "use chrono::Utc as U;"),
            ("client.rs", "fn f(start: Instant) { start.elapsed() }"),
            ("client.rs", "fn f() { uuid::Uuid::now_v7() }"),
            ("store/outbox.rs", "const SQL: &str = \"INSERT INTO t VALUES (CURRENT_TIMESTAMP)\";"),
            ("store/outbox.rs", "const SQL: &str = r#\"SELECT datetime('now')\"#;"),
        ],
        &[
            ("clock.rs", "fn now() { SystemTime::now(); Instant::now().elapsed(); chrono::Local::now() }"),
            ("client.rs", "fn f(clock: &dyn Clock) { clock.now(); self.clock.now(); Clock::now(clock) }"),
            ("client.rs", "fn now() {} fn f(now: i64) { now + 1 } // Utc::now()"),
            ("client.rs", "#[cfg(test)] mod tests { fn f() { Utc::now() } }"),
        ],
    );
}

#[test]
fn an_export_outside_ffi_is_found() {
    bites(
        exports_abroad,
        &[
            ("client.rs", "#[uniffi::export] impl Consent {}"),
            ("client.rs", "#[uniffi::export(foreign)] pub trait Observer {}"),
            ("client.rs", "#[derive(uniffi::Object)] pub struct Consent;"),
            ("client.rs", "use uniffi::export;"),
            ("policy/mod.rs", "uniffi::setup_scaffolding!();"),
        ],
        &[
            ("ffi/consent.rs", "#[uniffi::export] impl Consent {}"),
            (
                "policy/purpose.rs",
                "#[derive(uniffi::Enum)] enum A {} #[derive(uniffi::Record)] struct B; #[derive(uniffi::Error)] enum C {}",
            ),
            ("lib.rs", "uniffi::setup_scaffolding!(\"consentkit\");"),
        ],
    );
}

#[test]
fn a_call_that_can_end_the_process_is_found() {
    bites(
        panics,
        &[
            ("json.rs", "fn f(x: Option<u8>) { x.unwrap() }"),
            ("json.rs", "fn f(x: Option<u8>) { x\n    .expect(\"known\") }"),
            ("json.rs", "fn f(x: R) { x.unwrap_err() }"),
            ("json.rs", "fn f(x: Vec<R>) { x.map(Result::unwrap) }"),
            ("json.rs", "fn f() { panic!(\"no\") }"),
            ("json.rs", "fn f() { todo!() }"),
            ("json.rs", "fn f() { unimplemented!() }"),
            ("json.rs", "fn f() { std::unreachable!() }"),
        ],
        &[
            ("json.rs", "fn f(x: Option<u8>) { x.unwrap_or(0); x.unwrap_or_default(); }"),
            ("json.rs", "#[expect(dead_code)] fn f() {} // .unwrap()\nconst X: &str = \".unwrap() panic!()\";"),
            ("json.rs", "fn f() { std::panic::catch_unwind(g) }"),
            ("json.rs", "#[cfg(test)] mod tests { fn f() { x.unwrap(); panic!() } }"),
        ],
    );
}

#[test]
fn global_state_is_found() {
    bites(
        |sources| global_state(sources, &[]),
        &[
            ("client.rs", "static mut COUNT: u8 = 0;"),
            ("client.rs", "static OPEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());"),
            ("client.rs", "fn f() { static ONCE: std::sync::OnceLock<u8> = OnceLock::new(); }"),
            ("client.rs", "static N: AtomicI64 = AtomicI64::new(0);"),
            ("client.rs", "thread_local! { static X: u8 = 1; }"),
            ("client.rs", "lazy_static! { static ref X: u8 = 1; }"),
        ],
        &[("client.rs", "static NAMES: &[&str] = &[\"a\"]; const N: u8 = 1; fn f(x: &'static str, m: Mutex<u8>) {}")],
    );
}

#[test]
fn known_state_is_left_alone_while_it_exists() {
    let known: &[(&str, &str, &str)] = &[("clock.rs", "START", "reason")];
    let clock = |text: &str| [Source::new("clock.rs", text)];
    assert_eq!(global_state(&clock("static START: OnceLock<Instant> = OnceLock::new();"), known), Vec::<String>::new());
    assert_eq!(global_state(&clock("fn f() {}"), known).len(), 1);
}

#[test]
fn an_attribute_that_depends_on_the_build_is_found() {
    bites(
        conditional_attributes,
        &[
            ("policy/mod.rs", "#[cfg_attr(feature = \"device\", derive(uniffi::Record))] struct A;"),
            ("policy/mod.rs", "#[cfg_attr(target_os = \"ios\", derive(Debug))] struct A;"),
            ("policy/mod.rs", "#[cfg_attr(any(feature = \"schema\", test), derive(Debug))] struct A;"),
        ],
        &[("policy/mod.rs", "#[cfg_attr(feature = \"schema\", derive(schemars::JsonSchema))] struct A;")],
    );
}
