//! The story on the screen, or as one JSON object.

use std::io::{IsTerminal, Write, stdout};

use serde::Serialize;

use crate::{Result, Told};

const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// Writes the story, in colours on a terminal that wants them.
pub struct Page {
    colours: bool,
}

impl Page {
    pub fn new() -> Self {
        Self { colours: stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colours { format!("{colour}{text}{PLAIN}") } else { text.to_owned() }
    }

    /// Writes what the story shows.
    pub fn begin(&self) -> Result<()> {
        let title = self.paint(BOLD, "Consent on two phones and a server: asked, obeyed, synchronised, explained and proved.");
        Ok(writeln!(stdout(), "{title}\nEach line says what is looked at, what has to come out, and what came out.")?)
    }

    /// Writes one step as a table, with its notes below.
    pub fn step(&self, number: usize, title: &str, told: &Told) -> Result<()> {
        let mut out = stdout().lock();
        let verdict = if told.ok() { self.paint(GREEN, "    ok") } else { self.paint(RED, "FAILED") };
        writeln!(out, "\n{verdict}  {}", self.paint(BOLD, &format!("{number}. {title}")))?;
        let facts = &told.facts.facts;
        let width = |column: fn(&crate::facts::Fact) -> &str, least: usize| {
            facts.iter().map(|fact| column(fact).chars().count()).fold(least, usize::max)
        };
        let (what, expected) = (width(|fact| &fact.what, 0), width(|fact| &fact.expected, 8));
        if !facts.is_empty() {
            writeln!(out, "          {:what$}  {:expected$}  actual", "", "expected")?;
        }
        for fact in facts {
            let mark = if fact.holds() { self.paint(GREEN, "✓") } else { self.paint(RED, "✗") };
            writeln!(out, "        {mark} {:what$}  {:expected$}  {}", fact.what, fact.expected, fact.actual)?;
        }
        if let Some(reason) = &told.broken {
            writeln!(out, "        {} {reason}", self.paint(RED, "✗"))?;
        }
        for note in &told.facts.notes {
            writeln!(out, "          {note}")?;
        }
        Ok(out.flush()?)
    }

    /// Writes the last line.
    pub fn end(&self, failed: &[&str]) -> Result<()> {
        let line = match failed {
            [] => self.paint(GREEN, "Every step holds."),
            failed => self.paint(RED, &format!("Failed: {}.", failed.join(", "))),
        };
        Ok(writeln!(stdout(), "\n{line}")?)
    }
}

/// One step in JSON.
#[derive(Serialize)]
pub struct StepResult {
    pub name: &'static str,
    pub ok: bool,
    pub expected: String,
    pub actual: String,
}

/// The one object of `--json`.
#[derive(Serialize)]
pub struct StoryResult {
    pub steps: Vec<StepResult>,
    pub ok: bool,
}

/// Writes the object.
pub fn json(result: &StoryResult) -> Result<()> {
    Ok(writeln!(stdout(), "{}", serde_json::to_string(result)?)?)
}
