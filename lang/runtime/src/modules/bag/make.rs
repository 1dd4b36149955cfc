//! Bags made from something else: sequences, text files, lazy calls, other bags.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};

use super::lazy::Bag;
use super::methods::{is_bag, map};
use super::part::{Partition, at_hand, call, of_lazy};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::evaluate::collect;
use crate::modules::dask::utils::parse_bytes;
use crate::value::Value;
use crate::{Keywords, Rest, bail, builtins};

builtins! {
    /// A bag of the items of a sequence.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// b = db.from_sequence([1, 2, 3, 4, 5, 6], npartitions=2)
    /// b.filter(lambda x: x % 2 == 0).map(lambda x: x ** 2).compute()
    /// #> [4, 16, 36]
    /// ```
    fn from_sequence[context](
        /// What to walk over.
        seq: Value,
        /// How many items a partition has.
        partition_size: Option<usize>,
        /// How many partitions there are, about.
        npartitions: Option<usize>,
    ) -> Result<Value> { from_sequence(context, &seq, partition_size, npartitions).map(Value::lazy) }

    /// A bag of the lines of text files, each with its line end.
    ///
    /// A file is a partition, or several with `blocksize`. Files that end in `.gz` are unpacked.
    ///
    /// ```rdk
    /// import os, tempfile
    /// import dask.bag as db
    /// name = os.path.join(tempfile.mkdtemp(), "a.txt")
    /// with open(name, "w") as f:
    ///     n = f.write("one\ntwo\n")
    /// db.read_text(name).map(str.strip).compute()
    /// #> ['one', 'two']
    /// ```
    fn read_text[context](
        /// A path, a pattern such as `data/*.json`, or a list of them.
        urlpath: Value,
        /// How many bytes a partition has, about: `10MB`.
        blocksize: Option<Value>,
        /// `infer`, `gzip` or `None`.
        compression: Option<String> = "infer",
        /// `utf-8`
        encoding: Option<String>,
        /// What to do with bytes that are no text; accepted, not used.
        errors: Option<String>,
        /// What ends a line, if it is not a line end.
        linedelimiter: Option<String>,
        /// Whether to give a bag; otherwise a list of lazy lists.
        collection: bool = true,
        /// Accepted, not used.
        storage_options: Option<Value>,
        /// How many files a partition has.
        files_per_partition: Option<usize>,
        /// Whether each line comes with its path.
        include_path: bool = false,
    ) -> Result<Value> {
        let _ = (errors, storage_options);
        utf8_only(encoding)?;
        let bag = read_text(context, &urlpath, Reading { blocksize, compression, linedelimiter, files_per_partition, include_path })?;
        Ok(if collection { Value::lazy(bag) } else { Value::list(bag.parts.iter().map(super::part::lazy)) })
    }

    /// A bag of the numbers from 0 up to, not including, `n`.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// db.range(5, npartitions=2).compute()
    /// #> [0, 1, 2, 3, 4]
    /// ```
    fn range(
        /// Where to end.
        n: usize,
        /// How many partitions there are.
        npartitions: usize,
    ) -> Result<Value> {
        if npartitions == 0 {
            bail!("there has to be a partition"; hint: "`npartitions=1`");
        }
        // The last one has what is left over.
        let size = n / npartitions;
        let end = |at: usize| if at + 1 == npartitions { n } else { (at + 1) * size };
        let part = |at: usize| at_hand("range", (at * size..end(at)).map(Value::from).collect());
        Ok(Value::lazy(Bag::new("range", (0..npartitions).map(part).collect())))
    }

    /// A bag whose partitions are lists that lazy calls give.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// from dask import delayed
    /// db.from_delayed([delayed(list)("ab"), delayed(list)("c")]).compute()
    /// #> ['a', 'b', 'c']
    /// ```
    fn from_delayed[context](
        /// A lazy call, or several.
        values: Value,
    ) -> Result<Value> {
        let values = if matches!(values, Value::Lazy(_)) { vec![values] } else { collect(context, &values)? };
        let mut parts: Vec<Partition> = Vec::with_capacity(values.len());
        for value in &values {
            match of_lazy(value) {
                Some(part) => parts.push(part),
                None => bail!(TypeError: "expected lazy calls, got {}", crate::convert::describe(value); hint: "`delayed(f)(x)` makes one; `db.from_sequence` takes plain items"),
            }
        }
        Ok(Value::lazy(Bag::new("bag-from-delayed", parts)))
    }

    /// Bags one behind the other.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// a = db.from_sequence([1, 2])
    /// db.concat([a, a]).compute()
    /// #> [1, 2, 1, 2]
    /// ```
    fn concat[context](
        /// Bags.
        bags: Value,
    ) -> Result<Value> {
        let mut parts = Vec::new();
        for bag in collect(context, &bags)? {
            parts.extend(Bag::try_from_value(&bag)?.parts.iter().cloned());
        }
        Ok(Value::lazy(Bag::new("concat", parts)))
    }

    /// Items of several bags side by side.
    ///
    /// ```rdk
    /// import dask.bag as db
    /// a = db.from_sequence([1, 2, 3])
    /// db.zip(a, a.map(str)).compute()
    /// #> [(1, '1'), (2, '2'), (3, '3')]
    /// ```
    fn zip[context](
        /// Bags with equal partitions.
        bags: Rest,
    ) -> Result<Value> {
        let bags = bags.0.iter().map(Bag::try_from_value).collect::<Result<Vec<Bag>>>()?;
        let Some(first) = bags.first() else { bail!("there is nothing to put side by side") };
        same_partitions(&bags)?;
        let mut parts = Vec::new();
        for at in 0..first.parts.len() {
            let row = Value::list(bags.iter().map(|bag| super::part::lazy(&bag.parts[at])));
            parts.push(call(context, "zip", "zip", &[row])?);
        }
        Ok(Value::lazy(Bag::new("zip", parts)))
    }

    /// Calls a function on each item, of several bags side by side.
    fn map[context](
        /// The function.
        func: Value,
        /// Bags, and values that are the same for all.
        args: Rest,
        /// Arguments by name.
        kwargs: Keywords,
    ) -> Result<Value> {
        if !args.0.iter().any(is_bag) {
            bail!("there is no bag among the arguments"; hint: "`db.from_sequence(items).map(f)`");
        }
        map(context, &func, &args.0, kwargs)
    }
}

impl FromValue for Bag {
    fn expected() -> &'static str {
        "a Bag"
    }

    fn from_value(value: &Value) -> Option<Bag> {
        value.get::<Bag>().cloned()
    }
}

/// Bags whose items go side by side have the same number of partitions.
pub fn same_partitions(bags: &[Bag]) -> Result<()> {
    let counts: Vec<String> = bags.iter().map(|bag| bag.parts.len().to_string()).collect();
    match counts.iter().all(|count| *count == counts[0]) {
        true => Ok(()),
        false => {
            bail!("all bags must have the same number of partitions, got {}", counts.join(", "); hint: "`.repartition(npartitions=n)` makes them equal")
        }
    }
}

fn from_sequence(context: &Context, sequence: &Value, size: Option<usize>, count: Option<usize>) -> Result<Bag> {
    if matches!(sequence, Value::Lazy(_)) {
        bail!(TypeError: "expected items at hand, got {}", crate::convert::describe(sequence); hint: "`db.from_delayed` takes lazy lists");
    }
    let items = collect(context, sequence)?;
    let n = items.len();
    let size = match (size.filter(|&size| size > 0), count.filter(|&count| count > 0)) {
        (Some(size), _) => size,
        (None, Some(count)) if n <= 100 => n.div_ceil(count),
        (None, Some(count)) => n / count,
        (None, None) if n <= 100 => 1,
        (None, None) => ((n as f64).sqrt() / 10.0).ceil() as usize,
    };
    let mut parts: Vec<Partition> =
        items.chunks(size.max(1)).map(|chunk| at_hand("from_sequence", chunk.to_vec())).collect();
    if parts.is_empty() {
        parts.push(at_hand("from_sequence", Vec::new()));
    }
    Ok(Bag::new("from_sequence", parts))
}

struct Reading {
    blocksize: Option<Value>,
    compression: Option<String>,
    linedelimiter: Option<String>,
    files_per_partition: Option<usize>,
    include_path: bool,
}

fn utf8_only(encoding: Option<String>) -> Result<()> {
    match encoding.map(|name| name.to_lowercase().replace(['-', '_'], "")) {
        None => Ok(()),
        Some(name) if matches!(name.as_str(), "utf8" | "ascii" | "systemdefaultencoding" | "") => Ok(()),
        Some(_) => bail!(NotImplementedError: "text files are read as UTF-8 only"; hint: "leave `encoding` out"),
    }
}

fn read_text(context: &Context, paths: &Value, reading: Reading) -> Result<Bag> {
    let paths = paths_of(context, paths)?;
    let size = match &reading.blocksize {
        Some(size) => u64::from_value(&parse_bytes(size)?).filter(|&size| size > 0),
        None => None,
    };
    if size.is_some() && reading.files_per_partition.is_some() {
        bail!("Only one of blocksize or files_per_partition can be set");
    }
    let read = |path: &str, start: u64, end: Option<u64>| -> Result<Partition> {
        let args = [
            Value::str(path),
            Value::from(start),
            end.into(),
            reading.linedelimiter.clone().into(),
            packing(path, reading.compression.as_deref())?.map(str::to_string).into(),
            Value::Bool(reading.include_path),
        ];
        call(context, "read_text", "read_lines", &args)
    };
    let mut parts = Vec::new();
    for path in &paths {
        match size {
            Some(size) => {
                if packing(path, reading.compression.as_deref())?.is_some() {
                    bail!("a packed file cannot be read in parts, got {path}"; hint: "leave `blocksize` out: each file is a partition");
                }
                let length = std::fs::metadata(path).map_err(|problem| no_file(path, &problem))?.len();
                for at in 0..length.div_ceil(size).max(1) {
                    parts.push(read(path, at * size, Some((at + 1) * size))?);
                }
            }
            None => parts.push(read(path, 0, None)?),
        }
    }
    if let Some(n) = reading.files_per_partition.filter(|&n| n > 1) {
        let mut joined = Vec::new();
        for group in parts.chunks(n) {
            let lists = Value::list(group.iter().map(super::part::lazy));
            joined.push(call(context, "read_text", "concat", &[lists])?);
        }
        parts = joined;
    }
    Ok(Bag::new("bag-from-delayed", parts))
}

/// The files that paths and patterns stand for, in order.
fn paths_of(context: &Context, paths: &Value) -> Result<Vec<String>> {
    let given: Vec<String> = match paths {
        Value::Str(path) => vec![path.to_string()],
        other => match crate::modules::path_of(other) {
            Some(path) => vec![path.to_string_lossy().into_owned()],
            None => {
                let all = collect(context, other)?;
                all.iter()
                    .map(|path| match crate::modules::path_of(path) {
                        Some(path) => Ok(path.to_string_lossy().into_owned()),
                        None => String::try_from_value(path),
                    })
                    .collect::<Result<_>>()?
            }
        },
    };
    let mut files = Vec::new();
    for path in given {
        if let Some(scheme) = path.split_once("://").map(|(scheme, _)| scheme).filter(|scheme| *scheme != "file") {
            bail!(NotImplementedError: "rdk does not read {scheme}:// yet"; hint: "download the file and give its path");
        }
        let path = path.strip_prefix("file://").unwrap_or(&path).to_string();
        if !path.contains(['*', '?', '[']) {
            files.push(path);
            continue;
        }
        let found = glob::glob(&path).map_err(|problem| crate::error!("{path} is not a pattern: {problem}"))?;
        let mut found: Vec<String> = found.flatten().map(|path| path.to_string_lossy().into_owned()).collect();
        if found.is_empty() {
            bail!(OSError: "{path} resolved to no files"; hint: "`!ls` shows what is there");
        }
        found.sort();
        files.extend(found);
    }
    if files.is_empty() {
        bail!("No files found");
    }
    Ok(files)
}

/// How a file is packed: `gzip`, or not at all.
fn packing(path: &str, compression: Option<&str>) -> Result<Option<&'static str>> {
    match compression {
        None | Some("") => Ok(None),
        Some("gzip" | "gz") => Ok(Some("gzip")),
        Some("infer") if path.ends_with(".gz") => Ok(Some("gzip")),
        Some("infer") => Ok(None),
        Some(other) => bail!("Compression type {other} not supported"; hint: "`gzip`, `infer` or `None`"),
    }
}

fn no_file(path: &str, problem: &std::io::Error) -> crate::Error {
    let kind = crate::types::os_kind(problem.raw_os_error().unwrap_or(0));
    crate::Error::new(kind, format!("[Errno {}] cannot read '{path}': {problem}", problem.raw_os_error().unwrap_or(0)))
}

/// The lines of a file that begin in this part of it.
pub fn lines_of(
    path: &str,
    start: u64,
    end: Option<u64>,
    delimiter: Option<&str>,
    packed: Option<&str>,
) -> Result<Vec<String>> {
    let fail = |problem: std::io::Error| no_file(path, &problem);
    let mut file = File::open(path).map_err(fail)?;
    let text_lines = delimiter.is_none_or(|end| matches!(end, "" | "\n" | "\r\n"));
    let delimiter = delimiter.filter(|_| !text_lines).unwrap_or("\n").as_bytes();
    let Some(&last) = delimiter.last() else { return Ok(Vec::new()) };
    let mut reader: Box<dyn BufRead> = match packed {
        Some(_) => Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file))),
        None => {
            // One byte before: a line that begins exactly here is ours.
            file.seek(SeekFrom::Start(start.saturating_sub(delimiter.len() as u64))).map_err(fail)?;
            Box::new(BufReader::new(file))
        }
    };
    let mut at = if packed.is_some() { 0 } else { start.saturating_sub(delimiter.len() as u64) };
    let mut lines = Vec::new();
    let mut is_first = start > 0;
    while end.is_none_or(|end| at < end) {
        let mut line = Vec::new();
        loop {
            let read = reader.read_until(last, &mut line).map_err(fail)?;
            if read == 0 || line.ends_with(delimiter) {
                break;
            }
        }
        if line.is_empty() {
            break;
        }
        at += line.len() as u64;
        // What began before belongs to the part before.
        if std::mem::take(&mut is_first) {
            continue;
        }
        if text_lines && line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        let line = String::from_utf8(line)
            .map_err(|_| crate::error!(UnicodeDecodeError: "{path} has bytes that are no UTF-8 text"))?;
        lines.push(line);
    }
    Ok(lines)
}

/// Writes a file whole: under another name first; `.gz` is packed.
pub fn write(path: &str, bytes: &[u8]) -> Result<()> {
    let fail = |problem: std::io::Error| {
        let kind = crate::types::os_kind(problem.raw_os_error().unwrap_or(0));
        crate::Error::new(kind, format!("cannot write '{path}': {problem}"))
    };
    let draft = format!("{path}.part");
    let mut file = File::create(&draft).map_err(fail)?;
    if path.ends_with(".gz") {
        let mut packer = flate2::write::GzEncoder::new(&mut file, flate2::Compression::default());
        packer.write_all(bytes).and_then(|()| packer.try_finish()).map_err(fail)?;
    } else {
        file.write_all(bytes).map_err(fail)?;
    }
    drop(file);
    std::fs::rename(&draft, path).map_err(fail)
}
