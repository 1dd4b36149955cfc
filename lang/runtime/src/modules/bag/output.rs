//! Bags as something else: lazy calls, files, frames, other partitions.

use super::lazy::Bag;
use super::make::same_partitions;
use super::part::{call, lazy};
use crate::builtin::Args;
use crate::compute::compute;
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::value::{Name, Value};
use crate::{bail, builtins};

builtins! {
    /// The partitions as lazy calls, each of a list.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// first, second = db.from_sequence([1, 2, 3, 4], npartitions=2).to_delayed()
    /// second.compute()
    /// #> [3, 4]
    /// ```
    fn to_delayed(
        this: Bag,
        /// Accepted, not used.
        optimize_graph: Option<bool>,
    ) -> Value { let _ = optimize_graph; Value::list(this.parts.iter().map(lazy)) }

    /// The same items in another number of partitions.
    fn repartition[context](
        this: Bag,
        /// How many partitions.
        npartitions: usize,
        /// Accepted, not used.
        partition_size: Option<Value>,
    ) -> Result<Value> {
        let _ = partition_size;
        repartition(context, &this, npartitions).map(Value::lazy)
    }

    /// Writes a file for each partition, a line for each item; gives the paths.
    ///
    /// ```rdk
    /// import os, tempfile
    /// import dask.bag as db
    /// folder = tempfile.mkdtemp()
    /// paths = db.from_sequence(["a", "b"], npartitions=2).to_textfiles(os.path.join(folder, "*.txt"))
    /// [os.path.basename(path) for path in paths]
    /// #> ['0.txt', '1.txt']
    /// ```
    fn to_textfiles[context](
        this: Bag,
        /// A path with `*` for the number of the partition, a folder, or a list of paths.
        path: Value,
        /// The name of a partition by its number, instead of the number.
        name_function: Option<Value>,
        /// `infer`: names that end in `.gz` are packed.
        compression: Option<String> = "infer",
        /// Accepted: text is UTF-8.
        encoding: Option<String>,
        /// Whether to write at once; otherwise lazy calls are given.
        compute: bool = true,
    ) -> Result<Value> {
        let _ = (compression, encoding);
        to_textfiles(context, &this, &path, name_function, compute)
    }

    /// A lazy frame with a row for each item: a dict, a tuple, a plain value.
    fn to_dataframe[context](
        this: Bag,
        /// What columns there are; accepted, not used.
        meta: Option<Value>,
        /// The names of the columns.
        columns: Option<Value>,
        /// Accepted, not used.
        optimize_graph: Option<bool>,
    ) -> Result<Value> {
        let _ = (meta, optimize_graph);
        to_dataframe(context, &this, columns)
    }
}

fn repartition(context: &Context, bag: &Bag, n: usize) -> Result<Bag> {
    let old = bag.parts.len();
    if n == 0 {
        bail!("there has to be a partition"; hint: "`npartitions=1`");
    }
    let mut parts = Vec::with_capacity(n);
    if n <= old {
        for at in 0..n {
            let group = &bag.parts[old * at / n..old * (at + 1) / n];
            let lists = Value::list(group.iter().map(lazy));
            parts.push(call(context, "repartition", "concat", &[lists])?);
        }
    } else {
        for (at, part) in bag.parts.iter().enumerate() {
            let pieces = n * (at + 1) / old - n * at / old;
            for piece in 0..pieces {
                let args = [lazy(part), Value::from(piece), Value::from(pieces)];
                parts.push(call(context, "repartition", "piece", &args)?);
            }
        }
    }
    Ok(Bag::new("repartition", parts))
}

fn to_textfiles(context: &Context, bag: &Bag, path: &Value, name: Option<Value>, at_once: bool) -> Result<Value> {
    let n = bag.parts.len();
    let digits = n.saturating_sub(1).to_string().len();
    let name_of = |at: usize| -> Result<String> {
        match &name {
            Some(function) => Ok(context.call(function, Args::one(Value::from(at)))?.text()),
            None => Ok(format!("{at:0digits$}")),
        }
    };
    let paths: Vec<String> = match path.items() {
        Some(paths) => paths.iter().map(String::try_from_value).collect::<Result<_>>()?,
        None => {
            let path = match crate::modules::path_of(path) {
                Some(path) => path.to_string_lossy().into_owned(),
                None => String::try_from_value(path)?,
            };
            let pattern = if path.contains('*') { path } else { format!("{}/*.part", path.trim_end_matches('/')) };
            (0..n).map(|at| Ok(pattern.replacen('*', &name_of(at)?, 1))).collect::<Result<_>>()?
        }
    };
    if paths.len() != n {
        bail!("{} paths for {n} partitions", paths.len(); hint: "a path with `*` makes as many as there are");
    }
    let mut writes = Vec::with_capacity(n);
    for (part, path) in bag.parts.iter().zip(&paths) {
        if let Some(folder) = std::path::Path::new(path).parent() {
            // What cannot be made is said when the file is written.
            let _ = std::fs::create_dir_all(folder);
        }
        writes.push(lazy(&call(context, "to_textfiles", "write_lines", &[lazy(part), Value::str(path)])?));
    }
    if at_once { compute(context, &writes).map(Value::list) } else { Ok(Value::list(writes)) }
}

/// The frames' room stands to the right of this one: what is needed of it is looked up by name.
fn to_dataframe(context: &Context, bag: &Bag, columns: Option<Value>) -> Result<Value> {
    let library = &context.shared.library;
    let found = |module: &str, name: &str| library.module(module).and_then(|module| module.get(name));
    let (Some(frame), Some(from_delayed)) = (found("pandas", "DataFrame"), found("dask.dataframe", "from_delayed"))
    else {
        bail!(NotImplementedError: "rdk cannot make a frame of a bag yet"; hint: "`.pluck`, `.foldby` and `.frequencies` work on bags themselves");
    };
    let mut frames = Vec::with_capacity(bag.parts.len());
    for part in bag.parts.iter() {
        let mut args = Args::one(lazy(part));
        if let Some(columns) = &columns {
            args.keywords.push((Name::from("columns"), columns.clone()));
        }
        let make = crate::delayed::delay(context, &frame, &Default::default())?;
        frames.push(context.call(&make, args)?);
    }
    same_partitions(std::slice::from_ref(bag))?;
    context.call(&from_delayed, Args::one(Value::list(frames)))
}
