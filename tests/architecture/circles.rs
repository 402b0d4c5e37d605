//! Rule 8: no files that need each other in a loop, so that each file can be read, tested and moved with only what lies below it.
//!
//! What a file needs is read item by item: a path is followed through imports and re-exports to the file that declares what it names.
//! A `mod.rs` that hands on what its children declare is therefore passed through and stands in no circle; one that declares something of
//! its own, and takes something of a child's for it, is a file like any other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    paths::paths,
    source::{Source, Token, item_end},
};

/// How often a name may be handed on before its declaration. It ends the search where two files hand a name to each other.
const MOST_HANDS: usize = 16;

/// One name that a module takes from elsewhere.
struct Import {
    /// The path as it is written, first word and all.
    path: Vec<String>,
    /// The name it bears in the module; `*` for all of them.
    name: String,
    /// Others may take it from here.
    public: bool,
    line: usize,
}

/// One module: a file, or a piece of a file between the braces of `mod name { … }`.
struct Module {
    file: String,
    imports: Vec<Import>,
    /// What remains of the code without its imports and without the modules inside.
    body: Vec<Token>,
    /// Names of the items that it declares.
    declared: BTreeSet<String>,
}

/// The modules of a crate by their paths.
type Modules = BTreeMap<Vec<String>, Module>;

/// What each file takes from which other: file, other file, name and line.
type Needs = BTreeMap<String, BTreeMap<String, (String, usize)>>;

/// The files that need each other in a loop, one list for each circle.
pub fn circles(sources: &[Source]) -> Vec<Vec<String>> {
    loops(&needs(sources))
}

/// What ties each circle, as faults to be shown.
pub fn ties(sources: &[Source]) -> Vec<String> {
    let needs = needs(sources);
    let mut faults = Vec::new();
    for circle in loops(&needs) {
        for file in &circle {
            let taken = needs[file].iter().filter(|(other, _)| circle.contains(other));
            faults.extend(taken.map(|(other, (name, line))| format!("{file}:{line}: takes `{name}` from {other}, which needs {file} too")));
        }
    }
    faults
}

fn needs(sources: &[Source]) -> Needs {
    let mut modules = Modules::new();
    let library = sources.iter().any(|source| source.path == "lib.rs");
    for source in sources {
        // A program beside a library is a crate of its own, which nothing of the library can name.
        let root = source.path == "main.rs" && !library;
        add(&mut modules, if root { Vec::new() } else { source.module() }, &source.path, &source.tokens);
    }
    let mut needs = Needs::new();
    for (place, module) in &modules {
        let taken = needs.entry(module.file.clone()).or_default();
        for (path, line) in module.taken(place) {
            let Some(file) = declaring_file(&modules, place, &path, 0).filter(|file| *file != module.file) else { continue };
            taken.entry(file).or_insert((path.join("::"), line));
        }
    }
    needs
}

/// Adds the module with these tokens and the ones inside it.
fn add(modules: &mut Modules, place: Vec<String>, file: &str, tokens: &[Token]) {
    let mut module = Module { file: file.to_owned(), imports: Vec::new(), body: Vec::new(), declared: declared(tokens) };
    let mut at = 0;
    while at < tokens.len() {
        let name = tokens.get(at + 1).and_then(Token::word);
        let begins = at == 0 || tokens[at - 1].is("pub") || [';', '{', '}', ')', ']'].iter().any(|mark| tokens[at - 1].is_mark(*mark));
        if begins && tokens[at].is("use") {
            let public = at > 0 && (tokens[at - 1].is("pub") || tokens[at - 1].is_mark(')'));
            at = import(tokens, at + 1, &[], public, &mut module.imports);
        } else if tokens[at].is("mod") && name.is_some() && tokens.get(at + 2).is_some_and(|mark| mark.is_mark(';')) {
            // That a child is declared is no use of it.
            at += 3;
        } else if let (true, Some(name), true) = (tokens[at].is("mod"), name, tokens.get(at + 2).is_some_and(|mark| mark.is_mark('{'))) {
            let end = item_end(tokens, at);
            let inside = place.iter().cloned().chain([name.to_owned()]).collect();
            add(modules, inside, file, &tokens[at + 3..end - 1]);
            at = end;
        } else {
            module.body.push(tokens[at].clone());
            at += 1;
        }
    }
    modules.insert(place, module);
}

/// Reads one tree of a `use`, and gives where it ends.
fn import(tokens: &[Token], from: usize, prefix: &[String], public: bool, found: &mut Vec<Import>) -> usize {
    let mut path = prefix.to_vec();
    let line = tokens.get(from).map_or(0, |token| token.line);
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        if token.is_mark('{') {
            at += 1;
            while tokens.get(at).is_some_and(|token| !token.is_mark('}')) {
                at = if tokens[at].is_mark(',') { at + 1 } else { import(tokens, at, &path, public, found) };
            }
            return at + 1;
        } else if token.is_mark('*') {
            path.push("*".to_owned());
        } else if token.is("as") {
            let name = tokens.get(at + 1).and_then(Token::word).unwrap_or("_").to_owned();
            found.push(Import { path, name, public, line });
            return at + 2;
        } else if let Some(word) = token.word() {
            path.push(word.to_owned());
        } else if !token.is_mark(':') {
            break;
        }
        at += 1;
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = path.last().cloned().unwrap_or_default();
    found.push(Import { path, name, public, line });
    at
}

/// Names of the items that stand at the outermost level.
fn declared(tokens: &[Token]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(token.is_mark('{')) - i32::from(token.is_mark('}'));
        let declares = ["fn", "struct", "enum", "union", "trait", "type", "const", "static"].iter().any(|word| token.is(word));
        let next = tokens.get(at + 1 + usize::from(token.is("macro_rules")));
        if depth == 0 && (declares || token.is("macro_rules")) {
            names.extend(next.and_then(Token::word).map(str::to_owned));
        }
    }
    names
}

impl Module {
    /// The paths that this module needs, with their lines.
    fn taken(&self, place: &[String]) -> Vec<(Vec<String>, usize)> {
        let named = paths(&self.body).into_iter().filter(|named| !named.member && !named.continued);
        let named: Vec<(Vec<String>, usize)> = named.map(|named| (named.segments, named.line)).collect();
        let is_named = |name: &str| named.iter().any(|(segments, _)| segments.first().is_some_and(|first| first == name));
        // What a parent hands on of its children's, and does not name itself, it does not need.
        let handed_on = |import: &Import| {
            let below = match import.path.first().map(String::as_str) {
                Some("crate") => import.path[1..].starts_with(place),
                Some("super") => false,
                _ => true,
            };
            import.public && below && !is_named(&import.name)
        };
        let imported = self.imports.iter().filter(|import| !handed_on(import)).map(|import| (import.path.clone(), import.line));
        imported.chain(named.iter().cloned()).collect()
    }
}

/// The file that declares what a path names, as it is written in the module at `place`; `None` for what is not of this crate, and for a
/// module by itself, which is needed only for what is named in it.
fn declaring_file(modules: &Modules, place: &[String], path: &[String], hands: usize) -> Option<String> {
    if hands > MOST_HANDS {
        return None;
    }
    let ups = path.iter().take_while(|word| *word == "super").count();
    let (mut at, rest) = match path.first()?.as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (place.to_vec(), &path[1..]),
        "super" => (place[..place.len().saturating_sub(ups)].to_vec(), &path[ups..]),
        first => {
            let module = modules.get(place)?;
            let own = module.imports.iter().any(|import| import.name == first && import.path != [first]) || module.declared.contains(first);
            if !own && !modules.contains_key(&below(place, first)) {
                return None;
            }
            (place.to_vec(), path)
        }
    };
    for (nth, word) in rest.iter().enumerate() {
        let child = below(&at, word);
        let last = nth + 1 == rest.len();
        let module = modules.get(&at)?;
        let import = module.imports.iter().find(|import| import.name == *word && word != "*" && import.path != [word.as_str()]);
        if modules.contains_key(&child) && !(last && (import.is_some() || module.declared.contains(word))) {
            at = child;
            continue;
        }
        if let Some(import) = import {
            let further: Vec<String> = import.path.iter().chain(&rest[nth + 1..]).cloned().collect();
            return declaring_file(modules, &at, &further, hands + 1);
        }
        if !module.declared.contains(word) && word != "*" {
            let handed = module.imports.iter().filter(|import| import.name == "*").find_map(|all| {
                let through = all.path[..all.path.len() - 1].iter().chain(&rest[nth..]).cloned().collect::<Vec<_>>();
                declares(modules, &at, &through, hands + 1)
            });
            if handed.is_some() {
                return handed;
            }
        }
        return Some(module.file.clone());
    }
    None
}

/// The same for a name that may be one of a `*`: only where it is declared there indeed.
fn declares(modules: &Modules, place: &[String], path: &[String], hands: usize) -> Option<String> {
    let file = declaring_file(modules, place, path, hands)?;
    let declared = modules.values().any(|module| module.file == file && path.iter().any(|word| module.declared.contains(word)));
    declared.then_some(file)
}

fn below(place: &[String], name: &str) -> Vec<String> {
    place.iter().cloned().chain([name.to_owned()]).collect()
}

/// The sets of files each of which reaches every other of its set.
fn loops(needs: &Needs) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = needs.keys().map(|file| (file, reached(needs, file))).collect();
    let mut circles = BTreeSet::new();
    for (file, others) in &reach {
        if others.contains(file) {
            let circle: Vec<String> = others.iter().filter(|other| reach[**other].contains(file)).map(|other| (*other).clone()).collect();
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// Every file that one needs, through others too. It holds the file itself only where a circle leads back to it.
fn reached<'a>(needs: &'a Needs, from: &String) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = needs[from].keys().collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(needs[file].keys());
        }
    }
    found
}
