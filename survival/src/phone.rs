//! A phone that talks to the real server, and the wire between them, which can be cut.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use consentkit::{
    client::{Consent, SyncReport, SyncState},
    ledger::{CurrentAnswer, Status},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use consentkit_proof::{
    stage::{Clock, Device, PASS_MS},
    wire::{Host, LogIn, Plain},
};

use crate::stage::Done;

/// The account of these proofs.
pub const ACCOUNT: &str = "acct_81";

/// The purposes of these proofs: two that follow the person, and one that follows the device.
pub const PURPOSES: [&str; 3] = ["marketing.data_use", "marketing.email", "cookies.analytics"];

/// The one that follows the device.
pub const OF_THE_DEVICE: &str = PURPOSES[2];

/// How long a pause may be after requests that failed, milliseconds. It is an hour, and the time until the app tries once more.
const LONGEST_PAUSE: i64 = 70 * 60 * 1000;

/// How often the app tries meanwhile, milliseconds.
const BETWEEN_TRIES: i64 = 10 * 60 * 1000;

/// The wire, which can be cut.
#[derive(Default)]
pub struct Wire {
    cut: AtomicBool,
}

impl Wire {
    /// Cuts it, or mends it.
    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }
}

impl Transport for Wire {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(TransportError::Unreachable { reason: "the wire is cut".into() });
        }
        Plain.send(request)
    }
}

/// A phone with its files in one folder.
pub struct Phone {
    device: Device,
    /// Its time.
    pub clock: Arc<Clock>,
    /// What it reaches the server by.
    pub wire: Arc<Wire>,
    open: Option<Consent>,
}

impl Phone {
    /// A phone on which the app was not started yet.
    pub fn on(folder: &Path, host: &Arc<Host>) -> Self {
        let (clock, wire) = (Clock::noon(), Arc::new(Wire::default()));
        let device = Device {
            path: folder.join("consent.db"),
            marker: Some(folder.join("marker")),
            clock: clock.clone(),
            server: host.url(),
            transport: wire.clone(),
            tokens: Arc::new(LogIn(host.clone())),
        };
        Self { device, clock, wire, open: None }
    }

    /// The app starts.
    pub fn start(&mut self) -> Done {
        self.open = Some(self.device.open()?);
        Ok(())
    }

    /// The app ends in order.
    pub fn end(&mut self) -> Done {
        if let Some(open) = self.open.take() {
            open.shutdown()?;
        }
        Ok(())
    }

    /// The open app.
    pub fn app(&self) -> Done<&Consent> {
        self.open.as_ref().ok_or_else(|| "the app is closed".into())
    }

    /// Says yes or no to a purpose on the form.
    pub fn answer(&self, purpose: &str, yes: bool) -> Done {
        let said = [purpose];
        consentkit_proof::stage::answer(self.app()?, if yes { &said } else { &[] }, if yes { &[] } else { &said })
    }

    /// Synchronises once.
    pub fn sync(&self) -> Done<SyncReport> {
        Ok(self.app()?.sync(PASS_MS)?)
    }

    /// Synchronises as an app does that is used from time to time, until nothing waits. It is an error where that takes longer than the
    /// longest pause.
    pub fn deliver(&self) -> Done {
        for _ in 0..=LONGEST_PAUSE / BETWEEN_TRIES {
            let report = self.sync()?;
            if report.pending == 0 && report.state != SyncState::Waiting {
                return Ok(());
            }
            self.clock.pass(BETWEEN_TRIES);
        }
        let waits = self.app()?.pending()?;
        Err(format!("STALLED: {} changes wait after every pause that there may be", waits.len()).into())
    }

    /// The purposes whose yes counts.
    pub fn granted(&self) -> Done<Vec<String>> {
        let counts = |answer: &CurrentAnswer| answer.status == Status::Granted && answer.ask_again.is_none();
        let snapshot = self.app()?.snapshot();
        Ok(snapshot.answers.iter().filter(|(_, answer)| counts(answer)).map(|(purpose, _)| purpose.clone()).collect())
    }

    /// Fails where the ledger does not hold.
    pub fn verify(&self) -> Done {
        let verified = self.app()?.verify()?;
        if verified.ok { Ok(()) } else { Err(format!("TORN: it does not verify: {verified:?}").into()) }
    }
}
