//! What a dataset of a file that is being written is made of.

use std::sync::Arc;

use hdf5_pure::{CharacterSet, Datatype, StringPadding};
use rdk_array::eager::NdArray;
use rdk_array::{DType, Scalar};
use rdk_runtime::{Result, bail};

use super::carry::fill_bytes;
use super::kind::{self, Kind};
use super::read::Located;
use super::walk::Message;
use crate::number::Number;

/// How the numbers of a dataset are packed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packing {
    /// The lengths of its chunks.
    pub chunks: Option<Vec<usize>>,
    /// gzip, this hard.
    pub gzip: Option<u32>,
    /// h5py's quick one.
    pub lzf: bool,
    /// The first bytes of all numbers first.
    pub shuffle: bool,
    /// With checksums.
    pub fletcher32: bool,
    /// How far it may grow.
    pub maxshape: Option<Vec<Option<usize>>>,
    /// What elements are that nobody has written, if it is not 0.
    pub fill: Option<Scalar>,
    /// The same for what is not a number, as it stands in the file.
    pub fill_bytes: Option<Vec<u8>>,
    /// How its numbers look like in the file that it comes from.
    pub own: Option<(Datatype, Number)>,
}

impl Packing {
    /// An error if no file can be made with it.
    pub fn check(&self) -> Result<()> {
        if self.maxshape.as_ref().is_some_and(|most| most.iter().filter(|most| most.is_none()).count() > 1) {
            bail!(NotImplementedError: "a dataset with more than one axis that grows without an end cannot be written"; hint: "say how far it may grow: `maxshape=(None, 1000)`");
        }
        Ok(())
    }
}

/// A dataset.
#[derive(Clone)]
pub struct Content {
    /// How it is packed.
    pub packing: Packing,
    /// What is in it.
    pub data: Data,
}

/// What is in a dataset.
#[derive(Clone)]
pub enum Data {
    /// Numbers in memory.
    Numbers(Arc<NdArray>),
    /// Texts of any length.
    Texts(Vec<usize>, Vec<String>),
    /// Texts of so many bytes each, one after the other.
    Fixed(Vec<usize>, usize, Arc<[u8]>),
    /// What stands in the file that is to be replaced.
    Kept(Arc<Located>),
    /// Zeros, to be written over in the file that is made.
    Reserved(Vec<usize>, DType),
}

impl Data {
    /// Is it the very same, not only equal?
    pub fn is_same(&self, other: &Data) -> bool {
        match (self, other) {
            (Data::Numbers(one), Data::Numbers(other)) => Arc::ptr_eq(one, other),
            (Data::Kept(one), Data::Kept(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Content {
    /// How many elements it has.
    pub fn count(&self) -> u128 {
        rdk_array::shape::size(&self.shape())
    }

    /// How long it is along each axis.
    pub fn shape(&self) -> Vec<usize> {
        match &self.data {
            Data::Numbers(array) => array.shape().to_vec(),
            Data::Texts(shape, _) | Data::Fixed(shape, ..) | Data::Reserved(shape, _) => shape.clone(),
            Data::Kept(located) => located.shape.clone(),
        }
    }

    /// What its elements are.
    pub fn kind(&self) -> Kind {
        match &self.data {
            Data::Numbers(_) | Data::Reserved(..) => Kind::Number(self.number()),
            Data::Texts(..) => Kind::Text(None),
            Data::Fixed(_, size, _) => Kind::Text(Some(*size)),
            Data::Kept(located) => located.kind.clone(),
        }
    }

    /// What its numbers look like; those of a dataset that comes from a file stay as they are there.
    pub fn number(&self) -> Number {
        let plain = |dtype: DType| match &self.packing.own {
            Some((_, number)) if number.dtype == dtype => *number,
            _ => Number::plain(dtype),
        };
        match &self.data {
            Data::Numbers(array) => plain(array.dtype()),
            Data::Reserved(_, dtype) => plain(*dtype),
            Data::Kept(located) => located.number().unwrap_or(Number::plain(DType::U8)),
            Data::Texts(..) | Data::Fixed(..) => Number::plain(DType::U8),
        }
    }

    /// The type that they are written with.
    pub fn datatype(&self) -> Datatype {
        match (&self.data, &self.packing.own) {
            (Data::Kept(located), _) => located.datatype.clone(),
            (Data::Fixed(_, size, _), _) => {
                let (padding, charset) = (StringPadding::NullPad, CharacterSet::Ascii);
                Datatype::String { size: *size as u32, padding, charset }
            }
            (_, Some((datatype, number))) if *number == self.number() => datatype.clone(),
            _ => kind::datatype(self.number().dtype),
        }
    }
}

/// How a dataset of a file is packed; the messages are those of its header.
pub fn packing_of(located: &Located, messages: &[Message]) -> Packing {
    let (number, bytes) = (located.number(), fill_bytes(messages));
    let fill = match (&bytes, number) {
        (Some(bytes), Some(number)) if bytes.len() == number.size() => number.decode(bytes, &[]).get(&[]),
        _ => None,
    };
    let has = |id: u16| located.filters.iter().find(|(other, _)| *other == id);
    Packing {
        chunks: located.chunks.clone(),
        gzip: has(1).map(|(_, parameters)| parameters.first().copied().unwrap_or(4)),
        lzf: has(32000).is_some(),
        shuffle: has(2).is_some(),
        fletcher32: has(3).is_some(),
        fill,
        fill_bytes: bytes.filter(|_| number.is_none()),
        own: number.map(|number| (located.datatype.clone(), number)),
        maxshape: Some(located.maxshape.clone()).filter(|_| located.chunks.is_some()),
    }
}

/// The chunks that h5py chooses: of some 16 KiB to 1 MiB, of nearly equal sides.
pub fn guessed_chunks(shape: &[usize], item: usize) -> Vec<usize> {
    const BASE: f64 = 16.0 * 1024.0;
    const LEAST: f64 = 8.0 * 1024.0;
    const MOST: f64 = 1024.0 * 1024.0;
    let mut chunks: Vec<f64> = shape.iter().map(|&length| if length == 0 { 1024.0 } else { length as f64 }).collect();
    let bytes = |chunks: &[f64]| chunks.iter().product::<f64>() * item as f64;
    let target = (BASE * 2f64.powf((bytes(&chunks) / MOST).log10())).clamp(LEAST, MOST);
    for axis in (0..chunks.len()).cycle() {
        let now = bytes(&chunks);
        let near = now < target || (now - target).abs() / target < 0.5;
        if (near && now < MOST) || chunks.iter().product::<f64>() <= 1.0 {
            break;
        }
        chunks[axis] = (chunks[axis] / 2.0).ceil();
    }
    chunks.into_iter().map(|length| length as usize).collect()
}
