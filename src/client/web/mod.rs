//! Web views: what their pages are handed, and what comes back from them.

mod answer;
mod form;
mod hand_off;
mod pages;

pub use answer::{WebAnswer, WebOutcome};
pub use hand_off::WebHandOff;
pub use pages::WebPages;

pub(super) use answer::web_message;
pub(super) use hand_off::web_hand_off;
pub(super) use pages::web_pages;
