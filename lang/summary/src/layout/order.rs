//! The order within a layer: neighbours near each other, few crossings.
//!
//! A walk from the results to what they need gives the first order, which for a tree is already without crossings. Then the layers are
//! gone through forwards and backwards: each is sorted by the mean place of its neighbours, and two that stand side by side
//! change places if that takes a crossing away. The best order seen is kept.

use super::Item;

/// How often the layers are gone through, forwards and backwards.
const SWEEPS: usize = 4;

/// How often neighbours of a layer are compared, at most, before the next layer.
const SWAPS: usize = 8;

/// Beyond this many links the first order has to do.
const MOST_LINKS: usize = 100_000;

pub(super) fn ordered(items: &[Item], n_layers: usize, n_nodes: usize) -> Vec<Vec<usize>> {
    let mut layers = walked(items, n_layers, n_nodes);
    let n_links: usize = items.iter().map(|item| item.after.len()).sum();
    if n_links > MOST_LINKS {
        return layers;
    }
    let mut position = vec![0; items.len()];
    layers.iter().for_each(|layer| number(layer, &mut position));
    let mut best = layers.clone();
    let mut fewest = crossings(items, &layers, &position);
    for _ in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        for layer in &mut layers {
            sort(layer, &mut position, |item| &items[item].before);
            swap(layer, &mut position, items);
        }
        for layer in layers.iter_mut().rev() {
            sort(layer, &mut position, |item| &items[item].after);
            swap(layer, &mut position, items);
        }
        let now = crossings(items, &layers, &position);
        if now < fewest {
            fewest = now;
            best.clone_from(&layers);
        }
    }
    best
}

/// Items in the order in which a walk from the last layers comes upon them, arguments first to last.
fn walked(items: &[Item], n_layers: usize, n_nodes: usize) -> Vec<Vec<usize>> {
    let mut layers = vec![Vec::new(); n_layers];
    let mut visited = vec![false; items.len()];
    let mut stack = Vec::new();
    let results = (0..n_nodes).filter(|&node| items[node].after.is_empty());
    for start in results.chain(0..n_nodes) {
        stack.push(start);
        while let Some(item) = stack.pop() {
            if !std::mem::replace(&mut visited[item], true) {
                layers[items[item].layer].push(item);
                stack.extend(items[item].before.iter().rev().filter(|before| !visited[**before]));
            }
        }
    }
    layers
}

fn number(layer: &[usize], position: &mut [usize]) {
    for (place, &item) in layer.iter().enumerate() {
        position[item] = place;
    }
}

/// Sorts by the mean place of neighbours; what has none stays about where it is.
fn sort<'a>(layer: &mut [usize], position: &mut [usize], neighbours: impl Fn(usize) -> &'a Vec<usize>) {
    let mut keyed: Vec<(f64, usize)> = layer
        .iter()
        .map(|&item| {
            let list = neighbours(item);
            let sum: usize = list.iter().map(|&other| position[other]).sum();
            (if list.is_empty() { position[item] as f64 } else { sum as f64 / list.len() as f64 }, item)
        })
        .collect();
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (slot, (_, item)) in layer.iter_mut().zip(keyed) {
        *slot = item;
    }
    number(layer, position);
}

/// Lets items that stand side by side change places where that takes crossings away.
fn swap(layer: &mut [usize], position: &mut [usize], items: &[Item]) {
    let sorted = |list: &[usize]| {
        let mut places: Vec<usize> = list.iter().map(|&other| position[other]).collect();
        places.sort_unstable();
        places
    };
    let mut around: Vec<[Vec<usize>; 2]> =
        layer.iter().map(|&item| [sorted(&items[item].before), sorted(&items[item].after)]).collect();
    for _ in 0..SWAPS {
        let mut changed = false;
        for left in 1..layer.len() {
            let (one, other) = (&around[left - 1], &around[left]);
            let cost = |one: &[Vec<usize>; 2], other: &[Vec<usize>; 2]| inversions(one, other);
            if cost(one, other) > cost(other, one) {
                layer.swap(left - 1, left);
                around.swap(left - 1, left);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    number(layer, position);
}

/// How many links of two items cross if `one` stands left of `other`.
fn inversions(one: &[Vec<usize>; 2], other: &[Vec<usize>; 2]) -> usize {
    one.iter().zip(other).map(|(mine, theirs)| crossing_pairs(mine, theirs)).sum()
}

/// Pairs of places where the one of `left` is greater; both lists are sorted.
fn crossing_pairs(left: &[usize], right: &[usize]) -> usize {
    let mut smaller = 0;
    let mut pairs = 0;
    for place in left {
        while smaller < right.len() && right[smaller] < *place {
            smaller += 1;
        }
        pairs += smaller;
    }
    pairs
}

/// How many links cross, counted with a tree of sums over the places of the next layer.
fn crossings(items: &[Item], layers: &[Vec<usize>], position: &[usize]) -> usize {
    let mut total = 0;
    for (index, layer) in layers.iter().enumerate() {
        let width = layers.get(index + 1).map_or(0, Vec::len);
        let mut sums = vec![0usize; width + 1];
        let mut seen = 0;
        for &item in layer {
            // Links that were left long have no place in the next layer.
            let mut places: Vec<usize> = items[item]
                .after
                .iter()
                .filter(|&&after| items[after].layer == index + 1)
                .map(|&after| position[after])
                .collect();
            places.sort_unstable();
            for &place in &places {
                let mut not_greater = 0;
                let mut node = place + 1;
                while node > 0 {
                    not_greater += sums[node];
                    node &= node - 1;
                }
                total += seen - not_greater;
            }
            for &place in &places {
                let mut node = place + 1;
                while node <= width {
                    sums[node] += 1;
                    node += node & node.wrapping_neg();
                }
            }
            seen += places.len();
        }
    }
    total
}
