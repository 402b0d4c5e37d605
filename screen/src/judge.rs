//! What a browser saw, beside what was recorded and beside the bounds.

use std::{collections::BTreeMap, error::Error};

use consentkit::{
    ledger::Status,
    policy::{Notice, notice},
};
use serde::Deserialize;
use serde_json::Value;

use crate::scene::{Stage, Wanted, World};

/// What stands on a page at a moment.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Look {
    /// Each notice that can be read, as it is read.
    pub notices: Vec<Value>,
    pub cards: Vec<String>,
    pub on: Vec<String>,
    pub ticked: Vec<String>,
    pub hidden: Vec<String>,
    pub small: Vec<String>,
    pub pair: Option<Pair>,
    pub strong: Option<f64>,
    pub bold: bool,
    pub sideways: f64,
    pub bar: f64,
    pub screens: f64,
    pub said: String,
}

/// The two buttons.
#[derive(Debug, Clone, Deserialize)]
pub struct Pair {
    pub alike: bool,
    pub after: bool,
    pub looks: Vec<String>,
}

/// What the Tab key reached.
#[derive(Debug, Clone, Deserialize)]
pub struct Keyboard {
    pub missed: i64,
    pub obscured: Vec<String>,
    pub left: bool,
}

/// What a browser saw of a scene.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Seen {
    pub name: String,
    pub broken: Option<String>,
    pub bytes: usize,
    pub gzip: usize,
    pub first: Look,
    pub last: Option<Look>,
    pub requests: i64,
    pub errors: Vec<String>,
    pub violations: Vec<String>,
    pub incomplete: Vec<String>,
    pub keyboard: Option<Keyboard>,
    pub tree: Vec<String>,
}

/// Something that is wrong, by the name of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub scene: String,
    pub kind: &'static str,
    pub what: String,
}

/// A figure beside its bound.
pub struct Figure {
    pub name: &'static str,
    pub worst: f64,
    pub bound: f64,
    /// True where less is worse.
    pub at_least: bool,
}

impl Figure {
    pub fn holds(&self) -> bool {
        if self.at_least { self.worst >= self.bound } else { self.worst <= self.bound }
    }
}

/// axe cannot tell a contrast where a colour is mixed or a pseudo element lies below; the tokens are checked when a theme is taken.
const EXPLAINED: &[&str] = &["color-contrast"];

/// Longest notice that is read out of a page, in bytes: the longest of the scenes has a few thousand.
const MAX_NOTICE_BYTES: usize = 256 * 1024;

/// What is wrong with a scene.
pub fn findings(stage: &Stage, seen: &Seen) -> Result<Vec<Finding>, Box<dyn Error>> {
    let mut found = vec![];
    let mut add = |kind: &'static str, what: String| found.push(Finding { scene: seen.name.clone(), kind, what });
    if let Some(broken) = &seen.broken {
        add("broken", broken.clone());
        return Ok(found);
    }
    seen.violations.iter().for_each(|violation| add("axe", violation.clone()));
    seen.incomplete.iter().filter(|id| !EXPLAINED.contains(&id.as_str())).for_each(|id| add("axe-incomplete", id.clone()));
    seen.errors.iter().for_each(|error| add("page-error", error.clone()));
    if seen.requests > 0 {
        add("request", format!("{} requests beside the page", seen.requests));
    }
    for look in [Some(&seen.first), seen.last.as_ref()].into_iter().flatten() {
        look.hidden.iter().for_each(|hidden| add("hidden-item", hidden.clone()));
        look.small.iter().for_each(|small| add("small-target", small.clone()));
        if look.sideways > 0.0 {
            add("sideways", format!("{} px", look.sideways));
        }
        if look.bar > 0.2 {
            add("bar", format!("{:.2} of the height", look.bar));
        }
        if look.strong.is_some_and(|ratio| ratio < 1.2) || !look.bold {
            add("highlight", format!("{:?}, bold: {}", look.strong, look.bold));
        }
        if let Some(pair) = &look.pair {
            if !pair.alike {
                add("refuse-smaller", pair.looks.join(" | "));
            }
            if !pair.after {
                add("accept-before-notice", "the pair stands before the end of a notice".into());
            }
        }
    }
    seen.first.ticked.iter().for_each(|purpose| add("preticked", purpose.clone()));
    if let Some(keyboard) = &seen.keyboard {
        if keyboard.missed != 0 || !keyboard.left {
            add("keyboard", format!("{} not reached, left: {}", keyboard.missed, keyboard.left));
        }
        keyboard.obscured.iter().for_each(|name| add("obscured-focus", name.clone()));
    }
    texts(stage, seen, &mut add)?;
    records(stage, seen, &mut add)?;
    Ok(found)
}

/// Each notice on the screen is the one that the token of its form names.
fn texts(stage: &Stage, seen: &Seen, add: &mut impl FnMut(&'static str, String)) -> Result<(), Box<dyn Error>> {
    let site = stage.site();
    let snapshot = site.consent().snapshot();
    for read in &seen.first.notices {
        let read = notice_of(read)?;
        let known = snapshot.policy.purpose(&read.purpose).map(|purpose| notice(&snapshot.policy, purpose, &read.language));
        if known.is_none_or(|known| known.text_hash() != read.text_hash()) {
            add("wrong-text", format!("{} is not what its hash is of", read.purpose));
        }
    }
    let granted = snapshot.answers.iter().filter(|(_, answer)| answer.status == Status::Granted).map(|(purpose, _)| purpose);
    if stage.scene.path == "/settings" {
        for purpose in granted.filter(|purpose| !(seen.first.cards.contains(purpose) && seen.first.on.contains(purpose))) {
            // What was withdrawn on the page itself was granted when it was drawn, and the other way round nothing is.
            add("hidden-granted", purpose.clone());
        }
    }
    Ok(())
}

/// Each record that the page made names a text that was on the screen, and there are as many as the taps mean.
fn records(stage: &Stage, seen: &Seen, add: &mut impl FnMut(&'static str, String)) -> Result<(), Box<dyn Error>> {
    let Wanted::Records(wanted) = stage.scene.wanted else { return Ok(()) };
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for read in seen.first.notices.iter().chain(seen.last.iter().flat_map(|look| &look.notices)) {
        let read = notice_of(read)?;
        texts.insert(read.purpose.clone(), read.text_hash());
    }
    if stage.scene.acts.iter().any(|act| act.starts_with("key ")) && seen.last.as_ref().is_none_or(|last| last.said.is_empty()) {
        add("live-region", "what came onto the screen was not said".into());
    }
    let site = stage.site();
    let entries = site.consent().history(stage.begun, 1000)?;
    let choices: Vec<_> = entries.iter().filter(|entry| entry.kind == "choice").collect();
    let closes = stage.scene.acts.contains(&"close");
    if closes && !choices.is_empty() {
        add("close-as-refusal", format!("{} answers were recorded", choices.len()));
    } else if choices.len() != wanted {
        add("records", format!("{} instead of {wanted}", choices.len()));
    }
    for entry in choices {
        let purpose = entry.purpose.clone().unwrap_or_default();
        let lowered = entry.status == Some(Status::Withdrawn);
        match (&entry.text, texts.get(&purpose)) {
            (Some(recorded), Some(read)) if recorded == read => {}
            // A withdrawal names a text that lies folded: it was agreed to before.
            (Some(_), None) if lowered => {}
            _ => add("wrong-text", format!("{purpose} was recorded with a text that was not on the screen")),
        }
    }
    Ok(())
}

fn notice_of(read: &Value) -> Result<Notice, Box<dyn Error>> {
    consentkit::json::read::<Notice>(read.to_string().as_bytes(), MAX_NOTICE_BYTES)
        .map_err(|error| format!("a notice cannot be read: {error:?}").into())
}

/// The figures of a run beside their bounds.
pub fn figures(seen: &[Seen], stages: &[Stage], paint: Option<&Value>) -> Vec<Figure> {
    let worst = |of: &dyn Fn(&Seen) -> f64| seen.iter().map(of).fold(0.0, f64::max);
    let named = |name: &str, of: &dyn Fn(&Seen) -> f64| seen.iter().filter(|seen| seen.name.starts_with(name)).map(of).fold(0.0, f64::max);
    let at_most = |name, worst, bound| Figure { name, worst, bound, at_least: false };
    let count = |of: &dyn Fn(&Seen) -> usize| seen.iter().map(of).sum::<usize>() as f64;
    let strong = seen.iter().filter_map(|seen| seen.first.strong).fold(f64::INFINITY, f64::min);
    let mut figures = vec![
        at_most("axe violations (WCAG 2.2 A, AA)", count(&|seen| seen.violations.len()), 0.0),
        at_most(
            "axe incomplete, unexplained",
            count(&|seen| seen.incomplete.iter().filter(|id| !EXPLAINED.contains(&id.as_str())).count()),
            0.0,
        ),
        at_most("requests beside the page", worst(&|seen| seen.requests as f64), 0.0),
        at_most("pixels that a page scrolls sideways", worst(&|seen| seen.first.sideways), 0.0),
        at_most("targets under 48 x 48", count(&|seen| seen.first.small.len()), 0.0),
        at_most("focus that lies behind something", count(&|seen| seen.keyboard.as_ref().map_or(0, |keys| keys.obscured.len())), 0.0),
        at_most("height of the bar, share", worst(&|seen| seen.first.bar), 0.2),
        Figure { name: "highlight, times the other text", worst: strong, bound: 1.2, at_least: true },
        at_most("first run, screens of 360 x 780", named("first-run-ko-light-360", &|seen| seen.first.screens), 4.0),
        at_most("first run, bytes", named("first-run-ko", &|seen| seen.bytes as f64), 32.0 * 1024.0),
        at_most("first run, gzip", named("first-run-ko", &|seen| seen.gzip as f64), 8.0 * 1024.0),
        at_most("page of one title, bytes", of_world(seen, stages, World::Minimal, |seen| seen.bytes), 24.0 * 1024.0),
        at_most("page of one title, gzip", of_world(seen, stages, World::Minimal, |seen| seen.gzip), 6.0 * 1024.0),
    ];
    let number = |at: &str| paint.and_then(|paint| paint.pointer(at)).and_then(Value::as_f64);
    if let (Some(bare), Some(first), Some(many)) = (number("/medians/0"), number("/medians/1"), number("/medians/2")) {
        figures.push(at_most("first paint, times a bare page's", first / bare, 2.5));
        figures.push(at_most("the same with 200 purposes", many / bare, 3.5));
        let shift = ["/shifts/1", "/shifts/2"].iter().filter_map(|at| number(at)).fold(0.0, f64::max);
        figures.push(at_most("layout shift", shift, 0.0));
    }
    figures
}

fn of_world(seen: &[Seen], stages: &[Stage], world: World, of: impl Fn(&Seen) -> usize) -> f64 {
    let names: Vec<&str> = stages.iter().filter(|stage| stage.scene.world == world).map(|stage| stage.scene.name).collect();
    seen.iter().filter(|seen| names.contains(&seen.name.as_str())).map(of).max().unwrap_or(0) as f64
}
