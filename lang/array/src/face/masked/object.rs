//! How a masked array in memory behaves in the language.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_runtime::{Class, ClassRef, Context, Object, Result, Value, bail, error};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::pair::{Given, any, default_fill, fill_of, plan};
use super::{arithmetic, create, members, show};
use crate::chunk::Chunk;
use crate::dtype::{Casting, DType};
use crate::eager::{self, NdArray, NumpyScalar, nested};
use crate::face::operand::{self, Operand};
use crate::face::operators as plain;
use crate::place;
use crate::scalar::Scalar;
use crate::shape;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("MaskedArray", "numpy.ma", "Numbers of which some are masked: they take no part.");
    let class = class.base(eager::object::class()).construct(create::constructor());
    ClassRef::new(class.methods(members::eager_methods()).properties(members::eager_properties()))
});

static CONSTANT_CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("MaskedConstant", "numpy.ma.core", "A single element that is masked.").base(class()))
});

/// `np.ma.masked`, of which there is one.
static CONSTANT: LazyLock<Arc<dyn Object>> = LazyLock::new(|| {
    let data = NdArray::new(Chunk::from_scalar(Scalar::F64(0.0)));
    let mask = Some(NdArray::new(Chunk::from_scalar(Scalar::Bool(true))));
    Arc::new(Masked { data, state: Mutex::new(State { mask, fill: None, is_hard: false }), is_constant: true })
});

/// The class `np.ma.MaskedArray`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

/// `np.ma.masked`
pub fn constant() -> Value {
    Value::Object(CONSTANT.clone())
}

/// A masked array in memory.
pub struct Masked {
    /// Its elements, also those under the mask.
    pub data: NdArray,
    state: Mutex<State>,
    is_constant: bool,
}

struct State {
    mask: Option<NdArray>,
    fill: Option<Scalar>,
    is_hard: bool,
}

/// What a computed masked array is: without dimensions a number, or `masked`.
pub fn value(data: Chunk, mask: Option<Chunk>, fill: Option<Scalar>) -> Value {
    match (data.ndim(), mask) {
        (0, Some(mask)) if any(&mask) => constant(),
        (0, _) => eager::value(data),
        (_, mask) => whole(data, mask, fill),
    }
}

/// The same, where what has no dimensions is an array of its own.
pub fn whole(data: Chunk, mask: Option<Chunk>, fill: Option<Scalar>) -> Value {
    Value::object(Masked::new(NdArray::new(data), mask.map(NdArray::new), fill))
}

/// An index with masked arrays as those that they hold.
pub fn plain_index(index: &Value) -> Value {
    match index {
        Value::Tuple(items) => Value::tuple(items.iter().map(plain_index).collect::<Vec<_>>()),
        _ => match (index.get::<Masked>(), Given::of(index)) {
            (Some(masked), _) => masked.data.clone().or_number(),
            (None, Some(Given { data: Operand::Lazy(array), .. })) => operand::lazy_value(array),
            _ => index.clone(),
        },
    }
}

impl Masked {
    /// Of elements and a mask of the same shape.
    pub fn new(data: NdArray, mask: Option<NdArray>, fill: Option<Scalar>) -> Masked {
        Masked { data, state: Mutex::new(State { mask, fill, is_hard: false }), is_constant: false }
    }

    /// The mask, in the memory that it has.
    pub fn mask(&self) -> Option<NdArray> {
        self.state.lock().mask.clone()
    }

    /// The fill value, if one was said.
    pub fn fill(&self) -> Option<Scalar> {
        self.state.lock().fill
    }

    /// The fill value; from now on it has one.
    pub fn fill_value(&self) -> Scalar {
        *self.state.lock().fill.get_or_insert(default_fill(self.data.dtype()))
    }

    /// Is it `np.ma.masked`?
    pub fn is_constant(&self) -> bool {
        self.is_constant
    }

    /// May masked elements not be assigned to?
    pub fn is_hard(&self) -> bool {
        self.state.lock().is_hard
    }

    /// Whether masked elements may be assigned to.
    pub fn harden(&self, is_hard: bool) {
        self.state.lock().is_hard = is_hard;
    }

    /// No mask at all if nothing is masked.
    pub fn shrink(&self) {
        let mut state = self.state.lock();
        state.mask = state.mask.take().filter(|mask| any(&mask.chunk()));
    }

    /// As an operand.
    pub fn given(&self) -> Given {
        let mask = self.mask().map(|mask| plan(&mask.chunk()));
        // A mask in memory always is a plan.
        Given {
            data: Operand::Eager(self.data.chunk()),
            mask: mask.and_then(Result::ok),
            fill: self.fill(),
            is_masked: true,
        }
    }

    /// The elements with this in place of masked ones.
    pub fn filled(&self, with: Scalar) -> Chunk {
        let array = NdArray::new(self.data.chunk().copy());
        if let Some(mask) = self.mask() {
            let flags = mask.chunk().to_vec::<bool>();
            array.write((0..flags.len()).filter(|&at| flags[at]), std::iter::repeat(with.cast(array.dtype())));
        }
        array.chunk()
    }

    /// The elements that are not masked, in one row.
    pub fn compressed(&self) -> Chunk {
        let chunk = self.data.chunk();
        let flags = self.mask().map_or_else(|| vec![false; chunk.len()], |mask| mask.chunk().to_vec::<bool>());
        let places: Vec<usize> = (0..flags.len()).filter(|&at| !flags[at]).collect();
        eager::select::take(&chunk, &[places.len()], &places)
    }

    /// `x.mask = mask`
    pub fn set_mask(&self, mask: &Value) -> Result<()> {
        self.writable()?;
        let is_masked = mask.get::<Masked>().is_some_and(|masked| masked.is_constant);
        let flags = match is_masked {
            true => Chunk::from_scalar(Scalar::Bool(true)),
            false => nested::chunk(&plain_index(mask), Some(DType::Bool))?,
        };
        let mut state = self.state.lock();
        if state.mask.is_none() && is_nomask(mask) {
            return Ok(());
        }
        let flags = fitted(&flags, self.data.shape())?;
        let flags = match (&state.mask, state.is_hard) {
            (Some(mask), true) => joined(&mask.chunk(), &flags),
            _ => flags,
        };
        match &state.mask {
            Some(mask) => mask.assign(&flags),
            None => state.mask = Some(NdArray::new(flags.copy())),
        }
        Ok(())
    }

    /// `x.fill_value = value`
    pub fn set_fill_value(&self, value: &Value) -> Result<()> {
        self.writable()?;
        let fill = if value.is_none() { default_fill(self.data.dtype()) } else { fill_of(value, self.data.dtype())? };
        self.state.lock().fill = Some(fill);
        Ok(())
    }

    fn writable(&self) -> Result<()> {
        if self.is_constant {
            bail!(AttributeError: "attributes of masked are not writeable"; hint: "it is one constant for everybody");
        }
        Ok(())
    }

    /// The mask, made now if there is none.
    fn own_mask(&self) -> NdArray {
        let mut state = self.state.lock();
        let mask = state.mask.get_or_insert_with(|| NdArray::new(Chunk::full(self.data.shape(), Scalar::Bool(false))));
        mask.clone()
    }

    /// The mask of what was written into the elements; `None`: nothing of it is masked.
    pub fn take_mask(&self, mask: Option<&NdArray>) {
        match (mask, self.mask()) {
            (Some(mask), _) => self.own_mask().assign(&mask.chunk()),
            (None, Some(own)) => own.assign(&Chunk::from_scalar(Scalar::Bool(false))),
            (None, None) => {}
        }
    }

    /// `x[index]`: elements and mask are looked at alike.
    fn get(&self, index: &Value) -> Result<Value> {
        let index = plain_index(index);
        let data = self.data.get_item(&index)?;
        let mask = self.mask().map(|mask| mask.get_item(&index)).transpose()?;
        members::joined(data, mask, self.fill())
    }

    fn set(&self, context: &Context, index: &Value, value: &Value) -> Result<()> {
        if self.is_constant {
            bail!(MaskError: "Cannot alter the masked element."; hint: "it is one constant for everybody");
        }
        let index = plain_index(index);
        let set = |array: &NdArray, value: &Value| eager::select::assign(array, &index, value);
        let given = value.get::<Masked>();
        if given.is_some_and(|masked| masked.is_constant) {
            return set(&self.own_mask(), &Value::Bool(true));
        }
        let data = plain_index(value);
        let data = match data.get::<crate::Array>() {
            Some(lazy) => eager::value(lazy.compute_now(context)?),
            None => data,
        };
        let mask = given.and_then(Masked::mask);
        if let (true, Some(own)) = (self.is_hard(), self.mask()) {
            let hidden = own.get_item(&index)?;
            let shown = arithmetic::not_chunk(&nested::chunk(&hidden, Some(DType::Bool))?);
            let old = self.data.get_item(&index)?;
            let chosen = plain_where(context, &shown, &data, &old)?;
            set(&self.data, &chosen)?;
            if let Some(mask) = mask {
                let both = joined(
                    &own.get_item(&index).and_then(|hidden| nested::chunk(&hidden, Some(DType::Bool)))?,
                    &mask.chunk(),
                );
                set(&own, &eager::value(both))?;
            }
            return Ok(());
        }
        set(&self.data, &data)?;
        match (mask, self.mask()) {
            (Some(mask), _) => set(&self.own_mask(), &mask.or_number()),
            (None, Some(own)) => set(&own, &Value::Bool(false)),
            (None, None) => Ok(()),
        }
    }

    /// The result of `x op= y`, written into `x`.
    fn take_over(&self, op: BinaryOp, result: &Value) -> Result<()> {
        let result = match result.get::<Masked>() {
            // What is masked keeps its element.
            Some(masked) if masked.is_constant => {
                self.own_mask().assign(&Chunk::from_scalar(Scalar::Bool(true)));
                return Ok(());
            }
            Some(masked) => (masked.data.chunk(), masked.mask().map(|mask| mask.chunk())),
            None => (nested::chunk(result, None)?, None),
        };
        let (from, to) = (result.0.dtype(), self.data.dtype());
        if !from.can_cast(to, Casting::SameKind) {
            bail!(
                TypeError: "Cannot cast ufunc '{}' output from dtype('{from}') to dtype('{to}') with casting rule 'same_kind'",
                plain::ufunc_name(op);
                hint: "`x = x {} …` makes a new array of the wider type", op.symbol()
            );
        }
        if !self.data.is_writeable() {
            bail!("output array is read-only"; hint: "`x = x {} …` makes a new array", op.symbol());
        }
        if result.0.shape() != self.data.shape() {
            bail!(
                "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                shape::show(self.data.shape()),
                shape::show(result.0.shape())
            );
        }
        self.data.assign(&result.0);
        if let Some(mask) = result.1 {
            self.own_mask().assign(&mask);
        }
        Ok(())
    }
}

fn plain_where(context: &Context, condition: &Chunk, yes: &Value, no: &Value) -> Result<Value> {
    members::of_numpy(context, "where", [eager::value(condition.clone()), yes.clone(), no.clone()])
}

/// Is it `np.ma.nomask`? That is NumPy's False, not Python's.
pub fn is_nomask(value: &Value) -> bool {
    value.get::<NumpyScalar>().is_some_and(|scalar| scalar.0 == Scalar::Bool(false))
}

/// Masked where one or the other is; both have one shape, or one has a single element.
fn joined(a: &Chunk, b: &Chunk) -> Chunk {
    let b = b.broadcast(a.shape()).unwrap_or_else(|| b.clone());
    let flags = a.to_vec::<bool>().into_iter().zip(b.to_vec::<bool>()).map(|(a, b)| a | b).collect();
    Chunk::from_vec(a.shape(), flags)
}

/// A mask in the shape of the elements: of as many, or of one for all.
pub fn fitted(mask: &Chunk, to: &[usize]) -> Result<Chunk> {
    let size: usize = to.iter().product();
    if mask.shape() == to {
        return Ok(mask.clone());
    }
    match mask.len() {
        1 => Ok(Chunk::full(to, mask.scalars().next().unwrap_or(Scalar::Bool(false)))),
        n if n == size => Ok(mask.contiguous().reshape(to)),
        n => bail!(
            MaskError: "Mask and data not compatible: data size is {size}, mask size is {n}.";
            hint: "a mask has the shape of the data, or one element for all"
        ),
    }
}

impl Object for Masked {
    fn class(&self) -> ClassRef {
        if self.is_constant { CONSTANT_CLASS.clone() } else { class() }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        if self.is_constant { "masked".into() } else { show::repr(self) }
    }

    fn str(&self) -> String {
        if self.is_constant { "--".into() } else { show::str(self) }
    }

    fn format(&self, _: &str) -> Option<Result<String>> {
        self.is_constant.then(|| Ok("--".into()))
    }

    fn set_attribute(&self, _: &Context, name: &str, value: Value) -> Option<Result<()>> {
        match name {
            "mask" => Some(self.set_mask(&value)),
            "fill_value" => Some(self.set_fill_value(&value)),
            _ => None,
        }
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        place::note(context);
        arithmetic::unary_operator(context, op, &self.given())
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        place::note(context);
        arithmetic::operator(context, op, &self.given(), other, reflected)
    }

    fn augment(&self, context: &Context, op: BinaryOp, other: &Value) -> Option<Result<()>> {
        if self.is_constant || operand::has_lazy(other) {
            return None;
        }
        place::note(context);
        let answer = arithmetic::operator(context, op, &self.given(), other, false)?;
        Some(answer.and_then(|result| self.take_over(op, &result)))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        place::note(context);
        arithmetic::comparison(context, op, &self.given(), other)
    }

    fn array_function(&self, context: &Context, name: &str, args: &[Value]) -> Option<Result<Value>> {
        arithmetic::function(context, name, args)
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        let equal = self.compare(context, CompareOp::Eq, item)?;
        Some(equal.map(|equal| match equal.get::<Masked>() {
            Some(flags) => any(&flags.filled(Scalar::Bool(false))),
            None => equal.get::<NumpyScalar>().is_some_and(|scalar| scalar.0.get::<bool>()),
        }))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.get(index))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(self.set(context, index, &value))
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        Object::len(&self.data, context)
    }

    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        Object::truth(&self.data, context)
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        if self.data.shape().is_empty() {
            return Some(Err(error!(TypeError: "iteration over a 0-d array")));
        }
        let whole = Masked::new(self.data.clone(), self.mask(), self.fill());
        let mut at = 0;
        Some(Ok(Value::iter("iterator", move |_| {
            let item = (at < whole.data.shape()[0]).then(|| whole.get(&Value::Int(at as i64)));
            at += 1;
            item
        })))
    }

    fn number(&self) -> Option<Result<Value>> {
        let masked = self.mask().is_some_and(|mask| any(&mask.chunk()));
        if self.data.size() == 1 && masked {
            return Some(Err(error!(
                MaskError: "Cannot convert masked element to a Python number.";
                hint: "`x.filled(…)` says what is in its place"
            )));
        }
        Object::number(&self.data)
    }

    fn array(&self) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.data.clone())))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        if self.is_constant {
            return Ok((CONSTANT_KIND, Vec::new()));
        }
        let part = |chunk: &Chunk| eager::travel::write(chunk);
        let mask = self.mask().map(|mask| part(&mask.chunk())).transpose()?;
        let fill = self.fill().map(|fill| part(&Chunk::from_scalar(fill))).transpose()?;
        let parts = (part(&self.data.chunk())?, mask, fill, self.is_hard());
        let bytes =
            postcard::to_stdvec(&parts).map_err(|error| error!(OSError: "an array could not be written: {error}"))?;
        Ok((KIND, bytes))
    }

    fn n_bytes(&self) -> usize {
        self.data.size() * (self.data.dtype().size() + 1)
    }
}

const KIND: &str = "array.masked";
const CONSTANT_KIND: &str = "array.masked_constant";

/// Makes known how masked arrays are read.
pub fn register() {
    rdk_runtime::travel::register(CONSTANT_KIND, |_| Ok(constant()));
    rdk_runtime::travel::register(KIND, |bytes| {
        type Parts = (Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>, bool);
        let parts: Parts =
            postcard::from_bytes(bytes).map_err(|error| error!(OSError: "an array could not be read: {error}"))?;
        let chunk = |bytes: &Vec<u8>| eager::travel::read(bytes);
        let mask = parts.1.as_ref().map(chunk).transpose()?.map(NdArray::new);
        let fill = parts.2.as_ref().map(chunk).transpose()?.and_then(|chunk| chunk.get(&[]));
        let masked = Masked::new(NdArray::new(chunk(&parts.0)?), mask, fill);
        masked.harden(parts.3);
        Ok(Value::object(masked))
    });
}
