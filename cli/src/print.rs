//! What goes to the standard output, and files that are read and written.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use serde_json::Value;

use crate::outcome::{Outcome, Stop};

/// Prints a text, and a line break where it has none. A reader that closed the pipe, such as `head`, is no fault.
pub fn text(text: &str) {
    let mut out = io::stdout().lock();
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush());
}

/// Prints JSON for a machine.
pub fn json(value: &Value) {
    text(&format!("{value:#}"));
}

/// Reads a file, but none that is larger than `max` bytes.
pub fn read(path: &Path, max: u64) -> Outcome<Vec<u8>> {
    let about =
        |error: io::Error| Stop::file(path, format_args!("cannot be read ({error}); give a file that is there and that you may read"));
    let size = fs::metadata(path).map_err(about)?.len();
    if size > max {
        return Err(Stop::file(path, format_args!("has {size} bytes; at most {max} are read")));
    }
    fs::read(path).map_err(about)
}

/// Reads a file of text.
pub fn read_text(path: &Path, max: u64) -> Outcome<String> {
    String::from_utf8(read(path, max)?).map_err(|_| Stop::file(path, "is not UTF-8; save it as UTF-8"))
}

/// Writes a new file. One that is there is left as it is.
pub fn write_new(path: &Path, text: &str) -> Outcome<()> {
    let about = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Stop::file(path, "is there already; give another name, or remove it first"),
        _ => Stop::file(path, format_args!("cannot be written ({error}); give a file in a folder that you may write to")),
    };
    let mut file = fs::File::create_new(path).map_err(about)?;
    file.write_all(text.as_bytes()).map_err(about)
}

/// So many of something, in words.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
