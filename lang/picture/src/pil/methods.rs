//! What an image can be asked and told.

use rdk_runtime::Keywords;

use super::edit::Turn;
use super::*;
use crate::face::values::Pair;

builtins! {
    /// Writes it to a file: PNG, JPEG, TIFF or BMP, by its ending.
    fn save(
        /// The image.
        this: PilImage,
        /// The file's path.
        fp: PathArg,
        /// `PNG` and so on, if the ending does not say so.
        format: Option<String>,
        /// `quality` of a JPEG, from 1 to 95; others are accepted and not used.
        params: Keywords,
    ) -> Result<()> {
        let quality = params.0.iter().find(|(name, _)| &**name == "quality").map(|(_, value)| i64::try_from_value(value)).transpose()?;
        this.save(&fp.0, format, quality.map(|quality| quality.clamp(1, 100) as u8))
    }

    /// The same in another size.
    fn resize(
        /// The image.
        this: PilImage,
        /// How wide and how high.
        size: Size,
        /// How pixels go over into others: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic.
        resample: Option<i64>,
    ) -> Result<Value> { Ok(held(this.resize((size.0, size.1), resample.unwrap_or(3))?)) }

    /// The same in another mode: `L` grey, `RGB`, `RGBA`, `1`, `F`, `I`.
    fn convert(
        /// The image.
        this: PilImage,
        /// The mode.
        mode: Option<String>,
    ) -> Result<Value> { Ok(held(this.convert(mode.as_deref().unwrap_or("RGB"))?)) }

    /// Shows it now.
    fn show[context](
        /// The image.
        this: PilImage,
    ) { context.shared.output.display(&show::image_summary(this.line(), &this.pixels())) }

    /// A part of it.
    fn crop(
        /// The image.
        this: PilImage,
        /// Left, upper, right and lower edge.
        r#box: Option<Vec<f64>>,
    ) -> Result<Value> {
        match r#box {
            Some(edges) => this.crop(&edges).map(held),
            None => Ok(held(this)),
        }
    }

    /// The same image, which shares nothing.
    fn copy(/** The image. */ this: PilImage) -> Value { held(this) }

    /// The number or the colour of one pixel.
    fn getpixel(
        /// The image.
        this: PilImage,
        /// Column and row; negative ones count from the end.
        xy: At,
    ) -> Result<Value> { this.pixel(&xy) }

    /// Its modes' parts: `('R', 'G', 'B')`.
    fn getbands(/** The image. */ this: PilImage) -> Value { Value::tuple(this.band_names().into_iter().map(Value::from)) }

    /// Its parts, each an image of its own.
    fn split(/** The image. */ this: PilImage) -> Value { Value::tuple(this.bands().into_iter().map(held)) }

    /// One of its parts.
    fn getchannel(
        /// The image.
        this: PilImage,
        /// Its number or its name.
        channel: Value,
    ) -> Result<Value> {
        let names = this.band_names();
        let at = match channel.as_str() {
            Some(name) => names.iter().position(|other| other == name),
            None => usize::from_value(&channel).filter(|at| *at < names.len()),
        };
        match at {
            Some(at) => Ok(held(this.bands().swap_remove(at))),
            None => bail!("The image has no channel {}", channel.repr(); hint: "it has {}", names.join(", ")),
        }
    }

    /// Turned to the left, by degrees.
    fn rotate(
        /// The image.
        this: PilImage,
        /// By how many degrees.
        angle: f64,
        /// 0: the nearest pixel; the other ways are not there.
        resample: i64 = 0,
        /// Does the image become as large as it has to?
        expand: bool = false,
        /// Round which place; round the middle if left out.
        center: Option<Pair>,
        /// By how much it is moved afterwards.
        translate: Option<Pair>,
        /// The colour of what was outside; black if left out.
        fillcolor: Option<Value>,
    ) -> Result<Value> {
        if resample != 0 && angle.rem_euclid(90.0) != 0.0 {
            bail!(NotImplementedError: "images are turned by their nearest pixels alone"; hint: "`resample=Image.Resampling.NEAREST`, or `scipy.ndimage`");
        }
        let pair = |pair: Pair| (pair.0, pair.1);
        let turn = Turn { angle, expand, center: center.map(pair), translate: translate.map_or((0.0, 0.0), pair), fill: fillcolor };
        this.rotate(&turn).map(held)
    }

    /// Mirrored, or turned by quarters.
    fn transpose(
        /// The image.
        this: PilImage,
        /// `Image.Transpose.FLIP_LEFT_RIGHT` and so on.
        method: i64,
    ) -> Result<Value> { this.transpose(method).map(held) }

    /// Puts another image, or a colour, onto it.
    fn paste(
        /// The image.
        this: ImageObject,
        /// The other image, or a colour.
        im: Value,
        /// Where its corner comes to lie, or the box that it fills.
        r#box: Option<Vec<i64>>,
        /// How much of it is seen at each place: an image of the same size.
        mask: Option<PilImage>,
    ) -> Result<()> {
        // It may be pasted onto itself.
        let before = this.0.lock().clone();
        let pasted = before.paste(&im, r#box, mask.as_ref())?;
        *this.0.lock() = pasted;
        Ok(())
    }

    /// Makes it small enough for a box; its sides keep their ratio.
    fn thumbnail(
        /// The image.
        this: ImageObject,
        /// How wide and how high at most.
        size: Pair,
        /// How pixels go over into others.
        resample: i64 = 3,
        /// Accepted, not used.
        reducing_gap: Option<f64>,
    ) -> Result<()> {
        let _ = reducing_gap;
        let image = this.0.lock().clone();
        if let Some(size) = image.within((size.0, size.1)) {
            *this.0.lock() = image.resize(size, resample)?;
        }
        Ok(())
    }

    /// Sets the number or the colour of one pixel.
    fn putpixel(
        /// The image.
        this: ImageObject,
        /// Column and row; negative ones count from the end.
        xy: At,
        /// The number or the colour.
        value: Value,
    ) -> Result<()> {
        let set = this.0.lock().clone().with_pixel(&xy, &value)?;
        *this.0.lock() = set;
        Ok(())
    }

    /// Sets how opaque it is: a number, or an image of the same size.
    fn putalpha(
        /// The image.
        this: ImageObject,
        /// The number or the image.
        alpha: Value,
    ) -> Result<()> {
        let before = this.0.lock().clone();
        let set = before.with_alpha(&alpha)?;
        *this.0.lock() = set;
        Ok(())
    }

    /// Every number passed through a function or a table.
    fn point[context](
        /// The image.
        this: PilImage,
        /// A function of a number, or 256 numbers for each part.
        lut: Value,
    ) -> Result<Value> {
        let table = match lut.items() {
            Some(items) => items.iter().map(f64::try_from_value).collect::<Result<Vec<_>>>()?,
            None => {
                let one = (0..256).map(|level| f64::try_from_value(&context.call(&lut, rdk_runtime::Args::one(Value::Int(level)))?));
                one.collect::<Result<Vec<_>>>()?.repeat(this.band_names().len())
            }
        };
        this.point(&table).map(held)
    }

    /// How often each number is there, part by part.
    fn histogram(/** The image. */ this: PilImage) -> Result<Vec<usize>> { this.histogram() }

    /// The smallest box that holds what is not 0.
    fn getbbox(/** The image. */ this: PilImage) -> Value { this.bounds().map_or(Value::None, |edges| Value::tuple(edges.into_iter().map(Value::from))) }

    /// All pixels, row by row.
    fn getdata(/** The image. */ this: PilImage) -> Result<Value> { this.all_pixels() }

    /// The smallest and the largest number; for several parts one pair each.
    fn getextrema(/** The image. */ this: PilImage) -> Result<Value> {
        let pairs: Vec<Value> = this.bands().iter().map(PilImage::extrema).collect();
        Ok(if pairs.len() == 1 { pairs.into_iter().next().unwrap_or_default() } else { Value::tuple(pairs) })
    }

    /// All its numbers as bytes.
    fn tobytes(/** The image. */ this: PilImage) -> Value { Value::Bytes(this.raw().into()) }

    /// Its pixels: `image.load()[x, y]`.
    fn load(/** The image. */ this: ImageObject) -> Value { Value::object(PixelAccess(this)) }

    /// Goes to a page of its file.
    fn seek(
        /// The image.
        this: ImageObject,
        /// Which page.
        frame: usize,
    ) -> Result<()> {
        let page = this.0.lock().page(frame)?;
        *this.0.lock() = page;
        Ok(())
    }

    /// Which page of its file it is.
    fn tell(/** The image. */ this: PilImage) -> usize { this.pages.map_or(0, |pages| pages.at) }

    /// Is its file whole? It has been read already.
    fn verify(/** The image. */ this: PilImage) { let _ = this; }

    /// Closes its file: accepted, it has been read already.
    fn close(/** The image. */ this: PilImage) { let _ = this; }
}

/// `image.load()`
struct PixelAccess(ImageObject);

impl Object for PixelAccess {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<PixelAccess>".to_string()
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(At::try_from_value(index).and_then(|at| self.0.0.lock().pixel(&at)))
    }

    fn set_item(&self, _: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Some((|| {
            let at = At::try_from_value(index)?;
            let set = self.0.0.lock().clone().with_pixel(&at, &value)?;
            *self.0.0.lock() = set;
            Ok(())
        })())
    }
}

pub(super) mod properties {
    use super::*;

    builtins! {
        /// How wide and how high.
        fn size(/** The image. */ this: PilImage) -> (usize, usize) { (this.width(), this.height()) }

        /// How wide.
        fn width(/** The image. */ this: PilImage) -> usize { this.width() }

        /// How high.
        fn height(/** The image. */ this: PilImage) -> usize { this.height() }

        /// What its pixels are: `L` grey, `RGB`, …
        fn mode(/** The image. */ this: PilImage) -> String { this.mode.to_string() }

        /// What else its file says: nothing is kept of it.
        fn info(/** The image. */ this: PilImage) -> Value { let _ = this; Value::dict(Vec::<(String, Value)>::new()) }

        /// How many pages its file has.
        fn n_frames(/** The image. */ this: PilImage) -> usize { this.pages.map_or(1, |pages| pages.count) }

        /// Has its file several pages?
        fn is_animated(/** The image. */ this: PilImage) -> bool { this.pages.is_some_and(|pages| pages.count > 1) }

        /// The path of its file; empty if it came from none.
        fn filename(/** The image. */ this: PilImage) -> String { this.pages.map_or(String::new(), |pages| rdk_runtime::builtins::path::shown(&pages.path)) }

        /// `PNG` and so on, if it came from a file.
        fn format(/** The image. */ this: PilImage) -> Option<String> { this.format.map(str::to_string) }
    }
}
