//! Each rule of `exports` bites: small offending texts, and texts that only look like it.

use super::{
    exports::{conditional_exports, empty_names, taken_names, talkative, unsigned_types, unwanted_forms},
    source::Source,
};

fn found_in(rule: impl Fn(&[Source]) -> Vec<String>, text: &str) -> usize {
    rule(&[Source::new("ffi/consent.rs", text)]).len()
}

#[test]
fn an_exported_name_that_is_taken_is_found() {
    for text in [
        "#[uniffi::export] impl Consent { pub fn close(&self) {} }",
        "#[uniffi::export] impl Consent { pub fn fine(&self) { if a { b } } /** close */ pub fn description(&self) -> String { x } }",
        "#[derive(Debug, uniffi::Record)] pub struct A { pub fine: i32, pub message: String }",
        "#[derive(uniffi::Error)] #[non_exhaustive] pub enum E { Bad { message: String } }",
        "#[uniffi::export(foreign)] pub trait Observer { fn hash_code(&self) -> i64; }",
        "#[uniffi::export(name = \"close\")] fn shut() {}",
        "#[uniffi::export] impl Consent { #[uniffi::method(name = \"description\")] pub fn text(&self) {} }",
    ] {
        assert_eq!(found_in(taken_names, text), 1, "{text}");
    }
    for text in [
        "impl Consent { pub fn close(&self) {} }",
        "struct Plain { message: String }",
        "#[uniffi::export] impl Consent { pub fn shutdown(&self) { self.close(); Event { message: x }; fn close() {} } }",
        "#[uniffi::export] impl Consent { pub fn f(&self) {} } impl Consent { fn close(&self) {} }",
    ] {
        assert_eq!(found_in(taken_names, text), 0, "{text}");
    }
}

#[test]
fn an_unsigned_number_in_an_export_is_found() {
    for text in [
        "#[uniffi::export] impl Consent { pub fn pending(&self) -> u64 { 0 } }",
        "#[derive(uniffi::Record)] pub struct A { pub n: usize }",
        "#[derive(uniffi::Record)] pub struct A { pub n: Option<u8> }",
    ] {
        assert_eq!(found_in(unsigned_types, text), 1, "{text}");
    }
    for text in [
        "#[derive(uniffi::Record)] pub struct A { pub body: Vec<u8>, pub n: i64 }",
        "#[uniffi::export] fn f() -> i64 { let n: usize = 1; n as i64 }",
        "struct A { n: u64 }",
    ] {
        assert_eq!(found_in(unsigned_types, text), 0, "{text}");
    }
}

#[test]
fn an_async_export_and_an_outdated_form_are_found() {
    for text in [
        "#[uniffi::export] async fn f() {}",
        "#[uniffi::export(with_foreign)] trait T {}",
        "#[uniffi(flat_error)] enum E {}",
        "#[uniffi::export(callback_interface)] trait T {}",
    ] {
        assert_eq!(found_in(unwanted_forms, text), 1, "{text}");
    }
    for text in [
        "#[uniffi::export(foreign)] trait T { fn f(&self); } // async",
        "async fn within() {}",
        "#[uniffi::export] fn f() { g(async { 1 }) }",
    ] {
        assert_eq!(found_in(unwanted_forms, text), 0, "{text}");
    }
}

#[test]
fn an_export_that_depends_on_the_build_is_found() {
    for text in [
        "#[uniffi::export] impl Consent { #[cfg(feature = \"http-reqwest\")] pub fn f(&self) {} }",
        "#[cfg(target_os = \"android\")] #[uniffi::export] fn f() {}",
        "#[derive(uniffi::Record)] struct A { #[cfg(feature = \"device\")] b: i32 }",
    ] {
        assert_eq!(found_in(conditional_exports, text), 1, "{text}");
    }
    for text in [
        "#[uniffi::export] fn f() { #[cfg(feature = \"http-reqwest\")] g(); }",
        "#[cfg(feature = \"http-reqwest\")] use crate::transport::ReqwestTransport;",
    ] {
        assert_eq!(found_in(conditional_exports, text), 0, "{text}");
    }
}

#[test]
fn a_debug_that_tells_personal_data_is_found() {
    let rule = |sources: &[Source]| talkative(sources, &["HttpRequest"], &["token"]);
    for text in ["#[derive(Clone, Debug)] pub struct HttpRequest { url: String }", "#[derive(Debug)] struct Session { token: String }"] {
        assert_eq!(found_in(rule, text), 1, "{text}");
    }
    for text in [
        "#[derive(Clone)] pub struct HttpRequest { url: String }",
        "#[derive(Clone)] struct Session { token: String }",
        "#[derive(Debug)] struct Fine { tokens: i64 }",
    ] {
        assert_eq!(found_in(rule, text), 0, "{text}");
    }
}

#[test]
fn a_name_that_says_nothing_is_found() {
    for text in ["struct ConsentManager;", "trait JsonHelper {}", "mod util;", "mod helper {}", "enum PolicyUtils {}"] {
        assert_eq!(found_in(empty_names, text), 1, "{text}");
    }
    assert_eq!(found_in(empty_names, "struct Utility; fn manager() {} mod policy;"), 0);
}
