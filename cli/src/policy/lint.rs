//! `policy lint`: the faults and the gaps of a document, by the number of the rule.

use std::path::Path;

use consentkit::policy::Policy;
use serde_json::{Value, json};

use super::{MAX_DOCUMENT_BYTES, finding::Finding, gaps, names, zones};
use crate::{
    outcome::{Found, Outcome},
    print,
};

/// Reads also what does not open: its faults and its gaps are told together.
pub fn run(file: &Path, json: bool) -> Outcome {
    let document = print::read_text(file, MAX_DOCUMENT_BYTES)?;
    let faults = Policy::parse(&document).err().unwrap_or_default();
    let value: Option<Value> = serde_json::from_str(document.trim_start_matches('\u{FEFF}')).ok();
    let gaps = value.iter().flat_map(|value| gaps::of(value).into_iter().chain(names::of(value)).chain(zones::of(value)));
    let opens = faults.is_empty();
    let mut findings: Vec<Finding> = faults.iter().map(Finding::of_fault).chain(gaps).collect();
    findings.sort_by_key(Finding::order);
    let gaps = findings.iter().filter(|finding| finding.is_gap()).count();
    if json {
        let listed: Vec<Value> = findings.iter().map(Finding::json).collect();
        print::json(&json!({ "opens": opens, "faults": findings.len() - gaps, "gaps": gaps, "findings": listed }));
    } else if findings.is_empty() {
        print::text("The policy opens, and no gap was found.");
    } else {
        let listed: Vec<String> = findings.iter().map(Finding::text).collect();
        let opens = if opens { "The policy opens." } else { "The policy does not open." };
        let counts = format!("{}, {}", print::count(findings.len() - gaps, "fault"), print::count(gaps, "gap"));
        print::text(&format!("{}\n\n{opens} {counts}.", listed.join("\n")));
    }
    Ok(Found::when(!findings.is_empty()))
}
