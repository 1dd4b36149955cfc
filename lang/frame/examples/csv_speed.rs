//! How fast a CSV file is read: `cargo run --release -p rdk-frame --example csv_speed -- FILE [COLUMN]`.
//!
//! `examples/data/generate.py --full tokens` makes the file of the courses. All blocks are read one after the other on one thread, as
//! each task does, once for nothing but the number of rows, once for the column and once for all columns; the best of three counts.

use std::error::Error;
use std::time::Instant;

use rdk_frame::csv::{Options, discover, read_block};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let wanted = arguments.next().unwrap_or_else(|| "str".to_string());
    let n_bytes = std::fs::metadata(&path)?.len() as f64;
    let begin = Instant::now();
    let source = discover(&[path], Some(64_000_000), &Options::default()).map_err(|error| error.to_string())?;
    println!("{:>12} blocks found in {:.4} s", source.blocks.len(), begin.elapsed().as_secs_f64());
    let columns = &source.layout.columns;
    let all: Vec<usize> = (0..columns.len()).collect();
    let one: Vec<usize> = columns.iter().position(|column| column.name == wanted).into_iter().collect();
    for (what, projection) in [("rows only", &all[..0]), (&wanted, &one), ("all columns", &all)] {
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            let begin = Instant::now();
            for block in &source.blocks {
                read_block(block, &source.layout, Some(projection), None).map_err(|error| error.to_string())?;
            }
            best = best.min(begin.elapsed().as_secs_f64());
        }
        println!("{what:>12} {best:.3} s  {:.2} GB/s", n_bytes / best / 1e9);
    }
    Ok(())
}
