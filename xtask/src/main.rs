//! Every command CI runs. `cargo xtask` alone lists them.

mod android;
mod apple;
mod bench;
mod bindings;
mod browser;
mod budget;
mod check_targets;
mod chromium;
mod consumers;
mod cookies;
mod defects;
mod fault;
mod form;
mod kotlin;
mod licences;
mod model;
mod mutants;
mod ndk;
mod night;
mod outcome;
mod privacy_manifest;
mod process;
mod project;
mod proof;
mod repository;
mod shipped;
mod size;
mod survival;
mod swift;
mod swift_root;
mod symbols;
mod test;
mod workflows;

use outcome::{Outcome, Stop};
use std::{path::Path, process::ExitCode};

const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  test                 everything CI checks: format, clippy, docs, tests, the pure rings alone, bindings, Kotlin, Swift; prints the minutes
                       of each step, and fails where a part takes more than its own on a machine that nobody else uses
  night                the long forms: model, hostile, cut, 10,000 histories, the seeded faults, sizes, benches, and in Swift 10,000 random
                       sequences and what months of use leave in memory
  bindings             build the library and generate Kotlin and Swift into <target>/bindings
  kotlin [--sample]    compile the Kotlin packages and run their tests; --sample tells the quickstart story
  kotlin --repository DIR
                       leave a Maven repository in DIR: jars, AARs, the release library, sources, docs, POMs
  kotlin --histories N [--from S]
                       random histories of the fake and the library side by side, from a seed on (1,000 from 0 in `test`)
  consumers            build and run the apps of bindings/consumers, which take the packages from such a repository
  swift [--sample]     compile the Swift package and run its tests; --sample runs the samples against the reference server
  swift --consumer     build and run an app that takes the package from outside, with everything on the main actor (Swift 6.2)
  bench [--bindings]   run every bench and print each ratio beside its bound; --bindings those of the Kotlin and Swift packages
  hostile [--slice]    a server that means harm against the real client; --slice runs a part, as `test` does
  cut [--slice]        the connection cut at every byte of a sync; each change must take effect once
  histories [--seeds N [--from S] | --seed S | --slice]
                       random histories of phones, web and server (10,000 unless told otherwise); --seed plays one again, in words
  fuzz [N]             answers of the server, policies and rows of older stores, each nearly right: N of each, from seeds
  crash [N]            the power cut at every operation of the client on its files, in each way of losing what was not synced: N states
  faults [CALLS]       every operation of a story of so many calls fails, with every code of SQLite's
  corrupt [N]          bits flipped, files cut, pages swapped, foreign and stale logs: N files
  kill [N]             N processes ended at an operation on a file, or at any moment
  cookies              thousands of Set-Cookie headers beside tough-cookie and set-cookie-parser, which npm installs
  browser [--refresh]  real pages in Chromium, which it installs where it is missing; --refresh makes src/web/hand_off.min.js anew
  defects [NAME]       faults that the issues of other SDKs tell of, each made in a copy of this one: what it names has to find it
  mutants [--shard K/N]
                       each operator and result in the decision, the conflict rule and the fold altered: a test has to fail, or the
                       reason has to be written down why none can; --shard takes one of N parts of them
  form [--slice]       every surface of the form in Chromium, with axe-core, beside its bounds; the pictures are left in <target>/form
  form --fault NAME, --faults
                       a fault put into the page on purpose, which must be found; a name that is not known is answered with those that are
  size                 build the library as it ships and print its sizes beside their bounds
  model [--slice]      walk every schedule of a small world with the shipped conflict rule, and catch the wrong ones; the slice takes a minute
  model --fault, hostile --fault, histories --fault
                       the same over a copy of the sources whose rule accepts any grant: each must find that
  android              put the AARs together: Kotlin, and the library for each ABI that an NDK is here for
  licences             licences, bans and sources of all that is linked, by cargo-deny; part of `test` where that is installed
  workflows            .github/workflows, by actionlint; part of `test` where that is installed
  apple                build the XCFramework (on a Mac)
  check-targets        build the iPhone's static library and check its symbols; type-check Android
  help                 this text

Exit codes: 0 all is well, 1 something failed or is past its bound, 2 the command is not known,
3 a toolchain is missing: what needs it did not run, and nothing of it counts as passed, 4 a fault that was made on purpose was not found.
CARGO_TARGET_DIR is honoured. The Swift toolchain that `swift` installs when `swift` is not on PATH
(on Linux, as root) lies in <cache>/consentkit, where <cache> is XDG_CACHE_HOME or ~/.cache.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("xtask: {stop}");
            ExitCode::from(stop.code())
        }
    }
}

fn dispatch(arguments: &[&str]) -> Outcome {
    match arguments {
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        ["test"] => test::run(),
        ["night"] => night::run(),
        ["licences"] => licences::run(),
        ["workflows"] => workflows::run(),
        ["bindings"] => bindings::run(),
        ["kotlin"] => kotlin::ready().and_then(|()| bindings::run()).and_then(|()| kotlin::test()),
        ["kotlin", "--sample"] => kotlin::ready().and_then(|()| bindings::run()).and_then(|()| kotlin::sample()),
        ["kotlin", "--histories", count] => histories(count, "0"),
        ["kotlin", "--histories", count, "--from", seed] => histories(count, seed),
        ["kotlin", "--repository", folder] => repository::run(Path::new(folder)).and_then(android::Packages::complete),
        ["consumers"] => consumers::run(),
        ["swift"] => swift::ready().and_then(|()| bindings::run()).and_then(|()| swift::test()),
        ["swift", "--consumer"] => swift::ready().and_then(|()| bindings::run()).and_then(|()| swift::consumer()),
        ["swift", "--sample"] => swift::ready().and_then(|()| bindings::run()).and_then(|()| swift::sample()),
        ["bench"] => bench::run(),
        ["bench", "--bindings"] => kotlin::ready().and_then(|()| swift::ready()).and_then(|()| bench::run_bindings()),
        ["cookies"] => cookies::run(),
        ["browser"] => browser::test(),
        ["browser", "--refresh"] => browser::refresh(),
        ["form"] => form::run(),
        ["form", "--slice"] => form::slice(),
        ["form", "--fault", name] => form::fault(name),
        ["form", "--faults"] => form::faults(),
        ["size"] => size::run(),
        ["android"] => android::run(),
        ["apple"] => apple::run(),
        ["check-targets"] => check_targets::run(),
        ["model"] => model::run(false),
        ["model", "--slice"] => model::run(true),
        ["model", "--fault"] => model::fault(),
        ["hostile", "--fault"] => proof::hostile_fault(),
        ["histories", "--fault"] => proof::histories_fault(),
        ["histories", ..] => proof::run(arguments),
        [proof] if survival::NAMES.contains(proof) => survival::run(proof),
        [proof, "--mutant", name] if survival::NAMES.contains(proof) => survival::mutant(proof, name),
        [proof, cases] if survival::NAMES.contains(proof) => survival::run_cases(proof, cases),
        ["defects"] => defects::run(None),
        ["defects", name] => defects::run(Some(name)),
        ["mutants"] => mutants::run(None),
        ["mutants", "--shard", part] => mutants::run(Some(part)),
        ["survival"] => survival::slice(),
        ["survival", "--mutants"] => survival::mutants(),
        ["fuzz"] => proof::run(&["fuzz", "20000"]),
        ["fuzz", _] => proof::run(arguments),
        ["hostile" | "cut"] | ["hostile" | "cut", "--slice"] => proof::run(arguments),
        other => Err(Stop::Usage(format!("no command `{}`; `cargo xtask help` lists them", other.join(" ")))),
    }
}

fn histories(count: &str, seed: &str) -> Outcome {
    let number = |text: &str| text.parse().map_err(|_| Stop::Usage(format!("`{text}` is no number of histories and no seed")));
    let (count, seed) = (number(count)?, number(seed)?);
    kotlin::ready()?;
    bindings::run()?;
    kotlin::histories(count, seed)
}

#[cfg(test)]
mod tests {
    use super::dispatch;

    #[test]
    fn what_is_not_known_is_refused_with_code_two() {
        for arguments in [
            &["tset"][..],
            &["smoke"],
            &["kotlin", "--fast"],
            &["kotlin", "--repository"],
            &["kotlin", "--histories", "many"],
            &["test", "--fast"],
            &["model", "--all"],
            &["help", "me"],
        ] {
            assert_eq!(dispatch(arguments).map_err(|stop| stop.code()), Err(2), "{arguments:?}");
        }
    }

    #[test]
    fn help_is_given_without_a_command() {
        assert_eq!(dispatch(&[]).map_err(|stop| stop.code()), Ok(()));
    }
}
