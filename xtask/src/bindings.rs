//! `bindings`: the library, and the Kotlin and Swift that UniFFI makes of it.

use super::{
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    env::{
        self,
        consts::{DLL_PREFIX, DLL_SUFFIX},
    },
    fs,
};

/// What uniffi.toml asks for, as it shows in the generated code: the file, a text that must be in it, and one that must not.
/// Keys that UniFFI does not know are ignored in silence, so each is judged by its effect.
const EFFECTS: &[(&str, &str, &str)] = &[
    ("kotlin/dev/consentkit/internal/consentkit.kt", "package dev.consentkit.internal", "java.lang.ref.Cleaner"),
    ("kotlin/dev/consentkit/internal/consentkit.kt", "Status.entries[", "Status.values()["),
    ("kotlin/dev/consentkit/internal/consentkit.kt", "    val `purpose`: ", "    var `purpose`: "),
    ("swift/ConsentKitFFI.swift", "import CConsentKitFFI", "import consentkitFFI"),
    ("swift/ConsentKitFFI.swift", "public let purpose: String", "public var purpose: String"),
];

/// Builds the library and generates both languages from it.
pub fn run() -> Outcome {
    // One crate type at a time, as it ships; not stripped, since stripping removes what the generator reads.
    process::run(process::cargo(&["rustc", "--package", "consentkit", "--lib", "--crate-type", "cdylib"]).current_dir(project::root()))?;
    let name = format!("{DLL_PREFIX}consentkit{DLL_SUFFIX}");
    let library = project::bindings().join("lib").join(&name);
    project::copy(&project::target().join("debug").join(&name), &library)?;
    for language in ["kotlin", "swift"] {
        generate(language, &library.to_string_lossy())?;
    }
    EFFECTS.iter().try_for_each(|(file, present, absent)| check(file, present, absent))?;
    keep_swift_fresh()?;
    println!("bindings: {}", project::bindings().display());
    Ok(())
}

/// A Swift package is fetched as it lies in the repository, so the generated Swift is committed; it must be this library's.
fn keep_swift_fresh() -> Outcome {
    let refresh = env::var_os("CONSENTKIT_REFRESH").is_some();
    for (name, folder) in [("ConsentKitFFI.swift", "ConsentKitFFI"), ("CConsentKitFFI.h", "CConsentKitFFI")] {
        let generated = project::bindings().join("swift").join(name);
        let committed = project::root().join("bindings/swift/Sources").join(folder).join(name);
        if refresh {
            project::update(&generated, &committed)?;
        } else if !project::holds_the_same(&generated, &committed)? {
            let stale = "is not what this library generates: run `CONSENTKIT_REFRESH=1 cargo xtask bindings` and commit it";
            return Err(Stop::Failed(format!("{} {stale}", committed.display())));
        }
    }
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

fn check(file: &str, present: &str, absent: &str) -> Outcome {
    let path = project::bindings().join(file);
    let text = fs::read_to_string(&path).map_err(while_doing(format!("read {}", path.display())))?;
    if has_effect(&text, present, absent) {
        return Ok(());
    }
    Err(Stop::Failed(format!("{file} must hold `{present}` and not `{absent}`: a key of uniffi.toml has lost its effect")))
}

fn has_effect(text: &str, present: &str, absent: &str) -> bool {
    text.contains(present) && !text.contains(absent)
}

#[cfg(test)]
mod tests {
    use super::has_effect;

    #[test]
    fn a_key_without_effect_is_noticed() {
        assert!(has_effect("public let purpose", "public let", "public var"));
        assert!(!has_effect("public var purpose", "public let", "public var"));
        assert!(!has_effect("public let purpose; public var choice", "public let", "public var"));
    }
}
