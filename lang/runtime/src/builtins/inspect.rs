//! Functions that look at values: `repr`, `isinstance`, `getattr`, `dir`, `help`, …

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use crate::class::ClassRef;
use crate::context::Context;
use crate::convert::{Maybe, describe};
use crate::error::Result;
use crate::hash::address;
use crate::methods::class::line;
use crate::operators::{self, attribute_names};
use crate::show::{format_value, quote};
use crate::types::types;
use crate::user::Instance;
use crate::value::{Dict, HashKey, Value};
use crate::{bail, builtins};

builtins! {
    /// The value as text that shows what it is; where possible, as one would type it.
    ///
    /// ```rdk
    /// repr("a\n"), repr(0.1)
    /// #> ("'a\\n'", '0.1')
    /// ```
    fn repr(
        /// Any value.
        obj: Value,
    ) -> String { obj.repr() }

    /// As `repr`, with everything beyond ASCII escaped.
    ///
    /// ```rdk
    /// ascii("é")
    /// #> "'\\xe9'"
    /// ```
    fn ascii(
        /// Any value.
        obj: Value,
    ) -> String { quote::ascii(&obj.repr()) }

    /// The value as text in a certain form.
    ///
    /// ```rdk
    /// format(3.14159, ".2f"), format(1234567, ",")
    /// #> ('3.14', '1,234,567')
    /// ```
    fn format(
        /// Any value.
        value: Value,
        /// The form, as after the colon in an f-string.
        format_spec: Arc<str> = "",
    ) -> Result<String> { format_value(&value, &format_spec) }

    /// A number that equal values share.
    ///
    /// ```rdk
    /// hash(1) == hash(1.0), hash((1, 2)) == hash((1, 2))
    /// #> (True, True)
    /// ```
    fn hash(
        /// A value that cannot change.
        obj: Value,
    ) -> Result<i64> { hash(&obj) }

    /// A number that no other value has as long as this one lives.
    fn id(
        /// Any value.
        obj: Value,
    ) -> Result<Value> { Ok(id(&obj)) }

    /// Can it be called?
    ///
    /// ```rdk
    /// callable(len), callable(3)
    /// #> (True, False)
    /// ```
    fn callable(
        /// Any value.
        obj: Value,
    ) -> bool { callable(&obj) }

    /// Is it of this class, or of one of these?
    ///
    /// ```rdk
    /// isinstance(True, int), isinstance("a", (int, float))
    /// #> (True, False)
    /// ```
    fn isinstance(
        /// Any value.
        obj: Value,
        /// A class, or a tuple of them.
        class_or_tuple: Value,
    ) -> Result<bool> { is_instance(&obj, &class_or_tuple) }

    /// Is this class a special case of another, or of one of these?
    ///
    /// ```rdk
    /// issubclass(bool, int), issubclass(KeyError, (LookupError, OSError))
    /// #> (True, True)
    /// ```
    fn issubclass(
        /// A class.
        cls: ClassRef,
        /// A class, or a tuple of them.
        class_or_tuple: Value,
    ) -> Result<bool> { is_subclass(&cls, &class_or_tuple, "issubclass") }

    /// An attribute by its name.
    ///
    /// ```rdk
    /// getattr("ab", "upper")(), getattr(3, "nope", None)
    /// #> ('AB', None)
    /// ```
    fn getattr[context](
        /// Any value.
        object: Value,
        /// The name.
        name: Arc<str>,
        /// What to give if there is no such attribute.
        default: Maybe,
    ) -> Result<Value> {
        match (operators::find(context, &object, &name)?, default.0) {
            (Some(found), _) => Ok(found),
            (None, Some(default)) => Ok(default),
            (None, None) => operators::attribute(context, &object, &name),
        }
    }

    /// Has it an attribute of this name?
    ///
    /// ```rdk
    /// hasattr([], "append"), hasattr(3, "append")
    /// #> (True, False)
    /// ```
    fn hasattr[context](
        /// Any value.
        obj: Value,
        /// The name.
        name: Arc<str>,
    ) -> Result<bool> { Ok(operators::find(context, &obj, &name)?.is_some()) }

    /// Sets an attribute by its name.
    fn setattr[context](
        /// What to change.
        obj: Value,
        /// The name.
        name: Arc<str>,
        /// Its new value.
        value: Value,
    ) -> Result<()> { operators::set_attribute(context, &obj, &name, value) }

    /// Removes an attribute by its name.
    fn delattr(
        /// What to change.
        obj: Value,
        /// The name.
        name: Arc<str>,
    ) -> Result<()> { operators::delete_attribute(&obj, &name) }

    /// The names of the attributes of a value; without one, of the variables.
    ///
    /// ```rdk
    /// dir(slice(1))
    /// #> ['__class__', '__doc__', 'indices', 'start', 'step', 'stop']
    /// ```
    fn dir[context](
        /// Any value.
        object: Maybe,
    ) -> Vec<Value> {
        let names = match &object.0 {
            Some(object) => attribute_names(context, object),
            None => context.globals.names(),
        };
        names.into_iter().map(Value::Str).collect()
    }

    /// The names of a module with what they stand for; without one, the variables.
    fn vars[context](
        /// A module.
        object: Maybe,
    ) -> Result<Value> { vars(context, object.0) }

    /// The variables of the session, as a new dict.
    ///
    /// ```rdk
    /// x = 5
    /// globals()["x"]
    /// #> 5
    /// ```
    fn globals[context]() -> Value { globals(context) }

    /// Shows what is known of a value.
    fn help[context](
        /// A function, a class, a module, or any value.
        request: Maybe,
    ) -> Result<()> { help(context, request.0) }
}

/// Python's hash of whole numbers: the remainder by a large prime, so that equal floats have the same.
const PRIME: i64 = (1 << 61) - 1;

fn hash(value: &Value) -> Result<i64> {
    let key = HashKey::new(value.clone())?;
    Ok(match value {
        Value::Bool(flag) => i64::from(*flag),
        Value::Int(number) => match number % PRIME {
            -1 => -2,
            rest => rest,
        },
        Value::Float(number) => hash_float(*number),
        // A number of NumPy hashes as the plain one.
        Value::Object(object) => match object.hash_key() {
            Some(key @ (Value::Bool(_) | Value::Int(_) | Value::Float(_))) => return hash(&key),
            _ => FxBuildHasher.hash_one(&key) as i64,
        },
        _ => FxBuildHasher.hash_one(&key) as i64,
    })
}

/// Python's hash of a float: that of the fraction which it is, modulo the prime.
pub fn hash_float(number: f64) -> i64 {
    if number.is_nan() {
        return 0;
    }
    if number.is_infinite() {
        return if number > 0.0 { 314_159 } else { -314_159 };
    }
    let bits = number.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    // Two to the 61st is 1 here, so that a power of two is a rotation by that many of 61 bits.
    let turn = power.rem_euclid(61) as u32;
    let rest = mantissa as i128 % i128::from(PRIME);
    let turned = ((rest << turn) % i128::from(PRIME)) as i64;
    match if number < 0.0 { -turned } else { turned } {
        -1 => -2,
        hash => hash,
    }
}

fn id(value: &Value) -> Value {
    match address(value) {
        0 => {
            // Values that are not shared are told apart by what they are.
            let mut hasher = FxBuildHasher.build_hasher();
            value.class().name.hash(&mut hasher);
            if let Ok(key) = HashKey::new(value.clone()) {
                key.hash(&mut hasher);
            }
            Value::Int((hasher.finish() >> 16) as i64)
        }
        at => Value::from(at),
    }
}

/// Can it be called?
pub fn callable(value: &Value) -> bool {
    match value {
        Value::Function(_) | Value::Builtin(_) | Value::Method(_) | Value::Class(_) => true,
        Value::Object(object) => object.is_callable(),
        Value::Lazy(lazy) => lazy.is_callable(),
        _ => false,
    }
}

/// Is the value of this class, or of one of these?
pub fn is_instance(value: &Value, classes: &Value) -> Result<bool> {
    if let Some(answer) = crate::modules::is_named_tuple(value, classes) {
        return Ok(answer);
    }
    is_subclass(&value.class(), classes, "isinstance")
}

fn is_subclass(class: &ClassRef, classes: &Value, function: &str) -> Result<bool> {
    match classes {
        Value::Class(other) => Ok(class.is(other) || Arc::ptr_eq(other, &types().object)),
        Value::Tuple(items) => {
            for item in items.iter() {
                if is_subclass(class, item, function)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::None => Ok(Arc::ptr_eq(class, &types().none)),
        Value::Object(object) if object.is_callable() => Ok(false),
        other => {
            bail!(TypeError: "{function}() arg 2 must be a class or a tuple of classes, got {}", describe(other))
        }
    }
}

fn globals(context: &Context) -> Value {
    let names = context.globals.names().into_iter();
    Value::dict(names.filter_map(|name| Some((name.clone(), context.globals.get(&name)?))))
}

fn vars(context: &Context, object: Option<Value>) -> Result<Value> {
    match object {
        None => Ok(globals(context)),
        Some(Value::Module(module)) => {
            Ok(Value::dict(module.names().into_iter().filter_map(|name| Some((name.clone(), module.get(&name)?)))))
        }
        Some(Value::Class(class)) => {
            let dict = Dict::default();
            for class in line(class).into_iter().rev() {
                let mut entries = dict.0.lock();
                for (name, builtin) in class.methods.iter().chain(&class.properties) {
                    entries.insert(HashKey::text(name), Value::Builtin(builtin.clone()));
                }
            }
            Ok(Value::Dict(Arc::new(dict)))
        }
        Some(value) if value.get::<Instance>().is_some() => crate::operators::attribute(context, &value, "__dict__"),
        Some(other) => {
            bail!(TypeError: "vars() argument must be a module or a class, got {}", describe(&other); hint: "`dir(x)` lists attributes")
        }
    }
}

fn help(context: &Context, request: Option<Value>) -> Result<()> {
    match request {
        Some(value) => context.shared.magics.help_value(context, &value),
        None => {
            context.shared.output.write(crate::Stream::Out, "`help(x)` or `x?` shows what is known of x.\n");
            Ok(())
        }
    }
}
