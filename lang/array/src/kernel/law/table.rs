//! Whole numbers of which few are likely: how likely each is stands in a table, in which a number of [0, 1) is looked up.

use std::cell::RefCell;
use std::rc::Rc;

use super::Law;

/// Where to begin to look.
const GUIDES: usize = 256;
/// With at most so large a mean.
const LARGEST_MEAN: f64 = 10.0;

/// The chances of 0, 1, 2, …
pub struct Table {
    /// That it is this number or a smaller one; at the end 1.
    chances: Vec<f64>,
    /// For each part of [0, 1) the first number that can be meant.
    guides: [u16; GUIDES],
    /// Numbers are counted down from this one.
    down_from: Option<f64>,
}

/// What was asked for, and the answer.
type Asked = (Law, [f64; 3], Option<Rc<Table>>);

thread_local! {
    /// Numbers are asked for a stretch at a time.
    static LAST: RefCell<Option<Asked>> = const { RefCell::new(None) };
}

impl Table {
    /// That of a law with these parameters, if it has one.
    pub fn of(law: Law, parameters: [f64; 3]) -> Option<Rc<Table>> {
        LAST.with_borrow_mut(|last| match last {
            Some((of, with, table)) if *of == law && *with == parameters => table.clone(),
            _ => {
                let table = Table::new(law, parameters).map(Rc::new);
                *last = Some((law, parameters, table.clone()));
                table
            }
        })
    }

    fn new(law: Law, [a, b, _]: [f64; 3]) -> Option<Table> {
        // The chance of 0, and from one number to the next one.
        match law {
            Law::Poisson if a > 0.0 && a < LARGEST_MEAN => Some(Table::from((-a).exp(), |k| a / k)),
            Law::Binomial => {
                let (n, p, q) = (a.trunc(), b.min(1.0 - b), b.max(1.0 - b));
                if !(n >= 1.0 && p > 0.0 && n * p < LARGEST_MEAN) {
                    return None;
                }
                let table = Table::from((n * (-p).ln_1p()).exp(), |k| (n - k + 1.0) * p / (k * q));
                Some(Table { down_from: (b > 0.5).then_some(n), ..table })
            }
            _ => None,
        }
    }

    fn from(first: f64, step: impl Fn(f64) -> f64) -> Table {
        let (mut chance, mut sum) = (first, first);
        let mut chances = vec![sum];
        // What lies beyond is rarer than rounding.
        while chance > 1e-18 || sum < 0.5 {
            chance *= step(chances.len() as f64);
            sum += chance;
            chances.push(sum);
        }
        let last = chances.len() - 1;
        chances[last] = 1.0;
        let mut guides = [0; GUIDES];
        for (at, guide) in guides.iter_mut().enumerate() {
            *guide = chances.partition_point(|&chance| chance <= at as f64 / GUIDES as f64) as u16;
        }
        Table { chances, guides, down_from: None }
    }

    /// The number that is meant by one of [0, 1).
    pub fn look_up(&self, u: f64) -> f64 {
        let mut at = usize::from(self.guides[(u * GUIDES as f64) as usize]);
        while u >= self.chances[at] {
            at += 1;
        }
        self.down_from.map_or(at as f64, |n| n - at as f64)
    }
}
