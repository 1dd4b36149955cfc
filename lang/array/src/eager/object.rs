//! How an eager array behaves in the language.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, error};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::put_off::{self, PutOff};
use super::select::{self, Selection, Way};
use super::{NdArray, Part, mask, nested, travel};
use crate::array::Array;
use crate::dtype::Casting;
use crate::face::operand::{self, Operand};
use crate::face::parameters::Lengths;
use crate::face::unsized_object::Unsized;
use crate::face::{methods, operators};
use crate::show::{self, PrintOptions};
use crate::{place, shape};

static NDARRAY: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("ndarray", "numpy", "Numbers of one type in rows and columns, in memory.");
    ClassRef::new(class.methods(methods::eager()).properties(methods::eager_properties()))
});

/// The class `np.ndarray`.
pub fn class() -> ClassRef {
    NDARRAY.clone()
}

impl NdArray {
    /// `x[index]`: a view, a copy, or a number; with `...` in it never a number.
    pub fn get_item(&self, index: &Value) -> Result<Value> {
        let stays = match index {
            Value::Tuple(items) => items.iter().any(|item| matches!(item, Value::Ellipsis)),
            other => matches!(other, Value::Ellipsis),
        };
        let selection = match select::way(index, self.shape())? {
            Way::Masked(masked) => return Ok(super::value(mask::taken(self, masked)?)),
            Way::Selected(selection) => selection,
        };
        match selection {
            Selection::Basic(items) if stays => Ok(Value::object(self.slice(items))),
            Selection::Basic(items) => Ok(self.slice(items).or_number()),
            Selection::Advanced { shape, positions } => {
                Ok(super::value(select::take(&self.chunk(), &shape, &positions)))
            }
        }
    }

    /// Itself, or without dimensions its number.
    pub fn or_number(self) -> Value {
        match self.scalar() {
            Some(scalar) => super::number(scalar),
            None => Value::object(self),
        }
    }

    /// Nested lists of plain numbers.
    pub fn to_list(&self) -> Value {
        fn level(shape: &[usize], numbers: &mut dyn Iterator<Item = Value>) -> Value {
            match shape.split_first() {
                None => numbers.next().unwrap_or(Value::None),
                Some((&length, rest)) => Value::list((0..length).map(|_| level(rest, numbers)).collect::<Vec<_>>()),
            }
        }
        let chunk = self.chunk();
        level(self.shape(), &mut chunk.scalars().map(|scalar| scalar.to_value()))
    }

    /// Its only element; an error if it has more, or none.
    fn only(&self, wanted: &str) -> Result<Value> {
        match self.chunk().scalars().next() {
            Some(scalar) if self.size() == 1 => Ok(scalar.to_value()),
            _ => {
                let hint =
                    format!("this one has {} elements; take one with `x[…]`, or `x.astype({wanted})`", self.size());
                Err(error!(TypeError: "only an array of one element can become `{wanted}`").hint(hint))
            }
        }
    }

    /// The result of `x op= y`, written into `x`; its type must not be wider in kind.
    fn take_over(&self, op: BinaryOp, result: &Value) -> Result<()> {
        let chunk = nested::chunk(result, None)?;
        let (from, to) = (chunk.dtype(), self.dtype());
        if !self.is_writeable() {
            bail!("output array is read-only"; hint: "`x = x {} …` makes a new array", op.symbol());
        }
        if !from.can_cast(to, Casting::SameKind) {
            bail!(
                TypeError: "Cannot cast ufunc '{}' output from dtype('{from}') to dtype('{to}') with casting rule 'same_kind'",
                operators::ufunc_name(op);
                hint: "`x = x {} …` makes a new array of the wider type", op.symbol()
            );
        }
        if chunk.shape() != self.shape() && !(chunk.ndim() == 0 && self.shape().is_empty()) {
            bail!(
                "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                shape::show(self.shape()),
                shape::show(chunk.shape())
            );
        }
        self.assign(&chunk);
        Ok(())
    }

    /// `x.real = value`, `x.imag = value`
    fn assign_part(&self, part: Part, value: &Value) -> Result<()> {
        if part == Part::Imaginary && !self.dtype().is_complex() {
            bail!(TypeError: "array does not have imaginary part to set"; hint: "its elements are {}", self.dtype());
        }
        // Of complex numbers their real parts are taken.
        let value = Value::object(NdArray::new(nested::chunk(value, None)?));
        select::assign(&self.part(part), &Value::Ellipsis, &value)
    }

    /// `x.shape = lengths`
    fn assign_shape(&self, value: &Value) -> Result<()> {
        let shape = shape::reshaped(self.shape(), &Lengths::try_from_value(value)?.0)?;
        if !self.set_shape(&shape) {
            bail!(
                AttributeError: "Incompatible shape for in-place modification. Use `.reshape()` to make a copy with the desired shape.";
                hint: "its elements do not lie in one run"
            );
        }
        Ok(())
    }

    /// `x.flat = value`: over and over again if it is shorter.
    fn assign_flat(&self, context: &Context, value: &Value) -> Result<()> {
        self.check_writeable_as("array")?;
        let values = operand::values_for(context, value, self.dtype())?;
        if !values.is_empty() {
            // Collected first: the value may be the same array.
            let scalars: Vec<_> = values.scalars().collect();
            self.write(0..self.size(), scalars.into_iter().cycle());
        }
        Ok(())
    }

    fn text(&self, how: fn(&NdArray, &dyn Fn(usize) -> show::Number, &PrintOptions) -> String) -> String {
        let chunk = self.chunk();
        let strides = crate::shape::strides(self.shape());
        let element = |at: usize| {
            let index: Vec<usize> =
                self.shape().iter().zip(&strides).map(|(&length, &stride)| at / stride % length).collect();
            chunk.get(&index).map_or(show::Number::Int(0), Into::into)
        };
        how(self, &element, &PrintOptions::current())
    }
}

/// The value itself, or what a lazy array computes to; also of those in a tuple.
fn computed(context: &Context, value: &Value) -> Result<Value> {
    match value {
        Value::Lazy(_) if value.get::<Unsized>().is_some() => {
            let array = operand::Operand::loosely(value)?.array()?;
            Ok(super::value(array.compute_now(context)?))
        }
        Value::Lazy(_) => match value.get::<Array>() {
            Some(array) => Ok(super::value(array.compute_now(context)?)),
            None => Ok(value.clone()),
        },
        Value::Tuple(items) if items.iter().any(|item| matches!(item, Value::Lazy(_))) => {
            Ok(Value::tuple(items.iter().map(|item| computed(context, item)).collect::<Result<Vec<_>>>()?))
        }
        _ => Ok(value.clone()),
    }
}

impl Object for NdArray {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.text(|this, element, options| show::repr(this.shape(), this.dtype().name(), element, options))
    }

    fn str(&self) -> String {
        self.text(|this, element, options| show::str(this.shape(), element, options))
    }

    fn set_attribute(&self, context: &Context, name: &str, value: Value) -> Option<Result<()>> {
        Some(match name {
            "real" => self.assign_part(Part::Real, &value),
            "imag" => self.assign_part(Part::Imaginary, &value),
            "flat" => self.assign_flat(context, &value),
            "shape" => self.assign_shape(&value),
            _ => return None,
        })
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        place::note(context);
        operators::unary_operator(context, op, Operand::Eager(self.chunk()))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        place::note(context);
        operators::operator_over(context, op, self, other, reflected)
            .or_else(|| operators::operator_of(context, op, Operand::Eager(self.chunk()), other, reflected))
    }

    fn put_off(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let is_large = |array: &NdArray| array.size() >= put_off::LEAST;
        if !is_large(self) && !other.get::<NdArray>().is_some_and(is_large) && other.get::<PutOff>().is_none() {
            return None;
        }
        place::note(context);
        PutOff::of(context, op, put_off::whole(self)?, other, reflected)
    }

    fn augment(&self, context: &Context, op: BinaryOp, other: &Value) -> Option<Result<()>> {
        // What is lazy makes the result lazy: that is another thing under the same name.
        if operand::has_lazy(other) {
            return None;
        }
        let answer = operators::operator_of(context, op, Operand::Eager(self.chunk()), other, false)?;
        Some(answer.and_then(|result| self.take_over(op, &result)))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        place::note(context);
        operators::comparison_over(context, op, self, other)
            .or_else(|| operators::comparison_of(context, op, Operand::Eager(self.chunk()), other))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        let equal = operators::comparison_of(context, CompareOp::Eq, Operand::Eager(self.chunk()), item)?;
        Some(equal.map(|equal| match equal.get::<NdArray>() {
            Some(flags) => flags.chunk().scalars().any(|flag| flag.get::<bool>()),
            None => matches!(equal, Value::Bool(true)),
        }))
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        // Numbers need nobody's help.
        if !matches!(index, Value::Int(_)) {
            place::note(context);
        }
        Some(computed(context, index).and_then(|index| self.get_item(&index)))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        if !matches!(index, Value::Int(_)) {
            place::note(context);
        }
        Some((|| select::assign(self, &computed(context, index)?, &computed(context, &value)?))())
    }

    fn delete_item(&self, _: &Context, _: &Value) -> Option<Result<()>> {
        Some((|| bail!("cannot delete array elements"))())
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.shape().first().copied().ok_or_else(|| error!(TypeError: "len() of unsized object")))
    }

    fn truth(&self, _: &Context) -> Option<Result<bool>> {
        let chunk = self.chunk();
        Some(match self.size() {
            0 => Err(error!(
                "the truth value of an empty array is ambiguous";
                hint: "`x.size > 0` tells whether there is anything in it"
            )),
            1 => Ok(chunk.scalars().next().is_some_and(|scalar| scalar.get::<bool>())),
            _ => Err(error!(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )),
        })
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        if self.shape().is_empty() {
            return Some(Err(error!(TypeError: "iteration over a 0-d array")));
        }
        let all = self.slice(Vec::from_iter(self.shape().iter().map(|_| ndarray::SliceInfoElem::from(..))));
        let mut at = 0;
        Some(Ok(Value::iter("iterator", move |_| {
            let item = (at < all.shape()[0]).then(|| all.get_item(&Value::Int(at as i64)));
            at += 1;
            item
        })))
    }

    fn number(&self) -> Option<Result<Value>> {
        Some(self.only("float"))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        Ok((travel::ARRAY, travel::write(&self.chunk())?))
    }

    fn n_bytes(&self) -> usize {
        self.size() * self.dtype().size()
    }
}
