//! `polyfit`: the polynomial that comes nearest to points.

use num_complex::Complex64;
use rdk_linear::Matrix;
use rdk_runtime::{Kind, Result, Value, bail, builtins, error};

use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager;
use crate::face::operand::Operand;

/// How many points these are: a value, or a row of values, at each place.
pub(super) fn count(x: &Chunk, y: &Chunk) -> Result<usize> {
    if x.ndim() != 1 {
        bail!(TypeError: "expected 1D vector for x");
    }
    if x.is_empty() {
        bail!(TypeError: "expected non-empty vector for x");
    }
    if y.ndim() < 1 || y.ndim() > 2 {
        bail!(TypeError: "expected 1D or 2D array for y");
    }
    let m = x.len();
    if y.shape()[0] != m {
        bail!(TypeError: "expected x and y to have same length"; hint: "they have {m} and {}", y.shape()[0]);
    }
    Ok(m)
}

/// The points, and powers of the first coordinate, each column of length 1.
struct Points {
    powers: Matrix<Complex64>,
    scales: Vec<f64>,
    right: Matrix<Complex64>,
    /// Is there one value at each place, and not a row of them?
    single: bool,
}

impl Points {
    fn new(x: &Chunk, y: &Chunk, degree: i64, weights: Option<&Chunk>) -> Result<Points> {
        if degree < 0 {
            bail!("expected deg >= 0");
        }
        let m = count(x, y)?;
        let weights = match weights {
            Some(weights) if weights.ndim() != 1 => bail!(TypeError: "expected a 1-d array for weights"),
            Some(weights) if weights.len() != m => bail!(TypeError: "expected w and y to have the same length"),
            Some(weights) => weights.to_vec::<f64>(),
            None => vec![1.0; m],
        };
        let (places, columns) = (x.to_vec::<Complex64>(), degree as usize + 1);
        let mut powers =
            Matrix::from_fn(m, columns, |row, column| places[row].powu((columns - 1 - column) as u32) * weights[row]);
        let length = |column: usize| (0..m).map(|row| powers.get(row, column).norm_sqr()).sum::<f64>().sqrt();
        let scales: Vec<f64> = (0..columns).map(length).collect();
        for row in 0..m {
            for (column, scale) in scales.iter().enumerate() {
                if *scale > 0.0 {
                    powers.elements[row * columns + column] /= scale;
                }
            }
        }
        let single = y.ndim() == 1;
        let width = if single { 1 } else { y.shape()[1] };
        let values = y.to_vec::<Complex64>();
        let right = Matrix::from_fn(m, width, |row, column| values[row * width + column] * weights[row]);
        Ok(Points { powers, scales, right, single })
    }
}

/// A matrix of real numbers, if that is what they are.
fn chunk(matrix: &Matrix<Complex64>, single: bool, complex: bool) -> Chunk {
    let shape = if single { vec![matrix.rows] } else { vec![matrix.rows, matrix.columns] };
    let chunk = Chunk::from_vec(&shape, matrix.elements.clone());
    if complex { chunk } else { chunk.cast(DType::F64) }
}

builtins! {
    /// The polynomial of a degree that comes nearest to points: its coefficients, the highest power first.
    ///
    /// ```rdk
    /// np.polyfit([0, 1, 2], [1, 3, 5], 1).round(6)
    /// #> array([2., 1.])
    /// ```
    fn polyfit[context](
        /// Where the points are.
        x: Operand,
        /// Their values; or a row of values for each.
        y: Operand,
        /// The highest power.
        deg: i64,
        /// Singular values that are smaller, beside the largest, count as zero.
        rcond: Option<f64>,
        /// Also what is left over, the rank, the singular values and `rcond`?
        full: bool = false,
        /// How much each point counts.
        w: Option<Operand>,
        /// Also the covariances of the coefficients? True or "unscaled".
        cov: Option<Value>,
    ) -> Result<Value> {
        let now = |operand: &Operand| operand.array()?.compute_now(context);
        let (x, y) = (now(&x)?, now(&y)?);
        crate::face::create::room_for(context, &[x.len(), deg.max(0) as usize + 1], DType::C128)?;
        let w = w.as_ref().map(now).transpose()?;
        let complex = x.dtype().is_complex() || y.dtype().is_complex();
        let points = Points::new(&x, &y, deg, w.as_ref())?;
        let rcond = rcond.unwrap_or(x.len() as f64 * f64::EPSILON);
        let failed = |_| error!(LinAlgError: "SVD did not converge in Linear Least Squares");
        let found = rdk_linear::least_squares(&points.powers, &points.right, rcond).map_err(failed)?;
        let scaled = |row: usize, value: Complex64| if points.scales[row] > 0.0 { value / points.scales[row] } else { value };
        let solution = Matrix::from_fn(found.x.rows, found.x.columns, |row, column| scaled(row, found.x.get(row, column)));
        let p = eager::value(chunk(&solution, points.single, complex));
        let near = points.powers.product(&found.x);
        let distance = |column: usize| {
            (0..near.rows).map(|row| (points.right.get(row, column) - near.get(row, column)).norm_sqr()).sum::<f64>()
        };
        let distances: Vec<f64> = (0..near.columns).map(distance).collect();
        let (m, n) = (points.powers.rows, points.powers.columns);
        if found.rank != n && !full {
            rdk_runtime::modules::warnings::warn(context, Kind::RankWarning, "Polyfit may be poorly conditioned")?;
        }
        if full {
            let left = if found.rank < n || m <= n { Vec::new() } else { distances };
            let row = |numbers: Vec<f64>| eager::value(Chunk::from_vec(&[numbers.len()], numbers));
            let rank = eager::number(crate::Scalar::I32(found.rank as i32));
            return Ok(Value::tuple([p, row(left), rank, row(found.s), Value::Float(rcond)]));
        }
        let wanted = match &cov {
            None | Some(Value::Bool(false)) => return Ok(p),
            Some(Value::Str(text)) if &**text == "unscaled" => false,
            Some(_) => true,
        };
        let square = points.powers.adjoint().product(&points.powers);
        let inverse = rdk_linear::inverse(&square).map_err(|_| error!(LinAlgError: "Singular matrix"))?;
        let base = Matrix::from_fn(n, n, |row, column| inverse.get(row, column) / (points.scales[row] * points.scales[column]));
        if wanted && m <= n {
            bail!("the number of data points must exceed order to scale the covariance matrix");
        }
        let factors: Vec<f64> = distances.iter().map(|distance| if wanted { distance / (m - n) as f64 } else { 1.0 }).collect();
        let width = if points.single || !wanted { 1 } else { factors.len() };
        let mut elements = Vec::with_capacity(n * n * width);
        for element in &base.elements {
            elements.extend(factors[..width].iter().map(|factor| element * factor));
        }
        let shape: &[usize] = if width == 1 && (points.single || !wanted) { &[n, n] } else { &[n, n, width] };
        let covariances = Chunk::from_vec(shape, elements);
        Ok(Value::tuple([p, eager::value(if complex { covariances } else { covariances.cast(DType::F64) })]))
    }
}
