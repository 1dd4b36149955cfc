//! Files beside what pandas reads from them (`tests/oracle/read_csv.py` wrote it down), and blocks beside whole files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Float32Type, Float64Type, TimeUnit};
use serde_json::Value as Json;

use super::*;

/// A file that goes when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(data: &[u8], end: &str) -> Scratch {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("rdk-csv-{}-{}.{end}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, data).expect("the temporary directory can be written to");
        Scratch(path)
    }

    fn path(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn read_all(path: &str, blocksize: Option<u64>, options: &Options) -> rdk_runtime::Result<(Source, RecordBatch)> {
    let source = discover(&[path.to_string()], blocksize, options)?;
    let batches = source
        .blocks
        .iter()
        .map(|block| Ok(read_block(block, &source.layout, None, None)?.batch))
        .collect::<rdk_runtime::Result<Vec<_>>>()?;
    let all = concat_batches(&batches[0].schema(), &batches).expect("blocks have the same columns");
    Ok((source, all))
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bits = 0_u32;
    let mut out = Vec::new();
    let mut n_bits = 0;
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | six as u32;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push((bits >> n_bits) as u8);
        }
    }
    out
}

fn word(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn words(value: &Json) -> Vec<String> {
    value.as_array().map_or_else(Vec::new, |items| items.iter().map(word).collect())
}

fn pick(value: &Json) -> Pick {
    value.as_u64().map_or_else(|| Pick::Name(word(value)), |position| Pick::Position(position as usize))
}

fn picks(value: &Json) -> Vec<Pick> {
    value.as_array().map_or_else(Vec::new, |items| items.iter().map(pick).collect())
}

/// pandas' keywords as options.
fn options(keywords: &Json) -> Options {
    let mut options = Options::default();
    let byte = |value: &Json| value.as_str().and_then(|text| text.bytes().next());
    for (key, value) in keywords.as_object().expect("keywords are an object") {
        match key.as_str() {
            "sep" if value == "\\s+" => options.separator = Separator::Whitespace,
            "sep" => options.separator = Separator::Byte(byte(value).expect("a separator is a byte")),
            "header" => options.header = value.as_u64().map_or(Header::None, |row| Header::Row(row as usize)),
            "names" => options.names = Some(words(value)),
            "usecols" => options.usecols = Some(picks(value)),
            "dtype" => {
                options.dtype = match value.as_object() {
                    None => Dtypes::All(word(value)),
                    Some(each) => {
                        Dtypes::Each(each.iter().map(|(name, dtype)| (Pick::Name(name.clone()), word(dtype))).collect())
                    }
                }
            }
            "parse_dates" => options.parse_dates = picks(value),
            "date_format" => options.date_format = Some(word(value)),
            "dayfirst" => options.dayfirst = value == true,
            "na_values" => {
                options.na_values = match value.as_object() {
                    None => NaValues::All(words(value)),
                    Some(each) => NaValues::Each(
                        each.iter().map(|(name, list)| (Pick::Name(name.clone()), words(list))).collect(),
                    ),
                }
            }
            "keep_default_na" => options.keep_default_na = value == true,
            "na_filter" => options.na_filter = value == true,
            "skiprows" => {
                options.skiprows = match value.as_u64() {
                    Some(count) => SkipRows::Count(count as usize),
                    None => SkipRows::Lines(
                        words(value).iter().map(|line| line.parse().expect("a line has a number")).collect(),
                    ),
                }
            }
            "nrows" => options.nrows = value.as_u64().map(|count| count as usize),
            "comment" => options.comment = byte(value),
            "thousands" => options.thousands = byte(value),
            "decimal" => options.decimal = byte(value).expect("a decimal point is a byte"),
            "quotechar" => options.quote = byte(value),
            "quoting" => options.quote = None,
            "doublequote" => options.doublequote = value == true,
            "escapechar" => options.escape = byte(value),
            "skipinitialspace" => options.skipinitialspace = value == true,
            "skip_blank_lines" => options.skip_blank_lines = value == true,
            "true_values" => options.true_values = words(value),
            "false_values" => options.false_values = words(value),
            "encoding" => options.encoding = Encoding::named(&word(value)).expect("a known encoding"),
            "on_bad_lines" => options.on_bad_lines = BadLines::Skip,
            _ => panic!("the test does not know the keyword {key}"),
        }
    }
    options
}

/// The values of a column as the oracle writes them.
fn values(array: &ArrayRef) -> Vec<Option<String>> {
    let texts: Vec<String> = match array.data_type() {
        DataType::Float64 => {
            array.as_primitive::<Float64Type>().values().iter().map(|value| format!("{value:?}")).collect()
        }
        DataType::Float32 => {
            array.as_primitive::<Float32Type>().values().iter().map(|value| format!("{:?}", *value as f64)).collect()
        }
        DataType::Boolean => {
            array.as_boolean().values().iter().map(|value| if value { "True" } else { "False" }.to_string()).collect()
        }
        DataType::Timestamp(unit, _) => {
            let scale = if *unit == TimeUnit::Microsecond { 1000 } else { 1 };
            let counts = cast(array, &DataType::Int64).expect("a time is a number");
            let counts = counts.as_primitive::<arrow::datatypes::Int64Type>();
            counts.values().iter().map(|count| (count * scale).to_string()).collect()
        }
        _ => {
            let text = cast(array, &DataType::Utf8).expect("everything is text");
            let text = text.as_string::<i32>();
            (0..text.len()).map(|row| text.value(row).to_string()).collect()
        }
    };
    texts.into_iter().enumerate().map(|(row, text)| array.is_valid(row).then_some(text)).collect()
}

fn same(dtype: &str, ours: &Option<String>, theirs: &Json) -> bool {
    match (ours, theirs.as_str()) {
        (None, None) => true,
        (Some(ours), Some(theirs)) if dtype.starts_with("float") => {
            ours.parse::<f64>().ok().map(f64::to_bits) == theirs.parse::<f64>().ok().map(f64::to_bits)
        }
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => false,
    }
}

fn oracle() -> Json {
    serde_json::from_str(include_str!("../../../../tests/oracle/read_csv.json")).expect("the oracle is JSON")
}

#[test]
fn files_are_read_as_pandas_reads_them() {
    let mut wrong = Vec::new();
    for case in oracle()["read"].as_array().expect("a list of cases") {
        let name = word(&case["name"]);
        let file = Scratch::new(&decoded(&word(&case["data"])), "csv");
        let answer = read_all(&file.path(), None, &options(&case["options"]));
        let columns = match (&answer, case["error"].as_array()) {
            (Err(error), Some(expected)) => {
                let known = [error.0.kind.name(), "ValueError", "ParserError", "TypeError"];
                if !known.contains(&word(&expected[0]).as_str()) {
                    wrong.push(format!("{name}: {error} instead of {expected:?}"));
                }
                continue;
            }
            (Err(error), None) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
            (Ok(_), Some(error)) => {
                wrong.push(format!("{name}: no error, pandas says {error:?}"));
                continue;
            }
            (Ok(_), None) => case["columns"].as_array().expect("columns"),
        };
        let (source, batch) = answer.expect("errors were handled");
        let names: Vec<String> = columns.iter().map(|column| word(&column["name"])).collect();
        let ours: Vec<&str> = source.layout.columns.iter().map(|column| column.name.as_str()).collect();
        if names != ours {
            wrong.push(format!("{name}: columns {ours:?} instead of {names:?}"));
            continue;
        }
        for (at, expected) in columns.iter().enumerate() {
            let column = &source.layout.columns[at];
            let dtype = word(&expected["dtype"]);
            let theirs = expected["values"].as_array().expect("values");
            let ours = values(batch.column(at));
            let equal =
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(&dtype, ours, theirs));
            if dtype != column.dtype || !equal {
                wrong.push(format!(
                    "{name}, column {}: {} {ours:?} instead of {dtype} {theirs:?}",
                    column.name, column.dtype
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
