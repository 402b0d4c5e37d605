//! The system's permission to show notifications (KR-6). It is reported beside a decision: it is no consent, and its absence is no reason
//! against one.

use super::{PushPermission, Signals};

impl Signals {
    /// True where the person turned notifications off in the system, so that a permitted push would not be seen.
    pub fn push_blocked(&self) -> bool {
        self.push == Some(PushPermission::Denied)
    }
}
