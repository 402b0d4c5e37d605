//! A form was closed without an answer to each of its questions.

use super::{
    last_form::{LastForm, check_form},
    open_ledger::OpenLedger,
    questions::{is_kept_away, why},
};
use crate::{
    error::Result,
    form::Why,
    ledger::{Body, Closed, ClosedQuestion},
    sync::device_rule::subject_of,
};

/// Notes that a form was closed: see `Consent::closed`.
pub fn closed(ledger: &OpenLedger, last_form: &LastForm, shown: &str) -> Result<()> {
    ledger.write(&[], |writer| {
        let policy = ledger.policy.load_full();
        let form = last_form.read(writer, shown)?;
        check_form(&form.shown, &policy, &writer.head.state.install, &writer.head.state.person)?;
        let now = writer.stamp.now;
        let snapshot = ledger.view_of(writer.head).denied_by(&ledger.present.denials());
        let state = &writer.head.state;
        let mut questions = vec![];
        for purpose in form.shown.items.iter().filter_map(|item| policy.purpose(&item.purpose)) {
            let status = snapshot.answers.get(&purpose.id).map(|answer| answer.status).unwrap_or_default();
            let subject = subject_of(state, purpose.scope);
            let needs_yes = snapshot.needs_yes(purpose);
            let open = needs_yes && why(status, &snapshot.decide(&purpose.id, now).reasons, needs_yes) != Why::Answered;
            // The days count from the first closing. A person who opens the form again and closes it once more does not put it off.
            if open && policy.cool_down_days() > 0 && !is_kept_away(state, subject, purpose, &policy, now) {
                let (subject, purpose, material) = (subject.to_owned(), purpose.id.clone(), purpose.material);
                questions.push(ClosedQuestion { subject, purpose, material });
            }
        }
        if questions.is_empty() {
            return Ok(());
        }
        let install = state.install.clone();
        writer.append(&install, Body::Closed(Closed { surface: form.shown.surface.clone(), questions })).map(drop)
    })
}
