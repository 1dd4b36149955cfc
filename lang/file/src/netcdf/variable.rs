//! Variables of NetCDF files: what they hold, and what it means.

use rdk_array::array::Array;
use rdk_array::eager::DTypeObject;
use rdk_array::face::masked;
use rdk_array::kernel::{BinaryFunc, CompareFunc};
use rdk_array::{Chunk, ChunksSpec, DType, Scalar, shape};

use super::*;
use crate::boxes;
use crate::hdf5::kind::Kind;

/// A variable.
#[derive(Clone)]
pub struct Variable {
    pub(super) dataset: Dataset,
    pub(super) axes: Vec<String>,
    pub(super) switches: Switches,
}

static VARIABLE: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Variable", "netCDF4", "Numbers with named axes.").base(types().object.clone());
    ClassRef::new(class.methods(variable_methods::builtins()).properties(variable_properties::builtins()))
});

/// The class `netCDF4.Variable`.
pub(super) fn class() -> ClassRef {
    VARIABLE.clone()
}

impl FromValue for Variable {
    fn expected() -> &'static str {
        "a variable"
    }

    fn from_value(value: &Value) -> Option<Variable> {
        value.get::<Variable>().cloned()
    }
}

/// What turns what is stored into what is meant.
#[derive(Default)]
struct Meaning {
    missing: Vec<f64>,
    /// What numbers are that nobody has written, if the file says so.
    fill: Option<f64>,
    /// What is outside of it is missing.
    valid: (Option<f64>, Option<f64>),
    scale: Option<f64>,
    offset: Option<f64>,
}

impl Meaning {
    fn is_scaled(&self) -> bool {
        self.scale.is_some() || self.offset.is_some()
    }

    fn is_missing(&self, number: f64) -> bool {
        let is = |missing: &f64| number == *missing || (number.is_nan() && missing.is_nan());
        self.missing.iter().any(is)
            || self.valid.0.is_some_and(|low| number < low)
            || self.valid.1.is_some_and(|high| number > high)
    }

    fn scaled(&self, number: f64) -> f64 {
        number * self.scale.unwrap_or(1.0) + self.offset.unwrap_or(0.0)
    }
}

/// What NetCDF fills with where the file says nothing; bytes have no such number.
fn filled(dtype: DType) -> Option<f64> {
    match dtype {
        DType::I16 => Some(-32767.0),
        DType::I32 => Some(-2147483647.0),
        DType::I64 => Some(-9223372036854775806.0),
        DType::U16 => Some(65535.0),
        DType::U32 => Some(4294967295.0),
        DType::U64 => Some(18446744073709551614.0),
        DType::F32 | DType::F64 => Some(9.969209968386869e36),
        DType::I8 | DType::U8 | DType::Bool | DType::C64 | DType::C128 => None,
    }
}

impl Variable {
    fn shape(&self) -> Result<Vec<usize>> {
        Ok(self.dataset.content()?.shape())
    }

    pub(super) fn dtype(&self) -> Result<DType> {
        match self.dataset.content()?.kind() {
            Kind::Number(number) => Ok(number.dtype),
            Kind::Text(_) | Kind::Record { .. } | Kind::Other(_) => {
                bail!(TypeError: "variable '{}' does not hold numbers", self.dataset.0.path)
            }
        }
    }

    fn meaning(&self) -> Result<Meaning> {
        let mut meaning = Meaning::default();
        for (name, value) in visible(&self.dataset.0)? {
            match (name.as_str(), value.as_f64()) {
                ("_FillValue", Some(number)) => {
                    meaning.fill = Some(number);
                    meaning.missing.push(number);
                }
                ("missing_value", Some(number)) => meaning.missing.push(number),
                ("missing_value", None) => meaning.missing.extend(eager::nested::chunk(&value, None)?.to_vec::<f64>()),
                ("valid_min", low @ Some(_)) => meaning.valid.0 = low,
                ("valid_max", high @ Some(_)) => meaning.valid.1 = high,
                ("valid_range", None) => {
                    if let [low, high] = eager::nested::chunk(&value, None)?.to_vec::<f64>()[..] {
                        meaning.valid = (Some(low), Some(high));
                    }
                }
                ("scale_factor", Some(number)) => meaning.scale = Some(number),
                ("add_offset", Some(number)) => meaning.offset = Some(number),
                _ => {}
            }
        }
        // `missing_value` may be given without a fill value of the file's.
        if meaning.fill.is_none() {
            meaning.missing.extend(filled(self.dtype()?));
        }
        Ok(meaning)
    }

    fn read(&self, start: &[usize], lengths: &[usize]) -> Result<Chunk> {
        crate::hdf5::read(&self.dataset.0.file.path, &self.dataset.0.path, start, lengths)
    }

    /// Is it masked, is it scaled?
    fn switches(&self) -> (bool, bool) {
        self.switches.lock().get(&self.dataset.0.path).copied().unwrap_or((true, true))
    }

    /// From now on.
    pub(super) fn switch(&self, mask: Option<bool>, scale: Option<bool>) {
        let (masked, scaled) = self.switches();
        let now = (mask.unwrap_or(masked), scale.unwrap_or(scaled));
        self.switches.lock().insert(self.dataset.0.path.clone(), now);
    }

    /// A part as netCDF4 gives it: masked where it is missing, and scaled.
    fn part(&self, context: &Context, index: &Value) -> Result<Value> {
        let dtype = self.dtype()?;
        let read = |start: &[usize], lengths: &[usize]| self.read(start, lengths);
        let (shape, chunks) = (self.shape()?, self.dataset.content()?.packing.chunks);
        let outside = boxes::Outside { shape: &shape, dtype, chunks: chunks.as_deref(), lists: boxes::Lists::Each };
        let raw = eager::nested::chunk(&boxes::get(context, index, &outside, read)?, None)?;
        let ((masked, scaled), mut meaning) = (self.switches(), self.meaning()?);
        if !scaled {
            (meaning.scale, meaning.offset) = (None, None);
        }
        let numbers = raw.to_vec::<f64>();
        let missing: Vec<bool> = numbers.iter().map(|&number| masked && meaning.is_missing(number)).collect();
        let data = if meaning.is_scaled() {
            let meant = numbers.into_iter().map(|number| meaning.scaled(number));
            Chunk::from_vec(raw.shape(), meant.collect())
        } else {
            raw.clone()
        };
        if !masked {
            return Ok(eager::value(data));
        }
        let any = missing.contains(&true);
        if raw.ndim() == 0 {
            return Ok(if any { masked::object::constant() } else { eager::value(data) });
        }
        let fill = meaning.fill.filter(|_| any).map(|fill| Scalar::F64(fill).cast(data.dtype()));
        let mask = any.then(|| Chunk::from_vec(raw.shape(), missing));
        Ok(masked::object::value(data, mask, fill))
    }

    fn meant(&self, chunk: &Chunk, meaning: &Meaning) -> Chunk {
        let numbers = chunk.to_vec::<f64>();
        if !meaning.is_scaled() && !numbers.iter().any(|&number| meaning.is_missing(number)) {
            return chunk.clone();
        }
        let meant = |number: f64| if meaning.is_missing(number) { f64::NAN } else { meaning.scaled(number) };
        let dtype = if chunk.dtype() == DType::F32 && !meaning.is_scaled() { DType::F32 } else { DType::F64 };
        Chunk::from_vec(chunk.shape(), numbers.into_iter().map(meant).collect()).cast(dtype)
    }

    /// It as a lazy array.
    pub fn lazy(&self, chunks: &ChunksSpec) -> Result<Array> {
        let meaning = self.meaning()?;
        let raw = self.dataset.lazy(chunks)?;
        // What is missing is `nan`, which whole numbers have no room for; what no file of that kind names is left alone there.
        let named = meaning.fill.is_some() || meaning.missing.len() > 1 || meaning.valid != (None, None);
        let wide = meaning.is_scaled() || (named && !raw.dtype().is_float());
        let dtype = if wide { DType::F64 } else { raw.dtype() };
        let number = |value: f64, dtype: DType| Array::scalar(Scalar::F64(value).cast(dtype));
        let mut array = raw.cast(dtype);
        if let Some(scale) = meaning.scale {
            array = array.binary(BinaryFunc::Multiply, &number(scale, DType::F64))?;
        }
        if let Some(offset) = meaning.offset {
            array = array.binary(BinaryFunc::Add, &number(offset, DType::F64))?;
        }
        if dtype.is_float() {
            for &missing in &meaning.missing {
                let there = raw.compare(CompareFunc::NotEqual, &number(missing, raw.dtype()))?;
                array = there.select(&array, &number(f64::NAN, dtype))?;
            }
            let ends = [(meaning.valid.0, CompareFunc::GreaterEqual), (meaning.valid.1, CompareFunc::LessEqual)];
            for (end, inside) in ends {
                if let Some(end) = end {
                    let there = raw.compare(inside, &number(end, DType::F64))?;
                    array = there.select(&array, &number(f64::NAN, dtype))?;
                }
            }
        }
        Ok(array)
    }
}

mod variable_methods {
    use super::*;

    builtins! {
        /// The names of its attributes.
        fn ncattrs(/** The variable. */ this: Variable) -> Result<Vec<String>> { Ok(visible(&this.dataset.0)?.into_iter().map(|(name, _)| name).collect()) }

        /// One of its attributes.
        fn getncattr(
            /// The variable.
            this: Variable,
            /// The name.
            name: String,
        ) -> Result<Value> { find_attribute(visible(&this.dataset.0)?, &name) }

        /// Are its numbers masked where they are missing?
        fn set_auto_mask(/** The variable. */ this: Variable, /** Are they? */ mask: bool) { this.switch(Some(mask), None) }

        /// Are its numbers scaled?
        fn set_auto_scale(/** The variable. */ this: Variable, /** Are they? */ scale: bool) { this.switch(None, Some(scale)) }

        /// Are its numbers masked and scaled?
        fn set_auto_maskandscale(/** The variable. */ this: Variable, /** Are they? */ maskandscale: bool) { this.switch(Some(maskandscale), Some(maskandscale)) }

        /// How it is packed.
        fn filters(/** The variable. */ this: Variable) -> Result<Value> {
            let packing = this.dataset.content()?.packing;
            let flag = |name: &'static str, on: bool| (name, Value::Bool(on));
            let mut filters = vec![
                flag("zlib", packing.gzip.is_some()), flag("szip", false), flag("zstd", false), flag("bzip2", false),
                flag("blosc", false), flag("shuffle", packing.shuffle),
            ];
            filters.push(("complevel", Value::Int(packing.gzip.unwrap_or(0).into())));
            filters.push(flag("fletcher32", packing.fletcher32));
            Ok(Value::dict(filters))
        }

        /// The lengths of its chunks; `contiguous` if it lies in one piece.
        fn chunking(/** The variable. */ this: Variable) -> Result<Value> {
            Ok(match this.dataset.content()?.packing.chunks {
                Some(chunks) => Value::list(chunks.into_iter().map(Value::from)),
                None => Value::str("contiguous"),
            })
        }
    }
}

mod variable_properties {
    use super::*;

    builtins! {
        /// How long it is along each axis.
        fn shape(/** The variable. */ this: Variable) -> Result<Value> { Ok(Value::tuple(this.shape()?.into_iter().map(Value::from))) }

        /// The type in which it is stored.
        fn dtype(/** The variable. */ this: Variable) -> Result<Value> { Ok(Value::object(DTypeObject(this.dtype()?))) }

        /// The type in which it is stored.
        fn datatype(/** The variable. */ this: Variable) -> Result<Value> { Ok(Value::object(DTypeObject(this.dtype()?))) }

        /// Are its numbers masked where they are missing?
        fn mask(/** The variable. */ this: Variable) -> bool { this.switches().0 }

        /// Are its numbers scaled?
        fn scale(/** The variable. */ this: Variable) -> bool { this.switches().1 }

        /// The names of its axes.
        fn dimensions(/** The variable. */ this: Variable) -> Value { Value::tuple(this.axes.iter().map(Value::str)) }

        /// How many axes it has.
        fn ndim(/** The variable. */ this: Variable) -> usize { this.axes.len() }

        /// How many elements it has.
        fn size(/** The variable. */ this: Variable) -> Result<usize> { Ok(this.shape()?.iter().product()) }

        /// Its name.
        fn name(/** The variable. */ this: Variable) -> String { crate::hdf5::tree::split(&this.dataset.0.path).1.to_string() }
    }
}

impl Object for Variable {
    fn class(&self) -> ClassRef {
        VARIABLE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (Ok(shape), Ok(attributes)) = (self.shape(), visible(&self.dataset.0)) else {
            return "<Closed variable>".to_string();
        };
        let dtype = self.dtype().map_or("vlen", DType::name);
        let mut text = format!(
            "<class 'netCDF4.Variable'>\n{dtype} {}({})\n",
            crate::hdf5::tree::split(&self.dataset.0.path).1,
            self.axes.join(", ")
        );
        for (name, value) in attributes {
            text += &format!("    {name}: {}\n", value.text());
        }
        text + &format!("current shape = {}", shape::show(&shape))
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        visible(&self.dataset.0).ok()?.into_iter().find(|(other, _)| other == name).map(|(_, value)| Ok(value))
    }

    fn attribute_names(&self) -> Vec<String> {
        visible(&self.dataset.0).unwrap_or_default().into_iter().map(|(name, _)| name).collect()
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some((|| {
            if !matches!(self.dataset.content()?.kind(), Kind::Number(_)) {
                return self.dataset.part(context, index);
            }
            self.part(context, index)
        })())
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        Object::len(&self.dataset, context)
    }

    fn array(&self) -> Option<Result<Value>> {
        Some((|| {
            let chunk = self.dataset.numbers()?;
            Ok(Value::object(NdArray::new(self.meant(&chunk, &self.meaning()?))))
        })())
    }
}
