//! What holds for every policy, answer, signal and time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/any_scene.rs"]
mod any_scene;
#[path = "support/decision.rs"]
mod support;

use any_scene::{IDS, any_answer, any_scene, any_signals, any_time};
use consentkit::{
    decision::{Reason, Rule, valid_until},
    ledger::{Actor, CurrentAnswer, Silence, Status},
    policy::{Audience, Basis, Channel, Purpose},
    signal::{AdIdSignal, AgeBand, Guardian, Platform, Signals, Tracking},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;
use support::{DAY, Scene, noon, purpose, purposes, seoul};

/// A second reading of the rules, as plain as it can be: no reasons, no precomputed times, one question after another.
mod plain {
    use super::*;

    pub fn allowed(scene: &Scene, id: &str, now: i64) -> bool {
        let Some(purpose) = scene.policy.purpose(id) else { return false };
        consented(scene, purpose, now, &mut Vec::new()) && (!at_night(scene, purpose, now) || night_consent(scene, purpose, now))
    }

    fn consented<'a>(scene: &'a Scene, purpose: &'a Purpose, now: i64, above: &mut Vec<&'a str>) -> bool {
        if matches!(purpose.basis, Basis::Contract | Basis::Law) {
            return true;
        }
        if above.contains(&purpose.id.as_str()) {
            return false;
        }
        above.push(&purpose.id);
        let required =
            purpose.requires.iter().all(|id| scene.policy.purpose(id).is_some_and(|required| consented(scene, required, now, above)));
        above.pop();
        scene.available && agreed(scene, purpose, now) && uncapped(scene, purpose) && required
    }

    fn agreed(scene: &Scene, purpose: &Purpose, now: i64) -> bool {
        if purpose.basis == Basis::Consent {
            return granted(scene, purpose, now);
        }
        let Some(answer) = scene.answers.get(&purpose.id).filter(|answer| answer.silence != Silence::NotPulled) else { return false };
        if !adult(scene) {
            return granted(scene, purpose, now);
        }
        let undisturbed = answer.silence == Silence::Allows && !answer.refused_before;
        match (answer.status, answer.ask_again) {
            (Status::Refused | Status::Withdrawn, _) => false,
            (Status::Granted, None) => true,
            (Status::Granted, Some(_)) | (Status::NotAnswered, _) => undisturbed,
        }
    }

    fn granted(scene: &Scene, purpose: &Purpose, now: i64) -> bool {
        let Some(answer) = scene.answers.get(&purpose.id) else { return false };
        let end = |days| i128::from(answer.at) + i128::from(DAY) * i128::from(days);
        let counts = |days| end(days) >= i64::MAX.into() || i128::from(now) < end(days);
        let alive = purpose.expires_after_days.is_none_or(|days| counts(days) && could_be(answer.at, now));
        let by_whom_it_counts = adult(scene) || answer.actor == Actor::Guardian;
        answer.status == Status::Granted && answer.ask_again.is_none() && answer.material >= purpose.material && alive && by_whom_it_counts
    }

    /// A grant with an expiry counts only where its date can be: an hour after the clock at most, and not before 2008 by a later clock.
    fn could_be(at: i64, now: i64) -> bool {
        i128::from(at) <= i128::from(now) + 3_600_000 && (at >= 1_199_145_600_000 || now < 1_199_145_600_000)
    }

    fn adult(scene: &Scene) -> bool {
        match scene.signals.age {
            Some(age) => age == AgeBand::Above,
            None => scene.policy.audience == Audience::Adult,
        }
    }

    fn uncapped(scene: &Scene, purpose: &Purpose) -> bool {
        let signals = &scene.signals;
        let adult = adult(scene);
        let ad_id = purpose.uses.is_some();
        let tracking = !ad_id || scene.platform != Platform::Ios || signals.tracking == Some(Tracking::Authorized);
        let id = !ad_id || matches!((signals.ad_id, scene.platform == Platform::Desktop), (Some(AdIdSignal::Available), _) | (None, false));
        let sharing = !(ad_id || purpose.sharing) || (adult && signals.gpc != Some(true));
        (adult || signals.guardian == Some(Guardian::Verified)) && tracking && id && sharing
    }

    fn at_night(scene: &Scene, purpose: &Purpose, now: i64) -> bool {
        let night = scene.policy.quiet_hours().unwrap();
        let exempt = purpose.channel.is_none() || (purpose.channel == Some(Channel::Email) && night.exempt.contains(&Channel::Email));
        !purpose.night && !exempt && night.covers(now)
    }

    fn night_consent(scene: &Scene, day: &Purpose, now: i64) -> bool {
        scene.policy.purposes.iter().any(|night| {
            let separate = night.night && night.basis == Basis::Consent && night.channel == day.channel && night.requires.contains(&day.id);
            let beside = |id: &String| *id != day.id && !day.requires.contains(id);
            let mut others = night.requires.iter().filter(|id| beside(id));
            let mut above = vec![night.id.as_str()];
            separate
                && scene.available
                && granted(scene, night, now)
                && uncapped(scene, night)
                && others.all(|id| scene.policy.purpose(id).is_some_and(|other| consented(scene, other, now, &mut above)))
        })
    }
}

/// Times at which something may change, each with its neighbours, and the given ones.
fn moments(scene: &Scene, extra: &[i64]) -> Vec<i64> {
    // Where a date begins to be one that can be, and where one from before apps no longer is.
    let mut moments = extra.to_vec();
    moments.push(1_199_145_600_000);
    moments.extend(scene.answers.values().map(|answer| answer.at.saturating_sub(3_600_000)));
    for answer in scene.answers.values() {
        for days in 0..4 {
            moments.push(answer.at.saturating_add(days * DAY));
        }
    }
    for at in moments.clone() {
        moments.push(scene.policy.quiet_hours().unwrap().next_change(at));
    }
    for at in moments.clone() {
        moments.extend([at.saturating_sub(1), at.saturating_add(1)]);
    }
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Where a reason stands in the documented order.
fn rank(reason: &Reason) -> u32 {
    match reason {
        Reason::UnknownPurpose => 1,
        Reason::StoreUnavailable => 2,
        Reason::GuardianRequired => 3,
        Reason::Child => 4,
        Reason::OsDenied | Reason::OsRestricted | Reason::OsNotDetermined => 5,
        Reason::AdIdLimited | Reason::AdIdUnavailable { .. } => 6,
        Reason::Gpc => 7,
        Reason::Requires { .. } => 8,
        Reason::NotPulled => 9,
        Reason::NotAnswered | Reason::Refused | Reason::Withdrawn | Reason::AskAgain { .. } => 10,
        Reason::Night | Reason::ZoneUnknown => 11,
    }
}

/// The signals with one of them turned to a blocking value.
fn blocked(signals: Signals) -> Vec<Signals> {
    let mut blocked = vec![
        Signals { ad_id: Some(AdIdSignal::Limited), ..signals },
        Signals { gpc: Some(true), ..signals },
        Signals { age: Some(AgeBand::Below), ..signals },
        Signals { guardian: Some(Guardian::NotVerified), ..signals },
        Signals { guardian: None, ..signals },
    ];
    for tracking in [None, Some(Tracking::NotDetermined), Some(Tracking::Restricted), Some(Tracking::Denied)] {
        blocked.push(Signals { tracking, ..signals });
    }
    for kind in consentkit::signal::AdIdUnavailable::ALL {
        blocked.push(Signals { ad_id: Some(AdIdSignal::Unavailable { kind }), ..signals });
    }
    blocked
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_decision_agrees_with_a_plain_reading_of_the_rules(scene in any_scene(), times in vec(any_time(), 1..6)) {
        for id in IDS {
            for at in moments(&scene, &times) {
                prop_assert_eq!(scene.decide(id, at).allowed, plain::allowed(&scene, id, at), "{} at {}: {:?}", id, at, scene.codes(id, at));
            }
        }
    }

    #[test]
    fn the_rule_answers_as_the_decision_at_every_time(scene in any_scene(), times in vec(any_time(), 1..6)) {
        for id in IDS {
            let rule = Rule::of(id, &scene.context());
            let moments = moments(&scene, &times);
            for at in &moments {
                prop_assert_eq!(rule.allows(*at), scene.decide(id, *at).allowed, "{} at {}: {:?}", id, at, rule);
            }
            if !rule.needs_clock() {
                prop_assert!(moments.iter().all(|at| rule.allows(*at) == rule.allows(0)));
            }
        }
    }

    #[test]
    fn a_decision_holds_with_its_reasons_until_the_moment_named_and_is_another_one_then(scene in any_scene(), times in vec(any_time(), 1..6)) {
        for id in IDS {
            let moments = moments(&scene, &times);
            for now in &moments {
                let decision = scene.decide(id, *now);
                let until = valid_until(id, &scene.context(), *now);
                if let Some(until) = until {
                    prop_assert!(until > *now, "{} now {} until {}", id, now, until);
                    prop_assert_eq!(&decision, &scene.decide(id, until - 1), "{} from {} to just before {}", id, now, until);
                    prop_assert_ne!(&decision, &scene.decide(id, until), "{} from {} until {} for nothing", id, now, until);
                }
                for later in moments.iter().filter(|later| *later >= now && until.is_none_or(|until| **later < until)) {
                    prop_assert_eq!(&decision, &scene.decide(id, *later), "{} from {} to {} until {:?}", id, now, later, until);
                }
            }
        }
    }

    #[test]
    fn reasons_are_there_exactly_where_it_is_denied_and_in_the_documented_order(scene in any_scene(), at in any_time()) {
        for id in IDS {
            let decision = scene.decide(id, at);
            prop_assert_eq!(&decision.purpose, id);
            prop_assert_eq!(decision.allowed, decision.reasons.is_empty());
            prop_assert!(decision.reasons.is_sorted_by_key(rank), "{:?}", decision.reasons);
            let mut codes = scene.codes(id, at);
            codes.sort();
            codes.dedup();
            prop_assert_eq!(codes.len(), decision.reasons.len(), "no reason twice: {:?}", decision.reasons);
        }
    }

    #[test]
    fn no_signal_ever_grants(scene in any_scene(), signals in any_signals(), at in any_time()) {
        let other = scene.clone().signals(|own| *own = signals);
        for purpose in scene.policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent) {
            let granted = scene.answers.get(&purpose.id).is_some_and(|answer| answer.status == Status::Granted);
            prop_assert!(granted || !other.decide(&purpose.id, at).allowed, "{} without a grant", purpose.id);
        }
    }

    #[test]
    fn a_blocking_signal_never_turns_a_denial_into_a_permission(scene in any_scene(), at in any_time()) {
        for signals in blocked(scene.signals) {
            let capped = scene.clone().signals(|own| *own = signals);
            for id in IDS {
                prop_assert!(scene.decide(id, at).allowed || !capped.decide(id, at).allowed, "{} by {:?}", id, signals);
            }
        }
    }

    #[test]
    fn a_withdrawal_never_turns_a_denial_into_a_permission(scene in any_scene(), which in select(&IDS[..5]), at in any_time()) {
        let withdrawn = scene.clone().say(Status::Withdrawn, &[which]);
        for id in IDS {
            prop_assert!(scene.decide(id, at).allowed || !withdrawn.decide(id, at).allowed, "{} by withdrawing {}", id, which);
        }
        let on_consent = scene.policy.purpose(which).is_some_and(|purpose| purpose.basis == Basis::Consent);
        prop_assert!(!on_consent || !withdrawn.decide(which, at).allowed);
    }

    #[test]
    fn what_may_be_objected_to_is_denied_to_whom_objected_and_where_nobody_knows(scene in any_scene(), which in select(&IDS[..5]), at in any_time()) {
        let silent = scene.policy.purpose(which).is_some_and(|purpose| purpose.basis.silence_allows());
        for status in [Status::Refused, Status::Withdrawn] {
            prop_assert!(!silent || !scene.clone().say(status, &[which]).decide(which, at).allowed);
        }
        let mut unknown = scene.clone();
        unknown.answers.remove(which);
        prop_assert!(!silent || !unknown.decide(which, at).allowed);
        if let Some(answer) = scene.answers.get(which) {
            unknown.answers.insert(which.to_owned(), CurrentAnswer { silence: Silence::NotPulled, ..answer.clone() });
            prop_assert!(!silent || !unknown.decide(which, at).allowed);
        }
    }

    #[test]
    fn every_string_and_time_has_an_answer(id in any::<String>(), at in any::<i64>()) {
        let decision = Scene::new().grant_all().decide(&id, at);
        if Scene::new().policy.purpose(&id).is_none() {
            prop_assert_eq!(decision.reasons, [Reason::UnknownPurpose]);
        }
        let empty = Scene::with(Vec::new());
        prop_assert_eq!(empty.codes(&id, at), ["unknown_purpose"]);
        prop_assert!(!Rule::of(&id, &empty.context()).allows(at));
    }

    #[test]
    fn the_answer_to_one_purpose_changes_only_what_builds_on_it(answer in any_answer(), at in any_time()) {
        let before = Scene::new().grant_all();
        let mut after = before.clone();
        after.answers.insert("cookies.analytics".to_owned(), answer);
        for purpose in before.policy.purposes.iter().filter(|purpose| purpose.id != "cookies.analytics") {
            prop_assert_eq!(before.codes(&purpose.id, at), after.codes(&purpose.id, at));
        }
    }
}

#[test]
fn a_circle_denies_everything_that_reaches_it() {
    let scene = Scene::with(vec![
        purpose("a", json!({"requires": ["b"]})),
        purpose("b", json!({"requires": ["c"]})),
        purpose("c", json!({"requires": ["b"]})),
        purpose("self", json!({"requires": ["self"]})),
        purpose("free", json!({})),
    ])
    .grant(&["a", "b", "c", "self", "free"]);
    for (id, reason) in [("a", "requires:b"), ("b", "requires:c"), ("c", "requires:b"), ("self", "requires:self")] {
        assert_eq!(scene.codes(id, noon()), [reason]);
        assert!(!Rule::of(id, &scene.context()).allows(noon()));
    }
    assert!(scene.decide("free", noon()).allowed);
}

#[test]
fn a_ladder_that_doubles_with_each_rung_is_decided_at_once() {
    // Followed path by path, 30 rungs are a billion steps.
    let rungs = 30;
    let mut purposes = vec![purpose("l0", json!({})), purpose("r0", json!({}))];
    for rung in 1..rungs {
        let below = json!([format!("l{}", rung - 1), format!("r{}", rung - 1)]);
        purposes.push(purpose(&format!("l{rung}"), json!({"requires": below})));
        purposes.push(purpose(&format!("r{rung}"), json!({"requires": below})));
    }
    let ids: Vec<String> = purposes.iter().map(|purpose| purpose["id"].as_str().unwrap().to_owned()).collect();
    let scene = Scene::with(purposes).grant(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(scene.decide("l29", noon()).allowed);
    assert_eq!(scene.say(Status::Refused, &["r0"]).codes("l29", noon()), ["requires:l28", "requires:r28"]);
}

#[test]
fn a_chain_longer_than_any_sane_policy_is_denied_and_not_followed_to_the_end() {
    let length = 20_000;
    let purposes = (0..length).map(|link| purpose(&format!("p{link}"), json!({"requires": [format!("p{}", link + 1)]})));
    let scene = Scene::with(purposes.collect());
    let ids: Vec<String> = (0..length).map(|link| format!("p{link}")).collect();
    let scene = scene.grant(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(scene.codes("p0", noon()), ["requires:p1"]);
    assert!(!Rule::of("p0", &scene.context()).allows(noon()));
}

#[test]
fn only_purposes_that_time_can_change_need_a_clock() {
    let scene = Scene::new().grant_all();
    let needs = |scene: &Scene, id: &str| Rule::of(id, &scene.context()).needs_clock();
    for purpose in purposes() {
        let id = purpose["id"].as_str().unwrap();
        assert_eq!(needs(&scene, id), id == "cookies.analytics", "{id}");
    }
    let refused = scene.clone().say(Status::Refused, &["marketing.push.night", "cookies.analytics"]);
    assert!(needs(&refused, "marketing.push"), "the night now matters");
    assert!(!needs(&refused, "cookies.analytics"), "a refusal does not expire");
    assert!(!needs(&refused.say(Status::Withdrawn, &["marketing.push"]), "marketing.push"), "and a withdrawal has no hours");
}

#[test]
fn a_decision_names_the_next_edge_of_the_night_and_the_end_of_a_grant() {
    let scene = Scene::new().grant(&["marketing.data_use", "marketing.push", "cookies.analytics"]);
    let until = |id, now| valid_until(id, &scene.context(), now);
    assert_eq!(until("marketing.push", noon()), Some(seoul(21, 0, 0)));
    assert_eq!(until("marketing.push", seoul(21, 0, 0)), Some(seoul(32, 0, 0)));
    let end = noon() - DAY + 365 * DAY;
    assert_eq!(until("cookies.analytics", noon()), Some(end));
    assert_eq!(until("cookies.analytics", end), None, "once over it stays over");
    assert_eq!(until("marketing.email", noon()), None, "e-mail has no hours");
    assert_eq!(until("missing", noon()), None);
}

#[test]
fn what_is_denied_anyway_names_the_moment_at_which_another_reason_joins() {
    let mut purposes = purposes();
    let data_use = purposes.iter_mut().find(|purpose| purpose["id"] == "marketing.data_use").unwrap();
    data_use["expires_after_days"] = json!(2);
    let scene = Scene::with(purposes).grant(&["marketing.data_use"]).say(Status::Refused, &["marketing.push"]);
    let told = |now| (scene.codes("marketing.push", now), valid_until("marketing.push", &scene.context(), now));
    let (refused, required) = ("refused".to_owned(), "requires:marketing.data_use".to_owned());
    assert_eq!(told(noon()), (vec![refused.clone()], Some(seoul(21, 0, 0))));
    assert_eq!(told(seoul(21, 0, 0)), (vec![refused.clone(), "night".to_owned()], Some(seoul(32, 0, 0))));
    let over = noon() + DAY;
    assert_eq!(told(seoul(32, 0, 0)), (vec![refused.clone()], Some(over)));
    assert_eq!(told(over), (vec![required, refused], Some(seoul(45, 0, 0))));
}

#[test]
fn a_night_consent_that_ends_is_noticed_at_the_first_hour_that_lacks_it() {
    let ending = |end: i64| {
        let mut purposes = purposes();
        let night = purposes.iter_mut().find(|purpose| purpose["id"] == "marketing.push.night").unwrap();
        night["expires_after_days"] = json!(1);
        let mut scene = Scene::with(purposes).grant(&["marketing.data_use", "marketing.push", "marketing.push.night"]);
        scene.answers.get_mut("marketing.push.night").unwrap().at = end - DAY;
        valid_until("marketing.push", &scene.context(), noon())
    };
    assert_eq!(ending(seoul(23, 0, 0)), Some(seoul(23, 0, 0)), "within the night it is missed at once");
    assert_eq!(ending(seoul(35, 0, 0)), Some(seoul(45, 0, 0)), "by day not before the evening");
}

#[test]
fn without_the_store_only_what_needs_no_consent_has_hours() {
    let purposes = vec![
        purpose("parcel", json!({"basis": "contract", "channel": "push"})),
        purpose("offers", json!({"channel": "push", "expires_after_days": 2})),
    ];
    let mut scene = Scene::with(purposes).grant(&["offers"]);
    scene.available = false;
    assert_eq!(valid_until("parcel", &scene.context(), noon()), Some(seoul(21, 0, 0)));
    assert_eq!(valid_until("offers", &scene.context(), noon()), None);
}
