//! Data under a name, for all clients of the session.

use super::client::Open;
use crate::error::Result;
use crate::types::key_error;
use crate::value::{Name, Value};
use crate::{Keywords, Rest, bail, builtins};

builtins! {
    /// Keeps values under names.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client()
    /// client.publish_dataset(numbers=[1, 2, 3])
    /// client.get_dataset("numbers")
    /// #> [1, 2, 3]
    /// client.unpublish_dataset("numbers")
    /// ```
    fn publish_dataset(
        this: Open,
        /// Values, which go by the name that `name` says.
        args: Rest,
        /// The name of a single value.
        name: Option<Name>,
        /// Whether it may take the place of another one.
        r#override: bool = false,
        /// Names with values.
        kwargs: Keywords,
    ) -> Result<()> {
        let mut all: Vec<(Name, Value)> = kwargs.0;
        match (name, args.0.as_slice()) {
            (Some(name), [value]) => all.push((name, value.clone())),
            (None, []) => {}
            (None, values) => {
                for value in values {
                    let Value::Lazy(lazy) = value else {
                        bail!("a value needs a name"; hint: "`client.publish_dataset(name=value)`");
                    };
                    all.push((Name::from(lazy.key()), value.clone()));
                }
            }
            (Some(_), _) => bail!("`name` is for a single value"; hint: "`client.publish_dataset(a=x, b=y)`"),
        }
        let mut datasets = this.0.board.datasets.lock();
        if let Some((name, _)) = all.iter().find(|(name, _)| !r#override && datasets.contains_key(name)) {
            bail!(KeyError: "Dataset {name} already exists"; hint: "`override=True` takes its place");
        }
        datasets.extend(all);
        Ok(())
    }

    /// The value of this name.
    fn get_dataset(
        this: Open,
        /// The name.
        name: Name,
        /// What stands for one that is not there; an error if not given.
        default: Value = Value::Ellipsis,
    ) -> Result<Value> {
        match this.0.board.datasets.lock().get(&name) {
            Some(value) => Ok(value.clone()),
            None if !matches!(default, Value::Ellipsis) => Ok(default),
            None => Err(key_error(&Value::from(format!("Dataset '{name}' not found")))),
        }
    }

    /// The names that are there.
    fn list_datasets(this: Open) -> Value {
        Value::list(this.0.board.datasets.lock().keys().map(|name| Value::Str(name.clone())))
    }

    /// Drops the value of this name.
    fn unpublish_dataset(
        this: Open,
        /// The name.
        name: Name,
    ) -> () {
        let old = this.0.board.datasets.lock().shift_remove(&name);
        drop(old);
    }
}
