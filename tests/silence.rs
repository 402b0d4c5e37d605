//! Purposes that are allowed until the person objects: when silence counts, when it is worth nothing, and what becomes of an objection.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use consentkit::{
    client::{Answer, ImportChoice, Why},
    ledger::{Actor, ChoiceKind, Status},
    signal::{AgeBand, Guardian, Signals},
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use serde_json::{Value, json};
use support::{
    loopback::{Host, PlainTransport},
    refusing::{Refusing, counts_in_memory},
    silent_policy::{FRAUD, OF_THE_PERSON, PARTNERS, PROFILE, USAGE, denied, silent_phone_and_server, silent_policy, under},
    story::{MEMBER, Phone},
};

const SYNC_MS: i64 = 10_000;

/// The same with somebody signed in, whose account is known whole.
fn member_and_server() -> (Phone, Arc<Host>) {
    let (phone, server) = silent_phone_and_server();
    phone.signs_in();
    phone.sends_everything();
    assert!(phone.allows(FRAUD) && phone.allows(PARTNERS));
    (phone, server)
}

#[test]
fn on_a_new_phone_silence_allows_until_somebody_objects_by_either_word() {
    let (mut phone, _server) = silent_phone_and_server();
    for purpose in [FRAUD, PARTNERS, USAGE] {
        assert!(phone.allows(purpose), "{purpose}: {:?}", phone.codes(purpose));
    }
    phone.says_no(&[FRAUD]);
    phone.withdraws(USAGE);
    for _start in 0..2 {
        denied(&phone, &[FRAUD], "refused");
        denied(&phone, &[USAGE], "withdrawn");
        denied(&phone, &[PARTNERS], "requires:fraud.prevention");
        phone.is_killed_and_starts_again();
    }
    phone.says_yes(&[FRAUD, USAGE]);
    assert!(phone.allows(FRAUD) && phone.allows(PARTNERS) && phone.allows(USAGE), "a yes takes the objection back");
    phone.ledger_is_whole();
}

#[test]
fn after_a_sign_in_silence_counts_only_once_the_server_told_all_of_it() {
    let (mut phone, server) = silent_phone_and_server();
    server.down();
    phone.signs_in();
    phone.syncs();
    for _start in 0..2 {
        denied(&phone, &OF_THE_PERSON, "not_pulled");
        assert!(phone.allows(USAGE), "what belongs to the phone is known on the phone");
        phone.is_killed_and_starts_again();
    }
    server.up();
    phone.is_online_again();
    phone.sends_everything();
    for _start in 0..2 {
        assert!(phone.allows(FRAUD) && phone.allows(PARTNERS));
        phone.is_killed_and_starts_again();
    }
    phone.ledger_is_whole();
    let ends = phone.app().history(0, 1_000).unwrap().iter().filter(|entry| entry.kind == "pulled").count();
    phone.sends_everything();
    assert_eq!(ends, 1, "the end of a pull is recorded once and not with each sync");
    assert_eq!(phone.app().history(0, 1_000).unwrap().iter().filter(|entry| entry.kind == "pulled").count(), 1);
}

#[test]
fn before_the_pull_a_yes_allows_nothing_either() {
    let (phone, server) = silent_phone_and_server();
    server.hears_on_the_web(FRAUD, "refused");
    phone.signs_in();
    phone.says_yes(&[FRAUD]);
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    phone.syncs();
    denied(&phone, &[FRAUD], "ask_again:stale_grant");
    server.holds(FRAUD, "refused");
    phone.says_yes(&[FRAUD]);
    phone.sends_everything();
    assert!(phone.allows(FRAUD));
    server.holds(FRAUD, "granted");
}

#[test]
fn an_objection_made_elsewhere_is_obeyed_and_no_yes_passes_it_unseen() {
    let (phone, server) = member_and_server();
    let form = phone.draws_the_form();
    server.hears_on_the_web(FRAUD, "withdrawn");
    phone.says_yes_on(&form, FRAUD);
    assert!(phone.allows(FRAUD), "nobody here knows better yet");
    phone.syncs();
    denied(&phone, &[FRAUD], "ask_again:stale_grant");
    denied(&phone, &[PARTNERS], "requires:fraud.prevention");
    server.holds(FRAUD, "withdrawn");
    let second = phone.another_like_it();
    second.signs_in();
    second.sends_everything();
    denied(&second, &[FRAUD], "withdrawn");
    assert!(second.allows(USAGE));
}

#[test]
fn an_objection_from_before_the_sign_in_is_the_accounts() {
    let (phone, server) = silent_phone_and_server();
    phone.says_no(&[FRAUD]);
    phone.signs_in();
    phone.sends_everything();
    denied(&phone, &[FRAUD], "refused");
    server.holds(FRAUD, "refused");
    let second = phone.another_like_it();
    second.says_yes(&[FRAUD]);
    second.signs_in();
    second.syncs();
    denied(&second, &[FRAUD], "refused");
}

#[test]
fn who_signed_out_left_what_they_object_to_unknown_on_the_phone() {
    let (mut phone, _server) = member_and_server();
    phone.says_no(&[FRAUD]);
    phone.signs_out();
    for _start in 0..2 {
        denied(&phone, &OF_THE_PERSON, "not_pulled");
        phone.is_killed_and_starts_again();
    }
    phone.says_yes(&["marketing.data_use"]);
    phone.syncs();
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    phone.signs_in();
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    phone.sends_everything();
    denied(&phone, &[FRAUD], "refused");
    phone.signs_in_as("acct_82");
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    phone.sends_everything();
    assert!(phone.allows(FRAUD) && phone.allows(PARTNERS));
}

#[test]
fn after_a_restore_silence_waits_for_a_pull_and_the_phones_own_objections_come_along() {
    let (mut phone, server) = member_and_server();
    phone.says_no(&[USAGE]);
    phone.sends_everything();
    server.hears_on_the_web(PARTNERS, "refused");
    phone.is_restored();
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    denied(&phone, &[USAGE], "refused");
    phone.sends_every_no();
    assert!(phone.allows(FRAUD));
    denied(&phone, &[PARTNERS], "refused");
    denied(&phone, &[USAGE], "refused");
}

#[test]
fn a_yes_that_a_copied_file_does_not_take_along_leaves_silence_as_it_was() {
    let (mut phone, _server) = silent_phone_and_server();
    phone.says_yes(&[USAGE, FRAUD]);
    phone.signs_in();
    phone.is_restored();
    assert!(phone.allows(USAGE), "{:?}", phone.codes(USAGE));
    phone.sends_every_no();
    assert!(phone.allows(FRAUD), "{:?}", phone.codes(FRAUD));
    phone.says_no(&[USAGE, FRAUD]);
    phone.says_yes(&[USAGE, FRAUD]);
    assert!(phone.allows(USAGE) && phone.allows(FRAUD));
    phone.is_restored();
    denied(&phone, &[USAGE], "ask_again:restored");
    phone.syncs();
    assert!(!phone.allows(USAGE) && !phone.allows(FRAUD), "the objection is what is left of the two");
}

#[test]
fn an_anonymous_person_is_unknown_after_a_restore_until_a_pull() {
    let (mut phone, _server) = silent_phone_and_server();
    phone.says_yes(&["marketing.data_use"]);
    phone.sends_everything();
    assert!(phone.allows(FRAUD));
    phone.is_restored();
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    phone.sends_every_no();
    assert!(phone.allows(FRAUD), "{:?}", phone.codes(FRAUD));
}

#[test]
fn a_server_that_takes_the_file_for_a_copy_takes_silence_away_as_well() {
    let (phone, _server) = member_and_server();
    let copy = phone.is_copied(&["consent.db", "consent.db-wal", "marker"]);
    phone.says_no(&["marketing.email"]);
    phone.sends_everything();
    copy.says_no(&["marketing.sms"]);
    assert!(copy.allows(FRAUD), "nobody has noticed the copy yet");
    copy.syncs();
    denied(&copy, &OF_THE_PERSON, "not_pulled");
    copy.sends_every_no();
    assert!(copy.allows(FRAUD));
}

/// A carrier that changes what the server answers, while it is told to.
struct Changing {
    active: AtomicBool,
    change: fn(&mut Value),
    request: fn(&mut Value),
}

impl Changing {
    fn answers(change: fn(&mut Value)) -> Arc<Self> {
        Arc::new(Self { active: AtomicBool::new(true), change, request: |_| () })
    }

    fn requests(request: fn(&mut Value)) -> Arc<Self> {
        Arc::new(Self { active: AtomicBool::new(true), change: |_| (), request })
    }

    fn stops(&self) {
        self.active.store(false, Ordering::SeqCst);
    }
}

impl Transport for Changing {
    fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let active = self.active.load(Ordering::SeqCst);
        if let (true, Ok(mut body)) = (active, serde_json::from_slice(&request.body)) {
            (self.request)(&mut body);
            request.body = body.to_string().into_bytes();
        }
        let mut response = PlainTransport.send(request)?;
        if let (true, Ok(mut body)) = (active, serde_json::from_slice(&response.body)) {
            (self.change)(&mut body);
            response.body = body.to_string().into_bytes();
        }
        Ok(response)
    }
}

#[test]
fn a_pull_that_ends_half_way_tells_nothing_of_what_was_not_said() {
    let way = Changing::answers(|body| {
        if let Some(more) = body.get_mut("more") {
            *more = json!(true);
        } else if body.get("results").is_some() {
            body["more"] = json!(true);
        }
    });
    let (phone, _server) = under(silent_policy(), way.clone());
    phone.signs_in();
    phone.syncs();
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    way.stops();
    phone.is_online_again();
    phone.sends_everything();
    assert!(phone.allows(FRAUD));
}

#[test]
fn while_the_sign_in_itself_is_stuck_silence_is_worth_nothing() {
    let way = Changing::requests(|body| {
        for change in body["changes"].as_array_mut().into_iter().flatten().filter(|change| change["kind"] == "link") {
            change["salt"] = json!("07");
        }
    });
    let (phone, _server) = under(silent_policy(), way.clone());
    phone.signs_in();
    assert_eq!(phone.syncs().stuck, 1);
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    way.stops();
    phone.waits(25 * 60 * 60 * 1000);
    phone.sends_everything();
    assert!(phone.allows(FRAUD));
}

#[test]
fn on_a_disk_that_takes_nothing_an_objection_counts_and_silence_does_not_answer_for_others() {
    let (phone, server) = member_and_server();
    let refusing = Refusing::every_write(phone.folder());
    counts_in_memory(phone.app().withdraw(&[PARTNERS]));
    denied(&phone, &[PARTNERS], "withdrawn");
    server.hears_on_the_web(FRAUD, "refused");
    assert!(phone.app().sync(SYNC_MS).is_err());
    denied(&phone, &[FRAUD], "refused");
    assert!(phone.app().sign_in("acct_82").is_err());
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    refusing.lift();
    phone.signs_in_as("acct_82");
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    phone.sends_every_no();
    assert!(phone.allows(FRAUD) && phone.allows(PARTNERS));
    server.holds(PARTNERS, "withdrawn");
}

#[test]
fn a_sign_in_that_fails_takes_the_anonymous_persons_silence_too() {
    let (phone, _server) = silent_phone_and_server();
    assert!(phone.allows(FRAUD));
    let refusing = Refusing::every_write(phone.folder());
    assert!(phone.app().sign_in(MEMBER).is_err());
    denied(&phone, &OF_THE_PERSON, "not_pulled");
    refusing.lift();
    phone.says_no(&["marketing.email"]);
    assert!(phone.allows(FRAUD), "the sign-in has not happened");
}

#[test]
fn a_closed_file_denies_what_silence_allowed() {
    let (phone, _server) = silent_phone_and_server();
    phone.app().shutdown().unwrap();
    denied(&phone, &[FRAUD, PARTNERS, USAGE], "store_unavailable");
}

#[test]
fn a_child_does_not_agree_by_silence() {
    let (phone, _server) = silent_phone_and_server();
    let report = |signals: Signals| phone.app().report_signals(signals).unwrap();
    report(Signals { age: Some(AgeBand::Below), ..Signals::default() });
    denied(&phone, &[FRAUD, PARTNERS, USAGE], "guardian_required");
    denied(&phone, &[PARTNERS], "child");
    report(Signals { guardian: Some(Guardian::Verified), ..Signals::default() });
    denied(&phone, &[FRAUD, USAGE], "not_answered");
    let form = phone.app().questions("settings").unwrap();
    assert!(form.questions.iter().any(|question| question.purpose == FRAUD && question.why == Why::FirstTime));
    phone.app().record(&form.shown, &[Answer { actor: Actor::Guardian, ..Answer::grant(FRAUD) }]).unwrap();
    assert!(phone.allows(FRAUD));
    denied(&phone, &[PARTNERS], "child");
    phone.withdraws(FRAUD);
    report(Signals { age: Some(AgeBand::Above), ..Signals::default() });
    denied(&phone, &[FRAUD], "withdrawn");
    assert!(phone.allows(USAGE));
}

#[test]
fn global_privacy_control_and_what_is_required_hold_it_back() {
    let (phone, _server) = silent_phone_and_server();
    phone.app().report_signals(Signals { gpc: Some(true), ..Signals::default() }).unwrap();
    denied(&phone, &[PARTNERS], "gpc");
    assert!(phone.allows(FRAUD));
    phone.app().report_signals(Signals { gpc: Some(false), ..Signals::default() }).unwrap();
    assert!(phone.allows(PARTNERS));
    phone.says_yes(&[PROFILE]);
    assert!(phone.allows(PROFILE), "a consent may rest on it");
    phone.says_no(&[FRAUD]);
    denied(&phone, &[PROFILE, PARTNERS], "requires:fraud.prevention");
}

#[test]
fn the_form_offers_the_objection_and_is_never_due_for_it() {
    let (phone, server) = silent_phone_and_server();
    let form = || phone.app().questions("settings").unwrap();
    let why = |id: &str| form().questions.iter().find(|question| question.purpose == id).map(|question| (question.why, question.status));
    assert_eq!(why(FRAUD), Some((Why::MayObject, Status::NotAnswered)));
    let consents: Vec<String> = form().questions.iter().filter(|q| q.why == Why::FirstTime).map(|q| q.purpose.clone()).collect();
    assert!(!consents.iter().any(|id| OF_THE_PERSON.contains(&id.as_str()) || id == USAGE) && form().due);
    phone.says_no(&consents.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!form().due, "only the objections are left");
    phone.says_no(&[FRAUD]);
    assert_eq!(why(FRAUD), Some((Why::Answered, Status::Refused)));
    phone.says_yes(&[FRAUD, USAGE]);
    assert_eq!(why(FRAUD), Some((Why::Answered, Status::Granted)));
    assert_eq!(why(USAGE), Some((Why::Answered, Status::Granted)), "a yes to all of it changes nothing");
    assert!(!form().due && phone.allows(USAGE));
    phone.signs_in();
    assert!(form().pull_first);
    server.hears_on_the_web(PARTNERS, "refused");
    phone.sends_everything();
    assert!(!form().pull_first && !form().due);
    assert_eq!(why(PARTNERS), Some((Why::Answered, Status::Refused)));
}

#[test]
fn an_older_stores_no_is_an_objection() {
    let (phone, _server) = silent_phone_and_server();
    phone.imports_a_no(FRAUD);
    denied(&phone, &[FRAUD], "refused");
    let yes = ImportChoice {
        purpose: USAGE.into(),
        choice: ChoiceKind::Granted,
        said_at: None,
        source: "older".into(),
        text_version: None,
        actor: None,
    };
    phone.app().import(&[yes]).unwrap();
    assert!(phone.allows(USAGE), "a yes that does not count leaves things as they were: {:?}", phone.codes(USAGE));
}

#[test]
fn the_past_is_told_with_what_silence_was_worth_then() {
    let (phone, _server) = silent_phone_and_server();
    let fresh = phone.now();
    phone.waits(1000);
    phone.signs_in();
    let signed_in = phone.now();
    phone.waits(1000);
    phone.sends_everything();
    let pulled = phone.now();
    let allowed = |at: i64| {
        let past = phone.app().state_at(at).unwrap();
        past.decisions.iter().find(|decision| decision.purpose == FRAUD).unwrap().allowed
    };
    assert_eq!([fresh, signed_in, pulled].map(allowed), [true, false, true]);
}

#[test]
fn where_records_are_lost_only_what_is_said_anew_counts() {
    for gone in ["the newest records", "the whole file"] {
        let (mut phone, _server) = silent_phone_and_server();
        phone.says_yes(&["marketing.data_use"]);
        phone.stops();
        let (file, kept) = (phone.folder().join("consent.db"), phone.folder().join("kept"));
        std::fs::copy(&file, &kept).unwrap();
        phone.starts();
        phone.says_no(&[USAGE, FRAUD]);
        phone.stops();
        if gone == "the whole file" {
            std::fs::remove_file(&file).unwrap();
        } else {
            std::fs::copy(&kept, &file).unwrap();
        }
        phone.starts();
        let of_the_person = if gone == "the whole file" { "not_answered" } else { "not_pulled" };
        for _start in 0..2 {
            denied(&phone, &[USAGE], "not_answered");
            denied(&phone, &[FRAUD], of_the_person);
            phone.is_killed_and_starts_again();
        }
        phone.syncs();
        denied(&phone, &[USAGE], "not_answered");
        assert!(phone.app().questions("settings").unwrap().due);
        phone.says_yes(&[USAGE]);
        assert!(phone.allows(USAGE), "{gone}: {:?}", phone.codes(USAGE));
        phone.ledger_is_whole();
    }
}
