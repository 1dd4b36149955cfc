//! Small things of the module `numpy`: how arrays are printed, types of results, what NumPy warns of.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, Keywords, Object, Rest, Result, Value, bail, builtins};

use super::faults::Treatments;
use super::operand::Operand;
use super::properties::lengths;
use crate::dtype::{Casting, DType};
use crate::eager::{DTypeArg, DTypeObject, types};
use crate::scalar::Scalar;
use crate::show::{FloatMode, PrintOptions};

/// `np.errstate(…)`, `np.printoptions(…)`: something that holds within a `with`.
enum Within {
    /// How arrays are printed: what is put in force, and what is put back.
    Print(PrintOptions, PrintOptions),
    /// What is warned of.
    Faults(Treatments, Treatments),
}

static WITHIN: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("context", "numpy", "A setting that holds within a `with`.")));

impl Object for Within {
    fn class(&self) -> ClassRef {
        WITHIN.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<numpy settings>".into()
    }

    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        match self {
            Within::Print(new, _) => new.clone().set(),
            Within::Faults(new, _) => new.set(context),
        }
        Some(Ok(Value::None))
    }

    fn exit(&self, context: &Context, _: Option<&rdk_runtime::Error>) -> Result<bool> {
        match self {
            Within::Print(_, old) => old.clone().set(),
            Within::Faults(_, old) => old.set(context),
        }
        Ok(false)
    }
}

/// Those in force, with these changes.
pub(super) fn changed(keywords: Keywords) -> Result<PrintOptions> {
    use rdk_runtime::FromValue;
    let mut options = PrintOptions::current();
    for (name, value) in keywords.0 {
        if value.is_none() {
            continue;
        }
        let number = || match &value {
            Value::Float(number) if *number == f64::INFINITY => Ok(usize::MAX),
            value => usize::try_from_value(value),
        };
        match &*name {
            "precision" => options.precision = number()?.min(1000),
            "threshold" => options.threshold = number()?,
            "edgeitems" => options.edge_items = number()?,
            "linewidth" => options.line_width = number()?,
            "suppress" => options.suppress = bool::try_from_value(&value)?,
            "nanstr" => options.nan = String::try_from_value(&value)?,
            "infstr" => options.inf = String::try_from_value(&value)?,
            "floatmode" => {
                options.float_mode = match &*String::try_from_value(&value)? {
                    "fixed" => FloatMode::Fixed,
                    "unique" => FloatMode::Unique,
                    "maxprec" => FloatMode::MaxPrecision,
                    "maxprec_equal" => FloatMode::MaxPrecisionEqual,
                    other => bail!(
                        "floatmode option must be one of \"fixed\", \"unique\", \"maxprec\" or \"maxprec_equal\", got {other:?}"
                    ),
                }
            }
            "sign" | "formatter" | "legacy" => bail!(NotImplementedError: "the print option `{name}` is not supported"),
            _ => {
                bail!(TypeError: "there is no print option `{name}`"; hint: "such as `precision`, `suppress`, `threshold`, `linewidth`")
            }
        }
    }
    Ok(options)
}

builtins! {
    /// Sets how arrays are printed: `precision`, `suppress`, `threshold`, `edgeitems`, `linewidth`, …
    fn set_printoptions(/** The settings, by name. */ options: Keywords) -> Result<()> { changed(options)?.set(); Ok(()) }

    /// How arrays are printed, within a `with`.
    fn printoptions(/** The settings, by name. */ options: Keywords) -> Result<Value> {
        Ok(Value::object(Within::Print(changed(options)?, PrintOptions::current())))
    }

    /// How arrays are printed, as a dict.
    fn get_printoptions() -> Value {
        let options = PrintOptions::current();
        Value::dict([
            ("edgeitems", Value::from(options.edge_items)),
            ("threshold", Value::from(options.threshold)),
            ("precision", Value::from(options.precision)),
            ("suppress", Value::Bool(options.suppress)),
            ("linewidth", Value::from(options.line_width)),
            ("nanstr", Value::str(options.nan)),
            ("infstr", Value::str(options.inf)),
        ])
    }

    /// What is warned of within a `with`, by kind of fault.
    ///
    /// The kinds are `divide`, `over`, `invalid` and `all`, each "ignore", "warn" or "raise".
    ///
    /// ```rdk
    /// with np.errstate(divide="ignore"):
    ///     print(np.array([1.0, 2.0]) / 0)
    /// #> [inf inf]
    /// ```
    fn errstate[context](/** What is done about which fault. */ options: Keywords) -> Result<Value> {
        let old = Treatments::current(context);
        Ok(Value::object(Within::Faults(old.changed(options)?, old)))
    }

    /// Sets what is warned of; gives what was set before.
    fn seterr[context](/** What is done about which fault. */ options: Keywords) -> Result<Value> {
        let old = Treatments::current(context);
        old.changed(options)?.set(context);
        Ok(old.to_value())
    }

    /// What is warned of.
    fn geterr[context]() -> Value { Treatments::current(context).to_value() }

    /// The lengths of an array along each axis.
    fn shape(/** An array, a number or nested lists. */ a: Operand) -> Result<Value> { Ok(lengths(a.array()?.shape())) }

    /// How many axes an array has.
    fn ndim(/** An array, a number or nested lists. */ a: Operand) -> usize { a.ndim() }

    /// How many elements an array has.
    fn size(
        /// An array, a number or nested lists.
        a: Operand,
        /// Only along this axis.
        axis: Option<i64>,
    ) -> Result<Value> {
        let array = a.array()?;
        match axis {
            None => Ok(Value::big(array.size().into())),
            Some(axis) => Ok(Value::from(array.shape()[crate::shape::axis(axis, array.ndim())?])),
        }
    }

    /// The type of an operation on these.
    fn result_type(/** Arrays, numbers and dtypes. */ arrays_and_dtypes: Rest) -> Result<Value> {
        use rdk_runtime::FromValue;
        let (mut strong, mut weak) = (Vec::new(), Vec::new());
        for value in &arrays_and_dtypes.0 {
            match (Scalar::weak(value), DTypeArg::from_value(value)) {
                (Some(number), _) => weak.push(number),
                (None, Some(dtype)) => strong.push(dtype.0),
                (None, None) => strong.push(Operand::try_from_value(value)?.dtype()),
            }
        }
        match DType::result_type(strong, weak) {
            Some(dtype) => Ok(Value::object(DTypeObject(dtype))),
            None => bail!("at least one array or dtype is required"),
        }
    }

    /// Is a type of this family, or the same as another?
    ///
    /// ```rdk
    /// np.issubdtype(np.int32, np.integer), np.issubdtype("f4", np.float64)
    /// #> (True, False)
    /// ```
    fn issubdtype(/** A dtype, or a class of numbers. */ arg1: Value, /** A family, a dtype or a class of numbers. */ arg2: Value) -> Result<bool> {
        Ok(number_class(&arg1)?.is(&number_class(&arg2)?))
    }

    /// The smallest type that holds both.
    fn promote_types(/** One type. */ type1: DTypeArg, /** The other. */ type2: DTypeArg) -> Value {
        Value::object(DTypeObject(type1.0.promote(type2.0)))
    }

    /// May values of one type become the other without loss?
    fn can_cast(
        /// From this type.
        from_: DTypeArg,
        /// To this one.
        to: DTypeArg,
        /// By which rule: "no", "equiv", "safe", "same_kind" or "unsafe".
        casting: String = "safe",
    ) -> Result<bool> {
        Ok(match &casting[..] {
            "no" | "equiv" => from_.0 == to.0,
            "safe" => from_.0.can_cast(to.0, Casting::Safe),
            "same_kind" => from_.0.can_cast(to.0, Casting::SameKind),
            "unsafe" => true,
            other => bail!("casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', or 'same_value' (got '{other}')"),
        })
    }

    /// Is it one number, not an array or a list?
    fn isscalar(/** Anything. */ element: Value) -> bool {
        Scalar::weak(&element).is_some() || element.get::<crate::eager::NumpyScalar>().is_some() || matches!(element, Value::Str(_))
    }
}

/// The class of numbers that a dtype, a name or a class stands for.
fn number_class(value: &Value) -> Result<ClassRef> {
    if let Value::Class(class) = value
        && types::families().iter().any(|family| std::sync::Arc::ptr_eq(family, class))
    {
        return Ok(class.clone());
    }
    Ok(types::class(<DTypeArg as rdk_runtime::FromValue>::try_from_value(value)?.0))
}
