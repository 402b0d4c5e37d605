//! `model`: walks every schedule of a small world with the shipped conflict rule, and with rules that are known to be wrong.

use super::{
    fault::{self, Proof},
    outcome::Outcome,
    process, project,
};

/// Walks the worlds; the slice is the part that ends within a minute.
pub fn run(slice: bool) -> Outcome {
    let mut command = process::cargo(&["run", "--quiet", "--profile", "model", "--package", "consentkit-model", "--"]);
    command.args(slice.then_some("--slice"));
    process::run(command.current_dir(project::root()))
}

/// The same walk over a copy whose rule accepts any grant: it must find that.
pub fn fault() -> Outcome {
    let arguments = &["--slice", "--only-shipped"];
    let proof = Proof { package: "consentkit-model", profile: "model", arguments, finds: "BROKEN  no resurrection" };
    fault::run(&proof, "accept any grant", &fault::ANY_GRANT)
}
