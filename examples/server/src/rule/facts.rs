//! What the phones of a person said of the person and of themselves, brought together for one decision. A phone decides by its own signals
//! alone. But who sends a message does not know on which phone it will be read. So of the devices' signals the strictest counts. Of the
//! person's age and guardian the last that was said counts, since a child comes of age.

use std::collections::BTreeMap;

use consentkit::{
    ledger::{AskAgain, CurrentAnswer, Record, Silence},
    policy::{Policy, Scope, Uses},
    signal::{AdIdSignal, AdIdUnavailable, AgeBand, Guardian, PersonSignals, Platform, Signals, Tracking},
};
use rusqlite::Transaction;

use super::evidence;
use crate::{
    http::Fault,
    store::{self, DeviceSignals, StateRow, Subject},
};

/// What the decision reads besides the policy.
#[derive(Default)]
pub struct Facts {
    /// The person's age band and guardian, and the devices' caps.
    pub signals: Signals,
    /// Where the person's devices run; absent where none said.
    pub platform: Option<Platform>,
    /// The current answers, by purpose.
    pub answers: BTreeMap<String, CurrentAnswer>,
}

impl Facts {
    /// What is known of somebody of whom the server never heard: of what is allowed until the person objects, that nobody objected.
    pub fn unheard(policy: &Policy) -> Self {
        let mut facts = Self::default();
        count_silence(&mut facts.answers, policy);
        facts
    }
}

/// Lets silence count where a purpose is allowed until the person objects. All objections come together here, so none is unknown that was told
/// to anybody.
fn count_silence(answers: &mut BTreeMap<String, CurrentAnswer>, policy: &Policy) {
    for purpose in policy.purposes.iter().filter(|purpose| purpose.basis.silence_allows()) {
        answers.entry(purpose.id.clone()).or_default().silence = Silence::Allows;
    }
}

/// Brings together what is known of a subject, as it is to be read under a policy.
pub fn facts(tx: &Transaction<'_>, subject: &Subject, policy: &Policy) -> Result<Facts, Fault> {
    let devices = store::device_signals(tx, subject.id)?;
    let said = store::person_signals(tx, subject.id)?;
    let person = of_before(&devices, &said).or(said.last().map(|(_, person)| *person)).unwrap_or_default();
    let (signals, platform) = caps(&devices);
    Ok(Facts {
        signals: person.beside(signals, policy.age_of_consent()),
        platform,
        answers: current_answers(tx, subject, policy, &devices)?,
    })
}

/// The current answers of the person. For a purpose that belongs to devices it is that of the strictest device: if one device did not
/// agree, none did.
fn current_answers(
    tx: &Transaction<'_>,
    subject: &Subject,
    policy: &Policy,
    said: &[DeviceSignals],
) -> Result<BTreeMap<String, CurrentAnswer>, Fault> {
    let of = |subject: &Subject| -> Result<Vec<(String, CurrentAnswer)>, Fault> {
        Ok(store::states_of(tx, subject)?.iter().map(|row| (row.purpose.clone(), current_answer(row, policy, said))).collect())
    };
    let person: BTreeMap<String, CurrentAnswer> = of(subject)?.into_iter().collect();
    let mut answers = person.clone();
    let mut devices = Vec::new();
    for subjects in store::devices_of(tx, subject)? {
        let answers = subjects.iter().map(of).collect::<Result<Vec<_>, _>>()?;
        devices.push(answers.into_iter().flatten().collect::<BTreeMap<_, _>>());
    }
    for purpose in policy.purposes.iter().filter(|purpose| purpose.scope == Scope::Device) {
        answers.remove(&purpose.id);
        let said = devices.iter().map(|answers| answers.get(&purpose.id));
        let strictest = if purpose.basis.silence_allows() {
            // An objection on one device counts, though nothing was said on another.
            said.flatten().min_by_key(|answer| !answer.objects())
        } else {
            // Of several grants the one that ends first counts.
            let by_device: Option<Vec<&CurrentAnswer>> = said.collect();
            by_device.and_then(|answers| answers.into_iter().min_by_key(|answer| (answer.counts(), answer.material, answer.at)))
        };
        answers.extend(strictest.map(|answer| (purpose.id.clone(), answer.clone())));
    }
    carry_objections(&mut answers, &person, &devices, policy);
    count_silence(&mut answers, policy);
    Ok(answers)
}

/// Lets an objection count that was told under the other scope: an earlier edition may have had the purpose as one of devices, or of the
/// person. Only a yes under the scope of today takes it back, of a purpose of devices one from each device.
fn carry_objections(
    answers: &mut BTreeMap<String, CurrentAnswer>,
    person: &BTreeMap<String, CurrentAnswer>,
    devices: &[BTreeMap<String, CurrentAnswer>],
    policy: &Policy,
) {
    for purpose in policy.purposes.iter().filter(|purpose| purpose.basis.silence_allows()) {
        let by_device = || devices.iter().map(|answers| answers.get(&purpose.id));
        let agreed = |answer: Option<&CurrentAnswer>| answer.is_some_and(CurrentAnswer::counts);
        let (taken_back, objection) = match purpose.scope {
            Scope::Person => (agreed(person.get(&purpose.id)), by_device().flatten().find(|answer| answer.objects())),
            Scope::Device => (!devices.is_empty() && by_device().all(agreed), person.get(&purpose.id).filter(|answer| answer.objects())),
        };
        let objects = answers.get(&purpose.id).is_some_and(CurrentAnswer::objects);
        if let Some(objection) = objection.filter(|_| !objects && !taken_back) {
            answers.insert(purpose.id.clone(), objection.clone());
        }
    }
}

/// The current answer to one purpose. A grant to use an advertising id does not count for the id that replaced it since (AND-4).
fn current_answer(row: &StateRow, policy: &Policy, said: &[DeviceSignals]) -> CurrentAnswer {
    let answer = evidence::current_answer(row);
    let uses_it = policy.purpose(&row.purpose).is_some_and(|purpose| purpose.uses == Some(Uses::AdvertisingId));
    let replaced = |record: Record| said.iter().any(|device| device.install == record.install && record.seq < device.ad_id_changed);
    if uses_it && answer.counts() && row.record.as_deref().and_then(evidence::read).is_some_and(replaced) {
        return CurrentAnswer { ask_again: Some(AskAgain::AdIdChanged), ..answer };
    }
    answer
}

/// What phones with older versions say of the person: they told age and guardian among the device's signals. If one of them knows a child,
/// that decides, and the guardian counts only if each of them verified one. Otherwise they decide only where no newer phone said anything.
fn of_before(devices: &[DeviceSignals], said: &[(String, PersonSignals)]) -> Option<PersonSignals> {
    let old = || devices.iter().filter(|device| said.iter().all(|(install, _)| *install != device.install)).map(|device| device.signals);
    let children = || old().filter(|signals| signals.age == Some(AgeBand::Below));
    if children().next().is_some() {
        let verified = children().all(|signals| signals.guardian == Some(Guardian::Verified));
        let guardian = if verified { Guardian::Verified } else { Guardian::NotVerified };
        return Some(PersonSignals { age: Some(AgeBand::Below), age_of_consent: None, guardian: Some(guardian) });
    }
    let known = old().find(|signals| signals.age.is_some()).filter(|_| said.is_empty());
    known.map(|signals| PersonSignals { age: signals.age, age_of_consent: None, guardian: signals.guardian })
}

/// The caps that hold on any of the devices, and where the devices run.
fn caps(devices: &[DeviceSignals]) -> (Signals, Option<Platform>) {
    let on_ios = |device: &&DeviceSignals| match device.platform {
        Some(platform) => platform == Platform::Ios,
        None => device.signals.tracking.is_some(),
    };
    let tracking = || devices.iter().filter(on_ios).map(|device| device.signals.tracking.unwrap_or(Tracking::NotDetermined));
    let ad_id = || devices.iter().filter_map(|device| device.signals.ad_id.or_else(|| no_provider(device)));
    let signals = Signals {
        tracking: tracking().find(|tracking| *tracking != Tracking::Authorized).or_else(|| tracking().next()),
        ad_id: ad_id().find(|signal| *signal != AdIdSignal::Available).or_else(|| ad_id().next()),
        gpc: devices.iter().any(|device| device.signals.gpc == Some(true)).then_some(true),
        ..Signals::default()
    };
    let ios = devices.iter().find(on_ios).map(|_| Platform::Ios);
    (signals, ios.or_else(|| devices.iter().find_map(|device| device.platform)))
}

/// A desktop has no advertising id, and neither may a phone that does not say where it runs.
fn no_provider(device: &DeviceSignals) -> Option<AdIdSignal> {
    let none = matches!(device.platform, Some(Platform::Desktop)) || (device.platform.is_none() && device.signals.tracking.is_none());
    none.then_some(AdIdSignal::Unavailable { kind: AdIdUnavailable::NoProvider })
}
