//! Swift on a Linux that has none: Debian 13 packages it, so a Debian 13 is installed into a folder once and kept.

use super::{
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The Debian release with Swift 6.
const RELEASE: &str = "trixie";

/// What SwiftPM needs to build, link and test.
const PACKAGES: &str = "swiftlang libc6-dev libstdc++-14-dev g++ ca-certificates";

/// Written last, so that a folder without it was never finished. A change of the recipe changes the text.
const MARKER: &str = ".consentkit-complete";

/// The folder with a finished installation, installed now if need be.
pub fn installed() -> Outcome<PathBuf> {
    let root = cache()?.join(format!("swift-{RELEASE}"));
    if is_complete(&root) {
        return Ok(root);
    }
    may_install()?;
    project::remove(&root)?;
    let unfinished = root.with_extension(format!("part-{}", std::process::id()));
    println!("installing Swift into {} (once; some minutes)", root.display());
    let done =
        install(&unfinished).and_then(|()| fs::rename(&unfinished, &root).map_err(while_doing(format!("put {} in place", root.display()))));
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

fn cache() -> Outcome<PathBuf> {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from).or_else(home);
    let cache = cache.ok_or_else(|| Stop::Failed("neither XDG_CACHE_HOME nor HOME is set".to_owned()))?.join("consentkit");
    fs::create_dir_all(&cache).map_err(while_doing(format!("make {}", cache.display())))?;
    Ok(cache)
}

fn recipe() -> String {
    format!("{RELEASE}: {PACKAGES}\n")
}

fn is_complete(root: &Path) -> bool {
    fs::read_to_string(root.join(MARKER)).is_ok_and(|text| text == recipe())
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

fn install(root: &Path) -> Outcome {
    let mut bootstrap = Command::new("unshare");
    bootstrap.args(["--mount", "--propagation", "private", "debootstrap", "--variant=minbase", RELEASE]).arg(root);
    quietly(&mut bootstrap)?;
    let script = format!(
        "exec 2>&1; set -e; export DEBIAN_FRONTEND=noninteractive; apt-get update -qq; \
         apt-get install -y -qq --no-install-recommends {PACKAGES}; apt-get clean; swift --version"
    );
    let nothing = root.join("media");
    quietly(&mut command(root, &nothing, &script))?;
    fs::write(root.join(MARKER), recipe()).map_err(while_doing(format!("mark {} complete", root.display())))
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
