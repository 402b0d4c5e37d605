//! `policy purposes`: the ids of a policy's purposes as constants of a language.

use std::{collections::BTreeMap, fmt::Write as _};

use consentkit::policy::Policy;

use super::read_policy;
use crate::{
    args::Purposes,
    outcome::{Found, Outcome, Stop},
    print,
};

/// Words that no constant in Swift may be named by without quotation.
const SWIFT_WORDS: &[&str] = &[
    "default",
    "case",
    "class",
    "enum",
    "func",
    "import",
    "in",
    "is",
    "let",
    "operator",
    "private",
    "public",
    "repeat",
    "return",
    "self",
    "static",
    "switch",
    "throw",
    "true",
    "false",
    "var",
    "where",
    "while",
    "for",
    "if",
    "else",
    "do",
    "guard",
    "nil",
    "init",
    "protocol",
    "struct",
    "super",
    "as",
    "any",
    "break",
    "catch",
    "continue",
    "defer",
    "extension",
    "internal",
    "rethrows",
    "subscript",
    "throws",
    "try",
    "typealias",
];

pub fn run(asked: &Purposes) -> Outcome {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !is_name(&asked.name) {
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
    id.chars().map(|letter| if letter.is_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect()
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
    if SWIFT_WORDS.contains(&name.as_str()) { format!("`{name}`") } else { name }
}

/// What a comment says of a purpose: its title in the first language.
fn title(policy: &Policy, id: &str) -> String {
    let language = policy.languages.first().map_or("", String::as_str);
    let title = policy.purpose(id).map(|purpose| policy.text(&purpose.title, language)).unwrap_or_default();
    title.replace("*/", "* /").replace(['\n', '\r'], " ")
}

fn kotlin(asked: &Purposes, policy: &Policy, constants: &[(String, &str)]) -> String {
    let mut text = String::new();
    if let Some(package) = &asked.package {
        let _ = writeln!(text, "package {package}\n");
    }
    let _ = writeln!(
        text,
        "/** The purposes of policy `{}`, edition {}. Written by `consentkit policy purposes`. */",
        policy.id, policy.edition
    );
    let _ = writeln!(text, "object {} {{", asked.name);
    for (name, id) in constants {
        let _ = writeln!(text, "    /** {} */\n    const val {name} = \"{id}\"", title(policy, id));
    }
    text + "}\n"
}

fn swift(asked: &Purposes, policy: &Policy, constants: &[(String, &str)]) -> String {
    let mut text =
        format!("/// The purposes of policy `{}`, edition {}. Written by `consentkit policy purposes`.\n", policy.id, policy.edition);
    let _ = writeln!(text, "public enum {} {{", asked.name);
    for (name, id) in constants {
        let _ = writeln!(text, "    /// {}\n    public static let {name} = \"{id}\"", title(policy, id));
    }
    text + "}\n"
}
