//! Attributes of frames, series and indexes.

use rdk_runtime::{Result, Value, builtins};

use super::object;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::{Shape, View};

/// A value of the language that names a type: `dtype('int64')`.
fn dtype_value(view: &View, expr: &datafusion::logical_expr::Expr) -> Result<Value> {
    let of = view.type_of(expr)?;
    if crate::category::is(&of) {
        return Ok(Value::object(super::CategoricalDtype { of }));
    }
    Ok(super::dtypes::value(super::dtypes::name_of(view, expr)?))
}

builtins! {
    /// The labels of the rows.
    fn index(/** The frame or series. */ this: View) -> Value {
        let columns = vec![this.index[0].clone()];
        super::items::as_value(this.with_columns(columns, Shape::Index, "index"))
    }

    /// Rows and columns by label.
    fn loc(/** The frame or series. */ this: Value) -> Value { super::loc::Locator::of(this, false) }

    /// Rows and columns by position.
    fn iloc(/** The frame or series. */ this: Value) -> Value { super::loc::Locator::of(this, true) }

    /// How many axes: 2 of a frame, 1 of a series.
    fn ndim(/** The frame or series. */ this: View) -> i64 { if this.shape == Shape::Frame { 2 } else { 1 } }

    /// The values as an array.
    fn values[context](/** The frame or series. */ this: View) -> Result<Value> { super::arrays::values(context, &this) }

    /// Are there no rows?
    fn empty[context](/** The frame or series. */ this: View) -> Result<bool> { Ok(object::n_rows(context, &this)? == 0 || this.columns.is_empty()) }

    /// How many values.
    fn size[context](/** The frame or series. */ this: View) -> Result<Value> {
        if this.eager {
            return Ok(Value::Int((object::n_rows(context, &this)? * this.columns.len()) as i64));
        }
        let rows = Frame::lazy(super::reductions::count_rows(&this)?);
        rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Mul, &rows, &Value::Int(this.columns.len() as i64))
    }

    /// How many rows, and of a frame how many columns.
    fn shape[context](/** The frame or series. */ this: View) -> Result<Value> {
        let rows = match this.eager {
            true => Value::Int(object::n_rows(context, &this)? as i64),
            false => Frame::lazy(super::reductions::count_rows(&this)?),
        };
        Ok(match this.shape {
            Shape::Frame => Value::tuple([rows, Value::Int(this.columns.len() as i64)]),
            Shape::Series | Shape::Index | Shape::Scalar => Value::tuple([rows]),
        })
    }
}

/// Attributes of frames alone.
pub mod of_frame {
    use super::*;

    builtins! {
        /// The labels of the columns.
        fn columns(/** The frame. */ this: View) -> Result<Value> {
            let labels: Vec<Value> = this.labels().iter().map(Label::to_value).collect();
            super::super::dtypes::label_index(&labels, &this.across)
        }

        /// The types of the columns.
        fn dtypes(/** The frame. */ this: View) -> Result<Value> { super::super::dtypes::series(&this) }
    }
}

/// Attributes of series alone.
pub mod of_series {
    use super::*;

    builtins! {
        /// What it is called.
        fn name(/** The series. */ this: View) -> Value { Label::value_of(this.label()) }

        /// The type of the values.
        fn dtype(/** The series. */ this: View) -> Result<Value> { dtype_value(&this, this.expr()) }

        /// Functions of texts.
        fn str(/** The series. */ this: View) -> Result<Value> { super::super::strings::accessor(this) }

        /// Functions of times.
        fn dt(/** The series. */ this: View) -> Result<Value> { super::super::dates::accessor(this) }

        /// Its categories.
        fn cat(/** The series. */ this: View) -> Result<Value> { super::super::category::accessor(this) }
    }
}

/// Attributes of indexes.
pub mod of_index {
    use super::*;

    fn part(context: &rdk_runtime::Context, view: View, name: &str) -> Result<Value> {
        rdk_runtime::operators::attribute(context, &super::super::dates::accessor(view)?, name)
    }

    fn of_categories(context: &rdk_runtime::Context, view: View, name: &str) -> Result<Value> {
        let index = super::super::arrays::values(context, &view)?;
        rdk_runtime::operators::attribute(context, &index, name)
    }

    builtins! {
        /// What it is called.
        fn name(/** The index. */ this: View) -> Value { Label::value_of(&this.index[0].label) }

        /// What its levels are called.
        fn names(/** The index. */ this: View) -> Value { Value::list(this.index.iter().map(|named| Label::value_of(&named.label))) }

        /// The type of the labels.
        fn dtype(/** The index. */ this: View) -> Result<Value> { dtype_value(&this, &this.index[0].expr) }

        /// The labels as an array.
        fn values[context](/** The index. */ this: View) -> Result<Value> { super::super::arrays::values(context, &this) }

        /// How many labels.
        fn size[context](/** The index. */ this: View) -> Result<i64> { Ok(object::n_rows(context, &this)? as i64) }

        /// Functions of texts.
        fn str(/** The index. */ this: View) -> Result<Value> { super::super::strings::accessor(this) }

        /// The categories of labels that have some.
        fn categories[context](/** The index. */ this: View) -> Result<Value> { of_categories(context, this, "categories") }

        /// The numbers of the categories of the labels.
        fn codes[context](/** The index. */ this: View) -> Result<Value> { of_categories(context, this, "codes") }

        /// Does the order of the categories mean something?
        fn ordered[context](/** The index. */ this: View) -> Result<Value> { of_categories(context, this, "ordered") }

        /// The year of each time.
        fn year[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "year") }
        /// The month of each time, 1 to 12.
        fn month[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "month") }
        /// The day of the month of each time.
        fn day[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "day") }
        /// The hour of each time.
        fn hour[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "hour") }
        /// The minute of each time.
        fn minute[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "minute") }
        /// The second of each time.
        fn second[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "second") }
        /// The day of the week of each time: Monday is 0.
        fn dayofweek[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "dayofweek") }
        /// The day of the week of each time: Monday is 0.
        fn weekday[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "dayofweek") }
        /// The day of the year of each time.
        fn dayofyear[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "dayofyear") }
        /// The quarter of each time, 1 to 4.
        fn quarter[context](/** The index. */ this: View) -> Result<Value> { part(context, this, "quarter") }

        /// How many levels.
        fn nlevels(/** The index. */ this: View) -> i64 { this.index.len() as i64 }
    }
}

/// Attributes of single values.
pub mod of_scalar {
    use super::*;

    builtins! {
        /// The type of the value.
        fn dtype(/** The value. */ this: View) -> Result<Value> { dtype_value(&this, this.expr()) }
    }
}

/// Attributes of what is not computed.
pub mod of_lazy {
    use super::*;

    builtins! {
        /// How many partitions.
        fn npartitions(/** The frame. */ this: View) -> usize { this.rows.n_partitions }

        /// The smallest label of each partition, and the largest of the last one.
        ///
        /// `None` where they are not known.
        fn divisions(/** The frame. */ this: View) -> Value {
            match &this.rows.divisions {
                Some(divisions) => Value::tuple(divisions.iter().map(|division| match division.to_array() {
                    Ok(one) => crate::cell::value(&one, 0),
                    Err(_) => Value::None,
                })),
                None => Value::tuple(vec![Value::None; this.rows.n_partitions + 1]),
            }
        }

        /// Are the divisions known?
        fn known_divisions(/** The frame. */ this: View) -> bool { this.rows.divisions.is_some() }

        /// What it is like, without rows: a frame of pandas'.
        fn _meta(/** The frame. */ this: View) -> Result<Value> { super::super::map_partitions::without_rows(&this) }

        /// The same with two rows of made-up values.
        fn _meta_nonempty(/** The frame. */ this: View) -> Result<Value> { super::super::map_partitions::example(&this, 0) }

        /// Some partitions, by number: `df.partitions[0]`.
        fn partitions(/** The frame. */ this: View) -> Value { super::super::partitions::Partitions::of(this) }
    }
}
