//! The words by which older systems say yes and no.

use consentkit::ledger::ChoiceKind;

const YES: &[&str] = &[
    "1",
    "y",
    "yes",
    "t",
    "true",
    "on",
    "granted",
    "grant",
    "agree",
    "agreed",
    "accept",
    "accepted",
    "opt_in",
    "opt-in",
    "optin",
    "동의",
    "동의함",
    "예",
    "同意",
    "はい",
];

const NO: &[&str] = &[
    "0",
    "n",
    "no",
    "f",
    "false",
    "off",
    "refused",
    "refuse",
    "denied",
    "deny",
    "disagree",
    "declined",
    "rejected",
    "동의안함",
    "동의 안함",
    "미동의",
    "거부",
    "아니오",
    "아니요",
    "拒否",
    "いいえ",
];

const WITHDRAWN: &[&str] =
    &["withdrawn", "withdraw", "revoked", "opt_out", "opt-out", "optout", "unsubscribed", "철회", "수신거부", "撤回"];

/// The words of one older system: the usual ones, and those that the command line adds.
pub struct Words {
    yes: Vec<String>,
    no: Vec<String>,
}

impl Words {
    pub fn new(yes: &[String], no: &[String]) -> Self {
        let lower = |words: &[String]| words.iter().map(|word| word.trim().to_lowercase()).collect();
        Self { yes: lower(yes), no: lower(no) }
    }

    /// What a word says; `None` where it is none of the known ones. A word of the command line counts before the usual ones.
    pub fn choice(&self, word: &str) -> Option<ChoiceKind> {
        let word = word.trim().to_lowercase();
        let is = |words: &[&str]| words.contains(&word.as_str());
        if self.no.contains(&word) {
            return Some(ChoiceKind::Refused);
        }
        if self.yes.contains(&word) {
            return Some(ChoiceKind::Granted);
        }
        match () {
            () if is(WITHDRAWN) => Some(ChoiceKind::Withdrawn),
            () if is(NO) => Some(ChoiceKind::Refused),
            () if is(YES) => Some(ChoiceKind::Granted),
            () => None,
        }
    }
}
