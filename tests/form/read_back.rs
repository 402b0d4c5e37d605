//! Reads a notice back out of the rows that are drawn, so that it can be hashed as the one that was recorded.
#![allow(dead_code)]

use consentkit::{
    form::{FormRow, FormSwitch},
    policy::{Notice, NoticeThirdParty, NoticeTransfer},
};

fn values(rows: &[FormRow], part: &str) -> Vec<String> {
    let own = rows.iter().filter(|row| row.part == part).flat_map(|row| &row.values);
    own.map(|value| value.id.clone().unwrap_or_else(|| value.text.clone())).collect()
}

fn text(rows: &[FormRow], part: &str) -> String {
    values(rows, part).join("")
}

fn count(rows: &[FormRow], part: &str) -> usize {
    let numbers = rows.iter().filter_map(|row| row.part.strip_prefix(part)?.strip_prefix('.')?.split('.').next()?.parse::<usize>().ok());
    numbers.max().map_or(0, |last| last + 1)
}

/// The notice that stands in the rows of a switch.
pub fn notice_of(switch: &FormSwitch, language: &str) -> Notice {
    let rows = &switch.rows;
    let party = |at: usize| {
        let part = |field: &str| format!("third_parties.{at}.{field}");
        NoticeThirdParty {
            recipient: text(rows, &part("recipient")),
            used_for: text(rows, &part("used_for")),
            items: values(rows, &part("items")),
            retention: text(rows, &part("retention")),
            refusal: text(rows, &part("refusal")),
        }
    };
    let transfer = |at: usize| {
        let part = |field: &str| format!("transfers.{at}.{field}");
        NoticeTransfer {
            items: values(rows, &part("items")),
            country: text(rows, &part("country")),
            when: text(rows, &part("when")),
            method: text(rows, &part("method")),
            recipient: text(rows, &part("recipient")),
            contact: values(rows, &part("contact")),
            used_for: text(rows, &part("used_for")),
            retention: text(rows, &part("retention")),
            refusal: text(rows, &part("refusal")),
        }
    };
    Notice {
        purpose: switch.purpose.clone(),
        language: language.into(),
        title: switch.title.clone(),
        used_for: text(rows, "used_for"),
        items: values(rows, "items"),
        retention: text(rows, "retention"),
        refusal: text(rows, "refusal"),
        optional: !switch.optional.is_empty(),
        third_parties: (0..count(rows, "third_parties")).map(party).collect(),
        transfers: (0..count(rows, "transfers")).map(transfer).collect(),
        requires: values(rows, "requires"),
        vendors: values(rows, "vendors"),
    }
}
