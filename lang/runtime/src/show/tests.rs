//! What values show, beside what Python shows of the same ones: `tests/oracle/show_plain.py` wrote it down.

use std::sync::Arc;

use num_bigint::BigInt;
use num_complex::Complex64;
use serde_json::Value as Json;

use super::{display, format_value, number, percent, quote, repr};
use crate::value::{Dict, HashKey, Set, Value};

fn section(name: &str) -> Vec<Json> {
    let data = include_str!("../../../../tests/oracle/show_plain.json");
    let mut data: Json = serde_json::from_str(data).expect("the data are JSON");
    match data[name].take() {
        Json::Array(rows) => rows,
        other => panic!("no rows of {name}: {other}"),
    }
}

fn float(hex: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(hex, 16).expect("64 bits"))
}

fn value(json: &Json) -> Value {
    let Json::Object(tagged) = json else {
        return match json {
            Json::Bool(flag) => Value::Bool(*flag),
            Json::String(text) => Value::str(text),
            _ => Value::None,
        };
    };
    let (kind, inner) = tagged.iter().next().expect("one tag");
    let items = || inner.as_array().expect("items").iter().map(value);
    let keys = || items().map(|item| HashKey::new(item).expect("a key"));
    match kind.as_str() {
        "int" => Value::big(inner.as_str().expect("digits").parse::<BigInt>().expect("digits")),
        "float" => Value::Float(float(inner.as_str().expect("bits"))),
        "complex" => {
            let parts: Vec<f64> = items().filter_map(|part| part.as_f64()).collect();
            Value::Complex(Complex64::new(parts[0], parts[1]))
        }
        "bytes" => {
            let digits = inner.as_str().expect("digits").as_bytes();
            let byte =
                |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits");
            Value::Bytes(digits.chunks(2).map(byte).collect())
        }
        "list" => Value::list(items()),
        "tuple" => Value::tuple(items()),
        "dict" => {
            let pairs = inner.as_array().expect("pairs").iter();
            let entries = pairs.map(|pair| (HashKey::new(value(&pair[0])).expect("a key"), value(&pair[1])));
            Value::Dict(Arc::new(Dict(parking_lot::Mutex::new(entries.collect()))))
        }
        "set" | "frozenset" => {
            let items = parking_lot::Mutex::new(keys().collect());
            Value::Set(Arc::new(Set { items, frozen: kind == "frozenset" }))
        }
        other => panic!("no such tag: {other}"),
    }
}

/// All differences at once, the first few of them shown.
fn compare(name: &str, check: impl Fn(&Json) -> Result<(), String>) {
    let rows = section(name);
    let wrong: Vec<String> = rows.iter().filter_map(|row| check(row).err()).collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows.len(), wrong[..wrong.len().min(20)].join("\n"));
}

fn same(what: &dyn std::fmt::Display, shown: &str, expected: &Json) -> Result<(), String> {
    match expected.as_str() {
        Some(expected) if expected == shown => Ok(()),
        _ => Err(format!("{what}: {shown}\n    python: {}", expected.as_str().unwrap_or("an error"))),
    }
}

fn same_outcome(what: &str, result: crate::Result<String>, expected: &Json) -> Result<(), String> {
    match (result, expected.get("error")) {
        (Err(_), Some(_)) => Ok(()),
        (Err(error), None) => Err(format!("{what}: {error}\n    python: {expected}")),
        (Ok(shown), _) => same(&what, &shown, expected),
    }
}

#[test]
fn floats_are_written_as_in_python() {
    compare("floats", |row| {
        let bits = row[0].as_str().expect("bits");
        same(&bits, &number::float(float(bits)), &row[1])
    });
}

#[test]
fn texts_are_quoted_as_in_python() {
    compare("texts", |row| {
        let shown = quote::text(row[0].as_str().expect("a text"));
        same(&row[0], &shown, &row[1])?;
        same(&row[0], &quote::ascii(&shown), &row[2])
    });
}

#[test]
fn containers_are_written_as_in_python() {
    compare("reprs", |row| same(&row[0], &repr(&value(&row[0])), &row[1]));
}

#[test]
fn cells_show_values_as_in_ipython() {
    compare("values", |row| same(&row[0], &display(&value(&row[0])), &row[1]));
}

#[test]
fn format_specs_mean_what_they_mean_in_python() {
    compare("specs", |row| {
        let spec = row[1].as_str().expect("a spec");
        same_outcome(&format!("{} {spec:?}", row[0]), format_value(&value(&row[0]), spec), &row[2])
    });
}

#[test]
fn percent_formats_as_in_python() {
    compare("percents", |row| {
        let template = row[0].as_str().expect("a template");
        same_outcome(&format!("{template} {}", row[1]), percent::percent(template, &value(&row[1])), &row[2])
    });
}

#[test]
fn a_container_inside_itself_is_marked() {
    let list = Value::list([Value::Int(1)]);
    if let Value::List(inner) = &list {
        inner.0.lock().push(list.clone());
    }
    assert_eq!(repr(&list), "[1, [...]]");
    assert_eq!(display(&list), "[1, [...]]");
}
