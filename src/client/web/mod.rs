//! Web views: what their pages are handed, and what comes back from them.

mod answer;
mod form;
mod hand_off;
mod view;

pub use answer::{WebAnswer, WebOutcome};
pub use hand_off::WebHandOff;
pub use view::WebView;

pub(super) use answer::web_message;
pub(super) use hand_off::web_hand_off;
pub(super) use view::web_view;
