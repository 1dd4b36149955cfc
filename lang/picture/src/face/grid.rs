//! The table of axes that `subplots` gives: an array of axes.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::operators::{indices, position};
use rdk_runtime::types::types;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::handles::AxesObject;

/// Axes in a row, or in rows and columns.
#[derive(Clone)]
pub struct AxesGrid {
    items: Arc<[AxesObject]>,
    shape: Vec<usize>,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("ndarray", "numpy", "Axes in rows and columns.").base(types().object.clone());
    Arc::new(class.methods(builtins()).properties(properties::builtins()))
});

builtins! {
    /// All of them in a row.
    fn ravel(/** The axes. */ this: AxesGrid) -> Value { Value::object(this.flat()) }

    /// All of them in a row.
    fn flatten(/** The axes. */ this: AxesGrid) -> Value { Value::object(this.flat()) }

    /// In another shape.
    fn reshape(
        /// The axes.
        this: AxesGrid,
        /// Rows and columns; -1 is as many as are left.
        shape: rdk_runtime::Rest,
    ) -> Result<Value> {
        let numbers: Vec<i64> = shape.0.iter().flat_map(|value| value.items().unwrap_or(vec![value.clone()])).filter_map(|value| value.as_f64()).map(|number| number as i64).collect();
        match numbers.as_slice() {
            [-1] => Ok(Value::object(this.flat())),
            &[rows, columns] if rows > 0 && columns > 0 && (rows * columns) as usize == this.items.len() => {
                Ok(Value::object(AxesGrid { items: this.items, shape: vec![rows as usize, columns as usize] }))
            }
            _ => bail!("cannot reshape array of size {} into that shape", this.items.len()),
        }
    }

    /// All of them as nested lists.
    fn tolist[context](/** The axes. */ this: AxesGrid) -> Result<Value> {
        let _ = context;
        Ok(this.list())
    }
}

mod properties {
    use super::*;

    builtins! {
        /// All of them in a row.
        fn flat(/** The axes. */ this: AxesGrid) -> Value { Value::object(this.flat()) }

        /// Rows and columns.
        fn shape(/** The axes. */ this: AxesGrid) -> Value { Value::tuple(this.shape.iter().map(|&length| Value::from(length))) }

        /// How many.
        fn size(/** The axes. */ this: AxesGrid) -> usize { this.items.len() }

        /// How many dimensions.
        fn ndim(/** The axes. */ this: AxesGrid) -> usize { this.shape.len() }

        /// Rows as columns.
        fn T(/** The axes. */ this: AxesGrid) -> Value {
            let &[rows, columns] = this.shape.as_slice() else { return Value::object(this) };
            let items = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column)).map(|at| this.items[at].clone()).collect();
            Value::object(AxesGrid { items, shape: vec![columns, rows] })
        }
    }
}

impl FromValue for AxesGrid {
    fn expected() -> &'static str {
        "a table of axes"
    }

    fn from_value(value: &Value) -> Option<AxesGrid> {
        value.get::<AxesGrid>().cloned()
    }
}

impl AxesGrid {
    /// Axes in this shape.
    pub fn new(items: Vec<AxesObject>, shape: Vec<usize>) -> AxesGrid {
        AxesGrid { items: items.into(), shape }
    }

    /// The last of them.
    pub fn last(&self) -> Option<AxesObject> {
        self.items.last().cloned()
    }

    fn flat(&self) -> AxesGrid {
        AxesGrid { items: self.items.clone(), shape: vec![self.items.len()] }
    }

    fn rows(&self) -> Vec<Value> {
        match self.shape.as_slice() {
            &[_, columns] => self
                .items
                .chunks(columns.max(1))
                .map(|row| Value::object(AxesGrid { items: row.into(), shape: vec![row.len()] }))
                .collect(),
            _ => self.items.iter().map(|axes| Value::object(axes.clone())).collect(),
        }
    }

    fn list(&self) -> Value {
        let rows = self.rows();
        Value::list(rows.into_iter().map(|row| match row.get::<AxesGrid>() {
            Some(inner) => inner.list(),
            None => row,
        }))
    }

    /// The positions that an index means along an axis of this length, and whether it is a single one.
    fn along(index: &Value, length: usize) -> Result<(Vec<usize>, bool)> {
        match index {
            Value::Slice(slice) => {
                let (start, stop, step) = indices(slice, length)?;
                let chosen = (0..length as i64).map(|turn| start + turn * step);
                let within = chosen.take_while(|at| if step > 0 { *at < stop } else { *at > stop });
                Ok((within.map(|at| at as usize).collect(), false))
            }
            other => {
                let at = position(other, length, "list").map_err(|error| match error.0.kind {
                    rdk_runtime::Kind::IndexError => {
                        error!(IndexError: "index {} is out of bounds for axis of size {length}", other.repr())
                    }
                    _ => error,
                })?;
                Ok((vec![at], true))
            }
        }
    }
}

impl Object for AxesGrid {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let inner = self.list().repr();
        format!("array({inner}, dtype=object)")
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.shape[0]))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::list(self.rows())))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.at(index))
    }
}

impl AxesGrid {
    fn at(&self, index: &Value) -> Result<Value> {
        let parts = match index {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let columns = self.shape.get(1).copied();
        if parts.len() > self.shape.len() {
            bail!(IndexError: "too many indices for array: array is {}-dimensional, but {} were indexed", self.shape.len(), parts.len());
        }
        let (rows, one_row) = AxesGrid::along(&parts[0], self.shape[0])?;
        let Some(columns) = columns else {
            return Ok(match one_row {
                true => Value::object(self.items[rows[0]].clone()),
                false => {
                    let items: Vec<AxesObject> = rows.iter().map(|&at| self.items[at].clone()).collect();
                    Value::object(AxesGrid { shape: vec![items.len()], items: items.into() })
                }
            });
        };
        let (chosen, one_column) = match parts.get(1) {
            Some(part) => AxesGrid::along(part, columns)?,
            None => ((0..columns).collect(), false),
        };
        let items: Vec<AxesObject> = rows
            .iter()
            .flat_map(|row| chosen.iter().map(move |column| self.items[row * columns + column].clone()))
            .collect();
        Ok(match (one_row, one_column) {
            (true, true) => Value::object(items[0].clone()),
            (false, false) => Value::object(AxesGrid { items: items.into(), shape: vec![rows.len(), chosen.len()] }),
            _ => Value::object(AxesGrid { shape: vec![items.len()], items: items.into() }),
        })
    }
}
