//! The two doors: [`Object`] for concrete things of the rooms above, [`Lazy`] for work that has not been done.

use std::any::Any;
use std::sync::Arc;

use rdk_graph::{Cancel, Collect, Graph, Operation, Payload, TaskId};
use rdk_summary::Summary;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use crate::builtin::Args;
use crate::class::ClassRef;
use crate::context::{Context, interrupted};
use crate::error::{Kind, Result};
use crate::value::{Dict, Value};
use crate::{Error, error};

/// A concrete thing of a room above: a NumPy array, a dtype, an open file.
///
/// Methods and attributes that all things of a class share are in its [`Class`](crate::Class); only what differs from thing to thing
/// is answered here. `None` means "not mine": the operator tries the other side, the attribute is looked up in the class.
#[allow(unused_variables)]
pub trait Object: Any + Send + Sync {
    /// Its class: name, documentation, methods, attributes.
    fn class(&self) -> ClassRef;

    /// For downcasting; always `self`.
    fn as_any(&self) -> &dyn Any;

    /// `repr(x)`
    fn repr(&self) -> String;

    /// `str(x)`, what `print` shows.
    fn str(&self) -> String {
        self.repr()
    }

    /// What it shows of itself as the value of a cell. Never computes.
    fn summary(&self) -> Summary {
        Summary::Text(self.repr())
    }

    /// `format(x, spec)`
    fn format(&self, spec: &str) -> Option<Result<String>> {
        None
    }

    /// The call that would make it, if cells show it as one: `deque([1, 2], maxlen=5)`.
    fn as_call(&self) -> Option<(String, Args)> {
        None
    }

    /// The dict inside, of things that are dicts with a difference.
    fn dict(&self) -> Option<Arc<Dict>> {
        None
    }

    /// An attribute that the class does not know: a column, a field.
    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        None
    }

    /// Names of such attributes, for completion.
    fn attribute_names(&self) -> Vec<String> {
        Vec::new()
    }

    /// `x.name = value`
    fn set_attribute(&self, context: &Context, name: &str, value: Value) -> Option<Result<()>> {
        None
    }

    /// Would `x(…)` do something?
    fn is_callable(&self) -> bool {
        false
    }

    /// `x(…)`
    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        None
    }

    /// `-x`, `~x`; not `not x`.
    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        None
    }

    /// `x + other`, or with `reflected` `other + x`.
    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        None
    }

    /// The same where nobody sees the result but another operator, as `a * b` in `a * b + c`: it may be put off until the whole is there.
    /// `None`: this is not put off. What is put off is asked before anything else, and asked to settle before anybody sees it.
    fn put_off(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        None
    }

    /// Is it something that was put off?
    fn is_put_off(&self) -> bool {
        false
    }

    /// What was put off, done now.
    fn caught_up(&self, context: &Context) -> Result<Value> {
        Err(error!(SystemError: "a `{}` was not put off", self.class().name))
    }

    /// `x += other`, by changing the thing itself; `None`: as `x = x + other`.
    fn augment(&self, context: &Context, op: BinaryOp, other: &Value) -> Option<Result<()>> {
        None
    }

    /// `x < other`; `Is`, `In` and their negations are not asked.
    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        None
    }

    /// `x[index]`
    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        None
    }

    /// `x[index] = value`
    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        None
    }

    /// `del x[index]`
    fn delete_item(&self, context: &Context, index: &Value) -> Option<Result<()>> {
        None
    }

    /// `item in x`
    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        None
    }

    /// `len(x)`
    fn len(&self, context: &Context) -> Option<Result<usize>> {
        None
    }

    /// `bool(x)`; `None` means true.
    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        None
    }

    /// `iter(x)`: a `Value::Iter`.
    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        None
    }

    /// `int(x)`, `float(x)`, an index: the plain number that it stands for, if it is one.
    fn number(&self) -> Option<Result<Value>> {
        None
    }

    /// The same of something lazy, which may compute it: asked where a number is needed, as by `int(x)` or `range(x)`.
    fn settle(&self, context: &Context) -> Option<Result<Value>> {
        self.number()
    }

    /// `np.asarray(x)`: the array that it holds, if it holds one.
    fn array(&self) -> Option<Result<Value>> {
        None
    }

    /// Is it asked before an array that an operator combines it with? Series are, as in pandas.
    fn comes_first(&self) -> bool {
        false
    }

    /// A function of NumPy's of each element, by its name: `np.sqrt(x)`. Asked of each argument until one answers.
    fn array_function(&self, context: &Context, name: &str, args: &[Value]) -> Option<Result<Value>> {
        None
    }

    /// What makes it a key: equal things give equal keys. `None`: it cannot be a key.
    fn hash_key(&self) -> Option<Value> {
        None
    }

    /// `with x as …`
    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        None
    }

    /// The end of `with`; true swallows the error.
    fn exit(&self, context: &Context, error: Option<&Error>) -> Result<bool> {
        Ok(false)
    }

    /// As bytes, with the function that reads them: how it travels into another process or a spill file.
    /// An error names why it cannot travel.
    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        Err(error!(TypeError: "a `{}` cannot be sent to another process", self.class().name))
    }

    /// How many bytes of memory it holds.
    fn n_bytes(&self) -> usize {
        64
    }
}

/// Work that has not been done: a delayed call, a chunked array, a frame.
///
/// `compute` announces all lazy values that it was asked for, then lowers them into one graph, runs it, and lets each
/// gather what it became.
pub trait Lazy: Object {
    /// Says which parts it will need, before anything is lowered, so that parts needed twice are made once and held.
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        let _ = lowering;
        Ok(())
    }

    /// Adds the tasks that make it; gives the tasks whose results it consists of, in a fixed order.
    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>>;

    /// The operation that makes the concrete value of those results: its payload is an [`Plain`](crate::payload::Plain) value.
    fn gather(&self) -> Arc<dyn Operation>;

    /// Where its results are gathered while they are made, if that is better than [`Lazy::gather`] at the end; `n_results` is how many
    /// there are.
    fn space(&self, n_results: usize) -> Option<Arc<dyn Gathering>> {
        let _ = n_results;
        None
    }

    /// The same lazy value, whose work is done: what `persist` gives.
    fn persisted(&self, results: Vec<Payload>) -> Result<Value>;

    /// Can [`Lazy::persisted`] take so many results that are still being made ([`rdk_graph::Later`])? Who looks into them there
    /// cannot.
    fn takes_later(&self, n_results: usize) -> bool {
        let _ = n_results;
        false
    }

    /// A short name for the whole of it, equal for equal work: `add-3f…`.
    fn key(&self) -> String;
}

/// Gathers the results of one lazy value while they are made.
pub trait Gathering: Collect {
    /// The concrete value; `results` are all that it consists of, in order.
    ///
    /// # Errors
    /// The results, if it has to be made of them in the usual way.
    fn value(&self, results: Vec<Payload>) -> std::result::Result<Value, Vec<Payload>>;
}

/// What is to be done when a graph has run.
type After = Box<dyn FnOnce(&Context) -> Result<()> + Send>;

/// A graph in the making, with what each room wants to remember while it is made.
#[derive(Default)]
pub struct Lowering {
    /// What has been added so far.
    pub graph: Graph,
    /// Then every operation that a user asked for has tasks of its own, as in Dask's drawings; otherwise rooms fuse what they can.
    for_looks: bool,
    /// Bytes that may be held while it runs, if that is known.
    memory: Option<u64>,
    /// Does somebody want it to stop?
    cancel: Cancel,
    /// What is to be done when it has run: remarks on what happened.
    after: Vec<After>,
    /// Notes of the rooms, by type.
    notes: Vec<Box<dyn Any + Send>>,
}

impl Lowering {
    /// One that is there to be looked at, not to be run.
    pub fn for_looks() -> Lowering {
        Lowering { for_looks: true, ..Lowering::default() }
    }

    /// One that will run within so many bytes.
    pub fn within(memory: u64) -> Lowering {
        Lowering { memory: Some(memory), ..Lowering::default() }
    }

    /// Bytes that may be held while it runs.
    pub fn memory(&self) -> u64 {
        self.memory
            .unwrap_or_else(|| rdk_graph::budget::from_environment().unwrap_or_else(|_| rdk_graph::budget::default()))
    }

    /// The same, which stops when this is requested to: a graph of many tasks takes its time.
    pub fn until(self, cancel: Cancel) -> Lowering {
        Lowering { cancel, ..self }
    }

    /// An error if it is to stop. To be asked for every few tasks.
    pub fn check(&self) -> Result<()> {
        if self.cancel.requested() { Err(interrupted()) } else { Ok(()) }
    }

    /// Does this when the graph has run to its end, before its results are handed over.
    pub fn afterwards(&mut self, work: impl FnOnce(&Context) -> Result<()> + Send + 'static) {
        self.after.push(Box::new(work));
    }

    /// The graph has run.
    pub(crate) fn has_run(self, context: &Context) -> Result<()> {
        self.after.into_iter().try_for_each(|work| work(context))
    }

    /// Is it there to be looked at?
    pub fn is_for_looks(&self) -> bool {
        self.for_looks
    }

    /// The note of this type, made on first use.
    pub fn note<T: Any + Send + Default>(&mut self) -> &mut T {
        let position = self.notes.iter().position(|note| note.is::<T>()).unwrap_or_else(|| {
            self.notes.push(Box::<T>::default());
            self.notes.len() - 1
        });
        self.notes[position].downcast_mut().expect("found by its type")
    }
}

/// For an operation that a thing does not have.
pub fn unsupported(what: &str, class: ClassRef) -> Error {
    Error::new(Kind::TypeError, format!("{what} is not supported for `{}`", class.name))
}
