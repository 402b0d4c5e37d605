//! Which column holds what.

use std::collections::HashMap;

use consentkit::policy::{Policy, nearest};

use super::table::Columns;
use crate::{
    args::CheckImport,
    outcome::{Outcome, Stop},
};

/// Separates a purpose from the word for the column of its date.
const DATE_OF: &str = "@said_at";

/// How the answers stand in the table.
pub enum Layout {
    /// A row for each answer: the columns of the purpose and of what was said.
    Rows { purpose: String, choice: String },
    /// A row for each person, with a column for each purpose, and perhaps one for its date.
    Columns(Vec<(String, String, Option<String>)>),
}

/// The columns of a table.
pub struct Map {
    pub layout: Layout,
    pub said_at: Option<String>,
    pub person: Option<String>,
    pub text_version: Option<String>,
    names: HashMap<String, String>,
}

impl Map {
    /// Reads the command line, and finds every column that it names.
    pub fn of(asked: &CheckImport, columns: &Columns, policy: &Policy) -> Outcome<Self> {
        let mut fields: HashMap<&str, String> = HashMap::new();
        let mut purposes: Vec<(String, String)> = vec![];
        let mut dates: HashMap<String, String> = HashMap::new();
        for given in &asked.maps {
            let (field, column) = pair("--map", given)?;
            if !columns.has(column) {
                let known = columns.names().join(", ");
                return Err(Stop::usage(format!("--map {given}: the table has no column `{column}`; it has {known}")));
            }
            let known = ["purpose", "choice", "said_at", "person", "text_version"].into_iter().find(|known| *known == field);
            let double = match (known, field.strip_suffix(DATE_OF)) {
                (Some(known), _) => fields.insert(known, column.to_owned()).is_some(),
                (None, Some(purpose)) => dates.insert(purpose.to_owned(), column.to_owned()).is_some(),
                (None, None) => {
                    asked_for(policy, field).map_err(|fault| Stop::usage(format!("--map {given}: {fault}")))?;
                    purposes.push((field.to_owned(), column.to_owned()));
                    false
                }
            };
            if double {
                return Err(Stop::usage(format!("--map {given}: `{field}` is given twice; give it once")));
            }
        }
        let layout = match (fields.remove("purpose"), fields.remove("choice"), purposes.is_empty()) {
            (Some(purpose), Some(choice), true) => Layout::Rows { purpose, choice },
            (None, None, false) => {
                Layout::Columns(purposes.into_iter().map(|(purpose, column)| (purpose.clone(), column, dates.remove(&purpose))).collect())
            }
            _ => {
                return Err(Stop::usage(
                    "give either --map purpose=COLUMN and --map choice=COLUMN, or a --map ID=COLUMN for each purpose that has a column",
                ));
            }
        };
        if let Some(purpose) = dates.keys().next() {
            return Err(Stop::usage(format!("--map {purpose}{DATE_OF}: there is no --map {purpose}=COLUMN beside it")));
        }
        let mut names = HashMap::new();
        for given in &asked.purposes {
            let (old, id) = pair("--purpose", given)?;
            asked_for(policy, id).map_err(|fault| Stop::usage(format!("--purpose {given}: {fault}")))?;
            names.insert(old.to_owned(), id.to_owned());
        }
        Ok(Self {
            layout,
            said_at: fields.remove("said_at"),
            person: fields.remove("person"),
            text_version: fields.remove("text_version"),
            names,
        })
    }

    /// The names that the older system has for purposes, each with the purpose.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(old, id)| (old.as_str(), id.as_str()))
    }

    /// The columns that a row is read by.
    pub fn columns(&self) -> Vec<&str> {
        let more = [&self.said_at, &self.person, &self.text_version].into_iter().flatten();
        let mut columns: Vec<&str> = more.map(String::as_str).collect();
        match &self.layout {
            Layout::Rows { purpose, choice } => columns.extend([purpose.as_str(), choice.as_str()]),
            Layout::Columns(given) => {
                columns.extend(given.iter().flat_map(|(_, column, date)| [Some(column.as_str()), date.as_deref()]).flatten());
            }
        }
        columns
    }

    /// The purpose that the older system calls by this name.
    pub fn purpose<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.get(name).map_or(name, String::as_str)
    }
}

/// Says what is wrong with a purpose that the policy does not ask for.
pub fn asked_for(policy: &Policy, id: &str) -> Result<(), String> {
    match policy.purpose(id) {
        None => {
            let near = nearest(id, policy.purposes.iter().map(|purpose| purpose.id.as_str()));
            let near = near.map(|near| format!(" (perhaps `{near}`)")).unwrap_or_default();
            Err(format!("`{id}` is no purpose of the policy; say which one is meant{near} with --purpose {id}=ID"))
        }
        Some(purpose) if !purpose.basis.may_be_answered() => Err(format!("`{id}` needs no consent, so there is no answer to bring")),
        Some(_) => Ok(()),
    }
}

fn pair<'a>(option: &str, given: &'a str) -> Outcome<(&'a str, &'a str)> {
    let parts = given.split_once('=').filter(|(left, right)| !left.trim().is_empty() && !right.trim().is_empty());
    let (left, right) = parts.ok_or_else(|| Stop::usage(format!("{option} {given}: write it like NAME=VALUE")))?;
    Ok((left.trim(), right.trim()))
}
