//! An instance of a class written in rdk.

use std::cell::Cell;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::{Members, bind, dataclass, descriptor};
use crate::builtin::Args;
use crate::class::ClassRef;
use crate::context::{Context, Globals};
use crate::error::{Error, Kind, Result};
use crate::object::Object;
use crate::show::repr;
use crate::value::{Name, Value};
use crate::{bail, error, operators};

/// An instance: its class, and what was assigned to its attributes.
pub struct Instance {
    /// Its class.
    pub class: ClassRef,
    /// `self.name = value`
    pub fields: Mutex<Members>,
    me: Weak<Instance>,
}

thread_local! {
    /// How many methods run on this thread that were called without a context, one inside the other.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// More `__repr__`s in one another are taken to be without end.
const MOST_INSIDE: usize = 50;

impl Instance {
    /// One without attributes.
    pub fn new(class: &ClassRef) -> Arc<Instance> {
        Arc::new_cyclic(|me| Instance { class: class.clone(), fields: Mutex::default(), me: me.clone() })
    }

    /// As a value.
    pub fn value(&self) -> Value {
        match self.me.upgrade() {
            Some(me) => Value::Object(me),
            None => Value::None,
        }
    }

    /// The instance itself, to be shared.
    pub(crate) fn shared(&self) -> Option<Arc<Instance>> {
        self.me.upgrade()
    }

    /// What was assigned to an attribute.
    pub fn field(&self, name: &str) -> Option<Value> {
        self.fields.lock().get(name).cloned()
    }

    /// Assigns to an attribute, whatever the class says.
    pub fn set(&self, name: &str, value: Value) {
        let old = self.fields.lock().insert(Name::from(name), value);
        drop(old);
    }

    /// `self.name`
    pub fn lookup(&self, context: &Context, name: &str) -> Result<Option<Value>> {
        let member = self.class.member(name);
        // A property goes before a field of the same name.
        if let Some(member) = &member
            && descriptor::is_property(member)
        {
            return bind(context, member.clone(), &self.value(), &self.class).map(Some);
        }
        if let Some(field) = self.field(name) {
            return Ok(Some(field));
        }
        if let Some(member) = member {
            return bind(context, member, &self.value(), &self.class).map(Some);
        }
        match name {
            "__dict__" => {
                let fields = self.fields.lock();
                return Ok(Some(Value::dict(fields.iter().map(|(name, value)| (name.clone(), value.clone())))));
            }
            "__class__" => return Ok(Some(Value::Class(self.class.clone()))),
            "__setattr__" | "__init__" | "__repr__" | "__str__" | "__hash__" | "__eq__" => {
                return Ok(Some(super::parent::default(&self.value(), name)));
            }
            "__getattr__" => return Ok(None),
            _ => {}
        }
        if let Some(answer) = self.invoke(context, "__getattr__", || Args::one(Value::str(name))) {
            return answer.map(Some);
        }
        Ok(None)
    }

    /// Takes an attribute away.
    pub(crate) fn delete(&self, name: &str) -> Result<()> {
        let old = self.fields.lock().shift_remove(name);
        match old {
            Some(_) => Ok(()),
            None => bail!(AttributeError: "'{}' object has no attribute '{name}'", self.class.name),
        }
    }

    /// Calls a method of the class, if it has it.
    fn invoke(&self, context: &Context, name: &str, args: impl FnOnce() -> Args) -> Option<Result<Value>> {
        let member = self.class.member(name)?;
        if member.is_none() {
            return None;
        }
        let bound = match bind(context, member, &self.value(), &self.class) {
            Ok(bound) => bound,
            Err(error) => return Some(Err(error)),
        };
        Some(context.call(&bound, args()))
    }

    /// The same for an operator: `NotImplemented` means that it is not this side's business.
    fn operate(&self, context: &Context, name: &str, other: &Value) -> Option<Result<Value>> {
        self.invoke(context, name, || Args::one(other.clone())).filter(|answer| match answer {
            Ok(value) => !descriptor::is_not_implemented(value),
            Err(_) => true,
        })
    }

    /// Calls a method where nobody has given a context.
    fn invoke_at_home(&self, name: &str, args: impl FnOnce() -> Args) -> Option<Result<Value>> {
        self.class.member(name)?;
        let shared = self.class.own.as_ref()?.home()?;
        let inside = INSIDE.get();
        if inside >= MOST_INSIDE {
            return None;
        }
        INSIDE.set(inside + 1);
        let context = Context::worker(shared, Globals::new());
        let answer = self.invoke(&context, name, args);
        INSIDE.set(inside);
        answer
    }

    /// What `__repr__` or `__str__` gives; an error in them must not hide the value.
    fn text_of(&self, name: &str) -> Option<String> {
        let address = std::ptr::from_ref(self) as usize;
        self.class.member(name)?;
        let shown = repr::guarded(address, "...", || match self.invoke_at_home(name, Args::none) {
            Some(Ok(Value::Str(text))) => text.to_string(),
            Some(Ok(other)) => format!("<{} whose {name} gave a {}>", self.class.name, other.class().name),
            Some(Err(error)) => format!("<{} whose {name} failed: {error}>", self.class.name),
            None => default_repr(self),
        });
        Some(shown)
    }

    /// Walks by position, as long as there are items.
    fn by_position(&self) -> Value {
        let (me, mut next) = (self.value(), 0i64);
        Value::iter("iterator", move |context| {
            let item = operators::item(context, &me, &Value::Int(next));
            next += 1;
            match item {
                Err(error) if error.0.kind.is(Kind::IndexError) => None,
                other => Some(other),
            }
        })
    }
}

/// `<__main__.Point object at 0x7f…>`
pub(crate) fn default_repr(instance: &Instance) -> String {
    if let Some(fields) = dataclass::fields(&instance.class)
        && fields.repr
    {
        return dataclass::repr(instance, fields);
    }
    format!("<__main__.{} object at {:#x}>", instance.class.name, std::ptr::from_ref(instance) as usize)
}

/// Does the class say how it shows?
pub(crate) fn has_own_repr(instance: &Instance) -> bool {
    instance.class.member("__repr__").is_some() || dataclass::fields(&instance.class).is_some_and(|fields| fields.repr)
}

fn binary_method(op: BinaryOp) -> [&'static str; 3] {
    match op {
        BinaryOp::Add => ["__add__", "__radd__", "__iadd__"],
        BinaryOp::Sub => ["__sub__", "__rsub__", "__isub__"],
        BinaryOp::Mul => ["__mul__", "__rmul__", "__imul__"],
        BinaryOp::MatMul => ["__matmul__", "__rmatmul__", "__imatmul__"],
        BinaryOp::Div => ["__truediv__", "__rtruediv__", "__itruediv__"],
        BinaryOp::FloorDiv => ["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
        BinaryOp::Mod => ["__mod__", "__rmod__", "__imod__"],
        BinaryOp::Pow => ["__pow__", "__rpow__", "__ipow__"],
        BinaryOp::LeftShift => ["__lshift__", "__rlshift__", "__ilshift__"],
        BinaryOp::RightShift => ["__rshift__", "__rrshift__", "__irshift__"],
        BinaryOp::BitOr => ["__or__", "__ror__", "__ior__"],
        BinaryOp::BitXor => ["__xor__", "__rxor__", "__ixor__"],
        BinaryOp::BitAnd => ["__and__", "__rand__", "__iand__"],
    }
}

fn whole(answer: Result<Value>, method: &str) -> Result<usize> {
    match answer? {
        Value::Int(n) if n >= 0 => Ok(n as usize),
        Value::Int(_) => bail!("{method}() should return >= 0"),
        other => bail!(TypeError: "'{}' object cannot be interpreted as an integer", other.class().name),
    }
}

impl Object for Instance {
    fn class(&self) -> ClassRef {
        self.class.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        self.text_of("__repr__").unwrap_or_else(|| default_repr(self))
    }

    fn str(&self) -> String {
        self.text_of("__str__").unwrap_or_else(|| self.repr())
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        let answer = self.invoke_at_home("__format__", || Args::one(Value::str(spec)));
        match answer {
            Some(Ok(text)) => Some(Ok(text.text())),
            Some(Err(error)) => Some(Err(error)),
            None if spec.is_empty() => Some(Ok(Object::str(self))),
            None => Some(Err(
                error!(TypeError: "unsupported format string passed to {}.__format__", self.class.name; hint: "`str(x)` can be formatted"),
            )),
        }
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        self.lookup(context, name).transpose()
    }

    fn attribute_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.fields.lock().keys().map(|name| name.to_string()).collect();
        for class in super::whole_line(&self.class) {
            if let Some(own) = &class.own {
                names.extend(own.members.lock().keys().map(|name| name.to_string()));
            }
        }
        names
    }

    fn set_attribute(&self, context: &Context, name: &str, value: Value) -> Option<Result<()>> {
        if let Some(answer) = self.invoke(context, "__setattr__", || Args::of([Value::str(name), value.clone()])) {
            return Some(answer.map(|_| ()));
        }
        if let Some(member) = self.class.member(name)
            && let Some(answer) = descriptor::set(context, &member, &self.value(), name, value.clone())
        {
            return Some(answer);
        }
        if dataclass::fields(&self.class).is_some_and(|fields| fields.frozen) {
            return Some(Err(
                error!(AttributeError: "cannot assign to field '{name}'"; hint: "the dataclass is frozen: `dataclasses.replace(x, {name}=…)` makes a new one"),
            ));
        }
        self.set(name, value);
        Some(Ok(()))
    }

    fn is_callable(&self) -> bool {
        self.class.member("__call__").is_some()
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        self.invoke(context, "__call__", || args)
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        let name = match op {
            UnaryOp::Neg => "__neg__",
            UnaryOp::Pos => "__pos__",
            UnaryOp::Invert => "__invert__",
            UnaryOp::Not => return None,
        };
        self.invoke(context, name, Args::none)
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let [plain, mirrored, _] = binary_method(op);
        self.operate(context, if reflected { mirrored } else { plain }, other)
    }

    fn augment(&self, context: &Context, op: BinaryOp, other: &Value) -> Option<Result<()>> {
        let [_, _, in_place] = binary_method(op);
        let answer = self.operate(context, in_place, other)?;
        // Almost always it gives itself back; another value cannot be put in its place from here.
        Some(answer.and_then(|value| match operators::same(&value, &self.value()) {
            true => Ok(()),
            false => {
                bail!(TypeError: "{in_place} has to return `self`"; hint: "`{}` without the `i` makes a new value", in_place.replacen("__i", "__", 1))
            }
        }))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let name = match op {
            CompareOp::Eq => "__eq__",
            CompareOp::NotEq => "__ne__",
            CompareOp::Less => "__lt__",
            CompareOp::LessEq => "__le__",
            CompareOp::Greater => "__gt__",
            CompareOp::GreaterEq => "__ge__",
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
        };
        if let Some(answer) = self.operate(context, name, other) {
            return Some(answer);
        }
        if op == CompareOp::NotEq
            && let Some(answer) = self.operate(context, "__eq__", other)
        {
            return Some(answer.and_then(|equal| Ok(Value::Bool(!operators::truth(context, &equal)?))));
        }
        dataclass::compare(context, self, op, other)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        self.invoke(context, "__getitem__", || Args::one(index.clone()))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let answer = self.invoke(context, "__setitem__", || Args::of([index.clone(), value]))?;
        Some(answer.map(|_| ()))
    }

    fn delete_item(&self, context: &Context, index: &Value) -> Option<Result<()>> {
        let answer = self.invoke(context, "__delitem__", || Args::one(index.clone()))?;
        Some(answer.map(|_| ()))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        let answer = self.invoke(context, "__contains__", || Args::one(item.clone()))?;
        Some(answer.and_then(|answer| operators::truth(context, &answer)))
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        self.invoke(context, "__len__", Args::none).map(|answer| whole(answer, "__len__"))
    }

    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        let answer = self.invoke(context, "__bool__", Args::none)?;
        Some(answer.and_then(|answer| operators::truth(context, &answer)))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        if let Some(answer) = self.invoke(context, "__iter__", Args::none) {
            return Some(answer.and_then(walked));
        }
        self.class.member("__getitem__")?;
        Some(Ok(self.by_position()))
    }

    fn number(&self) -> Option<Result<Value>> {
        ["__float__", "__int__", "__index__"].iter().find_map(|name| self.invoke_at_home(name, Args::none))
    }

    fn hash_key(&self) -> Option<Value> {
        if let Some(answer) = self.invoke_at_home("__hash__", Args::none) {
            return Some(Value::tuple([Value::str(self.class.name), answer.ok()?]));
        }
        if self.class.member("__eq__").is_some() {
            return None;
        }
        match dataclass::fields(&self.class) {
            Some(fields) if fields.eq => dataclass::hash_key(self, fields),
            _ => Some(Value::tuple([Value::str("instance"), Value::Int(std::ptr::from_ref(self) as usize as i64)])),
        }
    }

    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        self.invoke(context, "__enter__", Args::none)
    }

    fn exit(&self, context: &Context, error: Option<&Error>) -> Result<bool> {
        let given = || match error {
            Some(error) => {
                let error = Value::Exception(Arc::new(error.clone()));
                Args::of([Value::Class(error.class()), error, Value::None])
            }
            None => Args::of([Value::None, Value::None, Value::None]),
        };
        match self.invoke(context, "__exit__", given) {
            Some(answer) => operators::truth(context, &answer?),
            None => bail!(TypeError: "'{}' object has no method `__exit__`", self.class.name),
        }
    }

    fn n_bytes(&self) -> usize {
        128 + self.fields.lock().len() * 64
    }
}

/// What `__iter__` gave as an iterator.
pub(crate) fn walked(value: Value) -> Result<Value> {
    if !is_iterator(&value) {
        return Ok(value);
    }
    let mut ended = false;
    Ok(Value::iter("iterator", move |context| {
        if ended {
            return None;
        }
        let instance = value.get::<Instance>()?;
        match instance.invoke(context, "__next__", Args::none)? {
            Err(error) if error.0.kind == Kind::StopIteration => {
                ended = true;
                None
            }
            other => Some(other),
        }
    }))
}

/// Does it have `__next__`?
pub(crate) fn is_iterator(value: &Value) -> bool {
    value.get::<Instance>().is_some_and(|instance| instance.class.member("__next__").is_some())
}

/// `next(x)` of an instance that is an iterator; `None` if it is none.
pub(crate) fn next(context: &Context, value: &Value) -> Option<Result<Value>> {
    value.get::<Instance>()?.invoke(context, "__next__", Args::none)
}
