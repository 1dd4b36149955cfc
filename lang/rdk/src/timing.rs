//! How long things take, in the words of `%time` and `%timeit`.

use std::time::{Duration, Instant};

/// Wall and processor time since it was started.
pub struct Stopwatch {
    started: Instant,
    user: Duration,
    system: Duration,
}

impl Stopwatch {
    /// Starts.
    pub fn start() -> Stopwatch {
        let (user, system) = processor_time();
        Stopwatch { started: Instant::now(), user, system }
    }

    /// The two lines of `%time`: processor time of all threads, and wall time.
    pub fn report(&self) -> String {
        let wall = self.started.elapsed();
        let (user, system) = processor_time();
        let (user, system) = (user.saturating_sub(self.user), system.saturating_sub(self.system));
        let [user_text, system_text, total_text] =
            [user, system, user + system].map(|time| format_time(time.as_secs_f64()));
        format!(
            "CPU times: user {user_text}, sys: {system_text}, total: {total_text}\nWall time: {}\n",
            format_time(wall.as_secs_f64())
        )
    }
}

/// User and system time of this process, all threads together.
fn processor_time() -> (Duration, Duration) {
    // SAFETY: `getrusage` fills the struct that it is given; a zeroed one is a valid value of it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let duration = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    (duration(usage.ru_utime), duration(usage.ru_stime))
}

/// Seconds with three significant digits in the unit that suits: `3.01 s`, `820 µs`, `1min 4s`.
pub fn format_time(seconds: f64) -> String {
    if seconds >= 60.0 {
        let mut left = seconds;
        let mut parts = Vec::new();
        for (unit, length) in [("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0)] {
            let whole = (left / length).floor();
            if whole > 0.0 {
                left -= whole * length;
                parts.push(format!("{whole}{unit}"));
            }
            if left < 1.0 {
                break;
            }
        }
        return parts.join(" ");
    }
    let order = if seconds > 0.0 { (-(seconds.log10().floor() / 3.0).floor()).clamp(0.0, 3.0) as usize } else { 3 };
    let (unit, scale) = [("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)][order];
    format!("{} {unit}", three_digits(seconds * scale))
}

/// Three significant digits, without an exponent and without zeros at the end.
pub fn three_digits(number: f64) -> String {
    let exponent = if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 };
    let decimals = (2 - exponent).clamp(0, 12) as usize;
    let text = format!("{number:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// The line of `%timeit`, from the seconds a run of `loops` turns took.
pub fn timeit_line(runs: &[f64], loops: u64) -> String {
    let per_loop: Vec<f64> = runs.iter().map(|run| run / loops as f64).collect();
    let n = per_loop.len() as f64;
    let mean = per_loop.iter().sum::<f64>() / n;
    let deviation = (per_loop.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / n).sqrt();
    let s = |count: u64| if count == 1 { "" } else { "s" };
    format!(
        "{} ± {} per loop (mean ± std. dev. of {} run{}, {} loop{} each)\n",
        format_time(mean),
        format_time(deviation),
        runs.len(),
        s(runs.len() as u64),
        thousands(loops),
        s(loops)
    )
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_ipython_prints_them() {
        let check = |seconds: f64, expected: &str| assert_eq!(format_time(seconds), expected, "{seconds}");
        check(3.0123, "3.01 s");
        check(0.1764, "176 ms");
        check(0.0267, "26.7 ms");
        check(0.00082, "820 µs");
        check(1e-9, "1 ns");
        check(2.5e-10, "0.25 ns");
        check(0.0, "0 ns");
        check(59.96, "60 s");
        check(60.0, "1min");
        check(64.2, "1min 4s");
        check(3725.0, "1h 2min 5s");
        check(0.9999, "1000 ms");
    }

    #[test]
    fn timeit_counts_runs_and_loops() {
        assert_eq!(
            timeit_line(&[1.0, 3.0], 1_000_000),
            "2 µs ± 1 µs per loop (mean ± std. dev. of 2 runs, 1,000,000 loops each)\n"
        );
        assert_eq!(timeit_line(&[1.0], 1), "1 s ± 0 ns per loop (mean ± std. dev. of 1 run, 1 loop each)\n");
    }
}
