//! Arrays by brackets: `np.mgrid[0:3, 0:2]`, `np.r_[1:4, 9]`, `np.c_[x, y]`, and indexes as values: `np.s_[1:3]`.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail};

use super::create;
use super::masked;
use super::operand::{Operand, answer, eager_array};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::NdArray;
use crate::place;
use crate::scalar::Scalar;

/// What stands before the brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// `np.mgrid`
    Mesh,
    /// `np.ogrid`
    OpenMesh,
    /// `np.r_`
    Row,
    /// `np.c_`
    Columns,
    /// `np.s_`, `np.index_exp`
    Index {
        /// Always a tuple?
        tuple: bool,
    },
}

static MAKER: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("AxisConcatenator", "numpy", "Makes arrays of what stands between brackets."))
});

impl Maker {
    /// All of them, by their names.
    pub fn all() -> Vec<(&'static str, Value)> {
        let makers = [
            ("mgrid", Maker::Mesh),
            ("ogrid", Maker::OpenMesh),
            ("r_", Maker::Row),
            ("c_", Maker::Columns),
            ("s_", Maker::Index { tuple: false }),
            ("index_exp", Maker::Index { tuple: true }),
        ];
        makers.into_iter().map(|(name, maker)| (name, Value::object(maker))).collect()
    }

    fn make(self, context: &Context, index: &Value) -> Result<Value> {
        match self {
            Maker::Index { tuple } => Ok(match index {
                Value::Tuple(_) => index.clone(),
                other if tuple => Value::tuple([other.clone()]),
                other => other.clone(),
            }),
            Maker::Mesh | Maker::OpenMesh => mesh(context, index, self == Maker::OpenMesh),
            Maker::Row | Maker::Columns => {
                let made = joined(context, index, self == Maker::Columns)?;
                // As of `np.concatenate`, nothing is masked in what comes of masked arrays.
                if masked::holds_masked(index) { masked::whole(made) } else { Ok(made) }
            }
        }
    }
}

impl Object for Maker {
    fn class(&self) -> ClassRef {
        MAKER.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<numpy.lib index object>".into()
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        place::note(context);
        Some(self.make(context, index))
    }
}

/// The numbers of a slice: with a step, or with a complex one, which says how many.
fn row(start: &Value, stop: &Value, step: &Value) -> Result<Array> {
    let start = if start.is_none() { Value::Int(0) } else { start.clone() };
    if stop.is_none() {
        bail!("a range needs an end"; hint: "such as `0:5`");
    }
    if let Value::Complex(count) = step {
        let (first, last) = (f64::try_from_value(&start)?, f64::try_from_value(stop)?);
        return Array::linspace(first, last, count.im.abs() as usize, true, DType::F64, &ChunksSpec::AUTO);
    }
    let step = (!step.is_none()).then_some(step);
    create::row(&start, Some(stop), step)
}

fn mesh(context: &Context, index: &Value, open: bool) -> Result<Value> {
    let items = match index {
        Value::Tuple(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    let rows = items.iter().map(|item| match item {
        Value::Slice(slice) => row(&slice.start, &slice.stop, &slice.step),
        _ => bail!(TypeError: "a grid is made of ranges"; hint: "such as `np.mgrid[0:2, 0:3]`"),
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    if !matches!(index, Value::Tuple(_)) {
        return answer(context, rows[0].clone(), false);
    }
    let Some(dtype) = rows.iter().map(Array::dtype).reduce(DType::promote) else {
        bail!("a grid has at least one axis")
    };
    let shape: Vec<usize> = rows.iter().map(|row| row.shape()[0]).collect();
    let along = |(axis, row): (usize, &Array)| {
        let mut own = vec![1; rows.len()];
        own[axis] = -1;
        row.cast(dtype).reshape(&own)
    };
    let axes = rows.iter().enumerate().map(along).collect::<Result<Vec<_>>>()?;
    if open {
        let arrays = axes.into_iter().map(|axis| Ok(Value::object(NdArray::new(axis.compute_now(context)?))));
        return Ok(Value::tuple(arrays.collect::<Result<Vec<_>>>()?));
    }
    let axes = axes.iter().map(|axis| axis.broadcast_to(&shape)).collect::<Result<Vec<_>>>()?;
    answer(context, Array::stack(&axes, 0)?, false)
}

fn joined(context: &Context, index: &Value, columns: bool) -> Result<Value> {
    let items = match index {
        Value::Tuple(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    let mut lazy = false;
    let mut parts = Vec::new();
    for item in &items {
        let array = match item {
            Value::Slice(slice) => row(&slice.start, &slice.stop, &slice.step)?,
            Value::Str(_) => {
                bail!(NotImplementedError: "text between the brackets of r_ and c_ is not supported"; hint: "`np.concatenate(…, axis=…)` says along which axis")
            }
            _ => {
                let operand = Operand::try_from_value(item)?;
                lazy |= operand.is_lazy();
                match operand.ndim() {
                    0 => operand.array()?.reshape(&[1])?,
                    _ => operand.array()?,
                }
            }
        };
        parts.push(match (columns, array.ndim()) {
            (true, 1) => array.expand_dims(&[1])?,
            _ => array,
        });
    }
    if parts.is_empty() {
        parts.push(eager_array(&Chunk::full(&[0], Scalar::F64(0.0)))?);
    }
    answer(context, Array::concatenate(&parts, if columns { -1 } else { 0 })?, lazy)
}
