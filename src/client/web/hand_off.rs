//! What the pages of a web view are handed.

use serde_json::Value;

use super::{
    super::{Snapshot, open_ledger::OpenLedger},
    WebPages,
};
use crate::web::{Facts, asserts_gpc, hand_off, update};

/// What the pages of a web view are handed. It is made of one moment: take a new one at each change, and at `valid_until`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WebHandOff {
    /// The script that every page runs before its own, in all its frames. It has at most 4 KiB.
    pub script: String,
    /// The script that tells a page that is open already of the change.
    pub update: String,
    /// True where Global Privacy Control is asserted (GCM-6). The script says so to the page's scripts. To servers the app says so itself: it
    /// sends the header Sec-GPC with the value 1 where this is true, and no such header where it is false.
    pub gpc: bool,
    /// Unix milliseconds. From this time on something that the pages take for allowed may not be any more. It is left out where only a change
    /// can alter it.
    pub valid_until: Option<i64>,
    /// Purposes and cookies that did not fit into the script, at most 20 of them. They are denied in the pages, whatever the person said.
    pub left_out: Vec<String>,
}

/// What the pages of a web view are handed: see `Consent::web_hand_off`.
pub fn web_hand_off(ledger: &OpenLedger, pages: &WebPages) -> WebHandOff {
    let (now, snapshot) = (ledger.options.clock.now(), ledger.present.load_full());
    let facts = facts(snapshot.at(now), now);
    let channel = pages.channel();
    let script = hand_off(&facts, &channel);
    let valid_until = facts.allowed.iter().filter_map(|(_, until)| *until).min();
    let update = update(&script.state, &channel);
    WebHandOff { script: script.text, update, gpc: facts.gpc, valid_until, left_out: script.left_out }
}

/// The present state as a page knows it.
pub(super) fn page_state(ledger: &OpenLedger, pages: &WebPages) -> Value {
    let (now, snapshot) = (ledger.options.clock.now(), ledger.present.load_full());
    hand_off(&facts(snapshot.at(now), now), &pages.channel()).state.value()
}

fn facts(snapshot: &Snapshot, now: i64) -> Facts<'_> {
    let purposes = snapshot.policy.purposes.iter().map(|purpose| purpose.id.as_str());
    let allowed: Vec<_> = purposes
        .filter(|purpose| snapshot.decide(purpose, now).allowed)
        .map(|purpose| (purpose, snapshot.valid_until(purpose, now)))
        .collect();
    let gpc = asserts_gpc(&snapshot.policy, &snapshot.signals, |purpose| allowed.iter().any(|(known, _)| *known == purpose));
    Facts { policy: &snapshot.policy, generation: snapshot.generation, allowed, google: snapshot.google_consent(now), gpc }
}
