//! What the functions of `numpy` and `dask.array` do with masked arrays, where they do not ask for the mask by themselves.
//!
//! NumPy's functions know nothing of masks. What comes of a masked array is what comes of their way: some call its methods, some make a
//! new array of its class, of which nothing is masked, and many take the bare elements. [`way`] says which function goes which way;
//! whatever is not named there takes the elements of an array in memory, and refuses a lazy one.

mod averages;
mod in_place;
mod neighbours;
mod sets;
mod ways;

use rdk_runtime::builtin::Bound;
use rdk_runtime::{Builtin, Context, FromValue, Result, Value};

use super::object::Masked;
use super::pair::Given;
use crate::array::Array;
use crate::face::operand;

pub use ways::{holds_mask, outer, unmasked_part, whole};

/// How a call is answered.
type Answering = fn(&Asked) -> Result<Value>;

/// How a function goes about masked arrays.
#[derive(Clone, Copy)]
enum Way {
    /// So.
    Same(Answering),
    /// So with arrays in memory; lazy ones are refused.
    InMemory(Answering),
    /// So with arrays in memory, and so with lazy ones, of which Dask keeps the masks.
    Either(Answering, Answering),
    /// So with lazy ones; with arrays in memory as the function itself does.
    Lazily(Answering),
}

/// The functions that take lists of arrays, or any number of them.
const OF_LISTS: [&str; 14] = [
    "concatenate",
    "concat",
    "stack",
    "vstack",
    "hstack",
    "dstack",
    "column_stack",
    "block",
    "einsum",
    "meshgrid",
    "ix_",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
];

/// The same functions, which mind masks.
pub fn minding(builtins: Vec<Builtin>) -> Vec<Builtin> {
    let minding = |builtin: Builtin| match way(builtin.name) {
        None => builtin,
        Some(_) if OF_LISTS.contains(&builtin.name) => builtin.otherwise(of_lists),
        Some(_) => builtin.otherwise(of_arguments),
    };
    builtins.into_iter().map(minding).collect()
}

fn of_arguments(context: &Context, builtin: &Builtin, bound: &Bound) -> Option<Result<Value>> {
    bound.iter().flatten().any(is_masked).then(|| asked(context, builtin, bound)).flatten()
}

fn of_lists(context: &Context, builtin: &Builtin, bound: &Bound) -> Option<Result<Value>> {
    bound.iter().flatten().any(holds_masked).then(|| asked(context, builtin, bound)).flatten()
}

fn asked(context: &Context, builtin: &Builtin, bound: &Bound) -> Option<Result<Value>> {
    let asked = Asked { context, builtin, bound };
    match (way(builtin.name)?, asked.is_lazy()) {
        (Way::Same(answer) | Way::InMemory(answer) | Way::Either(answer, _), false) => Some(answer(&asked)),
        (Way::Same(answer) | Way::Either(_, answer), true) => Some(answer(&asked)),
        (Way::Lazily(answer), true) => Some(answer(&asked)),
        (Way::InMemory(_), true) | (Way::Lazily(_), false) => None,
    }
}

/// The way of the function of this name.
fn way(name: &str) -> Option<Way> {
    use Way::{Either, InMemory, Lazily, Same};
    Some(match name {
        // Elements and mask are moved alike.
        "transpose" | "permute_dims" | "matrix_transpose" | "swapaxes" | "moveaxis" | "rollaxis" | "reshape"
        | "ravel" | "squeeze" | "expand_dims" | "flip" | "fliplr" | "flipud" | "rot90" | "roll" | "repeat" | "tile"
        | "split" | "array_split" | "hsplit" | "vsplit" | "dsplit" | "unstack" | "take" | "take_along_axis"
        | "compress" | "diagonal" => Same(ways::alike),
        "atleast_1d" | "atleast_2d" | "atleast_3d" => Same(ways::each_alike),
        "diag" => Same(ways::diagonal),
        "extract" => Same(ways::extract),
        "trim_zeros" => InMemory(ways::trimmed),
        "ix_" => InMemory(ways::open_mesh),
        // A new array of the class, of which nothing is masked.
        "concatenate" | "concat" | "stack" | "vstack" | "hstack" | "dstack" | "column_stack" | "block" | "append"
        | "insert" => Either(ways::unmasked, ways::with_masks),
        "delete" | "diagflat" => Either(ways::unmasked, ways::alike),
        "resize" | "union1d" | "intersect1d" | "setxor1d" | "inv" | "pinv" | "cholesky" => InMemory(ways::unmasked),
        "meshgrid" => InMemory(ways::mesh),
        // What has the shape of the array has its mask.
        "clip" | "round" | "around" | "angle" | "modf" | "frexp" | "divmod" | "ldexp" | "nan_to_num" | "isreal"
        | "isneginf" | "isposinf" | "isclose" | "real_if_close" | "i0" | "astype" => Same(ways::under_the_mask),
        "zeros_like" | "ones_like" | "full_like" | "empty_like" => Either(ways::under_the_mask, ways::of_elements),
        "matmul" | "vecdot" | "partition" | "argpartition" => InMemory(ways::under_the_mask),
        "polyval" => Same(ways::polynomial),
        "piecewise" => InMemory(ways::piecewise),
        "where" | "shape" | "ndim" | "size" => Same(ways::of_elements),
        "broadcast_to" => Either(ways::of_elements, ways::alike),
        "norm" => Either(ways::of_elements, ways::shown),
        "allclose" => Same(averages::all_close),
        "nancumsum" | "nancumprod" => Same(averages::running),
        "choose" => InMemory(ways::chosen),
        "array" | "copy" => Either(ways::if_subclass, ways::as_it_is),
        "asarray" => Either(ways::of_elements, ways::as_it_is),
        "asanyarray" => Same(ways::as_it_is),
        "dot" => Either(ways::like_the_first, ways::product),
        "inner" | "correlate" => InMemory(ways::like_the_first),
        "vdot" | "tensordot" => Either(ways::of_elements, ways::shown),
        // What is masked counts as 0.
        "nonzero" | "flatnonzero" | "argwhere" => Same(ways::shown),
        "trace" => Same(ways::trace),
        "diff" | "ediff1d" | "gradient" | "kron" => Same(neighbours::touched),
        "trapezoid" => Same(neighbours::trapezoid),
        "sort" => Same(in_place::sort),
        "argsort" => Same(in_place::argsort),
        "median" => Either(in_place::median, ways::median),
        "quantile" | "percentile" => Either(in_place::quantile, ways::of_elements),
        "unique" => Either(sets::unique, ways::of_elements),
        "pad" => Lazily(ways::padded),
        "nanmedian" | "nanquantile" | "nanpercentile" => Lazily(ways::without_masked),
        // Dask knows nothing of masks here.
        "isin" | "histogram" | "histogram2d" | "histogramdd" | "bincount" | "digitize" | "searchsorted" | "tril"
        | "triu" | "einsum" | "outer" => Lazily(ways::of_elements),
        "setdiff1d" => InMemory(sets::difference),
        "average" => Same(averages::average),
        "count_nonzero" => InMemory(averages::count_nonzero),
        "ptp" => InMemory(ways::unmasked),
        "apply_along_axis" => InMemory(averages::along_axis),
        _ => return None,
    })
}

fn is_masked(value: &Value) -> bool {
    value.get::<Masked>().is_some() || value.get::<super::lazy::LazyMasked>().is_some()
}

/// Is it a masked array, or a list with one in it, however deep?
pub fn holds_masked(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Tuple(_) => value.items().is_some_and(|items| items.iter().any(holds_masked)),
        _ => is_masked(value),
    }
}

/// A call with masked arrays among its arguments.
struct Asked<'a> {
    context: &'a Context,
    builtin: &'a Builtin,
    bound: &'a Bound,
}

impl Asked<'_> {
    /// The argument of this name, if it was given.
    fn argument(&self, name: &str) -> Option<&Value> {
        let at = self.builtin.params.iter().position(|param| param.name == name)?;
        self.bound[at].as_ref().filter(|value| !value.is_none())
    }

    /// The same, as what the function takes; `None` if it was not given.
    fn read<T: FromValue>(&self, name: &str) -> Result<Option<T>> {
        self.argument(name).map(T::try_from_value).transpose()
    }

    /// Was this said?
    fn says(&self, name: &str) -> bool {
        self.argument(name).and_then(bool::from_value).unwrap_or(false)
    }

    /// All masked arrays, as they come.
    fn masked(&self) -> Vec<Given> {
        fn look(value: &Value, found: &mut Vec<Given>) {
            match value {
                Value::List(_) | Value::Tuple(_) => {
                    value.items().unwrap_or_default().iter().for_each(|item| look(item, found));
                }
                _ => found.extend(Given::of(value)),
            }
        }
        let mut found = Vec::new();
        self.bound.iter().flatten().for_each(|value| look(value, &mut found));
        found
    }

    /// The first of them.
    fn first(&self) -> Given {
        self.masked().into_iter().next().expect("the call was asked for because there is one")
    }

    fn is_lazy(&self) -> bool {
        self.masked().iter().any(Given::is_lazy)
    }

    /// The function itself, of other things in place of what is masked.
    fn itself(&self, change: &mut dyn FnMut(&Value) -> Result<Value>) -> Result<Value> {
        fn changed(value: &Value, change: &mut dyn FnMut(&Value) -> Result<Value>) -> Result<Value> {
            match value {
                Value::List(_) | Value::Tuple(_) if holds_masked(value) => {
                    let items = value.items().unwrap_or_default();
                    let items = items.iter().map(|item| changed(item, change)).collect::<Result<Vec<_>>>()?;
                    Ok(if matches!(value, Value::Tuple(_)) { Value::tuple(items) } else { Value::list(items) })
                }
                _ if is_masked(value) => change(value),
                _ => Ok(value.clone()),
            }
        }
        let bound = self.bound.iter().map(|value| value.as_ref().map(|value| changed(value, change)).transpose());
        self.builtin.run(self.context, bound.collect::<Result<Bound>>()?)
    }

    /// The function of the bare elements.
    fn of_elements(&self) -> Result<Value> {
        self.itself(&mut |value| elements(value))
    }

    /// The function of these in place of arguments by name, and of the bare elements where anything else is masked.
    fn with(&self, changes: &[(&str, Value)]) -> Result<Value> {
        let change = |(value, param): (&Option<Value>, &rdk_runtime::ParamInfo)| match value {
            Some(value) => match changes.iter().find(|(name, _)| *name == param.name) {
                Some((_, other)) => Ok(Some(other.clone())),
                None if is_masked(value) => elements(value).map(Some),
                None => Ok(Some(value.clone())),
            },
            None => Ok(None),
        };
        let bound = self.bound.iter().zip(self.builtin.params).map(change).collect::<Result<Bound>>()?;
        self.builtin.run(self.context, bound)
    }

    /// An array as the kind of thing that this call is about.
    fn value(&self, array: Array) -> Result<Value> {
        operand::answer(self.context, array, self.is_lazy())
    }
}

/// Its bare elements.
fn elements(value: &Value) -> Result<Value> {
    super::members::parts(value).map(|(data, ..)| data)
}
