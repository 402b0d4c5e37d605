//! Which editions were delivered over the network, and which answers to them the app's own editions set aside.

use super::{CurrentAnswer, PolicyAdopted, State};

impl State {
    /// Takes up how an edition came here, and what it sets aside. `seq` is the position of the record that says so.
    pub(super) fn take_origin(&mut self, seq: i64, adopted: &PolicyAdopted) {
        self.delivered_editions.retain(|edition| *edition != adopted.edition);
        if adopted.delivered {
            self.delivered_editions.push(adopted.edition);
        }
        for aside in &adopted.sets_aside {
            self.set_aside.retain(|(_, known)| known != aside);
            self.set_aside.push((seq, aside.clone()));
        }
    }

    /// Lets a yes be asked again that was given to a delivered edition which the app's own did not follow. An answer that was given elsewhere
    /// does not say which edition it was given to, so only what was said here since then counts.
    pub fn lay_set_aside_over(&self, purpose: &str, answer: &mut CurrentAnswer) {
        for (seq, aside) in &self.set_aside {
            if answer.seq.is_none_or(|said| said < *seq) {
                aside.lay_over(purpose, answer);
            }
        }
    }
}
