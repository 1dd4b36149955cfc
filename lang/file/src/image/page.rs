//! One page of an image file. Only this file and the one beside it name the image crates.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::{DynamicImage, ImageFormat};
use rdk_array::{Chunk, Element};
use rdk_runtime::{Error, Result, error};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use crate::fault;
use crate::number::half;

fn broken(path: &Path, page: usize, what: impl std::fmt::Display) -> Error {
    fault::damaged(path, format!("page {page} of the image cannot be read ({what})"))
}

fn unknown(path: &Path) -> Error {
    error!(OSError: "cannot identify image file '{}'", fault::named(path)).hint("PNG, JPEG, TIFF and BMP can be read")
}

fn is_tiff(start: &[u8]) -> bool {
    matches!(start, [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..])
}

fn start_of(path: &Path) -> Result<[u8; 4]> {
    let mut start = [0; 4];
    let mut file = File::open(path).map_err(|error| fault::system(&error, path))?;
    match file.read_exact(&mut start) {
        Ok(()) => Ok(start),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(unknown(path)),
        Err(error) => Err(fault::system(&error, path)),
    }
}

/// As much as the machine has room for.
fn limits() -> Limits {
    let mut limits = Limits::default();
    let usable = rdk_graph::budget::usable() as usize;
    limits.decoding_buffer_size = usable;
    limits.intermediate_buffer_size = usable;
    limits
}

fn decoder(path: &Path) -> Result<Decoder<BufReader<File>>> {
    let file = File::open(path).map_err(|error| fault::system(&error, path))?;
    let decoder = Decoder::new(BufReader::new(file)).map_err(|what| broken(path, 0, what))?;
    Ok(decoder.with_limits(limits()))
}

/// How many pages a file has.
pub fn n_pages(path: &Path) -> Result<usize> {
    if !is_tiff(&start_of(path)?) {
        return Ok(1);
    }
    let mut decoder = decoder(path)?;
    let mut n = 1;
    while decoder.more_images() {
        decoder.next_image().map_err(|what| broken(path, n, what))?;
        n += 1;
    }
    Ok(n)
}

/// A page: rows, columns, and perhaps parts of colours.
pub fn read_page(path: &Path, page: usize) -> Result<Chunk> {
    if is_tiff(&start_of(path)?) {
        let mut decoder = decoder(path)?;
        decoder.seek_to_image(page).map_err(|what| broken(path, page, what))?;
        return tiff_page(&mut decoder).map_err(|what| broken(path, page, what));
    }
    let bytes = std::fs::read(path).map_err(|error| fault::system(&error, path))?;
    let format = image::guess_format(&bytes).map_err(|_| unknown(path))?;
    match image::load_from_memory_with_format(&bytes, format) {
        Ok(image) => Ok(of_dynamic(image)),
        Err(what) => Err(broken(path, page, what)),
    }
}

/// The image in these bytes.
pub fn decode(bytes: &[u8], path: &Path) -> Result<Chunk> {
    if is_tiff(bytes) {
        let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(|what| broken(path, 0, what))?;
        return tiff_page(&mut decoder).map_err(|what| broken(path, 0, what));
    }
    let format = image::guess_format(bytes).map_err(|_| unknown(path))?;
    debug_assert!(format != ImageFormat::Tiff);
    image::load_from_memory_with_format(bytes, format).map(of_dynamic).map_err(|what| broken(path, 0, what))
}

fn tiff_page<R: Read + Seek>(decoder: &mut Decoder<R>) -> std::result::Result<Chunk, String> {
    let text = |what: tiff::TiffError| what.to_string();
    let (width, height) = decoder.dimensions().map_err(text)?;
    let parts: u16 = decoder.find_tag_unsigned(Tag::SamplesPerPixel).map_err(text)?.unwrap_or(1);
    let mut shape = vec![height as usize, width as usize];
    let mut result = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut result).map_err(text)?;
    if layout.planes > 1 {
        // Colours that lie plane after plane.
        shape.insert(0, layout.planes);
    } else if parts > 1 {
        shape.push(usize::from(parts));
    }
    match result {
        DecodingResult::U8(elements) => chunk(&shape, elements),
        DecodingResult::U16(elements) => chunk(&shape, elements),
        DecodingResult::U32(elements) => chunk(&shape, elements),
        DecodingResult::U64(elements) => chunk(&shape, elements),
        DecodingResult::I8(elements) => chunk(&shape, elements),
        DecodingResult::I16(elements) => chunk(&shape, elements),
        DecodingResult::I32(elements) => chunk(&shape, elements),
        DecodingResult::I64(elements) => chunk(&shape, elements),
        DecodingResult::F32(elements) => chunk(&shape, elements),
        DecodingResult::F64(elements) => chunk(&shape, elements),
        DecodingResult::F16(elements) => {
            chunk(&shape, elements.into_iter().map(|number| half(number.to_bits())).collect::<Vec<f32>>())
        }
    }
}

fn chunk<T: Element>(shape: &[usize], elements: Vec<T>) -> std::result::Result<Chunk, String> {
    match shape.iter().product::<usize>() == elements.len() {
        true => Ok(Chunk::from_vec(shape, elements)),
        false => Err(format!("it has {} numbers, expected {}", elements.len(), shape.iter().product::<usize>())),
    }
}

fn of_dynamic(image: DynamicImage) -> Chunk {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let parts = usize::from(image.color().channel_count());
    let shape: &[usize] = if parts == 1 { &[height, width] } else { &[height, width, parts] };
    match image {
        DynamicImage::ImageLuma16(pixels) => Chunk::from_vec(shape, pixels.into_raw()),
        DynamicImage::ImageLumaA16(pixels) => Chunk::from_vec(shape, pixels.into_raw()),
        DynamicImage::ImageRgb16(pixels) => Chunk::from_vec(shape, pixels.into_raw()),
        DynamicImage::ImageRgba16(pixels) => Chunk::from_vec(shape, pixels.into_raw()),
        DynamicImage::ImageRgb32F(pixels) => Chunk::from_vec(shape, pixels.into_raw()),
        DynamicImage::ImageRgba32F(pixels) => Chunk::from_vec(shape, pixels.into_raw()),
        other => Chunk::from_vec(shape, other.into_bytes()),
    }
}
