//! The kinds of element an array can have, and NumPy's rules for what two of them make together.

use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

/// What the elements of an array are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum DType {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    C64,
    C128,
}

/// The families of element types, narrowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum NumberKind {
    Bool,
    Unsigned,
    Signed,
    Float,
    Complex,
}

/// A plain number of the language beside arrays: it adapts to the array's type as far as it can (NEP 50).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Weak {
    Bool,
    Int,
    Float,
    Complex,
}

/// How freely `astype`, `dtype=` and `out=` may change a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Casting {
    /// Only to itself.
    No,
    /// Every value is kept.
    Safe,
    /// Within a family, or to a wider one.
    #[default]
    SameKind,
    /// Anything.
    Unsafe,
}

impl DType {
    /// All of them, narrowest first within a family.
    pub const ALL: [DType; 13] = [
        DType::Bool,
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::U8,
        DType::U16,
        DType::U32,
        DType::U64,
        DType::F32,
        DType::F64,
        DType::C64,
        DType::C128,
    ];

    /// NumPy's name.
    pub fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I8 => "int8",
            DType::I16 => "int16",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::U8 => "uint8",
            DType::U16 => "uint16",
            DType::U32 => "uint32",
            DType::U64 => "uint64",
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::C64 => "complex64",
            DType::C128 => "complex128",
        }
    }

    /// The short form with its byte order: `<f8`.
    pub fn code(self) -> &'static str {
        match self {
            DType::Bool => "|b1",
            DType::I8 => "|i1",
            DType::I16 => "<i2",
            DType::I32 => "<i4",
            DType::I64 => "<i8",
            DType::U8 => "|u1",
            DType::U16 => "<u2",
            DType::U32 => "<u4",
            DType::U64 => "<u8",
            DType::F32 => "<f4",
            DType::F64 => "<f8",
            DType::C64 => "<c8",
            DType::C128 => "<c16",
        }
    }

    /// Its number among NumPy's types, and its letter.
    pub fn numbered(self) -> (i64, &'static str) {
        match self {
            DType::Bool => (0, "?"),
            DType::I8 => (1, "b"),
            DType::U8 => (2, "B"),
            DType::I16 => (3, "h"),
            DType::U16 => (4, "H"),
            DType::I32 => (5, "i"),
            DType::U32 => (6, "I"),
            DType::I64 => (7, "l"),
            DType::U64 => (8, "L"),
            DType::F32 => (11, "f"),
            DType::F64 => (12, "d"),
            DType::C64 => (14, "F"),
            DType::C128 => (15, "D"),
        }
    }

    /// Bytes of an element.
    pub fn size(self) -> usize {
        match self {
            DType::Bool | DType::I8 | DType::U8 => 1,
            DType::I16 | DType::U16 => 2,
            DType::I32 | DType::U32 | DType::F32 => 4,
            DType::I64 | DType::U64 | DType::F64 | DType::C64 => 8,
            DType::C128 => 16,
        }
    }

    /// The family.
    pub fn kind(self) -> NumberKind {
        match self {
            DType::Bool => NumberKind::Bool,
            DType::I8 | DType::I16 | DType::I32 | DType::I64 => NumberKind::Signed,
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => NumberKind::Unsigned,
            DType::F32 | DType::F64 => NumberKind::Float,
            DType::C64 | DType::C128 => NumberKind::Complex,
        }
    }

    /// NumPy's letter for the family.
    pub fn letter(self) -> char {
        match self.kind() {
            NumberKind::Bool => 'b',
            NumberKind::Unsigned => 'u',
            NumberKind::Signed => 'i',
            NumberKind::Float => 'f',
            NumberKind::Complex => 'c',
        }
    }

    /// An integer type, signed or not; not `bool`.
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), NumberKind::Signed | NumberKind::Unsigned)
    }

    /// A real floating point type.
    pub fn is_float(self) -> bool {
        self.kind() == NumberKind::Float
    }

    /// A complex type.
    pub fn is_complex(self) -> bool {
        self.kind() == NumberKind::Complex
    }

    /// The type of the real part; real types are their own.
    pub fn real(self) -> DType {
        match self {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            other => other,
        }
    }

    /// The smallest and the largest value of an integer type or of `bool`.
    pub fn integer_range(self) -> Option<(i128, i128)> {
        let bits = self.size() as u32 * 8;
        match self.kind() {
            NumberKind::Bool => Some((0, 1)),
            NumberKind::Unsigned => Some((0, (1i128 << bits) - 1)),
            NumberKind::Signed => Some((-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)),
            NumberKind::Float | NumberKind::Complex => None,
        }
    }

    /// The type of this name in any of NumPy's spellings: `float64`, `f8`, `<f8`, `float`, `d`, `double`.
    pub fn from_name(name: &str) -> Result<DType> {
        let bare = name.strip_prefix(['<', '=', '|']).unwrap_or(name);
        Ok(match bare {
            "bool" | "bool_" | "?" | "b1" => DType::Bool,
            "int8" | "i1" | "b" | "byte" => DType::I8,
            "int16" | "i2" | "h" | "short" => DType::I16,
            "int32" | "i4" | "i" | "intc" => DType::I32,
            "int64" | "i8" | "int" | "int_" | "l" | "q" | "p" | "long" | "longlong" | "intp" => DType::I64,
            "uint8" | "u1" | "B" | "ubyte" => DType::U8,
            "uint16" | "u2" | "H" | "ushort" => DType::U16,
            "uint32" | "u4" | "I" | "uintc" => DType::U32,
            "uint64" | "u8" | "uint" | "L" | "Q" | "P" | "ulong" | "ulonglong" | "uintp" => DType::U64,
            "float32" | "f4" | "f" | "single" => DType::F32,
            "float64" | "f8" | "float" | "d" | "double" => DType::F64,
            "complex64" | "c8" | "F" | "csingle" => DType::C64,
            "complex128" | "c16" | "complex" | "D" | "cdouble" => DType::C128,
            "float16" | "f2" | "e" | "half" => {
                bail!(TypeError: "there is no float16 in rdk"; hint: "float32 holds all of its numbers")
            }
            dates if ["datetime64", "timedelta64", "M8", "m8"].iter().any(|name| dates.starts_with(name)) => bail!(
                TypeError: "arrays hold numbers: there is no dtype for `{name}` in rdk";
                hint: "columns hold dates: `pd.date_range(…)`, `pd.to_datetime(…)`"
            ),
            "str" | "object" | "O" | "bytes" | "S" | "U" => bail!(
                TypeError: "arrays hold numbers: there is no dtype for `{name}` in rdk";
                hint: "lists and columns hold text: `pd.Series([…]).str`"
            ),
            text if text.starts_with(['U', 'S']) && text[1..].bytes().all(|byte| byte.is_ascii_digit()) => bail!(
                TypeError: "arrays hold numbers: there is no dtype for `{name}` in rdk";
                hint: "lists and columns hold text: `pd.Series([…]).str`"
            ),
            _ => {
                let known = DType::ALL.map(DType::name).join(", ");
                bail!(TypeError: "data type `{name}` not understood"; hint: "known types: {known}")
            }
        })
    }

    /// The type that can hold both: NumPy's `result_type`.
    pub fn promote(self, other: DType) -> DType {
        use NumberKind::*;
        let (low, high) = if self.kind() <= other.kind() { (self, other) } else { (other, self) };
        match (low.kind(), high.kind()) {
            (Bool, _) => high,
            (Unsigned, Unsigned) | (Signed, Signed) | (Float, Float) | (Complex, Complex) => {
                if low.size() > high.size() { low } else { high }
            }
            (Unsigned, Signed) if low.size() < high.size() => high,
            (Unsigned, Signed) => match low {
                DType::U8 => DType::I16,
                DType::U16 => DType::I32,
                DType::U32 => DType::I64,
                _ => DType::F64,
            },
            (Unsigned | Signed, Float) => {
                if low.size() > 2 {
                    DType::F64
                } else {
                    high
                }
            }
            (Unsigned | Signed, Complex) => {
                if low.size() > 2 {
                    DType::C128
                } else {
                    high
                }
            }
            (Float, Complex) => {
                if low == DType::F64 {
                    DType::C128
                } else {
                    high
                }
            }
            (Unsigned | Signed | Float | Complex, _) => unreachable!("ordered by kind"),
        }
    }

    /// The type of an operation with a plain number: the array's own where the number's family fits in it.
    pub fn promote_weak(self, weak: Weak) -> DType {
        match (weak, self.kind()) {
            (Weak::Bool, _) => self,
            (Weak::Int, NumberKind::Bool) => DType::I64,
            (Weak::Int, _) => self,
            (Weak::Float, NumberKind::Float | NumberKind::Complex) => self,
            (Weak::Float, _) => DType::F64,
            (Weak::Complex, NumberKind::Complex) => self,
            (Weak::Complex, _) => {
                if self == DType::F32 {
                    DType::C64
                } else {
                    DType::C128
                }
            }
        }
    }

    /// The type of an operation over all of these; `None` for none at all.
    pub fn result_type(strong: impl IntoIterator<Item = DType>, weak: impl IntoIterator<Item = Weak>) -> Option<DType> {
        let strong = strong.into_iter().reduce(DType::promote);
        let weak = weak.into_iter().max();
        match (strong, weak) {
            (Some(dtype), Some(weak)) => Some(dtype.promote_weak(weak)),
            (Some(dtype), None) => Some(dtype),
            (None, weak) => weak.map(Weak::dtype),
        }
    }

    /// May values of this type become that one under this rule?
    pub fn can_cast(self, to: DType, casting: Casting) -> bool {
        match casting {
            Casting::No => self == to,
            Casting::Unsafe => true,
            Casting::Safe => match (self.kind(), to.kind()) {
                // The one place where "safe" and promotion part: 64-bit integers count as safe in a float64.
                (NumberKind::Signed | NumberKind::Unsigned, NumberKind::Float | NumberKind::Complex) => {
                    self.promote(to) == to
                }
                _ => self.promote(to) == to,
            },
            Casting::SameKind => {
                self.can_cast(to, Casting::Safe)
                    || self.kind() == to.kind()
                    || self.kind() < to.kind() && self.kind() != NumberKind::Bool
                    || self.kind() == NumberKind::Bool
            }
        }
    }
}

impl Casting {
    /// The rule of this name.
    pub fn from_name(name: &str) -> Result<Casting> {
        Ok(match name {
            "no" | "equiv" => Casting::No,
            "safe" => Casting::Safe,
            "same_kind" => Casting::SameKind,
            "unsafe" => Casting::Unsafe,
            _ => bail!(
                "casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', or 'same_value' (got '{name}')"
            ),
        })
    }

    /// NumPy's name.
    pub fn name(self) -> &'static str {
        match self {
            Casting::No => "no",
            Casting::Safe => "safe",
            Casting::SameKind => "same_kind",
            Casting::Unsafe => "unsafe",
        }
    }
}

impl Weak {
    /// The type of an array made from such numbers alone.
    pub fn dtype(self) -> DType {
        match self {
            Weak::Bool => DType::Bool,
            Weak::Int => DType::I64,
            Weak::Float => DType::F64,
            Weak::Complex => DType::C128,
        }
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
