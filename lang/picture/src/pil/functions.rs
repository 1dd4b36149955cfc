//! Functions of `PIL.Image` that put images together, and `PIL.ImageSequence`.

use super::*;

/// `Image.Resampling`, `Image.Transpose` and the names that were there before them.
pub(super) fn constants() -> Vec<(&'static str, Value)> {
    const TRANSPOSE: [&str; 7] =
        ["FLIP_LEFT_RIGHT", "FLIP_TOP_BOTTOM", "ROTATE_90", "ROTATE_180", "ROTATE_270", "TRANSPOSE", "TRANSVERSE"];
    let numbered = |names: &[&'static str]| -> Vec<(&'static str, Value)> {
        names.iter().enumerate().map(|(number, name)| (*name, Value::from(number))).collect()
    };
    let resampling = Module::new("PIL.Image.Resampling", "How pixels go over into others.", || {
        let ways = ["NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING"];
        ways.into_iter().enumerate().map(|(number, name)| (name, Value::from(number))).collect()
    });
    let transpose = Module::new("PIL.Image.Transpose", "How an image is mirrored or turned.", || {
        TRANSPOSE.into_iter().enumerate().map(|(number, name)| (name, Value::from(number))).collect()
    });
    let mut names = numbered(&TRANSPOSE);
    names.push(("Resampling", Value::Module(resampling)));
    names.push(("Transpose", Value::Module(transpose)));
    names
}

/// `PIL.ImageSequence`
pub(super) fn sequence() -> Arc<Module> {
    Module::new("PIL.ImageSequence", "The pages of an image.", || entries(pages::builtins()))
}

#[allow(non_snake_case)]
mod pages {
    use super::*;

    fn all(image: &PilImage) -> Result<Vec<Value>> {
        let n = image.pages.as_ref().map_or(1, |pages| pages.count);
        (0..n).map(|page| image.page(page).map(held)).collect()
    }

    builtins! {
        /// The pages of an image, one after the other.
        fn Iterator(/** The image. */ im: PilImage) -> Result<Value> {
            let mut pages = all(&im)?.into_iter();
            Ok(Value::iter("iterator", move |_| pages.next().map(Ok)))
        }

        /// The pages of an image, as a list.
        fn all_frames(/** The image. */ im: PilImage) -> Result<Vec<Value>> { all(&im) }
    }
}

fn alike(one: &PilImage, other: &PilImage) -> Result<()> {
    if one.mode != other.mode || one.values.shape() != other.values.shape() {
        bail!("images do not match"; hint: "they are {} and {}", one.line(), other.line());
    }
    Ok(())
}

builtins! {
    /// An image of several parts.
    fn merge(
        /// `RGB`, `RGBA`, `LA`.
        mode: String,
        /// The parts: grey images of one size.
        bands: Vec<PilImage>,
    ) -> Result<Value> { PilImage::merged(&mode, &bands).map(held) }

    /// Something between two images.
    fn blend(
        /// The one.
        im1: PilImage,
        /// The other.
        im2: PilImage,
        /// How much of the other: from 0 to 1.
        alpha: f64,
    ) -> Result<Value> {
        alike(&im1, &im2)?;
        let pairs = im1.raw().into_iter().zip(im2.raw());
        let alpha = alpha as f32;
        let bytes = pairs.map(|(one, other)| (f32::from(one) + alpha * (f32::from(other) - f32::from(one))).clamp(0.0, 255.0) as u8);
        im1.with_raw(bytes.collect()).map(held)
    }

    /// One image where a mask is set, another where it is not.
    fn composite(
        /// The one.
        image1: PilImage,
        /// The other.
        image2: PilImage,
        /// How much of the one is seen at each place.
        mask: PilImage,
    ) -> Result<Value> {
        alike(&image1, &image2)?;
        image2.paste(&held(image1), None, Some(&mask)).map(held)
    }

    /// An image of bytes, row by row.
    fn frombytes(
        /// `L`, `RGB`, `RGBA`.
        mode: String,
        /// How wide and how high.
        size: Size,
        /// The bytes.
        data: Arc<[u8]>,
    ) -> Result<Value> { PilImage::of_raw(&mode, (size.0, size.1), &data).map(held) }
}
