//! What Swift and Kotlin see: one object with few, synchronous calls. The wrappers in `bindings/` give it the form that each language
//! expects.

mod cookies;
mod error;
mod host;
mod options;
mod recovery;
mod snapshot;
mod web;

use std::sync::Arc;

use self::host::HostObserver;
use crate::{
    client::{
        self, AdvertisingId, AnnouncedEdition, Answer, Consent, HistoryEntry, ImportChoice, ImportReceipt, PendingChange, Questions,
        Receipt, RolledBack, SignOutReport, StateAt, Subscription, SyncReport, Unrecorded, Verification,
    },
    clock::Clock,
    decision::{Decision, Prompt, Reason},
    policy::{Fault, Policy, PolicyView},
    signal::Signals,
};

pub use cookies::CookieGateCore;
pub use error::ConsentError;
pub use host::{AccountTokens, AdvertisingIdSource, ConsentObserver, HostError, HttpTransport, SystemZones, TestClock};
pub use options::{ConsentOptions, HostServices};
pub use recovery::{Recovered, recover};
pub use snapshot::{ConsentSnapshot, PurposeAnswer};
pub use web::WebPages;

type Result<T> = std::result::Result<T, ConsentError>;

/// What a person allowed on this device, and what follows from it. One core is one database file.
///
/// It may be called from any thread. The calls that answer from memory say so. Every other call waits for the disk, and `sync` and
/// `sign_out_within` wait for the network as well.
#[derive(uniffi::Object)]
pub struct ConsentCore {
    consent: Consent,
    clock: Arc<dyn Clock>,
}

/// Keeps an observer subscribed until it is cancelled or freed.
#[derive(uniffi::Object)]
pub struct ConsentSubscription(Subscription);

#[uniffi::export]
impl ConsentSubscription {
    /// Ends the subscription. A call of the observer that has begun already is let finish.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

#[uniffi::export]
impl ConsentCore {
    /// Opens the database, creating it where there is none, and brings the policy the app ships into force. Sends nothing.
    #[uniffi::constructor]
    pub fn open(options: ConsentOptions, host: HostServices) -> Result<Arc<Self>> {
        let options = options.with(host);
        let clock = options.clock.clone();
        Ok(Arc::new(Self { consent: Consent::open(options)?, clock }))
    }

    /// Whether this may be done now. Anything but a clear yes is a no. Answers from memory.
    pub fn allows(&self, purpose: &str) -> bool {
        self.consent.allows(purpose)
    }

    /// The same answer with every reason against it. Answers from memory.
    pub fn explain(&self, purpose: &str) -> Decision {
        self.consent.explain(purpose)
    }

    /// A reason as a sentence in the person's language, in the policy's own words where it has some. Answers from memory.
    pub fn reason_text(&self, reason: Reason) -> String {
        self.consent.reason_text(&reason)
    }

    /// The present state of all purposes, to be kept and read without calling the core. Answers from memory.
    pub fn snapshot(&self) -> ConsentSnapshot {
        ConsentSnapshot::of(&self.consent.snapshot(), self.clock.now())
    }

    /// What the policy in force says, in the person's language: contacts, rights, remedies, how to refuse on this system. Answers from memory.
    pub fn policy(&self) -> PolicyView {
        self.consent.policy()
    }

    /// The editions of the policy that are announced and not yet in force, the next one first: what changes, whom it asks again, and how many
    /// days are left. Answers from memory.
    pub fn announced(&self) -> Vec<AnnouncedEdition> {
        self.consent.announced()
    }

    /// The text of an edition that was or is in force here, or is announced: what a grant of that time agreed to.
    pub fn edition(&self, edition: i64) -> Result<PolicyView> {
        Ok(self.consent.edition(edition)?)
    }

    /// What a form has to ask now: the questions with their notices, and the token that is handed back to record. Writes nothing.
    pub fn questions(&self, surface: &str) -> Result<Questions> {
        Ok(self.consent.questions(surface)?)
    }

    /// Records the answers to a form, with one record for each purpose. Either all are written or none is. Returns when they are on disk.
    pub fn record(&self, shown: &str, answers: Vec<Answer>) -> Result<Receipt> {
        Ok(self.consent.record(shown, &answers)?)
    }

    /// The form was closed, or died with the screen, and not every question of it was answered; shown is its token. That answers nothing,
    /// but the form is not due again for as many days as the policy keeps a form away, unless a notice changes in meaning meanwhile or an
    /// answer runs out. Call it whenever a form goes away; where nothing of it is open, it writes nothing.
    pub fn closed(&self, shown: &str) -> Result<()> {
        Ok(self.consent.closed(shown)?)
    }

    /// Withdraws. It needs no form, no network and no sign-in, and it always works. Returns when the withdrawal is on disk.
    pub fn withdraw(&self, purposes: Vec<String>) -> Result<Receipt> {
        let purposes: Vec<&str> = purposes.iter().map(String::as_str).collect();
        Ok(self.consent.withdraw(&purposes)?)
    }

    /// Brings consents over from an older store of the app. To bring the same ones twice does no more than to bring them once.
    pub fn import_choices(&self, choices: Vec<ImportChoice>) -> Result<ImportReceipt> {
        Ok(self.consent.import(&choices)?)
    }

    /// The app's log-in succeeded. The subject is the account's pseudonym, never an e-mail address or a telephone number.
    pub fn sign_in(&self, subject: &str) -> Result<()> {
        Ok(self.consent.sign_in(subject)?)
    }

    /// The person signed out. Choices that belong to the device stay.
    pub fn sign_out(&self) -> Result<()> {
        Ok(self.consent.sign_out()?)
    }

    /// Sends what waits, for at most so many milliseconds, then signs the person out whatever became of that, and says which changes of the
    /// account still wait.
    pub fn sign_out_within(&self, timeout_ms: i64) -> Result<SignOutReport> {
        Ok(self.consent.sign_out_within(timeout_ms)?)
    }

    /// Reports what the platform says now. Call it at open and at each return to the foreground. A field that is left out keeps its last
    /// value.
    pub fn report_signals(&self, signals: Signals) -> Result<()> {
        Ok(self.consent.report_signals(signals)?)
    }

    /// The advertising id, if the person and the platform allow it. Waits for the platform's provider.
    pub fn advertising_id(&self, purpose: &str) -> Result<AdvertisingId> {
        Ok(self.consent.advertising_id(purpose)?)
    }

    /// The system prompt that may be shown next, if any. Answers from memory.
    pub fn next_prompt(&self) -> Option<Prompt> {
        self.consent.next_prompt()
    }

    /// Sends what waits and pulls what changed elsewhere, for at most so many milliseconds. Waits for the network.
    pub fn sync(&self, timeout_ms: i64) -> Result<SyncReport> {
        Ok(self.consent.sync(timeout_ms)?)
    }

    /// Says that the network is back, so that the next sync does not wait for the time at which it would try again.
    pub fn connectivity_restored(&self) -> Result<()> {
        Ok(self.consent.connectivity_restored()?)
    }

    /// Changes saved on this device and not yet acknowledged by the server, oldest first, at most 1,000.
    pub fn pending(&self) -> Result<Vec<PendingChange>> {
        Ok(self.consent.pending()?)
    }

    /// The waiting changes that the server could not or would not take. They are kept and tried again.
    pub fn stuck(&self) -> Result<Vec<PendingChange>> {
        Ok(self.consent.stuck()?)
    }

    /// What counts and is not in the database yet, because that could not be written. The next call that can write records it, and where the
    /// process ends before, the next start does: it lies in a mailbox beside the database. Answers from memory.
    pub fn unrecorded(&self) -> Vec<Unrecorded> {
        self.consent.unrecorded()
    }

    /// The records of this file that were on the disk once and are gone, where any are: the file, or a part of it, was lost or was put back to
    /// an earlier state. Answers from memory.
    pub fn rolled_back(&self) -> Option<RolledBack> {
        self.consent.rolled_back()
    }

    /// What happened after a position of the ledger (0 for all), oldest first, at most 1,000 records.
    pub fn history(&self, after: i64, limit: i64) -> Result<Vec<HistoryEntry>> {
        Ok(self.consent.history(after, limit)?)
    }

    /// What was allowed at a time, given in Unix milliseconds. A time before the first record, such as one that was given in seconds by
    /// mistake, answers without a version and without decisions. A time after the last record, also one in the future, answers what the
    /// records come to at that time.
    pub fn state_at(&self, at: i64) -> Result<StateAt> {
        Ok(self.consent.state_at(at)?)
    }

    /// Checks every record, the chain, and that the state follows from them.
    pub fn verify(&self) -> Result<Verification> {
        Ok(self.consent.verify()?)
    }

    /// Tells the observer of every change from now on, until the subscription is cancelled or freed.
    pub fn subscribe(&self, observer: Arc<dyn ConsentObserver>) -> Arc<ConsentSubscription> {
        Arc::new(ConsentSubscription(self.consent.subscribe(Arc::new(HostObserver(observer)))))
    }

    /// Takes over a later edition of the policy. It may not move a purpose away from consent nor loosen what guards a person. Where its day
    /// lies ahead, it is announced and comes into force then.
    pub fn adopt_policy(&self, document: &str) -> Result<()> {
        Ok(self.consent.adopt_policy(document)?)
    }

    /// Reads the file again, because another process may have written to it.
    pub fn refresh(&self) -> Result<()> {
        Ok(self.consent.refresh()?)
    }

    /// Closes the file. Afterwards nothing that needs consent is allowed, and every other call throws.
    pub fn shutdown(&self) -> Result<()> {
        Ok(self.consent.shutdown()?)
    }
}

/// Every fault of a policy document, with its place and what to do. A good document has none.
#[uniffi::export]
pub fn policy_faults(document: &str) -> Vec<Fault> {
    Policy::parse(document).err().unwrap_or_default()
}

/// Checks a copy of a database, as a privacy officer does.
#[uniffi::export]
pub fn verify_file(path: &str) -> Result<Verification> {
    Ok(client::verify_file(path)?)
}

/// The stable code of a reason, such as requires:marketing.data_use.
#[uniffi::export]
pub fn reason_code(reason: &Reason) -> String {
    reason.code()
}

/// A reason as a sentence, in Korean (ko), Japanese (ja) or English.
#[uniffi::export]
pub fn reason_text(reason: &Reason, language: &str) -> String {
    reason.text(language)
}
