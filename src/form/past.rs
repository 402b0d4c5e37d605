//! What a person agreed to: every answer with its date, and the text that was on the screen then.

use super::{
    date::date,
    rows::rows,
    view::{FormElement, FormLink, LinkTarget, Sheet},
    words::{Words, naming},
};
use crate::{
    ledger::Status,
    policy::{Policy, notice},
};

/// One answer of the past.
#[derive(Clone)]
pub struct PastAnswer<'a> {
    /// The purpose.
    pub purpose: &'a str,
    /// Where the answer put it.
    pub status: Status,
    /// When it was given, Unix milliseconds.
    pub at: i64,
    /// How many minutes local time was ahead of UTC then.
    pub utc_offset: i32,
    /// The language of the texts that were shown; empty where nothing was.
    pub language: &'a str,
    /// The edition that was answered, where its text is still here.
    pub edition: Option<&'a Policy>,
}

/// The answers as a page, the newest first. `policy` is the one in force.
pub fn past_sheet(policy: &Policy, language: &str, answers: &[PastAnswer<'_>]) -> Sheet {
    let language = policy.language(language);
    let words = Words::of(language);
    let mut elements = vec![];
    for answer in answers.iter().rev() {
        let Some(edition) = answer.edition else { continue };
        let Some(purpose) = edition.purpose(answer.purpose) else { continue };
        let spoken = if answer.language.is_empty() { language } else { answer.language };
        let shown = notice(edition, purpose, spoken);
        let sentence = match answer.status {
            Status::Granted => words.agreed_on,
            Status::Refused => words.refused_on,
            Status::Withdrawn => words.withdrawn_on,
            Status::NotAnswered => continue,
        };
        elements.push(FormElement::Heading { text: naming(sentence, &date(words, answer.at, answer.utc_offset)) });
        let mut told = rows(Words::of(&shown.language), edition, &shown);
        told.push(super::rows::row("", words.policy.version, [&edition.version], false));
        elements.push(FormElement::Rows { title: shown.title.clone(), rows: told });
    }
    let empty = elements.is_empty();
    if empty {
        elements.push(FormElement::Text { text: words.history_empty.into() });
    }
    let links =
        [(words.history_file, LinkTarget::HistoryFile), (words.to_settings, LinkTarget::Settings), (words.read_policy, LinkTarget::Policy)];
    let links = links.into_iter().filter(|(_, target)| !(empty && *target == LinkTarget::HistoryFile));
    elements.extend(links.map(|(text, target)| FormElement::Link { link: FormLink { text: text.into(), target } }));
    Sheet {
        language: language.into(),
        words: words.language.into(),
        company: policy.controller.as_ref().map(|company| policy.text(&company.name, language)).unwrap_or_default(),
        title: words.history.into(),
        text: String::new(),
        elements,
    }
}
