//! A message of a page, and what came of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    super::{
        Answer, Receipt, closed::closed, last_form::LastForm, open_ledger::OpenLedger, questions::questions, record::record,
        withdraw::withdraw, writing::random::random_name,
    },
    WebPages,
    form::form,
    hand_off::page_state,
};
use crate::{
    error::{Error, Result},
    ledger::{Actor, ChoiceKind, Method},
    web::{Refused, Said, Sender, WebRefusal, reply},
};

/// What came of a message of a page.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum WebOutcome {
    /// The page was told what a form asks. Nothing was recorded.
    Asked,
    /// The answers to a form were recorded.
    Recorded {
        /// The proof that they are on disk.
        receipt: Receipt,
    },
    /// A form went away without an answer to each question. That answers nothing.
    Closed,
    /// Consents were withdrawn.
    Withdrawn {
        /// The proof that it is on disk.
        receipt: Receipt,
    },
    /// The message was not heard, and nothing was recorded.
    Refused {
        /// Why.
        refusal: WebRefusal,
    },
    /// The message was heard, and what it asks for could not be done. What a no in it takes away counts all the same where the file is at
    /// fault.
    Failed {
        /// What happened, and what to do. It carries no personal data.
        reason: String,
    },
}

/// What came of a message of a page, and what the page is answered.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct WebAnswer {
    /// What came of it.
    pub outcome: WebOutcome,
    /// What to send back to the page that sent the message. It is left out where nobody is answered, as a foreign page is not.
    pub reply: Option<String>,
}

impl std::fmt::Debug for WebAnswer {
    /// Leaves the reply out, because it bears the nonce and the texts of a form.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebAnswer").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// Hears a message of a page: see `Consent::web_message`.
pub fn web_message(ledger: &OpenLedger, last_form: &LastForm, pages: &WebPages, text: &str, sender: Sender<'_>) -> WebAnswer {
    let heard = pages.channel().hear(text, sender, ledger.options.clock.monotonic());
    let message = match heard {
        Ok(message) => message,
        Err(refused) => return refuse(pages, refused),
    };
    let id = message.id;
    let done = match message.said {
        Said::Ask { surface } => asked(ledger, pages, &surface),
        Said::Record { shown, answers } => match token(pages, &shown) {
            Some(token) => recorded(ledger, last_form, &token, answers),
            None => return refuse(pages, Refused { refusal: WebRefusal::UnknownForm, id: Some(id) }),
        },
        Said::Closed { shown } => match token(pages, &shown) {
            Some(token) => closed(ledger, last_form, &token).map(|()| {
                pages.channel().forget_form(&shown);
                (WebOutcome::Closed, Value::Null)
            }),
            None => return refuse(pages, Refused { refusal: WebRefusal::UnknownForm, id: Some(id) }),
        },
        Said::Withdraw { purposes } => withdrawn(ledger, &purposes),
    };
    // Also after a call that failed: a no that waits for the file counts already.
    let state = page_state(ledger, pages);
    let (outcome, last) = match done {
        Ok((outcome, form)) => (outcome, ("form", form)),
        Err(error) => (WebOutcome::Failed { reason: error.to_string() }, ("error", code(&error).into())),
    };
    let reply = reply(pages.channel().nonce(), [("id", id.into()), ("state", state), last]);
    WebAnswer { outcome, reply: Some(reply) }
}

fn refuse(pages: &WebPages, Refused { refusal, id }: Refused) -> WebAnswer {
    let answered = |id: String| reply(pages.channel().nonce(), [("id", id.into()), ("error", refusal.code().into())]);
    WebAnswer { outcome: WebOutcome::Refused { refusal }, reply: id.map(answered) }
}

fn token(pages: &WebPages, shown: &str) -> Option<String> {
    pages.channel().form(shown).map(str::to_owned)
}

fn asked(ledger: &OpenLedger, pages: &WebPages, surface: &str) -> Result<(WebOutcome, Value)> {
    let questions = questions(ledger, surface, None)?;
    let name = random_name()?;
    let form = form(&questions, &name);
    pages.channel().keep_form(name, questions.shown);
    Ok((WebOutcome::Asked, form))
}

fn recorded(ledger: &OpenLedger, last_form: &LastForm, token: &str, answers: BTreeMap<String, bool>) -> Result<(WebOutcome, Value)> {
    let choice = |yes| if yes { ChoiceKind::Granted } else { ChoiceKind::Refused };
    // Whoever sits before a page is the person. A guardian is verified by the app, which a page cannot claim to have done.
    let answer = |(purpose, yes)| Answer { purpose, choice: choice(yes), method: Method::Web, actor: Actor::Person };
    let receipt = record(ledger, last_form, token, &answers.into_iter().map(answer).collect::<Vec<_>>())?;
    Ok((WebOutcome::Recorded { receipt }, Value::Null))
}

fn withdrawn(ledger: &OpenLedger, purposes: &[String]) -> Result<(WebOutcome, Value)> {
    let purposes: Vec<&str> = purposes.iter().map(String::as_str).collect();
    let receipt = withdraw(ledger, &purposes)?;
    Ok((WebOutcome::Withdrawn { receipt }, Value::Null))
}

/// What a page is told of an error: its kind alone, since its words are for whoever writes the app.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Invalid { .. } => "invalid",
        Error::NoticeNotShown { .. } => "notice_not_shown",
        Error::Shown { .. } => "shown_refused",
        Error::TooManyPending { .. } => "too_many_pending",
        Error::ShutDown => "shut_down",
        _ => "store_unavailable",
    }
}
