//! The ghost: who said what, and what was on the screen when they said it. It is kept beside the run and uses none of the code that is
//! proved.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::stage::Done;

/// A subject: an account's name, or a name of ours for a device or an anonymous person.
pub type Who = String;
/// A subject's purpose.
pub type Key = (Who, String);
/// Operations.
pub type Ops = BTreeSet<String>;

/// A withdrawal or refusal that somebody made.
pub struct Withdrawal {
    /// What it is about.
    pub key: Key,
    /// True where it was made on a web page. No phone sends it again then.
    pub web: bool,
    /// True where a merge brought it along. The merge waits under a name of its own.
    pub brought: bool,
    /// True once the server held it.
    pub landed: bool,
    /// True from when a restored server lost it until somebody sends it again.
    pub doubtful: bool,
}

/// Everything that was said.
#[derive(Default)]
pub struct Ghost {
    /// By operation.
    pub withdrawals: BTreeMap<String, Withdrawal>,
    /// By operation: the withdrawals that its giver could see.
    pub grants: BTreeMap<String, Ops>,
    /// Whom an operation is about.
    pub about: BTreeMap<String, Who>,
    /// Subjects by their names on the wire.
    pub wire: BTreeMap<String, Who>,
}

impl Ghost {
    /// Somebody withdrew.
    pub fn withdrew(&mut self, op: &str, key: Key, web: bool) {
        // One that was brought along stays the anonymous person's own as well. The names on the wire are told apart by it.
        self.about.entry(op.to_owned()).or_insert_with(|| key.0.clone());
        self.withdrawals.entry(op.to_owned()).or_insert(Withdrawal { key, web, brought: false, landed: false, doubtful: false });
    }

    /// Somebody granted, in sight of `visible`.
    pub fn granted(&mut self, op: &str, who: &str, visible: Ops) {
        self.about.insert(op.to_owned(), who.to_owned());
        self.grants.insert(op.to_owned(), visible);
    }

    /// The first of these withdrawals that a grant could not see. A withdrawal that the server lost and nobody sent again is left out,
    /// unless it is `own`.
    pub fn unseen<'a>(&self, grant: &str, withdrawals: impl IntoIterator<Item = &'a String>, own: &Ops) -> Done<Option<String>> {
        let visible = self.grants.get(grant).ok_or_else(|| format!("granted by {grant}, which nobody said"))?;
        let doubtful = |op: &String| !own.contains(op) && self.withdrawals.get(op).is_some_and(|known| known.doubtful);
        Ok(withdrawals.into_iter().find(|op| !visible.contains(*op) && !doubtful(op)).cloned())
    }

    /// Holds one subject of the server, as its operator sees it, against what was said. `wire` is its name there.
    pub fn check_server(&mut self, wire: &str, view: &Value) -> Done {
        let held: Ops = list(view, "changes").iter().filter_map(|change| change["op"].as_str().map(str::to_owned)).collect();
        if held.len() != list(view, "changes").len() {
            return Err(format!("{wire} holds an operation twice").into());
        }
        for state in list(view, "states") {
            let numbered: Vec<String> =
                list(state, "withdrawals").iter().filter_map(|known| known["op"].as_str().map(str::to_owned)).collect();
            if numbered.iter().collect::<BTreeSet<_>>().len() != numbered.len() {
                return Err(format!("a withdrawal of {} was numbered twice", state["purpose"]).into());
            }
            // A refusal that a sign-in brought along is numbered twice, once for the anonymous person and once for the account. It is
            // awaited only with the subject that it is about.
            let here = (self.wire.get(wire).cloned().unwrap_or_default(), state["purpose"].as_str().unwrap_or_default().to_owned());
            for op in &numbered {
                if let Some(known) = self.withdrawals.get_mut(op).filter(|known| known.key == here) {
                    (known.landed, known.doubtful) = (true, false);
                }
            }
            if state["status"] == "granted" {
                let grant = state["op"].as_str().unwrap_or_default();
                if let Some(unseen) = self.unseen(grant, &numbered, &Ops::new())? {
                    return Err(
                        format!("RESURRECTION at the server: {} of {wire} granted by {grant} over {unseen}", state["purpose"]).into()
                    );
                }
            }
        }
        Ok(())
    }

    /// The server lost what it got since its backup. What it no longer holds counts as lost until a phone sends it again; a web page sends
    /// nothing again.
    pub fn lost(&mut self, held: &BTreeSet<(Key, String)>) -> Ops {
        let missing = self.withdrawals.iter().filter(|(op, known)| known.landed && !held.contains(&(known.key.clone(), (*op).clone())));
        let missing: Ops = missing.map(|(op, _)| op.clone()).collect();
        let web: Ops = missing.iter().filter(|op| self.withdrawals[*op].web).cloned().collect();
        for op in &missing {
            if let Some(known) = self.withdrawals.get_mut(op) {
                known.doubtful = true;
            }
        }
        self.withdrawals.retain(|op, _| !web.contains(op));
        web
    }
}

/// A list in a document. Where there is none, it is empty.
pub fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}
