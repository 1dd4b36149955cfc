//! What a list of files holds: columns with their types, and blocks.

use rdk_runtime::{Result, bail, error};
use serde::{Deserialize, Serialize};

use super::column::{Column, Content};
use super::cut::{line_start, offsets};
use super::head::{Head, head};
use super::infer::Evidence;
use super::input::{Block, file_error, packed};
use super::lines::Lines;
use super::options::{Dtypes, Options, Pick};
use super::tokens::value;

/// Files of the same columns, cut into blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// How each of them is to be read.
    pub layout: Layout,
    /// The blocks, file by file.
    pub blocks: Vec<Block>,
}

/// What has to be known to read a block: it travels with each task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// What the caller said.
    pub options: Options,
    /// The columns that can be read, in the order of the file.
    pub columns: Vec<Column>,
    /// How many fields a line has.
    pub n_fields: usize,
}

/// The files that paths and patterns name: patterns in the order of the alphabet, as Dask has them.
pub fn paths(patterns: &[String]) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for pattern in patterns {
        if !pattern.contains(['*', '?', '[']) || std::path::Path::new(pattern).exists() {
            paths.push(pattern.clone());
            continue;
        }
        let found =
            glob::glob(pattern).map_err(|error| error!("cannot understand the pattern '{pattern}': {}", error.msg))?;
        let mut found: Vec<String> = found
            .filter_map(|path| path.ok())
            .filter(|path| path.is_file())
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        found.sort();
        paths.extend(found);
    }
    if paths.is_empty() {
        bail!(OSError: "{} resolved to no files", patterns.join(", "); hint: "`import glob; glob.glob(\"…\")` shows what a pattern finds");
    }
    Ok(paths)
}

/// Looks at the head of every block of these files.
pub fn discover(paths: &[String], blocksize: Option<u64>, options: &Options) -> Result<Source> {
    let mut first: Option<(Head, String)> = None;
    let mut blocks = Vec::new();
    for path in paths {
        let facts = std::fs::metadata(path).map_err(|error| file_error(path, &error))?;
        if facts.is_dir() {
            bail!(IsADirectoryError: "[Errno 21] Is a directory: '{path}'"; hint: "name its files: '{path}/*.csv'");
        }
        let packed = packed(path, options)?;
        let end = if packed { u64::MAX } else { facts.len() };
        let whole = Block { path: path.clone(), start: 0, end, skip: Vec::new(), packed };
        let Some(found) = head(&whole, options)? else { continue };
        match &first {
            Some((head, other)) if head.names != found.names => bail!(
                ValueError: "the columns of '{path}' are not those of '{other}': {:?} there, {:?} here", head.names, found.names;
                hint: "read the files apart and put them together with `dd.concat`, or give `names=[…], header=0`"
            ),
            _ => (),
        }
        let size = if packed || options.nrows.is_some() { None } else { blocksize };
        cut(&found, facts.len(), size, options, &mut blocks)?;
        first.get_or_insert((found, path.clone()));
    }
    let Some((head, path)) = first else {
        bail!(EmptyDataError: "No columns to parse from file"; hint: "{} is empty", paths.join(", "));
    };
    let columns = columns(&head, &path, &blocks, options)?;
    let layout = Layout { options: options.clone(), columns, n_fields: head.n_fields };
    Ok(Source { layout, blocks })
}

fn cut(head: &Head, size: u64, blocksize: Option<u64>, options: &Options, blocks: &mut Vec<Block>) -> Result<()> {
    let rows = &head.rows;
    let mut starts = vec![rows.start];
    for offset in offsets(size, blocksize).into_iter().skip(1) {
        let last = starts[starts.len() - 1];
        starts.push(line_start(rows, offset, last, head.n_fields, options)?);
    }
    for (at, &start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(rows.end);
        let skip = rows.skip.iter().copied().filter(|(from, to)| *from < end && *to > start).collect();
        blocks.push(Block { start, end, skip, ..rows.clone() });
    }
    Ok(())
}

fn columns(head: &Head, path: &str, blocks: &[Block], options: &Options) -> Result<Vec<Column>> {
    let wanted = |name: &str, position: usize| {
        options.usecols.as_ref().is_none_or(|picks| picks.iter().any(|pick| pick.is(name, position)))
    };
    check_picks(head, options)?;
    let mut columns = Vec::new();
    for (position, name) in head.names.iter().enumerate().filter(|(position, name)| wanted(name, *position)) {
        let dated = options.parse_dates.iter().any(|pick| pick.is(name, position));
        let dtype = match &options.dtype {
            Dtypes::Infer => None,
            Dtypes::All(dtype) => Some(dtype),
            Dtypes::Each(each) => each.iter().find(|(pick, _)| pick.is(name, position)).map(|(_, dtype)| dtype),
        };
        let given = match dtype.filter(|_| !dated) {
            None => None,
            Some(dtype) => {
                let (content, nullable) = Content::named(dtype)?;
                let plain = match dtype.as_str() {
                    "object" | "O" => "object".to_string(),
                    "string" | "boolean" | "Float64" | "Float32" => dtype.clone(),
                    name if name.contains('[') => dtype.clone(),
                    _ if content == Content::Bool => "bool".to_string(),
                    _ => content.dtype(nullable),
                };
                Some((content, nullable, plain))
            }
        };
        columns.push((position, name, given));
    }
    let mut evidence: Vec<Option<Evidence>> = columns
        .iter()
        .map(|(position, name, given)| given.is_none().then(|| Evidence::new(options, name, *position)))
        .collect();
    if evidence.iter().any(Option::is_some) {
        for block in blocks {
            sample(
                block,
                head.n_fields,
                options,
                &columns.iter().map(|column| column.0).collect::<Vec<_>>(),
                &mut evidence,
            )?;
        }
    }
    let mut answer = Vec::with_capacity(columns.len());
    for ((position, name, given), evidence) in columns.into_iter().zip(evidence) {
        answer.push(match (given, evidence) {
            (Some((content, nullable, dtype)), _) => Column { name: name.clone(), position, content, dtype, nullable },
            (None, Some(evidence)) => evidence.column(name.clone(), position, options),
            (None, None) => bail!(SystemError: "column '{name}' of '{path}' has no type"),
        });
    }
    Ok(answer)
}

/// Looks at the first rows of a block.
fn sample(
    block: &Block,
    n_fields: usize,
    options: &Options,
    positions: &[usize],
    evidence: &mut [Option<Evidence>],
) -> Result<()> {
    let limit = options.sample_rows.unwrap_or(usize::MAX).min(options.nrows.unwrap_or(usize::MAX));
    let mut lines = Lines::open(block, options, n_fields, 64 << 10)?;
    let mut n_rows = 0;
    let mut scratch = Vec::new();
    while n_rows < limit && lines.advance()? {
        lines.truncate(limit - n_rows);
        for (position, evidence) in positions.iter().zip(evidence.iter_mut()) {
            let Some(evidence) = evidence else { continue };
            for line in 0..lines.n_lines() {
                let (start, end) = lines.field(line, *position);
                let field = (start <= end).then(|| value(&lines.text()[start..end], options, &mut scratch));
                evidence.add(field, options);
            }
        }
        n_rows += lines.n_lines();
    }
    Ok(())
}

/// Are the columns there that the options name?
fn check_picks(head: &Head, options: &Options) -> Result<()> {
    let lacks = |pick: &&Pick| !head.names.iter().enumerate().any(|(position, name)| pick.is(name, position));
    let shown = |pick: &Pick| match pick {
        Pick::Name(name) => format!("'{name}'"),
        Pick::Position(position) => position.to_string(),
    };
    if let Some(usecols) = &options.usecols {
        let lacking: Vec<String> = usecols.iter().filter(lacks).map(shown).collect();
        if !lacking.is_empty() {
            bail!("Usecols do not match columns, columns expected but not found: [{}]", lacking.join(", ");
                hint: "the file has {}", head.names.join(", "));
        }
    }
    let lacking: Vec<String> = options.parse_dates.iter().filter(lacks).map(shown).collect();
    if !lacking.is_empty() {
        bail!("Missing column provided to 'parse_dates': {}", lacking.join(", "); hint: "the file has {}", head.names.join(", "));
    }
    Ok(())
}
