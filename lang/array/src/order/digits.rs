//! Sorting by digits: what stands for an element is a whole number, and numbers have digits.
//!
//! ```text
//! items ─ leading digits ─► buckets that fit the cache ─┬─ their leading digits ─► nearly in order ─ mend ─► in order
//!                                                       └─ …, each by itself
//! ```
//!
//! Only as many digits are looked at as it takes to tell most items apart; what they do not tell apart stands side by side and is put in
//! order there, a few by comparing, more by their next digits. Digits are those of an item's place between the least and the most: floats are
//! taken as the numbers that they are where that spreads them well, and as their bits where not. So neither the distribution matters
//! much, nor how many are equal. Everything here is stable.

use rdk_graph::{Cancel, Crew, Stopped};

use super::word::{Item, Word};
use crate::kernel::simd::{self, Forms, Level, Loop};

/// Two digits of so many bits at most: their counts stay in the first-level cache.
const DIGIT: u32 = 11;
/// So many items are put in order by counting those before each.
const FEW: usize = 32;
/// Up to so many the standard library's sort is faster, where it may be used.
const SOME: usize = 160;
/// Bytes of a bucket: with as much scratch memory it fits the second-level cache.
const BUCKET: usize = 384 << 10;
/// Cells of the first pass; they are put together to buckets.
const CELLS: usize = 1 << 13;
/// Items whose cells are found together.
const BLOCK: usize = 256;
/// From so many items on it is worth asking others for help.
const SHARED: usize = 1 << 17;
/// So many are looked at to see how items are distributed.
const SAMPLE: usize = 1 << 10;

/// How an item's place between the least and the most becomes a whole number.
#[derive(Clone, Copy)]
enum Scale {
    /// By its distance from the most. Whatever is no number counts as the most.
    Even { most: f64, by: f64, last: f64 },
    /// By the leading bits of its distance from the least.
    Bits { least: u64, most: u64, shift: u32 },
}

impl Scale {
    /// Onto numbers below `1 << bits`, as evenly as may be.
    fn even<W: Word>(least: W, most: W, bits: u32) -> Option<Scale> {
        if !W::FLOAT {
            return None;
        }
        let (low, high) = (least.value(), most.value());
        let last = f64::from((1u32 << bits) - 1);
        let by = last / (high - low);
        (by.is_normal() && high.is_finite()).then_some(Scale::Even { most: high, by, last })
    }

    /// Onto numbers below `1 << bits`, by bits.
    fn bits<W: Word>(least: W, most: W, bits: u32) -> Scale {
        let (least, most) = (least.wide(), most.wide());
        let all = u64::BITS - (most - least).leading_zeros();
        Scale::Bits { least, most, shift: all.saturating_sub(bits) }
    }
}

#[inline(always)]
fn evenly<W: Word>(word: W, most: f64, by: f64, last: f64) -> usize {
    // Rounding keeps the order: subtraction, product and cut are all monotonous.
    let behind = ((most - word.value()) * by).max(0.0).min(last);
    (last as i32 - behind as i32) as usize
}

#[inline(always)]
fn by_bits<W: Word>(word: W, least: u64, most: u64, shift: u32) -> usize {
    ((word.wide().clamp(least, most) - least) >> shift) as usize
}

/// Finds the cells of a few items.
struct Cells<'a, I> {
    items: &'a [I],
    scale: Scale,
    cells: &'a mut [u16; BLOCK],
}

impl<I: Item> Loop for Cells<'_, I> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        let pairs = self.cells.iter_mut().zip(self.items);
        match self.scale {
            Scale::Even { most, by, last } => {
                pairs.for_each(|(cell, item)| *cell = evenly(item.word(), most, by, last) as u16);
            }
            Scale::Bits { least, most, shift } => {
                pairs.for_each(|(cell, item)| *cell = by_bits(item.word(), least, most, shift) as u16);
            }
        }
    }
}

/// Puts what is made of these elements, by place, in order into `out`, which is as long; in the end each stretch of it is finished once.
///
/// # Errors
/// When a stop was asked for.
pub fn sort_into<T: Copy + Sync, I: Item>(
    elements: &[T],
    item: &(impl Fn(usize, T) -> I + Sync),
    finish: &(impl Fn(&mut [I]) + Sync),
    out: &mut [I],
    crew: Crew<'_>,
) -> Result<(), Stopped> {
    if elements.len() * size_of::<I>() <= BUCKET {
        out.iter_mut().zip(elements.iter().enumerate()).for_each(|(slot, (at, &element))| *slot = item(at, element));
        sort(out, &mut Vec::new());
        finish(out);
        return Ok(());
    }
    let n = elements.len();
    let scale = scale(n, |at| item(at, elements[at]).word());
    // The same parts whoever helps. Each counts its items by cell …
    let parts = (n / SHARED).clamp(1, 16);
    let each = n.div_ceil(parts);
    let parts = n.div_ceil(each);
    let mut counts = vec![0u32; parts * CELLS];
    let walk = |part: usize, seen: &mut dyn FnMut(&[I], &[u16])| {
        let (mut items, mut cells) = ([I::default(); BLOCK], [0; BLOCK]);
        let start = part * each;
        for (block, elements) in elements[start..(start + each).min(n)].chunks(BLOCK).enumerate() {
            let first = start + block * BLOCK;
            let items = &mut items[..elements.len()];
            items.iter_mut().zip(elements).zip(first..).for_each(|((slot, &element), at)| *slot = item(at, element));
            simd::run(Cells { items, scale, cells: &mut cells });
            seen(items, &cells[..elements.len()]);
        }
    };
    crew.share(counts.chunks_mut(CELLS).enumerate().collect(), |(part, counts)| {
        walk(part, &mut |_, cells| cells.iter().for_each(|&cell| counts[usize::from(cell) & (CELLS - 1)] += 1));
    })?;
    // … cells become buckets …
    let (bucket_of, sizes) = buckets(&counts, parts, BUCKET / size_of::<I>());
    let mut places: Vec<Vec<std::slice::IterMut<'_, I>>> =
        (0..parts).map(|_| Vec::with_capacity(sizes.len())).collect();
    let mut rest = &mut out[..];
    for bucket in &sizes {
        for (places, &size) in places.iter_mut().zip(bucket) {
            let (place, behind) = std::mem::take(&mut rest).split_at_mut(size);
            places.push(place.iter_mut());
            rest = behind;
        }
    }
    // … and each part puts its items into its places of each bucket.
    crew.share(places.into_iter().enumerate().collect(), |(part, mut places)| {
        walk(part, &mut |items, cells| {
            for (item, &cell) in items.iter().zip(cells) {
                let bucket = usize::from(bucket_of[usize::from(cell) & (CELLS - 1)]);
                if let Some(place) = places[bucket].next() {
                    *place = *item;
                }
            }
        });
    })?;
    let (mut groups, mut group, mut size) = (Vec::new(), Vec::new(), 0);
    let mut rest = out;
    for bucket in &sizes {
        let (items, behind) = rest.split_at_mut(bucket.iter().sum());
        rest = behind;
        if items.len() >= 2 * SHARED {
            // One number is frequent, or a few are far from all others.
            match is_constant(items) {
                true => crew.share(items.chunks_mut(SHARED).collect(), finish)?,
                false => again(items, finish, crew)?,
            }
            continue;
        }
        size += items.len();
        group.push(items);
        if size >= SHARED {
            groups.push(std::mem::take(&mut group));
            size = 0;
        }
    }
    groups.push(group);
    crew.share(groups, |group| {
        let mut scratch = Vec::new();
        for items in group {
            sort(items, &mut scratch);
            finish(items);
        }
    })
}

/// Puts a bucket in order that is too large for the cache.
fn again<I: Item>(items: &mut [I], finish: &(impl Fn(&mut [I]) + Sync), crew: Crew<'_>) -> Result<(), Stopped> {
    let copy = items.to_vec();
    sort_into(&copy, &itself::<I>, finish, items, crew)
}

fn itself<I>(_: usize, item: I) -> I {
    item
}

fn is_constant<I: Item>(items: &[I]) -> bool {
    items.iter().all(|item| item.word() == items[0].word())
}

/// How to tell items apart, from a few of them.
fn scale<W: Word>(n: usize, word: impl Fn(usize) -> W) -> Scale {
    let bits = CELLS.ilog2();
    let mut state = n as u64;
    let mut place = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(state) * n as u128) >> 64) as usize
    };
    let mut sample: Vec<W> = (0..SAMPLE).map(|_| word(place())).collect();
    sample.sort_unstable();
    let (least, most) = (sample[0], sample[SAMPLE - 1]);
    if least == most {
        // Before it, itself, behind it.
        let word = least.wide();
        return Scale::Bits { least: word.saturating_sub(1), most: word.saturating_add(1), shift: 0 };
    }
    let by_bits = Scale::bits(least, most, bits);
    let Some(even) = Scale::even(least, most, bits) else { return by_bits };
    if crowd(&sample, even) <= crowd(&sample, by_bits) { even } else { by_bits }
}

/// How many of a sorted sample fall into the fullest cells together.
fn crowd<W: Word>(sample: &[W], scale: Scale) -> usize {
    let cell = |word: &W| match scale {
        Scale::Even { most, by, last } => evenly(*word, most, by, last),
        Scale::Bits { least, most, shift } => by_bits(*word, least, most, shift),
    };
    sample.chunk_by(|a, b| cell(a) == cell(b)).map(|same| same.len() * same.len()).sum()
}

/// Cells side by side become buckets of about so many items: the bucket of each cell, and by bucket how many items come from each part.
fn buckets(counts: &[u32], parts: usize, most: usize) -> (Vec<u16>, Vec<Vec<usize>>) {
    let mut bucket_of = vec![0; CELLS];
    let mut sizes: Vec<Vec<usize>> = Vec::new();
    let mut size = usize::MAX;
    for cell in 0..CELLS {
        let own = (0..parts).map(|part| counts[part * CELLS + cell] as usize);
        let total: usize = own.clone().sum();
        if size.saturating_add(total) > most {
            sizes.push(vec![0; parts]);
            size = 0;
        }
        size += total;
        let last = sizes.len() - 1;
        sizes[last].iter_mut().zip(own).for_each(|(size, own)| *size += own);
        bucket_of[cell] = last as u16;
    }
    (bucket_of, sizes)
}

/// Puts items in order that fit the cache together with as much scratch memory.
pub fn sort<I: Item>(items: &mut [I], scratch: &mut Vec<I>) {
    let n = items.len();
    if n <= FEW {
        return simd::run(Few(items));
    }
    if n <= SOME && I::sort_some(items) {
        return;
    }
    let start = (I::Word::MAX, I::Word::MIN);
    let (least, most) = items.iter().fold(start, |(least, most), item| {
        let word = item.word();
        (least.min(word), most.max(word))
    });
    if least == most {
        return;
    }
    if size_of_val(items) > 8 * BUCKET {
        // Too many of one kind for the cache after all.
        let cancel = Cancel::new();
        return again(items, &|_: &mut [I]| (), Crew::alone(&cancel)).expect("nobody stops it");
    }
    if scratch.len() < n {
        scratch.resize(n, I::default());
    }
    let scratch = &mut scratch[..n];
    let bits = if n < 256 { 8 } else { (n.ilog2() + 5).min(2 * DIGIT) };
    if let Some(Scale::Even { most, by, last }) = Scale::even(least, most, bits) {
        let leading = |item: &I| evenly(item.word(), most, by, last);
        if by_digits(items, scratch, bits, leading, |fullest| fullest <= n / 4 + 8) {
            return mend(items, leading);
        }
    }
    if let Scale::Bits { least, most, shift } = Scale::bits(least, most, bits) {
        let leading = |item: &I| by_bits(item.word(), least, most, shift);
        let taken = u64::BITS - ((most - least) >> shift).leading_zeros();
        by_digits(items, scratch, taken, leading, |_| true);
        if shift > 0 {
            mend(items, leading);
        }
    }
}

/// In the order of a whole number below `1 << bits`, or as they were if its upper half has a value that is too frequent.
#[inline(always)]
fn by_digits<I: Item>(
    items: &mut [I],
    scratch: &mut [I],
    bits: u32,
    leading: impl Fn(&I) -> usize,
    accept: impl Fn(usize) -> bool,
) -> bool {
    if bits <= 8 {
        let mut counts = [0u32; 256];
        items.iter().for_each(|item| counts[leading(item) & 255] += 1);
        if !accept(counts.iter().copied().max().unwrap_or(0) as usize) {
            return false;
        }
        place(items, scratch, &mut counts, |item| leading(item) & 255);
        items.copy_from_slice(scratch);
        return true;
    }
    let low = bits / 2;
    let (mut lows, mut highs) = ([0u32; 1 << DIGIT], [0u32; 1 << DIGIT]);
    let (lows, highs) = (&mut lows[..1 << low], &mut highs[..1 << (bits - low)]);
    let (few, many) = (lows.len() - 1, highs.len() - 1);
    for item in items.iter() {
        let leading = leading(item);
        lows[leading & few] += 1;
        highs[(leading >> low) & many] += 1;
    }
    if !accept(highs.iter().copied().max().unwrap_or(0) as usize) {
        return false;
    }
    place(items, scratch, lows, |item| leading(item) & few);
    place(scratch, items, highs, |item| (leading(item) >> low) & many);
    true
}

/// Moves items to where the counts of their digits say.
#[inline(always)]
fn place<I: Item>(from: &[I], to: &mut [I], counts: &mut [u32], digit: impl Fn(&I) -> usize) {
    let mut total = 0;
    for count in counts.iter_mut() {
        total += std::mem::replace(count, total);
    }
    for item in from {
        let place = &mut counts[digit(item)];
        to[*place as usize] = *item;
        *place += 1;
    }
}

/// Puts in order what the leading digits did not tell apart.
#[inline(always)]
fn mend<I: Item>(items: &mut [I], leading: impl Fn(&I) -> usize) {
    let n = items.len();
    let mut at = 1;
    while at < n {
        if items[at].word() >= items[at - 1].word() {
            at += 1;
            continue;
        }
        let same = leading(&items[at]);
        let start = items[..at].iter().rposition(|item| leading(item) != same).map_or(0, |before| before + 1);
        let end = items[at..].iter().position(|item| leading(item) != same).map_or(n, |behind| at + behind);
        match end - start {
            ..8 => insert(&mut items[start..end]),
            _ => sort(&mut items[start..end], &mut Vec::new()),
        }
        at = end + 1;
    }
}

#[inline(always)]
fn insert<I: Item>(items: &mut [I]) {
    for at in 1..items.len() {
        let item = items[at];
        let word = item.word();
        let mut to = at;
        while to > 0 && items[to - 1].word() > word {
            items[to] = items[to - 1];
            to -= 1;
        }
        items[to] = item;
    }
}

/// A few items, each put where the number of those before it says: no branch depends on them.
struct Few<'a, I>(&'a mut [I]);

impl<I: Item> Loop for Few<'_, I> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        match self.0.len() {
            ..2 => {}
            2..=8 => count::<I, 8>(self.0),
            9..=16 => count::<I, 16>(self.0),
            17..=24 => count::<I, 24>(self.0),
            _ => count::<I, FEW>(self.0),
        }
    }
}

#[inline(always)]
fn count<I: Item, const N: usize>(items: &mut [I]) {
    let mut words = [I::Word::MAX; N];
    let mut copy = [I::default(); N];
    copy[..items.len()].copy_from_slice(items);
    words.iter_mut().zip(items.iter()).for_each(|(word, item)| *word = item.word());
    let mut before = [0u32; N];
    for (at, word) in words[..items.len()].iter().enumerate() {
        for other in 0..N {
            // Of equal ones the first comes first.
            before[other] +=
                u32::from(*word < words[other]) | (u32::from(*word == words[other]) & u32::from(at < other));
        }
    }
    for (item, place) in copy[..items.len()].iter().zip(before) {
        items[place as usize] = *item;
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Ordered;
    use super::super::word::Placed;
    use super::*;

    /// Sorted alone and in company, numbers by themselves and with their places.
    fn check<T: Ordered>(name: &str, elements: &[T]) {
        let engine = rdk_graph::Engine::new(3);
        let cancel = Cancel::new();
        let mut words: Vec<T::Word> = elements.iter().map(|element| element.word()).collect();
        words.sort();
        let item = |at: usize, element: T| Placed { word: element.word(), place: at as u32 };
        let mut placed: Vec<_> = elements.iter().enumerate().map(|(at, &element)| item(at, element)).collect();
        placed.sort_by_key(|placed| placed.word);
        for crew in [Crew::alone(&cancel), engine.crew(&cancel)] {
            let mut out = vec![T::Word::default(); elements.len()];
            sort_into(elements, &|_, element: T| element.word(), &|_: &mut [_]| (), &mut out, crew).unwrap();
            assert!(out == words, "{name}, {} numbers", words.len());
            let mut out = vec![Placed::default(); elements.len()];
            sort_into(elements, &item, &|_: &mut [_]| (), &mut out, crew).unwrap();
            let same = out.iter().zip(&placed).all(|(a, b)| a.word == b.word && a.place == b.place);
            assert!(same, "{name}, {} numbers with places", words.len());
        }
    }

    #[test]
    fn any_distribution_comes_out_in_order() {
        let mut state = 7u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        for n in [0, 1, 2, 7, 24, 33, 100, 200, 255, 256, 5_000, 60_000, 400_000] {
            let mut make = |name: &str, element: &mut dyn FnMut(f64, usize) -> f64| {
                let elements: Vec<f64> = (0..n).map(|at| element(random(), at)).collect();
                check(name, &elements);
            };
            make("even", &mut |x, _| x);
            make("both signs", &mut |x, _| (x - 0.5) / (x + 1e-3));
            make("rising", &mut |_, at| at as f64);
            make("falling", &mut |_, at| -(at as f64));
            make("one", &mut |_, _| 3.0);
            make("few", &mut |x, _| (x * 5.0).floor());
            make("mostly one", &mut |x, _| if x < 0.9 { 0.25 } else { x });
            make("wide", &mut |x, _| (x * 1400.0 - 700.0).exp());
            make("zeros", &mut |x, _| if x < 0.5 { -0.0 } else { 0.0 });
            make("far off", &mut |x, at| if at % 1001 == 5 { 1e300 } else { x });
            make("clusters", &mut |x, at| (at % 5) as f64 * 1e9 + x * 1e-3);
            make("not numbers", &mut |x, at| match at % 7 {
                0 => f64::NAN,
                1 => -f64::NAN,
                2 => f64::INFINITY,
                3 => f64::NEG_INFINITY,
                _ => x - 0.5,
            });
            let whole: Vec<i64> = (0..n as i64).map(|at| at.wrapping_mul(0x1234_5678_9abc_def1)).collect();
            check("i64", &whole);
            check(
                "i64, extremes",
                &whole.iter().map(|&at| if at < 0 { i64::MIN } else { i64::MAX - at % 3 }).collect::<Vec<_>>(),
            );
            check("u64", &whole.iter().map(|&at| at as u64).collect::<Vec<_>>());
            check("i32", &whole.iter().map(|&at| at as i32).collect::<Vec<_>>());
            check("i16", &whole.iter().map(|&at| at as i16).collect::<Vec<_>>());
            check("u8", &whole.iter().map(|&at| at as u8).collect::<Vec<_>>());
            check("bool", &whole.iter().map(|&at| at % 3 == 0).collect::<Vec<_>>());
            check("f32", &whole.iter().map(|&at| at as f32).collect::<Vec<_>>());
        }
    }
}
