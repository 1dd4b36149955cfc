//! What a task does, and what goes in and out of it.

use std::any::Any;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::{Cancel, Crew};

/// Plain data with one way to carry it out. The same operation may run on another thread, twice, or in another process:
/// it holds parameters, never open files, channels or pointers into the session.
pub trait Operation: Any + Send + Sync + fmt::Debug {
    /// What events, progress and reports call it: `add`, `sum`, `inc`.
    fn name(&self) -> &str;

    /// Do it. Pure: the answer depends on the parameters and on `call` only, and inputs are never written to.
    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure>;

    /// About how many bytes come out, if that does not depend on what goes in.
    fn gives(&self) -> Option<u64> {
        None
    }

    /// The kind by which another process finds the code (`array.fused`), and the parameters as bytes.
    fn encode(&self) -> (&'static str, Vec<u8>);

    /// What to do when this chunk needs `needed` bytes, and no more than `allowed` may be held.
    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        let (_, _, _) = (index, needed, allowed);
        None
    }
}

/// What an operation is given when it runs.
pub struct Call<'a> {
    /// Which chunk of its layer.
    pub index: &'a [u32],
    /// The results of the tasks that it names, in order. An input whose `Payload` is the only reference may be reused.
    pub inputs: &'a mut [Payload],
    /// Who helps if it can be cut into pieces.
    pub crew: Crew<'a>,
    /// To be looked at now and then by anything that takes longer than a few milliseconds.
    pub cancel: &'a Cancel,
    /// Where the result will go; what can be written there straight away need not be copied. See [`crate::Collect`].
    pub into: Option<Payload>,
}

/// What a task makes. The kinds are few and closed: array chunk, record batches, plain value, function, parts.
pub trait Data: Any + Send + Sync {
    /// How many bytes of memory it holds.
    fn n_bytes(&self) -> usize;

    /// Writes itself for [`Data::reader`] to read: to a spill file, or to another process.
    fn write(&self, to: &mut dyn io::Write) -> io::Result<()>;

    /// What reads it back.
    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload>;

    /// For downcasting; always `self`.
    fn as_any(&self) -> &dyn Any;
}

/// A shared piece of data.
#[derive(Clone)]
pub struct Payload(pub Arc<dyn Data>);

impl Payload {
    /// Wraps it.
    pub fn new(data: impl Data) -> Payload {
        Payload(Arc::new(data))
    }

    /// The data as what it is, if it is a `T`.
    pub fn get<T: Data>(&self) -> Option<&T> {
        self.0.as_any().downcast_ref()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.0.n_bytes())
    }
}

/// Why a task gave nothing. The room above puts its own error in, and takes it out again.
#[derive(Debug)]
pub enum Failure {
    /// A stop was asked for.
    Cancelled,
    /// The operation's own error.
    Error(Box<dyn Any + Send>),
    /// It panicked, with this message.
    Panic(String),
    /// It can never have the memory that it needs; nothing was run.
    Memory {
        /// Bytes of its inputs, its result and its working space together.
        needed: u64,
        /// The whole budget.
        allowed: u64,
    },
    /// Data could not be put aside on disk, or not be read back.
    Storage(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Cancelled => write!(f, "stopped on request"),
            Failure::Error(_) => write!(f, "the operation failed"),
            Failure::Panic(message) => write!(f, "internal error: {message}"),
            Failure::Memory { needed, allowed } => {
                let (needed, allowed) = (crate::budget::bytes_text(*needed), crate::budget::bytes_text(*allowed));
                write!(f, "needs {needed} of memory, the budget is {allowed}")
            }
            Failure::Storage(message) => write!(f, "{message}"),
        }
    }
}
