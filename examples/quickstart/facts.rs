//! What a step found, beside what it should have found.

use std::fmt::Display;

/// One thing that was looked at.
pub struct Fact {
    pub what: String,
    pub expected: String,
    pub actual: String,
}

impl Fact {
    pub fn holds(&self) -> bool {
        self.expected == self.actual
    }
}

/// Everything a step looked at, and what a reader should see besides.
#[derive(Default)]
pub struct Facts {
    pub facts: Vec<Fact>,
    pub notes: Vec<String>,
}

impl Facts {
    /// The step holds only where both read the same.
    pub fn same(&mut self, what: impl Display, expected: impl Display, actual: impl Display) {
        self.facts.push(Fact { what: what.to_string(), expected: expected.to_string(), actual: actual.to_string() });
    }

    /// A line without a check.
    pub fn note(&mut self, line: impl Display) {
        self.notes.push(line.to_string());
    }

    pub fn hold(&self) -> bool {
        !self.facts.is_empty() && self.facts.iter().all(Fact::holds)
    }

    pub fn expected(&self) -> String {
        self.side(|fact| &fact.expected)
    }

    pub fn actual(&self) -> String {
        self.side(|fact| &fact.actual)
    }

    fn side(&self, side: impl Fn(&Fact) -> &str) -> String {
        self.facts.iter().map(|fact| format!("{}: {}", fact.what, side(fact))).collect::<Vec<_>>().join("; ")
    }
}
