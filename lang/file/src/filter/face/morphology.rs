//! Shapes grown and shrunk: `scipy.ndimage`, `dask_image.ndmorph`, `skimage.morphology`.

use super::*;
use crate::filter::morphology::{dilated, eroded, filled, iterated, reached, round, structure};
use crate::filter::named::Window;

/// The window of a structure; a cross of 3 if nothing is said.
pub(super) fn window_of(given: Option<&Value>, n: usize, origin: &PerAxis<i64>) -> Result<Window> {
    let chunk = match given {
        Some(given) => nested::chunk(given, Some(DType::Bool))?,
        None => structure(n, 1),
    };
    if chunk.ndim() != n {
        bail!(RuntimeError: "structure and input must have same dimensionality"; hint: "the structure has {} axes, the array {n}", chunk.ndim());
    }
    if chunk.is_empty() {
        bail!(RuntimeError: "structure must not be empty");
    }
    Ok(Window::of(&chunk, origin.spread("origin", n)?))
}

/// What flags go through: `true` grows, `false` shrinks.
pub(super) struct Rounds<'a> {
    pub structure: Option<Value>,
    pub iterations: i64,
    pub mask: Option<Operand>,
    pub outside: bool,
    pub origin: PerAxis<i64>,
    pub steps: &'a [bool],
}

pub(super) fn rounds(context: &Context, input: &Operand, wanted: Rounds<'_>) -> Result<Value> {
    let array = input.array()?;
    let mut flags = array.cast(DType::Bool);
    let window = window_of(wanted.structure.as_ref(), array.ndim(), &wanted.origin)?;
    let mask =
        wanted.mask.as_ref().map(|mask| Ok::<_, rdk_runtime::Error>(mask.array()?.cast(DType::Bool))).transpose()?;
    if let Some(mask) = &mask
        && mask.shape() != array.shape()
    {
        bail!(RuntimeError: "mask and input must have equal sizes");
    }
    let mask = mask.map(|mask| mask.rechunk(&rdk_array::ChunksSpec::from(array.chunks()))).transpose()?;
    if wanted.iterations < 1 && input.is_lazy() {
        bail!(NotImplementedError: "`iterations` must be 1 or more for a lazy array, got {}", wanted.iterations);
    }
    for &grow in wanted.steps {
        if wanted.iterations >= 1 {
            for _ in 0..wanted.iterations {
                flags = round(&flags, &window, wanted.outside, mask.as_ref(), grow)?;
            }
            continue;
        }
        // Until nothing changes any more.
        let mut now = flags.compute_now(context)?;
        loop {
            let held = Array::from_chunk(now.clone(), &rdk_array::ChunksSpec::WHOLE)?;
            let next = round(&held, &window, wanted.outside, mask.as_ref(), grow)?.compute_now(context)?;
            if next == now {
                break;
            }
            now = next;
        }
        flags = Array::from_chunk(now, &rdk_array::ChunksSpec::WHOLE)?;
    }
    done(context, input, flags)
}

/// Those that `dask_image.ndmorph` has, too.
pub(super) mod binary {
    use super::*;

    builtins! {
        /// Flags shrunk: set where the structure covers nothing but set ones.
        ///
        /// ```rdk
        /// from scipy import ndimage
        /// ndimage.binary_erosion([0, 1, 1, 1, 0]).astype(int)
        /// #> array([0, 0, 1, 0, 0])
        /// ```
        fn binary_erosion[context](
            /// The flags.
            input: Operand,
            /// What is laid over every place; a cross of 3 if left out.
            structure: Option<Value>,
            /// How many times; less than 1: until nothing changes.
            iterations: i64 = 1,
            /// Where anything may change.
            mask: Option<Operand>,
            /// What lies beyond the ends.
            border_value: bool = false,
            /// By how much the middle of the structure is moved.
            origin: PerAxis<i64> = 0i64,
            /// Accepted, not used.
            brute_force: bool = false,
        ) -> Result<Value> {
            let _ = brute_force;
            rounds(context, &input, Rounds { structure, iterations, mask, outside: border_value, origin, steps: &[false] })
        }

        /// Flags grown: set where the structure covers a set one.
        fn binary_dilation[context](
            /// The flags.
            input: Operand,
            /// What is laid over every place; a cross of 3 if left out.
            structure: Option<Value>,
            /// How many times; less than 1: until nothing changes.
            iterations: i64 = 1,
            /// Where anything may change.
            mask: Option<Operand>,
            /// What lies beyond the ends.
            border_value: bool = false,
            /// By how much the middle of the structure is moved.
            origin: PerAxis<i64> = 0i64,
            /// Accepted, not used.
            brute_force: bool = false,
        ) -> Result<Value> {
            let _ = brute_force;
            rounds(context, &input, Rounds { structure, iterations, mask, outside: border_value, origin, steps: &[true] })
        }

        /// Flags shrunk and then grown: small ones are gone.
        fn binary_opening[context](
            /// The flags.
            input: Operand,
            /// What is laid over every place; a cross of 3 if left out.
            structure: Option<Value>,
            /// How many times each.
            iterations: i64 = 1,
            /// By how much the middle of the structure is moved.
            origin: PerAxis<i64> = 0i64,
            /// Where anything may change.
            mask: Option<Operand>,
            /// What lies beyond the ends.
            border_value: bool = false,
        ) -> Result<Value> {
            rounds(context, &input, Rounds { structure, iterations, mask, outside: border_value, origin, steps: &[false, true] })
        }

        /// Flags grown and then shrunk: small holes are gone.
        fn binary_closing[context](
            /// The flags.
            input: Operand,
            /// What is laid over every place; a cross of 3 if left out.
            structure: Option<Value>,
            /// How many times each.
            iterations: i64 = 1,
            /// By how much the middle of the structure is moved.
            origin: PerAxis<i64> = 0i64,
            /// Where anything may change.
            mask: Option<Operand>,
            /// What lies beyond the ends.
            border_value: bool = false,
        ) -> Result<Value> {
            rounds(context, &input, Rounds { structure, iterations, mask, outside: border_value, origin, steps: &[true, false] })
        }
    }
}

/// Growing and shrinking of numbers.
pub(super) struct Grey {
    pub size: Option<PerAxis<usize>>,
    pub footprint: Option<Value>,
    pub beyond: named::Beyond,
    pub origin: PerAxis<i64>,
}

impl Grey {
    fn steps(&self, array: &Array, steps: &[bool]) -> Result<Array> {
        let window = window(array, self.size.clone(), self.footprint.clone(), &self.origin)?;
        steps.iter().try_fold(array.clone(), |array, &grow| match grow {
            true => dilated(&array, &window, self.beyond),
            false => eroded(&array, &window, self.beyond),
        })
    }
}

builtins! {
    /// Holes in flags filled: what cannot be reached from outside.
    fn binary_fill_holes[context](
        /// The flags.
        input: Value,
        /// Which neighbours hang together; those along axes if left out.
        structure: Option<Value>,
    ) -> Result<Value> {
        let structure = structure.map(|structure| nested::chunk(&structure, Some(DType::Bool))).transpose()?;
        Ok(eager::value(filled(&now(context, &input)?, structure.as_ref())?))
    }

    /// Flags grown for as long as the mask allows it.
    fn binary_propagation[context](
        /// The flags.
        input: Value,
        /// Which neighbours hang together; those along axes if left out.
        structure: Option<Value>,
        /// Where anything may be set.
        mask: Option<Value>,
    ) -> Result<Value> {
        let structure = structure.map(|structure| nested::chunk(&structure, Some(DType::Bool))).transpose()?;
        let image = now(context, &input)?;
        let mask = match mask { Some(mask) => now(context, &mask)?, None => Chunk::full(image.shape(), rdk_array::Scalar::Bool(true)) };
        Ok(eager::value(reached(&image, &mask, structure.as_ref())?))
    }

    /// A structure of 3 along each axis: the places at most so many steps from its middle.
    ///
    /// ```rdk
    /// from scipy import ndimage
    /// ndimage.generate_binary_structure(2, 1).astype(int)
    /// #> array([[0, 1, 0],
    /// #>        [1, 1, 1],
    /// #>        [0, 1, 0]])
    /// ```
    fn generate_binary_structure(
        /// How many axes.
        rank: usize,
        /// How many steps along axes.
        connectivity: usize,
    ) -> Result<Value> {
        if rank > 12 { bail!("a structure of {rank} axes is too large"); }
        Ok(eager::value(structure(rank, connectivity)))
    }

    /// A structure grown by itself.
    fn iterate_structure(
        /// The structure.
        structure: Value,
        /// How many times.
        iterations: usize,
    ) -> Result<Value> { Ok(eager::value(iterated(&nested::chunk(&structure, Some(DType::Bool))?, iterations)?)) }

    /// The smallest that a structure covers.
    fn grey_erosion[context](
        /// The array.
        input: Operand,
        /// How long the box is, for all axes or for each.
        size: Option<PerAxis<usize>>,
        /// Which places count.
        footprint: Option<Value>,
        /// Structures with heights are not supported.
        structure: rdk_array::face::parameters::Unsupported,
        /// Arrays to write to are not supported.
        output: rdk_array::face::parameters::Unsupported,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> {
        let _ = (structure, output);
        done(context, &input, Grey { size, footprint, beyond: (mode, cval), origin }.steps(&input.array()?, &[false])?)
    }

    /// The largest that a structure covers.
    fn grey_dilation[context](
        /// The array.
        input: Operand,
        /// How long the box is, for all axes or for each.
        size: Option<PerAxis<usize>>,
        /// Which places count.
        footprint: Option<Value>,
        /// Structures with heights are not supported.
        structure: rdk_array::face::parameters::Unsupported,
        /// Arrays to write to are not supported.
        output: rdk_array::face::parameters::Unsupported,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> {
        let _ = (structure, output);
        done(context, &input, Grey { size, footprint, beyond: (mode, cval), origin }.steps(&input.array()?, &[true])?)
    }

    /// Shrunk and then grown: small bright places are gone.
    fn grey_opening[context](
        /// The array.
        input: Operand,
        /// How long the box is, for all axes or for each.
        size: Option<PerAxis<usize>>,
        /// Which places count.
        footprint: Option<Value>,
        /// Structures with heights are not supported.
        structure: rdk_array::face::parameters::Unsupported,
        /// Arrays to write to are not supported.
        output: rdk_array::face::parameters::Unsupported,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> {
        let _ = (structure, output);
        done(context, &input, Grey { size, footprint, beyond: (mode, cval), origin }.steps(&input.array()?, &[false, true])?)
    }

    /// Grown and then shrunk: small dark places are gone.
    fn grey_closing[context](
        /// The array.
        input: Operand,
        /// How long the box is, for all axes or for each.
        size: Option<PerAxis<usize>>,
        /// Which places count.
        footprint: Option<Value>,
        /// Structures with heights are not supported.
        structure: rdk_array::face::parameters::Unsupported,
        /// Arrays to write to are not supported.
        output: rdk_array::face::parameters::Unsupported,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> {
        let _ = (structure, output);
        done(context, &input, Grey { size, footprint, beyond: (mode, cval), origin }.steps(&input.array()?, &[true, false])?)
    }
}
