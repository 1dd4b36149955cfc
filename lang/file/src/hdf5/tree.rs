//! What a file that is being written holds: groups, datasets and links by their paths. It becomes a file in one go, under another name first.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use rdk_array::shape::size;
use rdk_runtime::{Result, bail};

use super::attribute::{Attribute, Heap};
use super::carry::{hindrance, hindrance_of_group};
use super::content::{Content, Data, packing_of};
use super::extra::Target;
use super::kind::Kind;
use super::store::check_room;
use super::walk::{Link, Walker, What};
use super::{read, texts};

/// A group, a dataset or a link.
#[derive(Clone)]
pub struct Item {
    /// Its attributes, by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// The dataset, if it is one.
    pub content: Option<Content>,
    /// Where it leads, if it is a link.
    pub link: Option<Target>,
    /// Why it cannot be written again as it is, if it cannot.
    pub lost: Option<String>,
}

/// Everything in a file, by absolute path; the root is `/`.
#[derive(Clone)]
pub struct Tree {
    /// Groups, datasets and links.
    pub items: BTreeMap<String, Item>,
    /// Has anything been changed that is not in the file yet?
    pub changed: bool,
    /// How often something has been changed.
    pub revision: u64,
    /// Datasets of texts of any length that nobody has looked at: before the first change each has to be UTF-8, and is counted in `held`.
    pub texts: Vec<String>,
    /// What of the file would not be there any more if it was written again, as the beginning of a sentence.
    pub lost: Option<String>,
    /// Bytes of the kept datasets that are held in memory while it is written.
    pub held: u128,
    /// Bytes that there is room for.
    pub room: u64,
}

impl Item {
    /// A group without attributes.
    pub fn group() -> Item {
        Item { attributes: BTreeMap::new(), content: None, link: None, lost: None }
    }

    /// An error if it could not be written.
    pub fn check(&self, path: &str) -> Result<()> {
        if let Some(why) = &self.lost {
            bail!(OSError: "dataset '{path}' cannot be written again as it is: {why}"; hint: "copy what is needed of it: its elements, or single fields");
        }
        self.attributes.iter().try_for_each(|(name, value)| value.message(name, &mut Heap::new(0)).map(|_| ()))?;
        self.content.as_ref().map_or(Ok(()), |content| content.packing.check())
    }

    /// A dataset without attributes.
    pub fn dataset(content: Content) -> Item {
        Item { content: Some(content), ..Item::group() }
    }

    /// A link.
    pub fn link(target: Target) -> Item {
        Item { link: Some(target), ..Item::group() }
    }
}

/// Where a path ends.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// At a group or dataset, by this path.
    Here(String),
    /// In another file, by a path there.
    Elsewhere(String, String),
    /// The name is there, and leads to nothing.
    Nowhere,
}

/// So many links are followed from one to the next.
const DEEP: usize = 40;

/// The path of a member.
pub fn join(path: &str, name: &str) -> String {
    let mut parts: Vec<&str> = if name.starts_with('/') { Vec::new() } else { path.split('/').collect() };
    parts.extend(name.split('/'));
    parts.retain(|part| !part.is_empty() && *part != ".");
    format!("/{}", parts.join("/"))
}

/// The group that something is in, and its name there.
pub fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((group, name)) => (group, name),
        None => ("/", path),
    }
}

impl Tree {
    /// Nothing but the root.
    pub fn empty() -> Tree {
        Tree {
            items: BTreeMap::from([("/".to_string(), Item::group())]),
            changed: true,
            revision: 0,
            texts: Vec::new(),
            lost: None,
            held: 0,
            room: u64::MAX,
        }
    }

    /// What a file holds; its datasets stay there.
    pub fn of_file(path: &Path, file: &hdf5_pure::File) -> Result<Tree> {
        let mut tree = Tree::empty();
        tree.changed = false;
        let walker = Walker::open(path)?;
        if walker.superblock != 0 {
            tree.lost = Some("the user block that it begins with".to_string());
        }
        // An object that several names lead to is the one that is found first.
        let mut known: HashMap<u64, String> = HashMap::new();
        let mut open = match walker.find("/")? {
            Some(super::walk::Place::Here(_, address, _)) => vec![("/".to_string(), address)],
            _ => Vec::new(),
        };
        while let Some((name, address)) = open.pop() {
            known.insert(address, name.clone());
            let wrong = |error| read::fault(path, &name, error);
            let what = walker.what(address)?;
            let mut lost = None;
            let (types, values, content) = match what {
                What::Dataset => {
                    let dataset = file.dataset(&name).map_err(wrong)?;
                    let located = read::locate(path, &name, &dataset)?;
                    let (messages, _) = walker.header(address)?;
                    lost = hindrance(&dataset, &located, &messages);
                    if let Some(why) = &lost {
                        tree.lost.get_or_insert_with(|| format!("dataset '{name}' ({why})"));
                    }
                    let packing = packing_of(&located, &messages);
                    let item = located.item().unwrap_or(0);
                    let n_bytes = size(&located.shape).saturating_mul(item as u128);
                    if located.kind == Kind::Text(None) {
                        tree.texts.push(name.clone());
                    }
                    let content = Content { packing, data: Data::Kept(Arc::new(located)) };
                    if !content.has_room() {
                        tree.held = tree.held.saturating_add(n_bytes);
                    }
                    (dataset.attr_datatypes().map_err(wrong)?, dataset.attrs().map_err(wrong)?, Some(content))
                }
                What::Group => {
                    let (messages, _) = walker.header(address)?;
                    if let Some(why) = hindrance_of_group(&messages) {
                        tree.lost.get_or_insert_with(|| format!("group '{name}' ({why})"));
                    }
                    let group = if name == "/" { file.root() } else { file.group(&name).map_err(wrong)? };
                    (group.attr_datatypes().map_err(wrong)?, group.attrs().map_err(wrong)?, None)
                }
                What::Other => {
                    tree.lost.get_or_insert_with(|| format!("'{name}' is a type with a name, which"));
                    continue;
                }
            };
            let mut attributes = BTreeMap::new();
            for raw in walker.attributes(address)? {
                let attribute = raw.name.clone();
                let value = Attribute::of_file(raw, types.get(&attribute), values.get(&attribute), &walker);
                if value == Attribute::Lost {
                    tree.lost.get_or_insert_with(|| format!("attribute '{attribute}' of '{name}' is of a kind that"));
                }
                attributes.insert(attribute, value);
            }
            tree.items.insert(name.clone(), Item { attributes, content, link: None, lost });
            if what != What::Group {
                continue;
            }
            for (member, link) in walker.links(address)? {
                let full = join(&name, &member);
                let target = match link {
                    Link::Hard(to) => match known.get(&to) {
                        Some(first) => Target::Hard(first.clone()),
                        None => {
                            known.insert(to, full.clone());
                            open.push((full, to));
                            continue;
                        }
                    },
                    Link::Soft(to) => Target::Soft(to),
                    Link::External(file, to) => Target::External(file, to),
                };
                tree.items.insert(full, Item::link(target));
            }
        }
        Ok(tree)
    }

    /// An error if something of the file would be lost by writing it again.
    pub fn check_writable(&mut self) -> Result<()> {
        for name in std::mem::take(&mut self.texts) {
            let Some(Item { content: Some(Content { data: Data::Kept(located), .. }), .. }) = self.items.get(&name)
            else {
                continue;
            };
            match texts::n_bytes_if_text(located) {
                Ok(Some(n_bytes)) => self.held = self.held.saturating_add(n_bytes),
                Ok(None) | Err(_) => {
                    self.lost.get_or_insert_with(|| format!("dataset '{name}' ({})", texts::NOT_TEXT));
                }
            }
        }
        if let Some(what) = &self.lost {
            bail!(OSError: "Unable to change the file ({what} cannot be written again)"; hint: "a change writes the whole file anew, and this would be lost: write to another file");
        }
        let hint = "write what is new to another file: an `h5py.ExternalLink` leads from one to the other";
        check_room("what the file holds is written anew with every change, also what is", self.held, self.room, hint)
    }

    /// Says that something is changed.
    pub fn touch(&mut self) {
        self.changed = true;
        self.revision += 1;
    }

    /// Where a path ends, whatever links it leads over; `None` where a name is not there.
    pub fn find(&self, path: &str) -> Option<End> {
        if self.items.get(path).is_some_and(|item| item.link.is_none()) {
            return Some(End::Here(path.to_string()));
        }
        let mut open: Vec<String> = path.split('/').rev().filter(|part| !part.is_empty()).map(str::to_string).collect();
        let (mut at, mut followed) = ("/".to_string(), 0);
        while let Some(name) = open.pop().filter(|_| followed <= DEEP) {
            if name == "." {
                continue;
            }
            let next = join(&at, &name);
            match self.items.get(&next).map(|item| &item.link) {
                None => return (followed > 0).then_some(End::Nowhere),
                Some(None) => at = next,
                Some(Some(Target::Hard(target))) => at = target.clone(),
                Some(Some(Target::Soft(target))) => {
                    followed += 1;
                    if target.starts_with('/') {
                        at = "/".to_string();
                    }
                    open.extend(target.split('/').rev().filter(|part| !part.is_empty()).map(str::to_string));
                }
                Some(Some(Target::External(file, target))) => {
                    open.reverse();
                    return Some(End::Elsewhere(file.clone(), join(target, &open.join("/"))));
                }
            }
        }
        Some(if followed > DEEP { End::Nowhere } else { End::Here(at) })
    }

    /// The group or dataset that a path leads to.
    pub fn item(&self, path: &str) -> Option<&Item> {
        match self.find(path)? {
            End::Here(path) => self.items.get(&path),
            End::Elsewhere(..) | End::Nowhere => None,
        }
    }

    /// The same, to be changed.
    pub fn item_mut(&mut self, path: &str) -> Option<&mut Item> {
        match self.find(path)? {
            End::Here(path) => self.items.get_mut(&path),
            End::Elsewhere(..) | End::Nowhere => None,
        }
    }

    /// The path of a name in the group that it is in, whatever links lead to the group.
    fn own(&self, path: &str) -> String {
        let (group, name) = split(path);
        match self.find(group) {
            Some(End::Here(group)) => join(&group, name),
            _ => path.to_string(),
        }
    }

    /// What stands under a name itself, be it a link.
    pub fn named(&self, path: &str) -> Option<&Item> {
        self.items.get(&self.own(path))
    }

    /// The names of a group's members, in order.
    pub fn members(&self, group: &str) -> Vec<String> {
        let Some(End::Here(group)) = self.find(group) else { return Vec::new() };
        let inside = self.items.keys().filter(|path| *path != "/" && split(path).0 == group);
        inside.map(|path| split(path).1.to_string()).collect()
    }

    /// Adds something, and the groups that it is in.
    pub fn add(&mut self, path: &str, item: Item) -> Result<()> {
        let path = self.own(path);
        item.check(&path)?;
        if self.items.contains_key(&path) {
            let what = match (&item.content, &item.link) {
                (Some(_), _) => "dataset",
                (None, Some(_)) => "link",
                (None, None) => "group",
            };
            bail!("Unable to synchronously create {what} (name already exists)"; hint: "`{path}` is there already; `del f[\"{path}\"]` takes it away");
        }
        let mut group = split(&path).0.to_string();
        while group != "/" {
            match self.items.get(&group) {
                Some(Item { content: Some(_), .. }) => {
                    bail!("Unable to create a member of `{group}`, which is a dataset")
                }
                Some(Item { link: Some(_), .. }) => bail!("Unable to create a member of `{group}`, which is a link"),
                Some(_) => break,
                None => {
                    self.items.insert(group.clone(), Item::group());
                    group = split(&group).0.to_string();
                }
            }
        }
        self.items.insert(path, item);
        self.touch();
        Ok(())
    }

    /// Takes a name away, with all that only it leads to; was it there?
    pub fn remove(&mut self, path: &str) -> bool {
        let path = self.own(path);
        if path == "/" || !self.items.contains_key(&path) {
            return false;
        }
        self.touch();
        let inside = format!("{path}/");
        let is_inside = |other: &str| other == path || other.starts_with(&inside);
        // What other links lead to lives on under their names.
        let heir = self.items.iter().find_map(|(from, item)| match &item.link {
            Some(Target::Hard(to)) if is_inside(to) && !is_inside(from) => Some((from.clone(), to.clone())),
            _ => None,
        });
        match heir {
            Some((from, to)) => {
                self.items.remove(&from);
                self.shift(&to, &from);
                // The name itself may have been what went over to the heir.
                if to != path {
                    self.remove(&path);
                }
            }
            None => self.items.retain(|other, _| !is_inside(other)),
        }
        true
    }

    /// Gives something another name.
    pub fn rename(&mut self, path: &str, to: &str) -> Result<()> {
        let path = self.own(path);
        if path == "/" || !self.items.contains_key(&path) {
            bail!("Unable to move link (name doesn't exist)"; hint: "there is no `{path}`");
        }
        if self.own(to).starts_with(&format!("{path}/")) {
            bail!("Unable to move link (a group cannot be moved into itself)");
        }
        // The groups that it comes to be in are made.
        self.add(to, Item::group()).map_err(|_| rdk_runtime::error!("Unable to move link (name already exists)"))?;
        let to = self.own(to);
        self.items.remove(&to);
        self.shift(&path, &to);
        Ok(())
    }

    /// Puts everything that stands under a path under another one.
    fn shift(&mut self, from: &str, to: &str) {
        let inside = format!("{from}/");
        let moved = |path: &str| match path.strip_prefix(&inside) {
            Some(rest) => Some(format!("{to}/{rest}")),
            None => (path == from).then(|| to.to_string()),
        };
        let items = std::mem::take(&mut self.items);
        self.items = items
            .into_iter()
            .map(|(path, mut item)| {
                if let Some(Target::Hard(target)) = &mut item.link
                    && let Some(new) = moved(target)
                {
                    *target = new;
                }
                (moved(&path).unwrap_or(path), item)
            })
            .collect();
        self.touch();
    }

    /// Everything that stands under a path, by the paths from there on; links lead where they led.
    pub fn below(&self, path: &str) -> Vec<(String, Item)> {
        let Some(End::Here(path)) = self.find(path) else { return Vec::new() };
        let inside = if path == "/" { path.clone() } else { format!("{path}/") };
        let own = self.items.get(&path).map(|item| (String::new(), item.clone()));
        let below = self.items.iter().filter(|(other, _)| **other != path);
        let below = below.filter_map(|(other, item)| Some((other.strip_prefix(&inside)?.to_string(), item.clone())));
        own.into_iter().chain(below).collect()
    }
}
