//! The form that was answered last, and whether its token fits the present state.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::{
    open_ledger::OpenLedger,
    shown_token::{Form, Shown},
    writing::writer::LedgerWriter,
};
use crate::{
    error::{Error, Result},
    policy::Policy,
    store::settings::SHOWN_KEY,
};

/// The form that was answered last. It is kept because a form is answered tap by tap, and reading its token anew for each would be slow.
pub struct LastForm(ArcSwapOption<Form>);

impl LastForm {
    /// No form was answered yet.
    pub fn empty() -> Self {
        Self(ArcSwapOption::empty())
    }

    /// What a token says, where that is known without reading the file and fits the present state.
    pub fn known(&self, ledger: &OpenLedger, token: &str) -> Option<Arc<Form>> {
        let (install, key) = ledger.present.shown_key();
        let form = self.by_key(token, &install, || Ok(key)).ok()?;
        check_form(&form.shown, &ledger.policy_now(), &install, &ledger.present.load().person).is_ok().then_some(form)
    }

    /// What a token says.
    pub fn read(&self, writer: &LedgerWriter<'_>, token: &str) -> Result<Arc<Form>> {
        self.by_key(token, &writer.head.state.install, || Ok(writer.transaction.setting(SHOWN_KEY)?.unwrap_or_default()))
    }

    fn by_key(&self, token: &str, install: &str, key: impl FnOnce() -> Result<Vec<u8>>) -> Result<Arc<Form>> {
        if let Some(form) = self.0.load_full().filter(|form| form.is(token, install)) {
            return Ok(form);
        }
        let form = Arc::new(Form::read(token, &key()?)?);
        self.0.store(Some(form.clone()));
        Ok(form)
    }
}

/// Refuses a form that was made by another installation, for another edition of the policy, or for another person.
pub fn check_form(form: &Shown, policy: &Policy, install: &str, person: &str) -> Result<()> {
    let refuse = |reason: &str| Err(Error::Shown { reason: reason.into() });
    if form.install != install {
        return refuse("it was made by another installation; ask again with questions()");
    }
    if form.policy != policy.id || form.edition != policy.edition {
        return refuse("it was made for another version of the policy; ask again with questions()");
    }
    if form.person != person {
        return refuse("somebody signed in or out since; ask again with questions()");
    }
    Ok(())
}
