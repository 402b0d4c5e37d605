//! Reads a record back from its bytes' JSON.
//!
//! Written by hand: the derived reader of a tagged, flattened enum buffers everything and builds each kind's reader a second time.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use super::{Body, Record};
use crate::json;

/// What every record has.
#[derive(Deserialize)]
struct Envelope {
    format: u32,
    install: String,
    seq: i64,
    op: String,
    at: String,
    offset: i32,
    app: String,
    sdk: String,
    kind: String,
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(reader)?;
        from_value(value).ok_or_else(|| D::Error::custom("no record of a known kind"))
    }
}

fn from_value(value: Value) -> Option<Record> {
    let Envelope { format, install, seq, op, at, offset, app, sdk, kind } = json::decode(value.clone())?;
    let body = match kind.as_str() {
        "install" => Body::Install(json::decode(value)?),
        "choice" => Body::Choice(json::decode(value)?),
        "import" => Body::Import(json::decode(value)?),
        "signal" => Body::Signal(json::decode(value)?),
        "policy" => Body::Policy(json::decode(value)?),
        "link" => Body::Link(json::decode(value)?),
        "merge" => Body::Merge(json::decode(value)?),
        "remote" => Body::Remote(json::decode(value)?),
        "outcome" => Body::Outcome(json::decode(value)?),
        "restore" => Body::Restore(json::decode(value)?),
        _ => return None,
    };
    Some(Record { format, install, seq, op, at, offset, app, sdk, body })
}
