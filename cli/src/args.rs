//! The command line.

use std::path::PathBuf;

use chrono::FixedOffset;
use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::time;

const EXIT_CODES: &str = "Exit codes:
  0  done, and nothing is wrong
  1  done, and something is wrong: a policy with faults or gaps, a ledger that does not hold, rows that were left out
  2  the command line is wrong
  3  a file cannot be read or written, or is not what it should be";

/// Checks policies, reads ledgers, and makes an import of what an older system holds.
#[derive(Parser)]
#[command(name = "consentkit", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Args {
    /// Write JSON, for a machine.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Policy documents: write one, check it, compare two.
    #[command(subcommand, after_help = EXIT_CODES)]
    Policy(PolicyCommand),
    /// A phone's ledger, from a copy of its database. The copy is not changed.
    #[command(subcommand, after_help = EXIT_CODES)]
    Ledger(LedgerCommand),
    /// Consents of an older system.
    #[command(subcommand, after_help = EXIT_CODES)]
    Import(ImportCommand),
    /// Write the completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the man page.
    Man,
}

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Write a new policy that opens. Texts that a person has to write are marked with TODO.
    New(NewPolicy),
    /// List the faults of a policy, and the gaps that its laws leave open, each with its place, its rule and what to do.
    Lint {
        /// The document.
        file: PathBuf,
    },
    /// Write the form of a policy as one HTML page, as a person sees it who was never asked.
    Preview {
        /// The document.
        file: PathBuf,
        /// The form; the first one that the policy names unless told otherwise.
        #[arg(long)]
        form: Option<String>,
        /// The language, as a tag such as `en`; the policy's first one unless told otherwise.
        #[arg(long)]
        language: Option<String>,
    },
    /// Compare two editions: what changes, what is material, who is asked again, how many days of notice it needs.
    Diff {
        /// The edition in force.
        old: PathBuf,
        /// The edition that is to follow it.
        new: PathBuf,
    },
    /// Write the JSON Schema of a policy, for an editor.
    Schema,
    /// Write the ids of a policy's purposes as constants, so that a slip of the pen does not compile.
    Purposes(Purposes),
}

#[derive(Group)]
pub struct NewPolicy {
    /// Where to write it; the standard output where it is not given.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// The stable name of the policy.
    #[arg(long, default_value = "app")]
    pub id: String,
    /// A law that the policy is held to: kr. None where it is not given.
    #[arg(long = "regime", value_name = "LAW")]
    pub regimes: Vec<String>,
    /// A language of the texts, as a BCP 47 tag. The first is used where a text in another is missing.
    #[arg(long = "language", value_name = "TAG")]
    pub languages: Vec<String>,
    /// A purpose to ask for, by its id.
    #[arg(long = "purpose", value_name = "ID")]
    pub purposes: Vec<String>,
    /// The name of the company.
    #[arg(long)]
    pub company: Option<String>,
    /// Ask for what was not given, in a few questions.
    #[arg(long)]
    pub ask: bool,
}

#[derive(Group)]
pub struct Purposes {
    /// The policy.
    pub file: PathBuf,
    /// Write Kotlin.
    #[arg(long, conflicts_with = "swift", required_unless_present = "swift")]
    pub kotlin: bool,
    /// Write Swift.
    #[arg(long)]
    pub swift: bool,
    /// The package of the Kotlin file.
    #[arg(long, value_name = "NAME", conflicts_with = "swift")]
    pub package: Option<String>,
    /// The name of the object or the enum that holds the constants.
    #[arg(long, default_value = "Purposes")]
    pub name: String,
}

#[derive(Subcommand)]
pub enum LedgerCommand {
    /// Check every record, the chain of their hashes, and that the state follows from them.
    Verify {
        /// A copy of the database.
        file: PathBuf,
    },
    /// List what happened, the oldest first.
    Show {
        /// A copy of the database.
        file: PathBuf,
        /// Only records after this place.
        #[arg(long, default_value_t = 0, value_name = "SEQ")]
        after: i64,
        /// At most so many records.
        #[arg(long, default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
        /// Only what is about this purpose.
        #[arg(long, value_name = "ID")]
        purpose: Option<String>,
    },
    /// Write every record as it was hashed, one a line.
    Export {
        /// A copy of the database.
        file: PathBuf,
        /// Where to write them; the standard output where it is not given.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Say of each purpose whether it was allowed, why, and which records made it so.
    Explain {
        /// A copy of the database.
        file: PathBuf,
        /// One purpose; all of them where it is not given.
        purpose: Option<String>,
        /// When: RFC 3339 or Unix milliseconds. Now where it is not given.
        #[arg(long, value_name = "TIME", value_parser = time::read)]
        at: Option<i64>,
        /// The platform of the phone.
        #[arg(long, value_enum)]
        platform: OnPlatform,
        /// The language of the reasons.
        #[arg(long, default_value = "en", value_name = "TAG")]
        language: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum OnPlatform {
    Android,
    Ios,
    FireOs,
    Harmony,
    Desktop,
}

#[derive(Subcommand)]
pub enum ImportCommand {
    /// Read a table of an older system, take the sure rows, and say of every other row why it was not taken.
    Check(Box<CheckImport>),
}

#[derive(Group)]
pub struct CheckImport {
    /// The table: CSV with a line of names, or JSON, a list of objects or an object a line.
    pub table: PathBuf,
    /// The policy whose purposes the table answers.
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// What a column holds: purpose=COLUMN, choice=COLUMN, said_at=COLUMN, person=COLUMN, text_version=COLUMN. Where a column holds the answer
    /// to one purpose: ID=COLUMN, and ID@said_at=COLUMN for its date.
    #[arg(long = "map", value_name = "FIELD=COLUMN", required = true)]
    pub maps: Vec<String>,
    /// How the older system calls a purpose: OLD=ID.
    #[arg(long = "purpose", value_name = "OLD=ID")]
    pub purposes: Vec<String>,
    /// A word for a yes, beside the usual ones.
    #[arg(long = "yes", value_name = "WORD")]
    pub yes: Vec<String>,
    /// A word for a no, beside the usual ones.
    #[arg(long = "no", value_name = "WORD")]
    pub no: Vec<String>,
    /// The offset of dates that bear none, such as +09:00.
    #[arg(long, value_name = "OFFSET", value_parser = time::read_offset)]
    pub zone: Option<FixedOffset>,
    /// Whether 01/03/2024 is the third of January or the first of March.
    #[arg(long, value_enum)]
    pub dates: Option<DayOrder>,
    /// The name of the older system, which each choice bears.
    #[arg(long, default_value = "older_system", value_name = "NAME")]
    pub source: String,
    /// Where to write the choices that were taken, as JSON.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// The time to compare dates with; now where it is not given.
    #[arg(long, value_name = "TIME", value_parser = time::read)]
    pub now: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DayOrder {
    /// The day first.
    Dmy,
    /// The month first.
    Mdy,
}
