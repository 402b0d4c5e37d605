//! Several subjects in one pass: registration, tokens, pages, and what holds back nobody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sync_queue;

use consentkit::sync::{
    plan::{FIRST_PAGE, Lane, Limits, MAX_REQUESTS, Plan, Step},
    protocol::SyncResponse,
    reply::{Reply, Sent, Trouble, Verdict},
    retry::Retry,
};
use sync_queue::{Answer, Driver, Queued, Request, START, accept, account, anonymous, changes, device, former, response, with_status};

fn three() -> Vec<(Lane, Vec<Queued>)> {
    vec![(device(), changes("d", 2, true)), (anonymous(), changes("n", 2, false)), (account(), changes("a", 2, true))]
}

#[test]
fn an_installation_registers_before_anything_else() {
    let mut driver = Driver::unregistered(three());
    let mut order = Vec::new();
    let end = driver.pass(&mut |request| {
        order.push(if request.register { None } else { Some(request.lane) });
        accept(request)
    });
    assert_eq!((end, order), (Step::Done, vec![None, Some(0), Some(1), Some(2)]));
    assert!(driver.registered);
}

#[test]
fn without_a_registration_the_account_still_goes_on() {
    for status in [301, 400, 401, 403, 404, 409, 413, 422] {
        let mut driver = Driver::unregistered(three());
        let end = driver.pass(&mut |request| if request.register { Answer::Status(status) } else { accept(request) });
        assert_eq!(end, Step::Done, "{status}");
        assert_eq!(driver.delivered, ["a0", "a1"], "{status}");
        assert_eq!(driver.pending(), 4);
        assert_eq!(driver.plan.troubles().len(), 1);
    }
}

/// A 409 of anything between the phone and the server does not make it a copy.
#[test]
fn only_the_servers_own_words_say_that_a_name_is_in_use_elsewhere() {
    let taken = r#"{"error":{"code":"already_registered","field":"install","what":"is in use"}}"#;
    for (status, body, renamed) in [
        (409, taken, 1),
        (409, r#"{"error":{"code":"conflict"}}"#, 0),
        (409, "already_registered", 0),
        (409, "", 0),
        (400, taken, 0),
        (403, taken, 0),
        (503, taken, 0),
    ] {
        let mut driver = Driver::unregistered(three());
        let answer = || Answer::With { status, retry_after: None, date: None, body: body.as_bytes().to_vec() };
        let end = driver.pass(&mut |request| if request.register { answer() } else { accept(request) });
        assert_eq!(driver.renamed, renamed, "{status} {body}");
        let waits = matches!(end, Step::Wait { until_ms } if until_ms > START);
        assert_eq!(waits, renamed == 1 || status == 503, "{status} {body}: a server that always says so is asked by the breaker");
    }
}

#[test]
fn a_registration_that_fails_for_now_opens_the_breaker() {
    let bodies: [&[u8]; 5] = [b"", b"{}", br#"{"token":""}"#, br#"{"token":"a b"}"#, br#"{"token":"a\r\nHost: other"}"#];
    for body in bodies {
        let mut driver = Driver::unregistered(three());
        let end = driver.pass(&mut |_| Answer::With { status: 200, retry_after: None, date: None, body: body.to_vec() });
        assert!(matches!(end, Step::Wait { .. }));
        assert_eq!((driver.requests, driver.registered), (1, false));
    }
    for answer in [Answer::Failed, Answer::TooLarge, Answer::Status(503), Answer::Status(100), Answer::Status(650)] {
        let mut driver = Driver::unregistered(three());
        let mut answer = Some(answer);
        assert!(matches!(driver.pass(&mut |_| answer.take().unwrap()), Step::Wait { .. }));
        assert_eq!(driver.requests, 1);
    }
}

#[test]
fn lanes_go_on_where_one_is_unauthorised() {
    for status in [401, 403] {
        let mut lanes = three();
        lanes.push((former(), changes("f", 1, true)));
        let mut driver = Driver::new(lanes);
        let mut asked = Vec::new();
        let end = driver.pass(&mut |request| {
            if request.lane != 2 {
                return accept(request);
            }
            asked.push(request.refresh_token);
            Answer::Status(status)
        });
        assert_eq!(end, Step::Done);
        assert_eq!(asked, [false, true], "the provider is asked once");
        assert_eq!(driver.delivered, ["d0", "d1", "n0", "n1", "f0"]);
        assert_eq!(driver.plan.troubles(), [Trouble::Unauthorised]);
    }
}

#[test]
fn a_fresh_token_carries_on_and_may_run_out_again() {
    let mut driver = Driver::new(vec![(account(), changes("a", 250, true))]);
    let mut calls = 0;
    let end = driver.pass(&mut |request| {
        calls += 1;
        if calls % 2 == 1 { Answer::Status(401) } else { accept(request) }
    });
    assert_eq!((end, calls, driver.pending()), (Step::Done, 6, 0));
}

#[test]
fn an_installation_whose_token_is_unknown_registers_again_once() {
    let mut driver = Driver::new(three());
    let mut fresh = false;
    let end = driver.pass(&mut |request| {
        fresh |= request.register;
        if request.lane < 2 && !fresh { Answer::Status(401) } else { accept(request) }
    });
    assert_eq!((end, driver.pending(), driver.requests), (Step::Done, 0, 5));

    let mut driver = Driver::new(three());
    let mut registrations = 0;
    driver.pass(&mut |request| {
        registrations += usize::from(request.register);
        if request.lane < 2 { Answer::Status(401) } else { accept(request) }
    });
    assert_eq!((registrations, driver.delivered.len(), driver.pending()), (1, 2, 4));

    let mut driver = Driver::new(vec![(device(), changes("d", 1, true)), (former(), changes("f", 1, true))]);
    let end = driver.pass(&mut |request| if request.lane == 1 { Answer::Status(401) } else { accept(request) });
    assert_eq!((end, driver.requests), (Step::Done, 2), "a token that works elsewhere is not thrown away");
}

#[test]
fn an_installation_whose_token_is_known_but_may_not_is_set_aside() {
    let mut driver = Driver::new(three());
    let end = driver.pass(&mut |request| if request.lane == 0 { Answer::Status(403) } else { accept(request) });
    assert_eq!((end, driver.requests, driver.pending()), (Step::Done, 3, 2));
    assert_eq!(driver.plan.troubles(), [Trouble::Unauthorised]);
}

#[test]
fn a_trouble_that_was_overcome_is_not_shown_any_more() {
    let mut driver = Driver::new(three());
    let Step::Wait { until_ms } = driver.pass(&mut |_| Answer::Status(503)) else { panic!("the breaker is not open") };
    assert_eq!(driver.plan.troubles(), [Trouble::ServerBusy { status: 503 }]);
    driver.now = until_ms;
    assert_eq!(driver.pass(&mut accept), Step::Done);
    assert_eq!(driver.plan.troubles(), []);
}

#[test]
fn a_lane_without_a_token_is_set_aside_without_a_request() {
    let mut driver = Driver::new(three());
    driver.plan.skip(2, Some(Trouble::Unauthorised), START);
    assert_eq!(driver.pass(&mut accept), Step::Done);
    assert_eq!((driver.delivered.len(), driver.plan.troubles()), (4, vec![Trouble::Unauthorised]));
}

#[test]
fn a_signed_out_account_sends_its_withdrawals_and_pulls_nothing() {
    let mut driver = Driver::new(vec![(former(), changes("f", 2, true))]);
    let end = driver.pass(&mut |request| {
        assert!(!request.ops.is_empty());
        with_status(200, &SyncResponse { more: true, ..response(request, usize::MAX) })
    });
    assert_eq!((end, driver.requests), (Step::Done, 1));
    let mut driver = Driver::new(vec![(former(), Vec::new())]);
    assert_eq!((driver.pass(&mut accept), driver.requests), (Step::Done, 0));
}

/// Nothing may be pulled there, so no request without changes is made to compare with or to decide again.
#[test]
fn a_signed_out_account_asks_for_nothing_whatever_the_server_answers() {
    for (status, stuck, trouble) in
        [(400, 2, None), (413, 2, None), (422, 2, None), (409, 0, Some(Trouble::Conflict)), (403, 0, Some(Trouble::Unauthorised))]
    {
        let mut driver = Driver::new(vec![(former(), changes("f", 2, true))]);
        driver.pass(&mut |request| {
            assert!(!request.ops.is_empty(), "{status}");
            Answer::Status(status)
        });
        assert_eq!((driver.stuck.len(), driver.pending()), (stuck, 2), "{status}");
        assert_eq!(driver.plan.troubles(), Vec::from_iter(trouble), "{status}");
    }
}

/// The server may never have seen this installation signed in: then only the account's own token shows that it was.
#[test]
fn a_signed_out_account_falls_back_on_its_own_token_once() {
    let mut driver = Driver::new(vec![(former(), changes("f", 2, true))]);
    let mut asked = Vec::new();
    let end = driver.pass(&mut |request| {
        asked.push(request.refresh_token);
        if request.refresh_token { accept(request) } else { Answer::Status(403) }
    });
    assert_eq!((end, asked, driver.pending()), (Step::Done, vec![false, true], 0));
    let mut driver = Driver::new(vec![(former(), changes("f", 2, true))]);
    let end = driver.pass(&mut |_| Answer::Status(403));
    assert_eq!((end, driver.requests, driver.pending()), (Step::Done, 2, 2));
    assert_eq!(driver.plan.troubles(), [Trouble::Unauthorised]);
}

#[test]
fn a_wrong_set_up_of_one_lane_holds_back_no_other() {
    let mut driver = Driver::new(three());
    let end = driver.pass(&mut |request| if request.lane == 0 { Answer::Status(410) } else { accept(request) });
    assert_eq!((end, driver.delivered.len()), (Step::Done, 4));
    assert_eq!(driver.plan.troubles(), [Trouble::Configuration { status: 410 }]);
}

#[test]
fn a_subject_that_the_server_cannot_serve_does_not_hold_back_the_withdrawals_of_the_others() {
    for bad in 0..3 {
        for broken in [|| Answer::Status(500), || Answer::Status(200), || Answer::TooLarge] {
            let mut driver = Driver::new(three());
            let mut hours = 0;
            while driver.pending() > 2 {
                let end = driver.pass(&mut |request| if request.lane == bad { broken() } else { accept(request) });
                let Step::Wait { until_ms } = end else { panic!("lane {bad} is not served") };
                hours = (until_ms - START) / 3_600_000;
                assert!(hours < 1, "the others wait behind lane {bad}");
                driver.now = until_ms;
                driver.again(Limits::default());
            }
            assert_eq!(driver.pending(), 2, "{hours}");
        }
    }
}

/// Were the breaker closed by the lanes that work, the broken one would be asked every other second for ever.
#[test]
fn one_broken_subject_is_asked_ever_less_often() {
    let mut driver = Driver::new(three());
    let mut asked = 0;
    while driver.now < START + 24 * 3_600_000 {
        let end = driver.pass(&mut |request| {
            asked += usize::from(request.lane == 1);
            if request.lane == 1 { Answer::Status(500) } else { accept(request) }
        });
        let Step::Wait { until_ms } = end else { panic!("the broken lane is not served") };
        driver.now = until_ms;
        driver.again(Limits::default());
    }
    assert!(asked <= 60, "{asked} requests in a day");
}

#[test]
fn the_order_of_the_lanes_is_kept_through_an_outage() {
    let mut driver = Driver::new(three());
    for _ in 0..20 {
        let Step::Wait { until_ms } = driver.pass(&mut |_| Answer::Failed) else { panic!("the breaker is not open") };
        driver.now = until_ms;
        driver.again(Limits::default());
    }
    assert_eq!(driver.pass(&mut accept), Step::Done);
    assert_eq!(driver.delivered, ["d0", "d1", "n0", "n1", "a0", "a1"]);
    assert_eq!(driver.plan.retry(), Retry::default());
}

#[test]
fn the_order_of_the_lanes_is_kept_through_a_short_fault_of_the_server() {
    for failures in [1, 2] {
        let mut driver = Driver::new(three());
        for _ in 0..failures {
            let Step::Wait { until_ms } = driver.pass(&mut |_| Answer::Status(500)) else { panic!("the breaker is not open") };
            driver.now = until_ms;
            driver.again(Limits::default());
        }
        assert_eq!(driver.pass(&mut accept), Step::Done);
        assert_eq!(driver.delivered, ["d0", "d1", "n0", "n1", "a0", "a1"]);
    }
}

#[test]
fn states_are_pulled_page_by_page() {
    let mut driver = Driver::new(vec![(account(), changes("a", 1, true))]);
    let mut page = 0;
    let end = driver.pass(&mut |request| {
        page += 1;
        let cursor = format!("c{page}");
        with_status(200, &SyncResponse { more: page < 5, cursor, ..response(request, usize::MAX) })
    });
    assert_eq!((end, driver.requests), (Step::Done, 5));
}

#[test]
fn pages_that_lead_nowhere_end() {
    let mut driver = Driver::new(vec![(account(), Vec::new())]);
    let end = driver.pass(&mut |request| with_status(200, &SyncResponse { more: true, ..response(request, usize::MAX) }));
    assert!(matches!(end, Step::Wait { until_ms } if until_ms > START));
    assert_eq!((driver.requests, driver.plan.troubles()), (2, vec![Trouble::NoProgress]));

    let mut driver = Driver::new(vec![(account(), Vec::new())]);
    let mut page = 0;
    let end = driver.pass(&mut |request| {
        page += 1;
        with_status(200, &SyncResponse { more: true, cursor: format!("c{page}"), ..response(request, usize::MAX) })
    });
    assert!(matches!(end, Step::Wait { until_ms } if until_ms > START));
    assert_eq!((driver.requests, driver.plan.troubles()), (257, vec![Trouble::NoProgress]));
}

#[test]
fn an_answer_that_takes_up_nothing_is_applied_but_not_repeated_at_once() {
    let mut driver = Driver::new(vec![(account(), changes("a", 4, true))]);
    let end = driver.pass(&mut |request| with_status(200, &response(request, 0)));
    assert!(matches!(end, Step::Wait { until_ms } if until_ms > START));
    assert_eq!((driver.requests, driver.pending()), (1, 4));
    assert_eq!(driver.cursors[0].as_deref(), Some("c1"));
    assert_eq!(driver.plan.troubles(), [Trouble::NoProgress]);
}

#[test]
fn an_answer_that_takes_up_a_part_is_followed_by_the_rest() {
    let mut driver = Driver::new(vec![(account(), changes("a", 5, true))]);
    let end = driver.pass(&mut |request| with_status(200, &response(request, 2)));
    assert_eq!((end, driver.requests, driver.pending()), (Step::Done, 3, 0));
}

#[test]
fn an_answer_past_the_size_asks_for_smaller_pages_down_to_one_state() {
    let mut driver = Driver::new(vec![(account(), changes("a", 3, true))]);
    let mut pages = Vec::new();
    let end = driver.pass(&mut |request| {
        pages.push(request.page);
        if request.page.is_none_or(|page| page > 20) { Answer::TooLarge } else { accept(request) }
    });
    assert_eq!((end, pages), (Step::Done, vec![None, Some(FIRST_PAGE), Some(32), Some(16)]));
    assert_eq!(driver.pending(), 0);

    let mut driver = Driver::new(vec![(account(), changes("a", 3, true))]);
    let mut last = None;
    let end = driver.pass(&mut |request| {
        last = request.page;
        Answer::TooLarge
    });
    assert!(matches!(end, Step::Wait { .. }));
    assert_eq!((last, driver.requests, driver.plan.troubles()), (Some(1), 8, vec![Trouble::AnswerTooLarge]));
}

/// A store that never marks what is stuck, or a server that invents work, still meets the end of the pass.
#[test]
fn no_pass_goes_on_for_ever() {
    let mut plan = Plan::new(vec![device()], Retry::default(), true, Limits::default());
    let sent = |ops: usize| Sent {
        lane: 0,
        ops: changes("d", ops, true).into_iter().map(|c| consentkit::sync::reply::SentOp { op: c.op, lowers: true }).collect(),
        waiting: true,
        cursor: None,
    };
    let mut requests = 0;
    while let Step::Sync { max_changes, .. } = plan.next(START, 0) {
        requests += 1;
        let sent = sent(max_changes.min(2));
        let ops: Vec<String> = sent.ops.iter().map(|change| change.op.clone()).collect();
        let request =
            Request { register: false, lane: 0, ops: &ops, lowers: &[true, true], cursor: None, page: None, refresh_token: false };
        let body = serde_json::to_vec(&response(&request, usize::MAX)).unwrap();
        let reply = Reply::Http { status: 200, retry_after: None, date: None, body: &body };
        assert!(matches!(plan.on_reply(&sent, reply, START, 1), Verdict::Apply(_)));
    }
    assert_eq!(requests, MAX_REQUESTS);
}

#[test]
fn a_reply_for_a_lane_that_is_not_there_changes_nothing() {
    let mut plan = Plan::new(Vec::new(), Retry::default(), true, Limits::default());
    let sent = Sent { lane: 3, ..Sent::default() };
    assert!(matches!(plan.on_reply(&sent, Reply::Failed, START, 1), Verdict::Unchanged { trouble: None }));
    plan.skip(9, None, START);
    assert_eq!(plan.next(START, 0), Step::Done);
}
