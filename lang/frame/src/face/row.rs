//! A row of a frame whose cells are of several types: a series whose dtype is `object`.

use std::any::Any;
use std::sync::LazyLock;

use arrow::array::ArrayRef;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, builtins, error};

use crate::cell;
use crate::dtype;
use crate::frame::what;
use crate::label::Label;
use crate::show::{self, Labels, SeriesView, Values};

/// A row: its cells by the labels of the columns.
#[derive(Clone)]
pub struct Row {
    /// What the row is called in its frame.
    pub name: Value,
    /// The labels of the columns.
    pub labels: Vec<Label>,
    /// A cell each, in an array of length 1.
    pub cells: Vec<ArrayRef>,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Series", "pandas", "A row of a frame: cells of several types with their labels.");
    ClassRef::new(class.methods(builtins()).properties(properties::builtins()))
});

impl Row {
    fn values(&self) -> Vec<Value> {
        self.cells.iter().map(|cell| cell::value(cell, 0)).collect()
    }

    fn find(&self, label: &Label) -> Option<Value> {
        let at = self.labels.iter().position(|other| other == label)?;
        Some(cell::value(&self.cells[at], 0))
    }
}

impl FromValue for Row {
    fn expected() -> &'static str {
        "a row"
    }

    fn from_value(value: &Value) -> Option<Row> {
        value.get::<Row>().cloned()
    }
}

impl Object for Row {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let labels: Vec<Value> = self.labels.iter().map(Label::to_value).collect();
        let Ok(labels) = cell::column(&labels, "of labels") else { return "<a row>".into() };
        let labels = Labels::single(None, Values::new(dtype::name(labels.data_type(), true), labels));
        show::series_text(&SeriesView {
            name: (!self.name.is_none()).then(|| self.name.text()),
            values: Values::objects(self.cells.clone()),
            labels,
            n_rows: self.cells.len(),
        })
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        self.find(&Label::text(name)).map(Ok)
    }

    fn attribute_names(&self) -> Vec<String> {
        self.labels.iter().map(Label::to_string).collect()
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let found = Label::of(index).and_then(|label| self.find(&label));
        Some(found.ok_or_else(|| {
            let known: Vec<String> = self.labels.iter().map(Label::to_string).collect();
            error!(KeyError: "{}", index.repr(); hint: "the labels are {}", known.join(", "))
        }))
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(Ok(Label::of(item).is_some_and(|label| self.labels.contains(&label))))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.cells.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let mut values = self.values().into_iter();
        Some(Ok(Value::iter("iterator", move |_| values.next().map(Ok))))
    }
}

builtins! {
    /// A list of the cells.
    fn tolist(/** The row. */ this: Row) -> Value { Value::list(this.values()) }

    /// A list of the cells.
    fn to_list(/** The row. */ this: Row) -> Value { Value::list(this.values()) }

    /// A dict from label to cell.
    fn to_dict(/** The row. */ this: Row) -> Value { Value::dict(this.labels.iter().map(Label::to_string).zip(this.values())) }

    /// The cell of a label, or something else if there is none.
    fn get(/** The row. */ this: Row, /** The label. */ key: Value, /** What else. */ default: Option<Value>) -> Result<Value> {
        let Some(label) = Label::of(&key) else { return Err(error!(TypeError: "expected a label, got {}", what(&key))) };
        Ok(this.find(&label).or(default).unwrap_or_default())
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The labels.
        fn index(/** The row. */ this: Row) -> Result<Value> { super::super::dtypes::label_index(&this.labels.iter().map(Label::to_value).collect::<Vec<_>>(), &[]) }

        /// The cells.
        fn values(/** The row. */ this: Row) -> Value { Value::list(this.values()) }

        /// What the row is called in its frame.
        fn name(/** The row. */ this: Row) -> Value { this.name }

        /// Its type: cells of any.
        fn dtype(/** The row. */ this: Row) -> Value { let _ = this; super::super::dtypes::value("object") }
    }
}
