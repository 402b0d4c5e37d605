//! The notice a person is shown before an answer: the four items of PIPA-1, recipients (PIPA-2), transfers (PIPA-3).

use serde::Serialize;

use super::{Contact, Policy, Purpose, ThirdParty, Transfer};
use crate::{digest, json::FromJson};

/// A third party, in one language (PIPA-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson, uniffi::Record)]
pub struct NoticeThirdParty {
    /// Who receives the data.
    pub recipient: String,
    /// What they use it for.
    pub used_for: String,
    /// What they receive.
    pub items: Vec<String>,
    /// How long they keep it.
    pub retention: String,
    /// The right to refuse, and what refusing costs.
    pub refusal: String,
}

/// A transfer abroad, in one language (PIPA-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson, uniffi::Record)]
pub struct NoticeTransfer {
    /// What leaves the country.
    pub items: Vec<String>,
    /// The country it goes to.
    pub country: String,
    /// When the data is sent there.
    pub when: String,
    /// How the data is sent there.
    pub method: String,
    /// Who receives it.
    pub recipient: String,
    /// Where they are reached: e-mail, telephone, web address, as far as known.
    pub contact: Vec<String>,
    /// What they use it for.
    pub used_for: String,
    /// How long they keep it.
    pub retention: String,
    /// How to refuse, and what refusing costs.
    pub refusal: String,
}

/// What a person must be able to read before answering, in one language.
// The text is hashed in the order of these fields. A change here would give every notice another hash than the one in earlier records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson, uniffi::Record)]
pub struct Notice {
    /// The purpose's id.
    pub purpose: String,
    /// The language of every text here, a BCP 47 tag the policy declares.
    pub language: String,
    /// The purpose's name.
    pub title: String,
    /// What the data is used for. Empty where the purpose needs no consent and gives no notice.
    pub used_for: String,
    /// The items collected.
    pub items: Vec<String>,
    /// How long they are kept.
    pub retention: String,
    /// The right to refuse, and what refusing costs.
    pub refusal: String,
    /// True where a person may refuse and still use the service.
    pub optional: bool,
    /// The third parties that receive the data.
    pub third_parties: Vec<NoticeThirdParty>,
    /// What leaves the country.
    pub transfers: Vec<NoticeTransfer>,
    /// Ids of the purposes that must be allowed as well.
    pub requires: Vec<String>,
    /// Who else receives the data: the names of vendors, the same in every language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vendors: Vec<String>,
}

impl Notice {
    /// SHA-256 (hex) of the exact text: equal if and only if the person was shown the same.
    pub fn text_hash(&self) -> String {
        // Writing JSON fails only for maps with odd keys and for numbers that are none; a notice has neither.
        digest::hex(&digest::hash(&serde_json::to_vec(self).unwrap_or_default()))
    }
}

/// The notice of one purpose, in the declared language nearest to the asked one.
pub fn notice(policy: &Policy, purpose: &Purpose, language: &str) -> Notice {
    let language = policy.language(language);
    let text = |text| policy.text(text, language);
    let shown = purpose.notice.as_ref();
    let third_parties = purpose.third_parties.iter().filter_map(|id| policy.third_parties.iter().find(|party| party.id == *id));
    let transfers = purpose.transfers.iter().filter_map(|id| policy.transfers.iter().find(|transfer| transfer.id == *id));
    Notice {
        purpose: purpose.id.clone(),
        language: language.into(),
        title: text(&purpose.title),
        used_for: shown.map(|shown| text(&shown.purpose)).unwrap_or_default(),
        items: shown.map(|shown| item_labels(policy, &shown.items, language)).unwrap_or_default(),
        retention: shown.map(|shown| text(&shown.retention)).unwrap_or_default(),
        refusal: shown.map(|shown| text(&shown.refusal)).unwrap_or_default(),
        optional: purpose.basis.may_be_answered(),
        third_parties: third_parties.map(|party| third_party(policy, party, language)).collect(),
        transfers: transfers.map(|abroad| transfer(policy, abroad, language)).collect(),
        requires: purpose.requires.clone(),
        vendors: vendor_names(policy, &purpose.vendors),
    }
}

pub(super) fn third_party(policy: &Policy, party: &ThirdParty, language: &str) -> NoticeThirdParty {
    let text = |text| policy.text(text, language);
    NoticeThirdParty {
        recipient: text(&party.recipient),
        used_for: text(&party.purpose),
        items: item_labels(policy, &party.items, language),
        retention: text(&party.retention),
        refusal: text(&party.refusal),
    }
}

pub(super) fn transfer(policy: &Policy, transfer: &Transfer, language: &str) -> NoticeTransfer {
    let text = |text| policy.text(text, language);
    NoticeTransfer {
        items: item_labels(policy, &transfer.items, language),
        country: text(&transfer.country),
        when: text(&transfer.when),
        method: text(&transfer.method),
        recipient: text(&transfer.recipient),
        contact: contact_lines(&transfer.contact),
        used_for: text(&transfer.purpose),
        retention: text(&transfer.retention),
        refusal: text(&transfer.refusal),
    }
}

fn vendor_names(policy: &Policy, ids: &[String]) -> Vec<String> {
    // A policy may name two thousand, so they are looked up once and not by going through all for each.
    let wanted: std::collections::BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    policy.vendors.iter().filter(|vendor| wanted.contains(vendor.id.as_str())).map(|vendor| vendor.name.clone()).collect()
}

pub(super) fn item_labels(policy: &Policy, ids: &[String], language: &str) -> Vec<String> {
    let label = |id: &String| policy.items.iter().find(|item| item.id == *id).map(|item| policy.text(&item.label, language));
    ids.iter().filter_map(label).collect()
}

fn contact_lines(contact: &Contact) -> Vec<String> {
    [&contact.email, &contact.phone, &contact.url].into_iter().flatten().cloned().collect()
}
