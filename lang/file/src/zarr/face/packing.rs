//! Codecs as values: the classes of `zarr.codecs` and `numcodecs`, and `compressors=` of a new array.

use super::*;
use crate::zarr::codecs::{Codec, Shuffle};

/// A codec that a user holds, as one of these classes.
#[derive(Clone)]
struct Packer {
    codec: Codec,
    class: &'static LazyLock<ClassRef>,
}

fn class(name: &'static str, module: &'static str) -> Class {
    let found = constructors::builtins().into_iter().find(|builtin| builtin.name == name).expect("it is declared");
    Class::new(name, module, found.headline()).base(types().object.clone()).construct(found)
}

static BLOSC_CODEC: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(class("BloscCodec", "zarr.codecs")));
static ZSTD_CODEC: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(class("ZstdCodec", "zarr.codecs")));
static GZIP_CODEC: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(class("GzipCodec", "zarr.codecs")));
static BLOSC: LazyLock<ClassRef> = LazyLock::new(|| {
    let shuffles = [("NOSHUFFLE", 0), ("SHUFFLE", 1), ("BITSHUFFLE", 2), ("AUTOSHUFFLE", -1)];
    let constants = shuffles.map(|(name, number)| (name, Value::Int(number)));
    ClassRef::new(class("Blosc", "numcodecs.blosc").constants(constants.to_vec()))
});
static ZSTD: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(class("Zstd", "numcodecs.zstd")));
static GZIP: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(class("GZip", "numcodecs.gzip")));
static ZLIB: LazyLock<ClassRef> = LazyLock::new(|| ClassRef::new(class("Zlib", "numcodecs.zlib")));

fn named(classes: &[&LazyLock<ClassRef>]) -> Vec<(&'static str, Value)> {
    classes.iter().map(|class| (class.name, Value::Class((***class).clone()))).collect()
}

/// `zarr.codecs` and `numcodecs`.
pub(super) fn modules() -> [Arc<Module>; 2] {
    [
        Module::new("zarr.codecs", "How the chunks of Zarr arrays are packed.", || {
            named(&[&BLOSC_CODEC, &GZIP_CODEC, &ZSTD_CODEC])
        }),
        Module::new("numcodecs", "How the chunks of Zarr arrays of version 2 are packed.", || {
            named(&[&BLOSC, &GZIP, &ZLIB, &ZSTD])
        }),
    ]
}

fn packer(class: &'static LazyLock<ClassRef>, codec: Result<Codec>) -> Result<Value> {
    Ok(Value::object(Packer { codec: codec?, class }))
}

#[allow(non_snake_case)]
mod constructors {
    use super::*;

    builtins! {
        /// Blosc: bytes are shuffled, then packed in blocks.
        fn BloscCodec(
            /// Accepted, not used: the size of an element.
            typesize: Option<u64>,
            /// What packs the blocks: `blosclz`, `lz4`, `lz4hc`, `snappy`, `zlib`, `zstd`.
            cname: String = "zstd",
            /// From 0 to 9.
            clevel: i64 = 5,
            /// `noshuffle`, `shuffle` or `bitshuffle`; what fits the elements if left out.
            shuffle: Option<String>,
            /// The size of a block; Blosc's own choice if 0.
            blocksize: u64 = 0u64,
        ) -> Result<Value> {
            let _ = typesize;
            let shuffle = shuffle.map(|name| Shuffle::named(&name)).transpose()?;
            packer(&BLOSC_CODEC, Codec::blosc(&cname, clevel, shuffle, blocksize))
        }

        /// Zstandard.
        fn ZstdCodec(/** From -131072 (fast) to 22; 0 is the usual one. */ level: i64 = 0, /** With a checksum? */ checksum: bool = false) -> Result<Value> {
            packer(&ZSTD_CODEC, Codec::zstd(level, checksum))
        }

        /// Deflate with the head of gzip.
        fn GzipCodec(/** From 0 to 9. */ level: i64 = 5) -> Result<Value> { packer(&GZIP_CODEC, Codec::gzip(level)) }

        /// Blosc: bytes are shuffled, then packed in blocks.
        fn Blosc(
            /// What packs the blocks: `blosclz`, `lz4`, `lz4hc`, `snappy`, `zlib`, `zstd`.
            cname: String = "lz4",
            /// From 0 to 9.
            clevel: i64 = 5,
            /// `Blosc.NOSHUFFLE`, `SHUFFLE`, `BITSHUFFLE` or `AUTOSHUFFLE`.
            shuffle: i64 = 1,
            /// The size of a block; Blosc's own choice if 0.
            blocksize: u64 = 0u64,
        ) -> Result<Value> { packer(&BLOSC, Codec::blosc(&cname, clevel, Shuffle::numbered(shuffle)?, blocksize)) }

        /// Zstandard.
        fn Zstd(/** From -131072 (fast) to 22; 0 is the usual one. */ level: i64 = 0) -> Result<Value> { packer(&ZSTD, Codec::zstd(level, false)) }

        /// Deflate with the head of gzip.
        fn GZip(/** From 0 to 9. */ level: i64 = 1) -> Result<Value> { packer(&GZIP, Codec::gzip(level)) }

        /// Deflate with the head of zlib.
        fn Zlib(/** From 0 to 9. */ level: i64 = 1) -> Result<Value> { packer(&ZLIB, Codec::zlib(level)) }
    }
}

impl Object for Packer {
    fn class(&self) -> ClassRef {
        (**self.class).clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let of_numcodecs = self.class.module.starts_with("numcodecs");
        let words = match &self.codec {
            Codec::Zstd { level, checksum } if !of_numcodecs => {
                format!("level={level}, checksum={}", Value::Bool(*checksum).repr())
            }
            Codec::Zstd { level, .. } | Codec::Gzip { level } | Codec::Zlib { level } => format!("level={level}"),
            Codec::Blosc { cname, level, shuffle, block } => {
                let shuffle = match (shuffle, of_numcodecs) {
                    (None, true) => "AUTOSHUFFLE".to_string(),
                    (None, false) => "None".to_string(),
                    (Some(shuffle), true) => shuffle.name().to_uppercase(),
                    (Some(shuffle), false) => format!("'{}'", shuffle.name()),
                };
                format!("cname='{cname}', clevel={level}, shuffle={shuffle}, blocksize={block}")
            }
        };
        format!("{}({words})", self.class.name)
    }
}

/// The codec that a value stands for: one of those classes, or a dict in the words of either version.
fn codec(value: &Value) -> Result<Codec> {
    if let Some(packer) = value.get::<Packer>() {
        return Ok(packer.codec.clone());
    }
    let said = match value {
        Value::Dict(_) => Codec::from_json(&metadata::from_value("compressors", value)?),
        _ => None,
    };
    said.unwrap_or_else(|| {
        Err(error!(
            TypeError: "Expected a BytesBytesCodec. Got {} instead.", rdk_runtime::convert::describe(value)
        )
        .hint("`zarr.codecs.ZstdCodec()`, `BloscCodec()`, `GzipCodec()`, `numcodecs.Blosc()`, None for none, or a list of them"))
    })
}

/// What `compressors=` asks for.
pub(super) fn packing(value: &Value) -> Result<Vec<Codec>> {
    match (value, value.as_str()) {
        (_, Some("auto")) => Ok(vec![Codec::USUAL]),
        (Value::None, _) => Ok(Vec::new()),
        (Value::List(_) | Value::Tuple(_), _) => value.items().unwrap_or_default().iter().map(codec).collect(),
        _ => Ok(vec![codec(value)?]),
    }
}

/// The codecs of an array in a store, as values of the classes of its version.
pub(super) fn packers(codecs: Vec<Codec>, version: u64) -> Vec<Value> {
    let object = |codec: Codec| {
        let class = match (&codec, version) {
            (Codec::Zlib { .. }, _) => &ZLIB,
            (Codec::Zstd { .. }, 2) => &ZSTD,
            (Codec::Gzip { .. }, 2) => &GZIP,
            (Codec::Blosc { .. }, 2) => &BLOSC,
            (Codec::Zstd { .. }, _) => &ZSTD_CODEC,
            (Codec::Gzip { .. }, _) => &GZIP_CODEC,
            (Codec::Blosc { .. }, _) => &BLOSC_CODEC,
        };
        Value::object(Packer { codec, class })
    };
    codecs.into_iter().map(object).collect()
}
