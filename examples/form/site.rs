//! The pages: which address shows which form, and what becomes of an answer.

use std::{collections::VecDeque, error::Error};

use consentkit::{
    client::{Consent, FormRequest, HistoryEntry},
    error::Error as ConsentError,
    form::{FormDraft, FormKind, LinkTarget, PageLinks, PageMessage, PageTarget, Sheet, Theme, render, render_sheet},
};

use super::{
    app::app_sheet,
    http::{Request, Response},
};

/// How many pages may be open at once. An older one is drawn anew.
const OPEN_PAGES: usize = 16;

/// Length of a token and of a nonce, in bytes: nobody guesses that.
const SECRET_BYTES: usize = 16;

/// Shown where what the person did cannot be done; the page that follows has the present state.
const DRAW_ANEW: &str = "/form";

/// The pages of one ledger, for one browser.
pub struct Site {
    consent: Consent,
    /// Lets the first browser in that brings it; `None` once one did.
    token: Option<String>,
    /// What that browser brings afterwards, as a cookie.
    pass: String,
    /// The forms that are open, each under the nonce of its page.
    open: VecDeque<(String, FormDraft)>,
    /// The last record that was told.
    told: i64,
    theme: Theme,
}

impl Site {
    /// The site of a ledger.
    pub fn new(consent: Consent) -> Result<Self, Box<dyn Error>> {
        let told = consent.snapshot().seq;
        let (token, pass) = (secret()?, secret()?);
        Ok(Self { consent, token: Some(token), pass, open: VecDeque::new(), told, theme: Theme::default() })
    }

    /// The token of the address that is printed.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The ledger behind the pages.
    pub fn consent(&self) -> &Consent {
        &self.consent
    }

    /// Answers one request.
    pub fn answer(&mut self, request: &Request) -> Response {
        if let Some(token) = request.query.strip_prefix("token=") {
            return self.let_in(token);
        }
        if !request.cookie.split("; ").any(|cookie| cookie == format!("pass={}", self.pass)) {
            return Response::refused(403, "Open the address that the terminal shows. It is good for one browser.");
        }
        let answered = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => self.first_page(),
            ("GET", "/form") => self.form(FormRequest::new(self.asking_form(), FormKind::FirstRun)),
            ("GET", "/settings") => self.form(FormRequest::new("settings", FormKind::Settings)),
            ("GET", "/guardian") => self.form(FormRequest::new(self.asking_form(), FormKind::Guardian)),
            ("GET", "/app") => self.sheet(&app_sheet(&self.consent)),
            ("GET", "/policy") => self.sheet(&self.consent.policy_sheet()),
            ("GET", "/history") => self.consent.agreed().map_err(Box::from).and_then(|sheet| self.sheet(&sheet)),
            ("GET", "/history-file") => self.history_file(),
            ("POST", "/answer") => self.take(&request.body),
            ("GET", path) => match path.strip_prefix("/one/") {
                Some(purpose) => self.form(FormRequest::one("settings", purpose)),
                None => return Response::refused(404, "There is no such page."),
            },
            _ => return Response::refused(405, "This page is only read."),
        };
        answered.unwrap_or_else(|error| Response::refused(400, &error.to_string()))
    }

    /// The first browser with the token gets a cookie; the token is worth nothing afterwards.
    fn let_in(&mut self, token: &str) -> Response {
        if self.token.take_if(|known| known == token).is_none() {
            return Response::refused(403, "This address was used already; start the form again.");
        }
        let cookie = format!("pass={}; HttpOnly; SameSite=Strict; Path=/", self.pass);
        Response { headers: vec![("Set-Cookie", cookie), ("Location", "/".into())], ..Response::see("/") }
    }

    /// The name of the form that the policy asks at first: the first one that it names.
    fn asking_form(&self) -> String {
        let named = self.consent.snapshot().policy.surfaces.first().cloned();
        named.unwrap_or_else(|| "form".into())
    }

    /// A form that is due opens by itself, as in an app that starts.
    fn first_page(&mut self) -> Result<Response, Box<dyn Error>> {
        let draft = self.consent.form(&FormRequest::new(self.asking_form(), FormKind::FirstRun))?;
        Ok(if draft.view().due { self.draw(draft)? } else { Response::see("/app") })
    }

    fn form(&mut self, request: FormRequest) -> Result<Response, Box<dyn Error>> {
        let draft = self.consent.form(&request)?;
        self.draw(draft)
    }

    fn draw(&mut self, draft: FormDraft) -> Result<Response, Box<dyn Error>> {
        let nonce = secret()?;
        let target = PageTarget::Post { action: "/answer".into(), nonce: nonce.clone() };
        let page = render(draft.view(), &self.theme, &links(), &target)?;
        self.open.push_back((nonce, draft));
        if self.open.len() > OPEN_PAGES {
            self.open.pop_front();
        }
        Ok(Response::page(page))
    }

    fn sheet(&self, sheet: &Sheet) -> Result<Response, Box<dyn Error>> {
        Ok(Response::page(render_sheet(sheet, &self.theme, &links())?))
    }

    fn history_file(&self) -> Result<Response, Box<dyn Error>> {
        let page = self.sheet(&self.consent.agreed()?)?;
        let name = "attachment; filename=\"what-i-agreed-to.html\"".to_owned();
        Ok(Response { headers: vec![("Content-Disposition", name)], ..page })
    }

    /// Takes what a page sends. A page that is not open any more, such as one that was sent twice, changes nothing.
    fn take(&mut self, body: &str) -> Result<Response, Box<dyn Error>> {
        let known = self.open.iter_mut().find_map(|(nonce, draft)| PageMessage::read(body, nonce).ok().map(|message| (message, draft)));
        let Some((message, draft)) = known else { return Ok(Response::see(DRAW_ANEW)) };
        let ended = draft.take(&message);
        let shown = draft.view().shown.clone();
        let Ok(Some(end)) = ended else { return Ok(Response::see(DRAW_ANEW)) };
        match self.consent.finish(&shown, &end) {
            Ok(_) => Ok(Response::see("/app")),
            // The policy or the person is another one by now: the form is drawn anew.
            Err(ConsentError::Shown { .. }) => Ok(Response::see(DRAW_ANEW)),
            Err(error) => Err(error.into()),
        }
    }

    /// What was written since this was asked last, a line for each record.
    pub fn news(&mut self) -> Vec<String> {
        let entries = self.consent.history(self.told, 1000).unwrap_or_default();
        self.told = entries.last().map_or(self.told, |last| last.seq);
        entries.iter().map(line).collect()
    }
}

fn links() -> PageLinks {
    let pages = [
        (LinkTarget::Policy, "/policy"),
        (LinkTarget::History, "/history"),
        (LinkTarget::HistoryFile, "/history-file"),
        (LinkTarget::Settings, "/settings"),
    ];
    pages.into_iter().map(|(target, path)| (target, path.to_owned())).collect()
}

/// A record in a line: `#12  choice   marketing.email   Granted   Toggle   text 4f2a…`.
fn line(entry: &HistoryEntry) -> String {
    let status = entry.status.map(|status| format!("{status:?}")).unwrap_or_default();
    let method = entry.method.map(|method| format!("{method:?}")).unwrap_or_default();
    let text: String = entry.text.iter().flat_map(|text| text.chars().take(12)).collect();
    let purpose = entry.purpose.as_deref().unwrap_or_default();
    format!("#{:<4} {:<8} {purpose:<24} {status:<12} {method:<8} text {text}", entry.seq, entry.kind)
}

/// A random text.
fn secret() -> Result<String, Box<dyn Error>> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
