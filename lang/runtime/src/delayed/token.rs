//! Tokens of values: equal values, equal token; how pure calls are found to be equal.

use rdk_graph::Token;

use super::capture::Captured;
use super::node::Input;
use super::operation::Callee;
use super::template::Part;
use crate::function::Function;
use crate::value::{Name, Value};

/// A token that is equal for equal values; `None` if the value has none: a generator, an open file.
pub fn token_of(value: &Value) -> Option<Token> {
    let mut digest = Digest::default();
    digest.value(value)?;
    Some(digest.token())
}

/// A token of a call.
pub(crate) fn token_of_call(
    callee: &Callee,
    args: &[Part],
    keywords: &[(Name, Part)],
    inputs: &[Input],
) -> Option<Token> {
    let mut digest = Digest::default();
    match callee {
        Callee::Function(captured) => digest.captured(captured)?,
        Callee::Value(value) => digest.tag(1).value(value)?,
        Callee::First => digest.tag(2).done(),
        Callee::Binary(op) => digest.tag(3).text(op.symbol()),
        Callee::Unary(op) => digest.tag(4).text(op.symbol()),
        Callee::Compare(op) => digest.tag(5).text(op.symbol()),
        Callee::Attribute(name) => digest.tag(6).text(name),
        Callee::Method(name) => digest.tag(7).text(name),
        Callee::Item => digest.tag(8).done(),
        Callee::Same => digest.tag(9).done(),
    }
    for part in args {
        digest.part(part, inputs)?;
    }
    for (name, part) in keywords {
        digest.text(name);
        digest.part(part, inputs)?;
    }
    Some(digest.token())
}

/// What a token is made of.
#[derive(Default)]
struct Digest {
    bytes: Vec<u8>,
    /// Functions and containers that are being looked at, by address: they may lead back to themselves.
    open: Vec<usize>,
}

impl Digest {
    fn token(&self) -> Token {
        Token::of(&self.bytes)
    }

    fn tag(&mut self, tag: u8) -> &mut Digest {
        self.bytes.push(tag);
        self
    }

    fn done(&mut self) {}

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn part(&mut self, part: &Part, inputs: &[Input]) -> Option<()> {
        match part {
            Part::Value(value) => self.tag(20).value(value)?,
            Part::Function(captured) => self.captured(captured)?,
            Part::Input(at) => {
                let token = inputs.get(*at)?.token();
                self.tag(21).number(token.0[0]);
                self.number(token.0[1]);
            }
            Part::List(parts) | Part::Tuple(parts) | Part::Set(parts) => {
                self.tag(match part {
                    Part::List(_) => 22,
                    Part::Tuple(_) => 23,
                    _ => 24,
                });
                self.number(parts.len() as u64);
                parts.iter().try_for_each(|part| self.part(part, inputs))?;
            }
            Part::Dict(entries) => {
                self.tag(25).number(entries.len() as u64);
                for (key, value) in entries {
                    self.part(key, inputs)?;
                    self.part(value, inputs)?;
                }
            }
            Part::Slice(parts) => {
                self.tag(26);
                parts.iter().try_for_each(|part| self.part(part, inputs))?;
            }
        }
        Some(())
    }

    fn captured(&mut self, captured: &Captured) -> Option<()> {
        let token = *captured.token.get_or_init(|| {
            let mut digest = Digest::default();
            digest.function(captured.function())?;
            Some(digest.token())
        });
        let token = token?;
        self.tag(30).number(token.0[0]);
        self.number(token.0[1]);
        Some(())
    }

    /// A function is its text and what it reads.
    fn function(&mut self, function: &Function) -> Option<()> {
        let def = &*function.def;
        self.tag(31).text(def.source.slice(def.span));
        let address = std::ptr::from_ref(def) as usize;
        if self.open.contains(&address) {
            return Some(());
        }
        self.open.push(address);
        for default in function.defaults.iter().flatten() {
            self.value(default)?;
        }
        for cell in &function.captures {
            let value = cell.lock().clone();
            match value {
                Some(value) => self.value(&value)?,
                None => self.tag(32).done(),
            }
        }
        for name in &def.globals {
            self.text(name);
            match function.globals.global(name).get() {
                Some(value) => self.value(&value)?,
                None => self.tag(33).done(),
            }
        }
        self.open.pop();
        Some(())
    }

    fn all(&mut self, address: usize, values: &[Value]) -> Option<()> {
        if self.open.contains(&address) || self.open.len() > 200 {
            return None;
        }
        self.open.push(address);
        self.number(values.len() as u64);
        values.iter().try_for_each(|value| self.value(value))?;
        self.open.pop();
        Some(())
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        let address = crate::hash::address(value);
        match value {
            Value::None => self.tag(40).done(),
            Value::Ellipsis => self.tag(41).done(),
            Value::Bool(flag) => self.tag(42).number(u64::from(*flag)),
            Value::Int(n) => self.tag(43).number(*n as u64),
            Value::BigInt(n) => self.tag(44).text(&n.to_string()),
            Value::Float(n) if n.is_nan() => self.tag(45).number(f64::NAN.to_bits()),
            Value::Float(n) => self.tag(45).number(n.to_bits()),
            Value::Complex(n) => {
                self.tag(46).number(n.re.to_bits());
                self.number(n.im.to_bits());
            }
            Value::Str(text) => self.tag(47).text(text),
            Value::Bytes(bytes) => {
                self.tag(48).number(bytes.len() as u64);
                self.bytes.extend_from_slice(bytes);
            }
            Value::List(list) => self.tag(49).all(address, &list.snapshot())?,
            Value::Tuple(items) => self.tag(50).all(address, items)?,
            Value::Set(set) => {
                // The order of insertion does not matter for a set.
                let members: Vec<Value> = set.items.lock().iter().map(|key| key.value().clone()).collect();
                let mut tokens = members.iter().map(token_of).collect::<Option<Vec<Token>>>()?;
                tokens.sort();
                self.tag(51).number(tokens.len() as u64);
                for token in tokens {
                    self.number(token.0[0]);
                    self.number(token.0[1]);
                }
            }
            Value::Dict(dict) => {
                let entries: Vec<Value> =
                    dict.0.lock().iter().flat_map(|(key, value)| [key.value().clone(), value.clone()]).collect();
                self.tag(52).all(address, &entries)?;
            }
            Value::Range(range) => {
                self.tag(53).number(range.start as u64);
                self.number(range.stop as u64);
                self.number(range.step as u64);
            }
            Value::Slice(slice) => {
                let ends = [slice.start.clone(), slice.stop.clone(), slice.step.clone()];
                self.tag(54).all(address, &ends)?;
            }
            Value::Function(function) => self.function(function)?,
            // What comes with rdk is there once and stays where it is.
            Value::Builtin(builtin) => {
                self.tag(55).text(builtin.name);
                self.number(address as u64);
            }
            Value::Method(method) => {
                self.tag(56).text(method.builtin.name);
                self.value(&method.receiver)?;
            }
            Value::Module(module) => self.tag(57).text(module.name),
            // What a class written in rdk does may change without its name.
            Value::Class(class) if class.own.is_some() => return None,
            Value::Class(class) => {
                self.tag(58).text(class.module);
                self.text(class.name);
            }
            Value::Exception(error) if error.0.own.is_some() => return None,
            Value::Exception(error) => {
                self.tag(59).text(error.0.kind.name());
                self.text(&error.0.message);
            }
            Value::Object(object) => {
                let (kind, bytes) = object.travel().ok()?;
                self.tag(60).text(kind);
                self.number(bytes.len() as u64);
                self.bytes.extend_from_slice(&bytes);
            }
            Value::Lazy(lazy) => self.tag(61).text(&lazy.key()),
            Value::Iter(_) => return None,
        }
        Some(())
    }
}
