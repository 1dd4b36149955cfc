//! Where numbers stand along an axis, and how they are written: matplotlib's `AutoLocator` and `ScalarFormatter`.

/// Numbers along an axis.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Ticks {
    /// Where they stand, within the limits.
    pub at: Vec<f64>,
    /// What is written there.
    pub labels: Vec<String>,
    /// Small ones without a label.
    pub minor: Vec<f64>,
    /// What all of them are to be multiplied by or added to: `1e6`.
    pub offset: String,
}

const STEPS: [f64; 4] = [1.0, 2.0, 2.5, 5.0];

/// For an axis from `low` to `high`, with at most this many parts.
pub fn linear(low: f64, high: f64, n_parts: usize) -> Ticks {
    let (low, high) = (low.min(high), low.max(high));
    let slack = (high - low) * 1e-10;
    let all = places(low, high, n_parts.clamp(1, 9));
    let at: Vec<f64> = all.into_iter().filter(|&at| at >= low - slack && at <= high + slack).collect();
    let (labels, offset) = labels(&at, low, high);
    Ticks { at, labels, minor: Vec::new(), offset }
}

/// For an axis of logarithms from `low` to `high`, both above 0.
pub fn logarithmic(low: f64, high: f64, n_parts: usize) -> Ticks {
    let (low, high) = (low.min(high), low.max(high));
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let within = |at: f64| at >= low * (1.0 - 1e-10) && at <= high * (1.0 + 1e-10);
    let stride = ((last - first) as usize / n_parts.clamp(1, 9) + 1) as i32;
    let powers: Vec<i32> = (first..=last).filter(|power| power.rem_euclid(stride) == 0).collect();
    let powers: Vec<i32> = powers.into_iter().filter(|&power| within(ten(power))).collect();
    if powers.len() < 2 && high / low < 100.0 {
        // Hardly a power of ten in sight: every number counts.
        let mut ticks = linear(low, high, n_parts);
        ticks.at.retain(|&at| at > 0.0);
        return ticks;
    }
    let minor = match stride {
        1 => (first - 1..=last).flat_map(|power| (2..10).map(move |digit| f64::from(digit) * ten(power))).collect(),
        _ => (first..=last).map(ten).filter(|_| stride <= 9).collect(),
    };
    Ticks {
        at: powers.iter().map(|&power| ten(power)).collect(),
        labels: powers.iter().map(|power| format!("10{}", raised(&minus(&power.to_string())))).collect(),
        minor: Vec::into_iter(minor).filter(|&at| within(at)).collect(),
        offset: String::new(),
    }
}

/// Digits and a sign, raised.
pub fn raised(text: &str) -> String {
    let up = |letter| match letter {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '−' | '-' => '⁻',
        '+' => '⁺',
        other => other,
    };
    text.chars().map(up).collect()
}

fn minus(text: &str) -> String {
    text.replace('-', "−")
}

/// `MaxNLocator._raw_ticks`
fn places(low: f64, high: f64, n_parts: usize) -> Vec<f64> {
    let (low, high) = apart(low, high);
    let (scale, offset) = scale_and_offset(low, high, n_parts);
    let (low, high) = (low - offset, high - offset);
    let tenths = STEPS.iter().map(|step| step * 0.1);
    let steps: Vec<f64> = tenths.chain(STEPS).chain([10.0, 20.0]).map(|step| step * scale).collect();
    let raw = (high - low) / n_parts as f64;
    let largest = steps.iter().position(|&step| step >= raw).unwrap_or(steps.len() - 1);
    let mut ticks = Vec::new();
    for &step in steps[..=largest].iter().rev() {
        let start = (low / step).floor() * step;
        let first = edge(low - start, step, offset, true);
        let last = edge(high - start, step, offset, false);
        ticks = (first as i64..=last as i64).map(|count| count as f64 * step + start).collect();
        if ticks.iter().filter(|&&tick| tick >= low && tick <= high).count() >= 2 {
            break;
        }
    }
    ticks.into_iter().map(|tick| tick + offset).collect()
}

/// Limits that can be told from each other.
pub fn apart(low: f64, high: f64) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if size < 1e-287 {
        (-1e-13, 1e-13)
    } else if high - low <= size * 1e-13 {
        (low - 1e-13 * size, high + 1e-13 * size)
    } else {
        (low, high)
    }
}

/// The power of ten of the steps, and what is taken away from large numbers close to each other.
fn scale_and_offset(low: f64, high: f64, n_parts: usize) -> (f64, f64) {
    let length = (high - low).abs();
    let mean = (high + low) / 2.0;
    let offset = match mean.abs() / length < 100.0 {
        true => 0.0,
        false => 10f64.powf(mean.abs().log10().floor()).copysign(mean),
    };
    (10f64.powf((length / n_parts as f64).log10().floor()), offset)
}

/// How many steps there are up to a place: at most, or at least; nearly a step counts as one.
fn edge(place: f64, step: f64, offset: f64, at_most: bool) -> f64 {
    let close = |share: f64, whole: f64| {
        let tolerance = if offset.abs() > 0.0 {
            let digits = (offset.abs() / step).log10();
            1e-10f64.max(10f64.powf(digits - 12.0)).min(0.4999)
        } else {
            1e-10
        };
        (share - whole).abs() < tolerance
    };
    let count = (place / step).floor();
    let share = (place - count * step) / step;
    match at_most {
        true if close(share, 1.0) => count + 1.0,
        true => count,
        false if close(share, 0.0) => count,
        false => count + 1.0,
    }
}

/// A power of ten, as exact as a number can be.
fn ten(power: i32) -> f64 {
    format!("1e{power}").parse().unwrap_or(f64::NAN)
}

/// What is written at these places, and what all are multiplied by or added to.
pub fn labels(at: &[f64], low: f64, high: f64) -> (Vec<String>, String) {
    if at.is_empty() {
        return (Vec::new(), String::new());
    }
    let offset = common(at);
    let power = power_of(at, offset, (high - low).abs());
    let divide = |value: f64| (value - offset) / ten(power);
    let mut shown: Vec<f64> = at.iter().map(|&value| divide(value)).collect();
    let n = shown.len();
    if n < 5 {
        shown.extend([divide(low), divide(high)]);
    }
    let highest = shown.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = shown.iter().copied().fold(f64::INFINITY, f64::min);
    let mut length = highest - lowest;
    if length == 0.0 {
        length = shown.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    }
    if length == 0.0 || !length.is_finite() {
        length = 1.0;
    }
    shown.truncate(n);
    let magnitude = length.log10().floor() as i32;
    let threshold = 1e-3 * ten(magnitude);
    let mut digits = (3 - magnitude).max(0);
    while digits >= 0 {
        let unit = ten(digits);
        let worst = shown.iter().map(|value| (value - (value * unit).round() / unit).abs()).fold(0.0, f64::max);
        if worst >= threshold {
            break;
        }
        digits -= 1;
    }
    let digits = (digits + 1).clamp(0, 17) as usize;
    let write = |value: &f64| {
        let value = if value.abs() < 1e-8 { 0.0 } else { *value };
        minus(&format!("{value:.digits$}"))
    };
    (shown.iter().map(write).collect(), offset_text(offset, power))
}

/// What all places have in common, if writing it once saves at least four digits each.
fn common(at: &[f64]) -> f64 {
    let low = at.iter().copied().fold(f64::INFINITY, f64::min);
    let high = at.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low == high || (low <= 0.0 && high >= 0.0) || !(high - low).is_finite() {
        return 0.0;
    }
    let (small, large) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
    let top = large.log10().ceil() as i32;
    // As Python's `//`, which looks at the remainder.
    let whole = |value: f64, power: i32| ((value - value % ten(power)) / ten(power)).round();
    let down = |differ: &dyn Fn(i32) -> bool| (top - 340..=top).rev().find(|&power| differ(power)).unwrap_or(top) + 1;
    let mut power = down(&|power| whole(small, power) != whole(large, power));
    if (large - small) / ten(power) <= 1e-2 {
        power = down(&|power| whole(large, power) - whole(small, power) > 1.0);
    }
    let digits = whole(large, power);
    if digits >= 1000.0 { (digits * ten(power)).copysign(low) } else { 0.0 }
}

/// The power of ten that is written once for all, 0 for numbers of a usual size.
fn power_of(at: &[f64], offset: f64, length: f64) -> i32 {
    let size = match offset == 0.0 {
        true => at.iter().fold(0.0, |most: f64, value| most.max(value.abs())),
        false => length,
    };
    if size == 0.0 {
        return 0;
    }
    let power = size.log10().floor() as i32;
    if power <= -5 || power >= 6 { power } else { 0 }
}

fn offset_text(offset: f64, power: i32) -> String {
    let mut text = String::new();
    if power != 0 {
        text = format!("1e{power}");
    }
    if offset != 0.0 {
        let sign = if offset > 0.0 { "+" } else { "" };
        text = format!("{text}{sign}{}", plain(offset));
    }
    minus(&text)
}

/// A number as short as it can be told, in powers of ten where it is long.
fn plain(value: f64) -> String {
    let exponent = value.abs().log10().floor() as i32;
    if exponent != 0 {
        let text = format!("{:.10e}", value);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{value:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against what matplotlib does; see `tests/oracle/picture.py`.
    #[test]
    fn numbers_stand_where_matplotlib_puts_them() {
        let cases = include_str!("../../../tests/oracle/plot_ticks.jsonl");
        let mut n_cases = 0;
        let mut wrong = Vec::new();
        for line in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let number = |value: &serde_json::Value| value.as_f64().unwrap();
            let (low, high) = (number(&case["limits"][0]), number(&case["limits"][1]));
            let size = (number(&case["size"][0]), number(&case["size"][1]));
            // The share of a figure that the axes take, and how much room a number needs.
            for (name, parts) in [("x", size.0 * 72.0 * 0.775 / 30.0), ("y", size.1 * 72.0 * 0.77 / 20.0)] {
                let ticks = linear(low, high, parts as usize);
                let wanted: Vec<f64> = case[name]["at"].as_array().unwrap().iter().map(number).collect();
                let close =
                    |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * (high - low).abs() + 4.0 * f64::EPSILON * a.abs();
                let same = wanted.len() == ticks.at.len() && wanted.iter().zip(&ticks.at).all(close);
                let texts: Vec<&str> =
                    case[name]["labels"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
                n_cases += 1;
                if !same || texts != ticks.labels || case[name]["offset"].as_str().unwrap() != ticks.offset {
                    wrong.push(format!("{low} {high} {size:?} {name}: {ticks:?}, expected {}", case[name]));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {n_cases}:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn powers_of_ten_along_an_axis_of_logarithms() {
        let ticks = logarithmic(0.5, 2000.0, 9);
        assert_eq!(ticks.labels, ["10⁰", "10¹", "10²", "10³"]);
        assert_eq!(ticks.minor.len(), 5 + 8 + 8 + 8 + 1);
    }
}
