//! Open files: looked at where they are, or held in memory until they are written.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rdk_array::array::Array;
use rdk_runtime::{Result, bail};

use super::attribute::Attribute;
use super::content::{Content, Data, packing_of};
use super::extra::Target;
use super::read::{self, Located};
use super::tree::{End, Item, Tree, join};
use super::walk::{self, Link, Walker, What};
use crate::fault;
use crate::whole::{beside, replace};

/// A file that is, or was, open.
pub struct OpenFile {
    /// Its path: the real one if it is written, absolute if it is read.
    pub path: PathBuf,
    /// Its path as it was given.
    pub given: PathBuf,
    /// `r`, `r+`.
    pub mode: &'static str,
    state: Mutex<State>,
}

enum State {
    Reading(hdf5_pure::File, Walker),
    /// Shared by all that have opened the file to write to it.
    Writing(Arc<Mutex<Tree>>),
    Closed,
}

/// Files that are being written, by their real paths.
static WRITTEN: Mutex<Vec<(PathBuf, Weak<Mutex<Tree>>)>> = Mutex::new(Vec::new());

/// The path of the file that a path leads to, over whatever links; of one that is not there yet, as far as it is there.
pub fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if let Ok(real) = std::fs::canonicalize(&absolute) {
        return real;
    }
    match (absolute.parent().and_then(|parent| std::fs::canonicalize(parent).ok()), absolute.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        _ => absolute,
    }
}

/// What is being written under this real path by somebody else in this session.
pub fn written(path: &Path) -> Option<Arc<Mutex<Tree>>> {
    let mut written = WRITTEN.lock();
    written.retain(|(_, tree)| tree.strong_count() > 0);
    written.iter().find(|(other, _)| other == path).and_then(|(_, tree)| tree.upgrade())
}

/// Writes what has changed of a tree.
pub fn flush(path: &Path, tree: &mut Tree) -> Result<()> {
    if tree.changed {
        replace(path, |part| tree.write(part))?;
        tree.changed = false;
        settle(path, tree)?;
    }
    Ok(())
}

/// What was kept from the file before is to be found in the new one.
fn settle(path: &Path, tree: &mut Tree) -> Result<()> {
    for (name, item) in &mut tree.items {
        if let Some(Content { data: data @ Data::Kept(_), .. }) = &mut item.content {
            *data = Data::Kept(read::located(path, name)?);
        }
    }
    Ok(())
}

/// The same for a tree that has been changed while the file was made: `names` says what has another name there than it had before.
pub fn settle_as(path: &Path, tree: &mut Tree, names: &HashMap<*const Located, String>) -> Result<()> {
    for item in tree.items.values_mut() {
        if let Some(Content { data: data @ Data::Kept(_), .. }) = &mut item.content
            && let Data::Kept(located) = data
            && !located.in_memory()
        {
            let name = names.get(&Arc::as_ptr(located)).unwrap_or(&located.name);
            *data = Data::Kept(read::located(path, name)?);
        }
    }
    Ok(())
}

/// Where a path ends.
pub enum Ends {
    /// In this file, by this path of hard links alone.
    Here(String, Found),
    /// In another file, by a path there.
    Elsewhere(PathBuf, String),
    /// The name is there, and leads to nothing.
    Nowhere,
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// A group.
    Group,
    /// A dataset.
    Dataset,
}

impl OpenFile {
    /// Opens it as `h5py.File` does.
    pub fn open(path: &Path, mode: &str) -> Result<OpenFile> {
        // It is written at the end, wherever the session has gone by then.
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let real = real(path);
        let open = written(&real);
        if let Some(tree) = open.as_ref().filter(|_| mode != "w") {
            flush(&real, &mut tree.lock())?;
        }
        let there = path.exists();
        let writing = |tree: Tree| {
            let tree = Arc::new(Mutex::new(tree));
            WRITTEN.lock().push((real.clone(), Arc::downgrade(&tree)));
            ("r+", State::Writing(tree))
        };
        let (mode, state) = match mode {
            "w" if open.is_some() => {
                bail!(OSError: "Unable to synchronously create file (unable to truncate a file which is already open): '{}'", fault::named(path); hint: "close it first, or open it with `h5py.File(path, \"a\")`")
            }
            "r" => ("r", State::Reading(read::open(path)?, Walker::open(&absolute)?)),
            "r+" | "a" if there || mode == "r+" => match open {
                Some(tree) => ("r+", State::Writing(tree)),
                None => {
                    OpenOptions::new().append(true).open(path).map_err(|error| fault::system(&error, path))?;
                    writing(Tree::of_file(&real, &read::open(path)?)?)
                }
            },
            "w-" | "x" if there => {
                bail!(FileExistsError: "[Errno 17] Unable to synchronously create file (unable to open file: name = '{}', errno = 17, error message = 'File exists')", path.display())
            }
            "w" | "w-" | "x" | "a" => {
                // Found out now rather than at the end.
                let part = beside(path);
                std::fs::write(&part, []).map_err(|error| fault::system(&error, path))?;
                let _ = std::fs::remove_file(&part);
                writing(Tree::empty())
            }
            _ => bail!("Invalid mode; must be one of r, r+, w, w-, x, a"),
        };
        let path_of = |state: &State| if matches!(state, State::Writing(_)) { real.clone() } else { absolute.clone() };
        Ok(OpenFile { path: path_of(&state), given: path.to_path_buf(), mode, state: Mutex::new(state) })
    }

    /// Says how many bytes there is room for in memory.
    pub fn limit(&self, room: u64) {
        if let Some(tree) = self.tree() {
            tree.lock().room = room;
        }
    }

    /// Is it closed?
    pub fn is_closed(&self) -> bool {
        matches!(*self.state.lock(), State::Closed)
    }

    /// Can it be written to?
    pub fn is_writing(&self) -> bool {
        matches!(*self.state.lock(), State::Writing(_))
    }

    /// What is being written.
    fn tree(&self) -> Option<Arc<Mutex<Tree>>> {
        match &*self.state.lock() {
            State::Writing(tree) => Some(tree.clone()),
            State::Reading(..) | State::Closed => None,
        }
    }

    /// Writes what has changed.
    pub fn flush(&self) -> Result<()> {
        match self.tree() {
            Some(tree) => flush(&self.path, &mut tree.lock()),
            None => Ok(()),
        }
    }

    /// Writes everything that has changed, with datasets into which arrays go chunk by chunk: `run` is given what takes them there.
    pub fn fill(&self, pairs: &[(String, Array)], run: impl FnOnce(Vec<Array>) -> Result<()>) -> Result<()> {
        let Some(shared) = self.tree() else { return self.change(|_| Ok(())) };
        // Nothing is locked while the arrays are computed: the tree may be changed meanwhile.
        let mut tree = shared.lock().clone();
        tree.check_writable()?;
        let kept = tree.items.iter().filter_map(|(name, item)| match &item.content {
            Some(Content { data: Data::Kept(located), .. }) => Some((Arc::as_ptr(located), name.clone())),
            _ => None,
        });
        let (names, revision): (HashMap<_, _>, _) = (kept.collect(), tree.revision);
        let mut places = Vec::new();
        for (path, array) in pairs {
            let Some(End::Here(path)) = tree.find(path) else { return Err(read::missing(path)) };
            let Some(Item { content: Some(content), .. }) = tree.items.get_mut(&path) else {
                return Err(read::missing(&path));
            };
            let before = std::mem::replace(&mut content.data, Data::Reserved(array.shape().to_vec(), array.dtype()));
            places.push((path, content.number(), array, before));
        }
        replace(&self.path, |part| {
            tree.write(part)?;
            let writers =
                places.iter().map(|(path, number, array, _)| super::store::writer(part, path, array, *number));
            run(writers.collect::<Result<Vec<_>>>()?)
        })?;
        let mut live = shared.lock();
        for (path, _, array, before) in &places {
            let located = read::located(&self.path, path)?;
            for (other, item) in &mut live.items {
                // It may have got another name.
                if let Some(content) = &mut item.content
                    && (content.data.is_same(before) || (other == path && content.shape()[..] == array.shape()[..]))
                {
                    content.data = Data::Kept(located.clone());
                }
            }
        }
        live.changed = live.revision != revision;
        settle_as(&self.path, &mut live, &names)
    }

    /// Writes what has changed and closes it; it stays open with all that it holds if it cannot be written.
    pub fn close(&self) -> Result<()> {
        self.flush()?;
        *self.state.lock() = State::Closed;
        Ok(())
    }

    /// Where a path ends; `None` where a name is not there.
    pub fn ends(&self, path: &str) -> Result<Option<Ends>> {
        match &*self.state.lock() {
            State::Reading(_, walker) => ends_in_file(walker, path),
            State::Writing(tree) => {
                let tree = tree.lock();
                Ok(tree.find(path).map(|end| match end {
                    End::Here(path) => {
                        let is_dataset = tree.items.get(&path).is_some_and(|item| item.content.is_some());
                        Ends::Here(path, if is_dataset { Found::Dataset } else { Found::Group })
                    }
                    End::Elsewhere(file, path) => Ends::Elsewhere(walk::beside(&self.path, &file), path),
                    End::Nowhere => Ends::Nowhere,
                }))
            }
            State::Closed => closed(),
        }
    }

    /// Is it the same file, being written by both?
    pub fn same(&self, other: &OpenFile) -> bool {
        self.path == other.path && self.is_writing() && other.is_writing()
    }

    /// Is there such a name, wherever it leads?
    pub fn is_named(&self, path: &str) -> Result<bool> {
        Ok(path == "/" || self.link(path)?.is_some() || self.ends(path)?.is_some())
    }

    /// Everything that stands under a path, by the paths from there on.
    pub fn below(&self, path: &str) -> Result<Vec<(String, Item)>> {
        if let Some(tree) = self.tree() {
            return Ok(tree.lock().below(path));
        }
        if self.is_closed() {
            return closed();
        }
        Ok(Tree::of_file(&self.path, &read::open(&self.path)?)?.below(path))
    }

    /// What a path in this file leads to.
    pub fn find(&self, path: &str) -> Result<Option<Found>> {
        Ok(match self.ends(path)? {
            Some(Ends::Here(_, found)) => Some(found),
            Some(Ends::Elsewhere(..) | Ends::Nowhere) | None => None,
        })
    }

    /// The link that a name is, if it is one of those that lead to a path.
    pub fn link(&self, path: &str) -> Result<Option<Target>> {
        match &*self.state.lock() {
            State::Reading(_, walker) => {
                let (group, name) = super::tree::split(path);
                let Some(walk::Place::Here(_, address, What::Group)) = walker.find(group)? else { return Ok(None) };
                let link = walker.links(address)?.into_iter().find(|(other, _)| other == name).map(|(_, link)| link);
                Ok(link.map(|link| match link {
                    Link::Hard(_) => Target::Hard(path.to_string()),
                    Link::Soft(to) => Target::Soft(to),
                    Link::External(file, to) => Target::External(file, to),
                }))
            }
            State::Writing(tree) => {
                let tree = tree.lock();
                Ok(tree.named(path).map(|item| item.link.clone().unwrap_or(Target::Hard(path.to_string()))))
            }
            State::Closed => closed(),
        }
    }

    /// The names of a group's members.
    pub fn members(&self, group: &str) -> Result<Vec<String>> {
        match &*self.state.lock() {
            State::Reading(_, walker) => match walker.find(group)? {
                Some(walk::Place::Here(_, address, What::Group)) => {
                    Ok(walker.links(address)?.into_iter().map(|(name, _)| name).collect())
                }
                _ => Err(read::missing(group)),
            },
            State::Writing(tree) => Ok(tree.lock().members(group)),
            State::Closed => closed(),
        }
    }

    /// The same in the order in which they were made, where the file knows it.
    pub fn members_as_made(&self, group: &str) -> Result<Vec<String>> {
        if let State::Reading(_, walker) = &*self.state.lock()
            && let Some(walk::Place::Here(_, address, What::Group)) = walker.find(group)?
        {
            return Ok(walker.links_as_made(address)?.into_iter().map(|(name, _)| name).collect());
        }
        self.members(group)
    }

    /// Attributes, by name.
    pub fn attributes(&self, path: &str) -> Result<Vec<(String, Attribute)>> {
        let mut all = self.attributes_as_made(path)?;
        all.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(all)
    }

    /// The same in the order in which they stand in the file.
    pub fn attributes_as_made(&self, path: &str) -> Result<Vec<(String, Attribute)>> {
        match &*self.state.lock() {
            State::Reading(file, walker) => {
                let Some(walk::Place::Here(path, address, what)) = walker.find(path)? else {
                    return Err(read::missing(path));
                };
                let wrong = |error| read::fault(&self.path, &path, error);
                let (types, values) = match what {
                    What::Dataset => {
                        let dataset = file.dataset(&path).map_err(wrong)?;
                        (dataset.attr_datatypes().map_err(wrong)?, dataset.attrs().map_err(wrong)?)
                    }
                    What::Group | What::Other => {
                        let group = if path == "/" { file.root() } else { file.group(&path).map_err(wrong)? };
                        (group.attr_datatypes().map_err(wrong)?, group.attrs().map_err(wrong)?)
                    }
                };
                let of_file = |raw: walk::RawAttribute| {
                    let name = raw.name.clone();
                    let value = Attribute::of_file(raw, types.get(&name), values.get(&name), walker);
                    (name, value)
                };
                Ok(walker.attributes(address)?.into_iter().map(of_file).collect())
            }
            State::Writing(tree) => {
                let tree = tree.lock();
                let item = tree.item(path).ok_or_else(|| read::missing(path))?;
                Ok(item.attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            State::Closed => closed(),
        }
    }

    /// What a dataset is.
    pub fn content(&self, path: &str) -> Result<Content> {
        match &*self.state.lock() {
            State::Reading(_, walker) => match walker.find(path)? {
                Some(walk::Place::Here(path, address, _)) => {
                    let located = read::located(&self.path, &path)?;
                    let (messages, _) = walker.header(address)?;
                    Ok(Content { packing: packing_of(&located, &messages), data: Data::Kept(located) })
                }
                _ => Err(read::missing(path)),
            },
            State::Writing(tree) => match tree.lock().item(path) {
                Some(Item { content: Some(content), .. }) => Ok(content.clone()),
                _ => Err(read::missing(path)),
            },
            State::Closed => closed(),
        }
    }

    /// Changes what it holds.
    pub fn change<T>(&self, change: impl FnOnce(&mut Tree) -> Result<T>) -> Result<T> {
        match &*self.state.lock() {
            State::Writing(tree) => {
                let mut tree = tree.lock();
                tree.check_writable()?;
                tree.touch();
                change(&mut tree)
            }
            State::Reading(..) => bail!(
                OSError: "Unable to write to '{}' (no write intent on file)", self.given.display();
                hint: "it was opened to be read: `h5py.File(path, \"r+\")`"
            ),
            State::Closed => closed(),
        }
    }
}

/// Whoever forgets to close a file has it written all the same.
impl Drop for OpenFile {
    fn drop(&mut self) {
        // Nobody is there who could catch an error.
        if let Err(error) = self.flush() {
            eprintln!(
                "Exception ignored in: <HDF5 file \"{}\">, whose changes are lost\n{error}",
                self.given.display()
            );
        }
    }
}

fn ends_in_file(walker: &Walker, path: &str) -> Result<Option<Ends>> {
    Ok(walker.find(path)?.map(|place| match place {
        walk::Place::Here(path, _, What::Dataset) => Ends::Here(path, Found::Dataset),
        walk::Place::Here(path, _, What::Group | What::Other) => Ends::Here(path, Found::Group),
        walk::Place::Elsewhere(file, path) => Ends::Elsewhere(file, path),
        walk::Place::Nowhere => Ends::Nowhere,
    }))
}

fn closed<T>() -> Result<T> {
    bail!("Invalid location identifier (invalid location identifier)"; hint: "the file is closed; read what is needed before the end of `with`")
}

/// A group or a dataset of an open file.
#[derive(Clone)]
pub struct Node {
    /// The file.
    pub file: Arc<OpenFile>,
    /// Its path in the file.
    pub path: String,
}

impl Node {
    /// What a name leads to from here, be it in another file; an error for a link that leads to nothing.
    pub fn member(&self, name: &str) -> Result<Option<(Node, Found)>> {
        let mut node = Node { file: self.file.clone(), path: join(&self.path, name) };
        for _ in 0..40 {
            match node.file.ends(&node.path)? {
                None => return Ok(None),
                Some(Ends::Here(_, found)) => return Ok(Some((node, found))),
                Some(Ends::Nowhere) => return Err(read::unable("component not found")),
                Some(Ends::Elsewhere(file, path)) => {
                    let opened = OpenFile::open(&file, "r").map_err(|error| {
                        read::unable("can't open file").hint(format!("an external link leads there: {error}"))
                    })?;
                    node = Node { file: Arc::new(opened), path };
                }
            }
        }
        Err(read::unable("too many links"))
    }

    /// The same where a link that leads to nothing is as good as none.
    pub fn reached(&self, name: &str) -> Result<Option<(Node, Found)>> {
        match self.member(name) {
            Err(error) if error.0.kind == rdk_runtime::Kind::KeyError => Ok(None),
            other => other,
        }
    }
}
