//! Takes over an edition of the policy that the server or the app delivered.

use std::sync::Arc;

use super::{
    denial::{Denial, Denied},
    open_ledger::OpenLedger,
    writing::{
        editions::{Offered, Weighed, adopt, weigh},
        writer::LedgerWriter,
    },
};
use crate::{
    error::{Error, Result},
    ledger::chain,
    policy::{Policy, revision},
};

/// Takes over a delivered edition: see `Consent::adopt_policy`.
pub fn adopt_policy(ledger: &OpenLedger, document: &str) -> Result<()> {
    let offered = Policy::parse(document).map_err(|faults| Error::PolicyInvalid { faults })?;
    ledger.zones.learn(&offered, ledger.options.clock.now());
    ledger.settle_edition()?;
    let denials = narrowing(ledger, &offered, document)?;
    let adopt = |writer: &mut LedgerWriter<'_>| Ok(Arc::new(adopt(writer, &offered, document, false)?));
    ledger.write_and(&denials, adopt, |policy| ledger.policy.store(policy.clone()))?;
    Ok(())
}

/// What an offered edition takes away, where it comes into force now. One that is only announced takes nothing away before its day. Where the
/// file cannot be read, it is compared with the one that is known to be in force.
fn narrowing(ledger: &OpenLedger, offered: &Policy, document: &str) -> Result<Vec<Denial>> {
    let hash = chain::hex(&chain::hash(document.as_bytes()));
    let now = ledger.options.clock.now();
    let weighed = ledger.read(|transaction, head| weigh(transaction, head, Offered { policy: offered, hash: &hash, shipped: false }, now));
    let follows = match weighed {
        Ok(Weighed::Follows(followed)) => followed.from.is_none(),
        Ok(Weighed::Stays(_)) => false,
        Err(error) if error.is_of_the_file() => {
            offered.effective_from() <= now && revision::check(&ledger.policy_now(), &[], offered, false).is_ok()
        }
        Err(error) => return Err(error),
    };
    if !follows || !ledger.present.load().is_narrowed_by(offered) {
        return Ok(vec![]);
    }
    let edition = Denied::Edition { policy: Arc::new(offered.clone()), document: document.to_owned() };
    Ok(vec![ledger.denial(&ledger.stamp(), edition)?])
}
