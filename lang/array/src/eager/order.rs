//! How the axes of an array lie in memory: `order="C"`, `"F"`, `"A"` or `"K"`.

use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Result, Value, bail};

use super::NdArray;
use crate::chunk::Chunk;

/// `order=`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The last axis is walked first.
    C,
    /// The first axis is walked first.
    F,
    /// As in Fortran where the array lies so, else as in C.
    A,
    /// As the array lies.
    K,
}

impl FromValue for Order {
    fn expected() -> &'static str {
        "\"C\", \"F\", \"A\" or \"K\""
    }

    fn from_value(value: &Value) -> Option<Order> {
        Some(match value.as_str()? {
            "C" | "c" => Order::C,
            "F" | "f" => Order::F,
            "A" | "a" => Order::A,
            "K" | "k" => Order::K,
            _ => return None,
        })
    }

    fn try_from_value(value: &Value) -> Result<Order> {
        match (Order::from_value(value), value.as_str()) {
            (Some(order), _) => Ok(order),
            (None, Some(other)) => bail!("order must be one of 'C', 'F', 'A', or 'K' (got '{other}')"),
            (None, None) => bail!(TypeError: "order must be str, got {}", describe(value)),
        }
    }
}

impl Order {
    /// The order of an array that is made from nothing: it lies in no way yet.
    ///
    /// # Errors
    /// "A" and "K" ask for a way that there is.
    pub fn of_new(order: Option<Order>) -> Result<Order> {
        match order {
            None | Some(Order::C) => Ok(Order::C),
            Some(Order::F) => Ok(Order::F),
            Some(Order::A | Order::K) => bail!("only 'C' or 'F' order is permitted"),
        }
    }

    /// Does an array lie so already?
    pub fn is_of(self, array: &NdArray) -> bool {
        let (rows, columns) = array.is_run();
        match self {
            Order::C => rows,
            Order::F => columns,
            Order::A => rows || columns,
            Order::K => true,
        }
    }

    /// The axes of an array from that which is walked last to that which is walked first; of what is no array yet, as it comes.
    pub fn axes(self, of: Option<&NdArray>, n_axes: usize) -> Vec<usize> {
        let of = of.filter(|array| array.shape().len() == n_axes);
        match (self, of) {
            (Order::F, _) => (0..n_axes).rev().collect(),
            (Order::K, Some(array)) => array.axes_as_they_lie(),
            (Order::A, Some(array)) if array.is_run() == (false, true) => (0..n_axes).rev().collect(),
            (Order::C | Order::A | Order::K, _) => (0..n_axes).collect(),
        }
    }
}

impl NdArray {
    /// An array of these elements as they lie: in the order of its axes in memory if they fill it, else anew in C order.
    pub fn as_it_lies(chunk: Chunk) -> NdArray {
        let strides = chunk.strides();
        if strides.is_sorted_by(|a, b| a >= b) || strides.iter().any(|&stride| stride < 1) {
            return NdArray::new(chunk);
        }
        let mut axes: Vec<usize> = (0..chunk.ndim()).collect();
        axes.sort_by_key(|&axis| std::cmp::Reverse(strides[axis]));
        match chunk.transpose(&axes).is_contiguous() {
            true => NdArray::laid(chunk, &axes),
            false => NdArray::new(chunk),
        }
    }

    /// An array of these elements whose axes lie in memory in this order, the last one as neighbours.
    pub fn laid(chunk: Chunk, axes: &[usize]) -> NdArray {
        if axes.iter().enumerate().all(|(place, &axis)| place == axis) {
            return NdArray::new(chunk);
        }
        let mut back = vec![0; axes.len()];
        axes.iter().enumerate().for_each(|(place, &axis)| back[axis] = place);
        NdArray::new(chunk.transpose(axes)).transpose(&back).owner()
    }

    /// All elements in one row, walked in this order; in the same memory where that can be.
    pub fn row(&self, order: Order) -> NdArray {
        self.transpose(&order.axes(Some(self), self.shape().len())).reshape(&[self.size()])
    }

    /// In another shape of as many elements, both walked in this order; in the same memory where that can be.
    ///
    /// # Errors
    /// "K" says nothing of the new shape.
    pub fn reshape_in(&self, shape: &[usize], order: Order) -> Result<NdArray> {
        let backwards = |n: usize| (0..n).rev().collect::<Vec<usize>>();
        Ok(match order {
            Order::C => self.reshape(shape),
            Order::A if self.is_run() != (false, true) => self.reshape(shape),
            Order::F | Order::A => {
                let turned: Vec<usize> = shape.iter().rev().copied().collect();
                let turned = self.transpose(&backwards(self.shape().len())).reshape(&turned);
                turned.transpose(&backwards(shape.len()))
            }
            Order::K => bail!("order 'K' is not permitted for reshaping"),
        })
    }
}
