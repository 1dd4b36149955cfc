//! The classes of all plain values and exceptions, and which one a value is of.

use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::show;
use crate::value::{Dict, Value};
use crate::{bail, builtins, methods, user};

/// The classes of plain values.
#[allow(missing_docs)]
pub struct Types {
    pub object: ClassRef,
    pub r#type: ClassRef,
    pub none: ClassRef,
    pub ellipsis: ClassRef,
    pub int: ClassRef,
    pub bool: ClassRef,
    pub float: ClassRef,
    pub complex: ClassRef,
    pub str: ClassRef,
    pub bytes: ClassRef,
    pub list: ClassRef,
    pub tuple: ClassRef,
    pub dict: ClassRef,
    pub set: ClassRef,
    pub frozenset: ClassRef,
    pub range: ClassRef,
    pub slice: ClassRef,
    pub function: ClassRef,
    pub builtin: ClassRef,
    pub method: ClassRef,
    pub module: ClassRef,
    pub iterator: ClassRef,
    exceptions: Vec<ClassRef>,
}

/// The classes of plain values.
pub fn types() -> &'static Types {
    &TYPES
}

static TYPES: LazyLock<Types> = LazyLock::new(Types::new);

impl Types {
    fn new() -> Types {
        let object = Class::new("object", "", "What all values are.")
            .construct(builtins::construct::of("object").expect("declared"))
            .properties(methods::any::builtins());
        let object = Arc::new(object);
        let class = |name: &'static str, doc: &'static str| Class::new(name, "", doc).base(object.clone());
        let made = |name, doc| match builtins::construct::of(name) {
            Some(builtin) => class(name, doc).construct(builtin),
            None => class(name, doc),
        };
        let int = made("int", "A whole number, as large as need be.")
            .methods(methods::int::builtins())
            .properties(methods::int::properties::builtins());
        let int = Arc::new(int);
        let exceptions = exceptions(&object);
        Types {
            r#type: Arc::new(made("type", "The class of a value.").properties(methods::class::builtins())),
            none: Arc::new(class("NoneType", "The type of `None`.")),
            ellipsis: Arc::new(class("ellipsis", "The type of `...`.")),
            bool: Arc::new(made("bool", "`True` or `False`.").base(int.clone())),
            float: Arc::new(
                made("float", "A number with a fraction: 64 bits, about 16 digits.")
                    .methods(methods::float::builtins())
                    .properties(methods::float::properties::builtins()),
            ),
            complex: Arc::new(
                made("complex", "A number with a real and an imaginary part.")
                    .methods(methods::complex::builtins())
                    .properties(methods::complex::properties::builtins()),
            ),
            str: Arc::new(made("str", "Text.").methods(methods::text::builtins())),
            bytes: Arc::new(made("bytes", "Numbers from 0 to 255 in a row.").methods(methods::bytes::builtins())),
            list: Arc::new(made("list", "Values in a row, which can be changed.").methods(methods::list::builtins())),
            tuple: Arc::new(
                made("tuple", "Values in a row, which cannot be changed.").methods(methods::tuple::builtins()),
            ),
            dict: Arc::new(made("dict", "Values by key, in order of insertion.").methods(methods::dict::builtins())),
            set: Arc::new(
                made("set", "Values without order, each once.")
                    .methods(methods::set::builtins())
                    .methods(methods::set::changing::builtins()),
            ),
            frozenset: Arc::new(
                made("frozenset", "A set that cannot be changed, and can be a key.").methods(methods::set::builtins()),
            ),
            range: Arc::new(
                made("range", "Whole numbers at equal distances.")
                    .methods(methods::range::builtins())
                    .properties(methods::range::properties::builtins()),
            ),
            slice: Arc::new(
                made("slice", "The `a:b:c` of an index.")
                    .methods(methods::slice::builtins())
                    .properties(methods::slice::properties::builtins()),
            ),
            function: Arc::new(
                class("function", "A function written in rdk.").properties(methods::function::builtins()),
            ),
            builtin: Arc::new(
                class("builtin_function_or_method", "A function that comes with rdk.")
                    .properties(methods::function::builtins()),
            ),
            method: Arc::new(
                class("builtin_function_or_method", "A method with its value.")
                    .properties(methods::function::builtins()),
            ),
            module: Arc::new(class("module", "Names that belong together.").properties(methods::module::builtins())),
            iterator: Arc::new(class("iterator", "Something being walked.")),
            int,
            exceptions,
            object,
        }
    }

    /// The types that are builtin names, in the order of the help.
    pub fn named(&self) -> Vec<ClassRef> {
        let plain = [
            &self.int,
            &self.float,
            &self.complex,
            &self.bool,
            &self.str,
            &self.bytes,
            &self.list,
            &self.tuple,
            &self.dict,
            &self.set,
            &self.frozenset,
            &self.range,
            &self.slice,
            &self.r#type,
            &self.object,
        ];
        plain.into_iter().cloned().collect()
    }
}

/// The class of these exceptions.
pub fn exception(kind: Kind) -> &'static ClassRef {
    &types().exceptions[kind as usize]
}

fn exceptions(object: &ClassRef) -> Vec<ClassRef> {
    let mut classes: Vec<ClassRef> = Vec::with_capacity(Kind::ALL.len());
    for &kind in Kind::ALL {
        let module = match kind {
            Kind::AxisError | Kind::RankWarning | Kind::ComplexWarning | Kind::VisibleDeprecationWarning => {
                "numpy.exceptions"
            }
            Kind::PerformanceWarning => "dask.array.core",
            Kind::MaskError => "numpy.ma",
            Kind::LinAlgError => "numpy.linalg",
            Kind::UsageError => "IPython.core.error",
            Kind::JSONDecodeError => "json.decoder",
            Kind::PatternError => "re",
            Kind::StatisticsError => "statistics",
            Kind::CancelledError | Kind::FutureCancelledError | Kind::ClosedClientError => "distributed.client",
            _ => "",
        };
        let mut class = Class::new(kind.name(), module, "An exception.");
        class.exception = Some(kind);
        class = match classes.get(kind.parent() as usize) {
            Some(parent) => class.base(parent.clone()),
            None => class.base(object.clone()).properties(methods::exception::builtins()),
        };
        classes.push(Arc::new(class));
    }
    classes
}

/// Classes of iterators, by name; made when first asked for.
fn iterator(name: &'static str) -> ClassRef {
    static MADE: LazyLock<Mutex<Vec<ClassRef>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock();
    if let Some(class) = made.iter().find(|class| class.name == name) {
        return class.clone();
    }
    let class = Arc::new(Class::new(name, "", "Something being walked.").base(types().iterator.clone()));
    made.push(class.clone());
    class
}

impl Value {
    /// Its class.
    pub fn class(&self) -> ClassRef {
        let types = types();
        match self {
            Value::None => types.none.clone(),
            Value::Ellipsis => types.ellipsis.clone(),
            Value::Bool(_) => types.bool.clone(),
            Value::Int(_) | Value::BigInt(_) => types.int.clone(),
            Value::Float(_) => types.float.clone(),
            Value::Complex(_) => types.complex.clone(),
            Value::Str(_) => types.str.clone(),
            Value::Bytes(_) => types.bytes.clone(),
            Value::List(_) => types.list.clone(),
            Value::Tuple(_) => types.tuple.clone(),
            Value::Dict(_) => types.dict.clone(),
            Value::Set(set) if set.frozen => types.frozenset.clone(),
            Value::Set(_) => types.set.clone(),
            Value::Range(_) => types.range.clone(),
            Value::Slice(_) => types.slice.clone(),
            Value::Function(_) => types.function.clone(),
            Value::Builtin(_) => types.builtin.clone(),
            Value::Method(_) => types.method.clone(),
            Value::Module(_) => types.module.clone(),
            Value::Class(_) => types.r#type.clone(),
            Value::Exception(error) => error.class(),
            Value::Iter(iter) => iterator(iter.name),
            Value::Object(object) => object.class(),
            Value::Lazy(lazy) => lazy.class(),
        }
    }

    /// `repr(value)`
    pub fn repr(&self) -> String {
        show::repr(self)
    }

    /// `str(value)`
    pub fn text(&self) -> String {
        show::text(self)
    }
}

/// `class(…)`: a new value of a class.
pub fn construct(context: &Context, class: &ClassRef, args: Args) -> Result<Value> {
    if class.own.is_some() {
        return user::construct(context, class, args);
    }
    if let Some(kind) = class.exception {
        if let Some((name, _)) = args.keywords.first() {
            bail!(TypeError: "{}() takes no keyword arguments, got `{name}`", class.name);
        }
        return Ok(Value::Exception(Arc::new(raised(kind, args.positional.into_vec()))));
    }
    match &class.construct {
        Some(builtin) => builtin.call(context, args),
        None => bail!(TypeError: "cannot create '{}' values by calling the type", class.name),
    }
}

/// The exception that `kind(*args)` makes.
pub fn raised(kind: Kind, args: Vec<Value>) -> Error {
    let mut error = Error::new(kind, "");
    let one_text = matches!(args.as_slice(), [Value::Str(_)]) && kind != Kind::KeyError;
    if let (true, [Value::Str(text)]) = (one_text, args.as_slice()) {
        error.0.message = text.to_string();
        if !text.is_empty() {
            return error;
        }
    }
    // A number as the first of several says which of the operating system's errors it is.
    if let (Kind::OSError, [Value::Int(number), _, ..]) = (kind, args.as_slice()) {
        error.0.kind = os_kind(*number as i32);
    }
    error.0.args = Some(args);
    error.0.message = show::repr::error_text(&error);
    error
}

/// `KeyError(key)`
pub fn key_error(key: &Value) -> Error {
    raised(Kind::KeyError, vec![key.clone()])
}

/// The class of an error of the operating system, by its number.
pub fn os_kind(number: i32) -> Kind {
    match number {
        libc::ENOENT => Kind::FileNotFoundError,
        libc::EEXIST => Kind::FileExistsError,
        libc::EISDIR => Kind::IsADirectoryError,
        libc::ENOTDIR => Kind::NotADirectoryError,
        libc::EACCES | libc::EPERM => Kind::PermissionError,
        libc::ETIMEDOUT => Kind::TimeoutError,
        libc::EPIPE => Kind::BrokenPipeError,
        libc::ECONNREFUSED => Kind::ConnectionRefusedError,
        libc::ECONNRESET => Kind::ConnectionResetError,
        _ => Kind::OSError,
    }
}

/// The dict that a value is, or has inside.
pub fn dict_of(value: &Value) -> Option<Arc<Dict>> {
    match value {
        Value::Dict(dict) => Some(dict.clone()),
        Value::Object(object) => object.dict(),
        _ => None,
    }
}
