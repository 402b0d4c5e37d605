//! The library for each of Android's ABIs, as far as there is an NDK.

use super::{
    check_targets,
    outcome::{Outcome, Stop},
    process, project, shipped, symbols,
};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest Android the library runs on.
const MIN_SDK: u32 = 24;

/// The largest page a phone has: a library whose segments are laid out for less does not load there.
const PAGE: u64 = 16 * 1024;

/// One ABI: its folder in an AAR, Rust's name for it, and the NDK's.
pub struct Abi {
    pub name: &'static str,
    target: &'static str,
    clang: &'static str,
}

pub const ABIS: [Abi; 4] = [
    Abi { name: "arm64-v8a", target: "aarch64-linux-android", clang: "aarch64-linux-android" },
    Abi { name: "armeabi-v7a", target: "armv7-linux-androideabi", clang: "armv7a-linux-androideabi" },
    Abi { name: "x86_64", target: "x86_64-linux-android", clang: "x86_64-linux-android" },
    Abi { name: "x86", target: "i686-linux-android", clang: "i686-linux-android" },
];

/// The folder of the NDK's programs.
pub fn tools() -> Outcome<PathBuf> {
    let named = ["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT"].into_iter().find_map(env::var_os);
    let named = named.ok_or_else(|| Stop::Missing("an Android NDK (r27 or later): set ANDROID_NDK_HOME to its folder".to_owned()))?;
    tools_in(Path::new(&named))
}

fn tools_in(ndk: &Path) -> Outcome<PathBuf> {
    // One folder a host system, and an NDK is for one.
    let hosts = project::entries(&ndk.join("toolchains/llvm/prebuilt")).unwrap_or_default();
    let found = hosts.into_iter().map(|host| host.join("bin")).find(|tools| tools.join("llvm-strip").exists());
    found.ok_or_else(|| Stop::Missing(format!("an Android NDK: there is none in {}", ndk.display())))
}

/// Builds the library for one ABI, stripped, into `folder`, and checks its pages.
pub fn build(abi: &Abi, tools: &Path, folder: &Path) -> Outcome {
    check_targets::installed(abi.target)?;
    let clang = tools.join(format!("{}{MIN_SDK}-clang", abi.clang));
    let lower = abi.target.replace('-', "_");
    let upper = lower.to_uppercase();
    let mut command = shipped::build(Some(abi.target), shipped::FOR_WRAPPERS);
    command.env(format!("CC_{lower}"), &clang).env(format!("AR_{lower}"), tools.join("llvm-ar"));
    command.env(format!("CARGO_TARGET_{upper}_LINKER"), &clang);
    command.env(format!("CARGO_TARGET_{upper}_RUSTFLAGS"), format!("-Clink-arg=-Wl,-z,max-page-size={PAGE}"));
    process::run(&mut command)?;
    let library = folder.join(abi.name).join("libconsentkit.so");
    project::copy(&project::target().join(abi.target).join("release/libconsentkit.so"), &library)?;
    process::run(Command::new(tools.join("llvm-strip")).arg(&library))
}

/// Refuses a library that a phone with 16 KiB pages would not load.
pub fn check(library: &Path) -> Outcome {
    match symbols::page_of(library)? {
        page if page >= PAGE => Ok(()),
        page => Err(Stop::Failed(format!("{} is laid out for pages of {page} bytes, and must be for {PAGE}", library.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::tools_in;
    use std::path::Path;

    #[test]
    fn a_folder_without_an_ndk_is_a_missing_toolchain() {
        assert_eq!(tools_in(Path::new("/no/such/ndk")).map_err(|stop| stop.code()), Err(3));
    }
}
