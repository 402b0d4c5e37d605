//! Who may do what with which subject.

use consentkit::sync::{installation, subject_name::SubjectNameFault};
use rusqlite::Transaction;

use super::change::Read;
use crate::{
    app::App,
    http::Fault,
    key,
    name::{NameFault, SubjectName},
    store::{self, Subject},
};

/// What a caller may do with a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Everything that a device does.
    All,
    /// To withdraw and refuse, and to read nothing. For an account after its sign-out, and for the device subject of the phone that this
    /// phone's file was copied from.
    Withdraw,
    /// To refuse and to withdraw, to make the reference known that this needs, and to read nothing; anything else in the same request is
    /// rejected by itself. For an account whose name is a placeholder: people share it, so nothing may be granted or read by it. But an
    /// older app that signed in somebody as `null` must still be able to say that person's no.
    Refuse,
}

/// Who sends a request, for whom, and as what.
pub struct Caller {
    /// The subject.
    pub subject: Subject,
    /// What may be done with it.
    pub rights: Rights,
    /// True where the sender is the installation that the request names. An account's token alone does not show that: every phone of the
    /// account has it, and so may somebody else.
    pub proved: bool,
    /// True where the request shows an account's token and comes from a phone with an older version, which sends no proof, or names such a
    /// phone.
    pub older: bool,
}

/// Finds or makes the subject of a sync request and says what its caller may do.
///
/// An account becomes known by its first request with a valid token, any other subject by the installation that uses it first. A device
/// subject belongs to that installation for good. An anonymous person may be used by another installation later, because a restored phone
/// is a new installation with the same person in front of it. Its reference is random and stands only in ledgers that were copied from one
/// another, so whoever names it has that person's ledger.
///
/// For the same reason any installation may withdraw for a device that it names. It may withdraw for an account if every record that it
/// sends names a reference of that account, because then its ledger was signed in there. A request that `brings` only records of other
/// installations makes a device known, but the device does not then belong to the sender.
pub fn enter(
    app: &App,
    tx: &Transaction<'_>,
    bearer: &str,
    install: &str,
    name: &str,
    proof: Option<&str>,
    brings: impl FnOnce() -> Vec<Read>,
) -> Result<Caller, Fault> {
    let (read, rights) = match SubjectName::read(name) {
        Ok(read) => (read, Rights::All),
        Err(NameFault::Account(SubjectNameFault::Placeholder)) => (SubjectName::Account(name), Rights::Refuse),
        Err(fault) => return Err(Fault::bad("bad_subject", "subject", fault.to_string())),
    };
    let known = store::subject(tx, name)?;
    if read.reference().is_none() && key::is_account_token(&app.secret, name, bearer) {
        let proved = proof.map_or(Ok(false), |proof| proves(tx, proof, install))?;
        let subject = match known {
            Some(subject) => subject,
            None => store::create_subject(tx, name, None)?,
        };
        let keyed = installation::is_keyed(install);
        if proved && !keyed {
            // When it told its sign-in earlier, without a proof, only its reference became known, and it was not yet counted among the
            // account's installations.
            store::link(tx, install, &subject, app.now())?;
        }
        return Ok(Caller { subject, rights, proved, older: proof.is_none() && !keyed });
    }
    let owner = store::install_by_token(tx, bearer)?.ok_or_else(Fault::unauthorized)?;
    if owner.install != install {
        return Err(Fault::forbidden("other_install", "the token belongs to another installation"));
    }
    let own = |subject, rights| Ok(Caller { subject, rights, proved: true, older: false });
    let Some(reference) = read.reference() else {
        return match known {
            Some(subject) if store::is_linked(tx, install, &subject)? || names(tx, &subject, &brings())? => own(subject, Rights::Withdraw),
            _ => Err(Fault::forbidden("not_linked", "this installation was never signed in to that account")),
        };
    };
    if !matches!(read, SubjectName::Device(_)) {
        return match known {
            Some(subject) => {
                // From here on this phone counts among the person's phones when somebody asks whether a message may be sent.
                store::link(tx, install, &subject, app.now())?;
                own(subject, Rights::All)
            }
            None if store::reference_owner(tx, reference)?.is_some() => own(store::create_subject(tx, name, None)?, Rights::Withdraw),
            None => own(store::create_subject(tx, name, Some(install))?, Rights::All),
        };
    }
    let subject = match known {
        Some(subject) => subject,
        None => store::create_subject(tx, name, None)?,
    };
    match &subject.install {
        Some(owner) if owner == install => own(subject, Rights::All),
        None if store::own_reference(tx, &subject, reference)? && !is_copied(&brings(), install) => {
            store::give_to(tx, &subject, install)?;
            own(subject, Rights::All)
        }
        _ => own(subject, Rights::Withdraw),
    }
}

/// True where every change was recorded by another installation.
fn is_copied(changes: &[Read], install: &str) -> bool {
    !changes.is_empty() && changes.iter().all(|change| change.record.install != install)
}

/// True where every change names a reference that stands for this subject.
fn names(tx: &Transaction<'_>, subject: &Subject, changes: &[Read]) -> Result<bool, Fault> {
    for change in changes {
        if !change.subject().map_or(Ok(false), |reference| store::own_reference(tx, subject, reference))? {
            return Ok(false);
        }
    }
    Ok(!changes.is_empty())
}

/// True where the proof is the key that the installation's name was made from, or for an installation named by an older version, its token.
fn proves(tx: &Transaction<'_>, proof: &str, install: &str) -> Result<bool, Fault> {
    if installation::is_keyed(install) {
        return Ok(installation::proves(proof, install));
    }
    Ok(store::install_by_token(tx, proof)?.is_some_and(|owner| owner.install == install))
}
