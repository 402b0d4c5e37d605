//! A zone that no system knows: on every phone it would be quiet all day.

use consentkit::policy::nearest;
use jiff::tz::{self, TimeZone};
use serde_json::Value;

use super::finding::Finding;

/// The finding where the night names a zone that is not in the table of time zones. A document that does not open is judged too.
pub fn of(document: &Value) -> Option<Finding> {
    let name = document.pointer("/night/zone")?.as_str()?;
    // Systems know a zone by its name in the table and by no other spelling.
    if TimeZone::get(name).is_ok_and(|zone| zone.iana_name() == Some(name)) {
        return None;
    }
    let known: Vec<String> = tz::db().available().map(|zone| zone.to_string()).collect();
    let same = known.iter().find(|known| known.eq_ignore_ascii_case(name)).map(String::as_str);
    let near = same.or_else(|| nearest(name, known.iter().map(String::as_str)));
    let near = near.map_or_else(String::new, |near| format!("; perhaps {near} is meant"));
    Some(Finding::gap(
        None,
        "/night/zone",
        format!("nobody knows the time zone {name:?}, so it would be quiet all day (zone_unknown)"),
        &format!("write the name of a zone of the IANA table, such as Europe/Berlin{near}"),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told_from_a_zone() {
        let advice = |zone: &str| of(&json!({ "night": { "zone": zone } })).map(|finding| finding.advice);
        for known in ["Europe/Berlin", "America/Argentina/Salta", "Asia/Seoul", "Asia/Calcutta", "UTC", "Etc/GMT+9"] {
            assert_eq!(advice(known), None, "{known}");
        }
        for (unknown, meant) in [
            ("Europe/Berln", "Europe/Berlin"),
            ("Europe/berlin", "Europe/Berlin"),
            ("America/New_Yrok", "America/New_York"),
            ("Europe/Atlantis", "such as"),
        ] {
            assert!(advice(unknown).is_some_and(|advice| advice.contains(meant)), "{unknown}");
        }
        assert!(of(&json!({})).is_none() && of(&json!({ "night": { "zone": 9 } })).is_none());
    }
}
