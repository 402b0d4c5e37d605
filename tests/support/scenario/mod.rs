//! Reads a scenario and plays it.

mod expect;
mod format;
mod phone;
mod policy;
mod say;
mod told;
mod world;

use format::{Scenario, Step};
use world::World;

/// Plays a scenario; tells the file and the step where it fails.
pub fn run(name: &str, text: &str) -> Result<(), String> {
    let scenario = Scenario::read(name, text).map_err(|fault| format!("{name}.json: {fault}"))?;
    let mut world = World::new(&scenario);
    for (at, step) in scenario.steps.iter().enumerate() {
        let Step { kind, .. } = step;
        let fault = |fault: String| format!("{name}.json step {} ({kind}): {fault}", at + 1);
        world.play(step).map_err(fault)?;
    }
    Ok(())
}
