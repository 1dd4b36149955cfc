//! Regions and shapes as scikit-image has them: `skimage.measure`, `skimage.morphology`.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Object};

use super::morphology::{Rounds, rounds, window_of};
use super::*;
use crate::filter::morphology::{dilated, eroded, structure};
use crate::filter::regions::{NAMES, Region, regions, today};

/// Labels as scikit-image gives them: equal neighbours hang together, by default also over corners.
fn labelled(
    context: &Context,
    image: &Value,
    background: Option<f64>,
    return_num: bool,
    connectivity: Option<usize>,
) -> Result<Value> {
    let image = now(context, image)?;
    // SciPy numbers truth values, with narrower numbers.
    let dtype = if image.dtype() == DType::Bool { DType::I32 } else { DType::I64 };
    let image = match background {
        // What is the background is 0 to the one who labels.
        Some(ground) if ground != 0.0 => {
            let numbers = image.to_vec::<f64>().into_iter();
            let moved = |number: f64| {
                if number == ground {
                    0.0
                } else if number == 0.0 {
                    f64::INFINITY
                } else {
                    number
                }
            };
            Chunk::from_vec(image.shape(), numbers.map(moved).collect())
        }
        _ => image,
    };
    let connectivity = connectivity.unwrap_or(image.ndim());
    if connectivity < 1 || connectivity > image.ndim().max(1) {
        bail!("Connectivity for {}D image should be in [1, ..., {}]. Got {connectivity}.", image.ndim(), image.ndim());
    }
    let (labels, n) = measure::label(&image, Some(&structure(image.ndim(), connectivity)), true)?;
    let labels = eager::value(labels.cast(dtype));
    Ok(if return_num { Value::tuple([labels, Value::from(n)]) } else { labels })
}

/// A region that a user holds.
struct RegionObject(Region);

static REGION: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("RegionProperties", "skimage.measure", "What is known of a region that a label marks.");
    ClassRef::new(class.base(types().object.clone()))
});

impl Object for RegionObject {
    fn class(&self) -> ClassRef {
        REGION.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<skimage.measure.RegionProperties: label={}>", self.0.label)
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        self.0.property(today(name))
    }

    fn attribute_names(&self) -> Vec<String> {
        NAMES.iter().map(|name| (*name).to_string()).collect()
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let name = index.as_str().unwrap_or_default();
        Some(self.0.property(today(name)).unwrap_or_else(|| Err(rdk_runtime::types::key_error(index))))
    }
}

/// A table of properties: a row for each region, a column for each number.
fn table(all: &[Region], names: &[String], separator: &str) -> Result<Value> {
    let mut columns: Vec<(String, Value)> = Vec::new();
    for name in names {
        let property = |region: &Region| match region.property(today(name)) {
            Some(value) => value,
            None => {
                bail!(AttributeError: "'RegionProperties' object has no attribute '{name}'"; hint: "there are: {}", NAMES.join(", "))
            }
        };
        let values = all.iter().map(property).collect::<Result<Vec<_>>>()?;
        if ["image", "image_intensity", "coords", "slice"].contains(&today(name)) {
            columns.push((name.clone(), Value::list(values)));
            continue;
        }
        let dtype = if ["label", "bbox", "num_pixels"].contains(&today(name)) { DType::I64 } else { DType::F64 };
        let parts = values.iter().map(|value| nested::chunk(value, Some(dtype))).collect::<Result<Vec<Chunk>>>()?;
        let lengths = parts.first().map_or(Vec::new(), |part| part.shape().to_vec());
        let strides = shape::strides(&lengths);
        // A column for each of its numbers, by their places.
        for at in 0..lengths.iter().product::<usize>() {
            let numbers = parts.iter().filter_map(|part| part.scalars().nth(at));
            let column: Vec<f64> = numbers.map(|number| number.get::<f64>()).collect();
            let place = strides.iter().zip(&lengths).map(|(stride, length)| at / stride % length);
            let title = place.fold(name.clone(), |title, at| format!("{title}{separator}{at}"));
            columns.push((title, eager::value(Chunk::from_vec(&[column.len()], column).cast(dtype))));
        }
    }
    Ok(Value::dict(columns))
}

/// `skimage.measure`
pub(super) mod measuring {
    use super::*;

    builtins! {
        /// Numbers the parts of an image: equal neighbours hang together.
        ///
        /// ```rdk
        /// from skimage import measure
        /// measure.label(np.array([[1, 0], [0, 1]]))
        /// #> array([[1, 0],
        /// #>        [0, 1]])
        /// ```
        fn label[context](
            /// The image.
            label_image: Value,
            /// What belongs to no part; 0 if left out.
            background: Option<f64>,
            /// Also how many there are?
            return_num: bool = false,
            /// Over how many axes at once neighbours hang together; over all if left out.
            connectivity: Option<usize>,
        ) -> Result<Value> { labelled(context, &label_image, background, return_num, connectivity) }

        /// What is known of each region that labels mark.
        fn regionprops[context](
            /// The labels.
            label_image: Value,
            /// An image of numbers.
            intensity_image: Option<Value>,
            /// Accepted, not used.
            cache: bool = true,
        ) -> Result<Value> {
            let _ = cache;
            let image = intensity_image.map(|image| now(context, &image)).transpose()?;
            let all = regions(&now(context, &label_image)?, image.as_ref())?;
            Ok(Value::list(all.into_iter().map(|region| Value::object(RegionObject(region)))))
        }

        /// What is known of regions, as a dict of columns: `pd.DataFrame(…)` makes a table of it.
        ///
        /// ```rdk
        /// from skimage import measure
        /// measure.regionprops_table(np.array([[1, 1, 0], [0, 2, 2]]), properties=["label", "centroid"])
        /// #> {'label': array([1, 2]),
        /// #>  'centroid-0': array([0., 1.]),
        /// #>  'centroid-1': array([0.5, 1.5])}
        /// ```
        fn regionprops_table[context](
            /// The labels.
            label_image: Value,
            /// An image of numbers.
            intensity_image: Option<Value>,
            /// What is wanted: `label`, `area`, `bbox`, `centroid`, `mean_intensity`, …
            properties: Option<Vec<String>>,
            /// Accepted, not used.
            cache: bool = true,
            /// What stands between a name and the number of its part.
            separator: String = "-",
        ) -> Result<Value> {
            let _ = cache;
            let image = intensity_image.map(|image| now(context, &image)).transpose()?;
            let all = regions(&now(context, &label_image)?, image.as_ref())?;
            let names = properties.unwrap_or_else(|| vec!["label".to_string(), "bbox".to_string()]);
            table(&all, &names, &separator)
        }
    }
}

/// A footprint of which these places are set.
fn footprint(n: usize, radius: usize, dtype: Option<DTypeArg>, inside: impl Fn(&[i64]) -> bool) -> Result<Value> {
    let side = 2 * radius + 1;
    if side.checked_pow(n as u32).is_none_or(|count| count > 1 << 24) {
        bail!("a footprint of radius {radius} is too large");
    }
    let place = |at: usize| -> Vec<i64> {
        (0..n).rev().map(|axis| (at / side.pow(axis as u32) % side) as i64 - radius as i64).collect()
    };
    let flags = (0..side.pow(n as u32)).map(|at| u8::from(inside(&place(at)))).collect();
    Ok(eager::value(Chunk::from_vec(&vec![side; n], flags).cast(dtype.map_or(DType::U8, |dtype| dtype.0))))
}

fn squared(place: &[i64]) -> i64 {
    place.iter().map(|step| step * step).sum()
}

/// A footprint of odd sides: one of even sides gets an empty row before its first one, or behind its last.
fn padded(given: &Value, at_end: bool) -> Result<Chunk> {
    let footprint = nested::chunk(given, Some(DType::Bool))?;
    if footprint.is_empty() {
        return Ok(footprint);
    }
    let old = footprint.shape();
    let sides: Vec<usize> = old.iter().map(|side| side | 1).collect();
    let (strides, old_strides) = (shape::strides(&sides), shape::strides(old));
    let moved = |axis: usize| if at_end { 0 } else { sides[axis] - old[axis] };
    let mut flags = vec![false; sides.iter().product()];
    for (at, flag) in footprint.to_vec::<bool>().into_iter().enumerate() {
        let along = (0..old.len()).map(|axis| (at / old_strides[axis] % old[axis] + moved(axis)) * strides[axis]);
        flags[along.sum::<usize>()] = flag;
    }
    Ok(Chunk::from_vec(&sides, flags))
}

/// A filter over a footprint; beyond the ends there is nothing that could win. What is done first has the footprint as it is given, and
/// what follows has it turned round, so that shapes do not wander: as growing turns it round once more, all have the same one here.
fn over(context: &Context, image: &Operand, given: Option<Value>, steps: &[bool]) -> Result<Value> {
    let mut array = image.array()?;
    let given = given.map(|given| padded(&given, false).map(eager::value)).transpose()?;
    let mut window = window_of(given.as_ref(), array.ndim(), &PerAxis(vec![0]))?;
    if steps.first() == Some(&true) {
        window.counts.reverse();
    }
    for &grow in steps {
        array = if grow {
            dilated(&array, &window, (Border::Reflect, 0.0))?
        } else {
            eroded(&array, &window, (Border::Reflect, 0.0))?
        };
    }
    done(context, image, array)
}

fn flags(context: &Context, image: &Operand, given: Option<Value>, outside: &[bool], steps: &[bool]) -> Result<Value> {
    let given = given.map(|given| padded(&given, true).map(eager::value)).transpose()?;
    let mut input = image.clone();
    let mut answer = Value::None;
    for (&grow, &outside) in steps.iter().zip(outside) {
        let wanted = Rounds {
            structure: given.clone(),
            iterations: 1,
            mask: None,
            outside,
            origin: PerAxis(vec![0]),
            steps: &[grow],
        };
        answer = rounds(context, &input, wanted)?;
        input = Operand::try_from_value(&answer)?;
    }
    Ok(answer)
}

/// `skimage.morphology`
pub(super) mod shapes {
    use super::*;

    builtins! {
        /// A footprint: the places that are at most `radius` away from the middle.
        ///
        /// ```rdk
        /// from skimage.morphology import disk
        /// disk(1)
        /// #> array([[0, 1, 0],
        /// #>        [1, 1, 1],
        /// #>        [0, 1, 0]], dtype=uint8)
        /// ```
        fn disk(/** How far. */ radius: usize, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Result<Value> { footprint(2, radius, dtype, |place| squared(place) <= (radius * radius) as i64) }

        /// A disk of three axes.
        fn ball(/** How far. */ radius: usize, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Result<Value> { footprint(3, radius, dtype, |place| squared(place) <= (radius * radius) as i64) }

        /// A footprint: the places that are at most `radius` steps along axes away from the middle.
        fn diamond(/** How many steps. */ radius: usize, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Result<Value> { footprint(2, radius, dtype, |place| place.iter().map(|step| step.abs()).sum::<i64>() <= radius as i64) }

        /// A diamond of three axes.
        fn octahedron(/** How many steps. */ radius: usize, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Result<Value> { footprint(3, radius, dtype, |place| place.iter().map(|step| step.abs()).sum::<i64>() <= radius as i64) }

        /// A footprint: a square.
        fn square(/** How long its sides are. */ width: usize, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Value { eager::value(Chunk::full(&[width, width], rdk_array::Scalar::U8(1)).cast(dtype.map_or(DType::U8, |dtype| dtype.0))) }

        /// A footprint: a rectangle, or a box of more axes.
        fn footprint_rectangle(/** How long its sides are. */ shape: Vec<usize>, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Value { eager::value(Chunk::full(&shape, rdk_array::Scalar::U8(1)).cast(dtype.map_or(DType::U8, |dtype| dtype.0))) }

        /// A footprint: a cube.
        fn cube(/** How long its sides are. */ width: usize, /** The type of its elements. */ dtype: Option<DTypeArg>) -> Value { eager::value(Chunk::full(&[width, width, width], rdk_array::Scalar::U8(1)).cast(dtype.map_or(DType::U8, |dtype| dtype.0))) }

        /// Numbers the parts of an image: equal neighbours hang together.
        fn label[context](
            /// The image.
            label_image: Value,
            /// What belongs to no part; 0 if left out.
            background: Option<f64>,
            /// Also how many there are?
            return_num: bool = false,
            /// Over how many axes at once neighbours hang together; over all if left out.
            connectivity: Option<usize>,
        ) -> Result<Value> { labelled(context, &label_image, background, return_num, connectivity) }

        /// The smallest that a footprint covers.
        fn erosion[context](/** The image. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { over(context, &image, footprint, &[false]) }

        /// The largest that a footprint covers.
        fn dilation[context](/** The image. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { over(context, &image, footprint, &[true]) }

        /// Shrunk and then grown: small bright places are gone.
        fn opening[context](/** The image. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { over(context, &image, footprint, &[false, true]) }

        /// Grown and then shrunk: small dark places are gone.
        fn closing[context](/** The image. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { over(context, &image, footprint, &[true, false]) }

        /// Flags shrunk.
        fn binary_erosion[context](/** The flags. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { flags(context, &image, footprint, &[true], &[false]) }

        /// Flags grown.
        fn binary_dilation[context](/** The flags. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { flags(context, &image, footprint, &[false], &[true]) }

        /// Flags shrunk and then grown: small ones are gone.
        fn binary_opening[context](/** The flags. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { flags(context, &image, footprint, &[true, false], &[false, true]) }

        /// Flags grown and then shrunk: small holes are gone.
        fn binary_closing[context](/** The flags. */ image: Operand, /** Which places count; a cross of 3 if left out. */ footprint: Option<Value>) -> Result<Value> { flags(context, &image, footprint, &[false, true], &[true, false]) }

        /// Parts of fewer elements taken away.
        fn remove_small_objects[context](
            /// Flags, or labels.
            ar: Value,
            /// How many elements a part has at least.
            min_size: Option<usize>,
            /// Over how many axes at once neighbours hang together.
            connectivity: usize = 1,
            /// How many elements a part may have that goes, in place of `min_size`.
            max_size: usize = 64,
        ) -> Result<Value> {
            let least = min_size.unwrap_or(max_size.saturating_add(1));
            let image = now(context, &ar)?;
            let labels = match image.dtype() {
                DType::Bool => measure::label(&image, Some(&structure(image.ndim(), connectivity)), false)?.0,
                _ => image.clone(),
            };
            let labels = labels.to_vec::<i64>();
            let mut counts: rustc_hash::FxHashMap<i64, usize> = rustc_hash::FxHashMap::default();
            labels.iter().for_each(|&label| *counts.entry(label).or_default() += 1);
            let kept = image.to_vec::<i64>().into_iter().zip(&labels);
            let kept = kept.map(|(number, label)| if counts[label] < least { 0 } else { number }).collect();
            Ok(eager::value(Chunk::from_vec(image.shape(), kept).cast(image.dtype())))
        }
    }
}
