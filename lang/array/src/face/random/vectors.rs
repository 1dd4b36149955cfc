//! Random vectors: counts of outcomes, shares, bells in several dimensions.

use rdk_runtime::{Result, Value, bail, builtins};

use super::This;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::face::operand::{Operand, answer};
use crate::face::parameters::ShapeArg;
use crate::kernel::{BinaryFunc, Distribution, Law, Reduction, UnaryFunc};
use crate::plan::linear::{self, Work};
use crate::shape;

builtins! {
    /// How often each of several outcomes came.
    fn multinomial[context](
        /// The generator.
        this: This,
        /// How many trials.
        n: i64,
        /// How probable each outcome is.
        pvals: Operand,
        /// How many times: a length or a tuple of lengths; once if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        if n < 0 {
            bail!("n < 0"; hint: "`n` is {n}");
        }
        let chances = pvals.array()?.compute_now(context)?;
        if chances.ndim() > 1 {
            bail!(NotImplementedError: "`pvals` is one row of probabilities"; hint: "its shape is {}: call it for each row", shape::show(chances.shape()));
        }
        let chances = chances.to_vec::<f64>();
        if chances.is_empty() {
            bail!("pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.");
        }
        if chances.iter().any(|chance| !(0.0..=1.0).contains(chance)) {
            bail!("pvals < 0, pvals > 1 or pvals contains NaNs");
        }
        if chances[..chances.len() - 1].iter().sum::<f64>() > 1.0 + 1e-12 {
            bail!("sum(pvals[:-1]) > 1.0");
        }
        let shape = size.map(|size| size.0).unwrap_or_default();
        let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
        answer(context, Array::multinomial(this.next(), n, &chances, &shape, &chunks)?, this.is_lazy())
    }

    /// Random shares that sum to 1.
    fn dirichlet[context](
        /// The generator.
        this: This,
        /// How much draws towards each.
        alpha: Operand,
        /// How many times: a length or a tuple of lengths; once if left out.
        size: Option<ShapeArg>,
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let alpha = alpha.array()?;
        if alpha.ndim() != 1 {
            bail!("alpha must be one-dimensional, got an array of {} dimensions", alpha.ndim());
        }
        if alpha.compute_now(context)?.to_vec::<f64>().iter().any(|&a| a.is_nan() || a <= 0.0) {
            bail!("alpha <= 0");
        }
        let mut shape = size.map(|size| size.0).unwrap_or_default();
        shape.push(alpha.shape()[0]);
        let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
        // By logarithms: with a small `alpha` all of a row may be too small for a float.
        let logs = Array::random_of("dirichlet", Law::LogGamma, this.next(), &[alpha], &shape, &chunks)?;
        let top = logs.reduce(Reduction::Max, Some(&[-1]), true, None, None)?;
        let parts = logs.binary(BinaryFunc::Subtract, &top)?.unary(UnaryFunc::Exp)?;
        let total = parts.reduce(Reduction::Sum, Some(&[-1]), true, None, None)?;
        answer(context, parts.binary(BinaryFunc::Divide, &total)?, this.is_lazy())
    }

    /// Random vectors, spread as a bell in several dimensions.
    fn multivariate_normal[context](
        /// The generator.
        this: This,
        /// The middle of the bell.
        mean: Operand,
        /// How wide it is: the covariances.
        cov: Operand,
        /// How many vectors: a length or a tuple of lengths; one if left out.
        size: Option<ShapeArg>,
        /// What to do if covariances are none: "warn", "raise" or "ignore"; only "raise" does anything.
        check_valid: String = "warn",
        /// How far covariances may be off.
        tol: f64 = 1e-8,
        /// Has no effect.
        method: String = "svd",
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        let _ = method;
        let (mean, cov) = (mean.array()?, cov.array()?);
        let [n] = mean.shape()[..] else { bail!("mean must be 1 dimensional"; hint: "its shape is {}", shape::show(mean.shape())) };
        if cov.ndim() != 2 || cov.shape()[0] != cov.shape()[1] {
            bail!("cov must be 2 dimensional and square"; hint: "its shape is {}", shape::show(cov.shape()));
        }
        if cov.shape()[0] != n {
            bail!("mean and cov must have same length"; hint: "they have {n} and {}", cov.shape()[0]);
        }
        let parts = linear::worked("eigh", Work::HermitianEigen { upper: false }, &[cov])?.now(context, false)?;
        let lowest = parts.part(0).compute_now(context)?.to_vec::<f64>().into_iter().fold(0.0, f64::min);
        if check_valid == "raise" && lowest < -tol {
            bail!("covariance is not symmetric positive-semidefinite.");
        }
        let zero = Array::scalar(crate::Scalar::F64(0.0));
        let roots = parts.part(0).binary(BinaryFunc::Maximum, &zero)?.unary(UnaryFunc::Sqrt)?;
        let turn = parts.part(1).binary(BinaryFunc::Multiply, &roots)?.transpose(None)?;
        let mut shape = size.map(|size| size.0).unwrap_or_default();
        shape.push(n);
        let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
        let normal = Distribution::Normal { mean: 0.0, deviation: 1.0 };
        let straight = Array::random("multivariate_normal", normal, Some(this.next()), &shape, &chunks)?;
        let vectors = straight.dot(&turn)?.binary(BinaryFunc::Add, &mean.cast(DType::F64))?;
        answer(context, vectors, this.is_lazy())
    }

    /// How many of each colour there are among balls that are drawn without putting them back.
    ///
    /// ```rdk
    /// rng = np.random.default_rng(1)
    /// rng.multivariate_hypergeometric([16, 8, 4], 6).sum()
    /// #> 6
    /// ```
    fn multivariate_hypergeometric[context](
        /// The generator.
        this: This,
        /// How many balls there are of each colour.
        colors: Operand,
        /// How many are drawn.
        nsample: i64,
        /// How many times: a length or a tuple of lengths; once if left out.
        size: Option<ShapeArg>,
        /// Has no effect.
        method: String = "marginals",
        /// How long chunks are; for lazy arrays.
        chunks: Option<ChunksSpec>,
    ) -> Result<Value> {
        if !matches!(&method[..], "marginals" | "count") {
            bail!("method must be \"count\" or \"marginals\", got {method:?}");
        }
        let balls = colors.array()?.compute_now(context)?;
        if balls.ndim() != 1 || !balls.dtype().is_integer() || balls.is_empty() {
            bail!("colors must be a one-dimensional sequence of nonnegative integers not exceeding 9223372036854775807.");
        }
        let balls = balls.to_vec::<i64>();
        if balls.iter().any(|&count| count < 0) || nsample < 0 {
            bail!("counts of balls are 0 or more"; hint: "so is `nsample`");
        }
        let total = balls.iter().fold(0i64, |sum, &count| sum.saturating_add(count));
        if nsample > total {
            bail!("nsample > sum(colors)"; hint: "there are {total} balls");
        }
        if total >= 1_000_000_000 {
            bail!("When method is \"marginals\", sum(colors) must be less than 1000000000.");
        }
        let shape = size.map(|size| size.0).unwrap_or_default();
        let chunks = chunks.unwrap_or(ChunksSpec::AUTO);
        let number = |number: i64| Array::scalar(crate::Scalar::I64(number));
        // One colour after the other: so many of it among those that are still to be drawn.
        let mut left = number(nsample).broadcast_to(&shape)?.rechunk(&chunks)?;
        let (mut others, mut counts) = (total, Vec::with_capacity(balls.len()));
        for &count in &balls[..balls.len() - 1] {
            others -= count;
            let of = [number(count), number(others), left.clone()];
            let own = Array::random_of("multivariate_hypergeometric", Law::Hypergeometric, this.next(), &of, &shape, &chunks)?;
            left = left.binary(BinaryFunc::Subtract, &own)?;
            counts.push(own);
        }
        counts.push(left);
        answer(context, Array::stack(&counts, -1)?, this.is_lazy())
    }
}
