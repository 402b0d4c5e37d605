//! Real pages before any answer, after a yes and after a withdrawal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use consentkit::{client::WebOutcome, ledger::Method};
use consentkit_browser::app::{App, SHOP};
use serde_json::{Value, json};

const POLICY: &str = include_str!("../../examples/influential/policy.json");
const TYPES: [&str; 4] = ["ad_storage", "ad_user_data", "ad_personalization", "analytics_storage"];

fn app() -> App {
    App::start(POLICY).unwrap()
}

/// All four types, granted where they are listed.
fn types(granted: &[&str]) -> Value {
    let types = TYPES.into_iter().map(|kind| (kind.to_owned(), if granted.contains(&kind) { "granted" } else { "denied" }.into()));
    Value::Object(types.collect())
}

/// What the tag of the page heard of consent, in order.
fn heard(app: &mut App) -> Value {
    app.page.value("heard").unwrap()
}

#[test]
fn gcm_1_before_an_answer_only_necessary_cookies_exist_and_the_tag_hears_four_denials_first() {
    let mut app = app();
    app.visit(SHOP).unwrap();
    assert_eq!(app.cookies().unwrap(), ["shop.localhost consent_choices", "shop.localhost session_id"]);
    assert_eq!(heard(&mut app), json!([["default", types(&[])]]));
    assert_eq!(app.page.value("hits").unwrap(), json!([types(&[])]), "the tag's first hit knew of the denials");
    assert_eq!(app.page.value("dataLayer[0][0] + ' ' + dataLayer[0][1]").unwrap(), "consent default", "before all that the page pushed");
    assert_eq!(app.page.value("navigator.globalPrivacyControl").unwrap(), true);
    let requests = app.site.heard();
    assert!(requests.iter().any(|request| request.host == "ads.localhost") && requests.len() >= 4, "{requests:?}");
    assert!(requests.iter().all(|request| request.sec_gpc.as_deref() == Some("1")), "{requests:?}");
    app.picture("1-before").unwrap();
}

#[test]
fn gcm_1_after_a_yes_by_the_pages_own_banner_the_consented_cookies_exist_and_after_a_withdrawal_they_are_gone() {
    let mut app = app();
    app.visit(SHOP).unwrap();
    app.page.value("void banner.open()").unwrap();
    app.until("!document.getElementById('banner').hidden").unwrap();
    app.picture("2-banner").unwrap();
    app.page.value("document.getElementById('all').click()").unwrap();
    app.until("banner.done == 'recorded'").unwrap();

    let granted = ["ad_storage", "ad_user_data", "analytics_storage"];
    assert_eq!(heard(&mut app), json!([["default", types(&[])], ["update", types(&granted)]]), "once, although the app tells it as well");
    let history = app.consent.history(0, 100).unwrap();
    let said: Vec<_> = history.iter().filter(|entry| entry.method == Some(Method::Web)).filter_map(|entry| entry.purpose.clone()).collect();
    assert_eq!(said, ["cookies.analytics", "cookies.marketing"], "one record for each purpose");

    app.site.heard();
    app.visit(SHOP).unwrap();
    assert_eq!(heard(&mut app), json!([["default", types(&[])], ["update", types(&granted)]]), "denied first on each page");
    assert_eq!(app.page.value("hits").unwrap(), json!([types(&granted)]));
    let consented = [
        "ads.localhost _fbc",
        "ads.localhost _fbp",
        "shop.localhost _fbp",
        "shop.localhost _ga",
        "shop.localhost _ga_ABC123",
        "shop.localhost _gcl_au",
        "shop.localhost _gcl_gs",
        "shop.localhost _gid",
        "shop.localhost consent_choices",
        "shop.localhost nobody_knows",
        "shop.localhost promo",
        "shop.localhost session_id",
    ];
    assert_eq!(app.cookies().unwrap(), consented, "and those that nobody names, since they count as marketing (CK-8)");
    assert_eq!(app.page.value("navigator.globalPrivacyControl").unwrap(), false);
    assert!(
        app.site.heard().iter().all(|request| request.sec_gpc.is_none()),
        "the header is left out, since only its value 1 means anything"
    );
    app.picture("3-after-a-yes").unwrap();

    app.withdraw(&["cookies.marketing"]).unwrap();
    let analytics = ["_ga", "_ga_ABC123", "_gid", "consent_choices", "session_id"].map(|name| format!("shop.localhost {name}"));
    assert_eq!(app.cookies().unwrap(), analytics, "those of third parties are gone as well");
    let told = heard(&mut app);
    assert_eq!(told.as_array().unwrap().last(), Some(&json!(["update", types(&["analytics_storage"])])), "all four, also those that stay");
    assert_eq!(app.page.value("navigator.globalPrivacyControl").unwrap(), true);
    app.page.value("draw()").unwrap();
    app.picture("4-after-a-withdrawal").unwrap();

    app.visit(SHOP).unwrap();
    assert_eq!(app.cookies().unwrap(), analytics, "and the page, which asks nobody, does not bring them back");
    app.withdraw(&["cookies.analytics"]).unwrap();
    app.visit(SHOP).unwrap();
    assert_eq!(app.cookies().unwrap(), ["shop.localhost consent_choices", "shop.localhost session_id"]);
    assert_eq!(heard(&mut app), json!([["default", types(&[])]]));
    assert!(matches!(app.outcomes.as_slice(), [WebOutcome::Asked, WebOutcome::Recorded { .. }]), "{:?}", app.outcomes);
}
