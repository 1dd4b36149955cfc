//! What a file that is being written holds: groups and datasets by their paths. It becomes a file in one go, under another name first.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;

use hdf5_pure::{AttrValue, DatasetBuilder, FileBuilder, GroupBuilder, MaxExtent};
use rdk_array::eager::NdArray;
use rdk_array::{Chunk, DType, SliceInfoElem};
use rdk_runtime::{Result, bail};

use super::kind::{self, Kind};
use super::read::{self, Located};
use crate::fault;
use crate::number::Number;

/// How the numbers of a dataset are packed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packing {
    /// The lengths of its chunks.
    pub chunks: Option<Vec<usize>>,
    /// gzip, this hard.
    pub gzip: Option<u32>,
    /// h5py's quick one.
    pub lzf: bool,
    /// The first bytes of all numbers first.
    pub shuffle: bool,
    /// With checksums.
    pub fletcher32: bool,
    /// How far it may grow.
    pub maxshape: Option<Vec<Option<usize>>>,
}

/// A dataset.
#[derive(Clone)]
pub struct Content {
    /// How it is packed.
    pub packing: Packing,
    /// What is in it.
    pub data: Data,
}

/// What is in a dataset.
#[derive(Clone)]
pub enum Data {
    /// Numbers in memory.
    Numbers(Arc<NdArray>),
    /// Texts.
    Texts(Vec<usize>, Vec<String>),
    /// What stands in the file that is to be replaced.
    Kept(Arc<Located>),
    /// Zeros, to be written over in the file that is made.
    Reserved(Vec<usize>, DType),
}

/// A group or a dataset.
#[derive(Clone)]
pub struct Item {
    /// Its attributes, by name.
    pub attributes: BTreeMap<String, AttrValue>,
    /// The dataset, if it is one.
    pub content: Option<Content>,
}

/// Everything in a file, by absolute path; the root is `/`.
#[derive(Clone)]
pub struct Tree {
    /// Groups and datasets.
    pub items: BTreeMap<String, Item>,
    /// Has anything been changed?
    pub changed: bool,
    /// An attribute of the file that would not be there any more if it was written again, and whose it is.
    pub lost: Option<(String, String)>,
}

impl Item {
    /// A group without attributes.
    pub fn group() -> Item {
        Item { attributes: BTreeMap::new(), content: None }
    }
}

/// The path of a member.
pub fn join(path: &str, name: &str) -> String {
    let mut parts: Vec<&str> = if name.starts_with('/') { Vec::new() } else { path.split('/').collect() };
    parts.extend(name.split('/'));
    parts.retain(|part| !part.is_empty() && *part != ".");
    format!("/{}", parts.join("/"))
}

/// The group that something is in, and its name there.
pub fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((group, name)) => (group, name),
        None => ("/", path),
    }
}

impl Tree {
    /// Nothing but the root.
    pub fn empty() -> Tree {
        Tree { items: BTreeMap::from([("/".to_string(), Item::group())]), changed: true, lost: None }
    }

    /// What a file holds; its datasets stay there.
    pub fn of_file(path: &Path, file: &hdf5_pure::File) -> Result<Tree> {
        let mut tree = Tree::empty();
        tree.changed = false;
        let mut open = vec![("/".to_string(), file.root())];
        while let Some((name, group)) = open.pop() {
            let wrong = |error| read::fault(path, &name, error);
            let item = Item { attributes: group.attrs().map_err(wrong)?.into_iter().collect(), content: None };
            let names = group.attr_datatypes().map_err(wrong)?.into_keys();
            tree.look_for_lost(names, &item.attributes, &name);
            tree.items.insert(name.clone(), item);
            for member in group.groups().map_err(wrong)? {
                open.push((join(&name, &member), group.group(&member).map_err(wrong)?));
            }
            for member in group.datasets().map_err(wrong)? {
                let full = join(&name, &member);
                let dataset = group.dataset(&member).map_err(wrong)?;
                let attributes = dataset.attrs().map_err(wrong)?.into_iter().collect();
                let names = dataset.attr_datatypes().map_err(wrong)?.into_keys();
                tree.look_for_lost(names, &attributes, &full);
                let located = read::locate(path, &full, &dataset)?;
                let packing = packing_of(&located);
                let content = Some(Content { packing, data: Data::Kept(Arc::new(located)) });
                tree.items.insert(full, Item { attributes, content });
            }
        }
        Ok(tree)
    }

    /// The crate leaves out attributes that it has no value for: references, complex numbers, records.
    fn look_for_lost(
        &mut self,
        mut names: impl Iterator<Item = String>,
        attributes: &BTreeMap<String, AttrValue>,
        of: &str,
    ) {
        if self.lost.is_none() {
            self.lost = names.find(|name| !attributes.contains_key(name)).map(|name| (name, of.to_string()));
        }
    }

    /// An error if something of the file would be lost by writing it again.
    pub fn check_writable(&self) -> Result<()> {
        if let Some((name, of)) = &self.lost {
            bail!(NotImplementedError: "attribute '{name}' of '{of}' is of a kind that cannot be written again"; hint: "write to another file");
        }
        Ok(())
    }

    /// The names of a group's members, in order.
    pub fn members(&self, group: &str) -> Vec<String> {
        let inside = self.items.keys().filter(|path| *path != "/" && split(path).0 == group);
        inside.map(|path| split(path).1.to_string()).collect()
    }

    /// Adds something, and the groups that it is in.
    pub fn add(&mut self, path: &str, item: Item) -> Result<()> {
        if self.items.contains_key(path) {
            bail!("Unable to synchronously create dataset (name already exists)"; hint: "`{path}` is there already; `del f[\"{path}\"]` takes it away");
        }
        let mut group = split(path).0.to_string();
        while group != "/" {
            match self.items.get(&group) {
                Some(Item { content: Some(_), .. }) => {
                    bail!("Unable to create a member of `{group}`, which is a dataset")
                }
                Some(Item { content: None, .. }) => break,
                None => {
                    self.items.insert(group.clone(), Item::group());
                    group = split(&group).0.to_string();
                }
            }
        }
        self.items.insert(path.to_string(), item);
        self.changed = true;
        Ok(())
    }

    /// Takes something away, with all that is in it; was it there?
    pub fn remove(&mut self, path: &str) -> bool {
        let inside = format!("{path}/");
        let before = self.items.len();
        self.items.retain(|other, _| other != path && !other.starts_with(&inside));
        self.changed = true;
        self.items.len() < before
    }

    /// Makes the file. What is kept is read from the one that stands under its name now.
    pub fn write(&self, old: &Path, to: &Path) -> Result<()> {
        let mut builder = FileBuilder::new();
        for (name, value) in &self.items["/"].attributes {
            builder.set_attr(name, value.clone());
        }
        for name in self.members("/") {
            let path = join("/", &name);
            let item = &self.items[&path];
            match &item.content {
                Some(content) => dataset(builder.create_dataset(&name), content, item, old, &path)?,
                None => {
                    let mut group = builder.create_group(&name);
                    self.fill(&mut group, &path, old)?;
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
        self.items.iter().try_for_each(|(path, item)| match &item.content {
            Some(content) if content.is_put_later() => content.put(old, path, to),
            _ => Ok(()),
        })
    }

    fn fill(&self, group: &mut GroupBuilder, path: &str, old: &Path) -> Result<()> {
        for (name, value) in &self.items[path].attributes {
            group.set_attr(name, value.clone());
        }
        for name in self.members(path) {
            let path = join(path, &name);
            let item = &self.items[&path];
            match &item.content {
                Some(content) => dataset(group.create_dataset(&name), content, item, old, &path)?,
                None => {
                    let mut inner = group.create_group(&name);
                    self.fill(&mut inner, &path, old)?;
                    group.add_group(inner.finish());
                }
            }
        }
        Ok(())
    }
}

/// How a dataset of a file is packed.
pub fn packing_of(located: &Located) -> Packing {
    let has = |id: u16| located.filters.iter().find(|(other, _)| *other == id);
    Packing {
        chunks: located.chunks.clone(),
        gzip: has(1).map(|(_, parameters)| parameters.first().copied().unwrap_or(4)),
        lzf: has(32000).is_some(),
        shuffle: has(2).is_some(),
        fletcher32: has(3).is_some(),
        maxshape: Some(located.maxshape.clone()).filter(|_| located.chunks.is_some()),
    }
}

fn dataset(builder: &mut DatasetBuilder, content: &Content, item: &Item, old: &Path, path: &str) -> Result<()> {
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
            Kind::Number(_) => numbers(builder, &read::read(old, path, &vec![0; shape.len()], &shape)?),
            Kind::Text(_) => {
                let texts = texts(old, path)?;
                builder.with_vlen_strings(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            }
            Kind::Record { .. } | Kind::Other(_) => {
                let file = read::open(old)?;
                let kept = file.dataset(path).and_then(|dataset| Ok((dataset.datatype()?, dataset.read_raw()?)));
                let (datatype, bytes) = kept.map_err(|error| read::fault(old, path, error))?;
                if !matches!(located.kind, Kind::Record { .. }) {
                    bail!(NotImplementedError: "dataset '{path}' of '{}' is of a kind that cannot be written again", fault::named(old); hint: "write to another file");
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
    for (name, value) in &item.attributes {
        builder.set_attr(name, value.clone());
    }
    Ok(())
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

/// The texts of a dataset, in C order.
pub fn texts(path: &Path, dataset: &str) -> Result<Vec<String>> {
    let file = read::open(path)?;
    let read = file.dataset(dataset).and_then(|dataset| dataset.read_string());
    read.map_err(|error| read::fault(path, dataset, error))
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
    fn put(&self, old: &Path, path: &str, to: &Path) -> Result<()> {
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
                _ => write(&start, &read::read(old, path, &start, &lengths)?),
            }
        })
    }

    /// How long it is along each axis.
    pub fn shape(&self) -> Vec<usize> {
        match &self.data {
            Data::Numbers(array) => array.shape().to_vec(),
            Data::Texts(shape, _) | Data::Reserved(shape, _) => shape.clone(),
            Data::Kept(located) => located.shape.clone(),
        }
    }

    /// What its elements are.
    pub fn kind(&self) -> Kind {
        match &self.data {
            Data::Numbers(array) => Kind::Number(Number::plain(array.dtype())),
            Data::Reserved(_, dtype) => Kind::Number(Number::plain(*dtype)),
            Data::Texts(..) => Kind::Text(None),
            Data::Kept(located) => located.kind.clone(),
        }
    }
}

/// The chunks that h5py chooses: of some 16 KiB to 1 MiB, of nearly equal sides.
pub fn guessed_chunks(shape: &[usize], item: usize) -> Vec<usize> {
    const BASE: f64 = 16.0 * 1024.0;
    const LEAST: f64 = 8.0 * 1024.0;
    const MOST: f64 = 1024.0 * 1024.0;
    let mut chunks: Vec<f64> = shape.iter().map(|&length| if length == 0 { 1024.0 } else { length as f64 }).collect();
    let bytes = |chunks: &[f64]| chunks.iter().product::<f64>() * item as f64;
    let target = (BASE * 2f64.powf((bytes(&chunks) / MOST).log10())).clamp(LEAST, MOST);
    for axis in (0..chunks.len()).cycle() {
        let now = bytes(&chunks);
        let near = now < target || (now - target).abs() / target < 0.5;
        if (near && now < MOST) || chunks.iter().product::<f64>() <= 1.0 {
            break;
        }
        chunks[axis] = (chunks[axis] / 2.0).ceil();
    }
    chunks.into_iter().map(|length| length as usize).collect()
}
