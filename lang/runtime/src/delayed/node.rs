//! The graph of lazy calls as it is built: small shared nodes, each knowing its inputs.

use std::sync::Arc;

use rdk_graph::{Key, Payload, Token};
use rdk_syntax::Place;
use smallvec::SmallVec;

use super::Delayed;
use super::operation::CallFunction;
use crate::object::Lazy;
use crate::value::{Name, Value};

/// A piece of work and what it needs.
pub struct Node {
    /// What it is called: `inc`.
    pub name: Name,
    /// Equal for equal work.
    pub token: Token,
    /// How the key is written.
    pub form: KeyForm,
    /// What it is.
    pub work: Work,
    /// Whose results it needs.
    pub inputs: SmallVec<[Input; 2]>,
    /// Where in the user's text it was made.
    pub place: Option<Place>,
    /// How many results it consists of, if it was said.
    pub n_out: Option<usize>,
}

/// How a key is written.
pub enum KeyForm {
    /// `add-3f…`: equal work, equal key.
    Pure,
    /// `add-3f…-…-…`, as a UUID: a call like no other.
    Unique,
    /// The user has said it.
    Given(Name),
}

/// What a node stands for.
pub enum Work {
    /// A call.
    Call(Arc<CallFunction>),
    /// A value or a function as it is.
    Leaf {
        /// Which.
        value: Value,
        /// Whether calls of it are taken to be equal when their arguments are.
        pure: Option<bool>,
    },
    /// Work that has been done.
    Ready(Payload),
}

/// What a node needs.
#[derive(Clone)]
pub enum Input {
    /// A lazy call.
    Node(Arc<Node>),
    /// A lazy value of another room.
    Other(Arc<dyn Lazy>),
}

/// Inputs in the making.
#[derive(Default)]
pub struct Inputs(pub SmallVec<[Input; 2]>);

impl Inputs {
    /// Adds one, or finds it; gives its position.
    pub fn add(&mut self, input: Input) -> usize {
        // Only the first few are compared: a list of many lazy values hardly has the same one twice.
        let known = self.0.iter().take(16).position(|known| known.address() == input.address());
        known.unwrap_or_else(|| {
            self.0.push(input);
            self.0.len() - 1
        })
    }
}

impl Input {
    /// The lazy value as an input.
    pub fn of(lazy: &Arc<dyn Lazy>) -> Input {
        match lazy.as_any().downcast_ref::<Delayed>() {
            Some(delayed) => Input::Node(delayed.0.clone()),
            None => Input::Other(lazy.clone()),
        }
    }

    fn address(&self) -> usize {
        match self {
            Input::Node(node) => Arc::as_ptr(node) as usize,
            Input::Other(lazy) => Arc::as_ptr(lazy).cast::<u8>() as usize,
        }
    }

    /// Equal for equal work; `None` if that cannot be known.
    pub fn token(&self) -> Token {
        match self {
            Input::Node(node) => node.token,
            Input::Other(lazy) => Token::of(lazy.key().as_bytes()),
        }
    }
}

impl Node {
    /// The key as the user sees it.
    pub fn key_text(&self) -> String {
        let token = self.token.to_string();
        match &self.form {
            KeyForm::Pure => format!("{}-{token}", self.name),
            KeyForm::Unique => format!(
                "{}-{}-{}-{}-{}-{}",
                self.name,
                &token[..8],
                &token[8..12],
                &token[12..16],
                &token[16..20],
                &token[20..]
            ),
            KeyForm::Given(key) => key.to_string(),
        }
    }

    /// The key of its task.
    pub fn key(&self) -> Key {
        Key::single(self.name.clone(), self.token)
    }
}

impl Drop for Node {
    /// A chain of a hundred thousand calls goes link by link, not by recursion.
    fn drop(&mut self) {
        if self.inputs.is_empty() {
            return;
        }
        let mut left: Vec<Input> = self.inputs.drain(..).collect();
        while let Some(input) = left.pop() {
            match input {
                Input::Node(node) => {
                    if let Some(mut node) = Arc::into_inner(node) {
                        left.extend(node.inputs.drain(..));
                    }
                }
                Input::Other(lazy) => drop(lazy),
            }
        }
    }
}
