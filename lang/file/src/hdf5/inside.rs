//! What is done with everything inside a group: visits, copies, datasets like others.

use std::sync::Arc;

use rdk_array::eager::NdArray;
use rdk_array::face::parameters::ShapeArg;
use rdk_runtime::convert::describe;
use rdk_runtime::{Args, Context, FromValue, Keywords, Result, Value, bail};

use super::content::Data;
use super::create::create_dataset;
use super::dataset::Dataset;
use super::extra::Target;
use super::face::value;
use super::open::{Ends, Found, Node};
use super::tree::{join, split};
use super::{kind, read};

/// What a function is called with.
#[derive(Clone, Copy, PartialEq)]
pub enum Visit {
    /// Names of objects.
    Names,
    /// Names, and what they stand for.
    Items,
    /// Names of all links.
    Links,
}

/// Calls a function with what is inside, however deep, until it gives something.
pub fn visit(context: &Context, node: &Node, function: &Value, what: Visit) -> Result<Value> {
    let inside = |path: &str| -> Result<Vec<Node>> {
        let names = node.file.members(path)?.into_iter().rev();
        Ok(names.map(|name| Node { file: node.file.clone(), path: join(path, &name) }).collect())
    };
    let mut open = inside(&node.path)?;
    let prefix = if node.path == "/" { 1 } else { node.path.len() + 1 };
    // An object that several names lead to is visited once.
    let mut known: Vec<String> = Vec::new();
    while let Some(next) = open.pop() {
        context.check()?;
        let name = Value::from(next.path[prefix..].to_string());
        let is_hard = matches!(next.file.link(&next.path)?, Some(Target::Hard(_)));
        let found = match next.file.ends(&next.path)? {
            Some(Ends::Here(path, found)) if is_hard && !known.contains(&path) => {
                known.push(path);
                Some(found)
            }
            _ if what == Visit::Links => None,
            _ => continue,
        };
        let args = match (what, found) {
            (Visit::Items, Some(found)) => Args::of([name, value(next.clone(), found)]),
            _ => Args::one(name),
        };
        let answer = context.call(function, args)?;
        if !answer.is_none() {
            return Ok(answer);
        }
        if found == Some(Found::Group) {
            open.extend(inside(&next.path)?);
        }
    }
    Ok(Value::None)
}

/// What a path or an object stands for.
fn named(node: &Node, source: &Value) -> Result<Node> {
    if let Some(dataset) = source.get::<Dataset>() {
        return Ok(dataset.0.clone());
    }
    if let Some(group) = Node::from_value(source) {
        return Ok(group);
    }
    let name = String::try_from_value(source)?;
    match node.member(&name)? {
        Some((node, _)) => Ok(node),
        None => Err(read::missing(&name)),
    }
}

/// What is in a dataset, to be had without it, for the same file or for another one.
pub fn apart(data: &Data, same: bool) -> Result<Data> {
    Ok(match data {
        Data::Numbers(array) => Data::Numbers(Arc::new(NdArray::new(array.chunk().copy()))),
        // What stands in a file would be gone if that was written again.
        Data::Kept(located) => match &located.kind {
            kind::Kind::Number(_) => {
                let chunk = located.read(&vec![0; located.shape.len()], &located.shape)?;
                Data::Numbers(Arc::new(NdArray::new(chunk)))
            }
            kind::Kind::Text(None) => Data::Texts(located.shape.clone(), super::texts::checked(located)?),
            kind::Kind::Text(Some(_)) | kind::Kind::Record { .. } | kind::Kind::Other(_) if same => data.clone(),
            kind::Kind::Text(Some(_)) | kind::Kind::Record { .. } | kind::Kind::Other(_) => {
                Data::Kept(Arc::new(located.loaded()?))
            }
        },
        Data::Texts(..) | Data::Fixed(..) | Data::Reserved(..) => data.clone(),
    })
}

/// Copies a dataset or a group.
pub fn copy(
    node: &Node,
    source: &Value,
    dest: &Value,
    name: Option<String>,
    shallow: bool,
    without_attributes: bool,
) -> Result<()> {
    let source = named(node, source)?;
    let own = split(&source.path).1.to_string();
    let (file, path) = match (Node::from_value(dest), dest.as_str()) {
        (Some(group), _) => (group.file.clone(), join(&group.path, &name.unwrap_or(own))),
        // A path of a group that is there takes the copy in only if a name is said.
        (None, Some(path)) => {
            let path = join(&node.path, path);
            (node.file.clone(), name.map_or(path.clone(), |name| join(&path, &name)))
        }
        (None, None) => bail!(TypeError: "destination must be a path or a group, got {}", describe(dest)),
    };
    let items = source.file.below(&source.path)?;
    if file.ends(&path)?.is_some() {
        bail!(RuntimeError: "Unable to synchronously copy object (destination object already exists)"; hint: "`{path}` is there already");
    }
    let items = items.into_iter().filter(|(inside, _)| !shallow || !inside.contains('/'));
    let items = items.map(|(inside, mut item)| {
        if without_attributes {
            item.attributes.clear();
        }
        if let Some(content) = &mut item.content {
            content.data = apart(&content.data, source.file.same(&file))?;
        }
        Ok((inside, item))
    });
    let items = items.collect::<Result<Vec<_>>>()?;
    file.change(|tree| {
        items.into_iter().try_for_each(|(inside, item)| match inside.is_empty() {
            true => tree.add(&path, item),
            false => tree.add(&join(&path, &inside), item),
        })
    })
}

/// A dataset such as another one.
pub fn like(context: &Context, node: &Node, name: &str, other: &Dataset, update: Keywords) -> Result<Value> {
    let content = other.content()?;
    let kind::Kind::Number(number) = content.kind() else {
        bail!(NotImplementedError: "a dataset of numbers can be made like another one");
    };
    let mut keywords = update;
    let mut shape = Some(ShapeArg(content.shape().into()));
    let mut dtype = Some(Value::str(number.dtype.name()));
    let mut data = None;
    keywords.0.retain(|(name, value)| match &**name {
        "shape" => {
            shape = ShapeArg::from_value(value);
            false
        }
        "dtype" => {
            dtype = Some(value.clone());
            false
        }
        "data" => {
            data = Some(value.clone());
            false
        }
        _ => true,
    });
    let given = |keywords: &Keywords, name: &str| keywords.0.iter().any(|(other, _)| &**other == name);
    let lengths = |lengths: &[usize]| Value::tuple(lengths.iter().map(|&length| Value::from(length)));
    let packing = &content.packing;
    let mut add = |name: &'static str, value: Option<Value>| {
        if let Some(value) = value.filter(|_| !given(&keywords, name)) {
            keywords.0.push((name.into(), value));
        }
    };
    add("chunks", packing.chunks.as_deref().map(lengths));
    add("compression", packing.gzip.map(|_| Value::str("gzip")).or(packing.lzf.then(|| Value::str("lzf"))));
    add("compression_opts", packing.gzip.map(|level| Value::Int(level.into())));
    add("shuffle", packing.shuffle.then_some(Value::Bool(true)));
    add("fletcher32", packing.fletcher32.then_some(Value::Bool(true)));
    let most = packing.maxshape.as_ref().map(|most| Value::tuple(most.iter().map(|&most| Value::from(most))));
    add("maxshape", most);
    add("fillvalue", packing.fill.map(|fill| fill.to_value()));
    create_dataset(context, node, name, shape, dtype, data, keywords)
}
