//! `Future`: what `submit` gives at once, while the work goes on.

use std::any::Any;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rdk_graph::{Operation, Payload, TaskId};
use rdk_syntax::tree::CompareOp;

use super::promised;
use super::work::{Stage, Work};
use crate::builtin::Args;
use crate::class::{Class, ClassRef};
use crate::context::{Context, Stream};
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::modules::dask::utils::parse_timedelta;
use crate::object::{Lazy, Lowering, Object};
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// The class of futures.
pub fn future_class() -> &'static ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let class = Class::new("Future", "distributed.client", "The result of a task that runs while you go on.");
        let class = class.base(types().object.clone());
        Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
    });
    &CLASS
}

/// Holds a task: as long as it lives, the result is kept.
pub struct Future {
    work: Mutex<Option<Arc<Work>>>,
    text: Arc<str>,
}

impl Future {
    /// A future of this task, as a value.
    pub fn value(work: Arc<Work>) -> Value {
        Value::object(Future { text: work.text.clone(), work: Mutex::new(Some(work)) })
    }
}

/// The task of a future; `None` if the value is none, or was released.
pub fn future_of(value: &Value) -> Option<Arc<Work>> {
    value.get::<Future>()?.work.lock().clone()
}

/// A future as an argument.
pub struct Held(pub Arc<Work>);

impl FromValue for Held {
    fn expected() -> &'static str {
        "a Future"
    }

    fn from_value(value: &Value) -> Option<Held> {
        future_of(value).map(Held)
    }

    fn try_from_value(value: &Value) -> Result<Held> {
        match (Held::from_value(value), value.get::<Future>()) {
            (Some(held), _) => Ok(held),
            (None, Some(future)) => {
                bail!(FutureCancelledError: "{} was released", future.text; hint: "nothing holds its result any more: submit it again")
            }
            (None, None) => bail!(TypeError: "expected a Future, got {}", crate::convert::describe(value)),
        }
    }
}

/// A length of time: seconds, or a text such as `2s`.
pub struct Patience(pub Option<Duration>);

impl FromValue for Patience {
    const DEFAULT: Option<&'static str> = Some("None");

    fn expected() -> &'static str {
        "a number of seconds, or a text such as '2s'"
    }

    fn from_value(value: &Value) -> Option<Patience> {
        Patience::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Patience> {
        let seconds = parse_timedelta(value, "s")?;
        Ok(Patience(
            seconds.as_f64().map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)),
        ))
    }

    fn missing() -> Option<Patience> {
        Some(Patience(None))
    }
}

impl Patience {
    /// When it is over; `None`: never.
    pub fn until(&self) -> Option<Instant> {
        self.0.and_then(|wait| Instant::now().checked_add(wait))
    }
}

/// The result, when it is there.
pub fn result_of(context: &Context, work: &Arc<Work>, patience: &Patience) -> Result<Value> {
    finished(context, work, patience)?;
    work.outcome().unwrap_or_else(|| bail!(RuntimeError: "internal error: a future has no result"))
}

/// Waits; too long is an error.
fn finished(context: &Context, work: &Arc<Work>, patience: &Patience) -> Result<()> {
    if !work.wait(context, patience.until())? {
        let seconds = patience.0.unwrap_or_default().as_secs_f64();
        bail!(TimeoutError: "{} is not done after {seconds} s", work.text; hint: "it goes on: ask again, or wait longer");
    }
    Ok(())
}

mod methods {
    use super::*;

    builtins! {
        /// Waits for the result and gives it; raises the error of a task that failed.
        ///
        /// ```rdk
        /// from dask.distributed import Client
        /// client = Client()
        /// client.submit(sum, [1, 2, 3]).result()
        /// #> 6
        /// ```
        fn result[context](
            this: Held,
            /// How long to wait, in seconds; then a `TimeoutError` is raised.
            timeout: Patience,
        ) -> Result<Value> { result_of(context, &this.0, &timeout) }

        /// Waits, and gives the error of a task that failed; `None` if it did not.
        fn exception[context](
            this: Held,
            /// How long to wait, in seconds; then a `TimeoutError` is raised.
            timeout: Patience,
        ) -> Result<Value> {
            finished(context, &this.0, &timeout)?;
            match this.0.stage() {
                Stage::Failed(error) => Ok(Value::Exception(Arc::new(error))),
                Stage::Cancelled => Err(this.0.cancelled_error()),
                _ => Ok(Value::None),
            }
        }

        /// Waits, and gives the calls that led to the error as text; `None` if there is none.
        fn traceback[context](
            this: Held,
            /// How long to wait, in seconds; then a `TimeoutError` is raised.
            timeout: Patience,
        ) -> Result<Value> {
            finished(context, &this.0, &timeout)?;
            Ok(match this.0.stage() {
                Stage::Failed(error) => Value::from(traceback(&error)),
                _ => Value::None,
            })
        }

        /// Is it over: finished, failed or cancelled?
        fn done(this: Held) -> bool { this.0.is_over() }

        /// Was it cancelled?
        fn cancelled(this: Held) -> bool { this.0.is_cancelled() }

        /// Nobody is to have the result; a task under way stops at its next step.
        fn cancel(
            this: Held,
            /// Why; accepted, not used.
            reason: Option<String>,
            /// What to say; accepted, not used.
            msg: Option<String>,
        ) -> () { let _ = (reason, msg); this.0.cancel(); }

        /// Tries a task that failed once more.
        fn retry(this: Held) -> () { this.0.retry(); }

        /// Lets go of the result, as if the future went out of use.
        fn release(this: Value) -> () {
            let held = this.get::<Future>().and_then(|future| future.work.lock().take());
            drop(held);
        }

        /// Calls a function with the future when it is over.
        fn add_done_callback[context](
            this: Value,
            /// A function of the future.
            r#fn: Value,
        ) -> Result<()> {
            let held = Held::try_from_value(&this)?;
            let (home, globals) = (Arc::downgrade(&context.shared), context.globals.clone());
            held.0.when_over(Box::new(move |work| {
                let Some(shared) = home.upgrade() else { return };
                let context = Context::worker(shared, globals);
                if let Err(error) = context.call(&r#fn, Args::one(Future::value(work.clone()))) {
                    context.shared.output.write(Stream::Err, &format!("exception calling callback: {error}\n"));
                }
            }));
            Ok(())
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The name of the task: equal for equal calls.
        fn key(this: Value) -> Option<String> { this.get::<Future>().map(|future| future.text.to_string()) }

        /// `pending`, `finished`, `error` or `cancelled`
        fn status(this: Value) -> String { future_of(&this).map_or("cancelled", |work| work.status()).into() }

        /// The class of the result, when it is there.
        fn r#type(this: Value) -> Value {
            future_of(&this).and_then(|work| class_of(&work)).map_or(Value::None, Value::Class)
        }

        /// The client that submitted it.
        fn client(this: Held) -> Value { super::super::client::open_client(&this.0.board) }
    }
}

/// The class of the result, if it is there.
fn class_of(work: &Work) -> Option<ClassRef> {
    match work.stage() {
        Stage::Finished(payload, _) => crate::delayed::operation::value_of(&payload).ok().map(|value| value.class()),
        _ => None,
    }
}

/// The calls that led to an error, outermost first, and the error.
fn traceback(error: &Error) -> String {
    let mut text = String::from("Traceback (most recent call last):\n");
    let line = |place: &rdk_syntax::Place| place.source.line_column(place.span.start).0;
    for frame in &error.0.trace {
        text.push_str(&format!(
            "  {}, line {}, calls {}\n",
            frame.place.source.name,
            line(&frame.place),
            frame.function
        ));
    }
    if let Some(place) = &error.0.place {
        text.push_str(&format!("  {}, line {}\n", place.source.name, line(place)));
    }
    text + &error.to_string()
}

impl Object for Future {
    fn class(&self) -> ClassRef {
        future_class().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let work = self.work.lock().clone();
        let (status, class) = match &work {
            Some(work) => (work.status(), class_of(work)),
            None => ("cancelled", None),
        };
        match class {
            Some(class) if class.module.is_empty() => {
                format!("<Future: {status}, type: {}, key: {}>", class.name, self.text)
            }
            Some(class) => format!("<Future: {status}, type: {}.{}, key: {}>", class.module, class.name, self.text),
            None => format!("<Future: {status}, key: {}>", self.text),
        }
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let same = other.get::<Future>().map(|other| other.text == self.text)?;
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(same))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("Future"), Value::Str(self.text.clone())]))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Err(
            error!(TypeError: "'Future' object is not iterable"; hint: "`.result()` gives the value that it stands for"),
        ))
    }

    fn binary(
        &self,
        _: &Context,
        op: rdk_syntax::tree::BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Option<Result<Value>> {
        let (left, right) = match reflected {
            false => ("Future".to_string(), other.class().name.to_string()),
            true => (other.class().name.to_string(), "Future".to_string()),
        };
        let error = error!(TypeError: "unsupported operand type(s) for {}: '{left}' and '{right}'", op.symbol());
        Some(Err(error.hint("`.result()` gives the value that a future stands for")))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        bail!(TypeError: "a future cannot be sent to another process by itself"; hint: "`.result()` gives its value")
    }
}

/// A future among the inputs of a lazy call.
pub struct Promised(pub Arc<Work>);

impl Object for Promised {
    fn class(&self) -> ClassRef {
        future_class().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<Future: {}, key: {}>", self.0.status(), self.0.text)
    }
}

impl Lazy for Promised {
    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        promised::lower(&self.0, lowering).map(|task| vec![task])
    }

    fn gather(&self) -> Arc<dyn Operation> {
        Arc::new(promised::PassOn)
    }

    fn persisted(&self, _: Vec<Payload>) -> Result<Value> {
        Ok(Future::value(self.0.clone()))
    }

    fn key(&self) -> String {
        self.0.text.to_string()
    }
}
