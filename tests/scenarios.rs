//! Runs the files in `tests/scenarios` against the face that Swift and Kotlin see. Their format: `tests/scenarios/README.md`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/scenario/mod.rs"]
mod scenario;
mod support;

use std::{collections::BTreeSet, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn check(name: &str) {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    if let Err(fault) = scenario::run(name, &text) {
        panic!("{fault}");
    }
}

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        const LISTED: &[&str] = &[$(stringify!($name)),*];
    };
}

scenarios! {
    a_child_can_refuse_and_withdraw
    a_date_that_cannot_be
    a_no_after_a_yes_is_a_withdrawal
    ad_id_gate_asks_only_when_allowed
    ad_id_limited
    ad_id_on_other_platforms
    ad_id_provider_fails
    ad_id_replaced
    adult_audience_unknown_age
    age_ends_with_the_person
    agree_to_all_is_many_records
    an_objection_elsewhere_is_heard_first
    att_is_read_again_in_each_process
    att_matrix
    att_off_and_on_again
    att_restricted
    att_zeros
    bad_answers_change_nothing
    call_centre_withdrawal
    clock_a_year_ahead
    clock_set_back
    cloned_phone
    closed_form_stays_away
    closing_the_sheet_is_no_answer
    consent_expires
    data_use_withdrawn
    each_channel_has_its_own_consent
    email_at_night
    first_run
    first_run_all_refused
    first_run_att_denied
    first_run_no_att_without_ad_ids
    first_run_prompt_waits_for_what_it_needs
    form_forged
    form_from_before_the_own_withdrawal
    form_language
    form_of_another_edition
    form_of_somebody_else
    form_open_while_a_sync_ends
    general_consent_implies_no_other
    global_privacy_control
    grant_needs_its_notice
    grants_wait_for_their_account
    import_brought_again
    import_dated
    import_for_another_person
    import_latest_wins
    import_never_beats_an_answer
    import_never_beats_the_account
    import_refuses_bad_input
    import_undated
    mixed_audience_unknown_age
    new_phone_of_a_member
    night_consent_alone_means_nothing
    night_guard_minute
    night_with_consent
    night_without_consent
    no_server_no_sync
    nothing_before_an_answer
    offline_from_the_first_form_to_the_sign_in
    offline_queue_drains
    only_the_guardians_yes_counts
    own_withdrawal_then_grant_again_offline
    past_state_can_be_proved
    policy_announced
    policy_announced_by_the_server
    policy_change_must_raise_its_number
    policy_changed_in_meaning
    policy_delivered_cannot_take_consent_away
    policy_from_the_server
    policy_of_another_name
    policy_older_or_same
    policy_typo_corrected
    policy_with_faults
    purpose_comes_back
    purpose_gone_from_the_policy
    push_permission_is_no_consent
    reasons_join_by_time
    restart_keeps_everything
    restored_phone
    retry_waits_its_turn
    second_device_stale_grant
    server_restored_from_a_backup
    settings_changed_between_launches
    shutdown_denies
    sign_in_takes_the_stricter_answer
    sign_out_then_withdrawal_still_sent
    signals_are_told_to_the_server
    silence_means_yes_until_an_objection
    stale_web_tab
    subjects_are_pseudonyms
    the_same_reasons_on_both_sides
    turning_14
    twenty_days_offline
    two_accounts_on_one_phone
    under_14
    web_unsubscribe
    withdrawing_needs_nothing
}

#[test]
fn every_file_of_the_folder_is_run() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json").map(str::to_owned))
        .collect();
    assert_eq!(files, LISTED.iter().map(|name| (*name).to_owned()).collect());
}

/// What the runner says to a scenario of one Android device whose steps are these.
fn said(steps: &str) -> String {
    let text = format!(r#"{{ "name": "trial", "about": "A trial.", "rules": ["KR-1"], "steps": [{{ "step": "open" }}, {steps}] }}"#);
    scenario::run("trial", &text).expect_err("the runner let it pass")
}

#[test]
fn a_wrong_expectation_is_told_with_its_step_and_both_values() {
    let fault = said(
        r#"{ "step": "expect", "allows": { "membership": true } }, { "step": "expect", "pending": 7, "allows": { "cookies.analytics": true } }"#,
    );
    assert_eq!(fault, "trial.json step 3 (expect): allows cookies.analytics: expected true, got false; pending: expected 7, got 0");
}

#[test]
fn each_kind_of_expectation_can_fail() {
    for (step, told) in [
        (r#"{ "step": "expect", "reasons": { "cookies.analytics": ["refused"] } }"#, r#"expected ["refused"], got ["not_answered"]"#),
        (r#"{ "step": "expect", "status": { "cookies.analytics": "granted" } }"#, "got Some(NotAnswered)"),
        (r#"{ "step": "expect", "status": { "no.such.purpose": "granted" } }"#, "got None"),
        (r#"{ "step": "expect", "valid_until": { "cookies.analytics": "2026-11-22T21:00:00+09:00" } }"#, "got Some(None)"),
        (r#"{ "step": "expect", "os_blocked": { "marketing.push": true } }"#, "expected true, got false"),
        (r#"{ "step": "expect", "stuck": 1 }"#, "stuck: expected 1, got 0"),
        (r#"{ "step": "expect", "requests": 1 }"#, "requests: expected 1, got 0"),
        (r#"{ "step": "expect", "verify": false }"#, "verify: expected false"),
        (r#"{ "step": "expect", "history": { "kinds": ["choice"], "entries": [{}] } }"#, "history entries: expected 1, got 0"),
        (
            r#"{ "step": "expect", "history": { "kinds": ["policy"], "entries": [{ "policy_version": "x" }] } }"#,
            "history[0].policy_version",
        ),
        (r#"{ "step": "ask", "expect": { "due": false } }"#, "due: expected false, got true"),
        (r#"{ "step": "ask", "expect": { "why": { "membership": "answered" } } }"#, r#"got "not asked""#),
        (r#"{ "step": "ask", "error": "invalid" }"#, r#"expected the error "invalid", got none"#),
        (r#"{ "step": "ask", "surface": "x" }"#, "expected no error, got Invalid"),
        (r#"{ "step": "ask", "surface": "x", "error": "invalid", "field": "y" }"#, r#"field: expected Some("y"), got Some("surface")"#),
        (r#"{ "step": "answer", "grant": ["cookies.analytics"] }"#, "no form is on the screen"),
        (r#"{ "step": "prompt", "expect": "push" }"#, r#"expected "push", got "none""#),
        (r#"{ "step": "ad_id", "purpose": "ad_id.measurement", "provider": "throws", "expect": { "refused": [] } }"#, "provider was asked"),
        (r#"{ "step": "state_at", "at": "2026-11-23T00:00:00Z", "expect": { "policy_version": "x", "reasons": {} } }"#, "policy_version"),
    ] {
        let fault = said(step);
        assert!(fault.starts_with("trial.json step 2 (") && fault.contains(told), "{step}\n{fault}");
    }
}

#[test]
fn a_provider_that_must_not_be_asked_is_noticed() {
    let allowed = r#"{ "step": "open", "device": "b", "platform": "android" }, { "step": "ask", "device": "b" },
        { "step": "answer", "device": "b", "grant": ["ad_id.measurement"] },"#;
    let asked =
        r#"{ "step": "ad_id", "device": "b", "purpose": "ad_id.measurement", "expect": { "refused": ["ad_id_unavailable:failed"] } }"#;
    assert!(said(&format!("{allowed} {asked}")).contains("the provider was asked: expected false, got true"));
}

#[test]
fn what_the_server_says_can_fail() {
    for (step, told) in [
        (r#"{ "step": "expect", "server": { "acct_81": { "marketing.email": "granted" } } }"#, "got String(\"not_answered\")"),
        (r#"{ "step": "expect", "server_history": { "acct_81": [{ "purpose": "marketing.email" }] } }"#, "got Null"),
        (r#"{ "step": "sync", "expect": { "state": "up_to_date" } }"#, r#"expected "up_to_date", got "quiet""#),
        (
            r#"{ "step": "web", "subject": "acct_81", "purpose": "marketing.email", "choice": "granted", "expect": "stale_grant" }"#,
            "outcome",
        ),
        (r#"{ "step": "may_send", "subject": "acct_81", "channel": "email", "expect": { "allowed": true, "reasons": [] } }"#, "allowed"),
    ] {
        let text = format!(
            r#"{{ "name": "trial", "about": "A trial.", "rules": ["KR-1"], "server": true, "steps": [{{ "step": "open" }}, {step}] }}"#
        );
        let fault = scenario::run("trial", &text).expect_err(step);
        assert!(fault.contains(told), "{step}\n{fault}");
        assert!(said(step).to_lowercase().contains("server"), "{step}");
    }
}

#[test]
fn a_file_is_read_strictly() {
    for (steps, told) in [
        (r#"{ "step": "jump" }"#, "step 2 (jump): unknown variant `jump`"),
        (r#"{ "step": "sync", "expects": {} }"#, "unknown field `expects`"),
        (r#"{ "step": "expect", "allowed": {} }"#, "unknown field `allowed`"),
        (r#"{ "step": "ask", "expect": { "dew": true } }"#, "unknown field `dew`"),
        (r#"{ "step": "expect" }"#, "expects nothing"),
        (r#"{ "step": "shutdown", "field": "x" }"#, "a field without an error"),
        (r#"{ "step": "server", "do": "up", "device": "a" }"#, "is no device's"),
        (r#"{ "step": "expect", "pending": 0, "pending": 1 }"#, "twice"),
        (r#"{ "step": "expect", "device": "b", "pending": 0 }"#, "no device \"b\" was opened"),
        (r#"{ "step": "open" }"#, "was opened before"),
        (r#"{ "step": "clock", "advance": "3 days" }"#, "is no duration"),
        (r#"{ "step": "restart", "policy": { "set": [{ "at": "/no/such", "value": 1 }] } }"#, "the policy has no /no/such"),
    ] {
        let fault = said(steps);
        assert!(fault.starts_with("trial.json") && fault.contains(told), "{steps}\n{fault}");
    }
    let named = r#"{ "name": "other", "about": "A trial.", "rules": ["KR-1"], "steps": [{ "step": "open" }] }"#;
    assert!(scenario::run("trial", named).unwrap_err().contains(r#"its name says "other""#));
}
