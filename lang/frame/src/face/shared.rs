//! Methods of frames and of series alike.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, cast, lit};
use rdk_runtime::{Context, Keywords, Result, Value, bail, builtins};

use super::items;
use super::operators::{answer_of, fitted};
use crate::category;
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
        /// "raise", or "ignore": the same as before where it does not work.
        errors: String = "raise",
    ) -> Result<Value> {
        let _ = copy;
        let made = astype(context, &this, &dtype);
        match errors.as_str() {
            "raise" => made,
            "ignore" => made.or_else(|_| Ok(items::as_value(this))),
            other => bail!("Expected value of kwarg 'errors' to be one of ['raise', 'ignore']. Supplied value is {other:?}"),
        }
    }

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
        /// No value is less than this: a number, or a series or list of them.
        lower: Option<Value>,
        /// No value is more than this.
        upper: Option<Value>,
    ) -> Result<Value> {
        let held = match &lower {
            Some(lower) => bounded(context, &this, lower, true)?,
            None => this,
        };
        let held = match &upper {
            Some(upper) => bounded(context, &held, upper, false)?,
            None => held,
        };
        Frame::answer(context, View { name: "clip".into(), ..held })
    }

    /// A copy: what is assigned to one does not show in the other.
    fn copy(/** The frame or series. */ this: View, /** Has no effect. */ deep: Option<bool>) -> Value { let _ = deep; items::as_value(this) }
}

/// The values with a bound. Whole numbers become floats at a bound that is none.
fn bounded(context: &Context, view: &View, bound: &Value, lower: bool) -> Result<View> {
    let held = |left: Expr, right: Expr, view: &View| -> Result<Expr> {
        let (of, with) = (view.type_of(&left)?, view.type_of(&right)?);
        let literal = match &right {
            Expr::Literal(value, _) if value.is_null() => return Ok(left),
            Expr::Literal(value, _) => match value.cast_to(&DataType::Float64) {
                Ok(ScalarValue::Float64(number)) => number,
                _ => None,
            },
            _ => None,
        };
        let (left, right) = match literal.filter(|_| of.is_integer()) {
            // A whole bound keeps the type of the column, if it fits into it.
            Some(number) if number.fract() == 0.0 => {
                let whole = ScalarValue::Int64(Some(number as i64));
                match whole.cast_to(&of) {
                    Ok(fitting) if !fitting.is_null() => (left, lit(fitting)),
                    _ => (cast(left, DataType::Int64), lit(whole)),
                }
            }
            Some(number) => (cast(left, DataType::Float64), lit(number)),
            None if of.is_integer() && with.is_floating() => (cast(left, DataType::Float64), right),
            None => (left, right),
        };
        let beyond = if lower { left.clone().lt(right.clone()) } else { left.clone().gt(right.clone()) };
        datafusion::logical_expr::when(beyond, right).otherwise(left).map_err(crate::errors::fusion)
    };
    match super::operators::combine(context, view, bound, "clip", held)? {
        Some(mut clipped) => {
            if clipped.shape == Shape::Series {
                clipped.columns[0].label = view.label().clone();
            }
            Ok(clipped)
        }
        None => bail!(TypeError: "expected a number, a list or a series as a bound, got {}", what(bound)),
    }
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
            let of = view.type_of(&expr)?;
            if category::is(&of) {
                let with = literal.data_type();
                view.columns[at].expr = filled_category(expr, &of, lit(literal), &with)?;
                continue;
            }
            view.columns[at].expr = coalesce(vec![expr.clone(), fitted(literal, &expr, &view)?]);
        }
        return Frame::answer(context, View { name: "fillna".into(), ..view });
    }
    let filled = super::operators::combine(context, this, value, "fillna", |left, right, view| {
        let (of, with) = (view.type_of(&left)?, view.type_of(&right)?);
        if category::is(&of) {
            return filled_category(left, &of, right, &with);
        }
        let alike = match (&of, &with) {
            (_, DataType::Null) => true,
            (of, with) if cell::is_text(of) || cell::is_text(with) => cell::is_text(of) && cell::is_text(with),
            (DataType::Timestamp(..), with) => matches!(with, DataType::Timestamp(..)),
            (DataType::Duration(_), with) => matches!(with, DataType::Duration(_)),
            (DataType::Boolean, with) | (with, DataType::Boolean) => *with == DataType::Boolean,
            (of, with) => crate::dtype::is_number(of) == crate::dtype::is_number(with),
        };
        if alike {
            return Ok(coalesce(vec![left, right]));
        }
        if view.shape != Shape::Frame && of != DataType::Boolean {
            bail!(TypeError: "Invalid value for dtype '{}'", crate::dtype::name(&of, view.eager); hint: "`.astype(str)` makes texts of numbers");
        }
        // A number in a column of texts: a cell of its own type in memory, else its text.
        if !view.eager && cell::is_text(&of) {
            return Ok(coalesce(vec![left, crate::functions::texts(right)]));
        }
        if view.eager && crate::objects::is(&of) {
            return Ok(coalesce(vec![left, crate::functions::as_type(right, &crate::objects::TYPE)]));
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

/// Categories with another one where something is missing.
fn filled_category(left: Expr, of: &DataType, right: Expr, with: &DataType) -> Result<Expr> {
    if let (Expr::Literal(value, _), Some(known)) = (&right, category::categories(of)) {
        let column = value.to_array().map_err(crate::errors::fusion)?;
        if value.is_null() {
            return Ok(left);
        }
        return match category::lookup(&column, &known.values)?.iter().next().flatten() {
            Some(code) => Ok(category::of_codes(coalesce(vec![category::codes_of(left), lit(code)]), of)),
            None => bail!(
                TypeError: "Cannot setitem on a Categorical with a new category ({}), set the categories first", cell::value(&column, 0).text();
                hint: "`.cat.add_categories([…])` adds one"
            ),
        };
    }
    let right = if with == of { right } else { category::to(right, of) };
    Ok(category::to(coalesce(vec![category::values_of(left, of), category::values_of(right, of)]), of))
}

/// Is something missing among the values of an expression in memory?
pub fn is_something_missing(context: &Context, view: &View, expr: &Expr) -> Result<bool> {
    use arrow::array::Array;
    let column = view.series(None, expr.clone(), "isna");
    let batch = lower::in_memory(&lower::compute_now(context, &column)?)?;
    Ok(batch.column(view.index.len()).null_count() > 0)
}

/// `df.isin({"x": [1, 2]})`: columns by their labels; `df.isin(frame)`, `df.isin(series)`: cells by the labels of rows, too.
fn isin_by_label(context: &Context, this: &View, values: &Value) -> Result<Option<Value>> {
    if this.shape != Shape::Frame {
        return Ok(None);
    }
    let falses = |_: &Expr| lit(false);
    if let Value::Dict(dict) = values {
        let pairs: Vec<(Value, Value)> =
            dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
        let mut view = this.clone();
        for named in &mut view.columns {
            let found = pairs.iter().find(|(key, _)| Label::of(key) == named.label);
            named.expr = match found {
                None => falses(&named.expr),
                Some((_, Value::Str(_))) => {
                    bail!(TypeError: "only list-like objects are allowed to be passed to isin(), you passed a `str`")
                }
                Some((_, list)) => among(&named.expr, &rdk_runtime::iterate(context, list)?.rest(context)?, this)?,
            };
        }
        return Frame::answer(context, View { name: "isin".into(), ..view }).map(Some);
    }
    let Some(other) = values.get::<Frame>().map(Frame::view) else { return Ok(None) };
    if !matches!(other.shape, Shape::Frame | Shape::Series) {
        return Ok(None);
    }
    let (mut view, other) = match this.rows.same_rows(&other.rows) || other.rows.same_rows(&this.rows) {
        true => super::align::together(context, this, &other)?,
        false => super::align::aligned(context, this, &other, crate::steps::Join::Left)?,
    };
    let left = view.clone();
    for named in &mut view.columns {
        let partner = match (other.shape, &named.label) {
            (Shape::Frame, Some(label)) => other.find(label).map(|named| named.expr.clone()),
            (Shape::Frame, None) => None,
            _ => Some(other.expr().clone()),
        };
        named.expr = match partner {
            None => falses(&named.expr),
            Some(partner) => {
                super::operators::comparison(rdk_syntax::tree::CompareOp::Eq, named.expr.clone(), partner, &left)?
            }
        };
    }
    Frame::answer(context, View { name: "isin".into(), ..view }).map(Some)
}

fn isin(context: &Context, this: &View, values: &Value) -> Result<Value> {
    if let Some(found) = isin_by_label(context, this, values)? {
        return Ok(found);
    }
    let list = match values.get::<Frame>() {
        Some(frame) => items::values(context, &frame.view())?,
        None => match values {
            Value::Str(_) => {
                bail!(TypeError: "only list-like objects are allowed to be passed to isin(), you passed a `str`")
            }
            other => rdk_runtime::iterate(context, other)?.rest(context)?,
        },
    };
    answer_of(context, this, |expr| among(expr, &list, this), "isin")
}

/// Is a value one of these? Those of another kind are left out: nothing equals them.
pub fn among(expr: &Expr, list: &[Value], view: &View) -> Result<Expr> {
    let of = view.type_of(expr)?;
    let (expr, of) = (category::values_of(expr.clone(), &of), category::value_type(&of));
    let mut wanted = Vec::new();
    let mut missing = false;
    for value in list {
        let Some(literal) = cell::literal(value) else { continue };
        if literal.is_null() {
            // `None` stands for what is missing among texts and objects only, NaN and NaT among all.
            missing |= !value.is_none() || cell::is_text(&of) || crate::objects::is(&of);
            continue;
        }
        let with = literal.data_type();
        let alike = match (&of, &with) {
            (of, with) if cell::is_text(of) || crate::objects::is(of) => cell::is_text(with) || crate::objects::is(of),
            (DataType::Timestamp(..), with) => matches!(with, DataType::Timestamp(..)),
            (DataType::Duration(_), with) => matches!(with, DataType::Duration(_)),
            (_, with) => crate::dtype::is_number(with),
        };
        if !alike {
            continue;
        }
        wanted.push(literal);
    }
    let missing = |found: Expr| if missing { found.or(expr.clone().is_null()) } else { found };
    if wanted.is_empty() {
        return Ok(missing(lit(false)));
    }
    // A number that does not fit into the type of the column is looked for among floats.
    let whole = wanted.iter().all(|literal| matches!(literal, ScalarValue::Int64(_) | ScalarValue::Boolean(_)));
    let numbers = crate::dtype::is_number(&of);
    let (expr, wanted) = match (numbers, whole || of.is_floating()) {
        (true, true) if !of.is_floating() => (cast(expr.clone(), DataType::Int64), cast_all(wanted, &DataType::Int64)?),
        (true, _) => (cast(expr.clone(), DataType::Float64), cast_all(wanted, &DataType::Float64)?),
        (false, _) => {
            let fitted = wanted.into_iter().map(|literal| fitted(literal, &expr, view));
            (expr.clone(), fitted.collect::<Result<Vec<_>>>()?)
        }
    };
    Ok(missing(Expr::IsTrue(Box::new(expr.in_list(wanted, false)))))
}

fn cast_all(literals: Vec<ScalarValue>, wanted: &DataType) -> Result<Vec<Expr>> {
    literals.into_iter().map(|literal| Ok(lit(literal.cast_to(wanted).map_err(crate::errors::fusion)?))).collect()
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
        // The categories that a column has are those of its own values.
        let wanted = match category::is_unknown(&wanted) {
            true if category::categories(&of).is_some() => of.clone(),
            true => category::unknown(&category::value_type(&of), category::is_ordered(&wanted)),
            false => wanted,
        };
        view.columns[at].expr = converted(expr, &of, &wanted);
    }
    Frame::answer_now(context, View { name: "astype".into(), ..view })
}

/// A column as another type, of which either may have categories.
pub fn as_wanted(expr: Expr, of: &DataType, wanted: &DataType) -> Expr {
    match category::is(wanted) {
        true => crate::functions::as_type(expr, wanted),
        false => crate::functions::as_type(category::values_of(expr, of), wanted),
    }
}

/// A column as another type, as pandas converts it.
pub fn converted(expr: Expr, of: &DataType, wanted: &DataType) -> Expr {
    match (of, wanted) {
        (of, wanted) if of == wanted => expr,
        (_, wanted) if category::is(wanted) => category::to(expr, wanted),
        (of, wanted) if category::is(of) => converted(category::values_of(expr, of), &category::value_type(of), wanted),
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
            /// Where partitions begin, by the times of the index: "7D", "MS".
            freq: Option<String>,
            /// May the divisions reach further than the old ones?
            force: bool = false,
        ) -> Result<Value> {
            if let (Some(freq), None, None, None) = (&freq, &divisions, npartitions, &partition_size) {
                return super::super::repartition::by_frequency(context, &this, freq);
            }
            if freq.is_some() {
                bail!("Please provide exactly one of ``npartitions=``, ``freq=``, ``divisions=``, ``partition_size=`` keyword arguments");
            }
            super::super::repartition::repartition(context, &this, divisions, npartitions, partition_size, force)
        }

        /// The same rows, of whose divisions nothing is known any more.
        fn clear_divisions(/** The frame. */ this: View) -> Value { Frame::lazy(View { rows: this.rows.clone().divided(None), ..this }) }

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
        ) -> Result<Value> { super::super::map_partitions::map_partitions(context, &this, &func, args.0, options.0) }

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
