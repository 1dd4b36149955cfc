//! Functions of numbers: `sum`, `min`, `round`, `abs`, `pow`, `hex`, …

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rdk_syntax::tree::{BinaryOp, CompareOp};

use crate::builtin::{Args, Rest};
use crate::context::Context;
use crate::convert::{FromValue, Maybe};
use crate::error::Result;
use crate::evaluate::{collect, iterate};
use crate::operators::{self, binary, compare, truth};
use crate::user::Instance;
use crate::value::Value;
use crate::{bail, builtins, delayed, error};

builtins! {
    /// The sum of the items.
    ///
    /// ```rdk
    /// sum([1, 2, 3]), sum([0.5, 1]), sum([[1], [2]], [])
    /// #> (6, 1.5, [1, 2])
    /// ```
    fn sum[context](
        /// What to add up.
        iterable: Value,
        /// What to begin with.
        start: Value = 0,
    ) -> Result<Value> { sum(context, &iterable, start) }

    /// The smallest item, or the smallest of several values.
    ///
    /// ```rdk
    /// min([3, 1, 2]), min("pear", "fig", key=len), min([], default=0)
    /// #> (1, 'fig', 0)
    /// ```
    fn min[context](
        /// A sequence, or the values.
        args: Rest,
        /// A function that gives what to compare.
        key: Option<Value>,
        /// What to give if there are no items.
        default: Maybe,
    ) -> Result<Value> { extreme(context, "min", CompareOp::Less, args.0, key, default.0) }

    /// The largest item, or the largest of several values.
    ///
    /// ```rdk
    /// max(3, 7, 5), max(["pear", "fig"], key=len)
    /// #> (7, 'pear')
    /// ```
    fn max[context](
        /// A sequence, or the values.
        args: Rest,
        /// A function that gives what to compare.
        key: Option<Value>,
        /// What to give if there are no items.
        default: Maybe,
    ) -> Result<Value> { extreme(context, "max", CompareOp::Greater, args.0, key, default.0) }

    /// The number without its sign.
    ///
    /// ```rdk
    /// abs(-3), abs(-1.5), abs(3+4j)
    /// #> (3, 1.5, 5.0)
    /// ```
    fn abs[context](
        /// A number or an array.
        x: Value,
    ) -> Result<Value> { abs(context, &x) }

    /// The number with so many decimals; a half goes to the even neighbour.
    ///
    /// ```rdk
    /// round(2.5), round(3.14159, 2), round(1250, -2)
    /// #> (2, 3.14, 1200)
    /// ```
    fn round[context](
        /// A number or an array.
        number: Value,
        /// How many decimals; a whole number comes out if not given.
        ndigits: Option<i64>,
    ) -> Result<Value> { round(context, &number, ndigits) }

    /// The quotient, rounded down, and the remainder.
    ///
    /// ```rdk
    /// divmod(17, 5), divmod(-7, 2)
    /// #> ((3, 2), (-4, 1))
    /// ```
    fn divmod[context](
        /// What to divide.
        a: Value,
        /// By what.
        b: Value,
    ) -> Result<Value> {
        if let Some(lazy) = delayed::lazily(context, "divmod", [&a, &b]) {
            return lazy;
        }
        let quotient = binary(context, BinaryOp::FloorDiv, &a, &b)?;
        Ok(Value::tuple([quotient, binary(context, BinaryOp::Mod, &a, &b)?]))
    }

    /// A power; with a modulus its remainder, without making the power itself.
    ///
    /// ```rdk
    /// pow(2, 10), pow(3, 200, 7), pow(3, -1, 7)
    /// #> (1024, 2, 5)
    /// ```
    fn pow[context](
        /// The base.
        base: Value,
        /// The exponent.
        exp: Value,
        /// The modulus.
        r#mod: Option<Value>,
    ) -> Result<Value> { power(context, &base, &exp, r#mod) }

    /// The number in base 16.
    ///
    /// ```rdk
    /// hex(255), hex(-1)
    /// #> ('0xff', '-0x1')
    /// ```
    fn hex(
        /// A whole number.
        number: BigInt,
    ) -> String { in_base(&number, 16, "0x") }

    /// The number in base 8.
    ///
    /// ```rdk
    /// oct(8)
    /// #> '0o10'
    /// ```
    fn oct(
        /// A whole number.
        number: BigInt,
    ) -> String { in_base(&number, 8, "0o") }

    /// The number in base 2.
    ///
    /// ```rdk
    /// bin(5)
    /// #> '0b101'
    /// ```
    fn bin(
        /// A whole number.
        number: BigInt,
    ) -> String { in_base(&number, 2, "0b") }

    /// The character of a code.
    ///
    /// ```rdk
    /// chr(8364)
    /// #> '€'
    /// ```
    fn chr(
        /// The code.
        i: i64,
    ) -> Result<String> { chr(i) }

    /// The code of a character.
    ///
    /// ```rdk
    /// ord("€")
    /// #> 8364
    /// ```
    fn ord(
        /// One character, or one byte.
        c: Value,
    ) -> Result<i64> { ord(&c) }
}

fn sum(context: &Context, iterable: &Value, start: Value) -> Result<Value> {
    match start {
        Value::Str(_) => bail!(TypeError: "sum() can't sum strings"; hint: "`\"\".join(texts)`"),
        Value::Bytes(_) => bail!(TypeError: "sum() can't sum bytes"; hint: "`b\"\".join(parts)`"),
        _ => {}
    }
    let mut walk = iterate(context, iterable)?;
    let mut total = start;
    while let Some(item) = walk.next(context)? {
        total = match (&total, &item) {
            (Value::Int(a), Value::Int(b)) => match a.checked_add(*b) {
                Some(sum) => Value::Int(sum),
                None => Value::big(BigInt::from(*a) + b),
            },
            (Value::Float(a), Value::Float(b)) => Value::Float(a + b),
            (Value::Int(a), Value::Bool(b)) if *a < i64::MAX => Value::Int(a + i64::from(*b)),
            (Value::Float(a), Value::Int(b)) => Value::Float(a + *b as f64),
            (Value::Int(0), Value::Str(_)) => bail!(TypeError: "sum() can't sum strings"; hint: "`\"\".join(texts)`"),
            _ => binary(context, BinaryOp::Add, &total, &item)?,
        };
    }
    Ok(total)
}

fn extreme(
    context: &Context,
    name: &str,
    better: CompareOp,
    args: Vec<Value>,
    key: Option<Value>,
    default: Option<Value>,
) -> Result<Value> {
    let one = args.len() == 1;
    if args.is_empty() {
        bail!(TypeError: "{name} expected at least 1 argument, got 0");
    }
    if !one && default.is_some() {
        bail!(TypeError: "cannot specify a default for {name}() with multiple positional arguments");
    }
    let source = if one { args[0].clone() } else { Value::tuple(args) };
    let mut walk = iterate(context, &source)?;
    let mut best: Option<(Value, Value)> = None;
    while let Some(item) = walk.next(context)? {
        let by = match &key {
            Some(key) => context.call(key, Args::one(item.clone()))?,
            None => item.clone(),
        };
        let replaces = match &best {
            Some((best, _)) => truth(context, &compare(context, better, &by, best)?)?,
            None => true,
        };
        if replaces {
            best = Some((by, item));
        }
    }
    match best {
        Some((_, item)) => Ok(item),
        None => default.ok_or_else(
            || error!("{name}() arg is an empty sequence"; hint: "`{name}(x, default=0)` gives a value all the same"),
        ),
    }
}

/// Calls the method that objects answer a function with.
fn through_method(context: &Context, value: &Value, name: &str, args: Args) -> Option<Result<Value>> {
    match operators::find(context, value, name) {
        Ok(Some(method)) => Some(context.call(&method, args)),
        Ok(None) => None,
        Err(error) => Some(Err(error)),
    }
}

/// What the object answers by its special method, or by the plain one that arrays and frames have; of a class of the user's own
/// the plain one is a name like any other.
fn own_answer(context: &Context, value: &Value, [special, plain]: [&str; 2], args: Args) -> Option<Result<Value>> {
    let answer = through_method(context, value, special, args.clone());
    if answer.is_some() || value.get::<Instance>().is_some() {
        return answer;
    }
    through_method(context, value, plain, args)
}

/// The plain number that an object is.
fn plain(value: &Value) -> Value {
    value.plain_number().unwrap_or_else(|| value.clone())
}

/// `abs(x)`
pub fn abs(context: &Context, value: &Value) -> Result<Value> {
    if let Some(lazy) = delayed::lazily(context, "abs", [value]) {
        return lazy;
    }
    match value {
        Value::Bool(flag) => Ok(Value::Int(i64::from(*flag))),
        Value::Int(n) => Ok(n.checked_abs().map_or_else(|| Value::big(BigInt::from(*n).abs()), Value::Int)),
        Value::BigInt(n) => Ok(Value::big(n.abs())),
        Value::Float(n) => Ok(Value::Float(n.abs())),
        Value::Complex(n) => Ok(Value::Float(n.re.hypot(n.im))),
        other => {
            if let Some(answer) = own_answer(context, other, ["__abs__", "abs"], Args::none()) {
                return answer;
            }
            match other.plain_number() {
                Some(number) => abs(context, &number),
                None => bail!(TypeError: "bad operand type for abs(): '{}'", other.class().name),
            }
        }
    }
}

fn round(context: &Context, value: &Value, ndigits: Option<i64>) -> Result<Value> {
    let digits = ndigits.map(Value::Int);
    if let Some(lazy) = delayed::lazily(context, "round", std::iter::once(value).chain(&digits)) {
        return lazy;
    }
    match plain(value) {
        Value::Float(number) => match ndigits {
            None => super::construct::truncate(number.round_ties_even()),
            Some(n) => round_float(number, n).map(Value::Float),
        },
        number @ (Value::Int(_) | Value::Bool(_) | Value::BigInt(_)) => {
            let whole = BigInt::from_value(&number).unwrap_or_default();
            Ok(Value::big(match ndigits {
                Some(n) if n < 0 => round_whole(&whole, n.unsigned_abs()),
                _ => whole,
            }))
        }
        other => {
            let args = Args::of(ndigits.map(Value::Int));
            if let Some(answer) = own_answer(context, &other, ["__round__", "round"], args) {
                return answer;
            }
            bail!(TypeError: "type {} doesn't define a way to round it", other.class().name)
        }
    }
}

/// Correctly rounded at this decimal, as Python does it: by the digits that the number really has.
pub fn round_float(number: f64, n: i64) -> Result<f64> {
    if !number.is_finite() || number == 0.0 || n > 340 {
        return Ok(number);
    }
    if n < -310 {
        return Ok(0.0f64.copysign(number));
    }
    if n >= 0 {
        return Ok(format!("{number:.*}", n as usize).parse().unwrap_or(number));
    }
    // Before the point: round the whole number half to even; a fraction only breaks ties.
    let unit = BigInt::from(10).pow((-n) as u32);
    let size = number.abs();
    let whole = num_traits::FromPrimitive::from_f64(size.trunc()).unwrap_or_else(BigInt::zero);
    let (quotient, rest) = whole.div_rem(&unit);
    let twice: BigInt = &rest * 2;
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => size.fract() > 0.0 || quotient.is_odd(),
    };
    let rounded = (quotient + i32::from(up)) * unit;
    match rounded.to_f64() {
        Some(size) if size.is_finite() => Ok(size.copysign(number)),
        _ => bail!(OverflowError: "rounded value too large to represent"),
    }
}

fn round_whole(number: &BigInt, n: u64) -> BigInt {
    // Beyond its digits everything is zero; no need to make a huge power of ten.
    if n > number.bits() / 3 + 2 {
        return BigInt::zero();
    }
    let unit = BigInt::from(10).pow(n as u32);
    let (quotient, rest) = number.div_mod_floor(&unit);
    let twice: BigInt = &rest * 2;
    let up = twice > unit || (twice == unit && quotient.is_odd());
    (quotient + i32::from(up)) * unit
}

fn power(context: &Context, base: &Value, exp: &Value, modulus: Option<Value>) -> Result<Value> {
    let Some(modulus) = modulus else { return binary(context, BinaryOp::Pow, base, exp) };
    let whole = |value: &Value| {
        BigInt::from_value(value)
            .ok_or_else(|| error!(TypeError: "pow() 3rd argument not allowed unless all arguments are integers"))
    };
    let (mut base, mut exp, modulus) = (whole(base)?, whole(exp)?, whole(&modulus)?);
    if modulus.is_zero() {
        bail!("pow() 3rd argument cannot be 0");
    }
    if exp.is_negative() {
        let gcd = base.mod_floor(&modulus).extended_gcd(&modulus);
        if !gcd.gcd.abs().is_one() {
            bail!("base is not invertible for the given modulus");
        }
        base = gcd.x * gcd.gcd.signum();
        exp = -exp;
    }
    let size = base.mod_floor(&modulus.abs()).modpow(&exp, &modulus.abs());
    Ok(Value::big(size.mod_floor(&modulus)))
}

fn in_base(number: &BigInt, base: u32, prefix: &str) -> String {
    let sign = if number.is_negative() { "-" } else { "" };
    format!("{sign}{prefix}{}", number.magnitude().to_str_radix(base))
}

fn chr(code: i64) -> Result<String> {
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => Ok(c.to_string()),
        None if (0xd800..0xe000).contains(&code) => {
            bail!("code {code:#x} is half of a surrogate pair, not a character")
        }
        None => bail!("chr() arg not in range(0x110000)"),
    }
}

fn ord(c: &Value) -> Result<i64> {
    let n = match c {
        Value::Str(text) => {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                return Ok(u32::from(c).into());
            }
            text.chars().count()
        }
        Value::Bytes(bytes) => {
            if let [byte] = **bytes {
                return Ok(byte.into());
            }
            bytes.len()
        }
        other => bail!(TypeError: "ord() expected string of length 1, but {} found", other.class().name),
    };
    bail!(TypeError: "ord() expected a character, but string of length {n} found")
}

/// Numbers that a function of floats takes: a float, or an error in Python's words.
pub fn real(value: &Value) -> Result<f64> {
    if let Value::BigInt(number) = value {
        return match number.to_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(number),
            None => bail!(OverflowError: "int too large to convert to float"),
        };
    }
    if let Value::Lazy(lazy) = value
        && let Some(number) = lazy.number()
    {
        return real(&number?);
    }
    value.as_f64().ok_or_else(|| error!(TypeError: "must be real number, not {}", value.class().name))
}

/// All items as floats.
pub fn reals(context: &Context, iterable: &Value) -> Result<Vec<f64>> {
    collect(context, iterable)?.iter().map(real).collect()
}
