//! Signals: what the host reads from the platform, at open and at each return to the foreground.

use std::sync::atomic::Ordering;

use super::{
    Consent,
    commit::Pen,
    denial::{Denial, Denied},
};
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
    ///
    /// What takes a permission away counts from the call on, also where the call fails: see `unrecorded`.
    pub fn report_signals(&self, reported: Signals) -> Result<()> {
        let denials = self.signal_denials(reported)?;
        let written = self.write(&denials, |pen| {
            let signals = pen.head.state.signals.with(reported);
            record_signals(pen, signals, false)
        });
        if reported.tracking.is_some() && self.tracking_read.swap(written.is_ok(), Ordering::Relaxed) != written.is_ok() {
            // Read: the same permission as before is no record, but from now on it counts. Not written: an old permission must not
            // stand in for what could not be recorded.
            self.present.read_again(|recorded| self.seen_signals(recorded), &self.observers);
            self.tell();
        }
        written
    }

    /// What reported signals take away that the present state does not deny already.
    pub(super) fn signal_denials(&self, reported: Signals) -> Result<Vec<Denial>> {
        let (present, stamp) = (self.present.load().recorded, self.stamp());
        let news = reported.denials().into_iter().filter(|denial| present.with(*denial) != present);
        news.map(|denial| self.denial(&stamp, Denied::Signal(denial))).collect()
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
