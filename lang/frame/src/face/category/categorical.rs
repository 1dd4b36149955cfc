//! `pd.Categorical`: values with their categories, without labels.

use std::any::Any;
use std::sync::LazyLock;

use arrow::array::{Array, ArrayRef, Int32Array, Int64Array};
use arrow::datatypes::DataType;
use rdk_runtime::{Args, Class, ClassRef, Context, FromValue, Object, Rest, Result, Value, bail, builtins, operators};
use rdk_syntax::tree::CompareOp;

use super::super::create;
use super::dtype::{CategoricalDtype, values_of};
use crate::category;
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::View;

/// Values with their categories.
#[derive(Clone)]
pub struct Categorical {
    column: ArrayRef,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Categorical", "pandas", "Values with their categories.");
    let class = class.construct(construct::builtins().remove(0));
    ClassRef::new(class.methods(statics::builtins()).methods(builtins()).properties(properties::builtins()))
});

/// The class of these.
pub fn class() -> ClassRef {
    CLASS.clone()
}

/// The known categories of a type as an index.
pub fn index_of_categories(of: &DataType) -> Result<Value> {
    match category::categories(of) {
        Some(known) => Ok(Frame::eager(create::index_view(None, known.values.clone())?)),
        None => bail!(AttributeError: "the categories are not known"),
    }
}

impl Categorical {
    /// Of a column of known categories.
    pub fn of(column: ArrayRef) -> Value {
        Value::object(Categorical { column })
    }

    /// As a column.
    pub fn column(&self) -> Result<ArrayRef> {
        Ok(self.column.clone())
    }

    fn series(&self) -> Result<View> {
        create::series_of(None, self.column.clone(), None)
    }

    /// A method of `series.cat`, and its result without labels.
    fn changed(&self, context: &Context, method: &str, args: Args) -> Result<Value> {
        let accessor = super::accessor(self.series()?)?;
        let method = operators::attribute(context, &accessor, method)?;
        let made = context.call(&method, args)?;
        match View::from_value(&made) {
            Some(view) => super::super::arrays::values(context, &view),
            None => Ok(made),
        }
    }
}

impl Object for Categorical {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        crate::show::categorical_text(&super::super::showing::values(&self.column))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let compared = || {
            let made = operators::compare(context, op, &Frame::eager(self.series()?), other)?;
            match View::from_value(&made) {
                Some(view) => super::super::arrays::values(context, &view),
                None => Ok(made),
            }
        };
        Some(compared())
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        if let Value::Slice(_) = index {
            let sliced = || {
                let made = operators::item(context, &Frame::eager(self.series()?), index)?;
                match View::from_value(&made) {
                    Some(view) => super::super::arrays::values(context, &view),
                    None => Ok(made),
                }
            };
            return Some(sliced());
        }
        Some(operators::position(index, self.column.len(), "index").map(|row| cell::value(&self.column, row)))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.column.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let (column, mut row) = (self.column.clone(), 0);
        Some(Ok(Value::iter("iterator", move |_| {
            row += 1;
            (row <= column.len()).then(|| Ok(cell::value(&column, row - 1)))
        })))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        let found = || {
            for row in 0..self.column.len() {
                if operators::equal(context, &cell::value(&self.column, row), item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        Some(found())
    }

    fn n_bytes(&self) -> usize {
        self.column.get_array_memory_size()
    }
}

impl FromValue for Categorical {
    fn expected() -> &'static str {
        "values with categories"
    }

    fn from_value(value: &Value) -> Option<Categorical> {
        value.get::<Categorical>().cloned()
    }
}

/// Values of any kind as a plain column.
fn given(context: &Context, values: &Value) -> Result<ArrayRef> {
    let column = match View::from_value(values) {
        Some(view) => {
            let batch = crate::lower::in_memory(&crate::lower::compute_now(context, &view)?)?;
            batch.columns().last().cloned()
        }
        None => cell::column_of(values, "of values")?,
    };
    match column {
        Some(column) => Ok(column),
        None => bail!(TypeError: "Categorical input must be list-like, got {}", what(values)),
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The number of the category of each value; -1 for what is missing.
        fn codes[context](/** The values. */ this: Categorical) -> Result<Value> {
            let n = category::categories(this.column.data_type()).map_or(0, |known| known.values.len());
            let series = this.series()?;
            let codes = series.series(None, category::numbered(series.expr().clone(), n), "codes");
            super::super::super::arrays::values(context, &codes)
        }

        /// The categories.
        fn categories(/** The values. */ this: Categorical) -> Result<Value> { index_of_categories(this.column.data_type()) }

        /// Does the order of the categories mean something?
        fn ordered(/** The values. */ this: Categorical) -> bool { category::is_ordered(this.column.data_type()) }

        /// The type.
        fn dtype(/** The values. */ this: Categorical) -> Value { Value::object(CategoricalDtype { of: this.column.data_type().clone() }) }

        /// How many values.
        fn size(/** The values. */ this: Categorical) -> usize { this.column.len() }

        /// How many values.
        fn shape(/** The values. */ this: Categorical) -> Value { Value::tuple([Value::Int(this.column.len() as i64)]) }
    }
}

builtins! {
    /// A list of the values.
    fn tolist(/** The values. */ this: Categorical) -> Value { Value::list((0..this.column.len()).map(|row| cell::value(&this.column, row))) }

    /// With categories more.
    fn add_categories[context](/** The values. */ this: Categorical, /** The new ones. */ new_categories: Value) -> Result<Value> { this.changed(context, "add_categories", Args::one(new_categories)) }

    /// Without some categories; what had them is missing.
    fn remove_categories[context](/** The values. */ this: Categorical, /** Which. */ removals: Value) -> Result<Value> { this.changed(context, "remove_categories", Args::one(removals)) }

    /// Without categories that no value has.
    fn remove_unused_categories[context](/** The values. */ this: Categorical) -> Result<Value> { this.changed(context, "remove_unused_categories", Args::none()) }

    /// With other names for the categories.
    fn rename_categories[context](/** The values. */ this: Categorical, /** A list, a dict or a function. */ new_categories: Value) -> Result<Value> { this.changed(context, "rename_categories", Args::one(new_categories)) }

    /// With these categories; what has none of them is missing.
    fn set_categories[context](/** The values. */ this: Categorical, /** Which. */ new_categories: Value, /** Does their order mean something? */ ordered: Option<bool>) -> Result<Value> {
        let mut args = Args::one(new_categories);
        args.keywords.extend(ordered.map(|ordered| (rdk_runtime::Name::from("ordered"), Value::Bool(ordered))));
        this.changed(context, "set_categories", args)
    }

    /// With the categories in another order.
    fn reorder_categories[context](/** The values. */ this: Categorical, /** All of them, in order. */ new_categories: Value, /** Does their order mean something? */ ordered: Option<bool>) -> Result<Value> {
        let mut args = Args::one(new_categories);
        args.keywords.extend(ordered.map(|ordered| (rdk_runtime::Name::from("ordered"), Value::Bool(ordered))));
        this.changed(context, "reorder_categories", args)
    }

    /// With categories whose order means something.
    fn as_ordered[context](/** The values. */ this: Categorical) -> Result<Value> { this.changed(context, "as_ordered", Args::none()) }

    /// With categories whose order means nothing.
    fn as_unordered[context](/** The values. */ this: Categorical) -> Result<Value> { this.changed(context, "as_unordered", Args::none()) }

    /// How often each category occurs.
    fn value_counts[context](/** The values. */ this: Categorical) -> Result<Value> {
        let method = operators::attribute(context, &Frame::eager(this.series()?), "value_counts")?;
        let mut args = Args::none();
        args.keywords.push((rdk_runtime::Name::from("sort"), Value::Bool(false)));
        context.call(&method, args)
    }

    /// The smallest value by the order of the categories.
    fn min[context](/** The values. */ this: Categorical, /** Has no effect. */ options: Rest) -> Result<Value> { let _ = options; context.call(&operators::attribute(context, &Frame::eager(this.series()?), "min")?, Args::none()) }

    /// The largest value by the order of the categories.
    fn max[context](/** The values. */ this: Categorical, /** Has no effect. */ options: Rest) -> Result<Value> { let _ = options; context.call(&operators::attribute(context, &Frame::eager(this.series()?), "max")?, Args::none()) }
}

mod statics {
    use super::*;

    builtins! {
        /// Values out of the numbers of their categories; -1 for what is missing.
        fn from_codes[context](/** A number for each value. */ codes: Value, /** The categories. */ categories: Option<Value>, /** Does their order mean something? */ ordered: Option<bool>, /** A type that has both. */ dtype: Option<super::super::CategoricalDtype>) -> Result<Value> {
            let of = match (&categories, dtype) {
                (Some(categories), _) => category::known(&values_of(context, categories)?, ordered.unwrap_or(false))?,
                (None, Some(dtype)) => dtype.of,
                (None, None) => bail!("The categories must be provided in 'categories' or 'dtype'. Both were None."),
            };
            let n = category::categories(&of).map_or(0, |known| known.values.len()) as i64;
            let column = given(context, &codes)?;
            let numbers = arrow::compute::cast(&column, &DataType::Int64).map_err(crate::batches::arrow_error)?;
            let numbers: &Int64Array = arrow::array::AsArray::as_primitive(&numbers);
            if numbers.iter().any(|code| code.is_none_or(|code| code < -1 || code >= n)) {
                bail!("codes need to be between -1 and len(categories)-1");
            }
            let codes: Int32Array = numbers.iter().map(|code| code.filter(|&code| code >= 0).map(|code| code as i32)).collect();
            Ok(super::Categorical::of(category::from_codes(codes, &of)?))
        }
    }
}

mod construct {
    use super::*;

    builtins! {
        /// Values with their categories.
        ///
        /// ```rdk
        /// pd.Categorical(["b", "a", "b"], categories=["b", "a", "c"]).codes.tolist()
        /// #> [0, 1, 0]
        /// ```
        fn Categorical[context](
            /// The values.
            values: Value,
            /// The categories in order; those that occur, sorted, if they are left out.
            categories: Option<Value>,
            /// Does the order of the categories mean something?
            ordered: Option<bool>,
            /// A type that has both.
            dtype: Option<Value>,
        ) -> Result<Value> {
            let column = given(context, &values)?;
            let of = match (&categories, dtype.as_ref().and_then(CategoricalDtype::from_value)) {
                (Some(categories), _) => category::known(&values_of(context, categories)?, ordered.unwrap_or(false))?,
                (None, Some(dtype)) if category::categories(&dtype.of).is_some() => dtype.of,
                (None, dtype) => {
                    let ordered = ordered.unwrap_or(dtype.is_some_and(|dtype| category::is_ordered(&dtype.of)));
                    match category::categories(column.data_type()) {
                        Some(known) => category::known(&known.values, ordered || known.ordered)?,
                        None => category::known(&category::sorted_values(&column)?, ordered)?,
                    }
                }
            };
            Ok(super::Categorical::of(category::convert(&column, &of)?))
        }
    }
}

/// The functions of pandas that make categories.
pub mod functions {
    use super::*;

    builtins! {
        /// Labels with their categories, as an index.
        fn CategoricalIndex[context](/** The labels. */ data: Value, /** The categories in order. */ categories: Option<Value>, /** Does their order mean something? */ ordered: Option<bool>, /** What the index is called. */ name: Option<Value>) -> Result<Value> {
            let mut args = Args::one(data);
            args.keywords.extend(categories.map(|categories| (rdk_runtime::Name::from("categories"), categories)));
            args.keywords.extend(ordered.map(|ordered| (rdk_runtime::Name::from("ordered"), Value::Bool(ordered))));
            let made = context.call(&Value::Class(class()), args)?;
            let Some(made) = Categorical::from_value(&made) else { bail!(RuntimeError: "internal error: no categories") };
            Ok(Frame::eager(create::index_view(name.as_ref().and_then(Label::of), made.column()?)?))
        }
    }
}
