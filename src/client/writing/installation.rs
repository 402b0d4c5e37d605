//! The installation that a file belongs to: its name and key, its first records, and the new one that begins on a copied file.

use super::{
    marker::{Marker, Said},
    random::{random, random_name},
    signals::tell_signals,
    writer::LedgerWriter,
};
use crate::{
    error::Result,
    ledger::{Body, Install, Link, Lost, Restore},
    store::{
        Compared, Head, Level, Transaction,
        settings::{ACKNOWLEDGED, AD_ID_TAG, INSTALL_KEY, INSTALL_TOKEN, MARKED, SHOWN_KEY},
    },
    sync::{installation, protocol::ChangeKind},
};

/// True where another installation has to begin on this file: the file is a copy, or its installation cannot show any more that the name is
/// its own.
pub fn needs_another_installation(transaction: &Transaction<'_>, head: &Head, marker: Option<Marker<'_>>) -> Result<bool> {
    Ok(is_copy(transaction, head, marker)? || lost_its_key(transaction, head)?)
}

/// True where the marker names another installation than the file, or is gone: the file came from a backup, or from another phone. An app that
/// passes a marker for the first time has none yet, and its file is no copy for that.
fn is_copy(transaction: &Transaction<'_>, head: &Head, marker: Option<Marker<'_>>) -> Result<bool> {
    let Some(marker) = marker else { return Ok(false) };
    Ok(match marker.says_of(&head.state.install)? {
        Said::This => false,
        Said::Another => true,
        Said::Nothing => transaction.setting(MARKED)?.is_some(),
    })
}

/// Lets the marker name this installation, where the app passes one, and remembers that it does.
pub fn mark(transaction: &Transaction<'_>, install: &str, marker: Option<Marker<'_>>) -> Result<()> {
    let Some(marker) = marker else { return Ok(()) };
    marker.name(install)?;
    if transaction.setting(MARKED)?.is_none() {
        transaction.set_setting(MARKED, b"yes")?;
    }
    Ok(())
}

/// True where the key is gone of which the installation's name was made. Without it nothing shows the server that the name is its own.
fn lost_its_key(transaction: &Transaction<'_>, head: &Head) -> Result<bool> {
    let install = &head.state.install;
    if !installation::is_keyed(install) {
        return Ok(false);
    }
    Ok(transaction.setting(INSTALL_KEY)?.is_none_or(|key| installation::name(&key) != *install))
}

/// What of this ledger was lost: it ends before its watermark, or another ledger came so far, or so many noes lay in its mailbox that are
/// `unreadable` now. `level` is what the watermark said before the transaction began, or in one that writes.
pub fn lost(transaction: &Transaction<'_>, head: &Head, level: Option<Level>, unreadable: usize) -> Result<Option<Lost>> {
    let unreadable = i64::try_from(unreadable).unwrap_or(i64::MAX);
    let records = match transaction.compare(head, level)? {
        Compared::Whole if unreadable == 0 => return Ok(None),
        Compared::Whole => unreadable,
        Compared::Missing { records } => records.saturating_add(unreadable),
        Compared::Another => 0,
    };
    Ok(Some(Lost { records, since: transaction.record(head.seq)?.map(|record| record.at) }))
}

/// Makes a new installation's key and gives its name.
fn new_installation(writer: &LedgerWriter<'_>) -> Result<String> {
    let key = random::<{ installation::KEY_BYTES }>()?;
    writer.transaction.set_setting(INSTALL_KEY, &key)?;
    Ok(installation::name(&key))
}

/// Begins the first installation of a fresh file.
pub fn begin(writer: &mut LedgerWriter<'_>, marker: Option<Marker<'_>>, lost: Option<Lost>) -> Result<()> {
    let (install, device, person) = (new_installation(writer)?, random_name()?, random_name()?);
    writer.transaction.add_subject(&device, None)?;
    writer.transaction.add_subject(&person, None)?;
    writer.transaction.set_setting(SHOWN_KEY, &random::<32>()?)?;
    writer.append(&install, Body::Install(Install { device, person, lost }))?;
    mark(writer.transaction, &install, marker)
}

/// Begins a new installation on a file that came from a backup or another phone, or of which records are `lost`. On another phone the old
/// installation may still speak under its name; and after a loss the server may know records under that name that are not here any more.
pub fn restore(writer: &mut LedgerWriter<'_>, marker: Option<Marker<'_>>, lost: Option<Lost>) -> Result<()> {
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
    writer.append(&install, Body::Restore(Restore { former, device, lost }))?;
    writer.head.pending = writer.transaction.count_outbox()?;
    if writer.head.state.signed_in {
        let subject = writer.head.state.person.clone();
        writer.replace_waiting(&subject, ChangeKind::Link)?;
        writer.send(Body::Link(Link { subject, account: true }))?;
    }
    tell_signals(writer)?;
    mark(writer.transaction, &install, marker)
}
