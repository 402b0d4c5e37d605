//! Asking: which questions a form shows, with their notices, and the token that ties the answers to them.

use super::{
    arguments::check_text,
    open_ledger::OpenLedger,
    shown_token::{Shown, ShownItem},
};
use crate::{
    decision::Reason,
    error::{Error, Result},
    form::{Question, Questions, Why, asked},
    ledger::{RemoteState, Seen, State, Status},
    policy::{Notice, Policy, Purpose, Scope, notice},
    store::{Transaction, settings::SHOWN_KEY},
    sync::{coverage::mark_of, protocol::MAX_AFTER},
};

/// Longest name of a form, in characters.
const MAX_SURFACE_CHARS: usize = 64;

/// What a form asks now: see `Consent::questions`. Where `only` names purposes, the form has their questions alone, and its token names no
/// other.
pub fn questions(ledger: &OpenLedger, surface: &str, only: Option<&[String]>) -> Result<Questions> {
    check_text("surface", surface, MAX_SURFACE_CHARS)?;
    let now = ledger.options.clock.now();
    ledger.read(|transaction, head| {
        // The denials are read once for the form and for its token, so that the token does not name as seen what the form does not show.
        let denials = ledger.present.denials();
        let snapshot = ledger.view_of(head).denied_by(&denials);
        let snapshot = snapshot.at(now);
        // Its texts are the ones in force, also where a delivered edition counts that is not on disk yet.
        let policy = &ledger.policy_at(now);
        if !policy.surfaces.is_empty() && !policy.surfaces.iter().any(|known| known == surface) {
            return Err(unknown_surface(policy));
        }
        let (mut questions, mut items, mut due) = (vec![], vec![], false);
        for purpose in asked(policy, surface).filter(|purpose| only.is_none_or(|only| only.contains(&purpose.id))) {
            let notice = notice(policy, purpose, &ledger.options.language);
            let subject = match purpose.scope {
                Scope::Device => &head.state.device,
                Scope::Person => &snapshot.person,
            };
            let held = denials.iter().rev().filter(|denial| denial.is_no_of(purpose, subject)).map(|denial| denial.op.clone());
            let told = denials.iter().rev().find_map(|denial| denial.server_state_of(&purpose.id, subject));
            items.push(shown_item(transaction, &head.state, subject, (held.collect(), told), purpose, &notice)?);
            let status = snapshot.answers.get(&purpose.id).map(|answer| answer.status).unwrap_or_default();
            let reasons = snapshot.decide(&purpose.id, now).reasons;
            let needs_yes = snapshot.needs_yes(purpose);
            let why = why(status, &reasons, needs_yes);
            due |= needs_yes && why != Why::Answered && !is_kept_away(&head.state, subject, purpose, policy, now);
            questions.push(Question { purpose: purpose.id.clone(), why, status, notice });
        }
        let language = questions.first().map_or_else(|| ledger.options.language.clone(), |first| first.notice.language.clone());
        let shown = Shown {
            install: head.state.install.clone(),
            policy: policy.id.clone(),
            edition: policy.edition,
            language: language.clone(),
            surface: surface.to_owned(),
            person: snapshot.person.clone(),
            items,
        };
        let key = transaction.setting(SHOWN_KEY)?.ok_or_else(|| Error::Damaged { reason: "the key for shown tokens is gone".into() })?;
        Ok(Questions {
            shown: shown.sign(&key)?,
            surface: surface.to_owned(),
            language,
            due,
            pull_first: snapshot.signed_in && (transaction.cursor(&snapshot.person)?.is_none() || snapshot.waits_for_a_pull()),
            questions,
        })
    })
}

/// True where a form with this question was closed not long ago.
pub fn is_kept_away(state: &State, subject: &str, purpose: &Purpose, policy: &Policy, now: i64) -> bool {
    let key = state.key(subject, &purpose.id);
    key.is_some_and(|key| key.is_kept_away(purpose.material, policy.cool_down_days(), now))
}

/// Why a question is in the form. `needs_yes` is false where the purpose is allowed until the person objects.
pub fn why(status: Status, reasons: &[Reason], needs_yes: bool) -> Why {
    let again = reasons.iter().find_map(|reason| match reason {
        Reason::AskAgain { cause } => Some(*cause),
        _ => None,
    });
    match (status, again) {
        (Status::NotAnswered, _) if needs_yes => Why::FirstTime,
        (Status::NotAnswered, _) if !reasons.contains(&Reason::Withdrawn) => Why::MayObject,
        (_, Some(cause)) => Why::AskAgain { cause },
        _ => Why::Answered,
    }
}

/// Most forms that an error names: a policy has a handful.
const MAX_NAMED_FORMS: usize = 20;

fn unknown_surface(policy: &Policy) -> Error {
    let forms: Vec<&str> = policy.surfaces.iter().take(MAX_NAMED_FORMS).map(String::as_str).collect();
    Error::invalid("surface", format!("is no form of the policy in force, whose forms are: {}", forms.join(", ")))
}

/// What the person can see of a purpose's present state: the server's numbering as this device knows it, and the own
/// withdrawals that wait. What is held in memory alone comes first: the own withdrawals, and the state that the server told.
fn shown_item(
    transaction: &Transaction<'_>,
    state: &State,
    subject: &str,
    (held, told): (Vec<String>, Option<&RemoteState>),
    purpose: &Purpose,
    notice: &Notice,
) -> Result<ShownItem> {
    let remote = told.or_else(|| state.key(subject, &purpose.id).and_then(|key| key.remote.as_ref()));
    let seen = remote.filter(|remote| !remote.numbering.is_empty()).map(|remote| Seen {
        subject: subject.to_owned(),
        numbering: remote.numbering.clone(),
        epoch: remote.epoch,
        mark: mark_of(remote),
    });
    let mut after = held;
    after.extend(transaction.waiting_withdrawals(subject, &purpose.id, MAX_AFTER)?);
    after.truncate(MAX_AFTER);
    if purpose.scope == Scope::Person && after.len() < MAX_AFTER {
        // A withdrawal that a merge brought along waits under the merge's operation and not under its own. The person saw it all the same.
        let merged = state.key(subject, &purpose.id).and_then(|key| key.own_withdrawal.as_ref());
        after.extend(merged.filter(|own| own.numbered.is_none() && !after.contains(&own.op)).map(|own| own.op.clone()));
    }
    Ok(ShownItem { purpose: purpose.id.clone(), text: notice.text_hash(), seen, after })
}
