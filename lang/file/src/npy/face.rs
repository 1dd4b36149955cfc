//! Functions of `numpy` and `dask.array` that read and write NumPy's files.

use std::path::{Path, PathBuf};

use rdk_array::array::Array;
use rdk_array::chunks::{AxisChunks, Chunks};
use rdk_array::eager::{DTypeArg, NdArray};
use rdk_array::{Chunk, DType, place};
use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::class::entries;
use rdk_runtime::{Context, Keywords, Rest, Result, Value, bail, builtins, error, travel};

use super::header::{read_header, save as save_npy, save_lazy};
use super::memmap::{MemMap, number};
use super::tables::{self, rows};
use super::{Stack, StackWriter, archive, text};
use crate::fault;
use crate::hdf5::create::chunk;
use crate::whole::replace;

/// The kind under which a memory-mapped array travels.
pub const MEMMAP: &str = "file.memmap";

/// Names of `numpy`.
pub fn names() -> Vec<(&'static str, Value)> {
    let mut names = entries(place::noted(builtins()));
    names.extend(entries(place::noted(tables::builtins())));
    names.push(("memmap", Value::Class(super::class())));
    names
}

/// The modules of this folder.
pub fn modules() -> Vec<std::sync::Arc<rdk_runtime::Module>> {
    let names = || entries(place::noted(format::builtins()));
    vec![rdk_runtime::Module::new("numpy.lib.format", "How NumPy's own files are laid out.", names)]
}

mod format {
    use super::*;
    use rdk_array::face::parameters::ShapeArg;

    builtins! {
        /// An array that stays in an `.npy` file, which is made if `mode` says so.
        ///
        /// ```rdk
        /// from numpy.lib.format import open_memmap
        /// x = open_memmap("/dev/shm/rdk-doc-3.npy", mode="w+", dtype="int16", shape=(2, 2))
        /// x[1] = 5
        /// np.load("/dev/shm/rdk-doc-3.npy")
        /// #> array([[0, 0],
        /// #>        [5, 5]], dtype=int16)
        /// ```
        fn open_memmap[context](
            /// The file's path.
            filename: PathArg,
            /// `r+` read and write, `r` read, `w+` make anew, `c` changes stay in memory.
            mode: String = "r+",
            /// The type of the numbers of a new one; float64 if left out.
            dtype: Option<DTypeArg>,
            /// The shape of a new one.
            shape: Option<ShapeArg>,
            /// Does the first axis of a new one run fastest? It does not.
            fortran_order: bool = false,
            /// Accepted, not used.
            version: Option<Value>,
        ) -> Result<Value> {
            let _ = version;
            if mode != "w+" {
                return load(&filename.0, Some(&mode));
            }
            let Some(shape) = shape else { bail!("a new file needs a `shape`") };
            if fortran_order {
                bail!(NotImplementedError: "a new file is written with the last axis running fastest");
            }
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            rdk_array::face::create::room_for(context, &shape.0, dtype)?;
            save_npy(&filename.0, &Chunk::full(&shape.0, rdk_array::Scalar::Bool(false).cast(dtype)))?;
            load(&filename.0, Some("r+"))
        }
    }
}

/// Makes known how things of this folder are read.
pub fn register() {
    travel::register(MEMMAP, |bytes| {
        let (stored, mode): (crate::stored::Stored, String) =
            postcard::from_bytes(bytes).map_err(|_| error!(RuntimeError: "a memory-mapped array is damaged"))?;
        Ok(Value::object(MemMap { stored, mode: if mode == "r" { "r" } else { "r+" } }))
    });
}

builtins! {
    /// The array of an `.npy` file, or the arrays of an `.npz` file.
    ///
    /// ```rdk
    /// np.save("/dev/shm/rdk-doc.npy", np.arange(3))
    /// np.load("/dev/shm/rdk-doc.npy")
    /// #> array([0, 1, 2])
    /// ```
    fn load(
        /// The file's path.
        file: PathArg,
        /// `r`, `r+` or `c`: the numbers stay in the file, and what is asked for is read.
        mmap_mode: Option<String>,
        /// Objects of Python's cannot be read.
        allow_pickle: bool = false,
        /// Accepted, not used.
        options: Keywords,
    ) -> Result<Value> {
        let _ = (allow_pickle, options);
        load(&file.0, mmap_mode.as_deref())
    }

    /// Writes an array to an `.npy` file.
    fn save[context](
        /// The file's path; `.npy` is added if it is not there.
        file: PathArg,
        /// The array; a lazy one is computed.
        arr: Value,
        /// Accepted, not used.
        allow_pickle: bool = true,
    ) -> Result<()> {
        let _ = allow_pickle;
        save(context, &with_ending(&file.0, "npy"), &arr)
    }

    /// Writes several arrays to an `.npz` file.
    fn savez[context](
        /// The file's path; `.npz` is added if it is not there.
        file: PathArg,
        /// Arrays that are named `arr_0`, `arr_1`, …
        args: Rest,
        /// Arrays by name.
        kwds: Keywords,
    ) -> Result<()> { savez(context, &file.0, args, kwds, false) }

    /// Writes several arrays to an `.npz` file, compressed.
    fn savez_compressed[context](
        /// The file's path; `.npz` is added if it is not there.
        file: PathArg,
        /// Arrays that are named `arr_0`, `arr_1`, …
        args: Rest,
        /// Arrays by name.
        kwds: Keywords,
    ) -> Result<()> { savez(context, &file.0, args, kwds, true) }

    /// An array of the plain numbers in a file.
    fn fromfile(
        /// The file's path.
        file: PathArg,
        /// The type of the numbers.
        dtype: Option<Value>,
        /// How many; -1 for all.
        count: i64 = -1,
        /// What stands between numbers that are text; plain bytes if left out.
        sep: String = "",
        /// Where in the file they begin.
        offset: u64 = 0u64,
    ) -> Result<Value> { from_file(&file.0, dtype, count, &sep, offset) }

    /// An array of the plain numbers in bytes.
    ///
    /// ```rdk
    /// np.frombuffer(b"\x01\x02\x03", dtype=np.uint8)
    /// #> array([1, 2, 3], dtype=uint8)
    /// ```
    fn frombuffer(
        /// The bytes.
        buffer: std::sync::Arc<[u8]>,
        /// The type of the numbers.
        dtype: Option<Value>,
        /// How many; -1 for all.
        count: i64 = -1,
        /// Where they begin.
        offset: usize = 0,
    ) -> Result<Value> {
        let number = number(dtype, DType::F64)?;
        let bytes = buffer.get(offset..).unwrap_or_default();
        if count < 0 && bytes.len() % number.size() != 0 {
            bail!("buffer size must be a multiple of element size");
        }
        let n = usize::try_from(count).unwrap_or(bytes.len() / number.size());
        match n.checked_mul(number.size()).and_then(|size| bytes.get(..size)) {
            Some(bytes) => Ok(Value::object(NdArray::new(number.decode(bytes, &[n])))),
            None => bail!("buffer is smaller than requested size"),
        }
    }
}

/// Methods of eager arrays.
pub mod methods {
    use super::*;

    builtins! {
        /// Writes the plain numbers to a file.
        fn tofile[context](
            /// The array.
            this: Value,
            /// The file's path.
            fid: PathArg,
            /// What stands between them as text; plain bytes if left out.
            sep: String = "",
            /// How a number is written as text, as after `%`.
            format: String = "%s",
        ) -> Result<()> {
            let chunk = chunk(context, &this)?;
            let bytes = match sep.is_empty() {
                true => crate::number::Number::plain(chunk.dtype()).encode(&chunk).into_owned(),
                false => rows(context, &chunk.reshape(&[1, chunk.len()]), &Value::from(format), &sep, "")?.into_bytes(),
            };
            replace(&fid.0, |part| std::fs::write(part, &bytes).map_err(|error| fault::system(&error, &fid.0)))
        }
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    match path.extension() {
        Some(found) if found == ending => path.to_path_buf(),
        _ => PathBuf::from(format!("{}.{ending}", fault::named(path))),
    }
}

fn load(path: &Path, mmap_mode: Option<&str>) -> Result<Value> {
    let mut start = [0; 4];
    let mut file = std::fs::File::open(path).map_err(|error| fault::system(&error, path))?;
    let read = std::io::Read::read(&mut file, &mut start).map_err(|error| fault::system(&error, path))?;
    match &start[..read] {
        [] => bail!(EOFError: "No data left in file: '{}'", fault::named(path)),
        [b'P', b'K', ..] => return Ok(Value::object(archive::Archive::open(path)?)),
        [0x93, b'N', ..] => {}
        _ => {
            bail!("This file contains pickled (object) data, or it is not NumPy's: '{}'", fault::named(path); hint: "rdk reads .npy and .npz; `np.fromfile` reads plain numbers, `np.loadtxt` text")
        }
    }
    let stored = read_header(path)?;
    whole(&stored)?;
    match mmap_mode {
        None | Some("c") => Ok(Value::object(NdArray::new(stored.read_all()?))),
        Some("r") => Ok(Value::object(MemMap { stored, mode: "r" })),
        Some("r+") => Ok(Value::object(MemMap { stored, mode: "r+" })),
        Some(other) => bail!("mode must be one of {{'r', 'c', 'r+'}} (got {})", Value::str(other).repr()),
    }
}

/// Is everything there that the header speaks of?
fn whole(stored: &crate::stored::Stored) -> Result<()> {
    let crate::stored::How::Raw { offset, number, .. } = &stored.how else { return Ok(()) };
    let n = stored.shape.iter().product::<usize>();
    let there = stored.stamp.0.saturating_sub(*offset) as usize / number.size();
    if there < n {
        bail!(
            "Failed to read all data for array. Expected {} = {n} elements, could only read {there} elements: '{}'",
            rdk_array::shape::show(&stored.shape), fault::named(&stored.path);
            hint: "the file may not be fully written"
        );
    }
    Ok(())
}

/// A lazy array of fewer bytes is computed and written in one go.
const LARGE: u128 = 1 << 20;

fn save(context: &Context, path: &Path, value: &Value) -> Result<()> {
    // What takes its bytes one after the other, a pipe for one, has no places for chunks.
    let has_places = std::fs::metadata(path).map_or(true, |facts| facts.is_file());
    if let Some(array) = value.get::<Array>().filter(|_| has_places) {
        let array = array.sized()?;
        if array.ndim() > 0 && array.nbytes() > LARGE {
            return save_lazy(context, path, &array);
        }
    }
    save_npy(path, &chunk(context, value)?)
}

fn savez(context: &Context, path: &Path, args: Rest, keywords: Keywords, compressed: bool) -> Result<()> {
    let mut arrays = Vec::new();
    for (name, value) in &keywords.0 {
        arrays.push((name.to_string(), chunk(context, value)?));
    }
    for (at, value) in args.0.iter().enumerate() {
        let name = format!("arr_{at}");
        if arrays.iter().any(|(other, _)| *other == name) {
            bail!("Cannot use un-named variables and keyword {name}");
        }
        arrays.push((name, chunk(context, value)?));
    }
    archive::save(&with_ending(path, "npz"), &arrays, compressed)
}

fn from_file(path: &Path, dtype: Option<Value>, count: i64, sep: &str, offset: u64) -> Result<Value> {
    let number = number(dtype, DType::F64)?;
    if !sep.is_empty() {
        let text = text::lines(path)?.join(" ");
        let fields: Vec<String> = text
            .split(if sep.trim().is_empty() { " " } else { sep.trim() })
            .map(|field| field.trim().to_string())
            .filter(|field| !field.is_empty())
            .collect();
        let n = usize::try_from(count).unwrap_or(fields.len()).min(fields.len());
        let format = text::Format {
            delimiter: None,
            comments: None,
            skip: 0,
            skip_end: 0,
            rows: None,
            columns: None,
            missing: None,
            dtype: number.dtype,
        };
        let chunk = text::parse(&fields[..n], &format, &path.display().to_string())?;
        return Ok(Value::object(NdArray::new(chunk.reshape(&[n]))));
    }
    let bytes = std::fs::read(path).map_err(|error| fault::system(&error, path))?;
    let bytes = bytes.get(offset as usize..).unwrap_or_default();
    let n = bytes.len() / number.size();
    let n = usize::try_from(count).unwrap_or(n).min(n);
    Ok(Value::object(NdArray::new(number.decode(&bytes[..n * number.size()], &[n]))))
}

/// Names of `dask.array`.
pub fn stack_names() -> Vec<(&'static str, Value)> {
    entries(place::noted(stacks::builtins()))
}

mod stacks {
    use super::*;

    builtins! {
        /// The chunked array of a folder of `.npy` files, one for each chunk.
        fn from_npy_stack(
            /// The folder.
            dirname: PathArg,
            /// Accepted: chunks are read when they are needed in any case.
            mmap_mode: Option<String> = "r",
        ) -> Result<Value> {
            let _ = mmap_mode;
            Ok(Value::lazy(Stack::open(&dirname.0)?))
        }

        /// Writes an array as a folder of `.npy` files, one for each chunk along an axis.
        fn to_npy_stack[context](
            /// The folder; it is made if it is not there.
            dirname: PathArg,
            /// The array.
            x: rdk_array::face::operand::Operand,
            /// Along which axis the files lie.
            axis: i64 = 0,
        ) -> Result<()> { to_stack(context, &dirname.0, &x.array()?, axis) }
    }
}

fn to_stack(context: &Context, folder: &Path, array: &Array, axis: i64) -> Result<()> {
    if array.ndim() == 0 {
        bail!("an array without axes cannot be cut into files"; hint: "`np.save` writes it");
    }
    let axis = rdk_array::shape::axis(axis, array.ndim())?;
    let specs = (0..array.ndim())
        .filter(|&other| other != axis)
        .map(|other| (other as i64, rdk_array::chunks::AxisSpec::Whole))
        .collect();
    let array = array.rechunk(&rdk_array::ChunksSpec::ByAxis(specs))?;
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let folder = folder.as_path();
    std::fs::create_dir_all(folder).map_err(|error| fault::system(&error, folder))?;
    // Whole under other names first: the array may be made of the files that are there now.
    let part = folder.join(format!(".{}.part", std::process::id()));
    let info = super::pickle::describe(array.chunks(), array.dtype(), axis);
    let done = write_stack(context, &part, array, axis).and_then(|n_files| take_over(folder, &part, n_files, &info));
    let _ = std::fs::remove_dir_all(&part);
    done
}

fn write_stack(context: &Context, part: &Path, array: Array, axis: usize) -> Result<usize> {
    std::fs::create_dir_all(part).map_err(|error| fault::system(&error, part))?;
    let grid = Chunks(array.numblocks().iter().map(|&n| AxisChunks::even(n, 1)).collect());
    let n_files = array.numblocks()[axis];
    let writer = StackWriter { folder: part.to_path_buf(), axis, turn: rdk_graph::Token::fresh() };
    let written = Array::step("to-npy-stack", writer, [array], grid, DType::Bool);
    crate::store::run(context, &[written])?;
    Ok(n_files)
}

/// Puts the files in the place of those of an earlier array, which would look like parts of this one.
fn take_over(folder: &Path, part: &Path, n_files: usize, info: &[u8]) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|error| fault::system(&error, folder))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.strip_suffix(".npy").is_some_and(|number| number.parse::<usize>().is_ok())
            || name == "info"
            || name == "info.json"
        {
            std::fs::remove_file(entry.path()).map_err(|error| fault::system(&error, &entry.path()))?;
        }
    }
    let path = folder.join("info");
    std::fs::write(&path, info).map_err(|error| fault::system(&error, &path))?;
    for number in 0..n_files {
        let (from, to) = (part.join(format!("{number}.npy")), folder.join(format!("{number}.npy")));
        std::fs::rename(&from, &to).map_err(|error| fault::system(&error, &to))?;
    }
    Ok(())
}
