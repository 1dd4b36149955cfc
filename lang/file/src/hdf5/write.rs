//! A tree becomes a file: datasets and groups by the crate, what it does not know ([`extra`]) afterwards.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;

use hdf5_pure::{AttrValue, DatasetBuilder, FileBuilder, GroupBuilder, MaxExtent};
use rdk_array::{Chunk, DType, Scalar, SliceInfoElem};
use rdk_runtime::{Result, bail};

use super::content::{Content, Data, texts};
use super::extra::{self, Extra, HOLDER, Target};
use super::kind::{self, Kind};
use super::read;
use super::tree::{Tree, join, split};
use crate::fault;
use crate::number::Number;

impl Tree {
    /// Makes the file. What is kept is read from the one that it stands in now.
    pub fn write(&self, to: &Path) -> Result<()> {
        let extras = self.extras();
        let held = |path: &str| extras.get(path).is_some_and(|extra| !extra.is_empty());
        let mut builder = FileBuilder::new();
        if held("/") {
            builder.set_attr(HOLDER, holder());
        }
        for name in self.members("/") {
            let path = join("/", &name);
            let item = &self.items[&path];
            match &item.content {
                _ if item.link.is_some() => {}
                Some(content) => dataset(builder.create_dataset(&name), content, held(&path))?,
                None => {
                    let mut group = builder.create_group(&name);
                    self.fill(&mut group, &path, &held)?;
                    builder.add_group(group.finish());
                }
            }
        }
        let file = std::fs::File::create(to).map_err(|error| fault::system(&error, to))?;
        let written = builder.finish_to(super::store::Sparse(file));
        written.map_err(|error| match error {
            hdf5_pure::Error::Io(error) => fault::system(&error, to),
            other => fault::damaged(to, format!("Unable to write the file ({other})")),
        })?;
        extra::write(to, &extras)?;
        self.items.iter().try_for_each(|(path, item)| match &item.content {
            Some(content) if content.is_put_later() => content.put(path, to),
            _ => Ok(()),
        })
    }

    fn fill(&self, group: &mut GroupBuilder, path: &str, held: &dyn Fn(&str) -> bool) -> Result<()> {
        if held(path) {
            group.set_attr(HOLDER, holder());
        }
        for name in self.members(path) {
            let path = join(path, &name);
            let item = &self.items[&path];
            match &item.content {
                _ if item.link.is_some() => {}
                Some(content) => dataset(group.create_dataset(&name), content, held(&path))?,
                None => {
                    let mut inner = group.create_group(&name);
                    self.fill(&mut inner, &path, held)?;
                    group.add_group(inner.finish());
                }
            }
        }
        Ok(())
    }

    /// What the crate cannot write, by the objects that get it.
    fn extras(&self) -> BTreeMap<String, Extra<'_>> {
        let mut extras: BTreeMap<String, Extra> = BTreeMap::new();
        for (path, item) in &self.items {
            match &item.link {
                Some(target) => {
                    let (group, name) = split(path);
                    extras.entry(group.to_string()).or_default().links.push((name, target));
                    if let Target::Hard(object) = target {
                        let known_by = &mut extras.entry(object.clone()).or_default().known_by;
                        *known_by = (*known_by).max(1) + 1;
                    }
                }
                None => {
                    let attributes = item.attributes.iter().map(|(name, value)| (name.as_str(), value));
                    extras.entry(path.clone()).or_default().attributes.extend(attributes);
                }
            }
        }
        extras
    }
}

/// What stands in the place of what comes later.
fn holder() -> AttrValue {
    AttrValue::AsciiString("holds a place".to_string())
}

fn dataset(builder: &mut DatasetBuilder, content: &Content, held: bool) -> Result<()> {
    let lengths = |shape: &[usize]| shape.iter().map(|&length| length as u64).collect::<Vec<u64>>();
    let shape = content.shape();
    match &content.data {
        _ if content.is_put_later() => zeros(builder, &shape, content.number().dtype),
        Data::Numbers(array) => numbers(builder, &array.chunk()),
        Data::Reserved(shape, dtype) => zeros(builder, shape, *dtype),
        Data::Texts(_, texts) => {
            builder.with_vlen_strings(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Data::Kept(located) => match &located.kind {
            Kind::Number(_) => numbers(builder, &located.read(&vec![0; shape.len()], &shape)?),
            Kind::Text(_) => {
                let texts = texts(located)?;
                builder.with_vlen_strings(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            }
            Kind::Record { .. } | Kind::Other(_) => {
                let file = read::open(&located.path)?;
                let kept =
                    file.dataset(&located.name).and_then(|dataset| Ok((dataset.datatype()?, dataset.read_raw()?)));
                let (datatype, bytes) = kept.map_err(|error| read::fault(&located.path, &located.name, error))?;
                if !matches!(located.kind, Kind::Record { .. }) {
                    bail!(NotImplementedError: "dataset '{}' of '{}' is of a kind that cannot be written again", located.name, fault::named(&located.path); hint: "write to another file");
                }
                builder.with_raw_data(datatype, bytes, shape.iter().product::<usize>() as u64);
            }
        },
    }
    builder.with_shape(&lengths(&shape));
    let packing = &content.packing;
    if let Some(chunks) = packing.chunks.as_ref().filter(|_| !shape.is_empty() && !shape.contains(&0)) {
        builder.with_chunks(&lengths(chunks));
        if packing.shuffle {
            builder.with_shuffle();
        }
        if let Some(level) = packing.gzip {
            builder.with_deflate(level);
        }
        if packing.lzf {
            builder.with_lzf();
        }
        if packing.fletcher32 {
            builder.with_fletcher32();
        }
        if let Some(maxshape) = &packing.maxshape
            && maxshape.iter().zip(&shape).any(|(most, length)| *most != Some(*length))
        {
            let extent = |most: &Option<usize>| most.map_or(MaxExtent::Unlimited, |most| MaxExtent::Fixed(most as u64));
            builder.with_maxshape(&maxshape.iter().map(extent).collect::<Vec<_>>());
        }
    }
    if let Some(fill) = packing.fill {
        filled(builder, fill);
    }
    if held {
        builder.set_attr(HOLDER, holder());
    }
    Ok(())
}

fn filled(builder: &mut DatasetBuilder, fill: Scalar) {
    match fill {
        Scalar::I8(number) => builder.with_fill_value(number),
        Scalar::I16(number) => builder.with_fill_value(number),
        Scalar::I32(number) => builder.with_fill_value(number),
        Scalar::I64(number) => builder.with_fill_value(number),
        Scalar::U8(number) => builder.with_fill_value(number),
        Scalar::U16(number) => builder.with_fill_value(number),
        Scalar::U32(number) => builder.with_fill_value(number),
        Scalar::U64(number) => builder.with_fill_value(number),
        Scalar::F32(number) => builder.with_fill_value(number),
        Scalar::F64(number) => builder.with_fill_value(number),
        // The crate has no fill values of those; elements have all been written.
        Scalar::Bool(_) | Scalar::C64(_) | Scalar::C128(_) => builder,
    };
}

fn zeros(builder: &mut DatasetBuilder, shape: &[usize], dtype: DType) {
    let n: usize = shape.iter().product();
    // Zeros that nobody has touched take no memory.
    builder.with_raw_data(kind::datatype(dtype), vec![0; n * dtype.size()], n as u64);
}

fn numbers(builder: &mut DatasetBuilder, chunk: &Chunk) {
    let bytes = Number::plain(chunk.dtype()).encode(chunk);
    if chunk.is_empty() {
        builder.with_dtype(kind::datatype(chunk.dtype()));
    } else {
        builder.with_raw_data(kind::datatype(chunk.dtype()), bytes, chunk.len() as u64);
    }
}

/// Larger datasets are not held as bytes beside what they are made of: room is left for them in the file, and they are put there then.
const LATER: usize = 1 << 20;

impl Content {
    /// Its numbers, as they are written.
    fn number(&self) -> Number {
        match self.kind() {
            Kind::Number(number) => Number::plain(number.dtype),
            Kind::Text(_) | Kind::Record { .. } | Kind::Other(_) => Number::plain(DType::U8),
        }
    }

    /// Many numbers, one after the other, of which the file has none so far.
    fn is_put_later(&self) -> bool {
        let known = match &self.data {
            Data::Numbers(_) => true,
            Data::Kept(located) => located.number().is_some(),
            Data::Texts(..) | Data::Reserved(..) => false,
        };
        let n: usize = self.shape().iter().product();
        known && self.packing.chunks.is_none() && n * self.number().size() >= LATER
    }

    /// Puts them into the file that has been made, a stretch of rows at a time if they come from the old one.
    fn put(&self, path: &str, to: &Path) -> Result<()> {
        let (shape, number) = (self.shape(), self.number());
        let Some(offset) = read::located(to, path)?.address() else {
            bail!(RuntimeError: "dataset '{path}' has no place in the file");
        };
        let file = OpenOptions::new().write(true).open(to).map_err(|error| fault::system(&error, to))?;
        let write = |start: &[usize], chunk: &Chunk| {
            crate::npy::write_box(&file, offset, number, &shape, start, chunk)
                .map_err(|error| fault::system(&error, to))
        };
        let row: usize = shape[1..].iter().product::<usize>() * number.size();
        let rows = (4 * LATER / row.max(1)).clamp(1, shape[0]);
        (0..shape[0]).step_by(rows).try_for_each(|first| {
            let (mut start, mut lengths) = (vec![0; shape.len()], shape.clone());
            (start[0], lengths[0]) = (first, rows.min(shape[0] - first));
            match &self.data {
                Data::Numbers(array) => {
                    let part = SliceInfoElem::Slice {
                        start: first as isize,
                        end: Some((first + lengths[0]) as isize),
                        step: 1,
                    };
                    let mut items = vec![SliceInfoElem::Slice { start: 0, end: None, step: 1 }; shape.len()];
                    items[0] = part;
                    write(&start, &array.chunk().slice(&items))
                }
                Data::Kept(located) => write(&start, &located.read(&start, &lengths)?),
                Data::Texts(..) | Data::Reserved(..) => Ok(()),
            }
        })
    }
}
