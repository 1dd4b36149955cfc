//! Frames, series and indexes look as pandas and Dask show them: tests/oracle/frames_show.py asked them.

use std::sync::Arc;

use arrow::array::*;
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use proptest::prelude::*;
use rdk_frame::show::{
    Column, FrameView, Labels, Level, SeriesView, Values, frame_structure, index_text, info, series_structure,
    series_text, table,
};
use rdk_summary::text::{TextOptions, draw, draw_folded};
use rdk_summary::{Summary, html};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/frames_show.json");
    let text = std::fs::read_to_string(path).expect("the answers are there");
    serde_json::from_str(&text).expect("they are JSON")
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn name_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_string)
}

fn unit(text: &str) -> TimeUnit {
    match text.trim_matches(['[', ']']).split(',').next().unwrap_or_default() {
        "s" => TimeUnit::Second,
        "ms" => TimeUnit::Millisecond,
        "us" => TimeUnit::Microsecond,
        _ => TimeUnit::Nanosecond,
    }
}

fn array(data: &Value) -> ArrayRef {
    let kind = data["type"].as_str().expect("a type");
    if kind == "struct" {
        let fields = data["fields"].as_array().expect("fields");
        let arrays: Vec<ArrayRef> = fields.iter().map(|field| array(&field[1])).collect();
        let names = fields
            .iter()
            .zip(&arrays)
            .map(|(field, values)| Field::new(text_of(&field[0]), values.data_type().clone(), true));
        return Arc::new(StructArray::new(Fields::from_iter(names), arrays, None));
    }
    let values = data["values"].as_array().expect("values");
    let texts = || values.iter().map(Value::as_str);
    let numbers = || -> ArrayRef {
        match values.iter().any(|value| value.as_u64().is_some_and(|n| i64::try_from(n).is_err())) {
            true => Arc::new(UInt64Array::from_iter(values.iter().map(Value::as_u64))),
            false => Arc::new(Int64Array::from_iter(values.iter().map(Value::as_i64))),
        }
    };
    let numbers_as = |data_type: &DataType| cast(&numbers(), data_type).expect("numbers");
    match kind {
        "list" => {
            let item = array(&data["item"]);
            let parts: Vec<Option<ArrayRef>> =
                values.iter().map(|value| (!value.is_null()).then(|| array(value))).collect();
            let item_type = item.data_type().clone();
            let all: Vec<ArrayRef> =
                parts.iter().flatten().map(|part| cast(part, &item_type).expect("items")).collect();
            let refs: Vec<&dyn Array> = all.iter().map(|part| part.as_ref()).collect();
            let items = if refs.is_empty() { item } else { concat(&refs).expect("items") };
            let lengths = parts.iter().map(|part| part.as_ref().map_or(0, |part| part.len()));
            let nulls = NullBuffer::from_iter(parts.iter().map(Option::is_some));
            let field = Arc::new(Field::new("item", item_type, true));
            Arc::new(ListArray::new(field, OffsetBuffer::from_lengths(lengths), items, Some(nulls)))
        }
        "null" => Arc::new(NullArray::new(values.len())),
        "bool" => Arc::new(BooleanArray::from_iter(values.iter().map(Value::as_bool))),
        "string" | "large_string" => Arc::new(StringArray::from_iter(texts())),
        "binary" => {
            let bytes = |value: &Value| -> Option<Vec<u8>> {
                Some(value.as_array()?.iter().filter_map(Value::as_u64).map(|byte| byte as u8).collect())
            };
            Arc::new(BinaryArray::from_iter(values.iter().map(bytes)))
        }
        "double" | "float" | "halffloat" => {
            let floats = texts().map(|text| text.map(|text| text.parse::<f64>().expect("a float")));
            let array: ArrayRef = Arc::new(Float64Array::from_iter(floats));
            if kind == "float" { cast(&array, &DataType::Float32).expect("floats") } else { array }
        }
        kind if kind.starts_with("decimal") => {
            let array: ArrayRef = Arc::new(StringArray::from_iter(texts()));
            let digits: Vec<u8> = kind.split(['(', ',', ')']).filter_map(|part| part.trim().parse().ok()).collect();
            cast(&array, &DataType::Decimal128(digits[0], digits[1] as i8)).expect("decimals")
        }
        kind if kind.starts_with("timestamp[") => {
            let unit = unit(kind.trim_start_matches("timestamp"));
            let zone = kind.split_once("tz=").map(|(_, zone)| zone.trim_end_matches(']').into());
            numbers_as(&DataType::Timestamp(unit, zone))
        }
        kind if kind.starts_with("duration[") => {
            numbers_as(&DataType::Duration(unit(kind.trim_start_matches("duration"))))
        }
        "date32[day]" => {
            let days = values.iter().map(|value| value.as_i64().map(|n| n as i32));
            Arc::new(Date32Array::from_iter(days))
        }
        kind if kind.starts_with("time64[") => numbers_as(&DataType::Time64(unit(kind.trim_start_matches("time64")))),
        "int8" => numbers_as(&DataType::Int8),
        "int16" => numbers_as(&DataType::Int16),
        "int32" => numbers_as(&DataType::Int32),
        "int64" => numbers_as(&DataType::Int64),
        "uint8" => numbers_as(&DataType::UInt8),
        "uint64" => numbers_as(&DataType::UInt64),
        other => panic!("a type that the test does not know: {other}"),
    }
}

fn values(data: &Value) -> Values {
    if let Some(codes) = data["codes"].as_array() {
        let codes = Int32Array::from_iter(codes.iter().map(|code| code.as_i64().map(|code| code as i32)));
        let array = DictionaryArray::new(codes, array(&data["categories"]));
        let is_ordered = data["ordered"].as_bool().unwrap_or_default();
        return Values { is_ordered, ..Values::new("category", Arc::new(array)) };
    }
    match data["objects"].as_array() {
        Some(objects) => Values::objects(objects.iter().map(array).collect()),
        None => Values::new(text_of(&data["dtype"]), array(&data["array"])),
    }
}

fn labels(data: &Value) -> Labels {
    if let Some(range) = data["range"].as_array() {
        let number = |at: usize| range[at].as_i64().unwrap_or_default();
        return Labels::Range { start: number(0), stop: number(1), step: number(2), name: name_of(&data["name"]) };
    }
    let level = |level: &Value| Level { name: name_of(&level["name"]), values: values(level) };
    Labels::Levels {
        levels: data["levels"].as_array().expect("levels").iter().map(level).collect(),
        frequency: name_of(&data["frequency"]),
    }
}

fn texts(data: &Value) -> Vec<String> {
    data.as_array().into_iter().flatten().map(text_of).collect()
}

fn frame(case: &Value) -> FrameView {
    let labels = labels(&case["labels"]);
    let column = |column: &Value| Column { label: texts(&column["label"]), values: values(column) };
    FrameView {
        columns: case["columns"].as_array().expect("columns").iter().map(column).collect(),
        column_names: case["column_names"].as_array().into_iter().flatten().map(name_of).collect(),
        plain_labels: Vec::new(),
        n_rows: labels.len(),
        labels,
    }
}

/// The rows of a page's table as the oracle writes them: tag, text, rows, columns.
fn page_rows(page: &str) -> Vec<Vec<(String, String, u64, u64)>> {
    let plain = |text: &str| {
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        entities.iter().fold(text.to_string(), |text, (entity, letter)| text.replace(entity, letter))
    };
    let cell = |cell: &str| {
        let (tag, text) = cell.split_once('>').unwrap_or((cell, ""));
        let span = |name: &str| {
            let behind =
                tag.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap_or_default());
            behind.and_then(|number| number.parse().ok()).unwrap_or(1)
        };
        (format!("t{}", &tag[..1]), plain(text), span("rowspan"), span("colspan"))
    };
    let row = |row: &str| -> Vec<_> {
        let row = row.split("</tr>").next().unwrap_or_default();
        row.split("<t").skip(1).map(|part| cell(part.rsplit_once("</t").map_or(part, |(cell, _)| cell))).collect()
    };
    page.split("<tr>").skip(1).map(row).collect()
}

fn expected_rows(page: &Value) -> Vec<Vec<(String, String, u64, u64)>> {
    let number = |value: &Value| value.as_u64().unwrap_or(1);
    let cell = |cell: &Value| (text_of(&cell[0]), text_of(&cell[1]), number(&cell[2]), number(&cell[3]));
    let row = |row: &Value| row.as_array().into_iter().flatten().map(cell).collect();
    page["rows"].as_array().into_iter().flatten().map(row).collect()
}

/// What differs between what we show and what is expected.
fn differences(case: &Value) -> Vec<String> {
    let options = TextOptions::default();
    let mut found = Vec::new();
    let mut compare = |what: &str, shown: String, expected: String| {
        if shown != expected {
            found.push(format!("{} {}, {what}:\n{shown}\nexpected:\n{expected}\n", case["kind"], case["name"]));
        }
    };
    let expected = text_of(&case["text"]);
    match case["kind"].as_str().unwrap_or_default() {
        "frame" => {
            let summary = Summary::Table(table(&frame(case)));
            compare("text", draw(&summary, &options), expected);
            for (width, expected) in case["widths"].as_object().into_iter().flatten() {
                let options = TextOptions { width: width.parse().expect("a width"), ..options.clone() };
                compare(width, draw(&summary, &options), text_of(expected));
            }
            compare("folded", draw_folded(&summary, &options), text_of(&case["folded"]));
            let page = html::draw(&summary).unwrap_or_default();
            compare("page", lines(&page_rows(&page)), lines(&expected_rows(&case["page"])));
            for note in texts(&case["page"]["notes"]) {
                compare("note", page.contains(&note).to_string(), "true".to_string());
            }
        }
        "series" => {
            let labels = labels(&case["labels"]);
            let (name, n_rows) = (name_of(&case["series"]), labels.len());
            compare(
                "text",
                series_text(&SeriesView { name, values: values(&case["values"]), labels, n_rows }),
                expected,
            );
        }
        "index" => compare("text", index_text(&labels(&case["labels"])), expected),
        "info" => compare("text", info(&frame(case), None).trim_end().to_string(), expected.trim_end().to_string()),
        _ => {
            let divisions = (!case["divisions"].is_null()).then(|| values(&case["divisions"]));
            let n_partitions = case["n_partitions"].as_u64().unwrap_or_default() as usize;
            let n_expressions = case["n_expressions"].as_u64().unwrap_or_default() as usize;
            let last = text_of(&case["last"]);
            if let Some(dtype) = case["dtype"].as_str() {
                let shown = series_structure(dtype, n_partitions, divisions.as_ref(), &last, n_expressions);
                compare("text", shown, expected);
                return found;
            }
            let columns = case["columns"].as_array().expect("columns");
            let columns: Vec<_> = columns.iter().map(|column| (texts(&column[0]), text_of(&column[1]))).collect();
            let table = frame_structure(&columns, n_partitions, divisions.as_ref(), &last, n_expressions);
            let summary = Summary::Table(table);
            compare("text", draw(&summary, &options), expected);
            let page = html::draw(&summary).unwrap_or_default();
            compare("page", lines(&page_rows(&page)), lines(&expected_rows(&case["page"])));
        }
    }
    found
}

fn lines(rows: &[Vec<(String, String, u64, u64)>]) -> String {
    rows.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_looks_as_pandas_shows_it() {
    let cases = cases();
    assert!(cases.len() > 500);
    let found: Vec<String> = cases.iter().flat_map(differences).collect();
    let shown = found.iter().take(25).cloned().collect::<Vec<_>>().join("\n");
    assert!(found.is_empty(), "{shown}\n{} differences in {} cases", found.len(), cases.len());
}

/// Arrays of many types, with any values, and names of dtypes that need not fit them.
fn any_values() -> impl Strategy<Value = Values> {
    let dtypes = [
        "int64",
        "uint8",
        "float64",
        "bool",
        "str",
        "object",
        "category",
        "datetime64[ns]",
        "timedelta64[s]",
        "Int64",
        "boolean",
        "string",
        "Float64",
        "",
    ];
    let numbers = || prop::collection::vec(prop::option::of(any::<i64>()), 0..70);
    let array = prop_oneof![
        numbers().prop_map(|values| Arc::new(Int64Array::from(values)) as ArrayRef),
        prop::collection::vec(prop::option::of(any::<f64>()), 0..70)
            .prop_map(|v| Arc::new(Float64Array::from(v)) as ArrayRef),
        prop::collection::vec(prop::option::of(".{0,60}"), 0..70)
            .prop_map(|v| Arc::new(StringArray::from(v)) as ArrayRef),
        numbers().prop_map(|values| Arc::new(TimestampSecondArray::from(values)) as ArrayRef),
        numbers().prop_map(
            |values| Arc::new(TimestampNanosecondArray::from(values).with_timezone("Europe/Berlin")) as ArrayRef
        ),
        numbers().prop_map(|values| Arc::new(DurationMillisecondArray::from(values)) as ArrayRef),
        numbers().prop_map(|values| Arc::new(Date64Array::from(values)) as ArrayRef),
        numbers().prop_map(|values| Arc::new(Time64MicrosecondArray::from(values)) as ArrayRef),
        (0usize..70).prop_map(|n| Arc::new(NullArray::new(n)) as ArrayRef),
        prop::collection::vec(prop::option::of("[a-c]"), 0..70).prop_map(|v| Arc::new(
            v.iter().map(Option::as_deref).collect::<DictionaryArray<arrow::datatypes::Int8Type>>()
        ) as ArrayRef),
    ];
    (prop::sample::select(dtypes.to_vec()), array, any::<bool>(), any::<bool>()).prop_map(
        |(dtype, array, is_ordered, mixed)| {
            let values = match mixed {
                true => Values::objects((0..array.len()).map(|at| array.slice(at, 1)).collect()),
                false => Values::new(dtype, array),
            };
            Values { is_ordered, ..values }
        },
    )
}

#[test]
fn a_float_that_is_no_number_is_missing() {
    let values = Values::new("float64", Arc::new(Float64Array::from(vec![Some(f64::NAN), None, Some(1.0)])));
    let columns = vec![Column { label: vec!["x".to_string()], values }];
    let frame =
        FrameView { columns, column_names: vec![], plain_labels: Vec::new(), labels: Labels::counted(3), n_rows: 3 };
    assert!(info(&frame, Some((2048, true))).contains("1 non-null"));
    assert!(info(&frame, Some((2048, true))).ends_with("dtypes: float64(1)\nmemory usage: 2.0+ KB\n"));
    let text = draw(&Summary::Table(table(&frame)), &TextOptions::default());
    assert_eq!(text, "     x\n0  NaN\n1  NaN\n2  1.0");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_shown(
        columns in prop::collection::vec((prop::collection::vec(".{0,10}", 0..3), any_values()), 0..4),
        levels in prop::collection::vec((prop::option::of(".{0,10}"), any_values()), 0..3),
        n_rows in 0usize..200,
        is_counted in any::<bool>(),
    ) {
        let levels = levels.into_iter().map(|(name, values)| Level { name, values }).collect();
        let labels = if is_counted { Labels::counted(n_rows) } else { Labels::Levels { levels, frequency: None } };
        index_text(&labels);
        for (label, values) in &columns {
            let (name, labels) = (label.first().cloned(), labels.clone());
            series_text(&SeriesView { name, values: values.clone(), labels, n_rows });
            frame_structure(&[(label.clone(), "int64".to_string())], n_rows, Some(values), "x", 1);
            series_structure("int64", n_rows, Some(values), "x", 1);
        }
        let columns = columns.into_iter().map(|(label, values)| Column { label, values }).collect();
        let frame = FrameView { columns, column_names: vec![], plain_labels: Vec::new(), labels, n_rows };
        info(&frame, Some((n_rows as u64, true)));
        let summary = Summary::Table(table(&frame));
        draw(&summary, &TextOptions::default());
        draw_folded(&summary, &TextOptions::default());
        html::draw(&summary);
    }
}
