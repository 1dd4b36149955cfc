//! Lazy frames as lazy arrays.

use std::sync::Arc;

use rdk_array::{Array, DType};
use rdk_runtime::{Context, Result, Value, bail};

use crate::lower;
use crate::plan::{Shape, View};
use crate::steps::Weigh;

/// The values of a lazy frame as a lazy array, a chunk for each partition. Their lengths are counted unless they are given.
pub fn array(context: &Context, view: &View, lengths: Option<Vec<usize>>) -> Result<Value> {
    let types = view.types()?;
    if types.iter().any(|of| !crate::dtype::is_number(of)) {
        bail!(NotImplementedError: "arrays hold numbers: a column of texts or times does not become one"; hint: "choose columns of numbers first");
    }
    let n = view.rows.n_partitions;
    let lengths = match lengths {
        Some(lengths) if lengths.len() == n => lengths,
        Some(lengths) => {
            bail!("The number of items in `lengths` does not match the number of partitions. {} != {n}", lengths.len())
        }
        None => lengths_of(context, view)?,
    };
    let dtype = match view.shape {
        Shape::Frame if !types.iter().all(|of| *of == types[0]) => {
            match types.iter().any(arrow::datatypes::DataType::is_floating) {
                true => DType::F64,
                false => DType::I64,
            }
        }
        _ => types.first().map_or(Ok(DType::F64), |of| DType::from_name(crate::dtype::name(of, true)))?,
    };
    let mut chunks = Vec::with_capacity(n);
    for (at, &length) in lengths.iter().enumerate() {
        let part = super::partitions::picked(context, view, &[at])?;
        let shape: &[usize] = &match view.shape {
            Shape::Frame => vec![length, view.columns.len()],
            _ => vec![length],
        };
        chunks.push(Array::from_delayed(Arc::new(AsArray(part)), shape, dtype));
    }
    Ok(Value::lazy(Array::concatenate(&chunks, 0)?))
}

/// The same with the lengths as a user gives them: a list, or `True` or nothing to have them counted.
pub fn with_lengths(context: &Context, view: &View, lengths: Option<Value>) -> Result<Value> {
    let Some(lengths) = lengths.filter(|value| !matches!(value, Value::Bool(_) | Value::None)) else {
        return array(context, view, None);
    };
    let length = |value: &Value| match value {
        Value::Int(length) if *length >= 0 => Ok(*length as usize),
        other => bail!(TypeError: "a length is a whole number, got {}", rdk_runtime::show::repr(other)),
    };
    match lengths.items() {
        Some(items) => array(context, view, Some(items.iter().map(length).collect::<Result<_>>()?)),
        None => bail!(TypeError: "`lengths` is a list with the rows of each partition, or True"),
    }
}

/// How many rows each partition has, counted now; one column is looked at.
fn lengths_of(context: &Context, view: &View) -> Result<Vec<usize>> {
    let columns = view.columns.iter().take(1).cloned().collect();
    let narrow = View { index: Vec::new(), columns, ..view.clone() };
    let lengths = super::repartition::measured(context, &narrow, Weigh::Rows)?;
    Ok(lengths.into_iter().map(|length| length as usize).collect())
}

/// The operation that was written as these bytes: a partition becomes an array.
pub fn decode(bytes: &[u8]) -> Result<std::sync::Arc<dyn rdk_graph::Operation>> {
    Ok(std::sync::Arc::new(door::Values(lower::read(bytes)?)))
}

/// A partition of a frame, gathered as an array.
struct AsArray(View);

mod door {
    use std::any::Any;
    use std::sync::Arc;

    use rdk_graph::{Call, Failure, Operation, Payload, TaskId};
    use rdk_runtime::object::Lowering;
    use rdk_runtime::payload::Plain;
    use rdk_runtime::{ClassRef, Lazy, Object, Result, Value, bail};

    use super::AsArray;
    use crate::lower::{self, Gather};

    impl Object for AsArray {
        fn class(&self) -> ClassRef {
            super::super::classes::class_of(&self.0)
        }

        fn as_any(&self) -> &dyn Any {
            self
        }

        fn repr(&self) -> String {
            "values".into()
        }
    }

    impl Lazy for AsArray {
        fn announce(&self, lowering: &mut Lowering) -> Result<()> {
            lower::announce(&self.0, lowering)
        }

        fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
            lower::lower(&self.0, lowering)
        }

        fn gather(&self) -> Arc<dyn Operation> {
            Arc::new(Values(Gather::of(&self.0)))
        }

        fn persisted(&self, _: Vec<Payload>) -> Result<Value> {
            bail!(NotImplementedError: "the array is persisted as a whole")
        }

        fn key(&self) -> String {
            format!("values-{}", self.0.token())
        }
    }

    /// A partition becomes an array.
    #[derive(Debug)]
    pub struct Values(pub Gather);

    impl Operation for Values {
        fn name(&self) -> &str {
            "values"
        }

        fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
            let made = self.0.view(call.inputs).and_then(|view| {
                let batch = lower::in_memory(&view)?;
                let n_index = self.0.index.len();
                let columns: Vec<_> = batch.columns()[n_index..].iter().collect();
                let shape = match self.0.shape {
                    crate::plan::Shape::Frame => vec![batch.num_rows(), columns.len()],
                    _ => vec![batch.num_rows()],
                };
                super::super::arrays::chunk(&columns, &shape)
            });
            let chunk = made.map_err(|error| Failure::Error(Box::new(error)))?;
            Ok(Payload::new(Plain(Value::object(rdk_array::eager::NdArray::new(chunk)))))
        }

        fn encode(&self) -> (&'static str, Vec<u8>) {
            ("frame.values", self.0.encode().1)
        }
    }
}
