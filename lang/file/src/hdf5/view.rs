//! Small things that `h5py` gives: keys, values and items of a group, its attributes.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::types::{key_error, types};
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, builtins};

use super::attribute;
use super::open::Node;

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

/// The attributes of a group or dataset: `f.attrs`.
#[derive(Clone)]
pub struct Attributes(pub Node);

static ATTRIBUTES: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("AttributeManager", "h5py", "Small values with names at a group or dataset.");
    ClassRef::new(class.base(types().object.clone()).methods(builtins()))
});

impl FromValue for Attributes {
    fn expected() -> &'static str {
        "the attributes of a group or dataset"
    }

    fn from_value(value: &Value) -> Option<Attributes> {
        value.get::<Attributes>().cloned()
    }
}

impl Attributes {
    fn all(&self) -> Result<Vec<(String, Value)>> {
        let all = self.0.file.attributes(&self.0.path)?;
        Ok(all.into_iter().map(|(name, value)| (name, attribute::to_value(&value))).collect())
    }

    fn find(&self, name: &str) -> Result<Option<Value>> {
        Ok(self.all()?.into_iter().find(|(other, _)| other == name).map(|(_, value)| value))
    }

    fn set(&self, name: &str, value: &Value) -> Result<()> {
        let value = attribute::from_value(name, value)?;
        self.0.file.change(|tree| {
            if let Some(item) = tree.items.get_mut(&self.0.path) {
                item.attributes.insert(name.to_string(), value);
            }
            Ok(())
        })
    }
}

builtins! {
    /// The names.
    fn keys(/** The attributes. */ this: Attributes) -> Result<Value> {
        let names: Vec<Value> = this.all()?.into_iter().map(|(name, _)| Value::from(name)).collect();
        let shown = format!(" {}", Value::list(names.clone()).repr());
        Ok(Value::object(View { name: "KeysViewHDF5", items: names, shown }))
    }

    /// The values.
    fn values(/** The attributes. */ this: Attributes) -> Result<Value> {
        let items = this.all()?.into_iter().map(|(_, value)| value).collect();
        Ok(Value::object(View { name: "ValuesViewHDF5", items, shown: format!("({})", this.repr()) }))
    }

    /// Names and values.
    fn items(/** The attributes. */ this: Attributes) -> Result<Value> {
        let items = this.all()?.into_iter().map(|(name, value)| Value::tuple([Value::from(name), value])).collect();
        Ok(Value::object(View { name: "ItemsViewHDF5", items, shown: format!("({})", this.repr()) }))
    }

    /// The value of this name, or something else if there is none.
    fn get(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// What to give if there is none.
        default: Option<Value>,
    ) -> Result<Value> { Ok(this.find(&name)?.unwrap_or(default.unwrap_or_default())) }

    /// Sets one.
    fn create(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// The value.
        data: Value,
    ) -> Result<()> { this.set(&name, &data) }

    /// Sets one, whether it is there or not.
    fn modify(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// The value.
        value: Value,
    ) -> Result<()> { this.set(&name, &value) }

    /// Sets several.
    fn update(
        /// The attributes.
        this: Attributes,
        /// Names and values.
        other: std::sync::Arc<rdk_runtime::Dict>,
    ) -> Result<()> {
        let pairs: Vec<(Value, Value)> = other.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
        pairs.iter().try_for_each(|(name, value)| this.set(&String::try_from_value(name)?, value))
    }
}

impl Object for Attributes {
    fn class(&self) -> ClassRef {
        ATTRIBUTES.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match self.0.file.is_closed() {
            true => "<Attributes of closed HDF5 object>".to_string(),
            false => format!("<Attributes of HDF5 object at {}>", self.0.path),
        }
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some((|| {
            let name = String::try_from_value(index)?;
            self.find(&name)?.ok_or_else(|| {
                key_error(&Value::from(format!(
                    "Unable to synchronously open attribute (can't locate attribute: '{name}')"
                )))
            })
        })())
    }

    fn set_item(&self, _: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(String::try_from_value(index).and_then(|name| self.set(&name, &value)))
    }

    fn delete_item(&self, _: &Context, index: &Value) -> Option<Result<()>> {
        Some((|| {
            let name = String::try_from_value(index)?;
            let removed = self.0.file.change(|tree| {
                Ok(tree.items.get_mut(&self.0.path).is_some_and(|item| item.attributes.remove(&name).is_some()))
            })?;
            if removed { Ok(()) } else { Err(key_error(&Value::from(name))) }
        })())
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(String::try_from_value(item).and_then(|name| Ok(self.find(&name)?.is_some())))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.all().map(|all| all.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        Some(self.all().map(|all| {
            let mut names = all.into_iter().map(|(name, _)| Value::from(name));
            Value::iter("iterator", move |_| names.next().map(Ok))
        }))
    }
}
