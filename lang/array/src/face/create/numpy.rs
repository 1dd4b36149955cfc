//! Arrays made from nothing, of `numpy`: in memory.

use rdk_runtime::{Builtin, builtins};

use super::filled::{Filling, three};
use super::*;

/// All of them.
pub fn builtins() -> Vec<Builtin> {
    let mut all = named::builtins();
    let asarray = named::builtins().into_iter().find(|builtin| builtin.name == "asarray");
    let doc = "An array from anything; an array is itself.";
    all.extend(asarray.map(|asarray| Builtin { name: "asanyarray", doc, ..asarray }));
    all.extend(three(
        full_of::builtins,
        [
            ("ones", "An array full of ones."),
            ("zeros", "An array full of zeros."),
            ("empty", "An array to be filled later; of zeros until then."),
        ],
    ));
    all.extend(three(
        like::builtins,
        [
            ("ones_like", "Ones in the shape of another array."),
            ("zeros_like", "Zeros in the shape of another array."),
            ("empty_like", "An array to be filled later, in the shape of another."),
        ],
    ));
    all
}

mod full_of {
    use super::*;

    builtins! {
        /// An array full of the same.
        fn filled[context](
            /// Of what.
            filling: Filling,
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C" or "F".
            order: Option<Order>,
            /// Has no effect.
            like: Option<Value>,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> {
            let _ = (like, device);
            full_now(context, &shape.0, filling.number(dtype.map_or(DType::F64, |dtype| dtype.0)), order)
        }
    }
}

mod like {
    use super::*;

    builtins! {
        /// An array full of the same, in the shape of another.
        fn filled[context](
            /// Of what.
            filling: Filling,
            /// The other array.
            a: Seen,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Order = "K",
            /// Has no effect.
            subok: Option<bool>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> {
            let _ = (subok, device);
            let like = Like::new(&a, dtype, shape, None)?.lying(&a, order);
            like.filled(context, filling.layer(), filling.number(like.dtype), a.is_lazy())
        }
    }
}

mod named {
    use super::*;

    builtins! {
        /// An array from nested lists, numbers or another array.
        ///
        /// ```rdk
        /// np.array([[1, 2], [3, 4]])
        /// #> array([[1, 2],
        /// #>        [3, 4]])
        /// ```
        fn array[context](
            /// Lists of numbers, or an array.
            object: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Is it a copy? With `None` or False an array that has the type already is itself; with False another is refused.
            copy: Option<bool> = true,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Option<Order>,
            /// Do masked arrays stay masked arrays?
            subok: Option<bool>,
            /// At least so many axes.
            ndmin: usize = 0,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = (subok, like);
            as_array(context, &object, Wanted { dtype, ndmin, order: order.unwrap_or(Order::K) }, copy)
        }

        /// An array from anything; an array that has the type already is itself.
        fn asarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Option<Order>,
            /// Where it is kept: only "cpu".
            device: Device,
            /// Is it a copy in any case? With False it never is.
            copy: Option<bool>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = (device, like);
            as_array(context, &a, Wanted { dtype, ndmin: 0, order: order.unwrap_or(Order::K) }, copy)
        }

        /// An array in C order from anything.
        fn ascontiguousarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = like;
            as_array(context, &a, Wanted { dtype, ndmin: 1, order: Order::C }, None)
        }

        /// An array in Fortran's order from anything.
        fn asfortranarray[context](
            /// Lists of numbers, or an array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = like;
            as_array(context, &a, Wanted { dtype, ndmin: 0, order: Order::F }, None)
        }

        /// The elements as another type.
        fn astype[context](
            /// The array.
            x: Value,
            /// The type.
            dtype: DTypeArg,
            /// With False an array in memory that has the type already is itself.
            copy: Option<bool>,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> {
            let _ = device;
            crate::face::methods::cast_to(context, x, dtype.0, copy, None, Order::K)
        }

        /// An array full of one number.
        fn full[context](
            /// A length or a tuple of lengths.
            shape: ShapeArg,
            /// The number.
            fill_value: Value,
            /// The type of the elements; that of the number if left out.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C" or "F".
            order: Option<Order>,
            /// Has no effect.
            like: Option<Value>,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> {
            let _ = (like, device);
            if let Some(rows) = Operand::from_value(&fill_value).filter(|operand| operand.ndim() > 0) {
                let array = rows.array()?.broadcast_to(&shape.0)?;
                let array = dtype.map_or(array.clone(), |dtype| array.cast(dtype.0));
                return Ok(lying_new(array.compute_now(context)?, Order::of_new(order)?));
            }
            full_now(context, &shape.0, filling(&fill_value, dtype.map(|dtype| dtype.0))?, order)
        }

        /// One number everywhere, in the shape of another array.
        fn full_like[context](
            /// The other array.
            a: Seen,
            /// The number.
            fill_value: Value,
            /// The type of the elements, if it is another.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Order = "K",
            /// Has no effect.
            subok: Option<bool>,
            /// The shape, if it is another.
            shape: Option<ShapeArg>,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> {
            let _ = (subok, device);
            let like = Like::new(&a, dtype, shape, None)?.lying(&a, order);
            like.filled_with(context, &fill_value, a.is_lazy())
        }

        /// Evenly spaced numbers from `start` up to, not including, `stop`.
        ///
        /// ```rdk
        /// np.arange(0, 1, 0.25)
        /// #> array([0.  , 0.25, 0.5 , 0.75])
        /// ```
        fn arange[context](
            /// Where to begin; where to end, if it is the only one.
            start: Option<Value>,
            /// Where to end.
            stop: Option<Value>,
            /// From one to the next.
            step: Option<Value>,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Where it is kept: only "cpu".
            device: Device,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = (device, like);
            let arange = super::arange(&super::beginning(start, &stop)?, stop.as_ref(), step.as_ref(), dtype.map(|dtype| dtype.0))?;
            room_for(context, &[arange.count], arange.start.dtype())?;
            let array = Array::arange(arange.start, arange.step, arange.count, &ChunksSpec::AUTO)?;
            Ok(Value::object(NdArray::new(array.compute_now(context)?)))
        }

        /// `num` evenly spaced numbers from `start` to `stop`.
        fn linspace[context](
            /// The first; an array for several rows at once.
            start: Operand,
            /// The last.
            stop: Operand,
            /// How many.
            num: i64 = 50,
            /// Is `stop` the last one? If not, it is the one after that.
            endpoint: bool = true,
            /// Also give the distance of neighbours?
            retstep: bool = false,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Where the new axis is, if the ends are arrays.
            axis: i64 = 0,
            /// Where it is kept: only "cpu".
            device: Device,
        ) -> Result<Value> {
            let _ = device;
            if let (Operand::Number(first), Operand::Number(last)) = (&start, &stop)
                && let (Some(first), Some(last)) = (f64::from_value(first), f64::from_value(last))
            {
                let linspace = Linspace::new(first, last, num, endpoint, dtype)?;
                room_for(context, &[linspace.count], linspace.dtype)?;
                let array = Value::object(NdArray::new(linspace.array(&ChunksSpec::AUTO)?.compute_now(context)?));
                return Ok(if retstep { Value::tuple([array, Value::Float(linspace.step())]) } else { array });
            }
            let spaced = crate::face::spaced::Spaced { start: &start, stop: &stop, num, endpoint, axis };
            let (array, step) = spaced.linear()?;
            let array = crate::face::spaced::as_type(array, dtype)?;
            let lazy = start.is_lazy() || stop.is_lazy();
            let array = crate::face::arrange::answer_array(context, array, lazy)?;
            Ok(if retstep { Value::tuple([array, crate::face::operand::answer(context, step, lazy)?]) } else { array })
        }

        /// Ones on a diagonal, zeros elsewhere.
        fn eye[context](
            /// How many rows.
            N: usize,
            /// How many columns; as many as rows if left out.
            M: Option<usize>,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C" or "F".
            order: Option<Order>,
            /// Where it is kept: only "cpu".
            device: Device,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = (device, like);
            let order = Order::of_new(order)?;
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            room_for(context, &[N, M.unwrap_or(N)], dtype)?;
            let array = Array::eye(N, M.unwrap_or(N), k, dtype, &ChunksSpec::AUTO)?;
            Ok(lying_new(array.compute_now(context)?, order))
        }

        /// Ones on the main diagonal, zeros elsewhere.
        fn identity[context](
            /// How many rows and columns.
            n: usize,
            /// The type of the elements; float64 if left out.
            dtype: Option<DTypeArg>,
            /// Has no effect.
            like: Option<Value>,
        ) -> Result<Value> {
            let _ = like;
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            room_for(context, &[n, n], dtype)?;
            let array = Array::eye(n, n, 0, dtype, &ChunksSpec::AUTO)?;
            Ok(Value::object(NdArray::new(array.compute_now(context)?)))
        }
    }
}
