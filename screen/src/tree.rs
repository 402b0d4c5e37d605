//! What a screen reader is told of a page: names, states and headings, held in a file. After a wanted change: `CONSENTKIT_REFRESH=1 cargo
//! xtask form --slice`.

use std::{env, error::Error, fs, path::Path};

use crate::judge::{Finding, Seen};

/// The pages whose trees are held.
const HELD: &[&str] = &["first-run-ko-light-360", "settings-en-light-1280", "one-purpose-ko-light-360", "first-run-ar-320"];

/// Where a tree is another one than the one that is held.
pub fn compare(seen: &[Seen]) -> Result<Vec<Finding>, Box<dyn Error>> {
    let mut found = vec![];
    for seen in seen.iter().filter(|seen| HELD.contains(&seen.name.as_str())) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(format!("{}.txt", seen.name));
        let told = seen.tree.join("\n") + "\n";
        if env::var_os("CONSENTKIT_REFRESH").is_some() {
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(&path, &told)?;
        }
        let held = fs::read_to_string(&path).unwrap_or_default();
        let other = held.lines().zip(told.lines()).position(|(held, told)| held != told);
        if held != told {
            let line = other.unwrap_or_else(|| held.lines().count().min(told.lines().count()));
            let what = format!("line {}: `{}`", line + 1, told.lines().nth(line).unwrap_or_default());
            found.push(Finding { scene: seen.name.clone(), kind: "accessibility-tree", what });
        }
    }
    Ok(found)
}
