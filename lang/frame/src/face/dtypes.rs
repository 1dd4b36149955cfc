//! Types and labels of columns as values.

use std::any::Any;
use std::sync::LazyLock;

use arrow::array::StringViewArray;
use rdk_runtime::{Class, ClassRef, Context, Object, Result, Value};
use rdk_syntax::tree::CompareOp;

use crate::cell;
use crate::dtype;
use crate::frame::Frame;
use crate::label::Label;
use crate::plan::View;

/// The type of a column that is no type of NumPy's: `str`, `datetime64[us]`.
struct ColumnType(&'static str);

static CLASS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("ExtensionDtype", "pandas", "The type of a column.")));

impl Object for ColumnType {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        match self.0 {
            "str" => "<StringDtype(na_value=nan)>".into(),
            "string" => "string[pyarrow]".into(),
            other => format!("dtype('{}')", other.replace("datetime64", "<M8")),
        }
    }

    fn str(&self) -> String {
        self.0.to_string()
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        (name == "name").then(|| Ok(Value::str(self.0)))
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let same = match other {
            Value::Str(text) => &**text == self.0,
            Value::Class(class) => class.name == self.0,
            other => other.get::<ColumnType>()?.0 == self.0,
        };
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(same))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!same))),
            _ => None,
        }
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::str(self.0))
    }
}

/// A type by its name, as a value: NumPy's where it has one.
pub fn value(name: &'static str) -> Value {
    match rdk_array::DType::ALL.iter().find(|dtype| dtype.name() == name) {
        Some(&dtype) => Value::object(rdk_array::eager::DTypeObject(dtype)),
        None => Value::object(ColumnType(name)),
    }
}

/// What the type of a column is called. `True` and `False` with something missing among them are objects in pandas.
pub fn name_of(view: &View, expr: &datafusion::logical_expr::Expr) -> Result<&'static str> {
    use arrow::array::Array;
    let of = view.type_of(expr)?;
    if of == arrow::datatypes::DataType::Boolean && view.eager && view.is_in_memory() {
        let batch = crate::lower::in_memory(&view.series(None, expr.clone(), "dtype"))?;
        if batch.columns().last().is_some_and(|column| column.null_count() > 0) {
            return Ok("object");
        }
    }
    Ok(dtype::name(&of, view.eager))
}

/// The types of a frame's columns, as a series.
pub fn series(view: &View) -> Result<Value> {
    let names = view.columns.iter().map(|named| name_of(view, &named.expr).map(Some));
    let names = names.collect::<Result<StringViewArray>>()?;
    let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
    let labels = cell::column(&labels, "of labels")?;
    let series = super::create::series_of(None, std::sync::Arc::new(names), Some((None, labels)))?;
    Ok(Frame::eager(View { name: "dtypes".into(), ..series }))
}

/// The labels of columns as an index.
pub fn label_index(labels: &[Value], names: &[Option<Label>]) -> Result<Value> {
    let name = |level: usize| names.get(level).cloned().flatten();
    if let Some(Value::Tuple(first)) = labels.first() {
        // Several levels: a column for each.
        let mut columns = Vec::new();
        for level in 0..first.len() {
            let values: Vec<Value> =
                labels.iter().map(|label| label.items().unwrap_or_default()[level].clone()).collect();
            columns.push((Label::Number(level as i64), cell::column(&values, "of labels")?));
        }
        let view = super::create::frame_of(columns, None, labels.len())?;
        let levels = view.columns.iter().enumerate();
        let index: Vec<_> =
            levels.map(|(at, named)| crate::plan::Named { label: name(at), expr: named.expr.clone() }).collect();
        let columns = vec![index[0].clone()];
        return Ok(Frame::eager(View { index, columns, shape: crate::plan::Shape::Index, ..view }));
    }
    let column = cell::column(labels, "of labels")?;
    Ok(Frame::eager(super::create::index_view(name(0), column)?))
}
