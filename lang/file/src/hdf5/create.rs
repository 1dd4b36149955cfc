//! `create_dataset`: what its keywords and its data stand for.

use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::eager::{DTypeArg, NdArray, nested};
use rdk_array::face::create::room_for;
use rdk_array::face::parameters::ShapeArg;
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
    let dtype = match dtype {
        Some(dtype) if !as_text => Some(DTypeArg::try_from_value(&dtype)?.0),
        _ => None,
    };
    let data = match data {
        Some(data) => match texts(&data)? {
            Some((own, texts)) => Data::Texts(shape.clone().unwrap_or(own), texts),
            None => {
                let chunk = chunk(context, &data)?;
                let chunk = dtype.map_or(chunk.clone(), |dtype| chunk.cast(dtype));
                let shape = shape.clone().unwrap_or(chunk.shape().to_vec());
                if shape.iter().product::<usize>() != chunk.len() {
                    bail!("Shape tuple is incompatible with data"; hint: "data has shape {}", rdk_array::shape::show(chunk.shape()));
                }
                Data::Numbers(Arc::new(NdArray::new(chunk.copy().reshape(&shape))))
            }
        },
        None => {
            let Some(shape) = shape.clone() else { bail!(TypeError: "One of data, shape or dtype must be specified") };
            match as_text {
                true => Data::Texts(shape.clone(), vec![String::new(); shape.iter().product()]),
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

/// The texts of a str or of a list of them, with their shape.
fn texts(value: &Value) -> Result<Option<(Vec<usize>, Vec<String>)>> {
    let text = |value: &Value| match value {
        Value::Str(text) => Some(Ok(text.to_string())),
        Value::Bytes(bytes) => Some(String::from_utf8(bytes.to_vec()).map_err(|_| {
            error!(ValueError: "bytes that are not UTF-8 cannot be stored as text: {}", value.repr())
                .hint("an array of numbers holds any bytes: `np.frombuffer(data, dtype=\"u1\")`")
        })),
        _ => None,
    };
    if let Some(text) = text(value) {
        return Ok(Some((Vec::new(), vec![text?])));
    }
    let Some(items) = value.items().filter(|items| !items.is_empty()) else { return Ok(None) };
    let Some(texts) = items.iter().map(text).collect::<Option<Vec<_>>>() else { return Ok(None) };
    Ok(Some((vec![texts.len()], texts.into_iter().collect::<Result<_>>()?)))
}
