//! A number that tells one thing from another, kept beside it so that it is worked out once.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

/// A number that tells apart what it is kept in. It is worked out once and kept. A copy has none yet, since copies are made to be changed.
#[derive(Debug, Default)]
pub struct Print(AtomicU64);

impl Clone for Print {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Print {
    /// The print of what it is kept in, which is given as `whole`.
    pub fn of(&self, whole: &impl Hash) -> u64 {
        let known = self.0.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        let mut hasher = DefaultHasher::new();
        whole.hash(&mut hasher);
        // 0 stands for none.
        let print = hasher.finish().max(1);
        self.0.store(print, Ordering::Relaxed);
        print
    }

    /// To be called when what it is kept in is about to change.
    pub fn forget(&mut self) {
        *self.0.get_mut() = 0;
    }
}
