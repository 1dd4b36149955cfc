//! How the chunks of a Zarr array are packed: codecs in the words of version 3 (`{"name", "configuration"}`) and of version 2
//! (numcodecs' `{"id", …}`).

use rdk_runtime::{Result, bail};
use serde_json::{Value as Json, json};

/// One step of packing.
#[derive(Clone, Debug, PartialEq)]
pub enum Codec {
    /// `level` 0 is the crate's usual one.
    Zstd { level: i64, checksum: bool },
    /// With gzip's head.
    Gzip { level: i64 },
    /// The same without it; version 2 only.
    Zlib { level: i64 },
    /// Blocks, their bytes shuffled before another packer has them.
    Blosc { cname: String, level: i64, shuffle: Option<Shuffle>, block: u64 },
}

/// Which of the bytes or bits of neighbours come together first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shuffle {
    /// None.
    No,
    /// Bytes.
    Bytes,
    /// Bits.
    Bits,
}

/// What Blosc packs with.
const PACKERS: [&str; 6] = ["blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"];

impl Shuffle {
    const ALL: [Shuffle; 3] = [Shuffle::No, Shuffle::Bytes, Shuffle::Bits];

    /// What version 3 calls it.
    pub fn name(self) -> &'static str {
        ["noshuffle", "shuffle", "bitshuffle"][self as usize]
    }

    /// By that name.
    pub fn named(name: &str) -> Result<Shuffle> {
        match Shuffle::ALL.into_iter().find(|shuffle| shuffle.name() == name) {
            Some(shuffle) => Ok(shuffle),
            None => bail!("'{name}' is not a valid BloscShuffle"; hint: "noshuffle, shuffle, bitshuffle"),
        }
    }

    /// By numcodecs' number; -1 leaves it to the size of elements.
    pub fn numbered(number: i64) -> Result<Option<Shuffle>> {
        match number {
            -1 => Ok(None),
            0..=2 => Ok(Some(Shuffle::ALL[number as usize])),
            _ => {
                bail!("shuffle is -1, 0, 1 or 2, got {number}"; hint: "Blosc.AUTOSHUFFLE, NOSHUFFLE, SHUFFLE, BITSHUFFLE")
            }
        }
    }

    /// What is best for elements of so many bytes.
    fn usual(size: usize) -> Shuffle {
        if size == 1 { Shuffle::Bits } else { Shuffle::Bytes }
    }
}

/// A level within its limits.
fn level(name: &str, level: i64, most: i64) -> Result<i64> {
    match level {
        0.. if level <= most => Ok(level),
        _ => bail!("the level of {name} is from 0 to {most}, got {level}"),
    }
}

impl Codec {
    /// What new arrays have.
    pub const USUAL: Codec = Codec::Zstd { level: 0, checksum: false };

    /// Zstandard; negative levels are fast ones.
    pub fn zstd(level: i64, checksum: bool) -> Result<Codec> {
        match level {
            -131_072..=22 => Ok(Codec::Zstd { level, checksum }),
            _ => bail!("the level of zstd is at most 22, got {level}"),
        }
    }

    /// Deflate with gzip's head.
    pub fn gzip(at: i64) -> Result<Codec> {
        Ok(Codec::Gzip { level: level("gzip", at, 9)? })
    }

    /// Deflate with zlib's head.
    pub fn zlib(at: i64) -> Result<Codec> {
        Ok(Codec::Zlib { level: level("zlib", at, 9)? })
    }

    /// Blosc around another packer.
    pub fn blosc(cname: &str, clevel: i64, shuffle: Option<Shuffle>, block: u64) -> Result<Codec> {
        if !PACKERS.contains(&cname) {
            bail!("'{cname}' is not a valid BloscCname"; hint: "{}", PACKERS.join(", "));
        }
        Ok(Codec::Blosc { cname: cname.to_string(), level: level("blosc", clevel, 9)?, shuffle, block })
    }

    /// What either version says of one; `None`: it says no such thing.
    pub fn from_json(json: &Json) -> Option<Result<Codec>> {
        let (name, of) = match (&json["name"], &json["id"]) {
            (Json::String(name), _) => (name, &json["configuration"]),
            (_, Json::String(id)) => (id, json),
            _ => return None,
        };
        let number = |field: &str, usual: i64| of[field].as_i64().unwrap_or(usual);
        Some(match name.as_str() {
            "zstd" => Codec::zstd(number("level", 0), of["checksum"].as_bool().unwrap_or(false)),
            "gzip" => Codec::gzip(number("level", 5)),
            "zlib" => Codec::zlib(number("level", 1)),
            "blosc" => (|| {
                let shuffle = match &of["shuffle"] {
                    Json::String(name) => Some(Shuffle::named(name)?),
                    other => Shuffle::numbered(other.as_i64().unwrap_or(-1))?,
                };
                let cname = of["cname"].as_str().unwrap_or("lz4");
                Codec::blosc(cname, number("clevel", 5), shuffle, of["blocksize"].as_u64().unwrap_or(0))
            })(),
            other => Err(rdk_runtime::error!("codec not available: '{other}'").hint("zstd, gzip, zlib, blosc")),
        })
    }

    /// In the words of version 3, for elements of so many bytes.
    pub fn three(&self, size: usize) -> Result<Json> {
        Ok(match self {
            Codec::Zstd { level, checksum } => {
                json!({"name": "zstd", "configuration": {"level": level, "checksum": checksum}})
            }
            Codec::Gzip { level } => json!({"name": "gzip", "configuration": {"level": level}}),
            Codec::Blosc { cname, level, shuffle, block } => {
                let shuffle = shuffle.unwrap_or(Shuffle::usual(size)).name();
                json!({"name": "blosc", "configuration": {
                    "typesize": size, "cname": cname, "clevel": level, "shuffle": shuffle, "blocksize": block,
                }})
            }
            Codec::Zlib { .. } => {
                bail!("version 3 of Zarr has no codec `zlib`"; hint: "`zarr.codecs.GzipCodec()`, or `zarr_format=2`")
            }
        })
    }

    /// In the words of version 2.
    pub fn two(&self, size: usize) -> Json {
        match self {
            Codec::Zstd { level, .. } => json!({"id": "zstd", "level": level}),
            Codec::Gzip { level } => json!({"id": "gzip", "level": level}),
            Codec::Zlib { level } => json!({"id": "zlib", "level": level}),
            Codec::Blosc { cname, level, shuffle, block } => {
                let shuffle = shuffle.unwrap_or(Shuffle::usual(size)) as u8;
                json!({"id": "blosc", "cname": cname, "clevel": level, "shuffle": shuffle, "blocksize": block})
            }
        }
    }
}
