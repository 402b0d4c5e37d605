//! A catalogue of cookies as the Open Cookie Database publishes it: a table with commas, the first line its heading (CK-8).

/// Most bytes of a catalogue. The published one has about 0.6 MB.
pub const MAX_CATALOGUE_BYTES: usize = 8 << 20;

/// Most rows of a catalogue, ten times as many as the published one has.
pub const MAX_CATALOGUE_ROWS: usize = 25_000;

/// Most bytes of a name in a catalogue. A cookie of a longer name is not sent by browsers.
const MAX_NAME_BYTES: usize = 4_096;

/// The columns that are read, as the heading names them.
const CATEGORY: &str = "Category";
const NAME: &str = "Cookie / Data Key name";
const WILDCARD: &str = "Wildcard match";

/// Which purpose of the policy a category of the app's catalogue belongs to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CategoryPurpose {
    /// The category, as the catalogue writes it.
    pub category: String,
    /// The purpose that its cookies need. One that rests on contract or law is for what is strictly necessary.
    pub purpose: String,
}

/// A catalogue that was read.
#[derive(Debug, Clone, Default)]
pub struct CatalogueFile {
    pub(super) rows: Vec<Row>,
}

/// One row: a cookie and its category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: Box<str>,
    pub(super) category: Box<str>,
    /// True where it covers every name that begins so.
    pub(super) is_beginning: bool,
}

/// What is wrong with a catalogue, or with what its categories are given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueFault {
    /// It has more than [`MAX_CATALOGUE_BYTES`].
    #[error("has more than {MAX_CATALOGUE_BYTES} bytes; leave out the cookies that this app cannot meet")]
    TooLarge,
    /// It has more than [`MAX_CATALOGUE_ROWS`].
    #[error("has more than {MAX_CATALOGUE_ROWS} rows; leave out the cookies that this app cannot meet")]
    TooManyRows,
    /// The heading lacks a column.
    #[error("has no column `{column}` in its heading; give the CSV of the Open Cookie Database")]
    ColumnMissing {
        /// The column.
        column: &'static str,
    },
    /// A row has another number of columns than the heading.
    #[error("has another number of columns in row {row} than in its heading; quote what holds a comma")]
    RowUneven {
        /// Its number, from 1 for the heading.
        row: usize,
    },
    /// A quotation mark is not closed, or stands within a text that is not quoted.
    #[error("has a quotation mark in row {row} that opens or closes nothing; write it twice within a quoted text")]
    Quote {
        /// Its number, from 1 for the heading.
        row: usize,
    },
    /// A name that no cookie has.
    #[error("has a name in row {row} that is too long")]
    NameTooLong {
        /// Its number, from 1 for the heading.
        row: usize,
    },
    /// The wildcard of a row is neither 0 nor 1.
    #[error("has a `Wildcard match` in row {row} that is neither 0 nor 1")]
    BadWildcard {
        /// Its number, from 1 for the heading.
        row: usize,
    },
    /// A category is given a purpose that the policy does not have.
    #[error("gives a category a purpose that the policy does not have")]
    UnknownPurpose {
        /// Its place among the categories.
        at: usize,
    },
    /// A category is given two purposes.
    #[error("gives one category two purposes; leave one")]
    CategoryTwice {
        /// Its place among the categories.
        at: usize,
    },
}

impl CatalogueFile {
    /// Reads a catalogue.
    ///
    /// # Errors
    ///
    /// Where the text is no such table. A row without a name is skipped.
    pub fn parse(csv: &str) -> Result<Self, CatalogueFault> {
        if csv.len() > MAX_CATALOGUE_BYTES {
            return Err(CatalogueFault::TooLarge);
        }
        let mut reader = Reader { rest: csv.strip_prefix('\u{feff}').unwrap_or(csv), row: 1 };
        let heading = reader.next_row()?.unwrap_or_default();
        let column = |name: &'static str| {
            let at = heading.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
            at.ok_or(CatalogueFault::ColumnMissing { column: name })
        };
        let (category, name, wildcard) = (column(CATEGORY)?, column(NAME)?, column(WILDCARD)?);
        let mut rows = vec![];
        while let Some(cells) = reader.next_row()? {
            let row = reader.row - 1;
            if cells.len() != heading.len() {
                return Err(CatalogueFault::RowUneven { row });
            }
            if rows.len() == MAX_CATALOGUE_ROWS {
                return Err(CatalogueFault::TooManyRows);
            }
            let is_beginning = match cells[wildcard].trim() {
                "0" | "" => false,
                "1" => true,
                _ => return Err(CatalogueFault::BadWildcard { row }),
            };
            let text = cells[name].trim();
            let text = if is_beginning { text.trim_end_matches('*') } else { text };
            if text.len() > MAX_NAME_BYTES {
                return Err(CatalogueFault::NameTooLong { row });
            }
            if !text.is_empty() {
                rows.push(Row { name: text.into(), category: cells[category].trim().into(), is_beginning });
            }
        }
        Ok(Self { rows })
    }

    /// The categories that its rows name, each once, sorted.
    pub fn categories(&self) -> Vec<&str> {
        let mut categories: Vec<&str> = self.rows.iter().map(|row| &*row.category).collect();
        categories.sort_unstable();
        categories.dedup();
        categories
    }
}

/// Reads a table with commas, row by row (RFC 4180).
struct Reader<'a> {
    rest: &'a str,
    /// The number of the next row, from 1.
    row: usize,
}

impl Reader<'_> {
    /// The cells of the next row that is not blank; `None` at the end.
    fn next_row(&mut self) -> Result<Option<Vec<String>>, CatalogueFault> {
        while let Some(rest) = self.rest.strip_prefix(['\r', '\n']) {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut cells = vec![];
        loop {
            cells.push(self.next_cell()?);
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        self.row += 1;
        Ok(Some(cells))
    }

    /// The next cell. The rest then begins with the comma or the line break behind it.
    fn next_cell(&mut self) -> Result<String, CatalogueFault> {
        let fault = CatalogueFault::Quote { row: self.row };
        let Some(mut quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([',', '\r', '\n']).unwrap_or(self.rest.len());
            let (cell, rest) = self.rest.split_at(end);
            self.rest = rest;
            return if cell.contains('"') { Err(fault) } else { Ok(cell.to_owned()) };
        };
        let mut cell = String::new();
        loop {
            let Some((text, rest)) = quoted.split_once('"') else { return Err(fault) };
            cell.push_str(text);
            match rest.strip_prefix('"') {
                Some(rest) => {
                    cell.push('"');
                    quoted = rest;
                }
                None if rest.is_empty() || rest.starts_with([',', '\r', '\n']) => {
                    self.rest = rest;
                    return Ok(cell);
                }
                None => return Err(fault),
            }
        }
    }
}
