//! The script that hands the state to a page, and the one that tells a page of a change.

use super::{
    channel::Channel,
    escape,
    page_state::{Facts, PageState},
    reply::reply,
};

/// Longest script that a page is handed, in bytes. It runs at the beginning of every page and holds the page up that long.
pub const MAX_SCRIPT_BYTES: usize = 4 * 1024;

/// The script with placeholders for its arguments. It is made of `hand_off.js`.
const HAND_OFF: &str = include_str!("hand_off.min.js");

/// The placeholders, at the end of the script.
const ARGUMENTS: &str = "(STATE,NONCE,ORIGINS);";

/// What a page is handed.
pub struct Script {
    /// To run at the beginning of each page, before its own scripts.
    pub text: String,
    /// The state in it.
    pub state: PageState,
    /// Purposes and cookies that did not fit and are denied in the page.
    pub left_out: Vec<String>,
}

/// The script for the pages of a channel. It is never longer than [`MAX_SCRIPT_BYTES`].
pub fn hand_off(facts: &Facts<'_>, channel: &Channel) -> Script {
    let origins: Vec<String> = channel.origins().iter().map(|origin| escape::string(origin.as_str())).collect();
    let (nonce, origins) = (escape::string(channel.nonce()), origins.join(","));
    let code = HAND_OFF.trim_end().strip_suffix(ARGUMENTS).unwrap_or(HAND_OFF);
    let around = format!("{code}(,{nonce},[{origins}]);").len();
    let (state, left_out) = PageState::fitting(facts, MAX_SCRIPT_BYTES.saturating_sub(around));
    Script { text: format!("{code}({},{nonce},[{origins}]);", state.json()), state, left_out }
}

/// The script that tells a page, which was handed an earlier state, the present one. In a page that was handed none it does nothing.
pub fn update(state: &PageState, channel: &Channel) -> String {
    let message = reply(channel.nonce(), [("state", state.value())]);
    format!("window.consentkit&&window.consentkit.receive({});", escape::string(&message))
}
