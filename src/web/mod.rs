//! What a page in a web view is told before its own scripts run, and what it may say back.
//!
//! [`hand_off`] makes the script: the purposes that are allowed, the four consent types of Google Consent Mode with denied first, Global
//! Privacy Control, and which cookies the page's scripts may set. [`Channel`] judges what a page says, and [`reply`] is what it is answered.
//! The script lies in `hand_off.js`; `hand_off.min.js` is the same with short names, and is what pages get.

mod channel;
mod escape;
mod message;
mod origin;
mod pace;
mod page_state;
mod reply;
mod script;

pub use channel::{Channel, Refused, Sender, WebRefusal};
pub use message::{MAX_MESSAGE_BYTES, Message, Said};
pub use origin::{MAX_ORIGINS, MAX_ORIGINS_BYTES, Origin, OriginFault};
pub use page_state::{Facts, PageState, asserts_gpc};
pub use reply::reply;
pub use script::{MAX_SCRIPT_BYTES, Script, hand_off, update};
