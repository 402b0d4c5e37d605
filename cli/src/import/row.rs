//! The answers of one row, or why it has none.

use consentkit::{
    ledger::{ChoiceKind, EARLIEST_DATE},
    policy::Policy,
    text,
};

use super::{
    date::Reading,
    doubt::{Doubt, is_yes},
    map::{Layout, Map},
    name::Names,
    table::TableRow,
    word::Words,
};

/// How far ahead of the clock a yes may be dated, as `import` has it: a day covers time zones and slow clocks.
const SLACK_MS: i64 = 24 * 60 * 60 * 1000;

/// Longest version of a text that `import` takes, in characters.
const MAX_VERSION_CHARS: usize = 128;

/// An answer that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub line: u64,
    pub person: String,
    pub purpose: String,
    pub choice: ChoiceKind,
    pub said_at: Option<i64>,
    pub text_version: Option<String>,
    /// What of the row could not be read and is left out. Only a no is taken without it.
    pub without: Vec<Without>,
}

/// What an answer is taken without, because it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Without {
    /// A stable word for what is left out.
    pub code: &'static str,
    /// Why, and what counts.
    pub text: String,
}

/// A row, or one column of it, that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    pub line: u64,
    /// A stable word for the reason.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub text: String,
    /// What it may have said no to, where that cannot be read.
    pub doubts: Option<Doubt>,
}

/// What rows are read by.
pub struct Rules<'a> {
    pub map: &'a Map,
    pub policy: &'a Policy,
    pub names: &'a Names<'a>,
    pub words: &'a Words,
    pub dates: Reading,
    pub now: i64,
}

impl Rules<'_> {
    /// The answers of a row. A column of a purpose that is empty is no answer, and no fault.
    pub fn read(&self, row: &TableRow) -> Vec<Result<Answer, NotTaken>> {
        let not = |code, text: String| NotTaken { line: row.line, code, text, doubts: None };
        if let Some(fault) = row.fault.clone().or_else(|| self.line_break(row)) {
            return vec![Err(NotTaken { doubts: Some(self.doubt(row)), ..not("unreadable", fault) })];
        }
        let person = self.map.person.as_deref().map(|column| row.value(column));
        if person == Some("") {
            return vec![Err(not("no_person", "names no person; without one it is nobody's answer".into()))];
        }
        let person = person.unwrap_or_default();
        match &self.map.layout {
            Layout::Rows { purpose, choice } => {
                let name = row.value(purpose);
                let doubts = |doubts| Some(doubts).filter(|_| !is_yes(self.words.choice(row.value(choice))));
                if name.is_empty() {
                    let not = not("no_purpose", format!("`{purpose}` is empty; name the purpose"));
                    return vec![Err(NotTaken { doubts: doubts(Doubt::of_any_purpose(person)), ..not })];
                }
                let name = self.names.of(name);
                match &name.purpose {
                    Err(fault) => {
                        vec![Err(NotTaken { doubts: doubts(Doubt::of_name(person, &name)), ..not("unknown_purpose", fault.clone()) })]
                    }
                    Ok(purpose) => vec![self.answer(row, person, (purpose, choice), self.map.said_at.as_deref())],
                }
            }
            Layout::Columns(columns) => {
                let given = columns.iter().filter(|(_, column, _)| !row.value(column).is_empty());
                let answers = given.map(|(purpose, column, date)| {
                    self.answer(row, person, (purpose, column), date.as_deref().or(self.map.said_at.as_deref()))
                });
                let answers: Vec<_> = answers.collect();
                if answers.is_empty() { vec![Err(not("no_answer", "holds no answer to any purpose".into()))] } else { answers }
            }
        }
    }

    /// Says which of the columns that are read has a line break, as one has that a quotation mark opens and nothing closes.
    fn line_break(&self, row: &TableRow) -> Option<String> {
        let broken = self.map.columns().into_iter().find(|column| row.value(column).contains(['\n', '\r']))?;
        Some(format!("`{broken}` has a line break; is a quotation mark not closed?"))
    }

    fn answer(&self, row: &TableRow, person: &str, (purpose, column): (&str, &str), date: Option<&str>) -> Result<Answer, NotTaken> {
        let not = |code, text: String| NotTaken { line: row.line, code, text, doubts: None };
        let in_doubt = |not: NotTaken| NotTaken { doubts: Some(Doubt::of(person, purpose)), ..not };
        let word = row.value(column);
        if word.is_empty() {
            return Err(in_doubt(not("no_answer", format!("`{column}` is empty; say what was answered, or take the row out"))));
        }
        let unknown =
            || in_doubt(not("unknown_answer", format!("`{column}` says `{}`; say what that is with --yes or --no", text::shown(word, 40))));
        let choice = self.words.choice(word).ok_or_else(unknown)?;
        let written = date.map_or("", |column| row.value(column));
        let mut without = vec![];
        let said_at = match Some(written).filter(|written| !written.is_empty()).map(|written| self.dates.read(written, choice.lowers())) {
            None => None,
            Some(Ok(at)) => Some(at),
            // A no counts whatever its date is, and without one it may have been the last word.
            Some(Err(fault)) if choice.lowers() => {
                without.push(Without { code: "bad_date", text: format!("{fault}; the no is taken without a date") });
                None
            }
            Some(Err(fault)) => return Err(not("bad_date", fault)),
        };
        if let Some(at) = said_at.filter(|_| !choice.lowers()) {
            if at < EARLIEST_DATE {
                return Err(not(
                    "impossible_date",
                    format!("`{written}` is before 2008, when no app could ask; clear it where it is not known"),
                ));
            }
            if at > self.now.saturating_add(SLACK_MS) {
                return Err(not("impossible_date", format!("`{written}` lies in the future; is it a number of other units?")));
            }
        }
        let mut version = self.map.text_version.as_deref().map(|column| row.value(column)).filter(|version| !version.is_empty());
        if let Some(fault) = version.and_then(|version| text::fault(version, MAX_VERSION_CHARS)) {
            let fault = format!("the version of the text {}", fault.what());
            if !choice.lowers() {
                return Err(not("bad_version", fault));
            }
            without.push(Without { code: "bad_version", text: format!("{fault}; the no is taken without it") });
            version = None;
        }
        Ok(Answer {
            line: row.line,
            person: person.to_owned(),
            purpose: purpose.to_owned(),
            choice,
            said_at,
            text_version: version.map(str::to_owned),
            without,
        })
    }
}
