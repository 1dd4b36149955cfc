//! `create_dataset`: what its keywords and its data stand for.

use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::eager::{DTypeArg, NdArray, nested};
use rdk_array::face::create::room_for;
use rdk_array::face::parameters::ShapeArg;
use rdk_array::shape::size as size_of_shape;
use rdk_array::{Chunk, DType, Scalar};
use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Keywords, Result, Value, bail, error};

use super::carry::can_fill;
use super::content::{Content, Data, Packing, guessed_chunks};
use super::dataset::Dataset;
use super::open::Node;
use super::tree::{Item, join};
use crate::number::Number;

/// How a dataset is to be packed, and what it is filled with.
pub fn packing(keywords: Keywords, shape: &[usize], item: usize) -> Result<(Packing, Option<Value>)> {
    let (mut packing, mut fill) = (Packing::default(), None);
    let (mut auto, mut level) = (false, None);
    for (name, value) in keywords.0 {
        match &*name {
            _ if value.is_none() => {}
            "chunks" => match &value {
                Value::Bool(wanted) => auto = *wanted,
                other => {
                    let chunks = ShapeArg::try_from_value(other)?.0.to_vec();
                    if chunks.len() != shape.len() || chunks.contains(&0) {
                        bail!(
                            "Chunk shape must not be greater than data shape in any dimension. {} is not compatible with {}",
                            rdk_array::shape::show(&chunks),
                            rdk_array::shape::show(shape)
                        );
                    }
                    packing.chunks = Some(chunks);
                }
            },
            "compression" => match (value.as_str(), u32::try_from(i64::from_value(&value).unwrap_or(-1))) {
                (Some("gzip"), _) => packing.gzip = Some(4),
                (Some("lzf"), _) => packing.lzf = true,
                (None, Ok(level @ 0..=9)) => packing.gzip = Some(level),
                _ => {
                    bail!("Compression filter {} is unavailable", value.repr(); hint: "\"gzip\" or \"lzf\", or a level from 0 to 9")
                }
            },
            "compression_opts" => level = Some(u64::try_from_value(&value)? as u32),
            "shuffle" => packing.shuffle = bool::try_from_value(&value)?,
            "fletcher32" => packing.fletcher32 = bool::try_from_value(&value)?,
            "maxshape" => match value.items() {
                Some(items) => {
                    packing.maxshape = Some(items.iter().map(Option::<usize>::try_from_value).collect::<Result<_>>()?)
                }
                None => packing.maxshape = Some(vec![None; shape.len()]),
            },
            "fillvalue" => fill = Some(value),
            "track_times" | "track_order" | "allow_unknown_filter" | "rdcc_nbytes" | "rdcc_w0" | "rdcc_nslots" => {}
            other => {
                bail!(TypeError: "create_dataset() got an unexpected keyword argument `{other}`"; hint: "it takes chunks, compression, compression_opts, shuffle, fletcher32, maxshape, fillvalue")
            }
        }
    }
    if let Some(level) = level {
        if level > 9 {
            bail!("GZIP setting must be an integer from 0-9, not {level}");
        }
        packing.gzip = packing.gzip.map(|_| level);
    }
    let needs = packing.gzip.is_some()
        || packing.lzf
        || packing.shuffle
        || packing.fletcher32
        || packing.maxshape.is_some()
        || auto;
    if shape.is_empty() && (needs || packing.chunks.is_some()) {
        bail!(TypeError: "Scalar datasets don't support chunk/filter options");
    }
    if let Some(chunks) = &packing.chunks {
        let most = |axis: usize| match &packing.maxshape {
            Some(most) => most.get(axis).copied().flatten(),
            None => Some(shape[axis]),
        };
        if (0..chunks.len()).any(|axis| most(axis).is_some_and(|most| chunks[axis] > most)) {
            bail!(
                "Chunk shape must not be greater than data shape in any dimension. {} is not compatible with {}",
                rdk_array::shape::show(chunks),
                rdk_array::shape::show(shape)
            );
        }
        let n_bytes = size_of_shape(chunks).saturating_mul(item as u128);
        if !rdk_graph::budget::is_usable(n_bytes) {
            bail!(
                MemoryError: "Unable to allocate {} for a chunk with shape {}",
                rdk_array::show::format_bytes(n_bytes), rdk_array::shape::show(chunks);
                hint: "smaller chunks are packed one after the other"
            );
        }
    }
    if needs && packing.chunks.is_none() {
        packing.chunks = Some(guessed_chunks(shape, item));
    }
    Ok((packing, fill))
}

/// What elements are that nobody has written.
pub fn fill_value(value: &Value, dtype: DType) -> Result<Scalar> {
    let Some(number) = nested::chunk(value, None).ok().and_then(|chunk| chunk.get(&[])) else {
        bail!(TypeError: "`fillvalue` is a number, got {}", describe(value));
    };
    let number = number.cast(dtype);
    if !can_fill(&Number::plain(dtype).encode(&Chunk::from_scalar(number))) {
        bail!(NotImplementedError: "a fill value of {} bytes cannot be written", dtype.size(); hint: "fill the dataset after it is made: `d[:] = value`");
    }
    Ok(number)
}

/// Makes a dataset.
pub fn create_dataset(
    context: &Context,
    group: &Node,
    name: &str,
    shape: Option<ShapeArg>,
    dtype: Option<Value>,
    data: Option<Value>,
    keywords: Keywords,
) -> Result<Value> {
    let shape = shape.map(|shape| shape.0.to_vec());
    let has_data = data.is_some();
    let as_text = dtype.as_ref().is_some_and(|dtype| DTypeArg::from_value(dtype).is_none() && is_text(dtype));
    let size = dtype.as_ref().and_then(fixed_size);
    let dtype = match dtype {
        Some(dtype) if !as_text => Some(DTypeArg::try_from_value(&dtype)?.0),
        _ => None,
    };
    let data = match data {
        Some(data) => match texts(&data) {
            Some((own, texts)) => {
                let shape = shape.clone().unwrap_or(own);
                if size_of_shape(&shape) != texts.len() as u128 {
                    bail!("Shape tuple is incompatible with data"; hint: "there are {} texts", texts.len());
                }
                words(shape, texts, size)?
            }
            None => {
                let chunk = chunk(context, &data)?;
                let chunk = dtype.map_or(chunk.clone(), |dtype| chunk.cast(dtype));
                let shape = shape.clone().unwrap_or(chunk.shape().to_vec());
                if size_of_shape(&shape) != chunk.len() as u128 {
                    bail!("Shape tuple is incompatible with data"; hint: "data has shape {}", rdk_array::shape::show(chunk.shape()));
                }
                Data::Numbers(Arc::new(NdArray::new(chunk.copy().reshape(&shape))))
            }
        },
        None => {
            let Some(shape) = shape.clone() else { bail!(TypeError: "One of data, shape or dtype must be specified") };
            match as_text {
                true => empty_words(shape, size)?,
                false => {
                    let dtype = dtype.unwrap_or(DType::F32);
                    room_for(context, &shape, dtype)?;
                    Data::Numbers(Arc::new(NdArray::new(Chunk::full(&shape, Scalar::Bool(false).cast(dtype)))))
                }
            }
        }
    };
    let content = Content { packing: Packing::default(), data };
    let shape = content.shape();
    let item = match content.kind() {
        super::kind::Kind::Number(number) => number.size(),
        _ => 16,
    };
    let (mut packing, fill) = packing(keywords, &shape, item)?;
    let path = join(&group.path, name);
    let mut data = content.data;
    if let (Some(fill), Data::Numbers(array)) = (fill, &data) {
        let dtype = array.dtype();
        let number = fill_value(&fill, dtype)?;
        packing.fill = Some(number);
        if !has_data {
            data = Data::Numbers(Arc::new(NdArray::new(Chunk::full(&shape, number))));
        }
    }
    group.file.change(|tree| tree.add(&path, Item::dataset(Content { packing, data })))?;
    Ok(Value::object(Dataset(Node { file: group.file.clone(), path })))
}

fn is_text(dtype: &Value) -> bool {
    match dtype {
        Value::Str(name) => matches!(&**name, "str" | "S" | "U" | "O" | "object") || name.starts_with(['S', 'U', '|']),
        Value::Class(class) => class.name == "str" || class.name == "bytes",
        Value::Builtin(builtin) => builtin.name == "str",
        _ => false,
    }
}

/// The numbers of a value; a lazy one is computed.
pub fn chunk(context: &Context, value: &Value) -> Result<Chunk> {
    match value.get::<Array>() {
        Some(array) => array.compute_now(context),
        None => nested::chunk(value, None),
    }
}

/// How long texts of a type such as `S10` are.
fn fixed_size(dtype: &Value) -> Option<usize> {
    dtype.as_str()?.trim_start_matches('|').strip_prefix('S')?.parse().ok().filter(|size| (1..1 << 31).contains(size))
}

/// The texts of a str or of a list of them, with their shape.
fn texts(value: &Value) -> Option<(Vec<usize>, Vec<Value>)> {
    let is_text = |value: &Value| matches!(value, Value::Str(_) | Value::Bytes(_));
    if is_text(value) {
        return Some((Vec::new(), vec![value.clone()]));
    }
    let items = value.items().filter(|items| !items.is_empty() && items.iter().all(is_text))?;
    Some((vec![items.len()], items))
}

/// Texts without a character, if there is room for them.
fn empty_words(shape: Vec<usize>, size: Option<usize>) -> Result<Data> {
    // Texts of so many bytes are made in one place and put into another.
    let each = size.map_or(size_of::<String>(), |size| 2 * size);
    let n_bytes = size_of_shape(&shape).saturating_mul(each as u128);
    if !rdk_graph::budget::is_usable(n_bytes) {
        let dtype = size.map_or("object".to_string(), |size| format!("S{size}"));
        bail!(
            MemoryError: "Unable to allocate {} for an array with shape {} and data type {dtype}",
            rdk_array::show::format_bytes(n_bytes), rdk_array::shape::show(&shape);
            hint: "a dataset of texts is held in memory until the file is written"
        );
    }
    let n = size_of_shape(&shape) as usize;
    Ok(match size {
        Some(size) => Data::Fixed(shape, size, vec![0; n * size].into()),
        None => Data::Texts(shape, vec![String::new(); n]),
    })
}

/// Texts as they are stored: lists of bytes as NumPy has them, all as long as the longest or as `size` says; others of any length.
fn words(shape: Vec<usize>, texts: Vec<Value>, size: Option<usize>) -> Result<Data> {
    let bytes = |text: &Value| match text {
        Value::Bytes(bytes) => bytes.to_vec(),
        other => other.as_str().unwrap_or_default().as_bytes().to_vec(),
    };
    let all: Vec<Vec<u8>> = texts.iter().map(bytes).collect();
    if size.is_some() || (!shape.is_empty() && texts.iter().all(|text| matches!(text, Value::Bytes(_)))) {
        let size = size.unwrap_or(all.iter().map(Vec::len).max().unwrap_or(0).max(1));
        let padded = all.into_iter().flat_map(|mut text| {
            text.resize(size, 0);
            text
        });
        return Ok(Data::Fixed(shape, size, padded.collect()));
    }
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|error| {
            let bytes = Value::Bytes(error.into_bytes().into());
            error!(ValueError: "bytes that are not UTF-8 cannot be stored as text: {}", bytes.repr())
                .hint("a list of bytes is stored as it is: `[data]`; an array of numbers holds any bytes, too")
        })
    };
    Ok(Data::Texts(shape, all.into_iter().map(text).collect::<Result<_>>()?))
}
