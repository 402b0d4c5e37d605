//! `apple`: the XCFramework, on a Mac.

use super::{
    bindings, check_targets,
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// One slice of an XCFramework: the Rust targets that make it up.
const SLICES: &[(&str, &[&str])] = &[
    ("ios", &["aarch64-apple-ios"]),
    ("ios-simulator", &["aarch64-apple-ios-sim", "x86_64-apple-ios"]),
    ("macos", &["aarch64-apple-darwin", "x86_64-apple-darwin"]),
];

/// The static library wants the system's SQLite beside it.
const MODULE: &str = "module CConsentKitFFI {\n    header \"CConsentKitFFI.h\"\n    link \"sqlite3\"\n    export *\n}\n";

/// Builds the XCFramework where Package.swift looks for it, zips it, and prints the lines of a release.
pub fn run() -> Outcome {
    if !cfg!(target_os = "macos") {
        return Err(Stop::Missing(
            "a Mac with Xcode 16 or later: an XCFramework is put together by `xcodebuild`. `cargo xtask check-targets` builds the \
             iPhone's static library here, and nothing of it was packaged"
                .to_owned(),
        ));
    }
    for (program, from) in [("xcodebuild", "Xcode"), ("lipo", "Xcode's command line tools"), ("swift", "Xcode")] {
        if !process::is_installed(program) {
            return Err(Stop::Missing(format!("`{program}` is not on PATH; it comes with {from}")));
        }
    }
    bindings::run()?;
    let folder = project::target().join("apple");
    project::remove(&folder)?;
    let headers = headers(&folder)?;
    let framework = folder.join("ConsentKit.xcframework");
    let mut create = Command::new("xcodebuild");
    create.arg("-create-xcframework");
    for (name, targets) in SLICES {
        create.arg("-library").arg(slice(name, targets)?).arg("-headers").arg(&headers);
    }
    process::run(create.arg("-output").arg(&framework))?;
    let zip = folder.join("ConsentKit.xcframework.zip");
    process::run(Command::new("ditto").args(["-c", "-k", "--keepParent"]).arg(&framework).arg(&zip))?;
    println!("built {}\nfor a release, Package.swift takes:", framework.display());
    println!("let release: String? = \"{}\"", env!("CARGO_PKG_VERSION"));
    process::run_lines(Command::new("swift").args(["package", "compute-checksum"]).arg(&zip), |line| {
        println!("let checksum = \"{line}\"");
    })
}

/// The folder of headers that every slice carries. Header and module map lie in a folder of their own inside it: Xcode copies the headers of
/// all packages of an app into one, where a second flat `module.modulemap` would collide.
fn headers(folder: &Path) -> Outcome<PathBuf> {
    let headers = folder.join("headers");
    let own = headers.join("CConsentKitFFI");
    project::copy(&project::root().join("bindings/swift/Sources/CConsentKitFFI/CConsentKitFFI.h"), &own.join("CConsentKitFFI.h"))?;
    fs::write(own.join("module.modulemap"), MODULE).map_err(while_doing("write the module map".to_owned()))?;
    Ok(headers)
}

/// One library for all targets of a slice.
fn slice(name: &str, targets: &[&str]) -> Outcome<PathBuf> {
    let mut libraries = vec![];
    for target in targets {
        check_targets::installed(target)?;
        libraries.push(check_targets::static_library(target)?);
    }
    let joined = project::target().join("apple").join(name).join("libconsentkit.a");
    if let Some(folder) = joined.parent() {
        fs::create_dir_all(folder).map_err(while_doing(format!("make {}", folder.display())))?;
    }
    process::run(Command::new("lipo").arg("-create").args(&libraries).arg("-output").arg(&joined))?;
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::{SLICES, headers};
    use std::{collections::BTreeSet, fs};

    #[test]
    fn f_64_the_module_map_lies_in_a_folder_of_its_own() -> Result<(), Box<dyn std::error::Error>> {
        let folder = std::env::temp_dir().join(format!("consentkit-headers-{}", std::process::id()));
        let headers = headers(&folder).map_err(|stop| stop.to_string())?;
        let names = |folder| -> std::io::Result<BTreeSet<_>> { fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect() };
        assert_eq!(names(headers.clone())?, BTreeSet::from(["CConsentKitFFI".into()]), "nothing lies flat");
        assert_eq!(names(headers.join("CConsentKitFFI"))?, BTreeSet::from(["CConsentKitFFI.h".into(), "module.modulemap".into()]));
        fs::remove_dir_all(folder)?;
        assert_eq!(SLICES.len(), 3);
        Ok(())
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn elsewhere_than_on_a_mac_the_toolchain_is_missing() {
        assert_eq!(super::run().map_err(|stop| stop.code()), Err(3));
    }
}
