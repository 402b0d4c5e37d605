//! Of several answers of one person to one purpose the latest is taken.

use std::collections::{HashMap, HashSet};

use consentkit::ledger::SaidElsewhere;

use super::{
    doubt::Doubt,
    row::{Answer, NotTaken},
};

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
    let persons: HashSet<&str> = taken.iter().filter(|answer| !answer.choice.lowers()).map(|answer| answer.person.as_str()).collect();
    let mut doubts: HashMap<&str, Vec<(u64, &Doubt)>> = HashMap::new();
    for row in left_out.iter() {
        let Some(doubt) = &row.doubts else { continue };
        for person in doubt.persons.iter().map(String::as_str).filter(|person| persons.contains(person)) {
            doubts.entry(person).or_default().push((row.line, doubt));
        }
    }
    let doubted = |answer: &Answer| {
        let of_person = doubts.get(answer.person.as_str()).filter(|_| !answer.choice.lowers())?;
        of_person.iter().find(|(_, doubt)| doubt.touches(&answer.purpose)).map(|(line, _)| *line)
    };
    let mut not_taken = vec![];
    for answer in &taken {
        if let Some(line) = doubted(answer) {
            let text = format!("{}: {place} {line} cannot be read and may be a later no; mend that one first", answer.purpose);
            not_taken.push(NotTaken { line: answer.line, code: "in_doubt", text, doubts: None });
        }
    }
    let sure = taken.iter().filter(|answer| doubted(answer).is_none()).cloned().collect();
    left_out.extend(not_taken);
    left_out.sort_by_key(|row| row.line);
    sure
}

#[cfg(test)]
mod tests {
    use consentkit::ledger::ChoiceKind::{Granted, Refused};

    use super::*;

    fn answer(line: u64, person: &str, choice: consentkit::ledger::ChoiceKind, said_at: Option<i64>) -> Answer {
        Answer { line, person: person.into(), purpose: "marketing.email".into(), choice, said_at, text_version: None, without: vec![] }
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
