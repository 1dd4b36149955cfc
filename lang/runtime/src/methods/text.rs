//! Methods of `str`. Positions count characters.

use std::sync::Arc;

use super::codec::{Codec, OnError};
use super::words::Affixes;
use super::{letters, words};
use crate::builtin::{Keywords, Rest};
use crate::builtins;
use crate::context::Context;
use crate::error;
use crate::error::Result;
use crate::operators;
use crate::show::template::{self, Fields};
use crate::show::unicode;
use crate::value::{Dict, HashKey, Name, Value};

builtins! {
    /// The first character as a capital, the rest small.
    ///
    /// ```rdk
    /// "hELLO world".capitalize()
    /// #> 'Hello world'
    /// ```
    fn capitalize(this: Arc<str>) -> String { letters::capitalize(&this) }

    /// For comparing without regard to case.
    ///
    /// ```rdk
    /// "Straße".casefold()
    /// #> 'strasse'
    /// ```
    fn casefold(this: Arc<str>) -> String { letters::case_fold(&this) }

    /// In the middle of this width.
    ///
    /// ```rdk
    /// "ab".center(6, "*")
    /// #> '**ab**'
    /// ```
    fn center(
        this: Arc<str>,
        /// How many characters in all.
        width: i64,
        /// What to fill with.
        fillchar: Arc<str> = " ",
    ) -> Result<String> { words::pad(&this, width, &fillchar, |missing, width| missing / 2 + (missing & width & 1)) }

    /// How often a text occurs, without overlaps.
    ///
    /// ```rdk
    /// "banana".count("an")
    /// #> 2
    /// ```
    fn count(
        this: Arc<str>,
        /// What to count.
        sub: Arc<str>,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> usize { words::count(&this, &sub, start, end) }

    /// The text as bytes.
    ///
    /// ```rdk
    /// "é".encode()
    /// #> b'\xc3\xa9'
    /// ```
    fn encode(
        this: Arc<str>,
        /// `utf-8`, `latin-1`, `ascii`, `utf-16`.
        encoding: Arc<str> = "utf-8",
        /// What to do with what cannot be encoded: `strict`, `ignore`, `replace`.
        errors: Arc<str> = "strict",
    ) -> Result<Value> { Ok(Value::Bytes(Codec::named(&encoding)?.encode(&this, OnError::named(&errors)?)?.into())) }

    /// Does it end in this text, or in one of these?
    ///
    /// ```rdk
    /// "data.csv".endswith((".csv", ".txt"))
    /// #> True
    /// ```
    fn endswith(
        this: Arc<str>,
        /// One text, or a tuple of them.
        suffix: Affixes,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> bool { words::ends_with(&this, &suffix, start, end) }

    /// Tabs become spaces, up to the next multiple of a column.
    ///
    /// ```rdk
    /// "a\tb".expandtabs(4)
    /// #> 'a   b'
    /// ```
    fn expandtabs(
        this: Arc<str>,
        /// How far apart the columns are.
        tabsize: i64 = 8,
    ) -> String { words::expand_tabs(&this, tabsize) }

    /// Where a text occurs first; -1 if nowhere.
    ///
    /// ```rdk
    /// "banana".find("na"), "banana".find("x")
    /// #> (2, -1)
    /// ```
    fn find(
        this: Arc<str>,
        /// What to look for.
        sub: Arc<str>,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> i64 { words::find(&this, &sub, start, end, false).unwrap_or(-1) }

    /// Values put in the place of the fields in braces.
    ///
    /// ```rdk
    /// "{} costs {price:.2f}".format("tea", price=2.5)
    /// #> 'tea costs 2.50'
    /// ```
    fn format[context](
        this: Arc<str>,
        /// For the fields without a name.
        args: Rest,
        /// For the fields with one.
        kwargs: Keywords,
    ) -> Result<String> { template::fill(&this, &Given { context, args: &args.0, names: &kwargs.0 }) }

    /// As `format`, with the values in a dict.
    ///
    /// ```rdk
    /// "{a}-{b}".format_map({"a": 1, "b": 2})
    /// #> '1-2'
    /// ```
    fn format_map[context](
        this: Arc<str>,
        /// The values by name.
        mapping: Value,
    ) -> Result<String> { template::fill(&this, &Mapped { context, mapping: &mapping }) }

    /// Where a text occurs first; an error if nowhere.
    ///
    /// ```rdk
    /// "banana".index("na")
    /// #> 2
    /// ```
    fn index(
        this: Arc<str>,
        /// What to look for.
        sub: Arc<str>,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> Result<i64> { words::index(&this, &sub, start, end, false) }

    /// Only letters and digits?
    fn isalnum(this: Arc<str>) -> bool { letters::all(&this, |c| unicode::is_letter(c) || unicode::is_numeric(c)) }

    /// Only letters?
    ///
    /// ```rdk
    /// "añb".isalpha(), "a1".isalpha()
    /// #> (True, False)
    /// ```
    fn isalpha(this: Arc<str>) -> bool { letters::all(&this, unicode::is_letter) }

    /// Only ASCII characters?
    fn isascii(this: Arc<str>) -> bool { this.is_ascii() }

    /// Only decimal digits?
    fn isdecimal(this: Arc<str>) -> bool { letters::all(&this, unicode::is_decimal) }

    /// Only digits?
    ///
    /// ```rdk
    /// "2024".isdigit(), "-1".isdigit()
    /// #> (True, False)
    /// ```
    fn isdigit(this: Arc<str>) -> bool { letters::all(&this, unicode::is_digit) }

    /// Could it be the name of a variable?
    fn isidentifier(this: Arc<str>) -> bool { unicode::is_identifier(&this) }

    /// Letters, and all of them small?
    fn islower(this: Arc<str>) -> bool { letters::is_lower(&this) }

    /// Only characters that stand for numbers?
    fn isnumeric(this: Arc<str>) -> bool { letters::all(&this, unicode::is_numeric) }

    /// Would `repr` show every character as it is?
    fn isprintable(this: Arc<str>) -> bool { this.chars().all(unicode::is_printable) }

    /// Only spaces, tabs, line ends and the like?
    fn isspace(this: Arc<str>) -> bool { letters::all(&this, unicode::is_space) }

    /// Does each word begin with its only capital?
    fn istitle(this: Arc<str>) -> bool { letters::is_titled(&this) }

    /// Letters, and all of them capitals?
    fn isupper(this: Arc<str>) -> bool { letters::is_upper(&this) }

    /// Texts in a row, with this one between them.
    ///
    /// ```rdk
    /// ", ".join(["a", "b", "c"])
    /// #> 'a, b, c'
    /// ```
    fn join[context](
        this: Arc<str>,
        /// The texts.
        iterable: Value,
    ) -> Result<String> { words::join(context, &this, &iterable) }

    /// At the left of this width.
    ///
    /// ```rdk
    /// "ab".ljust(4, ".")
    /// #> 'ab..'
    /// ```
    fn ljust(
        this: Arc<str>,
        /// How many characters in all.
        width: i64,
        /// What to fill with.
        fillchar: Arc<str> = " ",
    ) -> Result<String> { words::pad(&this, width, &fillchar, |_, _| 0) }

    /// In small letters.
    ///
    /// ```rdk
    /// "ÀB".lower()
    /// #> 'àb'
    /// ```
    fn lower(this: Arc<str>) -> String { this.to_lowercase() }

    /// Without spaces, or without these characters, at the left.
    fn lstrip(
        this: Arc<str>,
        /// The characters to take off; spaces if not given.
        chars: Option<Arc<str>>,
    ) -> String { words::strip(&this, chars.as_deref(), true, false).to_string() }

    /// A table for `translate`.
    ///
    /// ```rdk
    /// "banana".translate(str.maketrans("an", "ou"))
    /// #> 'bououo'
    /// ```
    fn maketrans(
        /// A dict, or the characters to replace.
        x: Value,
        /// What to replace them by.
        y: Option<Arc<str>>,
        /// Characters to leave out.
        z: Option<Arc<str>>,
    ) -> Result<Value> { words::make_table(&x, y, z) }

    /// What stands before and after the first separator, with the separator.
    ///
    /// ```rdk
    /// "key=value=x".partition("=")
    /// #> ('key', '=', 'value=x')
    /// ```
    fn partition(
        this: Arc<str>,
        /// Where to part.
        sep: Arc<str>,
    ) -> Result<Value> { words::partition(&this, &sep, false) }

    /// Without this beginning, if it has it.
    ///
    /// ```rdk
    /// "test_sum".removeprefix("test_")
    /// #> 'sum'
    /// ```
    fn removeprefix(
        this: Arc<str>,
        /// The beginning.
        prefix: Arc<str>,
    ) -> String { this.strip_prefix(&*prefix).unwrap_or(&this).to_string() }

    /// Without this end, if it has it.
    ///
    /// ```rdk
    /// "data.csv".removesuffix(".csv")
    /// #> 'data'
    /// ```
    fn removesuffix(
        this: Arc<str>,
        /// The end.
        suffix: Arc<str>,
    ) -> String { this.strip_suffix(&*suffix).unwrap_or(&this).to_string() }

    /// With one text in the place of another.
    ///
    /// ```rdk
    /// "banana".replace("a", "o", 2)
    /// #> 'bonona'
    /// ```
    fn replace(
        this: Arc<str>,
        /// What to replace.
        old: Arc<str>,
        /// What to put in its place.
        new: Arc<str>,
        /// How often at most; -1 for all.
        count: i64 = -1,
    ) -> String { words::replace(&this, &old, &new, count) }

    /// Where a text occurs last; -1 if nowhere.
    ///
    /// ```rdk
    /// "banana".rfind("na")
    /// #> 4
    /// ```
    fn rfind(
        this: Arc<str>,
        /// What to look for.
        sub: Arc<str>,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> i64 { words::find(&this, &sub, start, end, true).unwrap_or(-1) }

    /// Where a text occurs last; an error if nowhere.
    fn rindex(
        this: Arc<str>,
        /// What to look for.
        sub: Arc<str>,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> Result<i64> { words::index(&this, &sub, start, end, true) }

    /// At the right of this width.
    ///
    /// ```rdk
    /// "7".rjust(3)
    /// #> '  7'
    /// ```
    fn rjust(
        this: Arc<str>,
        /// How many characters in all.
        width: i64,
        /// What to fill with.
        fillchar: Arc<str> = " ",
    ) -> Result<String> { words::pad(&this, width, &fillchar, |missing, _| missing) }

    /// What stands before and after the last separator, with the separator.
    ///
    /// ```rdk
    /// "a/b/c".rpartition("/")
    /// #> ('a/b', '/', 'c')
    /// ```
    fn rpartition(
        this: Arc<str>,
        /// Where to part.
        sep: Arc<str>,
    ) -> Result<Value> { words::partition(&this, &sep, true) }

    /// The words, counted from the right.
    ///
    /// ```rdk
    /// "a b c".rsplit(maxsplit=1)
    /// #> ['a b', 'c']
    /// ```
    fn rsplit(
        this: Arc<str>,
        /// What separates them; spaces if not given.
        sep: Option<Arc<str>>,
        /// How often to split at most; -1 for always.
        maxsplit: i64 = -1,
    ) -> Result<Vec<Value>> { words::split_from_right(&this, sep.as_deref(), maxsplit) }

    /// Without spaces, or without these characters, at the right.
    fn rstrip(
        this: Arc<str>,
        /// The characters to take off; spaces if not given.
        chars: Option<Arc<str>>,
    ) -> String { words::strip(&this, chars.as_deref(), false, true).to_string() }

    /// The words, or the parts between separators.
    ///
    /// ```rdk
    /// " a b  c ".split(), "a,b,,c".split(",")
    /// #> (['a', 'b', 'c'], ['a', 'b', '', 'c'])
    /// ```
    fn split(
        this: Arc<str>,
        /// What separates them; spaces if not given.
        sep: Option<Arc<str>>,
        /// How often to split at most; -1 for always.
        maxsplit: i64 = -1,
    ) -> Result<Vec<Value>> { words::split(&this, sep.as_deref(), maxsplit) }

    /// The lines.
    ///
    /// ```rdk
    /// "a\nb\r\nc".splitlines()
    /// #> ['a', 'b', 'c']
    /// ```
    fn splitlines(
        this: Arc<str>,
        /// Keep the ends of the lines.
        keepends: bool = false,
    ) -> Vec<Value> { words::lines(&this, keepends) }

    /// Does it begin with this text, or with one of these?
    ///
    /// ```rdk
    /// "test_sum".startswith("test")
    /// #> True
    /// ```
    fn startswith(
        this: Arc<str>,
        /// One text, or a tuple of them.
        prefix: Affixes,
        /// Where to begin.
        start: Option<i64>,
        /// Where to end.
        end: Option<i64>,
    ) -> bool { words::starts_with(&this, &prefix, start, end) }

    /// Without spaces, or without these characters, at both ends.
    ///
    /// ```rdk
    /// "  a b ".strip(), "xxaxx".strip("x")
    /// #> ('a b', 'a')
    /// ```
    fn strip(
        this: Arc<str>,
        /// The characters to take off; spaces if not given.
        chars: Option<Arc<str>>,
    ) -> String { words::strip(&this, chars.as_deref(), true, true).to_string() }

    /// Capitals become small letters, small letters capitals.
    fn swapcase(this: Arc<str>) -> String { letters::swap_case(&this) }

    /// Every word begins with a capital.
    ///
    /// ```rdk
    /// "hello world".title()
    /// #> 'Hello World'
    /// ```
    fn title(this: Arc<str>) -> String { letters::title(&this) }

    /// Each character replaced as a table says; see `maketrans`.
    fn translate(
        this: Arc<str>,
        /// What to put in the place of each character's code.
        table: Arc<Dict>,
    ) -> Result<String> { words::translate(&this, &table) }

    /// In capitals.
    ///
    /// ```rdk
    /// "straße".upper()
    /// #> 'STRASSE'
    /// ```
    fn upper(this: Arc<str>) -> String { this.to_uppercase() }

    /// Zeros in front, up to this width.
    ///
    /// ```rdk
    /// "-7".zfill(4)
    /// #> '-007'
    /// ```
    fn zfill(
        this: Arc<str>,
        /// How many characters in all.
        width: i64,
    ) -> Result<String> { words::zero_fill(&this, width) }
}

/// The arguments of `format`.
struct Given<'a> {
    context: &'a Context,
    args: &'a [Value],
    names: &'a [(Name, Value)],
}

impl Fields for Given<'_> {
    fn position(&self, index: usize) -> Result<Value> {
        let n = self.args.len();
        self.args.get(index).cloned().ok_or_else(|| {
            error!(IndexError: "replacement index {index} out of range for positional args tuple"; hint: "{n} value{} given", if n == 1 { " is" } else { "s are" })
        })
    }

    fn name(&self, name: &str) -> Result<Value> {
        let found = self.names.iter().find(|(other, _)| &**other == name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| crate::types::key_error(&Value::str(name)))
    }

    fn attribute(&self, of: &Value, name: &str) -> Result<Value> {
        operators::attribute(self.context, of, name)
    }

    fn item(&self, of: &Value, index: &Value) -> Result<Value> {
        operators::item(self.context, of, index)
    }
}

/// The dict of `format_map`.
struct Mapped<'a> {
    context: &'a Context,
    mapping: &'a Value,
}

impl Fields for Mapped<'_> {
    fn position(&self, _index: usize) -> Result<Value> {
        Err(error!("format string contains positional fields"))
    }

    fn name(&self, name: &str) -> Result<Value> {
        operators::item(self.context, self.mapping, HashKey::text(name).value())
    }

    fn attribute(&self, of: &Value, name: &str) -> Result<Value> {
        operators::attribute(self.context, of, name)
    }

    fn item(&self, of: &Value, index: &Value) -> Result<Value> {
        operators::item(self.context, of, index)
    }
}
