//! `series.str.…`: parts of texts, texts cut into lists, texts filled up, questions about letters.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, Operator};
use rdk_runtime::{Context, Result, Value, bail, builtins, error};

use super::accessor::Accessor;
use super::strings::{capital, flags, texts, to_flag, to_text};
use super::{items, operators};
use crate::cell::{self, text};
use crate::frame::{Frame, what};
use crate::functions::{ElementFunction, Elementwise};
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, Shape};

fn to_number(name: &str, parameters: Vec<String>, apply: ElementFunction) -> Elementwise {
    Elementwise { name: name.into(), gives: DataType::Int64, apply, parameters }
}

fn to_list(name: &str, parameters: Vec<String>, apply: ElementFunction) -> Elementwise {
    Elementwise { name: name.into(), gives: cell::lists_type(), apply, parameters }
}

/// A number for each text.
fn numbers(column: &ArrayRef, one: impl Fn(&str) -> i64) -> ArrayRef {
    Arc::new((0..column.len()).map(|row| text(column, row).map(&one)).collect::<Int64Array>())
}

/// The text split at most `limit` times; at blanks without a separator.
fn split(text: &str, separator: Option<&str>, limit: i64, from_right: bool) -> Vec<String> {
    let limit = usize::try_from(limit).ok().filter(|&limit| limit > 0);
    let Some(separator) = separator else {
        let trimmed = text.trim();
        let mut words: Vec<String> = Vec::new();
        let Some(limit) = limit else { return trimmed.split_whitespace().map(str::to_string).collect() };
        let mut rest = trimmed;
        while !rest.is_empty() {
            let cut = if from_right { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
            match cut {
                Some(at) if words.len() < limit => {
                    let after = at + rest[at..].chars().next().map_or(1, char::len_utf8);
                    if from_right {
                        words.push(rest[after..].to_string());
                        rest = rest[..at].trim_end();
                    } else {
                        words.push(rest[..at].to_string());
                        rest = rest[after..].trim_start();
                    }
                }
                _ => {
                    words.push(rest.to_string());
                    break;
                }
            }
        }
        if from_right {
            words.reverse();
        }
        return words;
    };
    match (limit, from_right) {
        (None, _) => text.split(separator).map(str::to_string).collect(),
        (Some(limit), false) => text.splitn(limit + 1, separator).map(str::to_string).collect(),
        (Some(limit), true) => {
            let mut parts: Vec<String> = text.rsplitn(limit + 1, separator).map(str::to_string).collect();
            parts.reverse();
            parts
        }
    }
}

/// The parts of a text by the parameters of `split`: separator (or none), limit, side, is it a pattern.
fn parts(text: &str, parameters: &[String]) -> Result<Vec<String>> {
    let separator = parameters[0].strip_prefix('=');
    let limit: i64 = parameters[1].parse().unwrap_or(-1);
    match (separator, parameters[3] == "pattern") {
        (Some(pattern), true) => super::patterns::split(text, pattern, limit),
        _ => Ok(split(text, separator, limit, parameters[2] == "right")),
    }
}

fn split_texts(
    context: &Context,
    this: &Accessor,
    pat: Option<String>,
    n: i64,
    expand: bool,
    regex: Option<bool>,
    right: bool,
) -> Result<Value> {
    if pat.as_deref() == Some("") {
        bail!("empty separator"; hint: "without a separator it is split at blanks");
    }
    let is_pattern = !right && regex.unwrap_or(pat.as_ref().is_some_and(|pat| pat.chars().count() > 1));
    let side = if right { "right" } else { "left" };
    let kind = if is_pattern { "pattern" } else { "plain" };
    let parameters =
        vec![pat.map(|pat| format!("={pat}")).unwrap_or_default(), n.to_string(), side.into(), kind.into()];
    let view = &this.view;
    if !expand {
        return this.each(
            context,
            to_list("split", parameters, |column, parameters| {
                let list = |row| text(column, row).map(|text| parts(text, parameters)).transpose();
                Ok(cell::lists((0..column.len()).map(list).collect::<Result<Vec<_>>>()?))
            }),
        );
    }
    let width = match (view.eager, usize::try_from(n).ok().filter(|&n| n > 0)) {
        (true, _) => {
            let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
            let column = batch.column(view.index.len());
            let mut width = 0;
            for row in 0..column.len() {
                if let Some(text) = text(column, row) {
                    width = width.max(parts(text, &parameters)?.len());
                }
            }
            width
        }
        (false, Some(n)) => n + 1,
        (false, None) => bail!(
            NotImplementedError: "To use the expand parameter you must specify the number of expected splits with the `n=` parameter";
            hint: "`str.split(\",\", n=2, expand=True)` gives three columns"
        ),
    };
    let column = |at: usize| {
        let mut parameters = parameters.clone();
        parameters.push(at.to_string());
        let part = to_text("split", parameters, |column, parameters| {
            let at: usize = parameters[4].parse().unwrap_or(0);
            let part = |row| {
                let parts = text(column, row).map(|text| parts(text, parameters)).transpose()?;
                Ok(parts.and_then(|parts| parts.into_iter().nth(at)))
            };
            Ok(Arc::new((0..column.len()).map(part).collect::<Result<StringViewArray>>()?))
        });
        Named { label: Some(Label::Number(at as i64)), expr: part.call(view.expr().clone()) }
    };
    let columns = (0..width).map(column).collect();
    Frame::answer(context, view.with_columns(columns, Shape::Frame, "split"))
}

/// One of the parts before, between and after a separator.
fn partition(context: &Context, this: &Accessor, separator: String, right: bool) -> Result<Value> {
    let column = |at: usize| {
        let parameters = vec![separator.clone(), right.to_string(), at.to_string()];
        let part = to_text("partition", parameters, |column, parameters| {
            let (separator, right, at) = (&parameters[0], parameters[1] == "true", parameters[2].as_str());
            Ok(texts(column, |text| {
                let cut =
                    if right { text.rsplit_once(separator.as_str()) } else { text.split_once(separator.as_str()) };
                Some(match (cut, at, right) {
                    (Some((before, _)), "0", _) => before.to_string(),
                    (Some(_), "1", _) => separator.clone(),
                    (Some((_, after)), _, _) => after.to_string(),
                    (None, "0", false) | (None, "2", true) => text.to_string(),
                    (None, _, _) => String::new(),
                })
            }))
        });
        Named { label: Some(Label::Number(at as i64)), expr: part.call(this.view.expr().clone()) }
    };
    Frame::answer(context, this.view.with_columns((0..3).map(column).collect(), Shape::Frame, "partition"))
}

/// An element of each list.
pub fn element(context: &Context, this: &Accessor, at: &str) -> Result<Value> {
    let DataType::List(field) = this.view.type_of(this.view.expr())? else {
        bail!(TypeError: "expected lists");
    };
    let gives = field.data_type().clone();
    let apply: ElementFunction = |column, parameters| {
        let wanted: i64 = parameters[0].parse().unwrap_or(0);
        let lists = column.as_list::<i32>();
        let offsets = lists.value_offsets();
        let place = |row: usize| {
            let (start, end) = (i64::from(offsets[row]), i64::from(offsets[row + 1]));
            let at = if wanted < 0 { end + wanted } else { start + wanted };
            (!lists.is_null(row) && at >= start && at < end).then_some(at as u64)
        };
        let places: arrow::array::UInt64Array = (0..lists.len()).map(place).collect();
        arrow::compute::take(lists.values(), &places, None).map_err(crate::batches::arrow_error)
    };
    this.each(context, Elementwise { name: "get".into(), gives, apply, parameters: vec![at.to_string()] })
}

/// A text of so many letters in each row would not fit into any memory.
fn check_width(name: &str, width: i64) -> Result<()> {
    const MOST: i64 = 1 << 30;
    if width > MOST {
        bail!(MemoryError: "`{name}` to {width} letters in each row"; hint: "{MOST} letters is the most that a text has here");
    }
    Ok(())
}

fn padded(context: &Context, this: &Accessor, width: i64, side: &str, fill: String) -> Result<Value> {
    if fill.chars().count() != 1 {
        bail!(TypeError: "fillchar must be a character, not str"; hint: "one letter, such as \"0\"");
    }
    if !matches!(side, "left" | "right" | "both") {
        bail!("Invalid side"; hint: "\"left\", \"right\" or \"both\"");
    }
    check_width("pad", width)?;
    let parameters = vec![width.to_string(), side.to_string(), fill];
    this.each(
        context,
        to_text("pad", parameters, |column, parameters| {
            let (width, side, fill) = (parameters[0].parse().unwrap_or(0usize), parameters[1].as_str(), &parameters[2]);
            Ok(texts(column, |text| {
                let missing = width.saturating_sub(text.chars().count());
                let (before, after) = match side {
                    "left" => (missing, 0),
                    "right" => (0, missing),
                    // As Python centers: what is left over goes before the text if the width is odd.
                    _ => {
                        let before = missing / 2 + (missing & width & 1);
                        (before, missing - before)
                    }
                };
                Some(format!("{}{text}{}", fill.repeat(before), fill.repeat(after)))
            }))
        }),
    )
}

fn title(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        if inside {
            made.extend(letter.to_lowercase());
        } else {
            made.extend(letter.to_uppercase());
        }
        inside = letter.is_alphabetic();
    }
    made
}

fn swapped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_uppercase() {
            made.extend(letter.to_lowercase());
        } else {
            made.push(capital(letter));
        }
    }
    made
}

fn zeros(text: &str, width: usize) -> String {
    let missing = "0".repeat(width.saturating_sub(text.chars().count()));
    match text.strip_prefix(['-', '+']) {
        Some(rest) => format!("{}{missing}{rest}", &text[..1]),
        None => format!("{missing}{text}"),
    }
}

/// Where a part stands, in letters; -1: nowhere.
fn place(text: &str, part: &str, right: bool) -> i64 {
    let found = if right { text.rfind(part) } else { text.find(part) };
    found.map_or(-1, |at| text[..at].chars().count() as i64)
}

fn every(context: &Context, this: &Accessor, name: &str, apply: ElementFunction) -> Result<Value> {
    this.each(context, to_flag(name, vec![], apply))
}

/// All letters are so, and there are some.
fn all(text: &str, is: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is)
}

/// There are letters of a case, and none of the other.
fn cased(text: &str, is: impl Fn(char) -> bool, is_not: impl Fn(char) -> bool) -> bool {
    text.chars().any(is) && !text.chars().any(is_not)
}

/// `series.str.cat(other)`: texts beside each other joined, or all of them.
fn cat(
    context: &Context,
    this: &Accessor,
    others: Option<Value>,
    sep: Option<String>,
    na_rep: Option<String>,
) -> Result<Value> {
    let sep = sep.unwrap_or_default();
    let mut view = this.view.clone();
    if let Some(rep) = &na_rep {
        let filled = datafusion::functions::core::expr_fn::coalesce(vec![view.expr().clone(), lit(rep)]);
        view = view.series(view.label().clone(), filled, "cat");
    }
    let Some(others) = others else {
        if !view.eager {
            let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
            return super::single::single_of(context, &view, builtin, "cat", vec![Value::str(&sep)]);
        }
        let values = items::values(context, &view)?;
        let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        return Ok(Value::str(texts.join(&sep)));
    };
    let list = match &others {
        Value::List(list) if list.snapshot().iter().all(|item| item.get::<Frame>().is_some()) => list.snapshot(),
        other => vec![other.clone()],
    };
    for other in list {
        let joined = operators::combine(context, &view, &other, "cat", |left, right, view| {
            if !cell::is_text(&view.type_of(&right)?) {
                bail!(TypeError: "Concatenation requires list-likes containing only strings (or missing values)."; hint: "`.astype(str)` makes texts");
            }
            let right = match &na_rep {
                Some(rep) => datafusion::functions::core::expr_fn::coalesce(vec![right, lit(rep)]),
                None => right,
            };
            Ok(concat(concat(left, lit(&sep)), right))
        })?;
        match joined {
            Some(joined) => view = joined.series(this.view.label().clone(), joined.expr().clone(), "cat"),
            None => bail!(TypeError: "expected a series or a list of texts, got {}", what(&other)),
        }
    }
    Frame::answer(context, view)
}

mod hidden {
    use super::*;
    use crate::plan::View;

    builtins! {
        /// All texts joined, as a series of one.
        fn together[context](/** The texts. */ this: View, /** What stands between them. */ sep: String) -> Result<Value> {
            let values = items::values(context, &this)?;
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            let column: ArrayRef = Arc::new(StringViewArray::from(vec![texts.join(&sep)]));
            Ok(Frame::eager(super::super::create::series_of(None, column, None)?))
        }
    }
}

fn lit(text: &str) -> Expr {
    datafusion::logical_expr::lit(datafusion::common::ScalarValue::Utf8View(Some(text.to_string())))
}

fn concat(left: Expr, right: Expr) -> Expr {
    datafusion::logical_expr::binary_expr(left, Operator::StringConcat, right)
}

fn joined(context: &Context, this: &Accessor, sep: String) -> Result<Value> {
    this.each(
        context,
        to_text("join", vec![sep], |column, sep| {
            let one = |row: usize| match cell::list(column, row) {
                Some(items) => {
                    let texts: Option<Vec<&str>> = (0..items.len()).map(|at| text(&items, at)).collect();
                    texts.map(|texts| texts.join(&sep[0]))
                }
                None => text(column, row).map(|text| {
                    let letters: Vec<String> = text.chars().map(String::from).collect();
                    letters.join(&sep[0])
                }),
            };
            Ok(Arc::new((0..column.len()).map(one).collect::<StringViewArray>()))
        }),
    )
}

/// From, to and step of a slice, as an index of the accessor.
fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Value {
    let bound = |bound: Option<i64>| bound.map_or(Value::None, Value::Int);
    Value::Slice(Arc::new(rdk_runtime::Slice { start: bound(start), stop: bound(stop), step: bound(step) }))
}

builtins! {
    /// Cut at a separator into lists, or into columns.
    ///
    /// ```rdk
    /// pd.Series(["a b", "c"]).str.split().tolist()
    /// #> [['a', 'b'], ['c']]
    /// ```
    fn split[context](/** The texts. */ this: Accessor, /** Where to cut; at blanks if it is left out. */ pat: Option<String>, /** At most so many cuts; -1: all. */ n: i64 = -1, /** Columns instead of lists? */ expand: bool = false, /** Is it a pattern? If it is left out: if it is longer than one letter. */ regex: Option<bool>) -> Result<Value> { split_texts(context, &this, pat, n, expand, regex, false) }

    /// Cut at a separator, from the right.
    fn rsplit[context](/** The texts. */ this: Accessor, /** Where to cut; at blanks if it is left out. */ pat: Option<String>, /** At most so many cuts; -1: all. */ n: i64 = -1, /** Columns instead of lists? */ expand: bool = false) -> Result<Value> { split_texts(context, &this, pat, n, expand, Some(false), true) }

    /// Three columns: before a separator, the separator, after it.
    fn partition[context](/** The texts. */ this: Accessor, /** Where to cut. */ sep: String = " ") -> Result<Value> { partition(context, &this, sep, false) }

    /// Three columns: before the last separator, the separator, after it.
    fn rpartition[context](/** The texts. */ this: Accessor, /** Where to cut. */ sep: String = " ") -> Result<Value> { partition(context, &this, sep, true) }

    /// A part of each text, by position.
    fn slice[context](/** The texts. */ this: Accessor, /** From this letter. */ start: Option<i64>, /** Up to, not including, this one. */ stop: Option<i64>, /** Every how many. */ step: Option<i64>) -> Result<Value> { super::strings::item(context, &this, &slice(start, stop, step)) }

    /// A letter of each text, or an element of each list.
    fn get[context](/** The texts. */ this: Accessor, /** Which one. */ i: i64) -> Result<Value> { super::strings::item(context, &this, &Value::Int(i)) }

    /// The elements of each list joined.
    fn join[context](/** The lists. */ this: Accessor, /** What stands between them. */ sep: String) -> Result<Value> { joined(context, &this, sep) }

    /// Joined with other texts beside them; without any, all texts as one.
    ///
    /// ```rdk
    /// pd.Series(["a", "b"]).str.cat(sep="-")
    /// #> 'a-b'
    /// ```
    fn cat[context](/** The texts. */ this: Accessor, /** A series or list of texts. */ others: Option<Value>, /** What stands between them. */ sep: Option<String>, /** What stands for what is missing. */ na_rep: Option<String>) -> Result<Value> { cat(context, &this, others, sep, na_rep) }

    /// Filled up to a width.
    fn pad[context](/** The texts. */ this: Accessor, /** How many letters at least. */ width: i64, /** Where to fill up: "left", "right" or "both". */ side: String = "left", /** With which letter. */ fillchar: String = " ") -> Result<Value> { padded(context, &this, width, &side, fillchar) }

    /// At the left, filled up to a width.
    fn ljust[context](/** The texts. */ this: Accessor, /** How many letters at least. */ width: i64, /** With which letter. */ fillchar: String = " ") -> Result<Value> { padded(context, &this, width, "right", fillchar) }

    /// At the right, filled up to a width.
    fn rjust[context](/** The texts. */ this: Accessor, /** How many letters at least. */ width: i64, /** With which letter. */ fillchar: String = " ") -> Result<Value> { padded(context, &this, width, "left", fillchar) }

    /// In the middle, filled up to a width.
    fn center[context](/** The texts. */ this: Accessor, /** How many letters at least. */ width: i64, /** With which letter. */ fillchar: String = " ") -> Result<Value> { padded(context, &this, width, "both", fillchar) }

    /// Filled up with zeros after the sign.
    fn zfill[context](/** The texts. */ this: Accessor, /** How many letters at least. */ width: usize) -> Result<Value> { check_width("zfill", width as i64)?; this.each(context, to_text("zfill", vec![width.to_string()], |column, width| Ok(texts(column, |text| Some(zeros(text, width[0].parse().unwrap_or(0))))))) }

    /// Several times.
    fn repeat[context](/** The texts. */ this: Accessor, /** How often. */ repeats: usize) -> Result<Value> { check_width("repeat", repeats as i64)?; this.each(context, to_text("repeat", vec![repeats.to_string()], |column, repeats| Ok(texts(column, |text| Some(text.repeat(repeats[0].parse().unwrap_or(0))))))) }

    /// Every word with a capital first.
    fn title[context](/** The texts. */ this: Accessor) -> Result<Value> { this.each(context, to_text("title", vec![], |column, _| Ok(texts(column, |text| Some(title(text)))))) }

    /// Capitals small, and small letters as capitals.
    fn swapcase[context](/** The texts. */ this: Accessor) -> Result<Value> { this.each(context, to_text("swapcase", vec![], |column, _| Ok(texts(column, |text| Some(swapped(text)))))) }

    /// In small letters, to be compared.
    fn casefold[context](/** The texts. */ this: Accessor) -> Result<Value> { this.each(context, to_text("casefold", vec![], |column, _| Ok(texts(column, |text| Some(text.to_lowercase().replace('ß', "ss")))))) }

    /// Where a part first stands; -1: nowhere.
    fn find[context](/** The texts. */ this: Accessor, /** What is looked for. */ sub: String) -> Result<Value> { this.each(context, to_number("find", vec![sub], |column, part| Ok(numbers(column, |text| place(text, &part[0], false))))) }

    /// Where a part last stands; -1: nowhere.
    fn rfind[context](/** The texts. */ this: Accessor, /** What is looked for. */ sub: String) -> Result<Value> { this.each(context, to_number("rfind", vec![sub], |column, part| Ok(numbers(column, |text| place(text, &part[0], true))))) }

    /// Without this at the beginning.
    fn removeprefix[context](/** The texts. */ this: Accessor, /** What is taken away. */ prefix: String) -> Result<Value> { this.each(context, to_text("removeprefix", vec![prefix], |column, part| Ok(texts(column, |text| Some(text.strip_prefix(part[0].as_str()).unwrap_or(text).to_string()))))) }

    /// Without this at the end.
    fn removesuffix[context](/** The texts. */ this: Accessor, /** What is taken away. */ suffix: String) -> Result<Value> { this.each(context, to_text("removesuffix", vec![suffix], |column, part| Ok(texts(column, |text| Some(text.strip_suffix(part[0].as_str()).unwrap_or(text).to_string()))))) }

    /// Are all letters digits?
    fn isdigit[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isdigit", |column, _| Ok(flags(column, |text| all(text, |letter| letter.is_ascii_digit() || letter.is_numeric() && !letter.is_alphabetic())))) }

    /// Are all letters decimal digits?
    fn isdecimal[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isdecimal", |column, _| Ok(flags(column, |text| all(text, |letter| letter.is_ascii_digit())))) }

    /// Are all letters numerals?
    fn isnumeric[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isnumeric", |column, _| Ok(flags(column, |text| all(text, char::is_numeric)))) }

    /// Are all of them letters?
    fn isalpha[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isalpha", |column, _| Ok(flags(column, |text| all(text, char::is_alphabetic)))) }

    /// Are all of them letters or numerals?
    fn isalnum[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isalnum", |column, _| Ok(flags(column, |text| all(text, char::is_alphanumeric)))) }

    /// Are all of them blanks?
    fn isspace[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isspace", |column, _| Ok(flags(column, |text| all(text, char::is_whitespace)))) }

    /// Are all letters small?
    fn islower[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "islower", |column, _| Ok(flags(column, |text| cased(text, char::is_lowercase, char::is_uppercase)))) }

    /// Are all letters capitals?
    fn isupper[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "isupper", |column, _| Ok(flags(column, |text| cased(text, char::is_uppercase, char::is_lowercase)))) }

    /// Has every word a capital first, and small letters after it?
    fn istitle[context](/** The texts. */ this: Accessor) -> Result<Value> { every(context, &this, "istitle", |column, _| Ok(flags(column, |text| text.chars().any(char::is_alphabetic) && title(text) == text))) }
}
