//! What a form asks, and what is answered to it.

use crate::{
    ledger::{Actor, AskAgain, ChoiceKind, Method, Status},
    policy::Notice,
};

/// Why a question is in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Why {
    /// Nothing was said yet.
    FirstTime,
    /// There was a grant that no longer counts.
    AskAgain {
        /// Why.
        cause: AskAgain,
    },
    /// It was answered; it is here so that the answer can be changed.
    Answered,
    /// It is allowed until the person objects, and nothing was said that counts against it: it is here so that the person can object.
    MayObject,
}

/// One question. Its switch starts off, whatever was said before, unless `why` is `MayObject`, or is `Answered` and `status` is `Granted`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Question {
    /// The purpose.
    pub purpose: String,
    /// Why it is asked.
    pub why: Why,
    /// What was said last.
    pub status: Status,
    /// What must be shown beside the switch.
    pub notice: Notice,
}

impl Question {
    /// True where the switch is on before the person touches it: what counts now is a yes (PIPA-6).
    pub fn starts_on(&self) -> bool {
        self.why == Why::MayObject || self.is_granted()
    }

    /// True where it was answered with a yes that counts.
    pub fn is_granted(&self) -> bool {
        self.why == Why::Answered && self.status == Status::Granted
    }

    /// True where the company waits for an answer.
    pub fn is_open(&self) -> bool {
        matches!(self.why, Why::FirstTime | Why::AskAgain { .. })
    }
}

/// The questions of one form.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Questions {
    /// Hand this back to `record`. Opaque; good for this policy, this person and this form.
    pub shown: String,
    /// The form.
    pub surface: String,
    /// Language of the texts, BCP 47.
    pub language: String,
    /// True where at least one question was never answered or must be asked again: open the form. A question that was open when `closed`
    /// said that its form was shut leaves this false for the days that the policy keeps a form away, unless its notice changed in meaning
    /// since or an answer to it ran out since (PIPA-16). The questions themselves are always here, for a screen that the person opens. A
    /// purpose that is allowed until the person objects makes no form due, as long as silence allows it.
    pub due: bool,
    /// True where somebody signed in and the account's answers were not pulled yet: sync before asking.
    pub pull_first: bool,
    /// In the policy's order.
    pub questions: Vec<Question>,
}

/// One answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Answer {
    /// The purpose.
    pub purpose: String,
    /// What was said.
    pub choice: ChoiceKind,
    /// How.
    pub method: Method,
    /// By whom; below the age of consent only the guardian may grant (PIPA-8).
    pub actor: Actor,
}

impl Answer {
    /// The person's own yes, by a switch.
    pub fn grant(purpose: impl Into<String>) -> Self {
        Self { purpose: purpose.into(), choice: ChoiceKind::Granted, method: Method::Toggle, actor: Actor::Person }
    }

    /// The person's own no, by a switch.
    pub fn refuse(purpose: impl Into<String>) -> Self {
        Self { choice: ChoiceKind::Refused, ..Self::grant(purpose) }
    }
}
