//! Frames as lazy values of the language.

use std::sync::Arc;

use rdk_graph::{Operation, Payload, TaskId};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Lazy, Result, Value};

use super::{Gather, build};
use crate::frame::Frame;
use crate::plan::{Leaf, Named, Rows, Source};

impl Lazy for Frame {
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        build::announce(&self.view(), lowering)
    }

    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        build::lower(&self.view(), lowering)
    }

    fn gather(&self) -> Arc<dyn Operation> {
        Arc::new(Gather::of(&self.view()))
    }

    fn persisted(&self, results: Vec<Payload>) -> Result<Value> {
        let view = self.view();
        let names = view.field_names();
        let leaf = Leaf {
            name: view.name.clone(),
            token: rdk_graph::Tokenizer::new("persisted").token(view.token()).finish(),
            schema: view.schema()?,
            n_partitions: view.rows.n_partitions,
            source: Source::Persisted(results),
        };
        let rows = Rows::of_leaf(leaf, None, view.rows.counted)?.divided(view.rows.divisions.clone());
        let n_index = names.len() - view.columns.len();
        let named = |(named, name): (&Named, &String)| Named { label: named.label.clone(), expr: Rows::column(name) };
        let index = view.index.iter().zip(&names[..n_index]).map(named).collect();
        let columns = view.columns.iter().zip(&names[n_index..]).map(named).collect();
        Ok(Frame::lazy(crate::plan::View { rows, index, columns, ..view }))
    }

    fn takes_later(&self, n_results: usize) -> bool {
        n_results == self.view().rows.n_partitions
    }

    fn key(&self) -> String {
        let view = self.view();
        format!("{}-{}", view.name, view.token())
    }
}
