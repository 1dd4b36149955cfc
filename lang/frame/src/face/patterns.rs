//! `series.str.…` with patterns: `contains`, `match`, `replace`, `extract`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use rdk_runtime::modules::re::{Anchor, IGNORECASE, Matches, Pattern, Template, compiled};
use rdk_runtime::{Context, Name, Result, Value, bail, builtins};

use super::accessor::Accessor;
use super::strings::{texts, to_flag, to_text};
use crate::cell::{self, text};
use crate::frame::{Frame, what};
use crate::functions::{ElementFunction, Elementwise};
use crate::label::Label;
use crate::plan::{Named, Shape};

/// The parts of a text between matches of a pattern.
pub fn split(text: &str, pattern: &str, limit: i64) -> Result<Vec<String>> {
    let pattern = compiled(pattern, 0)?;
    let mut matches = Matches::new(pattern, Name::from(text), 0);
    let mut parts = Vec::new();
    let mut from = 0;
    while limit <= 0 || (parts.len() as i64) < limit {
        let Some((start, end)) = matches.step()?.and_then(|spans| spans[0]) else { break };
        parts.push(text[from..start].to_string());
        from = end;
    }
    parts.push(text[from..].to_string());
    Ok(parts)
}

/// Which texts have a part that fits a pattern.
pub fn matches(texts: &[String], pattern: &str) -> Result<Vec<bool>> {
    let pattern = compiled(pattern, 0)?;
    let one = |text: &String| {
        Ok(Matches::new(pattern.clone(), Name::from(text.as_str()), 0).step()?.and_then(|spans| spans[0]).is_some())
    };
    texts.iter().map(one).collect()
}

/// A pattern, and how letters of either case match, as parameters of a function.
fn parameters(pattern: &str, case: Option<bool>, flags: i64) -> Result<Vec<String>> {
    let flags = if case == Some(false) { flags | IGNORECASE } else { flags };
    // What is wrong with it is said now, and not when it is computed.
    compiled(pattern, flags)?;
    Ok(vec![pattern.to_string(), flags.to_string()])
}

fn pattern_of(parameters: &[String]) -> Result<Arc<Pattern>> {
    compiled(&parameters[0], parameters[1].parse().unwrap_or(0))
}

/// A text as a pattern that matches it alone.
fn escaped(text: &str) -> String {
    let mut made = String::new();
    for letter in text.chars() {
        if !letter.is_alphanumeric() && letter.is_ascii() && letter != '_' {
            made.push('\\');
        }
        made.push(letter);
    }
    made
}

/// `na=`: what is answered for what is missing.
fn missing(na: Option<Value>) -> Result<String> {
    Ok(match na {
        None | Some(Value::Bool(false)) => "false".into(),
        Some(Value::Bool(true)) => "true".into(),
        Some(Value::Float(number)) if number.is_nan() => "false".into(),
        Some(other) => bail!(TypeError: "`na` is True or False, got {}", what(&other)),
    })
}

fn matching(
    context: &Context,
    this: &Accessor,
    mut parameters: Vec<String>,
    anchor: Anchor,
    na: Option<Value>,
) -> Result<Value> {
    parameters.push(missing(na)?);
    let (name, apply): (_, ElementFunction) = match anchor {
        Anchor::Free => ("contains", |column, parameters| found(column, parameters, Anchor::Free)),
        Anchor::Start => ("match", |column, parameters| found(column, parameters, Anchor::Start)),
        Anchor::Whole => ("fullmatch", |column, parameters| found(column, parameters, Anchor::Whole)),
    };
    this.each(context, to_flag(name, parameters, apply))
}

fn found(column: &ArrayRef, parameters: &[String], anchor: Anchor) -> Result<ArrayRef> {
    let pattern = pattern_of(parameters)?;
    let missing = parameters[2] == "true";
    let one = |row| match text(column, row) {
        Some(text) => Ok(pattern.find(anchor, text, 0)?.is_some()),
        None => Ok(missing),
    };
    let flags = (0..column.len()).map(one).collect::<Result<Vec<bool>>>()?;
    Ok(Arc::new(arrow::array::BooleanArray::from(flags)))
}

/// How `replace` looks for what it replaces.
#[derive(Clone, Copy)]
struct Search {
    most: i64,
    case: Option<bool>,
    flags: i64,
    regex: bool,
}

fn replace(context: &Context, this: &Accessor, pat: &Value, repl: Option<Value>, search: Search) -> Result<Value> {
    let Search { most: n, case, flags, regex } = search;
    if let Value::Dict(dict) = pat {
        let pairs: Vec<(Value, Value)> =
            dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
        let mut accessor = this.clone();
        for (old, new) in pairs {
            let done = replace(context, &accessor, &old, Some(new), search)?;
            if let Some(frame) = done.get::<Frame>() {
                accessor = Accessor { view: frame.view(), ..accessor };
            }
        }
        return Ok(super::items::as_value(accessor.view));
    }
    let Some(pattern) = pat.as_str() else { bail!(TypeError: "expected a text to be replaced, got {}", what(pat)) };
    let repl = repl.unwrap_or_default();
    let Some(new) = repl.as_str() else {
        bail!(TypeError: "repl must be a string or callable"; hint: "a text; `series.map(f)` calls a function with each value");
    };
    if !regex && case != Some(false) && n < 0 {
        let pair = vec![pattern.to_string(), new.to_string()];
        return this.each(
            context,
            to_text("replace", pair, |column, pair| {
                Ok(texts(column, |text| Some(text.replace(pair[0].as_str(), &pair[1]))))
            }),
        );
    }
    let mut parameters = match regex {
        true => parameters(pattern, case, flags)?,
        false => parameters(&escaped(pattern), case, flags)?,
    };
    let new = if regex { new.to_string() } else { new.replace('\\', "\\\\") };
    Template::read(&new, &*pattern_of(&parameters)?)?;
    parameters.extend([new, n.to_string()]);
    this.each(
        context,
        to_text("replace", parameters, |column, parameters| {
            let pattern = pattern_of(parameters)?;
            let template = Template::read(&parameters[2], &pattern)?;
            let n: i64 = parameters[3].parse().unwrap_or(-1);
            let one = |row| -> Result<Option<String>> {
                let Some(text) = text(column, row) else { return Ok(None) };
                let mut matches = Matches::new(pattern.clone(), Name::from(text), 0);
                let (mut made, mut from, mut count) = (String::new(), 0, 0);
                while n < 0 || count < n {
                    let Some(spans) = matches.step()? else { break };
                    let Some((start, end)) = spans[0] else { break };
                    made.push_str(&text[from..start]);
                    made.push_str(&template.fill(text, &spans));
                    from = end;
                    count += 1;
                }
                made.push_str(&text[from..]);
                Ok(Some(made))
            };
            Ok(Arc::new((0..column.len()).map(one).collect::<Result<StringViewArray>>()?))
        }),
    )
}

fn extract(context: &Context, this: &Accessor, pat: &str, flags: i64, expand: bool) -> Result<Value> {
    let parameters = parameters(pat, None, flags)?;
    let pattern = pattern_of(&parameters)?;
    let n = pattern.n_groups();
    if n == 0 {
        bail!("pattern contains no capture groups"; hint: "parentheses around what is wanted: `str.extract(r\"(\\d+)\")`");
    }
    let group = |group: usize| {
        let mut parameters = parameters.clone();
        parameters.push(group.to_string());
        to_text("extract", parameters, |column, parameters| {
            let pattern = pattern_of(parameters)?;
            let group: usize = parameters[2].parse().unwrap_or(1);
            let one = |row| -> Result<Option<String>> {
                let Some(text) = text(column, row) else { return Ok(None) };
                let spans = pattern.find(Anchor::Free, text, 0)?;
                Ok(spans
                    .and_then(|spans| spans.get(group).copied().flatten())
                    .map(|(start, end)| text[start..end].to_string()))
            };
            Ok(Arc::new((0..column.len()).map(one).collect::<Result<StringViewArray>>()?))
        })
        .call(this.view.expr().clone())
    };
    let name = |at: usize| pattern.names.iter().find(|(_, group)| *group == at).map(|(name, _)| Label::text(&**name));
    if n == 1 && !expand {
        let label = name(1).or_else(|| this.view.label().clone());
        return Frame::answer(context, this.view.series(label, group(1), "extract"));
    }
    let column = |at: usize| Named { label: Some(name(at).unwrap_or(Label::Number(at as i64 - 1))), expr: group(at) };
    Frame::answer(context, this.view.with_columns((1..=n).map(column).collect(), Shape::Frame, "extract"))
}

builtins! {
    /// Does a pattern match somewhere in it?
    ///
    /// ```rdk
    /// pd.Series(["cat", "dog"]).str.contains("^c|x").tolist()
    /// #> [True, False]
    /// ```
    fn contains[context](/** The texts. */ this: Accessor, /** What is looked for. */ pat: String, /** Do capitals matter? */ case: bool = true, /** Flags of the module `re`. */ flags: i64 = 0, /** What is answered for what is missing. */ na: Option<Value>, /** Is it a pattern? */ regex: bool = true) -> Result<Value> {
        let pattern = if regex { pat } else { escaped(&pat) };
        matching(context, &this, parameters(&pattern, Some(case), flags)?, Anchor::Free, na)
    }

    /// Does a pattern match at the beginning?
    fn r#match[context](/** The texts. */ this: Accessor, /** The pattern. */ pat: String, /** Do capitals matter? */ case: bool = true, /** Flags of the module `re`. */ flags: i64 = 0, /** What is answered for what is missing. */ na: Option<Value>) -> Result<Value> { matching(context, &this, parameters(&pat, Some(case), flags)?, Anchor::Start, na) }

    /// Does a pattern match all of it?
    fn fullmatch[context](/** The texts. */ this: Accessor, /** The pattern. */ pat: String, /** Do capitals matter? */ case: bool = true, /** Flags of the module `re`. */ flags: i64 = 0, /** What is answered for what is missing. */ na: Option<Value>) -> Result<Value> { matching(context, &this, parameters(&pat, Some(case), flags)?, Anchor::Whole, na) }

    /// How often a pattern matches.
    fn count[context](/** The texts. */ this: Accessor, /** The pattern. */ pat: String, /** Flags of the module `re`. */ flags: i64 = 0) -> Result<Value> {
        this.each(context, Elementwise { name: "count".into(), gives: DataType::Int64, parameters: parameters(&pat, None, flags)?, apply: |column, parameters| {
            let pattern = pattern_of(parameters)?;
            let one = |row| -> Result<Option<i64>> {
                let Some(text) = text(column, row) else { return Ok(None) };
                let mut matches = Matches::new(pattern.clone(), Name::from(text), 0);
                let mut n = 0;
                while matches.step()?.is_some() {
                    n += 1;
                }
                Ok(Some(n))
            };
            Ok(Arc::new((0..column.len()).map(one).collect::<Result<Int64Array>>()?))
        } })
    }

    /// The parts that match a pattern, as lists.
    fn findall[context](/** The texts. */ this: Accessor, /** The pattern. */ pat: String, /** Flags of the module `re`. */ flags: i64 = 0) -> Result<Value> {
        this.each(context, Elementwise { name: "findall".into(), gives: cell::lists_type(), parameters: parameters(&pat, None, flags)?, apply: |column, parameters| {
            let pattern = pattern_of(parameters)?;
            let group = usize::from(pattern.n_groups() == 1);
            let one = |row| -> Result<Option<Vec<String>>> {
                let Some(text) = text(column, row) else { return Ok(None) };
                let mut matches = Matches::new(pattern.clone(), Name::from(text), 0);
                let mut all = Vec::new();
                while let Some(spans) = matches.step()? {
                    all.push(spans[group].map_or(String::new(), |(start, end)| text[start..end].to_string()));
                }
                Ok(Some(all))
            };
            Ok(cell::lists((0..column.len()).map(one).collect::<Result<Vec<_>>>()?))
        } })
    }

    /// With something else in place of this.
    fn replace[context](/** The texts. */ this: Accessor, /** What is replaced; or a dict from old to new. */ pat: Value, /** What by. */ repl: Option<Value>, /** At most so often; -1: everywhere. */ n: i64 = -1, /** Do capitals matter? */ case: Option<bool>, /** Flags of the module `re`. */ flags: i64 = 0, /** Is it a pattern? */ regex: bool = false) -> Result<Value> { replace(context, &this, &pat, repl, Search { most: n, case, flags, regex }) }

    /// What the groups of a pattern match, a column each.
    ///
    /// ```rdk
    /// pd.Series(["a1", "b2"]).str.extract(r"(\d)", expand=False).tolist()
    /// #> ['1', '2']
    /// ```
    fn extract[context](/** The texts. */ this: Accessor, /** The pattern; its groups are what is wanted. */ pat: String, /** Flags of the module `re`. */ flags: i64 = 0, /** A frame even for a single group? */ expand: bool = true) -> Result<Value> { extract(context, &this, &pat, flags, expand) }
}
