//! The OS permission to show notifications (KR-6): reported apart, never a consent and never a reason against one.

use super::{PushPermission, Signals};

impl Signals {
    /// True where the person turned notifications off in the system, so that a permitted push would not be seen.
    pub fn push_blocked(&self) -> bool {
        self.push == Some(PushPermission::Denied)
    }
}
