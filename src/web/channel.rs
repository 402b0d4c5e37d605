//! The channel by which pages speak to the app: who is heard, how often, and the forms that were given out.

use std::collections::VecDeque;

use super::{
    message::{self, MAX_MESSAGE_BYTES, Message},
    origin::{MAX_ORIGINS, MAX_ORIGINS_BYTES, Origin, OriginFault},
    pace::{Pace, WEIGHT_OF_WRITING},
};

/// How many names of messages are remembered, so that one that comes a second time is not heard again. At the pace at which messages are
/// heard, that is the last four minutes at least.
const MAX_REMEMBERED: usize = 256;

/// Most forms whose tokens are kept for the pages. A page shows one, and few pages are open at once; the oldest gives way.
const MAX_FORMS: usize = 8;

/// Why a message of a page was not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum WebRefusal {
    /// It came from a page of another origin.
    Origin,
    /// It came from a frame within a page, which whoever embeds it may have laid under a button of its own.
    Frame,
    /// It is longer than any message of the script.
    TooLarge,
    /// The page says too much. It is heard again after a while.
    TooMany,
    /// It is no message of the script: no JSON, an unknown kind or member, a member that is missing.
    Malformed,
    /// It does not bear the nonce of this channel.
    Nonce,
    /// It came before.
    Repeated,
    /// The form that it answers is not known here, or not any more. The page asks again.
    UnknownForm,
}

impl WebRefusal {
    /// The stable code, which the page is told: `unknown_form`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Frame => "frame",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Malformed => "malformed",
            Self::Nonce => "nonce",
            Self::Repeated => "repeated",
            Self::UnknownForm => "unknown_form",
        }
    }
}

/// A message that was not heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: WebRefusal,
    /// The message that is answered with the refusal. `None` where it is not known that a page of ours sent it, which hears nothing then.
    pub id: Option<String>,
}

impl From<WebRefusal> for Refused {
    fn from(refusal: WebRefusal) -> Self {
        Self { refusal, id: None }
    }
}

/// Who sent a message, as the web view says and not as the message says.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The origin of the page: `https://shop.example`. A page without one has `null`.
    pub origin: &'a str,
    /// True for the page itself, false for a frame within a page.
    pub main_frame: bool,
}

/// The channel of one web view.
pub struct Channel {
    nonce: String,
    origins: Vec<Origin>,
    pace: Pace,
    remembered: VecDeque<String>,
    forms: VecDeque<(String, String)>,
}

impl Channel {
    /// A channel for pages of these origins. `nonce` is a new random name, and `now` is in milliseconds of a clock that never goes back. An
    /// origin that cannot be one is told with its place.
    pub fn new(nonce: String, origins: &[String], now: i64) -> Result<Self, (usize, OriginFault)> {
        let read = |(place, origin): (usize, &String)| Origin::read(origin).map_err(|fault| (place, fault));
        let origins = origins.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { nonce, origins, pace: Pace::new(now), remembered: VecDeque::new(), forms: VecDeque::new() })
    }

    /// True where so many origins of this length fit into the script.
    pub fn has_room_for(origins: &[String]) -> bool {
        origins.len() <= MAX_ORIGINS && origins.iter().map(String::len).sum::<usize>() <= MAX_ORIGINS_BYTES
    }

    /// What the script bears so that its messages are known.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The origins whose pages are heard.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// Hears a message at `now`. What costs least and lets nobody take the turn of another is asked first: a foreign page that floods the
    /// channel does not use up what the app's own pages may say.
    pub fn hear(&mut self, text: &str, sender: Sender<'_>, now: i64) -> Result<Message, Refused> {
        let known = Origin::read(sender.origin).is_ok_and(|origin| self.origins.contains(&origin));
        if !known {
            return Err(WebRefusal::Origin.into());
        }
        if !sender.main_frame {
            return Err(WebRefusal::Frame.into());
        }
        if text.len() > MAX_MESSAGE_BYTES {
            return Err(WebRefusal::TooLarge.into());
        }
        if !self.pace.take(1, now) {
            return Err(WebRefusal::TooMany.into());
        }
        let message = message::read(text).ok_or(WebRefusal::Malformed)?;
        if message.nonce != self.nonce {
            return Err(WebRefusal::Nonce.into());
        }
        if self.remembered.contains(&message.id) {
            return Err(WebRefusal::Repeated.into());
        }
        if self.remembered.len() == MAX_REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(message.id.clone());
        if message.said.writes() && !self.pace.take(WEIGHT_OF_WRITING - 1, now) {
            return Err(Refused { refusal: WebRefusal::TooMany, id: Some(message.id) });
        }
        Ok(message)
    }

    /// Keeps the token of a form under the name that the page is given for it. The token itself stays here, because it names the person.
    pub fn keep_form(&mut self, name: String, token: String) {
        if self.forms.len() == MAX_FORMS {
            self.forms.pop_front();
        }
        self.forms.push_back((name, token));
    }

    /// The token of a form that a page was given.
    pub fn form(&self, name: &str) -> Option<&str> {
        self.forms.iter().find(|(known, _)| known == name).map(|(_, token)| token.as_str())
    }

    /// Forgets a form that went away.
    pub fn forget_form(&mut self, name: &str) {
        self.forms.retain(|(known, _)| known != name);
    }
}
