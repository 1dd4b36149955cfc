//! Arrays as lazy values of the language.

use std::sync::Arc;

use rdk_graph::{Operation, Payload, TaskId};
use rdk_runtime::object::{Gathering, Lowering};
use rdk_runtime::{Lazy, Result, Value, bail};

use super::build;
use super::gather::Assemble;
use crate::array::Array;
use crate::{eager, shape, show, space};

/// An array of more bytes than this is on no machine.
const MAX_BYTES: u128 = 1 << 46;

impl Lazy for Array {
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        build::announce(self, lowering)
    }

    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        if self.nbytes() > MAX_BYTES {
            bail!(
                MemoryError: "unable to allocate {} for an array of shape {} and data type {}",
                show::bytes::format_bytes(self.nbytes()), shape::show(self.shape()), self.dtype();
                hint: "reduce it first, or take a part of it"
            );
        }
        let note = lowering.note::<build::Note>();
        if !note.is_heard {
            note.is_heard = true;
            let noticed = note.noticed.clone();
            lowering.afterwards(move |context| crate::face::faults::say(context, noticed.take()));
        }
        build::lower(self, lowering)
    }

    fn gather(&self) -> Arc<dyn Operation> {
        Arc::new(Assemble { grid: self.chunks().clone(), dtype: self.dtype() })
    }

    fn space(&self, n_results: usize) -> Option<Arc<dyn Gathering>> {
        let space = space::Space::of(self.chunks(), self.dtype()).filter(|space| space.n_chunks() == n_results)?;
        Some(Arc::new(space))
    }

    fn persisted(&self, results: Vec<Payload>) -> Result<Value> {
        Ok(Value::lazy(self.with_results(results)?))
    }

    fn takes_later(&self, n_results: usize) -> bool {
        n_results as u128 == self.npartitions()
    }

    fn key(&self) -> String {
        self.name()
    }
}

impl Gathering for space::Space {
    fn value(&self, results: Vec<Payload>) -> std::result::Result<Value, Vec<Payload>> {
        self.whole(results).map(eager::value)
    }
}
