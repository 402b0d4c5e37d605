//! A notice as rows with labels. Each row names the field of the notice that it shows, so that what is on a screen can be compared with what
//! was hashed.

use super::{
    view::{FormRow, FormValue},
    words::Words,
};
use crate::policy::{Notice, NoticeThirdParty, NoticeTransfer, Policy};

/// The rows of a notice, in the order in which they are read: the four items, who else receives the data, what must be allowed as well. A
/// field that says nothing has no row. Larger and bolder are how long data is kept, who receives it and what for, and that a person is
/// written to for marketing (PIPA-6).
pub fn rows(words: &Words, policy: &Policy, notice: &Notice) -> Vec<FormRow> {
    let marketing = policy.purpose(&notice.purpose).is_some_and(|purpose| purpose.is_marketing());
    let mut rows = vec![
        row("used_for", words.used_for, [&notice.used_for], marketing),
        row("items", words.items, &notice.items, false),
        row("retention", words.retention, [&notice.retention], true),
        row("refusal", words.refusal, [&notice.refusal], false),
    ];
    for (at, party) in notice.third_parties.iter().enumerate() {
        rows.extend(third_party(words, &format!("third_parties.{at}"), party));
    }
    for (at, transfer) in notice.transfers.iter().enumerate() {
        rows.extend(abroad(words, &format!("transfers.{at}"), transfer));
    }
    rows.push(row("vendors", words.vendors, &notice.vendors, true));
    let title = |id: &String| policy.purpose(id).map_or_else(|| id.clone(), |purpose| policy.text(&purpose.title, &notice.language));
    let required = notice.requires.iter().map(|id| FormValue { id: Some(id.clone()), ..FormValue::text(title(id)) });
    rows.push(FormRow { part: "requires".into(), label: words.requires.into(), values: required.collect(), strong: false });
    rows.retain(|row| row.part.is_empty() || !row.values.is_empty());
    rows
}

/// The rows about one third party, under a heading (PIPA-2).
pub fn third_party(words: &Words, part: &str, party: &NoticeThirdParty) -> Vec<FormRow> {
    vec![
        heading(words.third_party),
        row(format!("{part}.recipient"), words.recipient, [&party.recipient], true),
        row(format!("{part}.used_for"), words.used_for, [&party.used_for], true),
        row(format!("{part}.items"), words.items, &party.items, false),
        row(format!("{part}.retention"), words.retention, [&party.retention], true),
        row(format!("{part}.refusal"), words.refusal, [&party.refusal], false),
    ]
}

/// The rows about one transfer, under a heading (PIPA-3).
pub fn abroad(words: &Words, part: &str, transfer: &NoticeTransfer) -> Vec<FormRow> {
    vec![
        heading(words.transfer),
        row(format!("{part}.recipient"), words.recipient, [&transfer.recipient], true),
        row(format!("{part}.contact"), words.contact, &transfer.contact, false),
        row(format!("{part}.country"), words.country, [&transfer.country], false),
        row(format!("{part}.when"), words.when, [&transfer.when], false),
        row(format!("{part}.method"), words.method, [&transfer.method], false),
        row(format!("{part}.items"), words.items, &transfer.items, false),
        row(format!("{part}.used_for"), words.used_for, [&transfer.used_for], true),
        row(format!("{part}.retention"), words.retention, [&transfer.retention], true),
        row(format!("{part}.refusal"), words.refusal, [&transfer.refusal], false),
    ]
}

/// A heading between rows.
pub fn heading(label: &str) -> FormRow {
    FormRow { part: String::new(), label: label.into(), values: vec![], strong: false }
}

/// A row with those of its values that say something.
pub fn row<'a>(part: impl Into<String>, label: &str, values: impl IntoIterator<Item = &'a String>, strong: bool) -> FormRow {
    let said = values.into_iter().filter(|value| !value.is_empty()).map(FormValue::text);
    FormRow { part: part.into(), label: label.into(), values: said.collect(), strong }
}
