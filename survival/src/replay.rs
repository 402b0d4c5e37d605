//! What lies on a disk after the power went, for each way in which it may have lost what was not synced.

use std::collections::BTreeMap;

use crate::{
    chance::Chance,
    tape::{Kept, Operation},
};

/// What a disk writes as a whole, in bytes.
const SECTOR: usize = 512;

/// What a disk does with what was not synced when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It keeps everything, as when only the process ends.
    Nothing,
    /// It loses everything that was not synced.
    Everything,
    /// It keeps some of it, in no order.
    Some,
    /// It keeps a beginning of it, and the write after that is torn.
    Torn,
}

/// The files as they lie on the disk.
pub type Files = BTreeMap<Kept, Vec<u8>>;

/// The files while operations are done to them.
#[derive(Default, Clone)]
pub struct Replay {
    synced: Files,
    now: Files,
    unsynced: Vec<Operation>,
}

impl Replay {
    /// Does the next operation.
    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Acknowledged => {}
            Operation::Sync { file } => {
                self.unsynced.retain(|waiting| of(waiting) != Some(*file));
                if let Some(bytes) = self.now.get(file) {
                    self.synced.insert(*file, bytes.clone());
                }
            }
            Operation::Replace { file, bytes } => {
                // The folder is synced with it, and with the folder what was removed from it.
                for waiting in std::mem::take(&mut self.unsynced) {
                    match waiting {
                        Operation::Delete { file } => drop(self.synced.remove(&file)),
                        other if of(&other) == Some(*file) => {}
                        other => self.unsynced.push(other),
                    }
                }
                self.synced.insert(*file, bytes.clone());
                self.now.insert(*file, bytes.clone());
            }
            other => {
                apply(&mut self.now, other);
                self.unsynced.push(other.clone());
            }
        }
    }

    /// What lies on the disk if the power goes now.
    pub fn after(&self, loss: Loss, chance: &mut Chance) -> Files {
        let mut files = self.synced.clone();
        match loss {
            Loss::Nothing => return self.now.clone(),
            Loss::Everything => {}
            Loss::Some => self.unsynced.iter().filter(|_| chance.once_in(2)).for_each(|operation| apply(&mut files, operation)),
            Loss::Torn => {
                let whole = chance.below(self.unsynced.len());
                self.unsynced.iter().take(whole).for_each(|operation| apply(&mut files, operation));
                if let Some(torn) = self.unsynced.get(whole) {
                    tear(&mut files, torn, chance);
                }
            }
        }
        files
    }
}

/// Does a part of a write: each sector of it, or not.
fn tear(files: &mut Files, operation: &Operation, chance: &mut Chance) {
    let Operation::Write { file, offset, bytes } = operation else { return };
    for (index, sector) in bytes.chunks(SECTOR).enumerate() {
        if chance.once_in(2) {
            let written = Operation::Write { file: *file, offset: offset + index * SECTOR, bytes: sector.to_vec() };
            apply(files, &written);
        }
    }
}

fn of(operation: &Operation) -> Option<Kept> {
    match operation {
        Operation::Write { file, .. }
        | Operation::Truncate { file, .. }
        | Operation::Sync { file }
        | Operation::Delete { file }
        | Operation::Replace { file, .. } => Some(*file),
        Operation::Acknowledged => None,
    }
}

fn apply(files: &mut Files, operation: &Operation) {
    match operation {
        Operation::Write { file, offset, bytes } => {
            let found = files.entry(*file).or_default();
            let end = offset + bytes.len();
            if found.len() < end {
                found.resize(end, 0);
            }
            found[*offset..end].copy_from_slice(bytes);
        }
        Operation::Truncate { file, length } => {
            if let Some(found) = files.get_mut(file) {
                found.truncate(*length);
            }
        }
        Operation::Delete { file } => drop(files.remove(file)),
        Operation::Replace { .. } | Operation::Sync { .. } | Operation::Acknowledged => {}
    }
}
