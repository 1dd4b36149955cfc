//! Open files: looked at where they are, or held in memory until they are written.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use hdf5_pure::{AttrValue, Error as Fault, FormatError};
use parking_lot::Mutex;
use rdk_array::array::Array;
use rdk_runtime::{Context, Result, bail};

use super::content::{Content, Data, Item, Tree, join, packing_of};
use super::read;
use crate::fault;
use crate::whole::{beside, replace};

/// A file that is, or was, open.
pub struct OpenFile {
    /// Its path; absolute.
    pub path: PathBuf,
    /// Its path as it was given.
    pub given: PathBuf,
    /// `r`, `r+`.
    pub mode: &'static str,
    state: Mutex<State>,
}

enum State {
    Reading(hdf5_pure::File),
    /// Shared by all that have opened the file to write to it.
    Writing(Arc<Mutex<Tree>>),
    Closed,
}

/// Files that are being written, by their absolute paths.
static WRITTEN: Mutex<Vec<(PathBuf, Weak<Mutex<Tree>>)>> = Mutex::new(Vec::new());

/// What is being written under this path by somebody else in this session.
fn written(path: &Path) -> Option<Arc<Mutex<Tree>>> {
    let mut written = WRITTEN.lock();
    written.retain(|(_, tree)| tree.strong_count() > 0);
    written.iter().find(|(other, _)| other == path).and_then(|(_, tree)| tree.upgrade())
}

fn flush(path: &Path, tree: &mut Tree) -> Result<()> {
    if tree.changed {
        replace(path, |part| tree.write(path, part))?;
        tree.changed = false;
    }
    Ok(())
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
        let open = written(&absolute);
        if let Some(tree) = open.as_ref().filter(|_| mode != "w") {
            flush(&absolute, &mut tree.lock())?;
        }
        let there = path.exists();
        let writing = |tree: Tree| {
            let tree = Arc::new(Mutex::new(tree));
            WRITTEN.lock().push((absolute.clone(), Arc::downgrade(&tree)));
            ("r+", State::Writing(tree))
        };
        let (mode, state) = match mode {
            "w" if open.is_some() => {
                bail!(OSError: "Unable to synchronously create file (unable to truncate a file which is already open): '{}'", fault::named(path); hint: "close it first, or open it with `h5py.File(path, \"a\")`")
            }
            "r" => ("r", State::Reading(read::open(path)?)),
            "r+" | "a" if there || mode == "r+" => match open {
                Some(tree) => ("r+", State::Writing(tree)),
                None => {
                    OpenOptions::new().append(true).open(path).map_err(|error| fault::system(&error, path))?;
                    writing(Tree::of_file(path, &read::open(path)?)?)
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
        Ok(OpenFile { path: absolute, given: path.to_path_buf(), mode, state: Mutex::new(state) })
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
            State::Reading(_) | State::Closed => None,
        }
    }

    /// Writes what has changed.
    pub fn flush(&self) -> Result<()> {
        match self.tree() {
            Some(tree) => flush(&self.path, &mut tree.lock()),
            None => Ok(()),
        }
    }

    /// Writes an array into a dataset chunk by chunk, and everything else that has changed.
    pub fn fill(&self, context: &Context, path: &str, array: &Array) -> Result<()> {
        let Some(shared) = self.tree() else { return self.change(|_| Ok(())) };
        // Nothing is locked while the array is computed.
        let mut tree = shared.lock().clone();
        tree.check_writable()?;
        let Some(Item { content: Some(content), .. }) = tree.items.get_mut(path) else {
            return Err(read::missing(path));
        };
        content.data = Data::Reserved(array.shape().to_vec(), array.dtype());
        replace(&self.path, |part| {
            tree.write(&self.path, part)?;
            crate::store::run(context, &[super::store::writer(part, path, array)?])
        })?;
        let located = read::located(&self.path, path)?;
        let mut tree = shared.lock();
        if let Some(Item { content: Some(content), .. }) = tree.items.get_mut(path) {
            content.data = Data::Kept(located);
        }
        tree.changed = false;
        Ok(())
    }

    /// Writes what has changed and closes it.
    pub fn close(&self) -> Result<()> {
        let flushed = self.flush();
        *self.state.lock() = State::Closed;
        flushed
    }

    /// What a path leads to.
    pub fn find(&self, path: &str) -> Result<Option<Found>> {
        match &*self.state.lock() {
            State::Reading(file) => find(&self.path, file, path),
            State::Writing(tree) => Ok(tree.lock().items.get(path).map(|item| match item.content {
                Some(_) => Found::Dataset,
                None => Found::Group,
            })),
            State::Closed => closed(),
        }
    }

    /// The names of a group's members.
    pub fn members(&self, group: &str) -> Result<Vec<String>> {
        match &*self.state.lock() {
            State::Reading(file) => {
                let of = |group: hdf5_pure::Group| {
                    let mut names = group.groups()?;
                    names.extend(group.datasets()?);
                    names.sort();
                    Ok(names)
                };
                let group_of = if group == "/" { Ok(file.root()) } else { file.group(group) };
                group_of.and_then(of).map_err(|error| read::fault(&self.path, group, error))
            }
            State::Writing(tree) => Ok(tree.lock().members(group)),
            State::Closed => closed(),
        }
    }

    /// Attributes, by name.
    pub fn attributes(&self, path: &str) -> Result<Vec<(String, AttrValue)>> {
        match &*self.state.lock() {
            State::Reading(file) => {
                let wrong = |error| read::fault(&self.path, path, error);
                let attributes = match find(&self.path, file, path)? {
                    Some(Found::Dataset) => file.dataset(path).and_then(|dataset| dataset.attrs()),
                    _ if path == "/" => file.root().attrs(),
                    _ => file.group(path).and_then(|group| group.attrs()),
                };
                let mut attributes: Vec<_> = attributes.map_err(wrong)?.into_iter().collect();
                attributes.sort_by(|one, other| one.0.cmp(&other.0));
                Ok(attributes)
            }
            State::Writing(tree) => {
                let tree = tree.lock();
                let item = tree.items.get(path).ok_or_else(|| read::missing(path))?;
                Ok(item.attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            State::Closed => closed(),
        }
    }

    /// What a dataset is.
    pub fn content(&self, path: &str) -> Result<Content> {
        match &*self.state.lock() {
            State::Reading(_) => {
                let located = read::located(&self.path, path)?;
                Ok(Content { packing: packing_of(&located), data: Data::Kept(located) })
            }
            State::Writing(tree) => match tree.lock().items.get(path) {
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
                tree.changed = true;
                change(&mut tree)
            }
            State::Reading(_) => bail!(
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
        let _ = self.flush();
    }
}

fn find(path: &Path, file: &hdf5_pure::File, name: &str) -> Result<Option<Found>> {
    if name == "/" {
        return Ok(Some(Found::Group));
    }
    match file.dataset(name) {
        Ok(_) => Ok(Some(Found::Dataset)),
        Err(Fault::NotADataset(_)) => Ok(Some(Found::Group)),
        Err(Fault::NotAGroup(_) | Fault::Format(FormatError::PathNotFound(_))) => Ok(None),
        Err(error) => match file.group(name) {
            Ok(_) => Ok(Some(Found::Group)),
            Err(_) => Err(read::fault(path, name, error)),
        },
    }
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
    /// What a name leads to from here.
    pub fn member(&self, name: &str) -> Result<Option<(Node, Found)>> {
        let path = join(&self.path, name);
        Ok(self.file.find(&path)?.map(|found| (Node { file: self.file.clone(), path }, found)))
    }
}
