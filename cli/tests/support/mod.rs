//! Runs the tool, and compares what it says with what is committed.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a run came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn input(name: &str) -> String {
    root().join("tests/inputs").join(name).display().to_string()
}

pub fn policy() -> String {
    root().join("../examples/influential/policy.json").display().to_string()
}

pub fn run(arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_consentkit")).args(arguments).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Compares a text with a committed one; CONSENTKIT_REFRESH=1 writes it.
#[track_caller]
pub fn is_committed(name: &str, text: &str) {
    let here = root().display().to_string();
    let text = text.replace(&here, "cli").replace("cli/../", "");
    let path: &Path = &root().join("tests/outputs").join(name);
    if std::env::var("CONSENTKIT_REFRESH").is_ok_and(|refresh| refresh == "1") {
        fs::write(path, &text).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "{name} is not what is committed; CONSENTKIT_REFRESH=1 writes it. It says now:\n{text}");
}
