//! `Consent`: the door to everything that this library does on a device. Each method leads to a function of the room that does the work.

use std::sync::{Arc, atomic::AtomicBool};

use super::{
    AdvertisingId, AnnouncedEdition, Answer, CookieGate, CookieOptions, EraseReport, FormRequest, HistoryEntry, ImportChoice,
    ImportReceipt, Observer, Options, PendingChange, PurposeHandle, Questions, Receipt, Recovered, RolledBack, SignOutReport, Snapshot,
    StateAt, Subscription, SyncReport, Unrecorded, Verification, WebAnswer, WebHandOff, WebPages, ad_id, adopt_policy, closed, cookies,
    editions, erase, form, history, import, last_form::LastForm, leave_withdrawal, open, open_ledger::OpenLedger, pending, questions,
    record, recover, sign_in, sign_out, signals, sync, verification, watch::Watch, web, withdraw,
};
use crate::{
    cookie::{PurgeStep, SeenCookie},
    decision::{Decision, Prompt, Reason},
    error::Result,
    form::{FormDraft, FormEnd, Sheet, policy_sheet},
    policy::{PolicyView, view},
    signal::Signals,
    web::Sender,
};

/// What a person allowed on this device, and what follows from it.
///
/// One value is one database. All methods may be called from any thread. `allows`, `explain` and `snapshot` touch neither
/// disk nor lock; the others block on the disk, `sync` on the network.
pub struct Consent {
    ledger: Arc<OpenLedger>,
    /// Notices what other processes wrote.
    watch: Watch,
    /// The form that was answered last.
    last_form: LastForm,
    /// True while a sync runs.
    syncing: AtomicBool,
}

impl Consent {
    /// Opens the database, creating it where there is none, and brings the policy the app ships into force.
    ///
    /// Where a later edition of it was delivered meanwhile, that one stays in force. Blocks on the disk; its cost does not grow with
    /// history. Sends nothing. Fails with a typed error on an option that cannot be used, a policy with faults, of another name than
    /// the one in force or older than an app shipped here before, and a file that is not ours; nothing is lost then.
    ///
    /// Where a file that was opened before takes no writes now, it opens all the same, under the policy that was in force in it: what
    /// denies counts, and the first write that the file takes does what this call could not. Where it cannot even be read, because the device
    /// is locked, say, it opens as well: everything that needs consent is denied as `store_unavailable` until the storage comes back, which
    /// the next call or the watch notices within a second, and nothing is created anew.
    pub fn open(options: Options) -> Result<Self> {
        let ledger = Arc::new(open::open(options)?);
        Ok(Self { watch: Watch::on(&ledger), ledger, last_form: LastForm::empty(), syncing: AtomicBool::new(false) })
    }

    /// The way out where `open` answers `Damaged`, or `NotADatabase` for a file that is the app's own: what can still be read is carried
    /// over into a fresh file, which is opened like any other afterwards. No other handle may be open on the file.
    ///
    /// Every record is kept from the first on, up to the first that is gone or altered, and every refusal and withdrawal among them that the
    /// server has not acknowledged is sent. Nothing that was granted counts until a sync shows that it still does or the person answers
    /// again, and nobody is signed in. The damaged file is moved aside with its log, and nothing removes it. A file that is not damaged is
    /// left alone and named as an error, and so is one that cannot be read now.
    pub fn recover(options: &Options) -> Result<Recovered> {
        recover::recover(options)
    }

    /// Leaves a withdrawal beside a file that cannot be opened or is not this process's to open: the device is locked, a later version of the
    /// app wrote the file, or this is an app's extension. Whoever opens the file next takes it in, and so does a handle that is open, with
    /// its next write; each withdrawal is recorded once.
    ///
    /// The purposes are those of the policy in `options` that people are asked about. Returns when it is on disk. The file itself is not
    /// touched, and nothing is sent.
    pub fn leave_withdrawal(options: &Options, purposes: &[&str]) -> Result<()> {
        leave_withdrawal::leave_withdrawal(options, purposes)
    }

    /// May this be done now? Anything but a clear yes is a no: an unknown purpose, an unanswered question, a closed store.
    ///
    /// Answers from memory, in nanoseconds.
    pub fn allows(&self, purpose: &str) -> bool {
        let snapshot = self.ledger.present.load();
        match snapshot.rule(purpose) {
            None => false,
            Some(rule) if rule.needs_clock() => rule.allows(self.ledger.options.clock.now()),
            Some(rule) => rule.allows(0),
        }
    }

    /// One purpose, to be asked very often: its answer costs no look-up then. A name that the policy does not have is denied until an
    /// edition brings it.
    pub fn purpose(&self, purpose: &str) -> PurposeHandle {
        self.ledger.present.handle(purpose, self.ledger.options.clock.clone())
    }

    /// The same answer with every reason against it.
    pub fn explain(&self, purpose: &str) -> Decision {
        self.ledger.present.load().decide(purpose, self.ledger.options.clock.now())
    }

    /// A reason as a sentence in the person's language, in the policy's own words where it has some. Answers from memory.
    pub fn reason_text(&self, reason: &Reason) -> String {
        reason.text_by(&self.ledger.policy.load(), &self.ledger.options.language)
    }

    /// The present state of all purposes, immutable.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.ledger.present.load_full().kept_at(self.ledger.options.clock.now())
    }

    /// What the policy in force says, in the person's language: contacts, rights, remedies, how to refuse on this system.
    pub fn policy(&self) -> PolicyView {
        let options = &self.ledger.options;
        view(&self.ledger.policy_now(), &options.language, options.platform, &options.os_version)
    }

    /// The editions of the policy that are announced and not yet in force, the next one first: what changes, whom it asks again, and how many
    /// days are left. Answers from memory.
    pub fn announced(&self) -> Vec<AnnouncedEdition> {
        editions::announced(&self.ledger)
    }

    /// The text of an edition that was or is in force here, or is announced: what a grant of that time agreed to. `history` names the edition
    /// that each answer is about. Blocks on the disk.
    pub fn edition(&self, edition: i64) -> Result<PolicyView> {
        editions::edition(&self.ledger, edition)
    }

    /// The system prompt that may be shown next, after the form: tracking only where a use of the advertising id was granted,
    /// then push. `None` where none is due.
    pub fn next_prompt(&self) -> Option<Prompt> {
        self.ledger.present.load().next_prompt(self.ledger.options.clock.now())
    }

    /// Tells `observer` of every change from now on, until the subscription is dropped.
    pub fn subscribe(&self, observer: Arc<dyn Observer>) -> Subscription {
        self.ledger.observers.subscribe(observer)
    }

    /// What counts and is held in memory alone, because the file could not be written yet: oldest first. Answers from memory.
    ///
    /// A call that waits for the file lists what it takes away, too. Where it fails, the next call that can write records it all,
    /// `shutdown` among them, and so does the end of the last reference to this `Consent`, which may wait for the file and tells nobody
    /// where it fails. Until then it would be lost with the process: an app may show that, and try again.
    pub fn unrecorded(&self) -> Vec<Unrecorded> {
        self.ledger.present.unrecorded()
    }

    /// The records that were lost last: the file was put back to an earlier state, or a part of it is gone. `None` where none ever were.
    /// An app may say that what was said since then has to be said again. Answers from memory.
    pub fn rolled_back(&self) -> Option<RolledBack> {
        self.ledger.present.load().rolled_back
    }

    /// What the form `surface` asks now. Writes nothing: a form that dies leaves nothing. Blocks on the disk.
    pub fn questions(&self, surface: &str) -> Result<Questions> {
        questions::questions(&self.ledger, surface, None)
    }

    /// Records the answers to a form: one record a purpose, never one for all (PIPA-4).
    ///
    /// `shown` is the token of the `questions` that were answered. All answers are written, or none. Returns when they are on
    /// disk. Fails where the token does not fit, a grant's notice was not shown, a purpose comes twice or needs no consent.
    ///
    /// A no counts from the call on, also where the file cannot be written: see `unrecorded`.
    pub fn record(&self, shown: &str, answers: &[Answer]) -> Result<Receipt> {
        record::record(&self.ledger, &self.last_form, shown, answers)
    }

    /// The form was closed, or died with the screen, and not every question of it was answered: `shown` is its token.
    ///
    /// That answers nothing (PIPA-6). But whoever closed a form was asked, so it is not `due` again for as many days as the policy keeps a
    /// form away (PIPA-16). A question whose notice changed in meaning meanwhile, or whose answer ran out, is due at once; and a form that
    /// the person opens, such as that of a settings screen, always has its questions. Call it whenever a form goes away; where nothing of
    /// it is open, it writes nothing. Fails where the token does not fit any more: then the next form is another one. Returns when it is on
    /// disk.
    pub fn closed(&self, shown: &str) -> Result<()> {
        closed::closed(&self.ledger, &self.last_form, shown)
    }

    /// The form to be drawn: the questions with what is known of each, and the reducer that a person's taps change. Draw its view, or let
    /// `form::render` make a page of it. Writes nothing. Blocks on the disk.
    pub fn form(&self, request: &FormRequest) -> Result<FormDraft> {
        form::form(&self.ledger, request)
    }

    /// The form with this token ended: its answers are recorded, one record a purpose, or that it was closed. `None` where nothing was
    /// answered. Fails as `record` and `closed` do.
    pub fn finish(&self, shown: &str, end: &FormEnd) -> Result<Option<Receipt>> {
        form::finish(&self.ledger, &self.last_form, shown, end)
    }

    /// What was answered here, the newest first, each with its date and the text that was on the screen then (PIPA-7): the last 1,000.
    /// Blocks on the disk.
    pub fn agreed(&self) -> Result<Sheet> {
        form::agreed(&self.ledger)
    }

    /// The whole policy in force as a page, with contacts that can be tapped. Answers from memory.
    pub fn policy_sheet(&self) -> Sheet {
        policy_sheet(&self.policy())
    }

    /// Withdraws. Needs no form, no network and no sign-in, and always works (KR-17) for every purpose that the policy in force asks for
    /// or that an earlier edition asked for here. All are written, or none. Returns when it is on disk; each counts from the call on, also
    /// where the file cannot be written: see `unrecorded`.
    pub fn withdraw(&self, purposes: &[&str]) -> Result<Receipt> {
        withdraw::withdraw(&self.ledger, purposes)
    }

    /// The pages of a web view, which are told the state and may ask and record by a banner of their own.
    ///
    /// Only pages of these origins may, such as `https://shop.example`: at most 8, each in full and `https` (this machine itself excepted).
    /// It lives in memory; a page that dies with its form half filled in has answered nothing. Fails on an origin that cannot be one.
    pub fn web_pages(&self, origins: &[&str]) -> Result<WebPages> {
        web::web_pages(&self.ledger, origins)
    }

    /// What the pages of a web view are handed now: the script that they run before their own, and what an open page is told of a change.
    /// Answers from memory. Take a new one at each change and at its `valid_until`.
    pub fn web_hand_off(&self, pages: &WebPages) -> WebHandOff {
        web::web_hand_off(&self.ledger, pages)
    }

    /// Hears what a page says by the channel of its script: what a form asks, its answers, that it was closed, a withdrawal.
    ///
    /// `sender` is what the web view says of the page, never what the message says. A message is refused where it comes from another origin or
    /// from a frame within a page, does not bear the nonce of the script, is none of the script's, comes a second time, or comes too fast. An
    /// answer is recorded as [`record`](Self::record) does it, and only to a form that a page was given here. Blocks on the disk.
    pub fn web_message(&self, pages: &WebPages, message: &str, sender: Sender<'_>) -> WebAnswer {
        web::web_message(&self.ledger, &self.last_form, pages, message, sender)
    }

    /// Brings consents from an older store of the app, with their dates.
    ///
    /// Of several answers to one purpose, in one call or in several, the latest counts, and of two of one date the no; a yes without a
    /// date gives way to any answer with one, and a no without a date, which may be the latest, to none. What was answered here stands
    /// against every imported yes, and gives way to a later no. Twice does no more than once: a no of the same source, choice and date as
    /// one that was brought before changes nothing, whatever was said here since. A grant without a date is asked again; a no is taken
    /// whatever its date and whatever the clock says. For a person who is below the age of consent, or may be, a grant is refused unless
    /// its actor is the guardian, as by `record`. Returns when it is on disk.
    pub fn import(&self, choices: &[ImportChoice]) -> Result<ImportReceipt> {
        import::import(&self.ledger, choices)
    }

    /// The app's log-in succeeded. `subject` is the account's pseudonym: never an e-mail address or a telephone number, and never a
    /// placeholder such as `null` or `0`, which people would share.
    ///
    /// What was said before, by nobody in particular, is brought into the account: a no lands, a yes counts only where the account
    /// said nothing. Sync before you ask: a new phone does not ask a member again. Returns when it is on disk.
    ///
    /// A sign-in that fails has not happened; but whoever was there before no longer answers for whoever is there now: that person's
    /// grants do not count from the call on.
    pub fn sign_in(&self, subject: &str) -> Result<()> {
        sign_in::sign_in(&self.ledger, subject)
    }

    /// The person signed out. The account's choices no longer count here; its waiting withdrawals are still sent.
    /// Does nothing where nobody is signed in. Returns when it is on disk; the account's choices count no longer from the call on, also
    /// where the call fails.
    pub fn sign_out(&self) -> Result<()> {
        sign_out::sign_out(&self.ledger)
    }

    /// Sends what waits, for at most `timeout_ms` milliseconds, then signs the person out, and says what of the account still waits.
    ///
    /// It signs out whatever becomes of the sync: a network that is down, a server that is, a time of 0, a sync that runs already. An error
    /// means that the sign-out itself could not be recorded; nothing of the account is allowed any more all the same. Blocks on the network
    /// and the disk: where another process holds the file, it is waited for once, for 5 seconds at most, beside `timeout_ms`. Call it on a
    /// worker thread, and `sign_out` where the app cannot wait.
    pub fn sign_out_within(&self, timeout_ms: i64) -> Result<SignOutReport> {
        sign_out::sign_out_within(&self.ledger, &self.syncing, timeout_ms)
    }

    /// Reports what the platform says now, and what the app knows of the person; a field that is `None` keeps its last value.
    ///
    /// Call it at open, at each return to the foreground, and after each sign-in and sign-out: age band and guardian belong to the person and
    /// end with it. A change is a record with the OS as its source, not a withdrawal (OPT-3), and goes to the server. A signal never grants.
    /// Returns when it is on disk.
    ///
    /// What takes a permission away counts from the call on, also where the call fails: see `unrecorded`.
    pub fn report_signals(&self, reported: Signals) -> Result<()> {
        signals::report(&self.ledger, reported)
    }

    /// Gives the advertising id for a purpose, if the person and the platform allow it.
    ///
    /// Decides first; only if allowed the platform is asked, and what it says (a limit, zeros, a failure) is a signal that is
    /// recorded and decided upon again. An id that replaced another is a stranger's: consent is asked again (AND-4). The id is never
    /// stored or logged. Blocks on the platform's provider and the disk: call it on a worker thread.
    pub fn advertising_id(&self, purpose: &str) -> Result<AdvertisingId> {
        ad_id::advertising_id(&self.ledger, purpose)
    }

    /// Sends what waits and pulls what changed elsewhere, for at most `timeout_ms` milliseconds, what the app's token provider takes
    /// not counted: Swift and Kotlin wait for that for half a minute at most.
    ///
    /// Before a first answer or a sign-in it sends nothing. Nothing leaves the queue without an answer that names it. Blocks on the
    /// network and the disk: call it on a worker thread. One runs at a time, across processes: another answers `AlreadySyncing`.
    pub fn sync(&self, timeout_ms: i64) -> Result<SyncReport> {
        sync::sync(&self.ledger, &self.syncing, timeout_ms)
    }

    /// The network is back: the next sync need not wait for the breaker. Blocks on the disk.
    pub fn connectivity_restored(&self) -> Result<()> {
        sync::connectivity_restored(&self.ledger)
    }

    /// Changes saved on this device and not yet acknowledged by the server, oldest first, at most 1,000. Blocks on the disk.
    pub fn pending(&self) -> Result<Vec<PendingChange>> {
        pending::pending(&self.ledger)
    }

    /// Those among them that the server could not or would not take. They are kept, tried again daily and after an upgrade.
    pub fn stuck(&self) -> Result<Vec<PendingChange>> {
        pending::stuck(&self.ledger)
    }

    /// What happened after position `after` (0 for all), oldest first, at most `limit` (1 to 1,000) records. Blocks on the disk.
    pub fn history(&self, after: i64, limit: i64) -> Result<Vec<HistoryEntry>> {
        history::history(&self.ledger, after, limit)
    }

    /// What was allowed at `at` (Unix milliseconds), from the records up to then, with the policy and signals of that time (REC-1).
    /// A time before the first record, such as one that was given in seconds by mistake, answers without a version and without decisions. A
    /// time after the last record, also one in the future, answers what the records come to at that time.
    /// Blocks on the disk; reads the ledger from its start.
    pub fn state_at(&self, at: i64) -> Result<StateAt> {
        history::state_at(&self.ledger, at)
    }

    /// The cookies that may be set and sent, for an HTTP client or a web view: see `CookieGate`. Reads the catalogue and the list of public
    /// suffixes, so make it once and keep it.
    pub fn cookies(&self, options: &CookieOptions) -> Result<CookieGate> {
        cookies::cookies(&self.ledger, options)
    }

    /// Records that cookies went after a withdrawal: `steps` is the plan that `CookieGate::purge` made and the host carried out, and `left` the
    /// cookies that are in the jars afterwards all the same. What is kept are counts for each jar and purpose, no name and no value. Blocks on
    /// the disk; writes nothing for an empty plan.
    pub fn cookies_removed(&self, steps: &[PurgeStep], left: &[SeenCookie]) -> Result<()> {
        cookies::cookies_removed(&self.ledger, steps, left)
    }

    /// Checks every record, the chain, and that the state follows from them. Blocks on the disk for as long as the ledger is long.
    pub fn verify(&self) -> Result<Verification> {
        verification::verify(&self.ledger.store)
    }

    /// Erases what was said here and who said it: the bytes of those records with their salts, the accounts, the keyed hash of the
    /// advertising id, and files of a recovery. Nobody is signed in afterwards, and nothing that was granted counts.
    ///
    /// What stays is that the person and the device said no to a purpose, without text, form and account; the policies; what the platform
    /// says of the device; and the hash of each record, so that `verify` still follows the whole chain. A refusal or withdrawal that the
    /// server has not acknowledged stays with its account until a sync brings the acknowledgement, which erases it, too. Nothing else is
    /// sent any more. The server keeps what it has: ask it by its own way.
    ///
    /// Returns when nothing of it can be found in the files any more. Where it fails after the records are gone, because another process
    /// holds the file, call it again. Blocks on the disk for as long as the ledger is long.
    pub fn erase(&self) -> Result<EraseReport> {
        erase::erase(&self.ledger)
    }

    /// Takes over a policy that the server or the app delivered, if it is a later edition of the one in force.
    ///
    /// It may not move a purpose away from consent nor loosen what guards a person (the audience, the night, what caps a purpose and what
    /// it requires): only the document that the app ships may.
    ///
    /// An edition whose `effective_on` lies ahead is kept and announced (see `announced`), and comes into force on that day without a further
    /// call. Where a document cannot be read, because it has faults or a form that this version does not know, the edition in force stays.
    ///
    /// What it takes away counts from the call on, also where the file cannot be written: see `unrecorded`.
    pub fn adopt_policy(&self, document: &str) -> Result<()> {
        adopt_policy::adopt_policy(&self.ledger, document)
    }

    /// Reads the file again: another process may have written to it. It is noticed by itself within a second; this does not wait for that.
    /// Blocks on the disk.
    pub fn refresh(&self) -> Result<()> {
        self.ledger.refresh()
    }

    /// The app is about to rest: records what is held in memory alone, folds the log back into the file, and lets go of the file and of every
    /// lock on it. iOS ends an app that keeps a lock while it is suspended (0xdead10cc).
    ///
    /// Answers go on, from memory. The next call that needs the file opens it again by itself; until then a no of another process is not
    /// heard, so call `refresh` once the app is back. A file that was replaced or removed meanwhile is told then, and none is created in its
    /// place. Fails where something could not be recorded; the file is let go of all the same.
    pub fn suspend(&self) -> Result<()> {
        self.ledger.suspend()
    }

    /// Closes the file, after what is held in memory alone is recorded. Afterwards nothing that needs consent is allowed, and every
    /// other call answers `ShutDown`. Fails where something could not be recorded; the file is closed all the same.
    pub fn shutdown(&self) -> Result<()> {
        self.watch.end();
        self.ledger.shutdown()
    }
}

impl Drop for Consent {
    /// A last attempt to record what is held in memory alone, because the disk may be back since the call that failed. Where it is not,
    /// nobody can be told, which is what `shutdown` is for.
    fn drop(&mut self) {
        self.watch.end();
        drop(self.ledger.record_left_over());
        // The watch may be reading at this moment. The file is let go of here and not whenever that ends.
        self.ledger.store.abandon();
    }
}
