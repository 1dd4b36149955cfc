//! Partitions of lazy frames: one by one, and as delayed values.

use std::any::Any;
use std::sync::LazyLock;

use datafusion::common::ScalarValue;
use rdk_runtime::{Args, Class, ClassRef, Context, Object, Result, Value, error};

use super::over::{over_step, step_schema};
use crate::frame::Frame;
use crate::plan::{Rows, View, Wiring};
use crate::steps::{Take, Whole};

/// `df.partitions`: some of them by number.
pub struct Partitions(View);

static CLASS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("IndexCallable", "dask.utils", "Partitions by number.")));

impl Partitions {
    /// Those of this frame.
    pub fn of(view: View) -> Value {
        Value::object(Partitions(view))
    }
}

impl Object for Partitions {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<partitions: {}>", self.0.rows.n_partitions)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(pick(context, &self.0, index))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.0.rows.n_partitions))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let (view, mut at) = (self.0.clone(), 0);
        Some(Ok(Value::iter("generator", move |context| {
            let next = (at < view.rows.n_partitions).then(|| picked(context, &view, &[at]).map(Frame::lazy));
            at += 1;
            next
        })))
    }
}

/// Some partitions by number, as a lazy frame.
pub fn pick(context: &Context, view: &View, index: &Value) -> Result<Value> {
    let n = view.rows.n_partitions;
    let chosen: Vec<usize> = match index {
        Value::Slice(slice) => {
            let (start, stop, step) = rdk_runtime::operators::indices(slice, n)?;
            let mut chosen = Vec::new();
            let mut at = start;
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                chosen.push(at as usize);
                at += step;
            }
            chosen
        }
        Value::List(list) => {
            let items = list.snapshot();
            let places = items.iter().map(|item| rdk_runtime::operators::position(item, n, "partition"));
            places.collect::<Result<_>>()?
        }
        one => vec![rdk_runtime::operators::position(one, n, "partition")?],
    };
    Ok(Frame::lazy(picked(context, view, &chosen)?))
}

/// These partitions.
pub fn picked(context: &Context, view: &View, chosen: &[usize]) -> Result<View> {
    let wiring = Wiring::Pick(chosen.iter().map(|&partition| vec![(0, partition)]).collect());
    let divisions = view.rows.divisions.as_ref().filter(|_| chosen.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let divisions = divisions.zip(chosen.first()).map(|(all, &first)| all[first..=first + chosen.len()].to_vec());
    regrouped(context, view, "partitions", wiring, chosen.len(), divisions)
}

pub fn regrouped(
    context: &Context,
    view: &View,
    name: &str,
    wiring: Wiring,
    n: usize,
    divisions: Option<Vec<ScalarValue>>,
) -> Result<View> {
    let work = Whole::at(Take::Head(i64::MAX), context.place());
    let rows = Rows::step(name, work, vec![view.clone()], wiring, n, step_schema(view)?)?.divided(divisions);
    Ok(View { name: name.into(), ..over_step(view, &rows) })
}

/// The same partitions as results of a step, so that nothing stands above them but columns.
pub fn as_step(context: &Context, view: &View) -> Result<View> {
    let n = view.rows.n_partitions;
    let step = regrouped(context, view, &view.name, Wiring::Each, n, view.rows.divisions.clone())?;
    Ok(View { name: view.name.clone(), ..step })
}

/// One delayed value for each partition.
pub fn to_delayed(context: &Context, view: &View) -> Result<Value> {
    let delayed = delayed(context)?;
    let mut all = Vec::with_capacity(view.rows.n_partitions);
    for at in 0..view.rows.n_partitions {
        let one = Frame::lazy(picked(context, view, &[at])?);
        all.push(context.call(&delayed, Args::one(one))?);
    }
    Ok(Value::list(all))
}

pub fn delayed(context: &Context) -> Result<Value> {
    let found = context.shared.library.import("dask")?.get("delayed");
    found.ok_or_else(|| error!(RuntimeError: "delayed calls are not at hand here"))
}
