//! Arrays as image files: PNG, JPEG, BMP, and TIFF with all its types and any number of pages.

use std::io::{BufWriter, Cursor};
use std::path::Path;

use image::{ExtendedColorType, ImageFormat};
use rdk_array::{Chunk, DType};
use rdk_runtime::{Result, bail, error};
use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype};

use crate::fault;
use crate::whole::replace;

/// Writes an array as an image, in the format that the ending stands for.
pub fn save(path: &Path, chunk: &Chunk, compressed: bool) -> Result<()> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let format = match ending.as_str() {
        "tif" | "tiff" => return replace(path, |part| tiff(part, path, chunk, compressed)),
        "png" => ImageFormat::Png,
        "jpg" | "jpeg" => ImageFormat::Jpeg,
        "bmp" => ImageFormat::Bmp,
        _ => bail!("unknown file extension: .{ending}"; hint: "png, jpg, tif and bmp can be written"),
    };
    let chunk = &bytes_of(chunk, format)?;
    let (width, height, parts) = plane(path, chunk.shape())?;
    let color = match (chunk.dtype(), parts) {
        (DType::U8, 1) => ExtendedColorType::L8,
        (DType::U8, 2) => ExtendedColorType::La8,
        (DType::U8, 3) => ExtendedColorType::Rgb8,
        (DType::U8, 4) => ExtendedColorType::Rgba8,
        (DType::U16, 1) => ExtendedColorType::L16,
        (DType::U16, 2) => ExtendedColorType::La16,
        (DType::U16, 3) => ExtendedColorType::Rgb16,
        (DType::U16, 4) => ExtendedColorType::Rgba16,
        (dtype, parts) => bail!("an image of {parts} parts of type {dtype} cannot be written as {ending}"),
    };
    let pixels: Vec<u8> = match chunk.dtype() {
        DType::U16 => chunk.to_vec::<u16>().into_iter().flat_map(u16::to_ne_bytes).collect(),
        _ => chunk.to_vec::<u8>(),
    };
    let mut bytes = Vec::new();
    image::write_buffer_with_format(&mut Cursor::new(&mut bytes), &pixels, width, height, color, format)
        .map_err(|what| error!(OSError: "the image cannot be written: {what}"))?;
    replace(path, |part| std::fs::write(part, &bytes).map_err(|error| fault::system(&error, path)))
}

/// Shares of 1 become bytes, as scikit-image has it; flags become black and white.
fn bytes_of(chunk: &Chunk, format: ImageFormat) -> Result<Chunk> {
    match chunk.dtype() {
        DType::Bool => {
            let levels = chunk.to_vec::<bool>().into_iter().map(|flag| if flag { 255u8 } else { 0 }).collect();
            Ok(Chunk::from_vec(chunk.shape(), levels))
        }
        DType::F32 | DType::F64 => {
            let shares = chunk.to_vec::<f64>();
            if shares.iter().any(|share| !(-1.0..=1.0).contains(share)) {
                bail!("Images of type float must be between -1 and 1."; hint: "`(x / x.max() * 255).astype(np.uint8)`");
            }
            let levels = shares.into_iter().map(|share| (share.max(0.0) * 255.0).round_ties_even() as u8).collect();
            Ok(Chunk::from_vec(chunk.shape(), levels))
        }
        DType::U16 if format == ImageFormat::Png => Ok(chunk.clone()),
        DType::U8 => Ok(chunk.clone()),
        other => bail!(TypeError: "Cannot write an image of type {other}"; hint: "`.astype(np.uint8)`, or a TIFF file"),
    }
}

fn plane(path: &Path, shape: &[usize]) -> Result<(u32, u32, usize)> {
    let (height, width, parts) = match *shape {
        [height, width] => (height, width, 1),
        [height, width, parts @ 1..=4] => (height, width, parts),
        _ => bail!(
            "an image has rows and columns, and perhaps 3 or 4 parts of colours; got shape {} for '{}'",
            rdk_array::shape::show(shape),
            path.display()
        ),
    };
    if height == 0 || width == 0 {
        bail!("an image has at least one pixel");
    }
    Ok((width as u32, height as u32, parts))
}

fn tiff(part: &Path, path: &Path, chunk: &Chunk, compressed: bool) -> Result<()> {
    let file = std::fs::File::create(part).map_err(|error| fault::system(&error, path))?;
    let compression = if compressed { Compression::Deflate(DeflateLevel::Balanced) } else { Compression::Uncompressed };
    let failed = |what: tiff::TiffError| error!(OSError: "the image cannot be written: {what}");
    let mut encoder = TiffEncoder::new(BufWriter::new(file)).map_err(failed)?.with_compression(compression);
    let shape = chunk.shape();
    let colors = |parts: usize| matches!(parts, 3 | 4);
    // Rows and columns, with colours or with pages before them.
    let (n_pages, page_shape) = match shape {
        [_, _] => (1, shape.to_vec()),
        [_, _, parts] if colors(*parts) => (1, shape.to_vec()),
        [pages, rest @ ..] if rest.len() == 2 || (rest.len() == 3 && colors(rest[2])) => (*pages, rest.to_vec()),
        _ => bail!("a TIFF file has pages of rows and columns; got shape {}", rdk_array::shape::show(shape)),
    };
    let (width, height, parts) = plane(path, &page_shape)?;
    let pages = if n_pages == 1 && shape.len() == page_shape.len() { chunk.insert_axis(0) } else { chunk.clone() };
    macro_rules! write {
        ($T:ty, $one:ident $(, $three:ident, $four:ident)?) => {
            for page in 0..n_pages {
                let pixels = pages.index_axis(0, page).to_vec::<$T>();
                match parts {
                    1 => encoder.write_image::<colortype::$one>(width, height, &pixels).map_err(failed)?,
                    $(3 => encoder.write_image::<colortype::$three>(width, height, &pixels).map_err(failed)?,
                    4 => encoder.write_image::<colortype::$four>(width, height, &pixels).map_err(failed)?,)?
                    _ => bail!("colours are written as uint8, uint16 or float32"),
                }
            }
        };
    }
    match chunk.dtype() {
        DType::Bool | DType::U8 => write!(u8, Gray8, RGB8, RGBA8),
        DType::U16 => write!(u16, Gray16, RGB16, RGBA16),
        DType::U32 => write!(u32, Gray32),
        DType::U64 => write!(u64, Gray64),
        DType::I8 => write!(i8, GrayI8),
        DType::I16 => write!(i16, GrayI16),
        DType::I32 => write!(i32, GrayI32),
        DType::I64 => write!(i64, GrayI64),
        DType::F32 => write!(f32, Gray32Float, RGB32Float, RGBA32Float),
        DType::F64 => write!(f64, Gray64Float),
        other @ (DType::C64 | DType::C128) => bail!(TypeError: "Cannot write an image of type {other}"),
    }
    Ok(())
}
