//! Swift on a Linux that has none: Debian 13 packages it, so a Debian 13 is installed into a folder once and kept.

use super::{
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The Debian release with the lowest Swift that the package supports, 6.0.
pub const LOWEST: &str = "trixie";

/// The Debian release with a Swift that can put everything on the main actor by itself, 6.2 or later.
pub const MAIN_ACTOR: &str = "sid";

/// What SwiftPM needs to build, link and test.
const PACKAGES: &str = "swiftlang libc6-dev libstdc++-14-dev g++ ca-certificates";

const NEWER_PACKAGES: &str = "swiftlang libc6-dev g++ ca-certificates";

/// Written last, so that a folder without it was never finished. A change of the recipe changes the text.
const MARKER: &str = ".consentkit-complete";

/// The folder with a finished installation of a Debian release, installed now if need be.
pub fn installed(release: &str) -> Outcome<PathBuf> {
    let root = project::cache()?.join(format!("swift-{release}"));
    if is_complete(&root, release) {
        return Ok(root);
    }
    may_install()?;
    project::remove(&root)?;
    let unfinished = root.with_extension(format!("part-{}", std::process::id()));
    println!("installing Swift into {} (once; some minutes)", root.display());
    let done = install(&unfinished, release)
        .and_then(|()| fs::rename(&unfinished, &root).map_err(while_doing(format!("put {} in place", root.display()))));
    if done.is_err() {
        project::remove(&unfinished)?;
    }
    done.map(|()| root)
}

/// A command that runs a script inside, with `shared` on /mnt. Its mounts live in a namespace of its own and end with it, however it ends.
pub fn command(root: &Path, shared: &Path, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c"]);
    // Swift's tools find their own libraries through /proc.
    command.arg("set -e; mount -t proc proc \"$0/proc\"; mount --bind \"$1\" \"$0/mnt\"; exec chroot \"$0\" /bin/sh -c \"$2\"");
    command.args([root.as_os_str(), shared.as_os_str(), script.as_ref()]);
    // The host's folders mean nothing inside.
    command.env("HOME", "/root").env("TMPDIR", "/tmp").env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

fn recipe(release: &str) -> String {
    format!("{release}: {}\n", packages(release))
}

/// The C++ library's headers go by the compiler's version, which `g++` brings along; the lowest release is held to the one it was tested with.
fn packages(release: &str) -> &'static str {
    if release == LOWEST { PACKAGES } else { NEWER_PACKAGES }
}

fn is_complete(root: &Path, release: &str) -> bool {
    fs::read_to_string(root.join(MARKER)).is_ok_and(|text| text == recipe(release))
}

/// Says what is missing where Swift can be neither found nor installed.
fn may_install() -> Outcome {
    let lacking = |what: &str| Err(Stop::Missing(format!("`swift` is not on PATH, and it can be installed only {what}")));
    if !cfg!(target_os = "linux") || !process::is_installed("apt-get") {
        return lacking("on a Debian");
    }
    if !is_root() {
        return lacking("as root");
    }
    if process::is_installed("debootstrap") {
        return Ok(());
    }
    process::run(Command::new("apt-get").args(["update", "-qq"]))?;
    process::run(
        Command::new("apt-get")
            .args(["install", "-y", "-qq", "--no-install-recommends", "debootstrap"])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn is_root() -> bool {
    let mut user = String::new();
    process::run_lines(Command::new("id").arg("-u"), |line| user.push_str(line)).is_ok() && user == "0"
}

fn install(root: &Path, release: &str) -> Outcome {
    let mut bootstrap = Command::new("unshare");
    bootstrap.args(["--mount", "--propagation", "private", "debootstrap", "--variant=minbase", release]).arg(root);
    quietly(&mut bootstrap)?;
    let script = format!(
        "exec 2>&1; set -e; export DEBIAN_FRONTEND=noninteractive; apt-get update -qq; \
         apt-get install -y -qq --no-install-recommends {}; apt-get clean; swift --version",
        packages(release)
    );
    let nothing = root.join("media");
    quietly(&mut command(root, &nothing, &script))?;
    fs::write(root.join(MARKER), recipe(release)).map_err(while_doing(format!("mark {} complete", root.display())))
}

/// Hundreds of lines say that packages were unpacked; they matter only when something went wrong, and then the last ones do.
fn quietly(command: &mut Command) -> Outcome {
    const SHOWN: usize = 40;
    let mut lines = Vec::new();
    let ended = process::run_lines(command, |line| lines.push(line.to_owned()));
    if ended.is_err() {
        println!("{}", lines[lines.len().saturating_sub(SHOWN)..].join("\n"));
    }
    ended
}
