//! Where things are.

use super::outcome::{Outcome, Stop, while_doing};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The project's folder.
pub fn root() -> PathBuf {
    // The folder that cargo names at run time comes first. Where several work trees share a target folder, the one that was compiled in may
    // be another tree's.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// Cargo's target folder, where everything that is generated goes.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The folder in the user's cache where tools lie that a command installed.
pub fn cache() -> Outcome<PathBuf> {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from).or_else(home);
    let cache = cache.ok_or_else(|| Stop::Failed("neither XDG_CACHE_HOME nor HOME is set".to_owned()))?.join("consentkit");
    fs::create_dir_all(&cache).map_err(while_doing(format!("make {}", cache.display())))?;
    Ok(cache)
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

/// Makes a folder hold what another one holds, and nothing else. Files that are the same are left alone, so that build tools
/// that look at their times see what changed.
pub fn mirror(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).map_err(while_doing(format!("make {}", to.display())))?;
    let wanted = entries(from)?;
    for path in entries(to)? {
        let name = path.file_name().unwrap_or_default();
        if !wanted.iter().any(|wanted| wanted.file_name() == Some(name)) {
            if path.is_dir() {
                remove(&path)?
            } else {
                fs::remove_file(&path).map_err(while_doing(format!("remove {}", path.display())))?
            }
        }
    }
    for path in wanted {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { mirror(&path, &target)? } else { update(&path, &target)? }
    }
    Ok(())
}

/// Copies one file unless the other one is the same.
pub fn update(from: &Path, to: &Path) -> Outcome {
    if holds_the_same(from, to)? { Ok(()) } else { copy(from, to) }
}

/// Whether the other file is there and says the same.
pub fn holds_the_same(from: &Path, to: &Path) -> Outcome<bool> {
    let read = |path: &Path| fs::read(path).map_err(while_doing(format!("read {}", path.display())));
    Ok(to.is_file() && read(from)? == read(to)?)
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

/// What a file weighs, bytes.
pub fn size(file: &Path) -> Outcome<u64> {
    fs::metadata(file).map(|data| data.len()).map_err(while_doing(format!("weigh {}", file.display())))
}
