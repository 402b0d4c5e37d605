//! Signals: what the host reads from the platform, at open and at each return to the foreground.

use std::sync::atomic::Ordering;

use super::{Consent, commit::Pen};
use crate::{
    error::Result,
    ledger::{Body, SignalRecord},
    signal::Signals,
};

impl Consent {
    /// Reports what the platform says now; a field that is `None` keeps its last value.
    ///
    /// Call it at open and at each return to the foreground. A change is a record with the OS as its source, not a withdrawal
    /// (OPT-3), and goes to the server. A signal never grants. Returns when it is on disk.
    pub fn report_signals(&self, reported: Signals) -> Result<()> {
        let written = self.write(|pen| {
            let signals = merged(pen.head.state.signals, reported);
            record_signals(pen, signals, false)
        });
        if reported.tracking.is_some() && self.tracking_read.swap(written.is_ok(), Ordering::Relaxed) != written.is_ok() {
            // Read: the same permission as before is no record, but from now on it counts. Not written: an old permission must not
            // stand in for what could not be recorded.
            written.and(self.refresh())
        } else {
            written
        }
    }
}

/// Records signals where they differ from the last ones.
pub(super) fn record_signals(pen: &mut Pen<'_>, signals: Signals, ad_id_changed: bool) -> Result<()> {
    let before = pen.head.state.signals;
    if before == signals && !ad_id_changed {
        return Ok(());
    }
    let body = Body::Signal(SignalRecord { subject: pen.head.state.device.clone(), signals, ad_id_changed });
    // The server links nothing to a push permission, an age or a guardian: those changes stay on the device.
    if (before.tracking, before.ad_id, before.gpc) != (signals.tracking, signals.ad_id, signals.gpc) {
        pen.send(body)?;
    } else {
        let install = pen.head.state.install.clone();
        pen.append(&install, body)?;
    }
    Ok(())
}

fn merged(before: Signals, reported: Signals) -> Signals {
    Signals {
        tracking: reported.tracking.or(before.tracking),
        ad_id: reported.ad_id.or(before.ad_id),
        gpc: reported.gpc.or(before.gpc),
        age: reported.age.or(before.age),
        guardian: reported.guardian.or(before.guardian),
        push: reported.push.or(before.push),
    }
}
