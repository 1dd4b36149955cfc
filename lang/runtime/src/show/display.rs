//! What a cell shows of its value: `repr`, but long containers take a line per item, and functions show their parameters.

use std::cmp::Ordering;

use rdk_summary::Summary;
use rdk_syntax::tree::ParamKind;

use super::printer::Printer;
use super::repr::full_name;
use super::{repr, text};
use crate::builtin::{Args, Builtin};
use crate::function::Function;
use crate::hash::address;
use crate::user::{Instance, default_repr, has_own_repr};
use crate::value::Value;

/// Columns; IPython's.
const WIDTH: usize = 79;
/// How many items of a container are shown.
const MAX_ITEMS: usize = 1000;

/// What a cell shows of its value.
pub fn summary(value: &Value) -> Summary {
    match value {
        Value::Object(object) if object.as_call().is_none() => object.summary(),
        Value::Lazy(lazy) => lazy.summary(),
        other => Summary::Text(display(other)),
    }
}

/// The same as text, without looking at what summaries objects have of their own.
pub fn display(value: &Value) -> String {
    display_within(value, WIDTH)
}

/// In lines of this width.
pub fn display_within(value: &Value, width: usize) -> String {
    let mut display = Display { printer: Printer::new(width), inside: Vec::new() };
    display.value(value);
    display.printer.finish()
}

struct Display {
    printer: Printer,
    inside: Vec<usize>,
}

impl Display {
    fn value(&mut self, value: &Value) {
        let at = address(value);
        let cycle = at != 0 && self.inside.contains(&at);
        self.inside.push(at);
        self.printer.begin(0, "");
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.inner(value, cycle));
        self.printer.end(0, "");
        self.inside.pop();
    }

    fn inner(&mut self, value: &Value, cycle: bool) {
        match value {
            Value::List(_) if cycle => self.printer.text("[...]"),
            Value::Dict(_) if cycle => self.printer.text("{...}"),
            Value::List(list) => self.items("[", list.snapshot(), "]"),
            Value::Tuple(items) => {
                let close = if items.len() == 1 { ",)" } else { ")" };
                self.items("(", items.to_vec(), close);
            }
            Value::Set(set) => {
                let items: Vec<Value> = set.items.lock().iter().map(|key| key.0.clone()).collect();
                let (open, close) = if set.frozen { ("frozenset({", "})") } else { ("{", "}") };
                if items.is_empty() {
                    self.printer.text(if set.frozen { "frozenset()" } else { "set()" });
                } else {
                    self.items(open, sorted(items), close);
                }
            }
            Value::Dict(dict) => {
                let pairs: Vec<(Value, Value)> =
                    dict.0.lock().iter().map(|(key, value)| (key.0.clone(), value.clone())).collect();
                self.pairs(pairs);
            }
            Value::Function(function) => {
                self.printer.text(&format!("<function __main__.{}{}>", function.name(), signature(function)))
            }
            Value::Builtin(builtin) => self.printer.text(&format!("<function {}>", builtin.signature())),
            Value::Method(method) => {
                let class = method.receiver.class();
                self.printer.text(&format!("<function {}.{}>", class.name, bound_signature(&method.builtin)));
            }
            Value::Class(class) => self.printer.text(&full_name(class)),
            Value::Exception(error) => {
                let args = Args::of(super::repr::error_args(error));
                self.call(error.class_name(), args);
            }
            Value::Object(object) => match object.as_call() {
                Some((name, _)) if cycle => self.printer.text(&format!("{name}(...)")),
                Some((name, args)) => self.call(&name, args),
                None => match value.get::<Instance>() {
                    // As IPython: shorter than `repr`.
                    Some(instance) if !has_own_repr(instance) => {
                        self.printer.text(&default_repr(instance).replacen(" object at ", " at ", 1));
                    }
                    Some(_) | None => self.lines(&object.repr()),
                },
            },
            Value::Iter(iter) if iter.name != "generator" => {
                self.printer.text(&format!("<{} at {}>", iter.name, super::repr::place(value)));
            }
            other => self.lines(&repr(other)),
        }
    }

    /// Text of several lines is indented to where it begins.
    fn lines(&mut self, text: &str) {
        for (at, line) in text.lines().enumerate() {
            if at > 0 {
                self.printer.line_break();
            }
            self.printer.text(line);
        }
    }

    fn items(&mut self, open: &str, items: Vec<Value>, close: &str) {
        let indent = open.len();
        self.printer.begin(indent, open);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.printer.text(",");
                self.printer.breakable();
            }
            if at == MAX_ITEMS {
                self.printer.text("...");
                break;
            }
            self.value(item);
        }
        let close = match close.strip_prefix(',') {
            Some(close) => {
                self.printer.text(",");
                close
            }
            None => close,
        };
        self.printer.end(indent, close);
    }

    fn pairs(&mut self, pairs: Vec<(Value, Value)>) {
        self.printer.begin(1, "{");
        for (at, (key, value)) in pairs.iter().enumerate() {
            if at > 0 {
                self.printer.text(",");
                self.printer.breakable();
            }
            if at == MAX_ITEMS {
                self.printer.text("...");
                break;
            }
            self.value(key);
            self.printer.text(": ");
            self.value(value);
        }
        self.printer.end(1, "}");
    }

    fn call(&mut self, name: &str, args: Args) {
        let open = format!("{name}(");
        let indent = open.chars().count();
        self.printer.begin(indent, &open);
        let mut first = true;
        for item in &args.positional {
            self.separate(&mut first);
            self.value(item);
        }
        for (name, value) in &args.keywords {
            self.separate(&mut first);
            let prefix = format!("{name}=");
            let indent = prefix.chars().count();
            self.printer.begin(indent, &prefix);
            self.value(value);
            self.printer.end(indent, "");
        }
        self.printer.end(indent, ")");
    }

    fn separate(&mut self, first: &mut bool) {
        if !std::mem::replace(first, false) {
            self.printer.text(",");
            self.printer.breakable();
        }
    }
}

/// A set's members in order where they have one, else by their text.
fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    if items.len() >= MAX_ITEMS {
        return items;
    }
    let comparable = items.windows(2).all(|pair| order(&pair[0], &pair[1]).is_some())
        && items.iter().all(|item| items.first().is_none_or(|first| order(first, item).is_some()));
    if comparable {
        items.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
    } else {
        items.sort_by_cached_key(text);
    }
    items
}

/// The order of two plain values, where Python has one.
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::BigInt(a), Value::BigInt(b)) => Some(a.cmp(b)),
        (Value::Tuple(a), Value::Tuple(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match order(a, b)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        (Value::Object(_) | Value::Lazy(_), _) | (_, Value::Object(_) | Value::Lazy(_)) => None,
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// `(x, y=1, *args)`: the parameters of a function with their defaults as they are now.
pub fn signature(function: &Function) -> String {
    // A function around another one is called as that one is.
    if let Some(Value::Function(inner)) = function.attribute("__wrapped__")
        && !std::ptr::eq(&*inner, function)
    {
        return signature(&inner);
    }
    let params = &function.def.params;
    let mut parts: Vec<String> = Vec::with_capacity(params.len());
    for (at, param) in params.iter().enumerate() {
        let default = function.defaults.get(at).and_then(Option::as_ref);
        let before = at.checked_sub(1).map(|before| params[before].kind);
        if before == Some(ParamKind::PositionalOnly) && param.kind != ParamKind::PositionalOnly {
            parts.push("/".into());
        }
        let starred = matches!(before, Some(ParamKind::Rest | ParamKind::KeywordOnly));
        if param.kind == ParamKind::KeywordOnly && !starred {
            parts.push("*".into());
        }
        let star = match param.kind {
            ParamKind::Rest => "*",
            ParamKind::KeywordRest => "**",
            ParamKind::PositionalOnly | ParamKind::Normal | ParamKind::KeywordOnly => "",
        };
        parts.push(match default {
            Some(default) => format!("{star}{}={}", param.name, repr(default)),
            None => format!("{star}{}", param.name),
        });
    }
    if params.last().is_some_and(|param| param.kind == ParamKind::PositionalOnly) {
        parts.push("/".into());
    }
    format!("({})", parts.join(", "))
}

/// A method's signature, its receiver left off.
pub fn bound_signature(method: &Builtin) -> String {
    let signature = method.signature();
    match signature.split_once("(self") {
        Some((name, rest)) => format!("{name}({}", rest.strip_prefix(", ").unwrap_or(rest)),
        None => signature,
    }
}
