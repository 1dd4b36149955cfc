//! Arrow columns from fields.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array, StringArray, StringViewArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow::compute::cast;
use rdk_runtime::{Result, error};
use rustc_hash::FxHashMap;

use super::column::{Column, Content};
use super::date::DateFormat;
use super::infer::truth;
use super::lines::Lines;
use super::missing::Missing;
use super::number;
use super::options::{Encoding, Options};
use super::tokens::value;

/// A field that does not fit, by the line's place among those at hand.
pub struct Misfit {
    /// Which line.
    pub line: usize,
    /// What stands there; `None` if nothing does.
    pub value: Option<String>,
    /// Are the bytes no text at all?
    pub undecodable: bool,
}

/// Which values are there; costs nothing until one is missing.
#[derive(Default)]
struct Validity {
    bits: Vec<bool>,
}

impl Validity {
    fn missing(&mut self, at: usize) {
        self.bits.resize(at, true);
        self.bits.push(false);
    }

    fn finish(mut self, length: usize) -> Option<NullBuffer> {
        if self.bits.is_empty() {
            return None;
        }
        self.bits.resize(length, true);
        Some(NullBuffer::from(self.bits))
    }
}

/// Collects one column.
pub struct Builder<'a> {
    column: &'a Column,
    options: &'a Options,
    missing: Missing,
    validity: Validity,
    values: Values,
    scratch: Vec<u8>,
}

enum Values {
    Integers { values: Vec<i64>, least: i64, most: i64 },
    Large(Vec<u64>),
    Floats(Vec<f64>),
    Bools(Vec<bool>),
    Texts(Texts),
    Words { codes: Vec<i32>, words: FxHashMap<Box<[u8]>, i32>, order: Vec<String> },
    Dates { values: Vec<i64>, format: DateFormat, nanoseconds: bool, zoned: bool },
}

/// Text as arrow's views: words of up to 12 bytes stand in the view itself.
#[derive(Default)]
struct Texts {
    views: Vec<u128>,
    full: Vec<Buffer>,
    heap: Vec<u8>,
}

/// Longer texts are collected in buffers of up to so many bytes.
const HEAP: usize = 4 << 20;

impl Texts {
    #[inline(always)]
    fn push(&mut self, text: &[u8]) {
        let mut view = [0; 16];
        view[..4].copy_from_slice(&(text.len() as u32).to_le_bytes());
        if text.len() <= 12 {
            view[4..4 + text.len()].copy_from_slice(text);
        } else {
            if self.heap.len() + text.len() > self.heap.capacity().max(HEAP >> 4) && !self.heap.is_empty() {
                let size = (self.heap.capacity() * 2).clamp(HEAP >> 6, HEAP).max(text.len());
                self.full.push(std::mem::replace(&mut self.heap, Vec::with_capacity(size)).into());
            }
            view[4..8].copy_from_slice(&text[..4]);
            view[8..12].copy_from_slice(&(self.full.len() as u32).to_le_bytes());
            view[12..].copy_from_slice(&(self.heap.len() as u32).to_le_bytes());
            self.heap.extend_from_slice(text);
        }
        self.views.push(u128::from_le_bytes(view));
    }

    /// The text at `text[start..end]` of at most 12 bytes, which sixteen readable ones follow, if it is plain ASCII.
    #[inline(always)]
    fn push_short(&mut self, text: &[u8], start: usize, length: usize) -> bool {
        const HIGH: u128 = 0x8080_8080_8080_8080_8080_8080;
        let bytes: [u8; 16] = text[start..start + 16].try_into().expect("sixteen bytes are sixteen bytes");
        let letters = u128::from_le_bytes(bytes) & ((1_u128 << (8 * length)) - 1);
        if letters & HIGH != 0 {
            return false;
        }
        self.views.push(letters << 32 | length as u128);
        true
    }

    fn finish(mut self, nulls: Option<NullBuffer>) -> ArrayRef {
        if !self.heap.is_empty() {
            self.full.push(self.heap.into());
        }
        let views = ScalarBuffer::from(self.views);
        // SAFETY: every view was made by `push` from checked UTF-8, in the form that arrow describes. Checking all of them again
        // takes as long as reading them.
        Arc::new(unsafe { StringViewArray::new_unchecked(views, self.full, nulls) })
    }
}

impl<'a> Builder<'a> {
    /// For this column.
    pub fn new(column: &'a Column, options: &'a Options) -> Result<Builder<'a>> {
        let values = match &column.content {
            Content::Integer { bits: 64, signed: false } => Values::Large(Vec::new()),
            Content::Integer { bits, signed } => {
                let (least, most) = match (signed, bits) {
                    (true, 64) => (i64::MIN, i64::MAX),
                    (true, bits) => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
                    (false, bits) => (0, (1 << bits) - 1),
                };
                Values::Integers { values: Vec::new(), least, most }
            }
            Content::Float { .. } => Values::Floats(Vec::new()),
            Content::Bool => Values::Bools(Vec::new()),
            Content::Text => Values::Texts(Texts::default()),
            Content::Category => Values::Words { codes: Vec::new(), words: FxHashMap::default(), order: Vec::new() },
            Content::Date { format, nanoseconds, zone } => Values::Dates {
                values: Vec::new(),
                format: DateFormat::new(format)?,
                nanoseconds: *nanoseconds,
                zoned: zone.is_some(),
            },
        };
        let missing = Missing::of(options, &column.name, column.position);
        Ok(Builder { column, options, missing, validity: Validity::default(), values, scratch: Vec::new() })
    }

    /// Takes its fields from the lines at hand.
    pub fn take(&mut self, lines: &Lines) -> std::result::Result<(), Misfit> {
        let Builder { column, options, missing, validity, values, scratch } = self;
        let text = lines.text();
        let n_lines = lines.n_lines();
        let position = column.position;
        let numbers = missing.has_numbers();
        // A field as text, or nothing if it is missing; `fits` turns it into a value.
        let mut slow = |line: usize, fits: &mut dyn FnMut(&[u8]) -> bool| -> std::result::Result<bool, Misfit> {
            let (start, end) = lines.field(line, position);
            if start > end {
                return if column.nullable { Ok(false) } else { Err(Misfit { line, value: None, undecodable: false }) };
            }
            let field = value(&text[start..end], options, scratch);
            let misfit = |text: &[u8]| Misfit {
                line,
                value: Some(String::from_utf8_lossy(text).into_owned()),
                undecodable: false,
            };
            let gone = missing.is(field)
                || numbers
                    && number::float(field, options.decimal, options.thousands)
                        .is_some_and(|number| missing.is_number(number));
            if gone {
                return if column.nullable { Ok(false) } else { Err(misfit(field)) };
            }
            if fits(field) { Ok(true) } else { Err(misfit(field)) }
        };
        match values {
            Values::Integers { values, least, most } => {
                values.reserve(n_lines);
                for line in 0..n_lines {
                    let (start, end) = lines.field(line, position);
                    if let Some(number) = number::short_integer(text, start, end)
                        && !numbers
                        && (*least..=*most).contains(&number)
                    {
                        values.push(number);
                        continue;
                    }
                    let found = slow(line, &mut |field| match whole(field, options)
                        .and_then(|number| i64::try_from(number).ok())
                    {
                        Some(number) if (*least..=*most).contains(&number) => {
                            values.push(number);
                            true
                        }
                        _ => false,
                    })?;
                    if !found {
                        validity.missing(values.len());
                        values.push(0);
                    }
                }
            }
            Values::Large(values) => {
                for line in 0..n_lines {
                    let found = slow(line, &mut |field| match whole(field, options)
                        .and_then(|number| u64::try_from(number).ok())
                    {
                        Some(number) => {
                            values.push(number);
                            true
                        }
                        None => false,
                    })?;
                    if !found {
                        validity.missing(values.len());
                        values.push(0);
                    }
                }
            }
            Values::Floats(values) => {
                values.reserve(n_lines);
                for line in 0..n_lines {
                    let (start, end) = lines.field(line, position);
                    if start < end
                        && !numbers
                        && let Some(number) = number::short_float(&text[start..end], options.decimal)
                    {
                        values.push(number);
                        continue;
                    }
                    let found =
                        slow(line, &mut |field| match number::float(field, options.decimal, options.thousands) {
                            Some(number) => {
                                values.push(number);
                                true
                            }
                            None => false,
                        })?;
                    if !found {
                        validity.missing(values.len());
                        values.push(0.0);
                    }
                }
            }
            Values::Bools(values) => {
                for line in 0..n_lines {
                    let found = slow(line, &mut |field| {
                        let value = truth(field, options).or(match field {
                            b"1" => Some(true),
                            b"0" => Some(false),
                            _ => None,
                        });
                        values.extend(value);
                        value.is_some()
                    })?;
                    if !found {
                        validity.missing(values.len());
                        values.push(false);
                    }
                }
            }
            Values::Texts(texts) => {
                texts.views.reserve(n_lines);
                let quote = options.quote;
                let simple =
                    options.escape.is_none() && !options.skipinitialspace && options.separator_byte().is_some();
                for line in 0..n_lines {
                    let (start, end) = lines.field(line, position);
                    let short = simple && start < end && end - start <= 12 && Some(text[start]) != quote;
                    if short && !missing.is(&text[start..end]) && texts.push_short(text, start, end - start) {
                        continue;
                    }
                    let mut undecodable = false;
                    let found = slow(line, &mut |field| {
                        let fits = decoded(field, options.encoding, |text| texts.push(text));
                        undecodable = !fits;
                        fits
                    })
                    .map_err(|misfit| Misfit { undecodable, ..misfit })?;
                    if !found {
                        validity.missing(texts.views.len());
                        texts.views.push(0);
                    }
                }
            }
            Values::Words { codes, words, order } => {
                for line in 0..n_lines {
                    let mut undecodable = false;
                    let found = slow(line, &mut |field| {
                        if let Some(&code) = words.get(field) {
                            codes.push(code);
                            return true;
                        }
                        let fits = decoded(field, options.encoding, |text| {
                            let code = order.len() as i32;
                            order.push(String::from_utf8_lossy(text).into_owned());
                            words.insert(field.into(), code);
                            codes.push(code);
                        });
                        undecodable = !fits;
                        fits
                    })
                    .map_err(|misfit| Misfit { undecodable, ..misfit })?;
                    if !found {
                        validity.missing(codes.len());
                        codes.push(0);
                    }
                }
            }
            Values::Dates { values, format, nanoseconds, zoned } => {
                for line in 0..n_lines {
                    let found = slow(line, &mut |field| {
                        let moment = format.parse(field).filter(|moment| moment.zone.is_some() == *zoned);
                        let count = moment.and_then(|moment| moment.count(*nanoseconds));
                        values.extend(count);
                        count.is_some()
                    })?;
                    if !found {
                        validity.missing(values.len());
                        values.push(0);
                    }
                }
            }
        }
        Ok(())
    }

    /// The column.
    pub fn finish(self) -> Result<ArrayRef> {
        let validity = self.validity;
        let array: ArrayRef = match self.values {
            Values::Integers { values, .. } => {
                let nulls = validity.finish(values.len());
                Arc::new(Int64Array::new(values.into(), nulls))
            }
            Values::Large(values) => {
                let nulls = validity.finish(values.len());
                Arc::new(UInt64Array::new(values.into(), nulls))
            }
            Values::Floats(values) => {
                let nulls = validity.finish(values.len());
                Arc::new(Float64Array::new(values.into(), nulls))
            }
            Values::Bools(values) => {
                let nulls = validity.finish(values.len());
                Arc::new(BooleanArray::new(BooleanBuffer::from(values), nulls))
            }
            Values::Texts(texts) => {
                let nulls = validity.finish(texts.views.len());
                texts.finish(nulls)
            }
            Values::Words { codes, order, .. } => sorted(codes, order, validity)?,
            Values::Dates { values, nanoseconds, .. } => {
                let nulls = validity.finish(values.len());
                if nanoseconds {
                    Arc::new(TimestampNanosecondArray::new(values.into(), nulls))
                } else {
                    Arc::new(TimestampMicrosecondArray::new(values.into(), nulls))
                }
            }
        };
        let wanted = self.column.content.arrow();
        if let Content::Date { zone: Some(zone), .. } = &self.column.content {
            let data = array.to_data().into_builder().data_type(wanted);
            let data = data.build().map_err(|error| error!("cannot give the zone {zone} to a column: {error}"))?;
            return Ok(arrow::array::make_array(data));
        }
        if *array.data_type() == wanted {
            return Ok(array);
        }
        cast(&array, &wanted).map_err(|error| error!("cannot make {wanted} of column '{}': {error}", self.column.name))
    }
}

/// Words in order, as the categories of pandas are.
fn sorted(mut codes: Vec<i32>, order: Vec<String>, validity: Validity) -> Result<ArrayRef> {
    let nulls = validity.finish(codes.len());
    let mut places: Vec<i32> = (0..order.len() as i32).collect();
    places.sort_by(|a, b| order[*a as usize].cmp(&order[*b as usize]));
    let mut ranks = vec![0; order.len()];
    for (rank, &place) in places.iter().enumerate() {
        ranks[place as usize] = rank as i32;
    }
    for code in &mut codes {
        *code = ranks.get(*code as usize).copied().unwrap_or(0);
    }
    let words = StringArray::from_iter_values(places.iter().map(|place| &order[*place as usize]));
    let array = DictionaryArray::try_new(Int32Array::new(codes.into(), nulls), Arc::new(words));
    Ok(Arc::new(array.map_err(|error| error!("cannot make a category column: {error}"))?))
}

/// A whole number, also one that is written like `2.0` or `1e5`.
fn whole(field: &[u8], options: &Options) -> Option<i128> {
    if let Ok(number) = number::integer(field, options.thousands) {
        return Some(number);
    }
    let number = number::float(field, options.decimal, options.thousands)?;
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i128)
}

/// Gives the field as UTF-8 to `take`; false if it cannot be.
#[inline(always)]
fn decoded(field: &[u8], encoding: Encoding, take: impl FnOnce(&[u8])) -> bool {
    match encoding {
        Encoding::Utf8 => {
            if std::str::from_utf8(field).is_err() {
                return false;
            }
            take(field);
        }
        Encoding::Latin1 => {
            let text: String = field.iter().map(|byte| *byte as char).collect();
            take(text.as_bytes());
        }
    }
    true
}

/// What to write so that a misfit is no misfit.
pub fn hint(column: &Column, value: Option<&str>) -> String {
    let name = &column.name;
    match (&column.content, value) {
        (Content::Integer { .. }, value) => {
            let number = value
                .is_none_or(|value| value.trim().is_empty() || number::float(value.as_bytes(), b'.', None).is_some());
            let missing = value.is_none_or(|value| Missing::of(&Options::default(), name, 0).is(value.as_bytes()));
            let fit = if number || missing { "float64" } else { "object" };
            let more = if fit == "float64" {
                ", or `assume_missing=True`, which reads all whole numbers as floats"
            } else {
                ""
            };
            format!("give the type: `dtype={{\"{name}\": \"{fit}\"}}`{more}")
        }
        (Content::Date { .. }, _) => {
            format!("leave `{name}` out of `parse_dates` and turn it into dates later, or give `date_format=\"…\"`")
        }
        (Content::Float { .. } | Content::Bool | Content::Text | Content::Category, _) => {
            format!("give the type: `dtype={{\"{name}\": \"object\"}}`")
        }
    }
}
