//! `timezone`: so many hours from Greenwich, for all of the year.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use super::delta::Delta;
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::modules::calendar::offset_text;
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{Args, bail};

/// A time zone.
#[derive(Clone)]
pub struct Zone {
    /// Seconds east of Greenwich.
    pub offset: i64,
    /// What it is called, if not by its hours.
    pub name: Option<Arc<str>>,
}

/// `timezone`: called, it makes one; `timezone.utc` is one.
pub struct ZoneType;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    Arc::new(Class::new("timezone", "datetime", "So many hours from Greenwich.").base(types().object.clone()))
});

impl Zone {
    /// That of Greenwich.
    pub fn utc() -> Zone {
        Zone { offset: 0, name: None }
    }

    /// What `%Z` shows.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None if self.offset == 0 => "UTC".into(),
            None => format!("UTC{}", offset_text(self.offset)),
        }
    }
}

impl FromValue for Zone {
    fn expected() -> &'static str {
        "a timezone"
    }

    fn from_value(value: &Value) -> Option<Zone> {
        value.get::<Zone>().cloned()
    }
}

impl Object for Zone {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        if self.offset == 0 && self.name.is_none() {
            return "datetime.timezone.utc".into();
        }
        let offset = Delta::of_seconds(self.offset).repr();
        match &self.name {
            Some(name) => format!("datetime.timezone({offset}, {})", Value::str(name).repr()),
            None => format!("datetime.timezone({offset})"),
        }
    }

    fn str(&self) -> String {
        self.label()
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("timezone"), Value::Int(self.offset)]))
    }

    fn compare(&self, _context: &Context, op: rdk_syntax::tree::CompareOp, other: &Value) -> Option<Result<Value>> {
        let same = other.get::<Zone>()?.offset == self.offset;
        match op {
            rdk_syntax::tree::CompareOp::Eq => Some(Ok(Value::Bool(same))),
            rdk_syntax::tree::CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }
}

impl Object for ZoneType {
    fn class(&self) -> ClassRef {
        types().r#type.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<class 'datetime.timezone'>".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn attribute(&self, _context: &Context, name: &str) -> Option<Result<Value>> {
        (name == "utc").then(|| Ok(Value::object(Zone::utc())))
    }

    fn attribute_names(&self) -> Vec<String> {
        vec!["utc".into()]
    }

    fn call(&self, _context: &Context, args: Args) -> Option<Result<Value>> {
        Some(make(&args))
    }
}

fn make(args: &Args) -> Result<Value> {
    let Some(first) = args.positional.first() else {
        bail!(TypeError: "timezone() needs the argument `offset`"; hint: "`timezone(timedelta(hours=2))`");
    };
    let Some(offset) = first.get::<Delta>() else {
        bail!(TypeError: "`offset` of timezone(): expected a timedelta, got {}", describe(first); hint: "`timezone(timedelta(hours=2))`");
    };
    let seconds = offset.seconds();
    if seconds.abs() >= 86_400.0 || seconds.fract() != 0.0 {
        bail!("offset must be a whole number of seconds between -24 and 24 hours, got {}", offset.str());
    }
    let name = match args.positional.get(1) {
        None | Some(Value::None) => None,
        Some(Value::Str(name)) => Some(name.clone()),
        Some(other) => bail!(TypeError: "`name` of timezone(): expected a str, got {}", describe(other)),
    };
    Ok(Value::object(Zone { offset: seconds as i64, name }))
}
