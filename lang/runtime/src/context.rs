//! What a running piece of the language has at hand: variables, output, the engine, the way to stop.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::{Mutex, RwLock};
use rdk_graph::{Cancel, Engine, Hands};
use rdk_summary::Summary;
use rdk_syntax::tree::Magic;
use rdk_syntax::{Place, Source, Span};
use rustc_hash::FxHashMap;

use crate::class::Library;
use crate::error::{Error, Result};
use crate::modules::widgets::page::Said;
use crate::value::{Name, Value};
use crate::{bail, error};

/// How deep calls may be nested, as in Python.
pub const RECURSION_LIMIT: usize = 1000;

/// How much of the stack is left alone, and how much is added when no more is left.
const MARGIN: usize = 256 * 1024;
const MORE_STACK: usize = 4 * 1024 * 1024;

/// Where printed text goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// What the program prints.
    Out,
    /// Warnings and other remarks.
    Err,
}

/// Takes what a cell shows, in order. Front ends implement it.
pub trait Output: Send + Sync {
    /// Printed text, as it comes.
    fn write(&self, stream: Stream, text: &str);

    /// A value shown by `display(…)` or the like; not the value of the cell.
    fn display(&self, summary: &Summary);

    /// Shown under a name, so that [`Output::update`] finds it again.
    fn display_as(&self, summary: &Summary, id: &str) {
        let _ = id;
        self.display(summary);
    }

    /// What is shown under this name is now this. Where nothing that stands can be changed, it is shown anew.
    fn update(&self, summary: &Summary, id: &str) {
        let _ = id;
        self.display(summary);
    }

    /// Can what stands be changed, also after its cell is done?
    fn updates(&self) -> bool {
        false
    }

    /// Takes away what the cell has shown; with `wait` not before something new comes. A terminal keeps it.
    fn clear(&self, wait: bool) {
        let _ = wait;
    }

    /// Something said to what a page shows of a widget; false where there is no page.
    fn widget(&self, said: Said<'_>) -> bool {
        let _ = said;
        false
    }

    /// Is there a page, on which widgets can be moved?
    fn has_page(&self) -> bool {
        false
    }

    /// An error that does not end the cell.
    fn report(&self, error: &Error) {
        self.write(Stream::Err, &format!("{error}\n"));
    }

    /// A text to be read beside the work: `x?`.
    fn page(&self, text: &str) {
        self.write(Stream::Out, text);
    }

    /// A line from the person, for `input(prompt)`; `None` at the end of input.
    fn read_line(&self, prompt: &str) -> Option<String> {
        let _ = prompt;
        None
    }

    /// Is there somebody who could be asked for a line?
    fn can_ask(&self) -> bool {
        true
    }

    /// How many characters fit on a line.
    fn width(&self) -> usize {
        80
    }
}

/// Runs magic commands and shows help; the house implements it.
pub trait Magics: Send + Sync {
    /// Runs `%name …`, `%%name …` or `!command`; the value is what the statement or expression stands for.
    fn run(&self, context: &Context, magic: &Magic, place: &Place) -> Result<Option<Value>>;

    /// Shows what is known of `name?`, with `detail` of `name??`.
    fn help(&self, context: &Context, object: &str, detail: bool, place: &Place) -> Result<()>;

    /// Shows what is known of a value: `help(x)`.
    fn help_value(&self, context: &Context, value: &Value) -> Result<()> {
        context.shared.output.write(Stream::Out, &crate::show::help(value));
        Ok(())
    }
}

/// Where no front end has said what magics do.
struct NoMagics;

impl Magics for NoMagics {
    fn run(&self, _: &Context, magic: &Magic, _: &Place) -> Result<Option<Value>> {
        bail!(UsageError: "magic commands are not available here"; hint: "`{}` works at the prompt and in scripts", magic.name)
    }

    fn help(&self, _: &Context, object: &str, _: bool, _: &Place) -> Result<()> {
        bail!(UsageError: "`{object}?` is not available here"; hint: "it works at the prompt and in scripts")
    }
}

/// A global variable: stays the same for as long as its `Globals`, bound or not, so that it can be remembered.
#[derive(Default)]
pub(crate) struct Global {
    /// Goes up with every change.
    version: AtomicU64,
    value: Mutex<Option<Value>>,
}

impl Global {
    pub(crate) fn get(&self) -> Option<Value> {
        self.value.lock().clone()
    }

    /// Binds or unbinds; the old value is dropped by the caller's leave, after the lock is gone.
    pub(crate) fn replace(&self, value: Option<Value>) -> Option<Value> {
        let mut place = self.value.lock();
        // Only who holds the lock changes it.
        self.version.store(self.version.load(Ordering::Relaxed) + 1, Ordering::Release);
        std::mem::replace(&mut *place, value)
    }

    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }
}

/// Variables by name. A session's variables are one of these; so is what a task's function has taken along.
#[derive(Default)]
pub struct Globals {
    names: RwLock<FxHashMap<Name, Arc<Global>>>,
    /// Where names are looked up that were not there yet when the others were taken along.
    later: Option<Weak<Globals>>,
}

impl Globals {
    /// No variables.
    pub fn new() -> Arc<Globals> {
        Arc::new(Globals::default())
    }

    /// Variables taken along from these; names that come up later are still found there.
    pub(crate) fn taken_from(session: &Arc<Globals>) -> Arc<Globals> {
        // What was taken along knows the session itself, not each other.
        let later = session.later.clone().unwrap_or_else(|| Arc::downgrade(session));
        Arc::new(Globals { names: RwLock::default(), later: Some(later) })
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<Value> {
        let own = self.names.read().get(name).and_then(|global| global.get());
        own.or_else(|| self.later(name))
    }

    /// What a name has come to stand for after the others were taken along.
    pub(crate) fn later(&self, name: &str) -> Option<Value> {
        self.later.as_ref()?.upgrade()?.get(name)
    }

    /// Drops all variables.
    pub(crate) fn clear(&self) {
        let old = std::mem::take(&mut *self.names.write());
        drop(old);
    }

    /// Binds a name.
    pub fn set(&self, name: &Name, value: Value) {
        let found = self.names.read().get(name).cloned();
        let global = found.unwrap_or_else(|| self.global(name));
        drop(global.replace(Some(value)));
    }

    /// Unbinds a name; was it bound?
    pub fn remove(&self, name: &str) -> bool {
        let found = self.names.read().get(name).cloned();
        found.is_some_and(|global| global.replace(None).is_some())
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<Name> {
        let names = self.names.read();
        let bound = names.iter().filter(|(_, global)| global.value.lock().is_some());
        let mut names: Vec<Name> = bound.map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    /// The variable of this name, bound or not.
    pub(crate) fn global(&self, name: &Name) -> Arc<Global> {
        if let Some(global) = self.names.read().get(name) {
            return global.clone();
        }
        self.names.write().entry(name.clone()).or_default().clone()
    }
}

/// What all threads that work for one session share.
pub struct Shared {
    /// The modules that can be imported, the builtin functions among them (`builtins`).
    pub library: Library,
    /// Where printed text goes.
    pub output: Arc<dyn Output>,
    /// Set when the person wants it to stop.
    pub cancel: Cancel,
    /// What runs graphs.
    pub engine: Arc<Engine>,
    /// What runs magic commands.
    pub magics: Box<dyn Magics>,
    /// What rooms keep for the session, by type.
    notes: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
}

impl Shared {
    /// For a session that has no magic commands yet; set `magics` for those.
    pub fn new(library: Library, output: Arc<dyn Output>, engine: Arc<Engine>) -> Shared {
        // What comes with rdk travels by name.
        crate::travel::remember(&library);
        Shared { library, output, cancel: Cancel::new(), engine, magics: Box::new(NoMagics), notes: Mutex::default() }
    }

    /// What a room keeps for the session: the note of this type, made on first use.
    pub fn note<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut notes = self.notes.lock();
        if let Some(note) = notes.iter().find_map(|note| note.clone().downcast::<T>().ok()) {
            return note;
        }
        let note = Arc::<T>::default();
        notes.push(note.clone());
        note
    }
}

/// What a running piece of the language has at hand. One for each thread that runs some; never shared between threads.
pub struct Context {
    /// What the threads of a session share.
    pub shared: Arc<Shared>,
    /// The session's variables.
    pub globals: Arc<Globals>,
    /// Set when this is to stop: the session's, or that of the run that this works for.
    pub cancel: Cancel,
    /// How deep calls are nested.
    pub depth: Cell<usize>,
    /// What the evaluator is at: a call, an operator.
    here: RefCell<Option<Place>>,
    /// Below this address of the stack little is left of it.
    low: Cell<usize>,
    /// Errors whose handlers are running, outermost first: what a bare `raise` raises.
    pub(crate) handling: RefCell<Vec<Error>>,
    /// Frames to be used again.
    pub(crate) pool: RefCell<Vec<Vec<Option<Value>>>>,
    /// Global functions that were looked up lately, by the address of the name in the tree.
    pub(crate) recent: RefCell<Vec<Option<crate::evaluate::Recent>>>,
    /// Who does the tasks of the computation under way, if that was asked for; else the settings say it.
    pub(crate) hands: Cell<Option<Hands>>,
    /// How deep the top level of the running cell stands.
    top: Cell<usize>,
    /// What the caller of a builtin sees that asked for it.
    around: RefCell<Option<Arc<Globals>>>,
    /// Is this the thread that the person waits for? It takes a request to stop away once it has obeyed.
    leading: bool,
}

thread_local! {
    /// What the latest context of this thread works for.
    static HOME: RefCell<Weak<Shared>> = const { RefCell::new(Weak::new()) };
}

/// What this thread works for, for those that must run something and were given no context: `repr`.
pub fn home() -> Option<Arc<Shared>> {
    HOME.with_borrow(Weak::upgrade)
}

impl Context {
    /// A context on this thread.
    pub fn new(shared: Arc<Shared>, globals: Arc<Globals>) -> Context {
        HOME.set(Arc::downgrade(&shared));
        Context {
            cancel: shared.cancel.clone(),
            here: RefCell::default(),
            shared,
            globals,
            depth: Cell::new(0),
            low: Cell::new(0),
            handling: RefCell::default(),
            pool: RefCell::default(),
            recent: RefCell::default(),
            hands: Cell::new(None),
            top: Cell::new(0),
            around: RefCell::default(),
            leading: true,
        }
    }

    /// One for another thread.
    pub fn fork(&self) -> Context {
        Context::worker(self.shared.clone(), self.globals.clone())
    }

    /// One for a thread that works for another one.
    pub fn worker(shared: Arc<Shared>, globals: Arc<Globals>) -> Context {
        Context { leading: false, ..Context::new(shared, globals) }
    }

    /// One for a task: it stops when the task's run is to stop.
    pub fn task(shared: Arc<Shared>, globals: Arc<Globals>, cancel: Cancel) -> Context {
        Context { leading: false, cancel, ..Context::new(shared, globals) }
    }

    /// Where in the user's text the evaluator is: what a lazy value remembers of its making.
    pub fn place(&self) -> Option<Place> {
        self.here.borrow().clone()
    }

    /// The same, written over what was noted before.
    pub fn place_into(&self, before: &mut Option<Place>) {
        match (&*self.here.borrow(), before) {
            (Some(here), Some(before)) if Arc::ptr_eq(&here.source, &before.source) => before.span = here.span,
            (here, before) => before.clone_from(here),
        }
    }

    /// The evaluator is about to call something that may ask for its place.
    #[inline]
    pub(crate) fn mark(&self, source: &Arc<Source>, span: Span) {
        let mut here = self.here.borrow_mut();
        match &mut *here {
            Some(place) if Arc::ptr_eq(&place.source, source) => place.span = span,
            other => *other = Some(Place { source: source.clone(), span }),
        }
    }

    /// An error if the person wants it to stop. To be asked at every turn of anything that may take long.
    #[inline]
    pub fn check(&self) -> Result<()> {
        if self.cancel.requested() { Err(interrupted()) } else { Ok(()) }
    }

    /// Ready for a new cell, also when a panic has come through the one before.
    pub fn recover(&self) {
        HOME.set(Arc::downgrade(&self.shared));
        self.depth.set(0);
        self.top.set(0);
        self.hands.set(None);
        self.around.take();
        self.handling.borrow_mut().clear();
    }

    /// The variables that the caller of this builtin sees, if it is one that [sees](crate::Builtin::seeing) them. `None`: it is called
    /// somewhere in a function, nobody knows by whom (`map(df.query, texts)`). To be asked once, before anything else is called.
    pub fn variables(&self) -> Option<Arc<Globals>> {
        let around = self.around.take();
        let in_function = self.depth.get() > self.top.get();
        around.or_else(|| (!in_function).then(|| self.globals.clone()))
    }

    /// The top level of a cell, which may run within another one (`%time`).
    pub(crate) fn cell<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let outer = self.top.replace(self.depth.get() + 1);
        let result = self.nested(work);
        self.top.set(outer);
        result
    }

    /// Calls something that is to find these variables.
    pub(crate) fn seeing<T>(&self, variables: Arc<Globals>, call: impl FnOnce() -> T) -> T {
        let before = self.around.replace(Some(variables));
        let result = call();
        self.around.replace(before);
        result
    }

    /// The error has reached somebody who handles it: an interrupt is obeyed once.
    pub(crate) fn obeyed(&self, error: &Error) {
        if self.leading && error.0.kind == crate::Kind::KeyboardInterrupt {
            self.shared.cancel.clear();
        }
    }

    /// One level deeper, with stack to spare: everything that may call itself without end goes through here.
    #[inline]
    pub fn nested<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let depth = self.depth.get();
        if depth == 0 {
            // The outermost level: on whatever thread this is now.
            self.low.set(low_mark());
        }
        if depth >= RECURSION_LIMIT {
            return Err(too_deep());
        }
        self.depth.set(depth + 1);
        let result = if self.is_low() { self.on_more_stack(work) } else { work() };
        self.depth.set(depth);
        result
    }

    /// Is little left of the stack?
    #[inline(always)]
    pub(crate) fn is_low(&self) -> bool {
        let here = 0u8;
        (std::ptr::from_ref(&here) as usize) < self.low.get()
    }

    /// Does it on a fresh piece of stack.
    #[cold]
    #[inline(never)]
    pub(crate) fn on_more_stack<T>(&self, work: impl FnOnce() -> T) -> T {
        let low = self.low.get();
        let result = stacker::grow(MORE_STACK, || {
            self.low.set(low_mark());
            work()
        });
        self.low.set(low);
        result
    }
}

/// Below this address of the stack little is left of it; the margin is for builtins that do not ask.
fn low_mark() -> usize {
    let here = 0u8;
    let left = stacker::remaining_stack().unwrap_or(MARGIN);
    (std::ptr::from_ref(&here) as usize).saturating_sub(left.saturating_sub(MARGIN))
}

/// The error of a request to stop.
#[cold]
pub fn interrupted() -> Error {
    Error::new(crate::Kind::KeyboardInterrupt, "")
}

#[cold]
fn too_deep() -> Error {
    error!(RecursionError: "maximum recursion depth exceeded"; hint: "a function that calls itself needs a case in which it does not; {RECURSION_LIMIT} levels are allowed")
}
