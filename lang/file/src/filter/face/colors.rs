//! Colours and types of images: `skimage.color`, `skimage.util`.

use rdk_array::index::IndexItem;
use rdk_array::kernel::BinaryFunc;

use super::scikit::shares;
use super::*;

/// One part of the colours of an image.
fn part(array: &Array, at: i64) -> Result<Array> {
    let mut items = vec![IndexItem::Slice { start: None, stop: None, step: None }; array.ndim() - 1];
    items.push(IndexItem::Int(at));
    array.slice(&items)
}

builtins! {
    /// Grey of colours: how bright they look.
    ///
    /// ```rdk
    /// from skimage.color import rgb2gray
    /// rgb2gray(np.array([[[255, 0, 0], [0, 255, 0]]], dtype=np.uint8))
    /// #> array([[0.2125, 0.7154]])
    /// ```
    fn rgb2gray[context](
        /// The image: its last axis are red, green and blue.
        rgb: Operand,
    ) -> Result<Value> {
        let array = shares(&rgb.array()?)?;
        if array.ndim() < 1 || array.shape()[array.ndim() - 1] != 3 {
            bail!("the input array must have size 3 along `channel_axis`, got {}", shape::show(array.shape()); hint: "the last axis is red, green and blue: `image[..., :3]` leaves out how opaque they are");
        }
        let weighted = |at: i64, weight: f64| {
            let weight = Array::scalar(rdk_array::Scalar::F64(weight).cast(array.dtype()));
            part(&array, at)?.binary(BinaryFunc::Multiply, &weight)
        };
        let sum = weighted(0, 0.2125)?.binary(BinaryFunc::Add, &weighted(1, 0.7154)?)?;
        done(context, &rgb, sum.binary(BinaryFunc::Add, &weighted(2, 0.0721)?)?)
    }

    /// Colours of grey: three equal parts.
    fn gray2rgb[context](
        /// The image.
        image: Operand,
    ) -> Result<Value> {
        let array = image.array()?;
        done(context, &image, Array::stack(&[array.clone(), array.clone(), array.clone()], array.ndim() as i64)?)
    }
}

/// Types of images.
pub(super) mod kinds {
    use super::*;

    fn whole(context: &Context, image: &Operand, dtype: DType) -> Result<Array> {
        let array = image.array()?;
        let (from, bits) = (array.dtype(), 8 * dtype.size() as u32);
        let most = (1u64 << bits) - 1;
        match from.letter() {
            _ if from == dtype => Ok(array),
            'c' => bail!("Cannot convert from {from} to {dtype}."),
            'f' => {
                // What is made later is cut off at the ends.
                if !image.is_lazy() && array.compute_now(context)?.to_vec::<f64>().iter().any(|share| share.abs() > 1.0)
                {
                    bail!("Images of type float must be between -1 and 1."; hint: "`rescale_intensity(image, out_range=(0, 1))`, or divide it by its largest element");
                }
                let number = |number: u64| Array::scalar(rdk_array::Scalar::F64(number as f64).cast(from));
                let scaled =
                    array.binary(BinaryFunc::Multiply, &number(most))?.unary(rdk_array::kernel::UnaryFunc::Rint)?;
                let low = scaled.binary(BinaryFunc::Maximum, &number(0))?;
                Ok(low.binary(BinaryFunc::Minimum, &number(most))?.cast(dtype))
            }
            'b' => array
                .cast(DType::U64)
                .binary(BinaryFunc::Multiply, &Array::scalar(rdk_array::Scalar::U64(most)))
                .map(|array| array.cast(dtype)),
            // What fits is not made smaller: an image in memory is looked at.
            'i' | 'u' if from.size() > dtype.size() && !image.is_lazy() && fits(&array.compute_now(context)?, most) => {
                let zero = Array::scalar(rdk_array::Scalar::Bool(false).cast(from));
                Ok(array.binary(BinaryFunc::Maximum, &zero)?.cast(dtype))
            }
            letter => {
                // Of as many bits that tell how large a number is to as many, by whole numbers alone.
                let signed = letter == 'i';
                let own = 8 * from.size() as u32 - u32::from(signed);
                let wide = if signed { DType::I64 } else { DType::U64 };
                let number = |number: u64| Array::scalar(rdk_array::Scalar::U64(number).cast(wide));
                let repeated = if own < bits { bits.div_ceil(own) * own } else { own };
                let times = if own < bits { ((1u64 << repeated) - 1) / ((1u64 << own) - 1) } else { 1 };
                let grown = array.cast(wide).binary(BinaryFunc::Multiply, &number(times))?;
                let cut = grown.binary(BinaryFunc::FloorDivide, &number(1u64 << (repeated - bits)))?;
                Ok(cut.binary(BinaryFunc::Maximum, &number(0))?.cast(dtype))
            }
        }
    }

    /// Is no number larger than this?
    fn fits(chunk: &Chunk, most: u64) -> bool {
        chunk.to_vec::<f64>().into_iter().all(|number| number <= most as f64)
    }

    builtins! {
        /// Whole numbers as shares of the largest of their type.
        ///
        /// ```rdk
        /// from skimage import img_as_float
        /// img_as_float(np.array([0, 51, 255], dtype=np.uint8))
        /// #> array([0. , 0.2, 1. ])
        /// ```
        fn img_as_float[context](
            /// The image.
            image: Operand,
        ) -> Result<Value> { done(context, &image, shares(&image.array()?)?) }

        /// Shares of 1 as bytes.
        ///
        /// Wider whole numbers of an image in memory stay what they are if they all fit; those of a lazy one, which nobody knows yet,
        /// are always made smaller by as much as their type is larger.
        fn img_as_ubyte[context](
            /// The image.
            image: Operand,
        ) -> Result<Value> { done(context, &image, whole(context, &image, DType::U8)?) }

        /// Shares of 1 as whole numbers of 16 bits.
        ///
        /// Wider whole numbers of an image in memory stay what they are if they all fit; those of a lazy one, which nobody knows yet,
        /// are always made smaller by as much as their type is larger.
        fn img_as_uint[context](
            /// The image.
            image: Operand,
        ) -> Result<Value> { done(context, &image, whole(context, &image, DType::U16)?) }

        /// Dark for bright.
        fn invert[context](
            /// The image.
            image: Operand,
        ) -> Result<Value> {
            let array = image.array()?;
            let most = match array.dtype() {
                DType::Bool => return done(context, &image, array.unary(rdk_array::kernel::UnaryFunc::LogicalNot)?),
                dtype if dtype.is_float() => 1.0,
                dtype => dtype.integer_range().map_or(1.0, |(low, high)| if low < 0 { -1.0 } else { high as f64 }),
            };
            let most = Array::scalar(rdk_array::Scalar::F64(most).cast(array.dtype()));
            done(context, &image, most.binary(BinaryFunc::Subtract, &array)?)
        }
    }
}
