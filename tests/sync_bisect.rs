//! A change the server cannot take is found by halving, and holds back nothing but its own key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sync_queue;

use std::collections::BTreeSet;

use consentkit::sync::plan::Step;
use proptest::prelude::*;
use sync_queue::{Answer, Driver, Queued, accept, account, changes, device};

/// A server that refuses every batch with one of these in it.
fn refusing<'a>(bad: &'a BTreeSet<String>, status: i32) -> impl FnMut(&sync_queue::Request<'_>) -> Answer + 'a {
    move |request| if request.ops.iter().any(|op| bad.contains(op)) { Answer::Status(status) } else { accept(request) }
}

/// Refusing one in a batch of 100 may cost this many requests beyond those the queue takes anyway: 2 log2(100) + 10, less ten batches.
const MOST: usize = 23;

#[test]
fn one_bad_change_among_a_thousand_is_found_wherever_it_is_in_its_batch() {
    let mut worst = 0;
    for position in (0..100).chain([100, 199, 450, 899, 900, 950, 998, 999]) {
        let bad = BTreeSet::from([format!("d{position}")]);
        let mut driver = Driver::new(vec![(device(), changes("d", 1_000, true))]);
        assert_eq!(driver.pass(&mut refusing(&bad, 400)), Step::Done);
        assert_eq!(driver.stuck, [(format!("d{position}"), "http_400".to_owned())]);
        assert_eq!((driver.delivered.len(), driver.pending()), (999, 1));
        worst = worst.max(driver.requests);
    }
    println!("requests to deliver 999 of 1,000: worst {worst}");
    assert!(worst <= MOST, "{worst} requests");
}

#[test]
fn the_withdrawals_behind_a_bad_change_of_another_key_land() {
    let bad = BTreeSet::from(["d0".to_owned()]);
    let mut driver = Driver::new(vec![(device(), changes("d", 3, true)), (account(), changes("a", 3, true))]);
    assert_eq!(driver.pass(&mut refusing(&bad, 422)), Step::Done);
    assert_eq!(driver.delivered, ["d1", "d2", "a0", "a1", "a2"]);
    assert_eq!(driver.stuck, [("d0".to_owned(), "http_422".to_owned())]);
}

#[test]
fn later_changes_of_the_same_key_wait() {
    let queue: Vec<Queued> = (0..9).map(|n| Queued { op: format!("d{n}"), key: n % 3, lowers: n % 2 == 0, stuck: false }).collect();
    let bad = BTreeSet::from(["d4".to_owned()]);
    let mut driver = Driver::new(vec![(device(), queue)]);
    assert_eq!(driver.pass(&mut refusing(&bad, 400)), Step::Done);
    let left: Vec<&str> = driver.queues[0].iter().map(|change| change.op.as_str()).collect();
    assert_eq!(left, ["d4", "d7"], "d7 is the later choice of the same key");
}

#[test]
fn a_single_change_is_blamed_only_after_a_request_without_it_went_through() {
    let bad = BTreeSet::from(["d0".to_owned()]);
    let mut seen = Vec::new();
    let mut refuse = refusing(&bad, 400);
    let mut driver = Driver::new(vec![(device(), changes("d", 1, false))]);
    let end = driver.pass(&mut |request| {
        seen.push(request.ops.len());
        refuse(request)
    });
    assert_eq!((end, seen), (Step::Done, vec![1, 0, 1]));
    assert_eq!(driver.stuck.len(), 1);
}

#[test]
fn once_it_is_found_the_batches_are_full_again() {
    let bad = BTreeSet::from(["d0".to_owned()]);
    let mut sizes = Vec::new();
    let mut refuse = refusing(&bad, 400);
    let mut driver = Driver::new(vec![(device(), changes("d", 301, true))]);
    driver.pass(&mut |request| {
        sizes.push(request.ops.len());
        refuse(request)
    });
    assert_eq!(sizes, [100, 0, 50, 25, 13, 7, 4, 2, 1, 100, 100, 100]);
}

#[test]
fn a_server_that_refuses_everything_makes_nothing_stuck() {
    for count in [0, 1, 2, 250] {
        let mut driver = Driver::new(vec![(device(), changes("d", count, true))]);
        assert!(matches!(driver.pass(&mut |_| Answer::Status(400)), Step::Wait { .. }));
        assert_eq!((driver.stuck.len(), driver.pending()), (0, count));
        assert!(driver.requests <= 2);
    }
}

#[test]
fn a_withdrawal_made_while_the_bad_change_is_sought_lands_at_once() {
    let bad = BTreeSet::from(["d60".to_owned()]);
    let mut refuse = refusing(&bad, 400);
    let mut driver = Driver::new(vec![(device(), changes("d", 100, false))]);
    driver.plan = consentkit::sync::plan::Plan::new(
        driver.lanes.clone(),
        driver.plan.retry(),
        true,
        consentkit::sync::plan::Limits { requests: 4, ..Default::default() },
    );
    driver.pass(&mut refuse);
    let withdrawal = Queued { op: "w".into(), key: 1_000, lowers: true, stuck: false };
    driver.queues[0].insert(0, withdrawal);
    driver.again(consentkit::sync::plan::Limits::default());
    assert_eq!(driver.pass(&mut refuse), Step::Done);
    assert!(driver.delivered.contains(&"w".to_owned()));
    assert_eq!((driver.stuck.len(), driver.pending()), (1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Several bad changes at random places: all good ones are delivered, each bad one is stuck, found alone.
    #[test]
    fn every_good_change_is_delivered_and_every_bad_one_is_kept(
        count in 1_usize..400, places in proptest::collection::btree_set(0_usize..400, 0..12), lowers: bool, unprocessable: bool,
    ) {
        let bad: BTreeSet<String> = places.into_iter().filter(|place| *place < count).map(|place| format!("d{place}")).collect();
        let mut driver = Driver::new(vec![(device(), changes("d", count, lowers))]);
        let end = driver.pass(&mut refusing(&bad, if unprocessable { 422 } else { 400 }));
        prop_assert_eq!(end, Step::Done);
        let stuck: BTreeSet<String> = driver.stuck.iter().map(|(op, _)| op.clone()).collect();
        prop_assert_eq!(driver.stuck.len(), bad.len());
        prop_assert_eq!(&stuck, &bad);
        prop_assert_eq!(driver.delivered.len(), count - bad.len());
        prop_assert_eq!(driver.pending(), bad.len());
        // Each bad one costs a halving of its batch and one comparison; the rest goes in full batches.
        prop_assert!(driver.requests <= count.div_ceil(100) + bad.len() * 10 + 2, "{} requests", driver.requests);
    }

    /// A server that answers at random: whatever it does, a change leaves only with a 2xx that named it (the driver asserts it), and
    /// once it behaves again everything that is not stuck arrives, once.
    #[test]
    fn a_fickle_server_loses_nothing(answers in proptest::collection::vec(0_u8..12, 1..60), lowers: bool) {
        let statuses = [400, 401, 404, 409, 413, 422, 429, 500, 503];
        let mut driver = Driver::new(vec![(device(), changes("d", 130, lowers)), (account(), changes("a", 30, !lowers))]);
        let mut script = answers.into_iter();
        for _ in 0..80 {
            let end = driver.pass(&mut |request| match script.next().map(usize::from) {
                None | Some(9) => accept(request),
                Some(10) => Answer::Failed,
                Some(11) => Answer::TooLarge,
                Some(kind) => Answer::Status(statuses[kind]),
            });
            if let Step::Wait { until_ms } = end {
                driver.now = until_ms;
            }
            driver.again(Default::default());
        }
        let mut delivered = driver.delivered.clone();
        delivered.sort();
        delivered.dedup();
        prop_assert_eq!(delivered.len(), driver.delivered.len());
        prop_assert_eq!(driver.delivered.len() + driver.stuck.len(), 160);
    }
}
