//! Rule 1: which room may name which.

use super::{paths::crate_paths, source::Source};

/// Each room with the rooms it may name, lower rooms first. A room names only rooms above it in this list, so no arrow can turn back.
pub const ARROWS: &[(&str, &[&str])] = &[
    ("debug", &[]),
    ("digest", &[]),
    ("text", &[]),
    ("shape", &[]),
    ("json", &["shape", "text"]),
    ("clock", &[]),
    ("disk", &[]),
    ("signal", &["json"]),
    ("policy", &["digest", "json", "signal", "text"]),
    ("ledger", &["debug", "digest", "json", "policy", "signal"]),
    ("decision", &["policy", "signal", "ledger"]),
    ("duty", &["policy", "signal", "ledger", "decision"]),
    ("cookie", &["debug", "policy", "signal", "ledger", "decision"]),
    ("web", &["debug", "json", "policy", "signal", "ledger", "decision", "cookie"]),
    ("form", &["digest", "json", "text", "policy", "signal", "ledger", "decision"]),
    ("sync", &["debug", "json", "text", "policy", "signal", "ledger"]),
    ("error", &["policy"]),
    ("transport", &["cookie", "error"]),
    ("store", &["disk", "json", "policy", "signal", "ledger", "sync", "error"]),
    (
        "client",
        &[
            "json",
            "text",
            "clock",
            "disk",
            "policy",
            "signal",
            "ledger",
            "decision",
            "duty",
            "cookie",
            "web",
            "form",
            "sync",
            "error",
            "transport",
            "store",
        ],
    ),
    (
        "ffi",
        &[
            "json",
            "clock",
            "policy",
            "signal",
            "ledger",
            "decision",
            "duty",
            "cookie",
            "web",
            "form",
            "sync",
            "error",
            "transport",
            "client",
        ],
    ),
];

/// Rooms that compute and nothing else. They also compile with `--no-default-features`.
pub const PURE: &[&str] =
    &["debug", "digest", "text", "json", "policy", "signal", "ledger", "decision", "duty", "cookie", "web", "form", "sync"];

/// What a pure room has no business with, as the beginning of a path.
const OUTSIDE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "net"],
    &["std", "thread"],
    &["std", "process"],
    &["std", "env"],
    &["std", "io"],
    &["std", "sync", "mpsc"],
    &["std", "sync", "Mutex"],
    &["std", "sync", "RwLock"],
    &["std", "sync", "Condvar"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["getrandom"],
    &["arc_swap"],
];

/// Arrows that the table does not have.
pub fn wrong_arrows(sources: &[Source]) -> Vec<String> {
    sources.iter().filter(|source| source.path != "lib.rs").flat_map(wrong_arrows_of).collect()
}

fn wrong_arrows_of(source: &Source) -> Vec<String> {
    let room = source.room();
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "{}:1: `{room}` is no room of ARROWS in tests/architecture/arrows.rs: give it a place there and in ARCHITECTURE.md",
            source.path
        )];
    };
    let wrong = crate_paths(source).into_iter().filter(|named| {
        match named.segments.first() {
            Some(target) => target != room && !allowed.contains(&target.as_str()),
            // `pub(crate)` and the like say who may see, and lead nowhere.
            None => named.renamed,
        }
    });
    wrong.map(|named| format!("{}:{}: `{room}` names `crate::{}`, which is not above it", source.path, named.line, named.text())).collect()
}

/// Pure rooms that reach outside.
pub fn impure(sources: &[Source]) -> Vec<String> {
    let pure = sources.iter().filter(|source| PURE.contains(&source.room()));
    pure.flat_map(|source| {
        let named = super::paths::paths(&source.tokens).into_iter();
        let outside = named.filter(|named| OUTSIDE.iter().any(|parts| named.starts_with(parts)));
        outside.map(|named| format!("{}:{}: a pure room names `{}`", source.path, named.line, named.text())).collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn the_table_itself_has_no_circle() {
    for (place, (room, allowed)) in ARROWS.iter().enumerate() {
        for target in *allowed {
            assert!(ARROWS[..place].iter().any(|(name, _)| name == target), "{room} may name {target}, which does not come before it");
        }
    }
}

#[test]
fn an_arrow_that_turns_back_is_found_however_it_is_written() {
    for (path, text) in [
        ("policy/document.rs", "use crate::ledger::Record;"),
        ("policy/notice.rs", "use crate::{digest, ledger::chain};"),
        ("signal/mod.rs", "use crate::policy::Purpose;"),
        ("text.rs", "use crate::json;"),
        ("policy/document.rs", "use crate::{\n    json,\n    decision::{self},\n};"),
        ("policy/document.rs", "fn f() { super::super::client::go() }"),
        ("policy/mod.rs", "use super::sync::device_rule;"),
        ("ledger/fold.rs", "fn f(x: crate::sync::protocol::Change) {}"),
        ("sync/plan.rs", "use crate::store::Store;"),
        ("sync/plan.rs", "use crate::clock::Clock;"),
        ("decision/decide.rs", "use crate::duty;"),
        ("transport/mod.rs", "use crate::sync::plan;"),
        ("store/outbox.rs", "use crate::client::Consent;"),
        ("client.rs", "use super::ffi::ConsentError;"),
        ("ffi/consent.rs", "use crate::store::Store;"),
        ("policy/mod.rs", "use crate::*;"),
        ("policy/mod.rs", "use crate as root;"),
        ("policy/mod.rs", "use crate::Consent;"),
        ("analytics/mod.rs", "fn f() {}"),
    ] {
        assert_eq!(wrong_arrows(&[Source::new(path, text)]).len(), 1, "{path}: {text}");
    }
}

#[test]
fn arrows_of_the_table_are_not_found() {
    for (path, text) in [
        ("ledger/fold.rs", "use crate::signal::Signals; use super::{Record, chain}; use self::deep::Thing; pub(crate) fn f() {}"),
        ("ledger/fold.rs", "#[cfg(test)] mod tests { use crate::client::Consent; }"),
        ("ledger/fold.rs", "// use crate::client::Consent;\nconst X: &str = \"crate::client\";"),
        ("store/outbox.rs", "use crate::sync::protocol::Change;"),
        ("client/open.rs", "use super::snapshot::Snapshot; use crate::{store::Store, decision};"),
        ("lib.rs", "pub use crate::client::Consent;"),
    ] {
        assert_eq!(wrong_arrows(&[Source::new(path, text)]), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_pure_room_that_reaches_outside_is_found() {
    for text in [
        "use std::fs;",
        "use std::{collections::BTreeMap, thread};",
        "fn f() { std::net::TcpStream::connect(x) }",
        "fn f() { getrandom::fill(b) }",
    ] {
        assert_eq!(impure(&[Source::new("sync/plan.rs", text)]).len(), 1, "{text}");
        assert_eq!(impure(&[Source::new("client.rs", text)]).len(), 0, "{text}");
    }
}
