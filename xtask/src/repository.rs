//! `kotlin --repository DIR`: a Maven repository with everything that an app takes by its coordinates.

use super::{
    android::{self, Packages},
    bindings, kotlin,
    outcome::{Outcome, Stop, while_doing},
    process, project, shipped,
};
use std::{
    env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The plugin that puts a file where a repository has it, with its checksums; the same one that puts the jars there.
const DEPLOY: &str = "org.apache.maven.plugins:maven-deploy-plugin:3.1.2:deploy-file";

/// Leaves the repository in a folder. What the AARs lack is the caller's to judge.
pub fn run(folder: &Path) -> Outcome<Packages> {
    kotlin::ready()?;
    bindings::run()?;
    fs::create_dir_all(folder).map_err(while_doing(format!("make {}", folder.display())))?;
    let folder = folder.canonicalize().map_err(while_doing(format!("find {}", folder.display())))?;
    // The jars, with their sources, pages and flattened POMs. A module that is not published says so in its POM.
    let mut maven = kotlin::maven()?;
    maven.args(["--quiet", "-Dmaven.test.skip=true", "--activate-profiles", "documented"]);
    maven.arg(format!("-DaltDeploymentRepository=consentkit::file://{}", folder.display()));
    process::run(maven.args(["--projects", "core,testing,android", "deploy"]))?;
    let packages = android::put_together()?;
    let built = project::target().join("kotlin/consentkit-android");
    let beside = |kind: &str| built.join(format!("consentkit-android-{VERSION}-{kind}.jar"));
    deploy(&folder, &packages.main, &[("sources", beside("sources")), ("javadoc", beside("javadoc"))])?;
    deploy(&folder, &packages.adid, &[])?;
    deploy(&folder, &desktop()?, &[])?;
    println!("left in {}:", folder.display());
    list(&folder, &folder)?;
    Ok(packages)
}

/// Puts one file where the repository has it. Its POM lies beside it.
fn deploy(folder: &Path, file: &Path, beside: &[(&str, PathBuf)]) -> Outcome {
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", "--quiet", DEPLOY]);
    maven.arg(format!("-Durl=file://{}", folder.display())).arg(format!("-Dfile={}", file.display()));
    maven.arg(format!("-DpomFile={}", file.with_extension("pom").display()));
    for (kind, file) in beside {
        maven.arg(format!("-D{kind}={}", file.display()));
    }
    // A folder without a project, so that Maven does not look at one.
    process::run(maven.current_dir(folder))
}

/// The release library for this machine, in a jar from which JNA takes it by itself.
fn desktop() -> Outcome<PathBuf> {
    process::run(&mut shipped::build(None, shipped::FOR_WRAPPERS))?;
    let library = format!("{DLL_PREFIX}consentkit{DLL_SUFFIX}");
    let staged = project::target().join("desktop/jar");
    project::remove(&staged)?;
    let copy = staged.join(jna_name(OS, ARCH)?).join(&library);
    project::copy(&project::target().join("release").join(&library), &copy)?;
    if process::is_installed("strip") {
        process::run(Command::new("strip").arg(&copy))?;
    }
    let jar = project::target().join(format!("desktop/consentkit-desktop-{VERSION}.jar"));
    process::run(Command::new("jar").args(["--create", "--file"]).arg(&jar).arg("-C").arg(&staged).arg("."))?;
    let pom = project::root().join("bindings/kotlin/desktop/pom.xml");
    let text = fs::read_to_string(&pom).map_err(while_doing(format!("read {}", pom.display())))?;
    let beside = jar.with_extension("pom");
    fs::write(&beside, text.replace("@VERSION@", VERSION)).map_err(while_doing(format!("write {}", beside.display())))?;
    Ok(jar)
}

/// The folder in which JNA looks for a library of a system and a processor.
fn jna_name(system: &str, processor: &str) -> Outcome<String> {
    let system = match system {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => return Err(Stop::Missing(format!("a name that JNA has for {other}"))),
    };
    let processor = match processor {
        "x86_64" => "x86-64",
        "x86" => "x86",
        "aarch64" => "aarch64",
        other => return Err(Stop::Missing(format!("a name that JNA has for {other}"))),
    };
    Ok(format!("{system}-{processor}"))
}

/// Prints what a repository holds, and what each file weighs; checksums aside.
fn list(folder: &Path, root: &Path) -> Outcome {
    for path in project::entries(folder)? {
        if path.is_dir() {
            list(&path, root)?;
        } else if path.extension().is_some_and(|kind| ["jar", "aar", "pom"].iter().any(|known| kind == *known)) {
            println!("  {:>10}  {}", project::size(&path)?, path.strip_prefix(root).unwrap_or(&path).display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{jna_name, project};
    use std::fs;

    #[test]
    fn f_66_only_the_published_modules_go_into_a_repository() {
        let folder = project::root().join("bindings/kotlin");
        let pom = |module: &str| fs::read_to_string(folder.join(module).join("pom.xml")).unwrap_or_default();
        for what in ["install", "deploy"] {
            assert!(pom("").contains(&format!("<maven.{what}.skip>true</maven.{what}.skip>")), "{what}");
            let goes = format!("<maven.{what}.skip>false</maven.{what}.skip>");
            let modules = ["core", "testing", "android", "sample", "bench", "scenarios", "api", "lowest"];
            let gone: Vec<_> = modules.into_iter().filter(|module| pom(module).contains(&goes)).collect();
            assert_eq!(gone, ["core", "testing"], "{what}");
        }
    }

    #[test]
    fn f_66_the_library_lies_where_jna_looks() {
        assert_eq!(jna_name("linux", "x86_64").ok().as_deref(), Some("linux-x86-64"));
        assert_eq!(jna_name("macos", "aarch64").ok().as_deref(), Some("darwin-aarch64"));
        assert_eq!(jna_name("linux", "sparc").map_err(|stop| stop.code()), Err(3));
    }
}
