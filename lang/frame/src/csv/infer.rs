//! Which type a column has, from the fields at the head of every block.
//!
//! ```text
//! nothing ─► bool ──────────────► text
//!    ├─────► integer ─► float ──► text
//!    └─────► large integer ─────► text
//! ```
//!
//! Blanks are allowed everywhere; they make a float of an integer, as in pandas.

use super::column::{Column, Content};
use super::date::{self, DateFormat};
use super::missing::Missing;
use super::number::{self, Unfit};
use super::options::Options;

/// What the fields of one column have been so far.
pub struct Evidence {
    missing: Missing,
    wants_date: bool,
    format: Option<(String, DateFormat)>,
    dates_fit: bool,
    fine: bool,
    zone: Option<Option<i32>>,
    kind: Kind,
    blanks: bool,
    negative: bool,
    /// Has there been a field at all?
    pub seen: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Nothing,
    Bool,
    Integer,
    /// Above the largest `int64`.
    Large,
    Float,
    Text,
}

impl Evidence {
    /// Of a column of this name at this position.
    pub fn new(options: &Options, name: &str, position: usize) -> Evidence {
        Evidence {
            missing: Missing::of(options, name, position),
            wants_date: options.parse_dates.iter().any(|pick| pick.is(name, position)),
            format: options
                .date_format
                .as_ref()
                .and_then(|format| Some((format.clone(), DateFormat::new(format).ok()?))),
            dates_fit: true,
            fine: false,
            zone: None,
            kind: Kind::Nothing,
            blanks: false,
            negative: false,
            seen: false,
        }
    }

    /// One field more, or one that a short line lacks.
    pub fn add(&mut self, field: Option<&[u8]>, options: &Options) {
        self.seen = true;
        let Some(text) = field.filter(|text| !self.missing.is(text)) else {
            self.blanks = true;
            return;
        };
        if self.wants_date && self.dates_fit {
            self.dates_fit = self.date(text, options).is_some();
        }
        self.kind = match (self.kind, kind(text, options, &mut self.negative)) {
            (Kind::Nothing, new) => new,
            (old, new) if old == new => old,
            (Kind::Integer | Kind::Large | Kind::Float, Kind::Float) | (Kind::Float, Kind::Integer | Kind::Large) => {
                Kind::Float
            }
            (Kind::Integer, Kind::Large) | (Kind::Large, Kind::Integer) => Kind::Large,
            _ => Kind::Text,
        };
        if self.missing.has_numbers()
            && number::float(text, options.decimal, options.thousands)
                .is_some_and(|number| self.missing.is_number(number))
        {
            self.blanks = true;
        }
    }

    fn date(&mut self, text: &[u8], options: &Options) -> Option<()> {
        if self.format.is_none() {
            let format = date::guess(text, options.dayfirst)?;
            let parsed = DateFormat::new(&format).ok()?;
            self.format = Some((format, parsed));
        }
        let moment = self.format.as_ref()?.1.parse(text)?;
        self.fine |= moment.fine;
        if *self.zone.get_or_insert(moment.zone) != moment.zone {
            return None;
        }
        Some(())
    }

    /// The column that fits.
    pub fn column(self, name: String, position: usize, options: &Options) -> Column {
        let nullable = self.blanks || !self.seen;
        // A column that is to hold dates and is empty holds none of them.
        let empty = self.seen && self.kind == Kind::Nothing;
        let format = self.format.map(|(format, _)| format).or_else(|| empty.then(|| "%Y-%m-%d".to_string()));
        if let (true, Some(format), true) = (self.wants_date, format, self.dates_fit && self.seen) {
            let zone = self.zone.flatten().map(date::zone_name);
            let content = Content::Date { format, nanoseconds: self.fine, zone };
            return Column { dtype: content.dtype(true), name, position, content, nullable: true };
        }
        let float = Content::Float { bits: 64 };
        let (content, nullable) = match self.kind {
            Kind::Nothing if self.seen => (float, true),
            Kind::Nothing => (Content::Text, true),
            Kind::Integer | Kind::Large if nullable || options.assume_missing => (float, true),
            Kind::Large if self.negative => (Content::Text, true),
            Kind::Large => (Content::Integer { bits: 64, signed: false }, false),
            Kind::Integer => (Content::Integer { bits: 64, signed: true }, false),
            Kind::Float => (float, true),
            Kind::Bool => (Content::Bool, nullable),
            Kind::Text => (Content::Text, true),
        };
        // Without rows there is nothing that could be text.
        let dtype = if self.seen { content.dtype(nullable) } else { "object".to_string() };
        Column { name, position, content, dtype, nullable }
    }
}

fn kind(text: &[u8], options: &Options, negative: &mut bool) -> Kind {
    match number::integer(text, options.thousands) {
        Ok(value) => {
            *negative |= value < 0;
            if i64::try_from(value).is_ok() {
                return Kind::Integer;
            }
            return if u64::try_from(value).is_ok() { Kind::Large } else { Kind::Text };
        }
        Err(Unfit::Large) => return Kind::Text,
        Err(Unfit::Other) => (),
    }
    if number::float(text, options.decimal, options.thousands).is_some() {
        return Kind::Float;
    }
    if truth(text, options).is_some() { Kind::Bool } else { Kind::Text }
}

/// Is this text a truth value, and which?
pub fn truth(text: &[u8], options: &Options) -> Option<bool> {
    let among = |words: &[String]| words.iter().any(|word| word.as_bytes() == text);
    match text {
        b"True" | b"TRUE" | b"true" => Some(true),
        b"False" | b"FALSE" | b"false" => Some(false),
        _ if among(&options.true_values) => Some(true),
        _ if among(&options.false_values) => Some(false),
        _ => None,
    }
}
