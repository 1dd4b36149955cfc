//! `repr` and `str` of every value.

use std::cell::RefCell;
use std::fmt::Write;

use super::{number, quote};
use crate::class::Class;
use crate::error::{Error, Kind};
use crate::hash::address;
use crate::operators::set_order;
use crate::user;
use crate::value::{Slice, Value};

/// `repr(value)`
pub fn repr(value: &Value) -> String {
    match value {
        // The usual ones first, without a writer.
        Value::Str(text) => quote::text(text),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number::float(*number),
        other => {
            let mut writer = Writer::default();
            writer.value(other);
            writer.out
        }
    }
}

/// `str(value)`
pub fn text(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Exception(error) => error_text(error),
        Value::Object(object) => object.str(),
        Value::Lazy(lazy) => lazy.str(),
        other => repr(other),
    }
}

/// `str(error)`: the message alone.
pub fn error_text(error: &Error) -> String {
    if let Some(text) = user::own_text(error) {
        return text;
    }
    let Some(args) = &error.0.args else { return error.0.message.clone() };
    let os = error.0.kind.is(Kind::OSError);
    match args.as_slice() {
        [] => String::new(),
        [key] if error.0.kind == Kind::KeyError => repr(key),
        [only] => text(only),
        [number, message] if os => format!("[Errno {}] {}", text(number), text(message)),
        [number, message, path, ..] if os => format!("[Errno {}] {}: {}", text(number), text(message), repr(path)),
        _ => repr(&Value::tuple(args.iter().cloned())),
    }
}

/// `error.args`
pub fn error_args(error: &Error) -> Vec<Value> {
    match &error.0.args {
        Some(args) => args.clone(),
        None if error.0.message.is_empty() => Vec::new(),
        None => vec![Value::str(&error.0.message)],
    }
}

/// `ValueError('x')`
pub fn error_repr(error: &Error) -> String {
    let args: Vec<String> = error_args(error).iter().map(repr).collect();
    format!("{}({})", error.class_name(), args.join(", "))
}

/// `numpy.ndarray`; types of Python itself without a module.
pub fn full_name(class: &Class) -> String {
    if class.module.is_empty() { class.name.to_string() } else { format!("{}.{}", class.module, class.name) }
}

/// `0x7f…`
pub fn place(value: &Value) -> String {
    format!("{:#x}", address(value))
}

thread_local! {
    /// The containers that are being shown on this thread, outermost first.
    static INSIDE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Shows a container, or a mark if it is inside itself. Objects that hold values show themselves through this too.
pub fn guarded(address: usize, cycle: &str, show: impl FnOnce() -> String) -> String {
    if INSIDE.with_borrow(|inside| inside.contains(&address)) {
        return cycle.to_string();
    }
    INSIDE.with_borrow_mut(|inside| inside.push(address));
    let shown = stacker::maybe_grow(64 * 1024, 1024 * 1024, show);
    INSIDE.with_borrow_mut(|inside| inside.pop());
    shown
}

/// `a, b, c`
pub fn joined(items: &[Value]) -> String {
    let mut writer = Writer::default();
    writer.items("", items, "");
    writer.out
}

/// Writes values.
#[derive(Default)]
struct Writer {
    out: String,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.out.push_str("None"),
            Value::Ellipsis => self.out.push_str("Ellipsis"),
            Value::Bool(true) => self.out.push_str("True"),
            Value::Bool(false) => self.out.push_str("False"),
            Value::Int(number) => self.show(number),
            Value::BigInt(number) => self.out.push_str(&number::big(number)),
            Value::Float(number) => self.out.push_str(&number::float(*number)),
            Value::Complex(number) => self.out.push_str(&number::complex(*number)),
            Value::Str(text) => self.out.push_str(&quote::text(text)),
            Value::Bytes(bytes) => self.out.push_str(&quote::bytes(bytes)),
            Value::List(list) => {
                let items = list.snapshot();
                self.guarded(value, "[...]", |writer| writer.items("[", &items, "]"));
            }
            Value::Tuple(items) => {
                let close = if items.len() == 1 { ",)" } else { ")" };
                self.guarded(value, "(...)", |writer| writer.items("(", items, close));
            }
            Value::Dict(dict) => {
                let pairs: Vec<(Value, Value)> =
                    dict.0.lock().iter().map(|(key, value)| (key.0.clone(), value.clone())).collect();
                self.guarded(value, "{...}", |writer| writer.pairs(&pairs));
            }
            Value::Set(set) => {
                let items = set_order::members(&set.items.lock());
                let cycle = if set.frozen { "frozenset(...)" } else { "set(...)" };
                self.guarded(value, cycle, |writer| match (set.frozen, items.is_empty()) {
                    (false, true) => writer.out.push_str("set()"),
                    (true, true) => writer.out.push_str("frozenset()"),
                    (false, false) => writer.items("{", &items, "}"),
                    (true, false) => writer.items("frozenset({", &items, "})"),
                });
            }
            Value::Range(range) => {
                let _ = match range.step {
                    1 => write!(self.out, "range({}, {})", range.start, range.stop),
                    step => write!(self.out, "range({}, {}, {step})", range.start, range.stop),
                };
            }
            Value::Slice(slice) => {
                let Slice { start, stop, step } = &**slice;
                self.items("slice(", &[start.clone(), stop.clone(), step.clone()], ")");
            }
            Value::Function(function) => {
                let name = function.name();
                self.show(format_args!("<function {name} at {}>", place(value)));
            }
            Value::Builtin(builtin) => self.show(format_args!("<built-in function {}>", builtin.name)),
            Value::Method(method) => {
                let (class, at) = (method.receiver.class(), place(&method.receiver));
                self.show(format_args!(
                    "<built-in method {} of {} object at {at}>",
                    method.builtin.name,
                    full_name(&class)
                ));
            }
            Value::Module(module) => self.show(format_args!("<module '{}' (built-in)>", module.name)),
            Value::Class(class) => self.show(format_args!("<class '{}'>", full_name(class))),
            Value::Exception(error) => self.out.push_str(&error_repr(error)),
            Value::Iter(iter) if iter.name == "generator" => {
                self.show(format_args!("<generator object <genexpr> at {}>", place(value)));
            }
            Value::Iter(iter) => self.show(format_args!("<{} object at {}>", iter.name, place(value))),
            Value::Object(object) => self.out.push_str(&object.repr()),
            Value::Lazy(lazy) => self.out.push_str(&lazy.repr()),
        }
    }

    fn show(&mut self, what: impl std::fmt::Display) {
        let _ = write!(self.out, "{what}");
    }

    /// Writes a container, or a mark if we are inside it already.
    fn guarded(&mut self, value: &Value, cycle: &str, write: impl FnOnce(&mut Writer)) {
        let shown = guarded(address(value), cycle, || {
            let mut inner = Writer::default();
            write(&mut inner);
            inner.out
        });
        self.out.push_str(&shown);
    }

    fn items(&mut self, open: &str, items: &[Value], close: &str) {
        self.out.push_str(open);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.value(item);
        }
        self.out.push_str(close);
    }

    fn pairs(&mut self, pairs: &[(Value, Value)]) {
        self.out.push('{');
        for (at, (key, value)) in pairs.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.value(key);
            self.out.push_str(": ");
            self.value(value);
        }
        self.out.push('}');
    }
}
