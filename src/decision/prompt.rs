//! Which of the system's own questions to put next (APL-3, APL-4).

use super::{Context, Reason, consent::stands, decide_before_asking};
use crate::{
    policy::{Channel, Purpose},
    signal::PushPermission,
};

/// A question that the operating system asks on the app's behalf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Prompt {
    /// App Tracking Transparency. The system shows it once per installation.
    Tracking,
    /// The permission to show notifications.
    Push,
}

/// The question to put next at `now` (Unix milliseconds), if there is one. They are put one at a time, and tracking comes first.
///
/// A question is put only where the person agreed to something and nothing but this question holds it up. So nobody who refused every use
/// of the advertising id is asked about tracking, and the system's one chance to ask is not spent where the answer would change nothing.
pub fn next_prompt(context: &Context<'_>, now: i64) -> Option<Prompt> {
    let held_by_tracking = |purpose: &&Purpose| {
        purpose.uses_advertising_id() && decide_before_asking(&purpose.id, context, now).reasons == [Reason::OsNotDetermined]
    };
    let held_by_push = |purpose: &&Purpose| purpose.channel == Some(Channel::Push) && stands(purpose, context, &[]).holds(now);
    let purposes = &context.policy.purposes;
    if purposes.iter().any(|purpose| held_by_tracking(&purpose)) {
        return Some(Prompt::Tracking);
    }
    let push_open = context.signals.push == Some(PushPermission::NotDetermined);
    (push_open && purposes.iter().any(|purpose| held_by_push(&purpose))).then_some(Prompt::Push)
}
