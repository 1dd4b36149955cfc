//! Images in files as arrays: rows, columns, and perhaps parts of colours; pages of TIFF files one behind the other.

pub mod face;
mod page;
mod write;

pub use page::{decode, n_pages, read_page};
pub use write::save;

use std::path::{Path, PathBuf};

use rdk_array::{Chunk, DType, Element, SliceInfoElem, with_dtype};
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::fault;
use crate::stored::{How, Stored, stamp};

/// Pages of files, all of one shape and type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pages {
    /// The files, with how many pages each has, its size and when it was written.
    pub files: Vec<(PathBuf, usize, (u64, u128))>,
    /// The shape of a page.
    pub page: Vec<usize>,
    /// The type of its elements.
    pub dtype: DType,
}

impl Pages {
    /// The pages of these files; only the first is looked at for shape and type.
    pub fn of(files: &[PathBuf]) -> Result<Stored> {
        let Some(first) = files.first() else { bail!("there are no files") };
        let page = read_page(first, 0)?;
        let counted = |path: &PathBuf| {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            Ok((path.clone(), n_pages(&path)?, stamp(&path)?))
        };
        let counted = files.iter().map(counted).collect::<Result<Vec<_>>>()?;
        let n: usize = counted.iter().map(|(_, n, _)| n).sum();
        let mut shape = vec![n];
        shape.extend(page.shape());
        let dtype = page.dtype();
        let pages = Pages { files: counted, page: page.shape().to_vec(), dtype };
        Ok(Stored { path: first.clone(), stamp: (0, 0), shape, dtype, how: How::Pages(pages) })
    }

    /// A box of them.
    pub fn read(&self, start: &[usize], shape: &[usize]) -> Result<Chunk> {
        let pages = (start[0]..start[0] + shape[0]).map(|number| {
            let page = self.page(number)?;
            let items: Vec<_> = start[1..]
                .iter()
                .zip(&shape[1..])
                .map(|(&start, &length)| SliceInfoElem::Slice {
                    start: start as isize,
                    end: Some((start + length) as isize),
                    step: 1,
                })
                .collect();
            Ok(page.slice(&items))
        });
        let pages = pages.collect::<Result<Vec<Chunk>>>()?;
        if let [page] = pages.as_slice() {
            return Ok(page.contiguous().reshape(shape));
        }
        Ok(with_dtype!(self.dtype, T => {
            let mut elements: Vec<T> = Vec::with_capacity(shape.iter().product());
            pages.iter().for_each(|page| elements.extend(page.to_vec::<T>()));
            Chunk::from_vec(shape, elements)
        }))
    }

    fn page(&self, number: usize) -> Result<Chunk> {
        let mut left = number;
        for (path, n, _) in &self.files {
            if left < *n {
                let page = read_page(path, left)?;
                if page.shape() != &self.page[..] || page.dtype() != self.dtype {
                    return Err(other_page(path, left, &page, &self.page, self.dtype));
                }
                return Ok(page);
            }
            left -= n;
        }
        bail!(IndexError: "there is no page {number}")
    }
}

fn other_page(path: &Path, number: usize, page: &Chunk, shape: &[usize], dtype: DType) -> rdk_runtime::Error {
    use rdk_array::shape::show;
    fault::damaged(
        path,
        format!(
            "page {number} has shape {} and type {}, expected {} and {dtype}",
            show(page.shape()),
            page.dtype(),
            show(shape)
        ),
    )
    .hint("all pages of an array are of one shape and type")
}

/// All pages of a file: without their axis if there is only one.
pub fn read_all(path: &Path) -> Result<Chunk> {
    match n_pages(path)? {
        1 => read_page(path, 0),
        n => {
            let first = read_page(path, 0)?;
            let mut shape = vec![n];
            shape.extend(first.shape());
            with_dtype!(first.dtype(), T => {
                let mut elements: Vec<T> = first.to_vec::<T>();
                for number in 1..n {
                    let page = read_page(path, number)?;
                    if page.shape() != first.shape() || page.dtype() != first.dtype() {
                        return Err(other_page(path, number, &page, first.shape(), first.dtype()));
                    }
                    elements.extend(page.to_vec::<T>());
                }
                let _ = <T as Element>::DTYPE;
                Ok(Chunk::from_vec(&shape, elements))
            })
        }
    }
}

/// The files that fit a pattern, in order; an error if there is none.
pub fn files(pattern: &str) -> Result<Vec<PathBuf>> {
    let path = Path::new(pattern);
    if path.exists() {
        return Ok(vec![path.to_path_buf()]);
    }
    let found = glob::glob(pattern).map(|paths| paths.filter_map(std::result::Result::ok).collect::<Vec<_>>());
    match found {
        Ok(mut paths) if !paths.is_empty() => {
            paths.sort();
            Ok(paths)
        }
        _ if pattern.contains(['*', '?', '[']) => bail!("No files found under name {pattern}"),
        _ => Err(fault::system(&std::io::Error::from_raw_os_error(2), path)),
    }
}
