//! A table in JSON: a list of objects, or an object a line.

use std::{collections::HashMap, fmt, path::Path, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::table::{Columns, Table, TableRow, twice};
use crate::outcome::{Outcome, Stop};

/// An entry of the list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Object(Fields),
    Other(Value),
}

/// The whole document.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    List(Vec<Entry>),
    One(Entry),
}

/// The fields of an object in their order, also those of one name, of which a usual reader keeps only the last.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Fields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = vec![];
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reading)
    }
}

pub fn read(path: &Path, bytes: &[u8]) -> Outcome<Table> {
    let unreadable =
        |error: serde_json::Error| Stop::file(path, format_args!("is no JSON ({error}); give a list of objects, or an object a line"));
    let mut place = "entry";
    let entries: Vec<(u64, Entry)> = match serde_json::from_slice(bytes) {
        Ok(Document::List(rows)) => (1..).zip(rows).collect(),
        Ok(Document::One(row)) => vec![(1, row)],
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
    let mut known: HashMap<String, usize> = HashMap::new();
    for (_, entry) in &entries {
        let Entry::Object(Fields(fields)) = entry else { continue };
        for (name, _) in fields {
            known.entry(name.clone()).or_insert_with(|| {
                names.push(name.clone());
                names.len() - 1
            });
        }
    }
    let columns = Arc::new(Columns::new(names));
    let row = |(line, entry): (u64, Entry)| match entry {
        Entry::Object(Fields(fields)) => of_object(line, fields, &columns, &known),
        Entry::Other(value) => {
            let fault = Some("is no object; write each row as one, with the names of the columns".to_owned());
            TableRow::new(line, columns.clone(), vec![text(&value)], fault, false)
        }
    };
    let rows = entries.into_iter().map(row).collect();
    Ok(Table { columns, rows, place })
}

fn of_object(line: u64, fields: Vec<(String, Value)>, columns: &Arc<Columns>, known: &HashMap<String, usize>) -> TableRow {
    let double = twice(fields.iter().map(|(name, _)| name)).map(|name| format!("has `{name}` twice; write one value a column"));
    let nested = fields.iter().find(|(_, value)| value.is_array() || value.is_object());
    let nested = nested.map(|(name, _)| format!("`{name}` holds more than one value; write one value a column"));
    let in_place = double.is_none();
    let mut values = vec![String::new(); columns.names().len()];
    for (name, value) in fields {
        match known.get(&name).and_then(|place| values.get_mut(*place)) {
            Some(free) if free.is_empty() => *free = text(&value),
            // The second value of a column stands behind all columns.
            _ => values.push(text(&value)),
        }
    }
    TableRow::new(line, columns.clone(), values, double.or(nested), in_place)
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
