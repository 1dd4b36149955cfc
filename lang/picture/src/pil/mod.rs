//! `PIL.Image`: images in memory, from arrays and from files. With `raster`, the only file that names the image crate.

mod edit;
mod functions;
mod methods;

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use parking_lot::Mutex;
use rdk_array::eager::NdArray;
use rdk_array::{Chunk, DType, Scalar};
use rdk_runtime::builtins::path::{PathArg, os_error};
use rdk_runtime::class::entries;
use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Module, Object, Result, Value, bail, builtins, error};
use rdk_summary::Summary;
use rdk_syntax::tree::CompareOp;

use crate::face::shapes::Range;
use crate::face::values::{ColorArg, array, concrete, first};
use crate::figure::{ImageData, Settings};
use crate::scene::Pixels;
use crate::{draw, show};

/// The modules of this file.
pub fn modules() -> Vec<Arc<Module>> {
    vec![Module::new("PIL", "Images.", Vec::new), image_module(), functions::sequence()]
}

fn image_module() -> Arc<Module> {
    Module::new("PIL.Image", "Images: from arrays, from files, to files.", || {
        let mut names = entries(builtins());
        names.extend(entries(functions::builtins()));
        names.extend(functions::constants());
        names.push(("Image", Value::Class(CLASS.clone())));
        let ways = ["NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING"];
        names.extend(ways.into_iter().enumerate().map(|(number, name)| (name, Value::from(number))));
        names.push(("ANTIALIAS", Value::Int(1)));
        names
    })
}

builtins! {
    /// An image of an array: rows and columns of bytes, and perhaps a third axis of colours.
    ///
    /// ```rdk
    /// from PIL import Image
    /// Image.fromarray(np.zeros((2, 3), dtype=np.uint8))
    /// #> <PIL.Image.Image image mode=L size=3x2>
    /// ```
    fn fromarray[context](
        /// The array; a lazy one is computed.
        obj: Value,
        /// `L`, `RGB`, … if the array does not say so.
        mode: Option<String>,
    ) -> Result<Value> {
        let chunk = array(&first(concrete(context, &[obj])?))?;
        let image = PilImage::from_chunk(chunk)?;
        Ok(held(match mode {
            Some(mode) if mode != image.mode => image.convert(&mode)?,
            _ => image,
        }))
    }

    /// The image of a file: PNG, JPEG, TIFF or BMP.
    fn open(
        /// The file's path.
        fp: PathArg,
        /// `r`: images are read.
        mode: String = "r",
        /// Accepted, not used.
        formats: Option<Value>,
    ) -> Result<Value> {
        let _ = formats;
        if mode != "r" { bail!("bad mode {}", Value::str(&mode).repr()); }
        Ok(held(read(&fp.0)?))
    }

    /// An image of one colour.
    fn new(
        /// `L`, `RGB`, `RGBA`.
        mode: String,
        /// How wide and how high.
        size: Size,
        /// The colour; black by default.
        color: Option<Value>,
    ) -> Result<Value> { blank(&mode, (size.0, size.1), color) }
}

/// An image that a user holds: some methods change it.
#[derive(Clone)]
pub struct ImageObject(Arc<Mutex<PilImage>>);

/// An image as a value.
pub fn held(image: PilImage) -> Value {
    Value::object(ImageObject(Arc::new(Mutex::new(image))))
}

/// An image.
#[derive(Clone)]
pub struct PilImage {
    /// `1`, `L`, `LA`, `RGB`, `RGBA`, `I;16`, `I`, `F`
    mode: &'static str,
    /// Its rows, columns, and parts of colours.
    values: Chunk,
    /// `PNG` and so on, if it came from a file.
    format: Option<&'static str>,
    /// The file and its pages, if it came from one.
    pages: Option<Pages>,
}

/// The pages of a file, of which one is looked at.
#[derive(Clone)]
struct Pages {
    path: PathBuf,
    count: usize,
    at: usize,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Image", "PIL.Image", "An image.").base(types().object.clone());
    Arc::new(class.methods(methods::builtins()).properties(methods::properties::builtins()))
});

/// Two counts: columns and rows.
pub struct Size(usize, usize);

impl FromValue for Size {
    fn expected() -> &'static str {
        "two whole numbers"
    }

    fn from_value(value: &Value) -> Option<Size> {
        match Vec::<usize>::from_value(value)?.as_slice() {
            &[across, down] => Some(Size(across, down)),
            _ => None,
        }
    }
}

/// A pixel: its column and its row; negative ones count from the end.
pub struct At(i64, i64);

impl FromValue for At {
    fn expected() -> &'static str {
        "a column and a row"
    }

    fn from_value(value: &Value) -> Option<At> {
        let numbers = value.items()?.iter().map(Value::as_f64).collect::<Option<Vec<_>>>()?;
        match numbers.as_slice() {
            &[across, down] => Some(At(across as i64, down as i64)),
            _ => None,
        }
    }
}

impl FromValue for PilImage {
    fn expected() -> &'static str {
        "an image"
    }

    fn from_value(value: &Value) -> Option<PilImage> {
        value.get::<ImageObject>().map(|held| held.0.lock().clone())
    }
}

impl FromValue for ImageObject {
    fn expected() -> &'static str {
        "an image"
    }

    fn from_value(value: &Value) -> Option<ImageObject> {
        value.get::<ImageObject>().cloned()
    }
}

impl PilImage {
    /// Of an array, in the mode that its shape and type stand for.
    pub fn from_chunk(chunk: Chunk) -> Result<PilImage> {
        let shape = chunk.shape().to_vec();
        let kind = |mode: &'static str, dtype: DType| {
            Ok(PilImage { mode, values: chunk.cast(dtype), format: None, pages: None })
        };
        match (shape.as_slice(), chunk.dtype()) {
            ([_, _], DType::U8) => kind("L", DType::U8),
            ([_, _], DType::Bool) => kind("1", DType::Bool),
            ([_, _], DType::U16) => kind("I;16", DType::U16),
            ([_, _], DType::I32) => kind("I", DType::I32),
            ([_, _], DType::I8 | DType::I16 | DType::U32) => kind("I", DType::I32),
            ([_, _], DType::F32 | DType::F64) => kind("F", DType::F32),
            ([_, _, 2], DType::U8) => kind("LA", DType::U8),
            ([_, _, 3], DType::U8) => kind("RGB", DType::U8),
            ([_, _, 4], DType::U8) => kind("RGBA", DType::U8),
            (_, dtype) => {
                let cell = if shape.len() > 2 { format!("(1, 1, {})", shape[2]) } else { "(1, 1)".to_string() };
                bail!(
                    TypeError: "Cannot handle this data type: {cell}, {dtype}";
                    hint: "an image has rows and columns of `uint8`, with colours a third axis of 3 or 4: `(x / x.max() * 255).astype(np.uint8)`"
                )
            }
        }
    }

    fn width(&self) -> usize {
        self.values.shape()[1]
    }

    fn height(&self) -> usize {
        self.values.shape()[0]
    }

    /// Red, green, blue and alpha of every pixel.
    fn pixels(&self) -> Pixels {
        let (width, height) = (self.width(), self.height());
        let bytes: Vec<u8> = match self.mode {
            "1" => self
                .values
                .to_vec::<bool>()
                .into_iter()
                .flat_map(|on| [[0, 255][usize::from(on)]; 3].into_iter().chain([255]))
                .collect(),
            "LA" => self.bytes().chunks_exact(2).flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]]).collect(),
            "RGB" => self.bytes().chunks_exact(3).flat_map(|part| [part[0], part[1], part[2], 255]).collect(),
            "RGBA" => self.bytes(),
            "I;16" => self.values.to_vec::<u16>().into_iter().flat_map(|level| grey((level >> 8) as u8)).collect(),
            "I" | "F" => {
                self.values.to_vec::<f64>().into_iter().flat_map(|level| grey(level.clamp(0.0, 255.0) as u8)).collect()
            }
            _ => self.bytes().into_iter().flat_map(grey).collect(),
        };
        Pixels { width, height, bytes }
    }

    fn bytes(&self) -> Vec<u8> {
        self.values.to_vec()
    }

    fn of_pixels(width: usize, height: usize, mode: &'static str, bytes: Vec<u8>) -> PilImage {
        let parts = match mode {
            "RGB" => 3,
            "RGBA" => 4,
            "LA" => 2,
            _ => 1,
        };
        let values = match parts {
            1 => Chunk::from_vec(&[height, width], bytes),
            _ => Chunk::from_vec(&[height, width, parts], bytes),
        };
        PilImage { mode, values, format: None, pages: None }
    }

    fn convert(&self, mode: &str) -> Result<PilImage> {
        if mode == self.mode {
            return Ok(self.clone());
        }
        let (width, height) = (self.width(), self.height());
        let pixels = self.pixels();
        let each = || pixels.bytes.chunks_exact(4);
        // The weights of ITU-R 601, in 65536ths as PIL has them.
        let level = |pixel: &[u8]| {
            ((u32::from(pixel[0]) * 19595 + u32::from(pixel[1]) * 38470 + u32::from(pixel[2]) * 7471 + 0x8000) >> 16)
                as u8
        };
        Ok(match mode {
            "L" => PilImage::of_pixels(width, height, "L", each().map(level).collect()),
            "LA" => {
                PilImage::of_pixels(width, height, "LA", each().flat_map(|pixel| [level(pixel), pixel[3]]).collect())
            }
            "RGB" => PilImage::of_pixels(
                width,
                height,
                "RGB",
                each().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
            ),
            "RGBA" => PilImage::of_pixels(width, height, "RGBA", pixels.bytes.clone()),
            "1" => {
                let values = Chunk::from_vec(&[height, width], each().map(|pixel| level(pixel) >= 128).collect());
                PilImage { mode: "1", values, format: None, pages: None }
            }
            "I" | "F" => {
                let (mode, dtype) = if mode == "I" { ("I", DType::I32) } else { ("F", DType::F32) };
                let values = match self.mode {
                    "L" | "I;16" | "I" | "F" => self.values.cast(dtype),
                    _ => Chunk::from_vec(&[height, width], each().map(level).collect::<Vec<u8>>()).cast(dtype),
                };
                PilImage { mode, values, format: None, pages: None }
            }
            other => {
                bail!("conversion from {} to {other} not supported", self.mode; hint: "the modes are 1, L, LA, RGB, RGBA, I and F")
            }
        })
    }

    fn resize(&self, (width, height): (usize, usize), way: i64) -> Result<PilImage> {
        if width == 0 || height == 0 || width.saturating_mul(height) > 1 << 28 {
            bail!("height and width must be > 0, and not too large");
        }
        let filter = match way {
            0 | 4 => FilterType::Nearest,
            1 => FilterType::Lanczos3,
            2 | 5 => FilterType::Triangle,
            3 => FilterType::CatmullRom,
            other => bail!(
                "Unknown resampling filter ({other}). Use Image.Resampling.NEAREST (0), LANCZOS (1), BILINEAR (2) or BICUBIC (3)"
            ),
        };
        let dynamic = self.dynamic()?.resize_exact(width as u32, height as u32, filter);
        from_dynamic(dynamic).convert(self.mode)
    }

    /// The column and the row of a pixel.
    fn place(&self, at: &At) -> Result<(usize, usize)> {
        let along = |at: i64, length: usize| {
            let from_start = if at < 0 { at.saturating_add(length as i64) } else { at };
            usize::try_from(from_start).ok().filter(|place| *place < length)
        };
        match (along(at.0, self.width()), along(at.1, self.height())) {
            (Some(x), Some(y)) => Ok((x, y)),
            _ => {
                bail!(IndexError: "image index out of range"; hint: "the image is {} wide and {} high", self.width(), self.height())
            }
        }
    }

    fn pixel(&self, at: &At) -> Result<Value> {
        let (x, y) = self.place(at)?;
        let at = |index: &[usize]| self.values.get(index).map(|scalar| scalar.to_value()).unwrap_or_default();
        Ok(match (self.values.ndim(), at(&[y, x])) {
            (2, Value::Bool(on)) => Value::Int(if on { 255 } else { 0 }),
            (2, number) => number,
            _ => Value::tuple((0..self.values.shape()[2]).map(|part| at(&[y, x, part]))),
        })
    }

    fn dynamic(&self) -> Result<DynamicImage> {
        let (width, height) = (self.width() as u32, self.height() as u32);
        let made = match self.mode {
            "L" => image::GrayImage::from_raw(width, height, self.bytes()).map(DynamicImage::ImageLuma8),
            "1" => self.convert("L")?.dynamic().map(Some)?,
            "LA" => image::GrayAlphaImage::from_raw(width, height, self.bytes()).map(DynamicImage::ImageLumaA8),
            "RGB" => image::RgbImage::from_raw(width, height, self.bytes()).map(DynamicImage::ImageRgb8),
            "RGBA" => image::RgbaImage::from_raw(width, height, self.bytes()).map(DynamicImage::ImageRgba8),
            "I;16" => {
                image::ImageBuffer::from_raw(width, height, self.values.to_vec::<u16>()).map(DynamicImage::ImageLuma16)
            }
            mode => bail!(OSError: "cannot write mode {mode} as an image"; hint: "`.convert(\"L\")` makes it grey"),
        };
        made.ok_or_else(|| error!("the image has no pixels"))
    }

    fn save(&self, path: &Path, format: Option<String>, quality: Option<u8>) -> Result<()> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let name = format.map(|format| format.to_lowercase()).or(ending).unwrap_or_default();
        let kind = match name.as_str() {
            "png" => ImageFormat::Png,
            "jpg" | "jpeg" => ImageFormat::Jpeg,
            "tif" | "tiff" => ImageFormat::Tiff,
            "bmp" => ImageFormat::Bmp,
            other => bail!("unknown file extension: .{other}"; hint: "png, jpg, tif and bmp can be written"),
        };
        if kind == ImageFormat::Jpeg && matches!(self.mode, "RGBA" | "LA" | "I;16") {
            bail!(OSError: "cannot write mode {} as JPEG", self.mode; hint: "`.convert(\"RGB\")` first");
        }
        let mut bytes = Vec::new();
        let mut to = std::io::Cursor::new(&mut bytes);
        let written = match (kind, quality) {
            (ImageFormat::Jpeg, Some(quality)) => {
                let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut to, quality);
                self.dynamic()?.write_with_encoder(encoder)
            }
            _ => self.dynamic()?.write_to(&mut to, kind),
        };
        written.map_err(|what| error!(OSError: "the image cannot be written: {what}"))?;
        std::fs::write(path, bytes).map_err(|error| os_error(&error, path))
    }

    fn line(&self) -> String {
        format!("<PIL.Image.Image image mode={} size={}x{}>", self.mode, self.width(), self.height())
    }
}

fn grey(level: u8) -> [u8; 4] {
    [level, level, level, 255]
}

fn from_dynamic(image: DynamicImage) -> PilImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    match image {
        DynamicImage::ImageLuma8(buffer) => PilImage::of_pixels(width, height, "L", buffer.into_raw()),
        DynamicImage::ImageLumaA8(buffer) => PilImage::of_pixels(width, height, "LA", buffer.into_raw()),
        DynamicImage::ImageRgba8(buffer) => PilImage::of_pixels(width, height, "RGBA", buffer.into_raw()),
        DynamicImage::ImageLuma16(buffer) => PilImage {
            mode: "I;16",
            values: Chunk::from_vec(&[height, width], buffer.into_raw()),
            format: None,
            pages: None,
        },
        other if other.color().has_alpha() => PilImage::of_pixels(width, height, "RGBA", other.into_rgba8().into_raw()),
        other => PilImage::of_pixels(width, height, "RGB", other.into_rgb8().into_raw()),
    }
}

/// The image of a file.
pub fn read(path: &Path) -> Result<PilImage> {
    let bytes = std::fs::read(path).map_err(|error| os_error(&error, path))?;
    let unknown = || {
        error!(OSError: "cannot identify image file '{}'", path.display()).hint("PNG, JPEG, TIFF and BMP can be read")
    };
    let format = image::guess_format(&bytes).map_err(|_| unknown())?;
    let image = match format {
        // Numbers of all kinds, which the image crate makes colours of.
        ImageFormat::Tiff => PilImage::from_chunk(rdk_file::image::read_page(path, 0)?)?,
        _ => from_dynamic(image::load_from_memory_with_format(&bytes, format).map_err(|_| unknown())?),
    };
    let name = match format {
        ImageFormat::Png => Some("PNG"),
        ImageFormat::Jpeg => Some("JPEG"),
        ImageFormat::Tiff => Some("TIFF"),
        ImageFormat::Bmp => Some("BMP"),
        _ => None,
    };
    let count = if format == ImageFormat::Tiff { rdk_file::image::n_pages(path)? } else { 1 };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Ok(PilImage { format: name, pages: Some(Pages { path, count, at: 0 }), ..image })
}

/// The image of a file as an array; PNG's parts are shares of 1 as in matplotlib.
pub fn read_array(path: &Path) -> Result<Value> {
    let image = read(path)?;
    let chunk = match image.format {
        Some("PNG") if image.values.dtype() == DType::U8 => {
            let parts = image.bytes().into_iter().map(|part| f32::from(part) / 255.0).collect();
            Chunk::from_vec(image.values.shape(), parts)
        }
        _ => image.values,
    };
    Ok(Value::object(NdArray::new(chunk)))
}

/// Writes a table of numbers or colours to a file.
pub fn save_table(path: &Path, values: &Chunk, range: &Range, settings: &Settings, upper: bool) -> Result<()> {
    let plain = values.ndim() == 2;
    if !plain && !matches!(values.shape(), [_, _, 3 | 4]) {
        bail!("an image has rows and columns, and perhaps 3 or 4 parts of colours");
    }
    let mapping = plain.then(|| range.mapping(&values.to_vec::<f64>(), settings)).transpose()?;
    let image = ImageData { values: values.clone(), mapping, extent: [0.0; 4], upper, smooth: false, alpha: 1.0 };
    let Some(pixels) = draw::pixels(&image, false, !upper) else { bail!("the image has no pixels") };
    PilImage::of_pixels(pixels.width, pixels.height, "RGBA", pixels.bytes).save_any(path)
}

impl PilImage {
    fn save_any(&self, path: &Path) -> Result<()> {
        let jpeg = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg"));
        if jpeg { self.convert("RGB")?.save(path, None, None) } else { self.save(path, None, None) }
    }
}

fn blank(mode: &str, (width, height): (usize, usize), color: Option<Value>) -> Result<Value> {
    if width.saturating_mul(height) > 1 << 28 {
        bail!(MemoryError: "an image of {width} x {height} pixels is too large");
    }
    // One number of these modes is what it is; of the others it is a level of grey.
    let level = color.as_ref().and_then(Value::as_f64);
    let number = match (mode, level) {
        ("1", Some(level)) => Some(("1", Scalar::Bool(level != 0.0))),
        ("I", Some(level)) => Some(("I", Scalar::I32(level as i32))),
        ("I;16", Some(level)) => Some(("I;16", Scalar::U16(level as u16))),
        ("F", Some(level)) => Some(("F", Scalar::F32(level as f32))),
        _ => None,
    };
    if let Some((mode, number)) = number {
        let values = Chunk::full(&[height, width], number);
        return Ok(held(PilImage { mode, values, format: None, pages: None }));
    }
    let parts: [u8; 4] = match color {
        None => [0, 0, 0, 255],
        Some(value) => match (value.as_f64(), value.items()) {
            (Some(level), _) => grey(level.clamp(0.0, 255.0) as u8),
            (None, Some(items)) => {
                let byte = |at: usize| items.get(at).and_then(Value::as_f64).map(|part| part.clamp(0.0, 255.0) as u8);
                [byte(0).unwrap_or(0), byte(1).unwrap_or(0), byte(2).unwrap_or(0), byte(3).unwrap_or(255)]
            }
            (None, None) => ColorArg::try_from_value(&value)?.0.to_bytes(),
        },
    };
    let bytes = parts.into_iter().cycle().take(width * height * 4).collect();
    Ok(held(PilImage::of_pixels(width, height, "RGBA", bytes).convert(mode)?))
}

impl Object for ImageObject {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.0.lock().line()
    }

    fn summary(&self) -> Summary {
        let image = self.0.lock().clone();
        show::image_summary(image.line(), &image.pixels())
    }

    fn array(&self) -> Option<Result<Value>> {
        Some(Ok(Value::object(NdArray::new(self.0.lock().values.clone()))))
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let (this, other) = (self.0.lock().clone(), PilImage::from_value(other)?);
        let same = this.mode == other.mode && this.values == other.values;
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(same))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }

    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _: &Context, _: Option<&rdk_runtime::Error>) -> Result<bool> {
        Ok(false)
    }

    fn n_bytes(&self) -> usize {
        self.0.lock().values.n_bytes()
    }
}
