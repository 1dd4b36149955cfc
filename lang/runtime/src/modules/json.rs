//! `json`: values as text that other programs read, and back.

use super::json_read;
use crate::class;
use crate::context::Context;
use crate::error::{Kind, Result};
use crate::hash::address;
use crate::methods::dict::pairs;
use crate::show::number;
use crate::types::{dict_of, exception};
use crate::value::{HashKey, Value};
use crate::{Args, bail, builtins, operators};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    entries.push(("JSONDecodeError", Value::Class(exception(Kind::JSONDecodeError).clone())));
    entries
}

builtins! {
    /// The value that a text in JSON stands for.
    ///
    /// ```rdk
    /// import json
    /// json.loads('{"a": [1, 2.5, null, true]}')
    /// #> {'a': [1, 2.5, None, True]}
    /// ```
    fn loads(
        /// The text.
        s: Value,
    ) -> Result<Value> {
        match &s {
            Value::Str(text) => json_read::read(text),
            Value::Bytes(bytes) => json_read::read(&crate::methods::codec::Codec::Utf8Mark.decode(bytes, crate::methods::codec::OnError::Strict)?),
            other => bail!(TypeError: "the JSON object must be str or bytes, not {}", other.class().name; hint: "`json.load(file)` reads a file"),
        }
    }

    /// The value that a file in JSON stands for.
    fn load[context](
        /// An open file.
        fp: Value,
    ) -> Result<Value> {
        let read = operators::attribute(context, &fp, "read")?;
        json_read::read(&context.call(&read, Args::none())?.text())
    }

    /// A value as a text in JSON.
    ///
    /// ```rdk
    /// import json
    /// json.dumps({"b": [1, None], "a": "é"}), json.dumps({"b": 1, "a": 2}, sort_keys=True)
    /// #> ('{"b": [1, null], "a": "\\u00e9"}', '{"a": 2, "b": 1}')
    /// ```
    fn dumps[context](
        /// The value.
        obj: Value,
        /// How much inner lines are indented: a number of spaces, or text.
        indent: Option<Value>,
        /// Keys in alphabetical order?
        sort_keys: bool = false,
        /// What stands after items and after keys: `(",", ":")` is shortest.
        separators: Option<(String, String)>,
        /// Escape everything beyond ASCII?
        ensure_ascii: bool = true,
        /// Makes something else of a value that JSON does not know.
        default: Option<Value>,
        /// May there be `NaN` and `Infinity`?
        allow_nan: bool = true,
        /// Leave keys out that JSON does not know?
        skipkeys: bool = false,
    ) -> Result<String> {
        Writer::new(context, indent, sort_keys, separators, ensure_ascii, default, allow_nan, skipkeys).text(&obj)
    }

    /// Writes a value in JSON to a file.
    fn dump[context](
        /// The value.
        obj: Value,
        /// An open file.
        fp: Value,
        /// How much inner lines are indented: a number of spaces, or text.
        indent: Option<Value>,
        /// Keys in alphabetical order?
        sort_keys: bool = false,
        /// What stands after items and after keys.
        separators: Option<(String, String)>,
        /// Escape everything beyond ASCII?
        ensure_ascii: bool = true,
        /// Makes something else of a value that JSON does not know.
        default: Option<Value>,
    ) -> Result<()> {
        let text = Writer::new(context, indent, sort_keys, separators, ensure_ascii, default, true, false).text(&obj)?;
        crate::builtins::output::write_to(context, &fp, &text)
    }
}

impl crate::FromValue for (String, String) {
    fn expected() -> &'static str {
        "two texts"
    }

    fn from_value(value: &Value) -> Option<(String, String)> {
        match value.items()?.as_slice() {
            [Value::Str(a), Value::Str(b)] => Some((a.to_string(), b.to_string())),
            _ => None,
        }
    }
}

struct Writer<'a> {
    context: &'a Context,
    indent: Option<String>,
    sort_keys: bool,
    between: String,
    after_key: String,
    ascii: bool,
    default: Option<Value>,
    allow_nan: bool,
    skip_keys: bool,
    inside: Vec<usize>,
    out: String,
}

impl<'a> Writer<'a> {
    #[allow(clippy::too_many_arguments)]
    fn new(
        context: &'a Context,
        indent: Option<Value>,
        sort_keys: bool,
        separators: Option<(String, String)>,
        ascii: bool,
        default: Option<Value>,
        allow_nan: bool,
        skip_keys: bool,
    ) -> Writer<'a> {
        let indent = indent.map(|indent| match indent {
            Value::Int(n) => " ".repeat(n.clamp(0, 1000) as usize),
            other => other.text(),
        });
        let (between, after_key) =
            separators.unwrap_or_else(|| (if indent.is_some() { "," } else { ", " }.to_string(), ": ".to_string()));
        Writer {
            context,
            indent,
            sort_keys,
            between,
            after_key,
            ascii,
            default,
            allow_nan,
            skip_keys,
            inside: Vec::new(),
            out: String::new(),
        }
    }

    fn text(mut self, value: &Value) -> Result<String> {
        self.value(value)?;
        Ok(self.out)
    }

    fn value(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::None => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Int(_) | Value::BigInt(_) => self.out.push_str(&value.repr()),
            Value::Float(number) => {
                let text = self.float(*number)?;
                self.out.push_str(&text);
            }
            Value::Str(text) => self.string(text),
            Value::List(list) => return self.guarded(value, |writer| writer.items(&list.snapshot())),
            Value::Tuple(items) => return self.guarded(value, |writer| writer.items(items)),
            other => {
                if let Some(dict) = dict_of(other) {
                    let dict = Value::Dict(dict);
                    return self.guarded(&dict, |writer| writer.entries(&dict));
                }
                if let Some(items) = super::named_tuple_items(other) {
                    return self.items(&items);
                }
                return match (other.plain_number(), self.default.clone()) {
                    (Some(number), _) => self.value(&number),
                    (None, Some(default)) => {
                        let made = self.context.call(&default, Args::one(other.clone()))?;
                        self.guarded(other, |writer| writer.value(&made))
                    }
                    (None, None) => {
                        bail!(TypeError: "object of type {} is not JSON serializable", other.class().name; hint: "`default=str` writes it as text")
                    }
                };
            }
        }
        Ok(())
    }

    fn float(&self, value: f64) -> Result<String> {
        if value.is_finite() {
            return Ok(number::float(value));
        }
        if !self.allow_nan {
            bail!("out of range float values are not JSON compliant");
        }
        Ok(match number::special(value) {
            "nan" => "NaN".into(),
            "inf" => "Infinity".into(),
            _ => "-Infinity".into(),
        })
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\x08' => self.out.push_str("\\b"),
                '\x0c' => self.out.push_str("\\f"),
                c if u32::from(c) < 0x20 || (self.ascii && !(' '..='~').contains(&c)) => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        self.out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }

    fn guarded(&mut self, value: &Value, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let at = address(value);
        if self.inside.contains(&at) {
            bail!("circular reference detected");
        }
        self.inside.push(at);
        let result = stacker::maybe_grow(64 * 1024, 1024 * 1024, || write(self));
        self.inside.pop();
        result
    }

    fn line(&mut self) {
        if let Some(indent) = &self.indent {
            self.out.push('\n');
            for _ in 0..self.inside.len() {
                self.out.push_str(indent);
            }
        }
    }

    fn close(&mut self, bracket: char) {
        // The closing bracket stands where the line began that opened it.
        if let Some(indent) = &self.indent {
            self.out.push('\n');
            for _ in 1..self.inside.len() {
                self.out.push_str(indent);
            }
        }
        self.out.push(bracket);
    }

    fn items(&mut self, items: &[Value]) -> Result<()> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.out.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(&self.between);
            }
            self.line();
            self.value(item)?;
        }
        self.close(']');
        Ok(())
    }

    fn entries(&mut self, dict: &Value) -> Result<()> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        for (key, value) in pairs(self.context, dict)? {
            match self.key(&key)? {
                Some(key) => entries.push((key, value)),
                None => continue,
            }
        }
        if entries.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        if self.sort_keys {
            entries.sort_by(|a, b| a.0.cmp(&b.0));
        }
        self.out.push('{');
        for (at, (key, value)) in entries.iter().enumerate() {
            if at > 0 {
                self.out.push_str(&self.between);
            }
            self.line();
            self.string(key);
            self.out.push_str(&self.after_key);
            self.value(value)?;
        }
        self.close('}');
        Ok(())
    }

    fn key(&self, key: &HashKey) -> Result<Option<String>> {
        Ok(Some(match key.value() {
            Value::Str(text) => text.to_string(),
            Value::None => "null".into(),
            Value::Bool(flag) => if *flag { "true" } else { "false" }.into(),
            Value::Float(number) => self.float(*number)?,
            number @ (Value::Int(_) | Value::BigInt(_)) => number.repr(),
            _ if self.skip_keys => return Ok(None),
            other => bail!(TypeError: "keys must be str, int, float, bool or None, not {}", other.class().name),
        }))
    }
}
