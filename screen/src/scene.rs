//! The scenes: which page is drawn for whom, on which screen, and what is done on it.

use std::{
    error::Error,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use consentkit::{
    client::{Answer, Consent, Options},
    clock::{Clock, SystemClock},
    signal::{Platform, Signals, Tracking},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    fault::Fault,
    http::{Request, Response, Server},
    site::Site,
};

const INFLUENTIAL: &str = include_str!("../../examples/influential/policy.json");
const MINIMAL: &str = include_str!("../../examples/policies/minimal.json");

/// A page with one letter and nothing else, beside which the time to the first paint is measured.
const BARE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>a</title><p>a</p></html>";

/// Sunday, 22 November 2026, 12:00 in Seoul, Unix milliseconds: the pages have dates, and are the same on any day.
const NOON: i64 = 1_795_316_400_000;

/// A clock that stands, in Seoul.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> i64 {
        NOON
    }

    fn monotonic(&self) -> i64 {
        SystemClock.monotonic()
    }

    fn utc_offset(&self) -> i32 {
        540
    }
}

/// Which policy the app has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// The first user's.
    Influential,
    /// One purpose and hardly a text.
    Minimal,
    /// Written from right to left, with markup, emoji and very long words in its texts.
    Hostile,
    /// Two hundred purposes.
    Many,
}

impl World {
    fn policy(self) -> String {
        match self {
            Self::Influential => INFLUENTIAL.to_owned(),
            Self::Minimal => MINIMAL.to_owned(),
            Self::Hostile => hostile().to_string(),
            Self::Many => many().to_string(),
        }
    }
}

fn hostile() -> Value {
    let text = "نص <b>غليظ</b> & \"اقتباس\" \u{2067}אבג\u{2069} 👩‍👩‍👧 <script>alert(1)</script>";
    let long = "a".repeat(900);
    let notice =
        json!({ "purpose": { "ar": text }, "items": ["i"], "retention": { "ar": long }, "refusal": { "ar": format!("{text}\n\n{text}") } });
    let party = json!({ "id": "t", "recipient": { "ar": text }, "purpose": { "ar": text }, "items": ["i"], "retention": { "ar": text }, "refusal": { "ar": text } });
    json!({
        "id": "hostile", "version": "1", "languages": ["ar"], "items": [{ "id": "i", "label": { "ar": text } }], "third_parties": [party],
        "controller": { "name": { "ar": text }, "contact": { "email": "a@b.example" } },
        "purposes": [
            { "id": "a", "title": { "ar": text }, "notice": notice, "third_parties": ["t"] },
            { "id": "b", "title": { "ar": "آخر" }, "notice": notice, "requires": ["a"] },
            { "id": "c", "title": { "ar": "بدون" } }
        ]
    })
}

fn many() -> Value {
    let one = |at: usize| {
        let text = format!("To do the thing with the number {at}, as somebody who reads all of this can see.");
        let notice = json!({ "purpose": { "en": text }, "items": ["i"], "retention": { "en": "One year" }, "refusal": { "en": "Nothing is lost." } });
        json!({ "id": format!("p{at}"), "title": { "en": format!("Purpose {at}") }, "notice": notice })
    };
    json!({ "id": "many", "version": "1", "languages": ["en"], "items": [{ "id": "i", "label": { "en": "Visits" } }], "purposes": (0..200).map(one).collect::<Vec<_>>() })
}

/// What was said before the page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// Some yeses and noes, and the system holds one yes back.
    Answers,
}

/// What a scene is for, beside what is looked at in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It is only read.
    Reading,
    /// Each answer that it makes is recorded once, with the text that was on the screen; so many of them.
    Records(usize),
}

/// One page on one screen.
#[derive(Debug, Clone, Serialize)]
pub struct Scene {
    pub name: &'static str,
    #[serde(skip)]
    pub world: World,
    #[serde(skip)]
    pub before: Before,
    #[serde(skip)]
    pub wanted: Wanted,
    #[serde(skip)]
    pub language: &'static str,
    #[serde(skip)]
    pub path: &'static str,
    pub width: u32,
    pub height: u32,
    pub scheme: &'static str,
    pub forced: bool,
    pub zoom: u32,
    pub script: bool,
    pub keyboard: bool,
    pub picture: bool,
    pub acts: Vec<&'static str>,
}

impl Scene {
    fn new(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            world: World::Influential,
            before: Before::Nothing,
            wanted: Wanted::Reading,
            language: "ko",
            path,
            width: 360,
            height: 780,
            scheme: "light",
            forced: false,
            zoom: 100,
            script: true,
            keyboard: false,
            picture: true,
            acts: vec![],
        }
    }

    fn doing(name: &'static str, path: &'static str, records: usize, acts: &[&'static str]) -> Self {
        Self { wanted: Wanted::Records(records), acts: acts.to_vec(), picture: false, ..Self::new(name, path) }
    }
}

/// The scenes of every run.
pub fn slice() -> Vec<Scene> {
    let answered = |name, path| Scene { before: Before::Answers, ..Scene::new(name, path) };
    vec![
        Scene { keyboard: true, ..Scene::new("first-run-ko-light-360", "/form") },
        Scene { scheme: "dark", zoom: 200, ..Scene::new("first-run-ko-dark-360-200", "/form") },
        Scene { width: 768, height: 1024, language: "en", ..Scene::new("first-run-en-light-768", "/form") },
        Scene { forced: true, scheme: "dark", ..Scene::new("first-run-ko-forced-360", "/form") },
        Scene { world: World::Hostile, language: "ar", width: 320, height: 640, ..Scene::new("first-run-ar-320", "/form") },
        Scene { scheme: "dark", keyboard: true, ..answered("settings-ko-dark-360", "/settings") },
        Scene { width: 1280, height: 800, language: "en", ..answered("settings-en-light-1280", "/settings") },
        Scene::new("one-purpose-ko-light-360", "/one/ad_id.measurement"),
        Scene::new("guardian-ko-light-360", "/guardian"),
        Scene { keyboard: true, ..Scene::new("policy-ko-light-360", "/policy") },
        Scene { language: "en", width: 1280, height: 800, scheme: "dark", ..Scene::new("policy-en-dark-1280", "/policy") },
        answered("history-ko-light-360", "/history"),
        Scene { world: World::Minimal, language: "en", picture: false, ..Scene::new("minimal-en", "/form") },
        Scene::doing("accept-all", "/form", 5, &["accept"]),
        Scene::doing("refuse-all", "/form", 5, &["refuse"]),
        Scene::doing("close", "/form", 0, &["tap cookies.analytics", "close"]),
        Scene::doing("depends-by-keyboard", "/form", 10, &["key marketing.data_use", "key marketing.push", "save"]),
        Scene { script: false, ..Scene::doing("without-script", "/form", 9, &["tap marketing.data_use", "tap marketing.email", "save"]) },
        Scene { script: false, ..Scene::doing("hidden-box-by-hand", "/form", 5, &["tick marketing.push", "save"]) },
        Scene::doing("enter-saves", "/form", 5, &["tap cookies.analytics", "enter"]),
        Scene::doing("twice", "/form", 5, &["accept", "again"]),
        Scene { before: Before::Answers, ..Scene::doing("withdraw", "/settings", 1, &["tap cookies.analytics", "save"]) },
        Scene::doing("one-purpose-no", "/one/ad_id.measurement", 1, &["refuse"]),
    ]
}

/// The scenes of a long run: these, and each surface in each language, appearance, width and size of text.
pub fn whole() -> Vec<Scene> {
    let mut scenes = slice();
    for (world, language) in [(World::Influential, "ko"), (World::Influential, "en"), (World::Hostile, "ar")] {
        for path in ["/form", "/settings", "/policy"] {
            for (scheme, forced) in [("light", false), ("dark", false), ("light", true)] {
                for (width, height) in [(320, 640), (360, 780), (768, 1024), (1280, 800)] {
                    for zoom in [100, 200] {
                        let name: &'static str = Box::leak(
                            format!(
                                "all{}-{language}-{scheme}{}-{width}-{zoom}",
                                path.replace('/', "-"),
                                if forced { "-forced" } else { "" }
                            )
                            .into_boxed_str(),
                        );
                        let scene =
                            Scene { world, language, scheme, forced, width, height, zoom, picture: zoom == 100, ..Scene::new(name, path) };
                        scenes.push(scene);
                    }
                }
            }
        }
    }
    scenes
}

/// The scenes in which a fault has to be found.
pub fn of_fault(fault: Fault) -> Vec<Scene> {
    let names: &[&str] = match fault {
        Fault::CloseAsRefusal => &["close"],
        Fault::HiddenGranted => &["settings-ko-dark-360"],
        Fault::WrongText => &["accept-all"],
        _ => &["first-run-ko-light-360"],
    };
    slice().into_iter().filter(|scene| names.contains(&scene.name)).collect()
}

/// A scene that is served.
pub struct Stage {
    pub scene: Scene,
    /// The address that lets the browser in.
    pub enter: String,
    /// The address of the page.
    pub url: String,
    /// The last record before anything was done on the page.
    pub begun: i64,
    site: Arc<Mutex<Site>>,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Serves a scene on a port of its own.
    pub fn of(scene: Scene, fault: Option<Fault>) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let consent = consent(&scene, folder.path())?;
        let begun = consent.snapshot().seq;
        let site = Site::new(consent)?;
        let server = Server::on_loopback(0)?;
        let address = server.address();
        let enter = format!("http://{address}/?token={}", site.token());
        let url = format!("http://{address}{}", scene.path);
        let site = Arc::new(Mutex::new(site));
        let served = site.clone();
        thread::spawn(move || {
            server.serve(move |request| {
                let mut site = served.lock().unwrap_or_else(PoisonError::into_inner);
                answer(&mut site, request, fault)
            })
        });
        Ok(Self { scene, enter, url, begun, site, _folder: folder })
    }

    /// The site, to ask its ledger.
    pub fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(site: &mut Site, request: &Request, fault: Option<Fault>) -> Response {
    if request.path == "/bare" {
        return Response::page(BARE.to_owned());
    }
    let Some(fault) = fault else { return site.answer(request) };
    let changed = Request { body: fault.message(&request.body), ..request.clone() };
    let response = site.answer(&changed);
    Response { body: fault.page(&response.body), ..response }
}

fn consent(scene: &Scene, folder: &Path) -> Result<Consent, Box<dyn Error>> {
    let options = Options::new(folder.join("consent.db"), scene.world.policy());
    let server = (scene.before == Before::Answers).then(|| "http://127.0.0.1:9".to_owned());
    let options = Options {
        language: scene.language.into(),
        platform: Platform::Ios,
        os_version: "17.5".into(),
        server,
        clock: Arc::new(Noon),
        ..options
    };
    let consent = Consent::open(options)?;
    if scene.before == Before::Answers {
        let form = consent.questions("settings")?;
        let yes = ["cookies.analytics", "ad_id.measurement", "marketing.data_use", "marketing.email"].map(Answer::grant);
        let answers: Vec<Answer> = yes.into_iter().chain(["cookies.marketing", "marketing.sms"].map(Answer::refuse)).collect();
        consent.record(&form.shown, &answers)?;
        consent.withdraw(&["marketing.email"])?;
        consent.report_signals(Signals { tracking: Some(Tracking::Denied), ..Signals::default() })?;
    }
    Ok(consent)
}
