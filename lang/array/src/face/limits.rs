//! `np.finfo` and `np.iinfo`: the limits of the types of numbers.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};

use crate::dtype::DType;
use crate::eager::{self, DTypeArg, DTypeObject};
use crate::face::operand::Operand;
use crate::scalar::Scalar;
use crate::show;

static FLOATS: LazyLock<ClassRef> = LazyLock::new(|| class("finfo"));
static INTEGERS: LazyLock<ClassRef> = LazyLock::new(|| class("iinfo"));

fn class(name: &'static str) -> ClassRef {
    let construct = builtins().into_iter().find(|builtin| builtin.name == name).expect("both are declared");
    ClassRef::new(Class::new(name, "numpy", construct.headline()).construct(construct))
}

/// The classes, by name.
pub fn classes() -> Vec<(&'static str, Value)> {
    vec![("finfo", Value::Class(FLOATS.clone())), ("iinfo", Value::Class(INTEGERS.clone()))]
}

/// A type, or what has one.
fn dtype_of(value: &Value) -> Result<DType> {
    match (DTypeArg::from_value(value), Operand::plain(value)) {
        (Some(dtype), _) => Ok(dtype.0),
        (None, Some(operand)) if operand.ndim() == 0 => Ok(operand.dtype()),
        (None, Some(_)) => {
            bail!("data type {} is not one of numbers", value.repr(); hint: "ask for that of its elements: `x.dtype`")
        }
        (None, None) => Ok(DTypeArg::try_from_value(value)?.0),
    }
}

/// The limits of a floating type.
struct Floats(DType);

/// The limits of an integer type.
struct Integers {
    dtype: DType,
    low: i128,
    high: i128,
}

impl Floats {
    /// In the type itself.
    fn number(&self, value: f64) -> Value {
        eager::number(Scalar::F64(value).cast(self.0))
    }

    fn text(&self, value: f64) -> String {
        show::scalar::str(Scalar::F64(value).cast(self.0).into())
    }
}

impl Object for Floats {
    fn class(&self) -> ClassRef {
        FLOATS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (resolution, largest) = if self.0 == DType::F32 { (1e-6, f64::from(f32::MAX)) } else { (1e-15, f64::MAX) };
        let (low, high) = (self.text(-largest), self.text(largest));
        format!("finfo(resolution={}, min={low}, max={high}, dtype={})", self.text(resolution), self.0)
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let single = self.0 == DType::F32;
        let float = |narrow: f32, wide: f64| self.number(if single { f64::from(narrow) } else { wide });
        let whole = |narrow: i64, wide: i64| Value::Int(if single { narrow } else { wide });
        Some(Ok(match name {
            "bits" => whole(32, 64),
            "dtype" => Value::object(DTypeObject(self.0)),
            "eps" => float(f32::EPSILON, f64::EPSILON),
            "epsneg" => float(f32::EPSILON / 2.0, f64::EPSILON / 2.0),
            "max" => float(f32::MAX, f64::MAX),
            "min" => float(f32::MIN, f64::MIN),
            "tiny" | "smallest_normal" => float(f32::MIN_POSITIVE, f64::MIN_POSITIVE),
            "smallest_subnormal" => float(f32::from_bits(1), f64::from_bits(1)),
            "resolution" => float(1e-6, 1e-15),
            "precision" => whole(6, 15),
            "iexp" | "nexp" => whole(8, 11),
            "nmant" => whole(23, 52),
            "machep" => whole(-23, -52),
            "negep" => whole(-24, -53),
            "maxexp" => whole(128, 1024),
            "minexp" => whole(-126, -1022),
            _ => return None,
        }))
    }

    fn attribute_names(&self) -> Vec<String> {
        ["bits", "dtype", "eps", "max", "min", "precision", "resolution", "tiny"].map(String::from).to_vec()
    }
}

impl Object for Integers {
    fn class(&self) -> ClassRef {
        INTEGERS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("iinfo(min={}, max={}, dtype={})", self.low, self.high, self.dtype)
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        let whole = |value: i128| i64::try_from(value).map_or_else(|_| Value::big(value.into()), Value::Int);
        Some(Ok(match name {
            "bits" => Value::Int(8 * self.dtype.size() as i64),
            "dtype" => Value::object(DTypeObject(self.dtype)),
            "kind" => Value::str(self.dtype.letter().to_string()),
            "max" => whole(self.high),
            "min" => whole(self.low),
            _ => return None,
        }))
    }

    fn attribute_names(&self) -> Vec<String> {
        ["bits", "dtype", "kind", "max", "min"].map(String::from).to_vec()
    }
}

builtins! {
    /// The limits of a floating type.
    ///
    /// ```rdk
    /// np.finfo(np.float32).eps
    /// #> 1.1920929e-07
    /// ```
    fn finfo(
        /// The type, or a number of it.
        dtype: Value,
    ) -> Result<Value> {
        let found = dtype_of(&dtype)?;
        if !found.is_float() && !found.is_complex() {
            bail!("data type {} not inexact", dtype.repr(); hint: "`np.iinfo` is for integers");
        }
        Ok(Value::object(Floats(found.real())))
    }

    /// The limits of an integer type.
    ///
    /// ```rdk
    /// np.iinfo("int8")
    /// #> iinfo(min=-128, max=127, dtype=int8)
    /// ```
    fn iinfo(
        /// The type, or a number of it.
        r#type: Value,
    ) -> Result<Value> {
        let dtype = dtype_of(&r#type)?;
        match dtype.integer_range() {
            Some((low, high)) if dtype.is_integer() => Ok(Value::object(Integers { dtype, low, high })),
            _ => bail!("Invalid integer data type '{}'.", dtype.letter(); hint: "`np.finfo` is for floats"),
        }
    }
}
