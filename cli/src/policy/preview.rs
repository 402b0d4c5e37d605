//! `policy preview`: the form as a page, for whoever writes a policy.

use std::{collections::BTreeMap, path::Path};

use consentkit::form::{FormFacts, FormKind, PageLinks, PageTarget, Theme, form_view, render, untouched};

use super::read_policy;
use crate::{
    outcome::{Found, Outcome, Stop},
    print,
};

/// The page is only looked at: nobody takes what it sends.
const NONCE: &str = "preview";

pub fn run(file: &Path, form: Option<&str>, language: Option<&str>) -> Outcome {
    let policy = read_policy(file)?;
    let form = form.or(policy.surfaces.first().map(String::as_str)).unwrap_or("form");
    if !policy.surfaces.is_empty() && !policy.surfaces.iter().any(|known| known == form) {
        return Err(Stop::file(file, format_args!("has no form of that name; its forms are: {}", policy.surfaces.join(", "))));
    }
    let language = language.or(policy.languages.first().map(String::as_str)).unwrap_or_default();
    let questions = untouched(&policy, form, language);
    let kind = if form == "settings" { FormKind::Settings } else { FormKind::FirstRun };
    let standing = BTreeMap::new();
    let view = form_view(&FormFacts { policy: &policy, questions: &questions, kind, standing: &standing, utc_offset: 0, system_path: "" });
    let page = render(&view, &Theme::default(), &PageLinks::new(), &PageTarget::Host { nonce: NONCE.into() })
        .map_err(|fault| Stop::file(file, format_args!("cannot be drawn: {fault}")))?;
    print::text(&page);
    Ok(Found::Nothing)
}
