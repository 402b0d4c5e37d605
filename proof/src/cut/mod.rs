//! The connection is cut at every byte of the request and of the answer, reset, doubled, delayed: each change takes effect once.

mod proxy;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use serde_json::Value;

use crate::{
    stage::{Clock, DAY, Device, Done, PASS_MS, Tally, answer, folder, granted, verify, waiting},
    wire::{Host, LogIn, Plain},
};
use proxy::{Mischief, Proxy};

/// The member.
const MEMBER: &str = "acct_81";
/// Withdrawn in the exchange that is cut.
const WITHDRAWN: &str = "marketing.data_use";
/// Granted in it.
const GRANTED: &str = "marketing.email";
/// The slice takes every byte at this distance; it shares no factor with common field lengths.
const STRIDE: usize = 37;
/// Of the resets the slice takes every byte at this distance.
const RESET_STRIDE: usize = 407;

/// The device as it stands before the exchange, and the server with it.
struct Before {
    folder: tempfile::TempDir,
    host: Arc<Host>,
    proxy: Proxy,
}

/// Runs the cases, or a part of them.
pub fn run(slice: bool) -> Done {
    let before = Before::build()?;
    let mut tally = Tally::default();
    tally.case("no mischief", before.case(Mischief::Pass));
    let (request, answer) = before.proxy.sizes();
    println!("one sync: {request} bytes out, {answer} bytes back");
    let step = if slice { STRIDE } else { 1 };
    for byte in (0..request).step_by(step) {
        tally.case(&format!("cut at byte {byte} of the request"), before.case(Mischief::Request(byte)));
    }
    for byte in (0..answer).step_by(step) {
        tally.case(&format!("cut at byte {byte} of the answer"), before.case(Mischief::Answer(byte)));
    }
    let step = if slice { RESET_STRIDE } else { 1 };
    for byte in (0..request).step_by(step) {
        tally.case(&format!("reset at byte {byte} of the request"), before.case(Mischief::ResetRequest(byte)));
    }
    for byte in (0..answer).step_by(step) {
        tally.case(&format!("reset at byte {byte} of the answer"), before.case(Mischief::ResetAnswer(byte)));
    }
    for mischief in [Mischief::Twice, Mischief::Late, Mischief::Later] {
        tally.case(&format!("{mischief:?}"), before.case(mischief));
    }
    before.host.down();
    tally.close("cut")
}

const SERVER: &str = "server.db";
const SERVER_BEFORE: &str = "server-before.db";
const DEVICE: &str = "device.db";
const DEVICE_BEFORE: &str = "device-before.db";

impl Before {
    /// A member granted one purpose and it is known; now that one is withdrawn and another granted, and both wait.
    fn build() -> Done<Self> {
        let folder = folder()?;
        let host = Host::start(&folder.path().join(SERVER), Clock::noon())?;
        let proxy = Proxy::before(host.address)?;
        let before = Self { folder, host, proxy };
        let consent = before.device(DEVICE_BEFORE).open()?;
        consent.sign_in(MEMBER)?;
        answer(&consent, &[WITHDRAWN], &[])?;
        if consent.sync(PASS_MS)?.pending > 0 {
            return Err("the first sync left something".into());
        }
        answer(&consent, &[GRANTED], &[])?;
        consent.withdraw(&[WITHDRAWN])?;
        consent.shutdown()?;
        before.host.copy(&before.path(SERVER_BEFORE), false)?;
        Ok(before)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn device(&self, name: &str) -> Device {
        Device {
            path: self.path(name),
            marker: None,
            clock: Clock::noon(),
            server: format!("http://{}", self.proxy.address),
            transport: Arc::new(Plain),
            tokens: Arc::new(LogIn(self.host.clone())),
        }
    }

    fn case(&self, mischief: Mischief) -> Done {
        remove(&self.path(DEVICE));
        fs::copy(self.path(DEVICE_BEFORE), self.path(DEVICE))?;
        self.host.copy(&self.path(SERVER_BEFORE), true)?;
        let device = self.device(DEVICE);
        let consent = device.open()?;
        let ops: Vec<String> = waiting(&consent)?.into_iter().map(|change| change.op).collect();
        self.proxy.arm(mischief);
        let first = consent.sync(PASS_MS)?;
        if !self.proxy.done() {
            return Err("the mischief was not done: the case shows nothing".into());
        }
        let cut = !matches!(mischief, Mischief::Pass | Mischief::Twice);
        if cut && first.acknowledged > 0 && waiting(&consent)?.len() == ops.len() {
            return Err("acknowledged without an answer".into());
        }
        verify(&consent)?;
        consent.shutdown()?;
        // The app dies and starts again a day later.
        device.clock.pass(DAY);
        let consent = device.open()?;
        consent.connectivity_restored()?;
        let report = consent.sync(PASS_MS)?;
        if report.pending > 0 {
            return Err(format!("{} still wait: {:?}", report.pending, report.troubles).into());
        }
        // A third pass reads what a late twin may have done.
        consent.sync(PASS_MS)?;
        verify(&consent)?;
        if !granted(&consent).iter().any(|counts| counts == GRANTED) || granted(&consent).iter().any(|counts| counts == WITHDRAWN) {
            return Err(format!("the device holds {:?}", granted(&consent)).into());
        }
        once(&self.host.subject(MEMBER)?, &ops)
    }
}

/// Each operation is there once and took effect once.
fn once(subject: &Value, ops: &[String]) -> Done {
    let list = |name: &str| subject[name].as_array().cloned().unwrap_or_default();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for change in list("changes") {
        *counts.entry(change["op"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        if change["outcome"] != "applied" {
            return Err(format!("a change ended as {}", change["outcome"]).into());
        }
    }
    if ops.iter().any(|op| counts.get(op) != Some(&1)) {
        return Err("an operation is there twice or not at all".into());
    }
    // The link, the first grant, and the two of the cut exchange.
    if list("changes").len() != 2 + ops.len() {
        return Err(format!("{} changes are held", list("changes").len()).into());
    }
    let state = |purpose: &str| list("states").into_iter().find(|state| state["purpose"] == purpose).unwrap_or_default();
    let (withdrawn, granted) = (state(WITHDRAWN), state(GRANTED));
    let numbered = withdrawn["withdrawals"].as_array().map(Vec::len);
    if withdrawn["status"] != "withdrawn" || withdrawn["epoch"] != 1 || numbered != Some(1) || granted["status"] != "granted" {
        return Err(format!("the server holds {withdrawn} and {granted}").into());
    }
    // One step of the subject for each state that changed: two grants and one withdrawal.
    if subject["revision"] == 3 { Ok(()) } else { Err(format!("the subject took {} steps", subject["revision"]).into()) }
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-watermark", ".sync"] {
        let _ = fs::remove_file(format!("{}{suffix}", path.display()));
    }
}
