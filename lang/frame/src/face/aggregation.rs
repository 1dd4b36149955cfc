//! `dd.Aggregation`: a reduction of groups that a user puts together of three functions.
//!
//! The first is called with the groups of each partition, the second with the groups of what that gave, the third with what those are
//! in the end.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::{Args, Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::groupby::GroupBy;
use super::grouped::Specified;
use super::{align, map_partitions, wholes};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Shape, View};

/// A reduction of a user's own.
pub struct Aggregation {
    /// What it is called.
    pub name: String,
    chunk: Value,
    agg: Value,
    finalize: Value,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let doc = "A reduction of groups, put together of functions.";
    ClassRef::new(
        Class::new("Aggregation", "dask.dataframe", doc)
            .construct(constructors::builtins().pop().expect("declared below")),
    )
});

/// Its class.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl Object for Aggregation {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<Aggregation {}>", self.name)
    }
}

mod constructors {
    use super::*;

    builtins! {
        /// A reduction of groups of a lazy frame, put together of functions.
        ///
        /// ```rdk
        /// spread = dd.Aggregation("spread", lambda s: (s.max(), s.min()), lambda a, b: (a.max(), b.min()), lambda a, b: a - b)
        /// df = dd.from_pandas(pd.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 4]}), npartitions=2)
        /// df.groupby("k").agg({"x": spread}).compute().x.tolist()
        /// #> [3, 0]
        /// ```
        fn Aggregation(
            /// What the result is called beside others.
            name: String,
            /// A function of the groups of a partition, which gives a series or a tuple of them.
            chunk: Value,
            /// A function of the groups of each of these, from all partitions.
            agg: Value,
            /// A function of what these give; without it their first is the result.
            finalize: Option<Value>,
        ) -> Value { Value::object(super::Aggregation { name, chunk, agg, finalize: finalize.unwrap_or_default() }) }
    }
}

/// What a function gives: a series, or a tuple of them.
fn series_of(value: &Value, role: &str) -> Result<Vec<View>> {
    let all = match value {
        Value::Tuple(items) => items.to_vec(),
        Value::List(list) => list.snapshot(),
        one => vec![one.clone()],
    };
    let view = |value: &Value| match View::from_value(value) {
        Some(view) => Ok(view),
        None => bail!(TypeError: "`{role}` of an Aggregation gives a series or a tuple of them, got {}", what(value)),
    };
    all.iter().map(view).collect()
}

/// Series of the same groups as columns beside each other.
fn beside(context: &Context, parts: Vec<View>) -> Result<View> {
    let mut parts = parts.into_iter().enumerate();
    let Some((_, first)) = parts.next() else { bail!("an Aggregation gives one series at least") };
    let mut whole = View { shape: Shape::Frame, ..first };
    whole.columns[0].label = Some(Label::text("c0"));
    for (at, part) in parts {
        let (left, right) = align::together(context, &whole, &part)?;
        whole = left;
        whole.columns.push(Named { label: Some(Label::text(format!("c{at}"))), expr: right.expr().clone() });
    }
    Ok(whole)
}

mod hidden {
    use super::*;

    builtins! {
        /// The second and third function, on the groups of the levels of the index; rows that are left out are so already.
        fn ended[context](/** What the first function gave. */ this: View, /** The second function. */ agg: Value, /** The third. */ finalize: Value, /** Are groups in the order of their keys? */ sort: bool) -> Result<Value> {
            let keys = this.index.clone();
            let groups = this.columns.iter().map(|named| {
                let view = this.with_columns(vec![Named { label: None, expr: named.expr.clone() }], Shape::Frame, "groupby");
                Value::object(GroupBy { view, keys: keys.clone(), series: true, chosen: true, sort, dropna: false, as_index: true, group_keys: true, keys_in_list: false, observed: true })
            });
            let made = context.call(&agg, Args::of(groups))?;
            match finalize.is_none() {
                true => match series_of(&made, "agg")?.into_iter().next() {
                    Some(view) => Ok(Frame::eager(view)),
                    None => bail!("an Aggregation gives one series at least"),
                },
                false => {
                    let parts = series_of(&made, "agg")?.into_iter().map(Frame::eager);
                    context.call(&finalize, Args::of(parts))
                }
            }
        }

        /// The first function, on rows whose first columns are the keys.
        fn begun[context](/** The rows. */ this: View, /** How many columns are keys. */ n_keys: usize, /** The function. */ chunk: Value, /** Are groups in the order of their keys? */ sort: bool, /** Are rows left out whose key is missing? */ dropna: bool) -> Result<Value> {
            let keys = this.columns[..n_keys].to_vec();
            let view = this.with_columns(this.columns[n_keys..].to_vec(), Shape::Frame, "groupby");
            let group = GroupBy { view, keys, series: true, chosen: true, sort, dropna, as_index: true, group_keys: true, keys_in_list: false, observed: true };
            let made = context.call(&chunk, Args::one(Value::object(group)))?;
            let whole = beside(context, series_of(&made, "chunk")?)?;
            let batch = lower::in_memory(&lower::compute_now(context, &whole)?)?;
            Ok(Frame::eager(Gather { counted: false, ..Gather::of(&whole) }.of_batch(&batch)?))
        }
    }
}

fn builtin(name: &str) -> Result<Value> {
    let found = hidden::builtins().into_iter().find(|found| found.name == name);
    found.map(|found| Value::Builtin(Arc::new(found))).ok_or_else(|| error!(RuntimeError: "internal error: no method"))
}

impl GroupBy {
    /// `agg` with reductions of a user's own among them.
    pub fn agg_own(&self, context: &Context, wanted: Vec<Specified>, series: bool) -> Result<Value> {
        let mut whole: Option<View> = None;
        for Specified { label, source, how } in wanted {
            let made = match how.get::<Aggregation>() {
                Some(own) => self.reduced_by(context, &source, own)?,
                None => {
                    let view = self.view.with_columns(vec![source], Shape::Frame, "getitem");
                    let one = GroupBy { view, series: true, chosen: true, as_index: true, ..self.clone() };
                    one.agg(context, Some(how), Vec::new())?
                }
            };
            let Some(mut made) = View::from_value(&made) else {
                bail!(TypeError: "`finalize` of an Aggregation gives a series, got {}", what(&made));
            };
            made.columns[0].label = label;
            whole = Some(match whole {
                None => View { shape: Shape::Frame, ..made },
                Some(whole) => {
                    let (mut whole, made) = align::together(context, &whole, &made)?;
                    whole.columns.extend(made.columns);
                    whole
                }
            });
        }
        let Some(mut whole) = whole else { bail!("No objects to concatenate") };
        if series {
            whole.shape = Shape::Series;
        }
        whole.name = "agg".into();
        match self.as_index {
            true => Frame::answer(context, whole),
            false => super::frame_methods::reset_index(context, &whole, false),
        }
    }

    fn reduced_by(&self, context: &Context, source: &Named, own: &Aggregation) -> Result<Value> {
        let columns = self.keys.iter().chain([source]).cloned().collect();
        let wide = self.view.with_columns(columns, Shape::Frame, "groupby");
        let wide = View { rows: wide.rows.uncounted(), ..wide };
        let [sort, dropna] = [self.sort, self.dropna].map(Value::Bool);
        let first = vec![Value::Int(self.keys.len() as i64), own.chunk.clone(), sort.clone(), dropna];
        let then = vec![own.agg.clone(), own.finalize.clone(), sort];
        if self.view.eager {
            let args = std::iter::once(Frame::eager(wide)).chain(first);
            let begun = context.call(&builtin("begun")?, Args::of(args))?;
            return context.call(&builtin("ended")?, Args::of(std::iter::once(begun).chain(then)));
        }
        let begun = map_partitions::map_partitions(context, &wide, &builtin("begun")?, first, vec![])?;
        let Some(begun) = View::from_value(&begun) else { bail!(RuntimeError: "internal error: no frame") };
        let one = wholes::one_partition(context, &begun)?;
        map_partitions::map_partitions(context, &one, &builtin("ended")?, then, vec![])
    }
}
