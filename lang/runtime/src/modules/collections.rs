//! `collections`: dicts with a difference, and `namedtuple`; `deque` has a file of its own.

use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::functools::only;
use super::named_tuple::{TupleType, TypeValue};
use crate::builtin::{Args, Keywords, Rest};
use crate::class::{self, Class, ClassRef};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::evaluate::{collect, iterate};
use crate::methods::dict::{pairs, update};
use crate::methods::view::{Part, walk};
use crate::object::Object;
use crate::operators::{self, binary, less};
use crate::show::repr::guarded;
use crate::types::{dict_of, key_error, types};
use crate::value::{Dict, HashKey, Name, Value};
use crate::{bail, builtins};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    entries.extend(CLASSES.iter().map(|class| (class.name, Value::Class(class.clone()))));
    entries.push(("deque", Value::Class(super::deque::class())));
    entries
}

static CLASSES: LazyLock<[ClassRef; 3]> = LazyLock::new(|| {
    let class = |name, doc| Class::new(name, "collections", doc).base(types().dict.clone());
    [
        Arc::new(
            class("defaultdict", "A dict that makes a value for a key that is not there.")
                .construct(only(default::builtins())),
        ),
        Arc::new(
            class("Counter", "How often values occur.")
                .methods(counting::builtins())
                .construct(only(counter::builtins())),
        ),
        Arc::new(
            class("OrderedDict", "A dict whose order can be changed.")
                .methods(ordering::builtins())
                .construct(only(ordered::builtins())),
        ),
    ]
});

/// What kind of dict it is.
enum Kind {
    /// `defaultdict`, with what makes missing values.
    Default(Value),
    Counter,
    Ordered,
}

/// A dict with a difference.
struct Special {
    dict: Arc<Dict>,
    kind: Kind,
}

impl Special {
    fn plain(&self) -> Value {
        Value::Dict(self.dict.clone())
    }
}

fn special(kind: Kind, dict: Dict) -> Value {
    Value::object(Special { dict: Arc::new(dict), kind })
}

/// What makes a `defaultdict`.
mod default {
    use super::*;

    builtins! {
        /// A dict that makes a value for a key that is not there.
        ///
        /// ```rdk
        /// from collections import defaultdict
        /// groups = defaultdict(list)
        /// groups["a"].append(1)
        /// groups
        /// #> defaultdict(list, {'a': [1]})
        /// ```
        fn defaultdict[context](
            /// Called without arguments, makes the value: `list`, `int`, `lambda: 5`.
            default_factory: Option<Value>,
            /// A dict or pairs to begin with; at most one.
            args: Rest,
            /// More of them, by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let factory = default_factory.unwrap_or_default();
            if !factory.is_none() && !crate::builtins::inspect::callable(&factory) {
                bail!(TypeError: "first argument must be callable or None, got {}", describe(&factory));
            }
            let dict = Dict::default();
            update(context, &dict, args.0.first(), kwargs)?;
            Ok(special(Kind::Default(factory), dict))
        }
    }
}

/// What makes a `Counter`.
mod counter {
    use super::*;

    builtins! {
        /// How often values occur.
        ///
        /// ```rdk
        /// from collections import Counter
        /// Counter("banana")
        /// #> Counter({'a': 3, 'n': 2, 'b': 1})
        /// ```
        fn Counter[context](
            /// What to count, or a dict with counts.
            iterable: Option<Value>,
            /// Counts by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let dict = Dict::default();
            add_counts(context, &dict, iterable.as_ref(), kwargs, BinaryOp::Add)?;
            Ok(special(Kind::Counter, dict))
        }
    }
}

/// What makes an `OrderedDict`.
mod ordered {
    use super::*;

    builtins! {
        /// A dict whose order can be changed.
        ///
        /// ```rdk
        /// from collections import OrderedDict
        /// OrderedDict(a=1, b=2)
        /// #> OrderedDict([('a', 1), ('b', 2)])
        /// ```
        fn OrderedDict[context](
            /// A dict or pairs to begin with; at most one.
            args: Rest,
            /// More of them, by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let dict = Dict::default();
            update(context, &dict, args.0.first(), kwargs)?;
            Ok(special(Kind::Ordered, dict))
        }
    }
}

/// Methods of `OrderedDict`.
mod ordering {
    use super::*;

    builtins! {
        /// Moves a key to one end.
        ///
        /// ```rdk
        /// from collections import OrderedDict
        /// d = OrderedDict(a=1, b=2)
        /// d.move_to_end("a")
        /// list(d)
        /// #> ['b', 'a']
        /// ```
        fn move_to_end(
            this: Arc<Dict>,
            /// The key.
            key: Value,
            /// To the end, or to the beginning?
            last: bool = true,
        ) -> Result<()> {
            let hashed = HashKey::new(key.clone())?;
            let mut entries = this.0.lock();
            let Some(at) = entries.get_index_of(&hashed) else { return Err(key_error(&key)) };
            let to = if last { entries.len() - 1 } else { 0 };
            entries.move_index(at, to);
            Ok(())
        }

        /// Takes the last key out, or the first, and gives it with its value.
        fn popitem(
            this: Arc<Dict>,
            /// The last, or the first?
            last: bool = true,
        ) -> Result<Value> {
            let taken = { let mut entries = this.0.lock(); if last { entries.pop() } else { entries.shift_remove_index(0) } };
            match taken {
                Some((key, value)) => Ok(Value::tuple([key.value().clone(), value])),
                None => bail!(KeyError: "dictionary is empty"),
            }
        }
    }
}

/// Methods of `Counter`.
mod counting {
    use super::*;

    builtins! {
        /// The values, each as often as it was counted.
        ///
        /// ```rdk
        /// from collections import Counter
        /// list(Counter(a=2, b=1).elements())
        /// #> ['a', 'a', 'b']
        /// ```
        fn elements(this: Arc<Dict>) -> Value {
            let entries: Vec<(Value, i64)> = this.0.lock().iter().filter_map(|(key, n)| Some((key.value().clone(), i64::from_value(n)?))).collect();
            let mut items = entries.into_iter().flat_map(|(value, n)| std::iter::repeat_n(value, usize::try_from(n).unwrap_or(0)));
            Value::iter("chain", move |_| items.next().map(Ok))
        }

        /// The most frequent values with their counts.
        ///
        /// ```rdk
        /// from collections import Counter
        /// Counter("banana").most_common(2)
        /// #> [('a', 3), ('n', 2)]
        /// ```
        fn most_common(
            this: Arc<Dict>,
            /// How many; all if not given.
            n: Option<usize>,
        ) -> Vec<Value> { most_common(&this).into_iter().take(n.unwrap_or(usize::MAX)).map(|(key, n)| Value::tuple([key, n])).collect() }

        /// Takes counts away.
        fn subtract[context](
            this: Arc<Dict>,
            /// What to count, or a dict with counts.
            iterable: Option<Value>,
            /// Counts by name.
            kwargs: Keywords,
        ) -> Result<()> { add_counts(context, &this, iterable.as_ref(), kwargs, BinaryOp::Sub) }

        /// The sum of the counts.
        ///
        /// ```rdk
        /// from collections import Counter
        /// Counter("banana").total()
        /// #> 6
        /// ```
        fn total[context](this: Arc<Dict>) -> Result<Value> {
            let counts: Vec<Value> = this.0.lock().values().cloned().collect();
            counts.iter().try_fold(Value::Int(0), |total, n| binary(context, BinaryOp::Add, &total, n))
        }

        /// Adds counts.
        ///
        /// ```rdk
        /// from collections import Counter
        /// c = Counter("ab")
        /// c.update("bc")
        /// c
        /// #> Counter({'b': 2, 'a': 1, 'c': 1})
        /// ```
        fn update[context](
            this: Arc<Dict>,
            /// What to count, or a dict with counts.
            iterable: Option<Value>,
            /// Counts by name.
            kwargs: Keywords,
        ) -> Result<()> { add_counts(context, &this, iterable.as_ref(), kwargs, BinaryOp::Add) }
    }
}

builtins! {
    /// A type of tuples whose items have names.
    ///
    /// ```rdk
    /// from collections import namedtuple
    /// Point = namedtuple("Point", ["x", "y"])
    /// p = Point(1, y=2)
    /// p, p.x + p[1]
    /// #> (Point(x=1, y=2), 3)
    /// ```
    fn namedtuple[context](
        /// The name of the type.
        typename: String,
        /// The names of the items: a list, or one text with spaces or commas.
        field_names: Value,
        /// Make names for those that cannot be used?
        rename: bool = false,
        /// Defaults of the last items.
        defaults: Option<Value>,
    ) -> Result<Value> { named_tuple(context, &typename, &field_names, rename, defaults) }
}

fn named_tuple(context: &Context, name: &str, fields: &Value, rename: bool, defaults: Option<Value>) -> Result<Value> {
    let names: Vec<String> = match fields {
        Value::Str(text) => text.replace(',', " ").split_whitespace().map(str::to_string).collect(),
        other => collect(context, other)?.iter().map(Value::text).collect(),
    };
    let mut fields: Vec<Name> = Vec::new();
    for (at, field) in names.into_iter().enumerate() {
        let twice = fields.iter().any(|other| **other == *field);
        let usable = crate::show::unicode::is_identifier(&field) && !field.starts_with('_') && !twice;
        match (usable, rename) {
            (true, _) => fields.push(field.into()),
            (false, true) => fields.push(format!("_{at}").into()),
            (false, false) if twice => bail!("encountered duplicate field name: '{field}'"),
            (false, false) => {
                bail!("type names and field names must be valid identifiers: '{field}'"; hint: "and not begin with `_`")
            }
        }
    }
    let defaults = defaults.map_or(Ok(Vec::new()), |defaults| collect(context, &defaults))?;
    if defaults.len() > fields.len() {
        bail!(TypeError: "got more default values than field names");
    }
    Ok(Value::object(TypeValue(Arc::new(TupleType { name: name.into(), fields, defaults }))))
}

/// Adds counts to a dict, or takes them away.
fn add_counts(context: &Context, dict: &Dict, source: Option<&Value>, kwargs: Keywords, op: BinaryOp) -> Result<()> {
    let add = |key: HashKey, n: &Value| {
        let before = dict.0.lock().get(&key).cloned().unwrap_or(Value::Int(0));
        let after = binary(context, op, &before, n)?;
        dict.0.lock().insert(key, after);
        Ok(())
    };
    match source {
        Some(source) if dict_of(source).is_some() => {
            for (key, n) in pairs(context, source)? {
                add(key, &n)?;
            }
        }
        Some(source) => {
            let mut walk = iterate(context, source)?;
            while let Some(item) = walk.next(context)? {
                add(HashKey::new(item)?, &Value::Int(1))?;
            }
        }
        None => {}
    }
    kwargs.0.into_iter().try_for_each(|(name, n)| add(HashKey::text(&name), &n))
}

/// Values with their counts, the most frequent first.
fn most_common(dict: &Dict) -> Vec<(Value, Value)> {
    let mut entries: Vec<(Value, Value)> =
        dict.0.lock().iter().map(|(key, n)| (key.value().clone(), n.clone())).collect();
    entries.sort_by(|a, b| crate::show::display::order(&b.1, &a.1).unwrap_or(std::cmp::Ordering::Equal));
    entries
}

impl Object for Special {
    fn class(&self) -> ClassRef {
        CLASSES[match self.kind {
            Kind::Default(_) => 0,
            Kind::Counter => 1,
            Kind::Ordered => 2,
        }]
        .clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let name = self.class().name;
        guarded(std::ptr::from_ref(self) as usize, &format!("{name}(...)"), || match &self.kind {
            Kind::Default(factory) => format!("{name}({}, {})", factory.repr(), self.plain().repr()),
            Kind::Counter | Kind::Ordered => {
                let args: Vec<String> =
                    self.as_call().into_iter().flat_map(|(_, args)| args.positional).map(|arg| arg.repr()).collect();
                format!("{name}({})", args.join(", "))
            }
        })
    }

    fn as_call(&self) -> Option<(String, Args)> {
        let empty = self.dict.0.lock().is_empty();
        let args = match &self.kind {
            Kind::Default(factory) => Args::of([factory.clone(), self.plain()]),
            _ if empty => Args::none(),
            Kind::Counter => {
                let entries =
                    most_common(&self.dict).into_iter().filter_map(|(key, n)| Some((HashKey::new(key).ok()?, n)));
                Args::one(Value::Dict(Arc::new(Dict(parking_lot::Mutex::new(entries.collect())))))
            }
            Kind::Ordered => {
                let pairs: Vec<Value> = self
                    .dict
                    .0
                    .lock()
                    .iter()
                    .map(|(key, value)| Value::tuple([key.value().clone(), value.clone()]))
                    .collect();
                Args::one(Value::list(pairs))
            }
        };
        Some((self.class().name.to_string(), args))
    }

    fn dict(&self) -> Option<Arc<Dict>> {
        Some(self.dict.clone())
    }

    fn attribute(&self, _context: &Context, name: &str) -> Option<Result<Value>> {
        match (&self.kind, name) {
            (Kind::Default(factory), "default_factory") => Some(Ok(factory.clone())),
            _ => None,
        }
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some((|| {
            let key = HashKey::new(index.clone())?;
            if let Some(found) = self.dict.0.lock().get(&key) {
                return Ok(found.clone());
            }
            match &self.kind {
                Kind::Default(factory) if !factory.is_none() => {
                    let made = context.call(factory, Args::none())?;
                    Ok(self.dict.0.lock().entry(key).or_insert(made).clone())
                }
                Kind::Counter => Ok(Value::Int(0)),
                Kind::Default(_) | Kind::Ordered => Err(key_error(index)),
            }
        })())
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(operators::set_item(context, &self.plain(), index, value))
    }

    fn delete_item(&self, context: &Context, index: &Value) -> Option<Result<()>> {
        if matches!(self.kind, Kind::Counter) {
            return Some(HashKey::new(index.clone()).map(|key| drop(self.dict.0.lock().shift_remove(&key))));
        }
        Some(operators::delete_item(context, &self.plain(), index))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        Some(operators::contains(context, &self.plain(), item))
    }

    fn len(&self, _context: &Context) -> Option<Result<usize>> {
        Some(Ok(self.dict.0.lock().len()))
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(!self.dict.0.lock().is_empty()))
    }

    fn iter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(walk(self.dict.clone(), Part::Keys)))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = dict_of(other).map_or_else(|| other.clone(), Value::Dict);
        Some(operators::compare(context, op, &self.plain(), &other))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let (mine, theirs) = (self.dict.clone(), dict_of(other)?);
        let (left, right) = if reflected { (theirs, mine) } else { (mine, theirs) };
        if matches!(self.kind, Kind::Counter) {
            return matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::BitAnd | BinaryOp::BitOr)
                .then(|| count_with(context, op, &left, &right));
        }
        Some(operators::binary(context, op, &Value::Dict(left), &Value::Dict(right)))
    }
}

/// `a + b` of counters and its kin; counts of 0 and less are left out.
fn count_with(context: &Context, op: BinaryOp, left: &Dict, right: &Dict) -> Result<Value> {
    let snapshot = |dict: &Dict| dict.0.lock().clone();
    let (left, right) = (snapshot(left), snapshot(right));
    let zero = Value::Int(0);
    let result = Dict::default();
    for key in left.keys().chain(right.keys().filter(|key| !left.contains_key(*key))) {
        let (a, b) = (left.get(key).unwrap_or(&zero), right.get(key).unwrap_or(&zero));
        let n = match op {
            BinaryOp::BitAnd => {
                if less(context, a, b)? {
                    a.clone()
                } else {
                    b.clone()
                }
            }
            BinaryOp::BitOr => {
                if less(context, a, b)? {
                    b.clone()
                } else {
                    a.clone()
                }
            }
            other => binary(context, other, a, b)?,
        };
        if less(context, &zero, &n)? {
            result.0.lock().insert(key.clone(), n);
        }
    }
    Ok(special(Kind::Counter, result))
}
