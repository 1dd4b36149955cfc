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

/// Whether every tag is closed in its order, and nothing that XML forbids stands between them.
pub fn is_well_formed(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>').map(|end| start + end) else { return false };
        let (between, tag) = (&rest[..start], &rest[start + 1..end]);
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        let escaped = |text: &str| {
            text.match_indices('&').all(|(place, _)| entities.iter().any(|known| text[place..].starts_with(known)))
        };
        if between.contains('>') || !escaped(between) || !escaped(tag) || tag.matches('"').count() % 2 == 1 {
            return false;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        match tag.strip_prefix('/') {
            Some(closed) if open.pop() != Some(closed) => return false,
            Some(_) => {}
            None if tag.ends_with('/') => {}
            None => open.push(name),
        }
        rest = &rest[end + 1..];
    }
    let allowed = |letter: char| letter == '\n' || !letter.is_control();
    open.is_empty() && rest == "\n" && text.chars().all(allowed) && !text.contains("NaN") && !text.contains("inf\"")
}
