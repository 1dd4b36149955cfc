//! `netCDF4`: files of variables with named axes. A NetCDF-4 file is an HDF5 file; scales, offsets and missing values are applied here.
//!
//! netCDF4 gives masked arrays; here what is missing is `nan`.

use std::any::Any;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::hdf5::AttrValue;
use rdk_array::array::Array;
use rdk_array::eager::{self, DTypeObject, NdArray};
use rdk_array::kernel::{BinaryFunc, CompareFunc};
use rdk_array::{Chunk, ChunksSpec, DType, Scalar, shape};
use rdk_runtime::builtins::path::{PathArg, shown};
use rdk_runtime::types::types;
use rdk_runtime::{
    Class, ClassRef, Context, Error, FromValue, Keywords, Module, Object, Result, Value, bail, builtins, error,
};

use crate::boxes;
use crate::hdf5::attribute;
use crate::hdf5::content::join;
use crate::hdf5::dataset::Dataset;
use crate::hdf5::kind::Kind;
use crate::hdf5::open::{Found, Node, OpenFile};

/// The module of this file.
pub fn modules() -> Vec<Arc<Module>> {
    vec![Module::new("netCDF4", "NetCDF-4 files: variables with named axes.", || {
        vec![("Dataset", Value::Class(DATASET.clone())), ("Variable", Value::Class(VARIABLE.clone()))]
    })]
}

/// Attributes that belong to the format.
const HIDDEN: [&str; 6] = ["CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates"];
/// What the name of an axis without a variable begins with.
const BARE: &str = "This is a netCDF dimension but not a netCDF variable";

/// A file, or a group of one.
#[derive(Clone)]
struct NcFile(Node);

/// A variable.
#[derive(Clone)]
pub struct Variable {
    dataset: Dataset,
    axes: Vec<String>,
}

/// An axis: its name and its length.
#[derive(Clone)]
struct Dimension {
    name: String,
    size: usize,
    unlimited: bool,
}

static DATASET: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Dataset", "netCDF4", "A NetCDF-4 file.").base(types().object.clone());
    let construct = constructor::builtins().into_iter().next().expect("it is declared");
    ClassRef::new(class.construct(construct).methods(methods::builtins()).properties(properties::builtins()))
});

static VARIABLE: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Variable", "netCDF4", "Numbers with named axes.").base(types().object.clone());
    ClassRef::new(class.methods(variable_methods::builtins()).properties(variable_properties::builtins()))
});

static DIMENSION: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Dimension", "netCDF4", "An axis: its name and its length.").base(types().object.clone());
    ClassRef::new(class.methods(dimension_methods::builtins()).properties(dimension_properties::builtins()))
});

impl FromValue for NcFile {
    fn expected() -> &'static str {
        "a NetCDF file"
    }

    fn from_value(value: &Value) -> Option<NcFile> {
        value.get::<NcFile>().cloned()
    }
}

impl FromValue for Variable {
    fn expected() -> &'static str {
        "a variable"
    }

    fn from_value(value: &Value) -> Option<Variable> {
        value.get::<Variable>().cloned()
    }
}

impl FromValue for Dimension {
    fn expected() -> &'static str {
        "an axis"
    }

    fn from_value(value: &Value) -> Option<Dimension> {
        value.get::<Dimension>().cloned()
    }
}

#[allow(non_snake_case)]
mod constructor {
    use super::*;

    builtins! {
        /// Opens a NetCDF-4 file for reading.
        fn Dataset(
            /// Its path.
            filename: PathArg,
            /// `r`: files are read, not written.
            mode: String = "r",
            /// Accepted, not used.
            options: Keywords,
        ) -> Result<Value> {
            let _ = options;
            if mode != "r" {
                bail!(NotImplementedError: "NetCDF files are read, not written"; hint: "`h5py.File(path, \"w\")` writes an HDF5 file");
            }
            Ok(Value::object(NcFile(Node { file: Arc::new(open(&filename.0)?), path: "/".to_string() })))
        }
    }
}

fn open(path: &Path) -> Result<OpenFile> {
    OpenFile::open(path, "r").map_err(|error| match std::fs::read(path) {
        Ok(bytes) if bytes.starts_with(b"CDF") => {
            error!(NotImplementedError: "'{}' is a file of NetCDF 3; rdk reads NetCDF 4", path.display())
        }
        _ => error,
    })
}

impl NcFile {
    fn members(&self) -> Result<Vec<(Node, Found)>> {
        let names = self.0.file.members(&self.0.path)?;
        Ok(names.iter().map(|name| self.0.member(name)).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// The axes that are known here, with their numbers; those of the groups above first.
    fn dimensions(&self) -> Result<Vec<(i64, Dimension)>> {
        let mut all = Vec::new();
        if self.0.path != "/" {
            let above = crate::hdf5::content::split(&self.0.path).0.to_string();
            all = NcFile(Node { file: self.0.file.clone(), path: above }).dimensions()?;
        }
        for (node, found) in self.members()? {
            if found != Found::Dataset {
                continue;
            }
            let attributes = node.file.attributes(&node.path)?;
            let find = |name: &str| attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value);
            if find("CLASS").and_then(AttrValue::as_str) != Some("DIMENSION_SCALE") {
                continue;
            }
            let content = node.file.content(&node.path)?;
            let number = find("_Netcdf4Dimid").and_then(AttrValue::as_i64).unwrap_or(all.len() as i64);
            let unlimited = content.packing.maxshape.as_ref().is_some_and(|most| most.first() == Some(&None));
            let name = crate::hdf5::content::split(&node.path).1.to_string();
            all.push((number, Dimension { name, size: content.shape().first().copied().unwrap_or(0), unlimited }));
        }
        all.sort_by_key(|(number, _)| *number);
        Ok(all)
    }

    fn variables(&self) -> Result<Vec<(String, Variable)>> {
        let dimensions = self.dimensions()?;
        let mut variables = Vec::new();
        for (node, found) in self.members()? {
            if found != Found::Dataset {
                continue;
            }
            let attributes = node.file.attributes(&node.path)?;
            let find = |name: &str| attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value);
            if find("NAME").and_then(AttrValue::as_str).is_some_and(|name| name.starts_with(BARE)) {
                continue;
            }
            let name = crate::hdf5::content::split(&node.path).1.to_string();
            let numbers = find("_Netcdf4Coordinates").and_then(AttrValue::to_i64s);
            let shape = node.file.content(&node.path)?.shape();
            let axes = shape.iter().enumerate().map(|(axis, &length)| {
                let number = numbers.as_ref().and_then(|numbers| numbers.get(axis));
                let by_number = number.and_then(|number| dimensions.iter().find(|(other, _)| other == number));
                // Some writers leave the numbers out.
                let by_name = || dimensions.iter().find(|(_, dimension)| shape.len() == 1 && dimension.name == name);
                let by_length = || dimensions.iter().find(|(_, dimension)| dimension.size == length);
                by_number
                    .or_else(by_name)
                    .or_else(by_length)
                    .map_or_else(|| format!("dim{axis}"), |(_, found)| found.name.clone())
            });
            let axes = axes.collect();
            let order = find("_Netcdf4Dimid").and_then(AttrValue::as_i64).unwrap_or(i64::MAX);
            variables.push((order, name, Variable { dataset: Dataset(node), axes }));
        }
        variables.sort_by_key(|(order, ..)| *order);
        Ok(variables.into_iter().map(|(_, name, variable)| (name, variable)).collect())
    }

    fn attributes(&self) -> Result<Vec<(String, Value)>> {
        visible(&self.0)
    }
}

fn visible(node: &Node) -> Result<Vec<(String, Value)>> {
    let all = node.file.attributes(&node.path)?;
    let own = all.into_iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str()) && name != "_NCProperties");
    Ok(own.map(|(name, value)| (name, single(attribute::to_value(&value)))).collect())
}

/// Arrays of one element are numbers to NetCDF.
fn single(value: Value) -> Value {
    match value.get::<NdArray>() {
        Some(array) if array.size() == 1 => array.chunk().scalars().next().map_or(Value::None, eager::number),
        _ => value,
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Closes the file.
        fn close(/** The file. */ this: NcFile) -> Result<()> { this.0.file.close() }

        /// The names of its attributes.
        fn ncattrs(/** The file. */ this: NcFile) -> Result<Vec<String>> { Ok(this.attributes()?.into_iter().map(|(name, _)| name).collect()) }

        /// One of its attributes.
        fn getncattr(
            /// The file.
            this: NcFile,
            /// The name.
            name: String,
        ) -> Result<Value> { find_attribute(this.attributes()?, &name) }

        /// Its path.
        fn filepath(/** The file. */ this: NcFile) -> String { shown(&this.0.file.given) }

        /// Is it open?
        fn isopen(/** The file. */ this: NcFile) -> bool { !this.0.file.is_closed() }
    }
}

fn find_attribute(attributes: Vec<(String, Value)>, name: &str) -> Result<Value> {
    let names: Vec<String> = attributes.iter().map(|(name, _)| name.clone()).collect();
    let found = attributes.into_iter().find(|(other, _)| other == name);
    found.map(|(_, value)| value).ok_or_else(|| {
        error!(AttributeError: "NetCDF: Attribute not found").hint(format!("there is: {}", names.join(", ")))
    })
}

mod properties {
    use super::*;

    builtins! {
        /// The variables, by name.
        fn variables(/** The file. */ this: NcFile) -> Result<Value> {
            Ok(Value::dict(this.variables()?.into_iter().map(|(name, variable)| (name, Value::object(variable)))))
        }

        /// The axes, by name.
        fn dimensions(/** The file. */ this: NcFile) -> Result<Value> {
            Ok(Value::dict(this.dimensions()?.into_iter().map(|(_, dimension)| (dimension.name.clone(), Value::object(dimension)))))
        }

        /// The groups, by name.
        fn groups(/** The file. */ this: NcFile) -> Result<Value> {
            let groups = this.members()?.into_iter().filter(|(_, found)| *found == Found::Group);
            Ok(Value::dict(groups.map(|(node, _)| (crate::hdf5::content::split(&node.path).1.to_string(), Value::object(NcFile(node))))))
        }

        /// How the file is laid out.
        fn data_model(/** The file. */ this: NcFile) -> &'static str { let _ = this; "NETCDF4" }
    }
}

mod dimension_methods {
    use super::*;

    builtins! {
        /// May it grow?
        fn isunlimited(/** The axis. */ this: Dimension) -> bool { this.unlimited }
    }
}

mod dimension_properties {
    use super::*;

    builtins! {
        /// How long it is.
        fn size(/** The axis. */ this: Dimension) -> usize { this.size }

        /// Its name.
        fn name(/** The axis. */ this: Dimension) -> String { this.name }
    }
}

/// What turns what is stored into what is meant.
#[derive(Default)]
struct Meaning {
    missing: Vec<f64>,
    scale: Option<f64>,
    offset: Option<f64>,
}

impl Variable {
    fn shape(&self) -> Result<Vec<usize>> {
        Ok(self.dataset.content()?.shape())
    }

    fn dtype(&self) -> Result<DType> {
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
                ("_FillValue" | "missing_value", Some(number)) => meaning.missing.push(number),
                ("scale_factor", Some(number)) => meaning.scale = Some(number),
                ("add_offset", Some(number)) => meaning.offset = Some(number),
                _ => {}
            }
        }
        Ok(meaning)
    }

    fn read(&self, start: &[usize], lengths: &[usize]) -> Result<Chunk> {
        crate::hdf5::read(&self.dataset.0.file.path, &self.dataset.0.path, start, lengths)
    }

    fn meant(&self, chunk: &Chunk, meaning: &Meaning) -> Chunk {
        let is_missing = |number: f64| meaning.missing.contains(&number);
        let scaled = meaning.scale.is_some() || meaning.offset.is_some();
        if !scaled && (meaning.missing.is_empty() || !chunk.scalars().any(|scalar| is_missing(scalar.get::<f64>()))) {
            return chunk.clone();
        }
        let (scale, offset) = (meaning.scale.unwrap_or(1.0), meaning.offset.unwrap_or(0.0));
        let numbers = chunk.to_vec::<f64>().into_iter();
        let numbers =
            numbers.map(|number| if is_missing(number) { f64::NAN } else { number * scale + offset }).collect();
        let dtype = if chunk.dtype() == DType::F32 && !scaled { DType::F32 } else { DType::F64 };
        Chunk::from_vec(chunk.shape(), numbers).cast(dtype)
    }

    /// It as a lazy array.
    pub fn lazy(&self, chunks: &ChunksSpec) -> Result<Array> {
        let meaning = self.meaning()?;
        let raw = self.dataset.lazy(chunks)?;
        let scaled = meaning.scale.is_some() || meaning.offset.is_some();
        // What is missing is `nan`, which whole numbers have no room for.
        let wide = scaled || !(meaning.missing.is_empty() || raw.dtype().is_float());
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

        /// The names of its axes.
        fn dimensions(/** The variable. */ this: Variable) -> Value { Value::tuple(this.axes.iter().map(Value::str)) }

        /// How many axes it has.
        fn ndim(/** The variable. */ this: Variable) -> usize { this.axes.len() }

        /// How many elements it has.
        fn size(/** The variable. */ this: Variable) -> Result<usize> { Ok(this.shape()?.iter().product()) }

        /// Its name.
        fn name(/** The variable. */ this: Variable) -> String { crate::hdf5::content::split(&this.dataset.0.path).1.to_string() }
    }
}

fn plain_object() -> &'static str {
    "<class 'netCDF4.Dataset'>"
}

impl Object for NcFile {
    fn class(&self) -> ClassRef {
        DATASET.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (Ok(dimensions), Ok(variables), Ok(attributes)) = (self.dimensions(), self.variables(), self.attributes())
        else {
            return format!("{}\n(closed)", plain_object());
        };
        let root = if self.0.path == "/" {
            "root group (NETCDF4 data model, file format HDF5):".to_string()
        } else {
            format!("group {}:", self.0.path)
        };
        let mut text = format!("{}\n{root}\n", plain_object());
        for (name, value) in attributes {
            text += &format!("    {name}: {}\n", value.text());
        }
        let sizes: Vec<String> =
            dimensions.iter().map(|(_, dimension)| format!("{}({})", dimension.name, dimension.size)).collect();
        let held: Vec<String> = variables
            .iter()
            .map(|(name, variable)| {
                let dtype = variable.dtype().map_or("vlen", DType::name);
                format!("{dtype} {name}({})", variable.axes.join(", "))
            })
            .collect();
        text + &format!(
            "    dimensions(sizes): {}\n    variables(dimensions): {}\n    groups: ",
            sizes.join(", "),
            held.join(", ")
        )
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        self.attributes().ok()?.into_iter().find(|(other, _)| other == name).map(|(_, value)| Ok(value))
    }

    fn attribute_names(&self) -> Vec<String> {
        self.attributes().unwrap_or_default().into_iter().map(|(name, _)| name).collect()
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some((|| {
            let name = String::try_from_value(index)?;
            let variables = self.variables()?;
            if let Some((_, variable)) = variables.iter().find(|(other, _)| *other == name) {
                return Ok(Value::object(variable.clone()));
            }
            match self.0.member(&join("", &name))? {
                Some((node, Found::Group)) => Ok(Value::object(NcFile(node))),
                _ => Err(error!(IndexError: "{name} not found in /").hint(format!(
                    "there is: {}",
                    variables.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
                ))),
            }
        })())
    }

    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _: &Context, _: Option<&Error>) -> Result<bool> {
        self.0.file.close()?;
        Ok(false)
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
            crate::hdf5::content::split(&self.dataset.0.path).1,
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
            let meaning = self.meaning()?;
            let read = |start: &[usize], lengths: &[usize]| Ok(self.meant(&self.read(start, lengths)?, &meaning));
            boxes::get(context, index, &self.shape()?, DType::F64, read)
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

impl Object for Dimension {
    fn class(&self) -> ClassRef {
        DIMENSION.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let unlimited = if self.unlimited { " (unlimited)" } else { "" };
        format!("\"<class 'netCDF4.Dimension'>\"{unlimited}: name = '{}', size = {}", self.name, self.size)
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.size))
    }
}
