//! The functions of `zarr`.

use std::sync::atomic::{AtomicU64, Ordering};

use rdk_runtime::Rest;

use super::*;

/// Where an array or a group is to stand: a path, or a folder of its own for what is not to be kept.
pub(super) struct Store(pub PathBuf);

impl FromValue for Store {
    const DEFAULT: Option<&'static str> = Some("None");

    fn expected() -> &'static str {
        "a path"
    }

    fn from_value(value: &Value) -> Option<Store> {
        if value.is_none() {
            return passing().ok();
        }
        match value.get::<StoreObject>() {
            Some(store) => Some(Store(store.0.clone())),
            None => PathArg::from_value(value).map(|path| Store(absolute(&path.0))),
        }
    }

    fn missing() -> Option<Store> {
        passing().ok()
    }
}

/// A folder for an array that has no store: it stands there until the next session tidies up.
fn passing() -> Result<Store> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let all = std::env::temp_dir().join("rdk-zarr");
    if COUNT.load(Ordering::Relaxed) == 0 {
        let ended =
            |name: &str| name.parse::<u32>().is_ok_and(|number| !Path::new(&format!("/proc/{number}")).exists());
        for entry in std::fs::read_dir(&all).into_iter().flatten().flatten() {
            if cfg!(target_os = "linux") && ended(&entry.file_name().to_string_lossy()) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = all.join(std::process::id().to_string()).join(number.to_string());
    std::fs::create_dir_all(&path).map_err(|error| fault::system(&error, &path))?;
    Ok(Store(path))
}

/// A store that a user holds.
struct StoreObject(PathBuf, &'static str);

static STORE: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("Store", "zarr.storage", "Where arrays and groups stand.").base(types().object.clone()))
});

impl Object for StoreObject {
    fn class(&self) -> ClassRef {
        STORE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("{}('file://{}')", self.1, self.0.display())
    }
}

/// `z.store`
pub(super) fn store_of(path: &Path) -> Value {
    Value::object(StoreObject(path.to_path_buf(), "LocalStore"))
}

/// `zarr.storage`
pub(super) fn storage() -> Arc<Module> {
    Module::new("zarr.storage", "Where arrays and groups of Zarr stand.", || entries(stores::builtins()))
}

#[allow(non_snake_case)]
mod stores {
    use super::*;

    builtins! {
        /// A folder.
        fn LocalStore(
            /// Its path.
            root: PathArg,
            /// Accepted, not used.
            read_only: bool = false,
        ) -> Value { let _ = read_only; store_of(&absolute(&root.0)) }

        /// A folder; the name of before.
        fn DirectoryStore(/** Its path. */ path: PathArg) -> Value { store_of(&absolute(&path.0)) }

        /// A store that is not kept.
        fn MemoryStore() -> Result<Value> { Ok(Value::object(StoreObject(passing()?.0, "MemoryStore"))) }
    }
}

fn with(mut kwargs: Keywords, pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Keywords {
    for (name, value) in pairs {
        kwargs.0.retain(|(other, _)| &**other != name);
        kwargs.0.push((name.into(), value));
    }
    kwargs
}

/// The keywords of an array like another one, beneath those that are given.
fn like(a: &Value, kwargs: Keywords) -> Result<Keywords> {
    let mut like = Vec::new();
    if let Some(zarr) = a.get::<ZarrArray>() {
        let stored = zarr.stored();
        like.push(("shape", array::lengths(&stored.shape)));
        like.push(("chunks", array::lengths(&zarr.chunks)));
        like.push(("dtype", Value::str(stored.dtype.name())));
    } else {
        let chunk = rdk_array::eager::nested::chunk(a, None)?;
        like.push(("shape", array::lengths(chunk.shape())));
        like.push(("dtype", Value::str(chunk.dtype().name())));
    }
    like.retain(|(name, _)| !kwargs.0.iter().any(|(other, _)| &**other == *name));
    Ok(with(kwargs, like))
}

/// `path=` or `name=` of the keywords.
fn component(kwargs: &mut Keywords) -> Result<String> {
    let at = kwargs.0.iter().position(|(name, _)| matches!(&**name, "path" | "name"));
    match at.map(|at| kwargs.0.remove(at).1) {
        Some(value) if !value.is_none() => String::try_from_value(&value),
        _ => Ok(String::new()),
    }
}

fn made(context: &Context, store: &Store, mut kwargs: Keywords) -> Result<Value> {
    let name = component(&mut kwargs)?;
    make(context, &store.0, &name, kwargs)
}

builtins! {
    /// Opens an array or a group, or makes an array if a shape is given.
    fn open[context](
        /// The store's path.
        store: Store,
        /// `r`, `r+`, `a`, `w`, `w-`.
        mode: String = "a",
        /// The array in the store.
        path: Option<String>,
        /// `shape`, `chunks`, `dtype`, `fill_value`, `zarr_format` of a new one.
        kwargs: Keywords,
    ) -> Result<Value> { super::open(context, &store.0, path.as_deref().unwrap_or(""), &mode, kwargs) }

    /// Opens an array, or makes it if a shape is given.
    fn open_array[context](
        /// The store's path.
        store: Store,
        /// `r`, `r+`, `a`, `w`, `w-`.
        mode: String = "a",
        /// The array in the store.
        path: Option<String>,
        /// `shape`, `chunks`, `dtype`, `fill_value`, `zarr_format` of a new one.
        kwargs: Keywords,
    ) -> Result<Value> {
        let opened = super::open(context, &store.0, path.as_deref().unwrap_or(""), &mode, kwargs)?;
        if opened.get::<ZarrArray>().is_none() {
            bail!(FileNotFoundError: "No array found in store '{}'", fault::named(&store.0); hint: "a new one needs a `shape`");
        }
        Ok(opened)
    }

    /// Opens a group, or makes it.
    fn open_group(
        /// The store's path.
        store: Store,
        /// `r`, `r+`, `a`, `w`.
        mode: String = "a",
        /// The group in the store.
        path: Option<String>,
        /// 2 or 3, of a new one.
        zarr_format: u64 = 3u64,
        /// Accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        let name = path.unwrap_or_default();
        let folder = store.0.join(name.trim_matches('/'));
        if mode == "w" && folder.exists() { std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?; }
        if !mode.starts_with('r') { made_group(&store.0, &name, zarr_format)?; }
        super::group(&store.0, &name)
    }

    /// Opens a group whose description stands in one place; here that is any group.
    fn open_consolidated(
        /// The store's path.
        store: Store,
        /// Accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = kwargs; super::group(&store.0, "") }

    /// Puts all descriptions in one place: accepted, they are read where they are.
    fn consolidate_metadata(
        /// The store's path.
        store: Store,
        /// Accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = kwargs; super::group(&store.0, "") }

    /// Makes a group.
    fn group(
        /// The store's path; a passing one if left out.
        store: Store,
        /// May there be something already, which goes?
        overwrite: bool = false,
        /// The group in the store.
        path: Option<String>,
        /// 2 or 3.
        zarr_format: u64 = 3u64,
    ) -> Result<Value> {
        let name = path.unwrap_or_default();
        let folder = store.0.join(name.trim_matches('/'));
        if overwrite && folder.exists() { std::fs::remove_dir_all(&folder).map_err(|error| fault::system(&error, &folder))?; }
        made_group(&store.0, &name, zarr_format)?;
        super::group(&store.0, &name)
    }

    /// Makes a group.
    fn create_group(
        /// The store's path.
        store: Store,
        /// The group in the store.
        path: Option<String>,
        /// 2 or 3.
        zarr_format: u64 = 3u64,
    ) -> Result<Value> {
        let name = path.unwrap_or_default();
        made_group(&store.0, &name, zarr_format)?;
        super::group(&store.0, &name)
    }

    /// Makes an array in a store.
    fn create_array[context](
        /// The store's path.
        store: Store,
        /// `name`, `shape`, `chunks`, `dtype`, `data`, `fill_value`, `zarr_format`, `overwrite`.
        kwargs: Keywords,
    ) -> Result<Value> { made(context, &store, kwargs) }

    /// Makes an array.
    ///
    /// ```rdk
    /// import zarr
    /// z = zarr.create((2, 3), chunks=(1, 3), dtype="i4")
    /// z[0] = 7
    /// z[:]
    /// #> array([[7, 7, 7],
    /// #>        [0, 0, 0]], dtype=int32)
    /// ```
    fn create[context](
        /// Its shape.
        shape: Value,
        /// The store's path; a passing one if left out.
        store: Store,
        /// `chunks`, `dtype`, `fill_value`, `zarr_format`, `overwrite`, `path`.
        kwargs: Keywords,
    ) -> Result<Value> { made(context, &store, with(kwargs, [("shape", shape)])) }

    /// An array of these elements.
    fn array[context](
        /// The elements.
        data: Value,
        /// The store's path; a passing one if left out.
        store: Store,
        /// `chunks`, `dtype`, `fill_value`, `zarr_format`, `overwrite`, `path`.
        kwargs: Keywords,
    ) -> Result<Value> { made(context, &store, with(kwargs, [("data", data)])) }

    /// An array of zeros.
    fn zeros[context](/** Its shape. */ shape: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, with(kwargs, [("shape", shape), ("fill_value", Value::Int(0))])) }

    /// An array of ones.
    fn ones[context](/** Its shape. */ shape: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, with(kwargs, [("shape", shape), ("fill_value", Value::Int(1))])) }

    /// An array of one number.
    fn full[context](/** Its shape. */ shape: Value, /** The number. */ fill_value: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> {
        let mut kwargs = with(kwargs, [("shape", shape), ("fill_value", fill_value.clone())]);
        if !kwargs.0.iter().any(|(name, _)| &**name == "dtype") {
            let dtype = rdk_array::eager::nested::chunk(&fill_value, None)?.dtype();
            kwargs = with(kwargs, [("dtype", Value::str(dtype.name()))]);
        }
        made(context, &store, kwargs)
    }

    /// An array whose elements nobody has set.
    fn empty[context](/** Its shape. */ shape: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, with(kwargs, [("shape", shape)])) }

    /// Zeros in the shape of another array.
    fn zeros_like[context](/** The other one. */ a: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, with(like(&a, kwargs)?, [("fill_value", Value::Int(0))])) }

    /// Ones in the shape of another array.
    fn ones_like[context](/** The other one. */ a: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, with(like(&a, kwargs)?, [("fill_value", Value::Int(1))])) }

    /// One number in the shape of another array.
    fn full_like[context](/** The other one. */ a: Value, /** The number. */ fill_value: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, with(like(&a, kwargs)?, [("fill_value", fill_value)])) }

    /// An array in the shape of another one.
    fn empty_like[context](/** The other one. */ a: Value, /** The store's path. */ store: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { made(context, &store, like(&a, kwargs)?) }

    /// Opens an array, or makes it in the shape of another one.
    fn open_like[context](/** The other one. */ a: Value, /** The store's path. */ path: Store, /** `chunks`, `dtype`, … */ kwargs: Keywords) -> Result<Value> { super::open(context, &path.0, "", "a", like(&a, kwargs)?) }

    /// Writes an array, or several as a group.
    ///
    /// ```rdk
    /// import zarr
    /// zarr.save("/dev/shm/rdk-doc.zarr", np.arange(4))
    /// zarr.load("/dev/shm/rdk-doc.zarr")
    /// #> array([0, 1, 2, 3])
    /// ```
    fn save[context](
        /// The store's path.
        store: Store,
        /// An array; several become `arr_0`, `arr_1`, …
        args: Rest,
        /// Arrays by name.
        kwargs: Keywords,
    ) -> Result<()> {
        match (args.0.as_slice(), kwargs.0.is_empty()) {
            ([one], true) => save_one(context, &store.0, one),
            _ => save_several(context, &store.0, &args, kwargs),
        }
    }

    /// Writes an array.
    fn save_array[context](
        /// The store's path.
        store: Store,
        /// The array.
        arr: Value,
        /// Accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> { let _ = kwargs; save_one(context, &store.0, &arr) }

    /// Writes several arrays as a group.
    fn save_group[context](
        /// The store's path.
        store: Store,
        /// Arrays that become `arr_0`, `arr_1`, …
        args: Rest,
        /// Arrays by name.
        kwargs: Keywords,
    ) -> Result<()> { save_several(context, &store.0, &args, kwargs) }

    /// All of a Zarr array, in memory; of a group a dict of all its arrays.
    fn load(
        /// The store's path.
        store: Store,
        /// The array in the store.
        path: Option<String>,
    ) -> Result<Value> {
        let name = path.unwrap_or_default();
        if is_group(&store.0, &name)? {
            let group = Group { path: store.0.clone(), name };
            return group.loaded();
        }
        let zarr = ZarrArray::open(&store.0, &name, true)?;
        Ok(rdk_array::eager::value(zarr.stored().read_all()?))
    }
}

fn made_group(path: &Path, name: &str, version: u64) -> Result<()> {
    if !matches!(version, 2 | 3) {
        bail!("zarr_format must be 2 or 3, got {version}");
    }
    if !name.trim_matches('/').is_empty() {
        groups(path, name, version)?;
    }
    super::create_group(path, name, version)
}

fn save_one(context: &Context, path: &Path, array: &Value) -> Result<()> {
    let kwargs = vec![("data".into(), array.clone()), ("overwrite".into(), Value::Bool(true))];
    make(context, path, "", Keywords(kwargs)).map(|_| ())
}

fn save_several(context: &Context, path: &Path, args: &Rest, kwargs: Keywords) -> Result<()> {
    if args.0.is_empty() && kwargs.0.is_empty() {
        bail!("at least one array must be provided");
    }
    made_group(path, "", 3)?;
    let unnamed = args.0.iter().enumerate().map(|(at, value)| (format!("arr_{at}"), value.clone()));
    let named = kwargs.0.into_iter().map(|(name, value)| (name.to_string(), value));
    unnamed.chain(named).try_for_each(|(name, value)| {
        let kwargs = vec![("data".into(), value), ("overwrite".into(), Value::Bool(true))];
        make(context, path, &name, Keywords(kwargs)).map(|_| ())
    })
}
