//! Plain values as payloads of the graph.

use std::any::Any;
use std::io;

use rdk_graph::{Data, Payload};

use crate::travel;
use crate::value::Value;

/// A value of the language as the result of a task.
pub struct Plain(pub Value);

impl Data for Plain {
    fn n_bytes(&self) -> usize {
        let mut steps = MOST_STEPS;
        n_bytes(&self.0, &mut steps, 0)
    }

    fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let bytes = travel::pack(&self.0).map_err(|error| io::Error::other(error.0.message))?;
        to.write_all(&bytes)
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        read
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn read(from: &mut dyn io::Read) -> io::Result<Payload> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    let value = travel::unpack(&bytes).map_err(|error| io::Error::other(error.0.message))?;
    Ok(Payload::new(Plain(value)))
}

/// How many values are looked at; what comes after is taken to be like what came before.
const MOST_STEPS: usize = 1000;

/// How much memory a value holds: exactly if it is small, by its first parts if it is large.
fn n_bytes(value: &Value, steps: &mut usize, depth: usize) -> usize {
    let own = size_of::<Value>();
    *steps = steps.saturating_sub(1);
    own + match value {
        Value::Str(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::BigInt(number) => number.bits() as usize / 8,
        Value::Object(object) => object.n_bytes(),
        Value::Tuple(items) => several(items.len(), items.iter(), steps, depth),
        Value::List(list) => {
            let items = list.0.lock();
            let looked_at: Vec<Value> = items.iter().take(*steps).cloned().collect();
            let n = items.len();
            drop(items);
            several(n, looked_at.iter(), steps, depth)
        }
        Value::Dict(dict) => {
            let items = dict.0.lock();
            let n = items.len() * 2;
            let looked_at: Vec<Value> =
                items.iter().take(*steps / 2).flat_map(|(key, value)| [key.value().clone(), value.clone()]).collect();
            drop(items);
            several(n, looked_at.iter(), steps, depth) + n * 16
        }
        Value::Set(set) => {
            let items = set.items.lock();
            let looked_at: Vec<Value> = items.iter().take(*steps).map(|key| key.value().clone()).collect();
            let n = items.len();
            drop(items);
            several(n, looked_at.iter(), steps, depth) + n * 16
        }
        Value::None
        | Value::Ellipsis
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Complex(_)
        | Value::Range(_)
        | Value::Slice(_)
        | Value::Function(_)
        | Value::Builtin(_)
        | Value::Method(_)
        | Value::Module(_)
        | Value::Class(_)
        | Value::Exception(_)
        | Value::Iter(_)
        | Value::Lazy(_) => 0,
    }
}

fn several<'a>(n: usize, items: impl Iterator<Item = &'a Value>, steps: &mut usize, depth: usize) -> usize {
    // Deep inside, or in something that contains itself, the items count as themselves only.
    if depth > 16 {
        return n * size_of::<Value>();
    }
    let (mut total, mut looked_at) = (0, 0);
    for item in items {
        if *steps == 0 {
            break;
        }
        total += n_bytes(item, steps, depth + 1);
        looked_at += 1;
    }
    if looked_at == 0 { n * size_of::<Value>() } else { (total as f64 / looked_at as f64 * n as f64) as usize }
}
