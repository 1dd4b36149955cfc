//! `as_completed`: futures in the order in which they are done.

use std::any::Any;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use super::arrivals::{Arrivals, Next};
use super::future::{Future, Patience};
use super::submit::all_works;
use super::work::{Stage, Work};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// The class of what `as_completed` gives.
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("as_completed", "distributed.client", "Futures in the order in which they are done.");
    let construct = construct::builtins().pop().expect("one is declared");
    Arc::new(class.base(types().object.clone()).construct(construct).methods(methods::builtins()))
});

/// Futures in the order in which they are done.
#[derive(Clone)]
struct AsCompleted {
    arrivals: Arc<Arrivals>,
    with_results: bool,
    raise_errors: bool,
    until: Option<Instant>,
}

mod construct {
    use super::*;

    builtins! {
        /// Futures in the order in which they are done; more can be added while they are walked over.
        ///
        /// ```rdk
        /// from dask.distributed import Client, as_completed
        /// client = Client()
        /// futures = client.map(abs, [-1, -2, -3])
        /// sum(future.result() for future in as_completed(futures))
        /// #> 6
        /// ```
        fn as_completed[context](
            /// Futures.
            futures: Option<Value>,
            /// Accepted, not used.
            r#loop: Option<Value>,
            /// Whether to give pairs of a future and its result.
            with_results: bool = false,
            /// With results: whether the error of a task that failed is raised.
            raise_errors: bool = true,
            /// After how many seconds a `TimeoutError` is raised.
            timeout: Patience,
        ) -> Result<Value> {
            let _ = r#loop;
            let walk = AsCompleted { arrivals: Arc::default(), with_results, raise_errors, until: timeout.until() };
            if let Some(futures) = futures {
                walk.add(context, &futures)?;
            }
            Ok(Value::object(walk))
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// One more future.
        fn add[context](
            this: AsCompleted,
            /// The future.
            future: Value,
        ) -> Result<()> { this.add(context, &future) }

        /// More futures.
        fn update[context](
            this: AsCompleted,
            /// Futures.
            futures: Value,
        ) -> Result<()> { this.add(context, &futures) }

        /// How many futures are still to come.
        fn count(this: AsCompleted) -> usize { this.arrivals.count() }

        /// Is no future still to come?
        fn is_empty(this: AsCompleted) -> bool { this.arrivals.count() == 0 }

        /// Is one there?
        fn has_ready(this: AsCompleted) -> bool { this.arrivals.is_ready() }

        /// The next one.
        fn next[context](this: AsCompleted) -> Result<Value> {
            this.next(context)?.ok_or_else(|| error!(StopIteration: ""))
        }

        /// The next one.
        fn __next__[context](this: AsCompleted) -> Result<Value> {
            this.next(context)?.ok_or_else(|| error!(StopIteration: ""))
        }

        /// All that are there; at least one with `block`.
        fn next_batch[context](
            this: AsCompleted,
            /// Whether to wait for the first one.
            block: bool = true,
        ) -> Result<Value> { this.batch(context, block).map(Value::list) }

        /// Walks over lists of those that are there.
        fn batches(this: AsCompleted) -> Value {
            Value::iter("generator", move |context| {
                if this.arrivals.count() == 0 {
                    return None;
                }
                Some(this.batch(context, true).map(Value::list))
            })
        }

        /// Expects none any more.
        fn clear(this: AsCompleted) -> () { this.arrivals.clear(); }
    }
}

impl AsCompleted {
    fn add(&self, context: &Context, futures: &Value) -> Result<()> {
        let works = all_works(context, futures)?;
        let is_plain =
            matches!(futures, Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_));
        if is_plain || matches!(futures, Value::Lazy(_)) {
            bail!(TypeError: "Input must be a future, got {}", crate::convert::describe(futures); hint: "`client.submit` and `client.map` give futures");
        }
        works.iter().for_each(|work| self.arrivals.expect(work));
        Ok(())
    }

    fn next(&self, context: &Context) -> Result<Option<Value>> {
        match self.arrivals.next(context, self.until)? {
            Next::Arrived(work) => self.item(&work).map(Some),
            Next::Nothing => Ok(None),
            Next::Late => {
                self.arrivals.clear();
                bail!(TimeoutError: "not all futures were done in time"; hint: "they go on; `timeout=` sets how long is waited")
            }
        }
    }

    fn batch(&self, context: &Context, block: bool) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        if block {
            items.extend(self.next(context)?);
        }
        for work in self.arrivals.batch() {
            items.push(self.item(&work)?);
        }
        Ok(items)
    }

    fn item(&self, work: &Arc<Work>) -> Result<Value> {
        let future = Future::value(work.clone());
        if !self.with_results {
            return Ok(future);
        }
        let result = match work.stage() {
            // As Dask has it: class, error, calls.
            Stage::Failed(error) if !self.raise_errors => Value::tuple([
                Value::Class(crate::types::exception(error.0.kind).clone()),
                Value::Exception(Arc::new(error)),
                Value::None,
            ]),
            _ => work.outcome().transpose()?.unwrap_or_default(),
        };
        Ok(Value::tuple([future, result]))
    }
}

impl FromValue for AsCompleted {
    fn expected() -> &'static str {
        "what `as_completed` gives"
    }

    fn from_value(value: &Value) -> Option<AsCompleted> {
        value.get::<AsCompleted>().cloned()
    }
}

impl Object for AsCompleted {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (waiting, done) = self.arrivals.counts();
        format!("<as_completed: waiting={waiting} done={done}>")
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let walk = self.clone();
        Some(Ok(Value::iter("as_completed", move |context| walk.next(context).transpose())))
    }
}
