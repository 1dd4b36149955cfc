//! Groups of a store.

use super::*;

/// A group of a store.
#[derive(Clone)]
pub(super) struct Group {
    pub path: PathBuf,
    pub name: String,
}

pub(super) static GROUP: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Group", "zarr", "Arrays and groups by name.").base(types().object.clone());
    ClassRef::new(class.methods(group_methods::builtins()).properties(group_properties::builtins()))
});

impl FromValue for Group {
    fn expected() -> &'static str {
        "a Zarr group"
    }

    fn from_value(value: &Value) -> Option<Group> {
        value.get::<Group>().cloned()
    }
}

mod group_properties {
    use super::*;

    builtins! {
        /// Its attributes.
        fn attrs(/** The group. */ this: Group) -> Value { Value::object(Attributes { path: this.path, name: this.name, read_only: false }) }

        /// Its path in the store.
        fn name(/** The group. */ this: Group) -> String { format!("/{}", this.name) }
    }
}

mod group_methods {
    use super::*;

    builtins! {
        /// The names of what is in it.
        fn keys(/** The group. */ this: Group) -> Result<Vec<String>> { this.members() }

        /// The names of the arrays in it.
        fn array_keys(/** The group. */ this: Group) -> Result<Vec<String>> {
            Ok(this.members()?.into_iter().filter(|name| facts(&this.path, &this.inside(name)).is_ok()).collect())
        }

        /// The names of the groups in it.
        fn group_keys(/** The group. */ this: Group) -> Result<Vec<String>> {
            Ok(this.members()?.into_iter().filter(|name| is_group(&this.path, &this.inside(name)).unwrap_or(false)).collect())
        }

        /// Makes an array in it.
        fn create_array[context](
            /// The group.
            this: Group,
            /// Its name.
            name: String,
            /// `shape`, `chunks`, `dtype`, `data`, `fill_value`, `overwrite`.
            kwargs: Keywords,
        ) -> Result<Value> { make(context, &this.path, &this.inside(&name), kwargs) }

        /// Makes a group in it.
        fn create_group(
            /// The group.
            this: Group,
            /// Its name.
            name: String,
        ) -> Result<Value> {
            let inside = this.inside(&name);
            super::create_group(&this.path, &inside, 3)?;
            group(&this.path, &inside)
        }
    }
}

impl Group {
    fn inside(&self, name: &str) -> String {
        format!("{}/{}", self.name, name.trim_matches('/')).trim_matches('/').to_string()
    }

    fn members(&self) -> Result<Vec<String>> {
        let folder = self.path.join(&self.name);
        let entries = std::fs::read_dir(&folder).map_err(|error| fault::system(&error, &folder))?;
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names
            .filter(|name| !name.starts_with('.'))
            .filter(|name| {
                facts(&self.path, &self.inside(name)).is_ok()
                    || is_group(&self.path, &self.inside(name)).unwrap_or(false)
            })
            .collect();
        names.sort();
        Ok(names)
    }

    fn member(&self, name: &str) -> Result<Value> {
        let inside = self.inside(name);
        if facts(&self.path, &inside).is_ok() {
            return Ok(Value::object(ZarrArray::open(&self.path, &inside, false)?));
        }
        match is_group(&self.path, &inside)? {
            true => group(&self.path, &inside),
            false => Err(key_error(&Value::str(name)).hint(format!("there is: {}", self.members()?.join(", ")))),
        }
    }
}

impl Object for Group {
    fn class(&self) -> ClassRef {
        GROUP.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let name = if self.name.is_empty() { String::new() } else { format!("/{}", self.name) };
        format!("<Group file://{}{name}>", self.path.display())
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(String::try_from_value(index).and_then(|name| self.member(&name)))
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(self.members().map(|names| item.as_str().is_some_and(|name| names.iter().any(|other| other == name))))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let kwargs = Keywords(vec![("data".into(), value), ("overwrite".into(), Value::Bool(true))]);
        Some(
            String::try_from_value(index)
                .and_then(|name| make(context, &self.path, &self.inside(&name), kwargs).map(|_| ())),
        )
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.members().map(|names| names.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        Some(self.members().map(|names| {
            let mut names = names.into_iter().map(Value::from);
            Value::iter("iterator", move |_| names.next().map(Ok))
        }))
    }
}
