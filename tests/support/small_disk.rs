//! A real disk that is small enough to be filled: a file system in memory, mounted for one process of this test alone.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the small disk is mounted, in the process that has it.
const MOUNTED: &str = "CONSENTKIT_TEST_SMALL_DISK";

/// Bytes of it.
const BYTES: &str = "4m";

/// Runs `test` in a process of its own, on a disk of [`BYTES`]. `name` is the name of the test that calls this.
pub fn on_a_small_disk(name: &str, test: impl FnOnce(&SmallDisk)) {
    if let Some(folder) = std::env::var_os(MOUNTED) {
        return test(&SmallDisk(folder.into()));
    }
    let folder = tempfile::tempdir().unwrap();
    let own = std::env::current_exe().unwrap();
    let mounted =
        format!("mount -t tmpfs -o size={BYTES} none '{}' && exec '{}' --exact {name} --nocapture", folder.path().display(), own.display());
    // Root may mount where it may make a name space of its own. Anybody else needs one of users, too.
    let spaces: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let may = |space: &&&[&str]| Command::new("unshare").args(**space).arg("true").status().is_ok_and(|ended| ended.success());
    let space = spaces.iter().find(may).expect("this test mounts a small disk, which this machine lets nobody do: allow `unshare --mount`");
    let ended = Command::new("unshare").args(*space).args(["sh", "-c", &mounted]).env(MOUNTED, folder.path()).output().unwrap();
    assert!(ended.status.success(), "{}\n{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
}

/// A small disk.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Lets another app take every byte that is left.
    pub fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.0.join("another app's")).unwrap();
        for bytes in [64 * 1024, 1] {
            while file.write_all(&vec![7; bytes]).is_ok() {}
        }
    }

    /// The other app gives some of its room back.
    pub fn give_back(&self, bytes: u64) {
        let file = File::options().write(true).open(self.0.join("another app's")).unwrap();
        file.set_len(file.metadata().unwrap().len() - bytes).unwrap();
    }

    /// The other app gives its room back.
    pub fn clear(&self) {
        fs::remove_file(self.0.join("another app's")).unwrap();
    }

    /// Lets the disk take no writes at all, or takes that back.
    pub fn read_only(&self, read_only: bool) {
        let mode = if read_only { "remount,ro" } else { "remount,rw" };
        let ended = Command::new("mount").args(["-o", mode]).arg(&self.0).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}
