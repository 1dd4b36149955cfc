//! Methods of frames and series that say in one word what others say in two: `take`, `xs`, `truncate`, `asfreq`, `dot`…

use rdk_runtime::{Args, Context, FromValue, Keywords, Name, Result, Slice, Value, bail, builtins, error};
use rdk_syntax::tree::BinaryOp;

use super::{items, levels};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Named, Shape, View};

/// A method of a thing.
pub fn call(context: &Context, on: &Value, method: &str, args: Vec<Value>, named: Vec<(&str, Value)>) -> Result<Value> {
    let method = rdk_runtime::operators::attribute(context, on, method)?;
    let mut call = Args::of(args);
    call.keywords = named.into_iter().map(|(name, value)| (Name::from(name), value)).collect();
    context.call(&method, call)
}

fn slice(start: Value, stop: Value) -> Value {
    Value::Slice(std::sync::Arc::new(Slice { start, stop, step: Value::None }))
}

/// The levels of an index in another order.
fn with_levels(view: View, order: &[usize]) -> Value {
    let index = order.iter().map(|&at| view.index[at].clone()).collect();
    items::as_value(View { rows: view.rows.uncounted(), index, ..view })
}

fn level(view: &View, level: &Value) -> Result<usize> {
    let names: Vec<Option<Label>> = view.index.iter().map(|named| named.label.clone()).collect();
    levels::place(level, &names)
}

builtins! {
    /// The rows, or with `axis=1` the columns, at these positions.
    fn take[context](/** The frame or series. */ this: View, /** The positions. */ indices: Value, /** 0: rows; 1: columns. */ axis: Option<Value>) -> Result<Value> {
        let indices = super::selection::settled(context, &Value::None, &indices)?;
        let columns = this.shape == Shape::Frame && super::axis_labels::of_columns(&axis)?;
        let index = if columns { Value::tuple([slice(Value::None, Value::None), indices]) } else { indices };
        super::iloc::by_position(context, &this, &index)
    }

    /// The rows of a label, or of a label of one level of the index; with `axis=1` a column.
    ///
    /// ```rdk
    /// pd.DataFrame({"x": [1, 2]}, index=["a", "b"]).xs("b").x
    /// #> 2
    /// ```
    fn xs[context](/** The frame or series. */ this: View, /** The label. */ key: Value, /** 0: of rows; 1: of columns. */ axis: Option<Value>, /** Of which level. */ level: Option<Value>, /** Is this level left out? */ drop_level: bool = true) -> Result<Value> {
        if this.shape == Shape::Frame && super::axis_labels::of_columns(&axis)? {
            return rdk_runtime::operators::item(context, &items::as_value(this), &key);
        }
        let Some(level) = level else { return super::loc::rows_by_label(context, &this, &key) };
        let at = super::known_names::level(&this, &level)?;
        let Some(literal) = crate::cell::literal(&key) else { bail!(TypeError: "expected a label, got {}", what(&key)) };
        let expr = this.index[at].expr.clone();
        let right = super::operators::fitted(literal, &expr, &this)?;
        let found = this.over(&this.rows.filtered(expr.eq(right))?);
        let found = match drop_level && found.index.len() > 1 {
            true => {
                let mut index = found.index.clone();
                index.remove(at);
                View { rows: found.rows.uncounted(), index, ..found }
            }
            false => found,
        };
        let made = Frame::answer(context, found)?;
        if let Some(view) = View::from_value(&made)
            && view.eager
            && super::object::n_rows(context, &view)? == 0
        {
            bail!(KeyError: "{}", key.repr());
        }
        Ok(made)
    }

    /// The rows from a label to another.
    fn truncate[context](/** The frame or series. */ this: View, /** The first label. */ before: Option<Value>, /** The last one. */ after: Option<Value>) -> Result<Value> {
        super::loc::rows_by_label(context, &this, &slice(before.unwrap_or_default(), after.unwrap_or_default()))
    }

    /// The rows at the times of a frequency, from the first to the last; where there is none it is missing.
    ///
    /// ```rdk
    /// times = pd.to_datetime(["2020-01-01", "2020-01-03"])
    /// pd.Series([1, 3], index=times).asfreq("D").tolist()
    /// #> [1.0, nan, 3.0]
    /// ```
    fn asfreq[context](/** The frame or series. */ this: View, /** The frequency: "D", "h". */ freq: String, /** "ffill": the last value before; "bfill": the next one. */ method: Option<String>, /** What stands where there is no row. */ fill_value: Option<Value>) -> Result<Value> {
        let frame = items::as_value(this);
        let index = rdk_runtime::operators::attribute(context, &frame, "index")?;
        let (first, last) = (call(context, &index, "min", vec![], vec![])?, call(context, &index, "max", vec![], vec![])?);
        let range = context.shared.library.import("pandas")?.get("date_range");
        let Some(range) = range else { bail!(RuntimeError: "`pd.date_range` is not at hand here") };
        let mut ask = Args::of([first, last]);
        ask.keywords.push((Name::from("freq"), Value::str(freq)));
        let times = context.call(&range, ask)?;
        let named = fill_value.map(|value| vec![("fill_value", value)]).unwrap_or_default();
        let made = call(context, &frame, "reindex", vec![times], named)?;
        match method.as_deref() {
            None => Ok(made),
            Some("ffill" | "pad") => call(context, &made, "ffill", vec![], vec![]),
            Some("bfill" | "backfill") => call(context, &made, "bfill", vec![], vec![]),
            Some(other) => bail!("Invalid fill method. Expecting pad (ffill) or backfill (bfill). Got {other}"),
        }
    }

    /// The rows and columns of another frame: what is not there is missing.
    fn reindex_like[context](/** The frame or series. */ this: View, /** The other one. */ other: View) -> Result<Value> {
        let index = rdk_runtime::operators::attribute(context, &items::as_value(other.clone()), "index")?;
        let labels = Value::list(other.labels().iter().map(Label::to_value));
        let named = if this.shape == Shape::Frame { vec![("columns", labels)] } else { Vec::new() };
        call(context, &items::as_value(this), "reindex", vec![index], named)
    }

    /// The levels of the index with two of them in each other's place.
    fn swaplevel(/** The frame or series. */ this: View, /** One level: its number or name. */ i: Value = -2, /** The other one. */ j: Value = -1) -> Result<Value> {
        let (i, j) = (level(&this, &i)?, level(&this, &j)?);
        let mut order: Vec<usize> = (0..this.index.len()).collect();
        order.swap(i, j);
        Ok(with_levels(this, &order))
    }

    /// The levels of the index in another order.
    fn reorder_levels(/** The frame or series. */ this: View, /** The numbers or names of all levels. */ order: Vec<Value>) -> Result<Value> {
        if order.len() != this.index.len() {
            bail!(AssertionError: "Length of order must be same as number of levels ({}), got {}", this.index.len(), order.len());
        }
        let order = order.iter().map(|one| level(&this, one)).collect::<Result<Vec<_>>>()?;
        Ok(with_levels(this, &order))
    }

    /// The same: columns have the types that their values have.
    fn infer_objects(/** The frame or series. */ this: View, /** Has no effect. */ copy: Option<bool>) -> Value { let _ = copy; items::as_value(this) }

    /// Types with `<NA>` where something is missing: rdk has none.
    fn convert_dtypes(/** The frame or series. */ this: View, /** Has no effect. */ options: Keywords) -> Result<Value> {
        let _ = (this, options);
        bail!(
            TypeError: "convert_dtypes() gives types such as Int64, whose columns have <NA> where something is missing: these are not supported";
            hint: "`df.astype({{\"x\": \"float64\"}})` names types; whole numbers of which some are missing are float64"
        )
    }

    /// Times as spans of the calendar: rdk has none.
    fn to_period(/** The frame or series. */ this: View, /** Has no effect. */ freq: Option<String>) -> Result<Value> {
        let _ = (this, freq);
        Err(no_periods())
    }
}

/// The error of whoever asks for spans of the calendar as values.
pub fn no_periods() -> rdk_runtime::Error {
    error!(
        TypeError: "columns of spans of the calendar (period[M]) are not supported";
        hint: "`.dt.strftime(\"%Y-%m\")` is their text, `.dt.floor(\"D\")` a beginning, `resample(\"MS\")` groups by them"
    )
}

/// Methods of series alone.
pub mod of_series {
    use super::*;

    builtins! {
        /// Quotients and remainders, as a pair of series.
        fn divmod[context](/** The series. */ this: Value, /** What to divide by. */ other: Value) -> Result<Value> {
            let quotient = rdk_runtime::operators::binary(context, BinaryOp::FloorDiv, &this, &other)?;
            Ok(Value::tuple([quotient, rdk_runtime::operators::binary(context, BinaryOp::Mod, &this, &other)?]))
        }

        /// Quotients and remainders of something else by the values, as a pair of series.
        fn rdivmod[context](/** The series. */ this: Value, /** What to divide. */ other: Value) -> Result<Value> {
            let quotient = rdk_runtime::operators::binary(context, BinaryOp::FloorDiv, &other, &this)?;
            Ok(Value::tuple([quotient, rdk_runtime::operators::binary(context, BinaryOp::Mod, &other, &this)?]))
        }

        /// The sum of the products with another series, or of each column of a frame.
        ///
        /// ```rdk
        /// pd.Series([1, 2]).dot(pd.Series([3, 4]))
        /// #> 11
        /// ```
        fn dot[context](/** The series. */ this: Value, /** The other one. */ other: Value) -> Result<Value> {
            if View::from_value(&other).is_some_and(|view| view.shape == Shape::Frame) {
                let products = call(context, &other, "mul", vec![this], vec![("axis", Value::Int(0))])?;
                return call(context, &products, "sum", vec![], vec![]);
            }
            let products = rdk_runtime::operators::binary(context, BinaryOp::Mul, &this, &other)?;
            call(context, &products, "sum", vec![], vec![])
        }

        /// The labels.
        fn keys[context](/** The series. */ this: Value) -> Result<Value> { rdk_runtime::operators::attribute(context, &this, "index") }

        /// With a text before each label of a row.
        fn add_prefix[context](/** The series. */ this: View, /** The text. */ prefix: String) -> Result<Value> { super::with_row_labels(context, &this, |label| format!("{prefix}{label}")) }

        /// With a text behind each label of a row.
        fn add_suffix[context](/** The series. */ this: View, /** The text. */ suffix: String) -> Result<Value> { super::with_row_labels(context, &this, |label| format!("{label}{suffix}")) }

        /// Takes a value out of the series: it is gone there.
        fn pop[context](/** The series. */ this: Value, /** Its label. */ item: Value) -> Result<Value> {
            let Some(frame) = this.get::<Frame>() else { bail!(TypeError: "expected a series, got {}", what(&this)) };
            let found = super::super::loc::of_series(context, &frame.view(), &item)?;
            let rest = super::super::frame_methods::drop_rows(context, &frame.view(), &item, "raise")?;
            if let Some(rest) = View::from_value(&rest) {
                frame.replace(rest);
            }
            Ok(found)
        }

        /// The rows whose labels are among these, contain a text, or fit a pattern.
        fn filter[context](/** The series. */ this: View, /** The labels. */ items: Option<Value>, /** A part of the label. */ like: Option<String>, /** A pattern. */ regex: Option<String>, /** Has no effect. */ axis: Option<Value>) -> Result<Value> {
            let _ = axis;
            let frame = super::items::as_value(View { shape: Shape::Frame, columns: vec![Named { label: Some(Label::text("0")), expr: this.expr().clone() }], ..this.clone() });
            let mut named = vec![("axis", Value::Int(0))];
            named.extend(items.map(|items| ("items", items)));
            named.extend(like.map(|like| ("like", Value::str(like))));
            named.extend(regex.map(|regex| ("regex", Value::str(regex))));
            let made = call(context, &frame, "filter", vec![], named)?;
            match View::from_value(&made) {
                Some(made) => Ok(super::items::as_value(made.series(this.label().clone(), made.expr().clone(), "filter"))),
                None => Ok(made),
            }
        }

        /// The series itself: it has one axis.
        fn transpose(/** The series. */ this: View) -> Value { super::items::as_value(this) }
    }
}

/// A series under labels that are texts.
fn with_row_labels(context: &Context, view: &View, one: impl Fn(&str) -> String) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "labels of lazy rows are not changed here"; hint: "`map_partitions` changes them in each partition");
    }
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let labels = items::values(context, &index)?;
    let labels = Value::list(labels.iter().map(|label| Value::str(one(&label.text()))));
    Ok(items::as_value(items::labelled(context, view, &labels, view.index[0].label.clone())?))
}

/// Methods of frames alone.
pub mod of_frame {
    use super::*;

    builtins! {
        /// The matrix product with another frame, or with a series.
        fn dot[context](/** The frame. */ this: Value, /** The other one: its rows are the columns of this one. */ other: Value) -> Result<Value> {
            let Some(view) = View::from_value(&this) else { bail!(TypeError: "expected a frame, got {}", what(&this)) };
            let Some(right) = View::from_value(&other).filter(|right| view.eager && right.eager) else {
                bail!(TypeError: "expected a frame or a series in memory, got {}", what(&other); hint: "`np.dot(df.values, array)` takes arrays");
            };
            let index = View { columns: vec![right.index[0].clone()], shape: Shape::Index, ..right.clone() };
            let rows = super::items::values(context, &index)?;
            let labels: Vec<Option<Label>> = rows.iter().map(Label::of).collect();
            let mine: Vec<Option<Label>> = view.labels().into_iter().map(Some).collect();
            if labels != mine {
                bail!("matrices are not aligned"; hint: "the labels of the columns of one are those of the rows of the other");
            }
            let mut made = view.with_columns(Vec::new(), Shape::Frame, "dot");
            let mut columns = Vec::new();
            for named in &right.columns {
                let weights = super::items::values(context, &right.series(None, named.expr.clone(), "getitem"))?;
                let mut sum: Option<Value> = None;
                for (label, weight) in view.labels().iter().zip(&weights) {
                    let product = rdk_runtime::operators::binary(context, BinaryOp::Mul, &super::items::column(&view, label)?, weight)?;
                    sum = Some(match sum {
                        None => product,
                        Some(sum) => rdk_runtime::operators::binary(context, BinaryOp::Add, &sum, &product)?,
                    });
                }
                columns.push((named.label.clone(), sum.unwrap_or(Value::Int(0))));
            }
            if right.shape != Shape::Frame {
                let Some((_, column)) = columns.pop() else { bail!("no columns") };
                return call(context, &column, "rename", vec![right.label().as_ref().map_or(Value::None, Label::to_value)], vec![]);
            }
            for (label, column) in columns {
                made = super::items::with_column(context, &made, &label.unwrap_or(Label::Number(0)), &column)?;
            }
            Ok(super::items::as_value(made))
        }

        /// How each column goes together with a series, or with that of another frame: -1 to 1.
        fn corrwith[context](/** The frame. */ this: View, /** The other one. */ other: Value, /** Has no effect. */ axis: Option<Value>, /** Are columns left out that the other one has not? */ drop: bool = false, /** Only columns of numbers? */ numeric_only: bool = false) -> Result<Value> {
            let _ = axis;
            let Some(right) = View::from_value(&other) else { bail!(TypeError: "expected a frame or a series, got {}", what(&other)) };
            let mut pairs = Vec::new();
            for named in &this.columns {
                let label = named.label.clone().unwrap_or(Label::Number(0));
                if numeric_only && !crate::dtype::is_number(&this.type_of(&named.expr)?) {
                    continue;
                }
                let partner = match right.shape {
                    Shape::Frame => match right.find(&label) {
                        Some(_) => super::items::column(&right, &label)?,
                        None if drop => continue,
                        None => {
                            pairs.push((label, Value::Float(f64::NAN)));
                            continue;
                        }
                    },
                    _ => other.clone(),
                };
                pairs.push((label.clone(), call(context, &super::items::column(&this, &label)?, "corr", vec![partner], vec![])?));
            }
            let (labels, values): (Vec<Label>, Vec<Value>) = pairs.into_iter().unzip();
            let labels: Vec<Value> = labels.iter().map(Label::to_value).collect();
            let index = crate::cell::column(&labels, "of labels")?;
            Ok(Frame::eager(super::super::create::series_of(None, crate::cell::column(&values, "of results")?, Some((None, index)))?))
        }

        /// A frame of a dict: its columns, or with `orient="index"` its rows.
        ///
        /// ```rdk
        /// pd.DataFrame.from_dict({"a": [1, 2]}, orient="index").shape
        /// #> (1, 2)
        /// ```
        fn from_dict[context](/** The dict. */ data: Value, /** "columns": its values are columns; "index": rows. */ orient: String = "columns", /** The type of all values. */ dtype: Option<Value>, /** Labels of the columns, for `orient="index"`. */ columns: Option<Value>) -> Result<Value> {
            let class = Value::Class(super::super::classes::class(Shape::Frame, true));
            let Value::Dict(dict) = &data else { bail!(TypeError: "expected a dict, got {}", what(&data)) };
            let mut ask = match orient.as_str() {
                "columns" if columns.is_some() => bail!("cannot use columns parameter with orient='columns'"),
                "columns" => Args::one(data.clone()),
                "index" => {
                    let pairs: Vec<(Value, Value)> = dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
                    let (labels, rows): (Vec<Value>, Vec<Value>) = pairs.into_iter().unzip();
                    let flat = rows.iter().all(|row| row.items().is_none() && !matches!(row, Value::Dict(_)) && row.get::<Frame>().is_none());
                    let rows = if flat { rows.into_iter().map(|row| Value::list([row])).collect() } else { rows };
                    let mut ask = Args::one(Value::list(rows));
                    ask.keywords.push((Name::from("index"), Value::list(labels)));
                    ask
                }
                other => bail!("Expected 'index' or 'columns' for orient parameter. Got '{other}' instead"),
            };
            ask.keywords.extend(columns.map(|columns| (Name::from("columns"), columns)));
            let made = context.call(&class, ask)?;
            match dtype {
                Some(dtype) => call(context, &made, "astype", vec![dtype], vec![]),
                None => Ok(made),
            }
        }

        /// A frame of rows: tuples, dicts, lists.
        fn from_records[context](/** The rows. */ data: Value, /** Labels of rows, or the column that has them. */ index: Option<Value>, /** Labels of the columns. */ columns: Option<Value>) -> Result<Value> {
            let class = Value::Class(super::super::classes::class(Shape::Frame, true));
            let rows = rdk_runtime::iterate(context, &data)?.rest(context)?;
            let mut ask = Args::one(Value::list(rows));
            ask.keywords.extend(columns.map(|columns| (Name::from("columns"), columns)));
            let made = context.call(&class, ask)?;
            match index {
                Some(name @ Value::Str(_)) => call(context, &made, "set_index", vec![name], vec![]),
                Some(labels) => {
                    if let Some(frame) = made.get::<Frame>() {
                        super::items::set_index(context, frame, &labels)?;
                    }
                    Ok(made)
                }
                None => Ok(made),
            }
        }
    }
}

/// Attributes of series.
pub mod attributes {
    use super::*;

    builtins! {
        /// The series itself: it has one axis.
        fn T(/** The series. */ this: View) -> Value { super::items::as_value(this) }

        /// The type of the values; the same as `dtype`.
        fn dtypes[context](/** The series. */ this: Value) -> Result<Value> { rdk_runtime::operators::attribute(context, &this, "dtype") }

        /// How many bytes the values take.
        fn nbytes[context](/** The series. */ this: Value) -> Result<Value> { call(context, &this, "memory_usage", vec![], vec![("index", Value::Bool(false))]) }
    }
}

/// Functions of `pandas`.
pub mod functions {
    use super::*;

    builtins! {
        /// `True` where something is there; another name of `notna`.
        fn notnull[context](/** A frame, a series, a value. */ obj: Value) -> Result<Value> {
            match context.shared.library.import("pandas")?.get("notna") {
                Some(notna) => context.call(&notna, Args::one(obj)),
                None => bail!(RuntimeError: "`pd.notna` is not at hand here"),
            }
        }

        /// Rows and columns change places with values; the method `pivot`.
        fn pivot[context](/** The frame. */ data: Value, /** The column whose values make columns. */ columns: Value, /** The columns whose values make rows. */ index: Option<Value>, /** The columns of values. */ values: Option<Value>) -> Result<Value> {
            let mut named = vec![("columns", columns)];
            named.extend(index.map(|index| ("index", index)));
            named.extend(values.map(|values| ("values", values)));
            call(context, &data, "pivot", vec![], named)
        }

        /// A column and a reduction, for `groupby(…).agg(total=pd.NamedAgg("x", "sum"))`.
        fn NamedAgg(/** The column. */ column: Value, /** The reduction. */ aggfunc: Value) -> Value { Value::tuple([column, aggfunc]) }
    }
}

/// Functions of `dask.dataframe`.
pub mod lazy {
    use super::*;

    builtins! {
        /// Calls a function with each partition of a frame; the method `map_partitions`.
        fn map_partitions[context](/** The function. */ func: Value, /** The frame, and what else the function is called with. */ args: rdk_runtime::Rest, /** By name. */ options: Keywords) -> Result<Value> {
            let mut args = args.0.into_iter();
            let Some(view) = args.next().and_then(|first| View::from_value(&first)) else {
                bail!(TypeError: "map_partitions() needs a frame behind the function");
            };
            super::super::map_partitions::map_partitions(context, &view, &func, args.collect(), options.0)
        }

        /// `True` where something is missing.
        fn isna[context](/** The frame or series. */ arg: Value) -> Result<Value> { call(context, &arg, "isna", vec![], vec![]) }

        /// The same rows in other partitions; the method `repartition`.
        fn repartition[context](/** The frame; one in memory becomes lazy. */ df: Value, /** Where partitions begin. */ divisions: Option<Value>, /** May they reach further than the old ones? */ force: bool = false) -> Result<Value> {
            let Some(view) = View::from_value(&df) else { bail!(TypeError: "expected a frame or a series, got {}", what(&df)) };
            let lazy = if view.eager { super::lazily(context, &df, 1)? } else { df };
            let mut named = vec![("force", Value::Bool(force))];
            named.extend(divisions.map(|divisions| ("divisions", divisions)));
            call(context, &lazy, "repartition", vec![], named)
        }

        /// A lazy frame of a dict of columns.
        ///
        /// ```rdk
        /// dd.from_dict({"x": [1, 2, 3, 4]}, npartitions=2).x.sum().compute()
        /// #> 10
        /// ```
        fn from_dict[context](/** The dict. */ data: Value, /** In how many partitions. */ npartitions: i64, /** "columns": its values are columns; "index": rows. */ orient: String = "columns", /** The type of all values. */ dtype: Option<Value>, /** Labels of the columns, for `orient="index"`. */ columns: Option<Value>) -> Result<Value> {
            let class = Value::Class(super::super::classes::class(Shape::Frame, true));
            let mut named = vec![("orient", Value::str(orient))];
            named.extend(dtype.map(|dtype| ("dtype", dtype)));
            named.extend(columns.map(|columns| ("columns", columns)));
            let made = call(context, &class, "from_dict", vec![data], named)?;
            super::lazily(context, &made, npartitions)
        }
    }
}

fn lazily(context: &Context, frame: &Value, npartitions: i64) -> Result<Value> {
    let Some(from_pandas) = context.shared.library.import("dask.dataframe")?.get("from_pandas") else {
        bail!(RuntimeError: "`dd.from_pandas` is not at hand here");
    };
    let mut ask = Args::one(frame.clone());
    ask.keywords.push((Name::from("npartitions"), Value::Int(npartitions)));
    context.call(&from_pandas, ask)
}
