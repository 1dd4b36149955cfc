//! Stages as bytes: DataFusion's own form of plans, with ours for the ends of a plan and for own functions.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{Schema, SchemaRef};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use datafusion::error::{DataFusionError, Result as FusionResult};
use datafusion::execution::TaskContext;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use rdk_graph::Token;
use rdk_runtime::{Result, error};
use serde::{Deserialize, Serialize};

use super::leaf::{InputExec, LeafExec, Takes};
use super::stage::{Slot, Stage};
use crate::errors::{carried, fusion};
use crate::plan::{Leaf, Source};
use crate::{files, functions};

/// The ends of our plans, and our functions.
#[derive(Debug)]
struct Ends;

/// An end of a plan as it travels.
#[derive(Serialize, Deserialize)]
enum End {
    /// Rows that are read there.
    Scan {
        name: String,
        kind: String,
        parameters: Vec<u8>,
        projection: Vec<usize>,
        limit: Option<usize>,
        n_partitions: usize,
        schema: Vec<u8>,
    },
    /// Rows that other tasks made.
    Input { slot: usize, takes: Takes, projection: Vec<usize>, n_partitions: usize, schema: Vec<u8> },
}

impl PhysicalExtensionCodec for Ends {
    fn try_decode(
        &self,
        bytes: &[u8],
        _: &[Arc<dyn ExecutionPlan>],
        _: &TaskContext,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> FusionResult<Arc<dyn ExecutionPlan>> {
        let end: End = postcard::from_bytes(bytes).map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(match end {
            End::Scan { name, kind, parameters, projection, limit, n_partitions, schema } => {
                let schema = read_schema(&schema)?;
                let scan = files::decode(&kind, &parameters, &schema).map_err(carried)?;
                let leaf =
                    Leaf { name: name.into(), token: Token::fresh(), schema, n_partitions, source: Source::Scan(scan) };
                Arc::new(LeafExec::new(Arc::new(leaf), Some(projection), limit, None)?)
            }
            End::Input { slot, takes, projection, n_partitions, schema } => {
                Arc::new(InputExec::new(slot, takes, projection, read_schema(&schema)?, n_partitions))
            }
        })
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buffer: &mut Vec<u8>,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> FusionResult<()> {
        let end = if let Some(end) = node.downcast_ref::<LeafExec>() {
            let leaf = &end.leaf;
            let Source::Scan(scan) = &leaf.source else {
                return Err(DataFusionError::Internal("a leaf that other tasks make was not cut off".into()));
            };
            let (kind, parameters) = scan.encode();
            End::Scan {
                name: leaf.name.to_string(),
                kind: kind.to_string(),
                parameters,
                projection: end.projection.clone(),
                limit: end.limit,
                n_partitions: leaf.n_partitions,
                schema: written(&leaf.schema)?,
            }
        } else if let Some(input) = node.downcast_ref::<InputExec>() {
            let n_partitions = input.properties().partitioning.partition_count();
            let (projection, schema) = (input.projection.clone(), written(&input.schema())?);
            End::Input { slot: input.slot, takes: input.takes, projection, n_partitions, schema }
        } else {
            return Err(DataFusionError::Internal(format!("`{}` cannot travel", node.name())));
        };
        let bytes = postcard::to_stdvec(&end).map_err(|error| DataFusionError::External(Box::new(error)))?;
        buffer.extend_from_slice(&bytes);
        Ok(())
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buffer: &mut Vec<u8>) -> FusionResult<()> {
        buffer.extend(functions::encoded(node));
        Ok(())
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> FusionResult<Arc<ScalarUDF>> {
        functions::decoded(name, bytes).map_err(carried)
    }
}

fn written(schema: &Schema) -> FusionResult<Vec<u8>> {
    let mut bytes = Vec::new();
    StreamWriter::try_new(&mut bytes, schema)?.finish()?;
    Ok(bytes)
}

fn read_schema(bytes: &[u8]) -> FusionResult<SchemaRef> {
    Ok(StreamReader::try_new(bytes, None)?.schema())
}

/// A stage as bytes, for another process; empty for one that cannot travel.
pub fn encoded(stage: &Stage) -> Vec<u8> {
    let plan = physical_plan_to_bytes_with_extension_codec(stage.plan.clone(), &Ends);
    let Ok(plan) = plan else { return Vec::new() };
    let slots: Vec<usize> = stage.slots.iter().map(|slot| slot.0).collect();
    postcard::to_stdvec(&(&*stage.name, slots, plan.to_vec())).unwrap_or_default()
}

/// What a plan may call besides our own functions: all that DataFusion has.
static KNOWN: LazyLock<TaskContext> = LazyLock::new(|| {
    let state = SessionStateBuilder::new().with_default_features().build();
    TaskContext::from(&state)
});

/// The plan of a stage, how its inputs are shared out, and its name.
type Decoded = (Arc<dyn ExecutionPlan>, Vec<Slot>, Arc<str>);

/// Reads a stage.
pub fn decoded(bytes: &[u8]) -> Result<Decoded> {
    let damaged = |error| error!("a stage is damaged: {error}");
    let (name, slots, plan): (&str, Vec<usize>, Vec<u8>) = postcard::from_bytes(bytes).map_err(damaged)?;
    let plan = physical_plan_from_bytes_with_extension_codec(&plan, &KNOWN, &Ends).map_err(fusion)?;
    Ok((plan, slots.into_iter().map(Slot).collect(), name.into()))
}
