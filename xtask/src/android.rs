//! `android`: the two AARs, put together and checked without Gradle.

use super::{
    bindings, kotlin, ndk,
    outcome::{Outcome, Stop, while_doing},
    process, project,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The permission that only the second AAR asks for (AND-3).
const AD_ID: &str = "com.google.android.gms.permission.AD_ID";

/// What R8 must be told, beside the classes that the sources name for reflection.
const RULES: &[&str] = &[
    "-keep class com.sun.jna.** { *; }",
    "-keep class * extends com.sun.jna.** { *; }",
    "-keep class * implements com.sun.jna.Callback { *; }",
    "-keepattributes RuntimeVisibleAnnotations,InnerClasses,EnclosingMethod,Signature",
    "-keep class dev.consentkit.internal.** { *; }",
    "-dontwarn java.awt.**",
    "-keepclassmembers enum dev.consentkit.** {",
];

/// Both AARs, as files, each with its POM beside it, and what one of them lacks.
pub struct Packages {
    /// The library for Android.
    pub main: PathBuf,
    /// The permission for the advertising id, and nothing else.
    pub adid: PathBuf,
    /// The ABIs whose library could not be built, each with the reason.
    missing: Vec<(&'static str, String)>,
}

impl Packages {
    /// Ends the command with what a whole AAR still needs.
    pub fn complete(self) -> Outcome {
        if self.missing.is_empty() {
            return Ok(());
        }
        let lacks: Vec<&str> = self.missing.iter().map(|(abi, _)| *abi).collect();
        println!("{} holds no library for {}: no phone can run it", self.main.display(), lacks.join(", "));
        // Most of the ABIs are missing for the same reason, which is then told once.
        let reasons: BTreeSet<String> = self.missing.into_iter().map(|(_, why)| why).collect();
        Err(Stop::Missing(reasons.into_iter().collect::<Vec<_>>().join("; ")))
    }
}

/// Builds the Kotlin and, for each ABI that the NDK here can build, the library; puts both AARs together and checks them.
pub fn run() -> Outcome {
    kotlin::ready()?;
    bindings::run()?;
    let mut maven = kotlin::maven()?;
    process::run(maven.args(["--quiet", "-Dmaven.test.skip=true", "--projects", "android", "--also-make", "package"]))?;
    put_together()?.complete()
}

/// Puts both AARs together from the module's jar, and checks them. What is missing is said, and an AAR that lacks an ABI says so in its
/// name and version.
pub fn put_together() -> Outcome<Packages> {
    let staged = project::target().join("android/consentkit-android");
    project::remove(&staged)?;
    let missing = libraries(&staged.join("jni"))?;
    let version = if missing.is_empty() { VERSION.to_owned() } else { format!("{VERSION}-incomplete") };
    let jar = project::target().join(format!("kotlin/consentkit-android/consentkit-android-{VERSION}.jar"));
    let main = assemble(&staged, "consentkit-android", &version, "AndroidManifest.xml", "pom.xml", Some(&jar))?;
    let sizes = sizes(&staged.join("jni"))?;
    let staged = project::target().join("android/consentkit-android-adid");
    project::remove(&staged)?;
    let adid = assemble(&staged, "consentkit-android-adid", &version, "AndroidManifest-adid.xml", "pom-adid.xml", None)?;
    check(&main, &faults_of_main)?;
    check(&adid, &faults_of_adid)?;
    for (aar, what) in [(&main, "manifest, rules and classes"), (&adid, "manifest")] {
        println!("built {} ({} bytes); checked: {what}", aar.display(), project::size(aar)?);
    }
    sizes.iter().for_each(|(abi, bytes)| println!("  {abi:12} {bytes:>10} bytes of libconsentkit.so"));
    Ok(Packages { main, adid, missing })
}

/// What the library weighs for each ABI that is there.
fn sizes(jni: &Path) -> Outcome<Vec<(String, u64)>> {
    let folders = if jni.exists() { project::entries(jni)? } else { vec![] };
    let name = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    folders.iter().map(|folder| Ok((name(folder), project::size(&folder.join("libconsentkit.so"))?))).collect()
}

/// Builds the library for every ABI that can be built; answers with those that cannot, and why.
fn libraries(folder: &Path) -> Outcome<Vec<(&'static str, String)>> {
    let tools = match ndk::tools() {
        Err(Stop::Missing(why)) => return Ok(ndk::ABIS.iter().map(|abi| (abi.name, why.clone())).collect()),
        other => other?,
    };
    let mut missing = vec![];
    for abi in &ndk::ABIS {
        match ndk::build(abi, &tools, folder) {
            Err(Stop::Missing(why)) => missing.push((abi.name, why)),
            other => other?,
        }
    }
    Ok(missing)
}

/// Zips what is staged, with the manifest, the rules and the classes, and puts the POM beside it.
fn assemble(staged: &Path, name: &str, version: &str, manifest: &str, pom: &str, jar: Option<&Path>) -> Outcome<PathBuf> {
    let sources = project::root().join("bindings/kotlin/android/aar");
    project::copy(&sources.join(manifest), &staged.join("AndroidManifest.xml"))?;
    // An AAR has both files, also where they are empty.
    write(&staged.join("R.txt"), "")?;
    match jar {
        Some(jar) => {
            // An app needs the core's rules too, and not every build reads the ones in the core's jar.
            let core = read(&project::root().join("bindings/kotlin/core/src/main/rules/consentkit.pro"))?;
            write(&staged.join("proguard.txt"), &format!("{core}\n{}", read(&sources.join("proguard.txt"))?))?;
            project::copy(jar, &staged.join("classes.jar"))?;
        }
        None => zip(&staged.join("classes.jar"), staged, &["R.txt"])?,
    }
    let aar = project::target().join("android").join(format!("{name}-{version}.aar"));
    zip(&aar, staged, &["."])?;
    let text = fs::read_to_string(sources.join(pom)).map_err(while_doing(format!("read {pom}")))?;
    let text = text.replace("@VERSION@", version).replace("@CORE@", VERSION);
    write(&aar.with_extension("pom"), &text)?;
    Ok(aar)
}

fn zip(file: &Path, folder: &Path, what: &[&str]) -> Outcome {
    process::run(Command::new("jar").args(["--create", "--no-manifest", "--file"]).arg(file).arg("-C").arg(folder).args(what))
}

fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(while_doing(format!("write {}", file.display())))
}

/// Unpacks an AAR as Gradle would, and looks at what an app gets.
fn check(aar: &Path, faults: &dyn Fn(&Path) -> Outcome<Vec<String>>) -> Outcome {
    let unpacked = aar.with_extension("unpacked");
    project::remove(&unpacked)?;
    fs::create_dir_all(&unpacked).map_err(while_doing(format!("make {}", unpacked.display())))?;
    process::run(Command::new("jar").arg("--extract").arg("--file").arg(aar).current_dir(&unpacked))?;
    let faults = faults(&unpacked)?;
    if faults.is_empty() { Ok(()) } else { Err(Stop::Failed(format!("{}: {}", aar.display(), faults.join("; ")))) }
}

fn faults_of_main(unpacked: &Path) -> Outcome<Vec<String>> {
    let mut faults = vec![];
    if declares(&read(&unpacked.join("AndroidManifest.xml"))?, AD_ID) {
        faults.push(format!("its manifest asks for {AD_ID}, which apps for children must not have"));
    }
    let rules = read(&unpacked.join("proguard.txt"))?;
    faults.extend(missing_rules(&rules, &reflected(&project::root().join("bindings/kotlin/android/src/main"))?));
    faults.extend(wrong_classes(&list(&unpacked.join("classes.jar"))?));
    let jni = unpacked.join("jni");
    for abi in if jni.exists() { project::entries(&jni)? } else { vec![] } {
        ndk::check(&abi.join("libconsentkit.so"))?;
    }
    Ok(faults)
}

fn faults_of_adid(unpacked: &Path) -> Outcome<Vec<String>> {
    let asks = declares(&read(&unpacked.join("AndroidManifest.xml"))?, AD_ID);
    Ok(if asks { vec![] } else { vec![format!("its manifest does not ask for {AD_ID}")] })
}

fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(while_doing(format!("read {}", file.display())))
}

/// Whether a manifest asks for a permission. A comment that speaks of it does not count.
fn declares(manifest: &str, permission: &str) -> bool {
    manifest.contains(&format!("<uses-permission android:name=\"{permission}\""))
}

/// The names of classes that the sources look up by name.
fn reflected(folder: &Path) -> Outcome<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for path in project::entries(folder)? {
        if path.is_dir() {
            names.extend(reflected(&path)?);
        } else {
            names.extend(class_names(&read(&path)?));
        }
    }
    Ok(names)
}

fn class_names(source: &str) -> BTreeSet<String> {
    let quoted = source.split('"').skip(1).step_by(2);
    let is_class =
        |name: &&str| name.starts_with("com.") && name.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase));
    quoted.filter(is_class).filter(|name| !name.contains("permission")).map(str::to_owned).collect()
}

fn missing_rules(rules: &str, reflected: &BTreeSet<String>) -> Vec<String> {
    let fixed = RULES.iter().map(|rule| (*rule).to_owned()).filter(|rule| !rules.lines().any(|line| line.trim() == rule));
    let kept = |name: &str| {
        rules.lines().any(|line| line.strip_prefix("-keep class ").is_some_and(|rest| rest.split([' ', '{']).next() == Some(name)))
    };
    let unkept = reflected.iter().filter(|name| !kept(name)).map(|name| format!("-keep class {name}"));
    fixed.chain(unkept).map(|rule| format!("proguard.txt lacks `{rule}`")).collect()
}

fn list(jar: &Path) -> Outcome<Vec<String>> {
    let mut names = vec![];
    process::run_lines(Command::new("jar").arg("--list").arg("--file").arg(jar), |line| names.push(line.to_owned()))?;
    Ok(names)
}

fn wrong_classes(names: &[String]) -> Vec<String> {
    let mut faults = vec![];
    if !names.iter().any(|name| name == "dev/consentkit/android/ConsentAndroid.class") {
        faults.push("classes.jar lacks ConsentAndroid".to_owned());
    }
    // A stand-in of the tests, or a copy of somebody's library, would clash with the app's own.
    let strange = names.iter().filter(|name| name.ends_with(".class") && !name.starts_with("dev/consentkit/android/"));
    faults.extend(strange.map(|name| format!("classes.jar holds {name}")));
    faults
}

#[cfg(test)]
mod tests {
    use super::{AD_ID, RULES, class_names, declares, missing_rules, wrong_classes};
    use std::collections::BTreeSet;

    #[test]
    fn a_comment_about_the_permission_asks_for_nothing() {
        assert!(!declares(&format!("<!-- not {AD_ID} --><manifest/>"), AD_ID));
        assert!(declares(&format!("<manifest><uses-permission android:name=\"{AD_ID}\" /></manifest>"), AD_ID));
    }

    #[test]
    fn the_classes_that_are_looked_up_by_name_are_found() {
        let source = r#"const val A = "com.maker.Client"; const val P = "com.maker.permission.AD_ID"; has("com.maker.gms"); val no = "x""#;
        assert_eq!(class_names(source).into_iter().collect::<Vec<_>>(), ["com.maker.Client"]);
    }

    #[test]
    fn f_71_a_rule_that_is_gone_is_named() {
        let reflected = BTreeSet::from(["com.maker.Client".to_owned()]);
        let rules = format!("{}\n-keep class com.maker.Client {{ *; }}", RULES.join("\n"));
        assert_eq!(missing_rules(&rules, &reflected), [""; 0]);
        assert_eq!(
            missing_rules(&rules.replace("Client {", "ClientInfo {"), &reflected),
            ["proguard.txt lacks `-keep class com.maker.Client`"]
        );
        assert_eq!(missing_rules(&rules.replace("-dontwarn java.awt.**", ""), &reflected), ["proguard.txt lacks `-dontwarn java.awt.**`"]);
    }

    #[test]
    fn a_stand_in_among_the_classes_is_a_fault() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(wrong_classes(&names(&["dev/consentkit/android/ConsentAndroid.class", "META-INF/x.kotlin_module"])), [""; 0]);
        assert_eq!(wrong_classes(&names(&["androidx/work/Worker.class"])).len(), 2);
    }
}
