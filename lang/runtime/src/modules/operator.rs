//! `operator`: the operators as functions.

use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use crate::builtin::{Args, Keywords, Rest};
use crate::builtins::number;
use crate::class::{self, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::iterate;
use crate::object::Object;
use crate::operators::{self, augment, binary, compare, equal, same, truth, unary};
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(of_two::builtins());
    entries.extend(class::entries(in_place::builtins()));
    entries.extend(class::entries(builtins()));
    entries
}

macro_rules! operators_of_two {
    ($($(#[doc = $doc:literal])* $name:ident: $function:ident $op:expr;)*) => {
        builtins! {$(
            $(#[doc = $doc])*
            fn $name[context](
                /// The left side.
                a: Value,
                /// The right side.
                b: Value,
            ) -> Result<Value> { $function(context, $op, &a, &b) }
        )*}
    };
}

/// Operators of two values.
mod of_two {
    use super::*;

    operators_of_two! {
        /// `a + b`
        ///
        /// ```rdk
        /// from operator import add
        /// add(2, 3)
        /// #> 5
        /// ```
        add: binary BinaryOp::Add;
        /// `a + b` of sequences
        concat: binary BinaryOp::Add;
        /// `a - b`
        sub: binary BinaryOp::Sub;
        /// `a * b`
        ///
        /// ```rdk
        /// from operator import mul
        /// mul(2, 3)
        /// #> 6
        /// ```
        mul: binary BinaryOp::Mul;
        /// `a @ b`
        matmul: binary BinaryOp::MatMul;
        /// `a / b`
        truediv: binary BinaryOp::Div;
        /// `a // b`
        floordiv: binary BinaryOp::FloorDiv;
        /// `a % b`
        r#mod: binary BinaryOp::Mod;
        /// `a ** b`
        pow: binary BinaryOp::Pow;
        /// `a << b`
        lshift: binary BinaryOp::LeftShift;
        /// `a >> b`
        rshift: binary BinaryOp::RightShift;
        /// `a & b`
        and_: binary BinaryOp::BitAnd;
        /// `a | b`
        or_: binary BinaryOp::BitOr;
        /// `a ^ b`
        xor: binary BinaryOp::BitXor;
        /// `a == b`
        eq: compare CompareOp::Eq;
        /// `a != b`
        ne: compare CompareOp::NotEq;
        /// `a < b`
        lt: compare CompareOp::Less;
        /// `a <= b`
        le: compare CompareOp::LessEq;
        /// `a > b`
        gt: compare CompareOp::Greater;
        /// `a >= b`
        ge: compare CompareOp::GreaterEq;
    }
}

/// Operators that may change their left side.
mod in_place {
    use super::*;

    operators_of_two! {
        /// `a += b`; gives the result.
        iadd: augment BinaryOp::Add;
        /// `a -= b`; gives the result.
        isub: augment BinaryOp::Sub;
        /// `a *= b`; gives the result.
        imul: augment BinaryOp::Mul;
        /// `a /= b`; gives the result.
        itruediv: augment BinaryOp::Div;
        /// `a //= b`; gives the result.
        ifloordiv: augment BinaryOp::FloorDiv;
        /// `a %= b`; gives the result.
        imod: augment BinaryOp::Mod;
        /// `a **= b`; gives the result.
        ipow: augment BinaryOp::Pow;
        /// `a &= b`; gives the result.
        iand: augment BinaryOp::BitAnd;
        /// `a |= b`; gives the result.
        ior: augment BinaryOp::BitOr;
        /// `a ^= b`; gives the result.
        ixor: augment BinaryOp::BitXor;
    }
}

builtins! {
    /// The number without its sign.
    fn abs[context](
        /// A number.
        a: Value,
    ) -> Result<Value> { number::abs(context, &a) }

    /// `-a`
    ///
    /// ```rdk
    /// from operator import neg
    /// neg(3)
    /// #> -3
    /// ```
    fn neg[context](
        /// A number.
        a: Value,
    ) -> Result<Value> { unary(context, UnaryOp::Neg, &a) }

    /// `+a`
    fn pos[context](
        /// A number.
        a: Value,
    ) -> Result<Value> { unary(context, UnaryOp::Pos, &a) }

    /// `~a`
    fn inv[context](
        /// A whole number.
        a: Value,
    ) -> Result<Value> { unary(context, UnaryOp::Invert, &a) }

    /// `~a`
    fn invert[context](
        /// A whole number.
        a: Value,
    ) -> Result<Value> { unary(context, UnaryOp::Invert, &a) }

    /// The whole number that a value stands for, as positions are.
    ///
    /// ```rdk
    /// import operator
    /// operator.index(True)
    /// #> 1
    /// ```
    fn index(
        /// A whole number.
        a: Whole,
    ) -> Value { a.0 }

    /// `not a`
    fn not_[context](
        /// Any value.
        a: Value,
    ) -> Result<bool> { Ok(!truth(context, &a)?) }

    /// Is the value true?
    fn truth[context](
        /// Any value.
        a: Value,
    ) -> Result<bool> { truth(context, &a) }

    /// `a is b`
    fn is_(
        /// Any value.
        a: Value,
        /// Any value.
        b: Value,
    ) -> bool { same(&a, &b) }

    /// `a is not b`
    fn is_not(
        /// Any value.
        a: Value,
        /// Any value.
        b: Value,
    ) -> bool { !same(&a, &b) }

    /// `b in a`
    ///
    /// ```rdk
    /// from operator import contains
    /// contains([1, 2], 2)
    /// #> True
    /// ```
    fn contains[context](
        /// Where to look.
        a: Value,
        /// What for.
        b: Value,
    ) -> Result<bool> { operators::contains(context, &a, &b) }

    /// How often a value occurs.
    fn countOf[context](
        /// Where to look.
        a: Value,
        /// What to count.
        b: Value,
    ) -> Result<usize> {
        let mut walk = iterate(context, &a)?;
        let mut n = 0;
        while let Some(item) = walk.next(context)? {
            n += usize::from(equal(context, &item, &b)?);
        }
        Ok(n)
    }

    /// Where a value occurs first.
    fn indexOf[context](
        /// Where to look.
        a: Value,
        /// What for.
        b: Value,
    ) -> Result<usize> {
        let mut walk = iterate(context, &a)?;
        let mut at = 0;
        while let Some(item) = walk.next(context)? {
            if equal(context, &item, &b)? {
                return Ok(at);
            }
            at += 1;
        }
        bail!("sequence.index(x): x not in sequence")
    }

    /// `a[b]`
    ///
    /// ```rdk
    /// from operator import getitem
    /// getitem({"x": 1}, "x")
    /// #> 1
    /// ```
    fn getitem[context](
        /// A container.
        a: Value,
        /// The index or key.
        b: Value,
    ) -> Result<Value> { operators::item(context, &a, &b) }

    /// `a[b] = c`
    fn setitem[context](
        /// A container.
        a: Value,
        /// The index or key.
        b: Value,
        /// The new value.
        c: Value,
    ) -> Result<()> { operators::set_item(context, &a, &b, c) }

    /// `del a[b]`
    fn delitem[context](
        /// A container.
        a: Value,
        /// The index or key.
        b: Value,
    ) -> Result<()> { operators::delete_item(context, &a, &b) }

    /// A function that takes an item, or several, out of its argument.
    ///
    /// ```rdk
    /// from operator import itemgetter
    /// sorted([("a", 2), ("b", 1)], key=itemgetter(1))
    /// #> [('b', 1), ('a', 2)]
    /// ```
    fn itemgetter(
        /// The indexes or keys.
        items: Rest,
    ) -> Result<Value> { getter("itemgetter", items.0, Way::Item) }

    /// A function that gives an attribute, or several, of its argument.
    ///
    /// ```rdk
    /// from operator import attrgetter
    /// attrgetter("real")(3)
    /// #> 3
    /// ```
    fn attrgetter(
        /// The names; `a.b` goes on into the attribute.
        attrs: Rest,
    ) -> Result<Value> { getter("attrgetter", attrs.0, Way::Attribute) }

    /// A function that calls a method of its argument.
    ///
    /// ```rdk
    /// from operator import methodcaller
    /// methodcaller("split", ",")("a,b")
    /// #> ['a', 'b']
    /// ```
    fn methodcaller(
        /// The name of the method.
        name: String,
        /// Its arguments.
        args: Rest,
        /// More of them, by name.
        kwargs: Keywords,
    ) -> Value { Value::object(Getter { name: "methodcaller", keys: vec![name.into()], way: Way::Method(args.0, kwargs.0) }) }
}

/// How a getter gets.
enum Way {
    Item,
    Attribute,
    Method(Vec<Value>, Vec<(crate::Name, Value)>),
}

/// What `itemgetter` and its kin give.
struct Getter {
    name: &'static str,
    keys: Vec<Value>,
    way: Way,
}

/// A whole number, however large.
struct Whole(Value);

impl FromValue for Whole {
    const IS_NUMBER: bool = true;

    fn expected() -> &'static str {
        "an integer"
    }

    fn from_value(value: &Value) -> Option<Whole> {
        num_bigint::BigInt::from_value(value).map(|number| Whole(Value::big(number)))
    }

    fn try_from_value(value: &Value) -> Result<Whole> {
        Whole::from_value(value)
            .ok_or_else(|| error!(TypeError: "'{}' object cannot be interpreted as an integer", value.class().name))
    }
}

fn getter(name: &'static str, keys: Vec<Value>, way: Way) -> Result<Value> {
    if keys.is_empty() {
        bail!(TypeError: "{name} expected at least 1 argument, got 0");
    }
    Ok(Value::object(Getter { name, keys, way }))
}

impl Getter {
    fn get(&self, context: &Context, of: &Value, key: &Value) -> Result<Value> {
        match &self.way {
            Way::Item => operators::item(context, of, key),
            Way::Attribute => {
                let mut value = of.clone();
                for name in key.text().split('.') {
                    value = operators::attribute(context, &value, name)?;
                }
                Ok(value)
            }
            Way::Method(args, keywords) => {
                let method = operators::attribute(context, of, &key.text())?;
                let mut args = Args::of(args.iter().cloned());
                args.keywords = keywords.clone();
                context.call(&method, args)
            }
        }
    }
}

impl Object for Getter {
    fn class(&self) -> ClassRef {
        types().builtin.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(Value::repr).collect();
        format!("operator.{}({})", self.name, keys.join(", "))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some((|| {
            let [of] = args.positional.as_slice() else {
                bail!(TypeError: "{} expected 1 argument, got {}", self.name, args.positional.len())
            };
            match self.keys.as_slice() {
                [key] => self.get(context, of, key),
                keys => {
                    Ok(Value::tuple(keys.iter().map(|key| self.get(context, of, key)).collect::<Result<Vec<_>>>()?))
                }
            }
        })())
    }
}
