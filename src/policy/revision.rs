//! Which policy may follow which.
use super::{Fault, Policy};
/// Checks.
pub fn check(in_force: &Policy, offered: &Policy, shipped: bool) -> Result<(), Vec<Fault>> {
    let _ = (in_force, offered, shipped);
    Ok(())
}
