//! The numbers of meaning of delivered editions that the app's own edition did not follow.
//!
//! The numbers of meaning (`material`) of such an edition are not those of the app's editions: the same number may mean another text there.
//! So a yes to one of those numbers is asked again, unless it was given here after the app's edition came into force.

use serde::Serialize;

use super::{AskAgain, CurrentAnswer, Status};
use crate::json::FromJson;

/// The numbers of meaning of one purpose that delivered editions used and the app's own editions did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct SetAside {
    /// The purpose.
    pub purpose: String,
    /// The highest number that the app's own editions used before; an answer to it is not set aside.
    pub above: u32,
    /// The highest number that a delivered edition used.
    pub up_to: u32,
}

impl SetAside {
    /// Lets a yes to one of these numbers be asked again. A no stands as it is.
    pub fn lay_over(&self, purpose: &str, answer: &mut CurrentAnswer) {
        let is_meant = self.purpose == purpose && answer.material > self.above && answer.material <= self.up_to;
        if is_meant && answer.status == Status::Granted && answer.ask_again.is_none() {
            answer.ask_again = Some(AskAgain::PolicyChanged);
        }
    }
}
