//! The breaker: how often is asked, what the server may ask for, and what a moved clock does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sync_queue;

use consentkit::sync::{
    plan::{Limits, Step},
    retry::{DAY_MS, FIRST_DELAY_MS, FIRST_HOLD_MS, MAX_DELAY_MS, MAX_RETRY_AFTER_MS, Retry, http_date, retry_after},
};
use proptest::prelude::*;
use sync_queue::{Answer, Driver, START, accept, changes, device};

const HOUR: i64 = 3_600_000;
const CENTURY: i64 = 100 * 365 * DAY_MS;

/// Requests in a day without a server, for one row of random numbers.
fn day_offline(mut random: impl FnMut() -> u64) -> usize {
    let mut retry = Retry::default();
    let (mut now, mut requests) = (START, 0);
    while now < START + DAY_MS {
        requests += 1;
        retry.fail(now, random(), None);
        now = retry.waits(now).unwrap();
    }
    requests
}

#[test]
fn a_day_offline_costs_at_most_60_requests() {
    let days: Vec<usize> = (1..=1_000_u64)
        .map(|seed| {
            let mut state = seed;
            day_offline(|| {
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
            })
        })
        .collect();
    let worst = days.iter().max().unwrap();
    println!("requests in a day offline, 1,000 seeds: mean {}, worst {worst}", days.iter().sum::<usize>() / days.len());
    assert!(*worst <= 60);
    assert_eq!(day_offline(|| 0), 58, "the smallest jitter each time is the worst case there is");
    assert!(days.iter().min() < days.iter().max(), "no jitter");
}

#[test]
fn the_delay_doubles_from_two_seconds_to_an_hour_with_half_of_it_as_jitter() {
    let (mut least, mut most) = (Retry::default(), Retry::default());
    let mut delay = FIRST_DELAY_MS;
    for _ in 0..100 {
        least.fail(0, 0, None);
        most.fail(0, u64::try_from(delay / 2).unwrap(), None);
        assert_eq!((least.not_before, most.not_before), (delay / 2, delay));
        delay = (delay * 2).min(MAX_DELAY_MS);
    }
    assert_eq!(delay, HOUR);
}

#[test]
fn success_starts_over() {
    let mut retry = Retry::default();
    (0..9).for_each(|_| retry.fail(START, 0, None));
    retry.success();
    assert_eq!(retry.waits(START), None);
    retry.fail(START, 0, None);
    assert_eq!(retry.not_before, START + FIRST_DELAY_MS / 2);
}

#[test]
fn a_connectivity_hint_resets_our_delay_but_not_the_one_the_server_named() {
    let mut ours = Retry::default();
    (0..20).for_each(|_| ours.fail(START, 0, None));
    assert!(ours.waits(START).is_some());
    ours.hint(START);
    assert_eq!((ours.waits(START), ours.attempts), (None, 0));

    let mut held = Retry::default();
    held.hold(START);
    assert_eq!(held.waits(START), Some(START + DAY_MS));
    held.hint(START);
    assert_eq!(held.waits(START), None);

    let mut asked = Retry::default();
    asked.fail(START, 0, Some(HOUR));
    asked.hint(START);
    assert_eq!(asked.waits(START), Some(START + HOUR));
    asked.hint(START + HOUR);
    assert_eq!((asked.waits(START + HOUR), asked.attempts), (None, 0));
}

#[test]
fn a_retry_after_below_our_own_delay_does_not_shorten_it() {
    for asked in [Some(0), Some(-5), Some(1), None] {
        let mut retry = Retry::default();
        (0..12).for_each(|_| retry.fail(START, 0, asked));
        assert_eq!((retry.not_before, retry.asked), (START + HOUR / 2, false));
    }
    let mut retry = Retry::default();
    retry.fail(START, 0, Some(i64::MAX));
    assert_eq!(retry.not_before, START + MAX_RETRY_AFTER_MS);
}

#[test]
fn retry_after_is_read_in_all_its_forms() {
    let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
    for (value, date, wait) in [
        ("0", None, Some(0)),
        ("120", None, Some(120_000)),
        (" 120 ", None, Some(120_000)),
        ("21600", None, Some(MAX_RETRY_AFTER_MS)),
        ("21601", None, Some(MAX_RETRY_AFTER_MS)),
        ("9223372036854775807", None, Some(MAX_RETRY_AFTER_MS)),
        ("99999999999999999999999999", None, Some(MAX_RETRY_AFTER_MS)),
        ("Sun, 06 Nov 1994 08:51:37 GMT", date, Some(120_000)),
        ("Sunday, 06-Nov-94 08:51:37 GMT", date, Some(120_000)),
        ("Sun Nov  6 08:51:37 1994", date, Some(120_000)),
        ("Sun, 06 Nov 1994 08:49:36 GMT", date, Some(0)),
        ("Mon, 06 Nov 2094 08:49:37 GMT", date, None),
        ("Sat, 06 Nov 2094 08:49:37 GMT", date, Some(MAX_RETRY_AFTER_MS)),
        ("-1", None, None),
        ("+5", None, None),
        ("1.5", None, None),
        ("1e3", None, None),
        ("", None, None),
        (" ", None, None),
        ("soon", None, None),
        ("٣", None, None),
        ("Sun, 06 Nov 1994 08:51:37 KST", date, None),
        ("Sun, 31 Feb 1994 08:51:37 GMT", date, None),
    ] {
        assert_eq!(retry_after(value, date, START), wait, "{value:?}");
    }
}

#[test]
fn an_http_date_is_measured_against_the_answers_own_date() {
    let until = "Sun, 06 Nov 1994 08:51:37 GMT";
    let written = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
    assert_eq!(written, 784_111_777_000);
    for now in [written, written - CENTURY, written + CENTURY, i64::MIN, i64::MAX] {
        assert_eq!(retry_after(until, Some("Sun, 06 Nov 1994 08:49:37 GMT"), now), Some(120_000));
    }
    assert_eq!(retry_after(until, None, written), Some(120_000));
    assert_eq!(retry_after(until, Some("yesterday"), written - CENTURY), Some(MAX_RETRY_AFTER_MS));
    assert_eq!(retry_after(until, None, written + CENTURY), Some(0));
}

/// The delay is at most the cap; no jump of the wall clock makes the wait from the new time longer than the delay that was set.
#[test]
fn a_jump_of_the_clock_stalls_nothing_longer_than_the_delay() {
    for jump in [1, 1_000, 60_000, HOUR, DAY_MS, 365 * DAY_MS, CENTURY] {
        for jump in [jump, -jump] {
            let mut driver = Driver::new(vec![(device(), changes("d", 2, true))]);
            for _ in 0..15 {
                let Step::Wait { until_ms } = driver.pass(&mut |_| Answer::Failed) else { panic!("the breaker is not open") };
                driver.now = until_ms;
                driver.again(Limits::default());
            }
            driver.pass(&mut |_| Answer::Failed);
            driver.now += jump;
            driver.again(Limits::default());
            let mut waited = 0;
            while let Step::Wait { until_ms } = driver.pass(&mut accept) {
                assert!(until_ms > driver.now);
                waited += until_ms - driver.now;
                driver.now = until_ms;
                driver.again(Limits::default());
            }
            assert!(waited <= HOUR, "{jump}: stalled for {waited}");
            assert_eq!(driver.pending(), 0);
        }
    }
}

#[test]
fn a_clock_set_back_costs_one_early_request_and_then_the_delay_holds_again() {
    let mut driver = Driver::new(vec![(device(), changes("d", 2, true))]);
    (0..10).for_each(|_| {
        let Step::Wait { until_ms } = driver.pass(&mut |_| Answer::Failed) else { panic!("the breaker is not open") };
        driver.now = until_ms;
        driver.again(Limits::default());
    });
    driver.now -= CENTURY;
    let before = driver.requests;
    for _ in 0..5 {
        assert!(matches!(driver.pass(&mut |_| Answer::Failed), Step::Wait { until_ms } if until_ms > driver.now));
        driver.again(Limits::default());
    }
    assert_eq!(driver.requests, before + 1);
}

#[test]
fn the_breaker_is_read_back_as_it_was_written_and_older_files_too() {
    let mut retry = Retry::default();
    retry.fail(START, 3, Some(HOUR));
    retry.blame_subject();
    let text = serde_json::to_string(&retry).unwrap();
    assert_eq!(serde_json::from_str::<Retry>(&text).unwrap(), retry);
    assert_eq!(serde_json::from_str::<Retry>("{}").unwrap(), Retry::default());
}

proptest! {
    /// Whatever is on disk and whatever the clock says, the wait is at most a day and nothing overflows.
    #[test]
    fn any_persisted_breaker_waits_at_most_a_day(
        attempts: i32, not_before: i64, saved_at: i64, asked: bool, faults: i32, now: i64, random: u64, wait: Option<i64>, lanes in 0_usize..9,
    ) {
        let mut retry = Retry { attempts, not_before, saved_at, asked, faults };
        if let Some(until) = retry.waits(now) {
            prop_assert!(until > now && until.saturating_sub(now) <= DAY_MS);
        }
        prop_assert!(retry.first_lane(lanes) < lanes.max(1));
        retry.hint(now);
        retry.blame_subject();
        retry.fail(now, random, wait);
        if let Some(until) = retry.waits(now) {
            prop_assert!(until.saturating_sub(now) <= MAX_RETRY_AFTER_MS);
        } else {
            prop_assert!(now > i64::MAX - DAY_MS);
        }
        retry.hold(now);
        retry.success();
        prop_assert_eq!(retry.waits(now), None);
    }

    /// Any text in the headers gives a wait within bounds, or none.
    #[test]
    fn any_retry_after_is_bounded(value in "\\PC{0,40}", date in proptest::option::of("\\PC{0,40}"), now: i64) {
        if let Some(wait) = retry_after(&value, date.as_deref(), now) {
            prop_assert!((0..=MAX_RETRY_AFTER_MS).contains(&wait));
        }
    }
}

#[test]
fn f_18_at_the_end_of_a_clocks_range_a_failure_is_waited_for_as_at_any_other_time() {
    for back in 0..3 {
        let now = i64::MAX - back;
        let failures: [fn(&mut Retry, i64); 5] = [
            |retry, now| retry.fail(now, 7, None),
            |retry, now| retry.fail(now, 7, Some(60_000)),
            |retry, now| retry.portal(now, 7),
            |retry, now| retry.hold(now),
            |retry, now| retry.hold_at_first(now, FIRST_HOLD_MS),
        ];
        for fails in failures {
            let mut retry = Retry::default();
            fails(&mut retry, now);
            assert!(retry.waits(now).is_some(), "{back} before the end");
            assert!(retry.waits(0).is_none(), "and not once the clock is right");
            let mut hinted = Retry { asked: false, ..retry };
            hinted.hint(now);
            assert!(hinted.waits(now).is_none(), "the network is back");
        }
    }
}
