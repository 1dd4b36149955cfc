//! Datasets as things of the language: `f["values"][0:10]` reads what is asked for and no more.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use hdf5_pure::{Datatype, StringPadding};
use rdk_array::array::Array;
use rdk_array::eager::select::{self, Selection};
use rdk_array::eager::{self, DTypeObject, NdArray};
use rdk_array::{Chunk, ChunksSpec, DType, Scalar, SliceInfoElem, shape};
use rdk_runtime::convert::describe;
use rdk_runtime::methods::codec::{Codec, OnError};
use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::content::{Content, Data};
use super::kind::Kind;
use super::open::Node;
use super::tree::split;
use super::view::attributes_of;
use super::{face, texts};
use crate::boxes;
use crate::stored::{How, Stored, stamp};

/// A dataset of a file.
#[derive(Clone)]
pub struct Dataset(pub Node);

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Dataset", "h5py", "Numbers in a file, read when they are asked for.");
    let class = class.base(types().object.clone());
    ClassRef::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

/// The class `h5py.Dataset`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl FromValue for Dataset {
    fn expected() -> &'static str {
        "a dataset"
    }

    fn from_value(value: &Value) -> Option<Dataset> {
        value.get::<Dataset>().cloned()
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Its texts as str: index the answer.
        fn asstr(
            /// The dataset.
            this: Dataset,
            /// How the text is encoded.
            encoding: String = "utf-8",
            /// What becomes of bytes that are no text: `strict`, `ignore`, `replace`.
            errors: String = "strict",
        ) -> Result<Value> {
            match this.content()?.kind() {
                Kind::Text(_) => Ok(Value::object(texts::Texts { dataset: this, codec: Codec::named(&encoding)?, on_error: OnError::named(&errors)? })),
                Kind::Number(_) | Kind::Record { .. } | Kind::Other(_) => bail!(TypeError: "dset.asstr() can only be used on datasets with an HDF5 string datatype"),
            }
        }

        /// Its numbers in another type: index the answer.
        fn astype(
            /// The dataset.
            this: Dataset,
            /// The type.
            dtype: eager::DTypeArg,
        ) -> Result<Value> { Ok(Value::object(NdArray::new(this.numbers()?.cast(dtype.0)))) }

        /// How many rows it has.
        fn len[context](/** The dataset. */ this: Dataset) -> Result<usize> { Object::len(&this, context).unwrap_or(Ok(0)) }

        /// Reads a part of it into an array.
        fn read_direct[context](
            /// The dataset.
            this: Dataset,
            /// The array that is written to.
            dest: Value,
            /// What to read; all if left out.
            source_sel: Option<Value>,
            /// Where to write; everywhere if left out.
            dest_sel: Option<Value>,
        ) -> Result<()> {
            let Some(array) = dest.get::<NdArray>() else { bail!(TypeError: "expected an array in memory, got {}", describe(&dest)) };
            let part = this.part(context, &source_sel.unwrap_or(Value::Ellipsis))?;
            select::assign(array, &dest_sel.unwrap_or(Value::Ellipsis), &part)
        }

        /// Writes an array into a part of it.
        fn write_direct[context](
            /// The dataset.
            this: Dataset,
            /// The array that is read from.
            source: Value,
            /// What of it; all if left out.
            source_sel: Option<Value>,
            /// Where to write; everywhere if left out.
            dest_sel: Option<Value>,
        ) -> Result<()> {
            let Some(array) = source.get::<NdArray>() else { bail!(TypeError: "expected an array in memory, got {}", describe(&source)) };
            let part = array.get_item(&source_sel.unwrap_or(Value::Ellipsis))?;
            this.set(context, &dest_sel.unwrap_or(Value::Ellipsis), &part)
        }

        /// The indexes of its chunks, one after the other.
        fn iter_chunks(/** The dataset. */ this: Dataset) -> Result<Value> {
            let content = this.content()?;
            let Some(chunks) = content.packing.chunks.clone() else { bail!(TypeError: "Chunked dataset required") };
            let shape = content.shape();
            let counts: Vec<usize> = shape.iter().zip(&chunks).map(|(length, size)| length.div_ceil(*size)).collect();
            let strides = shape::strides(&counts);
            let n: usize = counts.iter().product();
            let place = move |number: usize| {
                Value::tuple((0..shape.len()).map(|axis| {
                    let start = number / strides[axis] % counts[axis] * chunks[axis];
                    let stop = (start + chunks[axis]).min(shape[axis]);
                    Value::Slice(Arc::new(rdk_runtime::value::Slice { start: start.into(), stop: stop.into(), step: Value::Int(1) }))
                }))
            };
            let mut numbers = 0..n;
            Ok(Value::iter("iterator", move |_| numbers.next().map(|number| Ok(place(number)))))
        }

        /// Makes it longer or shorter.
        fn resize(
            /// The dataset.
            this: Dataset,
            /// The new shape, or the length along `axis`.
            size: Value,
            /// Along which axis.
            axis: Option<i64>,
        ) -> Result<()> { this.resize(&size, axis) }
    }
}

#[allow(non_snake_case)] // `T`
mod properties {
    use super::*;

    builtins! {
        /// How long it is along each axis.
        fn shape(/** The dataset. */ this: Dataset) -> Result<Value> { Ok(tuple(&this.content()?.shape())) }

        /// The type of its elements.
        fn dtype(/** The dataset. */ this: Dataset) -> Result<Value> {
            Ok(match this.content()?.kind() {
                Kind::Number(number) => Value::object(DTypeObject(number.dtype)),
                kind @ (Kind::Text(_) | Kind::Record { .. } | Kind::Other(_)) => Value::from(kind.code()),
            })
        }

        /// How many axes it has.
        fn ndim(/** The dataset. */ this: Dataset) -> Result<usize> { Ok(this.content()?.shape().len()) }

        /// How many elements it has.
        fn size(/** The dataset. */ this: Dataset) -> Result<Value> { Ok(whole(this.content()?.count())) }

        /// Bytes of its elements.
        fn nbytes(/** The dataset. */ this: Dataset) -> Result<Value> {
            let content = this.content()?;
            let item = match content.kind() { Kind::Number(number) => number.size(), Kind::Record { size, .. } | Kind::Text(Some(size)) => size, Kind::Text(None) | Kind::Other(_) => 16 };
            Ok(whole(content.count().saturating_mul(item as u128)))
        }

        /// The lengths of its chunks; `None` if it lies in one piece.
        fn chunks(/** The dataset. */ this: Dataset) -> Result<Value> { Ok(this.content()?.packing.chunks.map_or(Value::None, |chunks| tuple(&chunks))) }

        /// How it is compressed: `gzip`, `lzf`.
        fn compression(/** The dataset. */ this: Dataset) -> Result<Option<&'static str>> {
            let packing = this.content()?.packing;
            Ok(if packing.gzip.is_some() { Some("gzip") } else { packing.lzf.then_some("lzf") })
        }

        /// How hard it is compressed.
        fn compression_opts(/** The dataset. */ this: Dataset) -> Result<Option<u32>> { Ok(this.content()?.packing.gzip) }

        /// Are the bytes of its numbers shuffled?
        fn shuffle(/** The dataset. */ this: Dataset) -> Result<bool> { Ok(this.content()?.packing.shuffle) }

        /// Does it have checksums?
        fn fletcher32(/** The dataset. */ this: Dataset) -> Result<bool> { Ok(this.content()?.packing.fletcher32) }

        /// How far it may grow along each axis.
        fn maxshape(/** The dataset. */ this: Dataset) -> Result<Value> {
            let content = this.content()?;
            Ok(match &content.packing.maxshape {
                Some(lengths) => Value::tuple(lengths.iter().map(|&length| Value::from(length))),
                None => tuple(&content.shape()),
            })
        }

        /// What elements are that nobody has written.
        fn fillvalue(/** The dataset. */ this: Dataset) -> Result<Value> {
            let content = this.content()?;
            Ok(match (content.packing.fill, content.kind()) {
                (Some(fill), Kind::Number(number)) => eager::number(fill.cast(number.dtype)),
                (None, Kind::Number(number)) => eager::number(Scalar::Bool(false).cast(number.dtype)),
                (_, Kind::Text(_)) => Value::Bytes(b""[..].into()),
                (_, Kind::Record { .. } | Kind::Other(_)) => Value::None,
            })
        }

        /// Is a number of it stored as whole ones? Those that are written are not.
        fn scaleoffset(/** The dataset. */ this: Dataset) -> Result<Value> { this.content().map(|_| Value::None) }

        /// Is it put together of other datasets?
        fn is_virtual(/** The dataset. */ this: Dataset) -> Result<bool> { this.content().map(|_| false) }

        /// Its attributes.
        fn attrs(/** The dataset. */ this: Dataset) -> Value { attributes_of(this.0) }

        /// Its path in the file.
        fn name(/** The dataset. */ this: Dataset) -> String { this.0.path }

        /// The file that it is in.
        fn file(/** The dataset. */ this: Dataset) -> Value { face::root(&this.0) }

        /// The group that it is in.
        fn parent(/** The dataset. */ this: Dataset) -> Value { face::parent(&this.0) }
    }
}

/// A number of any size.
fn whole(number: u128) -> Value {
    Value::big(number.into())
}

fn tuple(lengths: &[usize]) -> Value {
    Value::tuple(lengths.iter().map(|&length| Value::from(length)))
}

fn is_whole(region: &Value) -> bool {
    match region {
        Value::Ellipsis => true,
        Value::Tuple(items) => items.is_empty(),
        _ => false,
    }
}

impl Dataset {
    /// What it is.
    pub fn content(&self) -> Result<Content> {
        self.0.file.content(&self.0.path)
    }

    /// All its numbers.
    pub fn numbers(&self) -> Result<Chunk> {
        let content = self.content()?;
        let shape = content.shape();
        self.numbers_of(&content, &vec![0; shape.len()], &shape)
    }

    fn numbers_of(&self, content: &Content, start: &[usize], lengths: &[usize]) -> Result<Chunk> {
        match &content.data {
            Data::Numbers(array) => {
                let part = |(&start, &length): (&usize, &usize)| SliceInfoElem::Slice {
                    start: start as isize,
                    end: Some((start + length) as isize),
                    step: 1,
                };
                Ok(array.chunk().slice(&start.iter().zip(lengths).map(part).collect::<Vec<_>>()))
            }
            Data::Reserved(_, dtype) => Ok(Chunk::full(lengths, Scalar::Bool(false).cast(*dtype))),
            Data::Kept(located) => located.read(start, lengths),
            Data::Texts(..) | Data::Fixed(..) => {
                bail!(TypeError: "dataset '{}' holds text, and an array holds numbers", self.0.path; hint: "`d.asstr()[:]` is a list of str")
            }
        }
    }

    /// `d[index]`
    pub fn part(&self, context: &Context, index: &Value) -> Result<Value> {
        let content = self.content()?;
        let shape = content.shape();
        match (content.kind(), index) {
            (Kind::Text(_), _) => return self.texts_at(index, &|text| Ok(Value::Bytes(text.into()))),
            (Kind::Record { .. }, Value::Str(field)) => {
                let Data::Kept(located) = &content.data else { bail!("Field names only allowed for compound types") };
                return Ok(eager::value(located.field(field)?));
            }
            (Kind::Record { .. } | Kind::Other(_) | Kind::Number(_), _) => {}
        }
        let all = || Value::tuple([]);
        let index = match index {
            Value::Tuple(items) if items.is_empty() => all(),
            other => other.clone(),
        };
        let given = match &index {
            Value::Tuple(items) => items.iter().filter(|item| !matches!(item, Value::Ellipsis)).count(),
            Value::Ellipsis => 0,
            _ => 1,
        };
        if shape.is_empty() && given > 0 {
            bail!("Illegal slicing argument for scalar dataspace"; hint: "`d[()]` is its value");
        }
        if given > shape.len() {
            bail!("{given} indexing arguments for {} dimensions", shape.len());
        }
        if let Ok(Selection::Basic(items)) = select::select(&index, &shape) {
            let backward = items.iter().find_map(|item| match item {
                SliceInfoElem::Slice { step, .. } if *step < 1 => Some(*step),
                _ => None,
            });
            if let Some(step) = backward {
                bail!("Step must be >= 1 (got {step})"; hint: "`d[:][::-1]` reads first and turns round then");
            }
        }
        let read = |start: &[usize], lengths: &[usize]| self.numbers_of(&content, start, lengths);
        let chunks = content.packing.chunks.as_deref();
        let (dtype, lists) = (content.kind_dtype(), boxes::Lists::H5py);
        boxes::get(context, &index, &boxes::Outside { shape: &shape, dtype, chunks, lists }, read)
    }

    fn texts(content: Content) -> Result<(Vec<usize>, Vec<Vec<u8>>)> {
        match content.data {
            Data::Texts(shape, texts) => Ok((shape, texts.into_iter().map(String::into_bytes).collect())),
            Data::Fixed(shape, size, bytes) => Ok((shape, texts::cut(&bytes, size, &StringPadding::NullPad))),
            Data::Kept(located) => Ok((located.shape.clone(), texts::bytes_of(&located)?)),
            Data::Numbers(_) | Data::Reserved(..) => bail!(TypeError: "a dataset of numbers holds no text"),
        }
    }

    /// Texts of so many bytes each, of the smallest box of a file that has them: them, the shape that they come in, and which they are.
    fn texts_of_box(content: &Content, index: &Value) -> Result<Option<(Value, Vec<Vec<u8>>)>> {
        let Data::Kept(located) = &content.data else { return Ok(None) };
        let (Kind::Text(Some(size)), Datatype::String { padding, .. }) = (&located.kind, &located.datatype) else {
            return Ok(None);
        };
        let boxes::Part { start, lengths, within: Some(within) } = boxes::part(index, &located.shape)? else {
            return Ok(None);
        };
        let texts = texts::cut(&located.raw(&start, &lengths)?, *size, padding);
        let numbers = Chunk::from_vec(&lengths, (0..texts.len() as i64).collect());
        Ok(Some((eager::value(numbers.slice(&within)), texts)))
    }

    /// Texts at an index, as lists.
    pub fn texts_at(&self, index: &Value, one: &dyn Fn(&[u8]) -> Result<Value>) -> Result<Value> {
        let content = self.content()?;
        let index = if content.shape().is_empty() { Value::tuple([]) } else { index.clone() };
        let index = if matches!(&index, Value::Tuple(items) if items.is_empty()) { Value::Ellipsis } else { index };
        let (chosen, texts) = match Dataset::texts_of_box(&content, &index)? {
            Some(found) => found,
            None => {
                let (shape, texts) = Dataset::texts(content)?;
                let numbers = Chunk::from_vec(&shape, (0..texts.len() as i64).collect());
                (NdArray::new(numbers).get_item(&index)?, texts)
            }
        };
        fn texts_of(chosen: &Value, texts: &[Vec<u8>], one: &dyn Fn(&[u8]) -> Result<Value>) -> Result<Value> {
            match chosen.items() {
                Some(items) => {
                    let items = items.iter().map(|item| texts_of(item, texts, one));
                    Ok(Value::list(items.collect::<Result<Vec<_>>>()?))
                }
                None => {
                    let at = chosen.as_f64().unwrap_or_default() as usize;
                    texts.get(at).map_or(Ok(Value::None), |text| one(text))
                }
            }
        }
        let chosen = chosen.get::<NdArray>().map(NdArray::to_list).unwrap_or(chosen);
        texts_of(&chosen, &texts, one)
    }

    /// `d[index] = value`
    pub fn set(&self, context: &Context, index: &Value, value: &Value) -> Result<()> {
        let value = match value.get::<Array>() {
            Some(array) => eager::value(array.compute_now(context)?),
            None => value.clone(),
        };
        let array = self.memory()?;
        let index = match index {
            Value::Tuple(items) if items.is_empty() => &Value::Ellipsis,
            other => other,
        };
        boxes::assign(&array, index, &value, boxes::Lists::H5py)?;
        // Whoever has written the file meanwhile has not written this.
        self.0.file.change(|_| Ok(()))
    }

    /// Can it take all its numbers from a lazy array, without holding them? `None` where they have to be assigned: a part of it, or
    /// packed chunks.
    pub fn takes(&self, region: &Value, array: &Array) -> Result<Option<Array>> {
        let content = self.content()?;
        let Kind::Number(number) = content.kind() else { return Ok(None) };
        let plain = is_whole(region) && content.packing.chunks.is_none();
        let fits = content.shape()[..] == array.shape()[..] && array.size() > 0;
        Ok((plain && fits).then(|| array.cast(number.dtype)))
    }

    /// Bytes that are packed in chunks when this is stored: all of the dataset's, of which a part is changed in memory, too.
    pub fn packed(&self, region: &Value, array: &Array) -> Result<u128> {
        let content = self.content()?;
        Ok(match (&content.packing.chunks, &content.data) {
            (None, _) => 0,
            (Some(_), _) if is_whole(region) => array.nbytes(),
            (Some(_), Data::Kept(_) | Data::Reserved(..)) => {
                content.count().saturating_mul(content.kind_dtype().size() as u128)
            }
            (Some(_), Data::Numbers(_) | Data::Texts(..) | Data::Fixed(..)) => 0,
        })
    }

    /// Lets datasets take what they can take, those of all files at once: `run` is given what writes them, with the other writers.
    pub fn take_all(
        pairs: Vec<(Dataset, Array)>,
        mut writers: Vec<Array>,
        run: &mut dyn FnMut(&[Array]) -> Result<()>,
    ) -> Result<()> {
        let Some((first, _)) = pairs.first() else { return run(&writers) };
        let file = first.0.file.clone();
        let (own, rest): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|(dataset, _)| Arc::ptr_eq(&dataset.0.file, &file) || dataset.0.file.same(&file));
        let own: Vec<_> = own.into_iter().map(|(dataset, array)| (dataset.0.path.clone(), array)).collect();
        file.fill(&own, |own| {
            writers.extend(own);
            Dataset::take_all(rest, writers, run)
        })
    }

    /// Its numbers in memory, to be written to.
    fn memory(&self) -> Result<Arc<NdArray>> {
        if !self.0.file.is_writing() {
            self.0.file.change(|_| Ok(()))?;
        }
        let content = self.content()?;
        let array = match &content.data {
            Data::Numbers(array) => array.clone(),
            Data::Kept(_) | Data::Reserved(..) => Arc::new(NdArray::new(self.numbers()?.copy())),
            Data::Texts(..) | Data::Fixed(..) => {
                bail!(NotImplementedError: "single texts of a dataset cannot be changed"; hint: "make the dataset anew")
            }
        };
        self.put(Content { data: Data::Numbers(array.clone()), ..content })?;
        Ok(array)
    }

    /// Puts something else in its place.
    pub fn put(&self, content: Content) -> Result<()> {
        content.packing.check()?;
        self.0.file.change(|tree| {
            if let Some(item) = tree.item_mut(&self.0.path) {
                item.content = Some(content);
            }
            Ok(())
        })
    }

    fn resize(&self, size: &Value, axis: Option<i64>) -> Result<()> {
        let content = self.content()?;
        let old = content.shape();
        let Some(most) = content.packing.maxshape.clone() else {
            bail!(TypeError: "Only chunked datasets can be resized"; hint: "give `maxshape` when it is made");
        };
        let mut new = old.clone();
        match axis {
            Some(axis) => {
                let axis = shape::axis(axis, old.len())?;
                new[axis] = usize::try_from_value(size)?;
            }
            None => new = rdk_array::face::parameters::ShapeArg::try_from_value(size)?.0.to_vec(),
        }
        if new.len() != old.len() || new.iter().zip(&most).any(|(length, most)| most.is_some_and(|most| *length > most))
        {
            bail!("unable to set extend dataset (dimension cannot exceed the existing maximal size)"; hint: "`maxshape` says how far it may grow");
        }
        let array = self.memory()?;
        let fill = content.packing.fill.unwrap_or(Scalar::Bool(false));
        let grown = NdArray::new(Chunk::full(&new, fill.cast(array.dtype())));
        let common = old.iter().zip(&new).map(|(&old, &new)| SliceInfoElem::Slice {
            start: 0,
            end: Some(old.min(new) as isize),
            step: 1,
        });
        let common: Vec<_> = common.collect();
        grown.slice(common.clone()).assign(&array.chunk().slice(&common));
        self.put(Content { data: Data::Numbers(Arc::new(grown)), ..content })
    }

    /// It as a lazy array.
    pub fn lazy(&self, chunks: &ChunksSpec) -> Result<Array> {
        let content = self.content()?;
        match content.data {
            Data::Kept(located) => {
                let Some(number) = located.number() else {
                    return located
                        .read(&vec![0; located.shape.len()], &located.shape)
                        .and_then(|chunk| Array::from_chunk(chunk, chunks));
                };
                let path = located.path.clone();
                let stored = Stored {
                    stamp: stamp(&path)?,
                    path,
                    shape: located.shape.clone(),
                    dtype: number.dtype,
                    how: How::Hdf5 { dataset: located.name.clone() },
                };
                stored.lazy("array", chunks, located.chunks.as_deref())
            }
            Data::Numbers(_) | Data::Texts(..) | Data::Fixed(..) | Data::Reserved(..) => {
                Array::from_chunk(self.numbers()?, chunks)
            }
        }
    }
}

impl Content {
    fn kind_dtype(&self) -> DType {
        match self.kind() {
            Kind::Number(number) => number.dtype,
            Kind::Text(_) | Kind::Record { .. } | Kind::Other(_) => DType::U8,
        }
    }
}

impl Object for Dataset {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match self.content() {
            Ok(content) => {
                let name = split(&self.0.path).1;
                format!(
                    "<HDF5 dataset \"{name}\": shape {}, type \"{}\">",
                    shape::show(&content.shape()),
                    content.kind().code()
                )
            }
            Err(_) => "<Closed HDF5 dataset>".to_string(),
        }
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.part(context, index))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(self.set(context, index, &value))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        let length = |content: Content| content.shape().first().copied();
        Some(self.content().and_then(|content| {
            length(content).ok_or_else(|| error!(TypeError: "Attempt to take len() of scalar dataset"))
        }))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        let this = self.clone();
        let mut at = 0;
        Some(Object::len(self, context)?.map(|length| {
            Value::iter("iterator", move |context| {
                let row = (at < length).then(|| this.part(context, &Value::from(at)));
                at += 1;
                row
            })
        }))
    }

    fn array(&self) -> Option<Result<Value>> {
        Some(self.numbers().map(|chunk| Value::object(NdArray::new(chunk))))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        if self.0.file.is_writing() {
            bail!(TypeError: "a dataset that is being written cannot be sent to another process"; hint: "open the file inside the function");
        }
        let place = (self.0.file.path.to_string_lossy().into_owned(), self.0.path.clone());
        Ok((face::DATASET, postcard::to_stdvec(&place).map_err(|error| error!(RuntimeError: "{error}"))?))
    }
}
