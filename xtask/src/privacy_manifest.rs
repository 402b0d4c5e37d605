//! Apple's privacy manifest against what the library and its Swift really use (APL-10).

use super::{
    outcome::{Outcome, Stop, while_doing},
    project,
    symbols::Symbols,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// One category of Apple's "required reason" interfaces.
struct Category {
    name: &'static str,
    /// The one reason that fits: the app's own container, shown to nobody.
    reason: &'static str,
    /// C functions and Objective-C classes.
    symbols: &'static [&'static str],
    /// The same in Swift.
    swift: &'static [&'static str],
}

const CATEGORIES: &[Category] = &[
    Category {
        name: "NSPrivacyAccessedAPICategoryFileTimestamp",
        reason: "C617.1",
        symbols: &["stat", "fstat", "lstat", "fstatat", "getattrlist", "fgetattrlist", "getattrlistat", "getattrlistbulk"],
        swift: &["creationDate", "modificationDate", "ModificationDate", "contentModificationDateKey", "attributesOfItem"],
    },
    Category {
        name: "NSPrivacyAccessedAPICategorySystemBootTime",
        reason: "35F9.1",
        symbols: &["mach_absolute_time"],
        swift: &["systemUptime", "mach_absolute_time"],
    },
    Category {
        name: "NSPrivacyAccessedAPICategoryDiskSpace",
        reason: "E174.1",
        symbols: &["statfs", "fstatfs", "statvfs", "fstatvfs"],
        swift: &["volumeAvailableCapacity", "volumeTotalCapacity", "systemFreeSize", "systemSize"],
    },
    Category {
        name: "NSPrivacyAccessedAPICategoryUserDefaults",
        reason: "CA92.1",
        symbols: &["OBJC_CLASS_$_NSUserDefaults"],
        swift: &["UserDefaults"],
    },
];

/// Compares the manifest in the Swift package with what is used. Says so and passes where there is no manifest yet.
pub fn check(symbols: &Symbols) -> Outcome {
    let sources = project::root().join("bindings/swift/Sources");
    let file = sources.join("ConsentKit/PrivacyInfo.xcprivacy");
    if !file.exists() {
        println!("privacy manifest: there is none at {}: nothing was compared", file.display());
        return Ok(());
    }
    let manifest = fs::read_to_string(&file).map_err(while_doing(format!("read {}", file.display())))?;
    let mut swift = String::new();
    for target in ["ConsentKit", "ConsentKitBase"] {
        swift += &code(&sources.join(target))?;
    }
    let faults = faults(&manifest, &symbols.wanted, &swift);
    if faults.is_empty() {
        println!("privacy manifest: says what the library uses, and nothing else");
        return Ok(());
    }
    Err(Stop::Failed(format!("{} does not fit: {}", file.display(), faults.join("; "))))
}

/// The Swift that ships, without its comments: a name in a comment is no use of it.
fn code(folder: &Path) -> Outcome<String> {
    let mut all = String::new();
    for path in project::entries(folder)? {
        if path.is_dir() {
            all += &code(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "swift") {
            let text = fs::read_to_string(&path).map_err(while_doing(format!("read {}", path.display())))?;
            text.lines().for_each(|line| all += &format!("{}\n", line.split("//").next().unwrap_or_default()));
        }
    }
    Ok(all)
}

/// Everything in which the manifest differs from what is used.
fn faults(manifest: &str, wanted: &BTreeSet<String>, swift: &str) -> Vec<String> {
    let mut faults = vec![];
    if !says(manifest, "<key>NSPrivacyTracking</key>", "<false/>") {
        faults.push("NSPrivacyTracking must be false".to_owned());
    }
    if !says(manifest, "<key>NSPrivacyTrackingDomains</key>", "<array/>")
        && !says(manifest, "<key>NSPrivacyTrackingDomains</key>", "<array></array>")
    {
        faults.push("NSPrivacyTrackingDomains must be an empty array".to_owned());
    }
    let mut declared = declared(manifest);
    for category in CATEGORIES {
        let used = used(category, wanted, swift);
        match (declared.remove(category.name), used.first()) {
            (None, None) => {}
            (None, Some(_)) => faults.push(format!("{} is missing, and used are {}", category.name, used.join(", "))),
            (Some(_), None) => faults.push(format!("{} is listed, and nothing of it is used", category.name)),
            (Some(reasons), Some(_)) if reasons != [category.reason] => {
                faults.push(format!("{} must give the reason {} alone", category.name, category.reason));
            }
            (Some(_), Some(_)) => {}
        }
    }
    faults.extend(declared.into_keys().map(|name| format!("{name} is no category we know")));
    faults
}

fn used(category: &Category, wanted: &BTreeSet<String>, swift: &str) -> Vec<String> {
    // On Intel some names carry a variant: stat$INODE64.
    let plain = |name: &str| if name.starts_with("OBJC_") { name.to_owned() } else { name.split('$').next().unwrap_or(name).to_owned() };
    let linked = wanted.iter().filter(|name| category.symbols.contains(&plain(name).as_str())).cloned();
    linked.chain(category.swift.iter().filter(|word| swift.contains(**word)).map(|word| (*word).to_owned())).collect()
}

/// Whether a key is followed by just that value.
fn says(manifest: &str, key: &str, value: &str) -> bool {
    let squeezed: String = manifest.split_whitespace().collect();
    squeezed.contains(&format!("{key}{value}"))
}

/// The categories the manifest lists, each with its reasons.
fn declared(manifest: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let after = |text: &str, tag: &str| text.split_once(tag).map(|(_, rest)| rest.to_owned());
    let Some(types) = after(manifest, "<key>NSPrivacyAccessedAPITypes</key>") else { return found };
    for entry in types.split("</dict>") {
        let strings = |key: &str| -> Vec<String> {
            let value = after(entry, &format!("<key>{key}</key>")).unwrap_or_default();
            let value = value.split("<key>").next().unwrap_or_default().to_owned();
            value.split("<string>").skip(1).filter_map(|rest| rest.split("</string>").next()).map(|text| text.trim().to_owned()).collect()
        };
        for name in strings("NSPrivacyAccessedAPIType") {
            found.insert(name, strings("NSPrivacyAccessedAPITypeReasons"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::faults;
    use std::collections::BTreeSet;

    fn entry(category: &str, reason: &str) -> String {
        format!(
            "<dict>\n<key>NSPrivacyAccessedAPIType</key>\n<string>NSPrivacyAccessedAPICategory{category}</string>\n\
             <key>NSPrivacyAccessedAPITypeReasons</key>\n<array>\n<string>{reason}</string>\n</array>\n</dict>"
        )
    }

    fn manifest(entries: &[String]) -> String {
        format!(
            "<plist><dict>\n<key>NSPrivacyTracking</key>\n<false/>\n<key>NSPrivacyTrackingDomains</key>\n<array/>\n\
             <key>NSPrivacyAccessedAPITypes</key>\n<array>\n{}\n</array>\n</dict></plist>",
            entries.join("\n")
        )
    }

    fn wanted(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_manifest_that_says_what_is_used_has_no_fault() {
        let good = manifest(&[entry("FileTimestamp", "C617.1"), entry("UserDefaults", "CA92.1")]);
        assert_eq!(faults(&good, &wanted(&["fstat", "stat$INODE64", "open"]), "let old = UserDefaults.standard"), [""; 0]);
    }

    #[test]
    fn a_symbol_without_its_category_is_a_fault() {
        let found = faults(&manifest(&[entry("FileTimestamp", "C617.1")]), &wanted(&["stat", "mach_absolute_time"]), "");
        assert_eq!(found, ["NSPrivacyAccessedAPICategorySystemBootTime is missing, and used are mach_absolute_time"]);
    }

    #[test]
    fn a_category_of_which_nothing_is_used_is_a_fault() {
        let found = faults(&manifest(&[entry("FileTimestamp", "C617.1"), entry("DiskSpace", "E174.1")]), &wanted(&["lstat"]), "");
        assert_eq!(found, ["NSPrivacyAccessedAPICategoryDiskSpace is listed, and nothing of it is used"]);
    }

    #[test]
    fn another_reason_an_unknown_category_and_tracking_are_faults() {
        let odd = manifest(&[entry("FileTimestamp", "DDA9.1"), entry("Camera", "1.1")])
            .replace("<false/>", "<true/>")
            .replace("<array/>", "<array><string>a.example</string></array>");
        let found = faults(&odd, &wanted(&["stat"]), "");
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
