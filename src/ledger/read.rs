//! Reads a record back from its bytes' JSON: what every record has, and beside it the members of its kind.

use serde_json::Value;

use super::{Body, Record};
use crate::json::{FromJson, for_serde, needed};

impl FromJson for Record {
    fn from_json(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let body = match object.get("kind")?.as_str()? {
            "install" => Body::Install(FromJson::from_json(value)?),
            "choice" => Body::Choice(FromJson::from_json(value)?),
            "import" => Body::Import(FromJson::from_json(value)?),
            "signal" => Body::Signal(FromJson::from_json(value)?),
            "policy" => Body::Policy(FromJson::from_json(value)?),
            "link" => Body::Link(FromJson::from_json(value)?),
            "merge" => Body::Merge(FromJson::from_json(value)?),
            "remote" => Body::Remote(FromJson::from_json(value)?),
            "outcome" => Body::Outcome(FromJson::from_json(value)?),
            "restore" => Body::Restore(FromJson::from_json(value)?),
            "redated" => Body::Redated(FromJson::from_json(value)?),
            _ => return None,
        };
        Some(Self {
            format: needed(object, "format")?,
            install: needed(object, "install")?,
            seq: needed(object, "seq")?,
            op: needed(object, "op")?,
            at: needed(object, "at")?,
            offset: needed(object, "offset")?,
            app: needed(object, "app")?,
            sdk: needed(object, "sdk")?,
            body,
        })
    }
}

for_serde!(Record);
