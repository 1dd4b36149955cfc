//! `netCDF4`: files of variables with named axes. A NetCDF-4 file is an HDF5 file; scales, offsets and missing values are applied here.
//!
//! As in netCDF4 what is missing is masked. A lazy array of a variable, and what NumPy's functions make of one, have `nan` there.

mod variable;

use std::any::Any;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_array::eager;
use rdk_array::eager::NdArray;
use rdk_runtime::builtins::path::{PathArg, shown};
use rdk_runtime::operators;
use rdk_runtime::types::types;
use rdk_runtime::{
    Class, ClassRef, Context, Error, FromValue, Keywords, Module, Object, Result, Value, bail, builtins, error,
};

use crate::hdf5::attribute::Attribute;
use crate::hdf5::dataset::Dataset;
use crate::hdf5::open::{Found, Node, OpenFile};
use crate::hdf5::tree::join;

pub use self::variable::Variable;

/// The module of this file.
pub fn modules() -> Vec<Arc<Module>> {
    vec![Module::new("netCDF4", "NetCDF-4 files: variables with named axes.", || {
        vec![("Dataset", Value::Class(DATASET.clone())), ("Variable", Value::Class(variable::class()))]
    })]
}

/// Attributes that belong to the format.
const HIDDEN: [&str; 6] = ["CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates"];
/// What the name of an axis without a variable begins with.
const BARE: &str = "This is a netCDF dimension but not a netCDF variable";

/// A file, or a group of one.
#[derive(Clone)]
struct NcFile(Node, Switches);

/// What is done with the numbers of each variable of a file: are they masked, are they scaled? By paths; all are if nothing is said.
type Switches = Arc<Mutex<HashMap<String, (bool, bool)>>>;

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
            Ok(Value::object(NcFile(Node { file: Arc::new(open(&filename.0)?), path: "/".to_string() }, Switches::default())))
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
        let names = self.0.file.members_as_made(&self.0.path)?;
        Ok(names.iter().map(|name| self.0.member(name)).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// The axes that are known here, with their numbers; those of the groups above first.
    fn dimensions(&self) -> Result<Vec<(i64, Dimension)>> {
        let mut all = Vec::new();
        if self.0.path != "/" {
            let above = crate::hdf5::tree::split(&self.0.path).0.to_string();
            all = NcFile(Node { file: self.0.file.clone(), path: above }, self.1.clone()).dimensions()?;
        }
        for (node, found) in self.members()? {
            if found != Found::Dataset {
                continue;
            }
            let attributes = node.file.attributes(&node.path)?;
            let find = |name: &str| attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value);
            if find("CLASS").and_then(Attribute::as_str) != Some("DIMENSION_SCALE") {
                continue;
            }
            let content = node.file.content(&node.path)?;
            let number = find("_Netcdf4Dimid").and_then(first).unwrap_or(all.len() as i64);
            let unlimited = content.packing.maxshape.as_ref().is_some_and(|most| most.first() == Some(&None));
            let name = crate::hdf5::tree::split(&node.path).1.to_string();
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
            if find("NAME").and_then(Attribute::as_str).is_some_and(|name| name.starts_with(BARE)) {
                continue;
            }
            let name = crate::hdf5::tree::split(&node.path).1.to_string();
            let numbers = find("_Netcdf4Coordinates").and_then(Attribute::to_i64s);
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
            variables.push((name, Variable { dataset: Dataset(node), axes, switches: self.1.clone() }));
        }
        Ok(variables)
    }

    fn attributes(&self) -> Result<Vec<(String, Value)>> {
        visible(&self.0)
    }

    fn switch(&self, mask: Option<bool>, scale: Option<bool>) -> Result<()> {
        self.variables()?.into_iter().for_each(|(_, variable)| variable.switch(mask, scale));
        Ok(())
    }
}

fn visible(node: &Node) -> Result<Vec<(String, Value)>> {
    let all = node.file.attributes_as_made(&node.path)?;
    let own = all.into_iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str()) && name != "_NCProperties");
    Ok(own.filter_map(|(name, value)| Some((name, single(&value)?))).collect())
}

/// Arrays of one element are numbers to NetCDF, and texts are str.
fn single(attribute: &Attribute) -> Option<Value> {
    if let Attribute::Texts { texts, .. } = attribute.meaning() {
        return Some(match texts.as_slice() {
            [one] => Value::str(one),
            several => Value::list(several.iter().map(Value::str)),
        });
    }
    let value = attribute.to_value()?;
    Some(match value.get::<NdArray>() {
        Some(array) if array.size() == 1 => array.chunk().scalars().next().map_or(Value::None, eager::number),
        _ => value,
    })
}

/// A number that is one of NetCDF's own.
fn first(attribute: &Attribute) -> Option<i64> {
    attribute.to_i64s()?.first().copied()
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

        /// The variables that have attributes of these values, or for which functions of theirs are true.
        fn get_variables_by_attributes[context](
            /// The file.
            this: NcFile,
            /// Attributes and their values.
            kwargs: Keywords,
        ) -> Result<Vec<Value>> {
            let mut found = Vec::new();
            for (_, variable) in this.variables()? {
                let attributes = visible(&variable.dataset.0)?;
                let mut fits = true;
                for (name, wanted) in &kwargs.0 {
                    let value = attributes.iter().find(|(other, _)| **other == **name).map(|(_, value)| value.clone());
                    fits &= match wanted {
                        Value::Function(_) | Value::Builtin(_) => {
                            let answer = context.call(wanted, rdk_runtime::Args::one(value.unwrap_or_default()))?;
                            operators::truth(context, &answer)?
                        }
                        wanted => match value {
                            Some(value) => operators::equal(context, &value, wanted)?,
                            None => false,
                        },
                    };
                }
                if fits { found.push(Value::object(variable)); }
            }
            Ok(found)
        }

        /// Are the numbers of all variables masked where they are missing?
        fn set_auto_mask(
            /// The file.
            this: NcFile,
            /// Are they?
            value: bool,
        ) -> Result<()> { this.switch(Some(value), None) }

        /// Are the numbers of all variables scaled?
        fn set_auto_scale(
            /// The file.
            this: NcFile,
            /// Are they?
            value: bool,
        ) -> Result<()> { this.switch(None, Some(value)) }

        /// Are the numbers of all variables masked and scaled?
        fn set_auto_maskandscale(
            /// The file.
            this: NcFile,
            /// Are they?
            value: bool,
        ) -> Result<()> { this.switch(Some(value), Some(value)) }

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
            Ok(Value::dict(groups.map(|(node, _)| (crate::hdf5::tree::split(&node.path).1.to_string(), Value::object(NcFile(node, this.1.clone()))))))
        }

        /// How it is stored.
        fn disk_format(/** The file. */ this: NcFile) -> &'static str { let _ = this; "HDF5" }

        /// How the file is laid out.
        fn file_format(/** The file. */ this: NcFile) -> &'static str { let _ = this; "NETCDF4" }

        /// Its path in the file.
        fn path(/** The file, or a group. */ this: NcFile) -> String { this.0.path }

        /// Its name.
        fn name(/** The file, or a group. */ this: NcFile) -> String { crate::hdf5::tree::split(&this.0.path).1.to_string() }

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
                let dtype = variable.dtype().map_or("vlen", rdk_array::DType::name);
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
                Some((node, Found::Group)) => Ok(Value::object(NcFile(node, self.1.clone()))),
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
