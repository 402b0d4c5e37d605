//! `policy diff`: what changes from one edition to the next, and what follows from it.

use std::{fmt::Write as _, path::Path};

use consentkit::policy::{Fault, PolicyDiff, diff};
use serde_json::{Value, json};

use super::read_policy;
use crate::{
    outcome::{Found, Outcome},
    print,
};

/// Longest part of a value that is told to a person, in characters.
const MAX_SHOWN: usize = 60;

/// Ends with something found where the later edition may not follow the earlier one.
pub fn run(old: &Path, new: &Path, json: bool) -> Outcome {
    let compared = diff(&read_policy(old)?, &read_policy(new)?);
    if json {
        print::json(&machine(&compared));
    } else {
        print::text(&person(&compared));
    }
    Ok(Found::when(!compared.faults.is_empty()))
}

fn machine(compared: &PolicyDiff) -> Value {
    let changes = compared.changes.iter().map(|change| {
        json!({
            "pointer": change.pointer,
            "old": change.old,
            "new": change.new,
            "material": change.material,
            "purposes": change.purposes,
        })
    });
    let faults = |faults: &[Fault]| -> Vec<Value> {
        faults.iter().map(|fault| json!({ "pointer": fault.pointer, "what": fault.what, "advice": fault.fix })).collect()
    };
    json!({
        "changes": changes.collect::<Vec<_>>(),
        "asks_again": compared.asks_again,
        "asks_first": compared.asks_first,
        "notice_days": compared.notice_days,
        "faults": faults(&compared.faults),
        "delivery_faults": faults(&compared.delivery_faults),
    })
}

fn person(compared: &PolicyDiff) -> String {
    let mut text = String::new();
    for change in &compared.changes {
        let material = if change.material { format!("  material: {}", change.purposes.join(", ")) } else { String::new() };
        let _ = writeln!(text, "{}{material}", change.pointer);
        let shown = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), shortened);
        let _ = writeln!(text, "    {} -> {}", shown(&change.old), shown(&change.new));
    }
    if compared.changes.is_empty() {
        text.push_str("Nothing changes.\n");
    }
    let asked = |ids: &[String]| if ids.is_empty() { "nobody".to_owned() } else { format!("whoever granted {}", ids.join(", ")) };
    let _ = writeln!(text, "\nIs asked again: {}.", asked(&compared.asks_again));
    if !compared.asks_first.is_empty() {
        let _ = writeln!(text, "Is asked for the first time: {}.", compared.asks_first.join(", "));
    }
    let _ = writeln!(text, "Has to be announced {} before it is in force.", print::count(compared.notice_days as usize, "day"));
    for (title, faults) in
        [("May not follow", &compared.faults), ("May be shipped by the app, and not delivered", &compared.delivery_faults)]
    {
        if !faults.is_empty() {
            let _ = writeln!(text, "\n{title}:");
        }
        for fault in faults {
            let place = if fault.pointer.is_empty() { "the whole document" } else { &fault.pointer };
            let _ = writeln!(text, "  {place}: {}\n      -> {}", fault.what, fault.fix);
        }
    }
    text
}

fn shortened(value: &str) -> String {
    let plain: String = value.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if plain.chars().count() <= MAX_SHOWN { plain } else { plain.chars().take(MAX_SHOWN).chain(['…']).collect() }
}
