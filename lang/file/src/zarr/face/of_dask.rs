//! Arrays of Dask out of stores and into them.

use rdk_runtime::modules::warnings;

use super::*;

pub(super) mod names {
    use super::*;

    builtins! {
        /// A chunked array of a Zarr array.
        fn from_zarr(
            /// The store's path, or a Zarr array.
            url: Value,
            /// The array in the store.
            component: Option<String>,
            /// Accepted, not used.
            storage_options: Option<Value>,
            /// How long chunks are; those of the store if left out.
            chunks: Option<ChunksSpec>,
            /// What it is called as a whole.
            name: Option<String>,
            /// Has no effect.
            inline_array: bool = false,
        ) -> Result<Value> {
            let _ = (storage_options, inline_array);
            let zarr = match url.get::<ZarrArray>() {
                Some(zarr) => zarr.clone(),
                None => ZarrArray::open(&PathArg::try_from_value(&url)?.0, component.as_deref().unwrap_or(""), true)?,
            };
            let own = ChunksSpec::Axes(zarr.chunks.iter().map(|&size| AxisSpec::Size(size)).collect());
            Ok(Value::lazy(zarr.lazy(&chunks.unwrap_or(own))?.called(name.as_deref())))
        }

        /// Writes an array as a Zarr array, a file for each chunk.
        fn to_zarr[context](
            /// The array.
            arr: Operand,
            /// The store's path, or a Zarr array to write into.
            url: Value,
            /// The array in the store.
            component: Option<String>,
            /// Accepted, not used.
            storage_options: Option<Value>,
            /// May there be something already?
            overwrite: bool = false,
            /// "w" is `overwrite=True`; "a" and "w-" write where there is nothing.
            mode: String = "a",
            /// Which part of a Zarr array is written: a tuple of slices.
            region: Option<Value>,
            /// Write now?
            compute: bool = true,
            /// Give the array as it is stored?
            return_stored: bool = false,
            /// `compressors`, `zarr_format`, `fill_value`, `attributes` of a new one.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = storage_options;
            let how = Writing { component: component.unwrap_or_default(), overwrite: overwrite || writes_over(&mode)?, region, now: compute, return_stored };
            to_zarr(context, &arr.array()?, &url, &how, &kwargs)
        }
    }
}

/// Methods of lazy arrays.
pub mod methods {
    use super::*;

    builtins! {
        /// Writes it as a Zarr array, a file for each chunk.
        fn to_zarr[context](
            /// The array.
            this: Operand,
            /// The store's path, or a Zarr array to write into.
            url: Value,
            /// The array in the store.
            component: Option<String>,
            /// May there be something already?
            overwrite: bool = false,
            /// "w" is `overwrite=True`; "a" and "w-" write where there is nothing.
            mode: String = "a",
            /// Which part of a Zarr array is written: a tuple of slices.
            region: Option<Value>,
            /// Write now?
            compute: bool = true,
            /// Give the array as it is stored?
            return_stored: bool = false,
            /// Accepted, not used.
            storage_options: Option<Value>,
            /// `compressors`, `zarr_format`, `fill_value`, `attributes` of a new one.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = storage_options;
            let how = Writing { component: component.unwrap_or_default(), overwrite: overwrite || writes_over(&mode)?, region, now: compute, return_stored };
            super::to_zarr(context, &this.array()?, &url, &how, &kwargs)
        }

        /// Writes it as a dataset of an HDF5 file.
        fn to_hdf5[context](
            /// The array.
            this: Operand,
            /// The file's path.
            filename: PathArg,
            /// The dataset's name.
            datapath: String,
            /// `chunks`, `compression`, `shuffle` and so on; without them it lies in one piece.
            kwargs: Keywords,
        ) -> Result<()> { crate::store::datasets(context, &filename.0, &[(datapath, this.array()?)], kwargs) }
    }
}

/// May this mode write over what there is?
fn writes_over(mode: &str) -> Result<bool> {
    match mode {
        "w" => Ok(true),
        "a" | "w-" | "r+" => Ok(false),
        "r" => bail!("Cannot use mode `r` (read-only) when writing to zarr."),
        other => bail!("unknown mode '{other}'"; hint: "\"w\" replaces what there is, \"a\" does not"),
    }
}

/// What `to_zarr` is told.
struct Writing {
    component: String,
    overwrite: bool,
    region: Option<Value>,
    now: bool,
    return_stored: bool,
}

fn to_zarr(context: &Context, array: &Array, url: &Value, how: &Writing, kwargs: &Keywords) -> Result<Value> {
    let written = put(context, array, url, how, kwargs)?;
    if !(how.return_stored && how.now) {
        return Ok(written);
    }
    let zarr = match url.get::<ZarrArray>() {
        Some(zarr) => zarr.clone(),
        None => ZarrArray::open(&PathArg::try_from_value(url)?.0, &how.component, true)?,
    };
    let chunks = ChunksSpec::Axes(zarr.chunks.iter().map(|&size| AxisSpec::Size(size)).collect());
    Ok(Value::lazy(zarr.lazy(&chunks)?))
}

fn put(context: &Context, array: &Array, url: &Value, how: &Writing, kwargs: &Keywords) -> Result<Value> {
    let (component, overwrite, now) = (how.component.as_str(), how.overwrite, how.now);
    if let Some(zarr) = url.get::<ZarrArray>() {
        if zarr.read_only {
            bail!("store was opened in read-only mode and does not support writing"; hint: "open it with `mode=\"r+\"`");
        }
        let region = how.region.clone().unwrap_or(Value::Ellipsis);
        let Some(writer) = crate::store::to_file(array, url, &region)? else {
            bail!(RuntimeError: "a Zarr array cannot be written to");
        };
        return finish(context, writer, now);
    }
    if how.region.is_some() {
        bail!("Cannot use `region` keyword when url is not a `zarr.Array`."; hint: "`zarr.open(path, mode=\"r+\")` is one");
    }
    let path = absolute(&PathArg::try_from_value(url)?.0);
    let (mut version, mut packed, mut fill) = (3, vec![Codec::USUAL], None);
    let mut attributes = serde_json::json!({});
    for (name, value) in &kwargs.0 {
        match &**name {
            "zarr_format" | "zarr_version" => version = u64::try_from_value(value)?,
            "compressors" | "compressor" => packed = packing::packing(value)?,
            "fill_value" => fill = Some(value).filter(|value| !value.is_none()),
            "attributes" => attributes = metadata::from_value("attributes", value)?,
            other => accepted(other, value)?,
        }
    }
    if !matches!(version, 2 | 3) {
        bail!("zarr_format must be 2 or 3, got {version}");
    }
    // All chunks but the last of an axis are of one size.
    let sizes: Vec<usize> = array.chunksize().iter().map(|&size| size.max(1)).collect();
    let even = array.chunks().0.iter().zip(&sizes).all(|(axis, &size)| {
        let n = axis.count();
        axis.sizes().enumerate().all(|(at, length)| length == size || (at + 1 == n && length <= size))
    });
    let cut_anew;
    let array = match even {
        true => array,
        false => {
            let text = format!(
                "The array uses irregular chunk sizes: it is written in chunks of {}; `x.rechunk(…)` says which",
                shape::show(&sizes)
            );
            warnings::warn(context, Kind::UserWarning, &text)?;
            cut_anew = array.rechunk(&ChunksSpec::Axes(sizes.iter().map(|&size| AxisSpec::Size(size)).collect()))?;
            &cut_anew
        }
    };
    let folder = path.join(component.trim_matches('/'));
    if !overwrite && taken(&folder) {
        bail!(FileExistsError: "An array exists in store '{}' at path '{component}'", path.display(); hint: "`overwrite=True` replaces it");
    }
    let described = Facts {
        version,
        shape: array.shape().to_vec(),
        chunks: sizes,
        dtype: array.dtype(),
        attributes,
        fill: serde_json::Value::Null,
    };
    if !now {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?;
        }
        create(&path, component, &described, fill, &packed)?;
        return Ok(Value::lazy(writing(
            array,
            Target::Zarr { path, array: component.to_string() },
            array.shape(),
            &vec![0; array.ndim()],
        )));
    }
    // Whole under another name first.
    let part = crate::whole::beside(&folder);
    let made = (|| {
        create(&part, "", &described, fill, &packed)?;
        let target = Target::Zarr { path: part.clone(), array: String::new() };
        run(context, &[writing(array, target, array.shape(), &vec![0; array.ndim()])])?;
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?;
        }
        if !component.trim_matches('/').is_empty() {
            groups(&path, component, version)?;
        }
        std::fs::rename(&part, &folder).map_err(|error| fault::system(&error, &folder))?;
        crate::zarr::forget();
        Ok(())
    })();
    if made.is_err() {
        let _ = std::fs::remove_dir_all(&part);
    }
    made.map(|()| Value::None)
}

/// Is there anything in the place of a folder? An empty one is free.
fn taken(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => folder.exists(),
    }
}

/// The groups that an array is in.
pub(super) fn groups(path: &Path, component: &str, version: u64) -> Result<()> {
    let mut name = String::new();
    let mut parts: Vec<&str> = component.trim_matches('/').split('/').collect();
    parts.pop();
    create_group(path, "", version)?;
    for part in parts {
        name = format!("{name}/{part}");
        create_group(path, &name, version)?;
    }
    Ok(())
}

fn finish(context: &Context, writer: Array, now: bool) -> Result<Value> {
    if now {
        run(context, &[writer])?;
        return Ok(Value::None);
    }
    Ok(Value::lazy(writer))
}
