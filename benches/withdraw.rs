//! A no is durable twice: `withdraw()` beside a bare commit of the same bytes and a bare sync of the watermark, in one run. And nobody who asks
//! waits for the disk meanwhile.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs::OpenOptions,
    io::{Seek, SeekFrom, Write},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Instant,
};

use consentkit::client::Consent;
use rusqlite::{Connection, TransactionBehavior};
use support::{Device, Figures, beside, medians, purposes, timed, turn};

/// Calls in one run, and runs.
const CALLS: usize = 20;
const RUNS: usize = 60;

/// What `withdraw` leaves behind in the file, rounded: the bytes of `record`'s own bench.
const BYTES: usize = 900;

/// What the watermark writes, and where its second place begins.
const MARK_BYTES: usize = 73;
const SECOND_PLACE: u64 = 4096;

/// What may be added to a bare commit, in which the record's own bench has the same bound, and how many bare syncs of the mark.
const OF_A_COMMIT: f64 = 1.25;
const OF_A_MARK: f64 = 1.5;

/// How often is asked while another thread writes, and what the slowest hundredth of the answers may take.
const ASKED: usize = 400_000;
const LISTED: usize = 400;
const ALLOWS_P99_US: f64 = 1.0;
const PENDING_P99_MS: f64 = 5.0;

/// How many changes wait at most while they are listed.
const WAITING: usize = 600;

fn main() -> ExitCode {
    let mut figures = Figures::default();
    written(&mut figures);
    read(&mut figures);
    figures.end()
}

fn written(figures: &mut Figures) {
    let device = Device::new();
    let consent = device.open();
    let purposes = purposes(&consent);
    let mut said = 0;
    let mut withdraw = || {
        let seconds = timed(|| {
            for _ in 0..CALLS {
                consent.withdraw(&[&purposes[said % purposes.len()]]).unwrap();
                said += 1;
            }
        });
        seconds / CALLS as f64
    };
    let mut plain = plain(&device);
    let bytes = vec![7_u8; BYTES];
    let mut commit = || {
        let seconds = timed(|| {
            for _ in 0..CALLS {
                let transaction = plain.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
                transaction.prepare_cached("INSERT INTO plain (bytes) VALUES (?1)").unwrap().execute([&bytes]).unwrap();
                transaction.commit().unwrap();
            }
        });
        seconds / CALLS as f64
    };
    let mark = device.folder.path().join("plain.mark");
    std::fs::write(&mark, vec![0; SECOND_PLACE as usize + MARK_BYTES]).unwrap();
    let mut place = 0;
    let mut sync = || {
        let seconds = timed(|| {
            for _ in 0..CALLS {
                let mut file = OpenOptions::new().write(true).open(&mark).unwrap();
                file.seek(SeekFrom::Start(place)).unwrap();
                file.write_all(&[7; MARK_BYTES]).unwrap();
                file.sync_all().unwrap();
                place = SECOND_PLACE - place;
            }
        });
        seconds / CALLS as f64
    };
    let [withdraw, commit, sync] = medians(RUNS, [&mut withdraw, &mut commit, &mut sync]);
    beside("withdraw.ours", withdraw * 1e3, "ms");
    beside("withdraw.plain_commit", commit * 1e3, "ms");
    beside("withdraw.plain_sync_of_the_mark", sync * 1e3, "ms");
    figures.hold("withdraw.to_1.25_commits_and_1.5_syncs", withdraw / (OF_A_COMMIT * commit + OF_A_MARK * sync), 1.0);
    assert!(consent.verify().unwrap().ok);
}

/// A database with one table, set up as the library's.
fn plain(device: &Device) -> Connection {
    let connection = Connection::open(device.folder.path().join("plain.db")).unwrap();
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 200; PRAGMA secure_delete = ON; \
                   CREATE TABLE plain (seq INTEGER PRIMARY KEY, bytes BLOB)";
    connection.execute_batch(pragmas).unwrap();
    connection
}

/// The slowest hundredth begins here, in seconds.
fn p99(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() * 99 / 100]
}

/// Asks and lists while another thread writes without a break.
fn read(figures: &mut Figures) {
    let device = Device::new();
    let consent = device.open();
    let (allows, pending) = while_written(&consent);
    figures.hold("withdraw.allows_p99_while_written_us", p99(allows) * 1e6, ALLOWS_P99_US);
    figures.hold("withdraw.pending_p99_while_written_ms", p99(pending) * 1e3, PENDING_P99_MS);
}

fn while_written(consent: &Consent) -> (Vec<f64>, Vec<f64>) {
    let (purposes, shown) = (purposes(consent), consent.questions("settings").unwrap().shown);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for said in 0..WAITING {
                consent.record(&shown, &[turn(&purposes[said % purposes.len()], said / purposes.len())]).unwrap();
                if ended.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let sample = |work: &mut dyn FnMut()| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        };
        let pending = (0..LISTED).map(|_| sample(&mut || drop(consent.pending().unwrap()))).collect();
        let mut ask = |asked: usize| {
            let purpose = &purposes[asked % purposes.len()];
            sample(&mut || {
                std::hint::black_box(consent.allows(purpose));
            })
        };
        let allows = (0..ASKED).map(&mut ask).collect();
        ended.store(true, Ordering::Relaxed);
        (allows, pending)
    })
}
