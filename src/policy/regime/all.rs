//! Every law there is.

use super::{kr::KR, law::Regime};

/// Every law that a policy can name in `regimes`.
const REGIMES: &[Regime] = &[KR];

/// The law with this name.
pub fn regime(name: &str) -> Option<&'static Regime> {
    REGIMES.iter().find(|regime| regime.name == name)
}

/// The names of all laws, as an error lists them.
pub fn known_regimes() -> String {
    let names: Vec<String> = REGIMES.iter().map(|regime| format!("{:?}", regime.name)).collect();
    names.join(", ")
}
