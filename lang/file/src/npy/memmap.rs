//! `np.memmap`: an array that stays in its file. What is asked for is read, what is assigned is written.

use std::any::Any;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::LazyLock;

use rdk_array::eager::NdArray;
use rdk_array::eager::object;
use rdk_array::face::parameters::ShapeArg;
use rdk_array::{Chunk, DType};
use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::operators;
use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use crate::number::Number;
use crate::region::count;
use crate::stored::{How, Stored, stamp, write_at};
use crate::{boxes, fault};

/// An array in a file of plain numbers.
#[derive(Clone)]
pub struct MemMap {
    /// Where it is.
    pub stored: Stored,
    /// `r`, `r+` or `c`
    pub mode: &'static str,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("memmap", "numpy", "An array that stays in its file.").base(types().object.clone());
    let construct = constructor::builtins().into_iter().next().expect("it is declared");
    ClassRef::new(class.construct(construct).methods(methods::builtins()).properties(properties::builtins()))
});

/// The class `np.memmap`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl FromValue for MemMap {
    fn expected() -> &'static str {
        "a memory-mapped array"
    }

    fn from_value(value: &Value) -> Option<MemMap> {
        value.get::<MemMap>().cloned()
    }
}

mod constructor {
    use super::*;

    builtins! {
        /// An array that stays in a file of plain numbers.
        ///
        /// ```rdk
        /// x = np.memmap("/dev/shm/rdk-doc.dat", dtype="int32", mode="w+", shape=(2, 3))
        /// x[1] = [4, 5, 6]
        /// np.memmap("/dev/shm/rdk-doc.dat", dtype="int32", mode="r", shape=(2, 3))
        /// #> memmap([[0, 0, 0],
        /// #>         [4, 5, 6]], dtype=int32)
        /// ```
        fn memmap(
            /// The file's path.
            filename: PathArg,
            /// The type of the numbers.
            dtype: Option<Value>,
            /// `r` read, `r+` read and write, `w+` make anew, `c` changes stay in memory.
            mode: String = "r+",
            /// Where in the file the numbers begin.
            offset: u64 = 0u64,
            /// How long it is along each axis; one axis of all that there is if left out.
            shape: Option<ShapeArg>,
            /// `C`: the last axis runs fastest; `F`: the first does.
            order: String = "C",
        ) -> Result<Value> { open(&filename.0, dtype, &mode, offset, shape.map(|shape| shape.0.to_vec()), order == "F") }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Writes what has changed: it has been written already.
        fn flush(/** The array. */ this: MemMap) { let _ = this; }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The file's path.
        fn filename(/** The array. */ this: MemMap) -> String { rdk_runtime::builtins::path::shown(&this.stored.path) }

        /// `r`, `r+` or `c`.
        fn mode(/** The array. */ this: MemMap) -> &'static str { this.mode }

        /// How long it is along each axis.
        fn shape(/** The array. */ this: MemMap) -> Value { Value::tuple(this.stored.shape.iter().map(|&length| Value::from(length))) }

        /// The type of its elements.
        fn dtype(/** The array. */ this: MemMap) -> Value { Value::object(rdk_array::eager::DTypeObject(this.stored.dtype)) }

        /// How many axes it has.
        fn ndim(/** The array. */ this: MemMap) -> usize { this.stored.shape.len() }

        /// How many elements it has.
        fn size(/** The array. */ this: MemMap) -> usize { this.stored.shape.iter().product() }

        /// Bytes of its elements.
        fn nbytes(/** The array. */ this: MemMap) -> usize { this.stored.shape.iter().product::<usize>() * this.stored.dtype.size() }
    }
}

/// A type by any of its names, also with its bytes the other way round.
pub fn number(dtype: Option<Value>, default: DType) -> Result<Number> {
    let Some(dtype) = dtype else { return Ok(Number::plain(default)) };
    if let Some(number) = dtype.as_str().and_then(Number::from_code).filter(|number| number.big || number.half) {
        return Ok(number);
    }
    Ok(Number::plain(rdk_array::eager::DTypeArg::try_from_value(&dtype)?.0))
}

fn open(
    path: &Path,
    dtype: Option<Value>,
    mode: &str,
    offset: u64,
    shape: Option<Vec<usize>>,
    fortran: bool,
) -> Result<Value> {
    let number = number(dtype, DType::U8)?;
    let mode = match mode {
        "r" | "readonly" => "r",
        "r+" | "readwrite" => "r+",
        "c" | "copyonwrite" => "c",
        "w+" | "write" => "w+",
        other => bail!(
            "mode must be one of {{'r', 'c', 'r+', 'w+', 'readonly', 'copyonwrite', 'readwrite', 'write'}} (got {})",
            Value::str(other).repr()
        ),
    };
    if mode == "w+" && shape.is_none() {
        bail!("shape must be given if mode == 'w+'");
    }
    if mode == "w+" {
        let n = shape.as_deref().and_then(count).and_then(|n| n.checked_mul(number.size())).unwrap_or(usize::MAX);
        let made = std::fs::File::create(path).and_then(|file| file.set_len(offset.saturating_add(n as u64)));
        made.map_err(|error| fault::system(&error, path))?;
    }
    let stamp = stamp(path)?;
    let left = stamp.0.saturating_sub(offset) as usize;
    let shape = match shape {
        Some(shape) => shape,
        None if !left.is_multiple_of(number.size()) => {
            bail!("Size of available data is not a multiple of the data-type size.")
        }
        None => vec![left / number.size()],
    };
    if count(&shape).and_then(|n| n.checked_mul(number.size())).is_none_or(|n| n > left) {
        if mode != "r+" {
            bail!("mmap length is greater than file size"; hint: "'{}' has {} bytes", path.display(), stamp.0);
        }
        let n = count(&shape).and_then(|n| n.checked_mul(number.size())).unwrap_or(usize::MAX);
        let grown =
            OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(offset.saturating_add(n as u64)));
        grown.map_err(|error| fault::system(&error, path))?;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let stored = Stored { path, stamp, shape, dtype: number.dtype, how: How::Raw { offset, number, fortran } };
    if mode == "c" {
        return Ok(Value::object(NdArray::new(stored.read_all()?)));
    }
    Ok(Value::object(MemMap { stored, mode: if mode == "w+" { "r+" } else { mode } }))
}

impl MemMap {
    /// It as an array that is not in memory.
    fn outside(&self) -> boxes::Outside<'_> {
        boxes::Outside { shape: &self.stored.shape, dtype: self.stored.dtype, chunks: None, lists: boxes::Lists::NumPy }
    }

    fn eager(&self) -> Result<Value> {
        Ok(Value::object(NdArray::new(self.stored.read_all()?)))
    }

    fn write(&self, start: &[usize], chunk: &Chunk) -> Result<()> {
        let How::Raw { offset, number, fortran } = self.stored.how else { return Ok(()) };
        if fortran {
            bail!(NotImplementedError: "an array in Fortran's order cannot be written to in its file"; hint: "load it, change it, save it");
        }
        let path = &self.stored.path;
        let file = OpenOptions::new().write(true).open(path).map_err(|error| fault::system(&error, path))?;
        write_box(&file, offset, number, &self.stored.shape, start, chunk).map_err(|error| fault::system(&error, path))
    }
}

/// Writes a box of a file of numbers in C order.
pub fn write_box(
    file: &std::fs::File,
    offset: u64,
    number: Number,
    whole: &[usize],
    start: &[usize],
    chunk: &Chunk,
) -> std::io::Result<()> {
    let bytes = number.encode(chunk);
    let (shape, zero) = (chunk.shape(), vec![0; whole.len()]);
    let mut fault = None;
    crate::region::runs(number.size(), shape, shape, &zero, whole, start, |from, to, length| {
        fault = write_at(file, &bytes[from..from + length], offset + to as u64).err();
        fault.is_none()
    });
    fault.map_or(Ok(()), Err)
}

impl Object for MemMap {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match self.eager() {
            // The rows stand as far in as the name is long.
            Ok(array) => array.repr().replacen("array(", "memmap(", 1).replace("\n ", "\n  "),
            Err(error) => format!("<memmap that cannot be read: {error}>"),
        }
    }

    fn str(&self) -> String {
        self.eager().map_or_else(|error| format!("<memmap that cannot be read: {error}>"), |array| array.text())
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        let class = object::class();
        if class.method(name).is_none() && class.property(name).is_none() {
            return None;
        }
        Some(self.eager().and_then(|array| operators::attribute(context, &array, name)))
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        let read = |start: &[usize], shape: &[usize]| self.stored.read(start, shape);
        Some(boxes::get(context, index, &self.outside(), read))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        if self.mode == "r" {
            return Some((|| bail!("assignment destination is read-only"; hint: "open it with `mode=\"r+\"`"))());
        }
        let read = |start: &[usize], shape: &[usize]| self.stored.read(start, shape);
        let write = |start: &[usize], chunk: &Chunk| self.write(start, chunk);
        Some(boxes::set(context, index, &value, &self.outside(), read, write))
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        Some(self.eager().and_then(|array| operators::unary(context, op, &array)))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        Some(self.eager().and_then(|array| match reflected {
            true => operators::binary(context, op, other, &array),
            false => operators::binary(context, op, &array, other),
        }))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Some(self.eager().and_then(|array| operators::compare(context, op, &array, other)))
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        match self.stored.shape.first() {
            Some(&length) => Some(Ok(length)),
            None => self.eager().ok().and_then(|array| match array {
                Value::Object(array) => array.len(context),
                _ => None,
            }),
        }
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        match self.eager() {
            Ok(Value::Object(array)) => array.iter(context),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }

    fn array(&self) -> Option<Result<Value>> {
        Some(self.eager())
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        let bytes = postcard::to_stdvec(&(&self.stored, self.mode))
            .map_err(|error| rdk_runtime::error!(RuntimeError: "{error}"))?;
        Ok((super::face::MEMMAP, bytes))
    }
}
