//! `itertools`: products, permutations and combinations.

use super::itertools::walking;
use crate::builtin::Rest;
use crate::builtins;
use crate::builtins::room;
use crate::context::Context;
use crate::error::Result;
use crate::evaluate::collect;
use crate::value::Value;

builtins! {
    /// Tuples of so many items, in order.
    ///
    /// ```rdk
    /// from itertools import combinations
    /// list(combinations("abc", 2))
    /// #> [('a', 'b'), ('a', 'c'), ('b', 'c')]
    /// ```
    fn combinations[context](
        /// The items.
        iterable: Value,
        /// How many to take.
        r: usize,
    ) -> Result<Value> { Ok(combinations(collect(context, &iterable)?, r)) }

    /// Tuples of so many items, in order; an item may come more than once.
    ///
    /// ```rdk
    /// from itertools import combinations_with_replacement
    /// list(combinations_with_replacement("ab", 2))
    /// #> [('a', 'a'), ('a', 'b'), ('b', 'b')]
    /// ```
    fn combinations_with_replacement[context](
        /// The items.
        iterable: Value,
        /// How many to take.
        r: usize,
    ) -> Result<Value> { Ok(with_replacement(collect(context, &iterable)?, room(r)?)) }

    /// Tuples of so many items, in every order.
    ///
    /// ```rdk
    /// from itertools import permutations
    /// list(permutations([1, 2, 3], 2))
    /// #> [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]
    /// ```
    fn permutations[context](
        /// The items.
        iterable: Value,
        /// How many to take; all if not given.
        r: Option<usize>,
    ) -> Result<Value> { Ok(permutations(collect(context, &iterable)?, r)) }

    /// Tuples of one item of each: what nested loops walk over.
    ///
    /// ```rdk
    /// from itertools import product
    /// list(product("ab", [1, 2])), len(list(product([0, 1], repeat=3)))
    /// #> ([('a', 1), ('a', 2), ('b', 1), ('b', 2)], 8)
    /// ```
    fn product[context](
        /// What to walk over.
        iterables: Rest,
        /// How often each of them.
        repeat: usize = 1,
    ) -> Result<Value> { product(context, &iterables.0, repeat) }
}

fn product(context: &Context, iterables: &[Value], repeat: usize) -> Result<Value> {
    let pools: Vec<Vec<Value>> = iterables.iter().map(|iterable| collect(context, iterable)).collect::<Result<_>>()?;
    let n = room(pools.len().saturating_mul(repeat))?;
    let mut positions: Option<Vec<usize>> = None;
    let empty = n > 0 && pools.iter().any(Vec::is_empty);
    let mut done = empty;
    Ok(walking("itertools.product", move |context| {
        if done {
            return Ok(None);
        }
        context.check()?;
        let positions = match &mut positions {
            None => positions.insert(vec![0; n]),
            Some(positions) => {
                // As a counter whose last wheel turns fastest.
                let mut wheel = n;
                loop {
                    if wheel == 0 {
                        done = true;
                        return Ok(None);
                    }
                    wheel -= 1;
                    positions[wheel] += 1;
                    if positions[wheel] < pools[wheel % pools.len()].len() {
                        break;
                    }
                    positions[wheel] = 0;
                }
                positions
            }
        };
        Ok(Some(Value::tuple(positions.iter().enumerate().map(|(wheel, at)| pools[wheel % pools.len()][*at].clone()))))
    }))
}

fn taken(items: &[Value], positions: &[usize]) -> Option<Value> {
    Some(Value::tuple(positions.iter().map(|at| items[*at].clone())))
}

fn combinations(items: Vec<Value>, r: usize) -> Value {
    let n = items.len();
    let mut positions: Option<Vec<usize>> = None;
    walking("itertools.combinations", move |context| {
        context.check()?;
        let positions = match &mut positions {
            None if r > n => return Ok(None),
            None => positions.insert((0..r).collect()),
            Some(positions) => {
                // The last one that can go further does; those after it follow at its heels.
                let Some(moving) = (0..r).rev().find(|&at| positions[at] != at + n - r) else { return Ok(None) };
                positions[moving] += 1;
                for at in moving + 1..r {
                    positions[at] = positions[at - 1] + 1;
                }
                positions
            }
        };
        Ok(taken(&items, positions))
    })
}

fn with_replacement(items: Vec<Value>, r: usize) -> Value {
    let n = items.len();
    let mut positions: Option<Vec<usize>> = None;
    walking("itertools.combinations_with_replacement", move |context| {
        context.check()?;
        let positions = match &mut positions {
            None if n == 0 && r > 0 => return Ok(None),
            None => positions.insert(vec![0; r]),
            Some(positions) => {
                let Some(moving) = (0..r).rev().find(|&at| positions[at] + 1 != n) else { return Ok(None) };
                let next = positions[moving] + 1;
                positions[moving..].fill(next);
                positions
            }
        };
        Ok(taken(&items, positions))
    })
}

fn permutations(items: Vec<Value>, r: Option<usize>) -> Value {
    let n = items.len();
    let r = r.unwrap_or(n);
    let mut state: Option<(Vec<usize>, Vec<usize>)> = None;
    walking("itertools.permutations", move |context| {
        context.check()?;
        let (order, _) = match &mut state {
            None if r > n => return Ok(None),
            None => state.insert(((0..n).collect(), (0..r).map(|at| n - at).collect())),
            Some(state) => {
                let (order, left) = &mut *state;
                let mut at = r;
                loop {
                    if at == 0 {
                        return Ok(None);
                    }
                    at -= 1;
                    left[at] -= 1;
                    if left[at] == 0 {
                        order[at..].rotate_left(1);
                        left[at] = n - at;
                    } else {
                        let other = n - left[at];
                        order.swap(at, other);
                        break;
                    }
                }
                state
            }
        };
        Ok(taken(&items, &order[..r]))
    })
}
