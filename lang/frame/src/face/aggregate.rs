//! What many rows become one by: `sum`, `mean`, `count`… as expressions of DataFusion's.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn;
use datafusion::logical_expr::{Expr, cast, lit, when};
use rdk_runtime::{Context, Result, Stream, Value, bail, error};

use crate::category;
use crate::cell::is_text;
use crate::dtype;
use crate::errors::fusion;

/// A reduction by pandas' name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Reduction {
    Sum,
    Mean,
    Min,
    Max,
    Count,
    Size,
    Std(u8),
    Var(u8),
    Sem,
    Unique,
    Any,
    All,
    Product,
    Median,
}

impl Reduction {
    /// The reduction of this name.
    pub fn named(name: &str) -> Option<Reduction> {
        Some(match name {
            "sum" => Reduction::Sum,
            "mean" | "average" => Reduction::Mean,
            "min" | "amin" => Reduction::Min,
            "max" | "amax" => Reduction::Max,
            "count" => Reduction::Count,
            "size" => Reduction::Size,
            "std" => Reduction::Std(1),
            "var" => Reduction::Var(1),
            "sem" => Reduction::Sem,
            "nunique" => Reduction::Unique,
            "any" => Reduction::Any,
            "all" => Reduction::All,
            "prod" | "product" => Reduction::Product,
            "median" => Reduction::Median,
            _ => return None,
        })
    }

    /// The reduction that a value stands for: its name, or a function of that name such as `np.mean` or `sum`.
    pub fn of(value: &Value) -> Result<(Reduction, String)> {
        let name = match value {
            Value::Str(name) => name.to_string(),
            Value::Builtin(builtin) => builtin.name.to_string(),
            other => bail!(
                NotImplementedError: "{} is not a reduction that is known", crate::frame::what(other);
                hint: "name one: \"sum\", \"mean\", \"min\", \"max\", \"count\", \"std\", \"nunique\""
            ),
        };
        let found = Reduction::named(&name).ok_or_else(|| {
            let names = ["sum", "mean", "min", "max", "count", "size", "std", "var", "nunique", "median"];
            let error = error!(AttributeError: "'SeriesGroupBy' object has no attribute '{name}'");
            match rdk_runtime::builtin::nearest(&name, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!("`{}` are known", names.join("`, `"))),
            }
        })?;
        Ok((found, name))
    }

    /// Its name in pandas.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Mean => "mean",
            Reduction::Min => "min",
            Reduction::Max => "max",
            Reduction::Count => "count",
            Reduction::Size => "size",
            Reduction::Std(_) => "std",
            Reduction::Var(_) => "var",
            Reduction::Sem => "sem",
            Reduction::Unique => "nunique",
            Reduction::Any => "any",
            Reduction::All => "all",
            Reduction::Product => "prod",
            Reduction::Median => "median",
        }
    }

    /// Does it make sense of columns of this type?
    pub fn takes(self, of: &DataType) -> bool {
        match self {
            Reduction::Count | Reduction::Size | Reduction::Unique => true,
            Reduction::Min | Reduction::Max => {
                !category::is(of) || category::is_ordered(of) && category::categories(of).is_some()
            }
            Reduction::Any | Reduction::All => dtype::is_number(of),
            Reduction::Mean | Reduction::Median => dtype::is_number(of) || is_time(of),
            Reduction::Sum => dtype::is_number(of) || matches!(of, DataType::Duration(_)),
            Reduction::Product => dtype::is_number(of),
            Reduction::Std(_) | Reduction::Var(_) | Reduction::Sem => dtype::is_number(of),
        }
    }

    /// As an aggregate of an expression of this type, and what is to be done with the result.
    pub fn aggregate(self, expr: Expr, of: &DataType) -> Result<(Expr, After)> {
        if !self.takes(of) {
            let name = self.name();
            let what = dtype::name(of, true);
            if category::is(of) && matches!(self, Reduction::Min | Reduction::Max) {
                bail!(TypeError: "Categorical is not ordered for operation {name}"; hint: "`.cat.as_ordered()` says that the order of the categories means something");
            }
            if category::is(of) {
                bail!(TypeError: "'Categorical' with dtype category does not support operation '{name}'"; hint: "`.astype(…)` gives the values themselves");
            }
            bail!(
                TypeError: "dtype '{what}' does not support operation '{name}'";
                hint: "`numeric_only=True` leaves such columns out; or choose columns first"
            );
        }
        let number = |expr: Expr| if *of == DataType::Boolean { cast(expr, DataType::Int64) } else { expr };
        let float = |expr: Expr| if of.is_floating() { expr } else { cast(expr, DataType::Float64) };
        if category::is(of) {
            return Ok(of_categories(self, expr, of));
        }
        if is_time(of) && matches!(self, Reduction::Mean | Reduction::Median | Reduction::Sum) {
            // Their microseconds are reduced.
            let unit = arrow::datatypes::TimeUnit::Microsecond;
            let of = if let DataType::Timestamp(..) = of {
                DataType::Timestamp(unit, None)
            } else {
                DataType::Duration(unit)
            };
            let micros = cast(cast(expr, of.clone()), DataType::Int64);
            let (aggregate, _) = self.aggregate(micros, &DataType::Int64)?;
            return Ok((aggregate, After::Time(of)));
        }
        Ok(match self {
            Reduction::Sum => {
                let zero = if of.is_floating() { ScalarValue::Float64(Some(0.0)) } else { ScalarValue::Int64(Some(0)) };
                (expr_fn::sum(number(expr)), After::Or(zero))
            }
            Reduction::Mean => (expr_fn::avg(float(expr)), After::Same),
            Reduction::Min => (expr_fn::min(expr), After::Same),
            Reduction::Max => (expr_fn::max(expr), After::Same),
            Reduction::Count => (expr_fn::count(expr), After::Same),
            Reduction::Size => (expr_fn::count(lit(1i64)), After::Same),
            Reduction::Std(0) => (expr_fn::stddev_pop(float(expr)), After::Same),
            Reduction::Std(_) => (expr_fn::stddev(float(expr)), After::Same),
            Reduction::Var(0) => (expr_fn::var_pop(float(expr)), After::Same),
            Reduction::Var(_) => (expr_fn::var_sample(float(expr)), After::Same),
            // Both zeros are one value.
            Reduction::Unique if of.is_floating() => {
                (expr_fn::count_distinct(crate::functions::as_key(expr, of)), After::Same)
            }
            Reduction::Unique => (expr_fn::count_distinct(expr), After::Same),
            Reduction::Any => (expr_fn::bool_or(truth(expr, of)), After::Or(ScalarValue::Boolean(Some(false)))),
            Reduction::All => (expr_fn::bool_and(truth(expr, of)), After::Or(ScalarValue::Boolean(Some(true)))),
            Reduction::Median => (expr_fn::median(float(expr)), After::Same),
            Reduction::Sem | Reduction::Product => {
                bail!(NotImplementedError: "`{}` is not supported yet", self.name(); hint: "`std` and `count` give what it is made of")
            }
        })
    }
}

/// Counts, and the first and last one by the order of the categories.
fn of_categories(reduction: Reduction, expr: Expr, of: &DataType) -> (Expr, After) {
    let values = |expr| category::values_of(expr, of);
    match reduction {
        Reduction::Min => (expr_fn::min(category::codes_of(expr)), After::Category(of.clone())),
        Reduction::Max => (expr_fn::max(category::codes_of(expr)), After::Category(of.clone())),
        Reduction::Unique if category::categories(of).is_some() => {
            (expr_fn::count_distinct(category::codes_of(expr)), After::Same)
        }
        Reduction::Unique => (expr_fn::count_distinct(values(expr)), After::Same),
        Reduction::Size => (expr_fn::count(lit(1i64)), After::Same),
        _ => (expr_fn::count(expr), After::Same),
    }
}

fn is_time(of: &DataType) -> bool {
    matches!(of, DataType::Timestamp(..) | DataType::Duration(_))
}

fn truth(expr: Expr, of: &DataType) -> Expr {
    if *of == DataType::Boolean { expr } else { expr.not_eq(lit(0i64)) }
}

/// What is done with an aggregate's result.
pub enum After {
    /// Nothing.
    Same,
    /// This instead of nothing.
    Or(ScalarValue),
    /// Microseconds become times or spans of this type.
    Time(DataType),
    /// Numbers become categories of this type.
    Category(DataType),
}

impl After {
    /// Does it.
    pub fn apply(&self, expr: Expr) -> Expr {
        match self {
            After::Same => expr,
            After::Or(value) => coalesce(vec![expr, lit(value.clone())]),
            After::Category(of) => category::of_codes(expr, of),
            After::Time(of) => cast(cast(expr, DataType::Int64), of.clone()),
        }
    }
}

/// How many values there have to be so that there is a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// What is missing is left out.
    Nothing,
    /// None is missing: `skipna=False`.
    All,
    /// So many are there: `min_count=2`.
    AtLeast(i64),
}

impl Needs {
    /// By what users say.
    pub fn of(skipna: bool, min_count: i64) -> Needs {
        match (skipna, min_count) {
            (false, _) => Needs::All,
            (true, count) if count > 0 => Needs::AtLeast(count),
            (true, _) => Needs::Nothing,
        }
    }

    /// What is to be counted besides; nothing if it does not matter.
    pub fn count(self, expr: &Expr) -> Result<Option<Expr>> {
        Ok(match self {
            Needs::Nothing => None,
            Needs::All => {
                let missing = when(expr.clone().is_null(), lit(1i64)).end().map_err(fusion)?;
                Some(expr_fn::count(missing))
            }
            Needs::AtLeast(_) => Some(expr_fn::count(expr.clone())),
        })
    }

    /// The result, or nothing, by what has been counted.
    pub fn apply(self, count: Expr, result: Expr) -> Result<Expr> {
        let holds = match self {
            Needs::Nothing => return Ok(result),
            Needs::All => count.eq(lit(0i64)),
            Needs::AtLeast(least) => count.gt_eq(lit(least)),
        };
        when(holds, result).end().map_err(fusion)
    }
}

/// Is a column of this type reduced? `numeric_only` is what the user said, if anything.
///
/// Of columns without numbers there is no mean. The courses leave them out without a word, pandas refuses them today; here they are
/// left out, and that is said.
pub fn is_wanted(reduction: Reduction, of: &DataType, numeric_only: Option<bool>) -> bool {
    let is_number = dtype::is_number(of) && !is_text(of);
    match numeric_only {
        Some(true) => is_number,
        Some(false) => true,
        None => is_number || reduction.takes(of),
    }
}

/// Says which columns have been left out.
pub fn say_left_out(context: &Context, reduction: Reduction, labels: &[String]) {
    if !labels.is_empty() {
        let text = format!(
            "UserWarning: `{}` leaves out columns without numbers: {}; `numeric_only=True` says so\n",
            reduction.name(),
            labels.join(", ")
        );
        context.shared.output.write(Stream::Err, &text);
    }
}
