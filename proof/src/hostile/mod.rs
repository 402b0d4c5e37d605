//! A server that means harm, or is broken in every way an answer can be, against the real client.
//!
//! Three things hold in each case: nothing leaves the queue without a 2xx that names it, no grant counts that did not count before, and
//! the ledger verifies.

pub mod honest;
mod lies;
mod malformed;
pub mod scene;
mod sockets;
mod statuses;

use crate::stage::{Done, Tally};
use scene::Scenes;

/// What all cases together may add to the process's memory: answers are at most 1 MiB each, and none is kept. Such an answer takes some
/// fifteen times its bytes while it is read.
const MAX_GROWTH_KIB: u64 = 32 * 1024;

/// Runs the cases, or a part of them.
pub fn run(slice: bool) -> Done {
    let scenes = Scenes::build()?;
    let mut tally = Tally::default();
    let before = peak_kib();
    statuses::run(&scenes, &mut tally, slice)?;
    println!("statuses: {} cases", tally.cases());
    let mut last = tally.cases();
    for (name, part) in [("malformed", malformed::run as fn(&Scenes, &mut Tally) -> Done), ("lies", lies::run), ("sockets", sockets::run)] {
        part(&scenes, &mut tally)?;
        println!("{name}: {} cases", tally.cases() - last);
        last = tally.cases();
    }
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        println!("memory: {} KiB more at the peak", after.saturating_sub(before));
        let bounded = after.saturating_sub(before) <= MAX_GROWTH_KIB;
        tally.case("memory is bounded", if bounded { Ok(()) } else { Err("grew past the bound".into()) });
    }
    tally.close("hostile")
}

/// The most memory this process ever held, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
