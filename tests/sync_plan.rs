//! What each kind of answer from the server does to the queue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sync_queue;

use consentkit::sync::{
    plan::{Limits, Plan, Step},
    reply::Trouble,
    retry::{DAY_MS, MAX_RETRY_AFTER_MS, Retry},
};
use sync_queue::{Answer, Driver, START, accept, account, changes, device, response, with_status};

#[test]
fn nothing_is_sent_where_there_is_no_lane() {
    let mut driver = Driver::unregistered(Vec::new());
    assert_eq!(driver.pass(&mut accept), Step::Done);
    assert_eq!(driver.requests, 0);

    let mut open = Retry::default();
    open.fail(START, 0, None);
    assert_eq!(Plan::new(Vec::new(), open, true, Limits::default()).next(START, 0), Step::Done);
}

#[test]
fn a_full_queue_goes_out_in_batches_and_the_pass_ends() {
    let mut driver = Driver::new(vec![(device(), changes("d", 250, true)), (account(), changes("a", 3, false))]);
    assert_eq!(driver.pass(&mut accept), Step::Done);
    assert_eq!((driver.pending(), driver.delivered.len(), driver.requests), (0, 253, 4));
    assert!(driver.plan.troubles().is_empty());
}

#[test]
fn a_pass_with_an_empty_queue_pulls_once() {
    let mut driver = Driver::new(vec![(device(), Vec::new())]);
    assert_eq!(driver.pass(&mut accept), Step::Done);
    assert_eq!(driver.requests, 1);
}

/// Over all status codes, withdrawals and grants, single and batched: nothing leaves the queue without a 2xx that names it.
#[test]
fn nothing_leaves_the_queue_without_a_2xx_that_names_it() {
    for status in 100..=699 {
        for lowers in [false, true] {
            for count in [1, 7] {
                for names_them in [false, true] {
                    let mut driver = Driver::new(vec![(device(), changes("d", count, lowers))]);
                    let end = driver.pass(&mut |request| {
                        if names_them { with_status(status, &response(request, usize::MAX)) } else { Answer::Status(status) }
                    });
                    let taken = names_them && (200..300).contains(&status);
                    assert_eq!(driver.pending(), if taken { 0 } else { count }, "{status} {lowers} {count} {names_them}");
                    assert_eq!(driver.stuck, [], "{status}: a server that refuses everything says nothing of one change");
                    assert!(driver.requests <= 9, "{status}: {} requests", driver.requests);
                    assert_eq!(matches!(end, Step::Wait { .. }), !taken && status != 401 && status != 403, "{status}: {end:?}");
                    assert_eq!(driver.plan.troubles().is_empty(), taken, "{status}");
                }
            }
        }
    }
}

/// The same where the server answers pulls and refuses only changes: 400, 413 and 422 alone may list a change, and it is kept.
#[test]
fn only_400_413_and_422_make_a_change_stuck_and_it_is_kept() {
    for status in 100..=699 {
        for lowers in [false, true] {
            for count in [1, 7] {
                let mut driver = Driver::new(vec![(device(), changes("d", count, lowers))]);
                driver.pass(&mut |request| if request.ops.is_empty() { accept(request) } else { Answer::Status(status) });
                assert_eq!(driver.pending(), count, "{status}");
                assert_eq!(driver.delivered.len(), 0, "{status}");
                let blamed = if [400, 413, 422].contains(&status) { count } else { 0 };
                assert_eq!(driver.stuck.len(), blamed, "{status} {lowers} {count}");
                assert!(driver.stuck.iter().all(|(_, reason)| *reason == format!("http_{status}")));
            }
        }
    }
}

#[test]
fn a_2xx_with_a_broken_body_sends_the_same_changes_again() {
    let mut sent: Vec<Vec<String>> = Vec::new();
    let mut driver = Driver::new(vec![(device(), changes("d", 3, true))]);
    for round in 0..3 {
        driver.pass(&mut |request| {
            sent.push(request.ops.to_vec());
            match round {
                0 => Answer::With { status: 200, retry_after: None, date: None, body: b"{\"results\":[{\"op\":\"d0\",".to_vec() },
                1 => Answer::Failed,
                _ => accept(request),
            }
        });
        driver.now += 60_000;
        driver.again(Limits::default());
    }
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|ops| *ops == sent[0]));
    assert!(matches!(driver.troubles[0], Trouble::MalformedAnswer { .. }));
    assert_eq!(driver.pending(), 0);
}

#[test]
fn an_outage_with_a_thousand_batches_costs_one_request_a_step() {
    for answer in [|| Answer::Failed, || Answer::Status(503), || Answer::Status(500), || Answer::Status(200)] {
        let lanes = vec![(device(), changes("d", 50_000, true)), (account(), changes("a", 50_000, false))];
        let mut driver = Driver::new(lanes);
        for step in 1..=12 {
            let Step::Wait { until_ms } = driver.pass(&mut |_| answer()) else { panic!("the breaker is not open") };
            assert_eq!(driver.requests, step);
            assert!(until_ms > driver.now);
            driver.pass(&mut |_| answer());
            assert_eq!(driver.requests, step, "asked again before the time");
            driver.now = until_ms;
            driver.again(Limits::default());
        }
        assert_eq!(driver.pending(), 100_000);
    }
}

#[test]
fn a_conflict_pulls_and_then_the_changes_are_decided_again() {
    let mut seen = Vec::new();
    let mut driver = Driver::new(vec![(account(), changes("a", 5, false))]);
    let end = driver.pass(&mut |request| {
        seen.push(request.ops.len());
        if seen.len() == 1 { Answer::Status(409) } else { accept(request) }
    });
    assert_eq!((end, seen), (Step::Done, vec![5, 0, 5]));
    assert_eq!(driver.pending(), 0);
}

#[test]
fn conflicts_that_are_resolved_one_by_one_are_no_trouble() {
    let mut driver = Driver::new(vec![(account(), changes("a", 600, false))]);
    let mut calls = 0;
    let end = driver.pass(&mut |request| {
        calls += 1;
        if calls % 3 == 1 { Answer::Status(409) } else { accept(request) }
    });
    assert_eq!((end, calls, driver.pending()), (Step::Done, 18, 0));
}

#[test]
fn conflicts_without_end_are_left_to_the_breaker() {
    let mut driver = Driver::new(vec![(account(), changes("a", 5, false))]);
    let end = driver.pass(&mut |request| if request.ops.is_empty() { accept(request) } else { Answer::Status(409) });
    assert!(matches!(end, Step::Wait { .. }));
    assert_eq!((driver.requests, driver.plan.troubles()), (7, vec![Trouble::Conflict]));
}

#[test]
fn too_many_changes_at_once_halves_the_batch() {
    let mut sizes = Vec::new();
    let mut driver = Driver::new(vec![(device(), changes("d", 200, true))]);
    let end = driver.pass(&mut |request| {
        sizes.push(request.ops.len());
        if request.ops.len() > 30 { Answer::Status(413) } else { accept(request) }
    });
    assert_eq!(end, Step::Done);
    assert_eq!(sizes, [100, 50, 25, 25, 25, 25, 25, 25, 25, 25]);
}

#[test]
fn a_change_too_large_alone_is_stuck_and_the_others_go_on() {
    let mut driver = Driver::new(vec![(device(), changes("d", 20, true))]);
    let end = driver.pass(&mut |request| if request.ops.iter().any(|op| op == "d11") { Answer::Status(413) } else { accept(request) });
    assert_eq!(end, Step::Done);
    assert_eq!(driver.stuck, [("d11".to_owned(), "http_413".to_owned())]);
    assert_eq!((driver.pending(), driver.delivered.len()), (1, 19));
}

#[test]
fn a_wrong_set_up_is_told_and_tried_daily() {
    for status in [301, 302, 304, 307, 308, 404, 405, 410, 421] {
        let mut driver = Driver::new(vec![(device(), changes("d", 2, true))]);
        assert_eq!(driver.pass(&mut |_| Answer::Status(status)), Step::Wait { until_ms: START + DAY_MS });
        assert_eq!((driver.requests, driver.plan.troubles()), (1, vec![Trouble::Configuration { status }]));
        driver.again(Limits::default());
        driver.now = START + DAY_MS - 1;
        assert!(matches!(driver.pass(&mut accept), Step::Wait { .. }));
        driver.now = START + DAY_MS;
        assert_eq!(driver.pass(&mut accept), Step::Done);
        assert_eq!((driver.requests, driver.pending()), (2, 0));
    }
}

#[test]
fn a_pull_that_is_refused_is_a_wrong_set_up_but_first_the_cursor_is_doubted() {
    let mut driver = Driver::new(vec![(device(), Vec::new())]);
    driver.cursors[0] = Some("from an older server".into());
    let mut cursors = Vec::new();
    let end = driver.pass(&mut |request| {
        cursors.push(request.cursor.is_some());
        Answer::Status(400)
    });
    assert_eq!((cursors, end), (vec![true, false], Step::Wait { until_ms: START + DAY_MS }));

    let mut driver = Driver::new(vec![(device(), changes("d", 3, true))]);
    driver.cursors[0] = Some("from an older server".into());
    let mut cursors = Vec::new();
    let end = driver.pass(&mut |request| {
        cursors.push(request.cursor.map(str::to_owned));
        if request.cursor == Some("from an older server") { Answer::Status(422) } else { accept(request) }
    });
    assert_eq!(end, Step::Done);
    assert_eq!(cursors[1], None);
    assert!(cursors[2..].iter().all(|cursor| cursor.as_deref() == Some("c1")), "the new cursor is used from then on");
    assert_eq!((driver.pending(), driver.stuck.len()), (0, 0));
}

#[test]
fn the_time_the_server_names_is_kept() {
    for status in [408, 425, 429, 500, 503, 599] {
        for (retry_after, date, wait) in [
            (Some("3600"), None, 3_600_000),
            (Some("999999999999999999999"), None, MAX_RETRY_AFTER_MS),
            (Some("Sun, 06 Nov 1994 09:49:37 GMT"), Some("Sun, 06 Nov 1994 08:49:37 GMT"), 3_600_000),
        ] {
            let mut driver = Driver::new(vec![(device(), changes("d", 2, true))]);
            let end = driver.pass(&mut |_| Answer::With { status, retry_after, date, body: Vec::new() });
            assert_eq!(end, Step::Wait { until_ms: START + wait }, "{status} {retry_after:?}");
        }
    }
}

#[test]
fn the_pass_ends_at_its_deadline_and_its_request_limit() {
    let mut driver = Driver::new(vec![(device(), changes("d", 500, true))]);
    driver.again(Limits { deadline_ms: 0, ..Limits::default() });
    assert_eq!(driver.pass(&mut accept), Step::Wait { until_ms: START });
    assert_eq!(driver.requests, 0);
    driver.again(Limits { requests: 3, changes: 10, ..Limits::default() });
    assert_eq!(driver.pass(&mut accept), Step::Wait { until_ms: START });
    assert_eq!((driver.requests, driver.pending()), (3, 470));
}

#[test]
fn every_trouble_has_a_code_of_its_own() {
    let troubles = [
        Trouble::Offline,
        Trouble::ServerBusy { status: 503 },
        Trouble::Unauthorised,
        Trouble::Configuration { status: 404 },
        Trouble::UnexpectedStatus { status: 699 },
        Trouble::MalformedAnswer { fault: String::new() },
        Trouble::AnswerTooLarge,
        Trouble::NoProgress,
        Trouble::Conflict,
        Trouble::Stuck,
        Trouble::Paused,
    ];
    let codes: std::collections::HashSet<&str> = troubles.iter().map(Trouble::code).collect();
    assert_eq!(codes.len(), troubles.len());
}
