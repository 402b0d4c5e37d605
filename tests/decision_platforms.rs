//! The platforms' opt-outs, the advertising id and the system's own questions, by rule number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/decision.rs"]
mod support;

use consentkit::{
    decision::Prompt,
    ledger::{Actor, AskAgain, Status},
    policy::Audience,
    signal::{AdIdAnswer, AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Tracking, gpc, read},
};
use support::{Scene, noon, seoul};

const NONE: [&str; 0] = [];
const REAL: &str = "38400000-8cf0-11bd-b23e-10b96e40000d";
const ZEROS: &str = "00000000-0000-0000-0000-000000000000";
const PHONES: [Platform; 4] = [Platform::Ios, Platform::Android, Platform::Harmony, Platform::FireOs];

fn id(value: &str, limited: bool) -> AdIdAnswer {
    AdIdAnswer::Id { value: value.to_owned(), limited }
}

fn authorized(scene: Scene) -> Scene {
    scene.signals(|signals| signals.tracking = Some(Tracking::Authorized))
}

#[test]
fn apl_1_a_status_this_library_does_not_know_is_a_denial() {
    assert_eq!(Tracking::from_raw(0), Tracking::NotDetermined);
    assert_eq!(Tracking::from_raw(1), Tracking::Restricted);
    assert_eq!(Tracking::from_raw(2), Tracking::Denied);
    assert_eq!(Tracking::from_raw(3), Tracking::Authorized);
    for unknown in [7, 4, -1, i64::MIN, i64::MAX] {
        assert_eq!(Tracking::from_raw(unknown), Tracking::Denied, "{unknown}");
    }
}

#[test]
fn apl_2_tracking_needs_both_the_authorisation_and_the_consent() {
    let answers = [(Status::NotAnswered, "not_answered"), (Status::Refused, "refused"), (Status::Granted, "")];
    let authorisations = ["os_not_determined", "os_restricted", "os_denied", ""];
    for (raw, os) in (0..).zip(authorisations) {
        for (status, said) in answers {
            let scene = Scene::iphone().say(status, &["ads.personalised"]);
            let scene = scene.signals(|signals| signals.tracking = Some(Tracking::from_raw(raw)));
            let expected: Vec<&str> = [os, said].into_iter().filter(|code| !code.is_empty()).collect();
            assert_eq!(scene.codes("ads.personalised", noon()), expected, "{raw} {status:?}");
        }
    }
}

#[test]
fn apl_2_a_status_never_told_counts_as_not_asked_on_ios_and_for_nothing_elsewhere() {
    let scene = Scene::iphone().grant(&["ads.measurement"]);
    assert_eq!(scene.codes("ads.measurement", noon()), ["os_not_determined"]);
    for platform in [Platform::Android, Platform::Harmony, Platform::FireOs] {
        let scene = Scene { platform, ..scene.clone() }.signals(|signals| signals.tracking = Some(Tracking::Denied));
        assert_eq!(scene.codes("ads.measurement", noon()), NONE, "{platform:?}");
    }
}

#[test]
fn apl_6_zeros_are_never_an_id_whatever_the_authorisation() {
    assert_eq!(read(&id(ZEROS, false)), (AdIdSignal::Limited, None));
    let scene = authorized(Scene::iphone().grant(&["ads.measurement"])).signals(|signals| signals.ad_id = Some(AdIdSignal::Limited));
    assert_eq!(scene.codes("ads.measurement", noon()), ["ad_id_limited"]);
}

#[test]
fn and_1_each_exception_kind_denies_under_its_own_code() {
    for kind in AdIdUnavailable::ALL {
        assert_eq!(read(&AdIdAnswer::Unavailable { kind }), (AdIdSignal::Unavailable { kind }, None));
        for platform in PHONES {
            let scene = authorized(Scene { platform, ..Scene::new() }.grant(&["ads.measurement"]));
            let scene = scene.signals(|signals| signals.ad_id = Some(AdIdSignal::Unavailable { kind }));
            assert_eq!(scene.codes("ads.measurement", noon()), [format!("ad_id_unavailable:{}", kind.code())]);
            assert_eq!(scene.codes_before_asking("ads.measurement"), NONE, "one failure must not keep it from being asked again");
        }
    }
}

#[test]
fn and_2_only_a_real_id_without_the_limit_flag_is_usable() {
    assert_eq!(read(&id(REAL, true)), (AdIdSignal::Limited, None));
    assert_eq!(read(&id(ZEROS, false)), (AdIdSignal::Limited, None));
    assert_eq!(read(&id(ZEROS, true)), (AdIdSignal::Limited, None));
    assert_eq!(read(&id(REAL, false)), (AdIdSignal::Available, Some(REAL)));
    let upper = REAL.to_uppercase();
    assert_eq!(read(&id(&upper, false)).1, Some(upper.as_str()), "Apple writes capitals");
}

#[test]
fn and_2_a_usable_id_still_needs_the_consent() {
    let scene = Scene::new().signals(|signals| signals.ad_id = Some(AdIdSignal::Available));
    assert_eq!(scene.codes("ads.measurement", noon()), ["not_answered"]);
    assert_eq!(scene.grant(&["ads.measurement"]).codes("ads.measurement", noon()), NONE);
}

#[test]
fn and_2_what_is_malformed_is_never_an_id() {
    let long = "a".repeat(1 << 20);
    let malformed = [
        "not an id",
        "38400000-8cf0-11bd-b23e-10b96e40000",
        "38400000-8cf0-11bd-b23e-10b96e40000dd",
        "38400000x8cf0-11bd-b23e-10b96e40000d",
        "3840000g-8cf0-11bd-b23e-10b96e40000d",
        " 38400000-8cf0-11bd-b23e-10b96e40000",
        "384000008cf011bdb23e10b96e40000d",
        "가38400000-8cf0-11bd-b23e-10b96e4000",
        long.as_str(),
    ];
    for value in malformed {
        assert_eq!(read(&id(value, false)), (AdIdSignal::Unavailable { kind: AdIdUnavailable::Failed }, None), "{value:.40}");
    }
    for zeros in ["00000000000000000000000000000000", "0", "----"] {
        assert_eq!(read(&id(zeros, false)), (AdIdSignal::Limited, None), "{zeros}");
    }
}

#[test]
fn and_4_a_replaced_id_asks_again() {
    let scene = Scene::new().grant(&["ads.measurement"]).ask_again("ads.measurement", AskAgain::AdIdChanged);
    assert_eq!(scene.codes("ads.measurement", noon()), ["ask_again:ad_id_changed"]);
}

#[test]
fn and_5_unknown_age_in_a_mixed_audience_never_reaches_the_provider() {
    for guardian in [None, Some(Guardian::NotVerified), Some(Guardian::Verified)] {
        for age in [None, Some(AgeBand::Below)] {
            let mut scene = Scene::new().grant_all().signals(|signals| {
                signals.guardian = guardian;
                signals.age = age;
            });
            scene.policy.audience = Audience::Mixed;
            for purpose in ["ads.measurement", "ads.personalised", "ad_id.link_account"] {
                assert!(scene.codes_before_asking(purpose).contains(&"child".to_owned()), "{purpose} {guardian:?} {age:?}");
            }
        }
    }
}

#[test]
fn and_6_a_missing_value_on_fire_os_is_treated_as_limited() {
    assert_eq!(read(&id("", false)), (AdIdSignal::Limited, None));
    assert_eq!(read(&id(REAL, true)), (AdIdSignal::Limited, None));
}

#[test]
fn before_the_provider_was_asked_only_a_desktop_is_without_an_id() {
    for platform in PHONES {
        let scene = authorized(Scene { platform, ..Scene::new() }.grant(&["ads.measurement"]));
        assert_eq!(scene.codes("ads.measurement", noon()), NONE, "{platform:?}");
    }
    let desktop = Scene { platform: Platform::Desktop, ..Scene::new() }.grant(&["ads.measurement", "cookies.analytics"]);
    assert_eq!(desktop.codes("ads.measurement", noon()), ["ad_id_unavailable:no_provider"]);
    assert_eq!(desktop.codes("cookies.analytics", noon()), NONE);
}

#[test]
fn an_id_never_shows_in_debug_output() {
    let shown = format!("{:?} {:?}", id(REAL, false), AdIdAnswer::Unavailable { kind: AdIdUnavailable::TimedOut });
    assert!(!shown.contains("38400000"), "{shown}");
    assert!(shown.contains("limited: false") && shown.contains("TimedOut"), "{shown}");
}

#[test]
fn opt_1_the_effect_needs_consent_system_age_and_no_opt_out_together() {
    let free = authorized(Scene::iphone().grant(&["ads.personalised"])).signals(|signals| signals.ad_id = Some(AdIdSignal::Available));
    assert_eq!(free.codes("ads.personalised", noon()), NONE);
    let all = free.say(Status::Withdrawn, &["ads.personalised"]).signals(|signals| {
        signals.tracking = Some(Tracking::Denied);
        signals.ad_id = Some(AdIdSignal::Limited);
        signals.gpc = Some(true);
        signals.age = Some(AgeBand::Below);
    });
    let expected = ["guardian_required", "child", "os_denied", "ad_id_limited", "gpc", "withdrawn"];
    assert_eq!(all.codes("ads.personalised", noon()), expected);
}

#[test]
fn opt_1_an_authorisation_is_not_a_consent() {
    assert_eq!(authorized(Scene::iphone()).codes("ads.personalised", noon()), ["not_answered"]);
}

#[test]
fn opt_2_a_system_opt_out_suspends_the_consent_and_does_not_end_it() {
    let scene = authorized(Scene::iphone().grant(&["ads.personalised"]));
    let denied = scene.clone().signals(|signals| signals.tracking = Some(Tracking::Denied));
    assert_eq!(denied.codes("ads.personalised", noon()), ["os_denied"]);
    assert_eq!(authorized(denied.clone()).codes("ads.personalised", noon()), NONE);
    let withdrawn = authorized(denied.say(Status::Withdrawn, &["ads.personalised"]));
    assert_eq!(withdrawn.codes("ads.personalised", noon()), ["withdrawn"], "a consent withdrawn meanwhile does not come back");
}

#[test]
fn opt_3_a_system_opt_out_is_never_reported_as_a_withdrawal() {
    let scene = Scene::iphone().grant_all().signals(|signals| {
        signals.tracking = Some(Tracking::Denied);
        signals.gpc = Some(true);
        signals.ad_id = Some(AdIdSignal::Limited);
    });
    for purpose in &scene.policy.purposes {
        let codes = scene.codes(&purpose.id, noon());
        assert!(!codes.iter().any(|code| code == "withdrawn" || code == "refused"), "{} {codes:?}", purpose.id);
    }
}

#[test]
fn opt_4_marketing_messages_do_not_depend_on_the_advertising_id() {
    let scene = Scene::iphone().grant_all().signals(|signals| {
        signals.tracking = Some(Tracking::Denied);
        signals.ad_id = Some(AdIdSignal::Limited);
        signals.gpc = Some(true);
    });
    for purpose in ["marketing.email", "marketing.sms", "marketing.push"] {
        assert_eq!(scene.codes(purpose, noon()), NONE, "{purpose}");
    }
}

#[test]
fn gcm_6_the_header_asserts_by_1_alone() {
    assert!(gpc::asserted(Some("1")));
    for value in [None, Some("0"), Some("true"), Some("1, 1"), Some(""), Some(" 1"), Some("1 "), Some("１"), Some("01")] {
        assert!(!gpc::asserted(value), "{value:?}");
    }
}

#[test]
fn gcm_6_the_opt_out_caps_what_is_shared_for_advertising_and_nothing_else() {
    let scene = Scene::new().grant_all().signals(|signals| signals.gpc = Some(true));
    assert_eq!(scene.codes("cookies.marketing", noon()), ["gpc"]);
    assert_eq!(scene.codes("ads.measurement", noon()), ["gpc"]);
    assert_eq!(scene.codes("ad_id.link_account", noon()), ["gpc", "requires:ads.measurement"]);
    assert_eq!(scene.codes("cookies.analytics", noon()), NONE);
    let off = scene.signals(|signals| signals.gpc = Some(false));
    assert_eq!(off.codes("cookies.marketing", noon()), NONE);
}

#[test]
fn ba_1_measuring_does_not_permit_linking_to_an_account() {
    let scene = Scene::new().grant(&["ads.measurement"]);
    assert_eq!(scene.codes("ads.measurement", noon()), NONE);
    assert_eq!(scene.codes("ad_id.link_account", noon()), ["not_answered"]);
    let linked = Scene::new().grant(&["ad_id.link_account"]);
    assert_eq!(linked.codes("ad_id.link_account", noon()), ["requires:ads.measurement"], "linking is nothing without the use it links");
}

#[test]
fn ba_1_no_guardian_can_permit_advertising_by_behaviour_to_a_child() {
    let scene = Scene::new().grant_all().by(Actor::Guardian).signals(|signals| {
        signals.age = Some(AgeBand::Below);
        signals.guardian = Some(Guardian::Verified);
    });
    assert_eq!(scene.codes("ads.personalised", noon()), ["child"]);
    assert_eq!(scene.codes("cookies.marketing", noon()), ["child"]);
    assert_eq!(scene.codes("cookies.analytics", noon()), NONE);
}

#[test]
fn apl_4_tracking_is_asked_first_then_push_then_nothing() {
    let scene = Scene::iphone().grant_all().signals(|signals| {
        signals.tracking = Some(Tracking::NotDetermined);
        signals.push = Some(PushPermission::NotDetermined);
    });
    assert_eq!(scene.prompt(), Some(Prompt::Tracking));
    for answer in [Tracking::Authorized, Tracking::Denied, Tracking::Restricted] {
        let asked = scene.clone().signals(|signals| signals.tracking = Some(answer));
        assert_eq!(asked.prompt(), Some(Prompt::Push), "{answer:?}");
        for permission in [PushPermission::Granted, PushPermission::Denied] {
            assert_eq!(asked.clone().signals(|signals| signals.push = Some(permission)).prompt(), None);
        }
    }
}

#[test]
fn apl_3_nobody_who_refused_every_ad_id_purpose_is_asked_about_tracking() {
    let refused = ["ads.measurement", "ads.personalised", "ad_id.link_account"];
    let scene = Scene::iphone().grant_all().say(Status::Refused, &refused).signals(|signals| {
        signals.tracking = Some(Tracking::NotDetermined);
        signals.push = Some(PushPermission::NotDetermined);
    });
    assert_eq!(scene.prompt(), Some(Prompt::Push));
    assert_eq!(scene.clone().grant(&["ads.measurement"]).prompt(), Some(Prompt::Tracking), "one grant is enough");
    assert_eq!(Scene::iphone().prompt(), None, "before the form there is no prompt");
}

#[test]
fn no_prompt_is_spent_where_its_answer_could_change_nothing() {
    let scene = Scene::iphone().grant_all();
    assert_eq!(scene.prompt(), Some(Prompt::Tracking));
    assert_eq!(scene.clone().signals(|signals| signals.age = Some(AgeBand::Below)).prompt(), None);
    assert_eq!(scene.clone().signals(|signals| signals.gpc = Some(true)).prompt(), None);
    assert_eq!(Scene { available: false, ..scene.clone() }.prompt(), None);
    assert_eq!(Scene { platform: Platform::Android, ..scene.clone() }.prompt(), None);
    let limited_once = scene.signals(|signals| signals.ad_id = Some(AdIdSignal::Limited));
    assert_eq!(limited_once.prompt(), Some(Prompt::Tracking), "an old answer of the provider says nothing about the next");
}

#[test]
fn push_is_asked_for_only_where_push_messages_were_agreed_to_and_at_any_hour() {
    let open = |scene: Scene| scene.signals(|signals| signals.push = Some(PushPermission::NotDetermined));
    assert_eq!(open(Scene::new().grant(&["marketing.data_use", "marketing.email"])).prompt(), None);
    assert_eq!(open(Scene::new().grant(&["marketing.push"])).prompt(), None, "it counts only with what it requires");
    let scene = open(Scene::new().grant(&["marketing.data_use", "marketing.push"]));
    assert_eq!(scene.prompt(), Some(Prompt::Push));
    let at_night = consentkit::decision::next_prompt(&scene.context(), seoul(22, 0, 0));
    assert_eq!(at_night, Some(Prompt::Push));
    assert_eq!(scene.signals(|signals| signals.push = None).prompt(), None, "a permission never told is not known to be open");
}
