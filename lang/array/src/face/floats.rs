//! A number as text, digit by digit: what `np.format_float_positional` and `np.format_float_scientific` are made of.

use std::str::FromStr;

use rdk_runtime::{Error, Result, bail};

/// What is taken away at the end of the digits after the point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trim {
    /// Nothing.
    Keep,
    /// Zeros.
    Zeros,
    /// All zeros but one.
    AllButOne,
    /// Zeros, and the point if nothing stands behind it.
    Point,
}

impl FromStr for Trim {
    type Err = Error;

    fn from_str(letter: &str) -> Result<Trim> {
        match letter {
            "k" => Ok(Trim::Keep),
            "." => Ok(Trim::Zeros),
            "0" => Ok(Trim::AllButOne),
            "-" => Ok(Trim::Point),
            other => bail!(TypeError: "if supplied, trim must be 'k', '.', '0' or '-' found `{other}`"),
        }
    }
}

/// How a number is written.
pub struct Form {
    /// How many digits at most.
    pub precision: Option<usize>,
    /// No more digits than tell it from its neighbours?
    pub unique: bool,
    /// Are digits counted behind the point?
    pub fractional: bool,
    /// What is taken away at the end.
    pub trim: Trim,
    /// Is there a sign before numbers above 0?
    pub sign: bool,
    /// How many places stand before the point at least.
    pub pad_left: Option<usize>,
    /// How many places stand behind it at least.
    pub pad_right: Option<usize>,
    /// How many digits at least.
    pub min_digits: Option<usize>,
    /// How many digits the exponent has at least.
    pub exponent: Option<usize>,
}

/// So many digits are written at most.
const MOST_DIGITS: usize = 1 << 14;

impl Form {
    /// `1234.5`
    pub fn positional(&self, x: f64) -> Result<String> {
        self.check()?;
        if !x.is_finite() {
            return Ok(self.padded(self.signed(x, named(x)), String::new()));
        }
        let shortest = format!("{}", x.abs());
        let n_own = shortest.split_once('.').map_or(0, |(_, digits)| digits.len());
        let wanted = match (self.precision, self.fractional) {
            (None, _) => n_own,
            (Some(digits), true) => digits,
            (Some(digits), false) => digits.saturating_sub(leading(x)),
        };
        let text = match self.unique && n_own <= wanted {
            true => shortest,
            false => format!("{:.*}", wanted.min(MOST_DIGITS), x.abs()),
        };
        let (whole, digits) = text.split_once('.').unwrap_or((&text, ""));
        let least = if self.unique { self.min_digits.unwrap_or(0) } else { wanted };
        let digits = self.trimmed(digits, least);
        let end = if digits.is_empty() && self.trim == Trim::Point { String::new() } else { format!(".{digits}") };
        Ok(self.padded(self.signed(x, whole), end))
    }

    /// `1.2345e+03`
    pub fn scientific(&self, x: f64) -> Result<String> {
        self.check()?;
        if !x.is_finite() {
            return Ok(self.padded(self.signed(x, named(x)), String::new()));
        }
        let shortest = format!("{:e}", x.abs());
        let (mantissa, _) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        let n_own = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
        let wanted = self.precision.unwrap_or(n_own);
        let text = match self.unique && n_own <= wanted {
            true => shortest,
            false => format!("{:.*e}", wanted.min(MOST_DIGITS), x.abs()),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, digits) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let least = if self.unique { self.min_digits.unwrap_or(0) } else { wanted };
        let digits = self.trimmed(digits, least);
        let end = if digits.is_empty() && self.trim == Trim::Point { String::new() } else { format!(".{digits}") };
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let width = self.exponent.unwrap_or(2).max(2);
        let sign = if exponent < 0 { '-' } else { '+' };
        Ok(format!("{}e{sign}{:0width$}", self.padded(self.signed(x, whole), end), exponent.abs()))
    }

    fn check(&self) -> Result<()> {
        let asked = [self.precision, self.pad_left, self.pad_right, self.min_digits, self.exponent];
        if asked.into_iter().flatten().any(|count| count > MOST_DIGITS) {
            bail!("a number is written with at most {MOST_DIGITS} digits");
        }
        if !self.unique && self.precision.is_none() {
            bail!(TypeError: "in non-unique mode `precision` must be supplied"; hint: "`precision=3`, or leave `unique` out");
        }
        if let (Some(least), Some(most)) = (self.min_digits, self.precision)
            && least > most
        {
            bail!("min_digits must be less than or equal to precision");
        }
        Ok(())
    }

    fn signed(&self, x: f64, text: &str) -> String {
        let sign = if x.is_sign_negative() && !x.is_nan() {
            "-"
        } else if self.sign {
            "+"
        } else {
            ""
        };
        format!("{sign}{text}")
    }

    /// Digits behind the point, at least so many, without what is to go.
    fn trimmed(&self, digits: &str, least: usize) -> String {
        let mut digits = format!("{digits:0<least$}");
        if self.trim != Trim::Keep {
            digits.truncate(digits.trim_end_matches('0').len());
        }
        if self.trim == Trim::AllButOne && digits.is_empty() {
            digits.push('0');
        }
        digits
    }

    /// With blanks on both sides.
    fn padded(&self, left: String, right: String) -> String {
        let (before, behind) = (self.pad_left.unwrap_or(0), self.pad_right.map_or(0, |places| places + 1));
        format!("{left:>before$}{right:<behind$}")
    }
}

fn named(x: f64) -> &'static str {
    if x.is_nan() { "nan" } else { "inf" }
}

/// How many digits stand before the point.
fn leading(x: f64) -> usize {
    if x.abs() < 1.0 { 0 } else { x.abs().log10().floor() as usize + 1 }
}
