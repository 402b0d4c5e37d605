//! Marks, heads and what a grant's giver could see: the shipped count beside the rule as it is written, walked one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{
    ledger::{ChoiceKind, Listed, Mark, RemoteState, Seen, Status, Withdrawal},
    sync::{
        loss::{Continuation, continues},
        numbering::{Cursor, Head, Numbering, informed},
        server_rule::{Effect, Incoming, ServerState},
    },
};
use proptest::prelude::*;

const PLACE: Numbering<'static> = Numbering { subject: "person", name: "h" };

fn op(index: usize) -> String {
    format!("op-{index}")
}

fn list(ops: &[usize]) -> Vec<Withdrawal> {
    ops.iter().zip(1..).map(|(index, epoch)| Withdrawal { op: op(*index), epoch }).collect()
}

fn chain(list: &[Withdrawal]) -> Vec<Mark> {
    let mut marks = vec![Mark::START];
    for known in list {
        marks.push(marks.last().unwrap().then(&known.op));
    }
    marks
}

/// The written rule: each no is named in `after`, or `seen` names this numbering, a number that is held with its mark, and no lower one.
fn as_written(seen: Option<&Seen>, after: &[String], held: &[Withdrawal]) -> bool {
    let marks = chain(held);
    let shown = |known: &Withdrawal| {
        seen.is_some_and(|seen| {
            let at = usize::try_from(seen.epoch).ok().and_then(|epoch| marks.get(epoch));
            seen.subject == PLACE.subject
                && seen.numbering == PLACE.name
                && at.copied() == seen.mark
                && at.is_some()
                && known.epoch <= seen.epoch
        })
    };
    held.iter().all(|known| after.contains(&known.op) || shown(known))
}

fn state(list: &[Withdrawal], cut: usize, numbering: &str) -> RemoteState {
    let cut = cut.min(list.len());
    RemoteState {
        purpose: "p".into(),
        status: Status::Withdrawn,
        numbering: numbering.into(),
        epoch: i64::try_from(list.len()).unwrap(),
        withdrawals: list[cut..].to_vec(),
        base: (cut > 0).then(|| chain(list)[cut]),
        op: None,
        evidence: None,
        record: None,
    }
}

proptest! {
    #[test]
    fn f_44_what_is_counted_is_what_the_written_rule_walks(
        held in proptest::collection::vec(0_usize..9, 0..7),
        elsewhere in proptest::collection::vec(0_usize..9, 0..7),
        number in -1_i64..9,
        marked in 0_u8..4,
        after in proptest::collection::vec(0_usize..9, 0..6),
        named in any::<(bool, bool)>(),
    ) {
        let distinct = |ops: &[usize]| {
            let mut once = vec![];
            ops.iter().for_each(|op| if !once.contains(op) { once.push(*op) });
            list(&once)
        };
        let (held, elsewhere) = (distinct(&held), distinct(&elsewhere));
        let at = |marks: &[Mark]| usize::try_from(number).ok().and_then(|number| marks.get(number)).copied();
        let mark = match marked {
            0 => None,
            1 => at(&chain(&elsewhere)),
            _ => at(&chain(&held)),
        };
        let subject = if named.0 { "person" } else { "other" };
        let numbering = if named.1 { "h" } else { "another" };
        let seen = Seen { subject: subject.into(), numbering: numbering.into(), epoch: number, mark };
        let after: Vec<String> = after.into_iter().map(op).collect();
        let epoch = i64::try_from(held.len()).unwrap();
        for seen in [None, Some(&seen)] {
            let Ok(counted) = informed(seen, &after, PLACE, epoch, &Listed::all(&held));
            prop_assert_eq!(counted, as_written(seen, &after, &held));
            let mut state = ServerState { status: Status::Withdrawn, op: None, epoch, mark: *chain(&held).last().unwrap() };
            let grant = Incoming { op: "g", choice: ChoiceKind::Granted, seen, after: &after, may_grant: true };
            let Ok(effect) = state.apply(grant, PLACE, &Listed::all(&held));
            prop_assert_eq!(effect == Effect::Applied, counted);
        }
    }

    #[test]
    fn f_43_a_cut_list_gives_the_marks_that_the_whole_one_does_and_none_below(
        length in 0_usize..9, cut in 0_usize..9, number in -2_i64..11,
    ) {
        let whole = list(&(0..length).collect::<Vec<_>>());
        let told = state(&whole, cut, "h");
        let below = i64::try_from(cut.min(length)).unwrap();
        let expected = usize::try_from(number).ok().and_then(|number| chain(&whole).get(number).copied()).filter(|_| number >= below);
        prop_assert_eq!(Listed::of(&told).mark_at(number), expected);
        let blind = RemoteState { base: None, ..told.clone() };
        prop_assert_eq!(Listed::of(&blind).mark_at(number), expected.filter(|_| below == 0), "without the mark below it nothing is known");
    }

    #[test]
    fn f_43_a_state_continues_where_it_holds_all_that_was_told(
        before in proptest::collection::vec(0_usize..4, 0..5), more in proptest::collection::vec(4_usize..9, 0..4), lost in 0_usize..5, cut in 0_usize..6,
    ) {
        let before: Vec<Withdrawal> = before.into_iter().enumerate().map(|(at, op)| Withdrawal { op: format!("{at}-{op}"), epoch: i64::try_from(at).unwrap() + 1 }).collect();
        let kept = before.len().saturating_sub(lost);
        let mut now = before[..kept].to_vec();
        for op in more {
            now.push(Withdrawal { op: format!("new-{}-{op}", now.len()), epoch: i64::try_from(now.len()).unwrap() + 1 });
        }
        let heard = state(&before, 0, "h");
        let found = continues(Some(&heard), &state(&now, cut, "h"));
        let holds = kept == before.len();
        // A list that is cut above what was heard cannot show it.
        let reaches = cut.min(now.len()) <= before.len();
        match found {
            Continuation::Proved => prop_assert!(holds && reaches),
            Continuation::Broken => prop_assert!(!holds),
            Continuation::Open => prop_assert!(!reaches),
        }
        prop_assert_eq!(continues(Some(&heard), &state(&now, cut, "another")), Continuation::Proved, "another name continues nothing");
        prop_assert_eq!(continues(None, &state(&now, cut, "h")), Continuation::Proved);
    }

    #[test]
    fn f_43_a_cursor_is_read_as_it_was_written(numbering in "[a-z0-9-]{1,40}", revision in 0_i64..i64::MAX, head in any::<[u8; 8]>()) {
        let cursor = Cursor { numbering, revision, head: Head::from_bytes(&head) };
        prop_assert!(Cursor::read(&cursor.to_string()) == Some(cursor.clone()));
        let older = Cursor { head: None, ..cursor };
        prop_assert!(Cursor::read(&older.to_string()) == Some(older));
    }
}

#[test]
fn f_43_the_heads_are_those_of_the_written_rule() {
    let first = Head::START.then("marketing.email", "op-1");
    let second = first.then("marketing.sms", "op-2");
    let written = |head: Head| Cursor { numbering: "h".into(), revision: 0, head: Some(head) }.to_string();
    assert_eq!(written(Head::START), "h:0:0000000000000000");
    assert_eq!(written(first), "h:0:62a3c71415060c56");
    assert_eq!(written(second), "h:0:757b991ab1887d7a");
    assert_ne!(Head::START.then("a", "b"), Head::START.then("ab", ""), "purpose and operation are told apart");
}

#[test]
fn f_43_what_no_server_wrote_is_no_cursor() {
    let head = "0011223344556677";
    for text in [
        "".to_owned(),
        "h".to_owned(),
        format!("h:1:{}", &head[..14]),
        format!("h:1:{head}00"),
        "h:1:001122334455667G".to_owned(),
        "h:1:00112233445566AA".to_owned(),
        format!("h:-1:{head}"),
        format!("h:+1:{head}"),
        format!("h:01:{head}"),
        format!("h: 1:{head}"),
        format!("h:9223372036854775808:{head}"),
        format!("h::{head}"),
        "h:x".to_owned(),
        "h:".to_owned(),
    ] {
        assert!(Cursor::read(&text).is_none(), "{text}");
    }
}

#[test]
fn f_43_a_server_that_wraps_or_skips_numbers_gives_no_marks() {
    let skipped = [Withdrawal { op: op(1), epoch: 1 }, Withdrawal { op: op(3), epoch: 3 }];
    assert_eq!(Listed { epoch: 3, base: None, withdrawals: &skipped }.mark_at(3), None);
    let last = [Withdrawal { op: op(1), epoch: i64::MAX }];
    let at_the_end = Listed { epoch: i64::MAX, base: Some(Mark::START), withdrawals: &last };
    assert_eq!(at_the_end.mark_at(i64::MAX), Some(Mark::START.then(&op(1))));
    let mut state = ServerState { epoch: i64::MAX, ..ServerState::default() };
    let no = Incoming { op: "w", choice: ChoiceKind::Withdrawn, seen: None, after: &[], may_grant: false };
    let Ok(effect) = state.apply(no, PLACE, &at_the_end);
    assert_eq!((effect, state.status), (Effect::Numbered(i64::MAX), Status::Withdrawn), "a no lands whatever the numbers are");
}
