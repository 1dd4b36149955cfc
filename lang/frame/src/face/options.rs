//! `pd.set_option`, `pd.options`: what notebooks set at their beginning. How frames are shown is fixed, so that nothing comes of it.

use std::any::Any;
use std::sync::LazyLock;

use parking_lot::Mutex;
use rdk_runtime::{Class, ClassRef, Context, Object, Rest, Result, Value, bail, builtins, error};
use rustc_hash::FxHashMap;

/// What has been set in the session.
#[derive(Default)]
struct Set(Mutex<FxHashMap<String, Value>>);

/// The options that are known, with what holds if nothing is set.
fn known(name: &str) -> Option<Value> {
    Some(match name {
        "display.max_rows" => Value::Int(60),
        "display.min_rows" => Value::Int(10),
        "display.max_columns" => Value::Int(0),
        "display.width" => Value::Int(80),
        "display.max_colwidth" => Value::Int(50),
        "display.precision" => Value::Int(6),
        "display.float_format" | "mode.chained_assignment" | "plotting.backend" | "compute.use_numexpr" => Value::None,
        "future.infer_string" | "mode.copy_on_write" => Value::Bool(true),
        _ => return None,
    })
}

/// A name that may be given by its end alone: `max_rows`.
fn full(name: &str) -> Result<String> {
    let whole = [name.to_string(), format!("display.{name}"), format!("mode.{name}")];
    let found = whole.into_iter().find(|name| known(name).is_some());
    found.ok_or_else(|| {
        error!("No such option: {name:?}")
            .hint("`display.max_rows`, `display.max_columns`, `display.precision` and the like are known")
    })
}

fn get(context: &Context, name: &str) -> Result<Value> {
    let name = full(name)?;
    let found = context.shared.note::<Set>().0.lock().get(&name).cloned();
    Ok(found.or_else(|| known(&name)).unwrap_or_default())
}

fn set(context: &Context, name: &str, value: Value) -> Result<()> {
    let name = full(name)?;
    context.shared.note::<Set>().0.lock().insert(name, value);
    Ok(())
}

/// `pd.options`, `pd.options.display`
struct Options(&'static str);

static CLASS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("DictWrapper", "pandas", "Options by name.")));

/// `pd.options`
pub fn value() -> Value {
    Value::object(Options(""))
}

impl Object for Options {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<options{}{}>", if self.0.is_empty() { "" } else { " of " }, self.0)
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        match (self.0, name) {
            ("", "display") => Some(Ok(Value::object(Options("display")))),
            ("", "mode") => Some(Ok(Value::object(Options("mode")))),
            ("", "plotting") => Some(Ok(Value::object(Options("plotting")))),
            ("", "compute") => Some(Ok(Value::object(Options("compute")))),
            ("", "future") => Some(Ok(Value::object(Options("future")))),
            ("", _) => None,
            (part, name) => Some(get(context, &format!("{part}.{name}"))),
        }
    }

    fn set_attribute(&self, context: &Context, name: &str, value: Value) -> Option<Result<()>> {
        (!self.0.is_empty()).then(|| set(context, &format!("{}.{name}", self.0), value))
    }
}

builtins! {
    /// Sets an option. How frames are shown is fixed: it can be asked for, and changes nothing.
    fn set_option[context](/** Name and value, one after the other. */ args: Rest) -> Result<()> {
        if args.0.is_empty() || !args.0.len().is_multiple_of(2) {
            bail!("Must provide an even number of non-keyword arguments"; hint: "`pd.set_option(\"display.max_rows\", 100)`");
        }
        args.0.chunks(2).try_for_each(|pair| match pair {
            [Value::Str(name), value] => set(context, name, value.clone()),
            _ => bail!(TypeError: "the name of an option is a text"),
        })
    }

    /// What an option is set to.
    fn get_option[context](/** Its name. */ pat: String) -> Result<Value> { get(context, &pat) }

    /// Forgets what an option was set to.
    fn reset_option[context](/** Its name. */ pat: String) -> Result<()> {
        let name = full(&pat)?;
        context.shared.note::<Set>().0.lock().remove(&name);
        Ok(())
    }
}
