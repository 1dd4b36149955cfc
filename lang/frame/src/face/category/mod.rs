//! Categories as users have them: `pd.Categorical`, `pd.CategoricalDtype`, `series.cat`, `categorize`, `cut`.

mod accessor;
mod categorical;
mod change;
pub mod compare;
mod count;
pub mod cut;
mod dtype;
pub mod dummies;
mod edges;
pub mod known;
pub mod map;
pub mod observed;
pub mod pivot;

pub use accessor::accessor;
pub use categorical::{Categorical, class as categorical_class, functions};
pub use count::counted;
pub use dtype::{CategoricalDtype, class as dtype_class, wanted_for};
