//! What holds of a form for every policy and every order of taps.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use consentkit::{
    form::{FormDraft, FormEnd, FormFacts, FormKind, FormView, Question, Questions, Why, form_view},
    ledger::{AskAgain, ChoiceKind, Status},
    policy::{Policy, notice},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

/// One purpose of a made-up policy: what it requires of those before it, and what was said of it.
#[derive(Debug, Clone)]
struct Made {
    requires: Vec<prop::sample::Index>,
    state: (Why, Status),
}

const STATES: &[(Why, Status)] = &[
    (Why::FirstTime, Status::NotAnswered),
    (Why::Answered, Status::Granted),
    (Why::Answered, Status::Refused),
    (Why::Answered, Status::Withdrawn),
    (Why::AskAgain { cause: AskAgain::Expired }, Status::Granted),
    (Why::MayObject, Status::NotAnswered),
];

fn made() -> impl Strategy<Value = Vec<Made>> {
    let one = (vec(any::<prop::sample::Index>(), 0..3), select(STATES)).prop_map(|(requires, state)| Made { requires, state });
    vec(one, 1..12)
}

#[derive(Debug, Clone)]
enum Tap {
    Toggle(prop::sample::Index),
    Post(Vec<prop::sample::Index>),
    Restore,
}

fn taps() -> impl Strategy<Value = Vec<Tap>> {
    let index = any::<prop::sample::Index>;
    let tap = prop_oneof![
        6 => index().prop_map(Tap::Toggle),
        1 => vec(index(), 0..8).prop_map(Tap::Post),
        1 => Just(Tap::Restore),
    ];
    vec(tap, 0..24)
}

fn name(at: usize) -> String {
    format!("p{at}")
}

fn view_of(made: &[Made], kind: FormKind) -> FormView {
    let purposes: Vec<_> = made
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let requires: BTreeSet<String> = one.requires.iter().filter(|_| at > 0).map(|index| name(index.index(at))).collect();
            json!({ "id": name(at), "title": { "en": format!("Purpose {at}") }, "requires": requires })
        })
        .collect();
    let policy = json!({ "id": "made", "version": "1", "languages": ["en"], "purposes": purposes });
    let policy = Policy::parse(&policy.to_string()).unwrap();
    let question = |(at, one): (usize, &Made)| Question {
        purpose: name(at),
        why: one.state.0,
        status: one.state.1,
        notice: notice(&policy, policy.purpose(&name(at)).unwrap(), "en"),
    };
    let questions = Questions {
        shown: "token".into(),
        surface: "made".into(),
        language: "en".into(),
        due: true,
        pull_first: false,
        questions: made.iter().enumerate().map(question).collect(),
    };
    let standing = BTreeMap::new();
    form_view(&FormFacts { policy: &policy, questions: &questions, kind, standing: &standing, utc_offset: 0, system_path: "" })
}

fn on(view: &FormView) -> BTreeSet<String> {
    view.switches().filter(|switch| switch.on).map(|switch| switch.purpose.clone()).collect()
}

fn visible(view: &FormView) -> BTreeSet<String> {
    view.switches().filter(|switch| switch.visible).map(|switch| switch.purpose.clone()).collect()
}

/// What holds at every moment.
fn check(view: &FormView, touched: &BTreeSet<String>) {
    let on = on(view);
    for switch in view.switches() {
        assert_eq!(switch.visible, switch.requires.iter().all(|id| on.contains(id)), "{switch:?}");
        assert!(!switch.on || switch.visible, "what is on is on the screen: {switch:?}");
        assert!(!switch.on || switch.started_on || touched.contains(&switch.purpose), "it turned itself on: {switch:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_turns_itself_on_and_nothing_unseen_is_agreed_to(
        made in made(),
        taps in taps(),
        ending in 0..3,
        kind in select(&[FormKind::FirstRun, FormKind::Settings, FormKind::Guardian][..]),
    ) {
        let fresh = view_of(&made, kind);
        let started: BTreeSet<String> = fresh.switches().filter(|switch| switch.started_on).map(|switch| switch.purpose.clone()).collect();
        prop_assert!(started.is_subset(&visible(&fresh)), "a yes is never hidden");
        prop_assert_eq!(on(&fresh), started.clone());
        let (mut draft, mut touched) = (FormDraft::new(fresh.clone()), BTreeSet::new());
        check(draft.view(), &touched);
        for tap in taps {
            let id = |index: prop::sample::Index| name(index.index(made.len()));
            match tap {
                Tap::Toggle(index) => {
                    let before = visible(draft.view());
                    touched.insert(id(index));
                    prop_assert_eq!(draft.toggle(&id(index)).is_ok(), before.contains(&id(index)));
                }
                Tap::Post(indexes) => {
                    let posted: BTreeSet<String> = indexes.into_iter().map(id).collect();
                    touched.extend(posted.iter().cloned());
                    draft.take_posted(&posted).unwrap();
                }
                Tap::Restore => {
                    let kept = draft.text();
                    prop_assert!(kept.len() <= 4096);
                    let restored = FormDraft::restored(fresh.clone(), &kept);
                    prop_assert_eq!(&restored.view().sheet, &draft.view().sheet);
                    draft = restored;
                }
            }
            check(draft.view(), &touched);
        }
        let (seen, ticked) = (visible(draft.view()), on(draft.view()));
        let end = match ending {
            0 => draft.save(),
            1 => draft.accept_all(),
            _ => draft.refuse_all(),
        };
        let Ok(FormEnd::Save { answers }) = end else { panic!("it did not end") };
        let said: BTreeMap<&str, ChoiceKind> = answers.iter().map(|answer| (answer.purpose.as_str(), answer.choice)).collect();
        prop_assert_eq!(said.len(), answers.len(), "one answer for each");
        for (purpose, choice) in &said {
            let was_on = started.contains(*purpose);
            match choice {
                ChoiceKind::Granted => {
                    prop_assert!(seen.contains(*purpose) && !was_on && ending != 2);
                    prop_assert!(ending == 1 || ticked.contains(*purpose));
                }
                _ => prop_assert!(ending != 1 || !seen.contains(*purpose), "agreeing to all refuses nothing on the screen"),
            }
            prop_assert!(seen.contains(*purpose) || was_on, "what was never on the screen is not answered");
        }
        for purpose in started {
            let kept = !said.contains_key(purpose.as_str());
            let stands = match ending { 0 => ticked.contains(&purpose), 1 => seen.contains(&purpose), _ => false };
            prop_assert_eq!(kept, stands, "a yes that stood on at the end stays, and any other is taken back: {}", purpose);
        }
    }
}
