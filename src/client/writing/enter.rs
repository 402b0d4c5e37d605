//! What opening writes: the installation, the policy that the app ships, and the versions that opened the file.

use super::{
    editions::{adopt, come_into_force},
    installation::{begin, lost, mark, needs_another_installation, restore},
    kept_editions::shipped_edition,
    signals::tell_person,
    writer::LedgerWriter,
};
use crate::{
    client::options::Options,
    error::{Error, Result},
    policy::Policy,
    store::settings::{SHIPPED_EDITION, VERSIONS},
};

/// Begins or renews the installation where that is needed, takes over the policy that the app ships where it may follow, and gives the
/// policy that is in force then.
pub fn enter(writer: &mut LedgerWriter<'_>, options: &Options, shipped: Policy) -> Result<Policy> {
    let marker = options.marker();
    let lost = lost(writer.transaction, writer.head, options.watermark().level(), options.mailbox().unreadable())?;
    if writer.head.seq == 0 {
        begin(writer, marker, lost)?;
    } else if lost.is_some() || needs_another_installation(writer.transaction, writer.head, marker)? {
        restore(writer, marker, lost)?;
    } else {
        mark(writer.transaction, &writer.head.state.install, marker)?;
    }
    tell_person(writer)?;
    let edition = shipped.edition;
    // The day of an announced edition may have come since the file was open last.
    come_into_force(writer)?;
    let policy = adopt(writer, &shipped, &options.policy, true)?;
    if edition > shipped_edition(writer.transaction)? {
        writer.transaction.set_setting(SHIPPED_EDITION, &edition.to_be_bytes())?;
    }
    let versions = format!("{} {}", options.app_version, env!("CARGO_PKG_VERSION"));
    if writer.transaction.setting(VERSIONS)?.as_deref() != Some(versions.as_bytes()) {
        writer.transaction.retry_stuck()?;
        writer.transaction.set_setting(VERSIONS, versions.as_bytes())?;
    }
    Ok(policy)
}

/// The same at the first write that a file takes which took none when it was opened.
pub fn enter_late(writer: &mut LedgerWriter<'_>, options: &Options) -> Result<Policy> {
    let shipped = Policy::parse(&options.policy).map_err(|faults| Error::PolicyInvalid { faults })?;
    enter(writer, options, shipped)
}
