//! `policy new`: a policy that opens, with a mark where a person has to write.

mod document;

use std::io::{self, BufRead, Write};

use consentkit::policy::{Policy, known_regimes, regime};

use crate::{
    args::NewPolicy,
    outcome::{Found, Outcome, Stop},
    print,
};
use document::{Wanted, document, night_of};

pub fn run(asked: &NewPolicy) -> Outcome {
    let wanted = wanted(asked)?;
    // What is written must open. Where it does not, an id or a language of the command line is at fault.
    let policy = Policy::parse(&document(&wanted).to_string()).map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Stop::usage(format!("the policy would not open: {first}; give other names"))
    })?;
    // The type has its fields in the order in which a person reads them.
    let whole = serde_json::to_string_pretty(&policy).map_err(|error| Stop::File(error.to_string()))? + "\n";
    let document = if wanted.regimes.is_empty() { without_what_goes_without_saying(&whole) } else { whole };
    let todo = document.matches(document::MARK).count();
    match &asked.output {
        Some(path) => {
            print::write_new(path, &document)?;
            print::text(&format!(
                "{} written. It opens; {todo} texts and addresses marked TODO are to be written by a person.",
                path.display()
            ));
        }
        None => print::text(&document),
    }
    Ok(Found::Nothing)
}

/// The document without what need not be said where no law asks for it: empty lists, and values that are the same where nothing is said.
fn without_what_goes_without_saying(document: &str) -> String {
    const SAID_ANYWAY: &[&str] = &["\"edition\": 1", "\"material\": 1", "\"origin\": \"own\"", "\"audience\": \"adult\""];
    let says_nothing = |line: &&str| {
        let field = line.trim().trim_end_matches(',');
        field.ends_with(": []") || SAID_ANYWAY.contains(&field)
    };
    let mut kept: Vec<String> = vec![];
    for line in document.lines().filter(|line| !says_nothing(line)) {
        if let Some(before) = kept.last_mut().filter(|_| line.trim_start().starts_with(['}', ']'])) {
            *before = before.trim_end_matches(',').to_owned();
        }
        kept.push(line.to_owned());
    }
    kept.join("\n") + "\n"
}

fn wanted(asked: &NewPolicy) -> Outcome<Wanted> {
    let mut wanted = Wanted {
        id: asked.id.clone(),
        regimes: asked.regimes.clone(),
        languages: asked.languages.clone(),
        purposes: asked.purposes.clone(),
        company: asked.company.clone(),
        today: chrono::Utc::now().date_naive(),
    };
    if asked.ask {
        let mut input = io::stdin().lock();
        if asked.company.is_none() {
            wanted.company = question(&mut input, "The name of the company")?.into_iter().next();
        }
        if wanted.regimes.is_empty() {
            wanted.regimes = question(&mut input, "Laws that the policy is held to, such as kr (none where empty)")?;
        }
        if wanted.languages.is_empty() {
            wanted.languages = question(&mut input, "Languages of the texts, such as ko en")?;
        }
        if wanted.purposes.is_empty() {
            wanted.purposes = question(&mut input, "Purposes to ask for, such as cookies.analytics marketing.email")?;
        }
    }
    if let Some(unknown) = wanted.regimes.iter().find(|name| regime(name).is_none()) {
        return Err(Stop::usage(format!("--regime {unknown}: no such law; known are {}", known_regimes())));
    }
    if wanted.languages.is_empty() {
        wanted.languages = if wanted.regimes.iter().any(|name| name == "kr") { vec!["ko".into()] } else { vec!["en".into()] };
    }
    if wanted.purposes.is_empty() {
        wanted.purposes = vec!["cookies.analytics".into(), "marketing.email".into()];
    }
    if let Some(night) = wanted.purposes.iter().find(|id| night_of(id).is_some()).filter(|_| wanted.regimes.is_empty()) {
        return Err(Stop::usage(format!(
            "--purpose {night}: a policy that is held to no law has no night; give --regime kr, or add `night` with its hours and the purpose yourself"
        )));
    }
    Ok(wanted)
}

/// Asks on the standard error, so that the document alone goes to the standard output, and reads words from a line.
fn question(input: &mut impl BufRead, text: &str) -> Outcome<Vec<String>> {
    eprint!("{text}: ");
    let _ = io::stderr().flush();
    let mut line = String::new();
    input
        .read_line(&mut line)
        .map_err(|error| Stop::File(format!("the standard input cannot be read ({error}); give the flags instead")))?;
    Ok(line.split([' ', ',']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect())
}
