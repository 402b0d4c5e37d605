//! Who may do what with which subject.

use rusqlite::Transaction;

use crate::{
    http::{App, Fault},
    key,
    name::SubjectName,
    store::{self, Subject},
};

/// What a caller may do with a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Everything that a device does.
    All,
    /// Withdraw and refuse, and read nothing: for an account after a sign-out, and for the device subject of the phone that this one was
    /// copied from.
    Withdraw,
}

/// Finds or makes the subject of a sync request and says what its caller may do.
///
/// An account is made known by its first request with a valid token, any other subject by the installation that uses it first. A device
/// subject stays with that one. An anonymous person moves along when a phone is restored under a new installation id, and nothing but the
/// copied ledger holds the random reference: whoever names it is that person.
pub fn enter(app: &App, tx: &Transaction<'_>, bearer: &str, install: &str, name: &str) -> Result<(Subject, Rights), Fault> {
    let read = SubjectName::read(name).map_err(|fault| Fault::bad("bad_subject", "subject", fault.to_string()))?;
    let known = store::subject(tx, name)?;
    if read.reference().is_none() && key::is_account_token(&app.secret, name, bearer) {
        let subject = match known {
            Some(subject) => subject,
            None => store::create_subject(tx, name, None)?,
        };
        return Ok((subject, Rights::All));
    }
    let owner = store::install_by_token(tx, bearer)?.ok_or_else(Fault::unauthorized)?;
    if owner.install != install {
        return Err(Fault::forbidden("other_install", "the token belongs to another installation"));
    }
    let Some(reference) = read.reference() else {
        return match known {
            Some(subject) if store::is_linked(tx, install, &subject)? => Ok((subject, Rights::Withdraw)),
            _ => Err(Fault::forbidden("not_linked", "this installation was never signed in to that account")),
        };
    };
    match known {
        Some(subject) if matches!(read, SubjectName::Device(_)) && subject.install.as_deref() != Some(install) => {
            Ok((subject, Rights::Withdraw))
        }
        Some(subject) => Ok((subject, Rights::All)),
        None if store::reference_owner(tx, reference)?.is_some() => {
            Err(Fault::forbidden("reference_taken", "the reference stands for another subject"))
        }
        None => Ok((store::create_subject(tx, name, Some(install))?, Rights::All)),
    }
}
