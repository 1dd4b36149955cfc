//! dtypes as values: `x.dtype`, `np.float32`, `dtype="f4"`.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, FromValue, Object, Result, Value, bail, builtins};

use crate::dtype::{DType, NumberKind};
use crate::scalar::Scalar;

/// `dtype('float64')`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DTypeObject(pub DType);

impl Object for DTypeObject {
    fn class(&self) -> ClassRef {
        DTYPE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("dtype('{}')", self.0.name())
    }

    fn str(&self) -> String {
        self.0.name().into()
    }

    fn compare(
        &self,
        _: &rdk_runtime::Context,
        op: rdk_syntax::tree::CompareOp,
        other: &Value,
    ) -> Option<Result<Value>> {
        let other = DTypeArg::from_value(other).map(|other| other.0);
        match op {
            rdk_syntax::tree::CompareOp::Eq => Some(Ok(Value::Bool(other == Some(self.0)))),
            rdk_syntax::tree::CompareOp::NotEq => Some(Ok(Value::Bool(other != Some(self.0)))),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::str(format!("dtype('{}')", self.0.name())))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        Ok((super::travel::DTYPE, self.0.name().into()))
    }
}

/// A parameter `dtype`: a dtype, one of NumPy's or Python's number classes, or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DTypeArg(pub DType);

impl FromValue for DTypeArg {
    fn expected() -> &'static str {
        "a dtype"
    }

    fn from_value(value: &Value) -> Option<DTypeArg> {
        let dtype = match value {
            Value::Str(name) => DType::from_name(name).ok()?,
            Value::Class(class) if matches!((class.module, class.name), ("", "bool" | "int" | "float" | "complex")) => {
                DType::from_name(class.name).ok()?
            }
            Value::Class(class) if class.module == "numpy" => DType::from_name(class.name).ok()?,
            Value::Builtin(builtin) if matches!(builtin.name, "bool" | "int" | "float" | "complex") => {
                DType::from_name(builtin.name).ok()?
            }
            _ => value.get::<DTypeObject>()?.0,
        };
        Some(DTypeArg(dtype))
    }

    fn try_from_value(value: &Value) -> Result<DTypeArg> {
        match (value, DTypeArg::from_value(value)) {
            (_, Some(dtype)) => Ok(dtype),
            (Value::Str(name), None) => DType::from_name(name).map(DTypeArg),
            (Value::Builtin(builtin), None) if builtin.name == "float16" => {
                DType::from_name(builtin.name).map(DTypeArg)
            }
            (Value::Class(class), None) => {
                bail!(TypeError: "arrays hold numbers: there is no dtype for `{}`", class.name)
            }
            _ => bail!(
                TypeError: "expected a dtype, got {}", rdk_runtime::convert::describe(value);
                hint: "such as `float`, `np.float32` or \"int64\""
            ),
        }
    }
}

/// The class of a single number of this type: `np.float32`.
pub fn class(dtype: DType) -> ClassRef {
    let at = DType::ALL.iter().position(|&other| other == dtype).expect("all dtypes are in the list");
    CLASSES[at].clone()
}

static CLASSES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
    let constructors = constructors::builtins();
    let plain = rdk_runtime::types::types();
    let with_construct = |(&dtype, construct): (&DType, rdk_runtime::Builtin)| {
        let class = Class::new(dtype.name(), "numpy", construct.headline()).base(family(dtype.kind()));
        // Those that a Python number is made of are Python numbers as well.
        ClassRef::new(match dtype {
            DType::F64 => class.also(plain.float.clone()).construct(construct),
            DType::C128 => class.also(plain.complex.clone()).construct(construct),
            _ => class.construct(construct),
        })
    };
    DType::ALL.iter().zip(constructors).map(with_construct).collect()
});

/// The abstract classes of numbers, by name, the general ones first.
static FAMILIES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| {
    let mut made: Vec<ClassRef> = Vec::new();
    let generic =
        Class::new("generic", "numpy", "A single number of NumPy's.").base(rdk_runtime::types::types().object.clone());
    let generic = generic.methods(crate::face::methods::scalar()).properties(crate::face::methods::scalar_properties());
    made.push(ClassRef::new(generic));
    for (name, base, doc) in [
        ("number", 0, "A single number that is not a truth value."),
        ("integer", 1, "A single whole number."),
        ("inexact", 1, "A single number that may be rounded."),
        ("signedinteger", 2, "A single whole number with a sign."),
        ("unsignedinteger", 2, "A single whole number of 0 or more."),
        ("floating", 3, "A single number with a fraction."),
        ("complexfloating", 3, "A single complex number."),
    ] {
        let base = made[base].clone();
        made.push(ClassRef::new(Class::new(name, "numpy", doc).base(base)));
    }
    made
});

/// The abstract classes of numbers: `np.integer`, `np.floating`.
pub fn families() -> &'static [ClassRef] {
    &FAMILIES
}

/// The one that numbers of this kind are of.
fn family(kind: NumberKind) -> ClassRef {
    let name = match kind {
        NumberKind::Bool => "generic",
        NumberKind::Signed => "signedinteger",
        NumberKind::Unsigned => "unsignedinteger",
        NumberKind::Float => "floating",
        NumberKind::Complex => "complexfloating",
    };
    FAMILIES.iter().find(|class| class.name == name).expect("all families are made").clone()
}

static DTYPE: LazyLock<ClassRef> = LazyLock::new(|| {
    let construct = dtype_construct::builtins().pop().expect("one is declared");
    let class = Class::new("dtype", "numpy", "What the elements of an array are.").construct(construct);
    ClassRef::new(class.properties(properties::builtins()))
});

/// The class `np.dtype`.
pub fn dtype_class() -> ClassRef {
    DTYPE.clone()
}

/// `np.float32(x)`: a number, or an array with all elements cast.
fn construct(value: Option<Value>, dtype: DType) -> Result<Value> {
    let Some(value) = value else { return Ok(super::number(Scalar::zero(dtype))) };
    if let Value::Str(text) = &value {
        let parsed = text.trim().parse::<f64>();
        return match parsed {
            Ok(number) => Ok(super::number(Scalar::F64(number).cast(dtype))),
            Err(_) => bail!("could not convert string to {}: '{text}'", dtype.name()),
        };
    }
    if let Some(scalar) = value.get::<super::NumpyScalar>() {
        return Ok(super::number(scalar.0.cast(dtype)));
    }
    if let Some(scalar) = super::nested::element(&value, dtype) {
        return Ok(super::number(scalar?));
    }
    Ok(super::value(super::nested::chunk(&value, Some(dtype))?))
}

mod constructors {
    use super::*;

    builtins! {
        /// Truth values: `True` or `False`.
        fn bool(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::Bool) }

        /// Whole numbers from -128 to 127.
        fn int8(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::I8) }

        /// Whole numbers from -32768 to 32767.
        fn int16(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::I16) }

        /// Whole numbers of 32 bits.
        fn int32(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::I32) }

        /// Whole numbers of 64 bits.
        fn int64(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::I64) }

        /// Whole numbers from 0 to 255.
        fn uint8(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::U8) }

        /// Whole numbers from 0 to 65535.
        fn uint16(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::U16) }

        /// Whole numbers of 32 bits, 0 or more.
        fn uint32(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::U32) }

        /// Whole numbers of 64 bits, 0 or more.
        fn uint64(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::U64) }

        /// Floating point numbers of 32 bits, about 7 digits.
        fn float32(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::F32) }

        /// Floating point numbers of 64 bits, about 16 digits.
        fn float64(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::F64) }

        /// Complex numbers of two 32-bit floats.
        fn complex64(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::C64) }

        /// Complex numbers of two 64-bit floats.
        fn complex128(/** A number or an array. */ x: Option<Value>) -> Result<Value> { construct(x, DType::C128) }
    }
}

/// What NumPy has and rdk has not.
pub mod missing {
    use super::*;

    /// What is said of dates.
    fn no_dates<T>(name: &str) -> Result<T> {
        bail!(
            TypeError: "arrays hold numbers: there is no {name} in rdk";
            hint: "columns hold dates: `pd.date_range(…)`, `pd.to_datetime(…)`"
        )
    }

    builtins! {
        /// Floats of 16 bits, which rdk does not have: float32 holds all of them.
        fn float16(/** A number or an array. */ x: Option<Value>) -> Result<Value> {
            let _ = x;
            DType::from_name("float16").map(|dtype| Value::object(DTypeObject(dtype)))
        }

        /// Floats of 16 bits, which rdk does not have: float32 holds all of them.
        fn half(/** A number or an array. */ x: Option<Value>) -> Result<Value> {
            let _ = x;
            DType::from_name("half").map(|dtype| Value::object(DTypeObject(dtype)))
        }

        /// Dates in arrays, which rdk does not have: columns hold them.
        fn datetime64(/** A date. */ value: Option<Value>, /** The unit. */ unit: Option<Value>) -> Result<Value> {
            let _ = (value, unit);
            no_dates("datetime64")
        }

        /// Spans of time in arrays, which rdk does not have: columns hold them.
        fn timedelta64(/** How long. */ value: Option<Value>, /** The unit. */ unit: Option<Value>) -> Result<Value> {
            let _ = (value, unit);
            no_dates("timedelta64")
        }

        /// Which dates are none: of arrays, which hold no dates in rdk.
        fn isnat(/** An array. */ x: Value) -> Result<Value> {
            let _ = x;
            bail!(TypeError: "ufunc 'isnat' is only defined for np.datetime64 and np.timedelta64."; hint: "`pd.isna(…)` tells which values of a column are missing")
        }
    }

    /// Functions of text in arrays, by any name.
    mod text {
        use super::*;

        builtins! {
            /// A function of text in arrays, which rdk does not have.
            fn of_text(/** Anything. */ args: rdk_runtime::Rest, /** Anything. */ kwargs: rdk_runtime::Keywords) -> Result<Value> {
                let _ = (args, kwargs);
                bail!(
                    TypeError: "arrays hold numbers: there are no arrays of text in rdk";
                    hint: "columns hold text: `pd.Series([…]).str.upper()`; for a list `[text.upper() for text in texts]`"
                )
            }
        }
    }

    /// `np.char` and `np.strings`: each of their functions says what there is instead.
    pub fn of_text() -> Vec<(&'static str, Value)> {
        fn named(_: &rdk_runtime::Builtin, _: &str) -> Option<Value> {
            text::builtins().pop().map(|builtin| Value::Builtin(std::sync::Arc::new(builtin)))
        }
        let module =
            || text::builtins().pop().map(|builtin| Value::Builtin(std::sync::Arc::new(builtin.having(named))));
        ["char", "strings"].into_iter().filter_map(|name| Some((name, module()?))).collect()
    }
}

mod dtype_construct {
    use super::*;

    builtins! {
        /// What the elements of an array are.
        fn dtype(/** A name such as "f8", a number class, or a dtype. */ dtype: DTypeArg) -> Value { Value::object(DTypeObject(dtype.0)) }
    }
}

mod properties {
    use super::*;

    /// The dtype that a property is asked of.
    struct This(DType);

    impl FromValue for This {
        fn expected() -> &'static str {
            "a dtype"
        }

        fn from_value(value: &Value) -> Option<This> {
            value.get::<DTypeObject>().map(|dtype| This(dtype.0))
        }
    }

    builtins! {
        /// Its name: `float64`.
        fn name(/** The dtype. */ this: This) -> Value { Value::str(this.0.name()) }

        /// Bytes of an element.
        fn itemsize(/** The dtype. */ this: This) -> usize { this.0.size() }

        /// The letter of its family: `f`, `i`, `u`, `b`, `c`.
        fn kind(/** The dtype. */ this: This) -> Value { Value::str(this.0.letter().to_string()) }

        /// The short form with its byte order: `<f8`.
        fn str(/** The dtype. */ this: This) -> Value { Value::str(this.0.code()) }

        /// The one letter that NumPy has for it: `d`.
        fn char(/** The dtype. */ this: This) -> Value { Value::str(this.0.numbered().1) }

        /// Its number among NumPy's types.
        fn num(/** The dtype. */ this: This) -> i64 { this.0.numbered().0 }

        /// `=` for the order of this machine, `|` where bytes have no order.
        fn byteorder(/** The dtype. */ this: This) -> Value { Value::str(if this.0.size() == 1 { "|" } else { "=" }) }

        /// At multiples of how many bytes its elements lie.
        fn alignment(/** The dtype. */ this: This) -> usize { this.0.real().size() }

        /// Are its bytes in the order of this machine? They always are.
        fn isnative(/** The dtype. */ this: This) -> bool { let _ = this; true }

        /// Its parts, by name: it has one, without a name.
        fn descr(/** The dtype. */ this: This) -> Value {
            Value::list([Value::tuple([Value::str(""), Value::str(this.0.code())])])
        }

        /// The names of its fields: it has none.
        fn names(/** The dtype. */ this: This) -> Value { let _ = this; Value::None }

        /// Its fields: it has none.
        fn fields(/** The dtype. */ this: This) -> Value { let _ = this; Value::None }

        /// What its elements are arrays of: they are none.
        fn subdtype(/** The dtype. */ this: This) -> Value { let _ = this; Value::None }

        /// The lengths of its elements as arrays: they are none.
        fn shape(/** The dtype. */ this: This) -> Value { let _ = this; Value::tuple([]) }

        /// How many axes its elements have: none.
        fn ndim(/** The dtype. */ this: This) -> i64 { let _ = this; 0 }

        /// What it is made from: itself.
        fn base(/** The dtype. */ this: This) -> Value { Value::object(DTypeObject(this.0)) }

        /// Does it hold objects of Python? No.
        fn hasobject(/** The dtype. */ this: This) -> bool { let _ = this; false }

        /// The class of its numbers: `np.float64`.
        fn r#type(/** The dtype. */ this: This) -> Value { Value::Class(class(this.0)) }
    }
}
