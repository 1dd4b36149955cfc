//! `pd.CategoricalDtype`: the type of a column of categories.

use std::any::Any;
use std::sync::LazyLock;

use arrow::datatypes::DataType;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};
use rdk_syntax::tree::CompareOp;

use super::categorical::index_of_categories;
use crate::category::{self, Kind};
use crate::cell;
use crate::frame::what;

/// The type of a column of categories.
#[derive(Clone)]
pub struct CategoricalDtype {
    /// The type of the column.
    pub of: DataType,
}

/// The type that `dtype=` means for a column of this type.
pub fn wanted_for(dtype: &Value, of: &DataType) -> Result<DataType> {
    let wanted = crate::dtype::read_for(dtype, of)?;
    Ok(match category::is_unknown(&wanted) {
        true if category::categories(of).is_some() => of.clone(),
        true => category::unknown(&category::value_type(of), category::is_ordered(&wanted)),
        false => wanted,
    })
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("CategoricalDtype", "pandas", "The type of a column of categories.");
    ClassRef::new(class.construct(construct::builtins().remove(0)).properties(builtins()))
});

/// The class of such types.
pub fn class() -> ClassRef {
    CLASS.clone()
}

/// A list of categories, an index or a series of them, as a column; each may be there once.
pub fn values_of(context: &Context, given: &Value) -> Result<arrow::array::ArrayRef> {
    use arrow::array::Array;
    let column = match crate::plan::View::from_value(given) {
        Some(view) => cell::column(&super::super::items::values(context, &view)?, "of categories")?,
        None => match cell::column_of(given, "of categories")? {
            Some(column) => category::plain(&column)?,
            None => bail!(TypeError: "Parameter 'categories' must be list-like, was {}", what(given)),
        },
    };
    if column.null_count() > 0 {
        bail!("Categorical categories cannot be null");
    }
    if category::sorted_values(&column)?.len() < column.len() {
        bail!("Categorical categories must be unique");
    }
    Ok(column)
}

impl Object for CategoricalDtype {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let ordered = if category::is_ordered(&self.of) { "True" } else { "False" };
        let (categories, of) = match category::kind(&self.of) {
            Some(Kind::Known(known)) => {
                let of = crate::dtype::name(known.values.data_type(), true);
                let items = (0..arrow::array::Array::len(&known.values)).map(|row| cell::value(&known.values, row));
                let text = |value: Value| if of.starts_with("interval") { value.text() } else { value.repr() };
                (format!("[{}]", items.map(text).collect::<Vec<_>>().join(", ")), of)
            }
            _ => ("None".to_string(), "None"),
        };
        format!("CategoricalDtype(categories={categories}, ordered={ordered}, categories_dtype={of})")
    }

    fn str(&self) -> String {
        "category".to_string()
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let same = match other {
            Value::Str(text) => &**text == "category",
            other => is_same(&self.of, &other.get::<CategoricalDtype>()?.of),
        };
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(same))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::str("category"))
    }
}

/// Are they the same categories, if their order means nothing in any order?
fn is_same(a: &DataType, b: &DataType) -> bool {
    let (Some(first), Some(second)) = (category::categories(a), category::categories(b)) else { return a == b };
    if first.ordered != second.ordered || first.ordered {
        return a == b;
    }
    let sorted = |values| category::sorted_values(values).ok();
    sorted(&first.values) == sorted(&second.values)
}

impl FromValue for CategoricalDtype {
    fn expected() -> &'static str {
        "a type of categories"
    }

    fn from_value(value: &Value) -> Option<CategoricalDtype> {
        value.get::<CategoricalDtype>().cloned()
    }
}

builtins! {
    /// The categories as an index; `None` if they are not known.
    fn categories(/** The type. */ this: CategoricalDtype) -> Result<Value> {
        match category::categories(&this.of) {
            Some(_) => index_of_categories(&this.of),
            None => Ok(Value::None),
        }
    }

    /// Does the order of the categories mean something?
    fn ordered(/** The type. */ this: CategoricalDtype) -> bool { category::is_ordered(&this.of) }

    /// Its name: "category".
    fn name(/** The type. */ this: CategoricalDtype) -> Value { let _ = this; Value::str("category") }
}

mod construct {
    use super::*;

    builtins! {
        /// The type of a column of categories.
        ///
        /// ```rdk
        /// size = pd.CategoricalDtype(["small", "large"], ordered=True)
        /// pd.Series(["large", "small"]).astype(size).min()
        /// #> 'small'
        /// ```
        fn CategoricalDtype[context](
            /// The categories in order; those of the column if they are left out.
            categories: Option<Value>,
            /// Does their order mean something?
            ordered: bool = false,
        ) -> Result<Value> {
            let of = match &categories {
                Some(categories) => category::known(&values_of(context, categories)?, ordered)?,
                None => category::unknown(&DataType::Utf8View, ordered),
            };
            Ok(Value::object(super::CategoricalDtype { of }))
        }
    }
}
