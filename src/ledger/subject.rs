//! Whom the records are about: each reference with what it stands for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Key;
use crate::{debug::silent, json::FromJson, signal::PersonSignals};

/// What a reference stands for. It follows from the record that first named it, and changes only when a copied file becomes an installation
/// of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// This installation.
    Device,
    /// An installation that this file was copied from. Only what it refused or withdrew is still sent, under its name.
    FormerDevice,
    /// A person who has not signed in.
    #[default]
    Anonymous,
    /// An account. Its name is not in the ledger: the table `subject` holds it.
    Account,
}

/// One subject: a device or a person.
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// What the host said of it, for a person.
    #[serde(default)]
    pub signals: PersonSignals,
    /// True where no record of this installation's own says so yet, so that the server may not know: after a restore, and in a file of before,
    /// where the device's records told it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untold: bool,
    /// What is known of its purposes, by purpose. Kept in rows of their own.
    #[serde(skip)]
    pub keys: BTreeMap<String, Key>,
}

silent!(Subject);
