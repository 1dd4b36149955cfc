//! Arrays made from nothing, of `dask.array`: in chunks.

use rdk_runtime::{Builtin, builtins};

use super::filled::{Filling, three};
use super::*;
use crate::face::getter::Getter;
use crate::face::store::from_sliced;

/// All of them.
pub fn builtins() -> Vec<Builtin> {
    let mut all = named::builtins();
    all.extend(three(
        full_of::builtins,
        [
            (
                "ones",
                "A chunked array full of ones.\n\n```rdk\nda.ones((1000, 4000), chunks=(1000, 1000)).sum().compute()\n#> 4000000.0\n```\n",
            ),
            ("zeros", "A chunked array full of zeros."),
            ("empty", "A chunked array whose elements do not matter; they are zeros."),
        ],
    ));
    all.extend(three(
        like::builtins,
        [
            ("ones_like", "Ones in the shape and chunks of another array."),
            ("zeros_like", "Zeros in the shape and chunks of another array."),
            ("empty_like", "An array whose elements do not matter, in the shape and chunks of another."),
        ],
    ));
    all
}

mod full_of {
    use super::*;

    builtins! {
        /// A chunked array full of the same.
        fn filled(
            /// Of what.
            filling: Filling,
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// What it is called as a whole.
            name: Option<Value>,
            /// How the axes of its chunks lie in memory: has no effect, chunks lie as they are needed.
            order: Option<Order>,
        ) -> Result<Value> {
            Order::of_new(order)?;
            let number = filling.number(dtype.map_or(DType::F64, |dtype| dtype.0));
            let array = Array::full(filling.layer(), &shape.0, number, &chunks)?;
            Ok(titled(Value::lazy(array), name.as_ref()))
        }
    }
}

mod like {
    use super::*;

    builtins! {
        /// A chunked array full of the same, in the shape of another.
        fn filled[context](
            /// Of what.
            filling: Filling,
            /// The other array.
            a: Operand,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// Has no effect: chunks lie in memory as they are needed.
            order: Option<Order>,
            /// How long chunks are, if not as in the other.
            chunks: Option<ChunksSpec>,
            /// What it is called as a whole.
            name: Option<Value>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let _ = order;
            let like = Like::new(&a, dtype, shape, chunks)?;
            let array = like.filled(context, filling.layer(), filling.number(like.dtype), true)?;
            Ok(titled(array, name.as_ref()))
        }
    }
}

fn lazy(array: Result<Array>) -> Result<Value> {
    Ok(Value::lazy(array?))
}

/// Under the name that the user gives it as a whole.
fn titled(value: Value, name: Option<&Value>) -> Value {
    match (value.get::<Array>(), name.and_then(Value::as_str)) {
        (Some(array), Some(name)) => Value::lazy(array.called(Some(name))),
        _ => value,
    }
}

mod named {
    use super::*;

    builtins! {
        /// A chunked array full of one number.
        fn full(
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The number.
            fill_value: Value,
            /// The type of the elements; that of the number if left out.
            dtype: Option<DTypeArg>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// What it is called as a whole.
            name: Option<Value>,
        ) -> Result<Value> {
            let number = filling(&fill_value, dtype.map(|dtype| dtype.0))?;
            Ok(titled(lazy(Array::full("full_like", &shape.0, number, &chunks))?, name.as_ref()))
        }

        /// One number everywhere, in the shape and chunks of another array.
        fn full_like[context](
            /// The other array.
            a: Operand,
            /// The number.
            fill_value: Value,
            /// Has no effect: chunks lie in memory as they are needed.
            order: Option<Order>,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How long chunks are, if not as in the other.
            chunks: Option<ChunksSpec>,
            /// What it is called as a whole.
            name: Option<Value>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
        ) -> Result<Value> {
            let _ = order;
            let like = Like::new(&a, dtype, shape, chunks)?;
            Ok(titled(like.filled_with(context, &fill_value, true)?, name.as_ref()))
        }

        /// Evenly spaced numbers from `start` up to, not including, `stop`, in chunks.
        ///
        /// ```rdk
        /// da.arange(4).compute()
        /// #> array([0, 1, 2, 3])
        /// ```
        fn arange(
            /// Where to begin; where to end, if it is the only one.
            start: Option<Value>,
            /// Where to end.
            stop: Option<Value>,
            /// From one to the next.
            step: Option<Value>,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Has no effect.
            like: Option<Value>,
            /// What it is called as a whole.
            name: Option<Value>,
        ) -> Result<Value> {
            let _ = like;
            let arange = super::arange(&super::beginning(start, &stop)?, stop.as_ref(), step.as_ref(), dtype.map(|dtype| dtype.0))?;
            Ok(titled(lazy(Array::arange(arange.start, arange.step, arange.count, &chunks))?, name.as_ref()))
        }

        /// `num` evenly spaced numbers from `start` to `stop`, in chunks.
        fn linspace(
            /// The first.
            start: f64,
            /// The last.
            stop: f64,
            /// How many.
            num: i64 = 50,
            /// Is `stop` the last one? If not, it is the one after that.
            endpoint: bool = true,
            /// Also give the distance of neighbours?
            retstep: bool = false,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let linspace = Linspace::new(start, stop, num, endpoint, dtype)?;
            let array = lazy(linspace.array(&chunks))?;
            Ok(if retstep { Value::tuple([array, Value::Float(linspace.step())]) } else { array })
        }

        /// Ones on a diagonal, zeros elsewhere, in chunks.
        fn eye(
            /// How many rows.
            N: usize,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// How many columns; as many as rows if left out.
            M: Option<usize>,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// What it is called as a whole.
            name: Option<Value>,
        ) -> Result<Value> {
            let eye = Array::eye(N, M.unwrap_or(N), k, dtype.map_or(DType::F64, |dtype| dtype.0), &chunks);
            Ok(titled(lazy(eye)?, name.as_ref()))
        }

        /// A chunked array over an array in memory, or over nested lists.
        ///
        /// ```rdk
        /// da.from_array(np.arange(6), chunks=2).sum().compute()
        /// #> 15
        /// ```
        fn from_array[context](
            /// An array or nested lists.
            x: Value,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB".
            chunks: ChunksSpec = "auto",
            /// What it is called as a whole.
            name: Option<Value>,
            /// Of what is no array of ours, are parts taken one at a time? Or a lock that is held meanwhile.
            lock: Option<Value>,
            /// Has no effect: chunks are NumPy's arrays.
            asarray: Option<Value>,
            /// Has no effect: an array that cannot take lists of positions is not asked to.
            fancy: bool = true,
            /// Takes parts, given the thing and a tuple of slices; without it they are `x[…]`.
            getitem: Option<Value>,
            /// Has no effect: what is in it is known.
            meta: Option<Value>,
            /// Has no effect.
            inline_array: bool = false,
        ) -> Result<Value> {
            let _ = (asarray, fancy, meta, inline_array);
            // Arrays in memory are cut as they are, as in Dask.
            let in_memory = x.get::<NdArray>().is_some();
            let by_hand = !in_memory && getitem.as_ref().is_some_and(|getitem| !getitem.is_none());
            let array = match crate::face::masked::pair::Given::of(&x).filter(|given| !given.is_lazy()) {
                Some(given) if !by_hand => {
                    return Ok(crate::face::masked::pair::lazy_value(given.pair()?.rechunk(&chunks)?));
                }
                _ if by_hand => from_sliced(context, &x, &chunks, Getter::new(getitem, lock)),
                _ => match crate::face::more::source(&x, &chunks) {
                    Some(array) => array,
                    None if matches!(x, Value::Object(_)) && Operand::plain(&x).is_none() => {
                        from_sliced(context, &x, &chunks, Getter::new(None, lock))
                    }
                    None => match Operand::try_from_value(&x)? {
                        Operand::Lazy(_) => bail!("the array is chunked already"; hint: "`x.rechunk(…)` changes its chunks"),
                        Operand::Eager(chunk) => Array::from_chunk(chunk, &chunks),
                        number @ Operand::Number(_) => number.array(),
                    },
                },
            };
            Ok(titled(lazy(array)?, name.as_ref()))
        }

        /// A chunked array from nested lists, numbers or another array.
        fn array(
            /// Lists of numbers, or an array.
            x: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// At least so many axes.
            ndmin: usize = 0,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = like;
            let mut array = Operand::try_from_value(&x)?.array()?;
            if let Some(dtype) = dtype {
                array = array.cast(dtype.0);
            }
            while array.ndim() < ndmin.min(shape::MAX_DIMENSIONS) {
                array = array.expand_dims(&[0])?;
            }
            lazy(Ok(array))
        }

        /// An array of one chunk that a delayed call will give.
        fn from_delayed(
            /// The delayed call; it gives an array or numbers.
            value: Value,
            /// The shape of what it gives.
            shape: ShapeArg,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// An array whose type it has, in place of `dtype`.
            meta: Option<Operand>,
            /// What it is called as a whole.
            name: Option<Value>,
        ) -> Result<Value> {
            let dtype = dtype.map(|dtype| dtype.0).or_else(|| meta.map(|meta| meta.dtype())).unwrap_or(DType::F64);
            match &value {
                Value::Lazy(delayed) if value.get::<Array>().is_none() && value.get::<Unsized>().is_none() => {
                    let array = Array::from_delayed(delayed.clone(), &shape.0, dtype);
                    Ok(titled(Value::lazy(array), name.as_ref()))
                }
                _ => bail!(TypeError: "expected a delayed call, got {}", describe(&value); hint: "`delayed(f)(x)` makes one"),
            }
        }
    }
}

/// What keeps masks.
pub mod any {
    use super::*;
    use crate::face::masked::pair::{Given, Pair, lazy_value};

    /// A lazy array of anything, masked if it is.
    fn as_lazy(a: Value, dtype: Option<DTypeArg>) -> Result<Value> {
        let Some(given) = Given::of(&a) else {
            let array = Operand::try_from_value(&a)?.array()?;
            return lazy(Ok(dtype.map_or(array.clone(), |dtype| array.cast(dtype.0))));
        };
        if given.is_lazy() && dtype.is_none() {
            return Ok(a);
        }
        let pair = given.pair()?;
        Ok(lazy_value(match dtype {
            None => pair,
            Some(dtype) => {
                let (data, fill) = (pair.data.cast(dtype.0), pair.fill.map(|fill| fill.cast(dtype.0)));
                Pair { data, fill, ..pair }
            }
        }))
    }

    builtins! {
        /// A chunked array from anything: itself if it is one, masked if it is.
        fn asarray(
            /// Lists of numbers, or an array, masked or not.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Has no effect: lengths are counted where they are needed.
            allow_unknown_chunksizes: bool = false,
            /// Has no effect: chunks lie in memory as they are needed.
            order: Option<Order>,
            /// Has no effect.
            like: Option<Value>,
            /// Has no effect.
            inline_array: bool = true,
        ) -> Result<Value> {
            let _ = (allow_unknown_chunksizes, order, like, inline_array);
            as_lazy(a, dtype)
        }

        /// A chunked array from anything: itself if it is one, masked if it is.
        fn asanyarray(
            /// Lists of numbers, or an array, masked or not.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Has no effect: chunks lie in memory as they are needed.
            order: Option<Order>,
            /// Has no effect.
            like: Option<Value>,
            /// Has no effect.
            inline_array: bool = false,
        ) -> Result<Value> {
            let _ = (order, like, inline_array);
            as_lazy(a, dtype)
        }
    }
}
