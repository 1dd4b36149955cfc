//! How frames in memory travel: into another process, or a spill file.

use rdk_graph::Data;
use rdk_runtime::{Result, bail, error};
use serde::{Deserialize, Serialize};

use crate::batches::Batches;
use crate::frame::Frame;
use crate::lower::{self, Gather};
use crate::plan::View;

const FRAME: &str = "frame";

/// What travels.
#[derive(Serialize, Deserialize)]
struct Parcel {
    facts: Gather,
    rows: Vec<u8>,
}

/// Says how frames are read.
pub fn register() {
    rdk_runtime::travel::register(FRAME, |bytes| {
        let parcel: Parcel = postcard::from_bytes(bytes).map_err(|error| error!("a frame is damaged: {error}"))?;
        let reader =
            Batches { schema: std::sync::Arc::new(arrow::datatypes::Schema::empty()), batches: Vec::new() }.reader();
        let payload =
            reader(&mut &parcel.rows[..]).map_err(|error| error!(OSError: "a frame could not be read: {error}"))?;
        Ok(Frame::eager(parcel.facts.view(&[payload])?))
    });
}

/// A frame in memory as bytes.
pub fn pack(view: &View) -> Result<(&'static str, Vec<u8>)> {
    if !view.eager {
        bail!(TypeError: "a lazy frame cannot be sent to another process by itself"; hint: "`.compute()` gives its rows");
    }
    let batch = lower::in_memory(view)?;
    let mut rows = Vec::new();
    Batches::one(batch).write(&mut rows).map_err(|error| error!(OSError: "a frame could not be written: {error}"))?;
    let parcel = Parcel { facts: Gather::of(view), rows };
    let bytes = postcard::to_stdvec(&parcel).map_err(|error| error!("a frame could not be written: {error}"))?;
    Ok((FRAME, bytes))
}
