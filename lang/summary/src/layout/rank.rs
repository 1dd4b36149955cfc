//! In which layer a node stands.

/// Layers of nodes, and edges that all lead to a later layer.
pub(super) struct Ranked {
    /// The layer of each node.
    pub ranks: Vec<usize>,
    /// From, to, and whether it was turned round because it closes a cycle.
    pub edges: Vec<(usize, usize, bool)>,
}

/// The layer of each node: behind everything that it needs, and as near to its users as that allows.
pub(crate) fn ranks(n_nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    ranked(n_nodes, edges).ranks
}

pub(super) fn ranked(n_nodes: usize, edges: &[(usize, usize)]) -> Ranked {
    let mut edges: Vec<(usize, usize)> =
        edges.iter().copied().filter(|&(from, to)| from != to && from < n_nodes && to < n_nodes).collect();
    let mut seen = rustc_hash::FxHashSet::default();
    edges.retain(|edge| seen.insert(*edge));

    let users = adjacent(n_nodes, edges.iter().copied());
    let finished = finishing_order(&users);
    let mut position = vec![0; n_nodes];
    for (place, &node) in finished.iter().rev().enumerate() {
        position[node] = place;
    }
    // What leads back in the order closes a cycle, and is turned round.
    let turned: Vec<(usize, usize, bool)> = edges
        .iter()
        .map(|&(from, to)| if position[from] < position[to] { (from, to, false) } else { (to, from, true) })
        .collect();
    let users = adjacent(n_nodes, turned.iter().map(|&(from, to, _)| (from, to)));
    let mut n_inputs = vec![0; n_nodes];
    for &(_, to, _) in &turned {
        n_inputs[to] += 1;
    }

    let mut ranks = vec![0; n_nodes];
    for &node in finished.iter().rev() {
        for &user in &users[node] {
            ranks[user] = ranks[user].max(ranks[node] + 1);
        }
    }
    // Fewer inputs than users: its edges get shorter if it moves towards its users.
    for &node in &finished {
        if let Some(nearest) = users[node].iter().map(|&user| ranks[user]).min()
            && n_inputs[node] < users[node].len()
        {
            ranks[node] = nearest - 1;
        }
    }
    Ranked { ranks, edges: turned }
}

fn adjacent(n_nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); n_nodes];
    for (from, to) in edges {
        lists[from].push(to);
    }
    lists
}

/// Nodes in the order in which a depth-first walk leaves them: users before what they use, except in cycles.
fn finishing_order(users: &[Vec<usize>]) -> Vec<usize> {
    let mut visited = vec![false; users.len()];
    let mut finished = Vec::with_capacity(users.len());
    let mut stack: Vec<(usize, usize)> = Vec::new();
    for start in 0..users.len() {
        if std::mem::replace(&mut visited[start], true) {
            continue;
        }
        stack.push((start, 0));
        while let Some((node, next)) = stack.last_mut() {
            match users[*node].get(*next) {
                Some(&user) => {
                    *next += 1;
                    if !std::mem::replace(&mut visited[user], true) {
                        stack.push((user, 0));
                    }
                }
                None => {
                    finished.push(*node);
                    stack.pop();
                }
            }
        }
    }
    finished
}
