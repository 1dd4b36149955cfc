//! Arrays and graphs in a few words, for tests.
#![allow(dead_code)] // Each test takes what it needs.

use rdk_summary::{Diagram, Direction, Node, NodeShape};

/// How many chunks of which size, for each dimension.
pub fn chunks(sizes: &[(u64, usize)]) -> Vec<Vec<Option<u64>>> {
    sizes.iter().map(|&(size, count)| vec![Some(size); count]).collect()
}

/// A graph in a few words: `inc1 inc2 -> add; …`, names without their digits are the labels.
pub fn graph(text: &str, direction: Direction) -> Diagram {
    let mut names: Vec<&str> = Vec::new();
    let mut edges = Vec::new();
    for part in text.split(';') {
        let mut before: Vec<usize> = Vec::new();
        for names_of in part.split("->") {
            let now: Vec<usize> = names_of
                .split_whitespace()
                .map(|name| {
                    names.iter().position(|known| *known == name).unwrap_or_else(|| {
                        names.push(name);
                        names.len() - 1
                    })
                })
                .collect();
            before.iter().for_each(|&from| now.iter().for_each(|&to| edges.push((from, to))));
            before = now;
        }
    }
    let node = |name: &str| Node {
        label: name.trim_matches(|letter: char| letter.is_ascii_digit()).to_string(),
        shape: if name.starts_with(char::is_uppercase) { NodeShape::Data } else { NodeShape::Task },
        count: 1,
    };
    Diagram { nodes: names.into_iter().map(node).collect(), edges, direction }
}
