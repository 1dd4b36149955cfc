//! Only what the outputs need: everything else is left out before the order is made.
//!
//! What comes out is dense: tasks are counted `0..len`, inputs before users, each list of neighbours without repeats.

use crate::{Cost, Payload, Task, TaskId};

/// The part of a graph that has to be looked at, by position.
#[derive(Clone, Debug, Default)]
pub struct Needed {
    /// Which task of the graph stands here.
    pub tasks: Vec<TaskId>,
    /// What it is expected to need.
    pub costs: Vec<Cost>,
    /// Its result was asked for.
    pub is_output: Vec<bool>,
    /// Its result is there already; it has no inputs here.
    pub at_hand: Vec<bool>,
    /// The positions of the outputs, in the order in which they were asked for, without repeats.
    pub outputs: Vec<u32>,
    inputs: Lists,
    users: Lists,
}

impl Needed {
    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whose results this task needs.
    #[inline]
    pub fn inputs(&self, at: u32) -> &[u32] {
        self.inputs.get(at)
    }

    /// Who needs the result of this task.
    #[inline]
    pub fn users(&self, at: u32) -> &[u32] {
        self.users.get(at)
    }

    /// The same tasks, counted in this order.
    pub fn arranged(self, order: &[u32]) -> Needed {
        let mut place = vec![0; order.len()];
        for (to, &from) in order.iter().enumerate() {
            place[from as usize] = to as u32;
        }
        let mut inputs = Lists::with_capacity(order.len(), self.inputs.items.len());
        for &from in order {
            inputs.push(self.inputs.get(from).iter().map(|&input| place[input as usize]));
        }
        Needed {
            tasks: order.iter().map(|&from| self.tasks[from as usize]).collect(),
            costs: order.iter().map(|&from| self.costs[from as usize]).collect(),
            is_output: order.iter().map(|&from| self.is_output[from as usize]).collect(),
            at_hand: order.iter().map(|&from| self.at_hand[from as usize]).collect(),
            outputs: self.outputs.iter().map(|&output| place[output as usize]).collect(),
            users: inputs.turned(),
            inputs,
        }
    }
}

/// Finds what the outputs need. What is at hand already is not looked behind; it is given back with its position.
pub fn cull(
    tasks: &[Task],
    outputs: &[TaskId],
    mut at_hand: impl FnMut(TaskId, &Task) -> Option<Payload>,
) -> (Needed, Vec<(u32, Payload)>) {
    let end = outputs.iter().map(|output| output.0 as usize + 1).max().unwrap_or(0);
    let mut wanted = vec![false; end];
    for output in outputs {
        wanted[output.0 as usize] = true;
    }
    // Inputs stand before users, so one walk from the end sees every user before what it uses.
    let mut found = Vec::new();
    let (mut count, mut edges) = (0, 0);
    for at in (0..end).rev() {
        if !wanted[at] {
            continue;
        }
        count += 1;
        match at_hand(TaskId(at as u32), &tasks[at]) {
            Some(payload) => found.push((at as u32, payload)),
            None => {
                edges += tasks[at].inputs.len();
                for input in &tasks[at].inputs {
                    wanted[input.0 as usize] = true;
                }
            }
        }
    }

    let mut place = vec![u32::MAX; end];
    let mut needed = Needed {
        tasks: Vec::with_capacity(count),
        costs: Vec::with_capacity(count),
        is_output: vec![false; count],
        at_hand: vec![false; count],
        inputs: Lists::with_capacity(count, edges),
        ..Needed::default()
    };
    let mut ready = found.iter().rev().map(|(at, _)| *at as usize).peekable();
    let mut distinct = Vec::new();
    for at in (0..end).filter(|&at| wanted[at]) {
        let here = needed.tasks.len();
        place[at] = here as u32;
        needed.tasks.push(TaskId(at as u32));
        needed.costs.push(tasks[at].cost);
        distinct.clear();
        if ready.next_if_eq(&at).is_some() {
            needed.at_hand[here] = true;
        } else {
            distinct.extend(tasks[at].inputs.iter().map(|input| place[input.0 as usize]));
            remove_repeats(&mut distinct);
        }
        needed.inputs.push(distinct.iter().copied());
    }
    for output in outputs {
        let here = place[output.0 as usize];
        if !std::mem::replace(&mut needed.is_output[here as usize], true) {
            needed.outputs.push(here);
        }
    }
    needed.users = needed.inputs.turned();
    found.iter_mut().for_each(|(at, _)| *at = place[*at as usize]);
    (needed, found)
}

/// `x + x` needs `x` once. The order of the first mention stays.
fn remove_repeats(list: &mut Vec<u32>) {
    if list.len() <= 16 {
        let mut kept = 0;
        for at in 0..list.len() {
            if !list[..kept].contains(&list[at]) {
                list[kept] = list[at];
                kept += 1;
            }
        }
        list.truncate(kept);
    } else {
        let mut seen = rustc_hash::FxHashSet::default();
        list.retain(|&item| seen.insert(item));
    }
}

/// Many short lists in one piece of memory.
#[derive(Clone, Debug, Default)]
struct Lists {
    /// Where each list ends.
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    fn with_capacity(lists: usize, items: usize) -> Lists {
        Lists { ends: Vec::with_capacity(lists), items: Vec::with_capacity(items) }
    }

    fn push(&mut self, list: impl Iterator<Item = u32>) {
        self.items.extend(list);
        self.ends.push(self.items.len() as u32);
    }

    #[inline]
    fn get(&self, at: u32) -> &[u32] {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[start as usize..self.ends[at] as usize]
    }

    /// From who-needs-what to what-is-needed-by-whom.
    fn turned(&self) -> Lists {
        let mut ends = vec![0u32; self.ends.len()];
        for &item in &self.items {
            ends[item as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            // For now where the list starts; filling it moves this to where it ends.
            total += std::mem::replace(end, total);
        }
        let mut items = vec![0; self.items.len()];
        for at in 0..self.ends.len() as u32 {
            for &item in self.get(at) {
                let end = &mut ends[item as usize];
                items[*end as usize] = at;
                *end += 1;
            }
        }
        Lists { ends, items }
    }
}

#[cfg(test)]
mod tests {
    use crate::drawing::{drawn, letters};

    #[test]
    fn only_what_the_outputs_need() {
        let check = |drawing: &str, outputs: &[&str], expected: &str| {
            let (needed, names) = drawn(drawing, outputs);
            let all: Vec<u32> = (0..needed.len() as u32).collect();
            assert_eq!(letters(&needed, &names, &all), expected);
        };
        check("a -> b -> c; a -> d", &["c"], "a b c");
        check("a -> b -> c; a -> d", &["d"], "a d");
        check("a -> b; c -> d", &["d", "b"], "a b c d");
        check("a b -> c", &["a"], "a");
    }

    #[test]
    fn an_input_named_twice_is_one_input() {
        let (needed, _) = drawn("x x -> sum", &["sum"]);
        assert_eq!(needed.inputs(1), [0]);
        assert_eq!(needed.users(0), [1]);
    }
}
