//! `boxplot`: the middle half of numbers, their median, and what lies far out.

use rdk_runtime::{Context, Result, Value};

use super::handles::AxesObject;
use super::histograms::rows_of;
use super::plot::line;
use super::style::Style;
use super::values::{self, concrete};
use crate::color::Color;

/// The median and quarters of sorted numbers, as NumPy has them.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() as f64 - 1.0);
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}

/// A box for each row.
pub fn box_plot(context: &Context, this: &AxesObject, x: Value, names: Vec<String>, upright: bool) -> Result<Value> {
    let rows = rows_of(context, &values::first(concrete(context, &[x])?))?;
    this.with(|axes, settings| {
        let turn = |across: f64, along: f64| if upright { (across, along) } else { (along, across) };
        let mut draw = |points: &[(f64, f64)], style: Style| {
            let points: Vec<(f64, f64)> = points.iter().map(|&(across, along)| turn(across, along)).collect();
            let (x, y) = points.into_iter().unzip();
            line(axes, settings, x, y, Style { width: Some(1.0), ..style });
        };
        let black = || Style { color: Some(Color::BLACK), ..Style::default() };
        let width = (0.15 * rows.len() as f64).clamp(0.15, 0.5);
        for (at, row) in rows.iter().enumerate() {
            let mut sorted: Vec<f64> = row.iter().copied().filter(|number| !number.is_nan()).collect();
            sorted.sort_by(f64::total_cmp);
            if sorted.is_empty() {
                continue;
            }
            let middle = at as f64 + 1.0;
            let (low, median, high) = (quantile(&sorted, 0.25), quantile(&sorted, 0.5), quantile(&sorted, 0.75));
            let reach = 1.5 * (high - low);
            let least = sorted.iter().copied().find(|number| *number >= low - reach).unwrap_or(low).min(low);
            let most = sorted.iter().rev().copied().find(|number| *number <= high + reach).unwrap_or(high).max(high);
            let (left, right) = (middle - width / 2.0, middle + width / 2.0);
            draw(&[(left, low), (right, low), (right, high), (left, high), (left, low)], black());
            for (from, to) in [(low, least), (high, most)] {
                draw(&[(middle, from), (middle, to)], black());
                draw(&[(middle - width / 4.0, to), (middle + width / 4.0, to)], black());
            }
            draw(&[(left, median), (right, median)], Style { color: Some(crate::color::CYCLE[1]), ..Style::default() });
            let far: Vec<(f64, f64)> = sorted
                .iter()
                .filter(|number| **number < least || **number > most)
                .map(|&number| (middle, number))
                .collect();
            let marks =
                Style { line: Some((false, Vec::new())), sign: Some(Some('o')), face: Some(Color::NONE), ..black() };
            draw(&far, marks);
        }
        let axis = if upright { &mut axes.x } else { &mut axes.y };
        axis.ticks = Some((1..=rows.len()).map(|at| at as f64).collect());
        axis.tick_labels =
            Some((0..rows.len()).map(|at| names.get(at).cloned().unwrap_or((at + 1).to_string())).collect());
        axis.set_limits(Some(0.5), Some(rows.len() as f64 + 0.5));
    });
    Ok(Value::dict::<&str>([]))
}
