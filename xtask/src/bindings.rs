//! `bindings`: the library, and the Kotlin and Swift that UniFFI makes of it.

use super::{
    outcome::{Outcome, Stop},
    process, project,
};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

/// Builds the library and generates both languages from it.
pub fn run() -> Outcome {
    // One crate type at a time, as it ships; not stripped, since stripping removes what the generator reads.
    process::run(process::cargo(&["rustc", "--package", "consentkit", "--lib", "--crate-type", "cdylib"]).current_dir(project::root()))?;
    let name = format!("{DLL_PREFIX}consentkit{DLL_SUFFIX}");
    let library = project::bindings().join("lib").join(&name);
    project::copy(&project::target().join("debug").join(&name), &library)?;
    for (language, file) in [("kotlin", "kotlin/dev/consentkit/internal/consentkit.kt"), ("swift", "swift/ConsentKitFFI.swift")] {
        generate(language, &library.to_string_lossy())?;
        if !project::bindings().join(file).is_file() {
            return Err(Stop::Failed(format!("the generator did not write {file}: uniffi.toml has lost its effect")));
        }
    }
    println!("bindings: {}", project::bindings().display());
    Ok(())
}

fn generate(language: &str, library: &str) -> Outcome {
    let folder = project::bindings().join(language);
    project::remove(&folder)?;
    let folder = folder.to_string_lossy();
    let generate = ["run", "--quiet", "--package", "consentkit-bindgen", "--", "generate", library];
    // Formatters on this machine must not change what is generated.
    process::run(process::cargo(&generate).args(["--language", language, "--out-dir", &folder, "--no-format"]).current_dir(project::root()))
}
