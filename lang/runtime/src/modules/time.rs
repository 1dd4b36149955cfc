//! `time`: clocks, and waiting.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::calendar::{self, Moment};
use super::named_tuple::NamedTuple;
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::value::Value;
use crate::{bail, builtins, class};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    entries.push(("timezone", Value::Int(-calendar::local_offset(now().as_secs() as i64))));
    entries
}

builtins! {
    /// Seconds since the beginning of 1970.
    ///
    /// ```rdk
    /// from time import time
    /// start = time()
    /// time() - start < 60
    /// #> True
    /// ```
    fn time() -> f64 { now().as_secs_f64() }

    /// Nanoseconds since the beginning of 1970.
    fn time_ns() -> i64 { now().as_nanos() as i64 }

    /// Seconds of a clock that only goes forward; for measuring.
    fn perf_counter() -> f64 { since_start().as_secs_f64() }

    /// Nanoseconds of a clock that only goes forward.
    fn perf_counter_ns() -> i64 { since_start().as_nanos() as i64 }

    /// Seconds of a clock that only goes forward.
    fn monotonic() -> f64 { since_start().as_secs_f64() }

    /// Seconds that the processors have worked for rdk.
    fn process_time() -> f64 { processor_time() }

    /// Waits. Other tasks run meanwhile, and Ctrl-C ends it.
    ///
    /// ```rdk
    /// import time
    /// time.sleep(0.01)
    /// ```
    fn sleep[context](
        /// How many seconds.
        seconds: f64,
    ) -> Result<()> { sleep(context, seconds) }

    /// A time as text.
    ///
    /// ```rdk
    /// import time
    /// time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(0))
    /// #> '1970-01-01 00:00:00'
    /// ```
    fn strftime(
        /// The form: `%Y` year, `%m` month, `%d` day, `%H` hour, `%M` minute, `%S` second.
        format: String,
        /// What `localtime` or `gmtime` gave; now if not given.
        t: Option<Value>,
    ) -> Result<String> { Ok(calendar::format(&moment(t)?, &format)) }

    /// Year, month, day and so on where we are.
    fn localtime(
        /// Seconds since 1970; now if not given.
        secs: Option<f64>,
    ) -> Value { let secs = seconds(secs); parts(&Moment::of(secs, calendar::local_offset(secs))) }

    /// Year, month, day and so on in Greenwich.
    ///
    /// ```rdk
    /// import time
    /// time.gmtime(86400).tm_mday
    /// #> 2
    /// ```
    fn gmtime(
        /// Seconds since 1970; now if not given.
        secs: Option<f64>,
    ) -> Value { parts(&Moment::of(seconds(secs), 0)) }

    /// A time as text: `Thu Jan  1 00:00:00 1970`.
    fn ctime(
        /// Seconds since 1970; now if not given.
        secs: Option<f64>,
    ) -> String { let secs = seconds(secs); calendar::format(&Moment::of(secs, calendar::local_offset(secs)), "%a %b %e %H:%M:%S %Y") }
}

/// Since the beginning of 1970.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn since_start() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

fn seconds(given: Option<f64>) -> i64 {
    given.map_or_else(|| now().as_secs() as i64, |secs| secs.floor() as i64)
}

fn processor_time() -> f64 {
    let mut spec = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of ours; on failure it stays zero.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut spec) };
    spec.tv_sec as f64 + spec.tv_nsec as f64 * 1e-9
}

/// How often somebody who waits looks whether to stop.
const LOOK: Duration = Duration::from_millis(20);

fn sleep(context: &Context, seconds: f64) -> Result<()> {
    if seconds < 0.0 {
        bail!("sleep length must be non-negative");
    }
    let Ok(wait) = Duration::try_from_secs_f64(seconds) else {
        bail!(OverflowError: "sleep length {seconds} is not a number of seconds")
    };
    rdk_graph::blocking(|| {
        let start = Instant::now();
        loop {
            context.check()?;
            let Some(left) = wait.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { return Ok(()) };
            std::thread::sleep(left.min(LOOK));
        }
    })
}

fn parts(moment: &Moment) -> Value {
    let names = ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];
    let Moment { year, month, day, hour, minute, second, .. } = *moment;
    let small = [month, day, hour, minute, second].map(i64::from);
    let rest = [i64::from(moment.weekday()), i64::from(moment.day_of_year()), 0];
    let values = std::iter::once(year).chain(small).chain(rest).map(Value::Int).collect();
    NamedTuple::new("time.struct_time", &names, values)
}

fn moment(parts: Option<Value>) -> Result<Moment> {
    let Some(parts) = parts else {
        let secs = seconds(None);
        return Ok(Moment::of(secs, calendar::local_offset(secs)));
    };
    let items = parts.items().or_else(|| super::named_tuple_items(&parts)).unwrap_or_default();
    let numbers: Option<Vec<i64>> = items.iter().map(i64::from_value).collect();
    match numbers.as_deref() {
        Some([year, month, day, hour, minute, second, ..])
            if (1..=12).contains(month)
                && (1..=31).contains(day)
                && (0..24).contains(hour)
                && (0..60).contains(minute)
                && (0..62).contains(second) =>
        {
            let mut moment = Moment::of(0, 0);
            (moment.year, moment.month, moment.day) = (*year, *month as u8, *day as u8);
            (moment.hour, moment.minute, moment.second) = (*hour as u8, *minute as u8, *second as u8);
            Ok(moment)
        }
        _ => bail!(TypeError: "expected what `localtime()` gives: year, month, day, hour, minute, second, …"),
    }
}
