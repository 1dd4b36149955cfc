//! Where in its layer an item stands: in the middle of its neighbours, as far as the items beside it allow.
//!
//! For one layer that is a small problem with an exact answer: the places nearest to the wished ones that keep the order and the
//! distances. Going through the layers forwards and backwards brings them together.

use super::Layout;

/// How often the layers are gone through; odd, so that the first and the last time go the same way.
const SWEEPS: usize = 9;

pub(super) fn places(layout: &Layout, breadth: &[i64], gap: i64) -> Vec<i64> {
    let n_items = layout.items.len();
    let half = |item: usize| breadth.get(item).copied().unwrap_or(0).max(0) as f64 / 2.0;
    let apart = |left: usize, right: usize| half(left) + half(right) + gap as f64;
    let mut places = vec![0.0; n_items];
    for layer in &layout.layers {
        for pair in layer.windows(2) {
            places[pair[1]] = places[pair[0]] + apart(pair[0], pair[1]);
        }
    }
    let n_layers = layout.layers.len();
    // What has been settled last is settled best: where lines come together, they should meet in the middle.
    let joining = layout.items.iter().filter(|item| item.before.len() > 1).count();
    let parting = layout.items.iter().filter(|item| item.after.len() > 1).count();
    for sweep in 0..SWEEPS {
        let forwards = (sweep % 2 == 0) == (joining >= parting);
        for step in 0..n_layers {
            let layer = &layout.layers[if forwards { step } else { n_layers - 1 - step }];
            let near = |item: usize| {
                let item = &layout.items[item];
                if forwards { &item.before } else { &item.after }
            };
            let wishes: Vec<(f64, f64)> = layer.iter().map(|&item| wish(layout, &places, item, near(item))).collect();
            settle(layer, &wishes, &apart, &mut places);
        }
    }
    whole(layout, &places, breadth, gap)
}

/// The place an item would like best, and how much it cares.
fn wish(layout: &Layout, places: &[f64], item: usize, others: &[usize]) -> (f64, f64) {
    let (mut sum, mut total) = (0.0, 0.0);
    for &other in others {
        // A long edge should be straight more than a short one.
        let weight = match (is_joint(layout, item), is_joint(layout, other)) {
            (true, true) => 8.0,
            (true, false) | (false, true) => 2.0,
            (false, false) => 1.0,
        };
        sum += weight * places[other];
        total += weight;
    }
    if total > 0.0 { (sum / total, total) } else { (places[item], 0.1) }
}

fn is_joint(layout: &Layout, item: usize) -> bool {
    item >= layout.n_nodes
}

/// Moves the items of a layer as near to their wishes as their order and distances allow.
///
/// Items that would come too near each other form a block, which stands where its members wish on average.
fn settle(layer: &[usize], wishes: &[(f64, f64)], apart: &impl Fn(usize, usize) -> f64, places: &mut [f64]) {
    struct Block {
        wish: f64,
        weight: f64,
        length: usize,
    }
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    let mut blocks: Vec<Block> = Vec::new();
    for (index, &(wish, weight)) in wishes.iter().enumerate() {
        if index > 0 {
            offset += apart(layer[index - 1], layer[index]);
        }
        offsets.push(offset);
        let mut block = Block { wish: wish - offset, weight, length: 1 };
        while let Some(before) = blocks.pop_if(|before| before.wish >= block.wish) {
            let weight = before.weight + block.weight;
            block.wish = (before.wish * before.weight + block.wish * block.weight) / weight;
            block.weight = weight;
            block.length += before.length;
        }
        blocks.push(block);
    }
    let mut index = 0;
    for block in blocks {
        for _ in 0..block.length {
            places[layer[index]] = block.wish + offsets[index];
            index += 1;
        }
    }
}

/// Places as whole numbers, the leftmost edge at 0.
fn whole(layout: &Layout, places: &[f64], breadth: &[i64], gap: i64) -> Vec<i64> {
    let breadth = |item: usize| breadth.get(item).copied().unwrap_or(0).max(0);
    let left_edge = |item: usize, place: i64| place - breadth(item) / 2;
    let mut rounded: Vec<i64> = places.iter().map(|place| (place - 0.25).round() as i64).collect();
    for layer in &layout.layers {
        let mut free = i64::MIN;
        for &item in layer {
            rounded[item] = rounded[item].max(free.saturating_add(breadth(item) / 2));
            free = left_edge(item, rounded[item]) + breadth(item) + gap;
        }
    }
    let leftmost = (0..rounded.len()).map(|item| left_edge(item, rounded[item])).min().unwrap_or(0);
    rounded.iter_mut().for_each(|place| *place -= leftmost);
    rounded
}
