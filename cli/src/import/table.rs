//! A table of an older system, row by row: CSV with a line of names, or JSON.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use super::json_table;
use crate::outcome::{Outcome, Stop};

/// Longest value of a column that is read, bytes. A longer one is what remains of a table where a quotation mark was never closed.
const MAX_VALUE_BYTES: usize = 16 * 1024;

/// The names of the columns, each with its place.
pub struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    pub fn new(names: Vec<String>) -> Self {
        let places = names.iter().enumerate().rev().map(|(place, name)| (name.clone(), place)).collect();
        Self { names, places }
    }

    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// One row: the line it begins on (of a JSON list: its place in it), and its values. `fault` says why it cannot be read.
pub struct TableRow {
    pub line: u64,
    columns: Arc<Columns>,
    /// The values in the order of the columns, and behind them those that have no column.
    values: Vec<String>,
    pub fault: Option<String>,
    /// False where a value may stand in another column than its own.
    pub in_place: bool,
}

impl TableRow {
    pub fn new(line: u64, columns: Arc<Columns>, values: Vec<String>, fault: Option<String>, in_place: bool) -> Self {
        Self { line, columns, values, fault, in_place }
    }

    /// The value of a column, without the blanks around it; empty where there is none.
    pub fn value(&self, column: &str) -> &str {
        let value = self.columns.places.get(column).and_then(|place| self.values.get(*place));
        value.map_or("", |value| value.trim())
    }

    /// All values, as they are.
    pub fn values(&self) -> &[String] {
        &self.values
    }
}

/// The names of the columns, and the rows.
pub struct Table {
    pub columns: Arc<Columns>,
    pub rows: Vec<TableRow>,
    /// What the number of a row counts: lines, or the entries of a list.
    pub place: &'static str,
}

/// Reads a table. JSON begins with a bracket or a brace, and anything else is CSV.
pub fn read(path: &Path, bytes: &[u8]) -> Outcome<Table> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Stop::file(path, "is UTF-16; save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let table = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Stop::file(path, "is empty; give a table with a line of names and rows below it")),
        Some(b'[' | b'{') => json_table::read(path, bytes),
        Some(_) => of_csv(path, bytes),
    }?;
    if table.rows.is_empty() {
        return Err(Stop::file(
            path,
            "has no rows; give the table as the older system holds it, with a row for each answer or each person",
        ));
    }
    Ok(table)
}

/// What stands between the columns: whichever of the usual ones the first line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| first.iter().filter(|byte| *byte == delimiter).count();
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(|delimiter| (count(delimiter), *delimiter == b',')).unwrap_or(b',')
}

fn of_csv(path: &Path, bytes: &[u8]) -> Outcome<Table> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(bytes)).flexible(true).from_reader(bytes);
    let unreadable = |error: csv::Error| Stop::file(path, format_args!("is no CSV ({error}); write one row a line"));
    let names = reader.byte_headers().map_err(unreadable)?.clone();
    let names: Option<Vec<String>> = names.iter().map(|name| std::str::from_utf8(name).ok().map(|name| name.trim().to_owned())).collect();
    let names = names.ok_or_else(|| Stop::file(path, "is not UTF-8 in its first line; save it as UTF-8"))?;
    if let Some(twice) = twice(names.iter().filter(|name| !name.is_empty())) {
        return Err(Stop::file(path, format_args!("has the column `{twice}` twice; give each column a name of its own")));
    }
    let columns = Arc::new(Columns::new(names));
    let mut rows = vec![];
    let mut lines = Lines::default();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = lines.of(bytes, record.position().map_or(0, csv::Position::byte));
        let in_place = record.len() == columns.names.len();
        let mut fault = match record.len() {
            count if count != columns.names.len() => Some(format!(
                "has {count} columns and not {}; put a value with a delimiter in quotation marks, and close each of them",
                columns.names.len()
            )),
            _ => None,
        };
        let mut values = vec![];
        for (at, value) in record.iter().enumerate() {
            if let Some(name) = columns.names.get(at) {
                if value.len() > MAX_VALUE_BYTES {
                    fault = Some(format!("`{name}` has {} bytes; is a quotation mark not closed?", value.len()));
                } else if std::str::from_utf8(value).is_err() {
                    fault = Some(format!("`{name}` is not UTF-8; save the table as UTF-8"));
                }
            }
            values.push(String::from_utf8_lossy(value).into_owned());
        }
        rows.push(TableRow::new(line, columns.clone(), values, fault, in_place));
    }
    Ok(Table { columns, rows, place: "line" })
}

/// The first name that is there twice.
pub fn twice<'a>(names: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let mut seen = HashSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}

/// Counts the lines of a table up to a place, which only goes forward.
#[derive(Default)]
struct Lines {
    at: usize,
    before: u64,
}

impl Lines {
    /// The line, from 1, on which a row stands that begins at this byte. The end of the line before it may belong to the row's bytes.
    fn of(&mut self, bytes: &[u8], begins: u64) -> u64 {
        let begins = usize::try_from(begins).unwrap_or(usize::MAX).min(bytes.len());
        let blank = bytes[begins..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &bytes[self.at.min(begins + blank)..begins + blank];
        self.before += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = begins + blank;
        self.before + 1
    }
}
