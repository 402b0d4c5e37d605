//! Korean law: the Network Act and the Personal Information Protection Act, by the rule numbers of `docs/rules.md`.

use std::borrow::Cow;

use super::law::{Demand, Matter, Regime, Ruled, Says};
use crate::policy::{Channel, FaultCode, Night, TimeOfDay};

/// Korean law.
pub const KR: Regime = Regime {
    name: "kr",
    utc_offset_minutes: UTC_OFFSET_MINUTES,
    demands: DEMANDS,
    says: &[
        Says { matter: Matter::ConsentNotice, rule: "PIPA-1" },
        Says { matter: Matter::ThirdPartyItems, rule: "PIPA-2" },
        Says { matter: Matter::TransferItems, rule: "PIPA-3" },
        Says { matter: Matter::MarketingOnConsent, rule: "KR-1" },
        Says { matter: Matter::AdvertisingIdOnConsent, rule: "KR-19, BA-1" },
        Says { matter: Matter::SharingOfPersonOnConsent, rule: "PIPA-4, BA-1" },
        Says { matter: Matter::MarketingDataUse, rule: "KR-5, PIPA-4" },
        Says { matter: Matter::RefusalGuides, rule: "PIPA-12" },
        Says { matter: Matter::WholeDocument, rule: "PIPA-12" },
    ],
    age_of_consent: Some(Ruled { value: 14, rule: "PIPA-8" }),
    quiet_hours: Some(Ruled { value: NIGHT, rule: "KR-4" }),
    // No statute was found that sets a number of days. What is kept is the promise that the document itself makes in `amendments`, which
    // is among the fields asked for.
    notice_days: None,
    material_notice_days: None,
    cool_down_days: Some(Ruled { value: 7, rule: "PIPA-16" }),
};

/// Korea has kept UTC+9 all the year round since 1988.
const UTC_OFFSET_MINUTES: i32 = 540;

/// From 21:00 to 08:00 Korean time, for all channels but e-mail (KR-4).
const NIGHT: Night = Night {
    from: TimeOfDay::at(21, 0),
    until: TimeOfDay::at(8, 0),
    zone: None,
    utc_offset_minutes: Some(UTC_OFFSET_MINUTES),
    guard_minutes: 0,
    exempt: Cow::Borrowed(&[Channel::Email]),
};

/// The night of Korean law.
impl Default for Night {
    fn default() -> Self {
        NIGHT
    }
}

/// A published policy tells each of these (PIPA-12); what a consent, a recipient or a transfer needs has a rule of its own.
const DEMANDS: &[Demand] = &[
    part(
        "Policy",
        &[
            "edition",
            "announced_on",
            "effective_on",
            "controller",
            "items",
            "collection",
            "retention",
            "destruction",
            "third_parties",
            "transfers",
            "processors",
            "rights",
            "safeguards",
            "officer",
            "remedies",
            "amendments",
        ],
    ),
    Demand { part: "Policy", fields: &["audience"], code: FaultCode::MissingField, rule: "PIPA-8" },
    Demand { part: "Policy", fields: &["surfaces"], code: FaultCode::MissingField, rule: "PIPA-6" },
    Demand { part: "Purpose", fields: &["basis"], code: FaultCode::MissingField, rule: "PIPA-7" },
    Demand { part: "Purpose", fields: &["scope"], code: FaultCode::MissingField, rule: "PIPA-4" },
    Demand { part: "Purpose", fields: &["material"], code: FaultCode::MissingField, rule: "PIPA-1" },
    Demand {
        part: "PurposeNotice",
        fields: &["purpose", "items", "retention", "refusal"],
        code: FaultCode::NoticeItemMissing,
        rule: "PIPA-1",
    },
    Demand {
        part: "ThirdParty",
        fields: &["recipient", "purpose", "items", "retention", "refusal"],
        code: FaultCode::ThirdPartyItemMissing,
        rule: "PIPA-2",
    },
    Demand {
        part: "Transfer",
        fields: &["items", "country", "when", "method", "recipient", "contact", "purpose", "retention", "refusal"],
        code: FaultCode::TransferItemMissing,
        rule: "PIPA-3",
    },
    Demand { part: "Controller", fields: &["sender_name"], code: FaultCode::MissingField, rule: "KR-8" },
    Demand { part: "Night", fields: &["exempt"], code: FaultCode::MissingField, rule: "KR-4" },
    Demand { part: "Rights", fields: &["agents"], code: FaultCode::MissingField, rule: "PIPA-10" },
    Demand { part: "Agents", fields: &["power_of_attorney"], code: FaultCode::MissingField, rule: "PIPA-10" },
    part("Controller", &["contact"]),
    part("Statement", &["origin", "section"]),
    part("Item", &["origin"]),
    part("Purpose", &["origin"]),
    part("Collection", &["origin", "title", "required", "optional", "ways"]),
    part("Retention", &["origin", "basis", "after"]),
    part("Dormancy", &["origin"]),
    part("Destruction", &["origin", "when", "kept_apart", "procedure", "methods"]),
    part("ThirdParty", &["origin"]),
    part("Transfer", &["origin"]),
    part("Processor", &["origin", "task"]),
    part("Rights", &["origin", "kinds", "ways", "answer", "hold"]),
    part("Right", &["origin"]),
    part("Safeguard", &["origin"]),
    part("Officer", &["origin", "duties", "contact"]),
    part("Remedy", &["origin"]),
    part("Amendments", &["origin", "notice_days", "material_notice_days", "ways", "promise", "versions"]),
    part("CookieGuide", &["origin", "what", "used_for", "refusal"]),
    part("BrowserGuide", &["origin"]),
    part("AdvertisingIdGuide", &["origin", "what", "names", "used_for", "refusal"]),
    part("PlatformGuide", &["origin"]),
];

const fn part(part: &'static str, fields: &'static [&'static str]) -> Demand {
    Demand { part, fields, code: FaultCode::MissingField, rule: "PIPA-12" }
}
