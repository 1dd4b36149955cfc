//! Colour maps: which colour a number has.

use std::sync::OnceLock;

use rdk_runtime::builtin::nearest;
use rdk_runtime::{Result, error};

use crate::color::Color;

/// Name and colours of every map, as `name` and six digits a colour.
const MAPS: &str = include_str!("../data/colormaps.txt");

/// Other names of maps.
const ALIASES: &[(&str, &str)] = &[("grey", "gray"), ("gist_gray", "gray"), ("gist_grey", "gray"), ("Grays", "Greys")];

/// A colour map.
#[derive(Clone, Debug, PartialEq)]
pub struct ColorMap {
    /// Its name.
    pub name: String,
    /// Its colours, from the lowest to the highest number.
    pub colors: Vec<[u8; 3]>,
}

impl ColorMap {
    /// The map of this name; `_r` at its end turns it round.
    pub fn named(name: &str) -> Result<ColorMap> {
        let (base, reversed) = match name.strip_suffix("_r") {
            Some(base) => (base, true),
            None => (name, false),
        };
        if base == "binary" || base == "gist_yarg" || base == "gist_grey_r" {
            let levels = |level: u8| [if reversed { level } else { 255 - level }; 3];
            return Ok(ColorMap { name: name.to_string(), colors: (0..=255).map(levels).collect() });
        }
        let plain = ALIASES.iter().find(|(alias, _)| *alias == base).map_or(base, |(_, plain)| plain);
        let Some((_, digits)) = table().iter().find(|(name, _)| *name == plain) else {
            let error = error!("'{name}' is not a known colormap name");
            return Err(match nearest(name, names()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("`viridis`, `gray`, `plasma`, `inferno`, `magma`, `hot`, `jet`, `Blues`, `coolwarm` and others; `_r` at the end turns one round"),
            });
        };
        let mut colors = colors_of(digits);
        if reversed {
            colors.reverse();
        }
        Ok(ColorMap { name: name.to_string(), colors })
    }

    /// The colour of a number in 0..=1; numbers beyond have the colour of the nearest end.
    pub fn at(&self, number: f64) -> Color {
        Color::bytes(self.bytes_at(number))
    }

    /// The same as bytes.
    pub fn bytes_at(&self, number: f64) -> [u8; 3] {
        let n = self.colors.len();
        let index = (number * n as f64).floor().clamp(0.0, n.saturating_sub(1) as f64);
        self.colors.get(index as usize).copied().unwrap_or_default()
    }
}

/// Names of all maps.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().iter().map(|(name, _)| *name).chain(ALIASES.iter().map(|(alias, _)| *alias)).chain(["binary"])
}

fn table() -> &'static [(&'static str, &'static str)] {
    static TABLE: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    TABLE.get_or_init(|| MAPS.lines().filter_map(|line| line.split_once(' ')).collect())
}

fn colors_of(digits: &str) -> Vec<[u8; 3]> {
    let byte = |pair: &[u8]| {
        let digit = |at: usize| pair.get(at).and_then(|&digit| char::from(digit).to_digit(16)).unwrap_or(0) as u8;
        digit(0) * 16 + digit(1)
    };
    digits.as_bytes().chunks(6).map(|six| [byte(&six[..2]), byte(&six[2..4]), byte(&six[4..])]).collect()
}

/// How numbers become colours: a map, and what its two ends stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// The colours.
    pub map: ColorMap,
    /// What has the first colour.
    pub low: f64,
    /// What has the last colour.
    pub high: f64,
    /// Are numbers taken by their logarithms?
    pub log: bool,
}

impl Mapping {
    /// Where between the ends a number is, 0 to 1 within.
    pub fn share(&self, number: f64) -> f64 {
        let (low, high, number) = match self.log {
            true => (self.low.ln(), self.high.ln(), number.ln()),
            false => (self.low, self.high, number),
        };
        if high == low { 0.0 } else { (number - low) / (high - low) }
    }

    /// The colour of a number; NaN has none.
    pub fn bytes(&self, number: f64) -> [u8; 4] {
        let share = self.share(number);
        if share.is_nan() {
            return [0; 4];
        }
        let [red, green, blue] = self.map.bytes_at(share);
        [red, green, blue, 255]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_have_the_colours_of_matplotlib() {
        let check = |name: &str, number: f64, digits: &str| {
            assert_eq!(ColorMap::named(name).unwrap().at(number).digits(), digits, "{name}({number})");
        };
        check("viridis", 0.0, "#440154");
        check("viridis", 1.0, "#fde724");
        check("viridis_r", 0.0, "#fde724");
        check("gray", 0.5, "#808080");
        check("grey", 1.0, "#ffffff");
        check("tab10", 0.15, "#ff7f0e");
        check("binary", 0.0, "#ffffff");
        let error = ColorMap::named("virdis").unwrap_err();
        assert_eq!(error.0.hints, ["did you mean `viridis`?"]);
    }
}
