//! What the record behind a state shows.

use consentkit::ledger::{AskAgain, Body, Record, Standing, Status, millis};

use crate::store::StateRow;

/// A stored record, read. It was read once before it was stored, so this fails for a damaged one only.
pub fn read(record: &str) -> Option<Record> {
    serde_json::from_str(record).ok()
}

/// Where a purpose stands, as the decision reads it.
pub fn standing(row: &StateRow) -> Standing {
    let mut standing = Standing { status: row.standpoint.status, ..Standing::default() };
    // A grant without a record that fits keeps time 0 and material 0, and the decision asks again.
    let Some(record) = row.record.as_deref().and_then(read) else { return standing };
    match &record.body {
        Body::Choice(choice) if choice.purpose == row.purpose => {
            standing.at = record.at_ms();
            standing.material = choice.policy.material;
            standing.actor = choice.actor;
        }
        Body::Import(import) if import.purpose == row.purpose => {
            let said_at = import.said_at.as_deref().and_then(millis);
            standing.at = said_at.unwrap_or_else(|| record.at_ms());
            standing.material = import.policy.material;
            standing.actor = import.actor;
            if said_at.is_none() && standing.status == Status::Granted {
                standing.ask_again = Some(AskAgain::Undated);
            }
        }
        _ => {}
    }
    standing
}
