//! Functions that come with rdk: declared in one place, with their help, completion and tested example.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::context::Context;
use crate::error::{About, Result};
use crate::value::{Name, Value};
use crate::{bail, error};

/// A function that comes with rdk.
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// Its documentation: a sentence, then more, then an `rdk` example.
    pub doc: &'static str,
    /// Its parameters, in order.
    pub params: &'static [ParamInfo],
    /// Does it, under the name that errors are to use. Arguments have been put in the order of `params`.
    pub body: fn(&Context, &'static str, Bound) -> Result<Value>,
    /// What the first argument passes through before anything else; for functions lent by another module, see [`Builtin::lent`].
    pub first: Option<fn(Value) -> Result<Value>>,
    /// What is done before each call: a room may note where in the user's text it is asked for something.
    pub before: Option<fn(&Context)>,
    /// For methods lent as functions: where the value before the dot comes from, see [`Builtin::of_current`].
    pub receiver: Option<fn(&Context) -> Result<Value>>,
    /// Is it given the variables that its caller sees? See [`Builtin::seeing`].
    pub sees: bool,
    /// Attributes that it has beside its name and documentation: `np.add.reduce`.
    pub attributes: Option<fn(&Builtin, &str) -> Option<Value>>,
    /// Asked before the body whether something else is to be done with these arguments, see [`Builtin::otherwise`].
    pub instead: Option<Instead>,
}

/// What is done with some arguments in place of the body; `None`: nothing, it is the body's turn.
pub type Instead = fn(&Context, &Builtin, &Bound) -> Option<Result<Value>>;

/// What is known of a parameter.
pub struct ParamInfo {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a phrase.
    pub doc: &'static str,
    /// What it takes: `an integer`.
    pub expected: fn() -> &'static str,
    /// Its default as the user would write it; `None` when it has to be given.
    pub default: Option<&'static str>,
    /// How it takes its argument.
    pub kind: ParamKind,
}

/// How a parameter takes its argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    /// By position or by name.
    Normal,
    /// `*args`: what is left over; those after it are given by name only.
    Rest,
    /// `**kwargs`
    Keywords,
}

/// `*args` of a builtin.
pub struct Rest(pub Vec<Value>);

/// `**kwargs` of a builtin.
pub struct Keywords(pub Vec<(Name, Value)>);

/// The arguments of a call.
#[derive(Default, Clone)]
pub struct Args {
    /// By position.
    pub positional: SmallVec<[Value; 4]>,
    /// By name.
    pub keywords: Vec<(Name, Value)>,
}

impl Args {
    /// No arguments.
    pub fn none() -> Args {
        Args::default()
    }

    /// One argument.
    pub fn one(value: Value) -> Args {
        Args {
            positional: SmallVec::from_buf_and_len([value, Value::None, Value::None, Value::None], 1),
            keywords: Vec::new(),
        }
    }

    /// These, by position.
    pub fn of(values: impl IntoIterator<Item = Value>) -> Args {
        Args { positional: values.into_iter().collect(), keywords: Vec::new() }
    }
}

/// Arguments in the order of the parameters.
pub type Bound = SmallVec<[Option<Value>; 6]>;

/// A method that has its receiver.
pub struct BoundMethod {
    /// Before the dot.
    pub receiver: Value,
    /// After it.
    pub builtin: Arc<Builtin>,
}

impl Builtin {
    /// Calls it.
    pub fn call(&self, context: &Context, args: Args) -> Result<Value> {
        let bound = self.bind(args)?;
        self.call_bound(context, bound)
    }

    /// Do so many arguments by position fill it without further ado?
    #[inline]
    pub(crate) fn takes(&self, n: usize) -> bool {
        n <= self.params.len()
            && self
                .params
                .iter()
                .enumerate()
                .all(|(at, param)| param.kind == ParamKind::Normal && (at < n || param.default.is_some()))
    }

    /// Calls it with arguments in the order of the parameters.
    pub(crate) fn call_bound(&self, context: &Context, mut bound: Bound) -> Result<Value> {
        if let Some(pass) = self.first
            && let Some(first) = bound.first_mut()
            && let Some(value) = first.take()
        {
            *first = Some(pass(value)?);
        }
        if let Some(before) = self.before {
            before(context);
        }
        if let Some(answer) = self.instead.and_then(|instead| instead(context, self, &bound)) {
            return answer;
        }
        self.run(context, bound)
    }

    /// Its body, of arguments in the order of the parameters.
    pub fn run(&self, context: &Context, mut bound: Bound) -> Result<Value> {
        if let Some(receiver) = self.receiver {
            bound.insert(0, Some(receiver(context)?));
        }
        (self.body)(context, self.name, bound)
    }

    /// The same function, before which this is done.
    pub fn after(self, before: fn(&Context)) -> Builtin {
        Builtin { before: Some(before), ..self }
    }

    /// The same function, which finds the variables of whoever calls it in [`Context::variables`]: `df.query("x > @least")`.
    pub fn seeing(self) -> Builtin {
        Builtin { sees: true, ..self }
    }

    /// The same function for another module, where its first argument passes through this: `da.sum` is `np.sum` of something
    /// lazy.
    pub fn lent(self, first: fn(Value) -> Result<Value>) -> Builtin {
        Builtin { first: Some(first), ..self }
    }

    /// The same function with more attributes.
    pub fn having(self, attributes: fn(&Builtin, &str) -> Option<Value>) -> Builtin {
        Builtin { attributes: Some(attributes), ..self }
    }

    /// The same function, which asks this first: `np.sort` of a masked array is not done with the elements alone.
    pub fn otherwise(self, instead: Instead) -> Builtin {
        Builtin { instead: Some(instead), ..self }
    }

    /// A method as a function of a module, by this name, for a value that the session knows: `plt.title` is `Axes.set_title` of the
    /// current axes.
    pub fn of_current(self, name: &'static str, receiver: fn(&Context) -> Result<Value>) -> Builtin {
        let params = self.params.get(1..).unwrap_or_default();
        Builtin { name, params, receiver: Some(receiver), ..self }
    }

    /// One of several functions that differ in their first argument only, by this name: `np.zeros` is an array full of a number, which
    /// is 0.
    pub fn fixed(self, name: &'static str, doc: &'static str, first: fn(&Context) -> Result<Value>) -> Builtin {
        Builtin { doc, ..self.of_current(name, first) }
    }

    /// Puts arguments in the order of the parameters.
    fn bind(&self, args: Args) -> Result<Bound> {
        let n = self.params.len();
        let mut bound: Bound = SmallVec::with_capacity(n);
        let mut positional = args.positional.into_iter();
        let mut named_only = false;
        for param in self.params {
            bound.push(match param.kind {
                ParamKind::Normal if named_only => None,
                ParamKind::Normal => positional.next(),
                ParamKind::Rest => {
                    named_only = true;
                    Some(Value::Tuple(positional.by_ref().collect()))
                }
                ParamKind::Keywords => None,
            });
        }
        let left = positional.count();
        if left > 0 {
            let takes = self.params.iter().filter(|param| param.kind == ParamKind::Normal).count();
            let s = if takes == 1 { "" } else { "s" };
            let mut error = error!(TypeError: "{}() takes at most {takes} argument{s}, got {}", self.name, takes + left; hint: "{}", self.signature());
            error.0.about = Some(About::Position(takes));
            return Err(error);
        }
        let mut rest: Vec<(Name, Value)> = Vec::new();
        for (name, value) in args.keywords {
            match self.params.iter().position(|param| param.kind == ParamKind::Normal && param.name == &*name) {
                Some(at) if bound[at].is_some() => {
                    let error = error!(TypeError: "{}() got two values for argument `{name}`", self.name; hint: "{}", self.signature());
                    return Err(error.about(&name));
                }
                Some(at) => bound[at] = Some(value),
                None => rest.push((name, value)),
            }
        }
        if let Some(at) = self.params.iter().position(|param| param.kind == ParamKind::Keywords) {
            bound[at] = Some(Value::dict(rest));
        } else if let Some((name, _)) = rest.first() {
            let names = self.params.iter().filter(|param| param.kind == ParamKind::Normal).map(|param| param.name);
            let error = error!(TypeError: "{}() got an unexpected keyword argument `{name}`", self.name).about(name);
            return Err(match nearest(name, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(self.signature()),
            });
        }
        for (at, param) in self.params.iter().enumerate() {
            if bound[at].is_none() && param.default.is_none() && param.kind == ParamKind::Normal {
                bail!(TypeError: "{}() needs the argument `{}`", self.name, param.name; hint: "{}", self.signature());
            }
        }
        Ok(bound)
    }

    /// As help shows it: `arange(stop, chunks="auto")`.
    pub fn signature(&self) -> String {
        let mut text = format!("{}(", self.name);
        for (i, param) in self.params.iter().enumerate() {
            text.push_str(if i > 0 { ", " } else { "" });
            text.push_str(match param.kind {
                ParamKind::Normal => "",
                ParamKind::Rest => "*",
                ParamKind::Keywords => "**",
            });
            // The value before the dot has no name of its own.
            text.push_str(if param.name == "this" { "self" } else { param.name });
            if let (Some(default), ParamKind::Normal) = (param.default, param.kind) {
                text.push('=');
                text.push_str(match default {
                    "true" => "True",
                    "false" => "False",
                    other => other,
                });
            }
        }
        text + ")"
    }

    /// The first line of its documentation.
    pub fn headline(&self) -> &'static str {
        self.doc.trim_start().lines().next().unwrap_or("")
    }
}

/// The name among these that is most likely meant; `None` if none is near.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Any other letter is near a single one, and half of two.
    let length = name.chars().count();
    let limit = match length {
        0..=2 => 0,
        n => n / 3,
    };
    let names: Vec<&str> = names.into_iter().collect();
    let near = names
        .iter()
        .copied()
        .map(|other| (distance(name, other), other))
        .filter(|&(d, _)| d <= limit)
        .min()
        .map(|(_, other)| other);
    // The head of a word, such as `delay` of `delayed`.
    let begun = |other: &&str| length > 3 && other.starts_with(name) && other.len() <= name.len() + 4;
    near.or_else(|| names.iter().copied().filter(begun).min_by_key(|other| other.len()))
}

/// How many letters to insert, remove, replace or swap with their neighbour (restricted Damerau distance); case counts half.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

/// Declares builtins; gives `pub fn builtins() -> Vec<Builtin>`.
///
/// ```text
/// builtins! {
///     /// Whole numbers from 0 up to, not including, `stop`.
///     fn arange(
///         /// Where to end; 0 or more.
///         stop: i64,
///         /// How long each chunk is.
///         chunks: Chunks = "auto",
///     ) -> Result<Array> { Array::arange(stop, chunks) }
///
///     /// Calls back into the language: takes the context.
///     fn sorted[context](
///         /// What to sort.
///         iterable: Value,
///         /// What to sort by.
///         key: Option<Value>,
///     ) -> Result<Value> { sort::sorted(context, iterable, key) }
/// }
/// ```
///
/// Parameters are types that implement [`FromValue`](crate::FromValue); `Option` may be left out; [`Rest`] is `*args` (what follows it
/// is given by name), [`Keywords`] is `**kwargs`. A default is written as the value that a user would write. The answer is anything that
/// implements [`Answer`](crate::Answer). Rust's keywords are written `r#type`.
#[macro_export]
macro_rules! builtins {
    ($(
        $(#[doc = $doc:literal])*
        fn $name:ident $([$context:ident])? (
            $($(#[doc = $param_doc:literal])* $param:ident : $type:ty $(= $default:expr)?),* $(,)?
        ) $(-> $answer:ty)? $body:block
    )*) => {
        /// The functions that this file declares.
        pub fn builtins() -> Vec<$crate::Builtin> {
            vec![$({
                $crate::Builtin {
                    name: $crate::builtin::plain(stringify!($name)),
                    doc: concat!($($doc, "\n"),*),
                    params: const { &[$($crate::ParamInfo {
                        name: $crate::builtin::plain(stringify!($param)),
                        doc: concat!("", $($param_doc),*),
                        expected: <$type as $crate::FromValue>::expected,
                        default: $crate::builtins!(@default $type $(, $default)?),
                        kind: <$type as $crate::FromValue>::KIND,
                    }),*] },
                    body: |_context: &$crate::Context, _name: &'static str, mut _bound: $crate::builtin::Bound| -> $crate::Result<$crate::Value> {
                        $(let $context: &$crate::Context = _context;)?
                        let mut _at = 0usize;
                        $(
                            let $param: $type = {
                                #[allow(unused_mut, unused_assignments)]
                                let mut value: Option<$crate::Value> = _bound[_at].take();
                                $(if value.is_none() { value = Some($crate::Value::from($default)); })?
                                let name = $crate::builtin::plain(stringify!($param));
                                let value = $crate::convert::settled::<$type>(_context, value)?;
                                $crate::convert::argument::<$type>(value, name, _name)?
                            };
                            _at += 1;
                        )*
                        #[allow(clippy::unused_unit, clippy::redundant_closure_call)]
                        let answer $(: $answer)? = (|| $body)();
                        $crate::Answer::answer(answer)
                    },
                    first: None,
                    before: None,
                    receiver: None,
                    sees: false,
                    attributes: None,
                    instead: None,
                }
            }),*]
        }
    };
    (@default $type:ty) => { <$type as $crate::FromValue>::DEFAULT };
    (@default $type:ty, $default:expr) => { Some(stringify!($default)) };
}

/// A Rust identifier as the language spells it.
#[doc(hidden)]
pub const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// The same at run time, for text that does not live as long.
#[doc(hidden)]
pub fn plain_name(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}
