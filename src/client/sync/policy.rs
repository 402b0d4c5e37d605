//! A later edition of the policy that the server says it has.

use super::requests::Requests;
use crate::{
    client::{adopt_policy::adopt_policy, open_ledger::OpenLedger},
    sync::protocol::PolicyRef,
    transport::HttpResponse,
};

/// Fetches a later edition and brings it into force; says whether it did. What cannot be adopted is left alone, since the app ships its own
/// with the next version.
pub fn fetch(ledger: &OpenLedger, requests: &Requests<'_>, newer: &PolicyRef) -> bool {
    let in_force = ledger.policy.load_full();
    if newer.id != in_force.id || newer.edition <= in_force.edition {
        return false;
    }
    let Some(Ok(HttpResponse { status: 200, body, .. })) = requests.get(&format!("/v1/policies/{}", newer.id)) else { return false };
    String::from_utf8(body).is_ok_and(|document| adopt_policy(ledger, &document).is_ok())
}
