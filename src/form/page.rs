//! The one page: a view as a self-contained HTML document. It asks for nothing from anywhere, and its content security policy lets nothing run
//! and nothing look but its own script and style, by their hashes.

use std::collections::BTreeMap;

use super::{
    fault::FormFault,
    html::{base64, escaped, is_right_to_left, is_safe},
    theme::Theme,
    view::{FormElement, FormKind, FormLink, FormRow, FormSwitch, FormValue, FormView, LinkTarget, Sheet},
    words::Words,
};
use crate::digest;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// From so many questions on, a browser lays out only what is near the screen.
const MANY: usize = 40;

/// Where the answers of a page go.
#[derive(Clone, PartialEq, Eq)]
pub enum PageTarget {
    /// They are posted as a form, with or without script: to a server, or to a host that listens on loopback.
    Post {
        /// The address, a path of the same server: `/answer`.
        action: String,
        /// A random text of this page alone, which comes back with every message.
        nonce: String,
    },
    /// They are handed to the app that shows the page, by script.
    Host {
        /// A random text of this page alone, which comes back with every message.
        nonce: String,
    },
}

impl PageTarget {
    fn nonce(&self) -> &str {
        match self {
            Self::Post { nonce, .. } | Self::Host { nonce } => nonce,
        }
    }

    /// The address as the page writes it; empty where there is none.
    fn action(&self) -> &str {
        match self {
            Self::Post { action, .. } => action,
            Self::Host { .. } => "",
        }
    }
}

/// The addresses of the other pages. A link without one is left out.
pub type PageLinks = BTreeMap<LinkTarget, String>;

/// The form as a page. The language is the view's.
pub fn render(view: &FormView, theme: &Theme, links: &PageLinks, target: &PageTarget) -> Result<String, FormFault> {
    let action = target.action();
    let is_path = action.starts_with('/') && is_safe(action);
    if !(action.is_empty() || is_path) {
        return Err(FormFault::Theme { named: "action".into(), reason: "must be a path of the same server, such as /answer".into() });
    }
    let page = Page::of(&view.sheet, theme, links);
    let mut body = String::new();
    page.form(&mut body, view, target);
    let reveal = reveal(view);
    page.document(&body, &format!("{}{STYLE}{reveal}", theme.css()?), if target.action().is_empty() { "'none'" } else { "'self'" })
}

/// A page that is only read: the policy, or what a person agreed to.
pub fn render_sheet(sheet: &Sheet, theme: &Theme, links: &PageLinks) -> Result<String, FormFault> {
    let page = Page::of(sheet, theme, links);
    let mut body = String::from("<div class=\"sheet\">");
    page.header(&mut body, "");
    body.push_str("<main>");
    page.elements(&mut body, None);
    body.push_str("</main></div>");
    page.document(&body, &format!("{}{STYLE}", theme.css()?), "'none'")
}

/// What depends on a switch is on the screen while that is on, also where no script runs.
fn reveal(view: &FormView) -> String {
    let mut rules = String::new();
    for (at, parent) in view.switches().enumerate() {
        if view.switches().any(|switch| switch.requires.contains(&parent.purpose)) {
            rules.push_str(&format!("form:not(:has(#p{at}:checked)) .r{at}{{display:none}}\n"));
        }
    }
    rules
}

/// What every part of a page needs.
struct Page<'a> {
    sheet: &'a Sheet,
    words: &'static Words,
    theme: &'a Theme,
    links: &'a PageLinks,
}

impl<'a> Page<'a> {
    fn of(sheet: &'a Sheet, theme: &'a Theme, links: &'a PageLinks) -> Self {
        Self { sheet, words: Words::of(&sheet.words), theme, links }
    }

    /// The document around a body, with its content security policy.
    fn document(&self, body: &str, style: &str, form_action: &str) -> Result<String, FormFault> {
        let hash = |text: &str| format!("'sha256-{}'", base64(&digest::hash(text.as_bytes())));
        let direction = if is_right_to_left(&self.sheet.language) { "rtl" } else { "ltr" };
        Ok(format!(
            "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {style_hash}; script-src {script_hash}; \
             img-src data:; form-action {form_action}; base-uri 'none'\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1,viewport-fit=cover\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><link rel=\"icon\" href=\"data:,\">\
             <style>{style}</style></head><body>{body}<script>{SCRIPT}</script></body></html>\n",
            language = escaped(&self.sheet.language),
            style_hash = hash(style),
            script_hash = hash(SCRIPT),
            title = escaped(&self.sheet.title),
        ))
    }

    /// One of the form's own words. Where the policy speaks another language, it says which one it is.
    fn own(&self, text: &str) -> String {
        match self.tongue() {
            "" => escaped(text),
            tongue => format!("<span{tongue}>{}</span>", escaped(text)),
        }
    }

    /// The attributes of an element that has the form's own words, where these are of another language than the page.
    fn tongue(&self) -> &'static str {
        let primary = self.sheet.language.split(['-', '_']).next().unwrap_or_default();
        match (primary.eq_ignore_ascii_case(&self.sheet.words), self.words.language) {
            (true, _) => "",
            (_, "ko") => " lang=\"ko\" dir=\"ltr\"",
            (_, "ja") => " lang=\"ja\" dir=\"ltr\"",
            _ => " lang=\"en\" dir=\"ltr\"",
        }
    }

    fn header(&self, out: &mut String, close: &str) {
        out.push_str("<header>");
        if let Some(logo) = &self.theme.logo {
            out.push_str(&format!("<img src=\"{}\" alt=\"{}\">", escaped(&logo.data), escaped(&logo.text)));
        }
        out.push_str(&format!("<p>{}</p>{close}</header>", bdi(&self.sheet.company)));
    }

    fn form(&self, out: &mut String, view: &FormView, target: &PageTarget) {
        let count = view.switches().count();
        let nonce = format!("<input type=\"hidden\" name=\"nonce\" value=\"{}\">", escaped(target.nonce()));
        let host = if matches!(target, PageTarget::Host { .. }) { " data-host" } else { "" };
        let action = escaped(target.action());
        // Closing has a form of its own, so that no key that means "submit" closes what it should save.
        out.push_str(&format!("<form id=\"x\" method=\"post\" action=\"{action}\">{nonce}</form>"));
        let many = if count >= MANY { " class=\"many\"" } else { "" };
        out.push_str(&format!("<form id=\"f\" method=\"post\" action=\"{action}\"{host}{many}>{nonce}"));
        if view.save.is_some() {
            // The Enter key on a switch means the first button of a form: it saves what stands there.
            out.push_str("<input type=\"submit\" name=\"do\" value=\"save\" hidden>");
        }
        let close = escaped(&view.close);
        self.header(
            out,
            &format!("<button form=\"x\" name=\"do\" value=\"close\" aria-label=\"{close}\"{}><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"M5 5l14 14M19 5 5 19\"/></svg></button>", self.tongue()),
        );
        out.push_str("<main>");
        self.elements(out, Some(view));
        out.push_str("</main>");
        self.bar(out, view);
        out.push_str(&format!(
            "<p id=\"said\" class=\"heard\" role=\"status\" data-came=\"{}\" data-went=\"{}\"></p></form>",
            escaped(self.words.appeared),
            escaped(self.words.gone)
        ));
    }

    /// The one button at the end, which says what it does.
    fn bar(&self, out: &mut String, view: &FormView) {
        let Some(save) = &view.save else { return };
        let open = view.switches().any(|switch| switch.visible && switch.is_open());
        let none = if open { self.words.save_none } else { self.words.save };
        let said = match view.kind {
            FormKind::Settings => String::new(),
            _ => format!(" data-none=\"{}\" data-some=\"{}\"", escaped(none), escaped(self.words.save_some)),
        };
        out.push_str(&format!(
            "<div class=\"bar\"><button id=\"save\" name=\"do\" value=\"save\" data-save=\"{}\"{said}{}>{}</button></div>",
            escaped(self.words.save),
            self.tongue(),
            escaped(save)
        ));
    }

    fn elements(&self, out: &mut String, view: Option<&FormView>) {
        out.push_str(&format!("<h1>{}</h1>", self.own(&self.sheet.title)));
        if !self.sheet.text.is_empty() {
            out.push_str(&format!("<p>{}</p>", self.own(&self.sheet.text)));
        }
        let mut at = 0;
        for element in &self.sheet.elements {
            match element {
                FormElement::Heading { text } => out.push_str(&format!("<h2>{}</h2>", self.own(text))),
                FormElement::Text { text } => out.push_str(&format!("<p class=\"way\">{}</p>", bdi(text))),
                FormElement::Rows { title, rows } => self.rows_card(out, title, rows),
                FormElement::Switch { switch } => {
                    if let Some(view) = view {
                        self.switch(out, view, switch, at);
                    }
                    at += 1;
                }
                FormElement::Together { title, refuse, accept } => self.together(out, title, refuse, accept),
                FormElement::Link { link } => self.link(out, link),
            }
        }
    }

    fn rows_card(&self, out: &mut String, title: &str, rows: &[FormRow]) {
        out.push_str("<section class=\"card\"><div class=\"in\">");
        if !title.is_empty() {
            out.push_str(&format!("<h3>{}</h3>", bdi(title)));
        }
        self.rows(out, rows);
        out.push_str("</div></section>");
    }

    fn switch(&self, out: &mut String, view: &FormView, switch: &FormSwitch, at: usize) {
        let parents = view.switches().enumerate().filter(|(_, parent)| switch.requires.contains(&parent.purpose)).map(|(at, _)| at);
        let parents: Vec<usize> = parents.collect();
        let listed = |letter: char| parents.iter().map(|at| format!("{letter}{at}")).collect::<Vec<_>>().join(" ");
        let (rule, with) = (listed('r'), listed('p'));
        out.push_str(&format!(
            "<section class=\"card {rule}\" data-purpose=\"{}\" data-with=\"{with}\" aria-labelledby=\"t{at}\"><div class=\"in\">\
             <div class=\"top\"><h3 id=\"t{at}\" data-part=\"title\">{}</h3><span class=\"chip\" data-part=\"optional\">{}</span></div>",
            escaped(&switch.purpose),
            bdi(&switch.title),
            self.own(&switch.optional)
        ));
        for note in [&switch.standing, &switch.waiting, &switch.again].into_iter().flatten() {
            out.push_str(&format!("<p class=\"note\">{}</p>", self.own(note)));
        }
        match &switch.folded {
            Some(summary) => {
                out.push_str(&format!("<details><summary>{}</summary>", self.own(summary)));
                self.rows(out, &switch.rows);
                out.push_str("</details>");
            }
            None => self.rows(out, &switch.rows),
        }
        if let Some((heading, told)) = switch.held_back.split_first() {
            let told: String = told.iter().map(|line| format!("<p>{}</p>", self.own(line))).collect();
            out.push_str(&format!("<div class=\"held\"><b>{}</b>{told}</div>", self.own(heading)));
        }
        out.push_str("</div>");
        if view.save.is_some() {
            let (checked, started) = (if switch.on { " checked" } else { "" }, if switch.started_on { " data-started" } else { "" });
            out.push_str(&format!(
                "<label class=\"line\" for=\"p{at}\"><span id=\"l{at}\">{}</span><input type=\"checkbox\" role=\"switch\" id=\"p{at}\" \
                 name=\"on\" value=\"{}\" aria-labelledby=\"t{at} l{at}\" autocomplete=\"off\"{checked}{started}></label>",
                self.own(&switch.label),
                escaped(&switch.purpose)
            ));
        }
        out.push_str("</section>");
    }

    fn rows(&self, out: &mut String, rows: &[FormRow]) {
        let mut open = false;
        for row in rows {
            if row.values.is_empty() {
                out.push_str(if open { "</dl>" } else { "" });
                out.push_str(&format!("<h4>{}</h4>", self.own(&row.label)));
                open = false;
                continue;
            }
            out.push_str(if open { "" } else { "<dl>" });
            open = true;
            let values: Vec<String> = row.values.iter().map(value).collect();
            out.push_str(&format!(
                "<div{}><dt>{}</dt><dd data-part=\"{}\">{}</dd></div>",
                if row.strong { " class=\"s\"" } else { "" },
                self.own(&row.label),
                escaped(&row.part),
                values.join(", ")
            ));
        }
        out.push_str(if open { "</dl>" } else { "" });
    }

    /// The two buttons of one look. They come after the last notice, and neither is drawn by a rule of its own.
    fn together(&self, out: &mut String, title: &str, refuse: &str, accept: &str) {
        out.push_str("<section>");
        if title.is_empty() {
            out.push_str("<div class=\"in\"></div>");
        } else {
            let counted = escaped(self.words.together);
            out.push_str(&format!("<h2 id=\"together\" data-title=\"{counted}\"{}>{}</h2>", self.tongue(), escaped(title)));
        }
        out.push_str("<div class=\"pair\">");
        for (action, text) in [("refuse_all", refuse), ("accept_all", accept)] {
            out.push_str(&format!("<button name=\"do\" value=\"{action}\"{}>{}</button>", self.tongue(), escaped(text)));
        }
        out.push_str("</div></section>");
    }

    fn link(&self, out: &mut String, link: &FormLink) {
        let Some(address) = self.links.get(&link.target).filter(|address| is_safe(address)) else { return };
        let file = if link.target == LinkTarget::HistoryFile { " download" } else { "" };
        out.push_str(&format!("<p class=\"way\"><a href=\"{}\"{file}>{}</a></p>", escaped(address), self.own(&link.text)));
    }
}

/// A text of the policy, whose direction is its own and ends with it.
fn bdi(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

fn value(value: &FormValue) -> String {
    let id = value.id.as_ref().map(|id| format!(" data-id=\"{}\"", escaped(id))).unwrap_or_default();
    let text = format!("<bdi{id}>{}</bdi>", escaped(&value.text));
    match value.link.as_deref().filter(|address| is_safe(address)) {
        Some(address) => format!("<a href=\"{}\">{text}</a>", escaped(address)),
        None => text,
    }
}
