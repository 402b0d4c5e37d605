//! `smoke swift`: the generated Swift, compiled and run by SwiftPM.

use super::{outcome::Outcome, process, project, swift_root};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where the chroot sees the staged package.
const INSIDE: &str = "/mnt";

/// Finds Swift or installs it, before anything is built for nothing.
pub fn ready() -> Outcome {
    if process::is_installed("swift") { Ok(()) } else { swift_root::installed().map(drop) }
}

/// Compiles the generated Swift with its smoke test and runs it: with the `swift` on PATH, or else with one installed into a chroot.
pub fn smoke() -> Outcome {
    let package = stage()?;
    if process::is_installed("swift") {
        return process::run(Command::new("sh").args(["-c", &script(&package)]));
    }
    let root = swift_root::installed()?;
    process::run(&mut swift_root::command(&root, &package, &script(Path::new(INSIDE))))
}

/// One folder with all that SwiftPM needs: the package, the generated code, the library and the policy. Its build folder stays, so that
/// a second run only compiles what changed.
fn stage() -> Outcome<PathBuf> {
    let package = project::target().join("smoke/swift");
    let generated = project::bindings().join("swift");
    for folder in ["Sources", "Tests"] {
        project::remove(&package.join(folder))?;
    }
    project::copy_folder(&project::root().join("tests/bindings/swift"), &package)?;
    project::copy(&generated.join("ConsentKitFFI.swift"), &package.join("Sources/ConsentKitFFI/ConsentKitFFI.swift"))?;
    project::copy(&generated.join("CConsentKitFFI.h"), &package.join("Sources/CConsentKitFFI/CConsentKitFFI.h"))?;
    project::copy_folder(&project::bindings().join("lib"), &package.join("lib"))?;
    project::copy(&project::root().join("examples/influential/policy.json"), &package.join("policy.json"))?;
    Ok(package)
}

/// What runs beside the package. Standard error joins standard output, so that faults and closing lines stay in order. Swift Testing is
/// off: we have none of its tests, and its closing line would say that no test ran.
fn script(package: &Path) -> String {
    let package = package.display();
    format!(
        "exec 2>&1; export CONSENTKIT_POLICY='{package}/policy.json' LC_ALL=C.UTF-8; cd '{package}' && \
         swift test --disable-swift-testing --disable-sandbox -Xlinker -L'{package}/lib' -Xlinker -rpath -Xlinker '{package}/lib'"
    )
}
