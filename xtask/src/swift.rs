//! `swift`: the Swift package, compiled and tested by SwiftPM; its samples; its figures.

use super::{outcome::Outcome, process, project, swift_root};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where the chroot sees the staged package.
const INSIDE: &str = "/mnt";

/// How often the tests run under ThreadSanitizer: it finds a race in about every second run.
const RACES: u32 = 10;

/// What of the repository the package and its tests read.
const FOLDERS: &[&str] = &["bindings/swift", "docs", "examples/influential", "examples/policies", "tests/bindings", "tests/scenarios"];
const FILES: &[&str] = &["Package.swift", "README.md"];

/// What of the guide an app compiles: the sources that its snippets are extracted from, and the shapes of SwiftUI they need here.
const SNIPPETS: &[&str] =
    &["bindings/swift/Tests/ConsentKitTests/DocsSnippets.swift", "bindings/swift/Tests/ConsentKitTests/SwiftUIShapes.swift"];

/// Names and values that the tests' environment has: where the library and the server are, and that the stand-ins for Apple's modules
/// are part of the build.
const SETTINGS: &str =
    "export LC_ALL=C.UTF-8 CONSENTKIT_LIBRARY=\"$PWD/lib\" CONSENTKIT_SERVER=\"$PWD/bin/consentkit-server\" CONSENTKIT_STANDINS=1";

/// Finds Swift or installs it. This comes first, so that nothing is built in vain where there is none.
pub fn ready() -> Outcome {
    if process::is_installed("swift") { Ok(()) } else { swift_root::installed(swift_root::LOWEST).map(drop) }
}

/// Compiles the package and runs its tests.
pub fn test() -> Outcome {
    // Swift Testing is off: we have none of its tests, and its closing line would say that no test ran.
    run("swift test --disable-swift-testing --disable-sandbox", &mut |line| println!("{line}"))
}

/// Runs the tests again and again under ThreadSanitizer, since it sees a race only where two threads happen to meet. The first report fails.
pub fn races() -> Outcome {
    run(
        &format!(
            "swift build --build-tests --sanitize=thread --scratch-path .build-races --disable-sandbox && \
             export TSAN_OPTIONS=halt_on_error=1:exitcode=66 && \
             for turn in $(seq {RACES}); do .build-races/debug/ConsentKitPackageTests.xctest || exit 1; done"
        ),
        &mut |line| println!("{line}"),
    )
}

/// The long forms of what `test` runs a slice of: random sequences through the fake and the library, and what months of use leave in memory.
pub fn night() -> Outcome {
    run(
        "CONSENTKIT_NIGHT=1 swift test --disable-swift-testing --disable-sandbox --filter 'RandomSequencesTests|DeliveredEditionsTests|GrowthTests'",
        &mut |line| println!("{line}"),
    )
}

/// Runs the samples against the reference server.
pub fn sample() -> Outcome {
    run("swift run --disable-sandbox ConsentKitSample examples/influential/policy.json", &mut |line| println!("{line}"))
}

/// Runs the figures as they ship, and hands over each line.
pub fn bench(line: &mut dyn FnMut(&str)) -> Outcome {
    run(
        "swift run --disable-sandbox --configuration release --scratch-path .build-release ConsentKitBench examples/influential/policy.json",
        line,
    )
}

/// Builds and runs the app that takes the package from outside, with everything on the main actor, and compiles the guide's snippets as part
/// of it. Needs a later Swift than the package does.
pub fn consumer() -> Outcome {
    let package = stage()?;
    project::mirror(&project::root().join("bindings/consumers"), &package.join("bindings/consumers"))?;
    for file in SNIPPETS {
        let name = Path::new(file).file_name().unwrap_or_default();
        project::update(&project::root().join(file), &package.join("bindings/consumers/swift/Sources/Shop").join(name))?;
    }
    let script = |folder: &Path| {
        let folder = folder.display();
        format!(
            "exec 2>&1; export LC_ALL=C.UTF-8 CONSENTKIT_LIBRARY='{folder}/lib'; cd '{folder}/bindings/consumers/swift' && \
             swift run --disable-sandbox Shop '{folder}/examples/influential/policy.json'"
        )
    };
    let root = swift_root::installed(swift_root::MAIN_ACTOR)?;
    process::run_lines(&mut swift_root::command(&root, &package, &script(Path::new(INSIDE))), |line| println!("{line}"))
}

/// With the `swift` on PATH, or else with one installed into a chroot. Standard error joins standard output, so that faults and closing
/// lines stay in order.
fn run(command: &str, line: &mut dyn FnMut(&str)) -> Outcome {
    let package = stage()?;
    let script = |folder: &Path| format!("exec 2>&1; cd '{}' && {SETTINGS} && {command}", folder.display());
    if process::is_installed("swift") {
        return process::run_lines(Command::new("sh").args(["-c", &script(&package)]), line);
    }
    let root = swift_root::installed(swift_root::LOWEST)?;
    process::run_lines(&mut swift_root::command(&root, &package, &script(Path::new(INSIDE))), line)
}

/// One folder with all that SwiftPM needs, since the chroot sees one only and the repository stays clean. Its build folders stay, so that
/// a second run compiles only what changed.
fn stage() -> Outcome<PathBuf> {
    process::run(process::cargo(&["build", "--quiet", "--package", "consentkit-server"]).current_dir(project::root()))?;
    let package = project::target().join("swift/package");
    for folder in FOLDERS {
        project::mirror(&project::root().join(folder), &package.join(folder))?;
    }
    for file in FILES {
        project::update(&project::root().join(file), &package.join(file))?;
    }
    project::mirror(&project::bindings().join("lib"), &package.join("lib"))?;
    let server = format!("consentkit-server{}", std::env::consts::EXE_SUFFIX);
    project::update(&project::target().join("debug").join(&server), &package.join("bin").join(&server))?;
    Ok(package)
}
