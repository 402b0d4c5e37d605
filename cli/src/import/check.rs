//! `import check`: which rows of a table can be taken over.

use consentkit::{policy::Policy, text};

use super::{choose, date::Reading, map::Map, name::Names, report::Report, row::Rules, table, word::Words};
use crate::{
    args::CheckImport,
    outcome::{Found, Outcome, Stop},
    policy::read_policy,
    print, time,
};

/// Largest table that is read, bytes: some million rows.
const MAX_TABLE_BYTES: u64 = 512 * 1024 * 1024;

/// Longest name of an older system, as `import` takes it, in characters.
const MAX_SOURCE_CHARS: usize = 128;

pub fn run(asked: &CheckImport, json: bool) -> Outcome {
    if let Some(fault) = text::fault(&asked.source, MAX_SOURCE_CHARS) {
        return Err(Stop::usage(format!("--source {}; give a short name", fault.what())));
    }
    let policy: Policy = read_policy(&asked.policy)?;
    let bytes = print::read(&asked.table, MAX_TABLE_BYTES)?;
    let table = table::read(&asked.table, &bytes)?;
    let map = Map::of(asked, &table.columns, &policy)?;
    let words = Words::new(&asked.yes, &asked.no);
    let dates = Reading { zone: asked.zone, order: asked.dates };
    let names = Names::new(&map, &policy);
    let rules = Rules { map: &map, policy: &policy, names: &names, words: &words, dates, now: asked.now.unwrap_or_else(time::now) };
    let (mut answers, mut left_out) = (vec![], vec![]);
    for read in table.rows.iter().flat_map(|row| rules.read(row)) {
        match read {
            Ok(answer) => answers.push(answer),
            Err(not) => left_out.push(not),
        }
    }
    let (taken, superseded) = choose::latest(answers, table.place);
    let taken = choose::without_doubtful(taken, &mut left_out, table.place);
    let report = Report { rows: table.rows.len(), place: table.place, taken, superseded, left_out };
    if let Some(output) = &asked.output {
        print::write_new(output, &format!("{:#}\n", report.choices(&asked.source, map.person.is_some())))?;
    }
    if json {
        print::json(&report.json(&asked.source));
    } else {
        print::text(&report.text());
    }
    Ok(Found::when(!report.left_out.is_empty() || report.taken.iter().any(|answer| !answer.without.is_empty())))
}
