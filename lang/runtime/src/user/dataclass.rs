//! `dataclasses`: classes that are little more than their fields.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::CompareOp;

use super::Instance;
use crate::builtin::{Args, Keywords, nearest};
use crate::class::{self, Class, ClassRef};
use crate::context::Context;
use crate::convert::Maybe;
use crate::error::Result;
use crate::object::Object;
use crate::show::repr::guarded;
use crate::value::{HashKey, Name, Value};
use crate::{bail, error, operators};

/// The fields of a dataclass, and what is made of them.
pub(crate) struct Fields {
    list: Vec<Field>,
    pub repr: bool,
    pub eq: bool,
    order: bool,
    pub frozen: bool,
}

#[derive(Clone)]
struct Field {
    name: Name,
    spec: Spec,
}

/// What is said of a field.
#[derive(Clone)]
struct Spec {
    default: Option<Value>,
    factory: Option<Value>,
    init: bool,
    repr: bool,
    compare: bool,
}

/// What is said of a dataclass.
#[derive(Clone, Copy)]
struct Options {
    repr: bool,
    eq: bool,
    order: bool,
    frozen: bool,
}

/// `@dataclass(order=True)`: still to be given its class.
struct Decorator(Options);

/// The module's entries.
pub fn entries() -> Vec<(&'static str, Value)> {
    class::entries(builtins())
}

crate::builtins! {
    /// Makes a class of its annotated names: `__init__`, `__repr__`, `==` come by themselves.
    ///
    /// ```rdk
    /// from dataclasses import dataclass
    /// @dataclass
    /// class Point:
    ///     x: int
    ///     y: int = 0
    /// Point(1), Point(1, 2) == Point(1, y=2)
    /// #> (Point(x=1, y=0), True)
    /// ```
    fn dataclass(
        /// The class.
        cls: Option<Value>,
        /// Whether it shows its fields.
        repr: bool = true,
        /// Whether instances with equal fields are equal.
        eq: bool = true,
        /// Whether they can be sorted, by their fields in order.
        order: bool = false,
        /// Whether fields cannot be assigned to.
        frozen: bool = false,
        /// Other ways to make it: accepted, and without effect here.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = kwargs; decorate(cls, Options { repr, eq, order, frozen }) }

    /// Says more of a field than its default.
    fn field(
        /// What it is if nothing is given.
        default: Maybe,
        /// A function that makes what it is if nothing is given: a list of its own for each instance.
        default_factory: Maybe,
        /// Whether it can be given.
        init: bool = true,
        /// Whether it is shown.
        repr: bool = true,
        /// Whether `==` and `<` look at it.
        compare: bool = true,
        /// Other things to say: accepted, and without effect here.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = kwargs; spec(Spec { default: default.0, factory: default_factory.0, init, repr, compare }) }

    /// The fields and what they are, also of dataclasses inside.
    ///
    /// ```rdk
    /// from dataclasses import dataclass, asdict
    /// @dataclass
    /// class Point:
    ///     x: int
    /// asdict(Point(3))
    /// #> {'x': 3}
    /// ```
    fn asdict(
        /// An instance of a dataclass.
        obj: Value,
    ) -> Result<Value> { instance_of(&obj)?; Ok(plain(&obj, true)) }

    /// What the fields are, in order.
    fn astuple(
        /// An instance of a dataclass.
        obj: Value,
    ) -> Result<Value> { instance_of(&obj)?; Ok(plain(&obj, false)) }

    /// A new instance with some fields changed.
    fn replace[context](
        /// An instance of a dataclass.
        obj: Value,
        /// The fields that are to be different.
        changes: Keywords,
    ) -> Result<Value> { replace(context, &obj, changes) }

    /// The names of the fields.
    fn fields(
        /// A dataclass, or an instance of one.
        class_or_instance: Value,
    ) -> Result<Value> { names(&class_or_instance) }

    /// Is it a dataclass, or an instance of one?
    fn is_dataclass(
        /// Any value.
        obj: Value,
    ) -> bool { names(&obj).is_ok() }
}

/// The fields of a dataclass, or of the nearest one that this is derived from.
pub(crate) fn fields(class: &ClassRef) -> Option<&Fields> {
    let own = class.own.as_ref()?;
    own.fields.get().or_else(|| own.ancestors.iter().find_map(|class| class.own.as_ref()?.fields.get()))
}

fn decorate(class: Option<Value>, options: Options) -> Result<Value> {
    let Some(value) = class else { return Ok(Value::object(Decorator(options))) };
    let Value::Class(class) = &value else {
        bail!(TypeError: "dataclass() should be called on a class, not on a {}", value.class().name)
    };
    let Some(own) = &class.own else { bail!(TypeError: "'{}' cannot be made a dataclass", class.name) };
    let mut list: Vec<Field> = Vec::new();
    if let Some(inherited) = fields(class) {
        list.extend(inherited.list.iter().cloned());
    }
    for name in &own.annotations {
        let member = own.members.lock().get(name).cloned();
        let spec = match &member {
            Some(value) => match value.get::<Spec>() {
                Some(spec) => spec.clone(),
                None => Spec { default: member.clone(), factory: None, init: true, repr: true, compare: true },
            },
            None => Spec { default: None, factory: None, init: true, repr: true, compare: true },
        };
        if let Some(Value::List(_) | Value::Dict(_) | Value::Set(_)) = &spec.default {
            bail!("mutable default for field {name} is not allowed: use default_factory"; hint: "`{name}: … = field(default_factory=list)`: all instances would share the one");
        }
        if member.as_ref().is_some_and(|value| value.get::<Spec>().is_some()) {
            let old = match &spec.default {
                Some(default) => own.members.lock().insert(name.clone(), default.clone()),
                None => own.members.lock().shift_remove(name),
            };
            drop(old);
        }
        match list.iter_mut().find(|field| field.name == *name) {
            Some(field) => field.spec = spec,
            None => list.push(Field { name: name.clone(), spec }),
        }
    }
    let mut optional = None;
    for field in list.iter().filter(|field| field.spec.init) {
        match (&optional, field.spec.default.is_some() || field.spec.factory.is_some()) {
            (_, true) => optional = Some(field.name.clone()),
            (Some(before), false) => {
                bail!(TypeError: "non-default argument '{}' follows default argument '{before}'", field.name)
            }
            (None, false) => {}
        }
    }
    let Options { repr, eq, order, frozen } = options;
    if own.fields.set(Fields { list, repr, eq, order, frozen }).is_err() {
        bail!(TypeError: "`{}` is a dataclass already", class.name);
    }
    Ok(value)
}

fn spec(spec: Spec) -> Result<Value> {
    if spec.default.is_some() && spec.factory.is_some() {
        bail!("cannot specify both default and default_factory");
    }
    Ok(Value::object(spec))
}

/// `__init__` of a dataclass.
pub(super) fn fill(context: &Context, instance: &Instance, fields: &Fields, args: Args) -> Result<()> {
    let class = instance.class.name;
    let mut positional = args.positional.into_iter();
    let mut keywords = args.keywords;
    let mut missing = Vec::new();
    for field in &fields.list {
        let named = keywords.iter().position(|(name, _)| *name == field.name).filter(|_| field.spec.init);
        let given = if field.spec.init { positional.next() } else { None };
        let value = match (given, named) {
            (Some(_), Some(_)) => bail!(TypeError: "{class}() got multiple values for argument '{}'", field.name),
            (Some(value), None) => Some(value),
            (None, Some(at)) => Some(keywords.remove(at).1),
            (None, None) => match (&field.spec.default, &field.spec.factory) {
                (Some(default), _) => Some(default.clone()),
                (None, Some(factory)) => Some(context.call(factory, Args::none())?),
                (None, None) => None,
            },
        };
        match value {
            Some(value) => instance.set(&field.name, value),
            None if field.spec.init => missing.push(format!("'{}'", field.name)),
            None => {}
        }
    }
    let left = positional.count();
    let known = || fields.list.iter().filter(|field| field.spec.init).map(|field| &*field.name);
    let signature = || known().collect::<Vec<&str>>().join(", ");
    if left > 0 {
        let takes = known().count();
        bail!(TypeError: "{class}() takes {takes} arguments but {} were given", takes + left; hint: "its fields are `{}`", signature());
    }
    if let Some((name, _)) = keywords.first() {
        let error = error!(TypeError: "{class}() got an unexpected keyword argument '{name}'").about(name);
        return Err(match nearest(name, known()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("its fields are `{}`", signature())),
        });
    }
    if !missing.is_empty() {
        let s = if missing.len() == 1 { "" } else { "s" };
        bail!(TypeError: "{class}() missing {} required positional argument{s}: {}", missing.len(), missing.join(" and "); hint: "its fields are `{}`", signature());
    }
    if let Some(after) = instance.class.member("__post_init__") {
        context.call(&after, Args::one(instance.value()))?;
    }
    Ok(())
}

/// `Point(x=1, y=2)`
pub(super) fn repr(instance: &Instance, fields: &Fields) -> String {
    let address = std::ptr::from_ref(instance) as usize;
    guarded(address, "...", || {
        let shown = fields.list.iter().filter(|field| field.spec.repr);
        let parts: Vec<String> =
            shown.filter_map(|field| Some(format!("{}={}", field.name, instance.field(&field.name)?.repr()))).collect();
        format!("{}({})", instance.class.name, parts.join(", "))
    })
}

/// What `==` and `<` look at.
fn compared(instance: &Instance, fields: &Fields) -> Value {
    let compared = fields.list.iter().filter(|field| field.spec.compare);
    Value::tuple(compared.map(|field| instance.field(&field.name).unwrap_or_default()))
}

/// Two instances of one dataclass by their fields; `None` if that is not how they compare.
pub(super) fn compare(context: &Context, left: &Instance, op: CompareOp, other: &Value) -> Option<Result<Value>> {
    let fields = fields(&left.class)?;
    let right = other.get::<Instance>().filter(|right| Arc::ptr_eq(&right.class, &left.class))?;
    let asked = match op {
        CompareOp::Eq | CompareOp::NotEq => fields.eq,
        _ => fields.order,
    };
    asked.then(|| operators::compare(context, op, &compared(left, fields), &compared(right, fields)))
}

/// A frozen instance is a key by its fields.
pub(super) fn hash_key(instance: &Instance, fields: &Fields) -> Option<Value> {
    let key = Value::tuple([Value::str(instance.class.name), compared(instance, fields)]);
    (fields.frozen && HashKey::new(key.clone()).is_ok()).then_some(key)
}

fn instance_of(value: &Value) -> Result<(&Instance, &Fields)> {
    let found = value.get::<Instance>().and_then(|instance| Some((instance, fields(&instance.class)?)));
    found.ok_or_else(
        || error!(TypeError: "expected an instance of a dataclass, got {}", crate::convert::describe(value)),
    )
}

/// With dicts or tuples in place of instances, also further in.
fn plain(value: &Value, named: bool) -> Value {
    if let Ok((instance, fields)) = instance_of(value) {
        let parts = fields.list.iter().filter_map(|field| Some((field.name.clone(), instance.field(&field.name)?)));
        let parts = parts.map(|(name, value)| (name, plain(&value, named)));
        return if named { Value::dict(parts) } else { Value::tuple(parts.map(|(_, value)| value)) };
    }
    match value {
        Value::List(list) => Value::list(list.snapshot().iter().map(|value| plain(value, named))),
        Value::Tuple(items) => Value::tuple(items.iter().map(|value| plain(value, named))),
        other => other.clone(),
    }
}

fn replace(context: &Context, value: &Value, changes: Keywords) -> Result<Value> {
    let (instance, fields) = instance_of(value)?;
    let mut keywords = changes.0;
    for field in fields.list.iter().filter(|field| field.spec.init) {
        if !keywords.iter().any(|(name, _)| *name == field.name)
            && let Some(value) = instance.field(&field.name)
        {
            keywords.push((field.name.clone(), value));
        }
    }
    let args = Args { keywords, ..Args::none() };
    context.call(&Value::Class(instance.class.clone()), args)
}

fn names(value: &Value) -> Result<Value> {
    let class = match value {
        Value::Class(class) => class.clone(),
        other => other.class(),
    };
    match fields(&class) {
        Some(fields) => Ok(Value::tuple(fields.list.iter().map(|field| Value::Str(field.name.clone())))),
        None => bail!(TypeError: "must be called with a dataclass type or instance"),
    }
}

impl Object for Spec {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("Field", "dataclasses", "What is said of a field.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<field of a dataclass>".into()
    }
}

impl Object for Decorator {
    fn class(&self) -> ClassRef {
        crate::types::types().builtin.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<function dataclass, to be called with a class>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _: &Context, args: Args) -> Option<Result<Value>> {
        Some(decorate(args.positional.into_iter().next(), self.0))
    }
}

/// What the parts of a field are called.
pub(super) const FIELD: &str = "field";

/// What is said of a field, in parts for the journey to another process: what may be left out is in a tuple.
pub(super) fn parts(value: &Value) -> Option<(&'static str, Vec<Value>)> {
    let spec = value.get::<Spec>()?;
    let optional = |value: &Option<Value>| Value::tuple(value.clone());
    let flags = [spec.init, spec.repr, spec.compare].map(Value::Bool);
    Some((FIELD, [optional(&spec.default), optional(&spec.factory)].into_iter().chain(flags).collect()))
}

/// What these parts say.
pub(super) fn of_parts(parts: &[Value]) -> Option<Value> {
    let [Value::Tuple(default), Value::Tuple(factory), Value::Bool(init), Value::Bool(repr), Value::Bool(compare)] =
        parts
    else {
        return None;
    };
    let (default, factory) = (default.first().cloned(), factory.first().cloned());
    Some(Value::object(Spec { default, factory, init: *init, repr: *repr, compare: *compare }))
}

/// The class's own fields as its body had them before it was made a dataclass.
pub(crate) fn specs(class: &ClassRef) -> Vec<(Name, Value)> {
    let Some(own) = &class.own else { return Vec::new() };
    let Some(fields) = own.fields.get() else { return Vec::new() };
    let own_fields = fields.list.iter().filter(|field| own.annotations.contains(&field.name));
    own_fields
        .filter(|field| field.spec.default.is_some() || field.spec.factory.is_some())
        .map(|field| (field.name.clone(), Value::object(field.spec.clone())))
        .collect()
}

/// What of this class's fields and options travels: `repr`, `eq`, `order`, `frozen`.
pub(crate) fn options(class: &ClassRef) -> Option<[bool; 4]> {
    let fields = class.own.as_ref()?.fields.get()?;
    Some([fields.repr, fields.eq, fields.order, fields.frozen])
}

/// The class as a dataclass again, at the end of a journey.
pub(crate) fn restore(class: &ClassRef, [repr, eq, order, frozen]: [bool; 4]) -> Result<()> {
    decorate(Some(Value::Class(class.clone())), Options { repr, eq, order, frozen }).map(|_| ())
}
