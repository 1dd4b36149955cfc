//! The elements of one chunk in memory, of any type, and the results of partial reductions.
//!
//! Cloning, slicing and transposing share the memory; writing copies it first if others see it.

use std::any::Any;
use std::io::{self, Read, Write};

use ndarray::{ArcArray, Axis, IxDyn, SliceInfoElem};
use num_complex::{Complex32, Complex64};
use rdk_graph::{Data, Payload};
use serde::{Deserialize, Serialize};

use crate::bytes;
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::scalar::Scalar;

/// An array in memory.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Chunk {
    Bool(ArcArray<bool, IxDyn>),
    I8(ArcArray<i8, IxDyn>),
    I16(ArcArray<i16, IxDyn>),
    I32(ArcArray<i32, IxDyn>),
    I64(ArcArray<i64, IxDyn>),
    U8(ArcArray<u8, IxDyn>),
    U16(ArcArray<u16, IxDyn>),
    U32(ArcArray<u32, IxDyn>),
    U64(ArcArray<u64, IxDyn>),
    F32(ArcArray<f32, IxDyn>),
    F64(ArcArray<f64, IxDyn>),
    C64(ArcArray<Complex32, IxDyn>),
    C128(ArcArray<Complex64, IxDyn>),
}

/// Runs the body with `$array` bound to the array in a chunk, whatever its type.
macro_rules! with_chunk {
    ($chunk:expr, $array:ident => $body:expr) => {
        match $chunk {
            $crate::chunk::Chunk::Bool($array) => $body,
            $crate::chunk::Chunk::I8($array) => $body,
            $crate::chunk::Chunk::I16($array) => $body,
            $crate::chunk::Chunk::I32($array) => $body,
            $crate::chunk::Chunk::I64($array) => $body,
            $crate::chunk::Chunk::U8($array) => $body,
            $crate::chunk::Chunk::U16($array) => $body,
            $crate::chunk::Chunk::U32($array) => $body,
            $crate::chunk::Chunk::U64($array) => $body,
            $crate::chunk::Chunk::F32($array) => $body,
            $crate::chunk::Chunk::F64($array) => $body,
            $crate::chunk::Chunk::C64($array) => $body,
            $crate::chunk::Chunk::C128($array) => $body,
        }
    };
}
pub(crate) use with_chunk;

impl Chunk {
    /// From its elements in C order; there are as many as the shape says.
    pub fn from_vec<T: Element>(shape: &[usize], elements: Vec<T>) -> Chunk {
        T::chunk(ArcArray::from_shape_vec(IxDyn(shape), elements).expect("as many elements as the shape says"))
    }

    /// One value everywhere.
    pub fn full(shape: &[usize], value: Scalar) -> Chunk {
        with_dtype!(value.dtype(), T => T::chunk(ArcArray::from_elem(IxDyn(shape), value.get::<T>())))
    }

    /// Without dimensions.
    pub fn from_scalar(value: Scalar) -> Chunk {
        Chunk::full(&[], value)
    }

    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        match self {
            Chunk::Bool(_) => DType::Bool,
            Chunk::I8(_) => DType::I8,
            Chunk::I16(_) => DType::I16,
            Chunk::I32(_) => DType::I32,
            Chunk::I64(_) => DType::I64,
            Chunk::U8(_) => DType::U8,
            Chunk::U16(_) => DType::U16,
            Chunk::U32(_) => DType::U32,
            Chunk::U64(_) => DType::U64,
            Chunk::F32(_) => DType::F32,
            Chunk::F64(_) => DType::F64,
            Chunk::C64(_) => DType::C64,
            Chunk::C128(_) => DType::C128,
        }
    }

    /// Its length along each axis.
    pub fn shape(&self) -> &[usize] {
        with_chunk!(self, array => array.shape())
    }

    /// Steps in memory along each axis, in elements.
    pub fn strides(&self) -> &[isize] {
        with_chunk!(self, array => array.strides())
    }

    /// How many axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        with_chunk!(self, array => array.len())
    }

    /// No elements at all?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of its elements.
    pub fn n_bytes(&self) -> usize {
        self.len() * self.dtype().size()
    }

    /// The array, if its elements are `T`.
    pub fn array<T: Element>(&self) -> Option<&ArcArray<T, IxDyn>> {
        T::array(self)
    }

    /// The array to be written to, if its elements are `T`.
    pub fn array_mut<T: Element>(&mut self) -> Option<&mut ArcArray<T, IxDyn>> {
        T::array_mut(self)
    }

    /// The element at this index, one number an axis.
    pub fn get(&self, index: &[usize]) -> Option<Scalar> {
        with_chunk!(self, array => array.get(IxDyn(index)).map(|value| value.scalar()))
    }

    /// Writes one element, cast to this chunk's type; false if there is no such index.
    pub fn set(&mut self, index: &[usize], value: Scalar) -> bool {
        with_chunk!(self, array => array.get_mut(IxDyn(index)).map(|place| *place = value.get()).is_some())
    }

    /// All elements in C order.
    pub fn scalars(&self) -> Box<dyn Iterator<Item = Scalar> + '_> {
        with_chunk!(self, array => Box::new(array.iter().map(|value| value.scalar())))
    }

    /// All elements in C order, cast to `T`.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        with_chunk!(self, array => match array.as_slice() {
            Some(elements) => elements.iter().map(|&value| value.cast::<T>()).collect(),
            None => array.iter().map(|&value| value.cast::<T>()).collect(),
        })
    }

    /// A part of it, sharing its memory. The items must fit its axes.
    pub fn slice(&self, items: &[SliceInfoElem]) -> Chunk {
        with_chunk!(self, array => Element::chunk(array.clone().slice_move(items)))
    }

    /// With its axes in this order, sharing its memory.
    pub fn transpose(&self, axes: &[usize]) -> Chunk {
        with_chunk!(self, array => Element::chunk(array.clone().permuted_axes(IxDyn(axes))))
    }

    /// In another shape of as many elements, in C order; shares its memory where it can.
    pub fn reshape(&self, shape: &[usize]) -> Chunk {
        with_chunk!(self, array => Element::chunk(
            array.to_shape(IxDyn(shape)).expect("as many elements as before").to_shared()
        ))
    }

    /// The same without copying, when it is contiguous already and this is the only owner of its shape.
    pub fn into_shape(self, shape: &[usize]) -> Chunk {
        with_chunk!(self, array => {
            if array.is_standard_layout() {
                Element::chunk(array.into_shape_with_order(IxDyn(shape)).expect("as many elements as before"))
            } else {
                Element::chunk(array).reshape(shape)
            }
        })
    }

    /// Without this axis, at this position along it.
    pub fn index_axis(&self, axis: usize, index: usize) -> Chunk {
        with_chunk!(self, array => Element::chunk(array.clone().index_axis_move(Axis(axis), index)))
    }

    /// With another axis of length 1 before this one, sharing its memory.
    pub fn insert_axis(&self, axis: usize) -> Chunk {
        with_chunk!(self, array => Element::chunk(array.clone().insert_axis(Axis(axis))))
    }

    /// Repeated along axes of length 1 to this shape; `None` if it does not fit.
    pub fn broadcast(&self, shape: &[usize]) -> Option<Chunk> {
        with_chunk!(self, array => Some(Element::chunk(array.broadcast(IxDyn(shape))?.to_shared())))
    }

    /// Is it one run of memory in C order?
    pub fn is_contiguous(&self) -> bool {
        with_chunk!(self, array => array.is_standard_layout())
    }

    /// As one run of memory in C order that holds nothing else; itself when it is that already.
    pub fn contiguous(&self) -> Chunk {
        if self.is_contiguous() {
            return self.clone();
        }
        with_chunk!(self, array => Element::chunk(array.as_standard_layout().to_shared()))
    }

    /// A copy that shares nothing.
    pub fn copy(&self) -> Chunk {
        with_chunk!(self, array => Element::chunk(array.to_owned().into_shared()))
    }

    /// Its elements as another type, cast NumPy's way.
    pub fn cast(&self, dtype: DType) -> Chunk {
        if dtype == self.dtype() {
            return self.clone();
        }
        with_dtype!(dtype, To => Chunk::from_vec(self.shape(), self.to_vec::<To>()))
    }
}

/// Equal type, shape and elements; NaN is not equal to itself.
impl PartialEq for Chunk {
    fn eq(&self, other: &Chunk) -> bool {
        with_dtype!(self.dtype(), T => match (self.array::<T>(), other.array::<T>()) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        })
    }
}

/// Written before the elements.
#[derive(Serialize, Deserialize)]
struct Header {
    dtype: DType,
    shape: Vec<u64>,
}

impl Chunk {
    fn write_to(&self, to: &mut dyn Write) -> io::Result<()> {
        let header = Header { dtype: self.dtype(), shape: self.shape().iter().map(|&length| length as u64).collect() };
        write_header(&header, to)?;
        with_chunk!(self, array => {
            to.write_all(bytes::of(array.as_standard_layout().as_slice().expect("in standard layout")))
        })
    }

    /// What [`Data::write`] wrote.
    pub(crate) fn read_from(from: &mut dyn Read) -> io::Result<Chunk> {
        let header: Header = read_header(from)?;
        let shape: Vec<usize> = header.shape.iter().map(|&length| length as usize).collect();
        let n_elements = shape
            .iter()
            .try_fold(1usize, |product, &length| product.checked_mul(length))
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a chunk's shape is too large"))?;
        with_dtype!(header.dtype, T => {
            let elements = bytes::filled::<T, io::Error>(n_elements, |bytes| from.read_exact(bytes))?;
            Ok(Chunk::from_vec(&shape, elements))
        })
    }
}

fn write_header(header: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    let bytes = postcard::to_stdvec(header).map_err(io::Error::other)?;
    to.write_all(&(bytes.len() as u32).to_le_bytes())?;
    to.write_all(&bytes)
}

fn read_header<T: for<'a> Deserialize<'a>>(from: &mut dyn Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut bytes = Vec::new();
    from.take(u32::from_le_bytes(length).into()).read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map_err(io::Error::other)
}

impl Data for Chunk {
    fn n_bytes(&self) -> usize {
        Chunk::n_bytes(self)
    }

    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        self.write_to(to)
    }

    fn reader(&self) -> fn(&mut dyn Read) -> io::Result<Payload> {
        |from| Ok(Payload::new(Chunk::read_from(from)?))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Several chunks that are made together: what a call of the user's gives, or partial results of a reduction: for a mean without NaN a sum and
/// a count, and so on. Every part of those has all axes; those that are reduced have length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts(pub Vec<Chunk>);

impl Data for Parts {
    fn n_bytes(&self) -> usize {
        self.0.iter().map(Chunk::n_bytes).sum()
    }

    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(&(self.0.len() as u32).to_le_bytes())?;
        self.0.iter().try_for_each(|part| part.write_to(to))
    }

    fn reader(&self) -> fn(&mut dyn Read) -> io::Result<Payload> {
        |from| {
            let mut count = [0; 4];
            from.read_exact(&mut count)?;
            let parts = (0..u32::from_le_bytes(count)).map(|_| Chunk::read_from(from)).collect::<io::Result<_>>()?;
            Ok(Payload::new(Parts(parts)))
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_and_parts_survive_being_written() {
        let numbers = Chunk::from_vec(&[2, 3], vec![1.5, -0.0, f64::INFINITY, 4.0, 5.0, 6.0]).transpose(&[1, 0]);
        let flags = Chunk::from_vec(&[0, 2], Vec::<bool>::new());
        let parts = Parts(vec![numbers, flags, Chunk::from_scalar(Scalar::C64(Complex32::new(1.0, 2.0)))]);
        let mut bytes = Vec::new();
        parts.write(&mut bytes).unwrap();
        let read = parts.reader()(&mut bytes.as_slice()).unwrap();
        assert_eq!(read.get::<Parts>(), Some(&parts));
        assert!(parts.reader()(&mut &bytes[..bytes.len() - 1]).is_err());
    }
}
