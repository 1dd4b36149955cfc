//! A tree becomes a file: datasets and groups by the crate, what it does not know ([`extra`]) afterwards.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;

use hdf5_pure::{AttrValue, DatasetBuilder, FileBuilder, GroupBuilder, MaxExtent};
use rdk_array::{Chunk, SliceInfoElem};
use rdk_runtime::{Result, bail};

use super::content::{Content, Data};
use super::extra::{self, Extra, HOLDER, Target};
use super::kind::Kind;
use super::read;
use super::rooms::{self, Room};
use super::texts;
use super::tree::{Item, Tree, join, split};
use crate::fault;
use crate::region::zeroed;
use crate::stored::write_at;

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
        let written = builder.finish_to(file);
        written.map_err(|error| match error {
            hdf5_pure::Error::Io(error) => fault::system(&error, to),
            other => fault::damaged(to, format!("Unable to write the file ({other})")),
        })?;
        extra::write(to, &extras)?;
        rooms::make(to, &self.rooms())?;
        self.items.iter().try_for_each(|(path, item)| match &item.content {
            Some(content) if content.has_room() => content.put(path, to),
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

    /// The datasets that get their places behind everything else.
    fn rooms(&self) -> Vec<Room> {
        let room = |(path, item): (&String, &Item)| {
            let content = item.content.as_ref().filter(|content| content.has_room())?;
            let shape = content.shape();
            let n_bytes = content.count().saturating_mul(content.item()? as u128);
            Some(Room { dataset: path.clone(), shape, n_bytes })
        };
        self.items.iter().filter_map(room).collect()
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
    let (shape, has_room) = (content.shape(), content.has_room());
    match &content.data {
        _ if has_room => {
            builder.with_dtype(content.datatype());
        }
        Data::Numbers(array) => placed(builder, content, content.number().encode(&array.chunk()).into_owned(), &shape),
        Data::Reserved(..) => {
            let n_bytes = content.count().saturating_mul(content.number().size() as u128);
            placed(builder, content, zeroed(usize::try_from(n_bytes).unwrap_or(usize::MAX))?, &shape);
        }
        Data::Fixed(_, _, bytes) => placed(builder, content, bytes.to_vec(), &shape),
        Data::Texts(_, texts) => {
            builder.with_vlen_strings(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Data::Kept(located) if located.kind == Kind::Text(None) => {
            let texts = texts::checked(located)?;
            builder.with_vlen_strings(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            // Be they ASCII or UTF-8.
            builder.with_dtype(located.datatype.clone());
        }
        Data::Kept(located) => placed(builder, content, located.raw(&vec![0; shape.len()], &shape)?, &shape),
    }
    builder.with_shape(&if has_room { vec![0; shape.len()] } else { lengths(&shape) });
    let packing = &content.packing;
    if let Some(chunks) = packing.chunks.as_ref().filter(|_| !shape.is_empty()) {
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
    let fill = packing.fill.map(|fill| content.number().encode(&Chunk::from_scalar(fill)).into_owned());
    if let Some(fill) = fill.as_ref().or(packing.fill_bytes.as_ref()) {
        filled(builder, fill);
    }
    if held {
        builder.set_attr(HOLDER, holder());
    }
    Ok(())
}

/// The crate takes fill values as numbers, and writes the bytes of those; zeros need not be said.
fn filled(builder: &mut DatasetBuilder, fill: &[u8]) {
    match *fill {
        [a] => builder.with_fill_value(a),
        [a, b] => builder.with_fill_value(u16::from_le_bytes([a, b])),
        [a, b, c, d] => builder.with_fill_value(u32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => builder.with_fill_value(u64::from_le_bytes([a, b, c, d, e, f, g, h])),
        _ => builder,
    };
}

/// Elements that have their bytes.
fn placed(builder: &mut DatasetBuilder, content: &Content, bytes: Vec<u8>, shape: &[usize]) {
    match rdk_array::shape::size(shape) {
        0 => builder.with_dtype(content.datatype()),
        n => builder.with_raw_data(content.datatype(), bytes, n as u64),
    };
}

/// Larger datasets are not held as bytes beside what they are made of: they get room in the file, and are put there then.
const LATER: usize = 1 << 20;

impl Content {
    /// Bytes of an element, where it has a size that is known.
    fn item(&self) -> Option<usize> {
        match &self.data {
            Data::Kept(located) => located.item(),
            Data::Numbers(_) | Data::Reserved(..) => Some(self.number().size()),
            Data::Fixed(_, size, _) => Some(*size),
            Data::Texts(..) => None,
        }
    }

    /// Many elements, one after the other, for which room is made when the file is there.
    pub fn has_room(&self) -> bool {
        let known = match &self.data {
            Data::Numbers(_) | Data::Reserved(..) => true,
            Data::Kept(located) => located.address().is_some() || located.number().is_some(),
            Data::Texts(..) | Data::Fixed(..) => false,
        };
        let n_bytes = self.count().saturating_mul(self.item().unwrap_or(0) as u128);
        known && self.packing.chunks.is_none() && !self.shape().is_empty() && n_bytes >= LATER as u128
    }

    /// Puts them into the file that has been made, a stretch of rows at a time if they come from the old one.
    fn put(&self, path: &str, to: &Path) -> Result<()> {
        let (shape, number) = (self.shape(), self.number());
        let item = self.item().unwrap_or(number.size());
        let Some(offset) = read::located(to, path)?.address() else {
            bail!(RuntimeError: "dataset '{path}' has no place in the file");
        };
        let file = OpenOptions::new().write(true).open(to).map_err(|error| fault::system(&error, to))?;
        let write = |start: &[usize], chunk: &Chunk| {
            crate::npy::write_box(&file, offset, number, &shape, start, chunk)
                .map_err(|error| fault::system(&error, to))
        };
        let row = rdk_array::shape::size(&shape[1..]).saturating_mul(item as u128);
        let row = usize::try_from(row).unwrap_or(usize::MAX);
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
                Data::Kept(located) => {
                    let place = offset + (first * row) as u64;
                    write_at(&file, &located.raw(&start, &lengths)?, place).map_err(|error| fault::system(&error, to))
                }
                Data::Texts(..) | Data::Fixed(..) | Data::Reserved(..) => Ok(()),
            }
        })
    }
}
