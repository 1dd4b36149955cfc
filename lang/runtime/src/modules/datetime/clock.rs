//! `time`: a time of day.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::CompareOp;

use super::zone::Zone;
use super::{clock_parts, clock_text, moment, read_clock, time_of_day};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::modules::calendar::{self, offset_text};
use crate::object::Object;
use crate::operators::accepts;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins};

/// A time of day.
#[derive(Clone)]
pub struct Clock {
    /// Microseconds since midnight.
    pub micros: i64,
    /// Where clocks show it.
    pub zone: Option<Zone>,
}

/// `time`
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("time", "datetime", "A time of day.").base(types().object.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    let class = class.construct(construct).methods(statics::builtins()).methods(methods::builtins());
    Arc::new(class.properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A time of day.
        ///
        /// ```rdk
        /// from datetime import time
        /// time(12, 30).isoformat()
        /// #> '12:30:00'
        /// ```
        fn time(
            /// 0 to 23.
            hour: i64 = 0,
            /// 0 to 59.
            minute: i64 = 0,
            /// 0 to 59.
            second: i64 = 0,
            /// 0 to 999999.
            microsecond: i64 = 0,
            /// Where clocks show it.
            tzinfo: Option<Zone>,
        ) -> Result<Clock> { Ok(Clock { micros: time_of_day(hour, minute, second, microsecond)?, zone: tzinfo }) }
    }
}

/// Functions of the class.
mod statics {
    use super::*;

    builtins! {
        /// The time of a text such as `12:30`.
        fn fromisoformat(
            /// The text.
            time_string: String,
        ) -> Result<Clock> {
            match read_clock(&time_string) {
                Some((micros, offset)) => Ok(Clock { micros, zone: offset.map(|offset| Zone { offset, name: None }) }),
                None => bail!("Invalid isoformat string: {}", Value::from(time_string).repr(); hint: "`12:30:15`"),
            }
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// `12:30:00`
        fn isoformat(
            this: Clock,
            /// How exactly: `auto`, `hours`, `minutes`, `seconds`, `milliseconds`, `microseconds`.
            timespec: String = "auto",
        ) -> Result<String> { Ok(clock_text(this.micros, &timespec)? + &this.offset()) }

        /// As text in a form such as `%H:%M`.
        fn strftime(
            this: Clock,
            /// The form.
            format: String,
        ) -> String { this.in_form(&format) }

        /// The same with another hour, minute and so on.
        fn replace(
            this: Clock,
            /// 0 to 23.
            hour: Option<i64>,
            /// 0 to 59.
            minute: Option<i64>,
            /// 0 to 59.
            second: Option<i64>,
            /// 0 to 999999.
            microsecond: Option<i64>,
        ) -> Result<Clock> {
            let s = this.micros / 1_000_000;
            let micros = time_of_day(hour.unwrap_or(s / 3600), minute.unwrap_or(s / 60 % 60), second.unwrap_or(s % 60), microsecond.unwrap_or(this.micros % 1_000_000))?;
            Ok(Clock { micros, ..this })
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// 0 to 23.
        fn hour(this: Clock) -> i64 { this.micros / 3_600_000_000 }

        /// 0 to 59.
        fn minute(this: Clock) -> i64 { this.micros / 60_000_000 % 60 }

        /// 0 to 59.
        fn second(this: Clock) -> i64 { this.micros / 1_000_000 % 60 }

        /// 0 to 999999.
        fn microsecond(this: Clock) -> i64 { this.micros % 1_000_000 }

        /// Where clocks show it.
        fn tzinfo(this: Clock) -> Option<Value> { this.zone.map(Value::object) }
    }
}

impl Clock {
    fn offset(&self) -> String {
        self.zone.as_ref().map(|zone| offset_text(zone.offset)).unwrap_or_default()
    }

    fn in_form(&self, form: &str) -> String {
        // 1900-01-01, as in Python.
        calendar::format(&moment(-25_567, self.micros, self.zone.as_ref().map(|zone| zone.offset)), form)
    }
}

impl From<Clock> for Value {
    fn from(clock: Clock) -> Value {
        Value::object(clock)
    }
}

impl FromValue for Clock {
    fn expected() -> &'static str {
        "a time"
    }

    fn from_value(value: &Value) -> Option<Clock> {
        value.get::<Clock>().cloned()
    }
}

impl Object for Clock {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let zone = self.zone.as_ref().map(|zone| format!(", tzinfo={}", zone.repr())).unwrap_or_default();
        format!("datetime.time({}{zone})", clock_parts(self.micros))
    }

    fn str(&self) -> String {
        clock_text(self.micros, "auto").unwrap_or_default() + &self.offset()
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        Some(Ok(if spec.is_empty() { self.str() } else { self.in_form(spec) }))
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Some(Ok(Value::Bool(accepts(op, self.micros.cmp(&other.get::<Clock>()?.micros)))))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("time"), Value::Int(self.micros)]))
    }
}
