//! Stages as bytes: DataFusion's own form of plans, with ours for the ends of a plan.
//!
//! Only the way out is here. The way back belongs to the executor that receives stages in another process.

use std::sync::Arc;

use arrow::datatypes::Schema;
use arrow::ipc::writer::StreamWriter;
use datafusion::error::{DataFusionError, Result as FusionResult};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::bytes::physical_plan_to_bytes_with_extension_codec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde::Serialize;

use super::leaf::{InputExec, LeafExec, Takes};
use super::stage::Slot;
use crate::plan::Source;

/// The ends of our plans.
#[derive(Debug)]
struct Ends;

/// An end of a plan as it travels.
#[derive(Serialize)]
enum End<'a> {
    Scan { kind: &'a str, parameters: Vec<u8>, projection: &'a [usize], limit: Option<usize>, schema: Vec<u8> },
    Input { slot: usize, takes: u8, projection: &'a [usize], schema: Vec<u8> },
}

impl PhysicalExtensionCodec for Ends {
    fn try_decode(
        &self,
        _: &[u8],
        _: &[Arc<dyn ExecutionPlan>],
        _: &TaskContext,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> FusionResult<Arc<dyn ExecutionPlan>> {
        Err(DataFusionError::NotImplemented("stages are read by the executor that receives them".into()))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buffer: &mut Vec<u8>,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> FusionResult<()> {
        let schema = written(&node.schema())?;
        let end = if let Some(leaf) = node.downcast_ref::<LeafExec>() {
            let Source::Scan(scan) = &leaf.leaf.source else {
                return Err(DataFusionError::Internal("a leaf that other tasks make was not cut off".into()));
            };
            let (kind, parameters) = scan.encode();
            End::Scan { kind, parameters, projection: &leaf.projection, limit: leaf.limit, schema }
        } else if let Some(input) = node.downcast_ref::<InputExec>() {
            let takes = match input.takes {
                Takes::Own => 0,
                Takes::All => 1,
                Takes::Each => 2,
                Takes::Pile => 3,
            };
            End::Input { slot: input.slot, takes, projection: &input.projection, schema }
        } else {
            return Err(DataFusionError::Internal(format!("`{}` cannot travel", node.name())));
        };
        let bytes = postcard::to_stdvec(&end).map_err(|error| DataFusionError::External(Box::new(error)))?;
        buffer.extend_from_slice(&bytes);
        Ok(())
    }
}

fn written(schema: &Schema) -> FusionResult<Vec<u8>> {
    let mut bytes = Vec::new();
    StreamWriter::try_new(&mut bytes, schema)?.finish()?;
    Ok(bytes)
}

/// A stage as bytes, for another process; empty for one that cannot travel.
pub fn encoded(plan: &Arc<dyn ExecutionPlan>, slots: &[Slot]) -> Vec<u8> {
    let plan = physical_plan_to_bytes_with_extension_codec(plan.clone(), &Ends);
    let Ok(plan) = plan else { return Vec::new() };
    let slots: Vec<usize> = slots.iter().map(|slot| slot.0).collect();
    postcard::to_stdvec(&(slots, plan.to_vec())).unwrap_or_default()
}
