//! The app whose files are hurt: what it calls, and what it can be asked afterwards.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use consentkit::{
    client::{Answer, Consent, HistoryEntry, ImportChoice, Options, PendingChange},
    clock,
    error::Result,
    ledger::{ChoiceKind, Status},
    signal::Signals,
};

use crate::{chance::Chance, disk::TapedDisk};

/// 2026-11-22 12:00 in Seoul.
const NOON: i64 = 1_795_316_400_000;

/// How long passes between two calls, milliseconds.
const BETWEEN_CALLS: i64 = 1_000;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The policy of the first user.
pub const POLICY: &str = include_str!("../../examples/influential/policy.json");

/// Purposes that the story is about.
const PURPOSES: [&str; 6] =
    ["cookies.analytics", "ad_id.measurement", "marketing.data_use", "marketing.email", "marketing.sms", "marketing.push"];

/// A clock that moves with each call.
pub struct StillClock(AtomicI64);

impl clock::Clock for StillClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> i64 {
        self.now() - NOON
    }

    fn utc_offset(&self) -> i32 {
        540
    }
}

/// One call of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// The app starts.
    Open,
    /// The app ends in order.
    Close,
    /// A form is answered: one purpose granted, another refused.
    Answer(&'static str, &'static str),
    /// A purpose is withdrawn.
    Withdraw(&'static str),
    /// Somebody signs in.
    SignIn(&'static str),
    /// Nobody is signed in any more.
    SignOut,
    /// Global Privacy Control is turned on or off.
    Gpc(bool),
    /// A no of an older store is brought.
    Import(&'static str),
    /// The next edition of the policy is delivered.
    Adopt,
}

impl Call {
    /// True where the call takes something away, so that it must not be lost without a word.
    pub fn denies(self) -> bool {
        matches!(self, Self::Answer(..) | Self::Withdraw(_) | Self::SignOut | Self::Gpc(true) | Self::Import(_) | Self::SignIn(_))
    }

    /// The call's name, for the places at which a process is killed.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "shutdown",
            Self::Answer(..) => "record",
            Self::Withdraw(_) => "withdraw",
            Self::SignIn(_) => "sign_in",
            Self::SignOut => "sign_out",
            Self::Gpc(_) => "report_signals",
            Self::Import(_) => "import",
            Self::Adopt => "adopt_policy",
        }
    }
}

/// The next edition of the policy, as a server delivers it: its words are the same, but for the label.
fn next_edition() -> String {
    let mut document: serde_json::Value = serde_json::from_str(POLICY).unwrap_or_default();
    let edition = document["edition"].as_u64().unwrap_or_default() + 1;
    let of_its_own = serde_json::json!({
        "edition": edition, "version": "next", "announced_on": "2026-10-01", "effective_on": "2026-11-10"
    });
    for name in ["edition", "version", "announced_on", "effective_on"] {
        document[name] = of_its_own[name].clone();
    }
    if let Some(versions) = document["amendments"]["versions"].as_array_mut() {
        versions.push(of_its_own);
    }
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// A story of so many calls.
pub fn story(seed: u64, calls: usize) -> Vec<Call> {
    let mut chance = Chance::of(seed);
    let mut story = vec![Call::Open, Call::Answer("marketing.data_use", "cookies.marketing")];
    while story.len() < calls {
        let purpose = chance.pick(&PURPOSES);
        if story.len() > calls / 2 && !story.contains(&Call::Adopt) {
            story.push(Call::Adopt);
        }
        match chance.below(12) {
            0 => story.extend([Call::Close, Call::Open]),
            1 => story.push(Call::SignIn(chance.pick(&["acct_81", "acct_91"]))),
            2 => story.push(Call::SignOut),
            3 => story.push(Call::Gpc(chance.once_in(2))),
            4 => story.push(Call::Import(purpose)),
            5..=8 => story.push(Call::Withdraw(purpose)),
            _ => {
                let refused = chance.pick(&["marketing.kakao", "cookies.marketing"]);
                story.push(Call::Answer(purpose, refused));
            }
        }
    }
    story
}

/// What can be seen of a ledger: everything that an app is promised to keep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// What happened.
    pub history: Vec<HistoryEntry>,
    /// What waits to be sent.
    pub pending: Vec<PendingChange>,
    /// The purposes that count as granted.
    pub granted: Vec<String>,
    /// The words of the policy in force.
    pub policy: String,
}

/// The app on one folder.
pub struct App {
    folder: PathBuf,
    clock: Arc<StillClock>,
    open: Option<Consent>,
}

impl App {
    /// An app that was not started yet.
    pub fn on(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), clock: Arc::new(StillClock(AtomicI64::new(NOON))), open: None }
    }

    /// The app a day later, on a folder that somebody else used.
    pub fn again(folder: &Path) -> Self {
        Self { clock: Arc::new(StillClock(AtomicI64::new(NOON + DAY))), ..Self::on(folder) }
    }

    fn options(&self) -> Options {
        Options {
            marker: Some(self.folder.join("marker")),
            clock: self.clock.clone(),
            disk: Arc::new(TapedDisk),
            app_version: "1.0".into(),
            ..Options::new(self.folder.join("consent.db"), POLICY)
        }
    }

    /// The open ledger.
    pub fn consent(&self) -> Option<&Consent> {
        self.open.as_ref()
    }

    /// Makes one call. Where the app is closed, only `Open` does anything.
    pub fn call(&mut self, call: Call) -> Result<()> {
        self.clock.0.fetch_add(BETWEEN_CALLS, Ordering::SeqCst);
        if call == Call::Open {
            self.open = Some(Consent::open(self.options())?);
            return Ok(());
        }
        let Some(consent) = &self.open else { return Ok(()) };
        match call {
            Call::Open => Ok(()),
            Call::Close => {
                let closed = consent.shutdown();
                self.open = None;
                closed
            }
            Call::Answer(granted, refused) => {
                let form = consent.questions("settings")?;
                consent.record(&form.shown, &[Answer::grant(granted), Answer::refuse(refused)]).map(drop)
            }
            Call::Withdraw(purpose) => consent.withdraw(&[purpose]).map(drop),
            Call::SignIn(account) => consent.sign_in(account),
            Call::SignOut => consent.sign_out(),
            Call::Gpc(on) => consent.report_signals(Signals { gpc: Some(on), ..Signals::default() }),
            Call::Import(purpose) => {
                let (purpose, source) = (purpose.to_owned(), "old".to_owned());
                let said_at = Some(NOON - BETWEEN_CALLS);
                let brought = ImportChoice { purpose, choice: ChoiceKind::Withdrawn, said_at, source, text_version: None, actor: None };
                consent.import(&[brought]).map(drop)
            }
            Call::Adopt => consent.adopt_policy(&next_edition()),
        }
    }

    /// Says no to a purpose without opening the file.
    pub fn leaves_a_no(&self, purpose: &str) -> Result<()> {
        Consent::leave_withdrawal(&self.options(), &[purpose])
    }

    /// What can be seen now; nothing where the app is closed.
    pub fn seen(&self) -> Result<Seen> {
        let Some(consent) = &self.open else { return Ok(Seen::default()) };
        let policy = serde_json::to_string(&*consent.snapshot().policy).unwrap_or_default();
        Ok(Seen { history: consent.history(0, 1000)?, pending: consent.pending()?, granted: self.granted(), policy })
    }

    /// The purposes that count as granted.
    pub fn granted(&self) -> Vec<String> {
        let Some(consent) = &self.open else { return vec![] };
        let snapshot = consent.snapshot();
        let counts = snapshot.answers.iter().filter(|(_, answer)| answer.status == Status::Granted && answer.ask_again.is_none());
        counts.map(|(purpose, _)| purpose.clone()).collect()
    }
}

impl Seen {
    /// True where nobody has said anything in it.
    pub fn is_blank(&self) -> bool {
        self.history.iter().all(|entry| ["install", "policy"].contains(&entry.kind.as_str()))
    }
}
