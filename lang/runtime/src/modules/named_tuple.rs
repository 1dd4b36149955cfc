//! Tuples whose items have names: `collections.namedtuple`, and what some functions of `os`, `sys` and `time` give.

use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::Result;
use crate::methods;
use crate::object::Object;
use crate::show::repr::guarded;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{bail, operators};

/// The type that `namedtuple` makes: called, it makes a tuple.
pub struct TupleType {
    /// `Point`
    pub name: Name,
    /// The names of the items.
    pub fields: Vec<Name>,
    /// The defaults of the last ones.
    pub defaults: Vec<Value>,
}

/// A tuple whose items have names.
pub struct NamedTuple {
    /// Its type.
    pub kind: Arc<TupleType>,
    /// The items.
    pub items: Arc<[Value]>,
}

/// A type as a value.
pub struct TypeValue(pub Arc<TupleType>);

static TUPLE: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("namedtuple", "collections", "A tuple whose items have names.").base(types().tuple.clone());
    Arc::new(class.methods(methods::tuple::builtins()))
});

impl NamedTuple {
    /// A tuple of a type that is made on the spot.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(name: &str, fields: &[&str], items: Vec<Value>) -> Value {
        let fields = fields.iter().map(|field| Name::from(*field)).collect();
        let kind = Arc::new(TupleType { name: name.into(), fields, defaults: Vec::new() });
        Value::object(NamedTuple { kind, items: items.into() })
    }

    fn tuple(&self) -> Value {
        Value::Tuple(self.items.clone())
    }
}

/// The type of a tuple whose items have names.
pub fn type_of(value: &Value) -> Option<Value> {
    value.get::<NamedTuple>().map(|tuple| Value::object(TypeValue(tuple.kind.clone())))
}

fn plain(value: &Value) -> Value {
    value.get::<NamedTuple>().map_or_else(|| value.clone(), NamedTuple::tuple)
}

impl Object for NamedTuple {
    fn class(&self) -> ClassRef {
        TUPLE.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        guarded(self.items.as_ptr() as usize, "(...)", || {
            let parts: Vec<String> = self
                .kind
                .fields
                .iter()
                .zip(self.items.iter())
                .map(|(name, item)| format!("{name}={}", item.repr()))
                .collect();
            format!("{}({})", self.kind.name, parts.join(", "))
        })
    }

    fn attribute(&self, _context: &Context, name: &str) -> Option<Result<Value>> {
        if name == "_fields" {
            return Some(Ok(Value::tuple(self.kind.fields.iter().cloned().map(Value::Str))));
        }
        let at = self.kind.fields.iter().position(|field| &**field == name);
        if let Some(at) = at {
            return self.items.get(at).cloned().map(Ok);
        }
        match name {
            "_asdict" => {
                let pairs: Vec<(Name, Value)> =
                    self.kind.fields.iter().cloned().zip(self.items.iter().cloned()).collect();
                Some(Ok(Value::object(Constant { value: Value::dict(pairs) })))
            }
            "_replace" => Some(Ok(Value::object(Replace { kind: self.kind.clone(), items: self.items.clone() }))),
            _ => None,
        }
    }

    fn attribute_names(&self) -> Vec<String> {
        self.kind.fields.iter().map(ToString::to_string).collect()
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(operators::item(context, &self.tuple(), index))
    }

    fn len(&self, _context: &Context) -> Option<Result<usize>> {
        Some(Ok(self.items.len()))
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(!self.items.is_empty()))
    }

    fn iter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(self.tuple()))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        Some(operators::contains(context, &self.tuple(), item))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Some(operators::compare(context, op, &self.tuple(), &plain(other)))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let (mine, other) = (self.tuple(), plain(other));
        let (left, right) = if reflected { (&other, &mine) } else { (&mine, &other) };
        Some(operators::binary(context, op, left, right))
    }

    fn hash_key(&self) -> Option<Value> {
        crate::value::HashKey::new(self.tuple()).ok().map(|key| key.value().clone())
    }
}

impl Object for TypeValue {
    fn class(&self) -> ClassRef {
        types().r#type.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        format!("<class '__main__.{}'>", self.0.name)
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _context: &Context, args: Args) -> Option<Result<Value>> {
        Some(make(&self.0, args))
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        match name {
            "_fields" => Some(Ok(Value::tuple(self.0.fields.iter().cloned().map(Value::Str)))),
            "_make" => Some(Ok(Value::object(Make(self.0.clone())))),
            "__name__" => Some(Ok(Value::Str(self.0.name.clone()))),
            _ => {
                let _ = context;
                None
            }
        }
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let same = other.get::<TypeValue>().is_some_and(|other| Arc::ptr_eq(&self.0, &other.0));
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(same))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::from(Arc::as_ptr(&self.0) as usize))
    }
}

fn make(kind: &Arc<TupleType>, args: Args) -> Result<Value> {
    let n = kind.fields.len();
    if args.positional.len() > n {
        bail!(TypeError: "{}() takes {n} arguments, got {}", kind.name, args.positional.len(); hint: "fields are {}", kind.fields.join(", "));
    }
    let mut items: Vec<Option<Value>> = args.positional.into_iter().map(Some).collect();
    items.resize(n, None);
    for (name, value) in args.keywords {
        match kind.fields.iter().position(|field| *field == name) {
            Some(at) if items[at].is_none() => items[at] = Some(value),
            Some(_) => bail!(TypeError: "{}() got two values for argument `{name}`", kind.name),
            None => {
                bail!(TypeError: "{}() got an unexpected keyword argument `{name}`", kind.name; hint: "fields are {}", kind.fields.join(", "))
            }
        }
    }
    let first_default = n - kind.defaults.len();
    let mut all = Vec::with_capacity(n);
    for (at, item) in items.into_iter().enumerate() {
        let default = || at.checked_sub(first_default).and_then(|at| kind.defaults.get(at).cloned());
        match item.or_else(default) {
            Some(item) => all.push(item),
            None => bail!(TypeError: "{}() needs the argument `{}`", kind.name, kind.fields[at]),
        }
    }
    Ok(Value::object(NamedTuple { kind: kind.clone(), items: all.into() }))
}

/// A method without arguments whose answer is known.
struct Constant {
    value: Value,
}

/// `Point._make`
struct Make(Arc<TupleType>);

/// `point._replace`
struct Replace {
    kind: Arc<TupleType>,
    items: Arc<[Value]>,
}

macro_rules! small_functions {
    ($($type:ty: |$this:ident, $context:ident, $args:ident| $body:expr;)*) => {$(
        impl Object for $type {
            fn class(&self) -> ClassRef {
                types().method.clone()
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }

            fn repr(&self) -> String {
                "<bound method of a namedtuple>".into()
            }

            fn is_callable(&self) -> bool {
                true
            }

            fn call(&self, $context: &Context, $args: Args) -> Option<Result<Value>> {
                let $this = self;
                Some($body)
            }
        }
    )*};
}

small_functions! {
    Constant: |this, _context, _args| Ok(this.value.clone());
    Make: |this, context, args| match args.positional.first() {
        Some(items) => crate::evaluate::collect(context, items).and_then(|items| make(&this.0, Args::of(items))),
        None => make(&this.0, Args::none()),
    };
    Replace: |this, _context, args| {
        let mut items = this.items.to_vec();
        for (name, value) in args.keywords {
            match this.kind.fields.iter().position(|field| *field == name) {
                Some(at) => items[at] = value,
                None => return Some(Err(crate::error!("got an unexpected field name: `{name}`"))),
            }
        }
        Ok(Value::object(NamedTuple { kind: this.kind.clone(), items: items.into() }))
    };
}
