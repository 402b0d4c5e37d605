//! Of several answers of one person to one purpose the latest is taken.

use std::collections::HashMap;

use consentkit::ledger::SaidElsewhere;

use super::row::{Answer, NotTaken};

/// The answers that are taken, in the order of the table, and why each of the others is not.
/// `place` is what the number of a row counts.
pub fn latest(answers: Vec<Answer>, place: &str) -> (Vec<Answer>, Vec<NotTaken>) {
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut taken: Vec<Answer> = vec![];
    let mut others = vec![];
    for answer in answers {
        let key = (answer.person.clone(), answer.purpose.clone());
        match places.get(&key).and_then(|at| taken.get_mut(*at)) {
            None => {
                places.insert(key, taken.len());
                taken.push(answer);
            }
            Some(known) => {
                let later = said(&answer).is_after(&said(known));
                let (winner, other) = if later { (answer, known.clone()) } else { (known.clone(), answer) };
                others.push(superseded(&other, &winner, place));
                *known = winner;
            }
        }
    }
    taken.sort_by_key(|answer| answer.line);
    others.sort_by_key(|other| other.line);
    (taken, others)
}

fn said(answer: &Answer) -> SaidElsewhere {
    SaidElsewhere { choice: answer.choice, at: answer.said_at }
}

fn superseded(other: &Answer, winner: &Answer, place: &str) -> NotTaken {
    let line = winner.line;
    let (code, text) = match (said(other) == said(winner), other.said_at, winner.said_at) {
        (true, ..) => ("duplicate", format!("says the same as {place} {line}")),
        (false, None, _) => ("superseded", format!("bears no date, so {place} {line} counts")),
        (false, _, None) => ("superseded", format!("{place} {line} is a no without a date, which may have been the last word")),
        (false, one, other) if one == other => {
            ("superseded", format!("is of the same moment as {place} {line}, and of the two the no counts"))
        }
        _ => ("superseded", format!("{place} {line} was said later")),
    };
    NotTaken { line: other.line, code, text: format!("{}: {text}", other.purpose), doubts: None }
}

/// Takes out each yes of a person to a purpose of which another row cannot be read: that row may be a later no. In doubt the answer is no.
pub fn without_doubtful(taken: Vec<Answer>, left_out: &mut Vec<NotTaken>, place: &str) -> Vec<Answer> {
    let doubts: HashMap<(String, String), u64> =
        left_out.iter().filter_map(|row| row.doubts.clone().map(|doubted| (doubted, row.line))).collect();
    let (sure, doubtful): (Vec<_>, Vec<_>) = taken
        .into_iter()
        .partition(|answer| answer.choice.lowers() || !doubts.contains_key(&(answer.person.clone(), answer.purpose.clone())));
    for answer in doubtful {
        let line = doubts.get(&(answer.person.clone(), answer.purpose.clone())).copied().unwrap_or_default();
        let text = format!("{}: {place} {line} cannot be read and may be a later no; mend that one first", answer.purpose);
        left_out.push(NotTaken { line: answer.line, code: "in_doubt", text, doubts: None });
    }
    left_out.sort_by_key(|row| row.line);
    sure
}

#[cfg(test)]
mod tests {
    use consentkit::ledger::ChoiceKind::{Granted, Refused};

    use super::*;

    fn answer(line: u64, person: &str, choice: consentkit::ledger::ChoiceKind, said_at: Option<i64>) -> Answer {
        Answer { line, person: person.into(), purpose: "marketing.email".into(), choice, said_at, text_version: None }
    }

    #[test]
    fn the_latest_of_each_person_is_taken_and_the_others_name_its_line() {
        let rows = vec![
            answer(2, "a", Granted, Some(10)),
            answer(3, "a", Granted, Some(10)),
            answer(4, "a", Refused, Some(10)),
            answer(5, "b", Granted, None),
            answer(6, "b", Granted, Some(5)),
            answer(7, "c", Refused, None),
            answer(8, "c", Granted, Some(99)),
        ];
        let (taken, others) = latest(rows, "line");
        assert_eq!(taken.iter().map(|answer| answer.line).collect::<Vec<_>>(), [4, 6, 7]);
        let told: Vec<(u64, &str)> = others.iter().map(|other| (other.line, other.code)).collect();
        assert_eq!(told, [(2, "superseded"), (3, "duplicate"), (5, "superseded"), (8, "superseded")]);
        assert!(others.iter().all(|other| other.text.contains("line") || other.text.contains("date")));
    }
}
