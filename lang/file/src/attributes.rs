//! `x.attrs`: what h5py's and Zarr's attributes have in common. Both are like dicts, and know where their values stand.

use std::any::Any;
use std::sync::Arc;

use rdk_runtime::types::key_error;
use rdk_runtime::{ClassRef, Context, Dict, Error, FromValue, Object, Result, Value, builtins};

/// Where attributes stand.
pub trait Place: Send + Sync + 'static {
    /// The class that users see.
    fn class(&self) -> ClassRef;
    /// What is shown of them.
    fn shown(&self) -> String;
    /// Names and values.
    fn all(&self) -> Result<Vec<(String, Value)>>;
    /// Sets some, whether they are there or not.
    fn set(&self, pairs: Vec<(String, Value)>) -> Result<()>;
    /// Takes one away; was it there?
    fn remove(&self, name: &str) -> Result<bool>;
    /// The error for one that is not there.
    fn missing(&self, name: &str) -> Error;
}

/// The attributes of something in a file.
#[derive(Clone)]
pub struct Attributes(pub Arc<dyn Place>);

impl FromValue for Attributes {
    fn expected() -> &'static str {
        "the attributes of something in a file"
    }

    fn from_value(value: &Value) -> Option<Attributes> {
        value.get::<Attributes>().cloned()
    }
}

impl Attributes {
    /// The value of this name.
    pub fn find(&self, name: &str) -> Result<Option<Value>> {
        Ok(self.0.all()?.into_iter().find(|(other, _)| other == name).map(|(_, value)| value))
    }
}

/// The names and values of a dict.
pub fn pairs(dict: &Dict) -> Result<Vec<(String, Value)>> {
    let items: Vec<_> = dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    items.into_iter().map(|(name, value)| Ok((String::try_from_value(&name)?, value))).collect()
}

builtins! {
    /// The value of this name, or something else if there is none.
    fn get(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// What to give if there is none.
        default: Option<Value>,
    ) -> Result<Value> { Ok(this.find(&name)?.or(default).unwrap_or_default()) }

    /// Takes one away and gives its value.
    fn pop(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// What to give if there is none; an error if left out.
        default: Option<Value>,
    ) -> Result<Value> {
        let found = this.find(&name)?;
        match found {
            Some(value) => { this.0.remove(&name)?; Ok(value) }
            None => default.ok_or_else(|| this.0.missing(&name)),
        }
    }

    /// The value of this name, which is set if there is none.
    fn setdefault(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// What it is set to.
        default: Option<Value>,
    ) -> Result<Value> {
        match this.find(&name)? {
            Some(value) => Ok(value),
            None => {
                let value = default.unwrap_or_default();
                this.0.set(vec![(name, value.clone())])?;
                Ok(value)
            }
        }
    }

    /// Sets those of a dict.
    fn update(
        /// The attributes.
        this: Attributes,
        /// Names and values.
        other: Arc<Dict>,
    ) -> Result<()> { this.0.set(pairs(&other)?) }

    /// Takes all away.
    fn clear(/** The attributes. */ this: Attributes) -> Result<()> { this.0.all()?.iter().try_for_each(|(name, _)| this.0.remove(name).map(|_| ())) }
}

impl Object for Attributes {
    fn class(&self) -> ClassRef {
        self.0.class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.0.shown()
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some((|| {
            let name = String::try_from_value(index)?;
            self.find(&name)?.ok_or_else(|| self.0.missing(&name))
        })())
    }

    fn set_item(&self, _: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(String::try_from_value(index).and_then(|name| self.0.set(vec![(name, value)])))
    }

    fn delete_item(&self, _: &Context, index: &Value) -> Option<Result<()>> {
        Some(match index.as_str().map(|name| self.0.remove(name)) {
            Some(Ok(true)) => Ok(()),
            Some(Err(error)) => Err(error),
            Some(Ok(false)) | None => Err(key_error(index)),
        })
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(item.as_str().map_or(Ok(false), |name| self.find(name).map(|found| found.is_some())))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.0.all().map(|all| all.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        Some(self.0.all().map(|all| {
            let mut names = all.into_iter().map(|(name, _)| Value::from(name));
            Value::iter("iterator", move |_| names.next().map(Ok))
        }))
    }
}
