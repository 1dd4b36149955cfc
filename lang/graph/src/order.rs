//! The order in which tasks run.
//!
//! Several tasks may be ready at once. We take the one that lets us drop the most data soonest:
//!
//! ```text
//! load ─┬─ a ─ sum        load a b sum max   `a` and `b` wait together in memory
//!       └─ b ─ max        load a sum b max   `a` is gone before `b` exists
//! ```
//!
//! From each output in turn we walk down to what it still lacks, the heaviest branch first, so that its intermediate
//! data is gone before the other branches exist. Whenever a task has got its place we look up: a user that has all it
//! needs, and that gives back at least what it takes, comes at once, even if it belongs to another output. That is what
//! finishes `max` of a chunk right after its `sum`, before the next chunk is loaded:
//!
//! ```text
//! x0 ─┬─ sum0 ─── sum      x0 sum0 max0 x1 sum1 max1 sum max
//! x1 ─┼─ sum1 ──┘
//!     └─ max0, max1 ─ max
//! ```
//!
//! Every task and every edge is looked at a fixed number of times.

use crate::cull::Needed;

/// The positions of all tasks, in the order in which they should run.
pub fn order(needed: &Needed) -> Vec<u32> {
    let mut walk = Walk::new(needed);
    for &output in &needed.outputs {
        walk.finish(output);
    }
    walk.order
}

/// Users of one piece of data that may all come at once though nothing says how much they make.
const FEW: usize = 4;

struct Walk<'a> {
    needed: &'a Needed,
    order: Vec<u32>,
    placed: Vec<bool>,
    /// Bytes of each result; 1 where nobody knows, so that data is at least counted; 0 where it exists anyway.
    weight: Vec<u64>,
    /// What is left of a task's result after the steps that can follow it at once.
    settled: Vec<u64>,
    /// What placing this task lets go: the inputs of which it is the last user.
    frees: Vec<u64>,
    /// How many inputs have no place yet.
    missing: Vec<u32>,
    /// How many users have no place yet, and their positions combined by xor: with one left, its position.
    users_left: Vec<u32>,
    users_mixed: Vec<u32>,
    /// The inputs of every task, heaviest branch first.
    branches: Vec<u32>,
    branches_start: Vec<u32>,
    path: Vec<(u32, u32)>,
    eager: Vec<u32>,
}

impl<'a> Walk<'a> {
    fn new(needed: &'a Needed) -> Walk<'a> {
        let n = needed.len();
        let positions = 0..n as u32;
        let weight: Vec<u64> = (0..n)
            .map(|at| if needed.at_hand[at] { 0 } else { needed.costs[at].output.clamp(1, u64::MAX >> 24) })
            .collect();

        let mut settled = weight.clone();
        for at in positions.clone().rev() {
            if let [user] = *needed.users(at)
                && !needed.is_output[at as usize]
                && needed.inputs(user).len() == 1
            {
                settled[at as usize] = weight[at as usize].min(settled[user as usize]);
            }
        }

        // The most that is in memory at once while a branch is made, as if no branch shared anything.
        let mut peak = vec![0u64; n];
        let mut branches = Vec::new();
        let mut branches_start = Vec::with_capacity(n + 1);
        for at in positions.clone() {
            let start = branches.len();
            branches_start.push(start as u32);
            branches.extend_from_slice(needed.inputs(at));
            let own = &mut branches[start..];
            let extra = |input: u32| peak[input as usize] - weight[input as usize];
            if own.windows(2).any(|pair| extra(pair[0]) < extra(pair[1])) {
                own.sort_by_key(|&input| std::cmp::Reverse(extra(input)));
            }
            let (mut held, mut most) = (0u64, 0u64);
            for &input in own.iter() {
                most = most.max(held.saturating_add(peak[input as usize]));
                held = held.saturating_add(weight[input as usize]);
            }
            peak[at as usize] = most.max(held.saturating_add(weight[at as usize]));
        }
        branches_start.push(branches.len() as u32);

        Walk {
            needed,
            order: Vec::with_capacity(n),
            placed: vec![false; n],
            weight,
            settled,
            frees: vec![0; n],
            missing: positions.clone().map(|at| needed.inputs(at).len() as u32).collect(),
            users_left: positions.clone().map(|at| needed.users(at).len() as u32).collect(),
            users_mixed: positions.map(|at| needed.users(at).iter().fold(0, |mixed, user| mixed ^ user)).collect(),
            branches,
            branches_start,
            path: Vec::new(),
            eager: Vec::new(),
        }
    }

    /// Places this task after everything that it needs.
    fn finish(&mut self, goal: u32) {
        self.path.push((goal, self.branches_start[goal as usize]));
        while let Some((at, next)) = self.path.last_mut() {
            let at = *at;
            if self.placed[at as usize] {
                self.path.pop();
            } else if *next < self.branches_start[at as usize + 1] {
                let input = self.branches[*next as usize];
                *next += 1;
                if !self.placed[input as usize] {
                    self.path.push((input, self.branches_start[input as usize]));
                }
            } else {
                self.path.pop();
                self.place(at);
                while let Some(user) = self.eager.pop() {
                    if !self.placed[user as usize] {
                        self.place(user);
                    }
                }
            }
        }
    }

    fn place(&mut self, at: u32) {
        let here = at as usize;
        self.order.push(at);
        self.placed[here] = true;
        let before = self.eager.len();

        for &user in self.needed.users(at) {
            self.missing[user as usize] -= 1;
        }
        match *self.needed.users(at) {
            [] => {}
            [user] => {
                if !self.needed.is_output[here] {
                    self.frees[user as usize] += self.weight[here];
                }
                self.consider(user);
            }
            ref users => {
                users.iter().for_each(|&user| self.consider(user));
                self.consider_together(at, users);
            }
        }
        for &input in self.needed.inputs(at) {
            let from = input as usize;
            self.users_left[from] -= 1;
            self.users_mixed[from] ^= at;
            if self.users_left[from] == 1 && !self.needed.is_output[from] {
                let last = self.users_mixed[from];
                self.frees[last as usize] += self.weight[from];
                self.consider(last);
            }
        }
        // The first one found comes first.
        self.eager[before..].reverse();
    }

    /// A user that has all it needs comes at once if memory does not grow by it.
    fn consider(&mut self, user: u32) {
        let user_at = user as usize;
        if self.missing[user_at] == 0 && !self.placed[user_at] && self.settled[user_at] <= self.frees[user_at] {
            self.eager.push(user);
        }
    }

    /// All users of something come at once if they are smaller together than what they let go.
    fn consider_together(&mut self, at: u32, users: &[u32]) {
        let here = at as usize;
        if self.needed.is_output[here] || self.needed.at_hand[here] {
            return;
        }
        let mut taken = 0u64;
        for &user in users {
            if self.missing[user as usize] != 0 {
                return;
            }
            taken = taken.saturating_add(self.settled[user as usize]);
        }
        let unknown = self.needed.costs[here].output == 0 && users.len() <= FEW;
        if unknown || taken <= self.weight[here] {
            self.eager.extend(users.iter().filter(|user| !self.placed[**user as usize]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::{Plain, drawn, letters, plain};

    fn check(drawing: &str, expected: &str) {
        let (needed, names) = drawn(drawing, &[]);
        assert_eq!(letters(&needed, &names, &order(&needed)), expected, "{drawing}");
    }

    /// The most bytes that are in memory at once, without the results asked for.
    fn peak(tasks: &Plain, outputs: &[usize]) -> u64 {
        let needed = plain(tasks, outputs);
        let order = order(&needed);
        let mut users_left: Vec<usize> = (0..needed.len() as u32).map(|at| needed.users(at).len()).collect();
        let (mut held, mut peak) = (0, 0);
        let mut placed = vec![false; needed.len()];
        for &at in &order {
            assert!(needed.inputs(at).iter().all(|&input| placed[input as usize]), "inputs come first");
            assert!(!std::mem::replace(&mut placed[at as usize], true), "each comes once");
            let bytes =
                |at: u32| if needed.is_output[at as usize] { 0 } else { needed.costs[at as usize].output.max(1) };
            held += bytes(at);
            peak = peak.max(held);
            for &input in needed.inputs(at) {
                users_left[input as usize] -= 1;
                if users_left[input as usize] == 0 {
                    held -= bytes(input);
                }
            }
        }
        assert_eq!(order.len(), needed.len());
        peak
    }

    /// A tree over these, each step over so many.
    fn tree(tasks: &mut Plain, mut level: Vec<usize>, width: usize, bytes: u64) -> usize {
        while level.len() > 1 {
            level = level
                .chunks(width)
                .map(|inputs| {
                    tasks.push((inputs.to_vec(), bytes));
                    tasks.len() - 1
                })
                .collect();
        }
        level[0]
    }

    fn add(tasks: &mut Plain, inputs: &[usize], bytes: u64) -> usize {
        tasks.push((inputs.to_vec(), bytes));
        tasks.len() - 1
    }

    #[test]
    fn a_branch_is_finished_before_the_next_begins() {
        check("load -> a -> sum; load -> b -> max", "load a sum b max");
        check("a -> b -> c; d -> e -> f", "a b c d e f");
        check("a -> x; b -> x; c -> y; d -> y; x y -> z", "a b x c d y z");
    }

    #[test]
    fn the_heavier_branch_comes_first() {
        check("a:1 -> sum; x:100 -> y:1 -> sum", "x y a sum");
        check("x:100 -> y:1 -> sum; a:1 -> sum", "x y a sum");
    }

    #[test]
    fn what_is_ready_and_lets_data_go_comes_at_once() {
        // Each chunk is summed and searched before the next one is loaded.
        check("x0 -> s0 -> sum; x1 -> s1 -> sum; x0 -> m0 -> max; x1 -> m1 -> max", "x0 s0 m0 x1 s1 sum m1 max");
        // The transposed pair goes together though the outputs lie far apart.
        check("a -> p; b -> p; c -> q; c -> r; b -> s; a -> s", "a b p s c q r");
    }

    #[test]
    fn a_reduction_holds_one_chunk_a_level() {
        for width in [2, 4, 16] {
            let mut tasks = Plain::new();
            let leaves = (0..4096).map(|_| add(&mut tasks, &[], 1)).collect();
            let root = tree(&mut tasks, leaves, width, 1);
            let levels = (4096f64.log2() / (width as f64).log2()).ceil() as u64;
            assert!(peak(&tasks, &[root]) <= levels * (width as u64 - 1) + 2, "{width}");
        }
    }

    #[test]
    fn several_reductions_read_their_source_once() {
        for (source, part) in [(1000, 1), (0, 0), (8, 8)] {
            for reductions in [2, 3] {
                let mut tasks = Plain::new();
                let leaves: Vec<usize> = (0..256).map(|_| add(&mut tasks, &[], source)).collect();
                let roots: Vec<usize> = (0..reductions)
                    .map(|_| {
                        let parts = leaves.iter().map(|&leaf| add(&mut tasks, &[leaf], part)).collect();
                        tree(&mut tasks, parts, 4, part)
                    })
                    .collect();
                // With parts as large as the source and more than two reductions nothing is won by going on at once.
                if reductions == 2 || part < 8 {
                    let most = peak(&tasks, &roots);
                    assert!(most <= 2 * source.max(1) + 60 * part.max(1), "{source} {reductions}: {most}");
                }
            }
        }
    }

    #[test]
    fn an_array_and_its_transpose_meet_early() {
        let n = 12;
        let mut tasks = Plain::new();
        let x: Vec<usize> = (0..n * n).map(|_| add(&mut tasks, &[], 1)).collect();
        let turned: Vec<usize> = (0..n * n).map(|at| add(&mut tasks, &[x[at]], 1)).collect();
        let pair = |at: usize| [x[at], turned[at % n * n + at / n]];
        let sums: Vec<usize> = (0..n * n).map(|at| add(&mut tasks, &pair(at), 1)).collect();
        assert!(peak(&tasks, &sums) <= 5);
        let root = tree(&mut tasks, sums, 4, 1);
        // Sums of a later row wait for their neighbours.
        assert!(peak(&tasks, &[root]) <= 5 + (n * n) as u64 / 2);
    }

    #[test]
    fn less_the_mean_gives_back_each_chunk_with_its_use() {
        let n = 100;
        let mut tasks = Plain::new();
        let x: Vec<usize> = (0..n).map(|_| add(&mut tasks, &[], 8)).collect();
        let parts = x.iter().map(|&chunk| add(&mut tasks, &[chunk], 1)).collect();
        let mean = tree(&mut tasks, parts, 4, 1);
        let less: Vec<usize> = x.iter().map(|&chunk| add(&mut tasks, &[chunk, mean], 8)).collect();
        let total = tree(&mut tasks, less, 4, 8);
        // All chunks wait for the mean; nothing else does.
        assert!(peak(&tasks, &[total]) <= 8 * n as u64 + 110);
    }

    #[test]
    fn two_sources_are_read_side_by_side() {
        let mut tasks = Plain::new();
        let sums: Vec<usize> = {
            let first: Vec<usize> = (0..500).map(|_| add(&mut tasks, &[], 1)).collect();
            let second: Vec<usize> = (0..500).map(|_| add(&mut tasks, &[], 1)).collect();
            first.iter().zip(&second).map(|(&a, &b)| add(&mut tasks, &[a, b], 1)).collect()
        };
        assert!(peak(&tasks, &sums) <= 3);
        let root = tree(&mut tasks, sums, 8, 1);
        assert!(peak(&tasks, &[root]) <= 8 * 3 + 3);
    }

    #[test]
    fn long_chains_need_no_deep_stack() {
        let mut tasks = Plain::new();
        let mut last = add(&mut tasks, &[], 1);
        for _ in 0..200_000 {
            last = add(&mut tasks, &[last], 1);
        }
        assert!(peak(&tasks, &[last]) <= 2);
    }
}
