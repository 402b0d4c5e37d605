//! The devices and persons that the records are about. Records name them by random references.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Key;
use crate::{debug::silent, json::FromJson, signal::PersonSignals};

/// What a reference stands for. The record that first names the reference says it. It changes only when a copied file becomes an
/// installation of its own: its device is then a former one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// This installation.
    Device,
    /// The device of the installation that this file was copied from. Of its answers only the refusals and withdrawals are still sent,
    /// under its own name.
    FormerDevice,
    /// A person who has not signed in.
    #[default]
    Anonymous,
    /// An account. Its name is not in the ledger but in the table `subject`.
    Account,
}

/// Whether all that a subject said elsewhere is known on this device. Until it is, its silence is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Pulled {
    /// No: since the last sign-in, or since the file came from elsewhere, or since the server spoke of a no that is not known here, it has
    /// not told all of it.
    #[default]
    NotYet,
    /// Yes: the server told all of it since, or nothing was ever said elsewhere.
    All,
    /// No, and nobody can tell it: an account signed out, and who is in front of the screen since then has said nothing under a name of
    /// their own. It may be the person of that account.
    Never,
    /// No, and nobody can tell it: records of this file were lost, and what was said in them to the device, or by a person without an
    /// account, is nowhere else. Only what is answered anew counts.
    Lost,
}

impl Pulled {
    fn is_not_yet(&self) -> bool {
        *self == Self::NotYet
    }
}

/// One subject: a device or a person.
#[derive(Clone, PartialEq, Eq, Default, Serialize, FromJson)]
pub struct Subject {
    /// Whether it is a device or a person, and which kind.
    pub kind: SubjectKind,
    /// What the app said of a person: age and guardian.
    #[serde(default)]
    pub signals: PersonSignals,
    /// True where no record of this installation says that yet, so that the server may not know it. So it is after a file was restored, and
    /// in files of older versions, where the records of the device told it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untold: bool,
    /// Whether all that was said elsewhere is known here.
    #[serde(default, skip_serializing_if = "Pulled::is_not_yet")]
    pub pulled: Pulled,
    /// What is known of each purpose, by purpose. The table `state` keeps each in a row of its own.
    #[serde(skip)]
    pub keys: BTreeMap<String, Key>,
}

silent!(Subject);
