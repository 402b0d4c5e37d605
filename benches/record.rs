//! Writing is durable: `record()` of one choice beside a bare SQLite commit of the same bytes.
//!
//! The bare side is one prepared `INSERT` of one row into one table without an index, in one immediate transaction: the
//! ledger's row (salt, exact bytes, leaf, hash, count, root), the state's row and the outbox' row that `record()` left behind,
//! read back from its file. Same folder, same pragmas. It hashes nothing, checks no token, keeps no order and no index.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{cell::RefCell, path::Path, process::ExitCode};

use rusqlite::{Connection, OpenFlags, TransactionBehavior, params_from_iter, types::Value};
use support::{Device, Figures, beside, beside_each_other, purposes, timed, turn};

/// Commits in one run: enough that each run holds its share of checkpoints.
const COMMITS: usize = 50;

const RUNS: usize = 60;

/// What the last calls wrote. The key that the state's row and the outbox' share is there once.
const WRITTEN: &str = "SELECT ledger.seq, ledger.salt, ledger.body, ledger.leaf, ledger.hash, ledger.pending, ledger.root, \
     key.subject, key.purpose, state.value, outbox.kind, outbox.op, outbox.lowered \
     FROM ledger JOIN state AS outbox ON outbox.place = ledger.seq \
     JOIN state ON state.key = outbox.key AND state.value IS NOT NULL JOIN key ON key.id = state.key \
     WHERE ledger.seq > (SELECT max(seq) FROM ledger) - ?1 ORDER BY ledger.seq";

const COLUMNS: usize = 13;

/// The pragmas of the library's own connection that touch a commit.
fn bare(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 200; \
                   PRAGMA journal_size_limit = 1048576; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
                   PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;";
    connection.execute_batch(pragmas).unwrap();
    if cfg!(target_vendor = "apple") {
        connection.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;").unwrap();
    }
    let columns: Vec<String> = (1..COLUMNS).map(|column| format!("c{column}")).collect();
    connection.execute_batch(&format!("CREATE TABLE plain (seq INTEGER PRIMARY KEY, {})", columns.join(", "))).unwrap();
    connection
}

/// A disk whose commit takes less is not slow: our own work weighs more beside it.
const SLOW_COMMIT_MS: f64 = 1.0;

/// Where the system keeps files in memory, if it does: there the disk costs nothing, and our own work is all that is seen.
const MEMORY_DISK: &str = "/dev/shm";

fn main() -> ExitCode {
    let mut figures = Figures::default();
    let disk = measured(&Device::new(), "disk");
    if disk.plain_ms >= SLOW_COMMIT_MS {
        figures.hold("record.to_plain_commit_on_a_slow_disk", disk.times, 1.25);
    } else {
        beside("record.to_plain_commit_on_a_fast_disk", disk.times, "times");
    }
    if Path::new(MEMORY_DISK).is_dir() {
        let memory = measured(&Device::within(MEMORY_DISK), "memory");
        figures.hold("record.over_a_plain_commit_in_memory_us", (memory.ours_ms - memory.plain_ms) * 1e3, 40.0);
    }
    figures.end()
}

struct Measured {
    ours_ms: f64,
    plain_ms: f64,
    /// How many times the bare commit ours takes, in one turn of both.
    times: f64,
}

fn measured(device: &Device, disk: &str) -> Measured {
    let consent = device.open();
    let (purposes, shown) = (purposes(&consent), consent.questions("settings").unwrap().shown);
    let reader = Connection::open_with_flags(device.file(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut plain = bare(&device.folder.path().join("plain.db"));
    let written = RefCell::new(Vec::<Vec<Value>>::new());

    let mut said = 0;
    let mut ours = || {
        let seconds = timed(|| {
            for _ in 0..COMMITS {
                let answer = [turn(&purposes[said % purposes.len()], said / purposes.len())];
                said += 1;
                consent.record(&shown, &answer).unwrap();
            }
        });
        let mut statement = reader.prepare_cached(WRITTEN).unwrap();
        let rows = statement.query_map([COMMITS as i64], |row| (0..COLUMNS).map(|column| row.get(column)).collect()).unwrap();
        written.borrow_mut().extend(rows.map(Result::unwrap));
        seconds / COMMITS as f64
    };
    let insert = format!("INSERT INTO plain VALUES ({})", vec!["?"; COLUMNS].join(", "));
    let mut size = 0;
    let mut beneath = || {
        let rows: Vec<Vec<Value>> = written.borrow_mut().drain(..COMMITS).collect();
        size = rows.iter().flatten().map(bytes).sum::<usize>() / COMMITS;
        let seconds = timed(|| {
            for row in rows {
                let transaction = plain.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
                transaction.prepare_cached(&insert).unwrap().execute(params_from_iter(row)).unwrap();
                transaction.commit().unwrap();
            }
        });
        seconds / COMMITS as f64
    };
    // Whichever goes first in a turn, there are bytes to write.
    ours();
    let [ours, plain, times] = beside_each_other(RUNS, [&mut ours, &mut beneath]);
    assert!(consent.verify().unwrap().ok);
    beside(&format!("record.{disk}.bytes"), size as f64, "bytes");
    beside(&format!("record.{disk}.ours"), ours * 1e3, "ms");
    beside(&format!("record.{disk}.plain"), plain * 1e3, "ms");
    Measured { ours_ms: ours * 1e3, plain_ms: plain * 1e3, times }
}

fn bytes(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 8,
        Value::Text(text) => text.len(),
        Value::Blob(blob) => blob.len(),
    }
}
