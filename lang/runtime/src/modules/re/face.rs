//! The functions of `re`, and the methods of compiled patterns: the same ones.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use super::matched::{Found, Match};
use super::pattern::{Anchor, Matches, Pattern, Spans, compiled};
use super::substitute::Template;
use super::{ASCII, DOTALL, IGNORECASE, MULTILINE, VERBOSE};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{Args, bail, builtins};

/// A compiled pattern as a value; as a parameter also its text.
#[derive(Clone)]
pub struct PatternValue(pub Arc<Pattern>);

/// A pattern or its text, not compiled yet.
pub struct PatternArg(Value);

builtins! {
    /// Makes a pattern that can be used again and again.
    ///
    /// ```rdk
    /// import re
    /// number = re.compile(r"\d+")
    /// number.findall("3 cores, 16 GB")
    /// #> ['3', '16']
    /// ```
    fn compile(
        /// The pattern.
        pattern: PatternArg,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Value> { pattern.with(flags).map(|pattern| Value::object(PatternValue(pattern))) }

    /// Does the text begin like this?
    ///
    /// ```rdk
    /// import re
    /// re.match(r"\d+", "12 chunks")
    /// #> <re.Match object; span=(0, 2), match='12'>
    /// ```
    fn r#match(
        /// The pattern.
        pattern: PatternArg,
        /// The text.
        string: Arc<str>,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Value> { find(&pattern.with(flags)?, Anchor::Start, &string, 0, None) }

    /// Is all of the text like this?
    ///
    /// ```rdk
    /// import re
    /// re.fullmatch(r"\d+", "12"), re.fullmatch(r"\d+", "12 chunks")
    /// #> (<re.Match object; span=(0, 2), match='12'>, None)
    /// ```
    fn fullmatch(
        /// The pattern.
        pattern: PatternArg,
        /// The text.
        string: Arc<str>,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Value> { find(&pattern.with(flags)?, Anchor::Whole, &string, 0, None) }

    /// The first place in the text that is like this.
    ///
    /// ```rdk
    /// import re
    /// re.search("c+", "dask accc").span()
    /// #> (6, 9)
    /// ```
    fn search(
        /// The pattern.
        pattern: PatternArg,
        /// The text.
        string: Arc<str>,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Value> { find(&pattern.with(flags)?, Anchor::Free, &string, 0, None) }

    /// All places that are like this: their texts, or those of the groups.
    ///
    /// ```rdk
    /// import re
    /// re.findall(r"(\w)=(\d)", "a=1, b=2")
    /// #> [('a', '1'), ('b', '2')]
    /// ```
    fn findall[context](
        /// The pattern.
        pattern: PatternArg,
        /// The text.
        string: Arc<str>,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Vec<Value>> { find_all(context, Matches::new(pattern.with(flags)?, string, 0)) }

    /// All places that are like this, one match after the other.
    ///
    /// ```rdk
    /// import re
    /// [m.start() for m in re.finditer("a", "banana")]
    /// #> [1, 3, 5]
    /// ```
    fn finditer(
        /// The pattern.
        pattern: PatternArg,
        /// The text.
        string: Arc<str>,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Value> { Ok(iterator(Matches::new(pattern.with(flags)?, string, 0))) }

    /// The text with something else in all places that are like this.
    ///
    /// ```rdk
    /// import re
    /// re.sub(r"(\d+)-(\d+)", r"\2-\1", "1-2, 30-40")
    /// #> '2-1, 40-30'
    /// ```
    fn sub[context](
        /// The pattern.
        pattern: PatternArg,
        /// A text with `\1` or `\g<name>` for groups, or a function that gets the match.
        repl: Value,
        /// The text.
        string: Arc<str>,
        /// In how many places at most; 0 is all.
        count: usize = 0usize,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<String> { Ok(substitute(context, pattern.with(flags)?, &repl, string, count)?.0) }

    /// As `sub`, with the number of places.
    ///
    /// ```rdk
    /// import re
    /// re.subn("a", "o", "banana", count=2)
    /// #> ('bonona', 2)
    /// ```
    fn subn[context](
        /// The pattern.
        pattern: PatternArg,
        /// A text with `\1` or `\g<name>` for groups, or a function that gets the match.
        repl: Value,
        /// The text.
        string: Arc<str>,
        /// In how many places at most; 0 is all.
        count: usize = 0usize,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<(String, usize)> { substitute(context, pattern.with(flags)?, &repl, string, count) }

    /// The parts of the text between the places that are like this.
    ///
    /// ```rdk
    /// import re
    /// re.split(r"[,;]\s*", "a, b;c")
    /// #> ['a', 'b', 'c']
    /// ```
    fn split[context](
        /// The pattern; the texts of its groups go between the parts.
        pattern: PatternArg,
        /// The text.
        string: Arc<str>,
        /// In how many places at most; 0 is all.
        maxsplit: usize = 0usize,
        /// `re.IGNORECASE | re.MULTILINE` and the like.
        flags: i64 = 0,
    ) -> Result<Vec<Value>> { split(context, pattern.with(flags)?, string, maxsplit) }

    /// A pattern for just this text.
    ///
    /// ```rdk
    /// import re
    /// re.escape("a.b*c")
    /// #> 'a\\.b\\*c'
    /// ```
    fn escape(
        /// The text.
        pattern: Arc<str>,
    ) -> String {
        let special = |c: char| matches!(c, '\t' | '\n' | '\x0b' | '\x0c' | '\r' | ' ') || "()[]{}?*+-|^$\\.&~#".contains(c);
        pattern.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
    }

    /// Forgets the patterns that were compiled before; there is no need to.
    fn purge() -> () {}
}

/// Methods of compiled patterns.
mod methods {
    use super::*;

    builtins! {
        /// Does the text begin like this?
        fn r#match(
            this: PatternValue,
            /// The text.
            string: Arc<str>,
            /// Where to begin.
            pos: i64 = 0,
            /// Where to end; the end of the text if not given.
            endpos: Option<i64>,
        ) -> Result<Value> { find(&this.0, Anchor::Start, &string, pos, endpos) }

        /// Is all of the text like this?
        fn fullmatch(
            this: PatternValue,
            /// The text.
            string: Arc<str>,
            /// Where to begin.
            pos: i64 = 0,
            /// Where to end; the end of the text if not given.
            endpos: Option<i64>,
        ) -> Result<Value> { find(&this.0, Anchor::Whole, &string, pos, endpos) }

        /// The first place in the text that is like this.
        fn search(
            this: PatternValue,
            /// The text.
            string: Arc<str>,
            /// Where to begin.
            pos: i64 = 0,
            /// Where to end; the end of the text if not given.
            endpos: Option<i64>,
        ) -> Result<Value> { find(&this.0, Anchor::Free, &string, pos, endpos) }

        /// All places that are like this: their texts, or those of the groups.
        fn findall[context](
            this: PatternValue,
            /// The text.
            string: Arc<str>,
            /// Where to begin.
            pos: i64 = 0,
            /// Where to end; the end of the text if not given.
            endpos: Option<i64>,
        ) -> Result<Vec<Value>> {
            let (text, from) = part(&string, pos, endpos);
            find_all(context, Matches::new(this.0, text, from))
        }

        /// All places that are like this, one match after the other.
        fn finditer(
            this: PatternValue,
            /// The text.
            string: Arc<str>,
            /// Where to begin.
            pos: i64 = 0,
            /// Where to end; the end of the text if not given.
            endpos: Option<i64>,
        ) -> Value {
            let (text, from) = part(&string, pos, endpos);
            iterator(Matches::new(this.0, text, from))
        }

        /// The text with something else in all places that are like this.
        fn sub[context](
            this: PatternValue,
            /// A text with `\1` or `\g<name>` for groups, or a function that gets the match.
            repl: Value,
            /// The text.
            string: Arc<str>,
            /// In how many places at most; 0 is all.
            count: usize = 0usize,
        ) -> Result<String> { Ok(substitute(context, this.0, &repl, string, count)?.0) }

        /// As `sub`, with the number of places.
        fn subn[context](
            this: PatternValue,
            /// A text with `\1` or `\g<name>` for groups, or a function that gets the match.
            repl: Value,
            /// The text.
            string: Arc<str>,
            /// In how many places at most; 0 is all.
            count: usize = 0usize,
        ) -> Result<(String, usize)> { substitute(context, this.0, &repl, string, count) }

        /// The parts of the text between the places that are like this.
        fn split[context](
            this: PatternValue,
            /// The text.
            string: Arc<str>,
            /// In how many places at most; 0 is all.
            maxsplit: usize = 0usize,
        ) -> Result<Vec<Value>> { split(context, this.0, string, maxsplit) }
    }
}

/// Attributes of compiled patterns.
mod properties {
    use super::*;

    builtins! {
        /// The pattern as it was written.
        fn pattern(this: PatternValue) -> Name { this.0.text.clone() }

        /// Its flags.
        fn flags(this: PatternValue) -> i64 { if this.0.flags & ASCII == 0 { this.0.flags | 32 } else { this.0.flags } }

        /// How many groups it has.
        fn groups(this: PatternValue) -> usize { this.0.n_groups() }

        /// The numbers of the groups with names.
        fn groupindex(this: PatternValue) -> Value { Value::dict(this.0.names.iter().map(|(name, group)| (name, Value::from(*group)))) }
    }
}

/// `re.Pattern`
pub static PATTERN: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Pattern", "re", "A compiled regular expression.").base(types().object.clone());
    Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

fn find(pattern: &Arc<Pattern>, anchor: Anchor, text: &Name, pos: i64, endpos: Option<i64>) -> Result<Value> {
    let (text, from) = part(text, pos, endpos);
    Ok(match pattern.find(anchor, &text, from)? {
        Some(spans) => found(pattern, &text, spans),
        None => Value::None,
    })
}

fn found(pattern: &Arc<Pattern>, text: &Name, spans: Spans) -> Value {
    Value::object(Match(Arc::new(Found { pattern: pattern.clone(), text: text.clone(), spans })))
}

/// The text up to a character, and the byte of another.
fn part(text: &Name, pos: i64, endpos: Option<i64>) -> (Name, usize) {
    let byte = |at: i64| {
        let at = usize::try_from(at).unwrap_or(0);
        text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte)
    };
    let end = endpos.map_or(text.len(), byte);
    let text = if end < text.len() { Name::from(&text[..end]) } else { text.clone() };
    let from = if pos <= 0 { 0 } else { byte(pos).min(end) };
    (text, from)
}

fn iterator(mut matches: Matches) -> Value {
    Value::iter("callable_iterator", move |_| {
        let spans = matches.step().transpose()?;
        Some(spans.map(|spans| found(&matches.pattern, &matches.text, spans)))
    })
}

/// Every match in turn, until the person wants it to stop.
fn each(context: &Context, matches: &mut Matches, mut take: impl FnMut(&Matches, Spans) -> Result<bool>) -> Result<()> {
    while let Some(spans) = matches.step()? {
        if !take(matches, spans)? {
            break;
        }
        context.check()?;
    }
    Ok(())
}

fn find_all(context: &Context, mut matches: Matches) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    each(context, &mut matches, |matches, spans| {
        let part =
            |span: &Option<(usize, usize)>| Value::str(span.map_or("", |(start, end)| &matches.text[start..end]));
        all.push(match spans.as_slice() {
            [whole] => part(whole),
            [_, group] => part(group),
            [_, groups @ ..] => Value::tuple(groups.iter().map(part)),
            [] => Value::None,
        });
        Ok(true)
    })?;
    Ok(all)
}

fn substitute(
    context: &Context,
    pattern: Arc<Pattern>,
    by: &Value,
    text: Name,
    count: usize,
) -> Result<(String, usize)> {
    let template = match by {
        Value::Str(template) => Some(Template::read(template, &pattern)?),
        other if crate::builtins::inspect::callable(other) => None,
        other => bail!(TypeError: "`repl` of sub(): expected a str or a function, got {}", describe(other)),
    };
    let (mut out, mut last, mut n) = (String::new(), 0, 0);
    let mut matches = Matches::new(pattern.clone(), text.clone(), 0);
    each(context, &mut matches, |_, spans| {
        let (start, end) = spans[0].unwrap_or_default();
        out.push_str(&text[last..start]);
        match &template {
            Some(template) => out.push_str(&template.fill(&text, &spans)),
            None => match context.call(by, Args::one(found(&pattern, &text, spans)))? {
                Value::Str(new) => out.push_str(&new),
                other => bail!(TypeError: "expected the function to give a str, got {}", describe(&other)),
            },
        }
        (last, n) = (end, n + 1);
        Ok(count == 0 || n < count)
    })?;
    out.push_str(&text[last..]);
    Ok((out, n))
}

fn split(context: &Context, pattern: Arc<Pattern>, text: Name, most: usize) -> Result<Vec<Value>> {
    let (mut parts, mut last, mut n) = (Vec::new(), 0, 0);
    let mut matches = Matches::new(pattern, text.clone(), 0);
    each(context, &mut matches, |_, spans| {
        let (start, end) = spans[0].unwrap_or_default();
        parts.push(Value::str(&text[last..start]));
        parts.extend(
            spans[1..].iter().map(|span| span.map_or(Value::None, |(start, end)| Value::str(&text[start..end]))),
        );
        (last, n) = (end, n + 1);
        Ok(most == 0 || n < most)
    })?;
    parts.push(Value::str(&text[last..]));
    Ok(parts)
}

impl PatternArg {
    fn with(&self, flags: i64) -> Result<Arc<Pattern>> {
        match &self.0 {
            Value::Str(text) => compiled(text, flags),
            Value::Bytes(_) => {
                bail!(TypeError: "patterns of bytes are not there yet"; hint: "`.decode()` makes text of bytes")
            }
            other => match other.get::<PatternValue>() {
                Some(_) if flags != 0 => bail!("cannot process flags argument with a compiled pattern"),
                Some(pattern) => Ok(pattern.0.clone()),
                None => bail!(TypeError: "first argument must be string or compiled pattern"),
            },
        }
    }
}

impl FromValue for PatternArg {
    fn expected() -> &'static str {
        "a pattern: a str or what `re.compile` gives"
    }

    fn from_value(value: &Value) -> Option<PatternArg> {
        let fits = matches!(value, Value::Str(_) | Value::Bytes(_)) || value.get::<PatternValue>().is_some();
        fits.then(|| PatternArg(value.clone()))
    }
}

impl FromValue for PatternValue {
    fn expected() -> &'static str {
        "a compiled pattern"
    }

    fn from_value(value: &Value) -> Option<PatternValue> {
        value.get::<PatternValue>().cloned()
    }
}

impl Object for PatternValue {
    fn class(&self) -> ClassRef {
        PATTERN.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let flags = [
            (IGNORECASE, "re.IGNORECASE"),
            (MULTILINE, "re.MULTILINE"),
            (DOTALL, "re.DOTALL"),
            (VERBOSE, "re.VERBOSE"),
            (ASCII, "re.ASCII"),
        ];
        let names: Vec<&str> =
            flags.iter().filter(|(flag, _)| self.0.flags & flag != 0).map(|(_, name)| *name).collect();
        let text = Value::str(&self.0.text).repr();
        if names.is_empty() {
            format!("re.compile({text})")
        } else {
            format!("re.compile({text}, {})", names.join("|"))
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("re.Pattern"), Value::Str(self.0.text.clone()), Value::Int(self.0.flags)]))
    }

    fn compare(&self, _context: &Context, op: rdk_syntax::tree::CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<PatternValue>()?;
        let same = self.0.text == other.0.text && self.0.flags == other.0.flags;
        match op {
            rdk_syntax::tree::CompareOp::Eq => Some(Ok(Value::Bool(same))),
            rdk_syntax::tree::CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }
}
