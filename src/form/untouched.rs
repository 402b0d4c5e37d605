//! The questions of a form as they are before anybody answered one: for a preview of a policy, without a ledger.

use super::question::{Question, Questions, Why};
use crate::{
    ledger::Status,
    policy::{Policy, Purpose, notice},
};

/// The purposes that a form asks for: those that name it. Where the policy names no form, each asks for all of them.
pub fn asked<'a>(policy: &'a Policy, surface: &'a str) -> impl Iterator<Item = &'a Purpose> {
    let names = move |purpose: &&Purpose| policy.surfaces.is_empty() || purpose.surfaces.iter().any(|known| known == surface);
    policy.purposes.iter().filter(|purpose| purpose.basis.may_be_answered()).filter(names)
}

/// The questions of a form to somebody who was never asked. The token is empty, so that nothing can be recorded with it.
pub fn untouched(policy: &Policy, surface: &str, language: &str) -> Questions {
    let why = |purpose: &Purpose| if purpose.basis.silence_allows() { Why::MayObject } else { Why::FirstTime };
    let question = |purpose: &Purpose| Question {
        purpose: purpose.id.clone(),
        why: why(purpose),
        status: Status::NotAnswered,
        notice: notice(policy, purpose, language),
    };
    Questions {
        shown: String::new(),
        surface: surface.to_owned(),
        language: policy.language(language).to_owned(),
        due: true,
        pull_first: false,
        questions: asked(policy, surface).map(question).collect(),
    }
}
