//! A phone in a history: the real client, and what the ghost knows of it.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use consentkit::{
    client::{Answer, Consent, Receipt},
    ledger::Status,
};
use serde_json::Value;

use super::{
    ghost::{Ghost, Key, Ops, Who, list},
    lossy::Lossy,
};
use crate::stage::{Clock, Device, Done, SILENT, verify};

/// The accounts of a history.
pub const ACCOUNTS: [&str; 2] = ["acct_1", "acct_2"];
/// The purposes of a history: three that follow the person, of which the third is allowed until the person objects, and one that follows the
/// device.
pub const PURPOSES: [&str; 4] = ["marketing.data_use", "marketing.email", SILENT, "cookies.analytics"];
/// The one that follows the device.
pub const DEVICE_PURPOSE: &str = PURPOSES[3];

/// A form as it was drawn: its token, and what it showed to whom.
#[derive(Clone)]
pub struct Form {
    shown: String,
    person: Who,
    device: Who,
    visible: BTreeMap<String, Ops>,
}

/// The last word on a key that was said here.
#[derive(Clone)]
pub struct Word {
    /// Its operation.
    pub op: String,
    /// True where it is a no.
    pub lowers: bool,
}

/// What the ghost knows of a phone. A phone that is copied from another takes it along.
#[derive(Clone, Default)]
pub struct Memory {
    /// The person in front of the screen.
    pub person: Who,
    /// The device itself.
    pub device: Who,
    /// The account, while signed in.
    pub account: Option<&'static str>,
    /// Forms that were drawn and kept.
    pub forms: Vec<Form>,
    /// Withdrawals that this phone made or was told of.
    pub known: BTreeMap<Key, Ops>,
    /// Withdrawals of the anonymous person who signed in. Whoever gives a grant for the account saw them. They bind the account only where a merge
    /// brought them along.
    pub earlier: BTreeMap<Key, Ops>,
    /// Those among them that were made here.
    pub own: BTreeMap<Key, Ops>,
    /// The last word said here.
    pub words: BTreeMap<Key, Word>,
    /// The grant that the server named last, if it named one.
    pub told: BTreeMap<Key, Option<String>>,
    /// True where another phone may share this one's subjects.
    pub shared: bool,
    /// True where the server has told all that it holds of the person since the person came in front of this phone, or since its file came
    /// from elsewhere. Of the first anonymous person nobody else knows anything.
    pub heard: bool,
}

/// A phone.
pub struct Phone {
    /// What it is called in the steps.
    pub name: String,
    /// How it is opened.
    pub device: Device,
    /// Its time.
    pub clock: Arc<Clock>,
    /// Its wire.
    pub wire: Arc<Lossy>,
    /// The client.
    pub consent: Consent,
    /// The ghost's part.
    pub memory: Memory,
    /// True where nothing was ever said here: nothing may be sent (KR-19), and nothing is known.
    pub quiet: bool,
}

impl Phone {
    fn who(&self, purpose: &str) -> Who {
        if purpose == DEVICE_PURPOSE { self.memory.device.clone() } else { self.memory.person.clone() }
    }

    fn key(&self, purpose: &str) -> Key {
        (self.who(purpose), purpose.to_owned())
    }

    /// Draws the form.
    pub fn draw(&self) -> Done<Form> {
        let form = self.consent.questions("settings")?;
        let known = |purpose: &str| {
            let key = self.key(purpose);
            let maps = [&self.memory.known, &self.memory.earlier];
            maps.into_iter().filter_map(|map| map.get(&key)).flatten().cloned().collect::<Ops>()
        };
        let visible = PURPOSES.iter().map(|purpose| ((*purpose).to_owned(), known(purpose))).collect();
        Ok(Form { shown: form.shown, person: self.memory.person.clone(), device: self.memory.device.clone(), visible })
    }

    /// Answers a form. False says that the form is no longer good.
    pub fn answer(&mut self, ghost: &mut Ghost, form: &Form, answers: &[Answer]) -> Done<bool> {
        match self.consent.record(&form.shown, answers) {
            Ok(receipt) => {
                if form.person != self.memory.person || form.device != self.memory.device {
                    return Err("a form drawn for someone else was taken".into());
                }
                self.said(ghost, &receipt, Some(form));
                Ok(true)
            }
            Err(consentkit::error::Error::Shown { .. }) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// Withdraws.
    pub fn withdraw(&mut self, ghost: &mut Ghost, purpose: &str) -> Done {
        let receipt = self.consent.withdraw(&[purpose])?;
        self.said(ghost, &receipt, None);
        Ok(())
    }

    fn said(&mut self, ghost: &mut Ghost, receipt: &Receipt, form: Option<&Form>) {
        for item in &receipt.items {
            let key = self.key(&item.purpose);
            let lowers = item.choice.lowers();
            if lowers {
                ghost.withdrew(&item.op, key.clone(), false);
                self.memory.known.entry(key.clone()).or_default().insert(item.op.clone());
                self.memory.own.entry(key.clone()).or_default().insert(item.op.clone());
            } else {
                let visible = form.and_then(|form| form.visible.get(&item.purpose)).cloned().unwrap_or_default();
                ghost.granted(&item.op, &key.0, visible);
            }
            self.memory.words.insert(key, Word { op: item.op.clone(), lowers });
        }
    }

    /// Signs in; what nobody in particular refused is refused for the account.
    pub fn sign_in(&mut self, ghost: &mut Ghost, account: &'static str) -> Done {
        self.consent.sign_in(account)?;
        if self.memory.account.is_none() {
            for purpose in PURPOSES.iter().filter(|purpose| **purpose != DEVICE_PURPOSE) {
                let from = self.key(purpose);
                let to: Key = (account.to_owned(), (*purpose).to_owned());
                let seen = self.memory.known.get(&from).cloned().unwrap_or_default();
                self.memory.earlier.entry(to.clone()).or_default().extend(seen);
                if let Some(word) = self.memory.words.get(&from).filter(|word| word.lowers).cloned() {
                    // Where phones share the anonymous person, the last word may be another phone's. The wire tells which was brought along.
                    if !self.memory.shared {
                        ghost.withdrew(&word.op, to.clone(), false);
                        if let Some(known) = ghost.withdrawals.get_mut(&word.op) {
                            (known.key, known.brought) = (to.clone(), true);
                        }
                        self.memory.words.insert(to.clone(), word.clone());
                    }
                    self.memory.known.entry(to.clone()).or_default().insert(word.op.clone());
                    self.memory.own.entry(to).or_default().insert(word.op);
                }
            }
        }
        if self.memory.account != Some(account) {
            self.memory.heard = false;
        }
        (self.memory.person, self.memory.account) = (account.to_owned(), Some(account));
        Ok(())
    }

    /// Signs out, to a new anonymous person.
    pub fn sign_out(&mut self, anonymous: Who) -> Done {
        self.consent.sign_out()?;
        if self.memory.account.take().is_some() {
            self.memory.person = anonymous;
            self.memory.heard = false;
        }
        Ok(())
    }

    /// The app ends and starts.
    pub fn restart(&mut self) -> Done {
        self.consent.shutdown()?;
        self.consent = self.device.open()?;
        Ok(())
    }

    /// Copies the files to another folder while the app is closed.
    pub fn copy_to(&mut self, path: &Path, marker: Option<&Path>) -> Done {
        self.consent.shutdown()?;
        fs::copy(&self.device.path, path)?;
        if let (Some(own), Some(marker)) = (&self.device.marker, marker) {
            // Of a cloned disk, on which the database has the number that it had: the line that names it is left out.
            fs::write(marker, fs::read_to_string(own)?.lines().next().unwrap_or_default())?;
        }
        self.consent = self.device.open()?;
        Ok(())
    }

    /// Takes down what crossed the wire. Gives the operations that answers named, and each exchange in words.
    pub fn hear(&mut self, ghost: &mut Ghost) -> (Ops, Vec<String>) {
        let (mut named, mut told) = (Ops::new(), vec![]);
        for crossed in self.wire.take() {
            told.push(crossed.told());
            let wire = crossed.request["subject"].as_str().unwrap_or_default().to_owned();
            let who = self.whose(ghost, &wire, &crossed.request);
            for change in list(&crossed.request, "changes") {
                merged(ghost, change, &who);
            }
            let Some(answer) = crossed.answer else { continue };
            self.memory.heard |= who == self.memory.person && answer["more"] != true;
            named.extend(list(&answer, "results").iter().filter_map(|result| result["op"].as_str().map(str::to_owned)));
            for state in list(&answer, "states") {
                let key = (who.clone(), state["purpose"].as_str().unwrap_or_default().to_owned());
                let ops = list(state, "withdrawals").iter().filter_map(|known| known["op"].as_str().map(str::to_owned));
                self.memory.known.entry(key.clone()).or_default().extend(ops);
                let grant = state["op"].as_str().filter(|_| state["status"] == "granted").map(str::to_owned);
                self.memory.told.insert(key, grant);
            }
        }
        (named, told)
    }

    fn whose(&self, ghost: &mut Ghost, wire: &str, request: &Value) -> Who {
        if !wire.starts_with("device:") && !wire.starts_with("anonymous:") {
            ghost.wire.insert(wire.to_owned(), wire.to_owned());
            return wire.to_owned();
        }
        if let Some(known) = ghost.wire.get(wire) {
            return known.clone();
        }
        let by_change = list(request, "changes").iter().find_map(|change| ghost.about.get(change["op"].as_str()?).cloned());
        let who =
            by_change.unwrap_or_else(|| if wire.starts_with("device:") { self.memory.device.clone() } else { self.memory.person.clone() });
        ghost.wire.insert(wire.to_owned(), who.clone());
        who
    }

    /// A new installation began on this file: its device is a new one, and forms drawn before are void.
    pub fn renewed(&mut self, device: Who) {
        self.memory.device = device;
        self.memory.forms.clear();
        self.memory.shared = true;
        self.memory.heard = false;
    }

    /// Whether a purpose's grant counts here, whatever it requires besides.
    pub fn counts(&self, purpose: &str) -> bool {
        let snapshot = self.consent.snapshot();
        snapshot.answers.get(purpose).is_some_and(|answer| answer.status == Status::Granted && answer.ask_again.is_none())
    }

    /// What silence allows here is known not to have been objected to: the server told all of it, and nothing that it told or that was said here is
    /// an objection which no yes took back.
    fn check_silence(&self) -> Done {
        if !self.consent.allows(SILENT) {
            return Ok(());
        }
        if !self.memory.heard {
            return Err(format!("{}: {SILENT} is allowed before the server told what was said elsewhere", self.name).into());
        }
        let known = self.memory.known.get(&self.key(SILENT)).and_then(|known| known.first());
        match known.filter(|_| !self.counts(SILENT)) {
            Some(objection) => Err(format!("{}: {SILENT} is allowed by silence over {objection}", self.name).into()),
            None => Ok(()),
        }
    }

    /// Every grant that counts here was made in sight of every withdrawal that this phone knows of, and the ledger verifies.
    pub fn check(&self, ghost: &Ghost) -> Done {
        for purpose in PURPOSES.iter().filter(|purpose| self.counts(purpose)) {
            let key = self.key(purpose);
            let nothing = Ops::new();
            let (known, own) = (self.memory.known.get(&key).unwrap_or(&nothing), self.memory.own.get(&key).unwrap_or(&nothing));
            let here = self.memory.words.get(&key).filter(|word| !word.lowers).map(|word| word.op.clone());
            let brought = self.memory.words.iter().filter(|((_, of), word)| of == purpose && !word.lowers).map(|(_, word)| word.op.clone());
            let candidates: Vec<String> = here
                .into_iter()
                .chain(self.memory.told.iter().filter(|((_, of), _)| of == purpose).filter_map(|(_, grant)| grant.clone()))
                .chain(brought)
                .collect();
            let mut unseen = Some("anything".to_owned());
            for grant in &candidates {
                unseen = ghost.unseen(grant, known, own)?;
                if unseen.is_none() {
                    break;
                }
            }
            if let Some(unseen) = unseen {
                return Err(format!("RESURRECTION on {}: {purpose} counts without a grant in sight of {unseen}", self.name).into());
            }
        }
        self.check_silence()?;
        verify(&self.consent)
    }
}

/// A merge brings an anonymous no into an account; the wire tells which.
fn merged(ghost: &mut Ghost, change: &Value, who: &str) {
    if change["kind"] != "merge" {
        return;
    }
    let Some(record) = change["record"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) else { return };
    for answer in list(&record, "answers") {
        let (Some(op), Some(purpose)) = (answer["op"].as_str(), answer["purpose"].as_str()) else { continue };
        if answer["choice"] != "granted" {
            ghost.withdrew(op, (who.to_owned(), purpose.to_owned()), false);
        }
    }
}
