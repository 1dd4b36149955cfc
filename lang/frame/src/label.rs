//! Labels of columns, names of indexes: any plain value that can be a key.

use std::fmt;

use rdk_runtime::Value;
use serde::{Deserialize, Serialize};

/// What a column, an index or a series is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Label {
    /// Text, nearly always.
    Text(String),
    /// A number: columns of a list of lists.
    Number(i64),
    /// `True` or `False`: columns of what was asked.
    Flag(bool),
    /// Several levels: `("amount", "mean")`.
    Levels(Vec<Label>),
}

impl Label {
    /// Text as a label.
    pub fn text(text: impl Into<String>) -> Label {
        Label::Text(text.into())
    }

    /// The label that a value is; `None` for values that are none.
    pub fn of(value: &Value) -> Option<Label> {
        match value {
            Value::Str(text) => Some(Label::Text(text.to_string())),
            Value::Int(number) => Some(Label::Number(*number)),
            Value::Bool(flag) => Some(Label::Flag(*flag)),
            Value::Tuple(items) => items.iter().map(Label::of).collect::<Option<Vec<_>>>().map(Label::Levels),
            other => match other.plain_number() {
                Some(Value::Int(number)) => Some(Label::Number(number)),
                _ => None,
            },
        }
    }

    /// As a value of the language.
    pub fn to_value(&self) -> Value {
        match self {
            Label::Text(text) => Value::str(text),
            Label::Number(number) => Value::Int(*number),
            Label::Flag(flag) => Value::Bool(*flag),
            Label::Levels(levels) => Value::tuple(levels.iter().map(Label::to_value)),
        }
    }

    /// A name as a value: `None` for what has no name.
    pub fn value_of(name: &Option<Label>) -> Value {
        name.as_ref().map_or(Value::None, Label::to_value)
    }

    /// The labels of its levels; itself if it has only one.
    pub fn levels(&self) -> &[Label] {
        match self {
            Label::Levels(levels) => levels,
            Label::Text(_) | Label::Number(_) | Label::Flag(_) => std::slice::from_ref(self),
        }
    }

    /// One text a level, as tables show it.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Label::Levels(levels) => levels.iter().map(Label::to_string).collect(),
            Label::Text(_) | Label::Number(_) | Label::Flag(_) => vec![self.to_string()],
        }
    }

    /// As it stands in an error: `'amount'`, `3`.
    pub fn quoted(&self) -> String {
        match self {
            Label::Text(text) => format!("'{text}'"),
            Label::Number(_) | Label::Flag(_) => self.to_string(),
            Label::Levels(levels) => {
                let inside: Vec<String> = levels.iter().map(Label::quoted).collect();
                format!("({})", inside.join(", "))
            }
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Text(text) => write!(f, "{text}"),
            Label::Number(number) => write!(f, "{number}"),
            Label::Flag(flag) => f.write_str(if *flag { "True" } else { "False" }),
            Label::Levels(levels) => {
                let inside: Vec<String> = levels.iter().map(Label::quoted).collect();
                write!(f, "({})", inside.join(", "))
            }
        }
    }
}
