//! `consumers`: small apps that take the packages as anybody would, built and run.

use super::{
    kotlin,
    outcome::{Outcome, Stop, while_doing},
    process, project, repository, swift,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Makes the repository and runs every app on it.
pub fn run() -> Outcome {
    kotlin::ready()?;
    let folder = project::target().join("consumers");
    project::remove(&folder)?;
    let repository = folder.join("repository");
    // No phone is here: what the AARs lack is no fault of the apps.
    drop(repository::run(&repository)?);
    forget()?;
    for app in ["kotlin", "java", "minified"] {
        build(app, &repository, &folder)?;
    }
    for (app, class) in [("kotlin", "app.AppKt"), ("java", "app.App")] {
        let built = folder.join(app);
        let jar = built.join(format!("app-{app}-1.jar"));
        start(app, &[jar, built.join("lib/*")], class)?;
    }
    minified(&folder)?;
    println!("== swift");
    swift::consumer()
}

/// Maven keeps what it took once: an older build of the same version must not come from there.
fn forget() -> Outcome {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    project::remove(&home.join(".m2/repository/dev/consentkit"))
}

fn build(app: &str, repository: &Path, folder: &Path) -> Outcome {
    println!("== {app}: build");
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", "--quiet", "-Dstyle.color=never", "package", "--file"]);
    maven.arg(project::root().join("bindings/consumers").join(app).join("pom.xml"));
    maven.arg(format!("-Dconsentkit.repository={}", repository.display()));
    maven.arg(format!("-Dconsentkit.build={}", folder.join(app).display()));
    process::run(maven.arg(format!("-Dpolicy={}", policy().display())))
}

fn policy() -> PathBuf {
    project::root().join("examples/influential/policy.json")
}

/// Runs an app from its classes alone: the native library comes with them.
fn start(name: &str, classes: &[PathBuf], class: &str) -> Outcome {
    let path = env::join_paths(classes).map_err(|error| Stop::Failed(format!("{name}: {error}")))?;
    let mut said = String::new();
    process::run_lines(Command::new("java").arg("-classpath").arg(path).arg(class).arg(policy()), |line| {
        println!("   {name}: {line}");
        line.clone_into(&mut said);
    })?;
    if said.starts_with("the app ran") { Ok(()) } else { Err(Stop::Failed(format!("{name} ended without a word"))) }
}

/// The Kotlin app after R8 and after ProGuard, each with the rules that the jars bring for it.
fn minified(folder: &Path) -> Outcome {
    let app = folder.join("kotlin");
    let mut jars = project::entries(&app.join("lib"))?;
    jars.insert(0, app.join("app-kotlin-1.jar"));
    let tools = folder.join("minified/tools/*");
    let own = project::root().join("bindings/consumers/minified/app.pro");
    let java = java_home()?;
    let made = |name: &str| folder.join("minified").join(format!("{name}.jar"));

    let mut r8 = Command::new("java");
    r8.arg("-classpath").arg(&tools).args(["com.android.tools.r8.R8", "--release", "--classfile", "--lib"]).arg(&java);
    for rules in rules(&jars, &folder.join("minified/r8"), "META-INF/com.android.tools/r8/consentkit.pro")? {
        r8.arg("--pg-conf").arg(rules);
    }
    r8.arg("--pg-conf").arg(&own).arg("--output").arg(made("r8")).args(&jars);
    minify("R8", &mut r8, &jars, &made("r8"))?;

    let mut proguard = Command::new("java");
    proguard.arg("-classpath").arg(&tools).arg("proguard.ProGuard").arg("-include").arg(&own);
    for rules in rules(&jars, &folder.join("minified/proguard"), "META-INF/proguard/consentkit.pro")? {
        proguard.arg("-include").arg(rules);
    }
    for jar in &jars {
        proguard.arg("-injars").arg(format!("{}(!META-INF/versions/**,!META-INF/MANIFEST.MF,!module-info.class)", jar.display()));
    }
    proguard.arg("-outjars").arg(made("proguard"));
    for module in ["java.base", "java.desktop", "java.logging", "java.instrument", "jdk.unsupported"] {
        proguard.arg("-libraryjars").arg(format!("{}/jmods/{module}.jmod(!**.jar;!module-info.class)", java.display()));
    }
    // It shrinks and renames. What its optimiser makes of kotlinx-coroutines 1.10.2 does not pass Java's verifier.
    proguard.args(["-dontoptimize", "-dontnote"]);
    minify("ProGuard", &mut proguard, &jars, &made("proguard"))
}

fn minify(name: &str, command: &mut Command, from: &[PathBuf], to: &Path) -> Outcome {
    println!("== minified by {name}");
    // Both talk much where all is well.
    let ended = command.output().map_err(while_doing(format!("start {name}")))?;
    if !ended.status.success() {
        let said = [ended.stdout, ended.stderr].concat();
        return Err(Stop::Failed(format!("{name} ended with {}:\n{}", ended.status, String::from_utf8_lossy(&said))));
    }
    let before: u64 = from.iter().map(|jar| project::size(jar)).sum::<Outcome<u64>>()?;
    println!("   {before} bytes of jars became {}", project::size(to)?);
    start(name, &[to.to_owned()], "app.AppKt")
}

/// The rules in the jars, unpacked: ours from the place named, the others' from where ProGuard and R8 both look.
fn rules(jars: &[PathBuf], folder: &Path, ours: &str) -> Outcome<Vec<PathBuf>> {
    let mut found = vec![];
    for (index, jar) in jars.iter().enumerate() {
        let unpacked = folder.join(index.to_string());
        fs::create_dir_all(&unpacked).map_err(while_doing(format!("make {}", unpacked.display())))?;
        process::run(Command::new("jar").arg("--extract").arg("--file").arg(jar).args(["META-INF/proguard", ours]).current_dir(&unpacked))?;
        let of_ours = unpacked.join(ours);
        let others = unpacked.join("META-INF/proguard");
        match of_ours.exists() {
            true => found.push(of_ours),
            false if others.exists() => found.extend(project::entries(&others)?),
            false => {}
        }
    }
    let is_ours = |path: &PathBuf| path.ends_with(ours);
    if found.iter().any(is_ours) { Ok(found) } else { Err(Stop::Failed(format!("no jar holds {ours}"))) }
}

/// The folder of the Java that runs, whose classes the minifiers look at.
fn java_home() -> Outcome<PathBuf> {
    let mut home = None;
    let mut command = Command::new("sh");
    process::run_lines(command.args(["-c", "java -XshowSettings:properties -version 2>&1"]), |line| {
        home = home.take().or_else(|| line.trim().strip_prefix("java.home = ").map(PathBuf::from));
    })?;
    home.ok_or_else(|| Stop::Failed("java does not say where it lies".to_owned()))
}
