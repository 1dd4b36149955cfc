//! Small things that `h5py` gives: keys, values and items of a group, its attributes.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_array::eager::{DTypeArg, NdArray, nested};
use rdk_array::face::parameters::ShapeArg;
use rdk_runtime::types::{key_error, types};
use rdk_runtime::{Class, ClassRef, Context, Error, Object, Result, Value, bail, builtins};

use super::attribute::{Attribute, Heap};
use super::open::Node;
use crate::attributes::{self as shared, Attributes, Place};

/// The keys, values or items of a group.
pub struct View {
    /// `KeysViewHDF5`
    pub name: &'static str,
    /// What is walked.
    pub items: Vec<Value>,
    /// What is between the brackets.
    pub shown: String,
}

static VIEW: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("ViewHDF5", "h5py", "What is in a group.").base(types().object.clone())));

impl Object for View {
    fn class(&self) -> ClassRef {
        VIEW.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<{}{}>", self.name, self.shown)
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.items.len()))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        let list = Value::list(self.items.clone());
        Some(rdk_runtime::operators::contains(context, &list, item))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let mut items = self.items.clone().into_iter();
        Some(Ok(Value::iter("iterator", move |_| items.next().map(Ok))))
    }
}

/// A group or dataset that has attributes: `f.attrs`.
struct OfHdf5(Node);

static ATTRIBUTES: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("AttributeManager", "h5py", "Small values with names at a group or dataset.");
    ClassRef::new(class.base(types().object.clone()).methods(shared::builtins()).methods(builtins()))
});

/// The attributes of a group or dataset.
pub fn attributes_of(node: Node) -> Value {
    Value::object(Attributes(Arc::new(OfHdf5(node))))
}

impl Place for OfHdf5 {
    fn class(&self) -> ClassRef {
        ATTRIBUTES.clone()
    }

    fn shown(&self) -> String {
        match self.0.file.is_closed() {
            true => "<Attributes of closed HDF5 object>".to_string(),
            false => format!("<Attributes of HDF5 object at {}>", self.0.path),
        }
    }

    fn all(&self) -> Result<Vec<(String, Value)>> {
        let all = self.0.file.attributes(&self.0.path)?;
        Ok(all.into_iter().filter_map(|(name, value)| Some((name, value.to_value()?))).collect())
    }

    fn set(&self, pairs: Vec<(String, Value)>) -> Result<()> {
        let pairs = pairs.into_iter().map(|(name, value)| {
            let value = Attribute::from_value(&name, &value)?;
            // What cannot be written is found out now rather than when the file is.
            value.message(&name, &mut Heap::new(0))?;
            Ok((name, value))
        });
        let pairs = pairs.collect::<Result<Vec<_>>>()?;
        self.0.file.change(|tree| {
            if let Some(item) = tree.item_mut(&self.0.path) {
                item.attributes.extend(pairs);
            }
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> Result<bool> {
        self.0
            .file
            .change(|tree| Ok(tree.item_mut(&self.0.path).is_some_and(|item| item.attributes.remove(name).is_some())))
    }

    fn missing(&self, name: &str) -> Error {
        key_error(&Value::from(format!("Unable to synchronously open attribute (can't locate attribute: '{name}')")))
    }
}

builtins! {
    /// The names.
    fn keys(/** The attributes. */ this: Attributes) -> Result<Value> {
        let names: Vec<Value> = this.0.all()?.into_iter().map(|(name, _)| Value::from(name)).collect();
        let shown = format!(" {}", Value::list(names.clone()).repr());
        Ok(Value::object(View { name: "KeysViewHDF5", items: names, shown }))
    }

    /// The values.
    fn values(/** The attributes. */ this: Attributes) -> Result<Value> {
        let items = this.0.all()?.into_iter().map(|(_, value)| value).collect();
        Ok(Value::object(View { name: "ValuesViewHDF5", items, shown: format!("({})", this.0.shown()) }))
    }

    /// Names and values.
    fn items(/** The attributes. */ this: Attributes) -> Result<Value> {
        let items = this.0.all()?.into_iter().map(|(name, value)| Value::tuple([Value::from(name), value])).collect();
        Ok(Value::object(View { name: "ItemsViewHDF5", items, shown: format!("({})", this.0.shown()) }))
    }

    /// Sets one, in another shape or type if that is said.
    fn create(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// The value.
        data: Value,
        /// Its shape.
        shape: Option<ShapeArg>,
        /// The type of its elements.
        dtype: Option<DTypeArg>,
    ) -> Result<()> {
        let data = match (shape, dtype) {
            (None, None) => data,
            (shape, dtype) => {
                let chunk = nested::chunk(&data, dtype.map(|dtype| dtype.0))?;
                let lengths = shape.map_or_else(|| chunk.shape().to_vec(), |shape| shape.0.to_vec());
                let fits = lengths.iter().product::<usize>() == chunk.len();
                let shaped = if fits { Some(chunk.reshape(&lengths)) } else { chunk.broadcast(&lengths) };
                let Some(chunk) = shaped else {
                    bail!("Shape of new attribute conflicts with shape of data");
                };
                Value::object(NdArray::new(chunk))
            }
        };
        this.0.set(vec![(name, data)])
    }

    /// Sets one; its shape and type stay if it is there already.
    fn modify(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// The value.
        value: Value,
    ) -> Result<()> {
        let before = this.find(&name)?.and_then(|value| nested::chunk(&value, None).ok());
        let value = match (before, nested::chunk(&value, None)) {
            (Some(before), Ok(new)) => {
                if before.shape() != new.shape() {
                    bail!(TypeError: "Shape of data is incompatible with existing attribute");
                }
                Value::object(NdArray::new(new.cast(before.dtype())))
            }
            _ => value,
        };
        this.0.set(vec![(name, value)])
    }
}
