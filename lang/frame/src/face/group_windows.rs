//! `df.groupby("name").x.rolling(7).mean()`: windows of rows in each group.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Args, Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, operators};

use super::groupby::GroupBy;
use crate::frame::{Frame, Labels};

/// Windows in each group, to be reduced.
#[derive(Clone)]
pub struct GroupWindows {
    groups: GroupBy,
    window: i64,
    least: Option<usize>,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let doc = "Windows of rows that move along in each group, to be reduced.";
    ClassRef::new(Class::new("RollingGroupby", "pandas.api.typing", doc).methods(methods::builtins()))
});

/// `groups.rolling(window)`
pub fn windows(groups: GroupBy, window: i64, least: Option<usize>) -> Result<Value> {
    if window < 1 {
        bail!("window must be an integer 0 or greater"; hint: "1 row or more");
    }
    Ok(Value::object(GroupWindows { groups, window, least }))
}

/// The same on rows that have come together: window, least number of values (or 0), name of the reduction.
pub fn reduced(context: &Context, groups: &GroupBy, args: &[Value]) -> Result<Value> {
    let [Value::Int(window), Value::Int(least), Value::Str(how)] = args else {
        bail!(RuntimeError: "internal error: no windows");
    };
    let least = usize::try_from(*least).ok().filter(|least| *least > 0);
    GroupWindows { groups: groups.clone(), window: *window, least }.reduce(context, how)
}

impl Object for GroupWindows {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("RollingGroupby [window={}]", self.window)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Labels::from_value(index)?;
        let chosen = operators::item(context, &Value::object(self.groups.clone()), index);
        Some(chosen.map(|groups| match GroupBy::from_value(&groups) {
            Some(groups) => Value::object(GroupWindows { groups, ..self.clone() }),
            None => groups,
        }))
    }
}

impl FromValue for GroupWindows {
    fn expected() -> &'static str {
        "windows of rows in groups"
    }

    fn from_value(value: &Value) -> Option<GroupWindows> {
        value.get::<GroupWindows>().cloned()
    }
}

impl GroupWindows {
    /// The reduction of the windows of each group, below each other.
    fn reduce(&self, context: &Context, how: &str) -> Result<Value> {
        if !self.groups.view.eager {
            let least = Value::Int(self.least.unwrap_or(0) as i64);
            return self.groups.simple(context, "windows", &[Value::Int(self.window), least, Value::str(how)]);
        }
        self.groups.apply_each(context, &|group| {
            let rolling = operators::attribute(context, &Frame::eager(group), "rolling")?;
            let mut call = Args::one(Value::Int(self.window));
            if let Some(least) = self.least {
                call.keywords.push((rdk_runtime::Name::from("min_periods"), Value::Int(least as i64)));
            }
            let windows = context.call(&rolling, call)?;
            context.call(&operators::attribute(context, &windows, how)?, Args::none())
        })
    }
}

mod methods {
    use super::*;

    builtins! {
        /// The sum of each window.
        fn sum[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "sum") }

        /// The mean of each window.
        fn mean[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "mean") }

        /// How many values each window has.
        fn count[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "count") }

        /// The smallest value of each window.
        fn min[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "min") }

        /// The largest value of each window.
        fn max[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "max") }

        /// The standard deviation of each window.
        fn std[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "std") }

        /// The variance of each window.
        fn var[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "var") }

        /// The middle value of each window.
        fn median[context](/** The windows. */ this: GroupWindows) -> Result<Value> { this.reduce(context, "median") }
    }
}
