//! The current answer to a purpose: what the decision reads of everything that was said.

use serde::Serialize;

use super::{Actor, Evidence, Status, millis};
use crate::{debug::silent, json::FromJson};

/// Why an answer that was given must be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AskAgain {
    /// The notice changed in meaning since (PIPA-1).
    PolicyChanged,
    /// The grant's time is over.
    Expired,
    /// The giver of the grant could not see a withdrawal: it was made elsewhere, or here after the form was drawn.
    StaleGrant,
    /// The file came from a backup or another phone.
    Restored,
    /// An imported consent without a date.
    Undated,
    /// The advertising id was replaced: the new one is a stranger's (AND-4).
    AdIdChanged,
    /// The person gave it, and is below the age of consent or may be: the guardian has to answer (PIPA-8).
    NotByGuardian,
    /// The server could not or would not take the grant. It is kept on this device and tried again.
    Rejected,
    /// The server says that there is a grant, and gave no record of it that fits.
    Unproven,
    /// The grant has an expiry and bears a date that cannot be: after the present clock, or before any app could ask. It counts again
    /// from the moment at which that is noticed, at the next open or write.
    ImpossibleDate,
}

/// What it is worth that a person said nothing to a purpose that is allowed until the person objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Silence {
    /// Nothing: it is not known here what the person said elsewhere. The purpose is not allowed then, whatever was said here.
    #[default]
    NotPulled,
    /// A yes: all that the person said anywhere is known.
    Allows,
    /// Nothing, and only what is said counts: an earlier edition of the policy asked for consent here, and silence was no answer to that; or
    /// records of what was said are gone.
    NeedsAnswer,
}

/// The answer to one purpose that is valid now: what was said, since when, by whose record. Where it is a yes that does not count, it says
/// why. On a device [`Key::current_answer`](super::Key::current_answer) works it out of all that the ledger holds of the purpose; on a
/// server [`CurrentAnswer::from_server`] takes it from the server's state and the record behind it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CurrentAnswer {
    /// What the answer is; `NotAnswered` where nothing was said.
    pub status: Status,
    /// Set where a grant must be asked for again and does not count until then.
    /// A changed policy, an expiry and a missing guardian are not found here but by the decision.
    pub ask_again: Option<AskAgain>,
    /// When it was said, Unix milliseconds; 0 where nothing was said or no record of it is here.
    pub at: i64,
    /// Material number of the notice it answers.
    pub material: u32,
    /// Position in this device's ledger of the record that made it so, where there is one.
    pub seq: Option<i64>,
    /// By whom it was said. For a person below the age of consent only the guardian's grant counts (PIPA-8).
    pub actor: Actor,
    /// The operation of the choice that made it so, where it is known.
    pub op: Option<String>,
    /// The installation that recorded that choice, where it is known.
    pub install: Option<String>,
    /// True where it was brought from an older store of the app.
    pub imported: bool,
    /// True where the older store did not keep when it was said; `at` is then when it was brought.
    pub undated: bool,
    /// True where a no to it is known, however old. Where a later yes does not count, that no still stands.
    pub refused_before: bool,
    /// For a purpose that is allowed until the person objects: what saying nothing is worth.
    pub silence: Silence,
}

silent!(CurrentAnswer);

impl CurrentAnswer {
    /// The answer that a server's state tells, with what the record behind it shows. A grant without a record does not count.
    pub fn from_server(status: Status, op: Option<&str>, evidence: Option<&Evidence>) -> Self {
        let undated = evidence.is_some_and(|evidence| evidence.undated);
        let ask_again = match evidence {
            _ if status != Status::Granted => None,
            None => Some(AskAgain::Unproven),
            Some(_) => undated.then_some(AskAgain::Undated),
        };
        Self {
            status,
            ask_again,
            at: evidence.and_then(|evidence| millis(&evidence.at)).unwrap_or(0),
            material: evidence.map_or(0, |evidence| evidence.material),
            seq: None,
            op: op.map(str::to_owned),
            install: evidence.map(|evidence| evidence.install.clone()),
            actor: evidence.map(|evidence| evidence.actor).unwrap_or_default(),
            imported: evidence.is_some_and(|evidence| evidence.imported),
            undated,
            ..Self::default()
        }
    }

    /// True where an objection that is known stands: a no that no later yes took back which counts. Whether the purpose is one that can be
    /// objected to is not looked at, nor whether there may be a no that is not known here; that is [`Silence::NotPulled`].
    pub fn objects(&self) -> bool {
        match (self.status, self.ask_again) {
            (Status::Refused | Status::Withdrawn, _) => true,
            (Status::Granted, None) => false,
            (Status::Granted | Status::NotAnswered, _) => self.refused_before,
        }
    }

    /// True for a yes that nothing in the ledger speaks against. A changed policy, an expiry, a missing guardian and the platform's signals
    /// are not looked at here: the decision does that.
    pub fn counts(&self) -> bool {
        self.status == Status::Granted && self.ask_again.is_none()
    }
}
