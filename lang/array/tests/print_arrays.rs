//! Arrays print as NumPy 2 prints them: every case of the oracle file.

use rdk_array::show::{FloatMode, Number, PrintOptions, repr, str};
use serde_json::Value;

/// The element of a number, from the bytes in which NumPy keeps the array.
fn element(dtype: &str, data: &[u8], at: usize) -> Number {
    macro_rules! read {
        ($type:ty, $part:expr) => {{
            const N: usize = std::mem::size_of::<$type>();
            let from = $part * N;
            <$type>::from_le_bytes(data[from..from + N].try_into().expect("the slice has that length"))
        }};
    }
    match dtype {
        "bool" => Number::Bool(data[at] != 0),
        "int8" => Number::Int(read!(i8, at).into()),
        "int16" => Number::Int(read!(i16, at).into()),
        "int32" => Number::Int(read!(i32, at).into()),
        "int64" => Number::Int(read!(i64, at).into()),
        "uint8" => Number::Int(read!(u8, at).into()),
        "uint16" => Number::Int(read!(u16, at).into()),
        "uint32" => Number::Int(read!(u32, at).into()),
        "uint64" => Number::Int(read!(u64, at).into()),
        "float32" => Number::F32(read!(f32, at)),
        "float64" => Number::F64(read!(f64, at)),
        "complex64" => Number::C64(read!(f32, 2 * at), read!(f32, 2 * at + 1)),
        "complex128" => Number::C128(read!(f64, 2 * at), read!(f64, 2 * at + 1)),
        other => panic!("no dtype {other}"),
    }
}

fn options(given: &Value) -> PrintOptions {
    let mut options = PrintOptions::new();
    for (name, value) in given.as_object().expect("options are an object") {
        let number = value.as_u64().unwrap_or(0) as usize;
        let text = value.as_str().unwrap_or("").to_string();
        match name.as_str() {
            "precision" => options.precision = number,
            "threshold" => options.threshold = number,
            "edgeitems" => options.edge_items = number,
            "linewidth" => options.line_width = number,
            "suppress" => options.suppress = value.as_bool().unwrap_or(false),
            "nanstr" => options.nan = text,
            "infstr" => options.inf = text,
            "floatmode" => {
                options.float_mode = match text.as_str() {
                    "fixed" => FloatMode::Fixed,
                    "unique" => FloatMode::Unique,
                    "maxprec" => FloatMode::MaxPrecision,
                    _ => FloatMode::MaxPrecisionEqual,
                }
            }
            other => panic!("no option {other}"),
        }
    }
    options
}

#[test]
fn arrays_print_as_numpy_prints_them() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/oracle/print_arrays.json")).expect("the oracle is JSON");
    let mut wrong = Vec::new();
    for case in &cases {
        let text = |name: &str| case[name].as_str().expect("a text").to_string();
        let shape: Vec<usize> =
            case["shape"].as_array().expect("a list").iter().map(|n| n.as_u64().expect("a length") as usize).collect();
        let hex = text("data");
        let data: Vec<u8> =
            (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex")).collect();
        let dtype = text("dtype");
        let options = options(&case["options"]);
        let element = |at| element(&dtype, &data, at);
        for (got, expected) in
            [(repr(&shape, &dtype, &element, &options), text("repr")), (str(&shape, &element, &options), text("str"))]
        {
            if got != expected {
                wrong.push(format!("{dtype} {shape:?} {}\ngot:\n{got}\nexpected:\n{expected}", case["options"]));
            }
        }
    }
    let shown = wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {} texts differ\n{shown}", wrong.len(), 2 * cases.len());
}
