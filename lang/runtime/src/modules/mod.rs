//! The modules of Python's standard library that rdk brings, and `builtins`.

pub mod abc;
pub mod bag;
pub mod calendar;
pub mod collections;
pub mod combinations;
pub mod contextlib;
pub mod copy;
pub mod csv;
pub mod dask;
pub mod datetime;
pub mod deque;
pub mod display;
pub mod distributed;
pub mod files;
pub mod functools;
pub mod glob;
pub mod itertools;
pub mod json;
pub mod json_read;
pub mod math;
pub mod math_whole;
pub mod multiprocessing;
pub mod named_tuple;
pub mod operator;
pub mod os;
pub mod path;
pub mod pathlib;
pub mod random;
pub mod re;
pub mod statistics;
pub mod string;
pub mod sys;
pub mod tarfile;
pub mod textwrap;
pub mod time;
pub mod tqdm;
pub mod twister;
pub mod typing;
pub mod url;
pub mod uuid;
pub mod warnings;
pub mod widgets;

use std::path::PathBuf;
use std::sync::Arc;

use self::named_tuple::{NamedTuple, TypeValue};
use crate::class::Module;
use crate::value::Value;

/// All modules of this room.
pub fn modules() -> Vec<Arc<Module>> {
    let mut all = vec![
        Module::new("builtins", "What is there without an import.", crate::builtins::entries),
        Module::new("collections", "Containers with a difference.", collections::entries),
        Module::new("fnmatch", "Names that fit a pattern.", glob::names_only::entries),
        Module::new("functools", "Functions made of other functions.", functools::entries),
        Module::new("glob", "Paths that fit a pattern.", glob::entries),
        Module::new("itertools", "Walks made of other walks.", itertools::entries),
        Module::new("json", "Values as text that other programs read.", json::entries),
        Module::new("math", "Functions of real and whole numbers.", math::entries),
        Module::new("operator", "The operators as functions.", operator::entries),
        Module::new("os", "Files, folders, the environment.", os::entries),
        os::PATH.clone(),
        Module::new("random", "Random numbers.", random::entries),
        Module::new("shutil", "Whole files and folders.", files::entries),
        Module::new("sys", "What is running, and where.", sys::entries),
        Module::new("tempfile", "Files and folders for a while.", files::temporary::entries),
        Module::new("time", "Clocks, and waiting.", time::entries),
        Module::new("urllib", "Addresses of the web.", Vec::new),
        Module::new("urllib.parse", "Addresses of the web as text.", url::entries),
    ];
    all.extend(crate::delayed::modules());
    all.extend(further());
    all
}

/// The items of something that is a tuple with names.
pub fn named_tuple_items(value: &Value) -> Option<Vec<Value>> {
    value.get::<NamedTuple>().map(|tuple| tuple.items.to_vec())
}

/// For classes made by `namedtuple`: is the value one of theirs?
pub fn is_named_tuple(value: &Value, class: &Value) -> Option<bool> {
    let kind = &class.get::<TypeValue>()?.0;
    Some(value.get::<NamedTuple>().is_some_and(|tuple| Arc::ptr_eq(&tuple.kind, kind)))
}

/// The path that a `pathlib.Path` is.
pub fn path_of(value: &Value) -> Option<PathBuf> {
    value.get::<pathlib::Path>().map(|path| path.0.clone())
}

/// Modules that cells use now and then.
fn further() -> Vec<Arc<Module>> {
    let mut all = vec![
        abc::module(),
        contextlib::module(),
        Module::new("dataclasses", "Classes that are little more than their fields.", crate::user::dataclass::entries),
        copy::module(),
        csv::module(),
        datetime::module(),
        multiprocessing::module(),
        pathlib::module(),
        re::module(),
        statistics::module(),
        string::module(),
        tarfile::module(),
        textwrap::module(),
        uuid::module(),
        warnings::module(),
    ];
    all.extend(typing::modules());
    all.extend(dask::modules());
    all.extend(bag::modules());
    all.extend(distributed::modules());
    all.extend(display::modules());
    all.extend(tqdm::modules());
    all.extend(widgets::modules());
    all
}
