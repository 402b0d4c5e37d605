//! What every call checks of its arguments.

use crate::{
    error::{Error, Result},
    policy::{MAX_ID_CHARS, Policy, Purpose, nearest},
    text::{self, TextFault},
};

/// Most answers in one call: a form has far fewer questions.
pub const MAX_ANSWERS: usize = 200;

/// Refuses empty, overlong and hostile text.
pub fn check_text(field: &str, value: &str, max_chars: usize) -> Result<()> {
    match text::fault(value, max_chars) {
        None => Ok(()),
        Some(TextFault::Empty) => Err(Error::invalid(field, format!("{}; give a text", TextFault::Empty.what()))),
        Some(TextFault::TooLong) => Err(Error::invalid(field, format!("is too long; give at most {max_chars} characters"))),
        Some(fault) => Err(Error::invalid(field, format!("{}; take it out", fault.what()))),
    }
}

/// Refuses a call without entries, and one with too many.
pub fn check_count(field: &str, count: usize) -> Result<()> {
    match count {
        0 => Err(Error::invalid(field, "is empty; give at least one entry")),
        1..=MAX_ANSWERS => Ok(()),
        _ => Err(Error::invalid(field, format!("has {count} entries; give at most {MAX_ANSWERS} in one call"))),
    }
}

/// The purpose, if the policy in force has it and the person has a say about it.
pub fn answerable_purpose<'a>(policy: &'a Policy, id: &str, field: &str) -> Result<&'a Purpose> {
    check_text(field, id, MAX_ID_CHARS)?;
    let Some(purpose) = policy.purpose(id) else {
        return Err(Error::invalid(field, format!("is no purpose of the policy in force; {}", meant(policy, id))));
    };
    if !purpose.basis.may_be_answered() {
        return Err(Error::invalid(field, "needs no consent; leave it out, since it cannot be granted, refused or withdrawn"));
    }
    Ok(purpose)
}

/// What to do about a name that is no purpose of the policy: where it is near to one, that is probably a slip of the pen.
pub fn meant(policy: &Policy, id: &str) -> String {
    match nearest(id, policy.purposes.iter().map(|purpose| purpose.id.as_str())) {
        Some(near) => format!("perhaps `{near}` was meant"),
        None => "give one that the policy has".to_owned(),
    }
}
