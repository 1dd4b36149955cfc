//! Sums, lengths and remainders without the errors of rounding on the way.

use crate::bail;
use crate::error::Result;
use num_traits::Signed;

pub fn split(number: f64) -> (f64, i64) {
    if number == 0.0 || !number.is_finite() {
        return (number, 0);
    }
    // Subnormal numbers are made normal first.
    let (scaled, shift) = if number.abs() < f64::MIN_POSITIVE { (number * 2f64.powi(54), 54) } else { (number, 0) };
    let bits = scaled.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - shift)
}

pub fn length(numbers: &[f64]) -> f64 {
    match numbers {
        [x, y] => x.hypot(*y),
        _ => {
            let largest = numbers.iter().fold(0.0f64, |most, number| most.max(number.abs()));
            if largest == 0.0 || !largest.is_finite() {
                return if numbers.iter().any(|number| number.is_nan()) && largest.is_finite() {
                    f64::NAN
                } else {
                    largest
                };
            }
            largest * numbers.iter().map(|number| (number / largest).powi(2)).sum::<f64>().sqrt()
        }
    }
}

pub fn distance(p: &[f64], q: &[f64]) -> Result<f64> {
    if p.len() != q.len() {
        bail!("both points must have the same number of dimensions");
    }
    let differences: Vec<f64> = p.iter().zip(q).map(|(p, q)| p - q).collect();
    Ok(length(&differences))
}

/// Keeps the parts that rounding would lose as numbers of their own, as Shewchuk's method does.
pub fn exact_sum(numbers: &[f64]) -> Result<f64> {
    let mut parts: Vec<f64> = Vec::new();
    let mut special = 0.0;
    for &number in numbers {
        if !number.is_finite() {
            special += number;
            continue;
        }
        let mut x = number;
        let mut kept = 0;
        for at in 0..parts.len() {
            let mut y = parts[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                parts[kept] = low;
                kept += 1;
            }
            x = high;
        }
        if x.is_infinite() {
            bail!(OverflowError: "intermediate overflow in fsum");
        }
        parts.truncate(kept);
        parts.push(x);
    }
    if special != 0.0 {
        if special.is_nan() && !numbers.iter().any(|number| number.is_nan()) {
            bail!("-inf + inf in fsum");
        }
        return Ok(special);
    }
    let Some(mut sum) = parts.pop() else { return Ok(0.0) };
    let mut low = 0.0;
    while let Some(part) = parts.pop() {
        let before = sum;
        sum = before + part;
        low = part - (sum - before);
        if low != 0.0 {
            break;
        }
    }
    // A half is rounded in the direction of what follows.
    if let Some(&next) = parts.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let twice = low * 2.0;
        let moved = sum + twice;
        if moved - sum == twice {
            sum = moved;
        }
    }
    Ok(sum)
}

pub fn ieee_remainder(x: f64, y: f64) -> f64 {
    if !x.is_finite() || y.is_nan() || y == 0.0 {
        return f64::NAN;
    }
    if y.is_infinite() {
        return x;
    }
    let (size, divisor) = (x.abs(), y.abs());
    let mut rest = size % divisor;
    let other = divisor - rest;
    if rest > other {
        rest = -other;
    } else if rest == other {
        // Half way: the even multiple.
        rest -= 2.0 * ((0.5 * (size - rest)) % divisor);
    }
    if x.is_sign_negative() { -rest } else { rest }
}
