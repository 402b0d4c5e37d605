//! What the tests of real pages share: Chromium, a site on loopback, and an app that shows the site in a web view.
//!
//! `app` stands for an app: it holds the real library, hands its script to the pages as a web view does, hears their messages, carries their
//! requests through the gate for cookies, and removes what a withdrawal leaves over. `chromium` drives the browser over its debugging pipe,
//! and `site` is the web: a shop, and the companies whose pictures, frames and scripts the shop embeds.

pub mod app;
pub mod chromium;
pub mod page;
pub mod site;

/// Anything that goes wrong in a test fails it.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
