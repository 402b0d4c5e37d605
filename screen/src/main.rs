//! The form in Chromium. Every surface is drawn as the library makes it, read by axe-core and by checks of its own, and answered; then what was
//! on the screen is compared with what was recorded. `cargo xtask form` installs what it needs and calls it.
//!
//! `consentkit-screen TOOLS OUT [--slice | --fault NAME]`: TOOLS is the folder with the packages of `browser/package.json`, OUT gets the
//! pictures and what the browser saw.

#[allow(dead_code)]
#[path = "../../examples/form/app.rs"]
mod app;
mod fault;
#[allow(dead_code)]
#[path = "../../examples/form/http.rs"]
mod http;
mod judge;
mod scene;
#[allow(dead_code)]
#[path = "../../examples/form/site.rs"]
mod site;
mod tree;

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use fault::Fault;
use judge::{Finding, Seen, figures, findings};
use scene::{Scene, Stage};
use serde_json::{Value, json};

/// How often the first paint of each page is measured.
const PAINTS: u32 = 20;

/// The browser, where `CONSENTKIT_CHROMIUM` names no other.
const BROWSER: &str = "/usr/bin/chromium";

const USAGE: &str = "consentkit-screen TOOLS OUT [--slice | --fault NAME]";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (tools, out, rest) = match words.as_slice() {
        [tools, out, rest @ ..] => (Path::new(tools), Path::new(out), rest),
        _ => return Err(USAGE.into()),
    };
    fs::create_dir_all(out)?;
    match rest {
        [] => whole(tools, out),
        ["--slice"] => drawn(tools, out, scene::slice(), None, vec![]),
        ["--fault", name] => {
            let known = || Fault::ALL.map(Fault::name).join(", ");
            let fault = Fault::ALL
                .into_iter()
                .find(|fault| fault.name() == *name)
                .ok_or_else(|| format!("no fault `{name}`; there are {}", known()))?;
            seeded(tools, out, fault)
        }
        _ => Err(USAGE.into()),
    }
}

/// The long run, with the time to the first paint.
fn whole(tools: &Path, out: &Path) -> Result<bool, Box<dyn Error>> {
    let first = scene::slice().into_iter().find(|scene| scene.name == "first-run-ko-light-360").ok_or("no first run")?;
    let many = Scene { world: scene::World::Many, language: "en", name: "many", ..first.clone() };
    let measured = [first, many].map(|scene| Stage::of(scene, None));
    let [first, many] = measured;
    drawn(tools, out, scene::whole(), None, vec![first?, many?])
}

/// Draws scenes, prints what is wrong and the table, and says whether all holds.
fn drawn(tools: &Path, out: &Path, scenes: Vec<Scene>, fault: Option<Fault>, painted: Vec<Stage>) -> Result<bool, Box<dyn Error>> {
    let stages = scenes.into_iter().map(|scene| Stage::of(scene, fault)).collect::<Result<Vec<_>, _>>()?;
    let (seen, paint) = browse(tools, out, &stages, &painted)?;
    let mut found = judged(&stages, &seen)?;
    found.extend(tree::compare(&seen)?);
    for Finding { scene, kind, what } in &found {
        println!("{scene}: {kind}: {what}");
    }
    println!("\n{:<40} {:>12} {:>12}", "figure", "worst", "bound");
    let figures = figures(&seen, &stages, paint.as_ref());
    for figure in &figures {
        let sign = if figure.at_least { ">=" } else { "<=" };
        println!(
            "{:<40} {:>12.2} {sign:>4} {:>8.2}{}",
            figure.name,
            figure.worst,
            figure.bound,
            if figure.holds() { "" } else { "   PAST" }
        );
    }
    println!("{} pages, {} findings; pictures in {}", seen.len(), found.len(), out.display());
    Ok(found.is_empty() && figures.iter().all(judge::Figure::holds) && seen.len() == stages.len())
}

/// A fault must be found by its own name.
fn seeded(tools: &Path, out: &Path, fault: Fault) -> Result<bool, Box<dyn Error>> {
    let stages = scene::of_fault(fault).into_iter().map(|scene| Stage::of(scene, Some(fault))).collect::<Result<Vec<_>, _>>()?;
    let (seen, _) = browse(tools, out, &stages, &[])?;
    let found = judged(&stages, &seen)?;
    let own = found.iter().find(|finding| finding.kind == fault.name());
    match own {
        Some(Finding { scene, what, .. }) => println!("{}: found in {scene}: {what}", fault.name()),
        None => println!("{}: NOT FOUND; what was found is {found:?}", fault.name()),
    }
    Ok(own.is_some())
}

fn judged(stages: &[Stage], seen: &[Seen]) -> Result<Vec<Finding>, Box<dyn Error>> {
    let mut found = vec![];
    for seen in seen {
        let stage = stages.iter().find(|stage| stage.scene.name == seen.name).ok_or("a scene that was not asked for")?;
        found.extend(findings(stage, seen)?);
    }
    Ok(found)
}

/// Lets the browser draw, and reads what it saw.
fn browse(tools: &Path, out: &Path, stages: &[Stage], painted: &[Stage]) -> Result<(Vec<Seen>, Option<Value>), Box<dyn Error>> {
    let mut scenes = vec![];
    for stage in stages {
        let mut scene = serde_json::to_value(&stage.scene)?;
        scene["enter"] = json!(stage.enter);
        scene["url"] = json!(stage.url);
        scenes.push(scene);
    }
    if let Some(first) = painted.first() {
        let page = |stage: &Stage| json!({ "enter": stage.enter, "url": stage.url });
        let bare = json!({ "enter": first.url.replace("/form", "/bare"), "url": first.url.replace("/form", "/bare") });
        let pages: Vec<Value> = [bare].into_iter().chain(painted.iter().map(page)).collect();
        scenes.push(json!({ "name": "paint", "paint": { "pages": pages, "times": PAINTS } }));
    }
    let browser = env::var("CONSENTKIT_CHROMIUM").unwrap_or_else(|_| BROWSER.into());
    let (asked, told) = (out.join("scenes.json"), out.join("seen.json"));
    fs::write(&asked, json!({ "browser": browser, "scenes": scenes }).to_string())?;
    let script: PathBuf = tools.join("check.mjs");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/check.mjs"), &script)?;
    let ended = Command::new("node").arg(&script).args([&asked, &told]).arg(out).status()?;
    if !ended.success() {
        return Err("the browser's part did not end well".into());
    }
    let told: Value = serde_json::from_slice(&fs::read(told)?)?;
    let seen = serde_json::from_value(told["scenes"].clone())?;
    Ok((seen, Some(told["paint"].clone()).filter(|paint| !paint.is_null())))
}
