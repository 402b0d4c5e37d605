//! The steps that the stories of phones, a server and the web are told in. Each step has to succeed: where it does not, the test ends there
//! and names the line of the story.

use std::{path::Path, sync::Arc};

use consentkit::{
    client::{Answer, Consent, ImportChoice, Options, SignOutReport, SyncReport, SyncState},
    clock::Clock,
    decision::Reason,
    ledger::ChoiceKind,
    signal::Platform,
    transport::Transport,
};
use serde_json::json;

use super::{
    Device, NOON, answer,
    loopback::{Host, LogIn, PlainTransport},
};

/// The account of the person in these stories.
pub const MEMBER: &str = "acct_81";

pub const EMAIL: &str = "marketing.email";
pub const SMS: &str = "marketing.sms";
pub const DATA_USE: &str = "marketing.data_use";
pub const ANALYTICS: &str = "cookies.analytics";

pub const HOUR: i64 = 3_600_000;

/// How long a sync may take, in milliseconds: far longer than one on loopback does.
const SYNC_MS: i64 = 10_000;

/// What differs from the plain phone: applied to the options at each start of the app.
type SetUp = Arc<dyn Fn(&Device, Options) -> Options>;

/// A phone with the app on it.
pub struct Phone {
    device: Device,
    server: Arc<Host>,
    set_up: SetUp,
    app: Option<Consent>,
}

/// A phone and the server that it talks to. Both go by the phone's clock.
pub fn phone_and_server() -> (Phone, Arc<Host>) {
    let device = Device::new(Platform::Desktop);
    let server = Host::start(device.clock.clone());
    (Phone::start(device, &server, Arc::new(|_, options| options)), server)
}

/// The same for a phone that keeps a marker beside its database, by which it notices that the database was copied.
pub fn marked_phone_and_server() -> (Phone, Arc<Host>) {
    marked_phone_and_server_on(Platform::Desktop)
}

/// The same on a platform.
pub fn marked_phone_and_server_on(platform: Platform) -> (Phone, Arc<Host>) {
    phone_and_server_set_up(move |device, options| {
        let marker = Some(device.folder.path().join("marker"));
        Options { marker, platform, ..options }
    })
}

/// The same for a phone that is set up otherwise.
pub fn phone_and_server_set_up(set_up: impl Fn(&Device, Options) -> Options + 'static) -> (Phone, Arc<Host>) {
    let device = Device::new(Platform::Desktop);
    let server = Host::start(device.clock.clone());
    (Phone::start(device, &server, Arc::new(set_up)), server)
}

/// A phone and a server that it reaches this way. The person is signed in to the account, has agreed to the use of data, and the server
/// knows it.
pub fn member_and_server(way: Arc<dyn Transport>) -> (Phone, Arc<Host>) {
    let (phone, server) = phone_and_server_by(way);
    phone.signs_in();
    phone.says_yes(&[DATA_USE]);
    phone.syncs();
    (phone, server)
}

/// A phone and a server that it reaches this way.
pub fn phone_and_server_by(way: Arc<dyn Transport>) -> (Phone, Arc<Host>) {
    phone_and_server_set_up(move |_, options| Options { transport: Some(way.clone()), ..options })
}

/// Leaves of a marker what names the installation, as if its second line named the copy of the database, too.
pub fn keep_the_name_alone(marker: &Path) {
    let text = std::fs::read_to_string(marker).unwrap();
    std::fs::write(marker, text.lines().next().unwrap()).unwrap();
}

impl Phone {
    /// Another phone that talks to the server.
    pub fn another(server: &Arc<Host>) -> Self {
        Self::start(Device::new(Platform::Desktop), server, Arc::new(|_, options| options))
    }

    /// Another phone that talks to the same server and goes by the same clock.
    pub fn another_with_its_clock(&self) -> Self {
        let device = Device { clock: self.device.clock.clone(), ..Device::new(Platform::Desktop) };
        Self::start(device, &self.server, Arc::new(|_, options| options))
    }

    /// Another phone that is set up alike, with nothing of this one on it.
    pub fn another_like_it(&self) -> Self {
        let device = Device { clock: self.device.clock.clone(), ..Device::new(Platform::Desktop) };
        Self::start(device, &self.server, self.set_up.clone())
    }

    fn start(device: Device, server: &Arc<Host>, set_up: SetUp) -> Self {
        let mut phone = Self { device, server: server.clone(), set_up, app: None };
        phone.starts();
        phone
    }

    /// The app, for what no step says.
    #[track_caller]
    pub fn app(&self) -> &Consent {
        self.app.as_ref().expect("the app does not run")
    }

    pub fn folder(&self) -> &Path {
        self.device.folder.path()
    }

    /// The app starts.
    #[track_caller]
    pub fn starts(&mut self) {
        self.app = Some(self.in_another_process());
    }

    /// Another process of the app opens the same file.
    #[track_caller]
    pub fn in_another_process(&self) -> Consent {
        let options = Options {
            server: Some(self.server.url()),
            transport: Some(Arc::new(PlainTransport)),
            tokens: Some(Arc::new(LogIn(self.server.clone()))),
            ..self.device.options()
        };
        Consent::open((self.set_up)(&self.device, options)).unwrap()
    }

    /// The app ends in good order.
    #[track_caller]
    pub fn stops(&mut self) {
        self.app.take().expect("the app does not run").shutdown().unwrap();
    }

    /// The system ends the app without a word, and it starts again.
    pub fn is_killed_and_starts_again(&mut self) {
        self.app = None;
        self.starts();
    }

    /// A new phone is set up from this one's backup, which holds these of its files. The app starts on it. With a marker among them it is a
    /// clone of the whole disk, on which the database has the number that it had, so that only the server can notice the copy.
    pub fn is_copied(&self, files: &[&str]) -> Self {
        let device = Device::new(Platform::Desktop);
        for file in files {
            std::fs::copy(self.folder().join(file), device.folder.path().join(file)).unwrap();
        }
        if files.contains(&"marker") {
            keep_the_name_alone(&device.folder.path().join("marker"));
        }
        Self::start(device, &self.server, self.set_up.clone())
    }

    /// The app ends, the phone is set up anew from a backup, and the app starts: beside the database is a marker that is not the file's.
    #[track_caller]
    pub fn is_restored(&mut self) {
        self.stops();
        let marker = self.folder().join("marker");
        let former = std::fs::read_to_string(&marker).unwrap();
        std::fs::write(&marker, "another").unwrap();
        self.starts();
        assert_ne!(std::fs::read_to_string(&marker).unwrap(), former, "a new installation has a name of its own");
    }

    /// The phone's clock, Unix milliseconds.
    pub fn now(&self) -> i64 {
        self.device.clock.now()
    }

    /// The phone's clock is put to this time, Unix milliseconds.
    pub fn clock_is_put_to(&self, time: i64) {
        self.device.clock.set(time);
    }

    /// So many milliseconds pass.
    pub fn waits(&self, millis: i64) {
        self.device.clock.advance(millis);
    }

    #[track_caller]
    pub fn signs_in(&self) {
        self.signs_in_as(MEMBER);
    }

    #[track_caller]
    pub fn signs_in_as(&self, account: &str) {
        self.app().sign_in(account).unwrap();
    }

    #[track_caller]
    pub fn signs_out(&self) {
        self.app().sign_out().unwrap();
    }

    /// The app sends what waits, for at most so many milliseconds, and signs the person out.
    #[track_caller]
    pub fn signs_out_within(&self, millis: i64) -> SignOutReport {
        self.app().sign_out_within(millis).unwrap()
    }

    /// The person answers the settings form.
    #[track_caller]
    pub fn answers(&self, yes: &[&str], no: &[&str]) {
        answer(self.app(), yes, no).unwrap();
    }

    /// The person says yes on the settings form.
    #[track_caller]
    pub fn says_yes(&self, purposes: &[&str]) {
        self.answers(purposes, &[]);
    }

    /// The person says no on the settings form.
    #[track_caller]
    pub fn says_no(&self, purposes: &[&str]) {
        self.answers(&[], purposes);
    }

    /// The settings form is drawn and kept on the screen.
    #[track_caller]
    pub fn draws_the_form(&self) -> Drawn {
        Drawn(self.app().questions("settings").unwrap().shown)
    }

    /// The person says yes on a form that was drawn before.
    #[track_caller]
    pub fn says_yes_on(&self, form: &Drawn, purpose: &str) {
        self.app().record(&form.0, &[Answer::grant(purpose)]).unwrap();
    }

    /// The person withdraws, without a form.
    #[track_caller]
    pub fn withdraws(&self, purpose: &str) {
        self.app().withdraw(&[purpose]).unwrap();
    }

    /// The app brings a no from its older store, said a second before noon.
    #[track_caller]
    pub fn imports_a_no(&self, purpose: &str) {
        let older = ImportChoice {
            actor: None,
            purpose: purpose.into(),
            choice: ChoiceKind::Refused,
            said_at: Some(NOON - 1_000),
            source: "old app".into(),
            text_version: None,
        };
        self.app().import(&[older]).unwrap();
    }

    /// A sync, however it ends.
    #[track_caller]
    pub fn syncs(&self) -> SyncReport {
        self.syncs_within(SYNC_MS)
    }

    /// A sync that may take so many milliseconds, however it ends.
    #[track_caller]
    pub fn syncs_within(&self, millis: i64) -> SyncReport {
        self.app().sync(millis).unwrap()
    }

    /// A sync after which no refusal and no withdrawal waits, and nothing is set aside. A yes of an account that signed out may wait.
    #[track_caller]
    pub fn sends_every_no(&self) {
        let report = self.syncs();
        assert_eq!((report.state, report.stuck, report.troubles.len()), (SyncState::UpToDate, 0, 0), "{report:?}");
        assert!(self.app().pending().unwrap().iter().all(|change| !change.lowers), "a no waits");
        self.ledger_is_whole();
    }

    /// A sync after which nothing waits and nothing is set aside.
    #[track_caller]
    pub fn sends_everything(&self) -> SyncReport {
        let report = self.syncs();
        assert_eq!((report.state, report.pending, report.stuck), (SyncState::UpToDate, 0, 0), "{report:?}");
        report
    }

    /// The network is back, and the app says so.
    #[track_caller]
    pub fn is_online_again(&self) {
        self.app().connectivity_restored().unwrap();
    }

    #[track_caller]
    pub fn allows(&self, purpose: &str) -> bool {
        self.app().allows(purpose)
    }

    /// Every reason against a purpose.
    #[track_caller]
    pub fn reasons(&self, purpose: &str) -> Vec<Reason> {
        self.app().explain(purpose).reasons
    }

    /// The codes of the reasons against a purpose.
    #[track_caller]
    pub fn codes(&self, purpose: &str) -> Vec<String> {
        self.reasons(purpose).iter().map(Reason::code).collect()
    }

    /// The ledger's chain and state fit each other.
    #[track_caller]
    pub fn ledger_is_whole(&self) {
        let found = self.app().verify().unwrap();
        assert!(found.ok, "{found:?}");
    }
}

/// A form that is on a screen.
pub struct Drawn(String);

impl Drawn {
    /// The token that its answers are handed back with.
    pub fn token(&self) -> &str {
        &self.0
    }
}

/// A copy of the server's database, made at one moment.
pub struct Backup(());

impl Host {
    /// The server stands so for the account.
    #[track_caller]
    pub fn holds(&self, purpose: &str, status: &str) {
        assert_eq!(self.status(MEMBER, purpose), status, "{purpose}");
    }

    /// The person says it on the company's web page, signed in to the account.
    pub fn hears_on_the_web(&self, purpose: &str, choice: &str) {
        self.web(MEMBER, json!({ "purpose": purpose, "choice": choice, "method": "web", "actor": "self" }));
    }

    /// The operator makes a backup. A later one replaces it.
    pub fn backs_up(&self) -> Backup {
        self.back_up();
        Backup(())
    }

    /// The operator puts the backup back and starts the server with `--restored`: every numbering gets another name.
    pub fn restores_and_says_so(&self, backup: Backup) {
        self.restores(backup);
        self.change("UPDATE subject SET history = 'renewed-' || id;");
    }

    /// The operator puts the backup back: what the server took since is lost.
    pub fn restores(&self, _backup: Backup) {
        self.restore();
    }
}
