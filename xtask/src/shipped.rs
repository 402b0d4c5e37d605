//! The library as it ships: without what only the generator of bindings reads.

use super::{process, project};
use std::process::Command;

/// The features of the library that the Kotlin packages carry: they bring their own HTTP.
pub const FOR_WRAPPERS: &[&str] = &["--no-default-features", "--features", "device,bundled-sqlite"];

/// Cargo, told to build the library that an app carries, for `target` or else for this machine.
///
/// UniFFI describes every function in a constant of its own, documentation and all: 49 kB that no call ever looks at. The linker
/// leaves them out; bindings are generated from a build of their own, which keeps them.
pub fn build(target: Option<&str>, features: &[&str]) -> Command {
    // Cargo drops link-time optimisation where it builds several crate types at once.
    let mut command = process::cargo(&["rustc", "--package", "consentkit", "--lib", "--release", "--crate-type", "cdylib"]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    command.args(features).current_dir(project::root());
    if target.map_or(cfg!(target_os = "linux"), |target| target.contains("linux")) {
        let script = project::root().join("xtask/without-metadata.ld");
        command.arg("--").arg(format!("-Clink-arg=-Wl,-T,{}", script.display()));
    }
    command
}
