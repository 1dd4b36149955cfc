//! Looking at the graph of lazy values: `.dask` as a mapping, `visualize` as a drawing.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_graph::TaskId;
use rdk_summary::{Diagram, Direction, Node, NodeShape, Summary};

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
        let s = if self.keys.len() == 1 { "" } else { "s" };
        let mut text = format!("HighLevelGraph with {} task{s}.", self.keys.len());
        for (at, key) in self.keys.iter().take(20).enumerate() {
            text.push_str(&format!("\n {at}. {}", crate::show::text(key)));
        }
        if self.keys.len() > 20 {
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
        let tasks = self.0.nodes.iter().filter(|node| node.shape == NodeShape::Task).count();
        let s = if tasks == 1 { "" } else { "s" };
        format!("<drawing of a graph of {tasks} task{s}>")
    }

    fn summary(&self) -> Summary {
        Summary::Graph(self.0.clone())
    }
}

/// More boxes and circles than this are not drawn.
const MOST_NODES: usize = 5000;

/// `visualize(values, filename=…)`: the graph as a drawing, perhaps written to a file.
pub fn visualize(
    context: &Context,
    values: &[Value],
    filename: Option<String>,
    format: Option<String>,
    rankdir: Option<String>,
) -> Result<Value> {
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
    let mut diagram = diagram(&lazies)?;
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

/// Circles for tasks, boxes for their results.
pub fn diagram(values: &[Value]) -> Result<Diagram> {
    let (lowering, tasks) = compute::lower_for_looks(values)?;
    let graph = &lowering.graph;
    // Only what the outputs need: lowering may have left more.
    let mut needed = vec![false; graph.tasks().len()];
    let mut left: Vec<TaskId> = tasks.into_iter().flatten().collect();
    while let Some(id) = left.pop() {
        if !std::mem::replace(&mut needed[id.0 as usize], true) {
            left.extend(graph.tasks()[id.0 as usize].inputs.iter().copied());
        }
    }
    let count = needed.iter().filter(|needed| **needed).count();
    if count > MOST_NODES {
        bail!("the graph has {count} tasks, at most {MOST_NODES} can be drawn"; hint: "draw a smaller one of the same kind: larger chunks, fewer calls");
    }
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
    Ok(diagram)
}

fn write(path: &str, diagram: &Diagram) -> Result<()> {
    if !path.ends_with(".svg") {
        let kind = path.rsplit_once('.').map_or("no ending", |(_, ending)| ending);
        return Err(error!("graphs are written as SVG, got {kind}"; hint: "`filename=\"graph.svg\"`"));
    }
    let svg = rdk_summary::svg::diagram_svg(diagram);
    std::fs::write(path, svg).map_err(|failure| error!(OSError: "cannot write `{path}`: {failure}"))
}
