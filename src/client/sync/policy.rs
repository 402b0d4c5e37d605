//! Later editions of the policy that the server says it has: the one in force there, and the one that is announced next.

use super::requests::Requests;
use crate::{
    client::{adopt_policy::adopt_policy, open_ledger::OpenLedger},
    error::Error,
    policy::{Fault, FaultCode},
    sync::protocol::PolicyRef,
    transport::{HttpResponse, TransportError},
};

/// What became of the editions that the server has.
#[derive(Default)]
pub struct Fetched {
    /// True where one of them became known that comes into force on a later day.
    pub announced: bool,
    /// Why one of them was not taken.
    pub faults: Vec<Fault>,
}

/// Fetches the editions that are not known here and takes them over. What cannot be taken leaves the edition in force, since the app ships
/// its own with the next version; the report says why.
pub fn fetch(ledger: &OpenLedger, requests: &Requests<'_>, editions: &[PolicyRef]) -> Fetched {
    let mut fetched = Fetched::default();
    let known = |edition: u32| ledger.announced.load().iter().any(|ahead| ahead.named.edition == edition);
    for (index, offered) in editions.iter().enumerate() {
        let in_force = ledger.policy_now();
        if offered.id != in_force.id || offered.edition <= in_force.edition || known(offered.edition) {
            continue;
        }
        let which = if index == 0 { "" } else { "?edition=announced" };
        let answer = requests.get(&format!("/v1/policies/{}{which}", offered.id));
        let document = match answer {
            Some(Ok(HttpResponse { status: 200, body, .. })) => String::from_utf8(body).map_err(|_| unreadable("it is no text")),
            Some(Err(TransportError::TooLarge)) => Err(unreadable("it is larger than any policy that is read")),
            _ => continue,
        };
        match document.map_err(|fault| vec![fault]).and_then(|document| taken(ledger, &document)) {
            Ok(()) => fetched.announced |= known(offered.edition),
            Err(faults) => fetched.faults.extend(faults),
        }
    }
    fetched
}

fn taken(ledger: &OpenLedger, document: &str) -> Result<(), Vec<Fault>> {
    match adopt_policy(ledger, document) {
        Err(Error::PolicyInvalid { faults } | Error::PolicyRefused { faults }) => Err(faults),
        // The file takes no writes now. The server offers the edition again.
        Ok(()) | Err(_) => Ok(()),
    }
}

fn unreadable(what: &str) -> Fault {
    let fix = "compare what the server delivers with the schema";
    Fault { pointer: String::new(), code: FaultCode::Syntax, what: what.into(), fix: fix.into() }
}
