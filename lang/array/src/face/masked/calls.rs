//! Functions of the user's that are called with masked chunks, or give some.
//!
//! Calls know of bare chunks alone. Where an array is masked two go in, its elements and what of them counts, and a [`Minding`] puts them
//! together; where the function gives a masked chunk it takes it apart, and the call has two results.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Args, Class, ClassRef, Context, HashKey, Name, Object, Result, Value};

use super::lazy::LazyMasked;
use super::object::{self, Masked};
use super::pair::{self, Given, Pair};
use crate::Chunk;
use crate::array::Array;
use crate::blocks::Callee;
use crate::eager::{NdArray, nested};
use crate::face::operand;
use crate::kernel::UnaryFunc;
use crate::scalar::Scalar;

/// What came of calls: elements, and a mask if chunks came out masked.
pub struct Mapped {
    /// The elements.
    pub data: Array,
    /// Which of them are masked.
    pub mask: Option<Array>,
    /// What is written where it is masked, if that was said.
    pub fill: Option<Scalar>,
}

impl Mapped {
    /// With this done to both arrays.
    pub fn each(self, change: impl Fn(&Array) -> Array) -> Mapped {
        Mapped { data: change(&self.data), mask: self.mask.as_ref().map(&change), fill: self.fill }
    }

    /// The same under the name that the user has given it as a whole.
    pub fn called(self, name: Option<&str>) -> Mapped {
        Mapped { data: self.data.called(name), ..self }
    }

    /// As a value of the language.
    pub fn value(self) -> Value {
        match self.mask {
            None => operand::lazy_value(self.data),
            mask => pair::lazy_value(Pair { data: self.data, mask, fill: self.fill, shrinks: true }),
        }
    }
}

/// An argument of a function that minds masks.
#[derive(Clone, Copy)]
pub enum Slot {
    /// It comes as it is.
    Plain,
    /// Its elements come, and what of them counts; this was said to be written where it does not.
    Masked(Option<Scalar>),
}

/// The arrays of a lazy masked array that go into a call, and what they are to it; `None` for everything else.
pub fn halves(value: &Value) -> Result<Option<([Array; 2], Slot)>> {
    let Some(pair) = value.get::<LazyMasked>().map(LazyMasked::pair) else { return Ok(None) };
    // Tried functions get ones: of what is tried everything counts.
    let counts = pair.mask_array()?.unary(UnaryFunc::LogicalNot)?;
    Ok(Some(([pair.data, counts], Slot::Masked(pair.fill))))
}

/// The function, called with masked chunks for these arguments. `apart`: what it gives is taken apart into elements and mask.
pub fn minding(function: &Value, slots: Vec<Slot>, apart: bool) -> Callee {
    Callee::Value(Value::object(Minding { callee: Callee::of(function), slots, apart }))
}

/// The fill value of what a function gives, if that is a masked array.
pub fn is_masked(value: &Value) -> Option<Option<Scalar>> {
    value.get::<Masked>().map(Masked::fill)
}

struct Minding {
    callee: Callee,
    slots: Vec<Slot>,
    apart: bool,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(Class::new("function", "builtins", "")));

impl Minding {
    fn called(&self, context: &Context, args: Args) -> Result<Value> {
        let mut given = args.positional.iter();
        let mut positional = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let Some(first) = given.next() else { break };
            positional.push(match (slot, first.get::<NdArray>(), given.as_slice().first()) {
                (Slot::Masked(fill), Some(data), Some(counts)) => {
                    let masked = inverted(&nested::chunk(counts, Some(crate::DType::Bool))?);
                    given.next();
                    object::whole(data.chunk(), Some(masked), *fill)
                }
                _ => first.clone(),
            });
        }
        let keywords = args.keywords.into_iter().map(|(name, value)| match &*name {
            "block_info" => (Name::from("block_info"), self.renumbered(&value)),
            _ => (name, value),
        });
        let value = self.callee.call(context, Args { positional: positional.into(), keywords: keywords.collect() })?;
        if !self.apart {
            return Ok(value);
        }
        let mask = value.get::<Masked>().and_then(Masked::mask).map(|mask| mask.chunk());
        let data = match Given::of(&value) {
            Some(Given { data: operand::Operand::Eager(chunk), .. }) => chunk,
            _ => nested::chunk(&value, None)?,
        };
        let mask = mask.unwrap_or_else(|| Chunk::full(data.shape(), Scalar::Bool(false)));
        Ok(Value::tuple([data, mask].map(|chunk| Value::object(NdArray::new(chunk)))))
    }

    /// What is known of the arrays, under the numbers that they have for the function.
    fn renumbered(&self, info: &Value) -> Value {
        let Value::Dict(known) = info else { return info.clone() };
        // Where each argument stands among those that come.
        let places: Vec<usize> = (self.slots.iter())
            .scan(0, |next, slot| {
                let place = *next;
                *next += if matches!(slot, Slot::Masked(_)) { 2 } else { 1 };
                Some(place)
            })
            .collect();
        let renumbered = Value::dict(Vec::<(&str, Value)>::new());
        if let Value::Dict(dict) = &renumbered {
            let mut dict = dict.0.lock();
            for (key, value) in known.0.lock().iter() {
                let key = match key.value() {
                    Value::Int(place) => match places.iter().position(|&other| other as i64 == *place) {
                        Some(at) => Value::Int(at as i64),
                        None => continue,
                    },
                    other => other.clone(),
                };
                if let Ok(key) = HashKey::new(key) {
                    dict.insert(key, value.clone());
                }
            }
        }
        renumbered
    }
}

fn inverted(counts: &Chunk) -> Chunk {
    Chunk::from_vec(counts.shape(), counts.to_vec::<bool>().into_iter().map(|counts| !counts).collect())
}

impl Object for Minding {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<function>".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.called(context, args))
    }
}
