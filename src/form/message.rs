//! What a page sends: a form post of the web, or the same text handed to a host by script. It comes from a web view, so it is read as any bad
//! input: with bounds, and only in the one form that the page has.

use std::collections::BTreeSet;

use super::{
    draft::{FormDraft, FormEnd},
    fault::FormFault,
};
use crate::digest;

/// Longest message that is read, in bytes. 200 purposes with the longest ids stay below.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// What the person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageAction {
    /// A switch was tapped; the form goes on.
    Draft,
    /// The form is saved.
    Save,
    /// Everything on the screen is agreed to.
    AcceptAll,
    /// Everything on the screen is refused.
    RefuseAll,
    /// The form is closed.
    Close,
}

/// A message of a page.
#[derive(Clone, PartialEq, Eq)]
pub struct PageMessage {
    action: PageAction,
    on: BTreeSet<String>,
}

impl PageMessage {
    /// Reads a message. `nonce` is the one that the page was drawn with.
    pub fn read(message: &str, nonce: &str) -> Result<Self, FormFault> {
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(FormFault::TooLong { limit: MAX_MESSAGE_BYTES });
        }
        let refuse = |reason| FormFault::Message { reason };
        let (mut told, mut action, mut on) = (None, None, BTreeSet::new());
        for pair in message.split('&') {
            let (name, value) = pair.split_once('=').ok_or_else(|| refuse("has a field without a value"))?;
            let value = decoded(value).ok_or_else(|| refuse("has a value that is not percent-encoded UTF-8"))?;
            let twice = match name {
                "nonce" => told.replace(value).is_some(),
                "do" => action.replace(action_of(&value).ok_or_else(|| refuse("has an action that is not known"))?).is_some(),
                "on" => !on.insert(value),
                _ => return Err(refuse("has a field that is not known")),
            };
            if twice {
                return Err(refuse("has a field twice"));
            }
        }
        // Hashes are compared, so that the time it takes tells nothing of the nonce.
        let told = told.ok_or_else(|| refuse("has no nonce"))?;
        if nonce.is_empty() || digest::hash(told.as_bytes()) != digest::hash(nonce.as_bytes()) {
            return Err(FormFault::Foreign);
        }
        Ok(Self { action: action.ok_or_else(|| refuse("has no action"))?, on })
    }

    /// What the person did.
    pub fn action(&self) -> PageAction {
        self.action
    }
}

impl FormDraft {
    /// Does what a page says. `None` while the form goes on. A form that has ended takes nothing more, so that a message that is sent twice
    /// answers once.
    pub fn take(&mut self, message: &PageMessage) -> Result<Option<FormEnd>, FormFault> {
        if message.action != PageAction::Close {
            self.take_posted(&message.on)?;
        }
        match message.action {
            PageAction::Draft => Ok(None),
            PageAction::Save => self.save().map(Some),
            PageAction::AcceptAll => self.accept_all().map(Some),
            PageAction::RefuseAll => self.refuse_all().map(Some),
            PageAction::Close => self.close().map(Some),
        }
    }
}

fn action_of(word: &str) -> Option<PageAction> {
    Some(match word {
        "draft" => PageAction::Draft,
        "save" => PageAction::Save,
        "accept_all" => PageAction::AcceptAll,
        "refuse_all" => PageAction::RefuseAll,
        "close" => PageAction::Close,
        _ => return None,
    })
}

/// A value of a form post: `+` is a space, `%41` a byte.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut left = value.bytes();
    while let Some(byte) = left.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [left.next()?, left.next()?];
                let digits = std::str::from_utf8(&digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
                u8::from_str_radix(digits, 16).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}
