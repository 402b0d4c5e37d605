//! What is told of a table, and the choices that are written.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use consentkit::ledger::ChoiceKind;
use serde_json::{Value, json};

use super::row::{Answer, NotTaken, Without};

/// What became of the rows.
pub struct Report {
    pub rows: usize,
    /// What the number of a row counts.
    pub place: &'static str,
    pub taken: Vec<Answer>,
    /// Answers that a later one of the same person takes the place of.
    pub superseded: Vec<NotTaken>,
    /// Rows that cannot be taken as they are.
    pub left_out: Vec<NotTaken>,
}

impl Report {
    /// For a person: how many of each, and every row that was not taken.
    pub fn text(&self) -> String {
        let mut text = format!("{} rows\n", self.rows);
        let mut of_purpose: BTreeMap<&str, usize> = BTreeMap::new();
        self.taken.iter().for_each(|answer| *of_purpose.entry(&answer.purpose).or_default() += 1);
        let purposes: Vec<String> = of_purpose.iter().map(|(purpose, count)| format!("{purpose} {count}")).collect();
        let undated = self.taken.iter().filter(|answer| answer.said_at.is_none() && !answer.choice.lowers()).count();
        let _ = writeln!(text, "  taken       {:>6}   {}", self.taken.len(), purposes.join(", "));
        if undated > 0 {
            let _ = writeln!(text, "              {undated:>6}   of them are yeses without a date: the person is asked again");
        }
        let without = self.without();
        if !without.is_empty() {
            let _ = writeln!(text, "              {:>6}   of them are noes of which something cannot be read", without.len());
        }
        let _ = writeln!(text, "  superseded  {:>6}", self.superseded.len());
        let _ = writeln!(text, "  left out    {:>6}", self.left_out.len());
        for (code, count) in self.left_out_by_reason() {
            let _ = writeln!(text, "              {count:>6}   {}", in_words(code));
        }
        if !without.is_empty() {
            let _ = writeln!(text, "\ntaken without what cannot be read:");
        }
        for (answer, without) in without {
            let _ = writeln!(text, "  {} {}: {}: {}", self.place, answer.line, answer.purpose, without.text);
        }
        for (title, rows) in [("superseded", &self.superseded), ("left out", &self.left_out)] {
            if !rows.is_empty() {
                let _ = writeln!(text, "\n{title}:");
            }
            for row in rows {
                let _ = writeln!(text, "  {} {}: {}", self.place, row.line, row.text);
            }
        }
        text
    }

    /// How many rows are left out for each reason, the most frequent first.
    fn left_out_by_reason(&self) -> Vec<(&'static str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        self.left_out.iter().for_each(|row| *counts.entry(row.code).or_default() += 1);
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
        counts
    }

    /// The noes that are taken without their date, or the version of their text.
    fn without(&self) -> Vec<(&Answer, &Without)> {
        self.taken.iter().flat_map(|answer| answer.without.iter().map(move |without| (answer, without))).collect()
    }

    /// The same for a machine.
    pub fn json(&self, source: &str) -> Value {
        let others = |rows: &[NotTaken]| -> Vec<Value> {
            rows.iter().map(|row| json!({ "line": row.line, "code": row.code, "text": row.text })).collect()
        };
        let taken = |answer: &Answer| {
            let mut value = choice(answer, source);
            value["line"] = json!(answer.line);
            if !answer.person.is_empty() {
                value["person"] = json!(answer.person);
            }
            value
        };
        let without = self.without().into_iter();
        json!({
            "rows": self.rows,
            "taken_without":
                without.map(|(answer, what)| json!({ "line": answer.line, "code": what.code, "text": what.text })).collect::<Vec<_>>(),
            "taken": self.taken.iter().map(taken).collect::<Vec<_>>(),
            "superseded": others(&self.superseded),
            "left_out": others(&self.left_out),
            "left_out_by_reason": self.left_out_by_reason().into_iter().collect::<BTreeMap<_, _>>(),
        })
    }

    /// What `import` reads: a list of choices, or one for each person where the table names persons.
    pub fn choices(&self, source: &str, by_person: bool) -> Value {
        if !by_person {
            return json!({ "choices": self.taken.iter().map(|answer| choice(answer, source)).collect::<Vec<_>>() });
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut persons: Vec<(&str, Vec<Value>)> = vec![];
        for answer in &self.taken {
            let place = *places.entry(&answer.person).or_insert_with(|| {
                persons.push((&answer.person, vec![]));
                persons.len() - 1
            });
            if let Some((_, choices)) = persons.get_mut(place) {
                choices.push(choice(answer, source));
            }
        }
        json!({ "persons": persons.into_iter().map(|(person, choices)| json!({ "person": person, "choices": choices })).collect::<Vec<_>>() })
    }
}

/// A reason for which rows are left out, for a person.
fn in_words(code: &str) -> &str {
    match code {
        "unreadable" => "cannot be read as a row",
        "no_person" => "name no person",
        "no_purpose" => "name no purpose",
        "unknown_purpose" => "name a purpose that the policy does not ask for",
        "no_answer" => "hold no answer",
        "unknown_answer" => "hold a word that is neither yes nor no",
        "bad_date" => "bear a date that is none, or may be two",
        "impossible_date" => "bear a date that cannot be",
        "bad_version" => "bear a version of the text that cannot be kept",
        "in_doubt" => "say yes, and another row may be a later no of the same person",
        other => other,
    }
}

/// One choice, with the fields of `ImportChoice`.
fn choice(answer: &Answer, source: &str) -> Value {
    let said = match answer.choice {
        ChoiceKind::Granted => "granted",
        ChoiceKind::Refused => "refused",
        ChoiceKind::Withdrawn => "withdrawn",
    };
    json!({
        "purpose": answer.purpose,
        "choice": said,
        "said_at": answer.said_at,
        "source": source,
        "text_version": answer.text_version,
    })
}
