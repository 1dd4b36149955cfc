//! Methods of frames and of series alike.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, cast, lit};
use rdk_runtime::{Context, Keywords, Result, Value, bail, builtins};

use super::items;
use super::operators::{answer_of, fitted};
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower;
use crate::plan::{Shape, View, Wiring};
use crate::steps::Take;

/// The first or last rows, computed: of a lazy frame those of its first or last partitions.
fn ends(context: &Context, this: &View, take: Take, npartitions: Option<i64>) -> Result<Value> {
    let n = this.rows.n_partitions;
    // The first rows in an order are the smallest ones, however they are cut.
    let usual = if &*this.name == "sort-values" { -1 } else { 1 };
    let wiring = match (this.eager, npartitions.unwrap_or(usual)) {
        (true, _) | (_, -1) => Wiring::All,
        (_, count) => {
            let count = usize::try_from(count).unwrap_or(1).max(1);
            if count > n {
                bail!("only {n} partitions, head received {count}");
            }
            let partitions: Vec<usize> = match take {
                Take::Tail(_) => (n - count..n).collect(),
                Take::Head(_) | Take::Slice(..) | Take::Rows(_) => (0..count).collect(),
            };
            Wiring::Pick(vec![partitions.into_iter().map(|partition| (0, partition)).collect()])
        }
    };
    let view = match (&take, &wiring) {
        (Take::Head(n), Wiring::Pick(picks)) if *n >= 0 && picks[0].len() == 1 => {
            let first = crate::files::first_rows(this, *n as usize)?;
            items::taken(context, first.as_ref().unwrap_or(this), take, wiring)?
        }
        _ => items::taken(context, this, take, wiring)?,
    };
    let mut computed = lower::compute_now(context, &view)?;
    if this.rows.counted {
        computed = recounted(computed, this)?;
    }
    Ok(Frame::eager(computed))
}

/// The first rows of counted rows are counted rows.
fn recounted(computed: View, _of: &View) -> Result<View> {
    let index = computed.type_of(&computed.index[0].expr)?;
    if index != DataType::Int64 || computed.index.len() != 1 {
        return Ok(computed);
    }
    let batch =
        lower::in_memory(&View { shape: Shape::Index, columns: vec![computed.index[0].clone()], ..computed.clone() })?;
    let counted =
        (0..batch.num_rows()).all(|row| matches!(cell::value(batch.column(0), row), Value::Int(n) if n == row as i64));
    let rows = crate::plan::Rows { counted, ..(*computed.rows).clone() };
    Ok(View { rows: std::sync::Arc::new(rows), ..computed })
}

builtins! {
    /// The first rows; of a lazy frame those of its first partition, computed.
    fn head[context](
        /// The frame or series.
        this: View,
        /// How many rows.
        n: i64 = 5,
        /// From how many partitions; -1: all.
        npartitions: Option<i64>,
        /// Has no effect.
        compute: bool = true,
    ) -> Result<Value> { let _ = compute; ends(context, &this, Take::Head(n), npartitions) }

    /// The last rows; of a lazy frame those of its last partition, computed.
    fn tail[context](
        /// The frame or series.
        this: View,
        /// How many rows.
        n: i64 = 5,
        /// Has no effect.
        compute: bool = true,
    ) -> Result<Value> { let _ = compute; ends(context, &this, Take::Tail(n), None) }

    /// `True` where something is missing.
    fn isna[context](/** The frame or series. */ this: View) -> Result<Value> { answer_of(context, &this, |expr| Ok(expr.clone().is_null()), "isna") }

    /// `True` where something is missing; another name of `isna`.
    fn isnull[context](/** The frame or series. */ this: View) -> Result<Value> { answer_of(context, &this, |expr| Ok(expr.clone().is_null()), "isna") }

    /// `True` where something is there.
    fn notna[context](/** The frame or series. */ this: View) -> Result<Value> { answer_of(context, &this, |expr| Ok(expr.clone().is_not_null()), "notna") }

    /// `True` where something is there; another name of `notna`.
    fn notnull[context](/** The frame or series. */ this: View) -> Result<Value> { answer_of(context, &this, |expr| Ok(expr.clone().is_not_null()), "notna") }

    /// With something else where something is missing.
    fn fillna[context](
        /// The frame or series.
        this: View,
        /// What to put there: a value, a dict from column to value, a single value of a frame.
        value: Value,
        /// Is the frame itself changed?
        inplace: bool = false,
    ) -> Result<Value> { let _ = inplace; fillna(context, &this, &value) }

    /// `True` where a value is one of these.
    fn isin[context](
        /// The frame or series.
        this: View,
        /// A list of values.
        values: Value,
    ) -> Result<Value> { isin(context, &this, &values) }

    /// The values as another type.
    fn astype[context](
        /// The frame or series.
        this: View,
        /// The type, or a dict from column to type.
        dtype: Value,
        /// Has no effect.
        copy: Option<bool>,
        /// Has no effect.
        errors: Option<Value>,
    ) -> Result<Value> { let _ = (copy, errors); astype(context, &this, &dtype) }

    /// The sizes of the values, without their sign.
    fn abs[context](/** The frame or series. */ this: View) -> Result<Value> { answer_of(context, &this, |expr| Ok(datafusion::functions::math::expr_fn::abs(expr.clone())), "abs") }

    /// The values rounded.
    fn round[context](
        /// The frame or series.
        this: View,
        /// Digits after the point.
        decimals: i64 = 0,
    ) -> Result<Value> { answer_of(context, &this, |expr| rounded(&this, expr, decimals), "round") }

    /// The values held between two bounds.
    fn clip[context](
        /// The frame or series.
        this: View,
        /// No value is less than this.
        lower: Option<f64>,
        /// No value is more than this.
        upper: Option<f64>,
    ) -> Result<Value> {
        answer_of(context, &this, |expr| {
            let of = this.type_of(expr)?;
            let bound = |number: f64| if of.is_integer() { cast(lit(number), of.clone()) } else { lit(number) };
            let mut clipped = expr.clone();
            if let Some(lower) = lower {
                clipped = datafusion::logical_expr::when(clipped.clone().lt(bound(lower)), bound(lower)).otherwise(clipped).map_err(crate::errors::fusion)?;
            }
            if let Some(upper) = upper {
                clipped = datafusion::logical_expr::when(clipped.clone().gt(bound(upper)), bound(upper)).otherwise(clipped).map_err(crate::errors::fusion)?;
            }
            Ok(clipped)
        }, "clip")
    }

    /// A copy: what is assigned to one does not show in the other.
    fn copy(/** The frame or series. */ this: View, /** Has no effect. */ deep: Option<bool>) -> Value { let _ = deep; items::as_value(this) }
}

fn fillna(context: &Context, this: &View, value: &Value) -> Result<Value> {
    if let Some(series) = value.get::<Frame>().map(Frame::view)
        && this.shape == Shape::Frame
        && series.shape == Shape::Series
        && series.eager
    {
        // A value for each column, by its label.
        return fillna(context, this, &super::arrays::series_dict(context, &series)?);
    }
    if let Value::Dict(dict) = value {
        let pairs: Vec<(Value, Value)> =
            dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
        let mut view = this.clone();
        for (key, value) in pairs {
            let Some(label) = Label::of(&key) else { bail!(TypeError: "expected a label, got {}", what(&key)) };
            let Some(at) = view.columns.iter().position(|named| named.label.as_ref() == Some(&label)) else { continue };
            let Some(literal) = cell::literal(&value) else {
                bail!(TypeError: "expected a value, got {}", what(&value))
            };
            let expr = view.columns[at].expr.clone();
            view.columns[at].expr = coalesce(vec![expr.clone(), fitted(literal, &expr, &view)?]);
        }
        return Frame::answer(context, View { name: "fillna".into(), ..view });
    }
    let filled = super::operators::combine(context, this, value, "fillna", |left, right, view| {
        let (of, with) = (view.type_of(&left)?, view.type_of(&right)?);
        let alike = match (&of, &with) {
            (_, DataType::Null) => true,
            (of, with) if cell::is_text(of) || cell::is_text(with) => cell::is_text(of) && cell::is_text(with),
            (DataType::Timestamp(..), with) => matches!(with, DataType::Timestamp(..)),
            (DataType::Duration(_), with) => matches!(with, DataType::Duration(_)),
            (of, with) => crate::dtype::is_number(of) == crate::dtype::is_number(with),
        };
        if alike {
            return Ok(coalesce(vec![left, right]));
        }
        if view.shape != Shape::Frame {
            bail!(TypeError: "Invalid value for dtype '{}'", crate::dtype::name(&of, view.eager); hint: "`.astype(str)` makes texts of numbers");
        }
        // A number in a column of texts: a cell of its own type in memory, else its text.
        if !view.eager && cell::is_text(&of) {
            return Ok(coalesce(vec![left, crate::functions::texts(right)]));
        }
        // A text among numbers. Whether something is missing in a lazy column of floats only shows when it is computed.
        let may_be_missing = if view.eager { is_something_missing(context, view, &left)? } else { of.is_floating() };
        if !may_be_missing {
            return Ok(left);
        }
        let object = |expr| crate::functions::as_type(expr, &crate::objects::TYPE);
        Ok(coalesce(vec![object(left), object(right)]))
    })?;
    let filled = filled.map(|mut view| {
        if view.shape == Shape::Series {
            view.columns[0].label = this.label().clone();
        }
        view
    });
    match filled {
        Some(view) => Frame::answer(context, view),
        None => bail!(TypeError: "expected a value to fill in, got {}", what(value)),
    }
}

/// Is something missing among the values of an expression in memory?
pub fn is_something_missing(context: &Context, view: &View, expr: &Expr) -> Result<bool> {
    use arrow::array::Array;
    let column = view.series(None, expr.clone(), "isna");
    let batch = lower::in_memory(&lower::compute_now(context, &column)?)?;
    Ok(batch.column(view.index.len()).null_count() > 0)
}

fn isin(context: &Context, this: &View, values: &Value) -> Result<Value> {
    let list = match values.get::<Frame>() {
        Some(frame) => items::values(context, &frame.view())?,
        None => match values {
            Value::Str(_) => {
                bail!(TypeError: "only list-like objects are allowed to be passed to isin(), you passed a `str`")
            }
            other => rdk_runtime::iterate(context, other)?.rest(context)?,
        },
    };
    answer_of(
        context,
        this,
        |expr| {
            let of = this.type_of(expr)?;
            let mut wanted = Vec::new();
            let mut missing = false;
            for value in &list {
                match cell::literal(value) {
                    Some(ScalarValue::Null | ScalarValue::Float64(None)) => missing = true,
                    Some(literal)
                        if matches!(literal, ScalarValue::Utf8View(_)) == (cell::is_text(&of))
                            || matches!(of, DataType::Timestamp(..)) =>
                    {
                        wanted.push(fitted(literal, expr, this)?)
                    }
                    _ => {}
                }
            }
            let found = Expr::IsTrue(Box::new(expr.clone().in_list(wanted, false)));
            Ok(if missing { found.or(expr.clone().is_null()) } else { found })
        },
        "isin",
    )
}

fn astype(context: &Context, this: &View, dtype: &Value) -> Result<Value> {
    let mut view = this.clone();
    let pairs: Vec<(usize, DataType)> = match dtype {
        Value::Dict(dict) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let mut all = Vec::new();
            for (key, value) in pairs {
                let Some(label) = Label::of(&key) else { bail!(TypeError: "expected a label, got {}", what(&key)) };
                let Some(at) = view.columns.iter().position(|named| named.label.as_ref() == Some(&label)) else {
                    return Err(view.no_column(&label));
                };
                all.push((at, crate::dtype::read(&value)?));
            }
            all
        }
        one => {
            let wanted = crate::dtype::read(one)?;
            (0..view.columns.len()).map(|at| (at, wanted.clone())).collect()
        }
    };
    for (at, wanted) in pairs {
        let expr = view.columns[at].expr.clone();
        let of = view.type_of(&expr)?;
        view.columns[at].expr = converted(expr, &of, &wanted, this.eager);
    }
    Frame::answer_now(context, View { name: "astype".into(), ..view })
}

/// A column as another type, as pandas converts it.
pub fn converted(expr: Expr, of: &DataType, wanted: &DataType, eager: bool) -> Expr {
    let _ = eager;
    match (of, wanted) {
        (of, wanted) if of == wanted => expr,
        (of, wanted) if cell::is_text(of) && cell::is_text(wanted) => expr,
        (_, wanted) if cell::is_text(wanted) => crate::functions::texts(expr),
        (of, DataType::Boolean) if of.is_numeric() => {
            Expr::IsNotFalse(Box::new(expr.not_eq(cast(lit(0i64), of.clone()))))
        }
        (of, wanted) if wanted.is_integer() && (of.is_floating() || cell::is_text(of)) => {
            crate::functions::whole(expr, wanted.clone())
        }
        (of, wanted) if of.is_numeric() && wanted.is_floating() => cast(expr, wanted.clone()),
        (_, wanted) => crate::functions::converted(expr, wanted.clone()),
    }
}

/// Floats with so many digits after the point.
pub fn rounded(view: &View, expr: &Expr, decimals: i64) -> Result<Expr> {
    let of = view.type_of(expr)?;
    if !of.is_floating() {
        return Ok(expr.clone());
    }
    Ok(crate::functions::rounded(expr.clone(), decimals))
}

/// Methods of what is computed already.
pub mod of_eager {
    use super::*;

    builtins! {
        /// Itself: it has been computed.
        fn compute(/** The frame. */ this: Value, /** Has no effect. */ options: Keywords) -> Value { let _ = options; this }

        /// Itself: it has been computed.
        fn persist(/** The frame. */ this: Value, /** Has no effect. */ options: Keywords) -> Value { let _ = options; this }

        /// The values as a NumPy array.
        fn to_numpy[context](/** The frame or series. */ this: View) -> Result<Value> { super::super::arrays::values(context, &this) }
    }
}

/// Methods of what is not computed.
pub mod of_lazy {
    use super::*;

    builtins! {
        /// One delayed value for each partition.
        fn to_delayed[context](/** The frame. */ this: View, /** Has no effect. */ optimize_graph: Option<bool>) -> Result<Value> { let _ = optimize_graph; super::super::partitions::to_delayed(context, &this) }

        /// The values as a lazy array, a chunk for each partition.
        ///
        /// The chunks always know their lengths: they are counted now, unless a list gives them.
        fn to_dask_array[context](/** The frame or series. */ this: View, /** How many rows each partition has; `True`: count them. */ lengths: Option<Value>) -> Result<Value> { super::super::lazy_arrays::with_lengths(context, &this, lengths) }

        /// One partition, as a lazy frame.
        fn get_partition[context](/** The frame. */ this: View, /** Its number. */ n: i64) -> Result<Value> { super::super::partitions::pick(context, &this, &Value::Int(n)) }

        /// The same rows in another number of partitions.
        fn repartition[context](
            /// The frame.
            this: View,
            /// Where partitions begin, and where the last one ends, by label of the index.
            divisions: Option<Value>,
            /// How many partitions.
            npartitions: Option<usize>,
            /// How large they are about: bytes, or a text such as "100MB".
            partition_size: Option<Value>,
            /// May the divisions reach further than the old ones?
            force: bool = false,
        ) -> Result<Value> { super::super::partitions::repartition(context, &this, divisions, npartitions, partition_size, force) }

        /// Calls a function with each partition as a frame in memory.
        fn map_partitions[context](
            /// The frame.
            this: View,
            /// The function: it gives a frame or a series.
            func: Value,
            /// What else it is called with, and `meta=`: a frame like those that it gives.
            args: rdk_runtime::Rest,
            /// By name.
            options: Keywords,
        ) -> Result<Value> { super::super::partitions::map_partitions(context, &this, &func, args.0, options.0) }

        /// What is going to be done: operations, tasks, bytes read, memory at the peak, and the plan.
        ///
        /// Nothing is computed. `print`s a table; the plan is the one after it has been optimised.
        fn explain[context](
            /// The frame.
            this: View,
            /// For how much memory, such as `"2GiB"`; what this session may hold if left out.
            memory: Option<String>,
            /// For how many threads; those of this session if left out.
            threads: Option<i64>,
        ) -> Result<()> { super::super::explain::explain(context, &this, memory, threads) }
    }
}

/// Several labels, of a frame's columns.
pub fn labels_of(value: &Value) -> Result<Vec<Label>> {
    match <Labels as rdk_runtime::FromValue>::from_value(value) {
        Some(labels) => Ok(labels.labels),
        None => bail!(TypeError: "expected a label or a list of labels, got {}", what(value)),
    }
}
