//! What numbers and marks prove of the withdrawals that a form showed, and of what a server still holds.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use consentkit::{
    ledger::{Mark, RemoteState, Seen, Withdrawal},
    sync::{
        loss::{Continuation, continues},
        numbering::{Listed, Numbering, informed},
        protocol::MAX_LISTED_WITHDRAWALS,
    },
};
use serde_json::json;

const HERE: Numbering<'_> = Numbering { subject: "s", name: "h" };

/// The withdrawals of a key from number 1 on.
fn withdrawals(count: i64) -> Vec<Withdrawal> {
    (1..=count).map(|epoch| Withdrawal { op: format!("w{epoch}"), epoch }).collect()
}

fn mark(number: i64) -> Mark {
    withdrawals(number).iter().fold(Mark::START, |mark, known| mark.then(&known.op))
}

fn seen(subject: &str, numbering: &str, epoch: i64, mark: Mark) -> Seen {
    Seen { subject: subject.into(), numbering: numbering.into(), epoch, mark: Some(mark) }
}

/// A state as a server tells it: the newest withdrawals, and the mark below them where the list is cut.
fn told(count: i64) -> RemoteState {
    let all = withdrawals(count);
    let cut = all.len().saturating_sub(MAX_LISTED_WITHDRAWALS);
    let base = (cut > 0).then(|| mark(i64::try_from(cut).unwrap()));
    let mut state: RemoteState = serde_json::from_value(json!({
        "purpose": "p", "status": "granted", "history": "h", "epoch": count, "withdrawals": all[cut..].to_vec()
    }))
    .unwrap();
    state.base = base;
    state
}

fn is_informed(seen: Option<&Seen>, after: &[String], state: &RemoteState) -> bool {
    let Ok(informed) = informed(seen, after, HERE, state.epoch, &Listed::of(state));
    informed
}

#[test]
fn f_56_a_form_that_showed_nothing_covers_no_withdrawal_however_many_there_are() {
    for count in 0..=3 * i64::try_from(MAX_LISTED_WITHDRAWALS).unwrap() {
        let state = told(count);
        assert_eq!(is_informed(None, &[], &state), count == 0, "{count}");
        assert!(is_informed(Some(&seen("s", "h", count, mark(count))), &[], &state), "{count}: it showed all");
        let one_less = seen("s", "h", count - 1, mark((count - 1).max(0)));
        assert_eq!(is_informed(Some(&one_less), &[], &state), count == 0, "{count}: it did not show the last");
        if count > 0 {
            assert!(is_informed(Some(&one_less), &[format!("w{count}")], &state) || count == 1, "{count}: it named the last");
            assert!(!is_informed(Some(&one_less), &["w0".into()], &state), "{count}: it named another");
        }
    }
}

#[test]
fn what_a_form_showed_counts_for_its_own_subject_numbering_and_mark_alone() {
    let state = told(5);
    assert!(is_informed(Some(&seen("s", "h", 5, mark(5))), &[], &state));
    for other in [
        seen("another", "h", 5, mark(5)),
        seen("s", "other", 5, mark(5)),
        seen("s", "h", 5, mark(4)),
        seen("s", "h", 6, mark(6)),
        seen("s", "h", 6, mark(5)),
        seen("s", "h", i64::MAX, mark(5)),
        seen("s", "h", -1, mark(5)),
        Seen { mark: None, ..seen("s", "h", 5, mark(5)) },
    ] {
        assert!(!is_informed(Some(&other), &[], &state), "{} {} {}", other.subject, other.numbering, other.epoch);
    }
}

#[test]
fn a_list_with_a_gap_proves_no_mark() {
    let listed = |numbers: &[i64]| numbers.iter().map(|epoch| Withdrawal { op: format!("w{epoch}"), epoch: *epoch }).collect::<Vec<_>>();
    let whole = listed(&[1, 2, 3]);
    assert_eq!(Listed { epoch: 3, base: None, withdrawals: &whole }.mark_at(3), Some(mark(3)));
    for gap in [listed(&[1, 3]), listed(&[2, 3]), listed(&[1, 2, 2, 3]), listed(&[3])] {
        assert_eq!(Listed { epoch: 3, base: None, withdrawals: &gap }.mark_at(3), None, "{gap:?}");
    }
    let cut = listed(&[3, 4]);
    assert_eq!(Listed { epoch: 4, base: Some(mark(2)), withdrawals: &cut }.mark_at(4), Some(mark(4)));
    assert_eq!(Listed { epoch: 4, base: Some(mark(2)), withdrawals: &cut }.mark_at(1), None, "below what is listed nothing is proved");
}

#[test]
fn a_number_that_went_back_by_one_does_not_continue() {
    for before in 1..=5 {
        for after in 0..=6 {
            let proved = if after < before { Continuation::Broken } else { Continuation::Proved };
            assert_eq!(continues(Some(&told(before)), &told(after)), proved, "{before} {after}");
        }
    }
    let mut another = told(5);
    another.withdrawals[2].op = "other".into();
    assert_eq!(continues(Some(&told(4)), &another), Continuation::Broken, "another withdrawal under the same number");
    assert_eq!(continues(Some(&told(2)), &another), Continuation::Proved, "what was heard is as it was");
    assert_eq!(continues(Some(&told(4)), &told(200)), Continuation::Open, "so many came in between that the list does not reach back");
}
