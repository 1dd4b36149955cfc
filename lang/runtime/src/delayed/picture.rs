//! Looking at the graph of lazy values: `.dask` as a mapping, `visualize` as a drawing.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_graph::{Graph, TaskId};
use rdk_summary::{Diagram, Direction, Node, NodeShape, Summary};
use rustc_hash::{FxHashMap, FxHashSet};

use super::KeyOf;
use crate::class::{Class, ClassRef};
use crate::compute;
use crate::context::Context;
use crate::error::Result;
use crate::object::{Lowering, Object};
use crate::value::Value;
use crate::{bail, error};

/// `.dask`: the keys of the tasks, and what each does.
pub struct GraphView {
    keys: Vec<Value>,
    tasks: Vec<Value>,
}

impl GraphView {
    /// The graph of these lazy values, with all that they ask for.
    pub fn of(values: &[Value]) -> Result<GraphView> {
        let (mut lowering, _) = compute::lower_for_looks(values)?;
        let n = lowering.graph.tasks().len();
        let keys: Vec<Value> = (0..n).map(|at| key_of(&mut lowering, at)).collect();
        let tasks = lowering.graph.tasks().iter().enumerate().map(|(at, task)| {
            let key = crate::show::text(&keys[at]);
            Value::str(match lowering.graph.ready(TaskId(at as u32)) {
                Some(_) => format!("<Data '{key}'>"),
                None if task.inputs.is_empty() => format!("<Task '{key}' {}(...)>", task.operation.name()),
                None => {
                    let inputs: Vec<String> =
                        task.inputs.iter().map(|input| crate::show::text(&keys[input.0 as usize])).collect();
                    format!("<Task '{key}' {}({})>", task.operation.name(), inputs.join(", "))
                }
            })
        });
        let tasks = tasks.collect();
        Ok(GraphView { keys, tasks })
    }

    /// What the tasks of one operation have in common in their keys, and how many there are.
    fn layers(&self) -> Vec<(String, usize)> {
        let mut layers: Vec<(String, usize)> = Vec::new();
        let mut known: FxHashMap<String, usize> = FxHashMap::default();
        for key in &self.keys {
            let name = match key {
                Value::Tuple(parts) => parts.first().map(crate::show::text).unwrap_or_default(),
                other => crate::show::text(other),
            };
            let at = *known.entry(name.clone()).or_insert_with(|| {
                layers.push((name, 0));
                layers.len() - 1
            });
            layers[at].1 += 1;
        }
        layers
    }

    fn position(&self, context: &Context, key: &Value) -> Result<Option<usize>> {
        for (at, known) in self.keys.iter().enumerate() {
            if crate::operators::equal(context, known, key)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }
}

/// A key as Dask writes it: `'add-3f…'`, or with the number of its chunk `('ones-3f…', 0, 2)`.
fn key_of(lowering: &mut Lowering, at: usize) -> Value {
    let known = lowering.note::<KeyOf>().texts.get(&TaskId(at as u32)).cloned();
    let key = &lowering.graph.tasks()[at].key;
    let name = known.unwrap_or_else(|| key.to_string());
    if key.index.is_empty() {
        return Value::str(name);
    }
    let index = key.index.iter().map(|&at| Value::Int(i64::from(at)));
    Value::tuple(std::iter::once(Value::str(name)).chain(index))
}

impl Object for GraphView {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
            let doc = "The tasks of a lazy value: a mapping of keys to what they do.";
            Arc::new(Class::new("HighLevelGraph", "dask.highlevelgraph", doc).methods(members::builtins()))
        });
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        const MOST: usize = 20;
        let layers = self.layers();
        let s = if layers.len() == 1 { "" } else { "s" };
        let mut text = format!("HighLevelGraph with {} layer{s}.", layers.len());
        for (at, (name, _)) in layers.iter().take(MOST).enumerate() {
            text.push_str(&format!("\n {at}. {name}"));
        }
        if layers.len() > MOST {
            text.push_str("\n …");
        }
        text
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.keys.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::list(self.keys.iter().cloned())))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        Some(self.position(context, item).map(|at| at.is_some()))
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(match self.position(context, index) {
            Ok(Some(at)) => Ok(self.tasks[at].clone()),
            Ok(None) => Err(crate::types::key_error(index)),
            Err(error) => Err(error),
        })
    }
}

impl crate::convert::FromValue for Parts {
    fn expected() -> &'static str {
        "a graph"
    }

    fn from_value(value: &Value) -> Option<Parts> {
        let view = value.get::<GraphView>()?;
        Some(Parts { keys: view.keys.clone(), tasks: view.tasks.clone() })
    }
}

/// Keys and tasks of a graph, for its methods.
struct Parts {
    keys: Vec<Value>,
    tasks: Vec<Value>,
}

mod members {
    use super::{Parts, Value};

    crate::builtins! {
        /// The keys of the tasks.
        fn keys(this: Parts) -> Value { Value::list(this.keys) }

        /// What each task does.
        fn values(this: Parts) -> Value { Value::list(this.tasks) }

        /// Pairs of a key and what its task does.
        fn items(this: Parts) -> Value { Value::list(this.keys.into_iter().zip(this.tasks).map(|(key, task)| Value::tuple([key, task]))) }
    }
}

/// A drawing as a value: what `visualize` gives.
struct Picture(Diagram);

impl Object for Picture {
    fn class(&self) -> ClassRef {
        static CLASS: LazyLock<ClassRef> =
            LazyLock::new(|| Arc::new(Class::new("Graph", "dask", "A drawing of a task graph.")));
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let tasks =
            self.0.nodes.iter().filter(|node| node.shape == NodeShape::Task).map(|node| node.count).sum::<usize>();
        let s = if tasks == 1 { "" } else { "s" };
        format!("<drawing of a graph of {tasks} task{s}>")
    }

    fn summary(&self) -> Summary {
        Summary::Graph(self.0.clone())
    }
}

/// A graph of more tasks than this is drawn with a node for each operation.
const MANY: usize = 300;
/// More boxes and circles than this are not drawn.
const MOST_NODES: usize = 5000;

/// How a graph is to be drawn.
#[derive(Default)]
pub struct Draw {
    /// Where it is written.
    pub filename: Option<String>,
    /// How it is written.
    pub format: Option<String>,
    /// Which way data flows.
    pub rankdir: Option<String>,
    /// The tasks that would run, rather than those that were asked for.
    pub optimize_graph: bool,
    /// `chunks` or `operations`.
    pub level: Option<String>,
    /// Only what this chunk of the result is made of.
    pub chunk: Option<Vec<i64>>,
}

/// `visualize(values, filename=…)`: the graph as a drawing, perhaps written to a file.
pub fn visualize(context: &Context, values: &[Value], draw: Draw) -> Result<Value> {
    let Draw { filename, format, rankdir, optimize_graph, level, chunk } = draw;
    let mut inputs = super::Inputs::default();
    for value in values {
        super::template::take(context, value, &mut inputs)?;
    }
    let lazies: Vec<Value> = inputs
        .0
        .into_iter()
        .map(|input| match input {
            super::Input::Node(node) => Value::Lazy(Arc::new(super::Delayed(node))),
            super::Input::Other(lazy) => Value::Lazy(lazy),
        })
        .collect();
    if lazies.is_empty() {
        bail!(TypeError: "there is nothing lazy to draw"; hint: "`delayed(f)(x).visualize()` draws the graph of a lazy call");
    }
    let by_operation = match level.as_deref() {
        None => None,
        Some("operations") => Some(true),
        Some("chunks") => Some(false),
        Some(other) => bail!("unknown level `{other}`"; hint: "`level` is \"operations\" or \"chunks\""),
    };
    let mut diagram = diagram(&lazies, optimize_graph, by_operation, chunk.as_deref())?;
    diagram.direction = match rankdir.as_deref() {
        None | Some("BT") => Direction::BottomToTop,
        Some("TB") => Direction::TopToBottom,
        Some("LR") => Direction::LeftToRight,
        Some("RL") => Direction::RightToLeft,
        Some(other) => {
            bail!("unknown direction `{other}`"; hint: "`rankdir` is one of \"BT\", \"TB\", \"LR\" and \"RL\"")
        }
    };
    let path = match (filename, format) {
        (Some(name), Some(format)) if !name.ends_with(&format!(".{format}")) => Some(format!("{name}.{format}")),
        (name, _) => name,
    };
    if let Some(path) = path {
        write(&path, &diagram)?;
    }
    Ok(Value::object(Picture(diagram)))
}

/// Circles for tasks, boxes for their results; or a circle for each operation.
fn diagram(values: &[Value], optimized: bool, by_operation: Option<bool>, chunk: Option<&[i64]>) -> Result<Diagram> {
    let (lowering, tasks) = if optimized { compute::lower(values)? } else { compute::lower_for_looks(values)? };
    let graph = &lowering.graph;
    let mut left: Vec<TaskId> = tasks.into_iter().flatten().collect();
    if let Some(chunk) = chunk {
        let is_it = |id: &TaskId| {
            let index = &graph.tasks()[id.0 as usize].key.index;
            index.len() == chunk.len() && index.iter().zip(chunk).all(|(&at, &wanted)| i64::from(at) == wanted)
        };
        left.retain(is_it);
        if left.is_empty() {
            let text: Vec<String> = chunk.iter().map(i64::to_string).collect();
            bail!(IndexError: "there is no chunk ({})", text.join(", "); hint: "`x.numblocks` says how many there are along each axis, counted from 0");
        }
    }
    // Only what the outputs need: lowering may have left more.
    let mut needed = vec![false; graph.tasks().len()];
    while let Some(id) = left.pop() {
        if !std::mem::replace(&mut needed[id.0 as usize], true) {
            left.extend(graph.tasks()[id.0 as usize].inputs.iter().copied());
        }
    }
    let count = needed.iter().filter(|needed| **needed).count();
    let diagram =
        if by_operation.unwrap_or(count > MANY) { operations(graph, &needed) } else { chunks(graph, &needed) };
    if diagram.nodes.len() > MOST_NODES {
        bail!("the graph has {count} tasks, at most {MOST_NODES} can be drawn"; hint: "draw a smaller one of the same kind: larger chunks, fewer calls");
    }
    Ok(diagram)
}

/// Each task, and its result.
fn chunks(graph: &Graph, needed: &[bool]) -> Diagram {
    let mut diagram = Diagram::default();
    let mut result_of = vec![0; needed.len()];
    for (at, task) in graph.tasks().iter().enumerate() {
        if !needed[at] {
            continue;
        }
        let is_ready = graph.ready(TaskId(at as u32)).is_some();
        if !is_ready {
            let label = task.operation.name().to_string();
            diagram.nodes.push(Node { label, shape: NodeShape::Task, count: 1 });
            let circle = diagram.nodes.len() - 1;
            diagram.edges.extend(task.inputs.iter().map(|input| (result_of[input.0 as usize], circle)));
            diagram.edges.push((circle, circle + 1));
        }
        let index: Vec<String> = task.key.index.iter().map(u32::to_string).collect();
        let label = match (is_ready, index.is_empty()) {
            (_, false) => index.join(", "),
            (true, true) => task.key.name.to_string(),
            (false, true) => String::new(),
        };
        diagram.nodes.push(Node { label, shape: NodeShape::Data, count: 1 });
        result_of[at] = diagram.nodes.len() - 1;
    }
    diagram
}

/// A node for all tasks of the same name and token, with their number. Calls that have no chunks are one if they are of one function
/// and as far from the beginning.
fn operations(graph: &Graph, needed: &[bool]) -> Diagram {
    let mut diagram = Diagram::default();
    let mut known: FxHashMap<(&str, Option<rdk_graph::Token>, u32), usize> = FxHashMap::default();
    let mut depth = vec![0u32; needed.len()];
    let mut node_of = vec![0; needed.len()];
    let mut edges = FxHashSet::default();
    for (at, task) in graph.tasks().iter().enumerate() {
        if !needed[at] {
            continue;
        }
        let shape = if graph.ready(TaskId(at as u32)).is_some() { NodeShape::Data } else { NodeShape::Task };
        depth[at] = task.inputs.iter().map(|input| depth[input.0 as usize] + 1).max().unwrap_or(0);
        let key = match task.key.index.is_empty() {
            true => (&*task.key.name, None, depth[at]),
            false => (&*task.key.name, Some(task.key.token), 0),
        };
        let node = *known.entry(key).or_insert_with(|| {
            diagram.nodes.push(Node { label: task.operation.name().to_string(), shape, count: 0 });
            diagram.nodes.len() - 1
        });
        if shape == NodeShape::Data {
            diagram.nodes[node].label = task.key.name.to_string();
        }
        diagram.nodes[node].count += 1;
        node_of[at] = node;
        for input in &task.inputs {
            let from = node_of[input.0 as usize];
            if from != node && edges.insert((from, node)) {
                diagram.edges.push((from, node));
            }
        }
    }
    diagram
}

fn write(path: &str, diagram: &Diagram) -> Result<()> {
    if !path.ends_with(".svg") {
        let kind = path.rsplit_once('.').map_or("no ending", |(_, ending)| ending);
        return Err(error!("graphs are written as SVG, got {kind}"; hint: "`filename=\"graph.svg\"`"));
    }
    let svg = rdk_summary::svg::diagram_svg(diagram);
    std::fs::write(path, svg).map_err(|failure| error!(OSError: "cannot write `{path}`: {failure}"))
}
