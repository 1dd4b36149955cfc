//! `series.cat.…`: the categories of a series.

use std::sync::LazyLock;

use arrow::array::Array;
use datafusion::logical_expr::Expr;
use rdk_runtime::{Class, ClassRef, Result, Value, bail, builtins};

use super::super::accessor::Accessor;
use super::categorical::index_of_categories;
use super::{change, known};
use crate::category::{self, Categories, Kind};
use crate::frame::Frame;
use crate::place::noted;
use crate::plan::View;

static CLASSES: LazyLock<[ClassRef; 2]> = LazyLock::new(|| {
    let class = |module| Class::new("CategoricalAccessor", module, "The categories of a series.");
    let eager = class("pandas").methods(noted(builtins())).properties(noted(properties::builtins()));
    let lazy = class("dask.dataframe").methods(noted(builtins())).methods(noted(of_lazy::builtins()));
    let lazy = lazy.properties(noted(properties::builtins())).properties(noted(of_lazy::properties::builtins()));
    [ClassRef::new(eager), ClassRef::new(lazy)]
});

/// `series.cat`
pub fn accessor(view: View) -> Result<Value> {
    if !category::is(&view.type_of(view.expr())?) {
        bail!(AttributeError: "Can only use .cat accessor with a 'category' dtype"; hint: "`.astype(\"category\")` makes categories of values");
    }
    let class = CLASSES[usize::from(!view.eager)].clone();
    Ok(Value::object(Accessor { view, class }))
}

impl Accessor {
    /// The categories; Dask's error if they are not known.
    pub fn categories(&self, what: &str) -> Result<std::sync::Arc<Categories>> {
        match category::kind(&self.view.type_of(self.view.expr())?) {
            Some(Kind::Known(categories)) => Ok(categories),
            Some(Kind::Unknown(_)) | None => bail!(
                NotImplementedError: "`df.column.cat.{what}` with unknown categories is not supported.  Please use `column.cat.as_known()` or `df.categorize()` beforehand to ensure known categories"
            ),
        }
    }

    /// Its expression.
    pub fn expr(&self) -> Expr {
        self.view.expr().clone()
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The categories, in order, as an index.
        fn categories(/** The series. */ this: Accessor) -> Result<Value> {
            this.categories("categories")?;
            index_of_categories(&this.view.type_of(this.view.expr())?)
        }

        /// The number of the category of each value; -1 for what is missing.
        fn codes[context](/** The series. */ this: Accessor) -> Result<Value> {
            let n = this.categories("codes")?.values.len();
            Frame::answer(context, this.view.series(None, category::numbered(this.expr(), n), "codes"))
        }

        /// Does the order of the categories mean something?
        fn ordered(/** The series. */ this: Accessor) -> Result<bool> { Ok(category::is_ordered(&this.view.type_of(this.view.expr())?)) }
    }
}

builtins! {
    /// With categories whose order means something.
    ///
    /// ```rdk
    /// pd.Series(["b", "a"], dtype="category").cat.as_ordered().max()
    /// #> 'b'
    /// ```
    fn as_ordered[context](/** The series. */ this: Accessor) -> Result<Value> { change::ordered(context, &this, true) }

    /// With categories whose order means nothing.
    fn as_unordered[context](/** The series. */ this: Accessor) -> Result<Value> { change::ordered(context, &this, false) }

    /// With categories more, behind those that there are.
    fn add_categories[context](/** The series. */ this: Accessor, /** A category or a list of them. */ new_categories: Value) -> Result<Value> { change::add(context, &this, &new_categories) }

    /// Without some categories; what had them is missing.
    fn remove_categories[context](/** The series. */ this: Accessor, /** A category or a list of them. */ removals: Value) -> Result<Value> { change::remove(context, &this, &removals) }

    /// Without categories that no value has; of a lazy series the values are looked at now.
    fn remove_unused_categories[context](/** The series. */ this: Accessor) -> Result<Value> { change::remove_unused(context, &this) }

    /// With other names for the categories.
    ///
    /// ```rdk
    /// s = pd.Series(["a", "b", "a"], dtype="category")
    /// s.cat.rename_categories({"a": "A"}).tolist()
    /// #> ['A', 'b', 'A']
    /// ```
    fn rename_categories[context](/** The series. */ this: Accessor, /** A list, a dict from old to new, or a function. */ new_categories: Value) -> Result<Value> { change::rename(context, &this, &new_categories) }

    /// With the categories in another order.
    fn reorder_categories[context](/** The series. */ this: Accessor, /** All of them, in order. */ new_categories: Value, /** Does their order mean something? */ ordered: Option<bool>) -> Result<Value> { change::reorder(context, &this, &new_categories, ordered) }

    /// With these categories; what has none of them is missing.
    fn set_categories[context](/** The series. */ this: Accessor, /** The categories, in order. */ new_categories: Value, /** Does their order mean something? */ ordered: Option<bool>, /** Are they other names for the old ones, one after the other? */ rename: bool = false) -> Result<Value> { change::set(context, &this, &new_categories, ordered, rename) }
}

mod of_lazy {
    use super::*;

    builtins! {
        /// With known categories: the values are looked at now.
        fn as_known[context](/** The series. */ this: Accessor) -> Result<Value> { known::as_known(context, &this.view) }

        /// With categories that are not known.
        fn as_unknown[context](/** The series. */ this: Accessor) -> Result<Value> { known::as_unknown(context, &this.view) }
    }

    pub mod properties {
        use super::*;

        builtins! {
            /// Are the categories known?
            fn known(/** The series. */ this: Accessor) -> Result<bool> { Ok(!category::is_unknown(&this.view.type_of(this.view.expr())?)) }
        }
    }
}
