//! Methods of indexes.

use rdk_runtime::{Result, Value, builtins};

use super::reductions::reduced;
use super::{aggregate::Reduction, items};
use crate::frame::Frame;
use crate::plan::View;

builtins! {
    /// A list of the labels.
    fn tolist[context](/** The index. */ this: View) -> Result<Value> { Ok(Value::list(items::values(context, &this)?)) }

    /// A list of the labels.
    fn to_list[context](/** The index. */ this: View) -> Result<Value> { Ok(Value::list(items::values(context, &this)?)) }

    /// The smallest label.
    fn min[context](/** The index. */ this: View) -> Result<Value> { Frame::answer(context, reduced(&this, vec![(None, this.index[0].expr.clone(), Reduction::Min)], "min")?) }

    /// The largest label.
    fn max[context](/** The index. */ this: View) -> Result<Value> { Frame::answer(context, reduced(&this, vec![(None, this.index[0].expr.clone(), Reduction::Max)], "max")?) }

    /// The different labels.
    fn unique[context](/** The index. */ this: View) -> Result<Value> {
        let mut seen: Vec<Value> = Vec::new();
        for value in items::values(context, &this)? {
            let mut known = false;
            for other in &seen {
                known |= rdk_runtime::operators::equal(context, other, &value)?;
            }
            if !known {
                seen.push(value);
            }
        }
        let column = crate::cell::column(&seen, "of labels")?;
        Ok(Frame::eager(super::create::index_view(this.label().clone(), column)?))
    }
}
