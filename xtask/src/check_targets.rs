//! `check-targets`: as far toward phones as a machine without Xcode and NDK goes.

use super::{
    bindings,
    outcome::{Outcome, Stop, while_doing},
    privacy_manifest, process, project, shipped,
    symbols::{self, Symbols},
};
use std::{collections::BTreeSet, fs, process::Command};

/// An iPhone's library links nothing when it is static, so that it can be built anywhere.
const APPLE: &str = "aarch64-apple-ios";
const ANDROID: &str = "aarch64-linux-android";

/// Builds the static library for iPhones and checks its symbols; type-checks Android. A target that cannot be had does not keep the other
/// from being checked, and does not count as passed.
pub fn run() -> Outcome {
    let apple = installed(APPLE).and_then(|()| apple());
    let android = installed(ANDROID).and_then(|()| android());
    for (target, outcome) in [(APPLE, &apple), (ANDROID, &android)] {
        match outcome {
            Ok(()) => println!("{target}: ok"),
            Err(stop) => println!("{target}: not passed: {stop}"),
        }
    }
    verdict([apple, android])
}

/// A failure outweighs a missing target, and either a pass.
fn verdict(outcomes: [Outcome; 2]) -> Outcome {
    let mut stops: Vec<Stop> = outcomes.into_iter().filter_map(Result::err).collect();
    stops.sort_by_key(Stop::code);
    stops.into_iter().next().map_or(Ok(()), Err)
}

/// Makes sure that Rust's own library for the target is there.
pub fn installed(target: &str) -> Outcome {
    if !process::is_installed("rustup") {
        return Err(Stop::Missing(format!("`rustup` is not on PATH: nothing was built for {target}")));
    }
    // Rustup ends well, and without the network, where the target is there already.
    process::run(Command::new("rustup").args(["target", "add", target]))
        .map_err(|stop| Stop::Missing(format!("the target {target}, which could not be added: {stop}")))
}

/// The features of an Apple build: the app's own HTTP, and the system's SQLite.
pub const APPLE_FEATURES: [&str; 3] = ["--no-default-features", "--features", "device"];

/// Builds the static library for one Apple target, says what it weighs and where it lies.
pub fn static_library(target: &str) -> Outcome<std::path::PathBuf> {
    let mut command = process::cargo(&["rustc", "--package", "consentkit", "--lib", "--release", "--crate-type", "staticlib"]);
    process::run(command.args(["--target", target]).args(APPLE_FEATURES).current_dir(project::root()))?;
    let library = project::target().join(target).join("release/libconsentkit.a");
    println!("  {target:24} {:>10} bytes of libconsentkit.a", project::size(&library)?);
    Ok(library)
}

fn apple() -> Outcome {
    bindings::run()?;
    let library = static_library(APPLE)?;
    let symbols = symbols::of_apple_archive(&library)?;
    let exported = compare(&symbols)?;
    println!("{APPLE}: built {}; it defines all {exported} functions that the generated Swift calls", library.display());
    privacy_manifest::check(&symbols)
}

/// Every function that the generated header declares must be defined in the library.
fn compare(symbols: &Symbols) -> Outcome<usize> {
    let header = project::bindings().join("swift/CConsentKitFFI.h");
    let text = fs::read_to_string(&header).map_err(while_doing(format!("read {}", header.display())))?;
    let called = called(&text);
    let missing: Vec<&str> = called.iter().filter(|name| !symbols.defined.contains(**name)).copied().collect();
    match (called.len(), missing.len()) {
        (0, _) => Err(Stop::Failed(format!("{} declares no function", header.display()))),
        (count, 0) => Ok(count),
        _ => Err(Stop::Failed(format!("the library lacks {}", missing.join(", ")))),
    }
}

/// The functions of UniFFI that a C header declares.
fn called(header: &str) -> BTreeSet<&str> {
    let words = header.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '('));
    let named = words.filter_map(|word| word.split_once('(')).map(|(name, _)| name);
    named.filter(|name| name.starts_with("uniffi_") || name.starts_with("ffi_")).collect()
}

fn android() -> Outcome {
    let mut command = process::cargo(&["check", "--package", "consentkit", "--lib", "--target", ANDROID]);
    command.args(shipped::FOR_WRAPPERS);
    // Without an NDK there is no C compiler for it. SQLite's object is not needed to check our types: any program that ends well will do.
    command.env("CC_aarch64_linux_android", "true").env("AR_aarch64_linux_android", "true");
    process::run(command.current_dir(project::root()))?;
    println!("{ANDROID}: type-checked");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Stop, called, installed, verdict};

    #[test]
    fn a_failure_outweighs_a_missing_target_and_neither_passes() {
        let (missing, failed) = (|| Err(Stop::Missing(String::new())), || Err(Stop::Failed(String::new())));
        let code = |outcomes| verdict(outcomes).map_err(|stop| stop.code());
        assert_eq!(code([Ok(()), Ok(())]), Ok(()));
        assert_eq!(code([Ok(()), missing()]), Err(3));
        assert_eq!(code([failed(), Ok(())]), Err(1));
        assert_eq!(code([missing(), failed()]), Err(1));
    }

    #[test]
    fn the_functions_of_a_header_are_found_and_nothing_else() {
        let header = "#ifndef UNIFFI_FFIDEF_X\nvoid* uniffi_consentkit_fn_open(RustBuffer options\n);\nint ffi_consentkit_contract_version(void\n\n);\n\
                      typedef void (*UniffiCallback)(uint64_t);\nvoid other(int uniffi_out_err);\n";
        assert_eq!(called(header).into_iter().collect::<Vec<_>>(), ["ffi_consentkit_contract_version", "uniffi_consentkit_fn_open"]);
    }

    #[test]
    fn a_target_that_cannot_be_added_is_missing_and_not_failed() {
        assert_eq!(installed("no-such-target").map_err(|stop| stop.code()), Err(3));
    }
}
