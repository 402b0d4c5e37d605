//! In which order changes leave the queue: what others depend on, then withdrawals between keys, then the rest; within a key the
//! ledger's order.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use consentkit::{
    error::{Error, Result},
    ledger::chain,
    store::{Entry, NO_PURPOSE, OutboxRow, Store, Transaction, Wanted},
    sync::protocol::ChangeKind,
};

/// Runs `work` on an empty file and takes back what it wrote.
fn on_a_fresh_file(work: impl FnOnce(&Transaction<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("consent.db"), None).unwrap();
    let done: Result<()> = store.write(
        || (),
        |transaction, _| {
            work(transaction);
            Err(Error::NoServer)
        },
        |_, ()| (),
    );
    assert!(matches!(done, Err(Error::NoServer)));
}

/// A change, and its record in the ledger.
fn change(transaction: &Transaction<'_>, seq: i64, purpose: &str, kind: ChangeKind, lowers: bool) -> OutboxRow {
    let hash = [u8::try_from(seq).unwrap(); 32];
    let leaf = chain::leaf(&[1], b"{}");
    transaction.append(&Entry { seq, leaf, hash, salt: Some(vec![1]), body: Some(b"{}".to_vec()) }, None).unwrap();
    let op = format!("018f0000-0000-7000-8000-{seq:012}");
    OutboxRow { seq, subject: "s".into(), purpose: purpose.into(), kind, op, lowers, stuck: None }
}

fn choice(transaction: &Transaction<'_>, seq: i64, purpose: &str, lowers: bool) -> OutboxRow {
    change(transaction, seq, purpose, ChangeKind::Choice, lowers)
}

fn order(transaction: &Transaction<'_>, lowering_only: bool) -> Vec<i64> {
    let purposes = ["a".to_owned(), "b".to_owned()];
    let wanted = Wanted {
        subject: "s",
        purposes: &purposes,
        lowering_only,
        link: false,
        max_changes: 100,
        max_bytes: 1 << 20,
        now: 1_790_000_000_000,
    };
    transaction.batch(&wanted).unwrap().rows.iter().map(|row| row.seq).collect()
}

#[test]
fn f_56_a_withdrawal_goes_first_although_a_grant_of_its_key_waits_behind_it() {
    on_a_fresh_file(|transaction| {
        transaction.enqueue(&choice(transaction, 1, "a", false)).unwrap();
        transaction.enqueue(&choice(transaction, 2, "b", true)).unwrap();
        transaction.enqueue(&choice(transaction, 3, "b", false)).unwrap();
        assert_eq!(order(transaction, false), [2, 1, 3]);
        assert_eq!(order(transaction, true), [2], "after a sign-out it goes alone");
    });
}

#[test]
fn f_56_a_withdrawal_that_waits_once_more_goes_first_although_newer_rows_wait() {
    on_a_fresh_file(|transaction| {
        transaction.enqueue(&choice(transaction, 1, "a", false)).unwrap();
        let lost = choice(transaction, 3, "b", true);
        transaction.enqueue(&choice(transaction, 5, "b", false)).unwrap();
        assert_eq!(order(transaction, false), [1, 5]);
        assert!(transaction.requeue(&lost).unwrap());
        assert_eq!(order(transaction, false), [3, 1, 5]);
        assert_eq!(order(transaction, true), [3]);
        assert!(!transaction.requeue(&lost).unwrap(), "it waits already");
        assert_eq!(order(transaction, false), [3, 1, 5]);
    });
}

#[test]
fn f_56_a_withdrawal_that_waits_once_more_makes_no_newer_withdrawal_less() {
    on_a_fresh_file(|transaction| {
        let lost = choice(transaction, 3, "b", true);
        transaction.enqueue(&choice(transaction, 5, "b", true)).unwrap();
        transaction.enqueue(&choice(transaction, 7, "b", false)).unwrap();
        transaction.requeue(&lost).unwrap();
        assert_eq!(order(transaction, true), [3, 5]);
        assert_eq!(order(transaction, false), [3, 5, 7]);
    });
}

#[test]
fn f_56_a_link_goes_before_what_cannot_do_without_it() {
    on_a_fresh_file(|transaction| {
        transaction.enqueue(&change(transaction, 2, NO_PURPOSE, ChangeKind::Merge, true)).unwrap();
        transaction.enqueue(&choice(transaction, 3, "b", true)).unwrap();
        transaction.enqueue(&change(transaction, 4, NO_PURPOSE, ChangeKind::Link, false)).unwrap();
        assert_eq!(order(transaction, false), [4, 2, 3]);
    });
}

#[test]
fn f_7_a_withdrawal_goes_past_whatever_is_stuck_before_it() {
    // Each letter is a change of one key: a yes or a no, in capitals where the server could not take it and it is not due yet. What goes
    // is each no that does not rest itself, and each yes that nothing stuck stands before.
    for waiting in ["Yn", "Nn", "YnyYnn", "yNyny", "nYyn", "YyyyN", "YNynNny"] {
        on_a_fresh_file(|transaction| {
            let (mut expected, mut after, mut stuck_before) = (vec![], vec![], false);
            let last = waiting.rfind(['n', 'N']).unwrap();
            for (index, said) in waiting.chars().enumerate() {
                let row = choice(transaction, i64::try_from(index).unwrap() + 1, "a", said.eq_ignore_ascii_case(&'n'));
                transaction.enqueue(&row).unwrap();
                if said.is_ascii_uppercase() {
                    transaction.set_stuck(&row, "bad_record", 1_790_000_000_000).unwrap();
                    stuck_before = true;
                } else if row.lowers || !stuck_before {
                    if index <= last { &mut expected } else { &mut after }.push(row.seq);
                }
            }
            let noes: Vec<i64> =
                expected.iter().copied().filter(|seq| waiting.as_bytes()[usize::try_from(seq - 1).unwrap()] == b'n').collect();
            expected.append(&mut after);
            assert_eq!(order(transaction, false), expected, "{waiting}");
            assert_eq!(order(transaction, true), noes, "{waiting}: after a sign-out the noes go alone");
        });
    }
}

#[test]
fn f_7_the_noes_of_a_merge_go_past_a_link_that_is_stuck() {
    on_a_fresh_file(|transaction| {
        let link = change(transaction, 1, NO_PURPOSE, ChangeKind::Link, false);
        transaction.enqueue(&link).unwrap();
        transaction.set_stuck(&link, "unproven", 1_790_000_000_000).unwrap();
        transaction.enqueue(&change(transaction, 2, NO_PURPOSE, ChangeKind::Merge, false)).unwrap();
        transaction.enqueue(&change(transaction, 3, NO_PURPOSE, ChangeKind::Merge, true)).unwrap();
        assert_eq!(order(transaction, false), [3]);
        assert_eq!(order(transaction, true), [3]);
    });
}

#[test]
fn f_56_a_link_goes_past_whatever_is_stuck_before_it() {
    for (stuck, lowers) in [(ChangeKind::Link, false), (ChangeKind::Merge, false), (ChangeKind::Merge, true), (ChangeKind::Signal, false)] {
        on_a_fresh_file(|transaction| {
            let first = change(transaction, 1, NO_PURPOSE, stuck, lowers);
            transaction.enqueue(&first).unwrap();
            transaction.set_stuck(&first, "unproven", 1_790_000_000_000).unwrap();
            transaction.enqueue(&change(transaction, 2, NO_PURPOSE, ChangeKind::Link, false)).unwrap();
            assert_eq!(order(transaction, false), [2], "{stuck:?} {lowers}");
            assert!(order(transaction, true).is_empty(), "the installation's own token names no account");
        });
    }
}
