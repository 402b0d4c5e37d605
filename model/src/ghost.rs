//! The ghost: what really happened, kept apart from what the protocol says of it. The promises are judged by this alone.

/// A set of operations, one bit each.
pub type Set = u32;

/// Most operations that one place may name. The schedules stay far below.
const PER_PLACE: u32 = 8;

/// Places that name operations: the devices, and after them the web.
const PLACES: [char; 4] = ['a', 'b', 'c', 'w'];

/// The web's place.
pub const WEB: usize = 3;

/// The name of the n-th operation of a place, from 1.
pub fn op_name(place: usize, n: u8) -> String {
    format!("{}{n}", PLACES.get(place).copied().unwrap_or('?'))
}

/// The letter of a place.
pub fn letter(place: usize) -> char {
    PLACES.get(place).copied().unwrap_or('?').to_ascii_uppercase()
}

/// The bit of an operation. A name that no place gives has none.
pub fn bit(op: &str) -> Set {
    let mut letters = op.chars();
    let place = letters.next().and_then(|letter| PLACES.iter().position(|place| *place == letter));
    let n = letters.as_str().parse::<u32>().ok();
    match (place, n) {
        (Some(place), Some(n)) if (1..=PER_PLACE).contains(&n) => {
            u32::try_from(place).map_or(0, |place| 1_u32.rotate_left(place * PER_PLACE + n - 1))
        }
        _ => 0,
    }
}

/// What the giver of a grant had before their eyes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Given {
    /// The grant.
    pub op: String,
    /// Withdrawals that were on the screen when its form was drawn.
    pub visible: Set,
    /// The edition of the text that was on the screen.
    pub edition: u32,
}

/// What happened so far: counts that only grow, and what the giver of every grant saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ghost {
    /// One entry for each grant, in the order of the operations.
    pub given: Vec<Given>,
    /// Choices made so far, everywhere.
    pub choices: u8,
    /// Set when something happened that no state shows afterwards.
    pub broken: Vec<&'static str>,
}

impl Ghost {
    /// The withdrawals that the giver of that grant saw. A grant that nobody gave saw none.
    pub fn seen_by(&self, op: &str) -> Set {
        self.given.iter().find(|given| given.op == op).map_or(0, |given| given.visible)
    }

    /// The edition of the text that the grant answers, and 0 for a grant that nobody gave.
    pub fn edition_of(&self, op: &str) -> u32 {
        self.given.iter().find(|given| given.op == op).map_or(0, |given| given.edition)
    }

    /// Notes a grant.
    pub fn gives(&mut self, op: &str, visible: Set, edition: u32) {
        self.given.push(Given { op: op.to_owned(), visible, edition });
        self.given.sort_by(|one, other| one.op.cmp(&other.op));
    }
}
