//! What tasks share: `Lock`, `Event`, `Semaphore`, `Variable`, `Queue`. Equal names are the same thing.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::board::Board;
use super::future::Patience;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::object::Object;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{Builtin, bail, builtins};

/// How soon a waiting caller notices a request to stop.
const POLL: Duration = Duration::from_millis(10);

/// Something behind a lock that threads wait for.
struct Room<T> {
    kind: &'static str,
    name: Name,
    state: Mutex<T>,
    changed: Condvar,
}

impl<T> Room<T> {
    fn new(kind: &'static str, name: Name, state: T) -> Arc<Room<T>> {
        Arc::new(Room { kind, name, state: Mutex::new(state), changed: Condvar::new() })
    }

    /// Waits until the step can be done; `None` if it took too long.
    fn when<R>(
        &self,
        context: &Context,
        patience: &Patience,
        mut step: impl FnMut(&mut T) -> Option<R>,
    ) -> Result<Option<R>> {
        if let Some(answer) = self.now(&mut step) {
            return Ok(Some(answer));
        }
        let until = patience.until();
        rdk_graph::waiting(|| {
            loop {
                context.check()?;
                if let Some(answer) = self.now(&mut step) {
                    return Ok(Some(answer));
                }
                let now = Instant::now();
                if until.is_some_and(|until| until <= now) {
                    return Ok(None);
                }
                let next = until.map_or(now + POLL, |until| until.min(now + POLL));
                self.changed.wait_until(&mut self.state.lock(), next);
            }
        })
    }

    fn now<R>(&self, step: &mut impl FnMut(&mut T) -> Option<R>) -> Option<R> {
        let answer = step(&mut self.state.lock());
        if answer.is_some() {
            self.changed.notify_all();
        }
        answer
    }

    fn change<R>(&self, step: impl FnOnce(&mut T) -> R) -> R {
        let answer = step(&mut self.state.lock());
        self.changed.notify_all();
        answer
    }
}

/// The thing of this kind and name; without a name a new one.
fn named(context: &Context, kind: &'static str, name: Option<Value>, make: impl FnOnce(Name) -> Value) -> Value {
    let board = Board::of(context);
    match name {
        Some(name) => {
            let name = Name::from(name.text());
            let mut all = board.named.lock();
            all.entry((kind, name.clone())).or_insert_with(|| make(name)).clone()
        }
        None => make(Name::from(format!("{}-{}", kind.to_lowercase(), board.number()))),
    }
}

fn class(
    name: &'static str,
    doc: &'static str,
    mut construct: Vec<Builtin>,
    methods: Vec<Builtin>,
    properties: Vec<Builtin>,
) -> ClassRef {
    let construct = construct.pop().expect("one is declared");
    let class = Class::new(name, "distributed", doc).base(types().object.clone()).construct(construct);
    Arc::new(class.methods(methods).properties(properties))
}

macro_rules! shared_objects {
    ($($name:ident($state:ty) $article:literal $doc:literal $module:ident $([$enter:expr, $exit:expr])?;)*) => {$(
        #[derive(Clone)]
        struct $name(Arc<Room<$state>>);

        impl FromValue for $name {
            fn expected() -> &'static str {
                $article
            }

            fn from_value(value: &Value) -> Option<$name> {
                value.get::<$name>().cloned()
            }
        }

        impl Object for $name {
            fn class(&self) -> ClassRef {
                static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
                    let (methods, properties) = ($module::builtins(), names::$module::builtins());
                    class(stringify!($name), $doc, construct::$module::builtins(), methods, properties)
                });
                CLASS.clone()
            }

            fn as_any(&self) -> &dyn Any {
                self
            }

            fn repr(&self) -> String {
                format!("<{}: {}>", self.0.kind, self.0.name)
            }

            $(
                fn enter(&self, context: &Context) -> Option<Result<Value>> {
                    let enter: fn(&$name, &Context) -> Result<()> = $enter;
                    Some(enter(self, context).map(|()| Value::object(self.clone())))
                }

                fn exit(&self, _: &Context, _: Option<&Error>) -> Result<bool> {
                    let exit: fn(&$name) -> Result<()> = $exit;
                    exit(self).map(|()| false)
                }
            )?
        }
    )*};
}

shared_objects! {
    Lock(bool) "a Lock" "Held by one task at a time." lock [|lock, context| lock.acquire(context, &Patience(None)).map(drop), Lock::release];
    Event(bool) "an Event" "Tasks wait until it is set." event;
    Semaphore(Leases) "a Semaphore" "Held by a few tasks at a time." semaphore [|semaphore, context| semaphore.acquire(context, &Patience(None)).map(drop), Semaphore::release];
    Variable(Option<Value>) "a Variable" "A value that tasks share." variable;
    Queue(Line) "a Queue" "Values that tasks pass on in order." queue;
}

struct Leases {
    most: usize,
    taken: usize,
}

struct Line {
    items: VecDeque<Value>,
    most: usize,
}

/// The classes of this file, by name.
pub fn classes() -> Vec<(&'static str, Value)> {
    let name = || Name::from("");
    let all: [(&'static str, ClassRef); 5] = [
        ("Lock", Lock(Room::new("Lock", name(), false)).class()),
        ("Event", Event(Room::new("Event", name(), false)).class()),
        ("Semaphore", Semaphore(Room::new("Semaphore", name(), Leases { most: 1, taken: 0 })).class()),
        ("Variable", Variable(Room::new("Variable", name(), None)).class()),
        ("Queue", Queue(Room::new("Queue", name(), Line { items: VecDeque::new(), most: 0 })).class()),
    ];
    all.into_iter().map(|(name, class)| (name, Value::Class(class))).collect()
}

impl Lock {
    fn acquire(&self, context: &Context, patience: &Patience) -> Result<bool> {
        let taken = self.0.when(context, patience, |held| (!*held).then(|| *held = true))?;
        Ok(taken.is_some())
    }

    fn release(&self) -> Result<()> {
        match self.0.change(|held| std::mem::replace(held, false)) {
            true => Ok(()),
            false => bail!(RuntimeError: "Released too often"; hint: "`with lock:` takes it and gives it back"),
        }
    }
}

impl Semaphore {
    fn acquire(&self, context: &Context, patience: &Patience) -> Result<bool> {
        let taken = self.0.when(context, patience, |leases| (leases.taken < leases.most).then(|| leases.taken += 1))?;
        Ok(taken.is_some())
    }

    fn release(&self) -> Result<()> {
        let was_held = self.0.change(|leases| {
            let held = leases.taken > 0;
            leases.taken -= usize::from(held);
            held
        });
        match was_held {
            true => Ok(()),
            false => bail!(RuntimeError: "Released too often"; hint: "`with semaphore:` takes it and gives it back"),
        }
    }
}

mod construct {
    use super::*;

    pub mod lock {
        use super::*;

        builtins! {
            /// Held by one task at a time.
            ///
            /// ```rdk
            /// from dask.distributed import Client, Lock
            /// client = Client()
            /// lock = Lock("file")
            /// with lock:
            ///     print(lock.locked())
            /// #> True
            /// ```
            fn Lock[context](
                /// Locks of the same name are the same lock.
                name: Option<Value>,
                /// Accepted, not used.
                client: Option<Value>,
            ) -> Value { let _ = client; named(context, "Lock", name, |name| Value::object(Lock(Room::new("Lock", name, false)))) }
        }
    }

    pub mod event {
        use super::*;

        builtins! {
            /// Tasks wait until it is set.
            ///
            /// ```rdk
            /// from dask.distributed import Client, Event
            /// client = Client()
            /// event = Event("start")
            /// future = client.submit(event.wait)
            /// event.set()
            /// future.result()
            /// #> True
            /// ```
            fn Event[context](
                /// Events of the same name are the same event.
                name: Option<Value>,
                /// Accepted, not used.
                client: Option<Value>,
            ) -> Value { let _ = client; named(context, "Event", name, |name| Value::object(Event(Room::new("Event", name, false)))) }
        }
    }

    pub mod semaphore {
        use super::*;

        builtins! {
            /// Held by a few tasks at a time.
            fn Semaphore[context](
                /// How many may hold it.
                max_leases: usize = 1usize,
                /// Semaphores of the same name are the same.
                name: Option<Value>,
                /// Accepted, not used.
                client: Option<Value>,
            ) -> Result<Value> {
                let _ = client;
                if max_leases == 0 {
                    bail!("max_leases must be greater than zero");
                }
                let make = |name| Value::object(Semaphore(Room::new("Semaphore", name, Leases { most: max_leases, taken: 0 })));
                Ok(named(context, "Semaphore", name, make))
            }
        }
    }

    pub mod variable {
        use super::*;

        builtins! {
            /// A value that tasks share.
            ///
            /// ```rdk
            /// from dask.distributed import Client, Variable
            /// client = Client()
            /// best = Variable("best")
            /// best.set(3)
            /// client.submit(best.get).result()
            /// #> 3
            /// ```
            fn Variable[context](
                /// Variables of the same name are the same.
                name: Option<Value>,
                /// Accepted, not used.
                client: Option<Value>,
            ) -> Value { let _ = client; named(context, "Variable", name, |name| Value::object(Variable(Room::new("Variable", name, None)))) }
        }
    }

    pub mod queue {
        use super::*;

        builtins! {
            /// Values that tasks pass on in order.
            ///
            /// ```rdk
            /// from dask.distributed import Client, Queue
            /// client = Client()
            /// queue = Queue("numbers")
            /// client.gather(client.map(queue.put, [1, 2, 3]))
            /// sorted(queue.get(batch=True))
            /// #> [1, 2, 3]
            /// ```
            fn Queue[context](
                /// Queues of the same name are the same.
                name: Option<Value>,
                /// Accepted, not used.
                client: Option<Value>,
                /// How many fit in; 0: any number.
                maxsize: usize = 0usize,
            ) -> Value {
                let _ = client;
                let make = |name| Value::object(Queue(Room::new("Queue", name, Line { items: VecDeque::new(), most: maxsize })));
                named(context, "Queue", name, make)
            }
        }
    }
}

mod names {
    use super::*;

    macro_rules! name {
        ($($module:ident: $type:ident),*) => {$(
            pub mod $module {
                use super::*;

                builtins! {
                    /// What it is called.
                    fn name(this: $type) -> Name { this.0.name.clone() }
                }
            }
        )*};
    }

    name! { lock: Lock, event: Event, semaphore: Semaphore, variable: Variable, queue: Queue }
}

mod lock {
    use super::*;

    builtins! {
        /// Waits until nobody has it, and takes it.
        fn acquire[context](
            this: Lock,
            /// Whether to wait.
            blocking: bool = true,
            /// How long to wait, in seconds.
            timeout: Patience,
        ) -> Result<bool> {
            let patience = if blocking { timeout } else { Patience(Some(Duration::ZERO)) };
            this.acquire(context, &patience)
        }

        /// Gives it back.
        fn release(this: Lock) -> Result<()> { this.release() }

        /// Does somebody have it?
        fn locked(this: Lock) -> bool { *this.0.state.lock() }
    }
}

mod event {
    use super::*;

    builtins! {
        /// Waits until it is set; `False` if that took too long.
        fn wait[context](
            this: Event,
            /// How long to wait, in seconds.
            timeout: Patience,
        ) -> Result<bool> { Ok(this.0.when(context, &timeout, |set| set.then_some(()))?.is_some()) }

        /// From now on nobody waits.
        fn set(this: Event) -> () { this.0.change(|set| *set = true); }

        /// From now on they wait again.
        fn clear(this: Event) -> () { this.0.change(|set| *set = false); }

        /// Is it set?
        fn is_set(this: Event) -> bool { *this.0.state.lock() }
    }
}

mod semaphore {
    use super::*;

    builtins! {
        /// Waits until there is room, and takes it.
        fn acquire[context](
            this: Semaphore,
            /// How long to wait, in seconds.
            timeout: Patience,
        ) -> Result<bool> { this.acquire(context, &timeout) }

        /// Gives it back.
        fn release(this: Semaphore) -> Result<()> { this.release() }

        /// How many hold it.
        fn get_value(this: Semaphore) -> usize { this.0.state.lock().taken }

        /// Nobody is to take it any more; accepted, not used.
        fn close(this: Semaphore) -> () { let _ = this; }
    }
}

mod variable {
    use super::*;

    builtins! {
        /// Sets the value.
        fn set(
            this: Variable,
            /// The value.
            value: Value,
            /// Accepted, not used.
            timeout: Patience,
        ) -> () {
            let _ = timeout;
            let old = this.0.change(|held| held.replace(value));
            drop(old);
        }

        /// The value; waits until there is one.
        fn get[context](
            this: Variable,
            /// How long to wait, in seconds.
            timeout: Patience,
        ) -> Result<Value> {
            match this.0.when(context, &timeout, |held| held.clone())? {
                Some(value) => Ok(value),
                None => bail!(TimeoutError: "Timed out waiting for Variable {}", this.0.name; hint: "nobody has set it yet"),
            }
        }

        /// Drops the value.
        fn delete(this: Variable) -> () {
            let old = this.0.change(Option::take);
            drop(old);
        }
    }
}

mod queue {
    use super::*;

    builtins! {
        /// Puts a value in; waits while there is no room.
        fn put[context](
            this: Queue,
            /// The value.
            value: Value,
            /// How long to wait, in seconds.
            timeout: Patience,
        ) -> Result<()> {
            let put = |line: &mut Line| {
                let room = line.most == 0 || line.items.len() < line.most;
                room.then(|| line.items.push_back(value.clone()))
            };
            match this.0.when(context, &timeout, put)? {
                Some(()) => Ok(()),
                None => bail!(TimeoutError: "Queue {} is full", this.0.name),
            }
        }

        /// Takes a value out; waits while there is none.
        fn get[context](
            this: Queue,
            /// How long to wait, in seconds.
            timeout: Patience,
            /// A number: a list of so many; `True`: a list of all that are there.
            batch: Option<Value>,
        ) -> Result<Value> {
            let taken = match batch {
                None | Some(Value::Bool(false)) => this.0.when(context, &timeout, |line| line.items.pop_front())?,
                Some(Value::Bool(true)) => Some(this.0.change(|line| Value::list(line.items.drain(..)))),
                Some(n) => {
                    let n = usize::try_from_value(&n)?;
                    let take = |line: &mut Line| (line.items.len() >= n).then(|| Value::list(line.items.drain(..n)));
                    this.0.when(context, &timeout, take)?
                }
            };
            match taken {
                Some(value) => Ok(value),
                None => bail!(TimeoutError: "Timed out waiting for Queue {}", this.0.name; hint: "nobody has put anything in"),
            }
        }

        /// How many are in it.
        fn qsize(this: Queue) -> usize { this.0.state.lock().items.len() }

        /// Empties it.
        fn close(this: Queue) -> () { this.0.change(|line| line.items.clear()); }
    }
}
