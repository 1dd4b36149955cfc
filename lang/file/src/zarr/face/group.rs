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
        fn attrs(/** The group. */ this: Group) -> Value { attributes_of(this.path, this.name, false) }

        /// Its path in the store.
        fn path(/** The group. */ this: Group) -> String { this.name }

        /// The store that it is in.
        fn store(/** The group. */ this: Group) -> Value { functions::store_of(&this.path) }

        /// Its path in the store, from the root on.
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

        /// What is in it.
        fn values(/** The group. */ this: Group) -> Result<Vec<Value>> { this.members()?.iter().map(|name| this.member(name)).collect() }

        /// The names and what they stand for.
        fn items(/** The group. */ this: Group) -> Result<Value> { this.pairs(|_| true) }

        /// The names and what they stand for.
        fn members(/** The group. */ this: Group) -> Result<Value> { Ok(Value::tuple(this.pairs(|_| true)?.items().unwrap_or_default())) }

        /// The arrays in it, with their names.
        fn arrays(/** The group. */ this: Group) -> Result<Value> { this.pairs(|value| value.get::<ZarrArray>().is_some()) }

        /// The groups in it, with their names.
        fn groups(/** The group. */ this: Group) -> Result<Value> { this.pairs(|value| value.get::<Group>().is_some()) }

        /// What has this name, or something else if nothing has.
        fn get(
            /// The group.
            this: Group,
            /// The name.
            path: String,
            /// What to give if there is nothing.
            default: Option<Value>,
        ) -> Result<Value> { if this.has(&path)? { this.member(&path) } else { Ok(default.unwrap_or_default()) } }

        /// All that is in it, as a drawing.
        fn tree(/** The group. */ this: Group) -> Result<Value> {
            let mut text = format!("/{}\n", this.name);
            this.draw("", &mut text)?;
            Ok(Value::object(Drawing(text)))
        }

        /// The group of this name, which is made if it is not there.
        fn require_group(
            /// The group.
            this: Group,
            /// Its name.
            name: String,
        ) -> Result<Value> {
            let inside = this.inside(&name);
            if !is_group(&this.path, &inside)? { this.make_group(&inside)?; }
            group(&this.path, &inside)
        }

        /// The array of this name, which is made if it is not there.
        fn require_array[context](
            /// The group.
            this: Group,
            /// Its name.
            name: String,
            /// Its shape.
            shape: ShapeArg,
            /// `chunks`, `dtype`, `fill_value`, … of a new one.
            kwargs: Keywords,
        ) -> Result<Value> {
            let inside = this.inside(&name);
            match facts(&this.path, &inside) {
                Ok(there) if there.shape[..] != shape.0[..] => {
                    bail!(TypeError: "Incompatible shape ({} vs {})", rdk_array::shape::show(&there.shape), rdk_array::shape::show(&shape.0))
                }
                Ok(_) => Ok(Value::object(ZarrArray::open(&this.path, &inside, false)?)),
                Err(_) => {
                    let mut kwargs = kwargs;
                    kwargs.0.push(("shape".into(), array::lengths(&shape.0)));
                    make(context, &this.path, &inside, kwargs)
                }
            }
        }

        /// Makes an array in it; the name of before.
        fn create_dataset[context](
            /// The group.
            this: Group,
            /// Its name.
            name: String,
            /// `shape`, `chunks`, `dtype`, `data`, `fill_value`, `overwrite`.
            kwargs: Keywords,
        ) -> Result<Value> { make(context, &this.path, &this.inside(&name), kwargs) }

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
            if this.has(&name)? {
                bail!(FileExistsError: "A group exists in store '{}' at path '{inside}'", fault::named(&this.path));
            }
            this.make_group(&inside)?;
            group(&this.path, &inside)
        }
    }
}

/// A drawing of a group.
struct Drawing(String);

impl Object for Drawing {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.0.trim_end().to_string()
    }
}

impl Group {
    /// All arrays in it, by name.
    pub(super) fn loaded(&self) -> Result<Value> {
        let mut arrays = Vec::new();
        for name in self.members()? {
            if let Some(zarr) = self.member(&name)?.get::<ZarrArray>() {
                arrays.push((name, rdk_array::eager::value(zarr.stored().read_all()?)));
            }
        }
        Ok(Value::dict(arrays))
    }

    fn has(&self, name: &str) -> Result<bool> {
        let inside = self.inside(name);
        Ok(facts(&self.path, &inside).is_ok() || is_group(&self.path, &inside)?)
    }

    fn pairs(&self, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let mut pairs = Vec::new();
        for name in self.members()? {
            let value = self.member(&name)?;
            if wanted(&value) {
                pairs.push(Value::tuple([Value::from(name), value]));
            }
        }
        Ok(Value::list(pairs))
    }

    fn make_group(&self, inside: &str) -> Result<()> {
        let version = if self.path.join(&self.name).join("zarr.json").exists() { 3 } else { 2 };
        groups(&self.path, inside, version)?;
        super::create_group(&self.path, inside, version)
    }

    fn draw(&self, before: &str, text: &mut String) -> Result<()> {
        let names = self.members()?;
        for (at, name) in names.iter().enumerate() {
            let last = at + 1 == names.len();
            *text += &format!("{before}{} {name}", if last { "└──" } else { "├──" });
            let member = self.member(name)?;
            if let Some(zarr) = member.get::<ZarrArray>() {
                let stored = zarr.stored();
                *text += &format!(" {} {}", rdk_array::shape::show(&stored.shape), stored.dtype);
            }
            *text += "\n";
            if let Some(group) = member.get::<Group>() {
                group.draw(&format!("{before}{}   ", if last { " " } else { "│" }), text)?;
            }
        }
        Ok(())
    }

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
        Some(item.as_str().map_or(Ok(false), |name| self.has(name)))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let kwargs = Keywords(vec![("data".into(), value), ("overwrite".into(), Value::Bool(true))]);
        Some(
            String::try_from_value(index)
                .and_then(|name| make(context, &self.path, &self.inside(&name), kwargs).map(|_| ())),
        )
    }

    fn delete_item(&self, _: &Context, index: &Value) -> Option<Result<()>> {
        Some((|| {
            let name = String::try_from_value(index)?;
            if !self.has(&name)? {
                return Err(key_error(index));
            }
            let folder = self.path.join(self.inside(&name));
            std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))
        })())
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
