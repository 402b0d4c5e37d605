//! Which of all that is known of a purpose is the current answer, on the state that follows from a few records.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{
    ledger::{
        Actor, AskAgain, Body, Choice, ChoiceKind, CurrentAnswer, Evidence, FORMAT, Install, Link, Mark, Merge, Merged, Method, Outcome,
        OutcomeKind, OutcomeRecord, Record, RemoteRecord, RemoteState, Restore, Seen, State, Status, TextRef, Withdrawal, rfc3339,
    },
    policy::Scope,
    sync::device_rule::current_answer,
};

const ACCOUNT: &str = "account";
const ANONYMOUS: &str = "anonymous";
const PURPOSE: &str = "marketing.email";
const HERE: &str = "phone";

/// A phone whose account is signed in; the time of its records is their place, in seconds.
struct Phone(State, i64);

impl Phone {
    fn new() -> Self {
        let mut phone = Self(State::default(), 0);
        phone.write("i", Body::Install(Install { device: "device".into(), person: ANONYMOUS.into(), lost: None }));
        phone.write("l", Body::Link(Link { subject: ACCOUNT.into(), account: true }));
        phone
    }

    fn write(&mut self, op: &str, body: Body) {
        self.1 += 1;
        let (app, sdk) = (String::new(), String::new());
        let at = rfc3339(self.1 * 1000);
        self.0.apply(&Record { format: FORMAT, install: HERE.into(), seq: self.1, op: op.into(), at, offset: 0, app, sdk, body });
    }

    fn say_of(&mut self, subject: &str, op: &str, choice: ChoiceKind, seen: Option<Seen>, after: Vec<String>) {
        let policy = TextRef { id: "p".into(), version: "1".into(), edition: 1, material: 1, text: None };
        let body = Choice {
            subject: subject.into(),
            scope: Scope::Person,
            purpose: PURPOSE.into(),
            choice,
            policy,
            language: "ko".into(),
            surface: "settings".into(),
            method: Method::Toggle,
            actor: Actor::Person,
            seen,
            after,
        };
        self.write(op, Body::Choice(body));
    }

    fn say(&mut self, op: &str, choice: ChoiceKind) {
        self.say_of(ACCOUNT, op, choice, None, vec![]);
    }

    fn bring(&mut self, op: &str, choice: ChoiceKind) {
        let answer = Merged { purpose: PURPOSE.into(), choice, op: op.into(), material: 1, at: None, undated: false, actor: Actor::Person };
        self.write("m", Body::Merge(Merge { from: ANONYMOUS.into(), subject: ACCOUNT.into(), answers: vec![answer] }));
    }

    fn told(&mut self, state: RemoteState) {
        self.told_anew(state, false);
    }

    /// The server tells a state, and whether it gave its numbering another name.
    fn told_anew(&mut self, state: RemoteState, renamed: bool) {
        self.write("", Body::Remote(RemoteRecord { subject: ACCOUNT.into(), states: vec![state], renamed }));
    }

    fn outcome(&mut self, op: &str, outcome: OutcomeKind, epoch: Option<i64>) {
        let results = vec![Outcome { op: op.into(), outcome, epoch, reason: None }];
        self.write("", Body::Outcome(OutcomeRecord { subject: ACCOUNT.into(), numbering: Some("h1".into()), results }));
    }

    fn current_answer(&self) -> CurrentAnswer {
        current_answer(self.0.key(ACCOUNT, PURPOSE).unwrap(), ACCOUNT, HERE)
    }

    fn answer(&self) -> (Status, Option<AskAgain>) {
        let answer = self.current_answer();
        (answer.status, answer.ask_again)
    }
}

/// The server's word: a choice of somebody elsewhere, said at a second, and how many withdrawals there were.
fn word(status: Status, op: &str, at: i64, numbering: &str, noes: &[&str]) -> RemoteState {
    let evidence = Evidence {
        install: "elsewhere".into(),
        seq: 1,
        at: rfc3339(at * 1000),
        material: 1,
        undated: false,
        imported: false,
        actor: Actor::Person,
        by_copy: false,
    };
    let withdrawals: Vec<Withdrawal> = (1..).zip(noes).map(|(epoch, op)| Withdrawal { op: (*op).into(), epoch }).collect();
    RemoteState {
        purpose: PURPOSE.into(),
        status,
        numbering: numbering.into(),
        epoch: withdrawals.last().map_or(0, |last| last.epoch),
        withdrawals,
        base: None,
        op: Some(op.into()),
        evidence: Some(evidence),
        record: None,
    }
}

#[test]
fn f_5_a_no_with_a_higher_number_ends_a_stale_grant_and_the_one_it_was_blind_to_does_not() {
    for (later, ends) in [
        // The same no once more, as a pull from the start tells it.
        (word(Status::Withdrawn, "w1", 1, "h1", &["w1"]), false),
        // A higher number, whatever the clocks of the two say.
        (word(Status::Withdrawn, "w2", 0, "h1", &["w1", "w2"]), true),
        (word(Status::Refused, "w2", 99, "h1", &["w1", "w2"]), true),
        // Another numbering: the dates tell.
        (word(Status::Withdrawn, "w1", 1, "h2", &["w1"]), false),
        (word(Status::Withdrawn, "w2", 99, "h2", &["w2"]), true),
    ] {
        let mut phone = Phone::new();
        phone.say("g", ChoiceKind::Granted);
        phone.told(word(Status::Withdrawn, "w1", 1, "h1", &["w1"]));
        phone.outcome("g", OutcomeKind::StaleGrant, None);
        assert_eq!(phone.answer(), (Status::Granted, Some(AskAgain::StaleGrant)));
        let status = later.status;
        phone.told(later);
        let expected = if ends { (status, None) } else { (Status::Granted, Some(AskAgain::StaleGrant)) };
        assert_eq!(phone.answer(), expected);
    }
}

#[test]
fn f_5_a_grant_made_elsewhere_after_the_no_counts_and_a_no_after_that_stands() {
    let mut phone = Phone::new();
    phone.say("g", ChoiceKind::Granted);
    phone.told(word(Status::Withdrawn, "w1", 1, "h1", &["w1"]));
    phone.outcome("g", OutcomeKind::StaleGrant, None);
    phone.told(word(Status::Granted, "g2", 50, "h1", &["w1"]));
    assert_eq!(phone.answer(), (Status::Granted, None));
    phone.told(word(Status::Withdrawn, "w2", 60, "h1", &["w1", "w2"]));
    assert_eq!(phone.answer(), (Status::Withdrawn, None));
}

#[test]
fn f_5_everything_newer_that_is_said_here_ends_a_stale_grant() {
    let stale = || {
        let mut phone = Phone::new();
        phone.say("g", ChoiceKind::Granted);
        phone.told(word(Status::Withdrawn, "w1", 1, "h1", &["w1"]));
        phone.outcome("g", OutcomeKind::StaleGrant, None);
        phone
    };
    let mut refused = stale();
    refused.say("r", ChoiceKind::Refused);
    refused.outcome("r", OutcomeKind::Applied, Some(2));
    let mut brought = stale();
    brought.bring("r", ChoiceKind::Refused);
    brought.outcome("m", OutcomeKind::Applied, None);
    for (how, mut phone) in [("said", refused), ("brought along", brought)] {
        assert_eq!(phone.answer().1, None, "{how}");
        phone.told(word(Status::Refused, "r", 5, "h1", &["w1", "r"]));
        assert_eq!(phone.answer(), (Status::Refused, None), "{how}");
    }
}

#[test]
fn f_14_a_grant_that_the_server_does_not_take_is_rejected_and_not_stale() {
    for outcome in [OutcomeKind::Rejected, OutcomeKind::Stuck] {
        let mut phone = Phone::new();
        phone.say("g", ChoiceKind::Granted);
        phone.outcome("g", outcome, None);
        assert_eq!(phone.answer(), (Status::Granted, Some(AskAgain::Rejected)));
        phone.told(word(Status::Withdrawn, "w", 1, "h1", &["w"]));
        assert_eq!(phone.answer(), (Status::Granted, Some(AskAgain::Rejected)), "an older no");
        phone.told(word(Status::Withdrawn, "w2", 99, "h1", &["w", "w2"]));
        assert_eq!(phone.answer(), (Status::Withdrawn, None), "a newer no");
    }
}

#[test]
fn a_yes_of_the_server_without_a_record_is_unproven_and_gives_way_to_any_own_no() {
    let bare = || RemoteState { evidence: None, ..word(Status::Granted, "g", 1, "h1", &[]) };
    let mut phone = Phone::new();
    phone.told(bare());
    assert_eq!(phone.answer(), (Status::Granted, Some(AskAgain::Unproven)));
    phone.say("r", ChoiceKind::Refused);
    phone.outcome("r", OutcomeKind::Applied, Some(1));
    phone.told(bare());
    assert_eq!(phone.answer(), (Status::Refused, None));
}

#[test]
fn f_56_a_grant_that_overrode_the_own_withdrawal_still_does_under_another_numbering() {
    for renamed in [false, true] {
        let granted = || {
            let mut phone = Phone::new();
            phone.say("w", ChoiceKind::Withdrawn);
            phone.outcome("w", OutcomeKind::Applied, Some(1));
            phone.told(word(Status::Granted, "g", 50, "h1", &["w"]));
            assert_eq!(phone.answer(), (Status::Granted, None));
            phone
        };
        let (mut phone, mut other) = (granted(), granted());
        phone.told_anew(word(Status::Granted, "g", 50, "h2", &[]), renamed);
        assert_eq!(phone.answer(), (Status::Granted, None), "the very grant, numbered anew");
        other.told_anew(word(Status::Granted, "g2", 60, "h2", &[]), renamed);
        assert_eq!(other.answer(), (Status::Withdrawn, None), "another grant, which the lost withdrawal may be newer than");
    }
}

#[test]
fn f_56_an_answer_of_the_account_is_not_replaced_by_a_yes_that_is_brought_along() {
    let mut phone = Phone::new();
    phone.told(word(Status::Granted, "account", 1, "h1", &[]));
    phone.bring("anonymous", ChoiceKind::Granted);
    assert_eq!(phone.current_answer().op.as_deref(), Some("account"));
    for status in [Status::Refused, Status::Withdrawn] {
        let mut phone = Phone::new();
        phone.told(word(status, "account", 1, "h1", &["account"]));
        phone.bring("anonymous", ChoiceKind::Granted);
        assert_eq!(phone.answer(), (status, None));
    }
    let mut waits = Phone::new();
    waits.say("account", ChoiceKind::Refused);
    waits.bring("anonymous", ChoiceKind::Granted);
    assert_eq!(waits.answer(), (Status::Refused, None), "where the account's answer waits to be sent");
    let mut phone = Phone::new();
    phone.bring("anonymous", ChoiceKind::Granted);
    assert_eq!(phone.answer(), (Status::Granted, None), "where it said nothing");
}

#[test]
fn f_56_a_no_that_is_brought_along_takes_the_place_of_the_accounts_yes() {
    let mut phone = Phone::new();
    phone.told(word(Status::Granted, "account", 1, "h1", &[]));
    phone.bring("anonymous", ChoiceKind::Withdrawn);
    assert_eq!(phone.answer(), (Status::Withdrawn, None));
}

#[test]
fn f_56_a_grant_of_the_server_counts_only_where_its_numbers_reach_the_own_withdrawal() {
    // The number that the own withdrawal was given, if it was, and the numbering in which the server tells a grant over two withdrawals.
    for (number, numbering, status) in [
        (Some(1), "h1", Status::Granted),
        (Some(2), "h1", Status::Granted),
        (Some(3), "h1", Status::Withdrawn),
        (Some(2), "h2", Status::Withdrawn),
        (Some(1), "h2", Status::Withdrawn),
        (None, "h1", Status::Withdrawn),
    ] {
        let mut phone = Phone::new();
        phone.say("w", ChoiceKind::Withdrawn);
        phone.outcome("w", if number.is_some() { OutcomeKind::Applied } else { OutcomeKind::Stuck }, number);
        // What waits to be sent would be the current answer; here it is about the withdrawal that the server once acknowledged.
        phone.0.subjects.get_mut(ACCOUNT).unwrap().keys.get_mut(PURPOSE).unwrap().pending = None;
        phone.told(word(Status::Granted, "g", 50, numbering, &["a", "b"]));
        assert_eq!(phone.answer().0, status, "{number:?} {numbering}");
    }
}

#[test]
fn a_grant_of_this_installation_counts_only_where_it_is_newer_than_the_own_withdrawal() {
    for (seq, status) in [(1, Status::Withdrawn), (3, Status::Withdrawn), (4, Status::Granted)] {
        let mut phone = Phone::new();
        phone.say("w", ChoiceKind::Withdrawn);
        assert_eq!(phone.1, 3, "the place of the withdrawal");
        phone.outcome("w", OutcomeKind::Applied, Some(1));
        let mut granted = word(Status::Granted, "g", 50, "h1", &["w"]);
        granted.evidence = granted.evidence.map(|evidence| Evidence { install: HERE.into(), seq, ..evidence });
        phone.told(granted);
        assert_eq!(phone.answer().0, status, "{seq}");
    }
}

#[test]
fn what_the_answer_was_on_the_copied_phone_ends_with_the_servers_first_word() {
    let mut phone = Phone::new();
    phone.told(word(Status::Granted, "g", 1, "h1", &[]));
    phone.write("r", Body::Restore(Restore { former: HERE.into(), device: "another device".into(), lost: None }));
    assert_eq!(phone.answer(), (Status::Granted, Some(AskAgain::Restored)));
    phone.told(RemoteState { op: None, evidence: None, ..word(Status::NotAnswered, "", 0, "h1", &[]) });
    assert_eq!(phone.answer(), (Status::NotAnswered, None), "the account was never asked");
}

#[test]
fn f_56_a_grant_saw_every_withdrawal_only_where_what_it_saw_reaches_the_list_of_the_newest() {
    // A hundred withdrawals, of which a state lists the last 64.
    let ops: Vec<String> = (1..=100).map(|number| format!("w{number}")).collect();
    let mark = |number: usize| ops[..number].iter().fold(Mark::START, |mark, op| mark.then(op));
    for (seen, ask_again) in
        [(100, None), (99, Some(AskAgain::StaleGrant)), (36, Some(AskAgain::StaleGrant)), (0, Some(AskAgain::StaleGrant))]
    {
        let mut phone = Phone::new();
        let mark = Some(mark(seen));
        let form = Seen { subject: ACCOUNT.into(), numbering: "h1".into(), epoch: i64::try_from(seen).unwrap(), mark };
        phone.say_of(ACCOUNT, "g", ChoiceKind::Granted, Some(form), vec![]);
        phone.told(listed(&ops));
        assert_eq!(phone.answer(), (Status::Granted, ask_again), "saw {seen}");
    }
    // All that is listed was on the form, and what is not listed was not.
    for (seen, ask_again) in [(36, None), (35, Some(AskAgain::StaleGrant)), (0, Some(AskAgain::StaleGrant))] {
        let mut phone = Phone::new();
        let form = Seen { subject: ACCOUNT.into(), numbering: "h1".into(), epoch: i64::try_from(seen).unwrap(), mark: Some(mark(seen)) };
        phone.say_of(ACCOUNT, "g", ChoiceKind::Granted, Some(form), ops[36..].to_vec());
        phone.told(listed(&ops));
        assert_eq!(phone.answer(), (Status::Granted, ask_again), "saw {seen} and named the rest of the list");
    }

    fn listed(ops: &[String]) -> RemoteState {
        let all: Vec<&str> = ops.iter().map(String::as_str).collect();
        let mut state = word(Status::Withdrawn, "w100", 0, "h1", &all);
        state.base = Some(ops[..36].iter().fold(Mark::START, |mark, op| mark.then(op)));
        state.withdrawals.drain(..36);
        state
    }
}

#[test]
fn f_56_a_number_that_was_given_anew_to_another_withdrawal_covers_no_own_one() {
    // The own withdrawal got number 2. A server that lost it gave the number to another one. A form drawn then shows number 2, and yet
    // not the own withdrawal.
    for (told, ask_again) in [(&["a", "w"][..], None), (&["a", "b"], Some(AskAgain::StaleGrant))] {
        let mut phone = Phone::new();
        phone.say("w", ChoiceKind::Withdrawn);
        phone.outcome("w", OutcomeKind::Applied, Some(2));
        phone.told(word(Status::Withdrawn, told[told.len() - 1], 1, "h1", told));
        let mark = Some(told.iter().fold(Mark::START, |mark, op| mark.then(op)));
        let epoch = i64::try_from(told.len()).unwrap();
        phone.say_of(
            ACCOUNT,
            "g",
            ChoiceKind::Granted,
            Some(Seen { subject: ACCOUNT.into(), numbering: "h1".into(), epoch, mark }),
            vec![],
        );
        assert_eq!(phone.answer(), (Status::Granted, ask_again), "{told:?}");
    }
}

#[test]
fn f_5_a_no_whose_record_is_here_is_dated_by_it_and_not_by_the_clock_that_named_it() {
    // A web page's no is named by the server, whose clock may run before the phone's.
    let named_later = "ffffffff-ffff-7cc1-98f4-1d2b3c4d5e6f";
    for (at, noes, answer) in [
        (1, &[named_later][..], (Status::Granted, Some(AskAgain::StaleGrant))),
        (99, &[named_later], (Status::Withdrawn, None)),
        // One that was counted beside it, of which no record is here.
        (1, &[named_later, "w2"], (Status::Withdrawn, None)),
    ] {
        let mut phone = Phone::new();
        phone.told(word(Status::Withdrawn, noes.last().unwrap(), at, "h1", noes));
        phone.say("g", ChoiceKind::Granted);
        assert_eq!(phone.answer(), answer, "{at} {noes:?}");
    }
}
