//! `hostile`, `cut`, `histories`: the proofs of the sync promises, built with a profile of their own.

use super::{
    fault::{self, Proof},
    outcome::Outcome,
    process, project,
};

/// Runs one proof with its arguments.
pub fn run(arguments: &[&str]) -> Outcome {
    let command = ["run", "--quiet", "--profile", "proof", "--package", "consentkit-proof", "--"];
    process::run(process::cargo(&[&command, arguments].concat()).current_dir(project::root()))
}

/// The hostile server against a device whose rule accepts any grant: it must find that.
pub fn hostile_fault() -> Outcome {
    any_grant("hostile", "was raised")
}

/// Random histories under a rule that accepts any grant: they must find that.
pub fn histories_fault() -> Outcome {
    any_grant("histories", "RESURRECTION")
}

fn any_grant(name: &str, finds: &str) -> Outcome {
    let proof = Proof { package: "consentkit-proof", profile: "proof", arguments: &[name, "--slice"], finds };
    fault::run(&proof, "accept any grant", &fault::ANY_GRANT)
}
