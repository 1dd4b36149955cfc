//! `np.nditer`: a walk over the elements of arrays, each as a view without axes that can be read and written.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use ndarray::SliceInfoElem;
use parking_lot::Mutex;
use rdk_runtime::{Class, ClassRef, Context, Error, FromValue, Object, Result, Value, bail, builtins};

use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{self, DTypeArg, NdArray, nested};
use crate::face::properties::lengths;
use crate::lower::view::nth;
use crate::scalar::Scalar;
use crate::shape::{self, Shape};

/// A walk; clones stand at the same place.
#[derive(Clone)]
pub struct Walk(Arc<Standing>);

/// What is walked over, and where the walk stands.
pub struct Standing {
    operands: Vec<NdArray>,
    /// May elements of an operand be written?
    writeable: Vec<bool>,
    shape: Shape,
    /// The axes, the one that is walked slowest first.
    order: Vec<usize>,
    /// So many of the axes that are walked fastest are given as one row, in place of elements.
    inner: usize,
    multi_index: bool,
    /// The number of an element that is followed: in C order, or with `true` in Fortran's.
    index: Option<bool>,
    at: Mutex<usize>,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let construct = construct::builtins().pop().expect("one is declared");
    let class = Class::new("nditer", "numpy", construct.headline()).construct(construct);
    ClassRef::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

/// The class `np.nditer`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl Standing {
    /// The axes that are walked step by step.
    fn outer(&self) -> &[usize] {
        &self.order[..self.order.len() - self.inner]
    }

    fn n_steps(&self) -> usize {
        match self.shape.contains(&0) {
            true => 0,
            false => self.outer().iter().map(|&axis| self.shape[axis]).product(),
        }
    }

    /// Where the walk stands: an index for each axis.
    fn place(&self) -> Vec<usize> {
        let lengths: Vec<usize> = self.outer().iter().map(|&axis| self.shape[axis]).collect();
        let mut place = vec![0; self.shape.len()];
        let at = nth(&lengths, *self.at.lock());
        self.outer().iter().zip(at).for_each(|(&axis, at)| place[axis] = at as usize);
        place
    }

    /// What stands there in each operand.
    fn values(&self) -> Vec<Value> {
        let place = self.place();
        let of = |operand: &NdArray, writeable: bool| {
            let view = if self.inner > 0 { self.row(operand, &place) } else { element(operand, &place) };
            Value::object(if writeable { view } else { view.only_read() })
        };
        self.operands.iter().zip(&self.writeable).map(|(operand, &writeable)| of(operand, writeable)).collect()
    }

    /// The elements along the inner axes, in the same memory where that can be.
    fn row(&self, operand: &NdArray, place: &[usize]) -> NdArray {
        let own = operand.broadcast_to(&self.shape);
        let outer = self.outer();
        let item = |axis: usize| match outer.contains(&axis) {
            true => SliceInfoElem::Index(place[axis] as isize),
            false => SliceInfoElem::from(..),
        };
        let part = own.slice((0..self.shape.len()).map(item).collect());
        // What is left of the axes, in the order of the walk.
        let left: Vec<usize> = (0..self.shape.len()).filter(|axis| !outer.contains(axis)).collect();
        let inner = &self.order[outer.len()..];
        let order: Vec<usize> = inner.iter().filter_map(|axis| left.iter().position(|other| other == axis)).collect();
        let turned = part.transpose(&order);
        if order.len() == 1 { turned } else { turned.reshape(&[part.size()]) }
    }

    fn value(&self) -> Value {
        let mut values = self.values();
        if values.len() == 1 { values.remove(0) } else { Value::tuple(values) }
    }

    fn is_finished(&self) -> bool {
        *self.at.lock() >= self.n_steps()
    }

    /// One step on; is there something?
    fn step(&self) -> bool {
        let n = self.n_steps();
        let mut at = self.at.lock();
        *at = (*at + 1).min(n);
        *at < n
    }

    fn started(&self) -> Result<()> {
        if self.is_finished() {
            bail!("Iterator is past the end");
        }
        Ok(())
    }
}

impl std::ops::Deref for Walk {
    type Target = Standing;

    fn deref(&self) -> &Standing {
        &self.0
    }
}

impl Object for Walk {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<numpy.nditer over {}>", shape::show(&self.shape))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        // The walk itself moves along: `it.multi_index` tells where the loop stands.
        let (walk, mut begun) = (self.clone(), false);
        Some(Ok(Value::iter("nditer", move |_| {
            let more = if begun { walk.step() } else { !walk.is_finished() };
            begun = true;
            more.then(|| Ok(walk.value()))
        })))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some((|| {
            self.started()?;
            let values = self.values();
            let at = i64::try_from_value(index)?;
            let n = values.len() as i64;
            if !(-n..n).contains(&at) {
                bail!(IndexError: "Iterator operand index {at} is out of bounds");
            }
            let value = values[at.rem_euclid(n) as usize].clone();
            // An element as a number; a row as an array.
            Ok(match (value.get::<NdArray>(), self.inner) {
                (Some(array), 0) => array.clone().or_number(),
                _ => value,
            })
        })())
    }

    fn set_item(&self, _: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some((|| {
            self.started()?;
            let at = usize::try_from_value(index)?;
            match (self.values().get(at).and_then(|view| view.get::<NdArray>()), self.writeable.get(at)) {
                (Some(view), Some(true)) => eager::select::assign(view, &Value::Ellipsis, &value),
                (Some(_), _) => {
                    bail!("assignment destination is read-only"; hint: "`op_flags=[\"readwrite\"]` allows it")
                }
                (None, _) => bail!(IndexError: "Iterator operand index {at} is out of bounds"),
            }
        })())
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.operands.len()))
    }

    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _: &Context, _: Option<&Error>) -> Result<bool> {
        Ok(false)
    }
}

impl FromValue for Walk {
    fn expected() -> &'static str {
        "an `nditer`"
    }

    fn from_value(value: &Value) -> Option<Walk> {
        value.get::<Walk>().cloned()
    }
}

/// Words: one, or a list of them.
fn words(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::None => Ok(Vec::new()),
        Value::Str(word) => Ok(vec![word.to_string()]),
        other => Vec::try_from_value(other),
    }
}

/// What is asked of a walk in `flags=`.
#[derive(Default)]
struct Flags {
    rows: bool,
    multi_index: bool,
    index: Option<bool>,
    empty_is_fine: bool,
}

impl Flags {
    fn read(value: &Value) -> Result<Flags> {
        let mut flags = Flags::default();
        for word in words(value)? {
            match &word[..] {
                "external_loop" => flags.rows = true,
                "multi_index" => flags.multi_index = true,
                "c_index" => flags.index = Some(false),
                "f_index" => flags.index = Some(true),
                "zerosize_ok" => flags.empty_is_fine = true,
                // How NumPy goes about it, which makes no difference here.
                "buffered" | "refs_ok" | "common_dtype" | "reduce_ok" | "copy_if_overlap" | "delay_bufalloc"
                | "grow_inner" | "ranged" => {}
                other => bail!(
                    "Unexpected iterator global flag \"{other}\"";
                    hint: "flags are \"multi_index\", \"c_index\", \"f_index\", \"external_loop\", \"zerosize_ok\" and \"buffered\""
                ),
            }
        }
        if flags.rows && (flags.multi_index || flags.index.is_some()) {
            bail!("Iterator flag EXTERNAL_LOOP cannot be used if an index or multi-index is being tracked");
        }
        Ok(flags)
    }
}

/// May each operand be written? By its words in `op_flags=`; those that are to be made may.
fn writeable(op_flags: &Value, operands: &[Value]) -> Result<Vec<bool>> {
    let lists = op_flags.items().unwrap_or_default();
    // One list for all, or one for each.
    let each = lists.iter().any(|item| !matches!(item, Value::Str(_)));
    if each && lists.len() != operands.len() {
        bail!(
            "op_flags must be a tuple or array of per-op flag-tuples: got {} for {} operands",
            lists.len(),
            operands.len()
        );
    }
    let of = |(at, operand): (usize, &Value)| {
        let words = words(if each { &lists[at] } else { op_flags })?;
        for word in &words {
            let known = [
                "readonly",
                "readwrite",
                "writeonly",
                "copy",
                "allocate",
                "no_broadcast",
                "contig",
                "aligned",
                "nbo",
                "no_subtype",
                "updateifcopy",
            ];
            if !known.contains(&&word[..]) {
                bail!("Unexpected per-op iterator flag \"{word}\""; hint: "flags are \"readonly\", \"readwrite\", \"writeonly\" and \"allocate\"");
            }
        }
        let written = words.iter().any(|word| word == "readwrite" || word == "writeonly");
        Ok(written || operand.is_none())
    };
    operands.iter().enumerate().map(of).collect()
}

/// In which order axes are walked: that of memory if nothing else is asked for.
fn axes_in_order(order: &str, shape: &[usize], operands: &[NdArray]) -> Result<Vec<usize>> {
    let n = shape.len();
    let backwards = |array: &NdArray| {
        let chunk = array.chunk();
        let turned: Vec<usize> = (0..chunk.ndim()).rev().collect();
        array.shape().len() == n && !chunk.is_contiguous() && chunk.transpose(&turned).is_contiguous()
    };
    match order {
        "C" => Ok((0..n).collect()),
        "F" => Ok((0..n).rev().collect()),
        "A" if operands.iter().all(backwards) => Ok((0..n).rev().collect()),
        "A" => Ok((0..n).collect()),
        "K" => {
            let first = operands.iter().find(|array| array.shape().len() == n);
            let mut order: Vec<usize> = (0..n).collect();
            if let Some(array) = first {
                let strides = array.chunk().strides().to_vec();
                order.sort_by_key(|&axis| std::cmp::Reverse(strides[axis].unsigned_abs()));
            }
            Ok(order)
        }
        other => bail!("order must be one of 'C', 'F', 'A', or 'K' (got '{other}')"),
    }
}

/// A single element as a view without axes; an operand may be stretched.
fn element(operand: &NdArray, place: &[usize]) -> NdArray {
    let skipped = place.len() - operand.shape().len();
    let item = |(axis, &length): (usize, &usize)| {
        SliceInfoElem::Index(if length == 1 { 0 } else { place[skipped + axis] as isize })
    };
    operand.slice(operand.shape().iter().enumerate().map(item).collect())
}

/// So many of the axes that are walked fastest lie behind each other without gaps, in all operands: at least one.
fn without_gaps(operands: &[NdArray], shape: &[usize], order: &[usize]) -> usize {
    let fits = |array: &NdArray, n: usize| {
        if array.shape() != shape {
            return n == 1;
        }
        let (chunk, mut step) = (array.chunk(), 1);
        order.iter().rev().take(n).all(|&axis| {
            let fits = chunk.strides()[axis] == step;
            step *= shape[axis] as isize;
            fits
        })
    };
    let n = (1..=order.len()).rev().find(|&n| operands.iter().all(|array| fits(array, n)));
    n.unwrap_or(1).min(order.len())
}

/// What a user gave to be walked over: an array in memory itself, of anything else a copy.
fn operand(value: &Value) -> Result<NdArray> {
    if let Value::Lazy(_) = value {
        bail!(TypeError: "a lazy array cannot be walked element by element"; hint: "`x.compute()` brings it into memory, `x.map_blocks(f)` works chunk by chunk");
    }
    match value.get::<NdArray>() {
        Some(array) => Ok(array.clone()),
        None => Ok(NdArray::new(nested::chunk(value, None)?)),
    }
}

mod construct {
    use super::*;

    builtins! {
        /// A walk over the elements of one array, or of several side by side.
        ///
        /// ```rdk
        /// x = np.arange(4).reshape(2, 2)
        /// it = np.nditer(x, flags=["multi_index"])
        /// [(it.multi_index, int(v)) for v in it]
        /// #> [((0, 0), 0), ((0, 1), 1), ((1, 0), 2), ((1, 1), 3)]
        /// with np.nditer(x, op_flags=["readwrite"]) as it:
        ///     for v in it:
        ///         v[...] = 2 * v
        /// x
        /// #> array([[0, 2],
        /// #>        [4, 6]])
        /// ```
        fn nditer(
            /// An array, or a list of them; `None` among them is an array that is made.
            op: Value,
            /// "multi_index", "c_index" or "f_index": what is followed; "external_loop": rows in place of elements.
            flags: Option<Value>,
            /// For all operands, or for each: "readonly", "readwrite" or "writeonly".
            op_flags: Option<Value>,
            /// For each operand its type; copies are walked over where it is another.
            op_dtypes: Option<Value>,
            /// In which order: "C", "F", "A", or "K": as they lie in memory.
            order: String = "K",
            /// Has no effect: every type is cast.
            casting: String = "safe",
            /// Has no effect.
            buffersize: usize = 0,
        ) -> Result<Value> {
            let _ = (casting, buffersize);
            let flags = Flags::read(&flags.unwrap_or_default())?;
            let given = match &op {
                Value::List(_) | Value::Tuple(_) => {
                    let items = op.items().unwrap_or_default();
                    // A list of numbers is an array, a list of arrays are several.
                    let several = items.iter().any(|item| item.is_none() || item.get::<NdArray>().is_some() || matches!(item, Value::Lazy(_)));
                    if several || matches!(op, Value::Tuple(_)) { items } else { vec![op.clone()] }
                }
                one => vec![one.clone()],
            };
            let writeable = writeable(&op_flags.unwrap_or_default(), &given)?;
            let dtypes = match op_dtypes {
                None | Some(Value::None) => Vec::new(),
                Some(one) => match one.items() {
                    Some(items) => items.iter().map(Option::<DTypeArg>::try_from_value).collect::<Result<Vec<_>>>()?,
                    None => vec![Some(DTypeArg::try_from_value(&one)?); given.len()],
                },
            };
            let known: Vec<(usize, NdArray)> = given
                .iter()
                .enumerate()
                .filter(|(_, value)| !value.is_none())
                .map(|(at, value)| {
                    let array = operand(value)?;
                    Ok(match dtypes.get(at) {
                        Some(Some(dtype)) if dtype.0 != array.dtype() => (at, NdArray::new(array.chunk().cast(dtype.0))),
                        _ => (at, array),
                    })
                })
                .collect::<Result<_>>()?;
            if known.is_empty() {
                bail!(TypeError: "no arrays or types available to calculate result type"; hint: "`None` stands for an array that is made, beside one that is there");
            }
            let shape = shape::broadcast(&known.iter().map(|(_, array)| array.shape()).collect::<Vec<_>>())?;
            if shape.contains(&0) && !flags.empty_is_fine {
                bail!("Iteration of zero-sized operands is not enabled"; hint: "`flags=[\"zerosize_ok\"]` allows it");
            }
            for (at, array) in &known {
                if writeable[*at] {
                    array.check_writeable_as("operand array with iterator write flag set")?;
                }
                if writeable[*at] && array.shape() != &shape[..] {
                    bail!("output operand requires a reduction along dimension 0, but the reduction is not enabled"; hint: "an operand that is written has the shape of all, {}", shape::show(&shape));
                }
            }
            let common = known.iter().map(|(_, array)| array.dtype()).reduce(DType::promote).unwrap_or(DType::F64);
            let operands = (0..given.len())
                .map(|at| match known.iter().find(|(other, _)| *other == at) {
                    Some((_, array)) => array.clone(),
                    None => {
                        let dtype = dtypes.get(at).copied().flatten().map_or(common, |dtype| dtype.0);
                        NdArray::new(Chunk::full(&shape, Scalar::zero(dtype)))
                    }
                })
                .collect::<Vec<_>>();
            let order = axes_in_order(&order, &shape, &operands)?;
            let inner = if flags.rows { without_gaps(&operands, &shape, &order) } else { 0 };
            let Flags { multi_index, index, .. } = flags;
            let at = Mutex::new(0);
            Ok(Value::object(Walk(Arc::new(Standing { operands, writeable, shape, order, inner, multi_index, index, at }))))
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// One step on; is there something?
        fn iternext(/** The walk. */ this: Walk) -> bool { this.step() }

        /// Begins anew.
        fn reset(/** The walk. */ this: Walk) -> Result<()> {
            *this.at.lock() = 0;
            Ok(())
        }

        /// Has no effect: what is written is there at once.
        fn close(/** The walk. */ this: Walk) -> Result<()> {
            let _ = this;
            Ok(())
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The place in the shape, one number for each axis.
        fn multi_index(/** The walk. */ this: Walk) -> Result<Value> {
            if !this.multi_index {
                bail!("Iterator is not tracking a multi-index"; hint: "`flags=[\"multi_index\"]` makes it");
            }
            this.started()?;
            Ok(lengths(&this.place()))
        }

        /// The number of the element, in C order or in Fortran's.
        fn index(/** The walk. */ this: Walk) -> Result<usize> {
            let Some(backwards) = this.index else {
                bail!("Iterator does not have an index"; hint: "`flags=[\"c_index\"]` or \"f_index\" makes it have one");
            };
            this.started()?;
            let (mut place, mut lengths) = (this.place(), this.shape.to_vec());
            if backwards {
                place.reverse();
                lengths.reverse();
            }
            Ok(place.iter().zip(shape::strides(&lengths)).map(|(at, stride)| at * stride).sum())
        }

        /// How many steps have been made.
        fn iterindex(/** The walk. */ this: Walk) -> usize { *this.at.lock() }

        /// How many steps there are.
        fn itersize(/** The walk. */ this: Walk) -> usize { this.shape.iter().product() }

        /// Is the walk at its end?
        fn finished(/** The walk. */ this: Walk) -> bool { this.is_finished() }

        /// What stands there: a view without axes, or one for each operand.
        fn value(/** The walk. */ this: Walk) -> Result<Value> {
            this.started()?;
            Ok(this.value())
        }

        /// The arrays.
        fn operands(/** The walk. */ this: Walk) -> Value { Value::tuple(this.operands.iter().map(|array| Value::object(array.clone()))) }

        /// Length along each axis.
        fn shape(/** The walk. */ this: Walk) -> Value { lengths(&this.shape) }

        /// How many axes.
        fn ndim(/** The walk. */ this: Walk) -> usize { this.shape.len() }

        /// How many arrays.
        fn nop(/** The walk. */ this: Walk) -> usize { this.operands.len() }

        /// Is a place followed?
        fn has_multi_index(/** The walk. */ this: Walk) -> bool { this.multi_index }

        /// Is a number followed?
        fn has_index(/** The walk. */ this: Walk) -> bool { this.index.is_some() }
    }
}
