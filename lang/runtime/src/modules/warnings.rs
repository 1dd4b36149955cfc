//! `warnings`: remarks that stop nothing, and which of them are shown.
//!
//! As in Python the filters are a list of the module, `warnings.filters`, so each session has its own.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use crate::class::{Class, ClassRef, Module, entries};
use crate::context::{Context, Stream};
use crate::error::{Error, Kind, Result};
use rdk_syntax::Place;

use crate::object::Object;
use crate::types::{exception, types};
use crate::value::{Dict, HashKey, List, Value};
use crate::{Rest, bail, builtins};

/// The module `warnings`.
pub fn module() -> Arc<Module> {
    Module::new("warnings", "Remarks that stop nothing, and which of them are shown.", || {
        let mut names = entries(builtins());
        names.push(("catch_warnings", Value::Class(CATCH.clone())));
        names.push((FILTERS, Value::list([])));
        names.push((SHOWN, Value::dict::<&str>([])));
        names.push((RECORD, Value::None));
        names
    })
}

const NAME: &str = "warnings";
const FILTERS: &str = "filters";
/// What has been shown already and is not to be shown again.
const SHOWN: &str = "_shown";
/// The list that warnings go into instead of being shown; `None` if they are shown.
const RECORD: &str = "_record";
const ACTIONS: [&str; 7] = ["default", "error", "ignore", "always", "all", "module", "once"];

builtins! {
    /// Makes a remark.
    ///
    /// ```rdk
    /// import warnings
    /// with warnings.catch_warnings(record=True) as seen:
    ///     warnings.warn("this takes long")
    /// len(seen), str(seen[0].message)
    /// #> (1, 'this takes long')
    /// ```
    fn warn[context](
        /// The text, or a warning.
        message: Value,
        /// Its class, such as `RuntimeWarning`.
        category: Option<ClassRef>,
        /// How many calls further out it belongs; accepted, not used.
        stacklevel: i64 = 1,
        /// What made it; accepted, not used.
        source: Option<Value>,
    ) -> Result<()> {
        let _ = (stacklevel, source);
        let (kind, text) = match &message {
            Value::Exception(error) if error.0.kind.is(Kind::Warning) => (error.0.kind, message.text()),
            _ => match category.as_ref().map(|class| class.exception) {
                None => (Kind::UserWarning, message.text()),
                Some(Some(kind)) if kind.is(Kind::Warning) => (kind, message.text()),
                Some(_) => bail!(TypeError: "category must be a Warning subclass, not '{}'", category.map_or("", |class| class.name)),
            },
        };
        warn(context, kind, &text)
    }

    /// From now on does this with all warnings of a class.
    ///
    /// ```rdk
    /// import warnings
    /// with warnings.catch_warnings():
    ///     warnings.simplefilter("ignore")
    ///     warnings.warn("nobody sees this")
    /// ```
    fn simplefilter[context](
        /// `ignore`, `always`, `once`, `default`, `module` or `error`.
        action: Arc<str>,
        /// The class of warnings; all of them if not given.
        category: Option<ClassRef>,
        /// A line number; accepted, not used.
        lineno: i64 = 0,
        /// Whether it comes after the filters that are there.
        append: bool = false,
    ) -> Result<()> {
        let _ = lineno;
        add_filter(context, &action, "", category, append)
    }

    /// From now on does this with warnings whose text begins like this.
    ///
    /// ```rdk
    /// import warnings
    /// with warnings.catch_warnings(record=True) as seen:
    ///     warnings.filterwarnings("ignore", message="slow")
    ///     warnings.warn("slow: many small chunks")
    /// seen
    /// #> []
    /// ```
    fn filterwarnings[context](
        /// `ignore`, `always`, `once`, `default`, `module` or `error`.
        action: Arc<str>,
        /// A regular expression for the beginning of the text; any text if empty.
        message: Arc<str> = "",
        /// The class of warnings; all of them if not given.
        category: Option<ClassRef>,
        /// A regular expression for the module; accepted, not used.
        module: Arc<str> = "",
        /// A line number; accepted, not used.
        lineno: i64 = 0,
        /// Whether it comes after the filters that are there.
        append: bool = false,
    ) -> Result<()> {
        let _ = (module, lineno);
        super::re::compiled(&message, super::re::IGNORECASE)?;
        add_filter(context, &action, &message, category, append)
    }

    /// Forgets all filters.
    fn resetwarnings[context]() -> Result<()> {
        set_filters(context, Vec::new());
        Ok(())
    }
}

/// Makes a remark, as the filters of the session want it: shown, kept, left out or raised.
pub fn warn(context: &Context, kind: Kind, text: &str) -> Result<()> {
    warn_at(context, kind, text, context.place().as_ref())
}

/// The same for another place in the user's text. Of each line it is shown once, as Python does by default.
pub fn warn_at(context: &Context, kind: Kind, text: &str, place: Option<&Place>) -> Result<()> {
    let action = action(context, kind, text)?;
    if action == "error" {
        return Err(Error::new(kind, text));
    }
    if action == "ignore" {
        return Ok(());
    }
    if !matches!(action.as_str(), "always" | "all")
        && let Some(Value::Dict(shown)) = entry(context, SHOWN)
    {
        let line = if action == "once" { String::new() } else { place.map(line_of).unwrap_or_default() };
        let key = HashKey::text(&format!("{line}{}: {text}", kind.name()));
        if shown.0.lock().insert(key, Value::None).is_some() {
            return Ok(());
        }
    }
    match entry(context, RECORD) {
        Some(Value::List(record)) => record.0.lock().push(Value::object(Remark { kind, text: text.into() })),
        _ => {
            let line = place.map(line_of).unwrap_or_default();
            let written = place.and_then(written).map(|written| format!("  {written}\n")).unwrap_or_default();
            context.shared.output.write(Stream::Err, &format!("{line}{}: {text}\n{written}", kind.name()));
        }
    }
    Ok(())
}

/// `walk.rdk:3: `
fn line_of(place: &Place) -> String {
    format!("{}:{}: ", place.source.name, place.source.line_column(place.span.start).0)
}

/// What stands on the line.
fn written(place: &Place) -> Option<&str> {
    let (line, _) = place.source.line_column(place.span.start);
    let text = place.source.text.lines().nth((line - place.source.lines_before) as usize - 1)?.trim();
    (!text.is_empty()).then_some(text)
}

fn entry(context: &Context, name: &str) -> Option<Value> {
    context.shared.library.module(NAME)?.get(name)
}

/// What is to be done with a warning: the first filter that fits says.
fn action(context: &Context, kind: Kind, text: &str) -> Result<String> {
    let Some(Value::List(filters)) = entry(context, FILTERS) else { return Ok("default".into()) };
    for filter in filters.snapshot() {
        let Some(parts) = filter.items() else { continue };
        let [Value::Str(action), message, category, ..] = parts.as_slice() else { continue };
        let fits = match category {
            Value::Class(class) => class.exception.is_some_and(|class| kind.is(class)),
            _ => true,
        };
        if fits && (message.is_none() || begins(text, message)?) {
            return Ok(action.to_string());
        }
    }
    Ok("default".into())
}

fn begins(text: &str, pattern: &Value) -> Result<bool> {
    let Some(pattern) = pattern.as_str() else { return Ok(true) };
    super::re::compiled(pattern, super::re::IGNORECASE)?.begins(text)
}

fn add_filter(context: &Context, action: &str, message: &str, category: Option<ClassRef>, append: bool) -> Result<()> {
    if !ACTIONS.contains(&action) {
        bail!("invalid action: '{action}'"; hint: "{}", ACTIONS.map(|action| format!("`{action}`")).join(", "));
    }
    let category = category.unwrap_or_else(|| exception(Kind::Warning).clone());
    if !category.exception.is_some_and(|kind| kind.is(Kind::Warning)) {
        bail!(TypeError: "category must be a Warning subclass, not '{}'", category.name);
    }
    let message = if message.is_empty() { Value::None } else { Value::str(message) };
    let filter = Value::tuple([Value::str(action), message, Value::Class(category), Value::None, Value::Int(0)]);
    let mut filters = match entry(context, FILTERS) {
        Some(Value::List(filters)) => filters.snapshot(),
        _ => Vec::new(),
    };
    filters.insert(if append { filters.len() } else { 0 }, filter);
    set_filters(context, filters);
    Ok(())
}

/// New filters; what was shown once may be shown again.
fn set_filters(context: &Context, filters: Vec<Value>) {
    if let Some(module) = context.shared.library.module(NAME) {
        module.set(FILTERS, Value::list(filters));
        module.set(SHOWN, Value::Dict(Arc::new(Dict::default())));
    }
}

/// A warning that was kept instead of shown.
struct Remark {
    kind: Kind,
    text: String,
}

static REMARK: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("WarningMessage", NAME, "A warning that was kept.").base(types().object.clone());
    Arc::new(class.properties(remark::builtins()))
});

impl Object for Remark {
    fn class(&self) -> ClassRef {
        REMARK.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<warnings.WarningMessage {}: {}>", self.kind.name(), self.text)
    }
}

/// Attributes of a kept warning.
mod remark {
    use super::*;

    builtins! {
        /// The warning.
        fn message(this: Value) -> Option<Value> {
            this.get::<Remark>().map(|remark| Value::Exception(Arc::new(Error::new(remark.kind, remark.text.clone()))))
        }

        /// Its class.
        fn category(this: Value) -> Option<Value> { this.get::<Remark>().map(|remark| Value::Class(exception(remark.kind).clone())) }
    }
}

/// `with catch_warnings():` the filters are as before when it ends.
struct Catch {
    record: bool,
    action: Option<Arc<str>>,
    category: Option<ClassRef>,
    /// Filters and record of before, innermost last.
    before: Mutex<Vec<(Vec<Value>, Value)>>,
}

static CATCH: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("catch_warnings", NAME, "Keeps a change of the filters within a `with`.");
    let construct = catch::builtins().pop().expect("one is declared");
    Arc::new(class.base(types().object.clone()).construct(construct))
});

mod catch {
    use super::*;

    builtins! {
        /// Keeps a change of the filters within a `with`.
        ///
        /// ```rdk
        /// import warnings
        /// with warnings.catch_warnings(record=True) as seen:
        ///     warnings.warn("careful", RuntimeWarning)
        /// seen[0].category.__name__
        /// #> 'RuntimeWarning'
        /// ```
        fn catch_warnings(
            /// By name only from here.
            args: Rest,
            /// Whether warnings are kept in the list that `as` gives, instead of shown.
            record: bool = false,
            /// A module of warnings; accepted, not used.
            module: Option<Value>,
            /// What `simplefilter` is to do inside.
            action: Option<Arc<str>>,
            /// With which class of warnings.
            category: Option<ClassRef>,
        ) -> Result<Value> {
            let _ = module;
            if !args.0.is_empty() {
                bail!(TypeError: "catch_warnings() takes its arguments by name"; hint: "`catch_warnings(record=True)`");
            }
            Ok(Value::object(Catch { record, action, category, before: Mutex::default() }))
        }
    }
}

impl Object for Catch {
    fn class(&self) -> ClassRef {
        CATCH.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("catch_warnings({})", if self.record { "record=True" } else { "" })
    }

    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        let filters = match entry(context, FILTERS) {
            Some(Value::List(filters)) => filters.snapshot(),
            _ => Vec::new(),
        };
        let record = entry(context, RECORD).unwrap_or_default();
        self.before.lock().push((filters.clone(), record));
        set_filters(context, filters);
        if let Some(action) = &self.action
            && let Err(error) = add_filter(context, action, "", self.category.clone(), false)
        {
            return Some(Err(error));
        }
        let mut seen = Value::None;
        if self.record
            && let Some(module) = context.shared.library.module(NAME)
        {
            seen = Value::List(Arc::new(List::default()));
            module.set(RECORD, seen.clone());
        }
        Some(Ok(seen))
    }

    fn exit(&self, context: &Context, _error: Option<&Error>) -> Result<bool> {
        let before = self.before.lock().pop();
        if let (Some((filters, record)), Some(module)) = (before, context.shared.library.module(NAME)) {
            set_filters(context, filters);
            module.set(RECORD, record);
        }
        Ok(false)
    }
}
