//! `dask.bag`: items of any kind in partitions, each a list that a task makes.
//!
//! A partition is a node of the graph of lazy calls; a method makes a call of a step ([`steps`]) for each partition, a
//! reduction a tree of them. So bags run, fail, travel and are drawn as lazy calls are.

mod lazy;
mod make;
mod methods;
mod output;
mod part;
mod reduce;
mod reduce_steps;
mod steps;
mod text;

use std::sync::Arc;

pub use lazy::Bag;

use crate::class::{Module, entries};
use crate::value::Value;

/// `dask.bag` and its other name.
pub fn modules() -> Vec<Arc<Module>> {
    ["dask.bag", "dask.bag.core"].map(|name| Module::new(name, "Items of any kind in partitions.", names)).into()
}

fn names() -> Vec<(&'static str, Value)> {
    let mut all = entries(make::builtins());
    all.push(("Bag", Value::Class(lazy::bag_class().clone())));
    all
}
