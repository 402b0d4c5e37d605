//! Reads a policy document, and reports every fault of it at once.

use serde_json::Value;

use super::{
    Fault, FaultCode, Policy,
    fault::Faults,
    structure::{self, Replaced},
    validate,
};
use crate::json::{self, FromJson, JsonFaultKind};

/// Largest policy document that is read, bytes. A real one in two languages has about a twentieth of this.
pub const MAX_POLICY_BYTES: usize = 1024 * 1024;

/// The JSON Schema of a policy document, generated from the types. A test keeps it fresh.
pub const SCHEMA: &str = include_str!("policy.schema.json");

/// The same schema without its descriptions. The reader of documents needs no more, and it is a third of the bytes, which every app
/// carries.
const SHAPE: &str = include_str!("policy.shape.json");

impl Policy {
    /// Reads a policy document, or says all that is wrong with it: shape, texts and meaning, each with its place.
    ///
    /// The shape is compared with [`SCHEMA`]. What does not fit is reported, and a neutral value takes its place, so that the meaning
    /// of the rest can be judged too; what is only a consequence of such a value is not reported.
    pub fn parse(json: &str) -> Result<Self, Vec<Fault>> {
        let mut value = json::read_value(without_bom(json).as_bytes(), MAX_POLICY_BYTES).map_err(|fault| vec![unreadable(&fault)])?;
        let schema: Value = json::own(SHAPE.as_bytes()).unwrap_or_default();
        let mut faults = Faults::default();
        let replaced = structure::check(&schema, &mut value, &mut faults);
        let Some(policy) = Self::from_json(&value) else {
            if faults.is_empty() {
                faults.push("", FaultCode::WrongType, "the document does not fit", "compare it with the schema");
            }
            return Err(faults.into_list());
        };
        validate::check(&policy, &replaced, &mut faults);
        faults.into_result().map(|()| policy)
    }

    /// Reads a document that was in force before. Only its shape is checked: a rule that a later version of this library brings must not
    /// make a good document look damaged.
    pub fn read_kept(json: &str) -> Option<Self> {
        json::read(without_bom(json).as_bytes(), MAX_POLICY_BYTES).ok()
    }

    /// All that is wrong with the meaning of a document; a parsed one has no faults.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Faults::default();
        validate::check(self, &Replaced::default(), &mut faults);
        faults.into_result()
    }
}

/// The document without the mark that some editors put in front of a text in UTF-8.
fn without_bom(json: &str) -> &str {
    json.strip_prefix('\u{FEFF}').unwrap_or(json)
}

fn unreadable(fault: &json::JsonFault) -> Fault {
    let (code, fix) = match fault.kind {
        JsonFaultKind::TooLarge { .. } => (FaultCode::TooLarge, "shorten the document"),
        JsonFaultKind::Syntax { .. } | JsonFaultKind::Shape => (FaultCode::Syntax, "check it with a JSON tool"),
        JsonFaultKind::TooDeep => (FaultCode::TooDeep, "flatten it: no part of a policy is that deep"),
        JsonFaultKind::TooWide => (FaultCode::TooWide, "shorten the list"),
        JsonFaultKind::DuplicateKey => (FaultCode::DuplicateKey, "keep one of the two"),
    };
    Fault { pointer: fault.pointer.clone(), code, what: fault.kind.to_string(), fix: fix.into() }
}
