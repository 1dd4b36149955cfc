//! Values to pieces.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::known;
use super::packed::{Packed, PackedClass, PackedFunction, Parcel};
use crate::class::ClassRef;
use crate::context::Globals;
use crate::delayed::operation::{CallFunction, Callee};
use crate::delayed::template::Part;
use crate::error::{Error, Result};
use crate::function::{CellRef, Function};
use crate::hash::address;
use crate::user::{self, Bound, Instance, dataclass};
use crate::value::Value;
use crate::{bail, error};

/// The value as bytes.
pub(super) fn pack(value: &Value) -> Result<Vec<u8>> {
    let mut packing = Packing::default();
    let root = packing.value(value)?;
    packing.finish(root)
}

/// A call as bytes: what is done, with what, and where inputs are put in.
pub(crate) fn pack_call(call: &CallFunction) -> Result<Vec<u8>> {
    let mut packing = Packing::default();
    let mut pieces = Vec::new();
    pieces.push(packing.text(&call.name));
    let (what, with) = match &call.callee {
        Callee::Function(captured) => ("call", packing.value(&Value::Function(captured.function().clone()))?),
        Callee::Value(value) => ("call", packing.value(value)?),
        Callee::First => ("first", packing.text("")),
        Callee::Binary(op) => ("binary", packing.text(op.symbol())),
        Callee::Unary(op) => ("unary", packing.text(op.symbol())),
        Callee::Compare(op) => ("compare", packing.text(op.symbol())),
        Callee::Attribute(name) => ("attribute", packing.text(name)),
        Callee::Method(name) => ("method", packing.text(name)),
        Callee::Item => ("item", packing.text("")),
        Callee::Same => ("same", packing.text("")),
    };
    pieces.push(packing.text(what));
    pieces.push(with);
    for part in &call.args {
        pieces.push(packing.part(part)?);
    }
    for (name, part) in &call.keywords {
        let name = packing.text(name);
        let part = packing.part(part)?;
        pieces.push(packing.push(Packed::Tuple(vec![name, part])));
    }
    let root = packing.push(Packed::Tuple(pieces));
    packing.finish(root)
}

#[derive(Default)]
struct Packing {
    pieces: Vec<Packed>,
    /// Where shared things are, by address.
    done: FxHashMap<usize, u32>,
    /// Kept, so that no address is used twice.
    alive: Vec<Value>,
    /// Names on the way to what is packed now, for the message if it cannot travel.
    path: Vec<String>,
    /// Functions whose attributes are being packed.
    dressing: Vec<usize>,
}

impl Packing {
    fn finish(self, root: u32) -> Result<Vec<u8>> {
        let parcel = Parcel { pieces: self.pieces, root };
        postcard::to_stdvec(&parcel)
            .map_err(|failure| error!(RuntimeError: "internal error: cannot pack a value: {failure}"))
    }

    fn push(&mut self, piece: Packed) -> u32 {
        self.pieces.push(piece);
        self.pieces.len() as u32 - 1
    }

    fn text(&mut self, text: &str) -> u32 {
        self.push(Packed::Str(text.into()))
    }

    /// A place for something that may contain itself.
    fn reserve(&mut self, address: usize) -> u32 {
        let at = self.push(Packed::None);
        self.done.insert(address, at);
        at
    }

    fn all(&mut self, values: &[Value]) -> Result<Vec<u32>> {
        values.iter().map(|value| self.value(value)).collect()
    }

    fn value(&mut self, value: &Value) -> Result<u32> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.value_here(value))
    }

    fn value_here(&mut self, value: &Value) -> Result<u32> {
        let address = address(value);
        if address != 0 {
            if let Some(&at) = self.done.get(&address) {
                return Ok(at);
            }
            self.alive.push(value.clone());
        }
        let piece = match value {
            Value::None => Packed::None,
            Value::Ellipsis => Packed::Ellipsis,
            Value::Bool(flag) => Packed::Bool(*flag),
            Value::Int(n) => Packed::Int(*n),
            Value::BigInt(n) => Packed::Big(n.to_signed_bytes_le()),
            Value::Float(n) => Packed::Float(*n),
            Value::Complex(n) => Packed::Complex(n.re, n.im),
            Value::Str(text) => Packed::Str(text.to_string()),
            Value::Bytes(bytes) => Packed::Bytes(bytes.to_vec()),
            Value::Range(range) => Packed::Range(range.start, range.stop, range.step),
            Value::List(list) => {
                let at = self.reserve(address);
                let items = self.all(&list.snapshot())?;
                self.pieces[at as usize] = Packed::List(items);
                return Ok(at);
            }
            Value::Dict(dict) => {
                let at = self.reserve(address);
                let entries: Vec<(Value, Value)> =
                    dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
                let mut packed = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    packed.push((self.value(&key)?, self.value(&value)?));
                }
                self.pieces[at as usize] = Packed::Dict(packed);
                return Ok(at);
            }
            Value::Set(set) => {
                let members: Vec<Value> = set.items.lock().iter().map(|key| key.value().clone()).collect();
                Packed::Set { frozen: set.frozen, members: self.all(&members)? }
            }
            Value::Tuple(items) => Packed::Tuple(self.all(items)?),
            Value::Slice(slice) => {
                let (start, stop) = (self.value(&slice.start)?, self.value(&slice.stop)?);
                Packed::Slice(start, stop, self.value(&slice.step)?)
            }
            Value::Function(function) => Packed::Function(Box::new(self.function(function)?)),
            Value::Builtin(builtin) => match known::name_of(value) {
                Some(piece) => piece,
                None => return Err(self.refused(&format!("the function `{}`", builtin.name))),
            },
            Value::Method(method) => {
                Packed::Method { receiver: self.value(&method.receiver)?, name: method.builtin.name.into() }
            }
            Value::Module(module) => Packed::Module(module.name.into()),
            Value::Class(class) if class.own.is_some() => return self.class(class, address),
            Value::Class(class) => match (class.exception, known::name_of(value)) {
                (Some(kind), _) => Packed::ExceptionClass(kind.name().into()),
                (None, Some(piece)) => piece,
                (None, None) => return Err(self.refused(&format!("the class `{}`", class.name))),
            },
            Value::Exception(error) => Packed::Exception {
                kind: error.0.kind.name().into(),
                message: error.0.message.clone(),
                hints: error.0.hints.clone(),
                args: match &error.0.args {
                    Some(args) => Some(self.all(args)?),
                    None => None,
                },
                own: match &error.0.own {
                    Some(instance) => Some(self.value(&Value::Object(instance.clone()))?),
                    None => None,
                },
            },
            Value::Object(_) if value.get::<Instance>().is_some() => {
                let Some(instance) = value.get::<Instance>() else { return Err(self.refused("an instance")) };
                let class = self.value(&Value::Class(instance.class.clone()))?;
                let at = self.reserve(address);
                let fields = instance.fields.lock().clone();
                self.pieces[at as usize] = Packed::Instance(class, self.named(fields)?);
                return Ok(at);
            }
            Value::Object(_) if value.get::<Bound>().is_some() => {
                let Some(bound) = value.get::<Bound>() else { return Err(self.refused("a method")) };
                Packed::Bound(self.value(&bound.receiver)?, self.value(&bound.function)?)
            }
            Value::Object(_) if user::parts(value).is_some() => {
                let (word, parts) = user::parts(value).unwrap_or_default();
                Packed::Descriptor(word.into(), self.all(&parts)?)
            }
            Value::Object(object) => match object.travel() {
                Ok((kind, bytes)) => Packed::Object { kind: kind.into(), bytes },
                Err(error) => match known::name_of(value) {
                    Some(piece) => piece,
                    None => return Err(self.located(error)),
                },
            },
            Value::Lazy(lazy) => match lazy.travel() {
                Ok((kind, bytes)) => Packed::Object { kind: kind.into(), bytes },
                Err(error) => return Err(self.located(error)),
            },
            Value::Iter(iter) => {
                return Err(self.refused(&format!("a {}", iter.name)).hint("`list(…)` keeps its items"));
            }
        };
        // A function may have met itself in one of its own outer variables.
        if let Some(&at) = self.done.get(&address).filter(|_| address != 0) {
            return Ok(at);
        }
        let at = self.push(piece);
        if address != 0 {
            self.done.insert(address, at);
        }
        Ok(at)
    }

    fn named(&mut self, members: user::Members) -> Result<Vec<(String, u32)>> {
        let mut packed = Vec::with_capacity(members.len());
        for (name, value) in members {
            self.path.push(name.to_string());
            packed.push((name.to_string(), self.value(&value)?));
            self.path.pop();
        }
        Ok(packed)
    }

    /// A class: its bases come before it, so that it can be made empty; its methods may lead back to it.
    fn class(&mut self, class: &ClassRef, address: usize) -> Result<u32> {
        let Some(own) = &class.own else { return Err(self.refused("a class")) };
        let bases = own.bases.iter().cloned().map(Value::Class).collect::<Vec<Value>>();
        let bases = self.all(&bases)?;
        let at = self.reserve(address);
        let mut members = own.members.lock().clone();
        members.extend(dataclass::specs(class));
        let members = self.named(members)?;
        self.pieces[at as usize] = Packed::Class(Box::new(PackedClass {
            name: class.name.into(),
            doc: class.doc.into(),
            bases,
            members,
            annotations: own.annotations.iter().map(|name| name.to_string()).collect(),
            options: dataclass::options(class),
        }));
        Ok(at)
    }

    fn refused(&self, what: &str) -> Error {
        self.located(error!(TypeError: "{what} cannot be sent to another process"))
    }

    /// The error with the name of the variable that holds what cannot travel.
    fn located(&self, mut error: Error) -> Error {
        if let Some(name) = self.path.last() {
            error.0.message = format!("`{name}`: {}", error.0.message);
        }
        error
    }

    fn function(&mut self, function: &Arc<Function>) -> Result<PackedFunction> {
        let def = &*function.def;
        let text = def.source.slice(def.span).to_string();
        if text.is_empty() {
            bail!(RuntimeError: "internal error: the text of `{}` is not there", def.name);
        }
        let before = &def.source.text[..def.span.start as usize];
        let line = before.rsplit('\n').next().unwrap_or("");
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let mut captures = Vec::with_capacity(def.captures.len());
        for (variable, cell) in def.captures.iter().zip(&function.captures) {
            self.path.push(variable.name.to_string());
            captures.push((variable.name.to_string(), self.cell(cell)?));
            self.path.pop();
        }
        let mut defaults = Vec::with_capacity(function.defaults.len());
        for default in &function.defaults {
            defaults.push(match default {
                Some(default) => Some(self.value(default)?),
                None => None,
            });
        }
        let globals = self.globals(&function.globals, &def.globals)?;
        let attached = function.attributes.lock().clone();
        let mut attributes = Vec::with_capacity(attached.len());
        self.dressing.push(Arc::as_ptr(function) as usize);
        for (name, value) in attached {
            // Functions that are attached to each other in a ring: the ring is opened where it closes.
            if let Value::Function(other) = &value
                && self.dressing.contains(&(Arc::as_ptr(other) as usize))
            {
                continue;
            }
            self.path.push(name.to_string());
            attributes.push((name.to_string(), self.value(&value)?));
            self.path.pop();
        }
        self.dressing.pop();
        let (line, _) = def.source.line_column(def.span.start);
        Ok(PackedFunction {
            source: def.source.name.clone(),
            lines_before: line - 1,
            text,
            indent,
            captures,
            defaults,
            globals,
            attributes,
        })
    }

    fn cell(&mut self, cell: &CellRef) -> Result<u32> {
        let address = Arc::as_ptr(cell) as usize;
        if let Some(&at) = self.done.get(&address) {
            return Ok(at);
        }
        let at = self.reserve(address);
        let value = cell.lock().clone();
        let value = match value {
            Some(value) => Some(self.value(&value)?),
            None => None,
        };
        self.pieces[at as usize] = Packed::Cell(value);
        Ok(at)
    }

    /// Those of the global variables that a function reads. What several functions took along together stays together.
    fn globals(&mut self, globals: &Arc<Globals>, names: &[crate::value::Name]) -> Result<u32> {
        let address = Arc::as_ptr(globals) as usize;
        let at = match self.done.get(&address) {
            Some(&at) => at,
            None => {
                let at = self.reserve(address);
                self.pieces[at as usize] = Packed::Globals(Vec::new());
                at
            }
        };
        for name in names {
            let known = |piece: &Packed| match piece {
                Packed::Globals(entries) => entries.iter().any(|(entry, _)| **entry == **name),
                _ => false,
            };
            if known(&self.pieces[at as usize]) {
                continue;
            }
            if let Some(value) = globals.global(name).get() {
                // Entered before it is packed: it may lead back here.
                if let Packed::Globals(entries) = &mut self.pieces[at as usize] {
                    entries.push((name.to_string(), u32::MAX));
                }
                self.path.push(name.to_string());
                let value = self.value(&value)?;
                self.path.pop();
                if let Packed::Globals(entries) = &mut self.pieces[at as usize]
                    && let Some(entry) = entries.iter_mut().find(|(entry, _)| **entry == **name)
                {
                    entry.1 = value;
                }
            }
        }
        Ok(at)
    }

    fn part(&mut self, part: &Part) -> Result<u32> {
        let (tag, pieces) = match part {
            Part::Value(value) => ("value", vec![self.value(value)?]),
            Part::Function(captured) => ("value", vec![self.value(&Value::Function(captured.function().clone()))?]),
            Part::Input(at) => ("input", vec![self.push(Packed::Int(*at as i64))]),
            Part::List(parts) => ("list", self.parts(parts)?),
            Part::Tuple(parts) => ("tuple", self.parts(parts)?),
            Part::Set(parts) => ("set", self.parts(parts)?),
            Part::Slice(parts) => ("slice", self.parts(&**parts)?),
            Part::Dict(entries) => {
                let mut pieces = Vec::with_capacity(entries.len() * 2);
                for (key, value) in entries {
                    pieces.push(self.part(key)?);
                    pieces.push(self.part(value)?);
                }
                ("dict", pieces)
            }
        };
        let tag = self.text(tag);
        Ok(self.push(Packed::Tuple(std::iter::once(tag).chain(pieces).collect())))
    }

    fn parts(&mut self, parts: &[Part]) -> Result<Vec<u32>> {
        parts.iter().map(|part| self.part(part)).collect()
    }
}
