//! Whether one edition of a policy may follow another.

use chrono::Days;

use super::{
    Basis, Fault, FaultCode, Policy, Purpose, Scope,
    agreed::{Kind, Part, changed_parts},
    fault::Faults,
    guards,
};

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
                purpose_follows(&mut faults, at, before, (offered, purpose), shipped);
            }
        }
        announced_in_time(&mut faults, in_force, offered);
        if !shipped {
            guards::check(&mut faults, in_force, former, offered);
        }
    }
    faults.into_result()
}

/// The purposes that the offered edition allows until the person objects, and of which silence does not come to mean yes.
///
/// An earlier edition may have asked consent to such a purpose: who did not answer that question has not agreed to anything. Or it had the
/// purpose with another scope: an objection stands under the device or under the person, so under the new scope it would not be found.
pub fn asked_before(in_force: &Policy, former: &[Policy], offered: &Policy) -> Vec<String> {
    let asked = |silent: &Purpose| {
        let mut earlier = std::iter::once(in_force).chain(former).filter_map(|policy| policy.purpose(&silent.id));
        earlier.any(|purpose| purpose.basis == Basis::Consent || (purpose.basis.silence_allows() && purpose.scope != silent.scope))
    };
    let silent = offered.purposes.iter().filter(|purpose| purpose.basis.silence_allows() && asked(purpose));
    silent.map(|purpose| purpose.id.clone()).collect()
}

/// True where the offered edition brings a purpose of persons that is allowed until they object, or makes one of the device such a purpose.
/// What a server told of it before was not kept, since no purpose of persons had that name.
pub fn brings_silence(in_force: &Policy, offered: &Policy) -> bool {
    let silent = offered.purposes.iter().filter(|purpose| purpose.basis.silence_allows() && purpose.scope == Scope::Person);
    silent.into_iter().any(|purpose| in_force.purpose(&purpose.id).is_none_or(|before| before.scope != Scope::Person))
}

/// The fault of an edition that takes effect before the one that it follows did; `None` where it does not.
pub fn goes_back(in_force: &Policy, offered: &Policy) -> Option<Fault> {
    let (before, after) = in_force.effective_on.zip(offered.effective_on)?;
    (after < before).then(|| Fault {
        pointer: "/effective_on".into(),
        code: FaultCode::DatesBackwards,
        what: format!("it takes effect on {after}, before edition {}, which did on {before}", in_force.edition),
        fix: "give it a day on which it really takes effect".into(),
    })
}

fn purpose_follows(faults: &mut Faults, at: usize, before: (&Policy, &Purpose), after: (&Policy, &Purpose), shipped: bool) {
    let (old, new) = (before.1, after.1);
    let number = format!("/purposes/{at}/material");
    if new.material < old.material {
        let what = format!("material {} is lower than {}, which is in force", new.material, old.material);
        faults.push(&number, FaultCode::MaterialLowered, what, "never lower it: choices are compared with it");
    }
    let asked = old.basis.may_be_answered() || new.basis.may_be_answered();
    if !asked || new.material != old.material {
        return;
    }
    let may_be_wording = |kind: Kind| kind == Kind::Wording || (kind == Kind::Name && shipped);
    let is_editorial = new.is_editorial(before.0.edition, after.0.edition);
    let changed = changed_parts(before, after, at).into_iter().filter(|part| !(is_editorial && may_be_wording(part.kind)));
    let changed: Vec<Part> = changed.collect();
    if changed.is_empty() {
        return;
    }
    let places: Vec<&str> = changed.iter().map(|part| part.pointer.as_str()).collect();
    let what = format!("what was agreed to changed ({}) and material did not rise (PIPA-1)", places.join(", "));
    let edition = after.0.edition;
    let fix = if changed.iter().all(|part| may_be_wording(part.kind)) {
        format!("raise material, so that the person is asked again; where the meaning is the same, write editorial: {edition} instead")
    } else {
        "raise material, so that the person is asked again".to_owned()
    };
    faults.push(number, FaultCode::MaterialNotRaised, what, fix);
}

/// The fewest days from the announcement of an edition until it is in force: what the edition before it promised, and no less than what it
/// promises itself. More are promised for a change that a person is asked about again.
pub fn notice_days(in_force: &Policy, offered: &Policy) -> u32 {
    let asks_again = |purpose: &Purpose| in_force.purpose(&purpose.id).is_some_and(|before| before.material < purpose.material);
    let material = offered.purposes.iter().any(asks_again);
    in_force.notice_days(material).max(offered.notice_days(material))
}

fn announced_in_time(faults: &mut Faults, in_force: &Policy, offered: &Policy) {
    let (Some(announced_on), Some(effective_on)) = (offered.announced_on, offered.effective_on) else { return };
    // A document that says no day of its own, and repeats that of the edition before it, does not tell when it was announced.
    if in_force.effective_on.is_some_and(|before| effective_on <= before) {
        return;
    }
    let days = notice_days(in_force, offered);
    let ready = announced_on.checked_add_days(Days::new(u64::from(days)));
    if ready.is_none_or(|ready| ready > effective_on) {
        let what = format!("announced less than the {days} days before it takes effect that this change needs");
        faults.push("/announced_on", FaultCode::NoticeTooShort, what, "announce it earlier, or let it take effect later");
    }
}
