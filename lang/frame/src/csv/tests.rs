//! Files beside what pandas reads from them (`tests/oracle/read_csv.py` wrote it down), and blocks beside whole files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Float32Type, Float64Type, TimeUnit};
use arrow::datatypes::{Field, Schema};
use proptest::prelude::*;
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
    let mut n_equal = 0;
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
            n_equal += equal as usize;
            if dtype != column.dtype || !equal {
                wrong.push(format!(
                    "{name}, column {}: {} {ours:?} instead of {dtype} {theirs:?}",
                    column.name, column.dtype
                ));
            }
        }
    }
    assert!(n_equal > 150, "only {n_equal} columns were compared");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// A column from the oracle's text of its values.
fn array(dtype: &str, values: &Json) -> ArrayRef {
    let texts: StringArray =
        values.as_array().expect("values").iter().map(|value| value.as_str().map(str::to_string)).collect();
    let to = match dtype {
        "int64" => DataType::Int64,
        "uint64" => DataType::UInt64,
        "float64" => DataType::Float64,
        "float32" => DataType::Float32,
        "bool" => DataType::Boolean,
        _ if dtype.starts_with("datetime64") => {
            let counts = cast(&texts, &DataType::Int64).expect("a count");
            let zone = dtype.contains("UTC").then(|| "+02:00".into());
            return cast(&counts, &DataType::Timestamp(TimeUnit::Nanosecond, zone)).expect("a time");
        }
        _ => return cast(&texts, &DataType::Utf8View).expect("text"),
    };
    cast(&texts, &to).expect("the oracle's values have their type")
}

#[test]
fn frames_are_written_as_pandas_writes_them() {
    for case in oracle()["write"].as_array().expect("a list of cases") {
        let mut options = WriteOptions::default();
        for (key, value) in case["options"].as_object().expect("keywords are an object") {
            let byte = || word(value).bytes().next();
            match key.as_str() {
                "index" => (),
                "sep" => options.separator = byte().expect("a byte"),
                "na_rep" => options.na_rep = word(value),
                "float_format" => options.float_format = Some(word(value)),
                "date_format" => options.date_format = Some(word(value)),
                "header" => options.header = value == true,
                "escapechar" => options.escape = byte(),
                "decimal" => options.decimal = ',',
                "quoting" => {
                    options.quoting = match value.as_u64() {
                        Some(1) => Quoting::All,
                        Some(2) => Quoting::NonNumeric,
                        _ => Quoting::None,
                    }
                }
                _ => panic!("the test does not know the keyword {key}"),
            }
        }
        let columns = case["columns"].as_array().expect("columns");
        let arrays: Vec<ArrayRef> =
            columns.iter().map(|column| array(&word(&column["dtype"]), &column["values"])).collect();
        let fields = columns
            .iter()
            .zip(&arrays)
            .map(|(column, array)| Field::new(word(&column["name"]), array.data_type().clone(), true));
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), arrays)
            .expect("columns of one length");
        let text = String::from_utf8(write_csv(&batch, &options).expect("it can be written")).expect("it is text");
        assert_eq!(text, word(&case["text"]), "{}", case["name"]);
    }
}

#[test]
fn a_misfit_says_where_it_is() {
    let mut text = "n,TailNum\n".to_string();
    for row in 0..2000 {
        text += &format!("{row},{row}\n");
    }
    text += "7,N539UA\n8,9\n,10\n";
    let file = Scratch::new(text.as_bytes(), "csv");
    let check = |options: &Options, expected: &str, hint: &str| {
        let error = read_all(&file.path(), None, options).expect_err("it does not fit");
        assert_eq!(error.0.message.replace(&file.path(), "F"), expected);
        assert_eq!(error.0.hints, [hint]);
    };
    check(
        &Options::default(),
        "column 'TailNum' in line 2002 of 'F': expected int64, got \"N539UA\"",
        "give the type: `dtype={\"TailNum\": \"object\"}`",
    );
    check(
        &Options { usecols: Some(vec![Pick::Name("n".into())]), ..Options::default() },
        "column 'n' in line 2004 of 'F': expected int64, got nothing",
        "give the type: `dtype={\"n\": \"float64\"}`, or `assume_missing=True`, which reads all whole numbers as floats",
    );
    let whole = Options { sample_rows: None, ..Options::default() };
    let (source, batch) = read_all(&file.path(), Some(1000), &whole).expect("all rows were looked at");
    let dtypes: Vec<&str> = source.layout.columns.iter().map(|column| column.dtype.as_str()).collect();
    assert_eq!((dtypes, batch.num_rows()), (vec!["float64", "str"], 2003));
}

#[test]
fn packed_files_and_columns_of_other_files() {
    use std::io::Write;
    let text = "a,b\n1,x\n2,y\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).expect("memory can be written");
    let packed = Scratch::new(&packed.finish().expect("memory can be written"), "csv.gz");
    let (_, batch) = read_all(&packed.path(), Some(3), &Options::default()).expect("it is packed by gzip");
    assert_eq!(batch.num_rows(), 2);
    let (one, other) = (Scratch::new(text.as_bytes(), "csv"), Scratch::new(b"a,c\n1,2\n", "csv"));
    let error = discover(&[one.path(), other.path()], None, &Options::default()).expect_err("the columns differ");
    assert!(error.0.message.contains("[\"a\", \"b\"] there, [\"a\", \"c\"] here"), "{error}");
    let error = discover(&["data.csv.xz".to_string()], None, &Options::default()).expect_err("there is no such file");
    assert_eq!(error.0.kind.name(), "FileNotFoundError");
}

#[test]
fn a_projection_and_a_limit() {
    let file = Scratch::new(b"a,b,c\n1,x,2.5\n3,y,4.5\n5,z,6.5\n", "csv");
    let source = discover(&[file.path()], None, &Options::default()).expect("a plain file");
    let table = read_block(&source.blocks[0], &source.layout, Some(&[2, 0]), Some(2)).expect("a plain file");
    assert_eq!(table.batch.schema().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(), ["c", "a"]);
    assert_eq!(values(table.batch.column(1)), [Some("1".to_string()), Some("3".to_string())]);
    let none = read_block(&source.blocks[0], &source.layout, Some(&[]), None).expect("a plain file");
    assert_eq!(none.batch.num_rows(), 3);
}

#[test]
fn pieces_and_long_lines_fit_together() {
    let mut text = "n,t\n".to_string();
    for row in 0..40_000 {
        let long =
            if row == 20_000 { "x\n".repeat(400_000) } else { format!("{row} \"\"{}\"\"", "é,".repeat(row % 9)) };
        text += &format!("{row},\"{long}\"{}\n", if row % 7 == 0 { "\r" } else { "" });
    }
    let file = Scratch::new(text.as_bytes(), "csv");
    let (_, whole) = read_all(&file.path(), None, &Options::default()).expect("a plain file");
    assert_eq!(whole.num_rows(), 40_000);
    assert_eq!(values(whole.column(0)).last(), Some(&Some("39999".to_string())));
    assert_eq!(values(whole.column(1))[20_000].as_ref().map(String::len), Some(800_000));
    let (source, parts) = read_all(&file.path(), Some(100_000), &Options::default()).expect("a plain file");
    assert!(source.blocks.len() > 10);
    assert_eq!(whole, parts);
}

/// Fields with everything that makes cutting hard.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{0,6}",
        2 => "[0-9]{1,4}",
        2 => "[a-z,\n\" ]{0,12}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
        1 => "[a-z]{1,3}\"[a-z,]{0,0}",
        1 => Just("\"\"".to_string()),
        1 => "(\"\",\"\"\n){0,4}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_blocks_give_the_rows_of_one(
        rows in prop::collection::vec(prop::collection::vec(field(), 3), 1..60),
        end in prop_oneof![Just("\n"), Just("\r\n")],
        blocksize in 1_u64..400,
    ) {
        let mut text = format!("a,b,c{end}");
        for row in &rows {
            text += &(row.join(",") + end);
        }
        let file = Scratch::new(text.as_bytes(), "csv");
        let options = Options { dtype: Dtypes::All("str".to_string()), ..Options::default() };
        let (_, whole) = read_all(&file.path(), None, &options).expect("one block");
        let (_, parts) = read_all(&file.path(), Some(blocksize), &options).expect("many blocks");
        prop_assert_eq!(whole, parts);
    }
}

#[test]
fn parts_of_a_block_are_the_block() {
    let mut text = String::from("number,text,value\n");
    for row in 0..120_000 {
        text += &match row % 5 {
            0 => format!("{row},\"one, \"\"two\"\"\nthree, {row}\",0.5\n"),
            1 => format!("{row},\"\n\n,b,\",\n"),
            _ => format!("{row},plain text that is long enough {row},{}.25\n", row % 1000),
        };
    }
    let engine = rdk_graph::Engine::new(3);
    let cancel = rdk_graph::Cancel::new();
    let check = |text: &str| {
        let file = Scratch::new(text.as_bytes(), "csv");
        let source = discover(&[file.path()], None, &Options::default()).expect("the file is in order");
        let [block] = &source.blocks[..] else { panic!("one block") };
        let whole = read_block(block, &source.layout, None, None);
        let parts = read_parts(block, &source.layout, None, None, engine.crew(&cancel));
        match (whole, parts) {
            (Ok(whole), Ok(parts)) => {
                assert!(parts.len() > 1, "it is cut");
                let batches: Vec<RecordBatch> = parts.into_iter().map(|table| table.batch).collect();
                assert_eq!(concat_batches(&batches[0].schema(), &batches).expect("of one schema"), whole.batch);
            }
            (Err(whole), Err(parts)) => assert_eq!(whole.to_string(), parts.to_string()),
            (whole, parts) => panic!("one of them fails: {:?}, {:?}", whole.err(), parts.err()),
        }
    };
    check(&text);
    // The first misfit of the file is told, with its line.
    check(&format!("{text}x,late,1\n{text}"));
    check(&format!("{text}1,\"never closed,1\n"));
}
