//! Arrays of a store: `z[…]`, `z[…] = …`, what is known of them, and how they grow.

use super::*;

pub(super) fn lengths(lengths: &[usize]) -> Value {
    Value::tuple(lengths.iter().map(|&length| Value::from(length)))
}

pub(super) mod properties {
    use super::*;

    builtins! {
        /// How long it is along each axis.
        fn shape(/** The array. */ this: ZarrArray) -> Value { lengths(&this.stored().shape) }

        /// The lengths of its chunks.
        fn chunks(/** The array. */ this: ZarrArray) -> Value { lengths(&this.chunks) }

        /// The type of its elements.
        fn dtype(/** The array. */ this: ZarrArray) -> Value { Value::object(DTypeObject(this.stored().dtype)) }

        /// How many axes it has.
        fn ndim(/** The array. */ this: ZarrArray) -> usize { this.stored().shape.len() }

        /// How many elements it has.
        fn size(/** The array. */ this: ZarrArray) -> Value { Value::big(shape::size(&this.stored().shape).into()) }

        /// Bytes of its elements.
        fn nbytes(/** The array. */ this: ZarrArray) -> Value { let stored = this.stored(); Value::big(shape::size(&stored.shape).saturating_mul(stored.dtype.size() as u128).into()) }

        /// How many chunks it has along each axis.
        fn cdata_shape(/** The array. */ this: ZarrArray) -> Value { lengths(&this.counts()) }

        /// How many chunks it has.
        fn nchunks(/** The array. */ this: ZarrArray) -> usize { this.counts().iter().product() }

        /// How many chunks have been written.
        fn nchunks_initialized(/** The array. */ this: ZarrArray) -> Result<usize> { this.written() }

        /// Its path in the store.
        fn path(/** The array. */ this: ZarrArray) -> String { this.name() }

        /// The same, from the root on.
        fn name(/** The array. */ this: ZarrArray) -> String { format!("/{}", this.name()) }

        /// The last part of its path.
        fn basename(/** The array. */ this: ZarrArray) -> String { this.name().rsplit('/').next().unwrap_or_default().to_string() }

        /// The store that it is in.
        fn store(/** The array. */ this: ZarrArray) -> Value { functions::store_of(&this.stored().path) }

        /// `C`: the last axis runs fastest.
        fn order(/** The array. */ this: ZarrArray) -> &'static str { let _ = this; "C" }

        /// What packs its chunks, in turn.
        fn compressors(/** The array. */ this: ZarrArray) -> Result<Value> {
            let (codecs, version) = metadata::codecs(&this.stored().path, &this.name())?;
            Ok(Value::tuple(packing::packers(codecs, version)))
        }

        /// What packs its chunks: None if nothing does. Of version 2 only.
        fn compressor(/** The array. */ this: ZarrArray) -> Result<Value> {
            let (codecs, version) = metadata::codecs(&this.stored().path, &this.name())?;
            if version != 2 {
                bail!(TypeError: "`compressor` is not available for Zarr format 3 arrays."; hint: "`compressors`");
            }
            Ok(packing::packers(codecs, version).pop().unwrap_or(Value::None))
        }

        /// May it be written to?
        fn read_only(/** The array. */ this: ZarrArray) -> bool { this.read_only }

        /// Its attributes.
        fn attrs(/** The array. */ this: ZarrArray) -> Value { attributes_of(this.stored().path, this.name(), this.read_only) }

        /// What elements are that nobody has written.
        fn fill_value(/** The array. */ this: ZarrArray) -> Result<Value> {
            let stored = this.stored();
            let fill = to_value(&facts(&stored.path, &this.name())?.fill);
            Ok(match rdk_array::eager::nested::chunk(&fill, None).ok().and_then(|chunk| chunk.get(&[])) {
                Some(number) if !fill.is_none() => rdk_array::eager::number(number.cast(stored.dtype)),
                _ => fill,
            })
        }

        /// Along each axis by an index of its own: `z.oindex[[0, 2], :]`.
        fn oindex(/** The array. */ this: ZarrArray) -> Value { Value::object(View(this, Way::Orthogonal)) }

        /// Points by their positions: `z.vindex[[0, 2], [1, 3]]`.
        fn vindex(/** The array. */ this: ZarrArray) -> Value { Value::object(View(this, Way::Points)) }

        /// Whole chunks: `z.blocks[0, 1]`.
        fn blocks(/** The array. */ this: ZarrArray) -> Value { Value::object(View(this, Way::Blocks)) }

        /// What is known of it, as text.
        fn info(/** The array. */ this: ZarrArray) -> Result<Value> {
            let stored = this.stored();
            let version = facts(&stored.path, &this.name())?.version;
            let rows = [
                ("Type", "Array".to_string()), ("Zarr format", version.to_string()), ("Data type", stored.dtype.name().to_string()),
                ("Shape", shape::show(&stored.shape)), ("Chunk shape", shape::show(&this.chunks)), ("Order", "C".to_string()),
                ("Read-only", if this.read_only { "True" } else { "False" }.to_string()), ("Store type", "LocalStore".to_string()),
                ("No. bytes", (stored.shape.iter().product::<usize>() * stored.dtype.size()).to_string()),
            ];
            let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name:<19}: {value}")).collect();
            Ok(Value::str(lines.join("\n")))
        }
    }
}

pub(super) mod methods {
    use super::*;

    builtins! {
        /// Makes it longer or shorter.
        fn resize(
            /// The array.
            this: ZarrArray,
            /// Its new shape.
            new_shape: ShapeArg,
        ) -> Result<()> { this.resize(&new_shape.0) }

        /// Adds elements at the end of an axis; gives the new shape.
        fn append[context](
            /// The array.
            this: ZarrArray,
            /// The elements.
            data: Value,
            /// Along which axis.
            axis: i64 = 0,
        ) -> Result<Value> {
            let data = crate::hdf5::create::chunk(context, &data)?;
            let old = this.stored().shape;
            let axis = shape::axis(axis, old.len())?;
            let fits = data.ndim() == old.len() && (0..old.len()).all(|other| other == axis || data.shape()[other] == old[other]);
            if !fits {
                bail!("shape of data to append is not compatible with the array; all dimensions must match except for the dimension being appended"; hint: "got {} and {}", shape::show(data.shape()), shape::show(&old));
            }
            let (mut new, mut start) = (old.clone(), vec![0; old.len()]);
            new[axis] += data.shape()[axis];
            start[axis] = old[axis];
            this.resize(&new)?;
            if !data.is_empty() {
                crate::zarr::write(&this.stored().path, &this.name(), &start, &data.cast(this.stored().dtype))?;
            }
            Ok(lengths(&new))
        }
    }
}

impl ZarrArray {
    fn counts(&self) -> Vec<usize> {
        self.stored().shape.iter().zip(&self.chunks).map(|(length, size)| length.div_ceil(*size)).collect()
    }

    /// How many files of chunks there are.
    fn written(&self) -> Result<usize> {
        let mut open = vec![self.stored().path.join(self.name())];
        let mut n = 0;
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).map_err(|error| fault::system(&error, &folder))?.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                match entry.path().is_dir() {
                    true => open.push(entry.path()),
                    false if name.starts_with('.') || name == "zarr.json" => {}
                    false => n += 1,
                }
            }
        }
        Ok(n)
    }

    fn writable(&self) -> Result<()> {
        if self.read_only {
            return Err(error!("store was opened in read-only mode and does not support writing").hint("`mode=\"r+\"`"));
        }
        Ok(())
    }

    fn resize(&self, new: &[usize]) -> Result<()> {
        self.writable()?;
        let (path, name) = (self.stored().path, self.name());
        crate::zarr::resize(&path, &name, new)?;
        let mut stored = self.stored.lock();
        stored.shape = new.to_vec();
        stored.stamp = metadata::stamp(&path, &name)?;
        Ok(())
    }

    fn read_part(&self, context: &Context, index: &Value) -> Result<Value> {
        let stored = self.stored();
        let read = |start: &[usize], shape: &[usize]| stored.read(start, shape);
        boxes::get(context, index, &self.outside(&stored), read)
    }

    fn write_part(&self, context: &Context, index: &Value, value: &Value) -> Result<()> {
        self.writable()?;
        let (stored, name) = (self.stored(), self.name());
        let read = |start: &[usize], shape: &[usize]| stored.read(start, shape);
        let write = |start: &[usize], chunk: &Chunk| crate::zarr::write(&stored.path, &name, start, chunk);
        boxes::set(context, index, value, &self.outside(&stored), read, write)
    }

    fn outside<'a>(&'a self, stored: &'a Stored) -> boxes::Outside<'a> {
        boxes::Outside {
            shape: &stored.shape,
            dtype: stored.dtype,
            chunks: Some(&self.chunks),
            lists: boxes::Lists::Zarr,
        }
    }

    /// `z.oindex[index]`
    fn orthogonal(&self, context: &Context, index: &Value) -> Result<Value> {
        let stored = self.stored();
        match scattered::crossed(&items_of(index), &stored.shape)? {
            Some((to, positions)) => {
                let read = |start: &[usize], shape: &[usize]| stored.read(start, shape);
                self.outside(&stored).scattered(context, (&to, &positions), read)
            }
            None => self.read_part(context, index),
        }
    }

    /// `z.oindex[index] = value`
    fn set_orthogonal(&self, context: &Context, index: &Value, value: &Value) -> Result<()> {
        self.writable()?;
        let (stored, name) = (self.stored(), self.name());
        match scattered::crossed(&items_of(index), &stored.shape)? {
            Some((to, positions)) => {
                let read = |start: &[usize], shape: &[usize]| stored.read(start, shape);
                let write = |start: &[usize], chunk: &Chunk| crate::zarr::write(&stored.path, &name, start, chunk);
                self.outside(&stored).scatter(context, (&to, &positions), value, read, write)
            }
            None => self.write_part(context, index, value),
        }
    }

    /// An error if an index of `z.vindex` is more than positions along every axis, or a mask.
    fn points(&self, index: &Value) -> Result<()> {
        let (items, n_axes) = (items_of(index), self.stored().shape.len());
        let is_basic = |item: &Value| matches!(item, Value::Slice(_) | Value::Ellipsis | Value::None);
        let is_mask = || match &items[..] {
            [mask] => rdk_array::eager::nested::chunk(mask, None)
                .is_ok_and(|mask| mask.dtype() == DType::Bool && mask.ndim() == n_axes),
            _ => false,
        };
        if items.iter().any(is_basic) || (items.len() != n_axes && !is_mask()) {
            bail!(
                IndexError: "unsupported selection type for vectorized indexing; only coordinate selection (tuple of integer arrays) and mask selection (single Boolean array) are supported; got {}", index.repr();
                hint: "`z.oindex[…]` takes slices, too"
            );
        }
        Ok(())
    }

    /// The index of a block as one of elements.
    fn block(&self, index: &Value) -> Result<Value> {
        let items = items_of(index);
        let (shape, counts) = (self.stored().shape, self.counts());
        if items.len() > shape.len() {
            bail!(IndexError: "too many indices for array; expected {}, got {}", shape.len(), items.len());
        }
        let slices = items.iter().enumerate().map(|(axis, item)| {
            let at = i64::try_from_value(item)?;
            let n = counts[axis] as i64;
            let at = if at < 0 { at + n } else { at };
            if !(0..n).contains(&at) {
                bail!(IndexError: "index out of bounds for dimension with length {n}");
            }
            let start = at as usize * self.chunks[axis];
            let stop = (start + self.chunks[axis]).min(shape[axis]);
            Ok(Value::Slice(Arc::new(rdk_runtime::value::Slice {
                start: start.into(),
                stop: stop.into(),
                step: Value::None,
            })))
        });
        Ok(Value::tuple(slices.collect::<Result<Vec<_>>>()?))
    }
}

/// An index for each axis.
fn items_of(index: &Value) -> Vec<Value> {
    match index {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    }
}

/// How a view takes its index.
#[derive(Clone, Copy)]
enum Way {
    Orthogonal,
    Points,
    Blocks,
}

/// An array that is indexed in another way.
struct View(ZarrArray, Way);

static VIEW: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("Index", "zarr", "An array that is indexed in another way.").base(types().object.clone()))
});

impl Object for View {
    fn class(&self) -> ClassRef {
        VIEW.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<index of {}>", self.0.repr())
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(match self.1 {
            Way::Points => self.0.points(index).and_then(|()| self.0.read_part(context, index)),
            Way::Blocks => self.0.block(index).and_then(|index| self.0.read_part(context, &index)),
            Way::Orthogonal => self.0.orthogonal(context, index),
        })
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(match self.1 {
            Way::Points => self.0.points(index).and_then(|()| self.0.write_part(context, index, &value)),
            Way::Blocks => self.0.block(index).and_then(|index| self.0.write_part(context, &index, &value)),
            Way::Orthogonal => self.0.set_orthogonal(context, index, &value),
        })
    }
}

impl Object for ZarrArray {
    fn class(&self) -> ClassRef {
        ARRAY.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let stored = self.stored();
        let name = if self.name().is_empty() { String::new() } else { format!("/{}", self.name()) };
        format!(
            "<Array file://{}{name} shape={} dtype={}>",
            stored.path.display(),
            shape::show(&stored.shape),
            stored.dtype
        )
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.read_part(context, index))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(self.write_part(context, index, &value))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.stored().shape.first().copied().ok_or_else(|| error!(TypeError: "len() of unsized object")))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        let this = self.clone();
        let mut at = 0;
        Some(Object::len(self, context)?.map(|length| {
            Value::iter("iterator", move |context| {
                let row = (at < length).then(|| this.read_part(context, &Value::from(at)));
                at += 1;
                row
            })
        }))
    }

    fn array(&self) -> Option<Result<Value>> {
        Some(self.stored().read_all().map(|chunk| Value::object(NdArray::new(chunk))))
    }
}
