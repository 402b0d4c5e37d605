//! The app behind the form: what it may do now, and why not.

use consentkit::{
    client::Consent,
    form::{FormElement, FormLink, FormRow, FormValue, LinkTarget, Sheet},
};

/// Each purpose with the answer of `allows`, and the first reason against it where there is one.
pub fn app_sheet(consent: &Consent) -> Sheet {
    let read = consent.policy_sheet();
    let snapshot = consent.snapshot();
    let row = |purpose: &consentkit::policy::Purpose| {
        let decision = consent.explain(&purpose.id);
        let why = decision.reasons.first().map(|reason| consent.reason_text(reason));
        FormRow {
            part: String::new(),
            label: purpose.id.clone(),
            values: vec![FormValue::text(why.map_or_else(|| "✓".to_owned(), |why| format!("✗ {why}")))],
            strong: false,
        }
    };
    let asked = snapshot.policy.purposes.iter().filter(|purpose| purpose.basis.may_be_answered());
    let links = read.elements.iter().filter(|element| matches!(element, FormElement::Link { .. })).cloned();
    let policy = FormLink { text: read.title.clone(), target: LinkTarget::Policy };
    let rows = FormElement::Rows { title: String::new(), rows: asked.map(row).collect() };
    let elements = [rows].into_iter().chain(links).chain([FormElement::Link { link: policy }]).collect();
    Sheet { title: read.company.clone(), elements, ..read }
}
