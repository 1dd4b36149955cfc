//! What comes with rdk, by name: the same module has the same functions in every process.

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use parking_lot::{Mutex, RwLock};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::packed::Packed;
use crate::class::{ClassRef, Library, Module};
use crate::hash::address;
use crate::value::Value;

static MODULES: LazyLock<RwLock<IndexMap<&'static str, Arc<Module>, FxBuildHasher>>> = LazyLock::new(RwLock::default);

/// Names by address, made when first asked for; and of how many modules.
static NAMES: LazyLock<Mutex<(usize, FxHashMap<usize, Name>)>> = LazyLock::new(Mutex::default);

#[derive(Clone)]
enum Name {
    Entry { module: &'static str, name: String },
    Member { module: &'static str, class: &'static str, name: &'static str },
}

/// Modules of a session: from now on what is in them travels by name.
pub(crate) fn remember(library: &Library) {
    MODULES.write().extend(library.modules().map(|module| (module.name, module.clone())));
}

/// The module of this name.
pub(super) fn module(name: &str) -> Option<Arc<Module>> {
    MODULES.read().get(name).cloned()
}

/// The name of something that comes with rdk.
pub(super) fn name_of(value: &Value) -> Option<Packed> {
    let modules: Vec<Arc<Module>> = MODULES.read().values().cloned().collect();
    let mut names = NAMES.lock();
    if names.0 != modules.len() {
        *names = (modules.len(), index(&modules));
    }
    let known = names.1.get(&address(value)).cloned()?;
    Some(match known {
        Name::Entry { module, name } => Packed::Known { module: module.into(), name },
        Name::Member { module, class, name } => {
            Packed::Member { module: module.into(), class: class.into(), name: name.into() }
        }
    })
}

fn index(modules: &[Arc<Module>]) -> FxHashMap<usize, Name> {
    let mut names = FxHashMap::default();
    for module in modules {
        for name in module.names() {
            let Some(value) = module.get(&name) else { continue };
            match &value {
                Value::Builtin(_) | Value::Class(_) | Value::Object(_) => {
                    let entry = Name::Entry { module: module.name, name: name.to_string() };
                    names.entry(address(&value)).or_insert(entry);
                }
                _ => {}
            }
            if let Value::Class(class) = &value {
                for (name, member) in class.methods.iter().chain(class.properties.iter()) {
                    let member = Value::Builtin(member.clone());
                    let entry = Name::Member { module: class.module, class: class.name, name };
                    names.entry(address(&member)).or_insert(entry);
                }
            }
        }
    }
    names
}

/// The class of this name; a class of Python's own has no module.
pub(super) fn class(module: &str, name: &str) -> Option<ClassRef> {
    let modules: Vec<Arc<Module>> = MODULES.read().values().cloned().collect();
    let classes = modules.iter().filter_map(|module| module.get(name)).filter_map(|value| match value {
        Value::Class(class) => Some(class),
        _ => None,
    });
    classes.into_iter().find(|class| class.module == module && class.name == name)
}
