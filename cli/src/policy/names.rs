//! Purposes that are called after something that they do not say: a name alone makes no night consent, and names no channel.

use serde_json::Value;

use super::{finding::Finding, gaps::list};

/// The channels that every policy knows.
pub const CHANNELS: &[&str] = &["email", "sms", "push", "kakao", "phone", "post"];

/// Such purposes, by the rule that would not hold for them. A document that does not open is judged too.
pub fn of(document: &Value) -> Vec<Finding> {
    let purposes = list(document, "purposes").iter().enumerate();
    purposes.flat_map(|(at, purpose)| [night(at, purpose), channel(at, purpose)]).flatten().collect()
}

/// The parts of the id of a purpose that is marketing: `marketing.push.night` has three.
fn parts(purpose: &Value) -> Option<Vec<&str>> {
    let parts: Vec<&str> = purpose["id"].as_str()?.split('.').collect();
    Some(parts).filter(|parts| parts[0] == "marketing")
}

fn night(at: usize, purpose: &Value) -> Option<Finding> {
    let mut words = parts(purpose)?.into_iter().flat_map(|part| part.split(['-', '_']));
    if !words.any(|word| word == "night") || purpose["night"] == true {
        return None;
    }
    Some(Finding::gap(
        Some("KR-4"),
        format!("/purposes/{at}"),
        "the purpose is called after the night, and is no consent to messages at night",
        "write `night: true`, the `channel`, and in `requires` the purpose of the same channel by day; or give it another id",
    ))
}

fn channel(at: usize, purpose: &Value) -> Option<Finding> {
    let parts = parts(purpose)?;
    let second = parts.get(1)?;
    if !CHANNELS.contains(second) || purpose["channel"].is_string() {
        return None;
    }
    Some(Finding::gap(
        Some("KR-1"),
        format!("/purposes/{at}"),
        format!(
            "the purpose is called after the channel {second} and does not have it, so no question about that channel is answered by it"
        ),
        &format!("write `channel: \"{second}\"`, or give it another id"),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_without_what_it_says_is_found_and_every_other_is_not() {
        let found = |purpose: Value| of(&json!({ "purposes": [purpose] })).iter().map(|finding| finding.rule.clone()).collect::<Vec<_>>();
        let rules = |rules: &[&str]| rules.iter().map(|rule| Some((*rule).to_owned())).collect::<Vec<_>>();
        for (purpose, expected) in [
            (json!({ "id": "marketing.push.night" }), rules(&["KR-4", "KR-1"])),
            (json!({ "id": "marketing.push.night", "channel": "push", "night": true }), rules(&[])),
            (json!({ "id": "marketing.push-night", "channel": "push" }), rules(&["KR-4"])),
            (json!({ "id": "marketing.email" }), rules(&["KR-1"])),
            (json!({ "id": "marketing.data_use" }), rules(&[])),
            (json!({ "id": "fortnight.email" }), rules(&[])),
            (json!({ "id": "display.night" }), rules(&[])),
            (json!({ "id": "marketing.post_purchase" }), rules(&[])),
            (json!({ "id": 7 }), rules(&[])),
        ] {
            assert_eq!(found(purpose.clone()), expected, "{purpose}");
        }
    }
}
