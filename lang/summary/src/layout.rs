//! Where the nodes of a graph stand, in layers.
//!
//! Data flows from layer to layer. Within a layer the order is the one with few crossings, and every node stands as near to the
//! middle of its neighbours as the others let it. What a layer is drawn as (a row of boxes, a column of circles) is not known
//! here: a place is a whole number of whatever unit the caller counts in.
//!
//! An edge over several layers is cut into links from one layer to the next, with a joint in each layer that it passes.

mod order;
mod place;
mod rank;

pub(crate) use rank::ranks;

/// Beyond this many joints, long edges are not led round other nodes.
const MOST_JOINTS: usize = 20_000;

/// A graph in layers.
#[derive(Debug)]
pub(crate) struct Layout {
    /// How many of the items are nodes; the rest are joints of long edges.
    pub n_nodes: usize,
    /// Nodes first, by their position in the graph.
    pub items: Vec<Item>,
    /// Items of each layer, in their order; data flows from the first layer to the last.
    pub layers: Vec<Vec<usize>>,
    /// The way of each edge.
    pub ways: Vec<Way>,
}

/// Something that takes room in a layer.
#[derive(Debug)]
pub(crate) struct Item {
    /// The layer it stands in.
    pub layer: usize,
    /// Items of earlier layers that are linked to it.
    pub before: Vec<usize>,
    /// Items of later layers that it is linked to.
    pub after: Vec<usize>,
}

/// The way of an edge through the layers.
#[derive(Debug)]
pub(crate) struct Way {
    /// From a node over joints to a node.
    pub items: Vec<usize>,
    /// Whether data flows against the layers: it closes a cycle.
    pub backwards: bool,
}

impl Layout {
    /// Puts nodes into layers and orders each layer. Edges to nowhere, to itself and twice the same are left out.
    pub fn new(n_nodes: usize, edges: &[(usize, usize)]) -> Layout {
        let ranked = rank::ranked(n_nodes, edges);
        let n_layers = ranked.ranks.iter().max().map_or(0, |last| last + 1);
        let mut items: Vec<Item> =
            ranked.ranks.iter().map(|&layer| Item { layer, before: Vec::new(), after: Vec::new() }).collect();
        let spans = ranked.edges.iter().map(|&(from, to, _)| ranked.ranks[to] - ranked.ranks[from]);
        let with_joints = spans.map(|span| span.saturating_sub(1)).sum::<usize>() <= MOST_JOINTS;
        let mut ways = Vec::with_capacity(ranked.edges.len());
        for &(from, to, backwards) in &ranked.edges {
            let mut way = vec![from];
            if with_joints {
                for layer in ranked.ranks[from] + 1..ranked.ranks[to] {
                    way.push(items.len());
                    items.push(Item { layer, before: Vec::new(), after: Vec::new() });
                }
            }
            way.push(to);
            for pair in way.windows(2) {
                items[pair[0]].after.push(pair[1]);
                items[pair[1]].before.push(pair[0]);
            }
            ways.push(Way { items: way, backwards });
        }
        let layers = order::ordered(&items, n_layers, n_nodes);
        Layout { n_nodes, items, layers, ways }
    }

    /// The middle of each item, if it is as broad as `breadth` says and has `gap` between it and the next.
    pub fn places(&self, breadth: &[i64], gap: i64) -> Vec<i64> {
        place::places(self, breadth, gap)
    }
}
