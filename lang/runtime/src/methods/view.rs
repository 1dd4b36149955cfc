//! What `keys()`, `values()` and `items()` of a dict give: live views of it.

use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use super::set::keys_of;
use crate::bail;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::Result;
use crate::object::Object;
use crate::operators::{equal, same};
use crate::show::repr;
use crate::types::types;
use crate::value::{Dict, HashKey, Set, Value};

/// Which part of a dict is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Part {
    Keys,
    Values,
    Items,
}

/// A part of a dict, as it is when one looks.
pub struct View {
    /// The dict.
    pub dict: Arc<Dict>,
    /// Which part of it.
    pub part: Part,
}

static CLASSES: LazyLock<[ClassRef; 3]> = LazyLock::new(|| {
    [
        ("dict_keys", "The keys of a dict."),
        ("dict_values", "The values of a dict."),
        ("dict_items", "The keys of a dict with their values."),
    ]
    .map(|(name, doc)| Arc::new(Class::new(name, "", doc).base(types().object.clone())))
});

impl View {
    fn snapshot(&self) -> Vec<Value> {
        self.dict.0.lock().iter().map(|(key, value)| entry(self.part, key, value)).collect()
    }

    fn set(&self) -> Result<Set> {
        let items: Result<_> = self.snapshot().into_iter().map(HashKey::new).collect();
        let items: indexmap::IndexSet<HashKey, rustc_hash::FxBuildHasher> = items?;
        Ok(Set { items: items.into(), frozen: false })
    }
}

fn entry(part: Part, key: &HashKey, value: &Value) -> Value {
    match part {
        Part::Keys => key.value().clone(),
        Part::Values => value.clone(),
        Part::Items => Value::tuple([key.value().clone(), value.clone()]),
    }
}

/// An iterator over a part of a dict, which must not grow or shrink meanwhile.
pub fn walk(dict: Arc<Dict>, part: Part) -> Value {
    let (mut at, length) = (0, dict.0.lock().len());
    let name = match part {
        Part::Keys => "dict_keyiterator",
        Part::Values => "dict_valueiterator",
        Part::Items => "dict_itemiterator",
    };
    Value::iter(name, move |_| {
        let entries = dict.0.lock();
        if entries.len() != length {
            return Some(Err(
                crate::error!(RuntimeError: "dictionary changed size during iteration"; hint: "walk over a copy: `for key in list(d)`"),
            ));
        }
        let (key, value) = entries.get_index(at)?;
        at += 1;
        Some(Ok(entry(part, key, value)))
    })
}

impl Object for View {
    fn class(&self) -> ClassRef {
        CLASSES[self.part as usize].clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let address = Arc::as_ptr(&self.dict) as usize;
        repr::guarded(address, "...", || format!("{}([{}])", self.class().name, repr::joined(&self.snapshot())))
    }

    fn len(&self, _context: &Context) -> Option<Result<usize>> {
        Some(Ok(self.dict.0.lock().len()))
    }

    fn truth(&self, _context: &Context) -> Option<Result<bool>> {
        Some(Ok(!self.dict.0.lock().is_empty()))
    }

    fn iter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(walk(self.dict.clone(), self.part)))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        Some((|| match (self.part, item) {
            (Part::Keys, key) => Ok(self.dict.0.lock().contains_key(&HashKey::new(key.clone())?)),
            (Part::Items, Value::Tuple(pair)) if pair.len() == 2 => {
                let found = self.dict.0.lock().get(&HashKey::new(pair[0].clone())?).cloned();
                found.map_or(Ok(false), |value| equal(context, &value, &pair[1]))
            }
            (Part::Items, _) => Ok(false),
            (Part::Values, value) => {
                for other in self.snapshot() {
                    if same(&other, value) || equal(context, &other, value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        })())
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        if self.part == Part::Values || !(matches!(other, Value::Set(_)) || other.get::<View>().is_some()) {
            return None;
        }
        Some((|| {
            let others = keys_of(context, other)?;
            let mine = self.set()?;
            let mine = mine.items.lock();
            let all_mine_there = mine.iter().all(|key| others.contains(key));
            let all_there_mine = others.iter().all(|key| mine.contains(key));
            Ok(Value::Bool(match op {
                CompareOp::Eq => all_mine_there && all_there_mine,
                CompareOp::NotEq => !(all_mine_there && all_there_mine),
                CompareOp::LessEq => all_mine_there,
                CompareOp::GreaterEq => all_there_mine,
                CompareOp::Less => all_mine_there && !all_there_mine,
                CompareOp::Greater => all_there_mine && !all_mine_there,
                _ => bail!(TypeError: "'{}' cannot be compared like this", self.class().name),
            }))
        })())
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let set_operator = matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::Sub);
        if self.part == Part::Values || !set_operator {
            return None;
        }
        Some((|| {
            let mine = Value::Set(Arc::new(self.set()?));
            let theirs = Set { items: keys_of(context, other)?.into(), frozen: false };
            let theirs = Value::Set(Arc::new(theirs));
            let (left, right) = if reflected { (theirs, mine) } else { (mine, theirs) };
            crate::operators::binary(context, op, &left, &right)
        })())
    }
}
