//! `bench`: every figure beside the bare thing it is compared with, as a ratio under a bound.

use super::{
    bindings, kotlin,
    outcome::{Outcome, Stop},
    process, project, swift,
};

/// One line of a bench: `ratio <name> <value> <= <bound> ok|FAIL`.
#[derive(Debug, PartialEq)]
struct Ratio {
    name: String,
    value: f64,
    bound: f64,
    passed: bool,
}

/// Runs a bench and hands over each line it prints.
type Run = fn(&str, &mut dyn FnMut(&str)) -> Outcome;

/// The benches of the packages for apps, by language.
const BINDINGS: &[(&str, Run)] = &[("kotlin", |_, line| kotlin::bench(line)), ("swift", |_, line| swift::bench(line))];

/// Runs every bench, prints a table, and fails when one figure is past its bound.
pub fn run() -> Outcome {
    let cargo: Run = |bench, line| process::run_lines(process::cargo(&["bench", "--bench", bench]).current_dir(project::root()), line);
    judge(benches()?.into_iter().map(|name| (name, cargo)).collect())
}

/// The same for the packages for apps, each beside the bare generated call.
pub fn run_bindings() -> Outcome {
    bindings::run()?;
    judge(BINDINGS.iter().map(|(name, run)| ((*name).to_owned(), *run)).collect())
}

fn judge(benches: Vec<(String, Run)>) -> Outcome {
    let mut ratios = Vec::new();
    let mut faults = Vec::new();
    for (bench, run) in benches {
        println!("== {bench}");
        let before = ratios.len();
        if let Err(stop) = measure(&bench, run, &mut ratios) {
            faults.push(format!("{bench}: {stop}"));
        } else if ratios.len() == before {
            faults.push(format!("{bench}: it printed no ratio"));
        }
    }
    println!("\n{}", table(&ratios));
    faults.extend(
        ratios.iter().filter(|ratio| !ratio.passed).map(|ratio| format!("{}: {} is past {}", ratio.name, ratio.value, ratio.bound)),
    );
    println!("bench: {} passed, {} failed", ratios.iter().filter(|ratio| ratio.passed).count(), faults.len());
    if faults.is_empty() { Ok(()) } else { Err(Stop::Failed(faults.join("; "))) }
}

/// The benches by name: one file each.
fn benches() -> Outcome<Vec<String>> {
    let files = project::entries(&project::root().join("benches"))?;
    let rust = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let names: Vec<String> = rust.filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned())).collect();
    if names.is_empty() { Err(Stop::Failed("benches/ holds no bench".to_owned())) } else { Ok(names) }
}

fn measure(bench: &str, run: Run, ratios: &mut Vec<Ratio>) -> Outcome {
    let mut unread = None;
    let ended = run(bench, &mut |line| {
        println!("{line}");
        match parse(line) {
            Some(ratio) => ratios.push(ratio),
            None if line.starts_with("ratio ") => unread = Some(line.to_owned()),
            None => {}
        }
    });
    match unread {
        // A figure that cannot be read must fail, since it would pass unseen otherwise.
        Some(line) => Err(Stop::Failed(format!("cannot read `{line}`"))),
        None => ended,
    }
}

/// Reads one line. The bench's own word is not enough: the value is compared again, and what is no number never passes.
fn parse(line: &str) -> Option<Ratio> {
    let [first, name, value, "<=", bound, word] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    if first != "ratio" || !["ok", "FAIL"].contains(&word) {
        return None;
    }
    let (value, bound): (f64, f64) = (value.parse().ok()?, bound.parse().ok()?);
    Some(Ratio { name: name.to_owned(), value, bound, passed: word == "ok" && value <= bound })
}

fn table(ratios: &[Ratio]) -> String {
    let width = ratios.iter().map(|ratio| ratio.name.len()).max().unwrap_or_default().max("figure".len());
    let head = format!("{:width$}  {:>12}  {:>12}\n", "figure", "value", "bound");
    let rows = ratios.iter().map(|ratio| {
        let word = if ratio.passed { "ok" } else { "FAIL" };
        format!("{:width$}  {:>12}  {:>12}  {word}\n", ratio.name, ratio.value, ratio.bound)
    });
    head + &rows.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_figure_passes_only_when_the_bench_and_the_numbers_say_so() {
        let passed = |line| parse(line).map(|ratio| ratio.passed);
        assert_eq!(passed("ratio allows.fixed_ns 12.5 <= 20 ok"), Some(true));
        assert_eq!(passed("ratio allows.fixed_ns 12.5 <= 20 FAIL"), Some(false));
        assert_eq!(passed("ratio allows.fixed_ns 20.1 <= 20 ok"), Some(false));
        assert_eq!(passed("ratio allows.fixed_ns NaN <= 20 ok"), Some(false));
        for unread in
            ["ratio allows 12 < 20 ok", "ratio allows twelve <= 20 ok", "ratio allows 12 <= 20", "ratio allows 12 <= 20 maybe", "other"]
        {
            assert_eq!(parse(unread), None, "{unread}");
        }
    }
}
