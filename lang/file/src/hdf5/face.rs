//! The module `h5py`: files and groups.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_array::eager::DTypeArg;
use rdk_array::face::parameters::ShapeArg;
use rdk_runtime::builtins::path::{PathArg, shown};
use rdk_runtime::class::entries;
use rdk_runtime::convert::describe;
use rdk_runtime::types::types;
use rdk_runtime::{
    Builtin, Class, ClassRef, Context, Error, FromValue, Keywords, Module, Object, Result, Value, bail, builtins,
    error, travel,
};

use super::content::Content;
use super::create::create_dataset;
use super::dataset::{self, Dataset};
use super::extra::Target;
use super::inside::{Visit, apart, copy, like, visit};
use super::open::{Found, Node, OpenFile};
use super::read;
use super::tree::{Item, join, split};
use super::view::{View, attributes_of};
use super::{kind, links};

/// The kind under which a dataset travels.
pub const DATASET: &str = "file.h5py.dataset";

/// The modules of this folder.
pub fn modules() -> Vec<Arc<Module>> {
    travel::register(DATASET, |bytes| {
        let (path, name): (String, String) =
            postcard::from_bytes(bytes).map_err(|_| error!(RuntimeError: "the name of a dataset is damaged"))?;
        let file = Arc::new(OpenFile::open(path.as_ref(), "r")?);
        Ok(Value::object(Dataset(Node { file, path: name })))
    });
    vec![Module::new("h5py", "HDF5 files: datasets of numbers, in groups, with attributes.", || {
        let mut names = vec![
            ("File", Value::Class(FILE.clone())),
            ("Group", Value::Class(GROUP.clone())),
            ("Dataset", Value::Class(dataset::class())),
        ];
        names.extend(links::classes());
        names.extend(entries(functions::builtins()));
        names
    })]
}

mod functions {
    use super::*;

    builtins! {
        /// Is a file an HDF5 file?
        fn is_hdf5(
            /// Its path.
            name: PathArg,
        ) -> bool { hdf5_pure::is_hdf5(&name.0).unwrap_or(false) }
    }
}

/// An open file, which is its own root group.
#[derive(Clone)]
pub struct H5File(pub Node);

/// A group.
#[derive(Clone)]
pub struct Group(pub Node);

static FILE: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("File", "h5py", "An HDF5 file.").base(GROUP.clone()).construct(construct());
    ClassRef::new(class.methods(of_files::builtins()).properties(file_properties::builtins()))
});

static GROUP: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Group", "h5py", "A folder in an HDF5 file.").base(types().object.clone());
    ClassRef::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

fn construct() -> Builtin {
    constructor::builtins().into_iter().next().expect("it is declared")
}

#[allow(non_snake_case)]
mod constructor {
    use super::*;

    builtins! {
        /// Opens an HDF5 file.
        ///
        /// ```rdk
        /// import h5py
        /// with h5py.File("/dev/shm/rdk-doc.h5", "w") as f:
        ///     f["values"] = np.arange(6).reshape(2, 3)
        /// with h5py.File("/dev/shm/rdk-doc.h5", "r") as f:
        ///     print(f["values"], f["values"][1])
        /// #> <HDF5 dataset "values": shape (2, 3), type "<i8"> [3 4 5]
        /// ```
        fn File[context](
            /// Its path.
            name: PathArg,
            /// `r` read; `r+` read and write; `w` make anew; `w-` or `x` only if it is not there; `a` whichever fits.
            mode: Option<String>,
            /// Drivers, versions and caches: accepted, not used.
            options: Keywords,
        ) -> Result<Value> {
            let _ = options;
            let file = OpenFile::open(&name.0, mode.as_deref().unwrap_or("r"))?;
            file.limit(context.shared.engine.memory());
            Ok(Value::object(H5File(Node { file: Arc::new(file), path: "/".to_string() })))
        }
    }
}

/// The file's root.
pub fn root(node: &Node) -> Value {
    Value::object(H5File(Node { file: node.file.clone(), path: "/".to_string() }))
}

/// The group that something is in.
pub fn parent(node: &Node) -> Value {
    match split(&node.path).0 {
        "/" => root(node),
        group => Value::object(Group(Node { file: node.file.clone(), path: group.to_string() })),
    }
}

/// What stands under a name, as a value.
pub fn value(node: Node, found: Found) -> Value {
    match found {
        Found::Dataset => Value::object(Dataset(node)),
        Found::Group if node.path == "/" => Value::object(H5File(node)),
        Found::Group => Value::object(Group(node)),
    }
}

impl FromValue for Node {
    fn expected() -> &'static str {
        "a group"
    }

    fn from_value(value: &Value) -> Option<Node> {
        let of_file = value.get::<H5File>().map(|file| file.0.clone());
        of_file.or_else(|| value.get::<Group>().map(|group| group.0.clone()))
    }
}

mod of_files {
    use super::*;

    builtins! {
        /// Writes what has changed, and closes the file.
        fn close(/** The file. */ this: Node) -> Result<()> { this.file.close() }

        /// Writes what has changed.
        fn flush(/** The file. */ this: Node) -> Result<()> { this.file.flush() }
    }
}

mod file_properties {
    use super::*;

    builtins! {
        /// Its path.
        fn filename(/** The file. */ this: Node) -> String { shown(&this.file.given) }

        /// `r` or `r+`.
        fn mode(/** The file. */ this: Node) -> &'static str { this.file.mode }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Its attributes.
        fn attrs(/** The group. */ this: Node) -> Value { attributes_of(this) }

        /// Its path in the file.
        fn name(/** The group. */ this: Node) -> String { this.path }

        /// The file that it is in.
        fn file(/** The group. */ this: Node) -> Value { root(&this) }

        /// The group that it is in.
        fn parent(/** The group. */ this: Node) -> Value { parent(&this) }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// The names of what is in it.
        fn keys(/** The group. */ this: Node) -> Result<Value> {
            let items: Vec<Value> = this.file.members(&this.path)?.into_iter().map(Value::from).collect();
            let shown = format!(" {}", Value::list(items.clone()).repr());
            Ok(Value::object(View { name: "KeysViewHDF5", items, shown }))
        }

        /// What is in it.
        fn values(/** The group. */ this: Node) -> Result<Value> {
            let items = members(&this)?.into_iter().map(|(_, value)| value).collect();
            Ok(Value::object(View { name: "ValuesViewHDF5", items, shown: format!("({})", repr(&this)) }))
        }

        /// The names and what they stand for.
        fn items(/** The group. */ this: Node) -> Result<Value> {
            let items = members(&this)?.into_iter().map(|(name, value)| Value::tuple([Value::from(name), value])).collect();
            Ok(Value::object(View { name: "ItemsViewHDF5", items, shown: format!("({})", repr(&this)) }))
        }

        /// What has this name, or something else if nothing has.
        fn get(
            /// The group.
            this: Node,
            /// The name.
            name: String,
            /// What to give if there is nothing.
            default: Option<Value>,
            /// Is its class wanted, and not itself?
            getclass: bool = false,
            /// Is the link wanted that the name is, and not what it leads to?
            getlink: bool = false,
        ) -> Result<Value> { get(&this, &name, default, getclass, getlink) }

        /// Gives something another name or place.
        fn r#move(
            /// The group.
            this: Node,
            /// Its path.
            source: String,
            /// Its new path.
            dest: String,
        ) -> Result<()> { this.file.change(|tree| tree.rename(&join(&this.path, &source), &join(&this.path, &dest))) }

        /// Copies a dataset or a group with all that is in it.
        fn copy(
            /// The group.
            this: Node,
            /// Its path, or itself; it may be of another file.
            source: Value,
            /// The new path, or the group that the copy comes into.
            dest: Value,
            /// The copy's name in that group; its own if left out.
            name: Option<String>,
            /// Of a group only what stands in it, not what stands in its groups?
            shallow: bool = false,
            /// Accepted: links stay links.
            expand_soft: bool = false,
            /// Accepted: links stay links.
            expand_external: bool = false,
            /// Without attributes?
            without_attrs: bool = false,
        ) -> Result<()> {
            let _ = (expand_soft, expand_external);
            copy(&this, &source, &dest, name, shallow, without_attrs)
        }

        /// Makes a dataset of the shape, type and packing of another one.
        fn create_dataset_like[context](
            /// The group.
            this: Node,
            /// Its name.
            name: String,
            /// The other one.
            other: Dataset,
            /// As for `create_dataset`.
            kwupdate: Keywords,
        ) -> Result<Value> { like(context, &this, &name, &other, kwupdate) }

        /// Calls a function with the name of every link inside, however deep, until it gives something.
        fn visit_links[context](
            /// The group.
            this: Node,
            /// The function.
            func: Value,
        ) -> Result<Value> { visit(context, &this, &func, Visit::Links) }

        /// Makes a dataset.
        fn create_dataset[context](
            /// The group.
            this: Node,
            /// Its name.
            name: String,
            /// Its shape; that of `data` if left out.
            shape: Option<ShapeArg>,
            /// The type of its elements; that of `data` or float32 if left out.
            dtype: Option<Value>,
            /// What is in it; zeros if left out.
            data: Option<Value>,
            /// How it is packed: `chunks`, `compression`, `compression_opts`, `shuffle`, `fletcher32`, `maxshape`, `fillvalue`.
            kwds: Keywords,
        ) -> Result<Value> { create_dataset(context, &this, &name, shape, dtype, data, kwds) }

        /// The dataset of this name, which is made if it is not there.
        fn require_dataset[context](
            /// The group.
            this: Node,
            /// Its name.
            name: String,
            /// Its shape.
            shape: ShapeArg,
            /// The type of its elements.
            dtype: Value,
            /// Must the type be just this one?
            exact: bool = false,
            /// As for `create_dataset`.
            kwds: Keywords,
        ) -> Result<Value> {
            match this.member(&name)? {
                None => create_dataset(context, &this, &name, Some(shape), Some(dtype), None, kwds),
                Some((_, Found::Group)) => bail!(TypeError: "Incompatible object (Group) already exists"),
                Some((node, Found::Dataset)) => {
                    let there = Dataset(node);
                    let content = there.content()?;
                    if content.shape()[..] != shape.0[..] {
                        bail!(TypeError: "Shapes do not match (existing {} vs new {})", rdk_array::shape::show(&content.shape()), rdk_array::shape::show(&shape.0));
                    }
                    let wanted = DTypeArg::try_from_value(&dtype)?.0;
                    let kind::Kind::Number(number) = content.kind() else { bail!(TypeError: "Datatypes do not match") };
                    if number.dtype != wanted && (exact || !wanted.can_cast(number.dtype, rdk_array::Casting::Safe)) {
                        bail!(TypeError: "Datatypes cannot be safely cast (existing {} vs new {wanted})", number.dtype);
                    }
                    Ok(Value::object(there))
                }
            }
        }

        /// Makes a group.
        fn create_group(
            /// The group.
            this: Node,
            /// Its name.
            name: String,
            /// Accepted.
            track_order: Option<bool>,
        ) -> Result<Value> {
            let _ = track_order;
            let path = join(&this.path, &name);
            this.file.change(|tree| tree.add(&path, Item::group()))?;
            Ok(Value::object(Group(Node { file: this.file, path })))
        }

        /// The group of this name, which is made if it is not there.
        fn require_group(
            /// The group.
            this: Node,
            /// Its name.
            name: String,
        ) -> Result<Value> {
            match this.member(&name)? {
                Some((node, Found::Group)) => Ok(value(node, Found::Group)),
                Some((_, Found::Dataset)) => bail!(TypeError: "Incompatible object (Dataset) already exists"),
                None => {
                    let path = join(&this.path, &name);
                    this.file.change(|tree| tree.add(&path, Item::group()))?;
                    Ok(Value::object(Group(Node { file: this.file, path })))
                }
            }
        }

        /// Calls a function with every name inside, however deep, until it gives something.
        fn visit[context](
            /// The group.
            this: Node,
            /// The function.
            func: Value,
        ) -> Result<Value> { visit(context, &this, &func, Visit::Names) }

        /// Calls a function with every name inside and what it stands for, until it gives something.
        fn visititems[context](
            /// The group.
            this: Node,
            /// The function.
            func: Value,
        ) -> Result<Value> { visit(context, &this, &func, Visit::Items) }
    }
}

fn members(node: &Node) -> Result<Vec<(String, Value)>> {
    let names = node.file.members(&node.path)?;
    // A link that leads to nothing has a name, and no value.
    let member =
        |name: String| Ok((name.clone(), node.reached(&name)?.map_or(Value::None, |(node, found)| value(node, found))));
    names.into_iter().map(member).collect()
}

fn get(node: &Node, name: &str, default: Option<Value>, class: bool, link: bool) -> Result<Value> {
    if link {
        return Ok(match node.file.link(&join(&node.path, name))? {
            Some(target) if class => links::class_of(&target),
            Some(target) => links::value(target),
            None => default.unwrap_or_default(),
        });
    }
    Ok(match node.reached(name)? {
        Some((_, Found::Dataset)) if class => Value::Class(dataset::class()),
        Some((_, Found::Group)) if class => Value::Class(GROUP.clone()),
        Some((node, found)) => value(node, found),
        None => default.unwrap_or_default(),
    })
}

fn repr(node: &Node) -> String {
    let name = node.file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if node.file.is_closed() {
        return if node.path == "/" { "<Closed HDF5 file>" } else { "<Closed HDF5 group>" }.to_string();
    }
    match node.path.as_str() {
        "/" => format!("<HDF5 file \"{name}\" (mode {})>", node.file.mode),
        path => {
            let n = node.file.members(path).map_or(0, |members| members.len());
            format!("<HDF5 group \"{path}\" ({n} members)>")
        }
    }
}

fn item(node: &Node, index: &Value) -> Result<Value> {
    let Value::Str(name) = index else {
        bail!(TypeError: "Accessing a group is done with bytes or str, not {}", describe(index));
    };
    match node.member(name)? {
        Some((node, found)) => Ok(value(node, found)),
        None => {
            let names = node.file.members(&node.path)?;
            let missing = read::missing(name);
            Err(match rdk_runtime::builtin::nearest(name, names.iter().map(String::as_str)) {
                Some(near) => missing.hint(format!("did you mean `{near}`?")),
                None => missing.hint(format!(
                    "there is: {}",
                    if names.is_empty() { "nothing".to_string() } else { names.join(", ") }
                )),
            })
        }
    }
}

fn set_item(context: &Context, node: &Node, index: &Value, value: Value) -> Result<()> {
    let name = String::try_from_value(index)?;
    if let Some(target) = links::target(&value) {
        return node.file.change(|tree| tree.add(&join(&node.path, &name), Item::link(target)));
    }
    // One more name for what is in this file.
    let object = value.get::<Dataset>().map(|dataset| dataset.0.clone()).or_else(|| Node::from_value(&value));
    if let Some(object) = &object
        && object.file.same(&node.file)
        && let Some(super::open::Ends::Here(path, _)) = object.file.ends(&object.path)?
    {
        return node.file.change(|tree| tree.add(&join(&node.path, &name), Item::link(Target::Hard(path))));
    }
    if object.is_some() && value.get::<Dataset>().is_none() {
        bail!(OSError: "Unable to synchronously create link (interfile hard links are not allowed)"; hint: "`f.copy(group, \"name\")` copies it");
    }
    if let Some(dataset) = value.get::<Dataset>() {
        let content = dataset.content()?;
        let path = join(&node.path, &name);
        let data = apart(&content.data, false)?;
        return node.file.change(|tree| tree.add(&path, Item::dataset(Content { data, ..content.clone() })));
    }
    create_dataset(context, node, &name, None, None, Some(value), Keywords(Vec::new())).map(|_| ())
}

fn delete(node: &Node, index: &Value) -> Result<()> {
    let name = String::try_from_value(index)?;
    let path = join(&node.path, &name);
    match node.file.change(|tree| Ok(tree.remove(&path)))? {
        true => Ok(()),
        false => Err(error!(KeyError: "\"Couldn't delete link (name doesn't exist: {name})\"")),
    }
}

macro_rules! group_object {
    ($Type:ty, $class:ident { $($more:tt)* }) => {
        impl Object for $Type {
            fn class(&self) -> ClassRef {
                $class.clone()
            }

            fn as_any(&self) -> &dyn Any {
                self
            }

            fn repr(&self) -> String {
                repr(&self.0)
            }

            fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
                Some(item(&self.0, index))
            }

            fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
                Some(set_item(context, &self.0, index, value))
            }

            fn delete_item(&self, _: &Context, index: &Value) -> Option<Result<()>> {
                Some(delete(&self.0, index))
            }

            fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
                Some(String::try_from_value(item).and_then(|name| self.0.file.is_named(&join(&self.0.path, &name))))
            }

            fn len(&self, _: &Context) -> Option<Result<usize>> {
                Some(self.0.file.members(&self.0.path).map(|members| members.len()))
            }

            fn truth(&self, _: &Context) -> Option<Result<bool>> {
                Some(Ok(!self.0.file.is_closed()))
            }

            fn iter(&self, _: &Context) -> Option<Result<Value>> {
                Some(self.0.file.members(&self.0.path).map(|members| {
                    let mut names = members.into_iter().map(Value::from);
                    Value::iter("iterator", move |_| names.next().map(Ok))
                }))
            }

            $($more)*
        }
    };
}

group_object!(Group, GROUP {});
group_object!(H5File, FILE {
    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _: &Context, error: Option<&Error>) -> Result<bool> {
        // What was written before an error is kept, as h5py does.
        let _ = error;
        self.0.file.close()?;
        Ok(false)
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        bail!(TypeError: "an open file cannot be sent to another process"; hint: "open it inside the function")
    }
});
