//! Types of elements, as NumPy speaks of them: `min_scalar_type`, `common_type`, `isdtype`, `typename`.

use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Rest, Result, Value, bail, builtins};

use super::modules::Entries;
use super::operand::{Loose, Operand};
use crate::dtype::{DType, NumberKind};
use crate::eager::{DTypeArg, DTypeObject, types};
use crate::scalar::Scalar;

/// `np.ScalarType`, `np.typecodes`.
pub fn constants() -> Entries {
    let plain = rdk_runtime::types::types();
    let python = [&plain.int, &plain.float, &plain.complex, &plain.bool].map(|class| Value::Class(class.clone()));
    let own = DType::ALL.iter().map(|&dtype| Value::Class(types::class(dtype)));
    let letters = |letters: &str| Value::str(letters);
    let codes = [
        ("Integer", letters("bhilqnp")),
        ("UnsignedInteger", letters("BHILQNP")),
        ("Float", letters("fd")),
        ("Complex", letters("FD")),
        ("AllInteger", letters("bBhHiIlLqQnNpP")),
        ("AllFloat", letters("fdFD")),
        ("All", letters("?bhilqnpBHILQNPfdFD")),
    ];
    vec![("ScalarType", Value::tuple(python.into_iter().chain(own))), ("typecodes", Value::dict(codes))]
}

/// The narrowest type that holds a number.
fn narrowest(operand: &Operand) -> Result<DType> {
    let scalar = match operand {
        Operand::Lazy(array) => return Ok(array.dtype()),
        Operand::Eager(chunk) if chunk.ndim() > 0 => return Ok(chunk.dtype()),
        Operand::Eager(chunk) => chunk.get(&[]).unwrap_or(Scalar::Bool(false)),
        Operand::Number(value) => match Scalar::from_value(value) {
            Some(scalar) => scalar?,
            None => bail!(TypeError: "expected a number, got {}", describe(value)),
        },
    };
    let fits = |number: f64| !number.is_finite() || number.abs() <= f64::from(f32::MAX);
    let whole = |number: i128| {
        let all = DType::ALL.into_iter().filter(|dtype| match dtype.kind() {
            NumberKind::Unsigned => number >= 0,
            NumberKind::Signed => number < 0,
            NumberKind::Bool | NumberKind::Float | NumberKind::Complex => false,
        });
        all.into_iter()
            .find(|dtype| dtype.integer_range().is_some_and(|(least, most)| (least..=most).contains(&number)))
    };
    Ok(match scalar.dtype().kind() {
        NumberKind::Bool => DType::Bool,
        NumberKind::Unsigned => whole(i128::from(scalar.get::<u64>())).unwrap_or(DType::U64),
        NumberKind::Signed => whole(i128::from(scalar.get::<i64>())).unwrap_or(DType::I64),
        NumberKind::Float if fits(scalar.get::<f64>()) => DType::F32,
        NumberKind::Float => DType::F64,
        NumberKind::Complex => {
            let number = scalar.get::<num_complex::Complex64>();
            if fits(number.re) && fits(number.im) { DType::C64 } else { DType::C128 }
        }
    })
}

/// Is a type one of a kind: a dtype, a word such as "real floating", or a tuple of those?
fn is_of(dtype: DType, kind: &Value) -> Result<bool> {
    if let Value::Tuple(kinds) = kind {
        for kind in kinds.iter() {
            if is_of(dtype, kind)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let Value::Str(word) = kind else { return Ok(DTypeArg::try_from_value(kind)?.0 == dtype) };
    Ok(match &word[..] {
        "bool" => dtype == DType::Bool,
        "signed integer" => dtype.kind() == NumberKind::Signed,
        "unsigned integer" => dtype.kind() == NumberKind::Unsigned,
        "integral" => dtype.is_integer(),
        "real floating" => dtype.is_float(),
        "complex floating" => dtype.is_complex(),
        "numeric" => dtype != DType::Bool,
        other => bail!(
            "kind argument is a string, but '{other}' is not a known kind name.";
            hint: "kinds are 'bool', 'signed integer', 'unsigned integer', 'integral', 'real floating', 'complex floating' and 'numeric'"
        ),
    })
}

builtins! {
    /// The narrowest type that holds a number; that of an array for an array.
    ///
    /// ```rdk
    /// np.min_scalar_type(300), np.min_scalar_type(-1)
    /// #> (dtype('uint16'), dtype('int8'))
    /// ```
    fn min_scalar_type(/** A number or an array. */ a: Loose) -> Result<Value> {
        // A fraction fits in NumPy's numbers of 16 bits, which there are none of here.
        Ok(Value::object(DTypeObject(narrowest(&a)?)))
    }

    /// The class of floats that holds the elements of all arrays.
    ///
    /// ```rdk
    /// np.common_type(np.ones(2, dtype="f4"), np.array([1, 2]))
    /// #> numpy.float64
    /// ```
    fn common_type(/** Arrays. */ arrays: Rest) -> Result<Value> {
        let mut common = None;
        for array in &arrays.0 {
            let dtype = Operand::loosely(array)?.dtype();
            let float = match dtype.kind() {
                NumberKind::Bool => bail!(TypeError: "can't get common type for non-numeric array"),
                NumberKind::Unsigned | NumberKind::Signed => DType::F64,
                NumberKind::Float | NumberKind::Complex => dtype,
            };
            common = Some(common.map_or(float, |common: DType| common.promote(float)));
        }
        match common {
            Some(dtype) => Ok(Value::Class(types::class(dtype))),
            None => bail!("common_type() needs at least one array"),
        }
    }

    /// Is a type one of a kind?
    ///
    /// ```rdk
    /// np.isdtype(np.float32, "real floating"), np.isdtype(np.int64, (np.float64, "integral"))
    /// #> (True, True)
    /// ```
    fn isdtype(
        /// The type.
        dtype: DTypeArg,
        /// Another type, a kind such as "integral" or "real floating", or a tuple of them.
        kind: Value,
    ) -> Result<bool> { is_of(dtype.0, &kind) }

    /// What a type is called in words, by its letter.
    ///
    /// ```rdk
    /// np.typename("d")
    /// #> 'double precision'
    /// ```
    fn typename(/** The letter. */ char: String) -> Result<String> {
        let name = match &char[..] {
            "S1" => "character",
            "?" => "bool",
            "b" => "signed char",
            "B" => "unsigned char",
            "h" => "short",
            "H" => "unsigned short",
            "i" => "integer",
            "I" => "unsigned integer",
            "l" => "long integer",
            "L" => "unsigned long integer",
            "q" => "long long integer",
            "Q" => "unsigned long long integer",
            "f" => "single precision",
            "d" => "double precision",
            "g" => "long precision",
            "F" => "complex single precision",
            "D" => "complex double precision",
            "G" => "complex long double precision",
            "S" => "string",
            "U" => "unicode",
            "V" => "void",
            "O" => "object",
            other => bail!(KeyError: "'{other}'"; hint: "letters such as 'd', 'f' or 'l'"),
        };
        Ok(name.to_owned())
    }

    /// The letter of the narrowest type that holds values of all of these letters.
    ///
    /// ```rdk
    /// np.mintypecode("if")
    /// #> 'f'
    /// ```
    fn mintypecode(
        /// Letters of types, or types and arrays.
        typechars: Value,
        /// Which letters may come out.
        typeset: String = "GDFgdf",
        /// What comes out if none of those goes in.
        default: String = "d",
    ) -> Result<String> {
        let letters: Vec<char> = match &typechars {
            Value::Str(letters) => letters.chars().collect(),
            other => other.items().unwrap_or_default().iter().map(letter).collect::<Result<_>>()?,
        };
        let among: Vec<char> = letters.iter().copied().filter(|&letter| typeset.contains(letter)).collect();
        if among.is_empty() {
            return Ok(default);
        }
        if among.contains(&'F') && among.contains(&'d') {
            return Ok("D".into());
        }
        let place = |letter: &char| "GDFgdf".find(*letter).unwrap_or(usize::MAX);
        Ok(among.iter().min_by_key(|letter| place(letter)).map_or(default, |letter| letter.to_string()))
    }

    /// Can it be walked over?
    ///
    /// ```rdk
    /// np.iterable([1]), np.iterable(2)
    /// #> (True, False)
    /// ```
    fn iterable[context](/** Anything. */ y: Value) -> bool { rdk_runtime::iterate(context, &y).is_ok() }
}

/// The letter of a type.
fn letter(value: &Value) -> Result<char> {
    if let Value::Str(text) = value
        && let Some(letter) = text.chars().next()
    {
        return Ok(letter);
    }
    let dtype = match DTypeArg::from_value(value) {
        Some(dtype) => dtype.0,
        None => Operand::loosely(value)?.dtype(),
    };
    Ok(match dtype {
        DType::Bool => '?',
        DType::I8 => 'b',
        DType::I16 => 'h',
        DType::I32 => 'i',
        DType::I64 => 'l',
        DType::U8 => 'B',
        DType::U16 => 'H',
        DType::U32 => 'I',
        DType::U64 => 'L',
        DType::F32 => 'f',
        DType::F64 => 'd',
        DType::C64 => 'F',
        DType::C128 => 'D',
    })
}
