//! `%time` and `%timeit`.

use std::time::Instant;

use rdk_runtime::{Result, Value, bail};

use super::Run;
use crate::timing::{Stopwatch, timeit_line};

/// `%time statement`, `%%time`
pub(super) fn time(run: &Run) -> Result<Option<Value>> {
    let cell = run.statement(0)?;
    let watch = Stopwatch::start();
    let result = run.context.run_cell(&cell);
    run.print(&watch.report());
    Ok(result?.filter(|_| !cell.hushed))
}

/// How long one run of `%timeit` is to take at least, in seconds.
const RUN_SECONDS: f64 = 0.2;

/// `%timeit [-n loops] [-r runs] statement`, `%%timeit [options] set-up`
pub(super) fn timeit(run: &Run) -> Result<Option<Value>> {
    let (options, skip) = options(&run.magic.argument)?;
    let cell = run.statement(if run.magic.body.is_some() { 0 } else { skip })?;
    if run.magic.body.is_some() && !run.magic.argument[skip..].trim().is_empty() {
        let source = rdk_syntax::Source::new("%%timeit", &run.magic.argument[skip..]);
        run.context.run_cell(&super::parse(&source)?)?;
    }
    let turns = |loops: u64| -> Result<f64> {
        let started = Instant::now();
        for _ in 0..loops {
            run.context.run_cell(&cell)?;
            run.context.check()?;
        }
        Ok(started.elapsed().as_secs_f64())
    };
    let loops = match options.loops {
        Some(loops) => loops,
        None => {
            let mut loops = 1;
            while turns(loops)? < RUN_SECONDS && loops < 1_000_000_000 {
                loops *= 10;
            }
            loops
        }
    };
    let runs = (0..options.runs).map(|_| turns(loops)).collect::<Result<Vec<f64>>>()?;
    if !options.quiet {
        run.print(&timeit_line(&runs, loops));
    }
    Ok(None)
}

struct Options {
    loops: Option<u64>,
    runs: usize,
    quiet: bool,
}

/// The options at the start of the line, and how many bytes they take.
fn options(line: &str) -> Result<(Options, usize)> {
    let mut options = Options { loops: None, runs: 7, quiet: false };
    let mut rest = line.trim_start();
    while let Some(option) = rest.strip_prefix('-').and_then(|text| text.chars().next()) {
        if !option.is_ascii_alphabetic() {
            break;
        }
        rest = &rest[2..];
        if option == 'q' {
            options.quiet = true;
            rest = rest.trim_start();
            continue;
        }
        let text = rest.trim_start();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number = text[..digits].parse::<u64>().ok().filter(|&number| number > 0);
        match (option, number) {
            ('n', Some(number)) => options.loops = Some(number),
            ('r', Some(number)) => options.runs = number.min(100_000) as usize,
            ('p', Some(_)) => {}
            ('n' | 'r' | 'p', None) => bail!(UsageError: "`-{option}` of `%timeit` needs a number of 1 or more"),
            _ => bail!(UsageError: "`%timeit` has no option `-{option}`"; hint: "options are -n loops, -r runs, -q"),
        }
        rest = text[digits..].trim_start();
    }
    Ok((options, line.len() - rest.len()))
}
