//! `ledger verify`: whether every record is the one that was written.

use std::path::Path;

use consentkit::client::verify_file;
use serde_json::json;

use super::{copy::Copy, of_file};
use crate::{
    outcome::{Found, Outcome},
    print,
};

pub fn run(file: &Path, json: bool) -> Outcome {
    let copy = Copy::of(file)?;
    let checked = verify_file(&copy.path).map_err(|error| of_file(file, &error))?;
    if json {
        let fault = checked.fault.as_ref().map(|fault| json!({ "seq": fault.seq, "what": fault.what }));
        print::json(&json!({ "ok": checked.ok, "records": checked.records, "fault": fault, "doubt": copy.doubt() }));
    } else {
        let records = checked.records;
        print::text(&match &checked.fault {
            None => {
                let doubt = copy.doubt().map(|doubt| format!("\n{doubt}")).unwrap_or_default();
                format!("The ledger holds: {records} records, each the one that was written, in its place.{doubt}")
            }
            Some(fault) if fault.seq > 0 => {
                format!("The ledger does not hold. Up to record {records} it does; at record {}: {}.", fault.seq, fault.what)
            }
            Some(fault) => format!("The ledger does not hold, though {records} records do: {}.", fault.what),
        });
    }
    Ok(Found::when(!checked.ok))
}
