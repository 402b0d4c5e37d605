//! The document itself. Without a law it says what each purpose is; with one it has every part that the law asks for.

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use crate::policy::names::CHANNELS;

/// What marks a text that a person has to write.
pub const MARK: &str = "TODO";

/// What stands in front of such a text.
const TODO: &str = "TODO: ";

/// Addresses that a person has to write: they have the form of one, since a policy with any other does not open.
const EMAIL_TODO: &str = "TODO@example.com";
const URL_TODO: &str = "https://example.com/TODO";

/// What the id of a night consent ends with, behind the id of the same channel by day.
const NIGHT: &str = ".night";

/// How many days before it is in force a first edition is announced.
const NOTICE_DAYS: u32 = 7;

/// The consent to use data for marketing, which each channel requires (KR-5).
const DATA_USE: &str = "marketing.data_use";

/// What the document is made of.
pub struct Wanted {
    pub id: String,
    pub regimes: Vec<String>,
    pub languages: Vec<String>,
    pub purposes: Vec<String>,
    pub company: Option<String>,
    pub today: NaiveDate,
}

impl Wanted {
    /// A text to be written, in every language.
    fn text(&self, what: &str) -> Value {
        self.said(&format!("{TODO}{what}"))
    }

    fn said(&self, text: &str) -> Value {
        Value::Object(self.languages.iter().map(|tag| (tag.clone(), json!(text))).collect())
    }

    fn company(&self) -> String {
        self.company.clone().unwrap_or_else(|| format!("{TODO}the name of the company"))
    }

    fn has(&self, kind: &str) -> bool {
        self.purposes.iter().any(|purpose| purpose.starts_with(kind))
    }

    /// The purposes, and in front of a channel the consent that it requires, as the channel by day in front of its night.
    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = vec![];
        for purpose in &self.purposes {
            let data_use = (purpose.starts_with("marketing.") && purpose != DATA_USE).then(|| DATA_USE.to_owned());
            let by_day = night_of(purpose).map(|_| purpose.trim_end_matches(NIGHT).to_owned());
            for id in data_use.into_iter().chain(by_day).chain([purpose.clone()]) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }
}

/// The channel of a purpose such as `marketing.email`, and of its night.
fn channel_of(id: &str) -> Option<&str> {
    let channel = id.strip_prefix("marketing.").map(|rest| rest.strip_suffix(NIGHT).unwrap_or(rest));
    channel.filter(|channel| CHANNELS.contains(channel))
}

/// The channel of a night consent such as `marketing.push.night`; `None` for every other purpose.
pub fn night_of(id: &str) -> Option<&str> {
    channel_of(id).filter(|_| id.ends_with(NIGHT))
}

pub fn document(wanted: &Wanted) -> Value {
    let mut document = Map::new();
    let mut set = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
    let by_law = !wanted.regimes.is_empty();
    if by_law {
        set("regimes", json!(wanted.regimes));
    }
    set("id", json!(wanted.id));
    set("version", json!(wanted.today.to_string()));
    if by_law {
        let effective = wanted.today.checked_add_days(Days::new(u64::from(NOTICE_DAYS))).unwrap_or(wanted.today);
        set("edition", json!(1));
        set("announced_on", json!(wanted.today));
        set("effective_on", json!(effective));
        set("languages", json!(wanted.languages));
        set("surfaces", json!(["first_run", "settings"]));
        set("audience", json!("adult"));
        law(wanted, effective, &mut set);
    } else {
        set("languages", json!(wanted.languages));
    }
    set("purposes", wanted.ids().iter().map(|id| purpose(wanted, id, by_law)).collect());
    if by_law {
        guides(wanted, &mut set);
    }
    Value::Object(document)
}

fn purpose(wanted: &Wanted, id: &str, by_law: bool) -> Value {
    let mut purpose = Map::new();
    let mut set = |name: &str, value: Value| drop(purpose.insert(name.to_owned(), value));
    set("id", json!(id));
    set("title", wanted.text("the title of the switch"));
    let of_device = id.starts_with("cookies.") || id.starts_with("ad_id.");
    if by_law {
        set("origin", json!("added"));
    }
    set("basis", json!("consent"));
    set("scope", json!(if of_device { "device" } else { "person" }));
    if let Some(channel) = channel_of(id) {
        set("channel", json!(channel));
        set("requires", json!([DATA_USE]));
    }
    if night_of(id).is_some() {
        set("night", json!(true));
        set("requires", json!([id.trim_end_matches(NIGHT)]));
    }
    if id.starts_with("ad_id.") {
        set("uses", json!("advertising_id"));
    }
    if by_law {
        set("surfaces", json!(["first_run", "settings"]));
        set("material", json!(1));
        set(
            "notice",
            json!({
                "purpose": wanted.text("what for"),
                "items": ["data"],
                "retention": wanted.text("for how long"),
                "refusal": wanted.text("what refusing costs: nothing, or what is not done then"),
            }),
        );
    }
    Value::Object(purpose)
}

/// The parts that a published policy has under a law.
fn law(wanted: &Wanted, effective: NaiveDate, set: &mut impl FnMut(&str, Value)) {
    let contact = json!({ "email": EMAIL_TODO });
    set("controller", json!({ "name": wanted.said(&wanted.company()), "sender_name": wanted.said(&wanted.company()), "contact": contact }));
    set(
        "statements",
        json!([{
            "id": "behavioural_data", "origin": "added", "section": 0, "rule": "BA-1",
            "text": wanted.text("how records of online behaviour are gathered and used, or that they are not")
        }]),
    );
    set("items", json!([{ "id": "data", "origin": "added", "label": wanted.text("the data that is used; one entry for each kind") }]));
    let first = wanted.ids().first().cloned().unwrap_or_default();
    set(
        "collection",
        json!([{
            "id": "use", "origin": "added", "title": wanted.text("in which situation it is collected"), "purpose": first,
            "required": [], "optional": ["data"], "ways": ["mobile_app"]
        }]),
    );
    set(
        "retention",
        json!([{
            "id": "use", "origin": "added", "title": wanted.text("what is kept"), "purpose": first, "basis": "company_rule",
            "after": wanted.text("what the period begins with, such as the end of the membership"), "period": "at_once"
        }]),
    );
    set(
        "destruction",
        json!({
            "origin": "added", "when": wanted.text("when data is destroyed"), "kept_apart": wanted.text("how data is kept that a law keeps"),
            "procedure": wanted.text("who decides it"), "methods": [{ "medium": "electronic", "how": wanted.text("how") }]
        }),
    );
    for none in ["third_parties", "transfers", "processors"] {
        set(none, json!([]));
    }
    let right = |kind: &str, what: &str| json!({ "kind": kind, "origin": "added", "title": wanted.text(what) });
    set(
        "rights",
        json!({
            "origin": "added",
            "kinds": [
                right("access", "seeing one's data"), right("correction", "correcting it"), right("erasure", "deleting it"),
                right("suspension", "stopping its use")
            ],
            "ways": ["email"], "answer": wanted.text("when a request is answered"), "hold": wanted.text("what happens to the data meanwhile"),
            "agents": { "who": wanted.text("who may act for the person"), "power_of_attorney": true }
        }),
    );
    set("safeguards", json!([{ "kind": "managerial", "origin": "added", "measures": [wanted.text("how data is kept safe")] }]));
    set(
        "officer",
        json!({ "origin": "added", "role": wanted.text("the privacy officer"), "duties": wanted.text("what the officer does"), "contact": contact }),
    );
    set(
        "remedies",
        json!([{ "id": "outside", "origin": "added", "name": wanted.text("who helps outside the company"), "contact": { "url": URL_TODO } }]),
    );
    set(
        "amendments",
        json!({
            "origin": "added", "notice_days": NOTICE_DAYS, "material_notice_days": 30, "ways": ["website"],
            "promise": wanted.text("how changes are announced: seven days before, thirty for those that weigh"),
            "versions": [{ "edition": 1, "version": wanted.today.to_string(), "announced_on": wanted.today, "effective_on": effective }]
        }),
    );
}

/// How to refuse what is collected automatically (PIPA-12), where a purpose does that.
fn guides(wanted: &Wanted, set: &mut impl FnMut(&str, Value)) {
    if wanted.has("cookies.") {
        let browser = |id: &str, name: &str| json!({ "id": id, "origin": "added", "browser": wanted.said(name), "path": wanted.text("the way through its settings") });
        set(
            "cookies",
            json!({
                "origin": "added", "what": wanted.text("what a cookie is"), "used_for": wanted.text("what they are used for"),
                "refusal": [browser("chrome", "Chrome"), browser("safari", "Safari")]
            }),
        );
    }
    if wanted.has("ad_id.") {
        let way =
            |id: &str, platform: &str, path: &str| json!({ "id": id, "origin": "added", "platform": platform, "path": wanted.said(path) });
        set(
            "advertising_id",
            json!({
                "origin": "added", "what": wanted.text("what the advertising id is"), "used_for": [wanted.text("what it is used for")],
                "names": [{ "platform": "android", "name": "ADID" }, { "platform": "ios", "name": "IDFA" }],
                "refusal": [
                    way("ios", "ios", "Settings > Privacy & Security > Tracking"),
                    way("android", "android", "Settings > Google > Ads > Delete advertising ID")
                ]
            }),
        );
    }
}
