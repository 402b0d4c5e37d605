//! What these proofs share: the files of a folder, a count of cases, and two threads.

use std::{fs, path::Path, thread};

pub use consentkit_proof::stage::{Done, folder};

use crate::{replay::Files, tape::Kept};

/// How many failures are printed in full. The others are only counted.
const SHOWN_FAILURES: usize = 12;

/// Puts files into a folder that held others before.
pub fn lay(folder: &Path, files: &Files) -> Done {
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path())?;
    }
    for (file, bytes) in files {
        fs::write(folder.join(file.name()), bytes)?;
    }
    name_the_file(folder, files)
}

/// Lets a whole marker name the database as it lies in the folder. Each file is laid out anew, and stands for the same file at another time.
#[cfg(unix)]
fn name_the_file(folder: &Path, files: &Files) -> Done {
    use std::os::unix::fs::MetadataExt;
    let marker = files.get(&Kept::Marker).and_then(|bytes| std::str::from_utf8(bytes).ok());
    if let Some((install, file)) = marker.and_then(|marker| marker.split_once('\n'))
        && file.split(' ').all(|number| number.parse::<u64>().is_ok())
        && let Ok(database) = fs::metadata(folder.join(Kept::Database.name()))
    {
        fs::write(folder.join(Kept::Marker.name()), format!("{install}\n{} {}", database.ino(), database.dev()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn name_the_file(_: &Path, _: &Files) -> Done {
    Ok(())
}

/// The files of a folder as they are now.
pub fn read(folder: &Path) -> Done<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let file = Kept::of(&path);
        // The reserve only takes up room, and is made anew where it is missing.
        if file != Kept::Other && file != Kept::Reserve {
            files.insert(file, fs::read(path)?);
        }
    }
    Ok(files)
}

/// Counts cases and keeps the failures.
#[derive(Default)]
pub struct Tally {
    cases: usize,
    failures: Vec<String>,
}

impl Tally {
    /// Counts one case and keeps its failure.
    pub fn case(&mut self, name: impl FnOnce() -> String, outcome: Done) {
        self.cases += 1;
        if let Err(what) = outcome {
            self.failures.push(format!("{}: {what}", name()));
        }
    }

    /// Cases so far.
    pub fn cases(&self) -> usize {
        self.cases
    }

    fn join(&mut self, other: Self) {
        self.cases += other.cases;
        self.failures.extend(other.failures);
    }

    /// Prints the first failures and the closing line. It is an error where a case failed, and where none ran.
    pub fn close(self, name: &str, of_what: &str) -> Done {
        for failure in self.failures.iter().take(SHOWN_FAILURES) {
            println!("FAIL  {failure}");
        }
        println!("{name}: {} {of_what}, {} failures", self.cases, self.failures.len());
        if let Some(first) = self.failures.first() {
            return Err(first.clone().into());
        }
        if self.cases == 0 { Err(format!("{name}: nothing ran").into()) } else { Ok(()) }
    }
}

/// Does work on as many threads as there are processors, each with its number and how many there are, and adds up what they count.
pub fn side_by_side(work: impl Fn(usize, usize) -> Done<Tally> + Sync) -> Done<Tally> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let counted: Vec<Done<Tally>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| {
                scope.spawn({
                    let work = &work;
                    move || work(number, threads)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("PANIC: a thread of the proof ended by a panic".into())))
            .collect()
    });
    let mut all = Tally::default();
    for one in counted {
        all.join(one?);
    }
    Ok(all)
}
