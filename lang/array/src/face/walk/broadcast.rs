//! `np.broadcast`: the shape that arrays have together, and a walk over their elements side by side.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Rest, Result, Value, bail, builtins};

use crate::chunk::Chunk;
use crate::eager;
use crate::face::operand::Operand;
use crate::face::properties::lengths;
use crate::scalar::Scalar;
use crate::shape::{self, Shape};

/// Arrays that are stretched to one shape; clones stand at the same place.
#[derive(Clone)]
pub struct Broadcast(Arc<Together>);

/// What goes together, and how much of it has been walked over.
pub struct Together {
    shape: Shape,
    /// The elements of each, in C order of the shape; none of lazy arrays, which are not walked.
    elements: Vec<Option<Vec<Scalar>>>,
    /// How many have been walked over.
    at: Mutex<usize>,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let construct = construct::builtins().pop().expect("one is declared");
    let class = Class::new("broadcast", "numpy", construct.headline()).construct(construct);
    ClassRef::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

/// The class `np.broadcast`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl Broadcast {
    fn new(operands: &[Operand]) -> Result<Broadcast> {
        let shapes: Vec<Shape> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Lazy(array) => array.shape().into(),
                Operand::Eager(chunk) => chunk.shape().into(),
                Operand::Number(_) => Shape::new(),
            })
            .collect();
        let shape = shape::broadcast(&shapes.iter().map(|shape| &shape[..]).collect::<Vec<_>>())?;
        let chunk = |operand: &Operand| match operand {
            Operand::Lazy(_) => Ok(None),
            Operand::Eager(chunk) => Ok(chunk.broadcast(&shape)),
            Operand::Number(value) => match Scalar::from_value(value) {
                Some(scalar) => Ok(Chunk::from_scalar(scalar?).broadcast(&shape)),
                None => Ok(None),
            },
        };
        let elements = |operand: &Operand| Ok(chunk(operand)?.map(|chunk| chunk.scalars().collect()));
        let elements = operands.iter().map(elements).collect::<Result<_>>()?;
        Ok(Broadcast(Arc::new(Together { shape, elements, at: Mutex::new(0) })))
    }

    fn next(&self) -> Option<Result<Value>> {
        let mut at = self.at.lock();
        if *at as u128 >= shape::size(&self.shape) {
            return None;
        }
        *at += 1;
        let element = |elements: &Option<Vec<Scalar>>| match elements {
            Some(elements) => Ok(elements.get(*at - 1).map_or(Value::None, |&scalar| eager::number(scalar))),
            None => {
                bail!(TypeError: "a lazy array cannot be walked element by element"; hint: "`x.compute()` brings it into memory")
            }
        };
        Some(self.elements.iter().map(element).collect::<Result<Vec<_>>>().map(Value::tuple))
    }
}

impl Object for Broadcast {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<numpy.broadcast of {} arrays, shape {}>", self.elements.len(), shape::show(&self.shape))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        // A second walk goes on where the first one stopped, as NumPy's does.
        let walk = self.clone();
        Some(Ok(Value::iter("broadcast", move |_| walk.next())))
    }
}

impl std::ops::Deref for Broadcast {
    type Target = Together;

    fn deref(&self) -> &Together {
        &self.0
    }
}

impl FromValue for Broadcast {
    fn expected() -> &'static str {
        "a `broadcast`"
    }

    fn from_value(value: &Value) -> Option<Broadcast> {
        value.get::<Broadcast>().cloned()
    }
}

mod construct {
    use super::*;

    builtins! {
        /// How arrays go together: the shape that they have when each is stretched.
        ///
        /// ```rdk
        /// np.broadcast([[1], [2]], [3, 4, 5]).shape
        /// #> (2, 3)
        /// [a * b for a, b in np.broadcast([[1], [2]], [3, 4])]
        /// #> [3, 4, 6, 8]
        /// ```
        fn broadcast(/** Arrays, lists or numbers. */ arrays: Rest) -> Result<Value> {
            let operands = arrays.0.iter().map(Operand::try_from_value).collect::<Result<Vec<_>>>()?;
            Ok(Value::object(Broadcast::new(&operands)?))
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Begins the walk anew.
        fn reset(/** The `broadcast`. */ this: Broadcast) -> Result<()> {
            *this.at.lock() = 0;
            Ok(())
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Length along each axis.
        fn shape(/** The `broadcast`. */ this: Broadcast) -> Value { lengths(&this.shape) }

        /// How many elements.
        fn size(/** The `broadcast`. */ this: Broadcast) -> Value { Value::big(shape::size(&this.shape).into()) }

        /// How many axes.
        fn ndim(/** The `broadcast`. */ this: Broadcast) -> usize { this.shape.len() }

        /// How many axes.
        fn nd(/** The `broadcast`. */ this: Broadcast) -> usize { this.shape.len() }

        /// How many arrays.
        fn numiter(/** The `broadcast`. */ this: Broadcast) -> usize { this.elements.len() }

        /// How many elements the walk has passed.
        fn index(/** The `broadcast`. */ this: Broadcast) -> usize { *this.at.lock() }
    }
}
