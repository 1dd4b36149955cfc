//! `typing` and `__future__`: names that say something about values and do nothing.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::BinaryOp;

use crate::builtins;
use crate::class::{Class, ClassRef, Module, entries};
use crate::context::Context;
use crate::error::Result;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;

/// Names of kinds of values.
const FORMS: &[&str] = &[
    "Any",
    "Callable",
    "ClassVar",
    "Collection",
    "Dict",
    "Final",
    "FrozenSet",
    "Generator",
    "Hashable",
    "Iterable",
    "Iterator",
    "List",
    "Literal",
    "Mapping",
    "MutableMapping",
    "Optional",
    "Sequence",
    "Set",
    "Sized",
    "Text",
    "Tuple",
    "Type",
    "Union",
];

/// The modules `typing` and `__future__`.
pub fn modules() -> Vec<Arc<Module>> {
    let typing = Module::new("typing", "Names for annotations, which nothing checks.", || {
        let mut names = entries(builtins());
        names.extend(FORMS.iter().map(|name| (*name, Value::object(Form((*name).to_string())))));
        names.push(("TYPE_CHECKING", Value::Bool(false)));
        names
    });
    let future = Module::new("__future__", "What Python's newer versions do anyway.", || {
        let features = ["annotations", "division", "absolute_import", "print_function", "unicode_literals"];
        features.iter().map(|name| (*name, Value::Bool(true))).collect()
    });
    vec![typing, future]
}

builtins! {
    /// The value as it is; for readers and tools only.
    ///
    /// ```rdk
    /// from typing import cast
    /// cast(int, "3")
    /// #> '3'
    /// ```
    fn cast(
        /// What kind of value it is.
        typ: Value,
        /// The value.
        val: Value,
    ) -> Value {
        let _ = typ;
        val
    }
}

/// `List`, `Optional[int]`
struct Form(String);

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    Arc::new(Class::new("_Form", "typing", "A kind of value, for annotations.").base(types().object.clone()))
});

impl Object for Form {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("typing.{}", self.0)
    }

    fn item(&self, _context: &Context, index: &Value) -> Option<Result<Value>> {
        let parts = index.items().filter(|_| matches!(index, Value::Tuple(_))).unwrap_or_else(|| vec![index.clone()]);
        let parts: Vec<String> = parts.iter().map(name).collect();
        Some(Ok(Value::object(Form(format!("{}[{}]", self.0, parts.join(", "))))))
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if op != BinaryOp::BitOr {
            return None;
        }
        let (mine, other) = (self.repr(), name(other));
        let (left, right) = if reflected { (other, mine) } else { (mine, other) };
        Some(Ok(Value::object(Form(format!("Union[{left}, {right}]")))))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::str(self.repr()))
    }
}

fn name(value: &Value) -> String {
    match value {
        Value::Class(class) => class.name.to_string(),
        Value::None => "None".into(),
        Value::Ellipsis => "...".into(),
        other => other.repr(),
    }
}
