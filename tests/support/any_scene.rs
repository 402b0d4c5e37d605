//! Random scenes, hostile ones among them: circles, missing purposes, doubled ids, any answer, any signal, any night.
#![allow(dead_code)]

use consentkit::{
    ledger::{Actor, AskAgain, CurrentAnswer, Silence, Status},
    policy::{Audience, Channel, Night},
    signal::{AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Signals, Tracking},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::support::{DAY, HOUR, MIDNIGHT, MINUTE, Scene, purpose};

/// Ids that a purpose may have or require; the last is never a purpose.
pub const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "missing"];

fn any_purpose(id: &'static str) -> impl Strategy<Value = Value> {
    let basis = prop_oneof![
        8 => Just("consent"), 1 => Just("contract"), 1 => Just("law"), 2 => Just("legitimate_interest"), 2 => Just("opt_out")
    ];
    let channel = prop_oneof![2 => Just(None), 1 => Just(Some("email")), 4 => Just(Some("push")), 1 => Just(Some("sms"))];
    let requires = prop_oneof![2 => Just(Vec::new()), 3 => vec(select(&IDS[..]), 0..3)];
    (basis, channel, prop::bool::weighted(0.4), any::<bool>(), any::<bool>(), requires, 1..3_u32, option::of(0..4_u32)).prop_map(
        move |(basis, channel, night, ad_id, sharing, mut requires, material, days)| {
            requires.dedup();
            let uses = ad_id.then_some("advertising_id");
            purpose(
                id,
                json!({
                    "basis": basis, "channel": channel, "night": night, "uses": uses, "sharing": sharing,
                    "requires": requires, "material": material, "expires_after_days": days
                }),
            )
        },
    )
}

pub fn any_answer() -> impl Strategy<Value = CurrentAnswer> {
    let status = prop_oneof![
        1 => Just(Status::NotAnswered), 6 => Just(Status::Granted), 1 => Just(Status::Refused), 1 => Just(Status::Withdrawn)
    ];
    let cause = select(vec![
        AskAgain::PolicyChanged,
        AskAgain::Expired,
        AskAgain::StaleGrant,
        AskAgain::Restored,
        AskAgain::Undated,
        AskAgain::AdIdChanged,
        AskAgain::NotByGuardian,
        AskAgain::Rejected,
        AskAgain::Unproven,
        AskAgain::ImpossibleDate,
    ]);
    let cause = prop_oneof![6 => Just(None), 1 => cause.prop_map(Some)];
    let actor = select(vec![Actor::Person, Actor::Guardian, Actor::Agent, Actor::Operator]);
    let silence = prop_oneof![1 => Just(Silence::NotPulled), 6 => Just(Silence::Allows), 1 => Just(Silence::NeedsAnswer)];
    let material = prop_oneof![1 => Just(0_u32), 6 => Just(2_u32)];
    (status, cause, any_time(), material, actor, silence, prop::bool::weighted(0.2)).prop_map(
        |(status, ask_again, at, material, actor, silence, refused_before)| CurrentAnswer {
            status,
            ask_again,
            at,
            material,
            actor,
            silence,
            refused_before,
            ..CurrentAnswer::default()
        },
    )
}

/// Times of a few days around one midnight, often on a minute, and the ends of all time.
pub fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => (-4 * 24 * 60..4 * 24 * 60_i64, -1..=1_i64).prop_map(|(minute, off)| MIDNIGHT + minute * MINUTE + off),
        2 => (-96..96_i64, -1..=1_i64).prop_map(|(hour, off)| MIDNIGHT + hour * HOUR + off),
        1 => select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - DAY, i64::MAX - 1, i64::MAX]),
        1 => any::<i64>(),
    ]
}

pub fn any_signals() -> impl Strategy<Value = Signals> {
    let tracking =
        select(vec![Tracking::Authorized, Tracking::Authorized, Tracking::Denied, Tracking::Restricted, Tracking::NotDetermined]);
    let unavailable = select(AdIdUnavailable::ALL.to_vec()).prop_map(|kind| AdIdSignal::Unavailable { kind });
    let ad_id = prop_oneof![3 => Just(AdIdSignal::Available), 1 => Just(AdIdSignal::Limited), 1 => unavailable];
    let age = select(vec![AgeBand::Below, AgeBand::Above, AgeBand::Above]);
    let guardian = select(vec![Guardian::NotVerified, Guardian::Verified]);
    let push = select(vec![PushPermission::NotDetermined, PushPermission::Denied, PushPermission::Granted]);
    let gpc = prop::bool::weighted(0.2);
    (option::of(tracking), option::of(ad_id), option::of(gpc), option::of(age), option::of(guardian), option::of(push))
        .prop_map(|(tracking, ad_id, gpc, age, guardian, push)| Signals { tracking, ad_id, gpc, age, guardian, push })
}

fn any_night() -> impl Strategy<Value = Night> {
    let hours = (0..24_u32, 0..60_u32, 0..24_u32, 0..60_u32).prop_map(|(h, m, to_h, to_m)| (h * 60 + m, to_h * 60 + to_m));
    let hours = prop_oneof![3 => Just((21 * 60, 8 * 60)), 2 => hours];
    let exempt = prop_oneof![3 => Just(vec![Channel::Email]), 1 => Just(vec![]), 1 => Just(vec![Channel::Push])];
    (hours, -840..=840_i32, 0..=60_u32, exempt).prop_map(|((from, until), utc_offset_minutes, guard_minutes, exempt)| {
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        serde_json::from_value(json!({
            "from": clock(from), "until": clock(until), "utc_offset_minutes": utc_offset_minutes,
            "guard_minutes": guard_minutes, "exempt": exempt
        }))
        .unwrap()
    })
}

pub fn any_scene() -> impl Strategy<Value = Scene> {
    let purposes = (any_purpose("a"), any_purpose("b"), any_purpose("c"), any_purpose("d"), any_purpose("e"));
    let purposes = purposes.prop_map(|(a, b, c, d, e)| vec![a, b, c, d, e]);
    let answers = vec((select(&IDS[..5]), any_answer()), 0..12);
    let platform = select(vec![Platform::Ios, Platform::Android, Platform::Harmony, Platform::FireOs, Platform::Desktop]);
    let audience = prop_oneof![4 => Just(Audience::Adult), 1 => Just(Audience::Mixed), 1 => Just(Audience::Child)];
    (purposes, answers, any_signals(), platform, prop::bool::weighted(0.9), audience, any_night()).prop_map(
        |(purposes, answers, signals, platform, available, audience, night)| {
            let mut scene = Scene::with(purposes);
            scene.answers = answers.into_iter().map(|(id, answer)| (id.to_owned(), answer)).collect();
            scene.signals = signals;
            scene.platform = platform;
            scene.available = available;
            scene.policy.audience = audience;
            scene.policy.night = Some(night);
            scene
        },
    )
}
