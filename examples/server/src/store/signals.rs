//! The signals that phones told: of themselves, and of the person in front of them.

use consentkit::{
    ledger::SignalRecord,
    signal::{PersonSignals, Platform, Signals},
};
use rusqlite::{Transaction, params};
use serde::{Serialize, de::DeserializeOwned};

use super::{unword, word};
use crate::http::Fault;

/// What one installation said last of itself.
pub struct DeviceSignals {
    /// The installation.
    pub install: String,
    /// Where it runs; absent for a phone that did not say.
    pub platform: Option<Platform>,
    /// Its signals.
    pub signals: Signals,
    /// The place of its last record that told of another advertising id; 0 where none did.
    pub ad_id_changed: i64,
}

fn write<T: Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::damaged())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::damaged())
}

/// Keeps what a device said last of itself. An older record that arrives late changes nothing.
pub fn set_device_signals(tx: &Transaction<'_>, install: &str, seq: i64, said: &SignalRecord) -> Result<(), Fault> {
    if said.ad_id_changed {
        tx.execute("UPDATE install SET ad_id_changed = ?1 WHERE install = ?2 AND ad_id_changed < ?1", params![seq, install])?;
    }
    tx.execute(
        "UPDATE install SET signals = ?1, platform = ?2, signals_seq = ?3 WHERE install = ?4 AND signals_seq <= ?3",
        params![write(&said.signals)?, said.platform.map(word), seq, install],
    )?;
    Ok(())
}

/// Keeps what an installation said last of a person. An older record that arrives late changes nothing.
pub fn set_person_signals(tx: &Transaction<'_>, subject: i64, install: &str, seq: i64, said: &PersonSignals) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO person_signal (subject, install, seq, signals, told)
           SELECT ?1, ?2, ?3, ?4, 1 + coalesce(max(told), 0) FROM person_signal WHERE subject = ?1
         ON CONFLICT (subject, install) DO UPDATE SET seq = excluded.seq, signals = excluded.signals, told = excluded.told
           WHERE excluded.seq > seq",
        params![subject, install, seq, write(said)?],
    )?;
    Ok(())
}

/// What each installation on which a subject was used said last of itself.
pub fn device_signals(tx: &Transaction<'_>, subject: i64) -> Result<Vec<DeviceSignals>, Fault> {
    let mut rows = tx.prepare(
        "SELECT install, platform, signals, ad_id_changed FROM install WHERE signals IS NOT NULL AND install IN
           (SELECT install FROM link WHERE subject = ?1 UNION SELECT install FROM subject WHERE id = ?1)",
    )?;
    let mut found = rows.query([subject])?;
    let mut devices = Vec::new();
    while let Some(row) = found.next()? {
        let platform = row.get::<_, Option<String>>(1)?.map(|platform| unword(&platform)).transpose()?;
        let signals = read(&row.get::<_, String>(2)?)?;
        devices.push(DeviceSignals { install: row.get(0)?, platform, signals, ad_id_changed: row.get(3)? });
    }
    Ok(devices)
}

/// What each installation said last of a person, in the order in which it came in.
pub fn person_signals(tx: &Transaction<'_>, subject: i64) -> Result<Vec<(String, PersonSignals)>, Fault> {
    let mut rows = tx.prepare("SELECT install, signals FROM person_signal WHERE subject = ?1 ORDER BY told")?;
    let said = rows.query_map([subject], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?.collect::<Result<Vec<_>, _>>()?;
    said.into_iter().map(|(install, text)| Ok((install, read(&text)?))).collect()
}
