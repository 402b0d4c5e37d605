//! The policy that the app ships and the server has in force: Influential's, or one that the command line names.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use consentkit::policy::{Basis, Channel, Fault, Policy, Purpose, Uses};

use crate::form::{ADS, ANALYTICS, DATA_USE, EMAIL, FIRST_RUN, KAKAO, MEASUREMENT, NIGHT_PUSH, PUSH, SETTINGS, SMS};

const INFLUENTIAL: &str = include_str!("../influential/policy.json");

/// The one that the command line names.
static GIVEN: OnceLock<(PathBuf, String)> = OnceLock::new();

/// Why the story cannot be told with a policy.
#[derive(Debug)]
pub enum Unfit {
    /// The file cannot be read.
    Unreadable(std::io::Error),
    /// The document is no policy.
    Faulty(Vec<Fault>),
    /// The story needs what the policy does not have.
    Lacking(Vec<Lack>),
}

/// One thing that the story needs.
#[derive(Debug)]
pub enum Lack {
    /// A purpose by this id.
    Purpose(&'static str),
    /// A field of one of the purposes, which has to be so.
    Field(&'static str, String),
    /// The evening has to be hours in which messages of a channel need a consent of their own.
    Night(Channel),
    /// Messages of a channel must need no consent of their own in the evening.
    NoNight(Channel),
}

impl fmt::Display for Unfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(out, "it cannot be read ({error}); give a file that is there"),
            Self::Faulty(faults) => {
                let faults: Vec<String> = faults.iter().map(Fault::to_string).collect();
                write!(out, "it does not open: {}", faults.join("; "))
            }
            Self::Lacking(lacks) => {
                let lacks: Vec<String> = lacks.iter().map(Lack::to_string).collect();
                write!(out, "the story needs more than it has: {}", lacks.join("; "))
            }
        }
    }
}

impl std::error::Error for Unfit {}

impl fmt::Display for Lack {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purpose(id) => write!(out, "add the purpose `{id}`"),
            Self::Field(id, what) => write!(out, "`{id}`: {what}"),
            Self::Night(channel) => write!(out, "let `night` hold {} messages back at 22:10", channel.word()),
            Self::NoNight(channel) => write!(out, "exempt {} from `night`", channel.word()),
        }
    }
}

/// The policy of the story.
pub fn text() -> &'static str {
    GIVEN.get().map_or(INFLUENTIAL, |(_, text)| text)
}

/// The file it is from, where the command line names one.
pub fn path() -> Option<&'static Path> {
    GIVEN.get().map(|(path, _)| path.as_path())
}

/// Takes a policy from a file.
pub fn take(path: &Path) -> Result<(), Unfit> {
    let text = fs::read_to_string(path).map_err(Unfit::Unreadable)?;
    let policy = Policy::parse(&text).map_err(Unfit::Faulty)?;
    let lacks = lacks(&policy);
    if !lacks.is_empty() {
        return Err(Unfit::Lacking(lacks));
    }
    GIVEN.get_or_init(|| (path.to_owned(), text));
    Ok(())
}

/// The purposes that need consent: those that a form asks for, and the others.
pub fn asked_on(form: &str, policy: &Policy) -> (Vec<Purpose>, Vec<Purpose>) {
    let needing = policy.purposes.iter().filter(|purpose| purpose.basis == Basis::Consent).cloned();
    needing.partition(|purpose| purpose.surfaces.is_empty() || purpose.surfaces.iter().any(|surface| surface == form))
}

fn lacks(policy: &Policy) -> Vec<Lack> {
    let mut lacks = vec![];
    let channels = [(EMAIL, Channel::Email), (SMS, Channel::Sms), (KAKAO, Channel::Kakao), (PUSH, Channel::Push)];
    for id in [ANALYTICS, ADS, MEASUREMENT, DATA_USE, EMAIL, SMS, KAKAO, PUSH, NIGHT_PUSH] {
        let Some(purpose) = policy.purpose(id) else {
            lacks.push(Lack::Purpose(id));
            continue;
        };
        let channel = channels.iter().find(|(of, _)| *of == id).map(|(_, channel)| channel);
        let on = |form: &str| purpose.surfaces.is_empty() || purpose.surfaces.iter().any(|surface| surface == form);
        let needs = [
            (purpose.basis == Basis::Consent, "`basis` has to be consent".to_owned()),
            (on(FIRST_RUN) && on(SETTINGS), format!("`surfaces` has to name {FIRST_RUN} and {SETTINGS}")),
            (![ADS, MEASUREMENT].contains(&id) || purpose.uses == Some(Uses::AdvertisingId), "`uses` has to be advertising_id".to_owned()),
            (
                channel.is_none() || purpose.channel.as_ref() == channel,
                format!("`channel` has to be {}", channel.map_or("", Channel::word)),
            ),
            (purpose.notice.is_some(), "add its `notice`".to_owned()),
        ];
        lacks.extend(needs.into_iter().filter(|(held, _)| !held).map(|(_, what)| Lack::Field(id, what)));
    }
    if policy.needs_night_consent(&Channel::Email) {
        lacks.push(Lack::NoNight(Channel::Email));
    }
    if !policy.needs_night_consent(&Channel::Push) {
        lacks.push(Lack::Night(Channel::Push));
    }
    lacks
}
