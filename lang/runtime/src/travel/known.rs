//! What comes with rdk, by name: the same module has the same functions in every process.

use std::sync::{Arc, LazyLock};

use parking_lot::{Mutex, RwLock};
use rustc_hash::FxHashMap;

use super::packed::Packed;
use crate::class::{ClassRef, Library, Module};
use crate::hash::address;
use crate::value::Value;

/// The modules of every session of this process, oldest first: what an older one has brought can still travel.
static MODULES: RwLock<Vec<Arc<Module>>> = RwLock::new(Vec::new());

/// Names by address, made when first asked for; and of how many modules.
static NAMES: LazyLock<Mutex<(usize, FxHashMap<usize, Name>)>> = LazyLock::new(Mutex::default);

#[derive(Clone)]
enum Name {
    Entry { module: &'static str, name: String },
    Member { module: &'static str, class: &'static str, name: &'static str },
}

/// Modules of a session: from now on what is in them travels by name.
pub(crate) fn remember(library: &Library) {
    let mut modules = MODULES.write();
    let is_new = |module: &&Arc<Module>| !modules.iter().any(|known| Arc::ptr_eq(known, module));
    let new: Vec<Arc<Module>> = library.modules().filter(is_new).cloned().collect();
    modules.extend(new);
}

/// The module of this name.
pub(super) fn module(name: &str) -> Option<Arc<Module>> {
    MODULES.read().iter().rev().find(|module| module.name == name).cloned()
}

/// The name of something that comes with rdk.
pub(super) fn name_of(value: &Value) -> Option<Packed> {
    let modules = MODULES.read().clone();
    let mut names = NAMES.lock();
    if names.0 < modules.len() {
        index(&modules[names.0..], &mut names.1);
        names.0 = modules.len();
    }
    let known = names.1.get(&address(value)).cloned()?;
    Some(match known {
        Name::Entry { module, name } => Packed::Known { module: module.into(), name },
        Name::Member { module, class, name } => {
            Packed::Member { module: module.into(), class: class.into(), name: name.into() }
        }
    })
}

fn index(modules: &[Arc<Module>], names: &mut FxHashMap<usize, Name>) {
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
}

/// The class of this name; a class of Python's own has no module.
pub(super) fn class(module: &str, name: &str) -> Option<ClassRef> {
    let modules = MODULES.read().clone();
    let classes = modules.iter().rev().filter_map(|module| module.get(name)).filter_map(|value| match value {
        Value::Class(class) => Some(class),
        _ => None,
    });
    classes.into_iter().find(|class| class.module == module && class.name == name)
}
