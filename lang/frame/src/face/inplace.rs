//! `inplace=True`: a method changes the frame that it is called on, and gives nothing.

use rdk_runtime::builtin::Bound;
use rdk_runtime::{Builtin, Context, Result, Value, error};

use super::classes;
use crate::frame::Frame;

/// The same methods; those with a parameter `inplace` look at it before they do anything.
pub fn able(methods: Vec<Builtin>) -> Vec<Builtin> {
    let able = |method: Builtin| match place(&method) {
        Some(_) => method.otherwise(in_place),
        None => method,
    };
    methods.into_iter().map(able).collect()
}

fn place(method: &Builtin) -> Option<usize> {
    method.params.iter().position(|param| param.name == "inplace")
}

fn in_place(context: &Context, method: &Builtin, given: &Bound) -> Option<Result<Value>> {
    let at = place(method)?;
    let Some(Some(Value::Bool(true))) = given.get(at) else { return None };
    let this = given.first()?.clone()?;
    let frame = this.get::<Frame>()?;
    let view = frame.view();
    if !view.eager {
        return Some(Err(error!(
            TypeError: "{}.{}() got an unexpected keyword argument 'inplace'", classes::class_of(&view).name, method.name;
            hint: "a lazy frame is not changed, give the new one a name: `df = df.{}(…)`", method.name
        )));
    }
    let mut given = given.clone();
    given[at] = Some(Value::Bool(false));
    Some(method.run(context, given).map(|made| {
        if let Some(made) = made.get::<Frame>() {
            frame.replace(made.view());
        }
        Value::None
    }))
}
