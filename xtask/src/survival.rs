//! `crash`, `faults`, `corrupt`, `kill`: the proofs that what was acknowledged survives, and the mutants that each has to find.

use super::{
    fault::{self, Proof, Rewrite},
    outcome::{Outcome, Stop},
    process, project,
};

/// The package, and its program's name.
const PACKAGE: &str = "consentkit-survival";

/// The proofs, each with how many cases it takes when it is called by itself, as a part of `test`, and in the night. For `faults` it is the
/// length of the story whose operations are failed.
const PROOFS: [(&str, &str, &str, &str); 4] = [
    ("crash", "100000", "20000", "1000000"),
    ("faults", "6", "3", "12"),
    ("corrupt", "10000", "5000", "20000"),
    ("kill", "1000", "300", "20000"),
];

/// How many cases it takes to find a mutant: what is wrong on purpose shows soon.
const OF_A_MUTANT: [(&str, &str); 4] = [("crash", "2000"), ("faults", "3"), ("corrupt", "3000"), ("kill", "100")];

/// A client that was made wrong on purpose, by lines of it that are replaced in a copy.
struct Mutant {
    name: &'static str,
    /// The proof that has to find it.
    proof: &'static str,
    /// What that proof says then.
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
        "let checkpoint = connection",
        "if !connection.is_autocommit() { drop(connection.execute_batch(\"COMMIT\")); }
        let checkpoint = connection",
    ),
    (
        "src/store/transaction.rs",
        "let begun = connection.prepare_cached(WRITING)",
        "if !connection.is_autocommit() { connection.execute_batch(\"COMMIT\").map_err(failure)?; }
        let begun = connection.prepare_cached(WRITING)",
    ),
];

const NO_WATERMARK: &[Rewrite] = &[("src/store/file.rs", "self.raise(kept, said, watermarked);", "let _ = (said, watermarked);")];

fn proof(name: &str) -> Outcome<(&'static str, &'static str, &'static str, &'static str)> {
    PROOFS.into_iter().find(|proof| proof.0 == name).ok_or_else(|| Stop::Usage(format!("`{name}` is no proof of survival")))
}

fn play(name: &str, cases: &str) -> Outcome {
    let command = ["run", "--quiet", "--profile", "proof", "--package", PACKAGE, "--", name, cases];
    process::run(process::cargo(&command).current_dir(project::root()))
}

/// Runs one proof by itself.
pub fn run(name: &str) -> Outcome {
    play(name, proof(name)?.1)
}

/// Runs one proof with so many cases.
pub fn run_cases(name: &str, cases: &str) -> Outcome {
    play(proof(name)?.0, cases)
}

/// The part of all of them that `test` runs.
pub fn slice() -> Outcome {
    PROOFS.into_iter().try_for_each(|(name, _, cases, _)| play(name, cases))
}

/// All of them at length.
pub fn night() -> Outcome {
    PROOFS.into_iter().try_for_each(|(name, _, _, cases)| play(name, cases))
}

/// Builds a client that is wrong on purpose, and expects the proof to find it for what it is.
pub fn mutant(name: &str, mutant: &str) -> Outcome {
    let (name, ..) = proof(name)?;
    let Some(found) = MUTANTS.iter().find(|known| known.proof == name && known.name == mutant) else {
        let known: Vec<&str> = MUTANTS.iter().filter(|known| known.proof == name).map(|known| known.name).collect();
        return Err(Stop::Usage(format!("`{name}` knows no mutant `{mutant}`, but {}", known.join(", "))));
    };
    let cases = OF_A_MUTANT.into_iter().find(|(of, _)| *of == name).map_or("1", |(_, cases)| cases);
    let arguments = &[name, cases];
    fault::run(&Proof { package: PACKAGE, profile: "proof", arguments, finds: found.finds }, mutant, found.rewrites)
}

/// Every mutant of every proof.
pub fn mutants() -> Outcome {
    MUTANTS.iter().try_for_each(|found| mutant(found.proof, found.name))
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
