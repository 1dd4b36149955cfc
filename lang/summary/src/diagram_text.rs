//! A task graph, drawn for a terminal.

use rustc_hash::FxHashMap;

use crate::Diagram;
use crate::text::TextOptions;

/// A graph as text.
pub(crate) fn draw(diagram: &Diagram, options: &TextOptions) -> String {
    let _ = options;
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    let mut names = Vec::new();
    for node in &diagram.nodes {
        let count = counts.entry(&node.label).or_insert_with(|| {
            names.push(node.label.as_str());
            0
        });
        *count += node.count;
    }
    names.iter().map(|name| format!("{} × {name}", counts[name])).collect::<Vec<_>>().join(" → ")
}
