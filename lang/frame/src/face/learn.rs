//! `dask_ml`, as much of it as a first lesson uses: a straight line through points, and rows shared out for training and testing.
//!
//! Everything is said in `numpy`'s functions, which stay lazy with lazy arrays.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_runtime::class::entries;
use rdk_runtime::operators::{attribute, item};
use rdk_runtime::types::types;
use rdk_runtime::{Args, Class, ClassRef, Context, FromValue, Keywords, Module, Object, Rest, Result, Value};
use rdk_runtime::{bail, builtins, error};

use crate::frame::{Frame, what};

/// `dask_ml` and what is in it.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("dask_ml", "Models of large data: `dask_ml.linear_model`, `dask_ml.model_selection`.", Vec::new),
        Module::new("dask_ml.linear_model", "Straight lines through points.", || {
            vec![("LinearRegression", Value::Class(CLASS.clone()))]
        }),
        Module::new("dask_ml.model_selection", "Rows for training and for testing.", || entries(split::builtins())),
    ]
}

fn numpy(context: &Context, function: &str, arguments: impl IntoIterator<Item = Value>) -> Result<Value> {
    let found = context.shared.library.import("numpy")?.get(function);
    let found = found.ok_or_else(|| error!(RuntimeError: "`numpy.{function}` is not at hand here"))?;
    context.call(&found, Args::of(arguments))
}

fn call(context: &Context, value: &Value, method: &str, arguments: impl IntoIterator<Item = Value>) -> Result<Value> {
    context.call(&attribute(context, value, method)?, Args::of(arguments))
}

/// Frames and series as arrays.
fn as_array(context: &Context, value: &Value) -> Result<Value> {
    if value.get::<Frame>().is_none() {
        return Ok(value.clone());
    }
    attribute(context, value, "values")
}

fn dimensions(context: &Context, value: &Value) -> Result<i64> {
    match attribute(context, value, "ndim").ok().and_then(|n| i64::from_value(&n)) {
        Some(n) => Ok(n),
        None => bail!(TypeError: "expected an array or a frame, got {}", what(value)),
    }
}

/// The features: a row for each sample.
fn features(context: &Context, value: &Value) -> Result<Value> {
    let array = as_array(context, value)?;
    match dimensions(context, &array)? {
        2 => Ok(array),
        n => {
            bail!("Expected 2D array, got {n}D array instead"; hint: "`.reshape(-1, 1)` makes one feature a column; of a frame `df[['x']]`")
        }
    }
}

/// A line, a plane and so on through points: what it was made with, and what it has learnt.
pub struct LinearRegression {
    intercept: bool,
    learnt: Mutex<Option<Learnt>>,
}

#[derive(Clone)]
struct Learnt {
    coefficients: Value,
    intercept: Value,
}

impl LinearRegression {
    fn fit(&self, context: &Context, x: &Value, y: &Value) -> Result<()> {
        let (mut x, mut y) = (features(context, x)?, as_array(context, y)?);
        if dimensions(context, &y)? != 1 {
            bail!("Expected 1D array of targets, got {}D array instead", dimensions(context, &y)?; hint: "`.reshape(-1)` makes a line of it");
        }
        let mut means = None;
        if self.intercept {
            // Around the middle, numbers are small: the products below keep their digits.
            let axis = Value::Int(0);
            let both = [numpy(context, "mean", [x.clone(), axis.clone()])?, numpy(context, "mean", [y.clone(), axis])?];
            let both = rdk_runtime::compute(context, &both)?;
            x = numpy(context, "subtract", [x, both[0].clone()])?;
            y = numpy(context, "subtract", [y, both[1].clone()])?;
            means = Some(both);
        }
        let turned = numpy(context, "transpose", [x.clone()])?;
        let products = [numpy(context, "dot", [turned.clone(), x])?, numpy(context, "dot", [turned, y])?];
        let products = rdk_runtime::compute(context, &products)?;
        let solved = solve(context, &products)?;
        let intercept = match means {
            Some(means) => {
                let at_middle = numpy(context, "dot", [means[0].clone(), solved.clone()])?;
                numpy(context, "subtract", [means[1].clone(), at_middle])?
            }
            None => Value::Float(0.0),
        };
        *self.learnt.lock() = Some(Learnt { coefficients: solved, intercept });
        Ok(())
    }

    fn learnt(&self) -> Result<Learnt> {
        let learnt = self.learnt.lock().clone();
        learnt.ok_or_else(
            || error!(ValueError: "This LinearRegression instance is not fitted yet"; hint: "call `fit(X, y)` first"),
        )
    }

    fn predict(&self, context: &Context, x: &Value) -> Result<Value> {
        let learnt = self.learnt()?;
        let along = numpy(context, "dot", [features(context, x)?, learnt.coefficients])?;
        numpy(context, "add", [along, learnt.intercept])
    }

    /// How much of the spread of `y` is explained: 1 is all.
    fn score(&self, context: &Context, x: &Value, y: &Value) -> Result<Value> {
        let predicted = self.predict(context, x)?;
        let y = as_array(context, y)?;
        let square = |value| numpy(context, "square", [value]);
        let middle = numpy(context, "mean", [y.clone()])?;
        let missed = square(numpy(context, "subtract", [y.clone(), predicted])?)?;
        let spread = square(numpy(context, "subtract", [y, middle])?)?;
        let sums = [numpy(context, "sum", [missed])?, numpy(context, "sum", [spread])?];
        let sums = rdk_runtime::compute(context, &sums)?;
        let part = numpy(context, "divide", [sums[0].clone(), sums[1].clone()])?;
        numpy(context, "subtract", [Value::Float(1.0), part])
    }
}

/// The least squares solution of `products[0] @ b = products[1]`: features that depend on each other do no harm.
fn solve(context: &Context, products: &[Value]) -> Result<Value> {
    let module = context.shared.library.import("numpy.linalg")?;
    let found = module.get("lstsq").ok_or_else(|| error!(RuntimeError: "`numpy.linalg.lstsq` is not at hand here"))?;
    let solved = context.call(&found, Args::of(products.iter().cloned()))?;
    item(context, &solved, &Value::Int(0))
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class =
        Class::new("LinearRegression", "dask_ml.linear_model", "A straight line through points, by least squares.");
    let construct = construct::builtins().pop().expect("one is declared");
    let class = class.base(types().object.clone()).construct(construct);
    Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

impl Object for Model {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        if self.0.intercept { "LinearRegression()".into() } else { "LinearRegression(fit_intercept=False)".into() }
    }
}

/// A model as a value.
#[derive(Clone)]
pub struct Model(Arc<LinearRegression>);

impl FromValue for Model {
    fn expected() -> &'static str {
        "a LinearRegression"
    }

    fn from_value(value: &Value) -> Option<Model> {
        value.get::<Model>().cloned()
    }
}

mod construct {
    use super::*;

    builtins! {
        /// A straight line through points, by least squares, without a penalty.
        ///
        /// ```rdk
        /// from dask_ml.linear_model import LinearRegression
        /// model = LinearRegression().fit(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]))
        /// round(float(model.coef_[0]), 9), round(float(model.intercept_), 9)
        /// #> (2.0, 1.0)
        /// ```
        fn LinearRegression(
            /// Not used: there is no penalty.
            penalty: Option<Value>,
            /// May the line miss the origin?
            fit_intercept: bool = true,
            /// Options of solvers: not used, there is one.
            options: Keywords,
        ) -> Value {
            let _ = (penalty, options);
            Value::object(Model(Arc::new(LinearRegression { intercept: fit_intercept, learnt: Mutex::new(None) })))
        }
    }
}

#[expect(non_snake_case, reason = "scikit-learn calls it so")]
mod methods {
    use super::*;

    builtins! {
        /// Finds the line; gives the model itself.
        fn fit[context](
            this: Model,
            /// A row for each point: a lazy array, an array or a frame.
            X: Value,
            /// What belongs to each point.
            y: Value,
        ) -> Result<Value> { this.0.fit(context, &X, &y)?; Ok(Value::object(this)) }

        /// What belongs to other points, by the line; lazy if they are.
        fn predict[context](
            this: Model,
            /// A row for each point.
            X: Value,
        ) -> Result<Value> { this.0.predict(context, &X) }

        /// How much of the spread is explained by the line: 1 is all of it.
        fn score[context](
            this: Model,
            /// A row for each point.
            X: Value,
            /// What belongs to each.
            y: Value,
        ) -> Result<Value> { this.0.score(context, &X, &y) }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// How steep it is along each feature.
        fn coef_(this: Model) -> Result<Value> { Ok(this.0.learnt()?.coefficients) }

        /// Where it is at 0.
        fn intercept_(this: Model) -> Result<Value> { Ok(this.0.learnt()?.intercept) }

        /// May the line miss the origin?
        fn fit_intercept(this: Model) -> bool { this.0.intercept }
    }
}

mod split {
    use super::*;

    builtins! {
        /// Shares out the rows of each frame or lazy array at random: those for training, those for testing.
        ///
        /// ```rdk
        /// from dask_ml.model_selection import train_test_split
        /// train, test = train_test_split(dd.from_pandas(pd.DataFrame({'x': range(100)}), npartitions=2), random_state=0)
        /// len(train) + len(test)
        /// #> 100
        /// ```
        fn train_test_split[context](
            /// Frames, series or arrays with as many rows.
            arrays: Rest,
            /// Which part is for testing; a tenth if nothing is said.
            test_size: Option<f64>,
            /// Which part is for training.
            train_size: Option<f64>,
            /// Where random numbers begin.
            random_state: Option<i64>,
            /// `shuffle`, `blockwise`, `convert_mixed_types`: accepted, not used.
            options: Keywords,
        ) -> Result<Value> { let _ = options; train_test_split(context, &arrays.0, test_size, train_size, random_state) }
    }
}

fn train_test_split(
    context: &Context,
    arrays: &[Value],
    test: Option<f64>,
    train: Option<f64>,
    state: Option<i64>,
) -> Result<Value> {
    let test = test.or(train.map(|train| 1.0 - train)).unwrap_or(0.1);
    if !(0.0..=1.0).contains(&test) || train.is_some_and(|train| (train + test - 1.0).abs() > 1e-9) {
        bail!("expected parts between 0 and 1 that are 1 together, got test_size={test}"; hint: "`test_size=0.2` is enough");
    }
    if arrays.is_empty() {
        bail!("At least one array required as input");
    }
    // All of them are split in the same places: each kind draws in its own way.
    let kind = |array: &Value| {
        let frame = array.get::<Frame>().is_some() && attribute(context, array, "npartitions").is_ok();
        (frame, !frame && attribute(context, array, "chunks").is_ok())
    };
    if arrays.iter().any(|array| kind(array) != kind(&arrays[0])) {
        bail!(TypeError: "expected lazy frames only, lazy arrays only, or values in memory only: others are not split in the same places"; hint: "`df.to_dask_array(lengths=True)` makes an array of a frame");
    }
    let seed = match state {
        Some(seed) => seed,
        None => {
            let random = context.shared.library.import("random")?.get("getrandbits");
            let random = random.ok_or_else(|| error!(RuntimeError: "`random` is not at hand here"))?;
            i64::from_value(&context.call(&random, Args::one(Value::Int(31)))?).unwrap_or(0)
        }
    };
    let mut parts = Vec::new();
    for array in arrays {
        if array.get::<Frame>().is_some() && attribute(context, array, "npartitions").is_ok() {
            let fractions = Value::list([Value::Float(1.0 - test), Value::Float(test)]);
            let split = call(context, array, "random_split", [fractions, Value::Int(seed)])?;
            parts.extend(rdk_runtime::evaluate::collect(context, &split)?);
            continue;
        }
        dimensions(context, array)?;
        let rows = item(context, &attribute(context, array, "shape")?, &Value::Int(0))?;
        let module = if attribute(context, array, "chunks").is_ok() { "dask.array.random" } else { "numpy.random" };
        let generator = context.shared.library.import(module)?.get("RandomState");
        let generator = generator.ok_or_else(|| error!(RuntimeError: "`{module}` is not at hand here"))?;
        let generator = context.call(&generator, Args::one(Value::Int(seed)))?;
        let drawn = call(context, &generator, "random_sample", [rows])?;
        let chosen = numpy(context, "less", [drawn, Value::Float(test)])?;
        let others = numpy(context, "logical_not", [chosen.clone()])?;
        parts.push(item(context, array, &others)?);
        parts.push(item(context, array, &chosen)?);
    }
    Ok(Value::list(parts))
}
