//! How lines get from one layer to the next, when they are drawn in characters.
//!
//! Lines that mean the same share one rail across: all that leave the same nodes for the same users. Where lines of different
//! rails meet, one passes straight over the other, so nothing looks connected that is not.

use rustc_hash::FxHashMap;

use crate::layout::Layout;

/// Lines that share a rail: every source leads to every target.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    /// Items of the layer before.
    pub sources: Vec<usize>,
    /// Items of the layer behind.
    pub targets: Vec<usize>,
    /// Where the lines leave and arrive, in the same order as the items.
    pub leaves: Vec<i64>,
    /// See `leaves`.
    pub arrives: Vec<i64>,
    /// On which rail they cross over; none if the way is straight.
    pub rail: Option<usize>,
}

impl Net {
    /// From where to where its rail reaches.
    pub fn reach(&self) -> (i64, i64) {
        let ports = self.leaves.iter().chain(&self.arrives);
        (ports.clone().min().copied().unwrap_or(0), ports.max().copied().unwrap_or(0))
    }
}

/// The nets behind each layer, not yet laid.
pub(crate) fn nets(layout: &Layout) -> Vec<Vec<Net>> {
    let mut all = Vec::with_capacity(layout.layers.len());
    for next in layout.layers.iter().skip(1) {
        let mut by_sources: FxHashMap<Vec<usize>, Vec<usize>> = FxHashMap::default();
        for &target in next {
            let mut sources = layout.items[target].before.clone();
            sources.sort_unstable();
            if !sources.is_empty() {
                by_sources.entry(sources).or_default().push(target);
            }
        }
        let mut nets: Vec<Net> = by_sources
            .into_iter()
            .map(|(sources, targets)| Net { sources, targets, leaves: Vec::new(), arrives: Vec::new(), rail: None })
            .collect();
        nets.sort_by(|one, other| (&one.targets, &one.sources).cmp(&(&other.targets, &other.sources)));
        all.push(nets);
    }
    all.push(Vec::new());
    all
}

/// Where lines may touch an item: from, to, both included; and how far apart they have to be.
pub(crate) struct Sides<'a> {
    /// The room of an item.
    pub room: &'a dyn Fn(usize) -> (i64, i64),
    /// The middle of an item.
    pub middle: &'a dyn Fn(usize) -> i64,
    /// How far apart two lines are that leave the same item.
    pub apart: i64,
}

/// Decides where the lines of one layer leave and arrive, and on which rails they cross over. Answers how many rails there are;
/// `None` if the lines cannot be told apart in the room there is.
pub(crate) fn lay(nets: &mut [Net], sides: &Sides) -> Option<usize> {
    leave(nets, sides);
    arrive(nets, sides);
    for _ in 0..=nets.len() {
        let above = constraints(nets);
        match rails(nets, &above) {
            Ok(count) => return Some(count),
            Err(stuck) => sidestep(nets, &stuck, sides)?,
        }
    }
    None
}

/// Lines of different nets leave an item side by side, in the order of where they go.
fn leave(nets: &mut [Net], sides: &Sides) {
    let mut users: FxHashMap<usize, Vec<(f64, usize)>> = FxHashMap::default();
    for (index, net) in nets.iter().enumerate() {
        let sum: i64 = net.targets.iter().map(|&target| (sides.middle)(target)).sum();
        let goal = sum as f64 / net.targets.len().max(1) as f64;
        net.sources.iter().for_each(|&source| users.entry(source).or_default().push((goal, index)));
    }
    let mut ports: FxHashMap<(usize, usize), i64> = FxHashMap::default();
    for (source, mut list) in users {
        list.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let (from, to) = (sides.room)(source);
        let middle = (sides.middle)(source);
        let span = (list.len() as i64 - 1) * sides.apart;
        let first = (middle - (span + 1) / 2).min(to - span).max(from);
        let mut free = from;
        for (place, (_, net)) in list.iter().enumerate() {
            let behind = (list.len() - 1 - place) as i64 * sides.apart;
            let usual = first + place as i64 * sides.apart;
            // A line to a joint is straight if there is room for that; a box can be met beside its middle.
            let wish = match (&nets[*net].sources[..], &nets[*net].targets[..]) {
                ([_], [target]) if (sides.room)(*target).0 == (sides.room)(*target).1 => (sides.middle)(*target),
                _ => usual,
            };
            let port = wish.min(to - behind).max(free);
            free = port + sides.apart;
            ports.insert((source, *net), port);
        }
    }
    for (index, net) in nets.iter_mut().enumerate() {
        net.leaves =
            net.sources.iter().map(|&source| ports.get(&(source, index)).copied().unwrap_or_default()).collect();
    }
}

/// A line arrives in the middle, or straight below where it comes from if that is hardly beside it.
fn arrive(nets: &mut [Net], sides: &Sides) {
    for net in nets {
        net.arrives = net
            .targets
            .iter()
            .map(|&target| {
                let middle = (sides.middle)(target);
                let (from, to) = (sides.room)(target);
                match net.leaves[..] {
                    [only] if net.targets.len() == 1 && (from..=to).contains(&only) && (only - middle).abs() <= 2 => {
                        only
                    }
                    _ => middle,
                }
            })
            .collect();
    }
}

/// Which nets have to cross over before which others, because one leaves where the other arrives.
fn constraints(nets: &[Net]) -> Vec<Vec<usize>> {
    let mut leaving: FxHashMap<i64, usize> = FxHashMap::default();
    for (index, net) in nets.iter().enumerate() {
        net.leaves.iter().for_each(|&port| {
            leaving.insert(port, index);
        });
    }
    let mut above = vec![Vec::new(); nets.len()];
    for (index, net) in nets.iter().enumerate() {
        for port in &net.arrives {
            if let Some(&other) = leaving.get(port).filter(|other| **other != index) {
                above[index].push(other);
            }
        }
    }
    above
}

/// Gives every net that is not straight the first rail that is free, behind those it has to wait for.
/// `Err`: those that wait for each other.
fn rails(nets: &mut [Net], above: &[Vec<usize>]) -> Result<usize, Vec<usize>> {
    let mut laid = vec![false; nets.len()];
    let mut used: Vec<Vec<(i64, i64)>> = Vec::new();
    let mut left = nets.len();
    while left > 0 {
        let ready: Vec<usize> =
            (0..nets.len()).filter(|&net| !laid[net] && above[net].iter().all(|&other| laid[other])).collect();
        if ready.is_empty() {
            return Err((0..nets.len()).filter(|&net| !laid[net]).collect());
        }
        for net in ready {
            laid[net] = true;
            left -= 1;
            let (from, to) = nets[net].reach();
            if from == to {
                nets[net].rail = None;
                continue;
            }
            let first = above[net].iter().filter_map(|&other| nets[other].rail).map(|rail| rail + 1).max().unwrap_or(0);
            let free = |reaches: &Vec<(i64, i64)>| reaches.iter().all(|&(start, end)| to + 1 < start || end + 1 < from);
            let rail = (first..used.len()).find(|&rail| free(&used[rail])).unwrap_or(used.len().max(first));
            used.resize_with(used.len().max(rail + 1), Vec::new);
            used[rail].push((from, to));
            nets[net].rail = Some(rail);
        }
    }
    Ok(used.len())
}

/// Lets one of the lines that wait for each other arrive a little beside the middle.
fn sidestep(nets: &mut [Net], stuck: &[usize], sides: &Sides) -> Option<()> {
    let taken: Vec<i64> = nets.iter().flat_map(|net| net.leaves.iter().chain(&net.arrives)).copied().collect();
    let leaving: Vec<i64> = nets.iter().flat_map(|net| net.leaves.iter()).copied().collect();
    for &net in stuck {
        for index in 0..nets[net].targets.len() {
            if !leaving.contains(&nets[net].arrives[index]) {
                continue;
            }
            let (from, to) = (sides.room)(nets[net].targets[index]);
            let middle = (sides.middle)(nets[net].targets[index]);
            let free = (from..=to).filter(|port| !taken.contains(port)).min_by_key(|port| (port - middle).abs());
            if let Some(port) = free {
                nets[net].arrives[index] = port;
                return Some(());
            }
        }
    }
    None
}
