//! The module `zarr`, and what `dask.array` has for it.

mod array;
mod attributes;
mod functions;
mod group;
mod of_dask;
mod packing;

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_array::array::Array;
use rdk_array::chunks::AxisSpec;
use rdk_array::eager::{DTypeArg, DTypeObject, NdArray};
use rdk_array::face::operand::Operand;
use rdk_array::face::parameters::ShapeArg;
use rdk_array::{Chunk, ChunksSpec, DType, place, shape};
use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::class::entries;
use rdk_runtime::types::{key_error, types};
use rdk_runtime::{
    Class, ClassRef, Context, FromValue, Keywords, Kind, Module, Object, Result, Value, bail, builtins, error,
};

use self::attributes::attributes_of;
use self::group::{GROUP, Group};
use self::of_dask::groups;
pub use self::of_dask::methods;
use super::codecs::Codec;
use super::metadata::{self, Facts, create, create_group, facts, is_group, to_value};
use crate::store::{Target, run, writing};
use crate::stored::{How, Stored};
use crate::{boxes, fault, scattered};

/// The modules of this folder.
pub fn modules() -> Vec<Arc<Module>> {
    let zarr = Module::new("zarr", "Zarr stores: arrays in chunks, each a file.", || {
        let mut names = entries(place::noted(functions::builtins()));
        names.push(("Array", Value::Class(ARRAY.clone())));
        names.push(("Group", Value::Class(GROUP.clone())));
        names.push(("storage", Value::Module(functions::storage())));
        names
    });
    std::iter::once(zarr).chain(packing::modules()).collect()
}

/// Names of `dask.array`.
pub fn names() -> Vec<(&'static str, Value)> {
    entries(place::noted(of_dask::names::builtins()))
}

/// An array in a store.
#[derive(Clone)]
pub struct ZarrArray {
    /// Where it is, and what it was when that was last looked at: `resize` changes it for all that hold it.
    stored: Arc<Mutex<Stored>>,
    chunks: Vec<usize>,
    read_only: bool,
}

static ARRAY: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Array", "zarr", "Numbers in chunks, each a file.").base(types().object.clone());
    ClassRef::new(class.methods(array::methods::builtins()).properties(array::properties::builtins()))
});

impl FromValue for ZarrArray {
    fn expected() -> &'static str {
        "a Zarr array"
    }

    fn from_value(value: &Value) -> Option<ZarrArray> {
        value.get::<ZarrArray>().cloned()
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

impl ZarrArray {
    fn open(path: &Path, name: &str, read_only: bool) -> Result<ZarrArray> {
        let facts = facts(path, name)?;
        let stamp = metadata::stamp(path, name)?;
        let how = How::Zarr { array: name.to_string() };
        let stored = Stored { path: absolute(path), stamp, shape: facts.shape, dtype: facts.dtype, how };
        Ok(ZarrArray { stored: Arc::new(Mutex::new(stored)), chunks: facts.chunks, read_only })
    }

    /// Where it is, and its shape and type.
    pub fn stored(&self) -> Stored {
        self.stored.lock().clone()
    }

    fn name(&self) -> String {
        match self.stored.lock().how.clone() {
            How::Zarr { array } => array.trim_matches('/').to_string(),
            How::Raw { .. } | How::Hdf5 { .. } | How::Pages(_) | How::Stack(_) => String::new(),
        }
    }

    /// It as a lazy array.
    pub fn lazy(&self, chunks: &ChunksSpec) -> Result<Array> {
        // Its chunks may have been written to since the description was.
        let mut stored = self.stored();
        let folder = stored.path.join(self.name());
        let written = std::fs::read_dir(&folder).map(|entries| entries.flatten().count() as u64).unwrap_or(0);
        stored.stamp.0 = stored.stamp.0.wrapping_add(written << 32);
        stored.lazy("from-zarr", chunks, Some(&self.chunks))
    }
}

/// Chunks that are multiples of a store's, as near to the array's own as may be.
pub fn aligned(array: &Array, stored: &[usize]) -> ChunksSpec {
    let axis = |(axis, &size): (usize, &usize)| {
        let own = array.chunks().0[axis].largest().max(1);
        AxisSpec::Size((own.max(size) / size * size).max(1))
    };
    ChunksSpec::Axes(stored.iter().enumerate().map(axis).collect())
}

fn group(path: &Path, name: &str) -> Result<Value> {
    if !is_group(path, name)? {
        bail!(FileNotFoundError: "No group found in store '{}' at path '{name}'", path.display());
    }
    Ok(Value::object(Group { path: path.to_path_buf(), name: name.trim_matches('/').to_string() }))
}

fn open(context: &Context, path: &Path, name: &str, mode: &str, kwargs: Keywords) -> Result<Value> {
    let path = absolute(path);
    let there = facts(&path, name);
    let wants_new = kwargs.0.iter().any(|(name, _)| &**name == "shape" || &**name == "data");
    match mode {
        "r" | "r+" | "a" if there.is_ok() => Ok(Value::object(ZarrArray::open(&path, name, mode == "r")?)),
        "r" | "r+" | "a" if is_group(&path, name)? => group(&path, name),
        "r" | "r+" => there.map(|_| Value::None),
        // A damaged description is not written over.
        "a" if there.as_ref().is_err_and(|error| error.0.kind != Kind::FileNotFoundError) => there.map(|_| Value::None),
        "a" if wants_new => make(context, &path, name, kwargs),
        "a" | "w" if !wants_new => {
            let folder = path.join(name.trim_matches('/'));
            if mode == "w" && folder.exists() {
                std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?;
            }
            create_group(&path, name, 3)?;
            group(&path, name)
        }
        "w" | "w-" => {
            let mut kwargs = kwargs;
            kwargs.0.push(("overwrite".into(), Value::Bool(mode == "w")));
            make(context, &path, name, kwargs)
        }
        other => bail!("mode must be one of r, r+, a, w, w-, got {}", Value::str(other).repr()),
    }
}

/// Keywords of a new array that change nothing of what it holds.
fn accepted(name: &str, value: &Value) -> Result<()> {
    match name {
        "order"
        | "config"
        | "serializer"
        | "chunk_key_encoding"
        | "dimension_names"
        | "dimension_separator"
        | "storage_options"
        | "cache_attrs"
        | "cache_metadata"
        | "write_empty_chunks" => Ok(()),
        "shards" | "filters" if value.is_none() || value.as_str() == Some("auto") => Ok(()),
        "shards" | "filters" => {
            bail!(NotImplementedError: "new Zarr arrays have no `{name}`"; hint: "arrays that have are read")
        }
        other => bail!(
            TypeError: "unexpected keyword argument `{other}`";
            hint: "shape, chunks, dtype, data, fill_value, compressors, zarr_format, overwrite, attributes"
        ),
    }
}

fn make(context: &Context, path: &Path, name: &str, kwargs: Keywords) -> Result<Value> {
    let (mut shape_given, mut chunks, mut dtype, mut data, mut fill, mut version, mut overwrite) =
        (None, None, None, None, None, 3, false);
    let mut attributes = serde_json::json!({});
    let mut packed = vec![Codec::USUAL];
    for (name, value) in kwargs.0 {
        match &*name {
            "compressors" | "compressor" => packed = packing::packing(&value)?,
            _ if value.is_none() => {}
            "shape" => shape_given = Some(ShapeArg::try_from_value(&value)?.0.to_vec()),
            "chunks" if matches!(value, Value::Bool(_)) || value.as_str() == Some("auto") => {}
            "chunks" => chunks = Some(ShapeArg::try_from_value(&value)?.0.to_vec()),
            "dtype" => dtype = Some(DTypeArg::try_from_value(&value)?.0),
            "data" => data = Some(crate::hdf5::create::chunk(context, &value)?),
            "fill_value" => fill = Some(value),
            "zarr_format" | "zarr_version" => version = u64::try_from_value(&value)?,
            "overwrite" => overwrite = bool::try_from_value(&value)?,
            "attributes" | "attrs" => attributes = metadata::from_value("attributes", &value)?,
            other => accepted(other, &value)?,
        }
    }
    let Some(shape) = shape_given.or_else(|| data.as_ref().map(|data: &Chunk| data.shape().to_vec())) else {
        bail!(TypeError: "an array needs a `shape`, or `data`");
    };
    let dtype = dtype.or(data.as_ref().map(Chunk::dtype)).unwrap_or(DType::F64);
    if !matches!(version, 2 | 3) {
        bail!("zarr_format must be 2 or 3, got {version}");
    }
    let folder = path.join(name.trim_matches('/'));
    if facts(path, name).is_ok() || is_group(path, name)? {
        if !overwrite {
            bail!(FileExistsError: "An array exists in store '{}' at path '{name}'", path.display(); hint: "`overwrite=True` replaces it");
        }
        std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?;
    }
    let one = chunks
        .as_ref()
        .filter(|chunks| chunks.len() == 1 && shape.len() > 1)
        .map(|chunks| vec![chunks[0]; shape.len()]);
    let chunks = one.or(chunks).unwrap_or_else(|| crate::hdf5::content::guessed_chunks(&shape, dtype.size()));
    if chunks.len() != shape.len() || chunks.contains(&0) {
        bail!("chunks {} do not fit the shape {}", shape::show(&chunks), shape::show(&shape));
    }
    let chunks = chunks.iter().zip(&shape).map(|(&size, &length)| size.min(length.max(1))).collect();
    if !name.trim_matches('/').is_empty() {
        groups(path, name, version)?;
    }
    create(
        path,
        name,
        &Facts { version, shape, chunks, dtype, attributes, fill: serde_json::Value::Null },
        fill.as_ref(),
        &packed,
    )?;
    let array = ZarrArray::open(path, name, false)?;
    if let Some(data) = data.filter(|data| !data.is_empty()) {
        super::write(path, name, &vec![0; data.ndim()], &data.cast(dtype))?;
    }
    Ok(Value::object(array))
}
