//! `series.str.…` that is asked for seldom: texts broken into lines, parts replaced by position, texts as bytes, flags of parts.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array};
use arrow::datatypes::DataType;
use rdk_runtime::{Context, Result, Value, bail, builtins};
use unicode_normalization::UnicodeNormalization;

use super::accessor::Accessor;
use super::strings::{texts, to_text};
use crate::cell::text;
use crate::frame::Frame;
use crate::functions::Elementwise;
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::objects;
use crate::plan::Shape;

/// Words and the blanks between them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for letter in text.chars() {
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        match pieces.last_mut() {
            Some(last) if last.starts_with(' ') == (letter == ' ') => last.push(letter),
            _ => pieces.push(letter.to_string()),
        }
    }
    pieces
}

/// A text in lines of so many letters: broken at blanks, and within words that are longer.
fn wrapped(text: &str, width: usize) -> String {
    let mut rest = pieces(text).into_iter().rev().collect::<Vec<_>>();
    let mut lines: Vec<String> = Vec::new();
    let length = |text: &str| text.chars().count();
    while let Some(piece) = rest.pop() {
        // Blanks at the beginning of a line go, but not those of the text.
        if piece.starts_with(' ') && !lines.is_empty() {
            continue;
        }
        let mut line = String::new();
        rest.push(piece);
        while let Some(piece) = rest.pop() {
            let room = width - length(&line);
            if length(&piece) <= room {
                line.push_str(&piece);
            } else if length(&piece) > width && room > 0 {
                line.extend(piece.chars().take(room));
                rest.push(piece.chars().skip(room).collect());
                break;
            } else {
                rest.push(piece);
                break;
            }
        }
        let kept = line.trim_end();
        if !kept.is_empty() {
            lines.push(kept.to_string());
        }
    }
    lines.join("\n")
}

fn replaced(text: &str, parameters: &[String]) -> String {
    let letters: Vec<char> = text.chars().collect();
    let n = letters.len() as i64;
    let bound = |at: usize, default: i64| match parameters[at].parse::<i64>() {
        Ok(place) if place < 0 => (place + n).max(0),
        Ok(place) => place.min(n),
        Err(_) => default,
    };
    let start = bound(0, 0);
    let stop = bound(1, n).max(start);
    let before: String = letters[..start as usize].iter().collect();
    let after: String = letters[stop as usize..].iter().collect();
    format!("{before}{}{after}", parameters[2])
}

fn normal(text: &str, form: &str) -> String {
    match form {
        "NFC" => text.nfc().collect(),
        "NFD" => text.nfd().collect(),
        "NFKC" => text.nfkc().collect(),
        _ => text.nfkd().collect(),
    }
}

fn flags_of_parts(context: &Context, this: &Accessor, separator: &str) -> Result<Value> {
    if !this.view.eager {
        bail!(NotImplementedError: "`str.get_dummies` of a lazy series: its columns are not known before all values are"; hint: "`.compute()` gives them");
    }
    let batch = lower::in_memory(&lower::compute_now(context, &this.view)?)?;
    let n_index = this.view.index.len();
    let column = batch.column(n_index);
    let parts = |row: usize| text(column, row).map_or(Vec::new(), |text| text.split(separator).collect::<Vec<_>>());
    let mut labels: Vec<String> = (0..column.len()).flat_map(parts).map(str::to_string).collect();
    labels.sort();
    labels.dedup();
    let mut arrays: Vec<ArrayRef> = batch.columns()[..n_index].to_vec();
    for label in &labels {
        let flag = |row: usize| Some(i64::from(parts(row).contains(&label.as_str())));
        arrays.push(Arc::new((0..column.len()).map(flag).collect::<Int64Array>()));
    }
    let columns = labels.into_iter().map(|label| Some(Label::Text(label))).collect();
    let gather = Gather { columns, shape: Shape::Frame, ..Gather::of(&this.view) };
    Ok(Frame::eager(gather.of_batch(&super::groups::beside(arrays, batch.num_rows())?)?))
}

builtins! {
    /// In lines of so many letters.
    ///
    /// ```rdk
    /// pd.Series(["a long text"]).str.wrap(6).tolist()
    /// #> ['a long\ntext']
    /// ```
    fn wrap[context](/** The texts. */ this: Accessor, /** How many letters fit on a line. */ width: usize) -> Result<Value> {
        if width == 0 {
            bail!("invalid width 0 (must be > 0)");
        }
        this.each(context, to_text("wrap", vec![width.to_string()], |column, parameters| {
            let width = parameters[0].parse().unwrap_or(1);
            Ok(texts(column, |text| Some(wrapped(text, width))))
        }))
    }

    /// With another text in place of a part.
    fn slice_replace[context](/** The texts. */ this: Accessor, /** Where the part begins. */ start: Option<i64>, /** Where it ends. */ stop: Option<i64>, /** What stands there instead. */ repl: String = "") -> Result<Value> {
        let bound = |bound: Option<i64>| bound.map_or(String::new(), |bound| bound.to_string());
        this.each(context, to_text("slice_replace", vec![bound(start), bound(stop), repl], |column, parameters| Ok(texts(column, |text| Some(replaced(text, parameters))))))
    }

    /// As bytes.
    fn encode[context](/** The texts. */ this: Accessor, /** How letters are written; only UTF-8 is supported. */ encoding: String = "utf-8", /** Has no effect. */ errors: Option<String>) -> Result<Value> {
        let _ = errors;
        if !matches!(encoding.to_lowercase().replace(['-', '_'], "").as_str(), "utf8") {
            bail!(NotImplementedError: "texts are written as UTF-8, got {encoding:?}");
        }
        this.each(context, Elementwise { name: "encode".into(), gives: objects::TYPE, parameters: vec![], apply: |column, _| {
            Ok(objects::of_bytes((0..column.len()).map(|row| text(column, row).map(str::as_bytes))))
        } })
    }

    /// In a normal form of Unicode: letters and their accents as one ("NFC", "NFKC") or apart ("NFD", "NFKD").
    ///
    /// ```rdk
    /// pd.Series(["e\u0301"]).str.normalize("NFC").str.len().tolist()
    /// #> [1]
    /// ```
    fn normalize[context](/** The texts. */ this: Accessor, /** The form. */ form: String) -> Result<Value> {
        if !["NFC", "NFD", "NFKC", "NFKD"].contains(&form.as_str()) {
            bail!("invalid normalization form"; hint: "\"NFC\", \"NFD\", \"NFKC\" or \"NFKD\"");
        }
        this.each(context, to_text("normalize", vec![form], |column, parameters| Ok(texts(column, |text| Some(normal(text, &parameters[0]))))))
    }

    /// Columns of 1 and 0: which parts each text has.
    fn get_dummies[context](/** The texts. */ this: Accessor, /** What stands between the parts. */ sep: String = "|") -> Result<Value> { flags_of_parts(context, &this, &sep) }

    /// Are there letters, and do all of them stand in ASCII?
    fn isascii[context](/** The texts. */ this: Accessor) -> Result<Value> {
        this.each(context, Elementwise { name: "isascii".into(), gives: DataType::Boolean, parameters: vec![], apply: |column, _| {
            Ok(Arc::new((0..column.len()).map(|row| Some(text(column, row).is_some_and(str::is_ascii))).collect::<BooleanArray>()))
        } })
    }
}
