//! The stage: the person's two phones, the wire between them and the company, and a clock that the story turns.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use consentkit::{
    client::{AdIdProvider, Consent, Options, Receipt, SyncReport, SyncState, TokenProvider},
    clock::{Clock, SystemClock},
    decision::Decision,
    signal::{AdIdAnswer, Platform},
    transport::{HttpRequest, HttpResponse, Transport, TransportError, built_in},
};
use tempfile::TempDir;

use crate::{
    Result, Sabotage,
    company::{Company, Page},
    policy,
    sabotage::claim_to_have_seen,
};

/// The member's name on the server: it says nothing outside the company's systems.
pub const MEMBER: &str = "acct_81";

/// Sunday, 22 November 2026, 12:00 in Seoul, Unix milliseconds. The story runs on its own clock, so that it is the same at any hour.
pub const NOON: i64 = 1_795_316_400_000;

/// 22:10 that evening: inside the night hours of the policy (21:00 to 08:00).
pub const EVENING: i64 = NOON + 610 * MINUTE;

/// A minute, in milliseconds.
pub const MINUTE: i64 = 60_000;

/// How long one sync may take.
const SYNC_MS: i64 = 20_000;

/// Seoul is nine hours ahead of UTC.
const SEOUL_MINUTES: i32 = 540;

/// Wall time as the story wants it; deadlines run in real time.
pub struct StoryClock(AtomicI64);

impl StoryClock {
    pub fn at(now: i64) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Some minutes pass.
    pub fn pass(&self, minutes: i64) {
        self.0.fetch_add(minutes * MINUTE, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> i64 {
        SystemClock.monotonic()
    }

    fn utc_offset(&self) -> i32 {
        SEOUL_MINUTES
    }
}

/// The real transport, counted.
struct Wire {
    inner: Arc<dyn Transport>,
    requests: Arc<AtomicI64>,
    /// Where it lies: what the company's web page shows at that moment.
    lies: Option<Page>,
}

impl Transport for Wire {
    fn send(&self, request: HttpRequest) -> std::result::Result<HttpResponse, TransportError> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.inner.send(match &self.lies {
            Some(page) => claim_to_have_seen(request, page),
            None => request,
        })
    }
}

/// The account's token, once the person has logged in.
#[derive(Default)]
struct LogIn(OnceLock<String>);

impl TokenProvider for LogIn {
    fn token(&self, _subject: &str, _refresh: bool) -> Option<String> {
        self.0.get().cloned()
    }
}

/// The platform's advertising id, counted.
struct Platforms {
    asked: Arc<AtomicI64>,
}

impl AdIdProvider for Platforms {
    fn advertising_id(&self) -> AdIdAnswer {
        self.asked.fetch_add(1, Ordering::SeqCst);
        AdIdAnswer::Id { value: "3f9c1a52-7d4e-4b8a-9c06-5e21d8f07b64".to_owned(), limited: false }
    }
}

/// Everything the story needs, and what one step leaves for the next.
pub struct Stage {
    pub company: Company,
    pub clock: Arc<StoryClock>,
    pub sabotage: Option<Sabotage>,
    /// Answers of the first form.
    pub first_answers: Option<Receipt>,
    /// Requests of the first phone.
    pub requests: Arc<AtomicI64>,
    /// How often the platform was asked for the advertising id.
    pub asked: Arc<AtomicI64>,
    log_in: Arc<LogIn>,
    phone: Option<Consent>,
    second: Option<Consent>,
    // Last: the folder goes after everything in it was closed.
    folder: TempDir,
}

impl Stage {
    pub fn set(sabotage: Option<Sabotage>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Arc::new(StoryClock::at(NOON));
        let mut stage = Self {
            company: Company::open(folder.path(), clock.clone())?,
            clock,
            sabotage,
            first_answers: None,
            requests: Arc::default(),
            asked: Arc::default(),
            log_in: Arc::default(),
            phone: None,
            second: None,
            folder,
        };
        stage.start_phone()?;
        Ok(stage)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the first phone keeps its ledger.
    pub fn ledger(&self) -> PathBuf {
        self.path("phone.db")
    }

    /// The app starts on the person's iPhone.
    pub fn start_phone(&mut self) -> Result<()> {
        let wire = self.wire(self.requests.clone(), None)?;
        self.phone = Some(Consent::open(self.options(app(&self.ledger(), self.clock.clone()), wire)?)?);
        Ok(())
    }

    /// The app ends; what is on disk stays.
    pub fn end_phone(&mut self) -> Result<()> {
        self.phone.take().map_or(Ok(()), |phone| Ok(phone.shutdown()?))
    }

    /// The app starts on the person's Android phone, which has a ledger of its own.
    pub fn start_second(&mut self) -> Result<()> {
        let lies = (self.sabotage == Some(Sabotage::GrantWins)).then(|| self.company.page());
        let wire = self.wire(Arc::default(), lies)?;
        let app = Options { platform: Platform::Android, os_version: "15".to_owned(), ..app(&self.path("second.db"), self.clock.clone()) };
        self.second = Some(Consent::open(self.options(app, wire)?)?);
        Ok(())
    }

    /// The person logs in to the company's service on one of the phones.
    pub fn log_in(&self, consent: &Consent) -> Result<()> {
        let token = self.company.token()?;
        self.log_in.0.get_or_init(|| token);
        Ok(consent.sign_in(MEMBER)?)
    }

    pub fn phone(&self) -> Result<&Consent> {
        self.phone.as_ref().ok_or_else(|| "the app does not run on the first phone".into())
    }

    pub fn second(&self) -> Result<&Consent> {
        self.second.as_ref().ok_or_else(|| "the app does not run on the second phone".into())
    }

    /// The app as it would be if only what is in the database counted: opened on a copy of the first phone's database, without the small
    /// file beside it that holds what could not be recorded.
    pub fn phone_from_disk(&self) -> Result<Consent> {
        let copy = self.path("copy.db");
        for end in ["", "-wal"] {
            let named = |file: &Path| PathBuf::from(format!("{}{end}", file.display()));
            if named(&self.ledger()).exists() {
                std::fs::copy(named(&self.ledger()), named(&copy))?;
            }
        }
        Ok(Consent::open(app(&copy, self.clock.clone()))?)
    }

    fn wire(&self, requests: Arc<AtomicI64>, lies: Option<Page>) -> Result<Arc<dyn Transport>> {
        Ok(Arc::new(Wire { inner: transport()?, requests, lies }))
    }

    fn options(&self, app: Options, wire: Arc<dyn Transport>) -> Result<Options> {
        Ok(Options {
            server: Some(self.company.url()),
            transport: Some(wire),
            ad_id: Some(Arc::new(Platforms { asked: self.asked.clone() })),
            tokens: Some(self.log_in.clone()),
            ..app
        })
    }
}

/// The transport that the library brings along.
pub fn transport() -> Result<Arc<dyn Transport>> {
    built_in().ok_or_else(|| "this build has no transport: enable the feature http-reqwest".into())
}

/// The app on an iPhone. The child process opens its ledger with the same.
pub fn app(ledger: &Path, clock: Arc<StoryClock>) -> Options {
    Options {
        platform: Platform::Ios,
        os_version: "17.5".to_owned(),
        app_version: "2.4.0".to_owned(),
        clock,
        ..Options::new(ledger, policy::text())
    }
}

/// Syncs and says how it ended: `up to date`, `quiet`, or what it waits for.
pub fn sync(consent: &Consent) -> Result<(String, SyncReport)> {
    let report = consent.sync(SYNC_MS)?;
    let ended = match report.state {
        SyncState::Quiet => "quiet".to_owned(),
        SyncState::UpToDate => "up to date".to_owned(),
        SyncState::Waiting => {
            let troubles: Vec<&str> = report.troubles.iter().map(|trouble| trouble.code()).collect();
            format!("waiting: {}", troubles.join(", "))
        }
    };
    Ok((ended, report))
}

/// A decision in a word: `allowed`, or the codes of all that blocks.
pub fn word(decision: &Decision) -> String {
    words(&decision.reasons.iter().map(consentkit::decision::Reason::code).collect::<Vec<_>>())
}

/// The same from codes.
pub fn words(codes: &[String]) -> String {
    if codes.is_empty() { "allowed".to_owned() } else { codes.join(" + ") }
}
