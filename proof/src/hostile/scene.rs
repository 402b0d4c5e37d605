//! Devices as they stand when the server turns hostile, and one hostile exchange with its checks.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use consentkit::{
    client::{Consent, SyncReport, TokenProvider},
    policy::Scope,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};

use super::honest::{self, Asked};
use crate::stage::{Clock, DAY, Device, Done, PASS_MS, answer, folder, granted, verify, waiting};

/// The purpose of the single cases; it follows the device.
pub const ONE: &str = "cookies.analytics";
/// The account's purpose.
pub const MAIL: &str = "marketing.data_use";
/// What the batched cases answer.
pub const MANY: [&str; 6] =
    ["cookies.analytics", "cookies.marketing", "marketing.data_use", "marketing.email", "marketing.sms", "marketing.kakao"];
/// Where the scripted server is said to be. Nothing listens there, and nothing is sent there.
const SERVER: &str = "http://127.0.0.1:9";
/// Most bytes of one request: the batch's bound and the envelope.
const MAX_REQUEST_BYTES: usize = 300 * 1024;
/// The client's own bound on an answer.
const MAX_ANSWER_BYTES: i64 = 1024 * 1024;
/// The client's own bound on an exchange.
const MAX_EXCHANGE_MS: i64 = 30_000;
/// Requests that one pass may make (`consentkit::sync::plan::MAX_REQUESTS`).
pub const MAX_REQUESTS: usize = consentkit::sync::plan::MAX_REQUESTS as usize;

/// What comes back for a request.
pub type Said = Result<HttpResponse, TransportError>;

type Script = Box<dyn Fn(&Asked, usize) -> Said + Send + Sync>;

/// A wire with nobody honest at the other end.
struct Wire {
    script: Script,
    sent: AtomicUsize,
    fault: Mutex<Option<String>>,
}

impl Transport for Wire {
    fn send(&self, request: HttpRequest) -> Said {
        let count = self.sent.fetch_add(1, Ordering::SeqCst);
        let bounded = request.max_response_bytes <= MAX_ANSWER_BYTES
            && request.body.len() <= MAX_REQUEST_BYTES
            && (1..=MAX_EXCHANGE_MS).contains(&request.timeout_ms);
        if !bounded {
            *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some("a request asked for more than its bounds".into());
        }
        let asked = Asked::read(&request);
        match (self.script)(&asked, count) {
            // What a real transport does at the bound it was given.
            Ok(response) if i64::try_from(response.body.len()).unwrap_or(i64::MAX) > request.max_response_bytes => {
                Err(TransportError::TooLarge)
            }
            other => other,
        }
    }
}

struct AnyToken;

impl TokenProvider for AnyToken {
    fn token(&self, _: &str, _: bool) -> Option<String> {
        Some("account-token".into())
    }
}

/// An answer with a body.
pub fn http(status: i32, body: impl Into<Vec<u8>>) -> Said {
    Ok(HttpResponse { status, headers: vec![], body: body.into() })
}

/// Gives the installation its token, and anything else to `sync`.
pub fn registered(sync: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Script {
    Box::new(move |asked, _| if asked.path == "/v1/installs" { http(200, r#"{"token":"install-token"}"#) } else { sync(asked) })
}

fn honest_script() -> Script {
    registered(|asked| http(200, honest::answer(asked).to_string()))
}

/// A device as it stands; cases work on copies.
pub struct Scene {
    /// What it is called in a failure.
    pub name: &'static str,
    path: PathBuf,
    /// The newest change of each purpose, as the honest server was sent it: for lies with real records.
    pub records: Vec<Value>,
}

/// All of them.
pub struct Scenes {
    folder: tempfile::TempDir,
    copies: AtomicUsize,
    /// One grant waits.
    pub grant: Scene,
    /// One withdrawal waits, over an acknowledged grant.
    pub withdrawal: Scene,
    /// Six grants wait.
    pub grants: Scene,
    /// Six withdrawals wait, over acknowledged grants.
    pub withdrawals: Scene,
    /// Nothing waits; the last word on each purpose was a withdrawal, and it is acknowledged.
    pub withdrawn: Scene,
    /// Nothing waits and all is granted.
    pub all_granted: Scene,
    /// A member's withdrawal waits, over an acknowledged grant.
    pub member: Scene,
}

type Heard = Arc<Mutex<Vec<Value>>>;

fn play(folder: &tempfile::TempDir, name: &'static str, play: impl FnOnce(&Consent) -> Done) -> Done<Scene> {
    let heard: Heard = Arc::default();
    let listener = heard.clone();
    let script = registered(move |asked| {
        listener.lock().unwrap_or_else(PoisonError::into_inner).extend(asked.changes().iter().cloned());
        http(200, honest::answer(asked).to_string())
    });
    let path = folder.path().join(format!("{name}.db"));
    let consent = device(path.clone(), script).0.open()?;
    play(&consent)?;
    verify(&consent)?;
    consent.shutdown()?;
    let records = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Scene { name, path, records })
}

fn device(path: PathBuf, script: Script) -> (Device, Arc<Wire>) {
    let wire = Arc::new(Wire { script, sent: AtomicUsize::new(0), fault: Mutex::new(None) });
    let tokens = Arc::new(AnyToken);
    (Device { path, marker: None, clock: Clock::noon(), server: SERVER.into(), transport: wire.clone(), tokens }, wire)
}

fn withdraw(consent: &Consent, purposes: &[&str]) -> Done {
    consent.withdraw(purposes)?;
    Ok(())
}

fn synced(consent: &Consent) -> Done {
    let report = consent.sync(PASS_MS)?;
    if report.pending == 0 { Ok(()) } else { Err(format!("the honest server left something: {report:?}").into()) }
}

impl Scenes {
    /// Plays each of them with an honest server.
    pub fn build() -> Done<Self> {
        let folder = folder()?;
        let grant = play(&folder, "a grant", |consent| answer(consent, &[ONE], &[]))?;
        let withdrawal = play(&folder, "a withdrawal", |consent| {
            answer(consent, &[ONE], &[])?;
            synced(consent)?;
            withdraw(consent, &[ONE])
        })?;
        let grants = play(&folder, "grants", |consent| answer(consent, &MANY, &[]))?;
        let withdrawals = play(&folder, "withdrawals", |consent| {
            answer(consent, &MANY, &[])?;
            synced(consent)?;
            withdraw(consent, &MANY)
        })?;
        let withdrawn = play(&folder, "withdrawn", |consent| {
            answer(consent, &MANY, &[])?;
            synced(consent)?;
            consent.withdraw(&MANY)?;
            synced(consent)
        })?;
        let all_granted = play(&folder, "granted", |consent| {
            answer(consent, &MANY, &[])?;
            synced(consent)
        })?;
        let member = play(&folder, "a member's withdrawal", |consent| {
            consent.sign_in("acct_81")?;
            answer(consent, &[MAIL], &[])?;
            synced(consent)?;
            withdraw(consent, &[MAIL])
        })?;
        Ok(Self { folder, copies: AtomicUsize::new(0), grant, withdrawal, grants, withdrawals, withdrawn, all_granted, member })
    }

    /// One hostile pass over a copy of a scene, and the checks that hold for every one. `named` says which operations the answers
    /// honestly take up: nothing else may leave.
    pub fn attack(&self, scene: &Scene, named: impl Fn(&str) -> bool, script: Script) -> Done<SyncReport> {
        let path = self.copy(scene)?;
        let done = self.attack_on(&path, named, script);
        for suffix in ["", "-wal", "-shm", "-watermark", ".sync"] {
            let _ = fs::remove_file(format!("{}{suffix}", path.display()));
        }
        done
    }

    /// The same over a file that is left where it is.
    pub fn attack_on(&self, path: &Path, named: impl Fn(&str) -> bool, script: Script) -> Done<SyncReport> {
        let (device, wire) = device(path.to_owned(), script);
        attack(&device, &wire, named)
    }
}

fn attack(device: &Device, wire: &Wire, named: impl Fn(&str) -> bool) -> Done<SyncReport> {
    let consent = device.open()?;
    let queue = waiting(&consent)?;
    let counted = granted(&consent);
    let report = consent.sync(PASS_MS)?;
    check(&consent, &queue, &counted, &named)?;
    // A day later, when what was set aside is tried again, and after the app's next start.
    device.clock.pass(DAY + 1);
    consent.connectivity_restored()?;
    consent.sync(PASS_MS)?;
    check(&consent, &queue, &counted, &named)?;
    consent.shutdown()?;
    drop(consent);
    let consent = device.open()?;
    check(&consent, &queue, &counted, &named)?;
    if wire.sent.load(Ordering::SeqCst) > 2 * MAX_REQUESTS {
        return Err("more requests than two passes may make".into());
    }
    match wire.fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(fault) => Err(fault.into()),
        None => Ok(report),
    }
}

fn check(consent: &Consent, queue: &[consentkit::client::PendingChange], counted: &[String], named: &dyn Fn(&str) -> bool) -> Done {
    let now = waiting(consent)?;
    for change in queue {
        if !named(&change.op) && !now.iter().any(|still| still.op == change.op) {
            return Err(
                format!("{} of {} left the queue unnamed", if change.lowers { "a withdrawal" } else { "a grant" }, change.purpose).into()
            );
        }
    }
    if let Some(raised) = granted(consent).iter().find(|purpose| !counted.contains(purpose)) {
        return Err(format!("{raised} was raised").into());
    }
    verify(consent)
}

impl Scenes {
    /// A copy of a scene's database; it goes with the scenes.
    pub fn copy(&self, scene: &Scene) -> Done<PathBuf> {
        let number = self.copies.fetch_add(1, Ordering::SeqCst);
        let path = self.folder.path().join(format!("case-{number}.db"));
        fs::copy(&scene.path, &path)?;
        Ok(path)
    }

    /// Operations that wait and are about the device itself.
    pub fn waiting_about_the_device(&self, scene: &Scene) -> Done<Vec<String>> {
        let consent = device(self.copy(scene)?, honest_script()).0.open()?;
        let policy = consent.snapshot().policy.clone();
        let of_device = |id: &str| policy.purposes.iter().any(|purpose| purpose.id == id && purpose.scope == Scope::Device);
        let waits = waiting(&consent)?.into_iter().filter(|change| of_device(&change.purpose));
        Ok(waits.map(|change| change.op).collect())
    }

    /// One pass over a copy after which these purposes still count.
    pub fn keeps(&self, scene: &Scene, purposes: &[&str], script: Script) -> Done {
        let consent = device(self.copy(scene)?, script).0.open()?;
        consent.sync(PASS_MS)?;
        let counted = granted(&consent);
        match purposes.iter().find(|purpose| !counted.iter().any(|counts| counts == *purpose)) {
            Some(lost) => Err(format!("{lost} no longer counts").into()),
            None => verify(&consent),
        }
    }
}

/// Nothing is named.
pub fn nothing(_: &str) -> bool {
    false
}

/// Lets the honest server answer a scene: what it names must leave, so that the checks above are seen to be able to fail.
pub fn drains(scenes: &Scenes, scene: &Scene) -> Done {
    let report = scenes.attack(scene, |_| true, honest_script())?;
    if report.pending == 0 { Ok(()) } else { Err(format!("{} still waits", json!(report.pending)).into()) }
}
