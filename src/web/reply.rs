//! What a page is answered, and what it is told when the state changes.

use serde_json::{Map, Value};

use super::escape::in_script;

/// A message to the page, as JSON. It bears the nonce, by which the script knows that it comes from the app, and the members given. It may
/// stand in a script as it is.
pub fn reply(nonce: &str, members: impl IntoIterator<Item = (&'static str, Value)>) -> String {
    let mut message = Map::new();
    message.insert("nonce".into(), nonce.into());
    message.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    in_script(&Value::Object(message).to_string())
}
