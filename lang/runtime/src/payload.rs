//! Plain values as payloads of the graph.

use std::any::Any;
use std::io;

use rdk_graph::{Data, Payload};

use crate::value::Value;

/// A value of the language as the result of a task.
pub struct Plain(pub Value);

impl Data for Plain {
    fn n_bytes(&self) -> usize {
        64
    }

    fn write(&self, _to: &mut dyn io::Write) -> io::Result<()> {
        Err(io::Error::other("not yet"))
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        |_| Err(io::Error::other("not yet"))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
