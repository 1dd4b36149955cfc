//! Methods of `set` and `frozenset`.

use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::builtin::Rest;
use crate::builtins;
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::value::{HashKey, Set, Value};

/// The members of a set.
pub type Keys = IndexSet<HashKey, FxBuildHasher>;

builtins! {
    /// A new set with the same members.
    fn copy(this: Arc<Set>) -> Value { like(&this, members(&this)) }

    /// The members that are not in any of these.
    ///
    /// ```rdk
    /// {1, 2, 3}.difference([1], (2, 5))
    /// #> {3}
    /// ```
    fn difference[context](
        this: Arc<Set>,
        /// What to take away.
        others: Rest,
    ) -> Result<Value> { Ok(like(&this, difference(context, &this, &others)?)) }

    /// The members that are in all of these too.
    ///
    /// ```rdk
    /// {1, 2, 3}.intersection([2, 3, 4])
    /// #> {2, 3}
    /// ```
    fn intersection[context](
        this: Arc<Set>,
        /// What they must be in.
        others: Rest,
    ) -> Result<Value> { Ok(like(&this, intersection(context, &this, &others)?)) }

    /// No member in common?
    fn isdisjoint[context](
        this: Arc<Set>,
        /// What to compare with.
        other: Value,
    ) -> Result<bool> { let others = keys_of(context, &other)?; Ok(!members(&this).iter().any(|key| others.contains(key))) }

    /// Are all members in there?
    ///
    /// ```rdk
    /// {1, 2}.issubset({1, 2, 3})
    /// #> True
    /// ```
    fn issubset[context](
        this: Arc<Set>,
        /// What to look in.
        other: Value,
    ) -> Result<bool> { let others = keys_of(context, &other)?; Ok(members(&this).iter().all(|key| others.contains(key))) }

    /// Are all of those members?
    fn issuperset[context](
        this: Arc<Set>,
        /// What to look for.
        other: Value,
    ) -> Result<bool> { let mine = members(&this); Ok(keys_of(context, &other)?.iter().all(|key| mine.contains(key))) }

    /// The members that are in only one of the two.
    ///
    /// ```rdk
    /// {1, 2}.symmetric_difference({2, 3})
    /// #> {1, 3}
    /// ```
    fn symmetric_difference[context](
        this: Arc<Set>,
        /// The other one.
        other: Value,
    ) -> Result<Value> { Ok(like(&this, symmetric_difference(context, &this, &other)?)) }

    /// The members of all of these.
    ///
    /// ```rdk
    /// {1}.union([2], "a")
    /// #> {1, 2, 'a'}
    /// ```
    fn union[context](
        this: Arc<Set>,
        /// What to add.
        others: Rest,
    ) -> Result<Value> { Ok(like(&this, union(context, &this, &others)?)) }
}

/// Methods that change a set.
pub mod changing {
    use super::*;
    use crate::bail;
    use crate::operators::set_order;
    use crate::types::key_error;

    builtins! {
        /// Puts a member in.
        ///
        /// ```rdk
        /// seen = set()
        /// seen.add(3)
        /// seen
        /// #> {3}
        /// ```
        fn add(
            this: Arc<Set>,
            /// The member.
            elem: Value,
        ) -> Result<()> { let key = HashKey::new(elem)?; this.items.lock().insert(key); Ok(()) }

        /// Takes everything out.
        fn clear(this: Arc<Set>) { drop(std::mem::take(&mut *this.items.lock())); }

        /// Takes out all that is in these.
        fn difference_update[context](
            this: Arc<Set>,
            /// What to take out.
            others: Rest,
        ) -> Result<()> { let keys = difference(context, &this, &others)?; *this.items.lock() = keys; Ok(()) }

        /// Takes a member out, if it is there.
        fn discard(
            this: Arc<Set>,
            /// The member.
            elem: Value,
        ) -> Result<()> { let key = HashKey::new(elem)?; this.items.lock().shift_remove(&key); Ok(()) }

        /// Keeps only what is in all of these too.
        fn intersection_update[context](
            this: Arc<Set>,
            /// What members must be in.
            others: Rest,
        ) -> Result<()> { let keys = intersection(context, &this, &others)?; *this.items.lock() = keys; Ok(()) }

        /// Takes some member out and gives it.
        fn pop(this: Arc<Set>) -> Result<Value> { pop_first(&this) }

        /// Takes a member out; an error if it is not there.
        fn remove(
            this: Arc<Set>,
            /// The member.
            elem: Value,
        ) -> Result<()> { remove_member(&this, elem) }

        /// Keeps what is in only one of the two.
        fn symmetric_difference_update[context](
            this: Arc<Set>,
            /// The other one.
            other: Value,
        ) -> Result<()> { let keys = symmetric_difference(context, &this, &other)?; *this.items.lock() = keys; Ok(()) }

        /// Puts in all members of these.
        ///
        /// ```rdk
        /// seen = {1}
        /// seen.update([2, 3], {4})
        /// seen
        /// #> {1, 2, 3, 4}
        /// ```
        fn update[context](
            this: Arc<Set>,
            /// What to put in.
            others: Rest,
        ) -> Result<()> { let keys = union(context, &this, &others)?; *this.items.lock() = keys; Ok(()) }
    }

    fn pop_first(set: &Set) -> Result<Value> {
        let mut items = set.items.lock();
        // To look for the first one of many each time would make emptying a set slow.
        let first = match items.len() {
            0..=256 => set_order::order(&items).and_then(|order| order.first().copied()).unwrap_or(0),
            _ => 0,
        };
        match items.shift_remove_index(first as usize) {
            Some(key) => Ok(key.value().clone()),
            None => bail!(KeyError: "pop from an empty set"),
        }
    }

    fn remove_member(set: &Set, member: Value) -> Result<()> {
        let key = HashKey::new(member.clone())?;
        if set.items.lock().shift_remove(&key) { Ok(()) } else { Err(key_error(&member)) }
    }
}

/// What a value walks over, as members.
pub fn keys_of(context: &Context, value: &Value) -> Result<Keys> {
    if let Value::Set(set) = value {
        return Ok(members(set));
    }
    let mut keys = Keys::default();
    let mut walk = iterate(context, value)?;
    while let Some(item) = walk.next(context)? {
        keys.insert(HashKey::new(item)?);
    }
    Ok(keys)
}

fn members(set: &Set) -> Keys {
    set.items.lock().clone()
}

/// A set of the same kind.
fn like(set: &Set, items: Keys) -> Value {
    Value::Set(Arc::new(Set { items: items.into(), frozen: set.frozen }))
}

fn union(context: &Context, set: &Set, others: &Rest) -> Result<Keys> {
    let mut keys = members(set);
    for other in &others.0 {
        keys.extend(keys_of(context, other)?);
    }
    Ok(keys)
}

fn intersection(context: &Context, set: &Set, others: &Rest) -> Result<Keys> {
    let mut keys = members(set);
    for other in &others.0 {
        let other = keys_of(context, other)?;
        keys.retain(|key| other.contains(key));
    }
    Ok(keys)
}

fn difference(context: &Context, set: &Set, others: &Rest) -> Result<Keys> {
    let mut keys = members(set);
    for other in &others.0 {
        let other = keys_of(context, other)?;
        keys.retain(|key| !other.contains(key));
    }
    Ok(keys)
}

fn symmetric_difference(context: &Context, set: &Set, other: &Value) -> Result<Keys> {
    let (mine, theirs) = (members(set), keys_of(context, other)?);
    let only_mine = mine.iter().filter(|key| !theirs.contains(*key));
    Ok(only_mine.chain(theirs.iter().filter(|key| !mine.contains(*key))).cloned().collect())
}
