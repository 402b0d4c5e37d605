//! One truth for phone and server (F-8): the same facts, driven through `allows` on the phone and, after a sync, through `may-send` on the
//! server, come to the same answer for the same reasons.
//!
//! Lawful differences, which no case here meets: the permission to show notifications decides nothing on either side; a permission to track
//! counts on the phone only in a process that has read it; the server decides by the policy it has published, the phone by the one it has;
//! where a person has several phones the server takes the last word on the person and the strictest on the devices, one that was
//! restored elsewhere among them; after a sign-out the phone lets no silence of the person count, nor does it where it once asked for consent;
//! and a phone that was told
//! no signal of its platform has told the server none.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use consentkit::{
    client::{AdIdProvider, Answer, Consent, ImportChoice, Options, SyncState},
    ledger::{Actor, ChoiceKind},
    signal::{AdIdAnswer, AdIdSignal, AdIdUnavailable, AgeBand, Guardian, Platform, PushPermission, Signals, Tracking},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    Device, INFLUENTIAL, NOON,
    loopback::{Host, LogIn, PlainTransport},
};

const MEMBER: &str = "acct_81";
const CHANNELS: [(&str, &str); 4] =
    [("email", "marketing.email"), ("sms", "marketing.sms"), ("push", "marketing.push"), ("kakao", "marketing.kakao")];
const GRANTED: [&str; 6] =
    ["marketing.data_use", "marketing.email", "marketing.sms", "marketing.push", "marketing.push.night", "ad_id.measurement"];

/// What is added to the name of an audience where messages may be sent until somebody objects.
const SILENT: &str = ", until somebody objects";

/// The company's policy for an audience. Text messages share for advertising, and push depends on a use of the advertising id. Where silence
/// allows it is held to no law: Korea's would ask for consent.
fn policy_for(audience: &str) -> String {
    let mut policy: Value = serde_json::from_str(INFLUENTIAL).unwrap();
    let silent = audience.ends_with(SILENT);
    policy["audience"] = json!(audience.trim_end_matches(SILENT));
    policy["edition"] = json!(4);
    policy["amendments"]["versions"].as_array_mut().unwrap().last_mut().unwrap()["edition"] = json!(4);
    for purpose in policy["purposes"].as_array_mut().unwrap() {
        match purpose["id"].as_str().unwrap() {
            "marketing.sms" => purpose["sharing"] = json!(true),
            "marketing.push" => purpose["requires"].as_array_mut().unwrap().push(json!("ad_id.measurement")),
            _ => {}
        }
    }
    if silent {
        policy["regimes"] = json!([]);
        policy["purposes"].as_array_mut().unwrap().retain(|purpose| purpose["night"] != json!(true));
        for purpose in policy["purposes"].as_array_mut().unwrap() {
            let basis = match purpose["id"].as_str().unwrap() {
                "marketing.data_use" | "marketing.sms" => "legitimate_interest",
                "marketing.email" | "marketing.kakao" | "cookies.analytics" => "opt_out",
                _ => continue,
            };
            purpose["basis"] = json!(basis);
            purpose.as_object_mut().unwrap().remove("google");
            if purpose["id"] == "marketing.kakao" {
                purpose["requires"].as_array_mut().unwrap().push(json!("cookies.analytics"));
            }
        }
    }
    policy.to_string()
}

fn options(device: &Device, host: &Arc<Host>, audience: &str) -> Options {
    Options {
        policy: policy_for(audience),
        server: Some(host.url()),
        transport: Some(Arc::new(PlainTransport)),
        tokens: Some(Arc::new(LogIn(host.clone()))),
        marker: Some(device.folder.path().join("marker")),
        ..device.options()
    }
}

struct Phone {
    device: Device,
    host: Arc<Host>,
    consent: Consent,
}

impl Phone {
    fn new(platform: Platform, audience: &str) -> Self {
        let device = Device::new(platform);
        let host = Host::start(device.clock.clone());
        host.publish(policy_for(audience));
        Self::on(device, host, audience)
    }

    fn on(device: Device, host: Arc<Host>, audience: &str) -> Self {
        Self::with(device, host, audience, None)
    }

    fn with(device: Device, host: Arc<Host>, audience: &str, ad_id: Option<Arc<dyn AdIdProvider>>) -> Self {
        let consent = Consent::open(Options { ad_id, ..options(&device, &host, audience) }).unwrap();
        Self { device, host, consent }
    }

    fn report(&self, signals: Signals) {
        self.consent.report_signals(signals).unwrap();
    }

    /// Syncs, and holds both sides' answers against each other.
    fn compare(&self, case: &str) {
        let report = self.consent.sync(10_000).unwrap();
        assert_eq!((report.state, report.pending), (SyncState::UpToDate, 0), "{case}: {report:?}");
        let subject = self.subject();
        for (channel, purpose) in CHANNELS {
            let (status, body) = self.host.operate("GET", &format!("/v1/subjects/{subject}/may-send?channel={channel}&kind=ad"), None);
            assert_eq!(status, 200, "{body}");
            let here: Vec<String> = self.consent.explain(purpose).reasons.iter().map(|reason| reason.code()).collect();
            assert_eq!(
                (json!(self.consent.allows(purpose)), json!(here)),
                (body["allowed"].clone(), body["reasons"].clone()),
                "{case}: {channel}"
            );
        }
    }

    /// The person's name on the server.
    fn subject(&self) -> String {
        if self.consent.snapshot().signed_in {
            return MEMBER.into();
        }
        let database = rusqlite::Connection::open(self.host.database()).unwrap();
        let name = "SELECT subject FROM subject WHERE subject LIKE 'anonymous:%' ORDER BY id DESC LIMIT 1";
        database.query_row(name, [], |row| row.get(0)).unwrap()
    }

    /// Lets the person, the guardian or an older store grant.
    fn grant(&self, by: By) {
        match by {
            By::Person | By::Guardian => {
                let actor = if by == By::Person { Actor::Person } else { Actor::Guardian };
                let shown = self.consent.questions("settings").unwrap().shown;
                let policy = self.consent.snapshot().policy.clone();
                let known = GRANTED.iter().filter(|purpose| policy.purpose(purpose).is_some());
                let answers: Vec<Answer> = known.map(|purpose| Answer { actor, ..Answer::grant(*purpose) }).collect();
                self.consent.record(&shown, &answers).unwrap();
            }
            By::OlderStore | By::GuardianInOlderStore => {
                let choices = GRANTED.map(|purpose| ImportChoice {
                    purpose: purpose.into(),
                    choice: ChoiceKind::Granted,
                    said_at: Some(NOON - 1_000_000),
                    source: "older".into(),
                    text_version: None,
                    actor: (by == By::GuardianInOlderStore).then_some(Actor::Guardian),
                });
                self.consent.import(&choices).unwrap();
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Person,
    Guardian,
    OlderStore,
    GuardianInOlderStore,
}

fn age(age: AgeBand) -> Signals {
    Signals { age: Some(age), ..Signals::default() }
}

fn guardian(guardian: Guardian) -> Signals {
    Signals { guardian: Some(guardian), ..Signals::default() }
}

/// Every value of every signal, so ordered that what each changes is met with others on and off.
fn every_signal() -> Vec<Signals> {
    let mut all = vec![];
    for (band, word) in [
        (AgeBand::Unknown, Guardian::NotVerified),
        (AgeBand::Unknown, Guardian::Verified),
        (AgeBand::Below, Guardian::Verified),
        (AgeBand::Below, Guardian::NotVerified),
        (AgeBand::Above, Guardian::NotVerified),
    ] {
        all.extend([age(band), guardian(word)]);
    }
    for gpc in [true, false] {
        all.push(Signals { gpc: Some(gpc), ..Signals::default() });
        for tracking in [Tracking::Denied, Tracking::Restricted, Tracking::NotDetermined, Tracking::Authorized] {
            all.push(Signals { tracking: Some(tracking), ..Signals::default() });
        }
    }
    let unavailable = AdIdUnavailable::ALL.map(|kind| AdIdSignal::Unavailable { kind });
    for ad_id in unavailable.into_iter().chain([AdIdSignal::Limited, AdIdSignal::Available]) {
        all.push(Signals { ad_id: Some(ad_id), ..Signals::default() });
    }
    for push in [PushPermission::Denied, PushPermission::NotDetermined, PushPermission::Granted] {
        all.push(Signals { push: Some(push), ..Signals::default() });
    }
    all.extend([age(AgeBand::Below), Signals { gpc: Some(true), ..age(AgeBand::Above) }, age(AgeBand::Unknown)]);
    all
}

fn walk(platform: Platform, audience: &str, signed_in: bool, by: By) {
    let case = |at: &str| format!("{platform:?}, {audience}, signed in: {signed_in}, {by:?}: {at}");
    let phone = Phone::new(platform, audience);
    if signed_in {
        phone.consent.sign_in(MEMBER).unwrap();
    }
    // With a permission and an age known from the start, so that everybody may grant.
    phone.report(Signals { tracking: Some(Tracking::Authorized), ad_id: Some(AdIdSignal::Available), ..age(AgeBand::Above) });
    phone.grant(by);
    phone.compare(&case("granted"));
    for signals in every_signal() {
        phone.report(signals);
        phone.compare(&case(&format!("{signals:?}")));
    }
    phone.report(age(AgeBand::Above));
    phone.device.clock.advance(10 * 60 * 60 * 1000);
    phone.compare(&case("at night"));
    phone.consent.withdraw(&["marketing.data_use", "ad_id.measurement"]).unwrap();
    phone.compare(&case("withdrawn"));
}

#[test]
fn f_8_every_signal_of_a_person_signed_in_counts_alike_on_phone_and_server() {
    for audience in ["adult", "mixed", "child"] {
        for (platform, by) in [(Platform::Ios, By::Person), (Platform::Android, By::Guardian)] {
            walk(platform, audience, true, by);
        }
    }
}

#[test]
fn f_8_every_signal_of_an_anonymous_person_counts_alike_on_phone_and_server() {
    for audience in ["adult", "mixed", "child"] {
        for (platform, by) in [(Platform::Android, By::Person), (Platform::Ios, By::Guardian)] {
            walk(platform, audience, false, by);
        }
    }
}

#[test]
fn f_8_what_an_older_store_said_counts_alike_on_phone_and_server() {
    for (signed_in, by) in [(true, By::OlderStore), (false, By::GuardianInOlderStore)] {
        for audience in ["adult", "mixed"] {
            walk(Platform::Android, audience, signed_in, by);
        }
    }
}

#[test]
fn f_8_an_age_reported_alone_is_sent_and_so_is_one_from_before_the_sign_in() {
    for (band, answered_before) in [(AgeBand::Below, true), (AgeBand::Above, true), (AgeBand::Below, false), (AgeBand::Above, false)] {
        for audience in ["adult", "mixed"] {
            let case = format!("{band:?}, {audience}, answered before: {answered_before}");
            let phone = Phone::new(Platform::Android, audience);
            phone.report(Signals { ad_id: Some(AdIdSignal::Available), ..age(AgeBand::Above) });
            if answered_before {
                phone.grant(By::Person);
                phone.compare(&case);
            }
            phone.report(age(band));
            if answered_before {
                phone.compare(&case);
            }
            phone.consent.sign_in(MEMBER).unwrap();
            phone.compare(&format!("{case}, signed in"));
            phone.report(Signals { guardian: Some(Guardian::Verified), ..age(band) });
            phone.compare(&format!("{case}, told again"));
            if band == AgeBand::Below {
                phone.grant(By::Guardian);
                phone.compare(&format!("{case}, the guardian's"));
                assert!(phone.consent.allows("marketing.email"), "{case}");
            }
        }
    }
}

/// A source of advertising ids whose id the test changes.
struct Ids(Mutex<&'static str>);

impl AdIdProvider for Ids {
    fn advertising_id(&self) -> AdIdAnswer {
        AdIdAnswer::Id { value: (*self.0.lock().unwrap()).to_owned(), limited: false }
    }
}

#[test]
fn f_8_another_advertising_id_is_a_strangers_on_both_sides() {
    for signed_in in [true, false] {
        let Phone { device, host, consent } = Phone::new(Platform::Android, "adult");
        drop(consent);
        let ids = Arc::new(Ids(Mutex::new("38400000-8cf0-11bd-b23e-10b96e40000d")));
        let phone = Phone::with(device, host, "adult", Some(ids.clone()));
        if signed_in {
            phone.consent.sign_in(MEMBER).unwrap();
        }
        phone.grant(By::Person);
        phone.consent.advertising_id("ad_id.measurement").unwrap();
        phone.compare("the first id");
        assert!(phone.consent.allows("marketing.push"));
        *ids.0.lock().unwrap() = "5c9a1b3e-2f47-4d0a-9b66-7e1f0c2d4a88";
        phone.consent.advertising_id("ad_id.measurement").unwrap();
        phone.compare("another id");
        assert!(!phone.consent.allows("marketing.push"));
        phone.grant(By::Person);
        phone.compare("agreed to again");
        assert!(phone.consent.allows("marketing.push"));
    }
}

/// A carrier that spoils what is said of a person, so that the server takes everything but that.
struct SpoilsSignals;

impl Transport for SpoilsSignals {
    fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) {
            for change in body["changes"].as_array_mut().into_iter().flatten().filter(|change| change["kind"] == "signal") {
                change["salt"] = json!("07");
            }
            request.body = body.to_string().into_bytes();
        }
        PlainTransport.send(request)
    }
}

#[test]
fn f_8_a_word_on_the_person_that_the_server_does_not_take_holds_back_no_refusal() {
    let Phone { device, host, consent } = Phone::new(Platform::Android, "adult");
    drop(consent);
    let consent = Consent::open(Options { transport: Some(Arc::new(SpoilsSignals)), ..options(&device, &host, "adult") }).unwrap();
    consent.sign_in(MEMBER).unwrap();
    consent.report_signals(age(AgeBand::Below)).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.state, report.stuck), (SyncState::Waiting, 1), "{report:?}");
    consent.sign_out().unwrap();
    let shown = consent.questions("settings").unwrap().shown;
    consent.record(&shown, &[Answer::refuse("marketing.email")]).unwrap();
    consent.sign_in(MEMBER).unwrap();
    let report = consent.sync(10_000).unwrap();
    assert_eq!((report.stuck, report.pending), (1, 1), "{report:?}");
    assert_eq!(host.status(MEMBER, "marketing.email"), "refused", "the sign-in's merge overtakes it");
}

#[test]
fn f_8_nothing_of_it_is_sent_before_a_first_answer() {
    let phone = Phone::new(Platform::Android, "adult");
    phone.report(Signals { gpc: Some(true), guardian: Some(Guardian::NotVerified), ..age(AgeBand::Below) });
    assert_eq!(phone.consent.sync(10_000).unwrap().state, SyncState::Quiet);
}

#[test]
fn f_8_after_a_restore_the_server_hears_again_what_the_file_knows() {
    for signed_in in [true, false] {
        let phone = Phone::new(Platform::Android, "adult");
        if signed_in {
            phone.consent.sign_in(MEMBER).unwrap();
        }
        phone.report(Signals { gpc: Some(true), guardian: Some(Guardian::Verified), ..age(AgeBand::Below) });
        phone.grant(By::Guardian);
        phone.compare("before");
        phone.report(guardian(Guardian::NotVerified));
        let Phone { device, host, consent } = phone;
        consent.shutdown().unwrap();
        std::fs::write(device.folder.path().join("marker"), "another").unwrap();
        let phone = Phone::on(device, host, "adult");
        phone.consent.sync(10_000).unwrap();
        phone.compare(&format!("restored, signed in: {signed_in}"));
        phone.report(Signals { guardian: Some(Guardian::Verified), ..age(AgeBand::Above) });
        phone.compare("come of age");
    }
}

#[test]
fn f_8_of_two_phones_the_last_word_on_the_person_counts_and_the_strictest_on_the_devices() {
    let first = Phone::new(Platform::Android, "adult");
    first.consent.sign_in(MEMBER).unwrap();
    first.report(Signals { ad_id: Some(AdIdSignal::Available), ..Signals::default() });
    first.grant(By::Guardian);
    first.compare("one phone");
    let device = Device { clock: first.device.clock.clone(), ..Device::new(Platform::Ios) };
    let second = Phone::on(device, first.host.clone(), "adult");
    second.consent.sign_in(MEMBER).unwrap();
    second.report(Signals { gpc: Some(true), ..age(AgeBand::Below) });
    second.consent.sync(10_000).unwrap();
    let reasons = |channel: &str| {
        let path = format!("/v1/subjects/{MEMBER}/may-send?channel={channel}&kind=ad");
        first.host.operate("GET", &path, None).1["reasons"].clone()
    };
    assert_eq!(reasons("email")[0], "guardian_required");
    second.report(guardian(Guardian::Verified));
    second.consent.sync(10_000).unwrap();
    assert_eq!((reasons("email"), reasons("sms")), (json!([]), json!(["child", "gpc"])));
    first.report(age(AgeBand::Above));
    first.consent.sync(10_000).unwrap();
    assert_eq!((reasons("email"), reasons("sms")), (json!([]), json!(["gpc"])), "the child came of age; the other phone still objects");
    second.report(guardian(Guardian::NotVerified));
    second.consent.sync(10_000).unwrap();
    assert_eq!(reasons("email")[0], "guardian_required", "the last word");
}

#[test]
fn what_silence_allows_is_allowed_alike_on_phone_and_server() {
    for audience in ["adult", "mixed", "child"] {
        for signed_in in [true, false] {
            let (audience, case) = (format!("{audience}{SILENT}"), |at: &str| format!("{audience}, signed in: {signed_in}: {at}"));
            let phone = Phone::new(Platform::Android, &audience);
            if signed_in {
                phone.consent.sign_in(MEMBER).unwrap();
            }
            phone.report(Signals { ad_id: Some(AdIdSignal::Available), ..age(AgeBand::Above) });
            let says = |answer: Answer| {
                let shown = phone.consent.questions("settings").unwrap().shown;
                phone.consent.record(&shown, &[answer]).unwrap();
            };
            says(Answer::refuse("ad_id.measurement"));
            phone.compare(&case("nothing said"));
            assert!(phone.consent.allows("marketing.email") && phone.consent.allows("marketing.kakao"), "{}", case("nothing said"));
            for signals in every_signal() {
                phone.report(signals);
                phone.compare(&case(&format!("{signals:?}")));
            }
            phone.report(Signals { gpc: Some(false), ..age(AgeBand::Above) });
            for purpose in ["marketing.email", "cookies.analytics", "marketing.data_use"] {
                says(Answer::refuse(purpose));
                phone.compare(&case(&format!("objected to {purpose}")));
            }
            for purpose in ["marketing.data_use", "cookies.analytics", "marketing.email"] {
                says(Answer::grant(purpose));
                phone.compare(&case(&format!("taken back: {purpose}")));
            }
            assert!(phone.consent.allows("marketing.email"));
            let change = json!({ "purpose": "marketing.sms", "choice": "refused", "method": "web", "actor": "self" });
            phone.host.web(&phone.subject(), change);
            phone.compare(&case("objected to on the web"));
            assert!(!phone.consent.allows("marketing.sms"));
            phone.report(Signals { guardian: Some(Guardian::Verified), ..age(AgeBand::Below) });
            phone.compare(&case("a child"));
            phone.grant(By::Guardian);
            phone.compare(&case("the guardian's yes"));
            assert!(phone.consent.allows("marketing.email"));
        }
    }
}

#[test]
fn an_objection_on_one_device_counts_though_nothing_was_said_on_another() {
    let audience = format!("adult{SILENT}");
    let first = Phone::new(Platform::Android, &audience);
    first.consent.sign_in(MEMBER).unwrap();
    let shown = first.consent.questions("settings").unwrap().shown;
    first.consent.record(&shown, &[Answer::refuse("ad_id.measurement")]).unwrap();
    first.compare("one phone");
    let second = Phone::on(Device { clock: first.device.clock.clone(), ..Device::new(Platform::Android) }, first.host.clone(), &audience);
    second.consent.sign_in(MEMBER).unwrap();
    second.compare("two phones");
    second.consent.withdraw(&["cookies.analytics"]).unwrap();
    second.compare("an objection on the second");
    let path = format!("/v1/subjects/{MEMBER}/may-send?channel=kakao&kind=ad");
    assert_eq!(first.host.operate("GET", &path, None).1["reasons"], json!(["requires:cookies.analytics"]));
    assert!(first.consent.allows("marketing.kakao"), "the first phone has an answer of its own");
    let nobody = first.host.operate("GET", "/v1/subjects/acct_99/may-send?channel=email&kind=ad", None).1;
    assert_eq!((nobody["allowed"].clone(), nobody["reasons"].clone()), (json!(true), json!([])), "nobody objected who was never heard of");
}
