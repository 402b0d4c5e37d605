//! A form as a page is given it.

use serde_json::{Value, json};

use super::super::{Question, Questions, Why};
use crate::{ledger::Status, policy::Notice};

/// The questions of a form for a page. `shown` stands for the form's token, which the page is not given, because it names the person.
pub fn form(questions: &Questions, shown: &str) -> Value {
    json!({
        "shown": shown,
        "surface": questions.surface,
        "language": questions.language,
        "due": questions.due,
        "pull_first": questions.pull_first,
        "questions": questions.questions.iter().map(question).collect::<Vec<_>>(),
    })
}

fn question(question: &Question) -> Value {
    let starts_on = match question.why {
        Why::MayObject => true,
        Why::Answered => question.status == Status::Granted,
        Why::FirstTime | Why::AskAgain { .. } => false,
    };
    json!({
        "purpose": question.purpose,
        "why": why(question.why),
        "status": question.status,
        "starts_on": starts_on,
        "notice": notice(&question.notice),
    })
}

fn why(why: Why) -> &'static str {
    match why {
        Why::FirstTime => "first_time",
        Why::AskAgain { .. } => "ask_again",
        Why::Answered => "answered",
        Why::MayObject => "may_object",
    }
}

/// Every text that must be shown beside the switch.
fn notice(notice: &Notice) -> Value {
    serde_json::to_value(notice).unwrap_or_default()
}
