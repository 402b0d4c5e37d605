//! The laws that a policy can be held to. Each is a table of rules with their numbers, and all code asks the tables: the law of another
//! country is one more table, of rules that somebody has read in their primary text, and no code.

mod all;
mod kr;
mod law;
mod of_policy;

pub use all::{known_regimes, regime};
pub use law::{Demand, Matter, Regime, Ruled, Says};
