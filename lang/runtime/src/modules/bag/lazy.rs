//! The bag itself: its partitions, and how they become tasks and a list.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_graph::{Call, Failure, Operation, Payload, TaskId, Tokenizer};
use smallvec::SmallVec;

use super::part::Partition;
use super::{methods, output, reduce, text};
use crate::class::{Class, ClassRef};
use crate::compute::compute_one;
use crate::context::Context;
use crate::delayed::operation::value_of;
use crate::delayed::{Delayed, KeyForm, Node, Work, members};
use crate::error::{Error, Result};
use crate::object::{Lazy, Lowering, Object};
use crate::payload::Plain;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{bail, error};

/// The class of bags.
pub fn bag_class() -> &'static ClassRef {
    static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
        let class = Class::new("Bag", "dask.bag.core", "Items of any kind in partitions, worked on lazily.");
        let (shared, properties) = members();
        let class = class.base(types().object.clone()).methods(shared).properties(properties);
        let class = class.methods(methods::builtins()).methods(reduce::builtins()).methods(output::builtins());
        Arc::new(class.properties(methods::properties::builtins()).properties(text::builtins()))
    });
    &CLASS
}

/// Items of any kind in partitions, worked on lazily.
#[derive(Clone)]
pub struct Bag {
    /// What made it: `from_sequence`, `filter`.
    pub name: Name,
    /// Each makes a list.
    pub parts: Arc<[Partition]>,
}

impl Bag {
    /// A bag of these partitions.
    pub fn new(name: &str, parts: Vec<Partition>) -> Bag {
        Bag { name: Name::from(name), parts: parts.into() }
    }
}

impl Object for Bag {
    fn class(&self) -> ClassRef {
        bag_class().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("dask.bag<{}, npartitions={}>", self.name, self.parts.len())
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        Some(compute_one(context, &Value::lazy(self.clone())))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Err(error!(TypeError: "object of type 'Bag' has no len()"; hint: "`.count().compute()` counts the items")))
    }

    fn item(&self, _: &Context, _: &Value) -> Option<Result<Value>> {
        Some(Err(
            error!(TypeError: "'Bag' object is not subscriptable"; hint: "`.take(n)` gives the first items, `.pluck(key)` something of each"),
        ))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        bail!(TypeError: "a lazy value cannot be sent to another process by itself"; hint: "`.compute()` gives its items")
    }
}

impl Lazy for Bag {
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        self.parts.iter().try_for_each(|part| Delayed(part.clone()).announce(lowering))
    }

    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        let mut tasks = Vec::with_capacity(self.parts.len());
        for part in self.parts.iter() {
            tasks.extend(Delayed(part.clone()).lower(lowering)?);
        }
        Ok(tasks)
    }

    fn gather(&self) -> Arc<dyn Operation> {
        Arc::new(Concatenate)
    }

    fn persisted(&self, results: Vec<Payload>) -> Result<Value> {
        let parts = self.parts.iter().zip(results).map(|(part, payload)| {
            let form = match &part.form {
                KeyForm::Pure => KeyForm::Pure,
                KeyForm::Unique => KeyForm::Unique,
                KeyForm::Given(key) => KeyForm::Given(key.clone()),
            };
            Arc::new(Node {
                name: part.name.clone(),
                token: part.token,
                form,
                work: Work::Ready(payload),
                inputs: SmallVec::new(),
                place: part.place.clone(),
                n_out: None,
            })
        });
        Ok(Value::lazy(Bag { name: self.name.clone(), parts: parts.collect() }))
    }

    fn takes_later(&self, n_results: usize) -> bool {
        n_results == self.parts.len()
    }

    fn key(&self) -> String {
        let mut token = Tokenizer::new(&self.name);
        for part in self.parts.iter() {
            token = token.token(part.token);
        }
        format!("{}-{}", self.name, token.finish())
    }
}

/// The lists of all partitions as one.
#[derive(Debug)]
struct Concatenate;

impl Operation for Concatenate {
    fn name(&self) -> &str {
        "bag"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let failure = |error: Error| Failure::Error(Box::new(error));
        let mut all = Vec::new();
        for payload in call.inputs.iter() {
            let value = value_of(payload).map_err(failure)?;
            match value.items() {
                Some(items) => all.extend(items),
                None => {
                    let what = crate::convert::describe(&value);
                    return Err(failure(
                        error!(TypeError: "a partition of a bag is a list, got {what}"; hint: "what `map_partitions` calls gives a list back"),
                    ));
                }
            }
        }
        Ok(Payload::new(Plain(Value::list(all))))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("bag.concatenate", Vec::new())
    }
}
