//! `ledger export`: every record as it was hashed, one a line, with what proves it.

use std::{fmt::Write as _, path::Path};

use serde_json::{Value, json};

use super::{copy::Copy, of_file};
use crate::{outcome::Outcome, print};

pub fn run(file: &Path, output: Option<&Path>) -> Outcome {
    let copy = Copy::of(file)?;
    let store = copy.open(file)?;
    let mut lines = String::new();
    let read = store.read(|transaction, _| {
        transaction.walk(1, |row| {
            // The bytes of a record are told as they are, since its hash is over them.
            let record = row.body.as_deref().map(String::from_utf8_lossy);
            let proof = json!({
                "seq": row.seq,
                "salt": row.salt.as_deref().map(bytes),
                "leaf": bytes(&row.leaf),
                "hash": bytes(&row.hash),
            });
            let _ = writeln!(lines, "{}", line(&proof, record.as_deref()));
            Ok(true)
        })
    });
    read.map_err(|error| of_file(file, &error))?;
    match output {
        Some(path) => print::write_new(path, &lines)?,
        None => print::text(&lines),
    }
    copy.missing(file, &store)
}

fn bytes(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The proof and the record, which is JSON itself, as one object. An erased record is absent.
fn line(proof: &Value, record: Option<&str>) -> String {
    let proof = proof.to_string();
    match record {
        Some(record) => format!("{},\"record\":{record}}}", proof.trim_end_matches('}')),
        None => proof,
    }
}
