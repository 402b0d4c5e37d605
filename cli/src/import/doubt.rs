//! What a row that cannot be taken may have said no to. A yes that it may have taken back is not taken either: in doubt the answer is no.

use consentkit::{
    ledger::ChoiceKind,
    policy::{Policy, nearest},
};

use super::{
    map::{Layout, Map, asked_for},
    row::Rules,
    table::TableRow,
};

/// Shortest name of a purpose that is looked for within a longer one, in characters. Shorter ones are part of many words.
const SHORTEST_NAME_WITHIN: usize = 3;

/// What stands between the values of a table, in any of its forms. A row whose quotation mark is not closed holds other rows with all of these.
const BETWEEN_VALUES: [char; 11] = [',', ';', '\t', '|', '"', '\n', '\r', '[', ']', '{', '}'];

/// Whose yes to what a row may take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Everybody whom the row may be about. It holds an empty name where the table is of one person.
    pub persons: Vec<String>,
    /// The purposes that it may be about; `None` where it may be any.
    purposes: Option<Vec<String>>,
}

impl Doubt {
    /// A row about one person and one purpose, of which only the answer cannot be read.
    pub fn of(person: &str, purpose: &str) -> Self {
        Self { persons: vec![person.to_owned()], purposes: Some(vec![purpose.to_owned()]) }
    }

    /// A row about one person, which names no purpose.
    pub fn of_any_purpose(person: &str) -> Self {
        Self { persons: vec![person.to_owned()], purposes: None }
    }

    /// A row about one person, which names a purpose by a name that is not known but may be one of these in another spelling.
    pub fn of_name(person: &str, name: &str, map: &Map, policy: &Policy) -> Self {
        Self { persons: vec![person.to_owned()], purposes: Some(meant(name, map, policy)) }
    }

    /// True where a yes to this purpose may have been taken back.
    pub fn touches(&self, purpose: &str) -> bool {
        self.purposes.as_ref().is_none_or(|purposes| purposes.iter().any(|doubted| doubted == purpose))
    }
}

impl Rules<'_> {
    /// What a row may be about whose columns cannot be read. Where a value may stand in another column than its own, or in another row's,
    /// it is looked for everywhere.
    pub(super) fn doubt(&self, row: &TableRow) -> Doubt {
        let of_several_lines = row.values().iter().any(|value| value.contains(['\n', '\r']));
        let anywhere = !row.in_place || of_several_lines;
        let pieces = if anywhere { pieces(row.values()) } else { vec![] };
        let persons = match &self.map.person {
            None => vec![String::new()],
            Some(column) if !anywhere => vec![row.value(column).to_owned()],
            Some(_) => pieces.clone(),
        };
        let purposes = match &self.map.layout {
            Layout::Columns(_) => None,
            Layout::Rows { .. } if of_several_lines => None,
            Layout::Rows { purpose, .. } if !anywhere => {
                Some(row.value(purpose)).filter(|name| !name.is_empty()).map(|name| meant(name, self.map, self.policy))
            }
            Layout::Rows { .. } => {
                let named = pieces.iter().map(|piece| self.map.purpose(piece)).filter(|id| asked_for(self.policy, id).is_ok());
                Some(named.map(str::to_owned).collect::<Vec<_>>()).filter(|named| !named.is_empty())
            }
        };
        Doubt { persons, purposes }
    }
}

/// Every value of a row, each part of it, and each two neighbours as the one value that an unquoted delimiter made two of.
fn pieces(values: &[String]) -> Vec<String> {
    let whole = values.iter().map(|value| value.trim().to_owned());
    let parts = values.iter().flat_map(|value| value.split(BETWEEN_VALUES)).map(|part| part.trim().to_owned());
    let pairs = values.windows(2).flat_map(|pair| [",", ";", "\t", "|"].map(|between| pair.join(between).trim().to_owned()));
    let mut pieces: Vec<String> = whole.chain(parts).chain(pairs).filter(|piece| !piece.is_empty()).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

/// The purposes that a name may mean: the one that has it, or else those with a name like it.
fn meant(name: &str, map: &Map, policy: &Policy) -> Vec<String> {
    let id = map.purpose(name);
    if policy.purpose(id).is_some() {
        return vec![id.to_owned()];
    }
    let own =
        policy.purposes.iter().filter(|purpose| purpose.basis.may_be_answered()).map(|purpose| (purpose.id.as_str(), purpose.id.as_str()));
    let known: Vec<(&str, &str)> = own.chain(map.names()).collect();
    let letters = plain(name);
    let within = |long: &str, short: &str| short.chars().count() >= SHORTEST_NAME_WITHIN && long.contains(short);
    let like = |other: &str| {
        let other = plain(other);
        other == letters || within(&other, &letters) || within(&letters, &other) || nearest(&letters, [other.as_str()]).is_some()
    };
    known.into_iter().filter(|(name, _)| like(name)).map(|(_, id)| id.to_owned()).collect()
}

/// The letters and digits of a name, all small and of the usual width, so that `E-Mail` and `email` are the same.
fn plain(name: &str) -> String {
    let usual = |letter: char| match u32::from(letter) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(letter),
        _ => letter,
    };
    name.chars().map(usual).filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// True for a word that says yes, which takes nothing back whatever it was about.
pub fn is_yes(choice: Option<ChoiceKind>) -> bool {
    choice.is_some_and(|choice| !choice.lowers())
}
