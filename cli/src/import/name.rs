//! What the purpose of a row is called, and which purposes of the policy that may mean. A table has many rows and few names, so each name is
//! judged once.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use consentkit::policy::{Policy, nearest};

use super::map::{Map, asked_for};

/// Shortest name of a purpose that is looked for within a longer one, in characters. Shorter ones are part of many words.
const SHORTEST_NAME_WITHIN: usize = 3;

/// One name.
pub struct Name {
    /// The purpose that has the name, or else why none is taken for it.
    pub purpose: Result<String, String>,
    /// The purposes that it may mean: the one that has it, or else those with a name like it.
    pub meant: Vec<String>,
}

/// The names of a table.
pub struct Names<'a> {
    map: &'a Map,
    policy: &'a Policy,
    /// What purposes are called in the policy and in the older system: the letters of the name, and the purpose.
    known: Vec<(String, &'a str)>,
    judged: RefCell<HashMap<String, Rc<Name>>>,
}

impl<'a> Names<'a> {
    pub fn new(map: &'a Map, policy: &'a Policy) -> Self {
        let asked = policy.purposes.iter().filter(|purpose| purpose.basis.may_be_answered());
        let own = asked.map(|purpose| (purpose.id.as_str(), purpose.id.as_str()));
        let known = own.chain(map.names()).map(|(name, id)| (plain(name), id)).collect();
        Self { map, policy, known, judged: RefCell::default() }
    }

    /// What is known of a name.
    pub fn of(&self, name: &str) -> Rc<Name> {
        if let Some(judged) = self.judged.borrow().get(name) {
            return judged.clone();
        }
        let id = self.map.purpose(name);
        let purpose = asked_for(self.policy, id).map(|()| id.to_owned());
        let judged = Rc::new(Name { purpose, meant: self.meant(name, id) });
        self.judged.borrow_mut().insert(name.to_owned(), judged.clone());
        judged
    }

    fn meant(&self, name: &str, id: &str) -> Vec<String> {
        if self.policy.purpose(id).is_some() {
            return vec![id.to_owned()];
        }
        let letters = plain(name);
        let within = |long: &str, short: &str| short.chars().count() >= SHORTEST_NAME_WITHIN && long.contains(short);
        let like =
            |other: &str| other == letters || within(other, &letters) || within(&letters, other) || nearest(&letters, [other]).is_some();
        self.known.iter().filter(|(known, _)| like(known)).map(|(_, id)| (*id).to_owned()).collect()
    }
}

/// The letters and digits of a name, all small and of the usual width, so that `E-Mail` and `email` are the same.
fn plain(name: &str) -> String {
    let usual = |letter: char| match u32::from(letter) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(letter),
        _ => letter,
    };
    name.chars().map(usual).filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
