//! Attributes of arrays and groups: `z.attrs`, which is written where it is changed.

use super::*;

/// The attributes of an array or a group.
#[derive(Clone)]
pub(super) struct Attributes {
    pub path: PathBuf,
    pub name: String,
    pub read_only: bool,
}

static ATTRIBUTES: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Attributes", "zarr", "Small values with names at an array or a group.");
    ClassRef::new(class.base(types().object.clone()).methods(builtins()))
});

impl FromValue for Attributes {
    fn expected() -> &'static str {
        "the attributes of a Zarr array or group"
    }

    fn from_value(value: &Value) -> Option<Attributes> {
        value.get::<Attributes>().cloned()
    }
}

impl Attributes {
    fn all(&self) -> Result<Vec<(String, Value)>> {
        let json = metadata::attributes(&self.path, &self.name)?;
        let fields = json.as_object().cloned().unwrap_or_default();
        Ok(fields.iter().map(|(name, value)| (name.clone(), to_value(value))).collect())
    }

    fn find(&self, name: &Value) -> Result<Option<Value>> {
        let all = self.all()?.into_iter();
        Ok(name.as_str().and_then(|name| all.into_iter().find(|(other, _)| other == name)).map(|(_, value)| value))
    }

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

    fn set(&self, pairs: Vec<(String, Value)>) -> Result<()> {
        let pairs: Result<Vec<_>> = pairs
            .into_iter()
            .map(|(name, value)| metadata::from_value(&name, &value).map(|json| (name, json)))
            .collect();
        let pairs = pairs?;
        self.change(|fields| fields.extend(pairs))
    }
}

fn pairs(value: &Value) -> Result<Vec<(String, Value)>> {
    let Value::Dict(dict) = value else { bail!(TypeError: "expected a dict of attributes, got {}", describe(value)) };
    let items: Vec<_> = dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    items.into_iter().map(|(name, value)| Ok((String::try_from_value(&name)?, value))).collect()
}

builtins! {
    /// The names.
    fn keys(/** The attributes. */ this: Attributes) -> Result<Vec<String>> { Ok(this.all()?.into_iter().map(|(name, _)| name).collect()) }

    /// The values.
    fn values(/** The attributes. */ this: Attributes) -> Result<Vec<Value>> { Ok(this.all()?.into_iter().map(|(_, value)| value).collect()) }

    /// Names and values.
    fn items(/** The attributes. */ this: Attributes) -> Result<Value> {
        Ok(Value::list(this.all()?.into_iter().map(|(name, value)| Value::tuple([Value::from(name), value]))))
    }

    /// All of them as a dict.
    fn asdict(/** The attributes. */ this: Attributes) -> Result<Value> { Ok(Value::dict(this.all()?)) }

    /// The value of this name, or something else if there is none.
    fn get(
        /// The attributes.
        this: Attributes,
        /// The name.
        name: String,
        /// What to give if there is none.
        default: Option<Value>,
    ) -> Result<Value> { Ok(this.find(&Value::from(name))?.or(default).unwrap_or_default()) }

    /// Adds those of a dict.
    fn update(
        /// The attributes.
        this: Attributes,
        /// Names and values.
        other: Value,
    ) -> Result<()> { this.set(pairs(&other)?) }

    /// Puts those of a dict in the place of all.
    fn put(
        /// The attributes.
        this: Attributes,
        /// Names and values.
        d: Value,
    ) -> Result<()> {
        let pairs = pairs(&d)?;
        this.change(serde_json::Map::clear)?;
        this.set(pairs)
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
        self.all()
            .map_or_else(|error| format!("<attributes that cannot be read: {error}>"), |all| Value::dict(all).repr())
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.find(index).and_then(|found| {
            let names =
                || self.all().unwrap_or_default().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
            found.ok_or_else(|| key_error(index).hint(format!("there is: {}", names())))
        }))
    }

    fn set_item(&self, _: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some(String::try_from_value(index).and_then(|name| self.set(vec![(name, value)])))
    }

    fn delete_item(&self, _: &Context, index: &Value) -> Option<Result<()>> {
        Some(match self.find(index) {
            Ok(Some(_)) => self.change(|fields| {
                fields.remove(index.as_str().unwrap_or_default());
            }),
            Ok(None) => Err(key_error(index)),
            Err(error) => Err(error),
        })
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(self.find(item).map(|found| found.is_some()))
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
