//! A table of an older system, row by row: CSV with a line of names, or JSON.

use std::{collections::HashMap, path::Path, sync::Arc};

use serde_json::Value;

use crate::outcome::{Outcome, Stop};

/// Longest value of a column that is read, bytes. A longer one is what remains of a table where a quotation mark was never closed.
const MAX_VALUE_BYTES: usize = 16 * 1024;

/// The names of the columns, each with its place.
pub struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    fn new(names: Vec<String>) -> Self {
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
    values: Vec<String>,
    pub fault: Option<String>,
}

impl TableRow {
    /// The value of a column, without the blanks around it; empty where there is none.
    pub fn value(&self, column: &str) -> &str {
        let value = self.columns.places.get(column).and_then(|place| self.values.get(*place));
        value.map_or("", |value| value.trim())
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
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Stop::file(path, "is empty; give a table with a line of names and rows below it")),
        Some(b'[' | b'{') => of_json(path, bytes),
        Some(_) => of_csv(path, bytes),
    }
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
    let columns = Arc::new(Columns::new(names));
    let mut rows = vec![];
    let mut lines = Lines::default();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = lines.of(bytes, record.position().map_or(0, csv::Position::byte));
        let mut fault = match record.len() {
            count if count != columns.names.len() => Some(format!(
                "has {count} columns and not {}; put a value with a delimiter in quotation marks, and close each of them",
                columns.names.len()
            )),
            _ => None,
        };
        let mut values = vec![];
        for (value, name) in record.iter().zip(&columns.names) {
            match std::str::from_utf8(value) {
                _ if value.len() > MAX_VALUE_BYTES => {
                    fault = Some(format!("`{name}` has {} bytes; is a quotation mark not closed?", value.len()));
                    values.push(String::new());
                }
                Ok(value) => values.push(value.to_owned()),
                Err(_) => {
                    fault = Some(format!("`{name}` is not UTF-8; save the table as UTF-8"));
                    values.push(String::new());
                }
            }
        }
        rows.push(TableRow { line, columns: columns.clone(), values, fault });
    }
    Ok(Table { columns, rows, place: "line" })
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

fn of_json(path: &Path, bytes: &[u8]) -> Outcome<Table> {
    let unreadable =
        |error: serde_json::Error| Stop::file(path, format_args!("is no JSON ({error}); give a list of objects, or an object a line"));
    let mut place = "entry";
    let values: Vec<(u64, Value)> = match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Array(rows)) => (1..).zip(rows).collect(),
        Ok(row) => vec![(1, row)],
        Err(_) => {
            place = "line";
            let lines = (1..).zip(bytes.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
            lines
                .map(|(number, line)| serde_json::from_slice(line).map(|row| (number, row)))
                .collect::<Result<_, _>>()
                .map_err(unreadable)?
        }
    };
    let mut names: Vec<String> = vec![];
    let mut known = HashMap::new();
    for name in values.iter().filter_map(|(_, row)| row.as_object()).flat_map(|row| row.keys()) {
        known.entry(name.clone()).or_insert_with(|| names.push(name.clone()));
    }
    let columns = Arc::new(Columns::new(names));
    let row = |(line, row): (u64, Value)| {
        let Value::Object(fields) = row else {
            let fault = Some("is no object; write each row as one, with the names of the columns".to_owned());
            return TableRow { line, columns: columns.clone(), values: vec![], fault };
        };
        let nested = fields.iter().find(|(_, value)| value.is_array() || value.is_object()).map(|(name, _)| name.clone());
        let values = columns.names.iter().map(|name| fields.get(name).map(text).unwrap_or_default()).collect();
        let fault = nested.map(|name| format!("`{name}` holds more than one value; write one value a column"));
        TableRow { line, columns: columns.clone(), values, fault }
    };
    let rows = values.into_iter().map(row).collect();
    Ok(Table { columns, rows, place })
}

fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
