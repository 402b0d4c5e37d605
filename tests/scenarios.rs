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
    a_no_after_a_yes_is_a_withdrawal
    ad_id_gate_asks_only_when_allowed
    ad_id_limited
    ad_id_on_other_platforms
    ad_id_provider_fails
    ad_id_replaced
    adult_audience_unknown_age
    agree_to_all_is_many_records
    att_is_read_again_in_each_process
    att_matrix
    att_off_and_on_again
    att_restricted
    att_zeros
    bad_answers_change_nothing
    call_centre_withdrawal
    clock_a_year_ahead
    clock_set_back
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
    import_dated
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
    offline_queue_drains
    own_withdrawal_then_grant_again_offline
    past_state_can_be_proved
    policy_change_must_raise_its_number
    policy_changed_in_meaning
    policy_delivered_cannot_take_consent_away
    policy_from_the_server
    policy_of_another_name
    policy_older_or_same
    policy_typo_corrected
    policy_with_faults
    purpose_gone_from_the_policy
    push_permission_is_no_consent
    restart_keeps_everything
    restored_phone
    retry_waits_its_turn
    second_device_stale_grant
    server_restored_from_a_backup
    shutdown_denies
    sign_in_takes_the_stricter_answer
    sign_out_then_withdrawal_still_sent
    signals_are_told_to_the_server
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
