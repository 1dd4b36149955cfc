//! How arrays are cut, beside what Dask says: `tests/oracle/chunks.py` writes the answers.

use rdk_array::chunks::{AxisChunks, Chunks, ChunksSpec, Normalize, balanced, unify};
use rdk_array::index::{AxisIndex, range};
use rdk_runtime::{FromValue, HashKey, Value};
use serde_json::Value as Json;

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Number(number) => Value::Int(number.as_i64().unwrap()),
        Json::String(text) => Value::str(text),
        Json::Array(items) => Value::tuple(items.iter().map(value)),
        Json::Object(dict) => {
            let pairs = dict["dict"].as_array().unwrap();
            let made = rdk_runtime::Dict::default();
            for pair in pairs {
                made.0.lock().insert(HashKey::new(value(&pair[0])).unwrap(), value(&pair[1]));
            }
            Value::Dict(made.into())
        }
        Json::Bool(flag) => Value::Bool(*flag),
    }
}

fn sizes(json: &Json) -> Vec<usize> {
    json.as_array().unwrap().iter().map(|size| size.as_u64().unwrap() as usize).collect()
}

fn axis(json: &Json) -> AxisChunks {
    AxisChunks::listed(sizes(json))
}

fn grid(json: &Json) -> Chunks {
    json.as_array().unwrap().iter().map(axis).collect()
}

fn shown(chunks: &Chunks) -> Json {
    if chunks.0.iter().map(AxisChunks::count).sum::<usize>() >= 300 {
        return "long".into();
    }
    chunks.0.iter().map(|axis| axis.sizes().collect::<Vec<_>>()).collect::<Vec<_>>().into()
}

fn answer(case: &Json) -> Option<Json> {
    let spec = || ChunksSpec::try_from_value(&value(&case["spec"])).ok();
    let normalized = |previous: Option<&Chunks>| {
        let shape = sizes(&case["shape"]);
        let item_size = case["item"].as_u64().unwrap() as usize;
        let limit = case.get("limit").and_then(Json::as_u64);
        spec()?.normalize(&Normalize { shape: &shape, item_size, previous, limit }).ok().map(|grid| shown(&grid))
    };
    match case["kind"].as_str().unwrap() {
        "normalize" => normalized(None),
        "rechunk" => normalized(Some(&grid(&case["previous"]))),
        "unify" => {
            let grids: Vec<Chunks> = case["arrays"].as_array().unwrap().iter().map(grid).collect();
            Some(shown(&unify(&grids.iter().collect::<Vec<_>>())))
        }
        "slice" => {
            let chunks = axis(&case["chunks"]);
            let part = |at: usize| case["slice"][at].as_i64();
            let Ok(AxisIndex::Range { start, step, length }) = range(part(0), part(1), part(2), chunks.length()) else {
                return None;
            };
            Some(chunks.sliced(start, step, length).sizes().collect::<Vec<_>>().into())
        }
        "balance" => Some(balanced(&axis(&case["chunks"])).sizes().collect::<Vec<_>>().into()),
        kind => panic!("no such kind: {kind}"),
    }
}

#[test]
fn chunks_are_those_of_dask() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/chunks.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let expected = Some(case["result"].clone()).filter(|result| !result.is_null());
        let got = answer(&case);
        if got != expected {
            wrong.push(format!("{line}\n  got {}", got.map_or("an error".into(), |got| got.to_string())));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
