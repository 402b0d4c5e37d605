//! What Google's own libraries are told, by rule number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/decision.rs"]
mod support;

use consentkit::{
    decision::{GoogleConsent, google_consent},
    ledger::Status,
    signal::{Platform, Tracking},
};
use serde_json::{Value, json};
use support::{DAY, Scene, noon, purpose};

const DENIED: GoogleConsent = GoogleConsent { ad_storage: false, analytics_storage: false, ad_user_data: false, ad_personalization: false };

/// The mapping of GCM-4.
fn purposes() -> Vec<Value> {
    vec![
        purpose("cookies.analytics", json!({"cookies": ["_ga*"], "google": ["analytics_storage"], "expires_after_days": 365})),
        purpose("cookies.marketing", json!({"sharing": true, "google": ["ad_storage", "ad_user_data"]})),
        purpose("ads.personalised", json!({"uses": "advertising_id", "google": ["ad_personalization"]})),
    ]
}

fn scene() -> Scene {
    Scene::with(purposes())
}

fn told(scene: &Scene) -> GoogleConsent {
    google_consent(&scene.context(), noon())
}

#[test]
fn gcm_1_before_any_decision_all_four_are_denied() {
    assert_eq!(told(&scene()), DENIED);
    assert_eq!(told(&Scene { available: false, ..scene().grant(&["cookies.analytics"]) }), DENIED);
}

#[test]
fn gcm_4_each_type_follows_its_own_purpose() {
    let granted = |purpose: &str| told(&scene().grant(&[purpose]));
    assert_eq!(granted("cookies.analytics"), GoogleConsent { analytics_storage: true, ..DENIED });
    assert_eq!(granted("cookies.marketing"), GoogleConsent { ad_storage: true, ad_user_data: true, ..DENIED });
    assert_eq!(granted("ads.personalised"), GoogleConsent { ad_personalization: true, ..DENIED });
    let all = scene().grant(&["cookies.analytics", "cookies.marketing", "ads.personalised"]);
    assert_eq!(told(&all), GoogleConsent { ad_storage: true, analytics_storage: true, ad_user_data: true, ad_personalization: true });
    assert_eq!(told(&all.say(Status::Withdrawn, &["cookies.marketing", "ads.personalised"])), granted("cookies.analytics"));
}

#[test]
fn gcm_4_personalised_ads_need_effective_tracking() {
    let iphone = |tracking| {
        let scene = Scene { platform: Platform::Ios, ..scene() }.grant(&["ads.personalised"]);
        told(&scene.signals(|signals| signals.tracking = Some(tracking))).ad_personalization
    };
    assert!(iphone(Tracking::Authorized));
    for held in [Tracking::NotDetermined, Tracking::Restricted, Tracking::Denied] {
        assert!(!iphone(held), "{held:?}");
    }
}

#[test]
fn global_privacy_control_holds_back_what_is_shared_and_leaves_analytics() {
    let all = scene().grant(&["cookies.analytics", "cookies.marketing", "ads.personalised"]).signals(|signals| signals.gpc = Some(true));
    assert_eq!(told(&all), GoogleConsent { analytics_storage: true, ..DENIED });
}

#[test]
fn a_type_that_several_purposes_name_waits_for_all_of_them() {
    let mut two = purposes();
    two.push(purpose("cookies.heatmap", json!({"google": ["analytics_storage"]})));
    let both = Scene::with(two).grant(&["cookies.analytics"]);
    assert!(!told(&both).analytics_storage);
    assert!(told(&both.grant(&["cookies.heatmap"])).analytics_storage);
}

#[test]
fn a_type_that_no_purpose_names_is_denied_whatever_was_granted() {
    assert_eq!(told(&Scene::new().grant_all()), DENIED);
}

#[test]
fn a_grant_that_has_run_out_is_told_as_denied() {
    let scene = scene().grant(&["cookies.analytics"]);
    assert!(google_consent(&scene.context(), noon()).analytics_storage);
    assert!(!google_consent(&scene.context(), noon() + 366 * DAY).analytics_storage);
}
