//! `policy purposes`: the ids of a policy's purposes as constants of a language.

use std::{collections::BTreeMap, fmt::Write as _};

use consentkit::policy::Policy;

use super::read_policy;
use crate::{
    args::Purposes,
    outcome::{Found, Outcome, Stop},
    print,
};

/// Words of Swift that name nothing else without backticks (The Swift Programming Language, Keywords and Punctuation).
const SWIFT_WORDS: &[&str] = &[
    "any",
    "as",
    "associatedtype",
    "await",
    "borrowing",
    "break",
    "case",
    "catch",
    "class",
    "consuming",
    "continue",
    "default",
    "defer",
    "deinit",
    "do",
    "else",
    "enum",
    "extension",
    "fallthrough",
    "false",
    "fileprivate",
    "for",
    "func",
    "guard",
    "if",
    "import",
    "in",
    "inout",
    "internal",
    "is",
    "let",
    "nil",
    "nonisolated",
    "open",
    "operator",
    "package",
    "precedencegroup",
    "private",
    "protocol",
    "public",
    "repeat",
    "rethrows",
    "return",
    "some",
    "static",
    "struct",
    "subscript",
    "super",
    "switch",
    "throw",
    "throws",
    "true",
    "try",
    "typealias",
    "var",
    "where",
    "while",
    "Any",
    "Self",
];

/// What stands behind the dot of a type in Swift and means the type itself, or how it is made, also where a constant has the name.
const SWIFT_MEMBERS: &[&str] = &["self", "init", "Type", "Protocol"];

/// Words of Kotlin that name nothing else without backticks (its hard keywords).
const KOTLIN_WORDS: &[&str] = &[
    "as",
    "break",
    "class",
    "continue",
    "do",
    "else",
    "false",
    "for",
    "fun",
    "if",
    "in",
    "interface",
    "is",
    "null",
    "object",
    "package",
    "return",
    "super",
    "this",
    "throw",
    "true",
    "try",
    "typealias",
    "typeof",
    "val",
    "var",
    "when",
    "while",
];

/// The field in which Kotlin's compiler keeps an object, which no constant of it may be named by.
const KOTLIN_FIELD: &str = "INSTANCE";

pub fn run(asked: &Purposes) -> Outcome {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_taken =
        |name: &str| if asked.kotlin { KOTLIN_WORDS.contains(&name) } else { [SWIFT_WORDS, SWIFT_MEMBERS].concat().contains(&name) };
    if !is_name(&asked.name) || is_taken(&asked.name) {
        return Err(Stop::usage(format!("--name {}: is no name of a type; write letters and digits, such as Purposes", asked.name)));
    }
    if let Some(package) = asked.package.as_ref().filter(|package| !package.split('.').all(is_name)) {
        return Err(Stop::usage(format!("--package {package}: is no name of a package; write it like com.example.app")));
    }
    let policy = read_policy(&asked.file)?;
    let constants = named(&policy, if asked.kotlin { upper } else { camel })?;
    print::text(&if asked.kotlin { kotlin(asked, &policy, &constants) } else { swift(asked, &policy, &constants) });
    Ok(Found::Nothing)
}

/// Each purpose with the name of its constant. Two ids that come to one name cannot both have it.
fn named(policy: &Policy, name: fn(&str) -> String) -> Outcome<Vec<(String, &str)>> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut constants = vec![];
    for purpose in &policy.purposes {
        let name = name(&purpose.id);
        if let Some(other) = taken.insert(name.clone(), &purpose.id) {
            return Err(Stop::File(format!("the purposes `{other}` and `{}` would both be {name}; rename one of them", purpose.id)));
        }
        constants.push((name, purpose.id.as_str()));
    }
    Ok(constants)
}

/// `marketing.email` as `MARKETING_EMAIL`.
fn upper(id: &str) -> String {
    let name: String = id.chars().map(|letter| if letter.is_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect();
    if name == KOTLIN_FIELD { name + "_" } else { name }
}

/// `marketing.email` as `marketingEmail`.
fn camel(id: &str) -> String {
    let mut name = String::new();
    for (index, part) in id.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if index > 0 => name.extend(first.to_uppercase().chain(letters)),
            Some(first) => name.extend(std::iter::once(first).chain(letters)),
            None => {}
        }
    }
    match name.as_str() {
        member if SWIFT_MEMBERS.contains(&member) => name + "_",
        word if SWIFT_WORDS.contains(&word) => format!("`{name}`"),
        _ => name,
    }
}

/// `com.in.app` as `` com.`in`.app ``.
fn quoted(package: &str) -> String {
    let part = |part: &str| if KOTLIN_WORDS.contains(&part) { format!("`{part}`") } else { part.to_owned() };
    package.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// A text as it may stand in a comment on one line: it neither ends the comment nor opens one within it, which Kotlin would want closed, and
/// it turns no reading direction, by which the code behind it would look like other code.
fn comment(text: &str) -> String {
    let is_break = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let turns = |letter: &char| matches!(letter, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let line: String = text.chars().filter(|letter| !turns(letter)).map(|letter| if is_break(letter) { ' ' } else { letter }).collect();
    line.replace("*/", "* /").replace("/*", "/ *")
}

/// What a comment says of a purpose: its title in the first language.
fn title(policy: &Policy, id: &str) -> String {
    let language = policy.languages.first().map_or("", String::as_str);
    comment(&policy.purpose(id).map(|purpose| policy.text(&purpose.title, language)).unwrap_or_default())
}

/// What a comment says of all of them.
fn heading(policy: &Policy) -> String {
    format!("The purposes of policy `{}`, edition {}. Written by `consentkit policy purposes`.", comment(&policy.id), policy.edition)
}

// An id has letters, digits, dots, hyphens and underscores alone, so it stands in a literal of either language as it is.
fn kotlin(asked: &Purposes, policy: &Policy, constants: &[(String, &str)]) -> String {
    let mut text = String::new();
    if let Some(package) = &asked.package {
        let _ = writeln!(text, "package {}\n", quoted(package));
    }
    let _ = writeln!(text, "/** {} */\nobject {} {{", heading(policy), asked.name);
    for (name, id) in constants {
        let _ = writeln!(text, "    /** {} */\n    const val {name} = \"{id}\"", title(policy, id));
    }
    text + "}\n"
}

fn swift(asked: &Purposes, policy: &Policy, constants: &[(String, &str)]) -> String {
    let mut text = format!("/// {}\npublic enum {} {{\n", heading(policy), asked.name);
    for (name, id) in constants {
        let _ = writeln!(text, "    /// {}\n    public static let {name} = \"{id}\"", title(policy, id));
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_9_a_comment_holds_neither_its_end_nor_the_beginning_of_another() {
        for title in ["a /* b", "a */ b", "*/*", "/*/", "/**/", "**//**", "//*", "*//", "/*\n*/", "*\u{200E}/", "/\u{2066}*\u{2069}"] {
            let text = comment(title);
            assert!(!text.contains("/*") && !text.contains("*/") && text.lines().count() == 1, "{title:?}: {text:?}");
        }
        assert_eq!(comment("E-mail (weekly)"), "E-mail (weekly)");
        assert_eq!(comment("a\r\nb\u{2028}c\u{0}\u{202E}d"), "a  b c d");
    }

    #[test]
    fn x_9_what_a_language_says_itself_names_no_constant() {
        for (id, in_kotlin, in_swift) in [
            ("instance", "INSTANCE_", "instance"),
            ("self", "SELF", "self_"),
            ("init", "INIT", "init_"),
            ("default", "DEFAULT", "`default`"),
            ("fallthrough", "FALLTHROUGH", "`fallthrough`"),
            ("inout", "INOUT", "`inout`"),
            ("deinit", "DEINIT", "`deinit`"),
            ("in.app", "IN_APP", "inApp"),
            ("a-b.c_d", "A_B_C_D", "aBCD"),
        ] {
            assert_eq!((upper(id).as_str(), camel(id).as_str()), (in_kotlin, in_swift), "{id}");
        }
        assert_eq!(quoted("com.in.when_.object"), "com.`in`.when_.`object`");
    }
}
