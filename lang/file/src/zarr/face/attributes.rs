//! Attributes of arrays and groups: `z.attrs`, which is written where it is changed.

use super::*;
use crate::attributes::{self as shared, Attributes, Place, pairs};

/// An array or a group that has attributes.
struct OfZarr {
    path: PathBuf,
    name: String,
    read_only: bool,
}

static ATTRIBUTES: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Attributes", "zarr", "Small values with names at an array or a group.");
    ClassRef::new(class.base(types().object.clone()).methods(shared::builtins()).methods(builtins()))
});

/// The attributes of an array or a group.
pub(super) fn attributes_of(path: PathBuf, name: String, read_only: bool) -> Value {
    Value::object(Attributes(Arc::new(OfZarr { path, name, read_only })))
}

impl OfZarr {
    fn change(&self, change: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) -> Result<()> {
        if self.read_only {
            bail!("store was opened in read-only mode and does not support writing"; hint: "open it with `mode=\"r+\"`");
        }
        let mut json = metadata::attributes(&self.path, &self.name)?;
        if !json.is_object() {
            json = serde_json::json!({});
        }
        change(json.as_object_mut().expect("it has just been made one"));
        metadata::set_attributes(&self.path, &self.name, json)
    }
}

impl Place for OfZarr {
    fn class(&self) -> ClassRef {
        ATTRIBUTES.clone()
    }

    fn shown(&self) -> String {
        self.all()
            .map_or_else(|error| format!("<attributes that cannot be read: {error}>"), |all| Value::dict(all).repr())
    }

    fn all(&self) -> Result<Vec<(String, Value)>> {
        let json = metadata::attributes(&self.path, &self.name)?;
        let fields = json.as_object().cloned().unwrap_or_default();
        Ok(fields.iter().map(|(name, value)| (name.clone(), to_value(value))).collect())
    }

    fn set(&self, pairs: Vec<(String, Value)>) -> Result<()> {
        let pairs: Result<Vec<_>> = pairs
            .into_iter()
            .map(|(name, value)| metadata::from_value(&name, &value).map(|json| (name, json)))
            .collect();
        let pairs = pairs?;
        self.change(|fields| fields.extend(pairs))
    }

    fn remove(&self, name: &str) -> Result<bool> {
        let mut found = false;
        self.change(|fields| found = fields.remove(name).is_some())?;
        Ok(found)
    }

    fn missing(&self, name: &str) -> rdk_runtime::Error {
        let all = self.all().unwrap_or_default().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        key_error(&Value::str(name)).hint(format!("there is: {}", all.join(", ")))
    }
}

builtins! {
    /// The names.
    fn keys(/** The attributes. */ this: Attributes) -> Result<Vec<String>> { Ok(this.0.all()?.into_iter().map(|(name, _)| name).collect()) }

    /// The values.
    fn values(/** The attributes. */ this: Attributes) -> Result<Vec<Value>> { Ok(this.0.all()?.into_iter().map(|(_, value)| value).collect()) }

    /// Names and values.
    fn items(/** The attributes. */ this: Attributes) -> Result<Value> {
        Ok(Value::list(this.0.all()?.into_iter().map(|(name, value)| Value::tuple([Value::from(name), value]))))
    }

    /// All of them as a dict.
    fn asdict(/** The attributes. */ this: Attributes) -> Result<Value> { Ok(Value::dict(this.0.all()?)) }

    /// Puts those of a dict in the place of all.
    fn put(
        /// The attributes.
        this: Attributes,
        /// Names and values.
        d: Arc<rdk_runtime::Dict>,
    ) -> Result<()> {
        let new = pairs(&d)?;
        this.0.all()?.iter().try_for_each(|(name, _)| this.0.remove(name).map(|_| ()))?;
        this.0.set(new)
    }
}
