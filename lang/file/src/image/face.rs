//! The modules that read images: `skimage.io`, `imageio`, `dask_image.imread`, `dask.array.image`.

use std::path::PathBuf;
use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::chunks::{AxisSpec, ChunksSpec};
use rdk_array::eager::{self, NdArray};
use rdk_array::place;
use rdk_array::{Chunk, DType};
use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::class::entries;
use rdk_runtime::{Args, Context, FromValue, Keywords, Module, Result, Value, bail, builtins};

use super::{Pages, files, read_all, save};
use crate::hdf5::create::chunk;

/// The modules of this folder.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("skimage", "Images as arrays.", || {
            let mut names = crate::filter::of_skimage();
            names.push(("__version__", Value::str("0.25.2")));
            names
        }),
        Module::new("skimage.io", "Images from files, and to files.", || entries(skimage::builtins())),
        Module::new("imageio", "Images from files, and to files.", || entries(imageio::builtins())),
        Module::new("imageio.v2", "Images from files, and to files.", || entries(imageio::builtins())),
        Module::new("imageio.v3", "Images from files, and to files.", || entries(imageio::builtins())),
        Module::new("dask_image", "Chunked images.", Vec::new),
        Module::new("dask_image.imread", "Images from files as chunked arrays.", || {
            entries(place::noted(dask_image::builtins()))
        }),
        dask_module(),
    ]
}

/// `dask.array.image`
pub fn dask_module() -> Arc<Module> {
    Module::new("dask.array.image", "Images from files as chunked arrays.", || {
        entries(place::noted(dask_array::builtins()))
    })
}

/// A path, or a list of paths.
pub struct Paths(pub Vec<PathBuf>);

impl FromValue for Paths {
    fn expected() -> &'static str {
        "a path or a list of paths"
    }

    fn from_value(value: &Value) -> Option<Paths> {
        match value.items() {
            Some(items) => {
                items.iter().map(|item| PathArg::from_value(item).map(|path| path.0)).collect::<Option<_>>().map(Paths)
            }
            None => PathArg::from_value(value).map(|path| Paths(vec![path.0])),
        }
    }
}

/// All files that the paths stand for, patterns among them.
fn spread(paths: &Paths) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in &paths.0 {
        all.extend(files(&path.to_string_lossy())?);
    }
    Ok(all)
}

/// Three or four planes are colours to scikit-image, and colours come last.
fn colours_last(chunk: Chunk) -> Chunk {
    let n = chunk.ndim();
    if n < 3 || matches!(chunk.shape()[n - 1], 3 | 4) || !matches!(chunk.shape()[n - 3], 3 | 4) {
        return chunk;
    }
    let mut axes: Vec<usize> = (0..n).collect();
    axes[n - 3..].rotate_left(1);
    chunk.transpose(&axes)
}

/// The weights of colours that scikit-image makes grey of.
fn grey(chunk: &Chunk) -> Chunk {
    let (shape, parts) = match *chunk.shape() {
        [height, width, parts @ (3 | 4)] => ([height, width], parts),
        _ => return chunk.clone(),
    };
    let most = match chunk.dtype() {
        DType::U8 => 255.0,
        DType::U16 => 65535.0,
        _ => 1.0,
    };
    let levels = chunk.to_vec::<f64>();
    let level = |pixel: &[f64]| (0.2125 * pixel[0] + 0.7154 * pixel[1] + 0.0721 * pixel[2]) / most;
    Chunk::from_vec(&shape, levels.chunks_exact(parts).map(level).collect())
}

mod skimage {
    use super::*;

    builtins! {
        /// The image of a file as an array: rows, columns, colours; pages of a TIFF file before them.
        fn imread(
            /// The file's path.
            fname: PathArg,
            /// Should colours become grey?
            as_gray: bool = false,
            /// Accepted, not used.
            plugin: Option<String>,
            /// Accepted, not used.
            plugin_args: Keywords,
        ) -> Result<Value> {
            let _ = (plugin, plugin_args);
            let chunk = colours_last(read_all(&fname.0)?);
            Ok(Value::object(NdArray::new(if as_gray { grey(&chunk) } else { chunk })))
        }

        /// Writes an array as an image: PNG, JPEG, TIFF or BMP, by the ending.
        fn imsave[context](
            /// The file's path.
            fname: PathArg,
            /// The array.
            arr: Value,
            /// Accepted, not used.
            plugin: Option<String>,
            /// Accepted, not used.
            check_contrast: bool = true,
            /// `compression` for TIFF.
            plugin_args: Keywords,
        ) -> Result<()> {
            let _ = (plugin, check_contrast);
            save(&fname.0, &chunk(context, &arr)?, plugin_args.0.iter().any(|(name, value)| name.starts_with("compress") && !value.is_none()))
        }

        /// The images of several files, read one by one when they are asked for.
        fn imread_collection(
            /// A pattern, or a list of paths.
            load_pattern: Paths,
            /// Accepted, not used.
            conserve_memory: bool = true,
            /// Accepted, not used.
            plugin: Option<String>,
        ) -> Result<Value> {
            let _ = (conserve_memory, plugin);
            let images = spread(&load_pattern)?.iter().map(|path| Ok(Value::object(NdArray::new(read_all(path)?)))).collect::<Result<Vec<_>>>()?;
            Ok(Value::list(images))
        }
    }
}

mod imageio {
    use super::*;

    builtins! {
        /// The image of a file as an array.
        fn imread(
            /// The file's path.
            uri: PathArg,
            /// Accepted, not used.
            options: Keywords,
        ) -> Result<Value> {
            let _ = options;
            Ok(Value::object(NdArray::new(read_all(&uri.0)?)))
        }

        /// The pages of a file as an array.
        fn volread(
            /// The file's path.
            uri: PathArg,
        ) -> Result<Value> { Ok(Value::object(NdArray::new(read_all(&uri.0)?))) }

        /// The pages of a file, as a list.
        fn mimread(
            /// The file's path.
            uri: PathArg,
        ) -> Result<Value> {
            let pages = (0..super::super::n_pages(&uri.0)?).map(|number| super::super::read_page(&uri.0, number));
            Ok(Value::list(pages.map(|page| Ok(Value::object(NdArray::new(page?)))).collect::<Result<Vec<_>>>()?))
        }

        /// Writes an array as an image: PNG, JPEG, TIFF or BMP, by the ending.
        fn imwrite[context](
            /// The file's path.
            uri: PathArg,
            /// The array.
            image: Value,
            /// Accepted, not used.
            options: Keywords,
        ) -> Result<()> {
            let _ = options;
            save(&uri.0, &chunk(context, &image)?, false)
        }
    }
}

mod dask_image {
    use super::*;

    builtins! {
        /// Images of files that fit a pattern as one chunked array; a chunk is read when it is needed.
        fn imread(
            /// A path or a pattern: `frames/*.tif`.
            fname: Paths,
            /// How many images make a chunk; -1 for all.
            nframes: i64 = 1,
            /// `numpy` is what there is.
            arraytype: String = "numpy",
        ) -> Result<Value> {
            let _ = arraytype;
            if nframes == 0 || nframes < -1 {
                bail!("`nframes` must be greater than zero.");
            }
            let stored = Pages::of(&spread(&fname)?)?;
            let first = if nframes == -1 { AxisSpec::Whole } else { AxisSpec::Size(nframes as usize) };
            lazy(stored, first)
        }
    }
}

fn lazy(stored: crate::stored::Stored, first: AxisSpec) -> Result<Value> {
    let mut axes = vec![AxisSpec::Whole; stored.shape.len()];
    axes[0] = first;
    let array = stored.lazy("imread", &ChunksSpec::Axes(axes), None)?;
    Ok(Value::lazy(array))
}

mod dask_array {
    use super::*;

    builtins! {
        /// Images of files that fit a pattern as one chunked array, a file a chunk.
        fn imread[context](
            /// A pattern: `frames/*.png`.
            filename: Paths,
            /// A function that reads one file; the usual formats are known without it.
            imread: Option<Value>,
            /// A function that each image passes through.
            preprocess: Option<Value>,
        ) -> Result<Value> { stacked(context, &spread(&filename)?, imread, preprocess) }
    }
}

/// With functions of the user's the images are delayed calls, stacked.
fn stacked(context: &Context, files: &[PathBuf], read: Option<Value>, preprocess: Option<Value>) -> Result<Value> {
    if read.is_none() && preprocess.is_none() {
        let stored = Pages::of(files)?;
        return lazy(stored, AxisSpec::Size(1));
    }
    let library = &context.shared.library;
    let reader = match read {
        Some(read) => read,
        None => library.import("skimage.io")?.get("imread").unwrap_or_default(),
    };
    let one = |delayed: Option<&Value>, path: &PathBuf| -> Result<Value> {
        let call = |function: &Value, arg: Value| match delayed {
            Some(delayed) => context.call(&context.call(delayed, Args::one(function.clone()))?, Args::one(arg)),
            None => context.call(function, Args::one(arg)),
        };
        let image = call(&reader, Value::str(path.to_string_lossy()))?;
        match &preprocess {
            Some(preprocess) => call(preprocess, image),
            None => Ok(image),
        }
    };
    let Some(first) = files.first() else { bail!("there are no files") };
    let sample = eager::nested::chunk(&one(None, first)?, None)?;
    let delayed = library.import("dask")?.get("delayed").unwrap_or_default();
    let images = files.iter().map(|path| match one(Some(&delayed), path)? {
        Value::Lazy(image) => Ok(Array::from_delayed(image, sample.shape(), sample.dtype())),
        other => Array::from_chunk(eager::nested::chunk(&other, None)?, &ChunksSpec::WHOLE),
    });
    Ok(Value::lazy(Array::stack(&images.collect::<Result<Vec<_>>>()?, 0)?))
}
