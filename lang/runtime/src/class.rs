//! Classes (what all values of a type share) and modules.

use std::fmt;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use parking_lot::RwLock;
use rustc_hash::FxBuildHasher;

use crate::builtin::Builtin;
use crate::error::{Kind, Result};
use crate::user::Own;
use crate::value::{Name, Value};

/// A class; compared by identity.
pub type ClassRef = Arc<Class>;

type Table = IndexMap<&'static str, Arc<Builtin>, FxBuildHasher>;

/// What all values of a type share: name, documentation, methods, attributes.
pub struct Class {
    /// `Array`
    pub name: &'static str,
    /// `dask.array`; empty for Python's own types.
    pub module: &'static str,
    /// First a sentence of at most 80 characters.
    pub doc: &'static str,
    /// The class that it is a special case of.
    pub base: Option<ClassRef>,
    /// Another one: NumPy's float64 is one of NumPy's numbers and a float as well.
    pub also: Option<ClassRef>,
    /// Called as methods: the value is the first argument.
    pub methods: Table,
    /// Read as attributes: called with the value alone.
    pub properties: Table,
    /// Read as attributes of the class itself: `Blosc.SHUFFLE`.
    pub constants: Vec<(&'static str, Value)>,
    /// `name(…)` makes one.
    pub construct: Option<Arc<Builtin>>,
    /// For exception classes: which.
    pub exception: Option<Kind>,
    /// For classes written in rdk: what they have bound, and their bases.
    pub own: Option<Own>,
}

impl Class {
    /// A class without methods.
    pub fn new(name: &'static str, module: &'static str, doc: &'static str) -> Class {
        let (methods, properties) = (Table::default(), Table::default());
        Class {
            name,
            module,
            doc,
            base: None,
            also: None,
            methods,
            properties,
            constants: Vec::new(),
            construct: None,
            exception: None,
            own: None,
        }
    }

    /// With these methods too.
    pub fn methods(mut self, methods: Vec<Builtin>) -> Class {
        self.methods.extend(methods.into_iter().map(|method| (method.name, Arc::new(method))));
        self
    }

    /// With these attributes too: functions of the value alone.
    pub fn properties(mut self, properties: Vec<Builtin>) -> Class {
        self.properties.extend(properties.into_iter().map(|property| (property.name, Arc::new(property))));
        self
    }

    /// A special case of this class.
    pub fn base(mut self, base: ClassRef) -> Class {
        self.base = Some(base);
        self
    }

    /// A special case of this class as well.
    pub fn also(mut self, also: ClassRef) -> Class {
        self.also = Some(also);
        self
    }

    /// The classes that it is a special case of.
    pub fn bases(&self) -> impl Iterator<Item = &ClassRef> {
        self.base.iter().chain(&self.also)
    }

    /// With these values as its own attributes.
    pub fn constants(mut self, constants: Vec<(&'static str, Value)>) -> Class {
        self.constants = constants;
        self
    }

    /// Made by calling it.
    pub fn construct(mut self, builtin: Builtin) -> Class {
        self.construct = Some(Arc::new(builtin));
        self
    }

    /// The method of this name, here or in a base.
    pub fn method(&self, name: &str) -> Option<&Arc<Builtin>> {
        self.methods.get(name).or_else(|| self.bases().find_map(|base| base.method(name)))
    }

    /// The attribute of this name, here or in a base.
    pub fn property(&self, name: &str) -> Option<&Arc<Builtin>> {
        self.properties.get(name).or_else(|| self.bases().find_map(|base| base.property(name)))
    }

    /// Is it this class, or a special case of it?
    pub fn is(self: &Arc<Self>, other: &ClassRef) -> bool {
        if let Some(own) = &self.own
            && (Arc::ptr_eq(self, other) || own.ancestors.iter().any(|class| Arc::ptr_eq(class, other)))
        {
            return true;
        }
        match (self.exception, other.exception) {
            _ if other.own.is_some() => Arc::ptr_eq(self, other),
            (Some(kind), Some(class)) => kind.is(class),
            _ => Arc::ptr_eq(self, other) || self.bases().any(|base| base.is(other)),
        }
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Class({})", self.name)
    }
}

/// A module: names with what they stand for, made when first used.
pub struct Module {
    /// `dask.array`
    pub name: &'static str,
    /// First a sentence of at most 80 characters.
    pub doc: &'static str,
    fill: fn() -> Vec<(&'static str, Value)>,
    entries: OnceLock<RwLock<IndexMap<Name, Value, FxBuildHasher>>>,
}

impl Module {
    /// A module whose entries this function gives, when somebody first looks.
    pub fn new(name: &'static str, doc: &'static str, fill: fn() -> Vec<(&'static str, Value)>) -> Arc<Module> {
        Arc::new(Module { name, doc, fill, entries: OnceLock::new() })
    }

    fn entries(&self) -> &RwLock<IndexMap<Name, Value, FxBuildHasher>> {
        self.entries.get_or_init(|| {
            RwLock::new((self.fill)().into_iter().map(|(name, value)| (Name::from(name), value)).collect())
        })
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.entries().read().get(name).cloned()
    }

    /// `module.name = value`
    pub fn set(&self, name: &str, value: Value) {
        self.entries().write().insert(Name::from(name), value);
    }

    /// All names, in order.
    pub fn names(&self) -> Vec<Name> {
        self.entries().read().keys().cloned().collect()
    }
}

/// Builtins as entries of a module.
pub fn entries(builtins: Vec<Builtin>) -> Vec<(&'static str, Value)> {
    builtins.into_iter().map(|builtin| (builtin.name, Value::Builtin(Arc::new(builtin)))).collect()
}

/// All modules that there are, by their full names.
#[derive(Default)]
pub struct Library {
    modules: IndexMap<&'static str, Arc<Module>, FxBuildHasher>,
}

impl Library {
    /// Adds modules; a later one of the same name takes the place of an earlier one.
    pub fn add(&mut self, modules: impl IntoIterator<Item = Arc<Module>>) {
        self.modules.extend(modules.into_iter().map(|module| (module.name, module)));
    }

    /// The module of this full name.
    pub fn module(&self, name: &str) -> Option<&Arc<Module>> {
        self.modules.get(name)
    }

    /// All modules.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.modules.values()
    }

    /// The module, or an error that names the nearest one.
    pub fn import(&self, name: &str) -> Result<Arc<Module>> {
        if let Some(module) = self.module(name) {
            return Ok(module.clone());
        }
        if let Some(hint) = later(name) {
            return Err(crate::error!(ModuleNotFoundError: "rdk has no module named `{name}` yet").hint(hint));
        }
        let error = crate::error!(ModuleNotFoundError: "rdk has no module named `{name}`");
        Err(match crate::builtin::nearest(name, self.modules.keys().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("rdk brings its own modules and cannot load Python's packages"),
        })
    }
}

/// What to say about modules that rdk is going to have, and those inside them.
const LATER: &[(&str, &str)] = &[
    ("dask_kubernetes", "work runs on all cores of this machine; clusters come later"),
    ("dask_gateway", "work runs on all cores of this machine; clusters come later"),
    ("coiled", "work runs on all cores of this machine; clusters come later"),
    ("xarray", "arrays without names for their axes (`dask.array`) are there already"),
];

/// The hint for a module that comes later.
fn later(name: &str) -> Option<&'static str> {
    let inside = |outer: &str| name.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    LATER.iter().find(|(outer, _)| inside(outer)).map(|(_, hint)| *hint)
}
