//! What the elements of a dataset are: numbers, text, records.

use hdf5_pure::{
    CompoundTypeBuilder, Datatype, DatatypeByteOrder, EnumTypeBuilder, FloatingPointLayout, make_f32_type,
    make_f64_type, make_i8_type, make_i16_type, make_i32_type, make_i64_type, make_u8_type, make_u16_type,
    make_u32_type, make_u64_type,
};
use rdk_array::DType;

use crate::number::Number;

/// What an element is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number.
    Number(Number),
    /// Text; of so many bytes, or of any length.
    Text(Option<usize>),
    /// Several numbers with names.
    Record {
        /// Bytes of one.
        size: usize,
        /// Names, places and types of those that are numbers.
        fields: Vec<(String, usize, Number)>,
    },
    /// Something else.
    Other(String),
}

impl Kind {
    /// From what the file says.
    pub fn of(datatype: &Datatype) -> Kind {
        let other = |what: &str| Kind::Other(what.to_string());
        match datatype {
            Datatype::FixedPoint { size, byte_order, layout } => {
                let whole = layout.bit_offset == 0 && Some(u32::from(layout.bit_precision)) == size.checked_mul(8);
                match integer(*size, layout.signed).filter(|_| whole) {
                    Some(dtype) => number(dtype, byte_order),
                    None => other("integers of an unusual size"),
                }
            }
            Datatype::BitField { size, byte_order, .. } => match integer(*size, false) {
                Some(dtype) => number(dtype, byte_order),
                None => other("bit fields of an unusual size"),
            },
            Datatype::FloatingPoint { size: 2, byte_order, layout } if layout.exponent_size == 5 => {
                Kind::Number(Number { dtype: DType::F32, big: *byte_order == DatatypeByteOrder::BigEndian, half: true })
            }
            Datatype::FloatingPoint { byte_order, layout, .. } => match *layout {
                FloatingPointLayout::IEEE754_BINARY32 => number(DType::F32, byte_order),
                FloatingPointLayout::IEEE754_BINARY64 => number(DType::F64, byte_order),
                _ => other("floats of an unusual kind"),
            },
            Datatype::String { size, .. } => Kind::Text(Some(*size as usize)),
            Datatype::VariableLength { is_string: true, .. } => Kind::Text(None),
            Datatype::VariableLength { is_string: false, .. } => other("lists of different lengths"),
            Datatype::Enumeration { base_type, members, .. } => match Kind::of(base_type) {
                Kind::Number(base) if base.size() == 1 && truth(members) => Kind::Number(Number::plain(DType::Bool)),
                base => base,
            },
            Datatype::Compound { size, members } => compound(*size as usize, members),
            Datatype::Time { .. } => other("times"),
            Datatype::Opaque { .. } => other("opaque bytes"),
            Datatype::Reference { .. } => other("references"),
            Datatype::Array { .. } => other("arrays within arrays"),
            _ => other("elements of an unknown kind"),
        }
    }

    /// NumPy's code for it.
    pub fn code(&self) -> String {
        match self {
            Kind::Number(number) => number.code(),
            Kind::Text(Some(size)) => format!("|S{size}"),
            Kind::Text(None) | Kind::Other(_) => "|O".to_string(),
            Kind::Record { size, .. } => format!("|V{size}"),
        }
    }
}

fn number(dtype: DType, order: &DatatypeByteOrder) -> Kind {
    match order {
        DatatypeByteOrder::LittleEndian => Kind::Number(Number::plain(dtype)),
        DatatypeByteOrder::BigEndian => Kind::Number(Number { big: dtype.size() > 1, ..Number::plain(dtype) }),
        DatatypeByteOrder::Vax => Kind::Other("numbers in the order of a VAX".to_string()),
    }
}

fn integer(size: u32, signed: bool) -> Option<DType> {
    Some(match (size, signed) {
        (1, true) => DType::I8,
        (2, true) => DType::I16,
        (4, true) => DType::I32,
        (8, true) => DType::I64,
        (1, false) => DType::U8,
        (2, false) => DType::U16,
        (4, false) => DType::U32,
        (8, false) => DType::U64,
        _ => return None,
    })
}

/// Is it what h5py writes truth values as?
fn truth(members: &[hdf5_pure::EnumMember]) -> bool {
    members.len() == 2 && members.iter().all(|member| matches!(&member.name[..], "FALSE" | "TRUE"))
}

fn compound(size: usize, members: &[hdf5_pure::CompoundMember]) -> Kind {
    let fields: Vec<_> = members
        .iter()
        .filter_map(|member| match Kind::of(&member.datatype) {
            Kind::Number(number) => Some((member.name.clone(), member.byte_offset as usize, number)),
            Kind::Text(_) | Kind::Record { .. } | Kind::Other(_) => None,
        })
        .collect();
    // What h5py writes complex numbers as.
    if let [(real, 0, number), (imaginary, at, other)] = fields.as_slice()
        && (real.as_str(), imaginary.as_str()) == ("r", "i")
        && number == other
        && number.dtype.is_float()
        && !number.half
        && *at == number.size()
        && size == 2 * number.size()
    {
        let dtype = if number.dtype == DType::F32 { DType::C64 } else { DType::C128 };
        return Kind::Number(Number { dtype, ..*number });
    }
    Kind::Record { size, fields }
}

/// The type that numbers are written with.
pub fn datatype(dtype: DType) -> Datatype {
    let complex = |builder: CompoundTypeBuilder| builder.build().expect("two fields are a record");
    match dtype {
        DType::Bool => EnumTypeBuilder::with_base(make_i8_type())
            .raw_value("FALSE", &[0])
            .raw_value("TRUE", &[1])
            .build()
            .expect("two values are an enumeration"),
        DType::I8 => make_i8_type(),
        DType::I16 => make_i16_type(),
        DType::I32 => make_i32_type(),
        DType::I64 => make_i64_type(),
        DType::U8 => make_u8_type(),
        DType::U16 => make_u16_type(),
        DType::U32 => make_u32_type(),
        DType::U64 => make_u64_type(),
        DType::F32 => make_f32_type(),
        DType::F64 => make_f64_type(),
        DType::C64 => complex(CompoundTypeBuilder::new().f32_field("r").f32_field("i")),
        DType::C128 => complex(CompoundTypeBuilder::new().f64_field("r").f64_field("i")),
    }
}
