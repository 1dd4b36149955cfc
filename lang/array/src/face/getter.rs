//! How a lazy array takes parts of a thing of the user's: by `x[…]` or by a function of the user's own, one part at a time if that is asked for.

use std::any::Any;
use std::sync::LazyLock;

use parking_lot::Mutex;
use rdk_runtime::{Args, Class, ClassRef, Context, Object, Result, Value, bail, operators};

/// What is called with the thing and a tuple of slices.
pub struct Getter {
    /// In place of `x[…]`.
    getitem: Option<Value>,
    lock: Lock,
}

/// `lock=`
enum Lock {
    /// Parts are taken on all cores at once.
    Nothing,
    /// One at a time.
    Own(Mutex<()>),
    /// While this is held, which others may share.
    Given(Value),
}

static CLASS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("getter", "dask.array.core", "Takes a part of something.")));

impl Getter {
    /// Of what `from_array` is given.
    pub fn new(getitem: Option<Value>, lock: Option<Value>) -> Getter {
        let lock = match lock {
            None | Some(Value::None | Value::Bool(false)) => Lock::Nothing,
            Some(Value::Bool(true)) => Lock::Own(Mutex::default()),
            Some(lock) => Lock::Given(lock),
        };
        Getter { getitem: getitem.filter(|getitem| !getitem.is_none()), lock }
    }

    fn part(&self, context: &Context, args: Args) -> Result<Value> {
        match (&self.getitem, &args.positional[..]) {
            (Some(getitem), _) => context.call(getitem, args),
            (None, [thing, place]) => operators::item(context, thing, place),
            (None, other) => bail!(TypeError: "a part is taken of a thing at a place, got {} arguments", other.len()),
        }
    }

    fn alone(&self, context: &Context, args: Args) -> Result<Value> {
        match &self.lock {
            Lock::Nothing => self.part(context, args),
            Lock::Own(lock) => {
                let _held = lock.lock();
                self.part(context, args)
            }
            Lock::Given(lock) => {
                let call = |name: &str| context.call(&operators::attribute(context, lock, name)?, Args::default());
                call("acquire")?;
                let part = self.part(context, args);
                call("release")?;
                part
            }
        }
    }
}

impl Object for Getter {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<getter>".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.alone(context, args))
    }
}
