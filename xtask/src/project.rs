//! Where things are.

use super::outcome::{Outcome, while_doing};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The project's folder.
pub fn root() -> PathBuf {
    // At run time first: with a target folder that several work trees share, what was compiled in may be another tree's.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// Cargo's target folder, where everything that is generated goes.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Where the generated bindings and the library they belong to lie.
pub fn bindings() -> PathBuf {
    target().join("bindings")
}

/// Copies one file and makes the folders it needs.
pub fn copy(from: &Path, to: &Path) -> Outcome {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(while_doing(format!("make {}", folder.display())))?;
    }
    fs::copy(from, to).map(drop).map_err(while_doing(format!("copy {} to {}", from.display(), to.display())))
}

/// Copies a folder with what is in it.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy_folder(&path, &target)? } else { copy(&path, &target)? }
    }
    Ok(())
}

/// What is in a folder, by name.
pub fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
    let mut paths: Vec<PathBuf> = listed.map_err(while_doing(format!("read {}", folder.display())))?;
    paths.sort();
    Ok(paths)
}

/// Removes a folder if it is there.
pub fn remove(folder: &Path) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(while_doing(format!("remove {}", folder.display())))
}
