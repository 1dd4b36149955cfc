//! `sys`: what is running, and where.

use std::sync::{Arc, LazyLock};

use super::named_tuple::NamedTuple;
use crate::class::{self, Class, ClassRef};
use crate::context::{Context, Stream};
use crate::convert::FromValue;
use crate::error::{Kind, Result};
use crate::object::Object;
use crate::types::{raised, types};
use crate::value::Value;
use crate::{bail, builtins};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    let version = concat!("3.11.0 (rdk ", env!("CARGO_PKG_VERSION"), ")");
    let platform = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let fields = ["major", "minor", "micro", "releaselevel", "serial"];
    let numbers = vec![3.into(), 11.into(), 0.into(), "final".into(), 0.into()];
    let executable = std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    entries.extend([
        ("version", Value::str(version)),
        ("version_info", NamedTuple::new("sys.version_info", &fields, numbers)),
        ("platform", Value::str(platform)),
        ("byteorder", Value::str(if cfg!(target_endian = "little") { "little" } else { "big" })),
        ("maxsize", Value::Int(i64::MAX)),
        ("executable", Value::from(executable)),
        ("argv", Value::list([Value::str("")])),
        ("path", Value::list([Value::str("")])),
        ("modules", Value::dict(std::iter::empty::<(&str, Value)>())),
        ("stdout", Value::object(Screen(Stream::Out))),
        ("stderr", Value::object(Screen(Stream::Err))),
    ]);
    entries
}

builtins! {
    /// Ends the program.
    fn exit(
        /// 0 if all went well, another number or a message if not.
        status: Option<Value>,
    ) -> Result<()> { Err(raised(Kind::SystemExit, status.into_iter().collect())) }

    /// How many bytes of memory a value takes, without those that it refers to.
    fn getsizeof(
        /// Any value.
        object: Value,
    ) -> usize { size(&object) }

    /// How deep calls may be nested.
    fn getrecursionlimit() -> usize { crate::context::RECURSION_LIMIT }

    /// The encoding of text; always UTF-8.
    fn getdefaultencoding() -> &'static str { "utf-8" }
}

fn size(value: &Value) -> usize {
    let slot = size_of::<Value>();
    match value {
        Value::BigInt(number) => 24 + number.bits().div_ceil(64) as usize * 8,
        Value::Str(text) => slot + 16 + text.len(),
        Value::Bytes(bytes) => slot + 16 + bytes.len(),
        Value::List(list) => slot + 40 + list.0.lock().capacity() * slot,
        Value::Tuple(items) => slot + 16 + items.len() * slot,
        Value::Dict(dict) => slot + 64 + dict.0.lock().capacity() * (2 * slot + 16),
        Value::Set(set) => slot + 64 + set.items.lock().capacity() * (slot + 16),
        Value::Range(_) => slot + 40,
        Value::Slice(_) => slot * 4 + 16,
        Value::Object(object) => object.n_bytes(),
        Value::Lazy(lazy) => lazy.n_bytes(),
        Value::None
        | Value::Ellipsis
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Complex(_)
        | Value::Function(_)
        | Value::Builtin(_)
        | Value::Method(_)
        | Value::Module(_)
        | Value::Class(_)
        | Value::Exception(_)
        | Value::Iter(_) => slot,
    }
}

/// `sys.stdout`, `sys.stderr`
#[derive(Clone, Copy)]
struct Screen(Stream);

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("TextIOWrapper", "_io", "What is shown on the screen.").base(types().object.clone());
    Arc::new(class.methods(methods::builtins()))
});

impl Object for Screen {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let name = if self.0 == Stream::Out { "stdout" } else { "stderr" };
        format!("<_io.TextIOWrapper name='<{name}>' mode='w' encoding='utf-8'>")
    }
}

impl FromValue for Screen {
    fn expected() -> &'static str {
        "sys.stdout or sys.stderr"
    }

    fn from_value(value: &Value) -> Option<Screen> {
        value.get::<Screen>().copied()
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Shows text; gives how many characters.
        ///
        /// ```rdk
        /// import sys
        /// n = sys.stdout.write("hello\n")
        /// #> hello
        /// ```
        fn write[context](
            this: Screen,
            /// The text.
            text: Value,
        ) -> Result<usize> { write(context, this, &text) }

        /// Shows what has been held back: nothing ever is.
        fn flush(this: Screen) { let _ = this; }

        /// Is it a terminal?
        fn isatty(this: Screen) -> bool {
            use std::io::IsTerminal;
            if this.0 == Stream::Out { std::io::stdout().is_terminal() } else { std::io::stderr().is_terminal() }
        }
    }

    fn write(context: &Context, screen: Screen, text: &Value) -> Result<usize> {
        let Value::Str(text) = text else {
            bail!(TypeError: "write() argument must be str, not {}", text.class().name; hint: "`str(x)` makes text")
        };
        context.shared.output.write(screen.0, text);
        Ok(text.chars().count())
    }
}
