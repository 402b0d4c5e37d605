//! Whether one edition of a policy may follow another.

use std::collections::BTreeSet;

use super::{Basis, Fault, FaultCode, Policy, Purpose, Scope, fault::Faults, guards};

/// Checks an offered policy against the one in force, and says all that stands against it.
///
/// `former` are editions that were in force before, newest first: a purpose that one edition left out is compared with the last one that
/// had it, since what people said of it counts again.
///
/// `shipped` is true for a policy that comes inside the app. One that was delivered over the network has less power: it may tighten what
/// protects a person and not loosen it. Otherwise whoever controls the server could switch off the questions, or the opt-outs that override
/// an answer.
pub fn check(in_force: &Policy, former: &[Policy], offered: &Policy, shipped: bool) -> Result<(), Vec<Fault>> {
    let mut faults = Faults::default();
    if offered.id != in_force.id {
        faults.push("/id", FaultCode::OtherPolicy, "another policy than the one in force", "deliver the next edition of the same policy");
    } else if offered.edition < in_force.edition {
        let what = format!("edition {} is older than {}, which is in force", offered.edition, in_force.edition);
        faults.push("/edition", FaultCode::OlderEdition, what, "publish the older text again under a new edition");
    } else if offered.edition == in_force.edition {
        if offered != in_force {
            let what = "the edition in force, with other content: records name editions, so one edition is one text";
            faults.push("/edition", FaultCode::SameEditionChanged, what, "raise edition");
        }
    } else {
        for (at, purpose) in offered.purposes.iter().enumerate() {
            if let Some(before) = guards::last_asked(in_force, former, &purpose.id) {
                purpose_follows(&mut faults, &format!("/purposes/{at}"), before, (offered, purpose));
            }
        }
        if !shipped {
            guards::check(&mut faults, in_force, former, offered);
        }
    }
    faults.into_result()
}

/// The purposes that the offered edition allows until the person objects, and that an earlier edition asked consent to. Who did not answer
/// that question has not agreed to anything, so for them silence does not come to mean yes.
pub fn asked_before(in_force: &Policy, former: &[Policy], offered: &Policy) -> Vec<String> {
    let asked = |id: &str| {
        let earlier = std::iter::once(in_force).chain(former).filter_map(|policy| policy.purpose(id));
        earlier.into_iter().any(|purpose| purpose.basis == Basis::Consent)
    };
    let silent = offered.purposes.iter().filter(|purpose| purpose.basis.silence_allows() && asked(&purpose.id));
    silent.map(|purpose| purpose.id.clone()).collect()
}

/// True where the offered edition brings a purpose of persons that is allowed until they object. What a server told of it before was not
/// kept, since no purpose of that name was known.
pub fn brings_silence(in_force: &Policy, offered: &Policy) -> bool {
    let silent = offered.purposes.iter().filter(|purpose| purpose.basis.silence_allows() && purpose.scope == Scope::Person);
    silent.into_iter().any(|purpose| in_force.purpose(&purpose.id).is_none())
}

fn purpose_follows(faults: &mut Faults, place: &str, before: (&Policy, &Purpose), after: (&Policy, &Purpose)) {
    let (old, new) = (before.1, after.1);
    let number = format!("{place}/material");
    if new.material < old.material {
        let what = format!("material {} is lower than {}, which is in force", new.material, old.material);
        faults.push(&number, FaultCode::MaterialLowered, what, "never lower it: choices are compared with it");
    }
    let asked = old.basis.may_be_answered() || new.basis.may_be_answered();
    if asked && new.material == old.material {
        let changed = changes(before, after);
        if !changed.is_empty() {
            let what = format!("what was agreed to changed ({}) and material did not rise (PIPA-1)", changed.join(", "));
            faults.push(number, FaultCode::MaterialNotRaised, what, "raise material, so that the person is asked again");
        }
    }
}

// The parts of a purpose that changed and that a person agreed to. The wording is not among them, so that nobody is asked again because a
// misprint was corrected.
fn changes(before: (&Policy, &Purpose), after: (&Policy, &Purpose)) -> Vec<&'static str> {
    let (old, new) = (before.1, after.1);
    let added_cookie = new.cookies.iter().any(|pattern| !old.cookies.contains(pattern));
    let added_google = new.google.iter().any(|kind| !old.google.contains(kind));
    let compared = [
        ("basis", old.basis != new.basis),
        ("scope", old.scope != new.scope),
        ("channel", old.channel != new.channel),
        ("night", old.night != new.night),
        ("uses", old.uses != new.uses),
        ("sharing", old.sharing != new.sharing),
        ("google", added_google),
        ("cookies", added_cookie),
        ("expires_after_days", new.lasts_longer_than(old)),
        ("requires", set(&old.requires) != set(&new.requires)),
        ("items", items(old) != items(new)),
        ("third_parties", third_parties(before) != third_parties(after)),
        ("transfers", transfers(before) != transfers(after)),
    ];
    compared.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect()
}

fn set(ids: &[String]) -> BTreeSet<&str> {
    ids.iter().map(String::as_str).collect()
}

fn items(purpose: &Purpose) -> BTreeSet<&str> {
    purpose.notice.as_ref().map(|notice| set(&notice.items)).unwrap_or_default()
}

fn third_parties<'a>((policy, purpose): (&'a Policy, &'a Purpose)) -> BTreeSet<(&'a str, BTreeSet<&'a str>)> {
    let named = policy.third_parties.iter().filter(|party| purpose.third_parties.contains(&party.id));
    named.map(|party| (party.id.as_str(), set(&party.items))).collect()
}

fn transfers<'a>((policy, purpose): (&'a Policy, &'a Purpose)) -> BTreeSet<(&'a str, BTreeSet<&'a str>)> {
    let named = policy.transfers.iter().filter(|transfer| purpose.transfers.contains(&transfer.id));
    named.map(|transfer| (transfer.id.as_str(), set(&transfer.items))).collect()
}
