//! `explain()`: what computing a frame is going to take.

use rdk_runtime::compute::Machine;
use rdk_runtime::{Context, Result, Stream};

use crate::lower::{self, Estimate};
use crate::plan::View;

/// Prints it.
pub fn explain(context: &Context, view: &View, memory: Option<String>, threads: Option<i64>) -> Result<()> {
    let Machine { threads, memory } = Machine::asked(context, memory, threads)?;
    let text = text(view, &lower::estimate(view, threads)?, memory);
    context.shared.output.write(Stream::Out, &text);
    Ok(())
}

fn text(view: &View, estimate: &Estimate, budget: u64) -> String {
    let n_tasks: usize = estimate.operations.iter().map(|operations| operations.n_tasks).sum();
    let n = view.rows.n_partitions;
    let mut text = format!("{}: {n} partition{}, {n_tasks} task{}\n", view.name, plural(n), plural(n_tasks));
    let names = estimate.operations.iter().map(|operations| operations.name.len()).chain([9]);
    let width = names.max().unwrap_or(9);
    text.push_str(&format!("\n{:<width$}  {:>6}  {:>12}\n", "operation", "tasks", "bytes each"));
    for operations in &estimate.operations {
        let (name, n_tasks) = (&operations.name, operations.n_tasks);
        text.push_str(&format!("{name:<width$}  {n_tasks:>6}  {:>12}\n", bytes(operations.n_bytes)));
    }
    text.push_str(&format!("\nread from files   {}\n", bytes(estimate.n_bytes_read)));
    text.push_str(&format!("memory at the peak   about {} of {}", bytes(estimate.peak.min(budget)), bytes(budget)));
    if estimate.peak > budget {
        text.push_str(&format!("; {} go to disk meanwhile", bytes(estimate.peak - budget)));
    }
    text.push('\n');
    for (name, plan) in &estimate.plans {
        text.push_str(&format!("\n{name}\n"));
        for line in plan.lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// A number of bytes as Dask writes it.
fn bytes(n: u64) -> String {
    const UNITS: [(&str, f64); 4] =
        [("PiB", (1u64 << 50) as f64), ("GiB", (1u64 << 30) as f64), ("MiB", (1u64 << 20) as f64), ("kiB", 1024.0)];
    for (unit, size) in UNITS {
        if n as f64 >= size * 0.9 {
            return format!("{:.2} {unit}", n as f64 / size);
        }
    }
    format!("{n} B")
}
