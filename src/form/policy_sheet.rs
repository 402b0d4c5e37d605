//! The privacy policy as a page: every part of the document, with contacts that can be tapped.

use super::{
    date::day,
    rows::{abroad, heading, row, third_party},
    view::{FormElement, FormLink, FormRow, FormValue, LinkTarget, Sheet},
    words::{PolicyWords, Words, counted},
};
use crate::policy::{Contact, PeriodUnit, PolicyView, RetentionView};

/// The policy as a page. What it says nothing of has no place on it; but that nobody receives data and that nothing leaves the country is
/// said.
pub fn policy_sheet(view: &PolicyView) -> Sheet {
    let words = Words::of(&view.language);
    let own = &words.policy;
    let mut page = Elements(vec![]);
    page.card("", vec![row("", own.version, [&view.version], false), row("", own.in_force, [&day(words, &view.effective_on)], false)]);
    page.texts(&view.statements);
    page.heading(own.purposes);
    for purpose in &view.purposes {
        let parts = [
            row("", words.used_for, [&purpose.used_for], false),
            row("", words.items, &purpose.items, false),
            row("", words.retention, [&purpose.retention], true),
            row("", words.refusal, [&purpose.refusal], false),
            row("", words.vendors, &purpose.vendors, false),
        ];
        page.card(&purpose.title, parts.into());
    }
    page.part(
        own.collection,
        view.collection.iter().map(|one| {
            let rows = vec![row("", own.required, &one.required, false), row("", own.optional, &one.optional, false)];
            (one.title.as_str(), rows)
        }),
    );
    page.part(own.retention, view.retention.iter().map(|one| (one.title.as_str(), retention(own, one))));
    page.said(own.dormancy, &view.dormancy);
    page.said(own.destruction, &view.destruction);
    page.receivers(words, own, view);
    page.part(own.processors, view.processors.iter().map(|one| (one.name.as_str(), vec![row("", words.used_for, [&one.task], false)])));
    let rights = &view.rights;
    let titles: Vec<String> = rights.kinds.iter().map(|right| right.title.clone()).collect();
    page.said(own.rights, [titles.join(", ")].iter().chain([&rights.answer, &rights.hold, &rights.agents]));
    page.said(own.cookies, &view.cookies);
    page.card("", view.cookie_guides.iter().map(|guide| row("", &guide.title, [&guide.path], false)).collect());
    page.said(own.advertising_id, &view.advertising_id);
    page.cards(view.refusal_guide.iter().map(|guide| ("", vec![row("", own.refuse_here, [&guide.path], false)])));
    page.said(own.safeguards, &view.safeguards);
    page.part(
        own.officer,
        [&view.officer].into_iter().map(|officer| {
            let first = vec![row("", words.used_for, [&officer.duties], false)];
            (officer.role.as_str(), first.into_iter().chain(contact(own, &officer.contact)).collect())
        }),
    );
    page.part(own.remedies, view.remedies.iter().map(|one| (one.name.as_str(), contact(own, &one.contact))));
    page.said(own.amendments, [&view.amendments]);
    let versions = view.versions.iter().map(|one| row("", &one.version, [&day(words, &one.effective_on)], false));
    page.part(own.versions, [("", versions.collect())].into_iter());
    let website = view.website.iter().map(|address| linked(own.website, address, address.clone()));
    let company = contact(own, &view.contact).into_iter().chain(website).collect();
    page.part(own.company, [(view.controller.as_str(), company)].into_iter());
    for (text, target) in [(words.to_settings, LinkTarget::Settings), (words.read_history, LinkTarget::History)] {
        page.0.push(FormElement::Link { link: FormLink { text: text.into(), target } });
    }
    Sheet {
        language: view.language.clone(),
        words: words.language.into(),
        company: view.controller.clone(),
        title: own.title.into(),
        text: String::new(),
        elements: page.0,
    }
}

/// The page while it is put together. A part that says nothing leaves no heading.
struct Elements(Vec<FormElement>);

impl Elements {
    fn heading(&mut self, text: &str) {
        self.0.push(FormElement::Heading { text: text.into() });
    }

    fn card(&mut self, title: &str, mut rows: Vec<FormRow>) {
        rows.retain(|row| !row.values.is_empty() || row.strong);
        if !title.is_empty() || !rows.is_empty() {
            rows.retain(|row| !row.values.is_empty());
            self.0.push(FormElement::Rows { title: title.into(), rows });
        }
    }

    fn cards<'a>(&mut self, cards: impl Iterator<Item = (&'a str, Vec<FormRow>)>) {
        cards.for_each(|(title, rows)| self.card(title, rows));
    }

    fn part<'a>(&mut self, text: &str, cards: impl Iterator<Item = (&'a str, Vec<FormRow>)>) {
        let before = self.0.len();
        self.heading(text);
        self.cards(cards);
        if self.0.len() == before + 1 {
            self.0.truncate(before);
        }
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a String>) {
        let said = texts.into_iter().filter(|text| !text.is_empty());
        self.0.extend(said.map(|text| FormElement::Text { text: text.clone() }));
    }

    fn said<'a>(&mut self, text: &str, texts: impl IntoIterator<Item = &'a String>) {
        let before = self.0.len();
        self.heading(text);
        self.texts(texts);
        if self.0.len() == before + 1 {
            self.0.truncate(before);
        }
    }

    /// Who receives data and what leaves the country (PIPA-2, PIPA-3).
    fn receivers(&mut self, words: &Words, own: &PolicyWords, view: &PolicyView) {
        let none = [own.nobody.to_owned()];
        self.heading(own.third_parties);
        if view.third_parties.is_empty() {
            self.texts(&none);
        }
        self.cards(view.third_parties.iter().map(|party| (party.recipient.as_str(), without_heading(third_party(words, "", party)))));
        self.heading(own.transfers);
        if view.transfers.is_empty() {
            self.texts(&none);
        }
        self.cards(view.transfers.iter().map(|one| (one.recipient.as_str(), without_heading(abroad(words, "", one)))));
    }
}

/// The card's own heading says who it is.
fn without_heading(rows: Vec<FormRow>) -> Vec<FormRow> {
    rows.into_iter().skip(2).map(|row| FormRow { part: String::new(), ..row }).collect()
}

fn retention(own: &PolicyWords, one: &RetentionView) -> Vec<FormRow> {
    let count = usize::try_from(one.count).unwrap_or(0);
    let period = match one.unit {
        PeriodUnit::AtOnce => own.at_once.to_owned(),
        PeriodUnit::Days => counted(own.days, count),
        PeriodUnit::Months => counted(own.months, count),
        PeriodUnit::Years => counted(own.years, count),
    };
    let period = if one.after.is_empty() { period } else { format!("{} · {period}", one.after) };
    let mut rows = vec![row("", own.retention, [&period], true), row("", own.by_law, &one.statute, false)];
    rows.extend(one.exceptions.iter().chain(&one.note).map(|text| row("", "＋", [text], false)));
    rows
}

/// E-mail, telephone and web address, each to be tapped.
fn contact(own: &PolicyWords, contact: &Contact) -> Vec<FormRow> {
    let email = contact.email.iter().map(|address| linked(own.email, address, format!("mailto:{address}")));
    let phone = contact.phone.iter().map(|number| linked(own.phone, number, format!("tel:{number}")));
    let url = contact.url.iter().map(|address| linked(own.website, address, address.clone()));
    email.chain(phone).chain(url).collect()
}

fn linked(label: &str, text: &str, address: String) -> FormRow {
    FormRow { values: vec![FormValue { link: Some(address), ..FormValue::text(text) }], ..heading(label) }
}
