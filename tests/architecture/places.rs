//! Rules 2, 3 and 4: what may stand in one place only, and what may stand nowhere.

use super::{
    paths::{Named, paths},
    source::{Kind, Source, Token},
};

/// Crates that one place alone may name.
const HOMES: &[(&str, &[&str])] =
    &[("store/", &["rusqlite", "libsqlite3_sys"]), ("transport/reqwest", &["reqwest", "rustls", "webpki_roots"])];

/// What of UniFFI plain data may use anywhere. The rest belongs to `ffi/`.
const PLAIN_DATA: &[&str] = &["Record", "Enum", "Error"];

/// Ways to read a clock that are not called `now`.
const CLOCK_READERS: &[&str] = &["elapsed", "now_v1", "now_v6", "now_v7", "now_utc", "now_local", "clock_gettime", "gettimeofday"];

/// Ways to make SQLite read a clock.
const SQL_CLOCKS: &[&str] = &["'now'", "current_time", "current_date", "unixepoch()"];

/// What ends the host's process.
const PANICKING_METHODS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err", "unwrap_unchecked"];
const PANICKING_MACROS: &[&str] = &["panic", "todo", "unimplemented", "unreachable"];

/// What makes a `static` into state.
const STATEFUL: &[&str] =
    &["Mutex", "RwLock", "OnceLock", "OnceCell", "LazyLock", "LazyCell", "Lazy", "Once", "Cell", "RefCell", "UnsafeCell"];

/// Statics that hold state all the same, with the reason.
pub const KNOWN_STATE: &[(&str, &str, &str)] =
    &[("clock.rs", "START", "a monotonic clock needs one start for the whole process; it is no state of any database")];

/// Crates named outside their home.
pub fn crates_abroad(sources: &[Source]) -> Vec<String> {
    each_path(sources, |source, named| {
        let (home, _) = HOMES.iter().find(|(_, crates)| crates.contains(&named.segments[0].as_str()))?;
        let abroad = !source.path.starts_with(home) && !named.member && !is_own_module(source, named);
        abroad.then(|| format!("`{}` belongs to {home} alone", named.text()))
    })
}

/// `mod reqwest;` is the file in `transport/`, not the crate.
fn is_own_module(source: &Source, named: &Named) -> bool {
    let declared = source.tokens.windows(2).any(|two| two[0].is("mod") && two[1].is(&named.segments[0]) && two[1].line == named.line);
    declared && named.segments.len() == 1
}

/// Anything that reads a clock outside `clock.rs`.
pub fn clocks(sources: &[Source]) -> Vec<String> {
    let elsewhere = || sources.iter().filter(|source| source.path != "clock.rs");
    let named = elsewhere().flat_map(|source| {
        faults_of(source, |named| {
            let reads = named.last() == "now" && !named.member && (named.segments.len() > 1 || named.continued);
            let own = named.segments.iter().rev().nth(1).is_some_and(|owner| owner == "Clock");
            let hidden = named.renamed && ["Utc", "Local", "Instant", "SystemTime"].contains(&named.last());
            let reads = (reads && !own) || hidden || CLOCK_READERS.contains(&named.last());
            reads.then(|| format!("`{}` reads the system's clock; take the time from a Clock or from an argument", named.text()))
        })
    });
    let sql = elsewhere().flat_map(|source| {
        source.tokens.iter().filter_map(|token| {
            let text = token.literal()?.to_lowercase();
            let found = SQL_CLOCKS.iter().find(|clock| text.contains(*clock))?;
            Some(format!("{}:{}: `{found}` lets SQLite read the system's clock; pass the time as a parameter", source.path, token.line))
        })
    });
    named.chain(sql).collect()
}

/// UniFFI beyond plain data outside `ffi/`.
pub fn exports_abroad(sources: &[Source]) -> Vec<String> {
    each_path(sources, |source, named| {
        let item = named.segments.get(1).filter(|_| named.starts_with(&["uniffi"]))?;
        let scaffolding = source.path == "lib.rs" && item == "setup_scaffolding";
        let abroad = source.room() != "ffi" && !scaffolding && !PLAIN_DATA.contains(&item.as_str());
        abroad.then(|| format!("`{}` belongs to ffi/ alone", named.text()))
    })
}

/// Calls that would end the host's process.
pub fn panics(sources: &[Source]) -> Vec<String> {
    sources.iter().flat_map(panics_of).collect()
}

fn panics_of(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let found = (0..tokens.len()).filter(|at| {
        let word = tokens[*at].word().unwrap_or_default();
        let behind = at.checked_sub(1).is_some_and(|before| tokens[before].is_mark('.') || tokens[before].is_mark(':'));
        let called = tokens.get(at + 1).is_some_and(|next| next.is_mark('!'));
        let compared = tokens.get(at + 2).is_some_and(|next| next.is_mark('='));
        (behind && PANICKING_METHODS.contains(&word)) || (called && !compared && PANICKING_MACROS.contains(&word))
    });
    found
        .map(|at| {
            format!(
                "{}:{}: `{}` can end the host's process; answer with a value",
                source.path,
                tokens[at].line,
                tokens[at].word().unwrap_or_default()
            )
        })
        .collect()
}

/// State that outlives a `Consent`, and entries of the list of known ones that nothing needs any more.
pub fn global_state(sources: &[Source], known: &[(&str, &str, &str)]) -> Vec<String> {
    let found: Vec<(&Source, &Token, String)> =
        sources.iter().flat_map(|source| statics(source).into_iter().map(move |(token, name)| (source, token, name))).collect();
    let is_known = |source: &Source, name: &str| known.iter().any(|(path, own, _)| *path == source.path && *own == name);
    let unknown = found.iter().filter(|(source, _, name)| !is_known(source, name)).map(|(source, token, name)| {
        format!("{}:{}: `{name}` is global state; keep it in the Consent it belongs to", source.path, token.line)
    });
    let stale = known
        .iter()
        .filter(|(path, own, _)| !found.iter().any(|(source, _, name)| source.path == *path && name == own))
        .map(|(path, name, _)| format!("KNOWN_STATE: `{name}` in {path} is no more; take it out"));
    unknown.chain(stale).collect()
}

/// Statics with state in them, by name.
fn statics(source: &Source) -> Vec<(&Token, String)> {
    let tokens = &source.tokens;
    (0..tokens.len())
        .filter_map(|at| {
            if tokens[at].is("thread_local") || tokens[at].is("lazy_static") {
                return Some((&tokens[at], tokens[at].word()?.to_owned()));
            }
            let mutable = tokens.get(at + 1)?.is("mut");
            let name = tokens.get(if mutable { at + 2 } else { at + 1 })?.word().filter(|_| tokens[at].is("static"))?;
            let declared = tokens[at..].iter().take_while(|token| !token.is_mark('=') && !token.is_mark(';'));
            let stateful = declared
                .filter_map(Token::word)
                .any(|word| STATEFUL.contains(&word) || word.starts_with("Atomic") || word.starts_with("ArcSwap"));
            (mutable || stateful).then(|| (&tokens[at], name.to_owned()))
        })
        .collect()
}

/// `cfg_attr` on anything but the schema's derive: what is exported must not depend on how it was built.
pub fn conditional_attributes(sources: &[Source]) -> Vec<String> {
    sources.iter().flat_map(conditional_attributes_of).collect()
}

fn conditional_attributes_of(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let schema = |at: usize| {
        let condition = tokens.get(at + 1..at + 6);
        condition.is_some_and(|five| {
            five[0].is_mark('(') && five[1].is("feature") && five[3].kind == Kind::Literal("schema".to_owned()) && five[4].is_mark(',')
        })
    };
    let wrong = (0..tokens.len()).filter(|at| tokens[*at].is("cfg_attr") && !schema(*at));
    wrong.map(|at| format!("{}:{}: `cfg_attr` is for the schema's derive only", source.path, tokens[at].line)).collect()
}

fn each_path(sources: &[Source], judge: impl Fn(&Source, &Named) -> Option<String>) -> Vec<String> {
    sources.iter().flat_map(|source| faults_of(source, |named| judge(source, named))).collect()
}

fn faults_of(source: &Source, judge: impl Fn(&Named) -> Option<String>) -> Vec<String> {
    paths(&source.tokens).iter().filter_map(|named| Some(format!("{}:{}: {}", source.path, named.line, judge(named)?))).collect()
}
