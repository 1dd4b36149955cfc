//! Pieces to values. The bytes may come from anywhere: whatever does not fit together is an error.

use std::sync::Arc;

use num_bigint::BigInt;
use num_complex::Complex64;
use parking_lot::Mutex;
use rdk_syntax::Source;
use rdk_syntax::tree::{Cell, Expr, ExprKind, FunctionBody, FunctionDef, Stmt, StmtKind};

use super::known;
use super::packed::{Packed, PackedFunction, Parcel};
use crate::builtin::BoundMethod;
use crate::context::Globals;
use crate::error::{Error, Kind, Result};
use crate::function::{CellRef, Function};
use crate::user::{self, Bound, Instance, dataclass};
use crate::value::{Dict, HashKey, List, Name, Range, Set, Slice, Value};
use crate::{bail, error};

/// The value of these bytes.
pub(super) fn unpack(bytes: &[u8]) -> Result<Value> {
    let parcel: Parcel =
        postcard::from_bytes(bytes).map_err(|failure| error!("these bytes are no packed value: {failure}"))?;
    // What can contain itself is there first, empty; then all that does not change, in order; then the contents.
    let mut unpacking = Unpacking { made: parcel.pieces.iter().map(shell).collect() };
    for at in 0..parcel.pieces.len() {
        if matches!(unpacking.made[at], Made::Nothing) {
            unpacking.made[at] = Made::Value(unpacking.plain(&parcel.pieces[at])?);
        }
    }
    for (at, piece) in parcel.pieces.iter().enumerate() {
        unpacking.fill(at, piece)?;
    }
    unpacking.value(parcel.root)
}

struct Unpacking {
    made: Vec<Made>,
}

enum Made {
    Nothing,
    Value(Value),
    Cell(CellRef),
    Globals(Arc<Globals>),
}

fn shell(piece: &Packed) -> Made {
    match piece {
        Packed::List(_) => Made::Value(Value::List(Arc::new(List::default()))),
        Packed::Dict(_) => Made::Value(Value::Dict(Arc::new(Dict::default()))),
        Packed::Cell(_) => Made::Cell(CellRef::default()),
        Packed::Globals(_) => Made::Globals(Globals::new()),
        _ => Made::Nothing,
    }
}

fn damaged() -> Error {
    error!("these bytes are a damaged value")
}

impl Unpacking {
    fn value(&self, at: u32) -> Result<Value> {
        match self.made.get(at as usize) {
            Some(Made::Value(value)) => Ok(value.clone()),
            _ => Err(damaged()),
        }
    }

    fn values(&self, all: &[u32]) -> Result<Vec<Value>> {
        all.iter().map(|&at| self.value(at)).collect()
    }

    fn plain(&self, piece: &Packed) -> Result<Value> {
        Ok(match piece {
            Packed::None => Value::None,
            Packed::Ellipsis => Value::Ellipsis,
            Packed::Bool(flag) => Value::Bool(*flag),
            Packed::Int(n) => Value::Int(*n),
            Packed::Big(bytes) => Value::big(BigInt::from_signed_bytes_le(bytes)),
            Packed::Float(n) => Value::Float(*n),
            Packed::Complex(re, im) => Value::Complex(Complex64::new(*re, *im)),
            Packed::Str(text) => Value::str(text),
            Packed::Bytes(bytes) => Value::Bytes(bytes.as_slice().into()),
            Packed::Tuple(items) => Value::Tuple(self.values(items)?.into()),
            Packed::Set { frozen, members } => {
                let members = self.values(members)?.into_iter().map(HashKey::new).collect::<Result<_>>()?;
                Value::Set(Arc::new(Set { items: Mutex::new(members), frozen: *frozen }))
            }
            Packed::Range(_, _, 0) => return Err(damaged()),
            Packed::Range(start, stop, step) => {
                Value::Range(Arc::new(Range { start: *start, stop: *stop, step: *step }))
            }
            Packed::Slice(start, stop, step) => {
                let (start, stop, step) = (self.value(*start)?, self.value(*stop)?, self.value(*step)?);
                Value::Slice(Arc::new(Slice { start, stop, step }))
            }
            Packed::Function(function) => Value::Function(Arc::new(self.function(function)?)),
            Packed::Known { module, name } => match known::module(module).and_then(|module| module.get(name)) {
                Some(value) => value,
                None => bail!(AttributeError: "module '{module}' has no attribute '{name}'"),
            },
            Packed::Member { module, class, name } => {
                let found = known::class(module, class);
                let member = found.as_ref().and_then(|class| class.method(name).or_else(|| class.property(name)));
                match member {
                    Some(member) => Value::Builtin(member.clone()),
                    None => bail!(AttributeError: "type object '{class}' has no attribute '{name}'"),
                }
            }
            Packed::Method { receiver, name } => {
                let receiver = self.value(*receiver)?;
                match receiver.class().method(name).cloned() {
                    Some(builtin) => Value::Method(Arc::new(BoundMethod { receiver, builtin })),
                    None => bail!(AttributeError: "'{}' object has no attribute '{name}'", receiver.class().name),
                }
            }
            Packed::Module(name) => match known::module(name) {
                Some(module) => Value::Module(module),
                None => bail!(ModuleNotFoundError: "rdk has no module named `{name}`"),
            },
            Packed::ExceptionClass(name) => Value::Class(crate::types::exception(kind(name)?).clone()),
            Packed::Exception { kind: name, message, hints, args, own } => {
                let mut error = Error::new(kind(name)?, message.clone());
                error.0.hints = hints.clone();
                error.0.args = match args {
                    Some(args) => Some(self.values(args)?),
                    None => None,
                };
                if let Some(own) = own {
                    let value = self.value(*own)?;
                    error.0.own = value.get::<Instance>().and_then(Instance::shared);
                }
                Value::Exception(Arc::new(error))
            }
            Packed::Class(class) => {
                let bases = self.values(&class.bases)?.into_iter().map(|base| match base {
                    Value::Class(class) => Ok(class),
                    _ => Err(damaged()),
                });
                let annotations = class.annotations.iter().map(|name| Name::from(name.as_str())).collect();
                let (bases, doc) = (bases.collect::<Result<Vec<_>>>()?, Some(class.doc.as_str()));
                Value::Class(user::make(None, &class.name, doc, bases, user::Members::default(), annotations)?)
            }
            Packed::Instance(class, _) => match self.value(*class)? {
                Value::Class(class) => Value::Object(Instance::new(&class)),
                _ => return Err(damaged()),
            },
            Packed::Bound(receiver, function) => {
                Value::object(Bound { receiver: self.value(*receiver)?, function: self.value(*function)? })
            }
            Packed::Descriptor(word, parts) => user::of_parts(word, self.values(parts)?).ok_or_else(damaged)?,
            Packed::Object { kind, bytes } => super::read_object(kind, bytes)?,
            Packed::List(_) | Packed::Dict(_) | Packed::Cell(_) | Packed::Globals(_) => return Err(damaged()),
        })
    }

    fn fill(&self, at: usize, piece: &Packed) -> Result<()> {
        match (&self.made[at], piece) {
            (Made::Value(Value::List(list)), Packed::List(items)) => *list.0.lock() = self.values(items)?,
            (Made::Value(Value::Dict(dict)), Packed::Dict(entries)) => {
                for (key, value) in entries {
                    let (key, value) = (HashKey::new(self.value(*key)?)?, self.value(*value)?);
                    dict.0.lock().insert(key, value);
                }
            }
            (Made::Value(Value::Class(class)), Packed::Class(packed)) => {
                for (name, value) in &packed.members {
                    user::set_class_attribute(class, name, Some(self.value(*value)?))?;
                }
                if let Some(options) = packed.options {
                    dataclass::restore(class, options)?;
                }
            }
            (Made::Value(value), Packed::Instance(_, fields)) => {
                for (name, at) in fields {
                    if let Some(instance) = value.get::<Instance>() {
                        instance.set(name, self.value(*at)?);
                    }
                }
            }
            (Made::Cell(cell), Packed::Cell(Some(value))) => *cell.lock() = Some(self.value(*value)?),
            (Made::Globals(globals), Packed::Globals(entries)) => {
                for (name, value) in entries {
                    globals.set(&Name::from(name.as_str()), self.value(*value)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn function(&self, packed: &PackedFunction) -> Result<Function> {
        let def = definition(packed)?;
        let Some(Made::Globals(globals)) = self.made.get(packed.globals as usize) else { return Err(damaged()) };
        let mut captures = Vec::with_capacity(def.captures.len());
        for variable in &def.captures {
            let cell = packed.captures.iter().find(|(name, _)| **name == *variable.name);
            let Some((_, at)) = cell else { return Err(damaged()) };
            match self.made.get(*at as usize) {
                Some(Made::Cell(cell)) => captures.push(cell.clone()),
                _ => return Err(damaged()),
            }
        }
        let mut defaults = Vec::with_capacity(packed.defaults.len());
        for default in &packed.defaults {
            defaults.push(match default {
                Some(at) => Some(self.value(*at)?),
                None => None,
            });
        }
        if !defaults.is_empty() && defaults.len() != def.params.len() {
            return Err(damaged());
        }
        let function = Function::new(def, defaults, captures, globals.clone());
        for (name, at) in &packed.attributes {
            function.attach(name, Some(self.value(*at)?));
        }
        Ok(function)
    }
}

fn kind(name: &str) -> Result<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(damaged)
}

/// The tree of a function from its text. Its outer variables are parameters of a function around it, so that they are
/// resolved as they were.
fn definition(packed: &PackedFunction) -> Result<Arc<FunctionDef>> {
    let outer: Vec<&str> = packed.captures.iter().map(|(name, _)| name.as_str()).collect();
    let outer = outer.join(", ");
    let is_def = packed.text.starts_with("def") || packed.text.starts_with("async");
    let text = if is_def && packed.captures.is_empty() {
        // The first line loses its indentation, the others keep theirs: they stand further in than the first.
        format!("\n{}", packed.text)
    } else if is_def {
        format!("def _({outer}):\n{}{}", packed.indent, packed.text)
    } else {
        format!("def _({outer}): return (\n{}\n)", packed.text)
    };
    let source = Source::part(packed.source.clone(), text, packed.lines_before.saturating_sub(1));
    let cell = rdk_syntax::parse(source).map_err(|failure| error!("these bytes hold a damaged function: {failure}"))?;
    found(&cell, is_def && packed.captures.is_empty()).ok_or_else(damaged)
}

fn found(cell: &Cell, bare: bool) -> Option<Arc<FunctionDef>> {
    let def = |statement: &Stmt| match &statement.kind {
        StmtKind::Def { function, .. } => Some(function.clone()),
        _ => None,
    };
    let first = def(cell.body.first()?)?;
    if bare {
        return Some(first);
    }
    let FunctionBody::Block(body) = &first.body else { return None };
    let inner = |expr: &Expr| match &expr.kind {
        ExprKind::Lambda(function) | ExprKind::Generator { function, .. } => Some(function.clone()),
        _ => None,
    };
    match &body.first()?.kind {
        StmtKind::Def { function, .. } => Some(function.clone()),
        StmtKind::Return(Some(expr)) => inner(expr),
        _ => None,
    }
}
