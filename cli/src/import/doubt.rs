//! What a row that cannot be taken may have said no to. A yes that it may have taken back is not taken either: in doubt the answer is no.

use consentkit::ledger::ChoiceKind;

use super::{map::Layout, name::Name, row::Rules, table::TableRow};

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
    pub fn of_name(person: &str, name: &Name) -> Self {
        Self { persons: vec![person.to_owned()], purposes: Some(name.meant.clone()) }
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
                Some(row.value(purpose)).filter(|name| !name.is_empty()).map(|name| self.names.of(name).meant.clone())
            }
            Layout::Rows { .. } => {
                let is_asked = |id: &&str| self.policy.purpose(id).is_some_and(|purpose| purpose.basis.may_be_answered());
                let named = pieces.iter().map(|piece| self.map.purpose(piece)).filter(is_asked);
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

/// True for a word that says yes, which takes nothing back whatever it was about.
pub fn is_yes(choice: Option<ChoiceKind>) -> bool {
    choice.is_some_and(|choice| !choice.lowers())
}
