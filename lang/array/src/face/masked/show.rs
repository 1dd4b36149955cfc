//! The text of a masked array, as NumPy prints it: `--` where something is masked.

use super::object::Masked;
use crate::chunk::Chunk;
use crate::scalar::Scalar;
use crate::show::{self, PrintOptions, text};

/// `str(x)`: `[1 -- 3]`
pub fn str(masked: &Masked) -> String {
    let options = PrintOptions::current();
    if masked.data.shape().is_empty() {
        let is_masked = masked.mask().is_some_and(|mask| super::pair::any(&mask.chunk()));
        return if is_masked { "--".into() } else { show::str(&[], &|_| element(&masked.data.chunk(), 0), &options) };
    }
    body(masked, " ", 0, 0, &options)
}

/// `repr(x)`: the elements, the mask and the fill value, one below the other.
pub fn repr(masked: &Masked) -> String {
    const NAME: &str = "masked_array(";
    let options = PrintOptions::current();
    let (data, dtype) = (&masked.data, masked.data.dtype());
    let mask = masked.mask().map(|mask| mask.chunk());
    let all = mask.as_ref().is_some_and(|mask| mask.to_vec::<bool>().iter().all(|&flag| flag));
    let implied = matches!(dtype.name(), "bool" | "int64" | "float64" | "complex128");
    let one_row = data.shape().iter().rev().skip(1).all(|&length| length == 1);
    let indent = |key: &str| match (one_row, key) {
        (true, "data") => NAME.to_string(),
        (true, _) => " ".repeat((NAME.len() + 4).saturating_sub(key.len()).max(2)),
        (false, _) => "  ".into(),
    };
    let before = |key: &str| indent(key).len() + key.len() + 1;
    let flags = match &mask {
        None => "False".to_string(),
        Some(mask) => text::elements(mask.shape(), &|at| element(mask, at), &options, ", ", before("mask"), 1),
    };
    let fill = masked.fill_value();
    let plain = show::scalar::str(fill.into());
    let fill = if fill.dtype() == dtype { plain } else { strongly(fill, &plain) };
    let mut lines =
        vec![("data", body(masked, ", ", before("data"), 1, &options)), ("mask", flags), ("fill_value", fill)];
    if !implied || all || data.size() == 0 {
        lines.push(("dtype", dtype.name().to_string()));
    }
    let lines: Vec<String> = lines.into_iter().map(|(key, text)| format!("{}{key}={text}", indent(key))).collect();
    let start = if one_row { "" } else { "masked_array(\n" };
    format!("{start}{})", lines.join(",\n"))
}

/// A number with its type: `np.float64(1e+20)`.
fn strongly(scalar: Scalar, plain: &str) -> String {
    match scalar {
        Scalar::Bool(_) => format!("np.{plain}_"),
        Scalar::C64(_) | Scalar::C128(_) => format!("np.{}{plain}", scalar.dtype()),
        _ => format!("np.{}({plain})", scalar.dtype()),
    }
}

/// The elements in brackets. Without a mask they are words of one width; else each is as it is alone.
fn body(masked: &Masked, separator: &'static str, prefix: usize, suffix: usize, options: &PrintOptions) -> String {
    let (shape, chunk) = (masked.data.shape(), masked.data.chunk());
    match masked.mask().map(|mask| mask.chunk()) {
        None => text::elements(shape, &|at| element(&chunk, at), options, separator, prefix, suffix),
        Some(mask) => {
            let word = |at: usize| match scalar(&mask, at) {
                Scalar::Bool(true) => "--".to_string(),
                _ => rdk_runtime::show::repr(&scalar(&chunk, at).to_value()),
            };
            text::words_in_rows(shape, &word, options, separator, prefix, suffix)
        }
    }
}

fn scalar(chunk: &Chunk, at: usize) -> Scalar {
    let strides = crate::shape::strides(chunk.shape());
    let index: Vec<usize> =
        chunk.shape().iter().zip(&strides).map(|(&length, &stride)| at / stride % length.max(1)).collect();
    chunk.get(&index).unwrap_or(Scalar::I64(0))
}

fn element(chunk: &Chunk, at: usize) -> show::Number {
    scalar(chunk, at).into()
}
