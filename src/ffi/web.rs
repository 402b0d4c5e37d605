//! Web views, as Swift and Kotlin see them.

use std::sync::Arc;

use super::{ConsentCore, Result};
use crate::{
    client::{self, WebAnswer, WebHandOff},
    web::Sender,
};

/// The pages of one web view: which of them may speak to the app, and the forms that they were given. It lives in memory alone.
#[derive(uniffi::Object)]
pub struct WebPages(client::WebPages);

#[uniffi::export]
impl ConsentCore {
    /// The pages of a web view, which are told the state and may ask and record by a banner of their own. Only pages of these origins may,
    /// such as `https://shop.example`: at most 8, each in full and with https. Answers from memory.
    pub fn web_pages(&self, origins: Vec<String>) -> Result<Arc<WebPages>> {
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        Ok(Arc::new(WebPages(self.consent.web_pages(&origins)?)))
    }

    /// What these pages are handed now: the script that they run before their own, and what an open page is told of a change. Answers from
    /// memory.
    pub fn web_hand_off(&self, pages: Arc<WebPages>) -> WebHandOff {
        self.consent.web_hand_off(&pages.0)
    }

    /// Hears what a page says by the channel of its script. The origin, and whether it is the page itself and no frame within it, are what the
    /// web view says of the sender. An answer is recorded as record does it, and only to a form that a page was given here.
    pub fn web_message(&self, pages: Arc<WebPages>, text: &str, origin: &str, main_frame: bool) -> WebAnswer {
        self.consent.web_message(&pages.0, text, Sender { origin, main_frame })
    }
}
