//! Parts of an array: `split` and its like, `unstack`, `trim_zeros`.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::{Numbers, part};
use crate::eager::NdArray;
use crate::face::parameters::Axes;
use crate::face::seen::Seen;
use crate::index::IndexItem;
use crate::shape;

/// Cut along an axis into so many parts, or at these places.
fn cut(context: &Context, a: &Seen, sections: &Value, axis: i64, equal: bool) -> Result<Value> {
    let array = a.array()?;
    let axis = shape::axis(axis, array.ndim())?;
    let n = array.sized()?.shape()[axis] as i64;
    let borders: Vec<i64> = match i64::from_value(sections) {
        Some(count) => {
            if count <= 0 {
                bail!("number sections must be larger than 0.");
            }
            // A part of an array takes about as much as this many positions.
            super::super::create::room_for_positions(count as u128 * 32)?;
            if equal && n % count != 0 {
                bail!("array split does not result in an equal division"; hint: "{n} positions cannot be cut into {count} equal parts; `array_split` can");
            }
            let (size, longer) = (n / count, n % count);
            (1..count)
                .scan(0, |at, number| {
                    *at += size + i64::from(number <= longer);
                    Some(*at)
                })
                .collect()
        }
        None => Numbers::try_from_value(sections)?.0,
    };
    let starts = std::iter::once(0).chain(borders.iter().copied());
    let ends = borders.iter().copied().map(Some).chain([None]);
    let piece = |(start, end): (i64, Option<i64>)| a.show(context, |array| part(&array, axis, Some(start), end, None));
    let parts = starts.zip(ends).map(piece).collect::<Result<Vec<_>>>()?;
    Ok(Value::list(parts))
}

builtins! {
    /// Cut along an axis into parts that are as long as each other, or nearly.
    ///
    /// ```rdk
    /// np.array_split(np.arange(5), 2)
    /// #> [array([0, 1, 2]), array([3, 4])]
    /// ```
    fn array_split[context](
        /// The array.
        ary: Seen,
        /// How many parts, or where to cut.
        indices_or_sections: Value,
        /// Along which axis.
        axis: i64 = 0,
    ) -> Result<Value> { cut(context, &ary, &indices_or_sections, axis, false) }

    /// Cut along an axis into parts of equal length, or at some positions.
    fn split[context](
        /// The array.
        ary: Seen,
        /// How many parts, or where to cut.
        indices_or_sections: Value,
        /// Along which axis.
        axis: i64 = 0,
    ) -> Result<Value> { cut(context, &ary, &indices_or_sections, axis, true) }

    /// Cut into parts that lie beside each other.
    fn hsplit[context](
        /// The array.
        ary: Seen,
        /// How many parts, or where to cut.
        indices_or_sections: Value,
    ) -> Result<Value> {
        if ary.ndim() == 0 {
            bail!("hsplit only works on arrays of 1 or more dimensions");
        }
        cut(context, &ary, &indices_or_sections, i64::from(ary.ndim() > 1), true)
    }

    /// Cut into parts that lie below each other.
    fn vsplit[context](
        /// The array.
        ary: Seen,
        /// How many parts, or where to cut.
        indices_or_sections: Value,
    ) -> Result<Value> {
        if ary.ndim() < 2 {
            bail!("vsplit only works on arrays of 2 or more dimensions");
        }
        cut(context, &ary, &indices_or_sections, 0, true)
    }

    /// Cut into parts that lie behind each other along the third axis.
    fn dsplit[context](
        /// The array.
        ary: Seen,
        /// How many parts, or where to cut.
        indices_or_sections: Value,
    ) -> Result<Value> {
        if ary.ndim() < 3 {
            bail!("dsplit only works on arrays of 3 or more dimensions");
        }
        cut(context, &ary, &indices_or_sections, 2, true)
    }

    /// The parts of an array along an axis, which goes.
    fn unstack[context](
        /// The array.
        x: Seen,
        /// Along which axis.
        axis: i64 = 0,
    ) -> Result<Value> {
        let array = x.array()?.sized()?;
        let axis = shape::axis(axis, array.ndim())?;
        let item = |at: usize| {
            let mut items = vec![IndexItem::ALL; axis];
            items.push(IndexItem::Int(at as i64));
            let item = x.show(context, |array| array.slice(&items))?;
            // Of a row the parts are numbers.
            Ok(item.get::<NdArray>().map_or(item.clone(), |view| view.clone().or_number()))
        };
        Ok(Value::tuple((0..array.shape()[axis]).map(item).collect::<Result<Vec<_>>>()?))
    }

    /// Without zeros at its ends.
    fn trim_zeros[context](
        /// The array.
        filt: Seen,
        /// At which ends: "f" the front, "b" the back, "fb" both.
        trim: String = "fb",
        /// Along which axes; all if left out.
        axis: Option<Axes>,
    ) -> Result<Value> {
        let array = filt.array()?.sized()?;
        let flags = array.is_true()?.compute_now(context)?;
        let axes = crate::face::indexing::true_positions(&flags)?;
        let trim = trim.to_lowercase();
        if let Some(other) = trim.chars().find(|end| !"fb".contains(*end)) {
            bail!("unexpected character(s) in `trim`: '{other}'"; hint: "\"f\" is the front, \"b\" the back");
        }
        let trimmed = shape::axes(Axes::list(&axis), array.ndim())?;
        let item = |(axis, places): (usize, &Vec<i64>)| {
            if !trimmed.contains(&axis) {
                return IndexItem::ALL;
            }
            let n = array.shape()[axis] as i64;
            let (first, last) = (places.iter().min().copied().unwrap_or(n), places.iter().max().copied().unwrap_or(-1));
            let start = if trim.contains('f') { first } else { 0 };
            let stop = if trim.contains('b') { last + 1 } else { n };
            IndexItem::Slice { start: Some(start), stop: Some(stop), step: None }
        };
        let items: Vec<IndexItem> = axes.iter().enumerate().map(item).collect();
        filt.show(context, |array| array.slice(&items))
    }
}
