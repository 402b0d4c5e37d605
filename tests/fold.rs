//! What each record does to the state of a device, and which rows it says to have changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{
    ledger::{
        Actor, Body, Choice, ChoiceKind, ClosedQuestion, EditionAhead, FORMAT, FormClosed, Import, Install, Key, Link, Merge, Merged,
        Method, Outcome, OutcomeKind, OutcomeRecord, PolicyAdopted, PolicyAnnounced, Record, Redated, RedatedAnswer, RemoteRecord,
        RemoteState, Restore, State, Status, SubjectKind, TextRef, Touched, rfc3339,
    },
    policy::Scope,
    signal::AgeBand,
};

const HERE: &str = "phone";
const MAIL: &str = "marketing.email";
const SMS: &str = "marketing.sms";

/// A device on which nobody in particular is in front of the screen; the time of its records is their place, in seconds.
struct Device(State, i64);

impl Device {
    fn new() -> Self {
        let mut device = Self(State::default(), 0);
        device.write("i", Body::Install(Install { device: "device".into(), person: "anonymous".into(), lost: None }));
        device
    }

    fn write(&mut self, op: &str, body: Body) -> Touched {
        self.1 += 1;
        let (app, sdk) = (String::new(), String::new());
        let at = rfc3339(self.1 * 1000);
        self.0.apply(&Record { format: FORMAT, install: HERE.into(), seq: self.1, op: op.into(), at, offset: 0, app, sdk, body })
    }

    fn says(&mut self, subject: &str, purpose: &str, op: &str, choice: ChoiceKind) -> Touched {
        let policy = TextRef { id: "p".into(), version: "1".into(), edition: 1, material: 1, text: None };
        let scope = if subject == "device" { Scope::Device } else { Scope::Person };
        self.write(
            op,
            Body::Choice(Choice {
                subject: subject.into(),
                scope,
                purpose: purpose.into(),
                choice,
                policy,
                language: "ko".into(),
                surface: "settings".into(),
                method: Method::Toggle,
                actor: Actor::Person,
                seen: None,
                after: vec![],
            }),
        )
    }

    fn signs_in(&mut self, account: &str) -> Touched {
        self.write("l", Body::Link(Link { subject: account.into(), account: true }))
    }

    fn merges(&mut self, op: &str, answers: Vec<Merged>) -> Touched {
        self.write(op, Body::Merge(Merge { from: "anonymous".into(), subject: "account".into(), answers }))
    }

    fn hears(&mut self, subject: &str, op: &str, outcome: OutcomeKind) -> Touched {
        let results = vec![Outcome { op: op.into(), outcome, epoch: None, reason: None }];
        self.write("", Body::Outcome(OutcomeRecord { subject: subject.into(), numbering: Some("h1".into()), results }))
    }

    fn told(&mut self, subject: &str, status: Status, renamed: bool) -> Touched {
        let state = RemoteState {
            purpose: MAIL.into(),
            status,
            numbering: "h1".into(),
            epoch: 0,
            withdrawals: vec![],
            base: None,
            op: Some("elsewhere".into()),
            evidence: None,
            record: None,
        };
        let states = if renamed { vec![] } else { vec![state] };
        self.write("", Body::Remote(RemoteRecord { subject: subject.into(), states, renamed }))
    }

    fn key(&self, subject: &str) -> &Key {
        self.0.key(subject, MAIL).unwrap()
    }

    fn waits(&self, subject: &str) -> Option<(&str, bool)> {
        self.key(subject).pending.as_ref().map(|pending| (pending.op.as_str(), pending.stuck))
    }

    fn status(&self, subject: &str) -> Status {
        self.key(subject).current_answer(HERE, true).status
    }
}

fn brought(op: &str, choice: ChoiceKind) -> Merged {
    Merged { purpose: MAIL.into(), choice, op: op.into(), material: 1, at: None, undated: false, actor: Actor::Person }
}

fn pair(subject: &str) -> (String, String) {
    (subject.to_owned(), MAIL.to_owned())
}

#[test]
fn a_device_knows_everybody_whom_a_record_named_and_nobody_else() {
    let mut device = Device::new();
    assert!(device.0.knows("device") && device.0.knows("anonymous") && !device.0.knows("stranger"));
    device.says("former", MAIL, "1", ChoiceKind::Granted);
    device.merges("m", vec![]);
    for known in ["former", "account", "anonymous", "device"] {
        assert!(device.0.knows(known), "{known}");
    }
    assert!(!device.0.knows("stranger"));
    assert!(device.0.is_merged("anonymous", "account"));
    assert!(!device.0.is_merged("anonymous", "former") && !device.0.is_merged("former", "account"));
}

#[test]
fn a_state_says_nothing_of_a_purpose_of_which_nothing_is_known() {
    let mut device = Device::new();
    assert_eq!(device.says("anonymous", MAIL, "1", ChoiceKind::Granted).keys, [pair("anonymous")]);
    assert!(device.0.key("anonymous", SMS).is_none() && device.0.key("device", MAIL).is_none());
    assert_eq!((device.status("anonymous"), device.waits("anonymous")), (Status::Granted, Some(("1", false))));
}

#[test]
fn an_age_that_an_older_version_told_of_the_device_is_taken_over_only_where_it_is_below() {
    let ages = [(None, None), (Some(AgeBand::Above), None), (Some(AgeBand::Below), Some(AgeBand::Below))];
    for (of_the_device, of_the_person) in ages {
        let mut device = Device::new();
        device.0.signals.age = of_the_device;
        let touched = device.signs_in("account");
        let account = &device.0.subjects["account"];
        assert_eq!((account.signals.age, account.untold), (of_the_person, of_the_person.is_some()), "{of_the_device:?}");
        assert!(
            touched.head
                && touched.subjects.iter().any(|subject| subject == "account")
                && account.kind == SubjectKind::Account
                && device.0.signed_in
        );
    }
    let mut device = Device::new();
    device.signs_in("account");
    device.0.subjects.get_mut("account").unwrap().signals.age = Some(AgeBand::Above);
    device.0.signals.age = Some(AgeBand::Below);
    device.signs_in("account");
    let account = &device.0.subjects["account"];
    assert_eq!((account.signals.age, account.untold), (Some(AgeBand::Above), false), "what the person's own record says stays");
}

fn ahead(edition: u32, drops: &[u32]) -> Body {
    let named = (String::from("p"), edition.to_string(), "d".to_owned(), rfc3339(i64::from(edition) * 1_000_000));
    let policy = EditionAhead { id: named.0, version: named.1, edition, document: named.2, from: named.3, shipped: false };
    Body::Announced(PolicyAnnounced { policy, drops: drops.to_vec() })
}

fn editions(device: &Device) -> (Vec<u32>, Vec<u32>) {
    (device.0.announced.iter().map(|ahead| ahead.edition).collect(), device.0.dropped_editions.clone())
}

#[test]
fn an_edition_takes_its_place_among_those_that_are_announced() {
    let mut device = Device::new();
    device.write("1", ahead(4, &[]));
    device.write("2", ahead(3, &[]));
    assert_eq!(editions(&device), (vec![3, 4], vec![]));
    device.write("3", ahead(6, &[3]));
    assert_eq!(editions(&device), (vec![4, 6], vec![3]));
    device.write("4", ahead(4, &[]));
    assert_eq!(editions(&device), (vec![4, 6], vec![3]), "the same again takes its own place");
    device.write("5", ahead(3, &[4]));
    assert_eq!(editions(&device), (vec![3, 6], vec![4]), "one that was dropped is announced once more");
    let (id, version, document) = ("p".into(), "4".into(), "d".into());
    let adopted = PolicyAdopted {
        id,
        version,
        edition: 4,
        document,
        asked_before: vec![],
        pull_first: false,
        drops: vec![],
        delivered: true,
        sets_aside: vec![],
    };
    device.write("6", Body::Policy(adopted));
    assert_eq!(editions(&device), (vec![6], vec![]), "what is in force lies behind, and is dropped no more");
    device.write("7", ahead(7, &[]));
    assert_eq!(editions(&device).0, [6, 7]);
}

#[test]
fn what_an_anonymous_person_closed_stays_away_for_the_account_and_what_another_account_closed_does_not() {
    let closed = |subject: &str| {
        let question = ClosedQuestion { subject: subject.into(), purpose: MAIL.into(), material: 1 };
        Body::Closed(consentkit::ledger::Closed { surface: "settings".into(), questions: vec![question] })
    };
    let mut device = Device::new();
    device.write("c", closed("anonymous"));
    device.says("anonymous", SMS, "1", ChoiceKind::Granted);
    let touched = device.signs_in("account");
    assert_eq!(device.key("account").closed, [FormClosed { at: 2000, material: 1 }]);
    assert_eq!(touched.keys, [pair("account")], "a purpose that was not closed is left alone");
    device.signs_in("other");
    assert!(device.0.key("other", MAIL).is_none(), "an account's closing is its own");
}

#[test]
fn a_merge_dates_an_answer_by_the_one_that_it_brings_along() {
    let mut device = Device::new();
    device.says("anonymous", MAIL, "1", ChoiceKind::Granted);
    assert!(device.merges("m", vec![brought("1", ChoiceKind::Granted)]).head);
    let pending = device.key("account").pending.clone().unwrap();
    assert_eq!((pending.op.as_str(), pending.at, pending.seq), ("m", 2000, 3), "it was said with record 2");
    device.merges("n", vec![]);
    assert_eq!(device.0.merged.len(), 1, "the pair is known");
    let mut device = Device::new();
    device.says("anonymous", MAIL, "1", ChoiceKind::Granted);
    device.merges("m", vec![brought("another", ChoiceKind::Withdrawn)]);
    assert_eq!(device.key("account").pending.as_ref().unwrap().at, 3000, "the current answer is not the one that is brought along");
    assert_eq!(device.status("account"), Status::Withdrawn);
}

#[test]
fn a_yes_that_a_merge_brings_takes_no_effect_over_an_answer_of_the_account_and_a_no_does() {
    for (brings, counts) in [(ChoiceKind::Granted, Status::Refused), (ChoiceKind::Withdrawn, Status::Withdrawn)] {
        let mut device = Device::new();
        device.says("account", MAIL, "a", ChoiceKind::Refused);
        device.merges("m", vec![brought("1", brings)]);
        assert_eq!(device.status("account"), counts, "{brings:?}");
    }
}

#[test]
fn an_imported_answer_without_a_date_says_so_through_a_merge() {
    let mut device = Device::new();
    let policy = TextRef { id: "p".into(), version: "1".into(), edition: 1, material: 1, text: None };
    let import = Import {
        subject: "anonymous".into(),
        scope: Scope::Person,
        purpose: MAIL.into(),
        choice: ChoiceKind::Granted,
        policy,
        said_at: None,
        outside_years: None,
        source: "old".into(),
        text_version: None,
        replaces: None,
        actor: Actor::Person,
    };
    device.write("1", Body::Import(import));
    assert_eq!(device.status("anonymous"), Status::Granted);
    device.merges("m", vec![brought("1", ChoiceKind::Granted)]);
    let pending = device.key("account").pending.as_ref().unwrap();
    assert!(pending.undated && pending.imported);
    // The date of the answer is kept by the operation of the choice and by the place of the merge.
    let redating = device.key("account").redatings.iter().find(|redating| redating.op == "1").unwrap().clone();
    assert_eq!(redating.seq, Some(3));
}

#[test]
fn an_outcome_is_about_the_operation_that_it_names() {
    let mut device = Device::new();
    device.says("anonymous", MAIL, "1", ChoiceKind::Granted);
    device.hears("anonymous", "another", OutcomeKind::Applied);
    assert_eq!(device.waits("anonymous"), Some(("1", false)));
    assert_eq!(device.hears("anonymous", "1", OutcomeKind::Rejected).keys, [pair("anonymous")]);
    assert_eq!(device.waits("anonymous"), Some(("1", true)));
    let touched = device.hears("anonymous", "1", OutcomeKind::Rejected);
    assert!(touched.keys.is_empty() && touched.head, "it changes nothing, and is noted: {touched:?}");
    device.hears("anonymous", "1", OutcomeKind::Applied);
    assert_eq!(device.waits("anonymous"), None);
}

#[test]
fn a_yes_that_came_too_late_is_no_longer_on_its_way_and_a_no_is() {
    let mut device = Device::new();
    device.says("anonymous", MAIL, "1", ChoiceKind::Granted);
    device.hears("anonymous", "1", OutcomeKind::StaleGrant);
    assert!(device.waits("anonymous").is_none() && device.key("anonymous").stale.is_some());
    device.says("anonymous", MAIL, "2", ChoiceKind::Withdrawn);
    device.hears("anonymous", "2", OutcomeKind::StaleGrant);
    assert_eq!((device.waits("anonymous"), device.status("anonymous")), (Some(("2", true)), Status::Withdrawn));
}

#[test]
fn what_the_server_tells_is_kept_and_loses_its_numbers_with_their_name() {
    let mut device = Device::new();
    assert_eq!(device.told("anonymous", Status::Granted, false).keys, [pair("anonymous")]);
    assert_eq!(device.key("anonymous").remote.as_ref().unwrap().numbering, "h1");
    assert_eq!(device.told("anonymous", Status::Granted, true).keys, [pair("anonymous")]);
    assert_eq!(device.key("anonymous").remote.as_ref().unwrap().numbering, "");
    assert!(device.told("anonymous", Status::Granted, true).keys.is_empty(), "without a name there is nothing to lose");
    device.told("anonymous", Status::Granted, false);
    let states = vec![];
    device.write("", Body::Remote(RemoteRecord { subject: "anonymous".into(), states, renamed: false }));
    assert_eq!(device.key("anonymous").remote.as_ref().unwrap().numbering, "h1", "a word without a new name renames nothing");
}

#[test]
fn a_restored_file_keeps_each_no_and_sends_no_yes_of_before() {
    let mut device = Device::new();
    device.says("device", MAIL, "1", ChoiceKind::Granted);
    device.says("anonymous", MAIL, "2", ChoiceKind::Granted);
    device.says("anonymous", SMS, "3", ChoiceKind::Withdrawn);
    device.told("anonymous", Status::Granted, false);
    device.0.subjects.get_mut("anonymous").unwrap().signals.age = Some(AgeBand::Above);
    let touched = device.write("r", Body::Restore(Restore { former: HERE.into(), device: "new".into(), lost: None }));
    assert_eq!((device.0.device.as_str(), &device.0.subjects["device"].kind), ("new", &SubjectKind::FormerDevice));
    assert_eq!(device.0.subjects["new"].kind, SubjectKind::Device);
    assert_eq!(device.key("new").copied_status, Some(Status::Granted));
    assert_eq!(
        (device.waits("device"), device.key("device").copied_status),
        (Some(("1", false)), None),
        "the former device's is left alone"
    );
    assert_eq!((device.waits("anonymous"), device.key("anonymous").copied_status), (None, Some(Status::Granted)));
    assert!(device.key("anonymous").remote.is_none() && device.0.subjects["anonymous"].untold);
    assert!(device.0.key("anonymous", SMS).unwrap().pending.is_some(), "the no still waits");
    assert!(touched.head && touched.subjects.iter().any(|subject| subject == "anonymous"));
    let mut device = Device::new();
    device.says("anonymous", MAIL, "1", ChoiceKind::Granted);
    device.write("r", Body::Restore(Restore { former: HERE.into(), device: "new".into(), lost: None }));
    assert!(!device.0.subjects["anonymous"].untold, "nothing was said of this person");
}

#[test]
fn a_date_that_cannot_be_is_noted_where_the_answer_is() {
    let mut device = Device::new();
    device.says("anonymous", MAIL, "1", ChoiceKind::Granted);
    let answers = vec![RedatedAnswer { purpose: MAIL.into(), op: "1".into(), at: rfc3339(1_800_000_000_000) }];
    assert_eq!(device.write("", Body::Redated(Redated { subject: "anonymous".into(), answers })).keys, [pair("anonymous")]);
    assert_eq!(device.key("anonymous").redatings.iter().find(|redating| redating.op == "1").unwrap().at(), Some(1_800_000_000_000));
}
