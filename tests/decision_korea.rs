//! The Korean rules on marketing messages, consent and children, by number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/decision.rs"]
mod support;

use consentkit::{
    ledger::{Actor, AskAgain, Status},
    policy::{Audience, Channel, Night},
    signal::{AgeBand, Guardian, PushPermission},
};
use serde_json::json;
use support::{DAY, Scene, consent_purposes, noon, purpose, seoul};

const NONE: [&str; 0] = [];
const PUSH: [&str; 2] = ["marketing.data_use", "marketing.push"];
const PUSH_AND_NIGHT: [&str; 3] = ["marketing.data_use", "marketing.push", "marketing.push.night"];

#[test]
fn kr_1_without_consent_no_channel_may_be_used() {
    let scene = Scene::new();
    for channel in ["marketing.email", "marketing.sms", "marketing.push"] {
        assert_eq!(scene.codes(channel, noon()), ["requires:marketing.data_use", "not_answered"], "{channel}");
    }
}

#[test]
fn kr_1_consent_for_email_is_none_for_push() {
    let scene = Scene::new().grant(&["marketing.data_use", "marketing.email"]);
    assert_eq!(scene.codes("marketing.email", noon()), NONE);
    assert_eq!(scene.codes("marketing.push", noon()), ["not_answered"]);
}

#[test]
fn kr_3_a_withdrawal_denies_at_once_and_for_good() {
    let scene = Scene::new().grant(&PUSH).say(Status::Withdrawn, &["marketing.push"]);
    for at in [noon() - DAY, noon(), noon() + 4000 * DAY] {
        assert_eq!(scene.codes("marketing.push", at), ["withdrawn"]);
    }
}

#[test]
fn kr_3_a_refusal_stays_a_refusal_whatever_else_is_marked() {
    let scene = Scene::new().say(Status::Refused, &["marketing.data_use"]).ask_again("marketing.data_use", AskAgain::StaleGrant);
    assert_eq!(scene.codes("marketing.data_use", noon()), ["refused"]);
}

#[test]
fn kr_4_push_without_night_consent_is_denied_from_21_to_8() {
    let scene = Scene::new().grant(&PUSH);
    assert_eq!(scene.codes("marketing.push", seoul(20, 59, 59)), NONE);
    assert_eq!(scene.codes("marketing.push", seoul(21, 0, 0)), ["night"]);
    assert_eq!(scene.codes("marketing.push", seoul(23, 59, 59)), ["night"]);
    assert_eq!(scene.codes("marketing.push", seoul(0, 0, 0)), ["night"]);
    assert_eq!(scene.codes("marketing.push", seoul(7, 59, 59)), ["night"]);
    assert_eq!(scene.codes("marketing.push", seoul(8, 0, 0)), NONE);
}

#[test]
fn kr_4_push_with_night_consent_is_allowed_at_22() {
    let scene = Scene::new().grant(&PUSH_AND_NIGHT);
    assert_eq!(scene.codes("marketing.push", seoul(22, 0, 0)), NONE);
    assert_eq!(scene.codes("marketing.push.night", seoul(22, 0, 0)), NONE, "the day purpose's hours do not hold the night consent back");
}

#[test]
fn kr_4_email_is_free_at_night() {
    let scene = Scene::new().grant(&["marketing.data_use", "marketing.email"]);
    assert_eq!(scene.codes("marketing.email", seoul(23, 0, 0)), NONE);
}

#[test]
fn kr_4_no_policy_can_exempt_anything_but_email() {
    let mut scene = Scene::new().grant_all().say(Status::Refused, &["marketing.push.night"]);
    scene.policy.night = Some(Night { exempt: vec![Channel::Email, Channel::Push].into(), ..Night::default() });
    assert_eq!(scene.codes("marketing.push", seoul(22, 0, 0)), ["night"]);
}

#[test]
fn kr_4_every_electronic_channel_but_email_has_a_night() {
    for channel in ["sms", "push", "kakao", "phone"] {
        let scene = Scene::with(vec![purpose("ads", json!({"channel": channel}))]).grant(&["ads"]);
        assert_eq!(scene.codes("ads", seoul(22, 0, 0)), ["night"], "{channel}");
    }
}

#[test]
fn kr_4_night_consent_alone_permits_nothing_at_any_hour() {
    for (status, reason) in [(Status::Refused, "refused"), (Status::Withdrawn, "withdrawn"), (Status::NotAnswered, "not_answered")] {
        let scene = Scene::new().grant(&PUSH_AND_NIGHT).say(status, &["marketing.push"]);
        for hour in 0..24 {
            assert_eq!(scene.codes("marketing.push", seoul(hour, 0, 0)), [reason], "{hour}: the night consent is not what lacks");
            assert_eq!(scene.codes("marketing.push.night", seoul(hour, 0, 0)), ["requires:marketing.push"]);
        }
    }
}

#[test]
fn kr_4_the_night_consent_of_one_channel_is_none_for_another() {
    let scene = Scene::new().grant_all().say(Status::Refused, &["marketing.sms.night"]);
    assert_eq!(scene.codes("marketing.sms", seoul(22, 0, 0)), ["night"]);
    assert_eq!(scene.codes("marketing.push", seoul(22, 0, 0)), NONE);
}

#[test]
fn kr_4_a_night_consent_that_must_be_asked_again_counts_for_nothing() {
    let scene = Scene::new().grant(&PUSH_AND_NIGHT).ask_again("marketing.push.night", AskAgain::StaleGrant);
    assert_eq!(scene.codes("marketing.push", seoul(22, 0, 0)), ["night"]);
    assert_eq!(scene.codes("marketing.push", noon()), NONE);
}

#[test]
fn kr_4_a_night_purpose_that_rests_on_no_consent_opens_no_night() {
    let scene = Scene::with(vec![
        purpose("push", json!({"channel": "push"})),
        purpose("push.night", json!({"channel": "push", "night": true, "basis": "contract", "requires": ["push"]})),
    ]);
    assert_eq!(scene.grant(&["push"]).codes("push", seoul(22, 0, 0)), ["night"]);
}

#[test]
fn kr_4_the_zone_is_the_policys_and_not_the_phones() {
    let mut scene = Scene::new().grant(&PUSH);
    let noon_in_los_angeles = seoul(5, 0, 0);
    assert_eq!(scene.codes("marketing.push", noon_in_los_angeles), ["night"]);
    scene.policy.night = Some(Night { utc_offset_minutes: Some(-480), ..Night::default() });
    assert_eq!(scene.codes("marketing.push", noon_in_los_angeles), NONE);
}

#[test]
fn kr_4_a_guard_margin_denies_through_the_first_minute_of_the_morning() {
    let mut scene = Scene::new().grant(&PUSH);
    scene.policy.night = Some(Night { guard_minutes: 1, ..Night::default() });
    assert_eq!(scene.codes("marketing.push", seoul(8, 0, 59)), ["night"]);
    assert_eq!(scene.codes("marketing.push", seoul(8, 1, 0)), NONE);
}

#[test]
fn kr_5_general_consent_implies_neither_night_nor_data_use() {
    let scene = Scene::new().grant(&["marketing.push"]);
    assert_eq!(scene.codes("marketing.push.night", noon()), ["requires:marketing.push", "not_answered"]);
    assert_eq!(scene.codes("marketing.data_use", noon()), ["not_answered"]);
    assert_eq!(scene.codes("marketing.push", noon()), ["requires:marketing.data_use"]);
}

#[test]
fn kr_6_the_os_permission_is_no_consent() {
    let scene = Scene::new().signals(|signals| signals.push = Some(PushPermission::Granted));
    assert_eq!(scene.codes("marketing.push", noon()), ["requires:marketing.data_use", "not_answered"]);
}

#[test]
fn kr_6_a_denied_os_permission_is_reported_apart_and_leaves_the_consent() {
    let scene = Scene::new().grant_all().signals(|signals| signals.push = Some(PushPermission::Denied));
    let push = scene.decide("marketing.push", noon());
    assert!(push.allowed && push.os_blocked);
    let sms = scene.decide("marketing.sms", noon());
    assert!(sms.allowed && !sms.os_blocked, "only push needs that permission");
    for permission in [None, Some(PushPermission::NotDetermined), Some(PushPermission::Granted)] {
        let scene = scene.clone().signals(|signals| signals.push = permission);
        assert!(!scene.decide("marketing.push", noon()).os_blocked, "{permission:?}");
    }
}

#[test]
fn kr_14_silence_for_years_leaves_a_marketing_consent_standing() {
    let scene = Scene::new().grant(&PUSH);
    assert_eq!(scene.codes("marketing.push", noon() + 3650 * DAY), NONE);
}

#[test]
fn pipa_1_a_changed_meaning_asks_again_and_a_changed_wording_does_not() {
    let mut scene = Scene::new().grant(&PUSH);
    let title = &mut scene.policy.purposes[2].title;
    title.insert("en".to_owned(), "Marketing, typing error corrected".to_owned());
    assert_eq!(scene.codes("marketing.data_use", noon()), NONE);
    scene.policy.purposes[2].material = 2;
    assert_eq!(scene.codes("marketing.data_use", noon()), ["ask_again:policy_changed"]);
    assert_eq!(scene.codes("marketing.push", noon()), ["requires:marketing.data_use"]);
    let refused = scene.say(Status::Refused, &["marketing.data_use"]);
    assert_eq!(refused.codes("marketing.data_use", noon()), ["refused"], "a no to the old terms is a no");
}

#[test]
fn a_grant_expires_to_the_millisecond_and_does_not_count_before_it_was_given() {
    let scene = Scene::new().grant(&["cookies.analytics"]);
    let given = noon() - DAY;
    assert_eq!(scene.codes("cookies.analytics", given + 365 * DAY - 1), NONE);
    assert_eq!(scene.codes("cookies.analytics", given + 365 * DAY), ["ask_again:expired"]);
    let hour = DAY / 24;
    assert_eq!(scene.codes("cookies.analytics", given - hour), NONE, "clocks differ a little");
    assert_eq!(scene.codes("cookies.analytics", given - hour - 1), ["ask_again:impossible_date"], "a date after the clock cannot be");
    assert_eq!(scene.codes("cookies.analytics", given - 4000 * DAY), ["ask_again:impossible_date"]);
    let mut changed = scene;
    changed.policy.purposes[8].material = 2;
    assert_eq!(changed.codes("cookies.analytics", given + 365 * DAY), ["ask_again:policy_changed", "ask_again:expired"]);
}

#[test]
fn every_cause_of_asking_again_denies_under_its_own_code() {
    let causes = [
        (AskAgain::PolicyChanged, "policy_changed"),
        (AskAgain::Expired, "expired"),
        (AskAgain::StaleGrant, "stale_grant"),
        (AskAgain::Restored, "restored"),
        (AskAgain::Undated, "undated"),
        (AskAgain::AdIdChanged, "ad_id_changed"),
        (AskAgain::Rejected, "rejected"),
        (AskAgain::Unproven, "unproven"),
        (AskAgain::ImpossibleDate, "impossible_date"),
    ];
    for (cause, code) in causes {
        let scene = Scene::new().grant(&["cookies.marketing"]).ask_again("cookies.marketing", cause);
        assert_eq!(scene.codes("cookies.marketing", noon()), [format!("ask_again:{code}")]);
    }
}

#[test]
fn pipa_6_nothing_said_is_not_answered() {
    let scene = Scene::new();
    assert_eq!(scene.codes("cookies.analytics", noon()), ["not_answered"]);
    let scene = scene.say(Status::NotAnswered, &["cookies.analytics"]);
    assert_eq!(scene.codes("cookies.analytics", noon()), ["not_answered"]);
}

#[test]
fn pipa_8_under_14_without_a_guardian_every_optional_purpose_is_denied() {
    for guardian in [None, Some(Guardian::NotVerified)] {
        let scene = Scene::new().grant_all().signals(|signals| {
            signals.age = Some(AgeBand::Below);
            signals.guardian = guardian;
        });
        for id in consent_purposes() {
            assert_eq!(scene.codes(&id, noon()).first().map(String::as_str), Some("guardian_required"), "{id}");
        }
        assert_eq!(scene.codes("account", noon()), NONE, "what the contract needs goes on");
    }
}

#[test]
fn pipa_8_unknown_age_needs_the_guardian_only_where_children_are_expected() {
    let mut scene = Scene::new().grant_all();
    assert_eq!(scene.codes("cookies.analytics", noon()), NONE);
    for audience in [Audience::Mixed, Audience::Child] {
        scene.policy.audience = audience;
        assert_eq!(scene.codes("cookies.analytics", noon()), ["guardian_required"], "{audience:?}");
        let known = scene.clone().signals(|signals| signals.age = Some(AgeBand::Above));
        assert_eq!(known.codes("cookies.analytics", noon()), NONE, "{audience:?}");
    }
}

#[test]
fn pipa_8_a_verified_guardians_grants_count_and_nobody_elses_do() {
    let scene = Scene::new().grant(&PUSH).by(Actor::Guardian).signals(|signals| {
        signals.age = Some(AgeBand::Below);
        signals.guardian = Some(Guardian::Verified);
    });
    for actor in [Actor::Person, Actor::Agent, Actor::Operator] {
        let codes = scene.clone().by(actor).codes("marketing.push", noon());
        assert_eq!(codes.last().map(String::as_str), Some("ask_again:not_by_guardian"), "{actor:?}: {codes:?}");
    }
    assert_eq!(scene.codes("marketing.push", noon()), NONE);
    assert_eq!(scene.codes("cookies.analytics", noon()), ["not_answered"], "a guardian verified is not a guardian agreeing");
}

#[test]
fn what_rests_on_contract_or_law_is_held_back_by_no_answer_no_signal_and_no_store() {
    let mut scene = Scene::new().say(Status::Refused, &["account", "records"]).signals(|signals| {
        signals.age = Some(AgeBand::Below);
        signals.gpc = Some(true);
    });
    scene.available = false;
    assert_eq!(scene.codes("account", noon()), NONE);
    assert_eq!(scene.codes("records", seoul(23, 0, 0)), NONE);
}

#[test]
fn a_store_that_cannot_be_read_denies_and_claims_no_answer() {
    let mut scene = Scene::new().grant(&PUSH);
    scene.available = false;
    for id in consent_purposes() {
        assert_eq!(scene.codes(&id, seoul(22, 0, 0)), ["store_unavailable"], "{id}");
    }
    assert_eq!(scene.codes("nothing.such", noon()), ["unknown_purpose"]);
}

/// A night consent is one for its own channel, also where a policy lets it depend on another channel's consent besides.
#[test]
fn kr_4_the_night_consent_of_one_channel_is_none_for_another_that_it_depends_on() {
    let mut purposes = support::purposes();
    let push_night = purposes.iter_mut().find(|purpose| purpose["id"] == "marketing.push.night").unwrap();
    push_night["requires"] = json!(["marketing.push", "marketing.sms"]);
    let granted = ["marketing.data_use", "marketing.push", "marketing.sms", "marketing.push.night"];
    let scene = Scene::with(purposes).grant(&granted);
    assert_eq!(scene.codes("marketing.push", seoul(22, 0, 0)), NONE);
    assert_eq!(scene.codes("marketing.sms", seoul(22, 0, 0)), ["night"]);
    assert_eq!(scene.codes("marketing.sms", noon()), NONE);
}
