//! Functions of the texts or times of a series: `series.str.upper()`, `series.dt.year`.

use std::any::Any;

use rdk_runtime::{ClassRef, Context, FromValue, Object, Result, Value};

use crate::frame::Frame;
use crate::functions::Elementwise;
use crate::plan::View;

/// A series before `.str` or `.dt`.
#[derive(Clone)]
pub struct Accessor {
    /// The series.
    pub view: View,
    /// What is known of it: the class of texts, or of times.
    pub class: ClassRef,
}

impl Accessor {
    /// The series with a function of DataFusion's or ours of each value.
    pub fn with(&self, context: &Context, expr: datafusion::logical_expr::Expr, name: &str) -> Result<Value> {
        let label = self.view.label().clone();
        let mut made = self.view.series(label, expr, name);
        if self.view.shape == crate::plan::Shape::Index {
            made.shape = crate::plan::Shape::Index;
            made.index = made.columns.clone();
            made.rows = made.rows.uncounted();
        }
        Frame::answer(context, made)
    }

    /// The series with this function of each value.
    pub fn each(&self, context: &Context, function: Elementwise) -> Result<Value> {
        let name = function.name.clone();
        self.with(context, function.call(self.view.expr().clone()), &name)
    }
}

impl Object for Accessor {
    fn class(&self) -> ClassRef {
        self.class.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<{}>", self.class.name)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(super::strings::item(context, self, index))
    }
}

impl FromValue for Accessor {
    fn expected() -> &'static str {
        "the texts or times of a series"
    }

    fn from_value(value: &Value) -> Option<Accessor> {
        value.get::<Accessor>().cloned()
    }
}
