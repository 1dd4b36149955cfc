//! `tqdm`: walks over something and says at the end how long it took.

use std::any::Any;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use parking_lot::Mutex;

use crate::class::{Class, ClassRef, Module};
use crate::context::{Context, Stream};
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::evaluate::iterate;
use crate::object::Object;
use crate::types::types;
use crate::value::{Range, Value};
use crate::{Keywords, bail, builtins, operators};

/// The modules `tqdm`, `tqdm.auto` and `tqdm.notebook`.
pub fn modules() -> Vec<Arc<Module>> {
    let fill = || {
        let mut names = crate::class::entries(builtins());
        names.push(("tqdm", Value::Class(CLASS.clone())));
        names
    };
    ["tqdm", "tqdm.auto", "tqdm.notebook"].map(|name| Module::new(name, "Progress of loops.", fill)).into()
}

builtins! {
    /// `tqdm(range(…))`
    fn trange(
        /// As of `range`: where to end, or where to begin and where to end.
        start: i64,
        /// Where to end.
        stop: Option<i64>,
        /// What stands before the line.
        desc: String = "",
    ) -> Value {
        let (start, stop) = stop.map_or((0, start), |stop| (start, stop));
        Value::object(Bar::new(Some(Value::Range(Arc::new(Range { start, stop, step: 1 }))), desc, None, false))
    }
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("tqdm", "tqdm", "Progress of a loop.").base(types().object.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    Arc::new(class.construct(construct).methods(methods::builtins()).properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// Walks over something; when it is through, a line says how long that took.
        ///
        /// ```rdk
        /// from tqdm import tqdm
        /// sum(tqdm([1, 2, 3], disable=True))
        /// #> 6
        /// ```
        fn tqdm(
            /// What to walk over; without it `update` says how far it is.
            iterable: Option<Value>,
            /// What stands before the line.
            desc: String = "",
            /// How many items there are, if they do not say themselves.
            total: Option<f64>,
            /// Whether there is no line.
            disable: bool = false,
            /// `unit`, `leave`, `ncols` and the like: accepted, not used.
            kwargs: Keywords,
        ) -> Value {
            let _ = kwargs;
            Value::object(Bar::new(iterable, desc, total, disable))
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// So many more are done.
        fn update(
            this: Bar,
            /// How many.
            n: f64 = 1.0,
        ) -> () { this.0.state.lock().done += n; }

        /// What stands before the line.
        fn set_description(
            this: Bar,
            /// The text.
            desc: Option<String>,
        ) -> () { this.0.state.lock().description = desc.unwrap_or_default(); }

        /// What stands behind the line; accepted, not shown.
        fn set_postfix(
            this: Bar,
            /// A dict; accepted, not shown.
            ordered_dict: Option<Value>,
            /// Names with values; accepted, not shown.
            kwargs: Keywords,
        ) -> () { let _ = (this, ordered_dict, kwargs); }

        /// Writes a line.
        fn write[context](
            /// The text.
            s: Value,
        ) -> () { context.shared.output.write(Stream::Out, &format!("{}\n", s.text())); }

        /// That was all.
        fn close[context](this: Bar) -> () { this.finish(context); }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// How many are done.
        fn n(this: Bar) -> Value {
            let done = this.0.state.lock().done;
            if done.fract() == 0.0 && done.abs() < 9e15 { Value::Int(done as i64) } else { Value::Float(done) }
        }
    }
}

#[derive(Clone)]
struct Bar(Arc<Inner>);

struct Inner {
    iterable: Option<Value>,
    total: Option<f64>,
    state: Mutex<State>,
}

struct State {
    description: String,
    done: f64,
    started: Instant,
    /// Has the line been written, or is there to be none?
    silent: bool,
}

impl Bar {
    fn new(iterable: Option<Value>, description: String, total: Option<f64>, silent: bool) -> Bar {
        let state = Mutex::new(State { description, done: 0.0, started: Instant::now(), silent });
        Bar(Arc::new(Inner { iterable, total, state }))
    }

    /// The line, once.
    fn finish(&self, context: &Context) {
        let line = {
            let mut state = self.0.state.lock();
            if std::mem::replace(&mut state.silent, true) {
                return;
            }
            let length = || self.0.iterable.as_ref().and_then(|value| operators::length(context, value).ok());
            line(&state, self.0.total.or_else(|| length().map(|n| n as f64)))
        };
        context.shared.output.write(Stream::Err, &line);
    }
}

/// `name: 100%|██████████| 10/10 [00:01<00:00,  9.95it/s]`
fn line(state: &State, total: Option<f64>) -> String {
    let seconds = state.started.elapsed().as_secs_f64();
    let name = if state.description.is_empty() { String::new() } else { format!("{}: ", state.description) };
    let clock = |seconds: f64| {
        let seconds = seconds as u64;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{:02}", seconds % 60)
        } else {
            format!("{minutes:02}:{:02}", seconds % 60)
        }
    };
    let rate = state.done / seconds.max(1e-9);
    let rate = if rate < 1.0 && rate > 0.0 { format!("{:5.2}s/it", 1.0 / rate) } else { format!("{rate:5.2}it/s") };
    let done = state.done;
    match total.filter(|total| *total > 0.0) {
        Some(total) => {
            let part = (done / total).clamp(0.0, 1.0);
            let bar = "█".repeat((part * 10.0) as usize);
            let left = if done > 0.0 { clock(seconds * (1.0 - part) / part.max(1e-9)) } else { "?".into() };
            format!(
                "{name}{:3.0}%|{bar:<10}| {done}/{total} [{}<{left}, {rate}]\n",
                (part * 100.0).floor(),
                clock(seconds)
            )
        }
        None => format!("{name}{done}it [{}, {rate}]\n", clock(seconds)),
    }
}

impl FromValue for Bar {
    fn expected() -> &'static str {
        "a tqdm"
    }

    fn from_value(value: &Value) -> Option<Bar> {
        value.get::<Bar>().cloned()
    }
}

impl Object for Bar {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        line(&self.0.state.lock(), self.0.total).trim_end().to_string()
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        match (&self.0.iterable, self.0.total) {
            (Some(value), _) => Some(operators::length(context, value)),
            (None, Some(total)) => Some(Ok(total as usize)),
            (None, None) => None,
        }
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(true))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        Some(self.walk(context))
    }

    fn enter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, context: &Context, _error: Option<&Error>) -> Result<bool> {
        self.finish(context);
        Ok(false)
    }
}

impl Bar {
    fn walk(&self, context: &Context) -> Result<Value> {
        let Some(iterable) = &self.0.iterable else {
            bail!(TypeError: "there is nothing to walk over"; hint: "`tqdm(items)`, or `update(n)` says how far it is");
        };
        let mut walk = iterate(context, iterable)?;
        let bar = self.clone();
        bar.0.state.lock().started = Instant::now();
        Ok(Value::iter("tqdm", move |context| {
            let item = walk.next(context).transpose();
            match &item {
                Some(Ok(_)) => bar.0.state.lock().done += 1.0,
                Some(Err(_)) => {}
                None => bar.finish(context),
            }
            item
        }))
    }
}
