//! Rule 7 and its kin: what Swift and Kotlin see.

use super::{
    paths::{Named, paths},
    source::{Kind, Source, Token, item_end},
};

/// Names that collide with what the generated classes have already.
const TAKEN: &[&str] = &["close", "message", "description", "hash_code", "hashCode", "to_string"];

/// Types that read badly in Kotlin, and not at all in Java.
const UNSIGNED: &[&str] = &["u16", "u32", "u64", "u128", "usize", "isize", "i128"];

/// Options of UniFFI that are on their way out, or lose what an error says.
const OUTDATED: &[&str] = &["callback_interface", "with_foreign", "flat_error"];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["Manager", "Helper", "Util", "Utils"];

/// An exported item: its attributes and its declaration, without the bodies of its functions.
struct Exported<'a> {
    source: &'a Source,
    attributes: Vec<&'a Token>,
    declaration: Vec<&'a Token>,
}

/// Exported names that collide.
pub fn taken_names(sources: &[Source]) -> Vec<String> {
    exported(sources)
        .iter()
        .flat_map(|item| item.names().chain(item.renames()).collect::<Vec<_>>())
        .filter_map(|(path, line, name)| {
            TAKEN.contains(&name.as_str()).then(|| format!("{path}:{line}: `{name}` collides in the generated code; name it otherwise"))
        })
        .collect()
}

/// Exported types that Kotlin cannot show well.
pub fn unsigned_types(sources: &[Source]) -> Vec<String> {
    let found = |item: &Exported| {
        let words = item.declaration.iter().enumerate().filter(|(at, token)| {
            let bytes = at.checked_sub(2).is_some_and(|before| item.declaration[before].is("Vec"));
            token.word().is_some_and(|word| UNSIGNED.contains(&word) || (word == "u8" && !bytes))
        });
        words
            .map(|(_, token)| {
                format!("{}:{}: `{}` in an exported item; use i32 or i64", item.source.path, token.line, token.word().unwrap_or_default())
            })
            .collect::<Vec<_>>()
    };
    exported(sources).iter().flat_map(found).collect()
}

/// Exports that are `async`, or use an option that is on its way out.
pub fn unwanted_forms(sources: &[Source]) -> Vec<String> {
    let fault = |source: &Source, token: &Token| {
        let word = token.word().unwrap_or_default();
        format!("{}:{}: `{word}`: exports are synchronous, foreign traits `foreign`, errors whole", source.path, token.line)
    };
    let items = exported(sources);
    let asynchronous = items.iter().flat_map(|item| {
        let words = item.declaration.iter().filter(|token| token.is("async"));
        words.map(|token| fault(item.source, token))
    });
    let outdated = sources.iter().flat_map(|source| {
        let words = source.tokens.iter().filter(|token| token.word().is_some_and(|word| OUTDATED.contains(&word)));
        words.map(move |token| fault(source, token))
    });
    asynchronous.chain(outdated).collect()
}

/// Fields, variants and functions that Swift and Kotlin would see in some builds only.
pub fn conditional_exports(sources: &[Source]) -> Vec<String> {
    let found = |item: &Exported| {
        let all = item.attributes.iter().chain(&item.declaration);
        let wrong = all.filter(|token| token.is("cfg"));
        wrong
            .map(|token| format!("{}:{}: `cfg` on an exported item: its checksum would depend on the build", item.source.path, token.line))
            .collect::<Vec<_>>()
    };
    exported(sources).iter().flat_map(found).collect()
}

/// Types whose `Debug` would print what a person said, or who they are.
pub fn talkative(sources: &[Source], silent: &[&str], secret_fields: &[&str]) -> Vec<String> {
    sources.iter().flat_map(|source| talkative_of(source, silent, secret_fields)).collect()
}

fn talkative_of(source: &Source, silent: &[&str], secret_fields: &[&str]) -> Vec<String> {
    let derives = items(source, |named| named.segments == ["Debug"]);
    let wrong = derives.iter().filter_map(|item| {
        let name = item.declaration.windows(2).find(|two| two[0].is("struct") || two[0].is("enum"))?[1];
        let secret = item.fields().find(|(_, field)| secret_fields.contains(field));
        let said = silent.contains(&name.word()?) || secret.is_some();
        said.then(|| {
            format!(
                "{}:{}: `{}` derives Debug and holds personal data or a secret",
                source.path,
                name.line,
                name.word().unwrap_or_default()
            )
        })
    });
    wrong.collect()
}

/// Names that say nothing about what a thing is for.
pub fn empty_names(sources: &[Source]) -> Vec<String> {
    let of = |source: &Source| {
        let declared = source.tokens.windows(2).filter(|two| ["struct", "enum", "trait", "type", "mod"].iter().any(|word| two[0].is(word)));
        let empty = declared.filter(|two| {
            EMPTY_NAMES.iter().any(|name| two[1].word().is_some_and(|own| own.ends_with(name) || own == name.to_lowercase()))
        });
        empty
            .map(|two| format!("{}:{}: `{}`: say what it is for", source.path, two[1].line, two[1].word().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    sources.iter().flat_map(of).collect()
}

fn exported(sources: &[Source]) -> Vec<Exported<'_>> {
    let marks = ["export", "Record", "Enum", "Error", "Object"];
    sources.iter().flat_map(|source| items(source, |named| named.starts_with(&["uniffi"]) && marks.contains(&named.last()))).collect()
}

/// Items with an attribute that names what is asked for.
fn items(source: &Source, wanted: impl Fn(&Named) -> bool) -> Vec<Exported<'_>> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = attributes_end(tokens, at);
        if end > at && paths(&tokens[at..end]).iter().any(&wanted) {
            let item = &tokens[end..item_end(tokens, end)];
            found.push(Exported { source, attributes: tokens[at..end].iter().collect(), declaration: without_bodies(item) });
        }
        at = end.max(at + 1);
    }
    found
}

/// Past the attributes that begin at `from`.
fn attributes_end(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while at + 1 < tokens.len() && tokens[at].is_mark('#') && tokens[at + 1].is_mark('[') {
        let mut depth = 0;
        at += 1;
        while at < tokens.len() {
            depth += i32::from(tokens[at].is_mark('[')) - i32::from(tokens[at].is_mark(']'));
            at += 1;
            if depth == 0 {
                break;
            }
        }
    }
    at
}

fn without_bodies(item: &[Token]) -> Vec<&Token> {
    let mut kept = Vec::new();
    let (mut depth, mut in_signature, mut body) = (0, false, None);
    for token in item {
        in_signature |= token.is("fn");
        match token.kind {
            Kind::Mark('{') => {
                depth += 1;
                if in_signature && body.is_none() {
                    body = Some(depth);
                }
            }
            Kind::Mark('}') => {
                if body == Some(depth) {
                    (body, in_signature) = (None, false);
                }
                depth -= 1;
            }
            Kind::Mark(';') if body.is_none() => in_signature = false,
            _ => {}
        }
        if body.is_none() {
            kept.push(token);
        }
    }
    kept
}

impl Exported<'_> {
    /// Functions, fields and parameters.
    fn names(&self) -> impl Iterator<Item = (String, usize, String)> {
        let functions = self.declaration.windows(2).filter(|two| two[0].is("fn")).map(|two| two[1]);
        let all = functions.chain(self.fields().map(|(token, _)| token));
        all.map(|token| (self.source.path.clone(), token.line, token.word().unwrap_or_default().to_owned()))
    }

    /// What an attribute calls it in the other languages.
    fn renames(&self) -> impl Iterator<Item = (String, usize, String)> {
        let all: Vec<&Token> = self.attributes.iter().chain(&self.declaration).copied().collect();
        let named: Vec<&Token> =
            all.windows(3).filter(|three| three[0].is("name") && three[1].is_mark('=')).map(|three| three[2]).collect();
        named.into_iter().filter_map(|token| Some((self.source.path.clone(), token.line, token.literal()?.to_owned())))
    }

    /// Names with a type: a word before a single colon.
    fn fields(&self) -> impl Iterator<Item = (&Token, &str)> {
        let all = &self.declaration;
        (0..all.len().saturating_sub(2)).filter_map(move |at| {
            let single = all[at + 1].is_mark(':') && !all[at + 2].is_mark(':') && !(at > 0 && all[at - 1].is_mark(':'));
            all[at].word().filter(|_| single).map(|word| (all[at], word))
        })
    }
}
