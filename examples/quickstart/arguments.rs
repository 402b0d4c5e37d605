//! What the command line asks for.

use std::path::PathBuf;

use crate::Sabotage;

pub const HELP: &str = "\
Consent, end to end: two phones, a server, an outage, a kill, a withdrawal on the web.

    cargo run --example quickstart [-- OPTIONS]

    --json               print one JSON object instead of the story
    --policy FILE        tell it with a policy of your own; what it needs and lacks is listed
    --sabotage PROMISE   break a promise on purpose, and see it noticed:
                           drop-queue     what waits to be sent is deleted while the app is dead
                           grant-wins     a grant claims to have seen a withdrawal that it has not
                           ignore-os      the app hides that the system denied tracking
                           wait-for-disk  the app answers from what is in the database alone
    --help               print this

Exits with 0 where every step holds, 1 where one does not, 2 where the options are not understood or the policy does not fit.";

/// How to run.
#[derive(Default)]
pub struct Arguments {
    pub json: bool,
    pub help: bool,
    pub sabotage: Option<Sabotage>,
    /// The file of the policy, where it is not Influential's.
    pub policy: Option<PathBuf>,
}

impl Arguments {
    /// Reads them; the error says which one is not understood, and why.
    pub fn read(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(argument) = given.next() {
            let (option, joined) = match argument.split_once('=') {
                Some((option @ ("--sabotage" | "--policy"), name)) => (option, Some(name.to_owned())),
                _ => (argument.as_str(), None),
            };
            match option {
                "--json" => arguments.json = true,
                "--help" | "-h" => arguments.help = true,
                "--policy" if arguments.policy.is_some() => return Err("--policy is there twice: tell the story with one".into()),
                "--policy" => {
                    arguments.policy = Some(joined.or_else(|| given.next()).ok_or("--policy needs the file of a policy")?.into());
                }
                "--sabotage" if arguments.sabotage.is_some() => return Err("--sabotage is there twice: break one promise at a time".into()),
                "--sabotage" => {
                    let known = Sabotage::ALL.map(Sabotage::name).join(", ");
                    let name = joined.or_else(|| given.next()).ok_or_else(|| format!("--sabotage needs a promise to break: {known}"))?;
                    let sabotage = Sabotage::from_name(&name);
                    arguments.sabotage = Some(sabotage.ok_or_else(|| format!("--sabotage {name:?}: there is only {known}"))?);
                }
                _ => return Err(format!("unknown argument {argument:?}")),
            }
        }
        Ok(arguments)
    }
}
