//! What a caller says about a file: the keywords of `read_csv`, as plain data that travels inside tasks.

use serde::{Deserialize, Serialize};

/// How a CSV file is to be understood. The defaults are those of pandas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// What stands between two fields.
    pub separator: Separator,
    /// Where the names of the columns stand.
    pub header: Header,
    /// Names that replace those in the file.
    pub names: Option<Vec<String>>,
    /// The columns to keep; order in the file decides.
    pub usecols: Option<Vec<Pick>>,
    /// Types that are not inferred.
    pub dtype: Dtypes,
    /// Columns that hold dates.
    pub parse_dates: Vec<Pick>,
    /// How the dates are written, in the notation of `strftime`; guessed if not given.
    pub date_format: Option<String>,
    /// Does `01/02/2020` mean the first of February?
    pub dayfirst: bool,
    /// Words for "missing" beyond the usual ones.
    pub na_values: NaValues,
    /// Are the usual words for "missing" (`NA`, `nan`, nothing…) taken as such?
    pub keep_default_na: bool,
    /// Is anything taken as missing?
    pub na_filter: bool,
    /// Lines to leave out.
    pub skiprows: SkipRows,
    /// At most so many rows of each file.
    pub nrows: Option<usize>,
    /// From this byte to the end of the line nothing counts.
    pub comment: Option<u8>,
    /// Stands between groups of digits.
    pub thousands: Option<u8>,
    /// Stands before the fraction.
    pub decimal: u8,
    /// Encloses fields; `None` for no quoting at all.
    pub quote: Option<u8>,
    /// Do two quotes within a quoted field mean one?
    pub doublequote: bool,
    /// Takes the meaning from the byte after it.
    pub escape: Option<u8>,
    /// Are blanks after a separator left out?
    pub skipinitialspace: bool,
    /// Are empty lines left out?
    pub skip_blank_lines: bool,
    /// Words for `True` beyond the usual ones.
    pub true_values: Vec<String>,
    /// Words for `False` beyond the usual ones.
    pub false_values: Vec<String>,
    /// How bytes stand for letters.
    pub encoding: Encoding,
    /// Are whole numbers of unknown type floats, so that blanks may come later?
    pub assume_missing: bool,
    /// How the file is packed.
    pub compression: Compression,
    /// What happens to lines with too many fields.
    pub on_bad_lines: BadLines,
    /// How many rows at the head of every block decide about types; `None` for all of them.
    pub sample_rows: Option<usize>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            separator: Separator::Byte(b','),
            header: Header::Infer,
            names: None,
            usecols: None,
            dtype: Dtypes::Infer,
            parse_dates: Vec::new(),
            date_format: None,
            dayfirst: false,
            na_values: NaValues::All(Vec::new()),
            keep_default_na: true,
            na_filter: true,
            skiprows: SkipRows::Count(0),
            nrows: None,
            comment: None,
            thousands: None,
            decimal: b'.',
            quote: Some(b'"'),
            doublequote: true,
            escape: None,
            skipinitialspace: false,
            skip_blank_lines: true,
            true_values: Vec::new(),
            false_values: Vec::new(),
            encoding: Encoding::Utf8,
            assume_missing: false,
            compression: Compression::Infer,
            on_bad_lines: BadLines::Error,
            sample_rows: Some(400),
        }
    }
}

impl Options {
    /// The byte between two fields, if it is always the same one.
    pub fn separator_byte(&self) -> Option<u8> {
        match self.separator {
            Separator::Byte(byte) => Some(byte),
            Separator::Whitespace => None,
        }
    }
}

/// What stands between two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Separator {
    /// This byte.
    Byte(u8),
    /// Any number of blanks and tabs: `sep=r"\s+"`.
    Whitespace,
}

/// Where the names of the columns stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Header {
    /// In the first line, unless names are given.
    Infer,
    /// In this line, counted from 0 without skipped, empty and comment lines; those before it are left out.
    Row(usize),
    /// Nowhere.
    None,
}

/// A column by name or by its position in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pick {
    /// By name.
    Name(String),
    /// By position.
    Position(usize),
}

impl Pick {
    /// Is it this column?
    pub fn is(&self, name: &str, position: usize) -> bool {
        match self {
            Pick::Name(wanted) => wanted == name,
            Pick::Position(wanted) => *wanted == position,
        }
    }
}

/// Types that are not inferred, by pandas' names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dtypes {
    /// None of them.
    Infer,
    /// The same for all columns.
    All(String),
    /// For these columns.
    Each(Vec<(Pick, String)>),
}

/// Words for "missing".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NaValues {
    /// In all columns.
    All(Vec<String>),
    /// In these columns; the others have the usual ones only.
    Each(Vec<(Pick, Vec<String>)>),
}

/// Lines to leave out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SkipRows {
    /// So many at the head of every file.
    Count(usize),
    /// These lines of every file, counted from 0.
    Lines(Vec<usize>),
}

/// How bytes stand for letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// One byte a letter.
    Latin1,
}

impl Encoding {
    /// By any of its usual names.
    pub fn named(name: &str) -> Option<Encoding> {
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "utf8-sig" | "ascii" | "us-ascii" => Some(Encoding::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Some(Encoding::Latin1),
            _ => None,
        }
    }
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compression {
    /// As the end of its name says.
    Infer,
    /// Not at all.
    None,
    /// By gzip.
    Gzip,
}

/// What happens to lines with too many fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BadLines {
    /// They are an error.
    Error,
    /// They are left out, and it is said.
    Warn,
    /// They are left out.
    Skip,
}
