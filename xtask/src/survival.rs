//! `crash`, `faults`, `corrupt`, `kill`, `clock`, `processes`, `clones`: the proofs that what was acknowledged survives, and the mutants that
//! each has to find.

use super::{
    fault::{self, Proof, Rewrite},
    outcome::{Outcome, Stop},
    process, project,
};

/// The package, and its program's name.
pub const PACKAGE: &str = "consentkit-survival";

/// The names of the proofs, as they are called on the command line.
pub const NAMES: [&str; 7] = ["crash", "faults", "corrupt", "kill", "clock", "processes", "clones"];

/// How many cases one proof takes. For `faults` it is the length of the story whose operations are failed.
struct Cases {
    proof: &'static str,
    /// When it is called by itself.
    alone: &'static str,
    /// As a part of `test`.
    slice: &'static str,
    night: &'static str,
    /// Over a client that was made wrong on purpose, which shows soon.
    mutant: &'static str,
}

const PROOFS: [Cases; 7] = [
    Cases { proof: "crash", alone: "100000", slice: "20000", night: "1000000", mutant: "2000" },
    Cases { proof: "faults", alone: "6", slice: "3", night: "12", mutant: "6" },
    Cases { proof: "corrupt", alone: "10000", slice: "5000", night: "20000", mutant: "3000" },
    Cases { proof: "kill", alone: "1000", slice: "300", night: "20000", mutant: "100" },
    Cases { proof: "clock", alone: "3072", slice: "768", night: "19200", mutant: "384" },
    Cases { proof: "processes", alone: "100", slice: "20", night: "1000", mutant: "20" },
    Cases { proof: "clones", alone: "2100", slice: "350", night: "14000", mutant: "210" },
];

/// A client that was made wrong on purpose, by lines of it that are replaced in a copy.
struct Mutant {
    name: &'static str,
    /// The proof that has to find it.
    proof: &'static str,
    /// What that proof says then, in a failure of its own.
    finds: &'static str,
    rewrites: &'static [Rewrite],
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "synchronous-normal",
        proof: "crash",
        finds: "LOST",
        rewrites: &[("src/store/connection.rs", "PRAGMA synchronous = FULL;", "PRAGMA synchronous = NORMAL;")],
    },
    Mutant { name: "acknowledge-before-commit", proof: "crash", finds: "LOST", rewrites: ACKNOWLEDGE_BEFORE_COMMIT },
    Mutant { name: "acknowledge-before-commit", proof: "kill", finds: "LOST", rewrites: ACKNOWLEDGE_BEFORE_COMMIT },
    Mutant {
        name: "two-transactions",
        proof: "crash",
        finds: "TORN",
        rewrites: &[(
            "src/store/ledger_rows.rs",
            "let (pending, root) = (end",
            "if end.is_some() { self.inner.execute_batch(\"COMMIT; BEGIN IMMEDIATE\").map_err(failure)?; }\n let (pending, root) = (end",
        )],
    },
    Mutant { name: "no-watermark", proof: "crash", finds: "SILENT", rewrites: NO_WATERMARK },
    Mutant { name: "no-watermark", proof: "corrupt", finds: "SILENT", rewrites: NO_WATERMARK },
    Mutant {
        name: "root-without-outbox",
        proof: "corrupt",
        finds: "SILENT: what waits to be sent",
        rewrites: &[("src/store/outbox/sum.rs", "if self.sum_waiting()? == head.waiting {", "if head.pending >= 0 {")],
    },
    Mutant { name: "no-watermark", proof: "clones", finds: "UNNOTICED", rewrites: NO_WATERMARK },
    Mutant {
        name: "missing-marker-is-no-copy",
        proof: "clones",
        finds: "UNNOTICED",
        rewrites: &[(
            "src/client/writing/installation.rs",
            "Said::Nothing => transaction.setting(MARKED)?.is_some(),",
            "Said::Nothing => false,",
        )],
    },
    Mutant {
        name: "marker-of-any-file",
        proof: "clones",
        finds: "UNNOTICED",
        rewrites: &[(
            "src/client/writing/marker.rs",
            "name == install && file.split(' ').next().is_some_and(|known| known == number.to_string())",
            "name == install && number > 0 && !file.is_empty()",
        )],
    },
    Mutant {
        name: "no-watch",
        proof: "processes",
        finds: "NOT OBEYED",
        rewrites: &[(
            "src/client/watch.rs",
            "if seen != Some(present) && ledger.hear_others()",
            "if seen.is_some() && seen != Some(present)",
        )],
    },
    Mutant {
        name: "no-mailbox",
        proof: "faults",
        finds: "FORGOTTEN",
        rewrites: &[("src/client/write.rs", "if self.mailbox.post(&left_over) { POSTED }", "if left_over.is_empty() { POSTED }")],
    },
    Mutant {
        name: "two-uploaders",
        proof: "processes",
        finds: "TWO UPLOADERS",
        rewrites: &[(
            "src/client/sync/lock.rs",
            "if try_lock(&file).map_err(unusable)? { Ok(file) }",
            "if try_lock(&file).is_ok() { Ok(file) }",
        )],
    },
    Mutant {
        name: "deferred-transactions",
        proof: "processes",
        finds: "LOCKED",
        rewrites: &[("src/store/transaction.rs", "\"BEGIN IMMEDIATE\"", "\"BEGIN DEFERRED\"")],
    },
    Mutant {
        name: "deadline-by-the-wall-clock",
        proof: "clock",
        finds: "STALLED",
        rewrites: &[(
            "src/sync/retry.rs",
            "Some(until).filter(|until| self.saved_at <= now_ms && now_ms < *until)",
            "Some(until).filter(|until| now_ms < *until)",
        )],
    },
    Mutant {
        name: "delete-on-cantopen",
        proof: "faults",
        finds: "DELETED",
        rewrites: &[(
            "src/store/connection.rs",
            "Connection::open_with_flags(path, flags).map_err(failure)?;",
            "match Connection::open_with_flags(path, flags) {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
                    drop(std::fs::remove_file(path));
                    Connection::open_with_flags(path, flags).map_err(failure)?
                }
                opened => opened.map_err(failure)?,
            };",
        )],
    },
];

/// A commit waits for the next transaction, and the call has returned long before.
const ACKNOWLEDGE_BEFORE_COMMIT: &[Rewrite] = &[
    (
        "src/store/transaction.rs",
        "self.inner.prepare_cached(\"COMMIT\").and_then(|mut commit| commit.execute([])).map_err(failure)?;\n        Ok(self.watermarked.get())",
        "let how = self.watermarked.get();\n        std::mem::forget(self);\n        Ok(how)",
    ),
    (
        "src/store/transaction.rs",
        "connection.prepare_cached(sql).and_then(|mut begin| begin.execute([])).map_err(failure)?;",
        "if !connection.is_autocommit() { connection.execute_batch(\"COMMIT\").map_err(failure)?; }
        connection.prepare_cached(sql).and_then(|mut begin| begin.execute([])).map_err(failure)?;",
    ),
    (
        "src/store/file.rs",
        "let folded = file.as_ref()",
        "if let Some(connection) = file.as_ref().filter(|connection| !connection.is_autocommit()) {
            drop(connection.execute_batch(\"COMMIT\"));
        }
        let folded = file.as_ref()",
    ),
    (
        "src/store/transaction.rs",
        "let begun = connection.prepare_cached(WRITING)",
        "if !connection.is_autocommit() { connection.execute_batch(\"COMMIT\").map_err(failure)?; }
        let begun = connection.prepare_cached(WRITING)",
    ),
];

const NO_WATERMARK: &[Rewrite] = &[("src/store/file.rs", "self.raise(kept, said, watermarked);", "let _ = (said, watermarked);")];

fn proof(name: &str) -> Outcome<&'static Cases> {
    PROOFS.iter().find(|cases| cases.proof == name).ok_or_else(|| Stop::Usage(format!("`{name}` is no proof of survival")))
}

fn play(name: &str, cases: &str) -> Outcome {
    let command = ["run", "--quiet", "--profile", "proof", "--package", PACKAGE, "--", name, cases];
    process::run(process::cargo(&command).current_dir(project::root()))
}

/// Runs one proof by itself.
pub fn run(name: &str) -> Outcome {
    play(name, proof(name)?.alone)
}

/// Runs one proof with so many cases.
pub fn run_cases(name: &str, cases: &str) -> Outcome {
    play(proof(name)?.proof, cases)
}

/// The part of all of them that `test` runs.
pub fn slice() -> Outcome {
    PROOFS.iter().try_for_each(|cases| play(cases.proof, cases.slice))
}

/// All of them at length.
pub fn night() -> Outcome {
    PROOFS.iter().try_for_each(|cases| play(cases.proof, cases.night))
}

/// Runs one proof over a client that is wrong on purpose. It fails as it has to, and the last line says why, in the words of the proof. Where
/// it does not fail, or for another reason, that is told by [`Stop::Survived`].
pub fn mutant(name: &str, mutant: &str) -> Outcome {
    let cases = proof(name)?;
    let Some(found) = MUTANTS.iter().find(|known| known.proof == name && known.name == mutant) else {
        let known: Vec<&str> = MUTANTS.iter().filter(|known| known.proof == name).map(|known| known.name).collect();
        return Err(Stop::Usage(format!("`{name}` knows no mutant `{mutant}`, but {}", known.join(", "))));
    };
    Err(Stop::Failed(format!("{name} fails over the mutant {mutant}, for its reason: {}", find(found, cases)?)))
}

/// Builds a client that is wrong on purpose, and gives what the proof says of it.
fn find(mutant: &Mutant, cases: &Cases) -> Outcome<String> {
    let arguments = &[mutant.proof, cases.mutant];
    fault::found(&Proof { package: PACKAGE, profile: "proof", arguments, finds: mutant.finds }, mutant.name, mutant.rewrites)
}

/// Every mutant of every proof. Each has to be found for its reason.
pub fn mutants() -> Outcome {
    for mutant in MUTANTS {
        let said = find(mutant, proof(mutant.proof)?)?;
        println!("{} over {}: {said}", mutant.proof, mutant.name);
    }
    println!("mutants: {} of {} found", MUTANTS.len(), MUTANTS.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::MUTANTS;
    use crate::project;

    #[test]
    fn the_lines_that_a_mutant_replaces_are_each_once_in_the_client() {
        for mutant in MUTANTS {
            for (file, shipped, _) in mutant.rewrites {
                let source = std::fs::read_to_string(project::root().join(file)).unwrap_or_default();
                assert_eq!(source.matches(shipped).count(), 1, "{}: {shipped}", mutant.name);
            }
        }
    }
}
