//! The gaps (a) to (h) that were found in a Korean policy of 2020: what it says that is not so any more, and what it does not say. A document
//! that names another law, or none, has none of them.
//!
//! They are looked for in the JSON as it is, since a document with such gaps may not open.

use serde_json::Value;

use super::finding::Finding;

/// The law that these gaps are about.
const KOREA: &str = "kr";

/// The first version of iOS that asks about tracking, in whose settings the older path is gone.
const IOS_WITH_TRACKING: (u32, u32) = (14, 5);

/// The first version of Android that deletes the advertising id, in whose settings the older path is gone.
const ANDROID_WITH_DELETION: (u32, u32) = (12, 0);

/// Every gap of a document, in the order of the letters.
pub fn of(document: &Value) -> Vec<Finding> {
    if !list(document, "regimes").iter().any(|name| name == KOREA) {
        return vec![];
    }
    let checks = [dormancy, identity_records, ios_path, android_path, cookie_refusal, marketing, unsaid, advertising_id];
    checks.into_iter().filter_map(|check| check(document)).collect()
}

fn gap(letter: char, rule: &str, pointer: impl Into<String>, what: impl Into<String>, advice: &str) -> Option<Finding> {
    Some(Finding { letter: Some(letter), ..Finding::gap(Some(rule), pointer, what, advice) })
}

/// The entries of a list of the document; none where it has no such list.
pub fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// True where any text of a value, in whatever language, holds one of these words.
fn says(value: &Value, words: &[&str]) -> bool {
    match value {
        Value::String(text) => words.iter().any(|word| text.to_lowercase().contains(word)),
        Value::Array(values) => values.iter().any(|value| says(value, words)),
        Value::Object(fields) => fields.values().any(|value| says(value, words)),
        _ => false,
    }
}

/// True where the document has a sentence about this rule.
fn has_statement(document: &Value, rule: &str) -> bool {
    list(document, "statements").iter().any(|statement| statement["rule"] == rule)
}

/// True where a clause says since when it has no basis any more.
fn is_marked_as_lapsed(clause: &Value) -> bool {
    clause.get("lapsed_on").is_some_and(Value::is_string)
}

/// (a) Accounts that become dormant after a year: the rule was struck from the law in 2023.
fn dormancy(document: &Value) -> Option<Finding> {
    let clause = document.get("dormancy").filter(|clause| clause.is_object())?;
    if is_marked_as_lapsed(clause) {
        return None;
    }
    gap(
        'a',
        "PIPA-13",
        "/dormancy",
        "accounts are made dormant, by a rule that was struck from the law in 2023",
        "leave the clause out, or say with lapsed_on since when it has no basis",
    )
}

/// (b) Proofs of identity that are kept for six months: the clause of the Network Act was deleted in 2014.
fn identity_records(document: &Value) -> Option<Finding> {
    let is_lapsed_law =
        |entry: &Value| entry.get("basis").is_some_and(|basis| says(basis, &["정보통신망", "정보통신 이용촉진", "network act"]));
    let is_half_a_year = |entry: &Value| entry["period"]["months"] == 6;
    let at = list(document, "retention")
        .iter()
        .position(|entry| is_lapsed_law(entry) && is_half_a_year(entry) && !is_marked_as_lapsed(entry))?;
    gap(
        'b',
        "RET-3",
        format!("/retention/{at}"),
        "proofs of identity are kept for six months, by a clause of the Network Act that was deleted in 2014",
        "leave the entry out, or say with lapsed_on since when it has no basis",
    )
}

/// The version in a text such as `14.5`.
fn version(value: &Value) -> Option<(u32, u32)> {
    let text = value.as_str()?;
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    Some((major.parse().ok()?, minor.split('.').next()?.parse().unwrap_or(0)))
}

/// The place of the first way for a platform that is told for a version in which it is gone, and no other way beside it.
fn old_way(document: &Value, platform: &str, since: (u32, u32), old: &[&str]) -> Option<String> {
    let ways = document.get("advertising_id").map_or(&[][..], |guide| list(guide, "refusal"));
    let of_platform: Vec<(usize, &Value)> = ways.iter().enumerate().filter(|(_, way)| way["platform"] == platform).collect();
    let holds_since = |way: &Value| version(&way["before"]).is_none_or(|before| before > since);
    let is_old = |way: &Value| says(&way["path"], old);
    let wrong = of_platform.iter().find(|(_, way)| holds_since(way) && is_old(way));
    let right = of_platform.iter().any(|(_, way)| holds_since(way) && !is_old(way));
    match (wrong, right, of_platform.first()) {
        (Some((at, _)), ..) => Some(format!("/advertising_id/refusal/{at}")),
        (None, false, Some((at, _))) => Some(format!("/advertising_id/refusal/{at}")),
        _ => None,
    }
}

/// (c) The way to refuse on an iPhone: gone since iOS 14.5.
fn ios_path(document: &Value) -> Option<Finding> {
    let at = old_way(document, "ios", IOS_WITH_TRACKING, &["광고 추적 제한", "limit ad tracking"])?;
    gap(
        'c',
        "PIPA-12",
        at,
        "the way to refuse the advertising id on an iPhone is gone since iOS 14.5",
        "say `before: \"14.5\"` of it, and add the way of today: Settings > Privacy & Security > Tracking",
    )
}

/// (d) The way to refuse on Android: gone since Android 12.
fn android_path(document: &Value) -> Option<Finding> {
    let at = old_way(document, "android", ANDROID_WITH_DELETION, &["광고 맞춤설정", "ads personali"])?;
    gap(
        'd',
        "PIPA-12",
        at,
        "the way to refuse the advertising id on Android is gone since Android 12",
        "say `before: \"12\"` of it, and add the way of today: Settings > Google > Ads > Delete advertising ID",
    )
}

/// (e) The way to refuse cookies: of Internet Explorer alone.
fn cookie_refusal(document: &Value) -> Option<Finding> {
    let ways = document.get("cookies").map_or(&[][..], |guide| list(guide, "refusal"));
    let is_old = |way: &Value| says(&way["browser"], &["internet explorer"]);
    if ways.is_empty() || !ways.iter().all(is_old) {
        return None;
    }
    gap(
        'e',
        "PIPA-12",
        "/cookies/refusal",
        "cookies can be refused in Internet Explorer alone, which nobody has any more",
        "add the ways of the browsers of today",
    )
}

/// (f) Marketing among the purposes, with neither an optional item nor a consent of its own.
fn marketing(document: &Value) -> Option<Finding> {
    let purposes = list(document, "purposes");
    let is_marketing = |purpose: &Value| {
        purpose.get("channel").is_some()
            || says(&purpose["id"], &["marketing"]) && !says(&purpose["id"], &["cookies."])
            || says(&purpose["title"], &["마케팅"])
    };
    let has_consent = |purpose: &Value| purpose["basis"] == "consent";
    let has_items = |purpose: &Value| !list(&purpose["notice"], "items").is_empty();
    let at = purposes.iter().position(|purpose| is_marketing(purpose) && !(has_consent(purpose) && has_items(purpose)))?;
    gap(
        'f',
        "PIPA-4",
        format!("/purposes/{at}"),
        "advertising messages are a purpose, with neither an optional item nor a consent of their own",
        "write `basis: \"consent\"`, name the optional items in the notice, and give each channel a purpose of its own (KR-5)",
    )
}

/// (g) What is not said: of transfers abroad, of records of online behaviour, of children.
fn unsaid(document: &Value) -> Option<Finding> {
    let transfers = document.get("transfers").is_none() && !has_statement(document, "PIPA-3");
    let shares = |purpose: &Value| purpose["sharing"] == true || purpose["uses"] == "advertising_id";
    let behaviour = !list(document, "purposes").iter().any(shares) && !has_statement(document, "BA-1");
    let children = document.get("audience").is_none() && !has_statement(document, "PIPA-8");
    let missing = [
        (transfers, "transfers abroad (PIPA-3)"),
        (behaviour, "records of online behaviour (BA-1)"),
        (children, "children under 14 (PIPA-8)"),
    ];
    let missing: Vec<&str> = missing.iter().filter(|(missing, _)| *missing).map(|(_, what)| *what).collect();
    if missing.is_empty() {
        return None;
    }
    gap(
        'g',
        "PIPA-3",
        "",
        format!("nothing is said of {}", missing.join(", of ")),
        "fill in `transfers` (an empty list says that nothing leaves the country) and `audience`, and say in a purpose or a statement how behaviour is recorded",
    )
}

/// (h) The advertising id, which is collected without being asked for.
fn advertising_id(document: &Value) -> Option<Finding> {
    let is_told = document.get("advertising_id").is_some_and(Value::is_object);
    let asks = |purpose: &Value| purpose["uses"] == "advertising_id" && purpose["basis"] == "consent";
    if !is_told || list(document, "purposes").iter().any(asks) {
        return None;
    }
    gap(
        'h',
        "BA-1",
        "/advertising_id",
        "the advertising id may be collected, and nobody is asked",
        "add a purpose with `uses: \"advertising_id\"` and `basis: \"consent\"`",
    )
}
