//! The installation that a file belongs to: its name and key, its first records, and the new one that begins on a copied file.

use std::path::Path;

use super::{
    marker,
    random::{random, random_name},
    signals::tell_signals,
    writer::LedgerWriter,
};
use crate::{
    error::Result,
    ledger::{Body, Install, Link, Restore},
    store::{
        Head, Transaction,
        settings::{ACKNOWLEDGED, AD_ID_TAG, INSTALL_KEY, INSTALL_TOKEN, SHOWN_KEY},
    },
    sync::{installation, protocol::ChangeKind},
};

/// True where another installation has to begin on this file: the file is a copy, or its installation cannot show any more that the name is
/// its own.
pub fn needs_another_installation(transaction: &Transaction<'_>, head: &Head, marker: Option<&Path>) -> Result<bool> {
    Ok(is_copy(head, marker)? || lost_its_key(transaction, head)?)
}

/// True where the marker names another installation than the file: the file came from a backup, or from another phone.
fn is_copy(head: &Head, marker: Option<&Path>) -> Result<bool> {
    marker.map_or(Ok(false), |marker| Ok(marker::read(marker)? != head.state.install))
}

/// True where the key is gone of which the installation's name was made. Without it nothing shows the server that the name is its own.
fn lost_its_key(transaction: &Transaction<'_>, head: &Head) -> Result<bool> {
    let install = &head.state.install;
    if !installation::is_keyed(install) {
        return Ok(false);
    }
    Ok(transaction.setting(INSTALL_KEY)?.is_none_or(|key| installation::name(&key) != *install))
}

/// Makes a new installation's key and gives its name.
fn new_installation(writer: &LedgerWriter<'_>) -> Result<String> {
    let key = random::<{ installation::KEY_BYTES }>()?;
    writer.transaction.set_setting(INSTALL_KEY, &key)?;
    Ok(installation::name(&key))
}

/// Begins the first installation of a fresh file.
pub fn begin(writer: &mut LedgerWriter<'_>, marker: Option<&Path>) -> Result<()> {
    let (install, device, person) = (new_installation(writer)?, random_name()?, random_name()?);
    writer.transaction.add_subject(&device, None)?;
    writer.transaction.add_subject(&person, None)?;
    writer.transaction.set_setting(SHOWN_KEY, &random::<32>()?)?;
    writer.append(&install, Body::Install(Install { device, person }))?;
    marker.map_or(Ok(()), |marker| marker::write(marker, &install))
}

/// Begins a new installation on a file that came from a backup or another phone: the old installation may still speak under its name.
pub fn restore(writer: &mut LedgerWriter<'_>, marker: Option<&Path>) -> Result<()> {
    let former = writer.head.state.install.clone();
    let (install, device) = (new_installation(writer)?, random_name()?);
    writer.transaction.add_subject(&device, None)?;
    writer.transaction.drop_copied()?;
    writer.transaction.forget_cursors()?;
    writer.transaction.drop_setting(INSTALL_TOKEN)?;
    writer.transaction.drop_setting(AD_ID_TAG)?;
    // What the server acknowledged of the former installation does not hold for this one. Kept, it would look like data that the server lost.
    writer.transaction.drop_setting(ACKNOWLEDGED)?;
    writer.transaction.set_setting(SHOWN_KEY, &random::<32>()?)?;
    writer.append(&install, Body::Restore(Restore { former, device }))?;
    writer.head.pending = writer.transaction.count_outbox()?;
    if writer.head.state.signed_in {
        let subject = writer.head.state.person.clone();
        writer.replace_waiting(&subject, ChangeKind::Link)?;
        writer.send(Body::Link(Link { subject, account: true }))?;
    }
    tell_signals(writer)?;
    marker.map_or(Ok(()), |marker| marker::write(marker, &install))
}
