//! An app with a web view: the real library, and around it what an app does with what the library gives.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use consentkit::{
    client::{Consent, Options, WebOutcome, WebPages},
    clock::{Clock, SystemClock},
    cookie::{Catalogue, Gate, Place, SeenCookie, purge},
    web::Sender,
};

use crate::{
    Result,
    chromium::Chromium,
    page::{FromPage, Kept, Page},
    site::{Carrier, Request, Response, Site},
};

/// The page whose origin the app trusts.
pub const SHOP: &str = "http://shop.localhost";

/// How long a page is waited for that waits for the app.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running app, and the page that it shows.
pub struct App {
    /// The library.
    pub consent: Arc<Consent>,
    /// The page.
    pub page: Page,
    /// The hosts.
    pub site: Site,
    /// What came of the messages so far.
    pub outcomes: Vec<WebOutcome>,
    view: Arc<WebPages>,
    handed: i64,
    folder: tempfile::TempDir,
    policy: String,
}

/// Carries the requests of the web view by the decisions of the library.
struct Carried {
    consent: Arc<Consent>,
    view: Arc<WebPages>,
}

impl Carried {
    fn with_gate<T>(&self, work: impl FnOnce(&Gate<'_>) -> T) -> T {
        let catalogue = Catalogue::of(&self.consent.snapshot().policy);
        work(&Gate::new(&catalogue, |purpose| self.consent.allows(purpose)))
    }
}

impl Carrier for Carried {
    fn request(&self, request: Request) -> Request {
        let sec_gpc = self.consent.web_hand_off(&self.view).gpc.then(|| "1".to_owned());
        let cookies = request.cookies.as_deref().map(|header| self.with_gate(|gate| gate.request(header)));
        Request { sec_gpc, cookies: cookies.filter(|header| !header.is_empty()), ..request }
    }

    fn response(&self, request: &Request, response: Response) -> Response {
        // Browsers take a host of this machine itself for a secure one.
        let place = Place::of(&format!("https://{}{}", request.host, request.path));
        let passes = |header: &String| {
            let Ok(place) = &place else { return false };
            self.with_gate(|gate| gate.response(header, place, None, SystemClock.now()).is_ok_and(|cookie| cookie.is_some()))
        };
        Response { set_cookies: response.set_cookies.into_iter().filter(passes).collect(), ..response }
    }
}

impl App {
    /// Starts the hosts, the browser and the library with a policy.
    pub fn start(policy: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let consent = Arc::new(Consent::open(Options::new(folder.path().join("consent.db"), policy))?);
        let view = Arc::new(consent.web_pages(&[SHOP])?);
        let carried = Carried { consent: consent.clone(), view: view.clone() };
        let site = Site::start(Arc::new(carried), || include_str!("../site/shop.html").to_owned())?;
        let mut page = Page::open(Chromium::start(site.port)?)?;
        page.hand(&consent.web_hand_off(&view).script)?;
        let policy = policy.to_owned();
        Ok(Self { handed: consent.snapshot().generation, consent, page, site, outcomes: vec![], view, folder, policy })
    }

    /// What the pages of the app's web view are handed now.
    pub fn script(&self) -> String {
        self.consent.web_hand_off(&self.view).script
    }

    /// Loads a page.
    pub fn visit(&mut self, url: &str) -> Result<()> {
        self.page.load(url)
    }

    /// Waits until an expression is true in the page, and hears its messages meanwhile.
    pub fn until(&mut self, expression: &str) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.page.value(expression).is_ok_and(|value| value == true) {
                return Ok(());
            }
            self.hear(Duration::from_millis(20))?;
        }
        Err(format!("it never came to `{expression}`: {:?}", self.outcomes.last()).into())
    }

    /// Hears what frames said, and answers.
    pub fn hear(&mut self, patience: Duration) -> Result<()> {
        for message in self.page.messages(patience)? {
            self.hear_one(&message)?;
        }
        Ok(())
    }

    fn hear_one(&mut self, message: &FromPage) -> Result<()> {
        let sender = Sender { origin: &message.origin, main_frame: message.main_frame };
        let answer = self.consent.web_message(&self.view, &message.text, sender);
        self.outcomes.push(answer.outcome);
        if let Some(reply) = answer.reply {
            self.page.answer(message, &reply)?;
        }
        self.hand_over()
    }

    /// Hands the state over anew where it changed: to the pages to come, and to the one that is open. What may not be kept any more goes.
    pub fn hand_over(&mut self) -> Result<()> {
        let generation = self.consent.snapshot().generation;
        if generation != std::mem::replace(&mut self.handed, generation) {
            let hand_off = self.consent.web_hand_off(&self.view);
            self.page.hand(&hand_off.script)?;
            self.page.value(&hand_off.update)?;
            self.purge()?;
        }
        Ok(())
    }

    /// Removes every cookie that may not be kept.
    fn purge(&mut self) -> Result<()> {
        let carried = Carried { consent: self.consent.clone(), view: self.view.clone() };
        let seen = |kept: Kept| SeenCookie { name: kept.name, store: "web_view".into(), domain: Some(kept.domain), path: Some(kept.path) };
        let seen = self.page.cookies()?.into_iter().map(seen).collect();
        let place = Place::of(SHOP).map_err(|fault| fault.to_string())?;
        for step in carried.with_gate(|gate| purge(gate, &place, None, seen)) {
            let SeenCookie { name, domain, path, .. } = step.cookie;
            self.page.remove(&Kept { name, domain: domain.unwrap_or_default(), path: path.unwrap_or_default() })?;
        }
        Ok(())
    }

    /// The person withdraws in the app's own settings.
    pub fn withdraw(&mut self, purposes: &[&str]) -> Result<()> {
        self.consent.withdraw(purposes)?;
        self.hand_over()
    }

    /// The cookies that the browser keeps, each as `host name`.
    pub fn cookies(&mut self) -> Result<Vec<String>> {
        let named = |Kept { name, domain, .. }: &Kept| format!("{} {name}", domain.trim_start_matches('.'));
        let mut names: Vec<String> = self.page.cookies()?.iter().map(named).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Ends the app's process as far as the library goes, and starts it again on the same file.
    pub fn restart(&mut self) -> Result<()> {
        self.consent.shutdown()?;
        self.consent = Arc::new(Consent::open(Options::new(self.folder.path().join("consent.db"), self.policy.as_str()))?);
        self.view = Arc::new(self.consent.web_pages(&[SHOP])?);
        Ok(())
    }

    /// Takes a picture of the page, into the folder that `CONSENTKIT_PICTURES` names or else the temporary one.
    pub fn picture(&mut self, name: &str) -> Result<()> {
        let folder = std::env::var_os("CONSENTKIT_PICTURES").map_or_else(|| self.folder.path().to_owned(), PathBuf::from);
        std::fs::create_dir_all(&folder)?;
        self.page.picture(&folder.join(format!("{name}.png")))
    }
}
