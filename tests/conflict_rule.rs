//! The conflict rule of `docs/sync.md`: schedules that it names, on the shipped rule and the shipped fold alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{
    ledger::{
        Actor, AskAgain, Body, Choice, ChoiceKind, Evidence, FORMAT, Install, Link, Merge, Merged, Method, Outcome, OutcomeKind,
        OutcomeRecord, Record, RemoteRecord, RemoteState, Seen, State, Status, TextRef, Withdrawal, rfc3339,
    },
    policy::Scope,
    sync::{
        device_rule::current_answer,
        numbering::{Listed, Numbering},
        server_rule::{Effect, Incoming, ServerState},
    },
};

const SUBJECT: &str = "account";
const PURPOSE: &str = "marketing.email";
const PLACE: Numbering<'static> = Numbering { subject: SUBJECT, name: "h1" };

/// One key on the server: where it stands, and its withdrawals beside it.
#[derive(Clone, Default, PartialEq, Debug)]
struct Server {
    state: ServerState,
    withdrawals: Vec<Withdrawal>,
}

impl Server {
    fn apply(&mut self, incoming: Incoming<'_>, place: Numbering<'_>) -> Effect {
        let (op, before) = (incoming.op.to_owned(), self.state.epoch);
        let Ok(effect) = self.state.apply(incoming, place, &Listed::all(&self.withdrawals));
        self.keep(op, before);
        effect
    }

    fn merge(&mut self, choice: ChoiceKind, op: &str) {
        let before = self.state.epoch;
        let Ok(_) = self.state.merge(choice, op, &Listed::all(&self.withdrawals));
        self.keep(op.to_owned(), before);
    }

    fn keep(&mut self, op: String, before: i64) {
        if self.state.epoch > before {
            self.withdrawals.push(Withdrawal { op, epoch: self.state.epoch });
        }
    }

    /// What a form shows of it.
    fn seen(&self, numbering: &str) -> Option<Seen> {
        let (epoch, mark) = (self.state.epoch, Some(self.state.mark));
        Some(Seen { subject: SUBJECT.into(), numbering: numbering.into(), epoch, mark })
    }
}

fn withdraw(server: &mut Server, op: &str) -> Effect {
    server.apply(Incoming { op, choice: ChoiceKind::Withdrawn, seen: None, after: &[], may_grant: true }, PLACE)
}

fn grant(server: &mut Server, op: &str, seen: Option<&Seen>, after: &[&str]) -> Effect {
    let after: Vec<String> = after.iter().map(|op| (*op).to_owned()).collect();
    server.apply(Incoming { op, choice: ChoiceKind::Granted, seen, after: &after, may_grant: true }, PLACE)
}

/// A device, as the fold of what was written on it.
struct Device {
    state: State,
    seq: i64,
}

impl Device {
    fn new() -> Self {
        let mut device = Self { state: State::default(), seq: 0 };
        device.write("", Body::Install(Install { device: "device".into(), person: "anonymous".into(), lost: None }));
        device.write("", Body::Link(Link { subject: SUBJECT.into(), account: true }));
        device
    }

    fn write(&mut self, op: &str, body: Body) {
        self.seq += 1;
        let record = Record {
            format: FORMAT,
            install: "phone".into(),
            seq: self.seq,
            op: op.into(),
            at: rfc3339(0),
            offset: 0,
            app: String::new(),
            sdk: String::new(),
            body,
        };
        self.state.apply(&record);
    }

    fn say(&mut self, op: &str, choice: ChoiceKind, seen: Option<Seen>, after: &[&str]) {
        self.write(
            op,
            Body::Choice(Choice {
                subject: SUBJECT.into(),
                scope: Scope::Person,
                purpose: PURPOSE.into(),
                choice,
                policy: TextRef { id: "p".into(), version: "1".into(), edition: 1, material: 1, text: None },
                language: "ko".into(),
                surface: "settings".into(),
                method: Method::Toggle,
                actor: Actor::Person,
                seen,
                after: after.iter().map(|op| (*op).to_owned()).collect(),
            }),
        );
    }

    fn pull(&mut self, server: &Server, numbering: &str, grant_from: &str) {
        self.pull_with(server, numbering, grant_from, (1, false));
    }

    /// A pull of a grant whose record stands at that place, of this ledger or of an unnoticed copy's.
    fn pull_with(&mut self, server: &Server, numbering: &str, grant_from: &str, (seq, by_copy): (i64, bool)) {
        let granted = server.state.status == Status::Granted;
        let evidence = granted.then(|| Evidence {
            install: grant_from.into(),
            seq,
            at: rfc3339(0),
            material: 1,
            undated: false,
            imported: false,
            actor: Actor::Person,
            by_copy,
        });
        let state = RemoteState {
            purpose: PURPOSE.into(),
            status: server.state.status,
            numbering: numbering.into(),
            epoch: server.state.epoch,
            withdrawals: server.withdrawals.clone(),
            base: None,
            op: server.state.op.clone(),
            evidence,
            record: None,
        };
        self.write("", Body::Remote(RemoteRecord { subject: SUBJECT.into(), states: vec![state], renamed: false }));
    }

    fn hear(&mut self, op: &str, effect: Effect) {
        let (outcome, epoch) = match effect {
            Effect::Applied => (OutcomeKind::Applied, None),
            Effect::Numbered(epoch) => (OutcomeKind::Applied, Some(epoch)),
            Effect::Stale => (OutcomeKind::StaleGrant, None),
        };
        let results = vec![Outcome { op: op.into(), outcome, epoch, reason: None }];
        self.write("", Body::Outcome(OutcomeRecord { subject: SUBJECT.into(), numbering: Some("h1".into()), results }));
    }

    fn answer(&self) -> (Status, Option<AskAgain>) {
        let answer = current_answer(self.state.key(SUBJECT, PURPOSE).unwrap(), SUBJECT, "phone");
        (answer.status, answer.ask_again)
    }
}

#[test]
fn a_tab_that_was_left_open_does_not_override_a_withdrawal_made_meanwhile() {
    let mut server = Server::default();
    let tab = server.seen("h1");
    assert_eq!(withdraw(&mut server, "w1"), Effect::Numbered(1));
    assert_eq!(grant(&mut server, "g1", tab.as_ref(), &[]), Effect::Stale);
    assert_eq!((server.state.status, server.state.op.as_deref()), (Status::Withdrawn, Some("w1")));
    let drawn_again = server.seen("h1");
    assert_eq!(grant(&mut server, "g2", drawn_again.as_ref(), &[]), Effect::Applied);
}

#[test]
fn a_tab_that_names_no_state_grants_only_where_nothing_was_ever_withdrawn() {
    let mut server = Server::default();
    assert_eq!(grant(&mut server, "g1", None, &[]), Effect::Applied);
    withdraw(&mut server, "w1");
    assert_eq!(grant(&mut server, "g2", None, &[]), Effect::Stale);
}

#[test]
fn an_undetected_clone_cannot_grant_and_its_withdrawal_lands() {
    let mut server = Server::default();
    let form = server.seen("h1");
    withdraw(&mut server, "of_the_original");
    // The server found the place of the clone's record taken: the fork may not grant, whatever it saw.
    let all_seen = server.seen("h1");
    let fork = Incoming { op: "g", choice: ChoiceKind::Granted, seen: all_seen.as_ref(), after: &[], may_grant: false };
    assert_eq!(server.apply(fork, PLACE), Effect::Stale);
    assert_eq!(grant(&mut server, "g_early", form.as_ref(), &[]), Effect::Stale);
    assert_eq!(withdraw(&mut server, "of_the_clone"), Effect::Numbered(2));
}

#[test]
fn after_a_restore_from_a_backup_what_was_seen_under_the_lost_numbering_no_longer_counts() {
    let mut server = Server::default();
    let backup = server.clone();
    withdraw(&mut server, "lost");
    let shown = server.seen("h1");
    server = backup;
    assert_eq!(withdraw(&mut server, "another"), Effect::Numbered(1));
    let renewed = Numbering { subject: SUBJECT, name: "h2" };
    let informed_by_the_lost_one = Incoming { op: "g", choice: ChoiceKind::Granted, seen: shown.as_ref(), after: &[], may_grant: true };
    assert_eq!(server.apply(informed_by_the_lost_one, renewed), Effect::Stale);
    assert_eq!(server.state.status, Status::Withdrawn);
}

#[test]
fn a_device_keeps_its_withdrawal_over_a_grant_that_a_restored_server_speaks_of() {
    let mut device = Device::new();
    let mut server = Server::default();
    grant(&mut server, "g_web", None, &[]);
    let backup = server.clone();
    device.pull(&server, "h1", "server");
    device.say("w1", ChoiceKind::Withdrawn, None, &[]);
    device.hear("w1", withdraw(&mut server, "w1"));
    device.pull(&server, "h1", "server");
    device.pull(&backup, "h2", "server");
    assert_eq!(device.answer().0, Status::Withdrawn, "the server lost it, and the phone did not");
}

#[test]
fn f_19_a_copys_grant_does_not_pass_a_withdrawal_by_the_place_that_it_has_in_the_copys_ledger() {
    let mut device = Device::new();
    let mut server = Server::default();
    device.say("w1", ChoiceKind::Withdrawn, None, &[]);
    device.hear("w1", withdraw(&mut server, "w1"));
    device.pull(&server, "h1", "server");
    // The server lost the withdrawal, and a copy of this phone that nobody noticed says yes far behind its place.
    let mut restored = Server::default();
    grant(&mut restored, "g_copy", None, &[]);
    device.pull_with(&restored, "h2", "phone", (99, true));
    assert_eq!(device.answer(), (Status::Withdrawn, None));
    device.pull_with(&restored, "h2", "phone", (99, false));
    assert_eq!(device.answer(), (Status::Granted, None), "what was said here later overtook it");
}

#[test]
fn a_lost_acknowledgement_leaves_one_effect_and_the_first_number() {
    let mut device = Device::new();
    let mut server = Server::default();
    device.say("w1", ChoiceKind::Withdrawn, None, &[]);
    assert_eq!(withdraw(&mut server, "w1"), Effect::Numbered(1));
    // The answer is lost; until one comes the person sees the withdrawal, and a grant may name it.
    assert_eq!(device.answer().0, Status::Withdrawn);
    device.say("g1", ChoiceKind::Granted, None, &["w1"]);
    assert_eq!(device.answer(), (Status::Granted, None));
    assert_eq!(withdraw(&mut server, "w1"), Effect::Numbered(1), "the same operation again");
    assert_eq!(server.withdrawals.len(), 1);
    assert_eq!(grant(&mut server, "g1", None, &["w1"]), Effect::Applied);
}

#[test]
fn a_duplicate_of_a_withdrawal_does_not_undo_the_grant_that_saw_it() {
    let mut server = Server::default();
    withdraw(&mut server, "w1");
    let shown = server.seen("h1");
    assert_eq!(grant(&mut server, "g1", shown.as_ref(), &[]), Effect::Applied);
    let before = server.clone();
    assert_eq!(withdraw(&mut server, "w1"), Effect::Numbered(1));
    assert_eq!(server, before);
}

#[test]
fn rec_6_grant_1_and_withdraw_2_delivered_as_2_1_2_end_withdrawn() {
    let mut server = Server::default();
    let form = server.seen("h1");
    assert_eq!(withdraw(&mut server, "w2"), Effect::Numbered(1));
    assert_eq!(grant(&mut server, "g1", form.as_ref(), &[]), Effect::Stale);
    assert_eq!(withdraw(&mut server, "w2"), Effect::Numbered(1));
    assert_eq!((server.state.status, server.withdrawals.len()), (Status::Withdrawn, 1));
}

#[test]
fn changes_of_three_devices_delivered_in_every_order_end_withdrawn() {
    // 0: a grant on an empty form; 1: a withdrawal; 2: a second one, of another device. Orders such as 2, 1, 0 included.
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut server = Server::default();
        let form = server.seen("h1");
        for change in order {
            match change {
                0 => drop(grant(&mut server, "g0", form.as_ref(), &[])),
                1 => drop(withdraw(&mut server, "w1")),
                _ => drop(withdraw(&mut server, "w2")),
            }
        }
        assert_eq!(server.state.status, Status::Withdrawn, "{order:?}");
        assert_eq!(server.state.epoch, 2, "{order:?}");
    }
}

#[test]
fn a_pull_that_ends_while_the_form_is_open_does_not_inform_the_form() {
    let mut device = Device::new();
    let mut server = Server::default();
    grant(&mut server, "g0", None, &[]);
    device.pull(&server, "h1", "server");
    let form = server.seen("h1");
    withdraw(&mut server, "w_web");
    device.pull(&server, "h1", "server");
    device.say("g1", ChoiceKind::Granted, form.clone(), &[]);
    assert_eq!(device.answer(), (Status::Granted, Some(AskAgain::StaleGrant)), "said, but it does not count");
    let effect = grant(&mut server, "g1", form.as_ref(), &[]);
    assert_eq!(effect, Effect::Stale);
    device.hear("g1", effect);
    assert_eq!(device.answer(), (Status::Granted, Some(AskAgain::StaleGrant)));
}

#[test]
fn a_merge_takes_the_most_restrictive_answer() {
    // (the account's answer, the anonymous answer) and what the account says afterwards.
    let granted = || {
        let mut account = Server::default();
        grant(&mut account, "g_account", None, &[]);
        account
    };
    let withdrawn = || {
        let mut account = granted();
        withdraw(&mut account, "w_account");
        account
    };
    for (mut account, answer, ends) in [
        (Server::default(), ChoiceKind::Granted, Status::Granted),
        (Server::default(), ChoiceKind::Refused, Status::Refused),
        (granted(), ChoiceKind::Granted, Status::Granted),
        (granted(), ChoiceKind::Withdrawn, Status::Withdrawn),
        (withdrawn(), ChoiceKind::Granted, Status::Withdrawn),
        (withdrawn(), ChoiceKind::Withdrawn, Status::Withdrawn),
    ] {
        let numbers = account.state.epoch;
        account.merge(answer, "brought");
        assert_eq!(account.state.status, ends, "{answer:?}");
        assert_eq!(
            account.state.epoch,
            numbers + i64::from(answer.lowers()),
            "the union of withdrawals, the incoming one under a new number"
        );
    }
}

#[test]
fn a_grant_that_a_merge_brings_does_not_count_over_the_accounts_withdrawal_once_it_is_known() {
    let mut device = Device::new();
    let answers = vec![Merged {
        purpose: PURPOSE.into(),
        choice: ChoiceKind::Granted,
        op: "g_anonymous".into(),
        material: 1,
        at: None,
        undated: false,
        actor: Actor::Person,
    }];
    device.write("m1", Body::Merge(Merge { from: "anonymous".into(), subject: SUBJECT.into(), answers }));
    assert_eq!(device.answer(), (Status::Granted, None));
    let mut account = Server::default();
    withdraw(&mut account, "w_account");
    device.pull(&account, "h1", "server");
    assert_eq!(device.answer().1, Some(AskAgain::StaleGrant));
}
