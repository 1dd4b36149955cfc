//! `uuid`: names that nobody else has.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use num_bigint::BigInt;
use rdk_syntax::tree::CompareOp;

use crate::class::{Class, ClassRef, Module, entries};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::object::Object;
use crate::operators::accepts;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

/// The module `uuid`.
pub fn module() -> Arc<Module> {
    Module::new("uuid", "Names that nobody else has.", || {
        let mut names = entries(builtins());
        names.push(("UUID", Value::Class(CLASS.clone())));
        names
    })
}

builtins! {
    /// A random name of 128 bits.
    ///
    /// ```rdk
    /// import uuid
    /// len(str(uuid.uuid4())), uuid.uuid4() == uuid.uuid4()
    /// #> (36, False)
    /// ```
    fn uuid4() -> Result<Value> {
        let bits = u128::from_le_bytes(random_bytes()?);
        // Version 4, and the variant of RFC 9562.
        let bits = (bits & !(0xf000 << 64) | (0x4000 << 64)) & !(0xc000 << 48) | (0x8000 << 48);
        Ok(Value::object(Uuid(bits)))
    }
}

/// Bytes from the operating system's source of randomness.
pub fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| error!(OSError: "the system gives no random numbers: {error}"))?;
    Ok(bytes)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Uuid(u128);

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("UUID", "uuid", "A name of 128 bits.").base(types().object.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    Arc::new(class.construct(construct).properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A name of 128 bits from its digits.
        ///
        /// ```rdk
        /// from uuid import UUID
        /// UUID("12345678123456781234567812345678")
        /// #> UUID('12345678-1234-5678-1234-567812345678')
        /// ```
        fn UUID(
            /// 32 hexadecimal digits, perhaps with hyphens.
            hex: Arc<str>,
        ) -> Result<Value> {
            let digits: String = hex.replace("urn:", "").replace("uuid:", "").chars().filter(|c| !"{}-".contains(*c)).collect();
            match u128::from_str_radix(&digits, 16) {
                Ok(bits) if digits.len() == 32 && !digits.starts_with('+') => Ok(Value::object(Uuid(bits))),
                _ => bail!("badly formed hexadecimal UUID string"; hint: "32 hexadecimal digits, got {}", digits.len()),
            }
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The 32 digits without hyphens.
        fn hex(this: Uuid) -> String { format!("{:032x}", this.0) }

        /// As a whole number.
        fn int(this: Uuid) -> BigInt { BigInt::from(this.0) }

        /// Its 16 bytes.
        fn bytes(this: Uuid) -> Value { Value::Bytes(Arc::from(this.0.to_be_bytes())) }

        /// Which kind of name it is: 4 is random.
        fn version(this: Uuid) -> i64 { ((this.0 >> 76) & 0xf) as i64 }
    }
}

impl FromValue for Uuid {
    fn expected() -> &'static str {
        "a UUID"
    }

    fn from_value(value: &Value) -> Option<Uuid> {
        value.get::<Uuid>().copied()
    }
}

impl Object for Uuid {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("UUID('{}')", self.str())
    }

    fn str(&self) -> String {
        let hex = format!("{:032x}", self.0);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = Uuid::from_value(other)?;
        Some(Ok(Value::Bool(accepts(op, self.cmp(&other)))))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("uuid"), Value::big(BigInt::from(self.0))]))
    }
}
